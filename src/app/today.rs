//! Today's rows: what needs the viewer, then their SIGs, then what they watch; each says what to do, why, and the clock
//! that matters, in words. What the viewer is done with or has snoozed is counted, and listed where they ask for it.

use jiff::Timestamp;

use super::model::{Model, Section, TodayRow};
use crate::domain::facts::{Actor, EventKind, PullFacts, ReviewState};
use crate::domain::ids::Login;
use crate::domain::marks::Quiet;
use crate::domain::times;
use crate::domain::verdict::{MyTurn, Rule, Verdict, Waiting, Who};

/// The heading of the section of what the viewer takes part in.
pub const WATCHING: &str = "Watching";
/// The heading of the section of what is done or snoozed.
pub const QUIET: &str = "Done and snoozed";

/// Today, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Today {
    /// Its sections, empty ones included.
    pub sections: Vec<Section>,
    /// How many are done, and quiet since.
    pub done: usize,
    /// How many are snoozed.
    pub snoozed: usize,
}

/// Lists today from what is open and passes the filter.
pub fn derive(model: &Model, open: &[usize]) -> Today {
    let viewer = &model.board.viewer;
    let section = |title: String| Section { title, rows: Vec::new() };
    let mut you = section("You".to_owned());
    let mut sigs: Vec<Section> = viewer.sigs.iter().map(|sig| section(format!("SIG {sig}"))).collect();
    let mut watching = section(WATCHING.to_owned());
    let mut quiet = section(QUIET.to_owned());
    let (mut done, mut snoozed) = (0, 0);
    for &index in open {
        let Some(verdict) = model.verdict(index) else { continue };
        let Some(pull) = model.facts.pulls.get(&verdict.number) else { continue };
        match model.board.quiet(verdict.number) {
            None => {}
            Some(why) => {
                match why {
                    Quiet::Done { .. } => done += 1,
                    Quiet::Snoozed { .. } => snoozed += 1,
                }
                if model.shows_quiet {
                    quiet.rows.push(quiet_row(model, index, verdict, pull, why));
                }
                continue;
            }
        }
        let my_turn = model.board.my_turn(&model.facts, verdict);
        let place = match my_turn {
            MyTurn::Me => Some(&mut you),
            MyTurn::MySig => sigs.get_mut(sig_of(model, verdict)),
            MyTurn::No if takes_part(model, verdict, pull) => Some(&mut watching),
            MyTurn::No => None,
        };
        if let Some(place) = place {
            place.rows.push(row(model, index, verdict, pull, my_turn));
        }
    }
    let mut sections = vec![you];
    sections.extend(sigs);
    sections.push(watching);
    if model.shows_quiet {
        sections.push(quiet);
    }
    Today { sections, done, snoozed }
}

/// Which of the viewer's SIGs a turn belongs to.
fn sig_of(model: &Model, verdict: &Verdict) -> usize {
    let sigs = &model.board.viewer.sigs;
    let said = model.board.local(verdict.number).and_then(|local| local.turn.as_ref());
    if let Some(crate::domain::marks::Whose::Sig(sig)) = said.map(|said| &said.whose) {
        return sigs.iter().position(|mine| mine == sig).unwrap_or(0);
    }
    let named = turn(verdict).find(|entry| entry.who == Who::Sig && sigs.iter().any(|sig| sig.as_str() == entry.name));
    named.and_then(|entry| sigs.iter().position(|sig| sig.as_str() == entry.name)).unwrap_or(0)
}

/// The turn: the first entry, and those that its rule names beside it.
fn turn(verdict: &Verdict) -> impl Iterator<Item = &Waiting> {
    let rule = verdict.waiting_on.first().map(|first| first.rule);
    verdict.waiting_on.iter().take_while(move |entry| Some(entry.rule) == rule)
}

/// The viewer opened it, shepherds it, is assigned, or has spoken on it.
fn takes_part(model: &Model, verdict: &Verdict, pull: &PullFacts) -> bool {
    let Some(me) = &model.board.viewer.login else { return false };
    let is_me = |actor: &Option<Actor>| actor.as_ref().is_some_and(|actor| actor.login == *me);
    is_me(&pull.author)
        || pull.assignees.contains(me)
        || verdict.shepherds.iter().any(|shepherd| shepherd.login == *me)
        || pull.comments.iter().any(|comment| is_me(&comment.author))
        || pull.reviews.iter().any(|review| is_me(&review.author))
}

fn quiet_row(model: &Model, index: usize, verdict: &Verdict, pull: &PullFacts, why: &Quiet) -> TodayRow {
    let act = match why {
        Quiet::Done { since } => format!("done {}", times::ago(model.at, *since)),
        Quiet::Snoozed { .. } => why.words(),
    };
    let mut row = row(model, index, verdict, pull, verdict.urgency.my_turn);
    row.why = format!("{}, {}", row.act, row.why);
    row.act = act;
    row.note = None;
    row
}

fn row(model: &Model, index: usize, verdict: &Verdict, pull: &PullFacts, my_turn: MyTurn) -> TodayRow {
    let viewer = &model.board.viewer;
    let mine = |entry: &&Waiting| match my_turn {
        MyTurn::Me => {
            matches!(entry.who, Who::Person | Who::Author) && viewer.login.as_ref().is_some_and(|me| me.is(&entry.name))
        }
        MyTurn::MySig => entry.who == Who::Sig && viewer.sigs.iter().any(|sig| sig.as_str() == entry.name),
        MyTurn::No => false,
    };
    let entry = turn(verdict).find(mine).or(verdict.waiting_on.first());
    let act = match entry {
        None => verdict.stage.title().to_owned(),
        Some(entry) if my_turn == MyTurn::No => others_act(entry),
        Some(entry) => own_act(entry, verdict, pull, viewer.login.as_ref()),
    };
    let mut why = Vec::new();
    if let Some(entry) = entry {
        why.push(clock(model.at, entry, pull));
    }
    why.extend(verdict.urgency.freeze_in_days.map(freeze));
    why.extend(closes_soon(model.at, verdict));
    TodayRow { verdict: index, act, why: why.join(", "), note: note(model, verdict) }
}

fn freeze(days: i64) -> String {
    match days {
        0 => "freeze today".to_owned(),
        days => format!("freeze in {days} d"),
    }
}

/// Prow's own clock, where it is about to strike.
fn closes_soon(now: Timestamp, verdict: &Verdict) -> Option<String> {
    let at = verdict.clocks.bot_closes_at?;
    let days = at.duration_since(now).as_hours() / 24;
    (days < 7).then(|| match days {
        ..=0 => "Prow is about to close it".to_owned(),
        days => format!("Prow closes it in {days} d"),
    })
}

/// What the viewer said about it, or why it is back.
fn note(model: &Model, verdict: &Verdict) -> Option<String> {
    let local = model.board.local(verdict.number)?;
    if let Some(back) = &local.back {
        return Some(format!("back: {} {}", back.words(), times::ago(model.at, back.at)));
    }
    local.turn.as_ref().map(|said| format!("you said: {}", said.whose.words()))
}

/// What the viewer, or their SIG, is to do.
fn own_act(entry: &Waiting, verdict: &Verdict, pull: &PullFacts, me: Option<&Login>) -> String {
    let name = &entry.name;
    let holder = || verdict.hold.as_ref().and_then(|hold| hold.by.as_ref());
    match (entry.rule, entry.who) {
        (Rule::Draft, _) => "finish the draft".to_owned(),
        (Rule::Fix, _) => format!("repair it: {}", entry.why.split(", since ").next().unwrap_or(&entry.why)),
        (Rule::Objection, Who::Author) => match verdict.vetoes.first() {
            Some(veto) => format!("answer {}'s veto", veto.by),
            None => "answer the veto".to_owned(),
        },
        (Rule::Objection, _) => "confirm or lift your veto".to_owned(),
        (Rule::Condition | Rule::Hold, _) => match holder() {
            Some(by) if Some(by) == me => "lift your hold, or say what it waits for".to_owned(),
            Some(by) if entry.rule == Rule::Condition => format!("answer {by}, whose approval is held for you"),
            Some(by) => format!("answer {by}, whose hold waits for you"),
            None => "answer the hold".to_owned(),
        },
        (Rule::Answer, _) => match asker(entry, pull) {
            Some(by) => format!("answer {by}"),
            None => "answer the remarks".to_owned(),
        },
        (Rule::Review | Rule::Lgtm, Who::Sig) if entry.why.starts_with("needs a shepherd") => {
            "needs a shepherd".to_owned()
        }
        (Rule::Review, Who::Sig) => format!("review it for {name}"),
        (Rule::Review | Rule::Lgtm, _) if had_lgtm(pull, me) => {
            "give your lgtm again, a push has dropped it".to_owned()
        }
        (Rule::Review, _) => "review it".to_owned(),
        (Rule::Lgtm, Who::Sig) => format!("say lgtm for {name}"),
        (Rule::Lgtm, _) => "say lgtm".to_owned(),
        (Rule::Approval, _) => "approve it".to_owned(),
        (Rule::SignOff, _) => format!("sign off for {name}"),
        (Rule::Bots, _) => "Tide is about to merge it".to_owned(),
        (Rule::Checks, _) => "checks run".to_owned(),
    }
}

/// What somebody else is waited for.
fn others_act(entry: &Waiting) -> String {
    let who = match entry.who {
        Who::Sig => format!("SIG {}", entry.name),
        Who::Person => entry.name.clone(),
        Who::Author => "the author".to_owned(),
        Who::Automation => "automation".to_owned(),
    };
    let what = match entry.rule {
        Rule::Draft => "finishes the draft",
        Rule::Fix => "repairs it",
        Rule::Objection if entry.who == Who::Author => "answers a veto",
        Rule::Objection => "confirms or lifts the veto",
        Rule::Condition | Rule::Hold => "ends the hold",
        Rule::Bots => "merges it",
        Rule::Answer => "answers",
        Rule::Review => "reviews",
        Rule::Lgtm => "says lgtm",
        Rule::Approval => "approves",
        Rule::SignOff => "signs off",
        Rule::Checks => "runs checks",
    };
    format!("{who} {what}")
}

/// Whose remark began the author's turn.
fn asker(entry: &Waiting, pull: &PullFacts) -> Option<Login> {
    let of = |actor: &Option<Actor>| actor.as_ref().map(|actor| actor.login.clone());
    let comments = pull.comments.iter().filter(|it| it.at == entry.since).find_map(|it| of(&it.author));
    let reviews = || pull.reviews.iter().filter(|it| it.at == entry.since).find_map(|it| of(&it.author));
    let threads = pull.threads.iter().flat_map(|thread| &thread.comments);
    comments.or_else(reviews).or_else(|| threads.filter(|it| it.at == entry.since).find_map(|it| of(&it.author)))
}

/// The viewer approved an earlier head.
fn had_lgtm(pull: &PullFacts, me: Option<&Login>) -> bool {
    let by_me = |actor: &Option<Actor>| actor.as_ref().map(|actor| &actor.login) == me;
    me.is_some()
        && pull.reviews.iter().any(|review| {
            review.state == ReviewState::Approved && by_me(&review.author) && review.commit.as_ref() != Some(&pull.head)
        })
}

/// How long, and since what: `12 d since the author's push`.
fn clock(now: Timestamp, entry: &Waiting, pull: &PullFacts) -> String {
    let seconds = now.as_second().saturating_sub(entry.since.as_second());
    let days = f64::from(i32::try_from(seconds / 60).unwrap_or(i32::MAX)) / 1440.0;
    match times::days(days).as_str() {
        "now" => format!("just now: {}", began(entry, pull)),
        lasted => format!("{lasted} since {}", began(entry, pull)),
    }
}

/// What happened when the turn began. The verdict's `since` is the moment of a fact, so the fact of that moment is it.
fn began(entry: &Waiting, pull: &PullFacts) -> String {
    let at = entry.since;
    let author = pull.author.as_ref().map(|author| &author.login);
    let whose = |actor: &Option<Actor>| match actor.as_ref().map(|actor| &actor.login) {
        by if by.is_some() && by == author => "the author's".to_owned(),
        Some(by) => format!("{by}'s"),
        None => "somebody's".to_owned(),
    };
    if let Some(review) = pull.reviews.iter().find(|it| it.at == at) {
        let what = match review.state {
            ReviewState::Approved => "approval",
            ReviewState::ChangesRequested => "change request",
            ReviewState::Commented | ReviewState::Dismissed => "review",
        };
        return format!("{} {what}", whose(&review.author));
    }
    if let Some(comment) = pull.comments.iter().find(|it| it.at == at) {
        return format!("{} comment", whose(&comment.author));
    }
    if let Some(reply) = pull.threads.iter().flat_map(|thread| &thread.comments).find(|it| it.at == at) {
        return format!("{} thread comment", whose(&reply.author));
    }
    let event = pull.timeline.iter().find(|it| it.at == at);
    match event.map(|event| &event.kind) {
        Some(EventKind::ForcePushed { .. }) => return "the author's push".to_owned(),
        Some(EventKind::ReadyForReview) => return "it was marked ready".to_owned(),
        Some(EventKind::ConvertedToDraft) => return "it became a draft".to_owned(),
        Some(EventKind::Reopened) => return "it was opened again".to_owned(),
        Some(EventKind::Labeled(label)) => return format!("the label {label}"),
        _ => {}
    }
    if pull.created_at == at {
        return "it was opened".to_owned();
    }
    if pull.commits.iter().any(|commit| commit.committed_at == at) {
        return "the author's push".to_owned();
    }
    match entry.rule {
        Rule::Fix | Rule::Checks => "it broke".to_owned(),
        _ => "the turn began".to_owned(),
    }
}

//! Clocks, convergence and what comes of both: human events only, because robots' comments bump everything else
//! (`process.md` §3).

use jiff::{SignedDuration, Timestamp};

use super::debts::Debts;
use super::frame::Frame;
use super::people::PersonId;
use super::shepherd::Shepherding;
use super::standing::Given;
use super::timeline::{Deed, Sort};
use super::turn::Owed;
use super::{BotDoes, BotStep, Clocks, Convergence, Rule, SignOff, SignOffState, Sla, Waiting, WorkingDays};
use crate::domain::calendar::days;
use crate::domain::facts::{PullState, ThreadComment};
use crate::domain::ids::SigName;

fn whole_days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

/// The clocks.
pub(super) fn clocks(
    frame: &Frame<'_>,
    debts: &Debts,
    owed: &Owed,
    shepherding: &Shepherding,
    waiting: &[Waiting],
) -> Clocks {
    let (numbers, calendar) = (&frame.context.profile.numbers, &frame.context.profile.calendar);
    let opened_at = frame.clock.past(frame.timeline.at(frame.opened()));
    let idle_since = frame.clock.past(frame.timeline.at(newest_human(frame)));
    let turn_since = waiting
        .first()
        .map_or_else(|| frame.clock.past(frame.pull.ended_at.unwrap_or(idle_since)), |first| first.since);
    let open = frame.pull.state == PullState::Open;
    let owed_since = is_review_owed(frame, owed, waiting).then(|| frame.timeline.at(owed.event));
    let alone_since = (in_review(frame, waiting) && shepherding.shepherds.is_empty()).then(|| {
        let lapse = whole_days(numbers.shepherd_lapse_days);
        let lapsed = shepherding.lapsed.iter().filter_map(|(_, _, last)| last.checked_add(lapse).ok());
        lapsed.chain([opened_at]).max().unwrap_or(opened_at)
    });
    let bots = if open { bot_steps(frame) } else { Vec::new() };
    // A converged proposal's clocks stand still.
    let ended_at = frame.pull.ended_at.filter(|_| frame.pull.state != PullState::Open);
    frame.clock.ask(|now| {
        let now = ended_at.unwrap_or(now);
        let review_lag_days = owed_since.map(|since| days(since, now));
        Clocks {
            opened_at,
            idle_since,
            turn_since,
            age_days: days(opened_at, now),
            idle_days: days(idle_since, now),
            turn_days: days(turn_since, now),
            review_lag_days,
            working: WorkingDays {
                age: calendar.working_days(opened_at, now),
                idle: calendar.working_days(idle_since, now),
                turn: calendar.working_days(turn_since, now),
                review_lag: owed_since.map(|since| calendar.working_days(since, now)),
            },
            review_sla: review_lag_days.map(|lag| Sla::of(lag, numbers)),
            shepherd_sla: alone_since.map(|since| Sla::of(days(since, now), numbers)),
            rounds: debts.rounds,
            bot_next: bots.first().copied(),
            bot_closes_at: bots.last().map(|step| step.at),
        }
    })
}

/// The last human word or push.
pub(super) fn newest_human(frame: &Frame<'_>) -> usize {
    let newest = (0..frame.timeline.acts.len()).rev().find(|index| {
        frame.timeline.is_word(*index)
            || matches!(frame.timeline.act(*index).map(|act| &act.deed), Some(Deed::Pushed(_) | Deed::Opened(_)))
    });
    newest.unwrap_or(0)
}

/// A review is owed, and no reviewer has said a word since. Nobody owes a draft anything.
pub(super) fn is_review_owed(frame: &Frame<'_>, owed: &Owed, waiting: &[Waiting]) -> bool {
    in_review(frame, waiting) && owed.applies && !reviewer_spoke_after(frame, owed.event)
}

fn in_review(frame: &Frame<'_>, waiting: &[Waiting]) -> bool {
    frame.pull.state == PullState::Open && waiting.first().is_none_or(|first| first.rule != Rule::Draft)
}

/// A reviewer is whoever was asked, has a say, stands in OWNERS, or said something that asks or agrees.
fn is_reviewers_word(frame: &Frame<'_>, index: usize) -> bool {
    let Some(act) = frame.timeline.act(index) else { return false };
    let (Some(who), Some(said)) = (act.who, act.said()) else { return false };
    match said.sort {
        Sort::Positive | Sort::PartOf(_) | Sort::Remark { asks: true, .. } => true,
        Sort::Ping | Sort::Remark { asks: false, .. } => {
            let person = frame.people.get(who);
            person.has_say() || person.reviewer
        }
        Sort::NoWord | Sort::Authors => false,
    }
}

fn reviewer_spoke_after(frame: &Frame<'_>, event: usize) -> bool {
    (event + 1..frame.timeline.acts.len()).any(|index| is_reviewers_word(frame, index))
}

/// The first word of a reviewer.
pub(super) fn first_review(frame: &Frame<'_>) -> Option<usize> {
    (0..frame.timeline.acts.len()).find(|index| is_reviewers_word(frame, *index))
}

/// What Prow's lifecycle jobs would do if nobody touched it any more: each looks for what has had no update of any kind
/// for its time, and each of their comments and labels is itself an update (`specs/prow.md` §7.12).
fn bot_steps(frame: &Frame<'_>) -> Vec<BotStep> {
    let numbers = &frame.context.profile.numbers;
    let has = |label: &str| frame.pull.labels.iter().any(|name| name == label);
    let left: &[(BotDoes, i64)] = if has("lifecycle/frozen") {
        return Vec::new();
    } else if has("lifecycle/rotten") {
        &[(BotDoes::Close, numbers.close_days)]
    } else if has("lifecycle/stale") {
        &[(BotDoes::Rotten, numbers.rotten_days), (BotDoes::Close, numbers.close_days)]
    } else {
        &[
            (BotDoes::Stale, numbers.stale_days),
            (BotDoes::Rotten, numbers.rotten_days),
            (BotDoes::Close, numbers.close_days),
        ]
    };
    // A label is an update too, also where GitHub's `updatedAt` was read before it.
    let labeled =
        frame.timeline.acts.iter().rev().find(|act| matches!(act.deed, Deed::Labeled(_) | Deed::Unlabeled(_)));
    let mut at = labeled.map_or(frame.pull.updated_at, |act| act.at.max(frame.pull.updated_at));
    let mut steps = Vec::with_capacity(left.len());
    for (does, days) in left {
        let Ok(next) = at.checked_add(whole_days(*days)) else { break };
        at = next;
        steps.push(BotStep { does: *does, at });
    }
    steps
}

/// Where it is heading, and what says so.
#[derive(Debug)]
pub(super) struct Heading {
    pub convergence: Convergence,
    pub gains: Vec<String>,
    pub losses: Vec<String>,
}

/// `process.md` §3, "Convergence".
pub(super) fn heading(frame: &Frame<'_>, clocks: &Clocks, signoffs: &[(SigName, SignOff)]) -> Heading {
    let numbers = &frame.context.profile.numbers;
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    let window = whole_days(numbers.convergence_window_days);
    let lately = |at: Timestamp| !frame.clock.is_over(at, window);
    let (before, open) = threads(frame, lately);
    if open < before {
        gains.push(format!("open threads fell from {before} to {open}"));
    }
    let mut lost_ground = false;
    for (who, position) in frame.standing.positions() {
        if frame.people.get(who).author {
            continue;
        }
        // A push takes lgtm away, an approval outlives it (`specs/prow.md` §3).
        let stands = |given: &Given| position.approve == Some(*given) || frame.is_current(*given);
        let recent = |given: &Given| lately(given.at) && stands(given);
        if let Some(given) = position.positive().filter(recent).max_by_key(|given| given.at) {
            let name = frame.people.get(who).name();
            gains.push(format!("{name} agreed on {}", frame.day(given.at)));
        }
    }
    for (who, given) in frame.dropped() {
        let push = frame.dropping_push(given).map(|push| frame.timeline.at(push));
        if push.is_some_and(lately) {
            losses.push(format!("a push dropped {}'s lgtm", frame.people.get(who).name()));
        }
    }
    if let Some((index, act, _, _)) = frame.timeline.texts().rev().find(|(_, act, who, said)| {
        lately(act.at) && !said.is_positive() && took_back(frame, *who, said.lgtm, said.approve, act.at)
    }) {
        losses.push(format!("{} took a vote back on {}", frame.name_of(act), frame.day_of(index)));
    }
    let fresh =
        signoffs.iter().any(|(_, signoff)| signoff.state == SignOffState::Signed && signoff.at.is_some_and(lately));
    for (sig, signoff) in signoffs {
        let went_stale = signoff.state == SignOffState::Stale
            && signoff.at.is_some_and(|at| {
                let first = frame.timeline.pushes.iter().map(|push| frame.timeline.at(*push)).find(|push| *push > at);
                first.is_some_and(lately)
            });
        if went_stale {
            losses.push(format!("the sign-off of {sig} went stale"));
            lost_ground |= !fresh;
        }
    }
    for raised in frame.standing.raised.iter().filter(|raised| frame.people.get(raised.by).has_say()) {
        if lately(raised.at) {
            lost_ground = true;
            // One that its own words ended again is no loss beside what was gained since.
            if raised.ended.is_none() || gains.is_empty() {
                losses.push(format!("{} vetoed on {}", frame.people.get(raised.by).name(), frame.day(raised.at)));
            }
        }
    }
    if open >= before + numbers.diverging_threads {
        losses.push(format!("open threads rose from {before} to {open}"));
        lost_ground = true;
    }
    let stalled = frame.pull.state == PullState::Open
        && (frame.clock.is_reached(clocks.idle_since, whole_days(numbers.stalled_idle_days))
            || frame.clock.is_reached(clocks.turn_since, whole_days(numbers.stalled_turn_days)));
    let convergence = if stalled {
        Convergence::Stalled
    } else if !gains.is_empty() && losses.is_empty() {
        Convergence::Converging
    } else if lost_ground {
        Convergence::Diverging
    } else {
        Convergence::Flat
    };
    Heading { convergence, gains, losses }
}

/// A withdrawal of something that had been given.
fn took_back(
    frame: &Frame<'_>,
    who: PersonId,
    lgtm: Option<super::timeline::Give>,
    approve: Option<super::timeline::Give>,
    at: Timestamp,
) -> bool {
    use super::timeline::Give::TakenBack;
    (lgtm == Some(TakenBack) || approve == Some(TakenBack))
        && frame.timeline.texts().any(|(_, act, other, said)| other == who && act.at < at && said.is_positive())
}

/// Open threads at the window's start and now. GitHub does not say when a thread was resolved: one whose last human word
/// is older than the window counts as resolved before it. A thread of robots alone neither rose nor fell: when a robot
/// spoke tells nothing.
fn threads(frame: &Frame<'_>, lately: impl Fn(Timestamp) -> bool) -> (usize, usize) {
    let human = |comment: &&ThreadComment| !frame.context.profile.is_robots(comment.author.as_ref(), &comment.body);
    let threads = &frame.pull.threads;
    let open = threads.iter().filter(|thread| !thread.resolved).count();
    let before = threads.iter().filter(|thread| {
        let heard = || thread.comments.iter().filter(human).map(|comment| comment.at);
        match (heard().min(), heard().max()) {
            (Some(first), Some(last)) => !lately(first) && (!thread.resolved || lately(last)),
            _ => !thread.resolved,
        }
    });
    (before.count(), open)
}

/// No word or push from either side of a veto for 7 days: whoever stands against it, the author, and whoever with a say
/// stands for it.
pub(super) fn is_stalled_conflict(frame: &Frame<'_>) -> bool {
    let vetoers: Vec<PersonId> = frame.standing.vetoes(&frame.people).map(|raised| raised.by).collect();
    if vetoers.is_empty() {
        return false;
    }
    let stands_for = |who: PersonId| {
        frame.people.get(who).has_say()
            && frame.standing.of(who).is_some_and(|position| position.positive().next().is_some())
    };
    let quiet = whole_days(frame.context.profile.numbers.stalled_conflict_days);
    let newest = (0..frame.timeline.acts.len()).rev().find(|index| {
        let Some(act) = frame.timeline.act(*index) else { return false };
        let takes_side = act.who.is_some_and(|who| vetoers.contains(&who) || stands_for(who));
        (takes_side && frame.timeline.is_word(*index)) || frame.timeline.is_authors(*index)
    });
    newest.is_some_and(|newest| frame.clock.is_reached(frame.timeline.at(newest), quiet))
}

/// Open for long after the first reviewer's word, or targeted at a release whose freeze is near; with the reason.
pub(super) fn not_converged(frame: &Frame<'_>, freeze_days: Option<i64>) -> Option<String> {
    if frame.pull.state != PullState::Open {
        return None;
    }
    let numbers = &frame.context.profile.numbers;
    if let (Some(days), Some(release)) = (freeze_days, &frame.ground.release)
        && days <= numbers.freeze_near_days
    {
        return Some(match days {
            0 => format!("the VEP freeze of {release} is today"),
            1.. => format!("the VEP freeze of {release} is {days} days away"),
            _ => format!("the VEP freeze of {release} was {} days ago", -days),
        });
    }
    let first = first_review(frame)?;
    let open_for = frame.clock.ask(|now| now.duration_since(frame.timeline.at(first)).as_hours() / 24);
    (open_for >= numbers.not_converged_days)
        .then(|| format!("still open {open_for} days after the first review on {}", frame.day_of(first)))
}

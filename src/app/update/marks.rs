//! What the viewer says about a proposal for themself: done, snoozed, whose turn, what a possible objection is. Kept at
//! once, said in a toast, taken back with `u`.

use super::{facts, picker, toast};
use crate::app::effect::{Effect, Effects};
use crate::app::model::{Choice, Level, Model, Pick, Said, Typed};
use crate::domain::ids::PullNumber;
use crate::domain::marks::{self, Lasts, Ruled, Saying, Stamp, Until, Whose};
use crate::domain::roster::Roster;
use crate::domain::schedule::Schedules;
use crate::domain::text::truncate;
use crate::domain::verdict::PossibleObjection;

/// How many sayings can be taken back.
const REMEMBERED: usize = 50;

/// Says something about a proposal.
pub fn say(model: &mut Model, pull: PullNumber, saying: Saying) -> Effects {
    let Some(stamp) = model.facts.pulls.get(&pull).map(|pull| Stamp::of(pull, model.at)) else {
        return toast(model, Level::Warn, format!("{pull} is not here any more"));
    };
    let label = label(&saying);
    let mark = model.marks.get(&pull).cloned().unwrap_or_default();
    let changes = mark.changes(saying, &stamp);
    let back = marks::apply(&mut model.marks, pull, changes.clone());
    model.said.push(Said { pull, back, label: label.clone() });
    let excess = model.said.len().saturating_sub(REMEMBERED);
    model.said.drain(..excess);
    facts::remark(model);
    let mut effects = toast(model, Level::Info, format!("{pull}: {label} (yours alone)"));
    effects.push(Effect::ChangeMark { pull, changes });
    effects
}

fn label(saying: &Saying) -> String {
    match saying {
        Saying::Done => "done until somebody else does something".to_owned(),
        Saying::NotDone => "not done any more".to_owned(),
        Saying::Snooze(until) => format!("snoozed {}", until.words()),
        Saying::Wake => "not snoozed any more".to_owned(),
        Saying::Turn(whose, lasts) => format!("the turn is {}, {}", whose.words(), lasts.words()),
        Saying::TurnOff => "the turn is what the thread says".to_owned(),
        Saying::Rule(possible, Ruled::Confirmed) => format!("{} objects, as you read it", possible.by),
        Saying::Rule(possible, Ruled::Dropped) => format!("{} does not object, as you read it", possible.by),
        Saying::Unrule(possible) => format!("whether {} objects is open again", possible.by),
    }
}

/// Takes back what was said last.
pub fn undo(model: &mut Model) -> Effects {
    let Some(Said { pull, back, label }) = model.said.pop() else { return Effects::none() };
    marks::apply(&mut model.marks, pull, back.clone());
    facts::remark(model);
    let mut effects = toast(model, Level::Info, format!("{pull}: taken back ({label})"));
    effects.push(Effect::ChangeMark { pull, changes: back });
    effects
}

/// Done with the target; where it is quiet already, not any more.
pub fn done(model: &mut Model) -> Effects {
    let Some(pull) = model.target() else { return Effects::none() };
    let saying = match model.board.quiet(pull) {
        Some(marks::Quiet::Done { .. }) => Saying::NotDone,
        Some(marks::Quiet::Snoozed { .. }) => Saying::Wake,
        None => Saying::Done,
    };
    say(model, pull, saying)
}

/// Shows or hides in Today what is done and snoozed.
pub fn toggle_quiet(model: &mut Model) -> Effects {
    model.shows_quiet = !model.shows_quiet;
    facts::relist(model);
    Effects::none()
}

fn choice(label: impl Into<String>, note: impl Into<String>, saying: Saying) -> Choice {
    Choice { label: label.into(), note: note.into(), pick: Pick::Say(saying) }
}

/// Until when the target is snoozed.
pub fn snooze(model: &mut Model) -> Effects {
    let Some(number) = model.target() else { return Effects::none() };
    let Some((verdict, pull)) = model.proposal(number) else { return Effects::none() };
    let about = (number, pull.head.clone());
    let schedules = Schedules::read(&model.facts.files.schedules);
    let own = verdict.release.as_ref().and_then(|release| schedules.freeze(release, model.at));
    let freeze = own.or_else(|| model.board.freeze.clone());
    let mut choices = Vec::new();
    if let Some(snoozed @ marks::Quiet::Snoozed { .. }) = model.board.quiet(number) {
        choices.push(choice("now after all", snoozed.words(), Saying::Wake));
    }
    for (word, label) in [
        ("tomorrow", "until tomorrow"),
        ("3d", "for three days"),
        ("monday", "until Monday"),
        ("2w", "for two weeks"),
        ("push", "until a push"),
        ("reply", "until a reply"),
        ("freeze", "until the freeze"),
    ] {
        if let Ok(until) = Until::parse(word, model.at, freeze.as_ref()) {
            let note = match &until {
                Until::Push => "new commits, whoever speaks".to_owned(),
                Until::Reply => "anybody's word".to_owned(),
                Until::Moment { .. } | Until::Freeze { .. } => until.words(),
            };
            choices.push(choice(label, note, Saying::Snooze(until)));
        }
    }
    picker::show(model, format!("Snooze {number}: pick, or type a day"), choices, Some(about), Typed::Until)
}

/// Whose turn the target is.
pub fn turn(model: &mut Model) -> Effects {
    let Some(number) = model.target() else { return Effects::none() };
    let Some((verdict, pull)) = model.proposal(number) else { return Effects::none() };
    let about = (number, pull.head.clone());
    let until_human = |whose: Whose| Saying::Turn(whose, Lasts::UntilHuman);
    let mut choices = Vec::new();
    if let Some(said) = model.board.local(number).and_then(|local| local.turn.as_ref()) {
        let words = format!("you said: {}, {}", said.whose.words(), said.lasts.words());
        choices.push(choice("what the thread says", words, Saying::TurnOff));
        if said.lasts == Lasts::UntilHuman {
            let keep = Saying::Turn(said.whose.clone(), Lasts::UntilOff);
            choices.push(choice(format!("keep it: {}", said.whose.words()), Lasts::UntilOff.words(), keep));
        }
    }
    let note = Lasts::UntilHuman.words();
    choices.push(choice("mine", note, until_human(Whose::Mine)));
    choices.push(choice("not mine", note, until_human(Whose::NotMine)));
    choices.push(choice("the author's", note, until_human(Whose::Author)));
    let mut sigs: Vec<_> = verdict.owning_sigs.clone();
    sigs.extend(verdict.signoffs.iter().map(|(sig, _)| sig.clone()).filter(|sig| !verdict.owning_sigs.contains(sig)));
    for sig in sigs {
        choices.push(choice(format!("SIG {sig}'s"), note, until_human(Whose::Sig(sig))));
    }
    let roster = Roster::read(&model.facts.files, &model.settings.profile);
    let mut people: Vec<_> = verdict.shepherds.iter().map(|shepherd| shepherd.login.clone()).collect();
    people.extend(verdict.owning_sigs.iter().flat_map(|sig| roster.representatives(sig).to_vec()));
    let (me, author) = (&model.board.viewer.login, pull.author.as_ref().map(|author| &author.login));
    let mut known = Vec::new();
    for login in people {
        if Some(&login) != me.as_ref() && Some(&login) != author && !known.contains(&login) {
            choices.push(choice(format!("{login}'s"), note, until_human(Whose::Person(login.clone()))));
            known.push(login);
        }
    }
    let title = format!("Whose turn is {number}, by your word? Pick, or type a login");
    picker::show(model, title, choices, Some(about), Typed::Turn)
}

/// What the target's possible objections are.
pub fn objections(model: &mut Model) -> Effects {
    let Some(number) = model.target() else { return Effects::none() };
    let Some((verdict, pull)) = model.proposal(number) else { return Effects::none() };
    let about = (number, pull.head.clone());
    let local = model.board.local(number);
    let mut choices = Vec::new();
    for possible in &verdict.possible_objections {
        let ruled = local.and_then(|local| local.ruled(possible));
        let quoted = format!("\u{201c}{}\u{201d}", truncate(&possible.sentence, 60));
        let mut offer = |verb: &str, saying: fn(PossibleObjection) -> Saying| {
            choices.push(choice(format!("{verb} {}", possible.by), quoted.clone(), saying(possible.clone())));
        };
        if ruled != Some(Ruled::Confirmed) {
            offer("an objection of", |it| Saying::Rule(it, Ruled::Confirmed));
        }
        if ruled != Some(Ruled::Dropped) {
            offer("no objection of", |it| Saying::Rule(it, Ruled::Dropped));
        }
        if ruled.is_some() {
            offer("undecided again:", Saying::Unrule);
        }
    }
    picker::show(model, format!("Does somebody object to {number}?"), choices, Some(about), Typed::Nothing)
}

//! What the viewer says about a proposal for themself: done, snoozed, whose turn it is, what a possible objection is.
//! Nothing of it goes to GitHub, so none of it needs a token or the network, or asks before it is done.

use serde_json::json;

use super::args::{MarkArgs, MarkWord, ObjectionArgs, ObjectionWord, SnoozeArgs, TurnArgs};
use super::output::json as output_json;
use super::output::{print, tell};
use super::session::{Context, Session};
use super::show;
use crate::domain::board::Board;
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::PullNumber;
use crate::domain::marks::{Lasts, Mark, Ruled, Saying, Stamp, Until, Whose};
use crate::domain::schedule::Schedules;
use crate::domain::text::{sanitize_line, truncate};
use crate::domain::verdict::{PossibleObjection, Verdict};

/// What is marked, and what is known of it.
struct Ground {
    session: Session,
    facts: Facts,
    board: Board,
    pull: PullFacts,
    verdict: Verdict,
}

/// `mark`.
///
/// # Errors
/// Where the store has no such proposal, or cannot be written.
pub async fn mark(context: &Context, args: &MarkArgs) -> Result<(), Failure> {
    let ground = ground(context, args.number).await?;
    let (saying, said) = match args.what {
        MarkWord::Seen => (Saying::Done, "is done: it comes back when somebody else does something"),
        MarkWord::Unseen => (Saying::NotDone, "is not done any more"),
    };
    say(ground, saying, said, args.json)
}

/// `snooze`.
///
/// # Errors
/// As [`mark`], and where no time is meant.
pub async fn snooze(context: &Context, args: &SnoozeArgs) -> Result<(), Failure> {
    let ground = ground(context, args.number).await?;
    if args.until.eq_ignore_ascii_case("off") {
        return say(ground, Saying::Wake, "is not snoozed any more", args.json);
    }
    let now = ground.session.services.clock.now();
    let schedules = Schedules::read(&ground.facts.files.schedules);
    let own = ground.verdict.release.as_ref().and_then(|release| schedules.freeze(release, now));
    let freeze = own.or_else(|| ground.board.freeze.clone());
    let until = Until::parse(&args.until, now, freeze.as_ref()).map_err(|error| {
        Failure::new(FailureKind::Usage, format!("snooze {}", ground.pull.number), error.to_string())
    })?;
    let said = format!("is snoozed {}", until.words());
    say(ground, Saying::Snooze(until), &said, args.json)
}

/// `turn`.
///
/// # Errors
/// As [`mark`], and where nobody is meant.
pub async fn turn(context: &Context, args: &TurnArgs) -> Result<(), Failure> {
    let ground = ground(context, args.number).await?;
    if args.whose.eq_ignore_ascii_case("off") {
        return say(ground, Saying::TurnOff, "has the turn that the thread says", args.json);
    }
    let whose = Whose::parse(&args.whose).ok_or_else(|| {
        let cause = format!("`{}` is nobody", args.whose);
        Failure::new(FailureKind::Usage, format!("say whose turn {} is", ground.pull.number), cause)
            .hint("Write a login, sig-NAME, author, me, not-me, or off.")
    })?;
    let lasts = if args.keep { Lasts::UntilOff } else { Lasts::UntilHuman };
    let said = format!("has your word that the turn is {}, {}", whose.words(), lasts.words());
    say(ground, Saying::Turn(whose, lasts), &said, args.json)
}

/// `objection`.
///
/// # Errors
/// As [`mark`], and where it is not clear which text is meant.
pub async fn objection(context: &Context, args: &ObjectionArgs) -> Result<(), Failure> {
    let ground = ground(context, args.number).await?;
    let possible = which(&ground.verdict, args.which)?.clone();
    let by = sanitize_line(possible.by.as_str());
    let (saying, said) = match args.what {
        ObjectionWord::Confirm => {
            (Saying::Rule(possible, Ruled::Confirmed), format!("has an objection of {by}, as you read it"))
        }
        ObjectionWord::Drop => {
            (Saying::Rule(possible, Ruled::Dropped), format!("has no objection of {by}, as you read it"))
        }
        ObjectionWord::Clear => (Saying::Unrule(possible), format!("has a possible objection of {by} again")),
    };
    say(ground, saying, &said, args.json)
}

/// The possible objection that is meant: the only one, or the one of that place.
fn which(verdict: &Verdict, place: Option<usize>) -> Result<&PossibleObjection, Failure> {
    let failed = |cause: String| {
        Failure::new(FailureKind::Usage, format!("decide on an objection of {}", verdict.number), cause)
    };
    match (verdict.possible_objections.as_slice(), place) {
        ([], _) => Err(failed("no text of it reads like an objection".to_owned())),
        ([only], None) => Ok(only),
        (all, Some(place)) => place
            .checked_sub(1)
            .and_then(|index| all.get(index))
            .ok_or_else(|| failed(format!("there is no possible objection {place}")).hint(list(all))),
        (all, None) => {
            Err(failed("there are several".to_owned()).hint(format!("Name one by its place:\n{}", list(all))))
        }
    }
}

fn list(all: &[PossibleObjection]) -> String {
    let line = |(index, it): (usize, &PossibleObjection)| {
        let sentence = truncate(&sanitize_line(&it.sentence), 70);
        format!("    {} {}: {sentence}", index + 1, sanitize_line(it.by.as_str()))
    };
    all.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

async fn ground(context: &Context, number: u64) -> Result<Ground, Failure> {
    let session = context.session()?;
    session.fresh(true).await?;
    let (facts, board) = session.services.board()?;
    let (pull, verdict) = show::find(&session, &facts, &board, PullNumber(number))?;
    let pull = pull.clone();
    Ok(Ground { session, facts, board, pull, verdict })
}

/// Keeps it, and says what holds now.
fn say(ground: Ground, saying: Saying, said: &str, as_json: bool) -> Result<(), Failure> {
    let services = &ground.session.services;
    let number = ground.pull.number;
    let mark: Mark = services.store.marks(&services.repo)?.remove(&number).unwrap_or_default();
    let changes = mark.changes(saying, &Stamp::of(&ground.pull, services.clock.now()));
    services.store.change_mark(&services.repo, number, &changes)?;
    if ground.session.demo.is_some() {
        tell("vepherd: the demo's marks go with this process");
    }
    if as_json {
        let (_, board) = services.board()?;
        let local = output_json::local(board.local(number));
        return print(&output_json::text(&json!({ "number": number, "local": local })));
    }
    print(&format!("{number} {said}.\n"))
}

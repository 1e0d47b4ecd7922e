//! When a command can be given, and why not: the same answer greys a line of the help, stops a key and warns in the
//! composer. A command that would surely fail is refused with the reason; one that may not do what one hopes is
//! allowed with a warning (`process.md` §5).

use super::model::{Model, Page};
use super::registry::{Availability, Command};
use crate::domain::board::Viewer;
use crate::domain::facts::{PullFacts, PullState, ReviewState};
use crate::domain::ids::{Login, SigName};
use crate::domain::prow::gate::GateState;
use crate::domain::verdict::Verdict;

/// Prow's label of a hold.
pub const HOLD_LABEL: &str = "do-not-merge/hold";

/// Why a saved view cannot be shown.
const NO_VIEWS: &str =
    "the configuration has no such view: write [views], then name = \"query\" (`vepherd config path`)";

/// What `U` would lift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Liftable {
    /// The viewer's own veto or objection; REST's id of their review that stands, where it was one.
    OwnVeto(Option<u64>),
    /// The hold.
    Hold,
}

/// Whether a command can be given now, where its keys work at all.
#[must_use]
pub fn of(model: &Model, command: Command) -> Availability {
    let refused = |why: &str| Availability::Refused(why.to_owned());
    match command {
        Command::Comment
        | Command::AskFix
        | Command::Lgtm
        | Command::Approve
        | Command::Veto
        | Command::Lift
        | Command::Hold
        | Command::Shepherd
        | Command::AskFix
        | Command::Reply
        | Command::Resolve
        | Command::Submit
            if model.read_only.is_some() =>
        {
            refused(&format!("read-only: {}", model.read_only.as_deref().unwrap_or_default()))
        }
        Command::Comment
        | Command::Lgtm
        | Command::Approve
        | Command::Veto
        | Command::Lift
        | Command::Hold
        | Command::Reply
        | Command::Resolve
        | Command::Shepherd => match model.target().and_then(|number| model.proposal(number)) {
            None => refused("no proposal is selected"),
            Some((verdict, pull)) => act(model, command, verdict, pull),
        },
        Command::Open if matches!(model.page(), Some(Page::Outbox(page)) if page.selected.is_none()) => {
            refused("nothing is selected")
        }
        Command::Browse
        | Command::CopyLink
        | Command::Threads
        | Command::MarkSeen
        | Command::Snooze
        | Command::SayTurn
        | Command::Objections
            if model.target().is_none() =>
        {
            refused("no proposal is selected")
        }
        Command::Objections => {
            let proposal = model.target().and_then(|number| model.proposal(number));
            match proposal.is_some_and(|(verdict, _)| !verdict.possible_objections.is_empty()) {
                true => Availability::Ready,
                false => refused("no text of it reads like an objection"),
            }
        }
        Command::Views if model.settings.views.is_empty() => refused(NO_VIEWS),
        Command::View1 | Command::View2 | Command::View3 | Command::View4
            if command.view().is_none_or(|place| model.settings.views.len() <= place) =>
        {
            refused(NO_VIEWS)
        }
        Command::Open if model.page().is_none() && model.target().is_none() => refused("no proposal is selected"),
        Command::Undo if model.undoable.is_empty() && model.said.is_empty() => {
            refused("nothing is waiting to be sent, and nothing was marked")
        }
        Command::Resend | Command::Discard | Command::EditWrite => match model.page() {
            Some(Page::Outbox(page)) if page.selected.is_some() => Availability::Ready,
            _ => refused("nothing is selected"),
        },
        Command::Refresh | Command::FullSync if model.syncing().is_some() => refused("a sync is running"),
        _ => Availability::Ready,
    }
}

fn act(model: &Model, command: Command, verdict: &Verdict, pull: &PullFacts) -> Availability {
    let viewer = &model.board.viewer;
    let refused = |why: String| Availability::Refused(why);
    let Some(me) = &viewer.login else {
        return refused(
            "nobody is logged in: set VEPHERD_TOKEN, then start again (`vepherd auth status` says more)".into(),
        );
    };
    match pull.state {
        // Talk goes on after the end.
        PullState::Merged if !is_talk(command) => return refused("it is merged".into()),
        PullState::Closed if !is_talk(command) => return refused("it is closed".into()),
        PullState::Open | PullState::Merged | PullState::Closed => {}
    }
    let own = pull.author.as_ref().is_some_and(|author| author.login == *me);
    let answer = match command {
        Command::Reply if pull.threads.is_empty() => refused("it has no threads".into()),
        Command::Resolve if pull.threads.iter().all(|thread| thread.resolved) => {
            refused("it has no open thread".into())
        }
        Command::Resolve if !own => match model.permission.as_deref() {
            Some("WRITE" | "MAINTAIN" | "ADMIN") => Availability::Ready,
            Some(_) => refused("GitHub lets only its author and people with write access resolve threads".into()),
            None => Availability::Warned("GitHub lets only its author and people with write access do it".into()),
        },
        Command::AskFix if verdict.problems.is_empty() => refused("it has no problems to ask about".into()),
        Command::Lgtm if own => refused("you opened it: neither GitHub nor Prow takes an lgtm from the author".into()),
        Command::Lgtm if viewer.sigs.is_empty() => {
            Availability::Warned("you represent no SIG: it sets lgtm, but signs off for nobody".into())
        }
        Command::Approve if !has_power(model, me, pull) => {
            Availability::Warned("OWNERS give you no say here: /approve will have no effect".into())
        }
        Command::Approve if own => Availability::Warned(
            "you opened it: /approve goes as a comment, and lgtm must come from somebody else".into(),
        ),
        Command::Veto if own => {
            refused("you opened it: GitHub takes no review by the author; H holds it instead".into())
        }
        Command::Veto if viewer.sigs.is_empty() && !viewer.merge_authority => {
            refused("a veto is for representatives of a SIG and holders of merge authority; c comments, H holds".into())
        }
        Command::Hold if held(pull) => Availability::Warned("it is held already; your reason is added to it".into()),
        Command::Lift => match liftable(me, verdict, pull) {
            Some(_) => Availability::Ready,
            None => refused(match verdict.vetoes.first() {
                Some(veto) => format!("only {} can lift this veto", veto.by),
                None => "there is neither a veto of yours nor a hold".into(),
            }),
        },
        _ => Availability::Ready,
    };
    match answer {
        Availability::Ready if pull.locked => {
            Availability::Warned("its conversation is locked: GitHub takes words from collaborators only".into())
        }
        Availability::Ready if verdict.gate.state == GateState::InPool && command == Command::Comment => {
            Availability::Warned("Tide is about to merge it".into())
        }
        answer => answer,
    }
}

/// Words in the conversation, which no state of a proposal ends.
fn is_talk(command: Command) -> bool {
    matches!(command, Command::Comment | Command::Reply | Command::Resolve)
}

/// The hold label is there.
#[must_use]
pub fn held(pull: &PullFacts) -> bool {
    pull.labels.iter().any(|label| label == HOLD_LABEL)
}

/// OWNERS let the viewer approve at least one changed file.
#[must_use]
pub fn has_power(model: &Model, me: &Login, pull: &PullFacts) -> bool {
    pull.files.iter().any(|file| model.owners.approvers(&file.path).contains(me))
}

/// What `U` would lift: the own veto before a hold.
#[must_use]
pub fn liftable(me: &Login, verdict: &Verdict, pull: &PullFacts) -> Option<Liftable> {
    if verdict.vetoes.iter().chain(&verdict.objections).any(|objection| objection.by == *me) {
        let by_me = |review: &&crate::domain::facts::ReviewFacts| {
            review.author.as_ref().is_some_and(|author| author.login == *me)
                && review.state == ReviewState::ChangesRequested
        };
        let review = pull.reviews.iter().filter(by_me).max_by_key(|review| review.at);
        return Some(Liftable::OwnVeto(review.and_then(|review| review.database_id)));
    }
    held(pull).then_some(Liftable::Hold)
}

/// For which SIG the viewer's veto speaks: the owning SIG, else one whose sign-off is asked, else their first.
#[must_use]
pub fn veto_sig(viewer: &Viewer, verdict: &Verdict) -> Option<SigName> {
    let owning = verdict.owning_sigs.iter().find(|sig| viewer.sigs.contains(sig));
    let asked = verdict.signoffs.iter().map(|(sig, _)| sig).find(|sig| viewer.sigs.contains(sig));
    owning.or(asked).or(viewer.sigs.first()).cloned()
}

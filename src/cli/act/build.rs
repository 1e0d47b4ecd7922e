//! From a command and the facts to an action, and who may (`process.md` §5). A refusal says why and what else there is.

use super::Ground;
use crate::cli::args::AskFor;
use crate::cli::session::Session;
use crate::domain::action::Action;
use crate::domain::facts::{ReviewState, ThreadFacts};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::SigName;
use crate::domain::verdict::{self, Problem};
use crate::shell::sync;

/// The viewer opened this proposal.
pub(super) fn is_own(ground: &Ground) -> bool {
    ground.pull.author.as_ref().is_some_and(|author| author.login == ground.me)
}

/// A comment that asks for problems to be mended.
pub(super) fn ask(ground: &Ground, wanted: &[AskFor]) -> Result<Action, Failure> {
    let problems = &ground.verdict.problems;
    let words = || problems.iter().map(|problem| problem.code.word()).collect::<Vec<_>>();
    let is = |problem: &Problem, wanted: &AskFor| match wanted {
        AskFor::All => true,
        AskFor::Code(code) => problem.code == *code,
    };
    if let Some(nothing) = wanted.iter().find(|wanted| !problems.iter().any(|problem| is(problem, wanted))) {
        let cause = match nothing {
            AskFor::All => "it has no problem".to_owned(),
            AskFor::Code(code) => format!("it does not have the problem {}", code.word()),
        };
        let there = if problems.is_empty() {
            "There is nothing to ask for.".to_owned()
        } else {
            format!("It has {}.", words().join(", "))
        };
        return Err(refused(ground, "ask for a fix of", &cause).hint(there));
    }
    let asked: Vec<&Problem> =
        problems.iter().filter(|problem| wanted.iter().any(|wanted| is(problem, wanted))).collect();
    let author = ground.pull.author.as_ref().map(|author| &author.login);
    Ok(Action::Comment { text: verdict::ask(&asked, author) })
}

/// A sign-off; nobody signs off their own.
pub(super) fn lgtm(ground: &Ground, text: String) -> Result<Action, Failure> {
    if is_own(ground) {
        return Err(refused(ground, "sign off", "it is your own, and Prow takes no lgtm of the author")
            .hint("Ask another representative of your SIG: vepherd cc N LOGIN."));
    }
    Ok(Action::Lgtm { text })
}

/// A veto: for whom the viewer speaks.
pub(super) fn veto(ground: &Ground, reason: String) -> Result<Action, Failure> {
    if is_own(ground) {
        return Err(refused(ground, "veto", "it is your own, and GitHub takes no review of the author")
            .hint("Hold it, close it, or turn it into a draft."));
    }
    let viewer = &ground.viewer;
    if viewer.sigs.is_empty() && !viewer.merge_authority {
        let cause = format!("{} represents no SIG and holds no merge authority in {}", ground.me, ground.facts.repo);
        return Err(refused(ground, "veto", &cause).hint(
            "Representatives are in sig-<x>-approvers of OWNERS_ALIASES and among the chairs of sigs.yaml; where they \
             lag behind, set `sigs` in the configuration. A comment or a hold is open to everybody.",
        ));
    }
    Ok(Action::Veto { sig: speaks_for(ground), reason })
}

/// The SIG in whose name the viewer speaks: an owning one, else one that is asked to sign, else one that takes part,
/// else their first.
fn speaks_for(ground: &Ground) -> Option<SigName> {
    let mine = &ground.viewer.sigs;
    let verdict = &ground.verdict;
    let asked = verdict.owning_sigs.iter().chain(verdict.signoffs.iter().map(|(sig, _)| sig));
    asked.chain(&verdict.participating_sigs).find(|sig| mine.contains(sig)).or_else(|| mine.first()).cloned()
}

/// Lifting the viewer's own veto.
pub(super) fn unveto(session: &Session, ground: &Ground, why: String) -> Result<Action, Failure> {
    let stands = ground.verdict.vetoes.iter().chain(&ground.verdict.objections).any(|it| it.by == ground.me);
    let review = ground.pull.reviews.iter().rev().find(|review| {
        review.state == ReviewState::ChangesRequested
            && review.author.as_ref().is_some_and(|author| author.login == ground.me)
    });
    if !stands && review.is_none() {
        return Err(refused(ground, "lift a veto of", "you have none that stands")
            .hint("A hold is lifted with `vepherd unhold`; a veto only by whoever raised it."));
    }
    let permission = session.services.store.meta(&sync::permission_key(&session.services.repo))?;
    let may_dismiss = permission.as_deref().is_some_and(|word| matches!(word, "ADMIN" | "MAINTAIN" | "WRITE"));
    Ok(Action::Unveto { why, review: review.and_then(|review| review.database_id), may_dismiss })
}

/// A reply, to the thread's first comment.
pub(super) fn reply(ground: &Ground, name: &str, text: String) -> Result<Action, Failure> {
    let thread = thread(ground, name)?;
    let to = thread.comments.first().and_then(|first| first.database_id).ok_or_else(|| {
        refused(ground, "reply in a thread of", "GitHub did not tell the id of its first comment")
            .hint("Answer with `vepherd comment` instead.")
    })?;
    Ok(Action::Reply { thread: thread.id.clone(), to, text })
}

/// A thread by its place in `show`, or by its id.
pub(super) fn thread<'a>(ground: &'a Ground, name: &str) -> Result<&'a ThreadFacts, Failure> {
    let threads = &ground.pull.threads;
    let by_place = || name.parse::<usize>().ok().and_then(|place| threads.get(place.checked_sub(1)?));
    threads.iter().find(|thread| thread.id.as_str() == name).or_else(by_place).ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            format!("find thread {name} of {}", ground.pull.number),
            format!("it has {} thread(s)", threads.len()),
        )
        .hint(format!("`vepherd show {}` numbers them.", ground.pull.number.0))
    })
}

fn refused(ground: &Ground, verb: &str, why: &str) -> Failure {
    Failure::new(FailureKind::Refused, format!("{verb} {}", ground.pull.number), why)
}

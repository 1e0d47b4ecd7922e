//! Sign-offs per SIG (`process.md` §3): signed, stale, missing or vetoed, with who, when, and at which head.

use super::frame::Frame;
use super::people::PersonId;
use super::standing::Given;
use super::{SignOff, SignOffState};
use crate::domain::ids::{Login, Sha, SigName};

/// The sign-offs that are asked, owning SIGs first.
pub(super) fn signoffs(frame: &Frame<'_>) -> Vec<(SigName, SignOff)> {
    frame.ground.signing_sigs(frame.context).into_iter().map(|sig| (sig.clone(), signoff(frame, &sig))).collect()
}

fn signoff(frame: &Frame<'_>, sig: &SigName) -> SignOff {
    let representatives: Vec<PersonId> = frame
        .people
        .iter()
        .filter(|(_, person)| !person.author && person.sigs.contains(sig))
        .map(|(who, _)| who)
        .collect();
    let vetoes: Vec<_> = frame.standing.objections().filter(|raised| representatives.contains(&raised.by)).collect();
    if let Some(newest) = vetoes.iter().max_by_key(|raised| raised.at) {
        let mut by: Vec<Login> = Vec::new();
        for raised in &vetoes {
            let login = frame.people.get(raised.by).login_or_ghost();
            if !by.contains(&login) {
                by.push(login);
            }
        }
        let given = Given { act: newest.act, at: newest.at };
        return SignOff {
            state: SignOffState::Vetoed,
            by,
            at: Some(newest.at),
            head: head_at(frame, given),
            pushes_since: frame.pushes_since(newest.at),
        };
    }
    // A representative's lgtm or approve; the newest that is current, else the newest.
    let mut given: Vec<(PersonId, Given, bool)> = representatives
        .iter()
        .flat_map(|who| {
            let position = frame.standing.of(*who);
            let words = position.into_iter().flat_map(|position| [position.lgtm, position.approve]);
            words.flatten().map(|given| (*who, given, frame.is_current(given)))
        })
        .collect();
    let signed = given.iter().any(|(_, _, current)| *current);
    given.retain(|(_, _, current)| *current == signed);
    given.sort_by_key(|(_, given, _)| std::cmp::Reverse(given.at));
    let Some((_, newest, _)) = given.first().copied() else {
        return SignOff { state: SignOffState::Missing, by: Vec::new(), at: None, head: None, pushes_since: 0 };
    };
    let mut by: Vec<Login> = Vec::new();
    for (who, _, _) in &given {
        let login = frame.people.get(*who).login_or_ghost();
        if !by.contains(&login) {
            by.push(login);
        }
    }
    SignOff {
        state: if signed { SignOffState::Signed } else { SignOffState::Stale },
        by,
        at: Some(newest.at),
        head: head_at(frame, newest),
        pushes_since: if signed { 0 } else { frame.pushes_since(newest.at).max(1) },
    }
}

/// The commit that something was given on: its review's, else the newest push's before it.
pub(super) fn head_at(frame: &Frame<'_>, given: Given) -> Option<Sha> {
    let of_review = frame.timeline.act(given.act).and_then(|act| act.said()).and_then(|said| said.commit());
    if let Some(commit) = of_review {
        return Some(commit.clone());
    }
    if frame.pushes_since(given.at) == 0 {
        return Some(frame.pull.head.clone());
    }
    frame.timeline.acts.get(..given.act).unwrap_or(&[]).iter().rev().find_map(|act| match act.deed {
        super::timeline::Deed::Pushed(push) => push.head.cloned(),
        _ => None,
    })
}

//! How the shepherd was looked for: the four ways of `process.md` §1 in their order, and what kept people out.

use jiff::SignedDuration;

use super::super::ShepherdHow;
use super::super::frame::Frame;
use super::super::kind::Ownership;
use super::super::shepherd::{Shepherding, has_lapsed, is_by_product};
use super::{ShepherdStep, standing_of};
use crate::domain::ids::Login;

/// The ways that were tried.
pub(super) fn steps(frame: &Frame<'_>, found: &Shepherding) -> Vec<ShepherdStep> {
    let by = found.shepherds.first().map(|first| first.how);
    let ways = [ShepherdHow::Assigned, ShepherdHow::FrontMatter, ShepherdHow::Volunteered, ShepherdHow::Acting];
    let mut list = Vec::new();
    for how in ways {
        let here = by == Some(how);
        let why = match how {
            ShepherdHow::Assigned => assigned(frame),
            ShepherdHow::FrontMatter => front_matter(frame),
            ShepherdHow::Volunteered | ShepherdHow::Acting => silent(frame, found, how),
        };
        list.push(ShepherdStep { how, found: here, why });
        if here {
            break;
        }
    }
    list
}

fn assigned(frame: &Frame<'_>) -> String {
    if frame.pull.assignees.is_empty() {
        return "nobody is assigned".to_owned();
    }
    let author = frame.people.author_login();
    let each = frame.pull.assignees.iter().map(|login| {
        let why = if Some(login) == author {
            "opened it".to_owned()
        } else if !frame.people.may_shepherd(login) {
            format!("neither represents {} nor holds merge authority", owners(frame))
        } else if is_by_product(frame, login) {
            "was assigned by Prow because of their own lgtm, not by `/assign`".to_owned()
        } else {
            let standing = frame.people.find(login).map(|who| standing_of(frame, who)).unwrap_or_default();
            if standing.is_empty() { "counts".to_owned() } else { format!("counts ({standing})") }
        };
        format!("{login} {why}")
    });
    each.collect::<Vec<_>>().join("; ")
}

fn front_matter(frame: &Frame<'_>) -> String {
    let mut named: Vec<&Login> =
        frame.ground.documents.iter().flat_map(|(_, document)| document.approvers.iter()).collect();
    named.dedup();
    let author = frame.people.author_login();
    match named.as_slice() {
        [] => "no document names approvers".to_owned(),
        [only] if Some(*only) == author => format!("the document names only its author, {only}"),
        all => {
            let names: Vec<&str> = all.iter().map(|login| login.as_str()).collect();
            format!("the document's `approvers:` names {}", names.join(", "))
        }
    }
}

/// Those who volunteered or acted: who counts, who fell silent, who cannot because they object.
fn silent(frame: &Frame<'_>, found: &Shepherding, how: ShepherdHow) -> String {
    let days = frame.context.profile.numbers.shepherd_lapse_days;
    let mut parts: Vec<String> = found
        .shepherds
        .iter()
        .filter(|shepherd| shepherd.how == how)
        .map(|shepherd| {
            let last = frame.people.find(&shepherd.login).and_then(|who| frame.standing.of(who)?.last_word);
            let kept = last.filter(|last| {
                frame.clock.is_over(last.at, SignedDuration::from_hours(days * 24)) && !has_lapsed(frame, last.at)
            });
            match (last, kept) {
                (_, Some(last)) => format!(
                    "{}, last heard on {}, does not lapse: the author's act came after it",
                    shepherd.login,
                    frame.day(last.at)
                ),
                (Some(last), None) => format!("{}, last heard on {}", shepherd.login, frame.day(last.at)),
                (None, None) => shepherd.login.to_string(),
            }
        })
        .collect();
    for (login, of, last) in found.lapsed.iter().filter(|(_, of, _)| *of == how) {
        let did = if *of == ShepherdHow::Volunteered { "volunteered" } else { "acted" };
        parts.push(format!("{login} {did} and lapsed: last heard on {}, {days} days ago or more", frame.day(*last)));
    }
    if how == ShepherdHow::Acting {
        for (who, person) in
            frame.people.iter().filter(|(_, person)| !person.author && (person.owner || person.authority))
        {
            if frame.standing.objects(who) {
                parts.push(format!("{} objects, and so does not act as shepherd", person.name()));
            }
        }
    }
    if !parts.is_empty() {
        return parts.join("; ");
    }
    match how {
        ShepherdHow::Volunteered => format!("nobody of {} or with merge authority wrote a bare `/cc`", owners(frame)),
        _ => format!("nobody of {} or with merge authority has said a word on it", owners(frame)),
    }
}

fn owners(frame: &Frame<'_>) -> String {
    match &frame.ground.ownership {
        Ownership::One(sig) => format!("SIG {sig}"),
        Ownership::Several(_) | Ownership::Shared(_) => {
            format!("SIGs {}", Frame::sig_words(&frame.ground.owning_sigs(frame.context)))
        }
        Ownership::Nobody => "an owning SIG (it has none)".to_owned(),
    }
}

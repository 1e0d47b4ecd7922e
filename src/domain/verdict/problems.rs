//! What is wrong with a proposal, each with a one-line fix that can be asked of the author (`process.md` §3,
//! "Problems").

use super::asks::code;
use super::frame::Frame;
use super::kind::{Folder, Ownership};
use super::releases::is_past;
use super::timeline::{Channel, Give};
use super::{IssueState, Kind, Problem, ProblemCode};
use crate::domain::facts::{FileChange, PullState};
use crate::domain::ids::{SigName, VepNumber};
use crate::domain::prow::command::{Effect, Reading, Source};
use crate::domain::vep::{FrontMatterState, Place, folder_name_is_good};

/// All problems, in the order of their codes.
pub(super) fn problems(frame: &Frame<'_>) -> Vec<Problem> {
    let mut list = Vec::new();
    if frame.ground.kind != Kind::Process {
        numbers(frame, &mut list);
        tracking(frame, &mut list);
        folders(frame, &mut list);
        targets(frame, &mut list);
        documents(frame, &mut list);
    }
    sigs(frame, &mut list);
    commands(frame, &mut list);
    owners(frame, &mut list);
    list.sort_by(|left, right| left.code.cmp(&right.code).then_with(|| left.message.cmp(&right.message)));
    list.dedup();
    list
}

fn push(list: &mut Vec<Problem>, code: ProblemCode, message: String, fix: impl Into<String>) {
    list.push(Problem { code, message, fix: fix.into(), whom: None, event: None });
}

/// Values in a row, each in its own code span.
fn codes<'v>(values: impl IntoIterator<Item = &'v str>) -> String {
    values.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// Folder, title, tracking link and document disagree; or the folder is the parent's of a follow-up.
fn numbers(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    let ground = frame.ground;
    if ground.folders.len() + ground.single_files.len() > 1 {
        let touched: Vec<&str> = ground
            .folders
            .iter()
            .map(|folder| folder.name.as_str())
            .chain(ground.single_files.iter().map(|path| path.rsplit('/').next().unwrap_or(path)))
            .collect();
        push(
            list,
            ProblemCode::SeveralVeps,
            format!("it touches several VEPs: {}", codes(touched)),
            "Please split this into one pull request per VEP.",
        );
        return;
    }
    let folder = ground.folders.first();
    let of_folder = folder.and_then(|folder| folder.number);
    let of_title = ground.title_numbers.first().copied();
    let of_link = ground.tracking_number.map(VepNumber);
    let of_document = ground.main_document().and_then(|document| document.vep_number);
    if let (Some(parent), Some(folder)) = (of_folder, folder) {
        let own = of_link.or(of_title);
        if let Some(own) = own.filter(|own| {
            ground.kind == Kind::New
                && folder.in_base == Some(true)
                && *own != parent
                && !ground.title_numbers.contains(&parent)
        }) {
            push(
                list,
                ProblemCode::FollowUpInParentFolder,
                format!("{own} is kept in the folder of {parent} ({})", code(&folder.path)),
                format!("Please move the document of {own} into a folder of its own, `{}-<name>/`.", own.0),
            );
            return;
        }
    }
    let mut said: Vec<(String, VepNumber)> = Vec::new();
    if let (Some(number), Some(folder)) = (of_folder, folder) {
        said.push((format!("the folder {} says {}", code(&folder.name), number.0), number));
    }
    if let Some(number) = of_title.filter(|_| !of_folder.is_some_and(|folder| ground.title_numbers.contains(&folder))) {
        said.push((format!("the title says {}", number.0), number));
    }
    if let Some(number) = of_link {
        said.push((format!("the tracking link says {}", number.0), number));
    }
    if let Some(number) = of_document {
        said.push((format!("the document says {}", number.0), number));
    }
    let Some((_, first)) = said.first() else { return };
    if said.iter().any(|(_, number)| number != first) {
        let own_number = of_folder.is_some_and(|number| number.0 == frame.pull.number.0);
        let hint = if own_number { "; the folder has the pull request's own number" } else { "" };
        let words: Vec<String> = said.into_iter().map(|(words, _)| words).collect();
        push(
            list,
            ProblemCode::VepNumberMismatch,
            format!("{}{hint}", words.join(", ")),
            "A VEP's number is the number of its tracking issue: please use it in the folder, the title and the link.",
        );
    }
}

fn tracking(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    match &frame.ground.tracking {
        None => {
            let message = if frame.ground.text.tracking.is_empty() {
                "no tracking issue is linked, and none has the VEP's number".to_owned()
            } else {
                format!(
                    "the tracking link names #{}, which is no issue",
                    frame.ground.text.tracking.first().copied().unwrap_or(0)
                )
            };
            let fix = "Please open a tracking issue and link it in the description (`Tracking issue: #N`).";
            push(list, ProblemCode::NoTrackingIssue, message, fix);
        }
        Some(tracking) if tracking.state == Some(IssueState::Closed) && frame.pull.state == PullState::Open => push(
            list,
            ProblemCode::TrackingIssueClosed,
            format!("the tracking issue #{} is closed", tracking.number),
            format!("Please reopen #{} or link the issue that tracks this now.", tracking.number),
        ),
        Some(_) => {}
    }
}

fn folders(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    let layout = &frame.context.profile.layout;
    for Folder { name, path, .. } in frame.ground.folders.iter().filter(|folder| !folder_name_is_good(&folder.name)) {
        push(
            list,
            ProblemCode::BadFolderName,
            format!("the folder {} is not named NUMBER-words-in-small-letters", code(name)),
            format!(
                "Please rename {} to `<tracking issue>-<name>`, in small letters and digits with single dashes.",
                code(path)
            ),
        );
    }
    let in_folder =
        |path: &str, folder: &Folder| path.strip_prefix(folder.path.as_str()).is_some_and(|rest| rest.starts_with('/'));
    for folder in frame.ground.folders.iter().filter(|folder| folder.in_base == Some(false)) {
        let markdown: Vec<&str> = frame
            .pull
            .files
            .iter()
            .filter(|file| file.change != FileChange::Removed && in_folder(&file.path, folder))
            .map(|file| file.path.as_str())
            .filter(|path| Place::of(path, layout).is_some_and(|place| place.is_markdown()))
            .collect();
        let main = markdown.iter().any(|path| path.rsplit('/').next() == Some(layout.document.as_str()));
        if let (false, Some(first)) = (main, markdown.first()) {
            main_document(frame, list, first);
        }
    }
    for path in &frame.ground.single_files {
        let added = frame.pull.files.iter().any(|file| file.path == *path && file.change == FileChange::Added);
        if added {
            main_document(frame, list, path);
        }
    }
}

fn main_document(frame: &Frame<'_>, list: &mut Vec<Problem>, path: &str) {
    let document = &frame.context.profile.layout.document;
    push(
        list,
        ProblemCode::MainDocumentName,
        format!("the main document is {}; its name should be `{document}`, in the VEP's own folder", code(path)),
        format!("Please name the main document `{document}` and keep it in the VEP's folder."),
    );
}

fn targets(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    let ground = frame.ground;
    match &frame.ground.release {
        None => {
            let readable = ground.kind == Kind::New || !ground.documents.is_empty();
            let elsewhere = ground.documents.iter().any(|(_, document)| !document.other_targets.is_empty());
            if readable && !elsewhere {
                push(
                    list,
                    ProblemCode::NoTargetRelease,
                    "neither the document nor the tracking issue names a target release".to_owned(),
                    "Please fill in “Target releases” (`This VEP targets alpha for version: v1.N`).",
                );
            }
        }
        Some(release) if frame.pull.state == PullState::Open && is_past(frame.context, release) => push(
            list,
            ProblemCode::TargetInThePast,
            format!("it targets {release}, which is out already"),
            "Please name a release that is still ahead.",
        ),
        Some(_) => {}
    }
}

fn documents(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    let main = &frame.context.profile.layout.document;
    for ((path, document), missing) in frame.ground.documents.iter().zip(&frame.reading.sections_missing) {
        if let FrontMatterState::Unreadable(why) = &document.front_matter {
            push(
                list,
                ProblemCode::FrontMatterUnreadable,
                format!("the front matter of {} cannot be read: {}", code(path), code(why)),
                "Please mend the YAML between the `---` lines.",
            );
        }
        let is_main = path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case(main));
        if frame.ground.kind == Kind::New && is_main && !missing.is_empty() {
            push(
                list,
                ProblemCode::TemplateSectionsMissing,
                format!("sections of the template are missing: {}", missing.join(", ")),
                "Please add the sections, or say in them why they do not apply.",
            );
        }
    }
}

fn sigs(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    let (ground, roster) = (frame.ground, frame.context.roster);
    if let Ownership::Several(sigs) = &ground.ownership {
        push(
            list,
            ProblemCode::SeveralOwningSigs,
            format!("it spans the folders of several SIGs: {}", codes(sigs.iter().map(SigName::as_str))),
            "Please say which SIG owns it, or split it.",
        );
    }
    let named: Vec<SigName> = match &ground.ownership {
        Ownership::One(sig) => vec![sig.clone()],
        Ownership::Several(sigs) => sigs.clone(),
        Ownership::Shared(_) | Ownership::Nobody => Vec::new(),
    };
    let of_document = ground.main_document().and_then(|document| document.owning_sig.clone());
    let command_sigs = ground.text.sigs.iter().filter(|word| word.command).map(|word| word.sig.clone());
    let mut unknown: Vec<SigName> = named
        .iter()
        .cloned()
        .chain(of_document.clone())
        .chain(ground.label_sigs.iter().cloned())
        .chain(command_sigs)
        .filter(|sig| !roster.is_sig(sig))
        .collect();
    unknown.sort();
    unknown.dedup();
    for sig in unknown {
        push(
            list,
            ProblemCode::UnknownSig,
            format!("there is no SIG {}", code(sig.as_str())),
            "Please use the folder of a SIG that exists.",
        );
    }
    let Ownership::One(owner) = &ground.ownership else { return };
    let mut said: Vec<String> = Vec::new();
    if !ground.label_sigs.is_empty() && !ground.label_sigs.contains(owner) {
        said.push(format!("the labels say {}", codes(ground.label_sigs.iter().map(SigName::as_str))));
    }
    if let Some(other) = of_document.filter(|sig| sig != owner) {
        said.push(format!("the document says {}", code(other.as_str())));
    }
    let words: Vec<SigName> =
        ground.text.sigs.iter().map(|word| word.sig.clone()).filter(|sig| roster.is_sig(sig)).collect();
    if !words.is_empty() && !words.contains(owner) {
        said.push(format!("the description says {}", codes(words.iter().map(SigName::as_str))));
    }
    if !said.is_empty() {
        push(
            list,
            ProblemCode::SigMismatch,
            format!("the folder says {}, {}", code(owner.as_str()), said.join(", ")),
            format!("Please move the folder to the right SIG, or comment {}.", code(&format!("/sig {owner}"))),
        );
    }
}

/// Commands that people believe in and Prow does not: `/lgtm thanks`, a powerless `/approve`, the author's own lgtm.
fn commands(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    let profile = frame.context.profile;
    for (index, _, who, said) in frame.timeline.texts() {
        let person = frame.people.get(who);
        // Somebody who found out and said it again has nothing to mend.
        let later_positive =
            frame.standing.of(who).is_some_and(|position| position.positive().any(|given| given.act >= index));
        let source = match said.channel {
            Channel::Conversation => Source::Comment,
            Channel::Review { .. } => Source::ReviewBody,
            Channel::Thread { .. } => Source::ReviewComment,
        };
        for line in said.lines(said.body, source, profile) {
            let word = line.text.get(1..).unwrap_or("");
            let word = word.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap_or("");
            let vote = ["lgtm", "approve"].iter().any(|vote| word.eq_ignore_ascii_case(vote));
            let believed =
                vote || ["hold", "unhold", "cc", "assign", "sig"].iter().any(|known| word.eq_ignore_ascii_case(known));
            if !believed || (vote && later_positive) {
                continue;
            }
            let again =
                format!("Please write {} again, alone on its line.", code(&format!("/{}", word.to_ascii_lowercase())));
            let (why, fix) = match &line.reading {
                // It may quote the text: no mark of it may open or close a code span of ours.
                Reading::NoEffect { why } => (why.replace('`', "'"), again),
                Reading::Effect(Effect::Lgtm(_)) if said.commands.lgtm.is_some() && said.lgtm.is_none() => {
                    if person.author {
                        let fix = "Somebody else has to say it: please ask a representative of the SIG.";
                        ("nobody can lgtm their own pull request".to_owned(), fix.to_owned())
                    } else {
                        let fix = "Please ask a collaborator who agrees with you to say it.";
                        ("only collaborators can lgtm".to_owned(), fix.to_owned())
                    }
                }
                Reading::Effect(Effect::Approve(_))
                    if said.commands.approve.is_some() && said.approve != Some(Give::Given) && !person.authority =>
                {
                    let fix = "It needs somebody whom OWNERS name; a sign-off is given with `/lgtm`.";
                    ("OWNERS give them no power over these files".to_owned(), fix.to_owned())
                }
                Reading::Effect(_) => continue,
            };
            let written = code(&super::words::excerpt(&line.text, 60));
            list.push(Problem {
                code: ProblemCode::CommandWithoutEffect,
                message: format!("{}'s {written} of {} did nothing: {why}", person.name(), frame.day_of(index)),
                fix,
                whom: person.login.cloned(),
                event: frame.timeline.link(index),
            });
        }
    }
    // The template's line `**SIG label**: /sig compute` is no command, because the slash is not at the line's start.
    for word in frame.ground.text.sigs.iter().filter(|word| word.command && !word.read_by_prow) {
        if frame.context.roster.is_sig(&word.sig) && !frame.ground.label_sigs.contains(&word.sig) {
            push(
                list,
                ProblemCode::CommandWithoutEffect,
                format!(
                    "`/sig {}` in the description did nothing: the slash is not at the start of its line",
                    word.sig
                ),
                format!("Please comment `/sig {}`, alone on its line.", word.sig),
            );
        }
    }
}

/// OWNERS files that decide about the changed files and cannot be read.
fn owners(frame: &Frame<'_>, list: &mut Vec<Problem>) {
    for problem in frame.context.owners.problems() {
        let folder = problem.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let decides =
            |path: &str| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if frame.pull.files.iter().any(|file| decides(&file.path)) {
            push(
                list,
                ProblemCode::OwnersUnreadable,
                format!("{} cannot be read: {}", code(&problem.path), code(&problem.message)),
                "An approver of the folder above should mend it: nobody in it counts until then.",
            );
        }
    }
}

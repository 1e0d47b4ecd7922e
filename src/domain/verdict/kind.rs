//! What a proposal is: its kind, its owning SIG, its VEPs, its tracking issue, its targets (`process.md` §1).

use super::context::Context;
use super::releases::Said;
use super::{IssueState, Kind, ReleaseSource, Targets, TrackerPart, TrackingIssue};
use crate::domain::facts::{FileChange, FileFacts, IssueFacts, PullFacts};
use crate::domain::ids::{Login, Release, SigName, VepNumber};
use crate::domain::vep::{Document, Place, PullText, Tracker, vep_numbers};

/// Whom a proposal belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ownership {
    /// One SIG folder.
    One(SigName),
    /// Several SIG folders: no single owner.
    Several(Vec<SigName>),
    /// A shared folder (`meta-VEPs`): every sign-off SIG is involved, with the SIG folders that it touches besides.
    Shared(Vec<SigName>),
    /// A process pull request, or a VEP folder directly under the root.
    Nobody,
}

/// A VEP's folder that the pull touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// `veps/sig-x/21-passt`.
    pub path: String,
    /// `21-passt`.
    pub name: String,
    pub number: Option<VepNumber>,
    /// The pull's own base has it; none where that is not known.
    pub in_base: Option<bool>,
}

/// What is known before anybody's words are read.
#[derive(Debug)]
pub(super) struct Ground {
    pub kind: Kind,
    pub ownership: Ownership,
    pub participating: Vec<SigName>,
    /// SIGs that the labels `sig/x` name.
    pub label_sigs: Vec<SigName>,
    pub folders: Vec<Folder>,
    /// Single-file VEPs, as old ones are.
    pub single_files: Vec<String>,
    pub title_numbers: Vec<VepNumber>,
    pub text: PullText,
    /// The number that the description's tracking link gives.
    pub tracking_number: Option<u64>,
    pub tracking: Option<TrackingIssue>,
    pub vep: Option<VepNumber>,
    pub veps: Vec<VepNumber>,
    /// Documents of the proposal, main ones first.
    pub documents: Vec<(String, Document)>,
    pub targets: Targets,
    pub release: Option<Release>,
    /// Who names targets, and which; the first counts.
    pub release_sources: Vec<ReleaseSource>,
    /// Approvers of its files in the order of OWNERS: merge authority.
    pub authority: Vec<Login>,
    /// OWNERS reviewers of its files.
    pub reviewers: Vec<Login>,
}

impl Ground {
    /// Reads the pull's files, title and description.
    pub fn read(context: &Context<'_>, pull: &PullFacts) -> Self {
        let layout = &context.profile.layout;
        let places: Vec<(&FileFacts, Place)> = pull
            .files
            .iter()
            .filter_map(|file| Place::of(&file.path, layout).map(|place| (file, place)))
            .filter(|(_, place)| !place.template)
            .collect();
        let folders = folders(&places, pull);
        let single_files: Vec<String> = places
            .iter()
            .filter(|(file, place)| place.single_file && file.change != FileChange::Removed)
            .map(|(file, _)| file.path.clone())
            .collect();
        let ownership = ownership(context, &places);
        let text = PullText::read(&pull.body, &context.facts.repo);
        let title_numbers = vep_numbers(&pull.title);
        let documents = documents(pull, &context.profile.layout.document);
        let tracking_number = tracking_number(context, &text);
        let kind = kind(context, &places, &folders, &title_numbers, tracking_number);
        let mut label_sigs: Vec<SigName> =
            pull.labels.iter().filter_map(|label| label.strip_prefix("sig/")).map(SigName::from).collect();
        label_sigs.sort();
        let (vep, veps) = veps(kind, &folders, &single_files, &title_numbers, tracking_number, &documents);
        let mut tracking = tracking(context, kind, tracking_number, &folders, vep);
        let issue = tracking.as_ref().and_then(|tracking| context.facts.issues.get(&tracking.number));
        let issue = issue.filter(|issue| !issue.is_pull).map(|issue| (issue, Tracker::read(&issue.body)));
        let said =
            Said::read(context, kind, &documents, issue.as_ref().map(|(issue, tracker)| (issue.number, tracker)));
        if let (Some(tracking), Some((issue, tracker))) = (&mut tracking, &issue) {
            tracking.lacks = lacks(issue, tracker, said.release.as_ref());
        }
        let mut ground = Self {
            kind,
            participating: Vec::new(),
            label_sigs,
            ownership,
            folders,
            single_files,
            title_numbers,
            text,
            tracking_number,
            tracking,
            vep,
            veps,
            release: said.release,
            release_sources: said.sources,
            documents,
            targets: said.targets,
            authority: Vec::new(),
            reviewers: Vec::new(),
        };
        let owning = ground.owning_sigs(context);
        let named = ground.documents.iter().flat_map(|(_, document)| document.participating.iter());
        let mut participating: Vec<SigName> = Vec::new();
        for sig in ground.label_sigs.iter().chain(named) {
            if !owning.contains(sig) && !participating.contains(sig) {
                participating.push(sig.clone());
            }
        }
        ground.participating = in_order(context, &participating);
        ground.read_owners(context, pull);
        ground
    }

    /// Approvers and reviewers of the changed files; one look per folder, because OWNERS stand in folders.
    fn read_owners(&mut self, context: &Context<'_>, pull: &PullFacts) {
        let mut seen: Vec<&str> = Vec::new();
        for file in &pull.files {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if seen.contains(&folder) {
                continue;
            }
            seen.push(folder);
            for (list, people) in [
                (&mut self.authority, context.owners.approvers(&file.path)),
                (&mut self.reviewers, context.owners.reviewers(&file.path)),
            ] {
                for login in people {
                    if !list.contains(&login) {
                        list.push(login);
                    }
                }
            }
        }
    }

    /// The single owner.
    pub fn sig(&self) -> Option<&SigName> {
        match &self.ownership {
            Ownership::One(sig) => Some(sig),
            Ownership::Several(_) | Ownership::Shared(_) | Ownership::Nobody => None,
        }
    }

    /// The SIGs asked to own it.
    pub fn owning_sigs(&self, context: &Context<'_>) -> Vec<SigName> {
        match &self.ownership {
            Ownership::One(sig) => vec![sig.clone()],
            Ownership::Several(sigs) => in_order(context, sigs),
            Ownership::Shared(sigs) => {
                let mut all = context.profile.sigs.sign_off.clone();
                all.extend(sigs.iter().filter(|sig| !context.profile.sigs.sign_off.contains(sig)).cloned());
                all
            }
            Ownership::Nobody => Vec::new(),
        }
    }

    /// A representative of this SIG counts as one of the owners.
    pub fn is_owned_by(&self, sig: &SigName) -> bool {
        match &self.ownership {
            Ownership::One(owner) => owner == sig,
            Ownership::Several(owners) | Ownership::Shared(owners) => owners.contains(sig),
            Ownership::Nobody => false,
        }
    }

    /// The SIGs whose sign-off is asked: the owning ones first, then the profile's; of a process pull request those
    /// whose label it carries.
    pub fn signing_sigs(&self, context: &Context<'_>) -> Vec<SigName> {
        if self.kind == Kind::Process {
            return in_order(context, &self.label_sigs);
        }
        let mut sigs = self.owning_sigs(context);
        for sig in &context.profile.sigs.sign_off {
            if !sigs.contains(sig) {
                sigs.push(sig.clone());
            }
        }
        sigs
    }

    /// What is known of issue or pull request `number` decides about this.
    pub fn rests_on(&self, number: u64) -> bool {
        self.text.tracking.contains(&number)
            || self.veps.contains(&VepNumber(number))
            || self.folders.iter().any(|folder| folder.number == Some(VepNumber(number)))
    }

    /// The main document.
    pub fn main_document(&self) -> Option<&Document> {
        self.documents.first().map(|(_, document)| document)
    }
}

/// The profile's sign-off SIGs first, in its order, then the others by name; each once.
fn in_order(context: &Context<'_>, sigs: &[SigName]) -> Vec<SigName> {
    let asked = &context.profile.sigs.sign_off;
    let mut sorted: Vec<SigName> = asked.iter().filter(|sig| sigs.contains(sig)).cloned().collect();
    let mut others: Vec<SigName> = sigs.iter().filter(|sig| !asked.contains(sig)).cloned().collect();
    others.sort();
    others.dedup();
    sorted.extend(others);
    sorted
}

fn folders(places: &[(&FileFacts, Place)], pull: &PullFacts) -> Vec<Folder> {
    let mut folders: Vec<Folder> = Vec::new();
    // Folders that only lose files are where something moved away from, unless nothing else is touched.
    let stays = places.iter().any(|(file, _)| file.change != FileChange::Removed);
    for (file, place) in places {
        let (Some(path), Some(name)) = (&place.folder, &place.folder_name) else { continue };
        if (stays && file.change == FileChange::Removed) || folders.iter().any(|folder| folder.path == *path) {
            continue;
        }
        let in_base = pull.base_folders.get(path.as_str()).copied();
        folders.push(Folder { path: path.clone(), name: name.clone(), number: place.number(), in_base });
    }
    folders.sort_by(|left, right| left.path.cmp(&right.path));
    folders
}

fn ownership(context: &Context<'_>, places: &[(&FileFacts, Place)]) -> Ownership {
    let stays = places.iter().any(|(file, _)| file.change != FileChange::Removed);
    let of_veps = places.iter().any(|(_, place)| place.folder.is_some() || place.single_file);
    let mut sigs: Vec<SigName> = Vec::new();
    let mut shared = false;
    for (file, place) in places {
        // OWNERS of a SIG folder beside documents, and the place that something moved away from, own nothing.
        if (stays && file.change == FileChange::Removed) || (of_veps && place.folder.is_none() && !place.single_file) {
            continue;
        }
        shared |= place.shared;
        if let Some(sig) = &place.sig
            && !sigs.contains(sig)
        {
            sigs.push(sig.clone());
        }
    }
    sigs.sort();
    if shared {
        let asked = &context.profile.sigs.sign_off;
        let mut all = asked.clone();
        all.extend(sigs.into_iter().filter(|sig| !asked.contains(sig)));
        return Ownership::Shared(all);
    }
    match (sigs.len(), sigs.pop()) {
        (1, Some(sig)) => Ownership::One(sig),
        (_, Some(last)) => {
            sigs.push(last);
            Ownership::Several(sigs)
        }
        (_, None) => Ownership::Nobody,
    }
}

fn kind(
    context: &Context<'_>,
    places: &[(&FileFacts, Place)],
    folders: &[Folder],
    title_numbers: &[VepNumber],
    tracking: Option<u64>,
) -> Kind {
    if places.is_empty() {
        return Kind::Process;
    }
    let main = context.profile.layout.document.as_str();
    let is_main = |place: &Place| place.folder.is_some() && place.file_name.eq_ignore_ascii_case(main);
    // A main document that vanishes from one folder while one of the same number or name appears in another has moved.
    let moved_from: Vec<&Place> = places
        .iter()
        .filter(|(file, place)| file.change == FileChange::Removed && is_main(place))
        .map(|(_, place)| place)
        .collect();
    let moved = |place: &Place| {
        moved_from.iter().any(|from| {
            from.folder != place.folder
                && ((from.number().is_some() && from.number() == place.number())
                    || slug(from.folder_name.as_deref()) == slug(place.folder_name.as_deref()))
        })
    };
    let names_another = |place: &Place| {
        let Some(number) = place.number() else { return false };
        let own = VepNumber;
        match tracking {
            Some(tracking) if own(tracking) != number => true,
            _ => !title_numbers.is_empty() && !title_numbers.contains(&number),
        }
    };
    let adds = places.iter().any(|(file, place)| {
        let added = matches!(file.change, FileChange::Added | FileChange::Copied);
        if !added || !place.is_markdown() || moved(place) {
            return false;
        }
        let folder = place.folder.as_ref().and_then(|path| folders.iter().find(|folder| folder.path == *path));
        match folder {
            Some(folder) => is_main(place) || folder.in_base == Some(false) || names_another(place),
            None => place.single_file,
        }
    });
    if adds { Kind::New } else { Kind::Update }
}

/// A folder's name without its number.
fn slug(name: Option<&str>) -> Option<&str> {
    name.map(|name| name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '_' || c == 'N'))
        .filter(|slug| !slug.is_empty())
}

/// The tracking link of the description: the first candidate that is known to be an issue, else the first that is not
/// known to be a pull request.
fn tracking_number(context: &Context<'_>, text: &PullText) -> Option<u64> {
    let known = |number: &&u64| context.facts.issues.get(number).is_some_and(|issue| !issue.is_pull);
    let is_pull = |number: u64| {
        context.facts.issues.get(&number).is_some_and(|issue| issue.is_pull)
            || context.facts.pulls.contains_key(&crate::domain::ids::PullNumber(number))
    };
    text.tracking.iter().find(known).or_else(|| text.tracking.iter().find(|number| !is_pull(**number))).copied()
}

fn veps(
    kind: Kind,
    folders: &[Folder],
    single_files: &[String],
    title: &[VepNumber],
    tracking: Option<u64>,
    documents: &[(String, Document)],
) -> (Option<VepNumber>, Vec<VepNumber>) {
    if kind == Kind::Process {
        return (None, title.to_vec());
    }
    let linked = tracking.map(VepNumber);
    let mut named: Vec<VepNumber> = folders.iter().filter_map(|folder| folder.number).collect();
    if single_files.len() + folders.len() == 1 {
        named.extend(linked);
    }
    named.extend(title);
    if named.is_empty() {
        named.extend(linked);
        named.extend(documents.iter().filter_map(|(_, document)| document.vep_number));
    }
    let mut veps: Vec<VepNumber> = Vec::new();
    for number in named {
        if !veps.contains(&number) {
            veps.push(number);
        }
    }
    // A VEP's number is the number of its tracking issue; several folders are several VEPs.
    let one = match (folders.len() + single_files.len(), veps.as_slice()) {
        (_, [only]) => Some(*only),
        (0 | 1, [first, ..]) => Some(tracking.map_or(*first, VepNumber)),
        (_, _) => None,
    };
    (one, veps)
}

fn tracking(
    context: &Context<'_>,
    kind: Kind,
    linked: Option<u64>,
    folders: &[Folder],
    vep: Option<VepNumber>,
) -> Option<TrackingIssue> {
    let is_issue = |number: &u64| context.facts.issues.get(number).is_some_and(|issue| !issue.is_pull);
    let number = linked.or_else(|| {
        // Without a link, an issue of the VEP's number is the tracking issue: that is what the number means.
        let of_folder = match folders {
            [only] => only.number,
            _ => None,
        };
        [of_folder, vep].into_iter().flatten().map(|vep| vep.0).find(is_issue)
    })?;
    if kind == Kind::Process && linked.is_none() {
        return None;
    }
    let issue = context.facts.issues.get(&number).filter(|issue| !issue.is_pull);
    Some(TrackingIssue {
        number,
        state: issue.map(|issue| if issue.open { IssueState::Open } else { IssueState::Closed }),
        title: issue.map(|issue| issue.title.clone()),
        url: issue.map(|issue| issue.url.clone()).filter(|url| !url.is_empty()),
        lacks: Vec::new(),
    })
}

/// What the tracking issue lacks of its template.
fn lacks(issue: &IssueFacts, tracker: &Tracker, release: Option<&Release>) -> Vec<TrackerPart> {
    let targets = [&tracker.targets.alpha, &tracker.targets.beta, &tracker.targets.ga];
    let targeted = match release {
        // It tracks this release only where it names it.
        Some(release) => targets.into_iter().flatten().any(|target| target.order() == release.order()),
        None => targets.into_iter().any(Option::is_some),
    };
    // Where nobody looked who is assigned, nobody can say that nobody is.
    let assigned = issue.assignees.as_ref().is_none_or(|assignees| !assignees.is_empty()) || tracker.contact;
    let labelled = issue.labels.iter().any(|label| label.starts_with("sig/"));
    [
        (TrackerPart::Target, targeted),
        (TrackerPart::Assignee, assigned),
        (TrackerPart::Sig, labelled || tracker.sig),
        (TrackerPart::Link, tracker.link),
        (TrackerPart::Checklist, tracker.checklist),
    ]
    .into_iter()
    .filter(|(_, there)| !there)
    .map(|(part, _)| part)
    .collect()
}

/// Documents, main ones first, then by path.
fn documents(pull: &PullFacts, main: &str) -> Vec<(String, Document)> {
    let mut documents: Vec<(bool, &str, &str)> = pull
        .documents
        .iter()
        .map(|document| {
            let name = document.path.rsplit('/').next().unwrap_or("");
            (!name.eq_ignore_ascii_case(main), document.path.as_str(), document.text.as_str())
        })
        .collect();
    documents.sort_unstable();
    documents.into_iter().map(|(_, path, text)| (path.to_owned(), Document::read(text))).collect()
}

//! A proposal of the demo, and how its thread is played onto the world.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::BadDemo;
use super::cast::fill;
use super::document::{Targets, compose, insert, line_of};
use super::script::{Deed as Does, Step, offset, parse};
use crate::domain::facts::Mergeable;
use crate::domain::ids::RepoId;
use crate::sim::world::{Deed, Edit, ItemRef, NewIssue, NewPull, NewReview, NewThread, ReviewState, World};

/// The account under which Prow's lifecycle job comments.
const LIFECYCLE: &str = "kubevirt-bot";

/// A file of proposals.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposals {
    proposal: Vec<Proposal>,
}

/// One proposal, as its file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Proposal {
    /// The pull request's number.
    pub(super) number: u64,
    /// The VEP's number; the number before the pull's where none is given.
    pub(super) vep: Option<u64>,
    /// The VEP's title.
    pub(super) title: String,
    /// The pull's title, where it is not `VEP N: title`.
    pub(super) pull_title: Option<String>,
    /// `new`, `update` or `process`.
    pub(super) kind: String,
    /// The SIG of the folder; `meta` for the shared folder.
    pub(super) sig: String,
    /// Further SIG folders that get a document.
    pub(super) also: Vec<String>,
    /// The folder's name behind its number.
    pub(super) slug: String,
    /// The whole path of the folder, where it is unusual.
    pub(super) folder: Option<String>,
    pub(super) author: String,
    /// When it was opened, relative to now.
    pub(super) opened: String,
    pub(super) draft: bool,
    pub(super) alpha: String,
    pub(super) beta: String,
    pub(super) ga: String,
    /// The targets before, for updates.
    pub(super) before: BTreeMap<String, String>,
    /// How the description names the tracking issue: `number`, `long`, `issue`, `pull`, `below`, `none`.
    pub(super) tracking: Option<String>,
    /// The number that the description names, where it is another one.
    pub(super) tracking_number: Option<u64>,
    /// The tracking issue is closed.
    pub(super) issue_closed: bool,
    /// The description's SIG line, where it is unusual.
    pub(super) sig_line: Option<String>,
    /// `What this PR does`.
    pub(super) what: String,
    pub(super) front_matter: bool,
    pub(super) participating: Vec<String>,
    pub(super) reviewers: Vec<String>,
    pub(super) approvers: Vec<String>,
    /// A long document in place of an assembled one.
    pub(super) document: Option<String>,
    pub(super) overview: String,
    pub(super) motivation: String,
    pub(super) goals: Vec<String>,
    pub(super) stories: Vec<String>,
    pub(super) repos: Vec<String>,
    pub(super) design: String,
    pub(super) api: String,
    pub(super) alternatives: String,
    /// Sections that the document lacks.
    pub(super) skip: Vec<String>,
    /// What an update adds: section → text.
    pub(super) adds: BTreeMap<String, String>,
    /// Other files: path → text.
    pub(super) files: BTreeMap<String, String>,
    /// So many more small files under `docs/notes/`.
    pub(super) many_files: u64,
    /// So many more labels.
    pub(super) many_labels: u64,
    /// So many comments of a documentation robot, one a day.
    pub(super) many_comments: u64,
    pub(super) thread: String,
}

impl Proposal {
    pub(super) fn vep_number(&self) -> u64 {
        self.vep.unwrap_or(self.number.saturating_sub(1))
    }

    /// It is merged in the end.
    pub(super) fn ends(&self) -> bool {
        self.thread.lines().any(|line| line.contains(" merge "))
    }

    fn folder_path(&self) -> String {
        let name = || format!("{}-{}", self.vep_number(), self.slug);
        match (&self.folder, self.sig.as_str()) {
            (Some(folder), _) => folder.clone(),
            (None, "meta") => format!("veps/meta-VEPs/{}", name()),
            (None, sig) => format!("veps/sig-{sig}/{}", name()),
        }
    }

    fn document_path(&self) -> String {
        let folder = self.folder_path();
        if folder.ends_with(".md") { folder } else { format!("{folder}/vep.md") }
    }

    fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

/// Reads a file of proposals.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Proposal>, BadDemo> {
    let read: Proposals =
        toml::from_str(text).map_err(|error| BadDemo { file: file.to_owned(), message: error.to_string() })?;
    Ok(read.proposal)
}

/// Commits the documents that updates change, and the notes that a process PR touches, to the base.
pub(super) fn documents(
    world: &mut World,
    repo: &RepoId,
    now: Timestamp,
    proposals: &[Proposal],
    long: &[(&str, &str)],
) -> Result<(), BadDemo> {
    let mut edits = Vec::new();
    for proposal in proposals.iter().filter(|proposal| proposal.is("update")) {
        let before = |stage: &str| proposal.before.get(stage).map(String::as_str).unwrap_or_default();
        let targets = Targets { alpha: before("alpha"), beta: before("beta"), ga: before("ga") };
        let text = base_text(proposal, &targets, long)?;
        edits.push(Edit::text(&proposal.document_path(), &fill(&text, now)));
    }
    for note in 0..proposals.iter().map(|proposal| proposal.many_files).max().unwrap_or(0) {
        edits.push(Edit::text(&note_path(note), &format!("Weekly call {}\nNotes: none taken.\n", note + 1)));
    }
    let then = super::cast::before(now, SignedDuration::from_hours(24 * 650));
    world.write(repo, "main", then, "halvard-lind", "Documents of earlier releases", &edits);
    Ok(())
}

fn note_path(note: u64) -> String {
    format!("docs/notes/call-{:03}.md", note + 1)
}

fn base_text(proposal: &Proposal, targets: &Targets<'_>, long: &[(&str, &str)]) -> Result<String, BadDemo> {
    match &proposal.document {
        None => Ok(compose(proposal, targets)),
        Some(name) => long
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| bad(proposal, format!("no document {name}"))),
    }
}

fn bad(proposal: &Proposal, message: impl std::fmt::Display) -> BadDemo {
    BadDemo { file: format!("proposal {}", proposal.number), message: message.to_string() }
}

/// Opens a proposal with its tracking issue and plays its thread.
pub(super) fn play(
    world: &mut World,
    repo: &RepoId,
    now: Timestamp,
    proposal: &Proposal,
    long: &[(&str, &str)],
) -> Result<(), BadDemo> {
    let opened = offset(&proposal.opened).ok_or_else(|| bad(proposal, "`opened` is no time"))?;
    let opened = if is_whole_days(opened) { opened - scatter(proposal.number, 0, 9) } else { opened };
    let at = now.checked_add(opened).map_err(|error| bad(proposal, error))?;
    track(world, repo, at, proposal);
    let mut stage = Stage::set(proposal, now, long)?;
    let mut new = NewPull::by(&proposal.author, &pull_title(proposal))
        .number(proposal.number)
        .body(&description(proposal, repo))
        .edits(stage.opening(proposal));
    new.draft = proposal.draft;
    let item = world.open(repo, at, new);
    check_naming(world, &item, at);
    for label in 0..proposal.many_labels {
        world.label(
            &item,
            at,
            "halvard-lind",
            &format!(
                "area/{}",
                AREAS
                    .get(usize::try_from(label).unwrap_or(0) % AREAS.len())
                    .map_or_else(String::new, |area| format!("{area}-{}", label + 1))
            ),
        );
    }
    stage.item = Some(item.clone());
    let mut steps = parse(&fill(&proposal.thread, now)).map_err(|message| bad(proposal, message))?;
    for day in 0..proposal.many_comments {
        let days = i64::try_from(proposal.many_comments - day).unwrap_or(0);
        steps.push(Step {
            line: 0,
            offset: SignedDuration::from_hours(-24 * days),
            who: "kubevirt-commenter-bot".to_owned(),
            deed: Does::Comment(format!("Nightly preview {} is built: 0 broken links.", day + 1)),
        });
    }
    steps.sort_by_key(|step| step.offset);
    let mut last = opened;
    for mut step in steps {
        if is_whole_days(step.offset) {
            let day = step.offset.as_hours().unsigned_abs() / 24;
            step.offset += scatter(proposal.number, day, 4);
        }
        step.offset = step.offset.max(last + SignedDuration::from_secs(30));
        last = step.offset;
        let at = now.checked_add(step.offset).map_err(|error| bad(proposal, error))?;
        let line = step.line;
        if step.offset > SignedDuration::ZERO {
            let deed = stage.deed(&step).ok_or_else(|| bad(proposal, format!("line {line}: this cannot lie ahead")))?;
            world.schedule(at, &item, &step.who, deed);
        } else {
            stage
                .perform(world, &item, at, step)
                .map_err(|message| bad(proposal, format!("line {line}: {message}")))?;
        }
    }
    Ok(())
}

/// A deed whose script names only the day.
fn is_whole_days(offset: SignedDuration) -> bool {
    offset < SignedDuration::ZERO && offset.as_secs() % 86_400 == 0
}

/// People do not act at one minute of the day: some time of up to `hours`, the same for the same proposal and day.
fn scatter(number: u64, day: u64, hours: u64) -> SignedDuration {
    let mixed =
        number.wrapping_mul(2_654_435_761).wrapping_add(day.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 7;
    SignedDuration::from_secs(i64::try_from(mixed % (hours * 3600)).unwrap_or(0))
}

const AREAS: [&str; 8] = ["node", "api", "docs", "launcher", "handler", "operator", "perf", "release"];

/// The naming workflow's check run, as GitHub Actions posts it.
fn check_naming(world: &mut World, item: &ItemRef, at: Timestamp) {
    let soon = at.checked_add(SignedDuration::from_secs(9)).unwrap_or(at);
    world.check_run(item, soon, "check-naming", Some("SUCCESS"));
}

fn pull_title(proposal: &Proposal) -> String {
    let title = &proposal.title;
    match (&proposal.pull_title, proposal.number % 3) {
        (Some(title), _) => title.clone(),
        (None, 0) => format!("VEP {}: {title}", proposal.vep_number()),
        (None, 1) => format!("VEP #{}: {title}", proposal.vep_number()),
        (None, _) => format!("VEP-{}: {title}", proposal.vep_number()),
    }
}

/// The description, as the template has it.
fn description(proposal: &Proposal, repo: &RepoId) -> String {
    if proposal.is("process") {
        return format!("### What this PR does\n{}\n", proposal.what);
    }
    let number = proposal.tracking_number.unwrap_or_else(|| proposal.vep_number());
    let style = proposal.tracking.as_deref().unwrap_or(match proposal.number % 4 {
        0 => "issue",
        1 => "number",
        2 => "below",
        _ => "long",
    });
    let tracking = match style {
        "none" => String::new(),
        "number" => format!("#{number}"),
        "long" => format!("{repo}#{number}"),
        "pull" => format!("https://github.com/{repo}/pull/{number}"),
        "below" => format!("\nhttps://github.com/{repo}/issues/{number}"),
        _ => format!("https://github.com/{repo}/issues/{number}"),
    };
    let sig = match &proposal.sig_line {
        Some(line) => line.clone(),
        None if proposal.number.is_multiple_of(5) => format!("\n/sig {}", proposal.sig),
        None => format!("/sig {}", proposal.sig),
    };
    format!(
        "### VEP Metadata\n\n**Tracking issue**: {tracking}\n**SIG label**: {sig}\n\n### What this PR does\n{}\n\n\
         ### Special notes for your reviewer\n",
        proposal.what
    )
}

/// Opens the tracking issue two days before the pull.
fn track(world: &mut World, repo: &RepoId, at: Timestamp, proposal: &Proposal) {
    let number = proposal.vep_number();
    let known = world.item(&ItemRef { repo: repo.clone(), number }).is_some();
    if proposal.is("process") || proposal.tracking.as_deref() == Some("none") || known {
        return;
    }
    let at = super::cast::before(at, SignedDuration::from_hours(50));
    let body = format!(
        "**Primary contact (assignee)**: @{}\n\n**Current Feature Stage**: {}\n\n**Responsible SIGs**:\n\nPrimary SIG:\n/sig {}\n\n\
         **Timeline**:\n\n* Alpha release target (x.y): {}\n* Beta release target (x.y): {}\n* Stable release target (x.y): {}\n",
        proposal.author,
        if proposal.is("new") { "New" } else { "Alpha" },
        proposal.sig,
        proposal.alpha.trim_start_matches('v'),
        proposal.beta.trim_start_matches('v'),
        proposal.ga.trim_start_matches('v'),
    );
    let author = proposal.author.clone();
    let title = format!("VEP {number}: {}", proposal.title);
    let issue = world.issue(repo, at, NewIssue { author: author.clone(), title, body, number: Some(number) });
    if proposal.issue_closed {
        let later = at.checked_add(SignedDuration::from_hours(24)).unwrap_or(at);
        world.close(&issue, later, &author);
    }
}

/// The proposal's files as they are at this point of its thread.
struct Stage {
    item: Option<ItemRef>,
    path: String,
    text: String,
    /// First comments of the threads, oldest first.
    threads: Vec<u64>,
    others: Vec<(String, String)>,
}

impl Stage {
    fn set(proposal: &Proposal, now: Timestamp, long: &[(&str, &str)]) -> Result<Self, BadDemo> {
        let targets = Targets { alpha: &proposal.alpha, beta: &proposal.beta, ga: &proposal.ga };
        let mut stage = Self {
            item: None,
            path: proposal.document_path(),
            text: String::new(),
            threads: Vec::new(),
            others: Vec::new(),
        };
        if !proposal.is("process") {
            stage.text = fill(&base_text(proposal, &targets, long)?, now);
            for (section, text) in &proposal.adds {
                stage.text = insert(&stage.text, section, &fill(text, now));
            }
        }
        for sig in &proposal.also {
            let path = format!("veps/sig-{sig}/{}-{}/vep.md", proposal.vep_number(), proposal.slug);
            stage.others.push((path, stage.text.clone()));
        }
        for (path, text) in &proposal.files {
            stage.others.push((path.clone(), fill(text, now)));
        }
        for note in 0..proposal.many_files {
            let text = format!("# Weekly call {}\n\nNo notes were taken.\n", note + 1);
            stage.others.push((note_path(note), text));
        }
        if proposal.is("process") {
            let (path, text) = stage.others.first().cloned().unwrap_or_default();
            (stage.path, stage.text) = (path, text);
        }
        Ok(stage)
    }

    fn opening(&self, proposal: &Proposal) -> Vec<Edit> {
        let mut edits: Vec<Edit> = self.others.iter().map(|(path, text)| Edit::text(path, text)).collect();
        if !proposal.is("process") {
            edits.push(Edit::text(&self.path, &self.text));
        }
        edits
    }

    /// What a push changes: its paragraph in its section.
    fn edit(&mut self, section: &str, message: &str, text: &str) -> Vec<Edit> {
        let section = if section.is_empty() { "Design" } else { section };
        let paragraph = if text.is_empty() { format!("{}.", message.trim_end_matches('.')) } else { text.to_owned() };
        self.text = insert(&self.text, section, &paragraph);
        vec![Edit::text(&self.path, &self.text)]
    }

    fn perform(&mut self, world: &mut World, item: &ItemRef, at: Timestamp, step: Step) -> Result<(), String> {
        let who = step.who.as_str();
        let mut review = |state: ReviewState, body: String| {
            world.review(
                item,
                at,
                NewReview { author: who.to_owned(), state, body, commit: None, threads: Vec::new() },
            );
        };
        match step.deed {
            Does::Comment(body) => {
                world.comment(item, at, who, &body);
            }
            Does::Push { section, message, text, force } => {
                let edits = self.edit(&section, &message, &text);
                if force {
                    world.force_push(item, at, who, &message, &edits);
                } else {
                    world.push(item, at, who, &message, &edits);
                }
                check_naming(world, item, at);
            }
            Does::Approve(body) => review(ReviewState::Approved, body),
            Does::RequestChanges(body) => review(ReviewState::ChangesRequested, body),
            Does::Review(body) => review(ReviewState::Commented, body),
            Does::Thread(section, body) => {
                let line = line_of(&self.text, &section);
                self.threads.push(world.thread(item, at, who, NewThread::on(&self.path, line, &body)));
            }
            Does::Reply(which, body) => {
                world.reply(item, at, who, self.thread(which)?, &body);
            }
            Does::Resolve(which) => world.set_resolved(item, who, self.thread(which)?, true),
            Does::Label(name) => world.label(item, at, who, &name),
            Does::Unlabel(name) => world.unlabel(item, at, who, &name),
            Does::Assign(whom) => world.assign(item, at, who, &whom),
            Does::Request(whom) => world.request_review(item, at, who, &whom),
            Does::Draft => world.set_draft(item, at, who, true),
            Does::Ready => world.set_draft(item, at, who, false),
            Does::Title(title) => world.retitle(item, at, who, &title),
            Does::Close => world.close(item, at, who),
            Does::Reopen => world.reopen(item, at, who),
            Does::Merge => world.merge(item, at, who),
            Does::Lock => world.set_locked(item, at, who, true),
            Does::Conflict => world.set_mergeable(item, Mergeable::Conflicting),
            Does::Stale => {
                world.comment(item, at, LIFECYCLE, STALE);
            }
            Does::Status(name, state, description) => world.status(item, at, &name, &state, &description),
            Does::Check(name, conclusion) => {
                world.check_run(item, at, &name, (conclusion != "pending").then_some(conclusion.as_str()));
            }
        }
        Ok(())
    }

    fn thread(&self, which: Option<usize>) -> Result<u64, String> {
        let found = match which {
            Some(number) => self.threads.get(number.saturating_sub(1)),
            None => self.threads.last(),
        };
        found.copied().ok_or_else(|| "there is no such thread yet".to_owned())
    }

    /// The same as data, for what lies ahead.
    fn deed(&mut self, step: &Step) -> Option<Deed> {
        let review = |state, body: &String| Some(Deed::Review(NewReview::new(&step.who, state, body)));
        match &step.deed {
            Does::Comment(body) => Some(Deed::Comment(body.clone())),
            Does::Push { section, message, text, force } => {
                let edits = self.edit(section, message, text);
                Some(if *force { Deed::ForcePush(message.clone(), edits) } else { Deed::Push(message.clone(), edits) })
            }
            Does::Approve(body) => review(ReviewState::Approved, body),
            Does::RequestChanges(body) => review(ReviewState::ChangesRequested, body),
            Does::Review(body) => review(ReviewState::Commented, body),
            Does::Thread(section, body) => {
                Some(Deed::Thread(NewThread::on(&self.path, line_of(&self.text, section), body)))
            }
            Does::Reply(None, body) => Some(Deed::ReplyToNewest(body.clone())),
            Does::Resolve(None) => Some(Deed::ResolveOldest),
            Does::Draft => Some(Deed::Draft(true)),
            Does::Ready => Some(Deed::Draft(false)),
            Does::Title(title) => Some(Deed::Retitle(title.clone())),
            Does::Close => Some(Deed::Close),
            Does::Reopen => Some(Deed::Reopen),
            Does::Reply(Some(_), _)
            | Does::Resolve(Some(_))
            | Does::Label(_)
            | Does::Unlabel(_)
            | Does::Assign(_)
            | Does::Request(_)
            | Does::Merge
            | Does::Lock
            | Does::Conflict
            | Does::Stale
            | Does::Status(..)
            | Does::Check(..) => None,
        }
    }
}

/// What the lifecycle job writes; the command in it is what sets the label.
const STALE: &str = "This pull request has had no activity for a while and is marked as stale.\n\nMark it as fresh by commenting \
                     with `/remove-lifecycle stale`.\nIt will rot after another fortnight and be closed a week after that.\n\n/lifecycle stale";

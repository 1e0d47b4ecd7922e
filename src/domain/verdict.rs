//! What vepherd says about one proposal: the answer of the derivation, every part with its reasons. The words are
//! those of `process.md`; the shape is that of the JSON in `contract.md`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod asks;
mod clock;
mod clocks;
mod codes;
mod context;
mod debts;
mod derive;
mod explain;
mod frame;
mod kind;
mod people;
mod problems;
mod readiness;
mod reading;
mod reasons;
mod releases;
mod shepherd;
mod signoff;
mod sorting;
mod standing;
mod timeline;
mod timing;
mod turn;
mod words;

pub use asks::ask;
pub use codes::{Problem, ProblemCode, Reason, ReasonCode};
pub use context::Context;
pub use derive::{Judged, derive, derive_in_full, judge};
pub use explain::{ClockBasis, Evidence, Explanation, Position, RuleAnswer, ShepherdStep, Spoken, Stand, Utterance};
pub use readiness::{Ready, ReadyItem, ReadyState};
pub use reading::Reading;
pub use releases::{Disagreement, ReleaseSource, TargetSource, disagreements};
pub use timing::{BotDoes, BotStep, Clocks, Convergence, Sla, WorkingDays};

use super::board::Freeze;
use super::ids::{Login, PullNumber, Release, Sha, SigName, VepNumber};
use super::prow::approve::Approval;
use super::prow::gate::Gate;

/// Everything derived about one proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The pull request.
    pub number: PullNumber,
    /// New, update or process (`process.md` §1).
    pub kind: Kind,
    /// The VEP, where exactly one is known.
    pub vep: Option<VepNumber>,
    /// All VEPs that it touches or names.
    pub veps: Vec<VepNumber>,
    /// The tracking issue.
    pub tracking_issue: Option<TrackingIssue>,
    /// The owning SIG; none for meta-VEPs, process PRs and proposals of several SIG folders.
    pub sig: Option<SigName>,
    /// The SIGs asked to own it: one for a SIG folder, several for several, all sign-off SIGs for a meta-VEP, none
    /// for a process PR.
    pub owning_sigs: Vec<SigName>,
    /// SIGs that take part without owning.
    pub participating_sigs: Vec<SigName>,
    /// Target releases per stage.
    pub targets: Targets,
    /// The release that it is for.
    pub release: Option<Release>,
    /// Who names targets, and which; the first counts.
    pub release_sources: Vec<ReleaseSource>,
    /// The freeze of the release that it is for; none where no schedule has one.
    pub freeze: Option<Freeze>,
    /// Its release is at risk: the freeze is near or has passed, and something that the merge needs is missing.
    pub at_risk: bool,
    /// The front matter's `status`.
    pub status: Option<String>,
    /// The board's column.
    pub stage: Stage,
    /// Who shepherds it.
    pub shepherds: Vec<Shepherd>,
    /// Whose turn it is; the first entry is the turn.
    pub waiting_on: Vec<Waiting>,
    /// Sign-offs asked, in the order in which they are shown: owning SIGs first, then the profile's.
    pub signoffs: Vec<(SigName, SignOff)>,
    /// Standing vetoes.
    pub vetoes: Vec<Objection>,
    /// Standing objections of people without a say.
    pub objections: Vec<Objection>,
    /// Texts that may be objections.
    pub possible_objections: Vec<PossibleObjection>,
    /// A hold that is no objection.
    pub hold: Option<Hold>,
    /// Every hold, objection and veto ever raised.
    pub ledger: Vec<LedgerEntry>,
    /// The lgtm label, and who gave it.
    pub lgtm: Lgtm,
    /// Prow's approval.
    pub approval: Approval,
    /// The merge gate.
    pub gate: Gate,
    /// The checks on the head, folded.
    pub checks: Checks,
    /// Threads, open and in all.
    pub threads: ThreadCount,
    /// Conversation comments by humans.
    pub comments: usize,
    /// Clocks.
    pub clocks: Clocks,
    /// Where it is heading.
    pub convergence: Convergence,
    /// Merged or closed.
    pub converged: bool,
    /// Should have converged by now.
    pub not_converged: bool,
    /// A conflict in which nobody speaks.
    pub stalled_conflict: bool,
    /// Why the viewer should look, strongest first.
    pub urgency: Urgency,
    /// Why the verdict is what it is.
    pub reasons: Vec<Reason>,
    /// What is wrong with the proposal.
    pub problems: Vec<Problem>,
}

impl Verdict {
    /// How late it is, for a mark beside its clock: the SLA of the review that is owed; over as well where it is stalled.
    #[must_use]
    pub fn sla(&self) -> Sla {
        let review = self.clocks.review_sla.unwrap_or(Sla::Within);
        if self.convergence == Convergence::Stalled { Sla::Over } else { review }
    }
}

/// `process.md` §1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Adds a main document.
    New,
    /// Changes something under `veps/`.
    Update,
    /// Touches nothing under `veps/`.
    Process,
}

/// The tracking issue as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrackingIssue {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`; none where it was not read.
    pub state: Option<IssueState>,
    /// Its title, where it was read.
    pub title: Option<String>,
    /// Its page, where it was read.
    pub url: Option<String>,
    /// What it lacks of the issue template; empty where it was not read.
    pub lacks: Vec<TrackerPart>,
}

/// Parts of the tracking issue's template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackerPart {
    /// A target that names the proposal's release.
    Target,
    /// A primary contact.
    Assignee,
    /// A responsible SIG.
    Sig,
    /// The link to the enhancement.
    Link,
    /// The pull requests in a stage's checklist.
    Checklist,
}

impl TrackerPart {
    /// The words on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Target => "the release target",
            Self::Assignee => "an assignee",
            Self::Sig => "the SIG",
            Self::Link => "the enhancement link",
            Self::Checklist => "the VEP PRs of a stage",
        }
    }
}

/// An issue's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IssueState {
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// Target releases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Targets {
    /// Alpha.
    pub alpha: Option<Release>,
    /// Beta.
    pub beta: Option<Release>,
    /// GA.
    pub ga: Option<Release>,
}

/// The board's columns, in their order (`process.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody of the owning SIG has taken it.
    NeedsShepherd,
    /// The author's turn.
    Author,
    /// Reviewers' turn.
    InReview,
    /// Sign-offs, approval or a hold are missing.
    SignOff,
    /// A standing veto.
    Conflict,
    /// Tide would merge, or checks run.
    Merging,
    /// Draft or WIP.
    Drafting,
    /// Merged or closed lately.
    Converged,
}

impl Stage {
    /// All stages, in the board's order.
    pub const ALL: [Self; 8] = [
        Self::NeedsShepherd,
        Self::Author,
        Self::InReview,
        Self::SignOff,
        Self::Conflict,
        Self::Merging,
        Self::Drafting,
        Self::Converged,
    ];

    /// The column's heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::NeedsShepherd => "needs shepherd",
            Self::Author => "author's turn",
            Self::InReview => "in review",
            Self::SignOff => "sign-off",
            Self::Conflict => "conflict",
            Self::Merging => "merging",
            Self::Drafting => "drafting",
            Self::Converged => "converged",
        }
    }

    /// The word of JSON and of the query language.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NeedsShepherd => "needs-shepherd",
            Self::Author => "author",
            Self::InReview => "in-review",
            Self::SignOff => "sign-off",
            Self::Conflict => "conflict",
            Self::Merging => "merging",
            Self::Drafting => "drafting",
            Self::Converged => "converged",
        }
    }
}

/// Somebody who shepherds a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shepherd {
    /// Who.
    pub login: Login,
    /// How we know.
    pub how: ShepherdHow,
    /// When they were assigned or volunteered, or last spoke; none where a document names them.
    pub since: Option<Timestamp>,
    /// The link of that event.
    pub event: Option<String>,
}

/// How a shepherd is known, strongest first (`process.md` §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShepherdHow {
    /// An assignee with standing.
    Assigned,
    /// The document's `approvers:`.
    FrontMatter,
    /// A bare `/cc`.
    Volunteered,
    /// The newest word of a representative.
    Acting,
}

impl ShepherdHow {
    /// The word of JSON and of the screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::FrontMatter => "front-matter",
            Self::Volunteered => "volunteered",
            Self::Acting => "acting",
        }
    }
}

/// One entry of the ordered list of whom a proposal waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The rule that named them.
    pub rule: Rule,
    /// What kind of name it is.
    pub who: Who,
    /// The login, the SIG, or `automation`.
    pub name: String,
    /// Why, in words.
    pub why: String,
    /// Since when this entry has held without a break.
    pub since: Timestamp,
    /// The link of the event that it rests on.
    pub event: Option<String>,
}

/// The twelve rules of the turn, in their order (`process.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// 1: draft or WIP.
    Draft,
    /// 2: something for the author to mend.
    Fix,
    /// 3: a standing veto.
    Objection,
    /// 4: a conditional approval.
    Condition,
    /// 5: Tide would merge.
    Bots,
    /// 6: the author owes an answer.
    Answer,
    /// 7: a representative of the owning SIG is needed.
    Review,
    /// 8: the lgtm label is missing.
    Lgtm,
    /// 9: not approved.
    Approval,
    /// 10: a SIG has not signed.
    SignOff,
    /// 11: a hold.
    Hold,
    /// 12: checks run.
    Checks,
}

/// What kind of name stands in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// A SIG.
    Sig,
    /// A person other than the author.
    Person,
    /// The author.
    Author,
    /// Robots.
    Automation,
}

/// One SIG's sign-off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignOff {
    /// How it stands.
    pub state: SignOffState,
    /// Who gave (or vetoed) it.
    pub by: Vec<Login>,
    /// When the newest was given.
    pub at: Option<Timestamp>,
    /// At which head.
    pub head: Option<Sha>,
    /// Pushes since.
    pub pushes_since: usize,
}

/// `process.md` §3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignOffState {
    /// Current.
    Signed,
    /// Pushes came after it.
    Stale,
    /// None.
    Missing,
    /// A representative stands against it.
    Vetoed,
}

/// A standing objection. A veto is the objection of somebody with a say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Objection {
    /// Who.
    pub by: Login,
    /// The SIGs that they represent.
    pub sigs: Vec<SigName>,
    /// When.
    pub at: Timestamp,
    /// Why, in their words.
    pub reason: String,
    /// How it was raised.
    pub via: Via,
    /// Somebody else with a say has a standing positive word.
    pub opposed: bool,
    /// Its link.
    pub event: Option<String>,
}

/// How an objection was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// A CHANGES_REQUESTED review.
    Review,
    /// A text that begins with `Veto`.
    Comment,
    /// A contested hold.
    Hold,
}

/// A text that may be an objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PossibleObjection {
    /// Who.
    pub by: Login,
    /// When.
    pub at: Timestamp,
    /// The sentence.
    pub sentence: String,
    /// Its link.
    pub event: Option<String>,
}

/// A hold that is no objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// Who.
    pub by: Option<Login>,
    /// When.
    pub at: Timestamp,
    /// Why, in their words; empty where none was given.
    pub reason: String,
    /// Came with the same person's standing approve or lgtm.
    pub conditional_approval: bool,
    /// People whom its text names.
    pub waits_for: Vec<Login>,
    /// The profile's waiting reasons that its text gives (`freeze`, `rebase`, `a date`).
    pub waiting_reasons: Vec<String>,
    /// Its link.
    pub event: Option<String>,
}

/// One line of the veto ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerEntry {
    /// Who raised it.
    pub by: Option<Login>,
    /// When.
    pub at: Timestamp,
    /// What it was.
    pub what: LedgerKind,
    /// Why, in their words.
    pub reason: String,
    /// Conditions that its text names (`until`, `freeze`, `rebase`, `a date`).
    pub conditions: Vec<String>,
    /// When it ended.
    pub lifted_at: Option<Timestamp>,
    /// Who ended it.
    pub lifted_by: Option<Login>,
    /// Its link.
    pub event: Option<String>,
}

/// What a line of the ledger is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LedgerKind {
    /// A plain hold.
    Hold,
    /// An objection of somebody without a say.
    Objection,
    /// A veto.
    Veto,
}

/// The lgtm label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lgtm {
    /// It is there.
    pub state: bool,
    /// Who stands behind it.
    pub by: Vec<Login>,
}

/// Checks on the head, folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Checks {
    /// All green.
    Success,
    /// Some run.
    Pending,
    /// Some failed.
    Failure,
    /// None was posted.
    None,
}

/// Threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ThreadCount {
    /// Not resolved.
    pub open: usize,
    /// All.
    pub total: usize,
}

/// Why the viewer should look (`process.md` §3, urgency): an order, not a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Urgency {
    /// 1: the viewer, or a SIG of theirs, is the turn.
    pub my_turn: MyTurn,
    /// 2: days until the targeted release's freeze, where it is near.
    pub freeze_in_days: Option<i64>,
    /// 3: review lag over the SLA.
    pub lagging: bool,
    /// 4: a conflict that involves the viewer.
    pub my_conflict: bool,
}

/// How the turn concerns the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MyTurn {
    /// Named first.
    Me,
    /// Their SIG is named first.
    MySig,
    /// Neither.
    No,
}

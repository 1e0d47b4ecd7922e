//! The codes by which scripts know reasons and problems, each with its sentence for people.

use serde::{Deserialize, Serialize};

use crate::domain::ids::Login;

/// A reason: a code for scripts, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// The sentence.
    pub message: String,
    /// The link of the event that it rests on.
    pub event: Option<String>,
}

/// Codes of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// Nobody shepherds it.
    NoShepherd,
    /// Who shepherded it until lately.
    ShepherdLapsed,
    /// A review is owed for longer than the SLA.
    ReviewLag,
    /// A standing veto.
    Vetoed,
    /// A conflict in which nobody speaks.
    StalledConflict,
    /// A hold.
    Held,
    /// Approval and hold in one breath.
    ConditionalApproval,
    /// A hold of a representative, lifted by somebody else.
    HoldLiftedByOther,
    /// A text that may be an objection.
    PossibleObjection,
    /// A push made a sign-off stale.
    SignOffStale,
    /// A push dropped lgtm.
    LgtmDropped,
    /// Nothing human happened for long.
    Stalled,
    /// Open for long after the first review.
    NotConverged,
    /// The targeted freeze is near.
    FreezeNear,
    /// It is near or has passed, and something that the merge needs is missing.
    AtRisk,
    /// Document, front matter and tracking issue name different releases for one stage.
    TargetsDisagree,
    /// Prow will close it.
    BotCloses,
    /// Tide would merge without all sign-offs.
    MergingUnsigned,
    /// Open threads rose, or a sign-off was lost.
    Diverging,
    /// Open threads fell, or votes were gained.
    Converging,
    /// Part of the facts is missing.
    Incomplete,
}

impl ReasonCode {
    /// All codes, in their order.
    pub const ALL: [Self; 21] = [
        Self::NoShepherd,
        Self::ShepherdLapsed,
        Self::ReviewLag,
        Self::Vetoed,
        Self::StalledConflict,
        Self::Held,
        Self::ConditionalApproval,
        Self::HoldLiftedByOther,
        Self::PossibleObjection,
        Self::SignOffStale,
        Self::LgtmDropped,
        Self::Stalled,
        Self::NotConverged,
        Self::FreezeNear,
        Self::AtRisk,
        Self::TargetsDisagree,
        Self::BotCloses,
        Self::MergingUnsigned,
        Self::Diverging,
        Self::Converging,
        Self::Incomplete,
    ];
}

/// Something wrong with a proposal, with the text that asks the author to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The code.
    pub code: ProblemCode,
    /// The sentence.
    pub message: String,
    /// What to do about it, in one line.
    pub fix: String,
    /// Who has to mend it, where that is not the author.
    pub whom: Option<Login>,
    /// The link of the event that it rests on, where it is one.
    pub event: Option<String>,
}

/// Codes of problems (`process.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// Folder, title and tracking link disagree.
    VepNumberMismatch,
    /// None named.
    NoTrackingIssue,
    /// It is closed.
    TrackingIssueClosed,
    /// Path and label disagree.
    SigMismatch,
    /// Several SIG folders.
    SeveralOwningSigs,
    /// Several VEPs.
    SeveralVeps,
    /// The folder's name is not as CI wants it.
    BadFolderName,
    /// The main document's name is not the profile's.
    MainDocumentName,
    /// None named.
    NoTargetRelease,
    /// It is out already.
    TargetInThePast,
    /// No such SIG.
    UnknownSig,
    /// Somebody wrote a command that did nothing.
    CommandWithoutEffect,
    /// A follow-up kept in its parent's folder.
    FollowUpInParentFolder,
    /// An OWNERS file cannot be read.
    OwnersUnreadable,
    /// The front matter cannot be read.
    FrontMatterUnreadable,
    /// Sections of the template are missing.
    TemplateSectionsMissing,
}

impl ProblemCode {
    /// All codes, in their order.
    pub const ALL: [Self; 16] = [
        Self::VepNumberMismatch,
        Self::NoTrackingIssue,
        Self::TrackingIssueClosed,
        Self::SigMismatch,
        Self::SeveralOwningSigs,
        Self::SeveralVeps,
        Self::BadFolderName,
        Self::MainDocumentName,
        Self::NoTargetRelease,
        Self::TargetInThePast,
        Self::UnknownSig,
        Self::CommandWithoutEffect,
        Self::FollowUpInParentFolder,
        Self::OwnersUnreadable,
        Self::FrontMatterUnreadable,
        Self::TemplateSectionsMissing,
    ];

    /// The word of JSON and of the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::VepNumberMismatch => "vep-number-mismatch",
            Self::NoTrackingIssue => "no-tracking-issue",
            Self::TrackingIssueClosed => "tracking-issue-closed",
            Self::SigMismatch => "sig-mismatch",
            Self::SeveralOwningSigs => "several-owning-sigs",
            Self::SeveralVeps => "several-veps",
            Self::BadFolderName => "bad-folder-name",
            Self::MainDocumentName => "main-document-name",
            Self::NoTargetRelease => "no-target-release",
            Self::TargetInThePast => "target-in-the-past",
            Self::UnknownSig => "unknown-sig",
            Self::CommandWithoutEffect => "command-without-effect",
            Self::FollowUpInParentFolder => "follow-up-in-parent-folder",
            Self::OwnersUnreadable => "owners-unreadable",
            Self::FrontMatterUnreadable => "front-matter-unreadable",
            Self::TemplateSectionsMissing => "template-sections-missing",
        }
    }
}

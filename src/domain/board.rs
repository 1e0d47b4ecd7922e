//! The board: every proposal's verdict, most urgent first, and the lanes that a screen shows. Derived, never stored.

use serde::Serialize;

use super::ids::{Login, Release, SigName};
use super::verdict::Verdict;

/// Everything derived from the facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Whom the token belongs to.
    pub viewer: Viewer,
    /// The next freeze.
    pub freeze: Option<Freeze>,
    /// Open proposals and those that converged lately, most urgent first.
    pub verdicts: Vec<Verdict>,
}

/// The person who looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The login; none where nobody is logged in.
    pub login: Option<Login>,
    /// The SIGs that they represent, or that the configuration sets.
    pub sigs: Vec<SigName>,
    /// They hold merge authority.
    pub merge_authority: bool,
}

/// A freeze of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Freeze {
    /// Which release.
    pub release: Release,
    /// What the schedule calls it.
    pub what: String,
    /// The day, as `2026-09-08`.
    pub at: String,
    /// Days from now; negative where it has passed.
    pub days: i64,
}

/// What the board's columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grouping {
    /// By stage.
    Stage,
    /// By shepherd, and a column for nobody.
    Shepherd,
    /// By owning SIG.
    Sig,
    /// By target release.
    Release,
}

impl Grouping {
    /// All, in the order in which `b` cycles.
    pub const ALL: [Self; 4] = [Self::Stage, Self::Shepherd, Self::Sig, Self::Release];

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Stage => Self::Shepherd,
            Self::Shepherd => Self::Sig,
            Self::Sig => Self::Release,
            Self::Release => Self::Stage,
        }
    }

    /// The word on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Shepherd => "shepherd",
            Self::Sig => "SIG",
            Self::Release => "release",
        }
    }
}

/// One column: a title and the indexes of its verdicts in [`Board::verdicts`], oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// What the column is called.
    pub title: String,
    /// Indexes into [`Board::verdicts`].
    pub cards: Vec<usize>,
    /// The age in whole days of the one that has waited longest; none for an empty column.
    pub oldest_days: Option<i64>,
}

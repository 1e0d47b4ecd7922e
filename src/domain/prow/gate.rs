//! The merge gate (`specs/prow.md` §9): what keeps Tide from merging. Labels decide; texts only predict labels.

use serde::Serialize;

/// The gate of one pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// The state.
    pub state: GateState,
    /// Gate names of `specs/prow.md` §9, in its order (`needs-lgtm`, `check-failing:dco`).
    pub blockers: Vec<String>,
    /// What does not block but deserves a look, as `code: sentence`.
    pub warnings: Vec<String>,
}

/// States of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// Something blocks.
    Blocked,
    /// Tide would merge.
    InPool,
    /// Merged.
    Merged,
    /// Closed.
    Closed,
}

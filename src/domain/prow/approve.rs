//! The approve plugin (`specs/prow.md` §5): who has approved, what is still needed, whom Prow would ask.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::ids::Login;

/// What the approve plugin would say of a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// The `approved` label is there.
    pub approved: bool,
    /// Everyone whose approval stands, with or without power.
    pub by: Vec<Approver>,
    /// OWNERS files that still need somebody.
    pub needs: Vec<Need>,
    /// Whom Prow suggests: from its newest genuine notifier, else our covering.
    pub suggested: Vec<Login>,
    /// Where our replay and Prow's label or notifier disagree, in words.
    pub disagreement: Option<String>,
    /// The label was set by hand: it sticks (`specs/prow.md` §5 step 9).
    pub manual: bool,
}

/// Somebody who said approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approver {
    /// Who.
    pub login: Login,
    /// When.
    pub at: Timestamp,
    /// OWNERS give them power over at least one needed file.
    pub has_power: bool,
    /// The link of the comment or review.
    pub event: Option<String>,
}

/// One OWNERS file that still needs an approver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The file, as Prow names it (`OWNERS`, `veps/sig-x/OWNERS`).
    pub owners: String,
    /// Any of these can give it, in the order of the OWNERS file.
    pub any_of: Vec<Login>,
}

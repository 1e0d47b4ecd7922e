//! What a derivation stands on, besides the pull request itself.

use jiff::Timestamp;

use crate::domain::board::Viewer;
use crate::domain::facts::Facts;
use crate::domain::profile::Profile;
use crate::domain::prow::owners::Tree;
use crate::domain::roster::Roster;
use crate::domain::schedule::Schedules;

/// Everything that is the same for all pull requests of one derivation.
#[derive(Debug)]
pub struct Context<'a> {
    /// What GitHub said.
    pub facts: &'a Facts,
    /// The process.
    pub profile: &'a Profile,
    /// Who represents which SIG.
    pub roster: &'a Roster,
    /// Who has power over which file.
    pub owners: &'a Tree,
    /// Freezes and releases.
    pub schedules: &'a Schedules,
    /// Who looks.
    pub viewer: &'a Viewer,
    /// The time of the derivation. Here for what follows from the freezes and releases that have passed; all other rules
    /// ask the clock of their frame.
    pub now: Timestamp,
}

//! What Prow would do with a text that is not posted yet: the composer's panel, `--dry-run` and `prow explain` all show
//! a [`Forecast`].

use serde::Serialize;

use super::gate::Gate;
use crate::domain::action::Post;

/// What would happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// What goes to GitHub, in order.
    pub posts: Vec<Post>,
    /// Every command found, obeyed or not and why.
    pub commands: Vec<FoundCommand>,
    /// Labels that would be set.
    pub labels_added: Vec<String>,
    /// Labels that would be taken off.
    pub labels_removed: Vec<String>,
    /// What changes otherwise, in words (sign-offs, assignees, approval).
    pub effects: Vec<String>,
    /// What the user should know before sending, in words.
    pub warnings: Vec<String>,
    /// The gate afterwards.
    pub gate_after: Option<Gate>,
}

/// One command of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundCommand {
    /// The line as written (or the review state, as `review: APPROVED`).
    pub text: String,
    /// The plugin that reads it, by Prow's name; empty where none does.
    pub plugin: String,
    /// It would be obeyed.
    pub obeyed: bool,
    /// What it does, or why it does nothing.
    pub why: String,
}

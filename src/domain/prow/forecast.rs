//! What Prow would do with a text that is not posted yet: the composer's panel, `--dry-run` and `prow explain` all show
//! a [`Forecast`].
//!
//! A forecast is a rehearsal: the posts are added to a copy of the pull request, the plugins act on it, and the gate is
//! read off the copy. What nobody but Prow can know (private membership, labels that the repository has) is said in
//! words, never decided in silence.

use jiff::Timestamp;
use serde::Serialize;

use super::command::{Effect, Reading, Source, lines};
use super::gate::Gate;
use super::owners::Tree;
use crate::domain::action::Post;
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::ids::{Login, SigName};
use crate::domain::profile::{Profile, ProwRules};
use crate::domain::roster::Roster;
use crate::domain::verdict::SignOffState;

mod acts;
mod intended;
mod process;
mod rehearsal;
mod say;

pub use intended::{forecast_intent, undone};

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
    /// Sign-offs that would change.
    pub signoffs: Vec<SignOffChange>,
    /// What changes otherwise, in words (sign-offs and vetoes too, assignees, approval).
    pub effects: Vec<String>,
    /// What the user should know before sending, in words.
    pub warnings: Vec<String>,
    /// The gate afterwards.
    pub gate_after: Option<Gate>,
}

/// One SIG's sign-off before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignOffChange {
    /// The SIG.
    pub sig: SigName,
    /// As it is.
    pub before: SignOffState,
    /// As it would be.
    pub after: SignOffState,
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

/// What a forecast stands on, besides the pull request and the texts.
#[derive(Clone, Copy, Debug)]
pub struct Background<'a> {
    /// What GitHub said.
    pub facts: &'a Facts,
    /// The process.
    pub profile: &'a Profile,
    /// Who represents which SIG.
    pub roster: &'a Roster,
    /// Who has power over which file.
    pub owners: &'a Tree,
    /// The time of the rehearsal.
    pub now: Timestamp,
}

/// What would happen to `pull` if `who` posted these now.
#[must_use]
pub fn forecast(posts: &[Post], who: &Login, pull: &PullFacts, background: &Background<'_>) -> Forecast {
    rehearsal::Rehearsal::new(who, pull, background).play(posts)
}

/// What Prow reads in a text, where neither the pull request nor the writer is known: permissions are left open.
#[must_use]
pub fn explain(text: &str, source: Source, rules: &ProwRules) -> Forecast {
    let mut found = Forecast {
        posts: Vec::new(),
        commands: Vec::new(),
        labels_added: Vec::new(),
        labels_removed: Vec::new(),
        signoffs: Vec::new(),
        effects: Vec::new(),
        warnings: say::warnings(text, source, rules),
        gate_after: None,
    };
    for line in lines(text, source, rules) {
        let (obeyed, why) = match &line.reading {
            Reading::NoEffect { why } => (false, why.clone()),
            Reading::Effect(effect) => {
                let (added, removed) = say::labels_of(effect);
                found.labels_added.extend(added);
                found.labels_removed.extend(removed);
                (!matches!(effect, Effect::Close(true)), say::effect(effect))
            }
        };
        found.commands.push(FoundCommand { text: line.text, plugin: line.plugin.to_owned(), obeyed, why });
    }
    say::unique(&mut found.labels_added);
    say::unique(&mut found.labels_removed);
    found
}

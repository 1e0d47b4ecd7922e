//! What is meant, next to what the whole text does: a user's words stand in the same text as our commands, and may hold
//! commands of their own, or undo ours (`/unhold` beats `/hold`, `/lgtm cancel` beats a review's state).

use super::{Background, Forecast, forecast};
use crate::domain::action::{BadIntent, Intent, Post};
use crate::domain::facts::PullFacts;
use crate::domain::ids::Login;
use crate::domain::profile::ProwRules;
use crate::domain::prow::command::{HoldCommand, LgtmCommand, Reading, Source, lines, parse};

/// What would happen to `pull` if `who` carried this out now, with a warning for each of the user's own lines that Prow
/// obeys besides, and where they undo what is meant.
///
/// # Errors
/// Where the intent is none.
pub fn forecast_intent(
    intent: &Intent,
    who: &Login,
    pull: &PullFacts,
    background: &Background<'_>,
) -> Result<Forecast, BadIntent> {
    let rules = &background.profile.prow;
    let posts = intent.posts(rules)?;
    let mut would = forecast(&posts, who, pull, background);
    would.warnings.extend(undone(intent, rules));
    would.warnings.extend(besides(intent, rules));
    super::say::unique(&mut would.warnings);
    Ok(would)
}

/// Why the text would not do what is meant, where the user's own words undo it.
#[must_use]
pub fn undone(intent: &Intent, rules: &ProwRules) -> Option<String> {
    let meant = intent.action.meant(rules);
    let posts = intent.posts(rules).ok()?;
    let (body, source) = posts.iter().find_map(read)?;
    let found = parse(body, source, rules);
    if meant.hold == Some(HoldCommand::Add) && found.hold != meant.hold {
        return Some("your text lifts the hold that it should set: take that line out of it".to_owned());
    }
    match (meant.lgtm, found.lgtm) {
        (Some(LgtmCommand::Add), Some(LgtmCommand::Remove)) => {
            Some("your text takes lgtm off, which it should give: take that line out of it".to_owned())
        }
        (Some(LgtmCommand::Remove), Some(LgtmCommand::Add)) => {
            Some("your text gives lgtm, which it should take off: take that line out of it".to_owned())
        }
        _ => None,
    }
}

/// The user's own lines that Prow obeys besides what is meant. In a comment or a reply whatever is written is meant.
fn besides(intent: &Intent, rules: &ProwRules) -> Vec<String> {
    let ours = intent.action.commands(rules).len();
    let posts = intent.posts(rules).unwrap_or_default();
    let Some((body, source)) = posts.iter().find_map(read).filter(|_| intent.action.adds_commands()) else {
        return Vec::new();
    };
    let own = body.split('\n').count().saturating_sub(ours);
    let obeyed = lines(body, source, rules).into_iter();
    let obeyed = obeyed.filter(|line| line.line <= own && matches!(line.reading, Reading::Effect(_)));
    obeyed.map(|line| format!("`{}` in your text is a command of its own: Prow obeys it too", line.text)).collect()
}

/// The text of a post, and as what Prow reads it.
fn read(post: &Post) -> Option<(&str, Source)> {
    match post {
        Post::Comment { body } => Some((body, Source::Comment)),
        Post::Review { body, .. } => Some((body, Source::ReviewBody)),
        Post::Reply { body, .. } => Some((body, Source::ReviewComment)),
        Post::Dismiss { .. } | Post::Resolve { .. } => None,
    }
}

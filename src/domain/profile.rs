//! The process profile: every rule of the process that is a number, a name or a list of words, so that another
//! repository can have others. Built-in profiles are TOML files in `assets/profiles/`; a rule's number lives there,
//! never in code (`process.md`).

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::facts::{Actor, ActorKind};
use super::ids::{Login, RepoId, SigName};

/// The text of the built-in profile `kubevirt`.
pub const KUBEVIRT: &str = include_str!("../../assets/profiles/kubevirt.toml");

/// The rules of one repository's process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The profile's name.
    pub name: String,
    /// The repository of the proposals.
    pub repo: RepoId,
    /// Where the files that say who is who are kept.
    pub sources: Sources,
    /// Folders and documents.
    pub layout: Layout,
    /// SIGs.
    pub sigs: Sigs,
    /// Numbers of days and such.
    pub numbers: Numbers,
    /// Which days are worked on; Monday to Friday where it is left out.
    #[serde(default)]
    pub calendar: Calendar,
    /// Words that a verdict looks for in texts.
    pub words: Words,
    /// Who is no human.
    pub bots: Bots,
    /// How this repository's Prow is set up.
    pub prow: ProwRules,
    /// What Tide asks for.
    pub tide: TideRules,
}

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// The repository whose `OWNERS_ALIASES` has the aliases `sig-<x>-approvers`.
    pub aliases: RepoId,
    /// The repository whose `sigs.yaml` names SIGs and chairs.
    pub sigs: RepoId,
    /// The repository with `releases/<release>/schedule.yaml`.
    pub schedules: RepoId,
}

/// Folders and documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The folder of the proposals (`veps`).
    pub root: String,
    /// A proposal's main document (`vep.md`).
    pub document: String,
    /// The template's folder under the root, which is no proposal.
    pub template: String,
    /// Folders under the root that belong to no single SIG (`meta-VEPs`).
    pub shared_folders: Vec<String>,
    /// Headings that the template asks for.
    pub sections: Vec<String>,
}

/// SIGs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sigs {
    /// The SIGs that sign every proposal, in the order in which they are shown.
    pub sign_off: Vec<SigName>,
}

/// Numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// Reviews must not lag by more than this many days.
    pub review_sla_days: i64,
    /// So many days before that, the SLA is near: there is still time to keep it.
    #[serde(default)]
    pub sla_near_days: i64,
    /// A proposal without human word or push for this many days is stalled.
    pub stalled_idle_days: i64,
    /// A turn of this many days is stalled.
    pub stalled_turn_days: i64,
    /// A conflict without word or push from either side for this many days is stalled.
    pub stalled_conflict_days: i64,
    /// The window of convergence.
    pub convergence_window_days: i64,
    /// Not converged after this many days since the first reviewer's word.
    pub not_converged_days: i64,
    /// A freeze this near makes a targeted proposal count as not converged.
    pub freeze_near_days: i64,
    /// A volunteered or acting shepherd lapses this many days after their last word.
    pub shepherd_lapse_days: i64,
    /// … unless an act of the author younger than this is newer.
    pub shepherd_wait_days: i64,
    /// An engaged reviewer spoke in the last so many days.
    pub engaged_days: i64,
    /// At most so many engaged reviewers stand in the turn.
    pub engaged_most: usize,
    /// Converged proposals stay on the board for this many days.
    pub converged_shown_days: i64,
    /// A rise of open threads by this many is a divergence.
    pub diverging_threads: usize,
    /// Words within this many minutes of a positive word are part of it.
    pub same_breath_minutes: i64,
    /// The robot's `assigned` event within this many seconds of an lgtm is a by-product of it.
    pub by_product_seconds: i64,
    /// Hand-overs within this many hours are one round.
    pub same_round_hours: i64,
    /// Prow's robots: stale after so many days without any update …
    pub stale_days: i64,
    /// … rotten after so many more …
    pub rotten_days: i64,
    /// … closed after so many more.
    pub close_days: i64,
}

/// Words, all compared without case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Praise, which asks nothing.
    pub praise: Vec<String>,
    /// The most words that a text of praise has.
    pub praise_most: usize,
    /// What a possible objection holds.
    pub objection: Vec<String>,
    /// … not after one of these.
    pub negation: Vec<String>,
    /// Reasons for a hold that wait for something and object to nothing.
    pub waiting: Vec<String>,
}

/// Who is no human.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bots {
    /// Prow's own accounts (without `[bot]`), whose labels and notifier are genuine.
    pub prow: Vec<Login>,
    /// Other robots that use a person's kind of account.
    pub others: Vec<Login>,
}

/// How Prow's plugins are set up (`specs/prow.md` §1.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProwRules {
    /// Enabled plugins, by Prow's names.
    pub plugins: Vec<String>,
    /// An author must `/approve` explicitly.
    pub require_self_approval: bool,
    /// `/lgtm` also approves.
    pub lgtm_acts_as_approve: bool,
    /// Review states neither approve nor cancel.
    pub ignore_review_state: bool,
    /// An associated issue is needed.
    pub issue_required: bool,
    /// APPROVED and `CHANGES_REQUESTED` reviews set and drop lgtm.
    pub review_acts_as_lgtm: bool,
    /// A push that keeps the tree keeps lgtm.
    pub store_tree_hash: bool,
    /// Approvers and reviewers are intersected with collaborators only where this is false.
    pub skip_collaborators: bool,
    /// `*.md` files may carry owners.
    pub mdyaml: bool,
    /// Labels that `/label` may set.
    pub additional_labels: Vec<String>,
    /// Labels that only some people may set.
    pub restricted_labels: Vec<String>,
}

/// What Tide asks for (`specs/prow.md` §8.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TideRules {
    /// Labels that must be there.
    pub required_labels: Vec<String>,
    /// Labels that must not.
    pub blocking_labels: Vec<String>,
    /// Checks that a workflow is expected to post; their absence is a warning, never a gate.
    pub expected_checks: Vec<String>,
}

/// Why a profile could not be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the profile cannot be read: {0}")]
pub struct BadProfile(pub String);

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// Where the text is not TOML, lacks a key or has one that no profile has; the message has line and column.
    pub fn parse(text: &str) -> Result<Self, BadProfile> {
        toml::from_str(text).map_err(|error| BadProfile(error.to_string()))
    }

    /// The built-in profile of kubevirt/enhancements.
    #[must_use]
    #[expect(clippy::expect_used, reason = "an embedded asset that a test reads; there is nobody to report to")]
    pub fn kubevirt() -> Self {
        Self::parse(KUBEVIRT).expect("the embedded profile is valid")
    }

    /// True for robots: typed so by GitHub, named so by a `[bot]` suffix, Prow's own, or listed.
    #[must_use]
    pub fn is_robot(&self, actor: &Actor) -> bool {
        actor.kind == ActorKind::Bot || self.is_robot_login(&actor.login)
    }

    /// The same for a login alone.
    #[must_use]
    pub fn is_robot_login(&self, login: &Login) -> bool {
        login.as_str().ends_with("[bot]") || self.is_prow(login) || self.bots.others.iter().any(|bot| bot == login)
    }

    /// Said by a robot: by its account, or by the look of the text, whoever's account it uses (`process.md` §3, "Words").
    #[must_use]
    pub fn is_robots(&self, author: Option<&Actor>, body: &str) -> bool {
        author.is_some_and(|actor| self.is_robot(actor)) || looks_robotic(body)
    }

    /// True for Prow's own accounts; a `[bot]` suffix does not count (`specs/prow.md` §1.4).
    #[must_use]
    pub fn is_prow(&self, login: &Login) -> bool {
        let bare = login.as_str().strip_suffix("[bot]").unwrap_or(login.as_str());
        self.bots.prow.iter().any(|bot| bot.is(bare))
    }
}

/// Texts that only robots write: Prow's notifier and CodeRabbit's comments.
fn looks_robotic(body: &str) -> bool {
    body.starts_with("[APPROVALNOTIFIER]") || body.starts_with("<!-- This is an auto-generated comment")
}

//! The rows of the tables, and their loader, which takes no key that it does not know.

use std::collections::BTreeMap;

use serde::Deserialize;
use vepherd::domain::profile::{Profile, ProwRules};

/// One plugin's table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plugin {
    /// What is read in a text.
    pub text: Vec<TextRow>,
    /// What a pull request's labels, words and checks come to, and what a post would change.
    pub scene: Vec<SceneRow>,
    /// What OWNERS files say.
    pub owners: Vec<OwnersRow>,
    /// What the simulated robots do.
    pub play: Vec<PlayRow>,
    /// What no client can see.
    pub unseen: Vec<Unseen>,
}

/// Sections that a client cannot see, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unseen {
    pub of: Vec<String>,
    pub why: String,
}

/// A text and what is read in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextRow {
    pub of: Vec<String>,
    pub about: String,
    pub body: String,
    /// `comment` where none is given.
    #[serde(default)]
    pub source: From,
    #[serde(default)]
    pub rules: Rules,
    /// Fields of the commands; those that are left out are empty.
    pub want: toml::Table,
    /// Plugins of the lines that do something, in order.
    pub acts: Option<Vec<String>>,
    /// A part of why each of the other lines does nothing, in order.
    pub idle: Option<Vec<String>>,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    #[default]
    Comment,
    ReviewBody,
    ReviewComment,
    Description,
}

/// Rules that differ from kubevirt's.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    pub lgtm_acts_as_approve: Option<bool>,
    pub ignore_review_state: Option<bool>,
    pub require_self_approval: Option<bool>,
    pub issue_required: Option<bool>,
    /// Plugins that are on here.
    pub on: Vec<String>,
    /// Plugins that are off here.
    pub off: Vec<String>,
}

impl Rules {
    pub fn profile(&self) -> Profile {
        let mut profile = Profile::kubevirt();
        let ProwRules { lgtm_acts_as_approve, ignore_review_state, require_self_approval, issue_required, .. } =
            &mut profile.prow;
        let set = |rule: &mut bool, to: Option<bool>| *rule = to.unwrap_or(*rule);
        set(lgtm_acts_as_approve, self.lgtm_acts_as_approve);
        set(ignore_review_state, self.ignore_review_state);
        set(require_self_approval, self.require_self_approval);
        set(issue_required, self.issue_required);
        profile.prow.plugins.retain(|plugin| !self.off.contains(plugin));
        profile.prow.plugins.extend(self.on.iter().cloned());
        profile
    }
}

/// A pull request, a post on it where one is given, and what follows. The people: ann and Bob are root approvers, rex is
/// a root reviewer, mia a member without power, out a stranger, zoe the author.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SceneRow {
    pub of: Vec<String>,
    pub about: String,
    pub rules: Rules,
    // What is given.
    pub author: Option<String>,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    /// An hour apart, see `scene::speak`.
    pub said: Vec<String>,
    /// Everything is seen twenty seconds after the last word, not hours.
    pub fresh: bool,
    pub body: String,
    pub draft: bool,
    /// `open` where none is given.
    pub pull: Option<String>,
    /// `mergeable` where none is given.
    pub mergeable: Option<String>,
    pub blocked_by_rules: bool,
    /// `check-naming` is green where none are given.
    pub checks: Option<BTreeMap<String, String>>,
    /// Changed files; one document where none are given.
    pub files: Option<Vec<String>>,
    /// OWNERS files by path; the root's where none are given.
    pub owners: Option<BTreeMap<String, String>>,
    // What is posted.
    pub who: Option<String>,
    pub post: Option<String>,
    /// `approve` or `request-changes`: the post is such a review.
    pub review: Option<String>,
    /// The post is a reply in a thread.
    pub reply: bool,
    /// The post is the dismissal of a review.
    pub dismissal: bool,
    // What follows; of a post, afterwards.
    pub state: Option<String>,
    pub blockers: Option<Vec<String>>,
    /// Codes of all warnings.
    pub warn: Option<Vec<String>>,
    /// Those whose approval counts, and those whose does not.
    pub by: Option<Vec<String>>,
    pub powerless: Option<Vec<String>>,
    /// OWNERS files that still need somebody.
    pub needs: Option<Vec<String>>,
    pub suggested: Option<Vec<String>>,
    pub manual: Option<bool>,
    /// A part of what is said where replay and Prow disagree; empty: they agree.
    pub disagreement: Option<String>,
    /// Those whose lgtm stands, and those whose is lost.
    pub lgtm: Option<Vec<String>>,
    pub dropped: Option<Vec<String>>,
    // What follows of the post alone. Each list is whole.
    pub adds: Vec<String>,
    pub removes: Vec<String>,
    pub obeyed: Vec<bool>,
    /// Parts of the reasons of the commands, in order.
    pub why: Option<Vec<String>>,
    /// Parts of the warnings, in order.
    pub warns: Vec<String>,
    /// Parts of some effects.
    pub effects: Vec<String>,
    /// No effect at all.
    pub quiet: bool,
    /// Sign-offs that change, as `sig: before to after`.
    pub signoffs: Option<Vec<String>>,
}

/// A tree, paths in it, people who are taken to have approved, and what follows. The lists of owners are those of the
/// first path.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnersRow {
    pub of: Vec<String>,
    pub about: String,
    pub files: BTreeMap<String, String>,
    pub aliases: Option<String>,
    pub collaborators: Option<Vec<String>>,
    pub paths: Vec<String>,
    pub approved_by: Vec<String>,
    pub dir: Option<String>,
    pub leaf: Option<Vec<String>>,
    pub approvers: Option<Vec<String>>,
    pub reviewers: Option<Vec<String>>,
    pub required: Option<Vec<String>>,
    pub labels: Option<Vec<String>>,
    pub needs: Option<Vec<String>>,
    pub unapproved: Option<Vec<String>>,
    pub approved: Option<bool>,
    /// Files that are reported.
    pub problems: Option<Vec<String>>,
}

/// A pull request of grace, what happens to it, and how it stands afterwards. The people: ada is a root approver, carl
/// a reviewer and a member, sam a member, out a stranger.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(not(feature = "io"), expect(dead_code, reason = "only the simulator plays"))]
pub struct PlayRow {
    pub of: Vec<String>,
    pub about: String,
    pub title: Option<String>,
    pub body: String,
    pub draft: bool,
    /// The first commit's message.
    pub message: Option<String>,
    /// What it changes, by path; one document where nothing is given.
    pub files: Option<BTreeMap<String, String>>,
    /// What is on the base branch besides.
    pub base: BTreeMap<String, String>,
    /// See `play::step`.
    pub steps: Vec<String>,
    /// Labels that are there afterwards, and that are not.
    pub has: Vec<String>,
    pub lacks: Vec<String>,
    /// All labels, sorted.
    pub labels: Option<Vec<String>>,
    pub assignees: Option<Vec<String>>,
    pub requested: Option<Vec<String>>,
    /// Parts of the robot's comments that are there afterwards, one after the other; and parts of none.
    pub says: Vec<String>,
    pub silent: Vec<String>,
    /// How many comments of the robot are there.
    pub comments: Option<usize>,
    /// Commit statuses and check runs on the head, as `name: STATE`.
    pub checks: Vec<String>,
    /// `open`, `closed` or `merged`.
    pub state: Option<String>,
}

/// Every table by its name.
pub fn tables() -> Vec<(String, Plugin)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/prow");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let table = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}.toml: {error}"));
            (name, table)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Checks every row, and fails in the end where one failed: one run shows all that is wrong. There must be some.
#[track_caller]
pub fn all<Row>(
    rows: impl Fn(Plugin) -> Vec<Row>,
    about: impl Fn(&Row) -> String,
    least: usize,
    check: impl Fn(&str, &Row),
) {
    let (mut count, mut failed) = (0, Vec::new());
    for (name, table) in tables() {
        for row in rows(table) {
            let about = format!("{name}: {}", about(&row));
            count += 1;
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&about, &row)));
            if checked.is_err() {
                failed.push(about);
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count} rows: {failed:#?}", failed.len());
    assert!(count >= least, "{count} rows");
}

#[test]
fn a_key_that_no_row_has_is_refused() {
    for row in ["[[text]]\nof = []\nabout = ''\nbody = ''\nwant = {}\n", "[[scene]]\n", "[[owners]]\n", "[[play]]\n"] {
        assert!(toml::from_str::<Plugin>(row).is_ok(), "{row}");
        let error = toml::from_str::<Plugin>(&format!("{row}wnat = 1\n")).unwrap_err();
        assert!(error.to_string().contains("unknown field `wnat`"), "{error}");
    }
}

//! Plugins that obey what people write: lgtm, hold, assign, label, lifecycle, close, reopen; approve is told.

use jiff::Timestamp;

use crate::domain::facts::ReviewState as State;
use crate::domain::ids::Login;
use crate::domain::prow::command::{self, CommandLine, Commands, Effect, HoldCommand, Reading, Source};
use crate::domain::prow::lgtm::{self, Outcome, Refusal, Standing};
use crate::sim::world::{AccountKind, ItemRef, ReviewState, World};

/// Where and when something was said, and who obeys whom.
#[derive(Clone, Copy)]
pub(super) struct Heard<'a> {
    pub(super) item: &'a ItemRef,
    /// When Prow answers.
    pub(super) at: Timestamp,
    pub(super) bot: &'a str,
    pub(super) actor: &'a Login,
}

/// What stands below everything that Prow says.
pub(super) const ABOUT: &str = "Instructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository.";
/// As many people as GitHub assigns.
const ASSIGNEES: usize = 10;
/// The text that Prow drops lgtm with.
const NEW_CHANGES: &str = "New changes are detected. LGTM label has been removed.";

impl World {
    pub(super) fn obey_description(&mut self, heard: &Heard<'_>) {
        let Some(body) = self.item(heard.item).map(|state| state.body.clone()) else { return };
        self.obey(heard, &body, Source::Description, None, "");
    }

    pub(super) fn obey_comment(&mut self, heard: &Heard<'_>, id: u64) {
        let comment = self.item(heard.item).and_then(|state| state.comments.iter().find(|comment| comment.id == id));
        let Some(body) = comment.map(|comment| comment.body.clone()) else { return };
        self.obey(heard, &body, Source::Comment, None, &format!("#issuecomment-{id}"));
    }

    pub(super) fn obey_review(&mut self, heard: &Heard<'_>, id: u64) {
        let reviews = self.item(heard.item).and_then(|state| state.pull.as_ref()).map(|pull| &pull.reviews);
        let Some(review) = reviews.and_then(|reviews| reviews.iter().find(|review| review.id == id)) else { return };
        let (body, state) = (review.body.clone(), state_of(review.state));
        self.obey(heard, &body, Source::ReviewBody, Some(state), &format!("#pullrequestreview-{id}"));
    }

    pub(super) fn obey_review_comment(&mut self, heard: &Heard<'_>, id: u64) {
        let threads = self.item(heard.item).and_then(|state| state.pull.as_ref()).map(|pull| &pull.threads);
        let mut comments = threads.into_iter().flatten().flat_map(|thread| &thread.comments);
        let Some(body) = comments.find(|comment| comment.id == id).map(|comment| comment.body.clone()) else { return };
        self.obey(heard, &body, Source::ReviewComment, None, &format!("#discussion_r{id}"));
    }

    fn obey(&mut self, heard: &Heard<'_>, body: &str, source: Source, review: Option<State>, anchor: &str) {
        let Some(robots) = &self.robots else { return };
        let rules = robots.profile.prow.clone();
        let commands = command::parse(body, source, &rules);
        let item = heard.item;
        let Some((open, is_pull, author)) =
            self.item(item).map(|state| (state.open, state.pull.is_some(), state.author.clone()))
        else {
            return;
        };
        let collaborator = self.collaborators(&item.repo).contains(heard.actor);
        let robot = self.accounts.get(heard.actor).is_some_and(|account| account.kind == AccountKind::Bot);
        if is_pull && open && rules.plugins.iter().any(|plugin| plugin == "lgtm") {
            let standing = match (author == *heard.actor, collaborator) {
                (true, _) => Standing::Author,
                (false, true) => Standing::Collaborator,
                (false, false) => Standing::Outside,
            };
            let outcome = lgtm::decide(commands.lgtm, review, robot, standing, &rules);
            self.obey_lgtm(heard, outcome, &author, body, anchor);
        }
        if is_pull && let Some(hold) = commands.hold {
            self.keep_label(item, heard.at, heard.bot, "do-not-merge/hold", hold == HoldCommand::Add);
        }
        let effects = effects(command::lines(body, source, &rules));
        self.obey_people(heard, &commands, body, anchor);
        self.obey_labels(heard, &commands, &rules, body, anchor);
        self.obey_state(heard, &effects, collaborator, body, anchor);
        if is_pull && open {
            self.obey_checks(heard, &effects, body, anchor);
        }
        let counted = source != Source::Description && is_pull && open;
        if commands.approve.is_some() && counted {
            self.approve(item, heard.at, heard.bot);
        }
    }

    fn obey_lgtm(&mut self, heard: &Heard<'_>, outcome: Outcome, author: &Login, body: &str, anchor: &str) {
        match outcome {
            Outcome::Nothing => return,
            Outcome::Refused(why) => {
                let text = match why {
                    Refusal::OwnPull => "you cannot LGTM your own PR.",
                    Refusal::NoCollaborator => "changing LGTM is restricted to collaborators",
                };
                return self.refuse(heard, text, body, anchor);
            }
            Outcome::Set | Outcome::Dropped => {}
        }
        if heard.actor != author {
            self.assign(heard.item, heard.at, heard.bot, heard.actor.as_str());
        }
        let set = outcome == Outcome::Set;
        self.keep_label(heard.item, heard.at, heard.bot, "lgtm", set);
        if set {
            self.delete_own(heard.item, heard.at, heard.bot, |text| text == NEW_CHANGES);
        }
    }

    /// A push drops lgtm (`specs/prow.md` §3.3).
    pub(super) fn drop_lgtm(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        if self.item(item).is_some_and(|state| state.open && state.has_label("lgtm")) {
            self.unlabel(item, at, bot, "lgtm");
            self.comment(item, at, bot, NEW_CHANGES);
        }
    }

    fn obey_people(&mut self, heard: &Heard<'_>, commands: &Commands, body: &str, anchor: &str) {
        let Heard { item, at, bot, actor } = *heard;
        let Some(state) = self.item(item) else { return };
        let (author, is_pull) = (state.author.clone(), state.pull.is_some());
        let collaborators = self.collaborators(&item.repo);
        let mut speakers: Vec<Login> = state.comments.iter().map(|comment| comment.author.clone()).collect();
        speakers.push(author.clone());
        let who = |text: &String| if text.is_empty() { actor.clone() } else { Login::new(text.as_str()) };
        let mut refused = Vec::new();
        for whom in commands.assign.iter().map(who) {
            let state = self.item(item).map(|state| (state.assignees.contains(&whom), state.assignees.len()));
            let there = state.is_some_and(|(there, _)| there);
            let room = state.is_some_and(|(_, count)| count < ASSIGNEES);
            if there || (room && (collaborators.contains(&whom) || speakers.contains(&whom))) {
                self.assign(item, at, bot, whom.as_str());
            } else {
                refused.push(whom.to_string());
            }
        }
        for whom in commands.unassign.iter().map(who) {
            self.unassign(item, at, bot, whom.as_str());
        }
        if !refused.is_empty() {
            let text = format!(
                "GitHub didn't allow me to assign the following users: {}.\n\nNote that only [{org} members](https://github.com/orgs/{org}/people) with read permissions, repo collaborators and people who have commented on this issue/PR can be assigned. Additionally, issues/PRs can only have 10 assignees at the same time.",
                refused.join(", "),
                org = item.repo.owner,
            );
            self.refuse(heard, &text, body, anchor);
        }
        if !is_pull {
            return;
        }
        let mut refused = Vec::new();
        for whom in commands.cc.iter().map(who) {
            let team = whom.as_str().contains('/');
            if team || (collaborators.contains(&whom) && whom != author) {
                self.request_review(item, at, bot, whom.as_str());
            } else {
                refused.push(whom.to_string());
            }
        }
        for whom in commands.uncc.iter().map(who) {
            self.unrequest_review(item, at, bot, whom.as_str());
        }
        if !refused.is_empty() {
            let text = format!(
                "GitHub didn't allow me to request PR reviews from the following users: {}.\n\nNote that only [{org} members](https://github.com/orgs/{org}/people) and repo collaborators can review this PR, and authors cannot review their own PRs.",
                refused.join(", "),
                org = item.repo.owner,
            );
            self.refuse(heard, &text, body, anchor);
        }
    }

    fn obey_labels(
        &mut self,
        heard: &Heard<'_>,
        commands: &Commands,
        rules: &crate::domain::profile::ProwRules,
        body: &str,
        anchor: &str,
    ) {
        let Heard { item, at, bot, .. } = *heard;
        let restricted = |name: &String| {
            rules.restricted_labels.contains(name).then(|| {
                format!(
                    "The label(s) `{name}` cannot be applied or removed, because you are not in one of the allowed teams \
                     and are not an allowed user."
                )
            })
        };
        let has = |world: &Self, name: &String| world.item(item).is_some_and(|state| state.has_label(name));
        let mut unknown = Vec::new();
        for name in &commands.add_labels {
            if has(self, name) {
                continue;
            }
            if !self.repos.get(&item.repo).is_some_and(|repo| repo.labels.contains_key(name)) {
                unknown.push(name.as_str());
            } else if let Some(why) = restricted(name) {
                self.refuse(heard, &why, body, anchor);
            } else {
                self.label(item, at, bot, name);
            }
        }
        let mut absent = Vec::new();
        for name in &commands.remove_labels {
            if !has(self, name) {
                absent.push(name.as_str());
            } else if let Some(why) = restricted(name) {
                self.refuse(heard, &why, body, anchor);
            } else {
                self.unlabel(item, at, bot, name);
            }
        }
        // One complaint, about the first kind of mistake.
        let unconfigured = unconfigured(body, rules);
        if !unconfigured.is_empty() {
            let text = format!(
                "The label(s) `{}` cannot be applied. These labels are supported: `{}`. Is this label configured under \
                 `labels -> additional_labels` or `labels -> restricted_labels` in `plugin.yaml`?",
                unconfigured.join(", "),
                rules.additional_labels.iter().chain(&rules.restricted_labels).cloned().collect::<Vec<_>>().join(", "),
            );
            self.refuse(heard, &text, body, anchor);
        } else if !unknown.is_empty() {
            let names = unknown.join(", ");
            let text = format!("The label(s) `{names}` cannot be applied, because the repository doesn't have them.");
            self.refuse(heard, &text, body, anchor);
        } else if !absent.is_empty() {
            let text = format!("Those labels are not set on the issue: `{}`", absent.join(", "));
            self.refuse(heard, &text, body, anchor);
        }
    }

    /// Reopens, closes and marks, in this order; what is closed and what is open is what was before the text.
    fn obey_state(&mut self, heard: &Heard<'_>, effects: &[CommandLine], collaborator: bool, body: &str, anchor: &str) {
        let Heard { item, at, bot, actor } = *heard;
        let Some(state) = self.item(item) else { return };
        let (is_pull, open) = (state.pull.is_some(), state.open);
        let merged = state.merged_at().is_some();
        let may = collaborator || state.author == *actor;
        let idle = state.has_label("lifecycle/stale") || state.has_label("lifecycle/rotten");
        let asks = |wanted: &Effect| {
            effects.iter().any(|line| matches!(&line.reading, Reading::Effect(effect) if effect == wanted))
        };
        let (close, not_planned) = (asks(&Effect::Close(false)), asks(&Effect::Close(true)));
        let what = if is_pull { "PR" } else { "issue" };
        if asks(&Effect::Reopen) && !open && !merged {
            let text = if may {
                self.reopen(item, at, bot);
                format!("Reopened this {what}.")
            } else {
                "You can't reopen an issue/PR unless you authored it or you are a collaborator.".to_owned()
            };
            self.refuse(heard, &text, body, anchor);
        }
        if (close || not_planned) && open {
            let text = match (may || idle, is_pull, not_planned) {
                (false, _, _) => "You can't close an active issue/PR unless you authored it or you are a collaborator.",
                (true, true, true) => "PRs cannot be closed as Not Planned.",
                (true, true, false) => "Closed this PR.",
                (true, false, true) => "Closing this issue, marking it as \"Not Planned\".",
                (true, false, false) => "Closing this issue.",
            };
            if (may || idle) && !(is_pull && not_planned) {
                self.close(item, at, bot);
            }
            self.refuse(heard, text, body, anchor);
        }
        for line in effects {
            match &line.reading {
                Reading::Effect(Effect::LifecycleAdd(word)) if is_pull && word == "frozen" => {
                    let text = "The `lifecycle/frozen` label cannot be applied to Pull Requests.";
                    self.refuse(heard, text, body, anchor);
                }
                Reading::Effect(Effect::LifecycleAdd(word)) => {
                    for other in ["active", "frozen", "stale", "rotten"] {
                        let wanted = word.eq_ignore_ascii_case(other);
                        self.keep_label(item, at, bot, &format!("lifecycle/{other}"), wanted);
                    }
                }
                Reading::Effect(Effect::LifecycleRemove(word)) => {
                    self.unlabel(item, at, bot, &format!("lifecycle/{}", word.to_ascii_lowercase()));
                }
                _ => {}
            }
        }
    }

    /// Commands that have a plugin look again, and those that turn checks green.
    fn obey_checks(&mut self, heard: &Heard<'_>, effects: &[CommandLine], body: &str, anchor: &str) {
        let Heard { item, at, bot, .. } = *heard;
        let asks = |plugin: &str| effects.iter().any(|line| line.plugin == plugin);
        if asks("dco") {
            self.dco(item, at, bot, true);
        }
        if asks("verify-owners") {
            self.verify_owners(item, at, bot);
        }
        if asks("blunderbuss") {
            self.ask_reviewers(item, at, bot);
        }
        self.obey_overrides(heard, effects, body, anchor);
    }

    /// Answers in Prow's shape, a refusal or not: to whom, what, and the request as a quotation (`specs/prow.md` §2.8).
    pub(super) fn refuse(&mut self, heard: &Heard<'_>, text: &str, body: &str, anchor: &str) {
        let folder = if self.item(heard.item).is_some_and(|state| state.pull.is_some()) { "pull" } else { "issues" };
        let link = format!("{}/{}/{folder}/{}{anchor}", self.host, heard.item.repo, heard.item.number);
        let quoted: Vec<String> = body.split('\n').map(|line| format!(">{line}")).collect();
        let answer = format!(
            "@{}: {text}\n\n<details>\n\nIn response to [this]({link}):\n\n{}\n\n\n{ABOUT}\n</details>",
            heard.actor,
            quoted.join("\n"),
        );
        self.comment(heard.item, heard.at, heard.bot, &answer);
    }

    /// Deletes Prow's own comments whose text fits.
    pub(super) fn delete_own(&mut self, item: &ItemRef, at: Timestamp, bot: &str, fits: impl Fn(&str) -> bool) {
        let Some(state) = self.item(item) else { return };
        let own = state.comments.iter().filter(|comment| comment.author.is(bot) && fits(&comment.body));
        for id in own.map(|comment| comment.id).collect::<Vec<_>>() {
            self.delete_comment(item, at, bot, id);
        }
    }
}

/// The state in the domain's words.
pub(super) fn state_of(state: ReviewState) -> State {
    match state {
        ReviewState::Approved => State::Approved,
        ReviewState::ChangesRequested => State::ChangesRequested,
        ReviewState::Commented => State::Commented,
        ReviewState::Dismissed => State::Dismissed,
    }
}

/// The lines that do something.
fn effects(mut lines: Vec<CommandLine>) -> Vec<CommandLine> {
    lines.retain(|line| matches!(line.reading, Reading::Effect(_)));
    lines
}

/// Lines of `/label` and `/remove-label` with a single word that is not configured, as Prow quotes them.
fn unconfigured(body: &str, rules: &crate::domain::profile::ProwRules) -> Vec<String> {
    let known = |word: &str| {
        rules.additional_labels.iter().chain(&rules.restricted_labels).any(|label| label.eq_ignore_ascii_case(word))
    };
    let words = |line: &CommandLine| {
        let mut words = line.text.trim().split(' ');
        let label = matches!(words.next(), Some("/label" | "/remove-label"));
        let word = words.next().filter(|word| label && !word.is_empty() && !known(word));
        word.is_some() && words.next().is_none()
    };
    let lines = command::lines(body, Source::Comment, rules);
    lines.into_iter().filter(|line| line.plugin == "label" && words(line)).map(|line| line.text).collect()
}

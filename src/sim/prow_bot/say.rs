//! Plugins that obey what people write: lgtm, hold, assign, label, lifecycle, close, reopen; approve is told.

use jiff::Timestamp;

use crate::domain::facts::ReviewState as State;
use crate::domain::ids::Login;
use crate::domain::prow::command::{self, Commands, HoldCommand, Source};
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
        self.obey_people(heard, &commands, body, anchor);
        self.obey_labels(heard, &commands, &rules, body, anchor);
        self.obey_state(heard, &commands, collaborator, body, anchor);
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
            if collaborators.contains(&whom) || speakers.contains(&whom) {
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
        let mut unknown = Vec::new();
        for name in &commands.add_labels {
            let exists = self.repos.get(&item.repo).is_some_and(|repo| repo.labels.contains_key(name));
            if rules.restricted_labels.contains(name) {
                let text = format!("Can not set label {name}: Must be member in one of these teams.");
                self.refuse(heard, &text, body, anchor);
            } else if exists && (name.contains('/') || rules.additional_labels.contains(name)) {
                self.label(item, at, bot, name);
            } else {
                unknown.push(format!("`{name}`"));
            }
        }
        if !unknown.is_empty() {
            let names = unknown.join(", ");
            let text = format!("The label(s) {names} cannot be applied, because the repository doesn't have them.");
            self.refuse(heard, &text, body, anchor);
        }
        let mut absent = Vec::new();
        for name in &commands.remove_labels {
            if self.item(item).is_some_and(|state| state.has_label(name)) {
                self.unlabel(item, at, bot, name);
            } else {
                absent.push(format!("`{name}`"));
            }
        }
        if !absent.is_empty() {
            let text = format!("Those labels are not set on the issue: {}", absent.join(", "));
            self.refuse(heard, &text, body, anchor);
        }
    }

    fn obey_state(&mut self, heard: &Heard<'_>, commands: &Commands, collaborator: bool, body: &str, anchor: &str) {
        let Heard { item, at, bot, actor } = *heard;
        let Some(state) = self.item(item) else { return };
        let (is_pull, open) = (state.pull.is_some(), state.open);
        let may = collaborator || state.author == *actor;
        let idle = state.has_label("lifecycle/stale") || state.has_label("lifecycle/rotten");
        for word in &commands.lifecycle_add {
            let word = word.to_ascii_lowercase();
            if is_pull && word == "frozen" {
                self.refuse(heard, "The `lifecycle/frozen` label cannot be applied to Pull Requests.", body, anchor);
                continue;
            }
            for other in ["active", "frozen", "stale", "rotten"] {
                self.keep_label(item, at, bot, &format!("lifecycle/{other}"), other == word);
            }
        }
        for word in &commands.lifecycle_remove {
            self.unlabel(item, at, bot, &format!("lifecycle/{}", word.to_ascii_lowercase()));
        }
        let what = if is_pull { "PR" } else { "issue" };
        if commands.close && open {
            if may || idle {
                self.close(item, at, bot);
                self.refuse(heard, &format!("Closed this {what}."), body, anchor);
            } else {
                let text = "You can't close an active issue/PR unless you authored it or you are a collaborator.";
                self.refuse(heard, text, body, anchor);
            }
        }
        if commands.reopen && !open {
            if may {
                self.reopen(item, at, bot);
                self.refuse(heard, &format!("Reopened this {what}."), body, anchor);
            } else {
                let text = "You can't reopen an issue/PR unless you authored it or you are a collaborator.";
                self.refuse(heard, text, body, anchor);
            }
        }
    }

    /// Answers in Prow's shape: to whom, what, and the request as a quotation (`specs/prow.md` §2.8).
    fn refuse(&mut self, heard: &Heard<'_>, text: &str, body: &str, anchor: &str) {
        let folder = if self.item(heard.item).is_some_and(|state| state.pull.is_some()) { "pull" } else { "issues" };
        let link = format!("{}/{}/{folder}/{}{anchor}", self.host, heard.item.repo, heard.item.number);
        let quoted: Vec<String> = body.lines().map(|line| format!(">{line}")).collect();
        let answer = format!(
            "@{}: {text}\n\n<details>\n\nIn response to [this]({link}):\n\n{}\n\n\nInstructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository.\n</details>",
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

//! The rehearsal: posts are played on a copy of the pull request, plugin by plugin, in Prow's order of events.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Background, Forecast, FoundCommand, say};
use crate::domain::action::{Post, ReviewEvent};
use crate::domain::facts::{
    Actor, ActorKind, Association, CommentFacts, EventFacts, EventKind, PullFacts, PullState, ReviewFacts, ReviewState,
    ThreadComment, ThreadFacts,
};
use crate::domain::ids::{Login, NodeId};
use crate::domain::profile::Profile;
use crate::domain::prow::approve::{self, APPROVED, approval, evaluate_pull};
use crate::domain::prow::command::{
    self, ApproveCommand, Effect, HoldCommand, Reading, Source, approve_steps, lines, parse,
};
use crate::domain::prow::gate::{GateState, gate};
use crate::domain::prow::lgtm::{self, LGTM, Outcome, Standing};
use crate::domain::prow::owners::Tree;

/// GitHub takes no more on one pull request.
const MOST_LABELS: usize = 100;

pub(super) const HOLD: &str = "do-not-merge/hold";

pub(super) struct Rehearsal<'a> {
    pub(super) who: &'a Login,
    pub(super) before: &'a PullFacts,
    /// The copy that the plugins act on.
    pub(super) pull: PullFacts,
    /// The copy as it was when the text under rehearsal came: every plugin decides by that.
    pub(super) then: Then,
    pub(super) background: &'a Background<'a>,
    pub(super) tree: &'a Tree,
    pub(super) profile: &'a Profile,
    pub(super) now: Timestamp,
    pub(super) standing: Standing,
    pub(super) found: Forecast,
}

/// What an event tells of the pull request.
pub(super) struct Then {
    pub(super) state: PullState,
    pub(super) labels: Vec<String>,
}

impl<'a> Rehearsal<'a> {
    pub(super) fn new(who: &'a Login, pull: &'a PullFacts, background: &'a Background<'a>) -> Self {
        let found = Forecast {
            posts: Vec::new(),
            commands: Vec::new(),
            labels_added: Vec::new(),
            labels_removed: Vec::new(),
            signoffs: Vec::new(),
            effects: Vec::new(),
            warnings: Vec::new(),
            gate_after: None,
        };
        let Background { profile, owners: tree, now, .. } = *background;
        let standing = lgtm::standing(who, pull, tree, &profile.prow);
        let then = Then { state: pull.state, labels: pull.labels.clone() };
        Self { who, before: pull, pull: pull.clone(), then, background, tree, profile, now, standing, found }
    }

    pub(super) fn play(mut self, posts: &[Post]) -> Forecast {
        for post in posts {
            match post {
                Post::Comment { body } => self.text(body, Source::Comment, None),
                Post::Reply { body, .. } => self.text(body, Source::ReviewComment, None),
                Post::Review { event, body, .. } => self.text(body, Source::ReviewBody, Some(*event)),
                Post::Dismiss { .. } => {
                    self.say_effect("the review is dismissed; Prow takes no notice".to_owned());
                }
                Post::Resolve { .. } => self.say_effect("the thread is resolved; Prow takes no notice".to_owned()),
            }
        }
        self.found.posts = posts.to_vec();
        self.finish()
    }

    fn text(&mut self, body: &str, source: Source, event: Option<ReviewEvent>) {
        let state = event.map(|event| match event {
            ReviewEvent::Approve => ReviewState::Approved,
            ReviewEvent::RequestChanges => ReviewState::ChangesRequested,
        });
        if state.is_some() && self.standing == Standing::Author {
            self.warn("GitHub refuses a review of one's own pull request".to_owned());
            return;
        }
        if self.pull.locked {
            self.warn("the conversation is locked: GitHub takes texts of people with write access only".to_owned());
        }
        self.then = Then { state: self.pull.state, labels: self.pull.labels.clone() };
        self.found.warnings.extend(say::warnings(body, source, &self.profile.prow));
        self.record(body, source, state);
        let commands = parse(body, source, &self.profile.prow);
        let outcome = self.lgtm_outcome(&commands, state);
        let approval = self.approve(body, source, state);
        let not_planned = command::closes(body) == Some(true);
        for line in lines(body, source, &self.profile.prow) {
            let (obeyed, why) = match &line.reading {
                Reading::NoEffect { why } => (false, why.clone()),
                Reading::Effect(effect) => self.verdict(effect, outcome, &approval, not_planned),
            };
            self.found.commands.push(FoundCommand { text: line.text, plugin: line.plugin.to_owned(), obeyed, why });
        }
        if let Some(state) = state {
            self.review_state(state, commands.lgtm.is_some(), outcome);
        }
        self.act(body, &commands, outcome);
        if source == Source::Comment {
            self.conflicts();
        }
    }

    /// The text joins the copy, so that the approve plugin and the gate's warnings find it.
    fn record(&mut self, body: &str, source: Source, state: Option<ReviewState>) {
        let author = Some(Actor { login: self.who.clone(), kind: ActorKind::User });
        let association =
            if self.standing == Standing::Outside { Association::Outside } else { Association::Collaborator };
        let id = NodeId::new("forecast");
        let (body, url, at) = (body.to_owned(), self.pull.url.clone(), self.now);
        match (source, state) {
            (Source::ReviewBody, Some(state)) => self.pull.reviews.push(ReviewFacts {
                id,
                database_id: None,
                author,
                state,
                body,
                at,
                commit: Some(self.pull.head.clone()),
                url,
                association,
            }),
            (Source::ReviewComment, _) => self.pull.threads.push(ThreadFacts::open(
                id.clone(),
                "",
                ThreadComment {
                    id,
                    database_id: None,
                    author,
                    body,
                    at,
                    url,
                    review: None,
                    diff_hunk: None,
                    association,
                },
            )),
            _ => self.pull.comments.push(CommentFacts { id, author, body, at, edited_at: None, url, association }),
        }
    }

    pub(super) fn on(&self, plugin: &str) -> bool {
        self.profile.prow.plugins.iter().any(|name| name == plugin)
    }

    fn lgtm_outcome(&self, commands: &crate::domain::prow::command::Commands, state: Option<ReviewState>) -> Outcome {
        if !self.on("lgtm") || self.pull.state != PullState::Open {
            return Outcome::Nothing;
        }
        lgtm::decide(commands.lgtm, state, false, self.standing, &self.profile.prow)
    }

    /// Runs the approve plugin where the text makes it run. The answer is what became of the writer's approval.
    fn approve(&mut self, body: &str, source: Source, state: Option<ReviewState>) -> Approving {
        let runs = self.on("approve") && source != Source::Description;
        let by_state = state.is_some() && !self.profile.prow.ignore_review_state;
        if !runs || (approve_steps(body, &self.profile.prow).is_empty() && !by_state) {
            return Approving::Silent;
        }
        if self.pull.state != PullState::Open {
            return Approving::Closed;
        }
        let manual = approve::manual(&self.pull, self.profile);
        let evaluation = evaluate_pull(&self.pull, self.tree, self.profile, manual);
        let own = evaluation.approvals.iter().find(|one| one.login == *self.who).cloned();
        let has = self.has(APPROVED);
        if evaluation.approved && !has {
            self.set(APPROVED);
        } else if !evaluation.approved && has {
            self.unset(APPROVED);
        }
        let missing: Vec<String> = evaluation.unapproved.iter().map(|dir| approve::owners_file(dir)).collect();
        match own {
            None => Approving::Withdrawn,
            Some(own) if !own.has_power => Approving::Powerless,
            Some(_) => Approving::Counts { approved: evaluation.approved, missing },
        }
    }

    /// Whether a line is obeyed for this writer, and what it does or why not.
    fn verdict(&self, effect: &Effect, outcome: Outcome, approval: &Approving, not_planned: bool) -> (bool, String) {
        match effect {
            Effect::Lgtm(_) => match outcome {
                Outcome::Set if self.had(LGTM) => (true, "lgtm is set already".to_owned()),
                Outcome::Set => (true, format!("sets the label lgtm{}", self.if_member())),
                Outcome::Dropped if self.had(LGTM) => (true, "takes the label lgtm off".to_owned()),
                Outcome::Dropped => (true, "lgtm is not set: nothing to take off".to_owned()),
                Outcome::Refused(refusal) => (false, refusal.why().to_owned()),
                Outcome::Nothing => (false, "the lgtm plugin looks at open pull requests only".to_owned()),
            },
            Effect::Approve(ApproveCommand::Cancel) => match approval {
                Approving::Closed => (false, "approvals count on open pull requests only".to_owned()),
                Approving::Counts { .. } | Approving::Powerless => {
                    (false, "a later line approves, and the last one counts".to_owned())
                }
                Approving::Silent | Approving::Withdrawn => (true, "withdraws your approval".to_owned()),
            },
            Effect::Approve(_) => match approval {
                Approving::Closed => (false, "approvals count on open pull requests only".to_owned()),
                Approving::Powerless => (false, self.powerless()),
                Approving::Withdrawn => (false, "a later line withdraws it, and the last one counts".to_owned()),
                Approving::Silent => (false, "the approve plugin does not read this".to_owned()),
                Approving::Counts { approved: true, .. } => (true, "your approval completes OWNERS".to_owned()),
                Approving::Counts { missing, .. } if missing.is_empty() => (true, "your approval counts".to_owned()),
                Approving::Counts { missing, .. } => {
                    (true, format!("your approval counts; still needed: {}", missing.join(", ")))
                }
            },
            Effect::Hold(HoldCommand::Add) if self.had(HOLD) => (true, "a hold is set already".to_owned()),
            Effect::Hold(HoldCommand::Remove) if !self.had(HOLD) => (true, "there is no hold to lift".to_owned()),
            Effect::Hold(HoldCommand::Add) => (true, "sets the label do-not-merge/hold".to_owned()),
            Effect::Hold(HoldCommand::Remove) => (true, "takes the label do-not-merge/hold off".to_owned()),
            Effect::AddLabels(labels) if labels.iter().any(|label| self.restricted(label)) => {
                (true, "sets the label only if you are one of those who may".to_owned())
            }
            Effect::RemoveLabels(labels) if labels.iter().any(|label| self.restricted(label)) => {
                (true, "takes the label off only if you are one of those who may".to_owned())
            }
            Effect::RemoveLabels(labels) if !labels.iter().any(|label| self.had(label)) => {
                (false, "no such label is set: Prow answers with a complaint".to_owned())
            }
            Effect::AddLabels(labels) if !labels.is_empty() && labels.iter().all(|label| self.had(label)) => {
                (true, format!("{} is set already", say::quoted(labels)))
            }
            Effect::LifecycleAdd(word) if word == "frozen" => {
                (false, "pull requests cannot be frozen: Prow answers with a refusal".to_owned())
            }
            Effect::Close(true) => (false, "pull requests cannot be closed as not planned".to_owned()),
            Effect::Close(false) | Effect::Reopen if !self.may_close(effect) => {
                (false, "only the author and collaborators may".to_owned())
            }
            Effect::Close(false) if not_planned => {
                (false, "another line asks for not-planned, which pull requests refuse".to_owned())
            }
            Effect::Close(false) if self.then.state != PullState::Open => (true, "it is closed already".to_owned()),
            Effect::Reopen if self.then.state != PullState::Closed => (true, "it is not closed".to_owned()),
            Effect::Cc(logins) if logins.iter().all(|login| self.is_author(login)) => {
                (false, "GitHub asks no author to review their own pull request".to_owned())
            }
            other => (true, say::effect(other)),
        }
    }

    fn review_state(&mut self, state: ReviewState, has_command: bool, outcome: Outcome) {
        let text = match state {
            ReviewState::Approved => "review: APPROVED",
            ReviewState::ChangesRequested => "review: CHANGES_REQUESTED",
            ReviewState::Commented | ReviewState::Dismissed => return,
        };
        let (obeyed, why) = match outcome {
            _ if !self.on("lgtm") || !self.profile.prow.review_acts_as_lgtm => {
                (false, "review states do not act on lgtm here".to_owned())
            }
            _ if has_command => (false, "the lgtm command in the text is read instead".to_owned()),
            Outcome::Set if self.had(LGTM) => (true, "lgtm is set already".to_owned()),
            Outcome::Set => (true, format!("sets the label lgtm{}", self.if_member())),
            Outcome::Dropped if self.had(LGTM) => (true, "takes the label lgtm off".to_owned()),
            Outcome::Dropped => (true, "lgtm is not set: nothing to take off".to_owned()),
            Outcome::Refused(refusal) => (false, refusal.why().to_owned()),
            Outcome::Nothing => (false, "the lgtm plugin looks at open pull requests only".to_owned()),
        };
        let line = FoundCommand { text: text.to_owned(), plugin: "lgtm".to_owned(), obeyed, why };
        self.found.commands.push(line);
    }

    fn finish(mut self) -> Forecast {
        let before: HashSet<&String> = self.before.labels.iter().collect();
        let after: HashSet<&String> = self.pull.labels.iter().collect();
        self.found.labels_added = self.pull.labels.iter().filter(|label| !before.contains(label)).cloned().collect();
        self.found.labels_removed = self.before.labels.iter().filter(|label| !after.contains(label)).cloned().collect();
        let approval_after = approval(&self.pull, self.tree, self.profile);
        let after = gate(&self.pull, &approval_after, self.profile);
        let before = gate(self.before, &approval(self.before, self.tree, self.profile), self.profile);
        if after.state == GateState::InPool && before.state != GateState::InPool {
            self.found.effects.push("nothing blocks any more: Prow merges it within minutes".to_owned());
        }
        if before.state == GateState::InPool && after.state == GateState::Blocked {
            self.found.effects.push("it no longer merges".to_owned());
        }
        self.process();
        say::unique(&mut self.found.effects);
        say::unique(&mut self.found.warnings);
        self.found.gate_after = Some(after);
        self.found
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.pull.labels.iter().any(|label| label.eq_ignore_ascii_case(name))
    }

    /// The label was there when the text came; Prow compares labels without case.
    pub(super) fn had(&self, name: &str) -> bool {
        self.then.labels.iter().any(|label| label.eq_ignore_ascii_case(name))
    }

    pub(super) fn restricted(&self, label: &str) -> bool {
        self.profile.prow.restricted_labels.iter().any(|name| name.eq_ignore_ascii_case(label))
    }

    pub(super) fn is_author(&self, login: &str) -> bool {
        let login = if login.is_empty() { self.who.as_str() } else { login };
        self.pull.author.as_ref().is_some_and(|author| author.login.is(login))
    }

    /// The author, collaborators, and anyone once it is stale or rotten.
    pub(super) fn may_close(&self, effect: &Effect) -> bool {
        let idle = self.had("lifecycle/stale") || self.had("lifecycle/rotten");
        self.standing != Standing::Outside || (idle && matches!(effect, Effect::Close(_)))
    }

    /// Sets a label as Prow, with its event: the manual rule looks at who set a label last.
    pub(super) fn set(&mut self, name: &str) {
        if !self.has(name) && self.pull.labels.len() < MOST_LABELS {
            self.pull.labels.push(name.to_owned());
            self.event(EventKind::Labeled(name.to_owned()));
        }
    }

    pub(super) fn unset(&mut self, name: &str) {
        if self.has(name) {
            self.pull.labels.retain(|label| !label.eq_ignore_ascii_case(name));
            self.event(EventKind::Unlabeled(name.to_owned()));
        }
    }

    fn event(&mut self, kind: EventKind) {
        let actor = self.profile.bots.prow.first().map(|login| Actor { login: login.clone(), kind: ActorKind::Bot });
        self.pull.timeline.push(EventFacts { at: self.now, actor, kind, url: None });
    }

    fn powerless(&self) -> String {
        let files = approve::paths(&self.pull);
        let manual = approve::manual(&self.pull, self.profile);
        let needed = evaluate_pull(&self.pull, self.tree, self.profile, manual).needed;
        let names: Vec<String> = needed.iter().map(|dir| approve::owners_file(dir)).collect();
        if files.is_empty() {
            return "the pull request changes no file that is known: nothing to approve".to_owned();
        }
        format!("@{} has no power here: {} do not name them as an approver", self.who, names.join(", "))
    }

    fn if_member(&self) -> &'static str {
        if self.standing == Standing::Unknown { ", if you are a member of the organisation" } else { "" }
    }

    pub(super) fn guess(&self) -> &'static str {
        if self.standing == Standing::Outside { " (a guess: membership may be private)" } else { "" }
    }

    pub(super) fn say_effect(&mut self, sentence: String) {
        self.found.effects.push(sentence);
    }

    pub(super) fn warn(&mut self, sentence: String) {
        self.found.warnings.push(sentence);
    }
}

/// What became of the writer's approval.
enum Approving {
    /// The plugin does not run.
    Silent,
    /// It does not look at closed pull requests.
    Closed,
    /// Gone, or never there.
    Withdrawn,
    /// There, and worth nothing.
    Powerless,
    /// There, with power.
    Counts { approved: bool, missing: Vec<String> },
}

//! The approve plugin at work: evaluates what was said and keeps label and notifier (`specs/prow.md` §5, §6).

use jiff::Timestamp;

use super::say::state_of;
use crate::domain::ids::Login;
use crate::domain::prow::approve::{Links, Remark, Subject, evaluate, notifier_text, read_notifier};
use crate::sim::world::{AccountKind, EventKind, Item, ItemRef, World};

/// The pages that KubeVirt's notifier links to (`specs/prow.md` §1).
const COMMAND_HELP: &str = "https://prow.ci.kubevirt.io/command-help";
const PROCESS: &str = "https://github.com/kubevirt/community/blob/main/docs/merge-automation.md";

impl World {
    pub(super) fn approve(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let tree = self.owners(item);
        let Some(robots) = &self.robots else { return };
        let (rules, prow) = (robots.profile.prow.clone(), robots.login.clone());
        let Some(state) = self.item(item).filter(|state| state.open) else { return };
        let Some(pull) = &state.pull else { return };
        let newest = state.events.iter().rev().find(|event| event.kind == EventKind::Labeled("approved".to_owned()));
        let labelled = state.has_label("approved");
        let url = format!("{}/{}/pull/{}", self.host, item.repo, item.number);
        let files: Vec<String> = pull.files.iter().map(|file| file.path.clone()).collect();
        let subject = Subject {
            number: item.number,
            author: Some(&state.author),
            url: &url,
            description: &state.body,
            org: &item.repo.owner,
            files: &files,
            assignees: &state.assignees,
            manual: labelled && newest.is_some_and(|event| event.actor != prow),
        };
        let evaluation = evaluate(&self.remarks(state, &prow, &url), &subject, &tree, &rules);
        let links = Links {
            host: &self.host,
            org: &item.repo.owner,
            repo: &item.repo.name,
            branch: &pull.base_ref,
            command_help: COMMAND_HELP,
            process: PROCESS,
        };
        let text = notifier_text(&evaluation, &links);
        let mut notifiers = state.comments.iter().filter(|c| c.author == prow && read_notifier(&c.body).is_some());
        let current = notifiers.next_back().is_some_and(|comment| comment.body == text);
        let approved = evaluation.approved;
        if !current {
            self.delete_own(item, at, bot, |text| read_notifier(text).is_some());
            self.comment(item, at, bot, &text);
        }
        if approved != labelled {
            self.keep_label(item, at, bot, "approved", approved);
        }
    }

    /// What the plugin collects, in its order of sources: inline comments, conversation, reviews.
    fn remarks(&self, state: &Item, prow: &Login, url: &str) -> Vec<Remark> {
        let Some(pull) = &state.pull else { return Vec::new() };
        let heard = |login: &Login| {
            let account = self.accounts.get(login);
            let robot = account.is_some_and(|account| account.kind == AccountKind::Bot)
                && pull.reviews.iter().any(|review| review.author == *login);
            let gone = account.is_none_or(|account| account.deleted);
            login != prow && !robot && !gone
        };
        let inline = pull.threads.iter().flat_map(|thread| &thread.comments).map(|comment| Remark {
            author: comment.author.clone(),
            at: comment.at,
            body: comment.body.clone(),
            state: None,
            url: Some(format!("{url}#discussion_r{}", comment.id)),
        });
        let conversation = state.comments.iter().map(|comment| Remark {
            author: comment.author.clone(),
            at: comment.at,
            body: comment.body.clone(),
            state: None,
            url: Some(format!("{url}#issuecomment-{}", comment.id)),
        });
        let reviews = pull.reviews.iter().map(|review| Remark {
            author: review.author.clone(),
            at: review.at,
            body: review.body.clone(),
            state: Some(state_of(review.state)),
            url: Some(format!("{url}#pullrequestreview-{}", review.id)),
        });
        inline.chain(conversation).chain(reviews).filter(|remark| heard(&remark.author)).collect()
    }
}

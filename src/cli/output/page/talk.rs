//! What was said: threads and timeline.

use super::super::json::time;
use super::{Page, one, reviewed};
use crate::domain::facts::PullFacts;
use crate::domain::text::sanitize_line;

impl Page {
    pub(super) fn threads(&mut self, pull: &PullFacts) {
        if pull.threads.is_empty() {
            return;
        }
        self.section("Threads");
        for (index, thread) in pull.threads.iter().enumerate() {
            let place = thread.line.map(|line| format!(":{line}")).unwrap_or_default();
            let state = if thread.resolved { "resolved" } else { "open" };
            let outdated = if thread.outdated { ", outdated" } else { "" };
            self.line(&format!("  {} {}{place} ({state}{outdated})", index + 1, sanitize_line(&thread.path)));
            for comment in thread.comments.iter().filter(|_| !thread.resolved) {
                let by = comment.author.as_ref().map_or_else(|| "a deleted account".to_owned(), |it| one(&it.login));
                self.line(&format!("    {by}, {}", time(comment.at)));
                self.quote(&comment.body);
            }
        }
    }

    pub(super) fn talk(&mut self, pull: &PullFacts) {
        self.section("Timeline");
        let comments = pull.comments.iter().map(|it| (it.at, &it.author, "commented", &it.body));
        let reviews = pull.reviews.iter().map(|it| (it.at, &it.author, reviewed(it.state), &it.body));
        let mut all: Vec<_> = comments.chain(reviews).collect();
        all.sort_by_key(|(at, ..)| *at);
        for (at, author, did, body) in all {
            let by = author.as_ref().map_or_else(|| "a deleted account".to_owned(), |it| one(&it.login));
            self.line(&format!("  {} {by} {did}", time(at)));
            self.quote(body);
        }
    }
}

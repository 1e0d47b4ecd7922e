//! `show` for people: the verdict first, each part with its reasons, then what was said.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::json::{state_word, time};
use super::table::{kind_word, owner, signoff_glyph, title, turn, whole_days};
use super::{Out, Paint};
use crate::domain::facts::{Facts, PullFacts, ReviewState};
use crate::domain::ids::{Login, SigName};
use crate::domain::marks::{Local, Quiet, Ruled};
use crate::domain::text::{sanitize, sanitize_line};
use crate::domain::times;
use crate::domain::verdict::{LedgerKind, Rule, SignOffState, Verdict};

/// The whole page.
#[must_use]
pub fn show(
    out: Out,
    facts: &Facts,
    pull: &PullFacts,
    verdict: &Verdict,
    local: Option<&Local>,
    now: Timestamp,
) -> String {
    let mut page = Page { out, text: String::new() };
    page.head(pull, verdict);
    page.turn(verdict);
    page.yours(local, now);
    page.signoffs(verdict);
    page.gate(verdict);
    page.objections(verdict, local);
    page.findings(pull, verdict);
    page.threads(pull);
    page.talk(pull);
    page.line(&format!("facts of {}", facts.synced_at.map_or_else(|| "no sync yet".to_owned(), time)));
    page.text
}

struct Page {
    out: Out,
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn section(&mut self, name: &str) {
        let name = self.out.paint(Paint::Bold, name);
        let _ = write!(self.text, "\n{name}\n");
    }

    /// A text of somebody, indented.
    fn quote(&mut self, text: &str) {
        for line in sanitize(text).lines() {
            self.line(format!("    {line}").trim_end());
        }
    }

    fn head(&mut self, pull: &PullFacts, verdict: &Verdict) {
        let top = format!("{} {}", pull.number, title(pull));
        let top = self.out.paint(Paint::Bold, &top);
        self.line(&top);
        let author = pull.author.as_ref().map_or_else(|| "a deleted account".to_owned(), |it| one(&it.login));
        let mut facts = vec![
            owner(verdict),
            kind_word(verdict.kind).to_owned(),
            if pull.draft { "draft".to_owned() } else { state_word(pull.state).to_owned() },
            verdict.stage.title().to_owned(),
        ];
        facts.extend(verdict.release.as_ref().map(|it| format!("for {}", sanitize_line(it.as_str()))));
        self.line(&facts.join(" · "));
        self.line(&format!(
            "by {author}, open {} d, idle {} d, {} round(s), head {}, +{} −{} in {} file(s)",
            whole_days(verdict.clocks.age_days),
            whole_days(verdict.clocks.idle_days),
            verdict.clocks.rounds,
            sanitize_line(pull.head.short()),
            pull.additions,
            pull.deletions,
            pull.files.len(),
        ));
        if let Some(issue) = &verdict.tracking_issue {
            let name = issue.title.as_deref().map(sanitize_line).unwrap_or_default();
            self.line(&format!("tracking issue #{} {name}", issue.number));
        }
        let shepherds: Vec<String> =
            verdict.shepherds.iter().map(|it| format!("{} ({})", one(&it.login), it.how.word())).collect();
        self.line(&if shepherds.is_empty() {
            "no shepherd".to_owned()
        } else {
            format!("shepherd: {}", shepherds.join(", "))
        });
        let url = sanitize_line(&pull.url);
        let url = self.out.paint(Paint::Dim, &url);
        self.line(&url);
    }

    fn turn(&mut self, verdict: &Verdict) {
        self.section("Whose turn");
        if verdict.waiting_on.is_empty() {
            self.line("  nobody's: it has converged");
        }
        for (index, waiting) in verdict.waiting_on.iter().enumerate() {
            let who = if index == 0 {
                self.out.paint(Paint::Cyan, &format!("⇢ {}", turn(waiting)))
            } else {
                format!("  {}", turn(waiting))
            };
            let since = time(waiting.since);
            self.line(&format!("{who} ({}), since {since}: {}", rule(waiting.rule), sanitize_line(&waiting.why)));
        }
    }

    /// What the viewer said, apart from what the thread says.
    fn yours(&mut self, local: Option<&Local>, now: Timestamp) {
        let Some(local) = local else { return };
        let mut lines = Vec::new();
        if let Some(turn) = &local.turn {
            let ago = times::ago(now, turn.from.at);
            lines.push(format!("⇢ you said: {}, {ago}, {}", turn.whose.words(), turn.lasts.words()));
        }
        match &local.quiet {
            Some(quiet @ Quiet::Snoozed { since, .. }) => {
                lines.push(format!("☾ {}, {}", quiet.words(), times::ago(now, *since)));
            }
            Some(Quiet::Done { since }) => lines.push(format!("✓ done, {}", times::ago(now, *since))),
            None => {}
        }
        if let Some(back) = &local.back {
            lines.push(format!("▲ back: {} {}", back.words(), times::ago(now, back.at)));
        }
        if lines.is_empty() {
            return;
        }
        self.section("Yours alone");
        for line in lines {
            self.line(&format!("  {}", sanitize_line(&line)));
        }
    }

    fn signoffs(&mut self, verdict: &Verdict) {
        if verdict.signoffs.is_empty() {
            return;
        }
        self.section("Sign-offs");
        for (sig, signoff) in &verdict.signoffs {
            let paint = match signoff.state {
                SignOffState::Signed => Paint::Green,
                SignOffState::Stale => Paint::Yellow,
                SignOffState::Missing => Paint::Dim,
                SignOffState::Vetoed => Paint::Red,
            };
            let word = match signoff.state {
                SignOffState::Signed => "signed",
                SignOffState::Stale => "stale",
                SignOffState::Missing => "missing",
                SignOffState::Vetoed => "vetoed",
            };
            let mut line = format!("  {} {}: {word}", signoff_glyph(signoff.state), sig_word(sig));
            if !signoff.by.is_empty() {
                let _ = write!(line, " by {}", names(&signoff.by));
            }
            if signoff.pushes_since > 0 {
                let _ = write!(line, ", {} push(es) since", signoff.pushes_since);
            }
            let line = self.out.paint(paint, &line);
            self.line(&line);
        }
    }

    fn gate(&mut self, verdict: &Verdict) {
        self.section("Merge gate");
        if verdict.gate.blockers.is_empty() {
            self.line("  nothing blocks");
        } else {
            self.line(&format!("  {}", sanitize_line(&verdict.gate.blockers.join(", "))));
        }
        for need in &verdict.approval.needs {
            self.line(&format!("  {} needs one of {}", sanitize_line(&need.owners), names(&need.any_of)));
        }
        for it in verdict.approval.by.iter().filter(|it| !it.has_power) {
            self.line(&format!("  /approve of {} has no effect: not in OWNERS", one(&it.login)));
        }
        for warning in &verdict.gate.warnings {
            self.line(&format!("  ! {}", sanitize_line(warning)));
        }
    }

    fn objections(&mut self, verdict: &Verdict, local: Option<&Local>) {
        self.section("Holds and objections");
        for entry in &verdict.ledger {
            let by = entry.by.as_ref().map_or_else(|| "somebody".to_owned(), one);
            let what = match entry.what {
                LedgerKind::Hold => "hold",
                LedgerKind::Objection => "objection",
                LedgerKind::Veto => "veto",
            };
            let end = match (entry.lifted_at, &entry.lifted_by) {
                (None, _) => ", stands".to_owned(),
                (Some(at), None) => format!(", ended {}", time(at)),
                (Some(at), Some(by)) => format!(", ended {} by {}", time(at), one(by)),
            };
            let line = format!("  {what} by {by} at {}{end}", time(entry.at));
            let line = if entry.lifted_at.is_none() { self.out.paint(Paint::Red, &line) } else { line };
            self.line(&line);
            self.quote(&entry.reason);
        }
        for it in &verdict.possible_objections {
            let said = match local.and_then(|local| local.ruled(it)) {
                None => "possible objection by",
                Some(Ruled::Confirmed) => "you said: an objection by",
                Some(Ruled::Dropped) => "you said: no objection by",
            };
            self.line(&format!("  {said} {}: {}", one(&it.by), sanitize_line(&it.sentence)));
        }
        if verdict.ledger.is_empty() && verdict.possible_objections.is_empty() {
            self.line("  none, ever");
        }
    }

    fn findings(&mut self, pull: &PullFacts, verdict: &Verdict) {
        if !verdict.reasons.is_empty() {
            self.section("Reasons");
            for reason in &verdict.reasons {
                self.line(&format!("  {}", sanitize_line(&reason.message)));
                if let Some(event) = &reason.event {
                    let event = self.out.paint(Paint::Dim, &format!("    {}", sanitize_line(event)));
                    self.line(&event);
                }
            }
        }
        if !verdict.problems.is_empty() {
            self.section("Problems");
            for problem in &verdict.problems {
                self.line(&format!("  ⚠ {}", sanitize_line(&problem.message)));
            }
        }
        for part in &pull.truncated {
            self.line(&format!("  incomplete: {}: {}", sanitize_line(&part.part), sanitize_line(&part.why)));
        }
    }

    fn threads(&mut self, pull: &PullFacts) {
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

    fn talk(&mut self, pull: &PullFacts) {
        self.section("Timeline");
        let comments = pull.comments.iter().map(|it| (it.at, &it.author, "commented", &it.body));
        let reviews = pull.reviews.iter().map(|it| {
            let did = match it.state {
                ReviewState::Approved => "approved",
                ReviewState::ChangesRequested => "requested changes",
                ReviewState::Commented => "reviewed",
                ReviewState::Dismissed => "reviewed (dismissed)",
            };
            (it.at, &it.author, did, &it.body)
        });
        let mut all: Vec<_> = comments.chain(reviews).collect();
        all.sort_by_key(|(at, ..)| *at);
        for (at, author, did, body) in all {
            let by = author.as_ref().map_or_else(|| "a deleted account".to_owned(), |it| one(&it.login));
            self.line(&format!("  {} {by} {did}", time(at)));
            self.quote(body);
        }
    }
}

fn one(login: &Login) -> String {
    sanitize_line(login.as_str())
}

fn names(logins: &[Login]) -> String {
    logins.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn sig_word(sig: &SigName) -> String {
    sanitize_line(sig.as_str())
}

fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Draft => "draft",
        Rule::Fix => "to mend",
        Rule::Objection => "objection",
        Rule::Condition => "condition",
        Rule::Bots => "merging",
        Rule::Answer => "to answer",
        Rule::Review => "review",
        Rule::Lgtm => "lgtm",
        Rule::Approval => "approval",
        Rule::SignOff => "sign-off",
        Rule::Hold => "hold",
        Rule::Checks => "checks",
    }
}

//! Gate, clocks, release, readiness, problems and reasons.

use super::super::Paint;
use super::super::json::{state_word, time};
use super::super::table::{kind_word, owner, title};
use super::{Page, Subject, both, count, names, one};
use crate::domain::prow::gate::GateState;
use crate::domain::text::sanitize_line;
use crate::domain::verdict::{
    BotDoes, Checks, Convergence, Evidence, ReadyState, ReasonCode, Sla, Targets, Verdict, disagreements,
};

impl Page {
    pub(super) fn head(&mut self, subject: &Subject<'_>) {
        let (pull, verdict) = (subject.pull, subject.verdict);
        let top = format!("{} {}", pull.number, title(pull));
        self.item("", &top, Some(Paint::Bold));
        let author = pull.author.as_ref().map_or_else(|| "a deleted account".to_owned(), |it| one(&it.login));
        let mut facts = vec![
            owner(verdict),
            kind_word(verdict.kind).to_owned(),
            if pull.draft { "draft".to_owned() } else { state_word(pull.state).to_owned() },
            verdict.stage.title().to_owned(),
        ];
        facts.extend(verdict.vep.map(|vep| vep.to_string()));
        facts.extend(verdict.release.as_ref().map(|it| format!("for {}", sanitize_line(it.as_str()))));
        facts.extend(verdict.status.as_ref().map(|status| sanitize_line(status)));
        self.item("", &facts.join(" · "), None);
        let size = format!(
            "by {author}, head {}, +{} −{} in {}",
            sanitize_line(pull.head.short()),
            pull.additions,
            pull.deletions,
            count(pull.files.len(), "file", "files"),
        );
        self.item("", &size, None);
        if let Some(issue) = &verdict.tracking_issue {
            let name = issue.title.as_deref().map(sanitize_line).unwrap_or_default();
            self.item("", &format!("tracking issue #{} {name}", issue.number), None);
        }
        let url = sanitize_line(&pull.url);
        let url = self.out.paint(Paint::Dim, &url);
        self.line(&url);
    }

    pub(super) fn gate(&mut self, subject: &Subject<'_>) {
        let verdict = subject.verdict;
        self.section("Merge gate");
        match verdict.gate.state {
            GateState::InPool => self.item("  ", "open: Tide would merge it", Some(Paint::Green)),
            GateState::Merged => self.line("  merged"),
            GateState::Closed => self.line("  closed"),
            GateState::Blocked => {
                let blockers = sanitize_line(&verdict.gate.blockers.join(", "));
                self.item("  ", &format!("blocked: {blockers}"), None);
            }
        }
        let lgtm = match (verdict.lgtm.state, verdict.lgtm.by.as_slice()) {
            (true, []) => "the label is there; no text explains it".to_owned(),
            (true, by) => format!("the label is there, by {}", names(by)),
            (false, _) => "no label".to_owned(),
        };
        self.pair("lgtm", 8, &lgtm, None);
        let with_power: Vec<_> = verdict.approval.by.iter().filter(|by| by.has_power).collect();
        let by: Vec<String> = with_power.iter().map(|by| format!("{} ({})", one(&by.login), time(by.at))).collect();
        let approval = match (verdict.approval.approved, by.is_empty()) {
            (true, true) => "the label is there; no text explains it".to_owned(),
            (true, false) => format!("approved by {}", by.join(", ")),
            (false, true) => "not approved".to_owned(),
            (false, false) => format!("not approved yet; so far by {}", by.join(", ")),
        };
        self.pair("approval", 8, &approval, None);
        for by in &with_power {
            self.rests_on_link(12, by.event.as_ref());
        }
        for need in &verdict.approval.needs {
            let text = format!("{} needs one of {}", sanitize_line(&need.owners), names(&need.any_of));
            self.item("            ", &text, None);
        }
        if !verdict.approval.suggested.is_empty() && !verdict.approval.approved {
            let text = format!("Prow would ask {}", names(&verdict.approval.suggested));
            self.item("            ", &text, Some(Paint::Dim));
        }
        for it in verdict.approval.by.iter().filter(|it| !it.has_power) {
            let text = format!("/approve of {} has no effect: OWNERS give no power here", one(&it.login));
            self.item("            ", &text, Some(Paint::Yellow));
            self.rests_on_link(12, it.event.as_ref());
        }
        let checks = match verdict.checks {
            Checks::Success => "pass",
            Checks::Pending => "run",
            Checks::Failure => "fail",
            Checks::None => "none posted",
        };
        self.pair("checks", 8, checks, None);
        for warning in &verdict.gate.warnings {
            self.item("  ! ", &sanitize_line(warning), Some(Paint::Yellow));
        }
        if let Some(note) = &verdict.approval.disagreement {
            self.item("  note: ", &sanitize_line(note), Some(Paint::Yellow));
        }
    }

    pub(super) fn clocks(&mut self, subject: &Subject<'_>) {
        let (verdict, clocks) = (subject.verdict, &subject.verdict.clocks);
        let basis = |name: &str| -> Option<&Evidence> {
            subject.explanation.clocks.iter().find(|basis| basis.clock == name).map(|basis| &basis.event)
        };
        self.section("Clocks");
        let mut rows: Vec<(&str, &str, String)> = vec![
            ("age", "age", both(clocks.age_days, clocks.working.age)),
            ("idle", "idle", both(clocks.idle_days, clocks.working.idle)),
        ];
        if !verdict.waiting_on.is_empty() {
            rows.push(("turn", "turn", both(clocks.turn_days, clocks.working.turn)));
        }
        if let (Some(lag), Some(working)) = (clocks.review_lag_days, clocks.working.review_lag) {
            let sla = subject.profile.numbers.review_sla_days;
            let state = match clocks.review_sla {
                Some(Sla::Over) => "over",
                Some(Sla::Near) => "near the end of",
                Some(Sla::Within) | None => "within",
            };
            rows.push(("review-lag", "review lag", format!("{}, {state} the SLA of {sla} d", both(lag, working))));
        }
        for (code, name, text) in rows {
            self.pair(name, 10, &text, None);
            if let Some(event) = basis(code) {
                self.rests_on(14, event);
            }
        }
        if clocks.review_lag_days.is_none() && !verdict.converged {
            self.pair("review lag", 10, "none: no review is owed, or a reviewer has spoken since", Some(Paint::Dim));
        }
        let rounds = count(clocks.rounds, "hand-over by the author", "hand-overs by the author");
        self.pair("rounds", 10, &rounds, None);
        if let (Some(next), Some(closes)) = (clocks.bot_next, clocks.bot_closes_at) {
            let does = match next.does {
                BotDoes::Stale => "mark it stale",
                BotDoes::Rotten => "mark it rotten",
                BotDoes::Close => "close it",
            };
            let then = if next.does == BotDoes::Close { String::new() } else { format!(", close it {}", time(closes)) };
            let text = format!("would {does} {}{then}, if nobody touched it", time(next.at));
            self.pair("robots", 10, &text, None);
        }
        if verdict.converged {
            return;
        }
        let heading = match verdict.convergence {
            Convergence::Converging => "converging",
            Convergence::Flat => "flat: neither gains nor losses in the window",
            Convergence::Diverging => "diverging",
            Convergence::Stalled => "stalled: nothing human for too long, or the same turn for too long",
        };
        self.pair("heading", 10, heading, None);
        for (word, list) in [("gained", &subject.explanation.gains), ("lost", &subject.explanation.losses)] {
            if !list.is_empty() {
                self.item("              ", &format!("{word}: {}", sanitize_line(&list.join("; "))), Some(Paint::Dim));
            }
        }
        let why = |code: ReasonCode| verdict.reasons.iter().find(|reason| reason.code == code);
        let converged = why(ReasonCode::NotConverged).map_or_else(
            || "not due yet: no freeze is near, and the first review is not long ago".to_owned(),
            |reason| format!("should have: {}", sanitize_line(&reason.message)),
        );
        self.pair("converged", 10, &converged, None);
        if let Some(reason) = why(ReasonCode::StalledConflict) {
            self.pair("conflict", 10, &sanitize_line(&reason.message), Some(Paint::Red));
        }
    }

    pub(super) fn release(&mut self, verdict: &Verdict) {
        self.section("Release");
        match (&verdict.release, &verdict.freeze) {
            (None, _) => self.line("  none is named"),
            (Some(release), None) => {
                let text = format!("{}; no schedule names its freeze yet", sanitize_line(release.as_str()));
                self.item("  ", &text, None);
            }
            (Some(release), Some(freeze)) => {
                let when = match freeze.days {
                    0 => "today".to_owned(),
                    1.. => format!("in {} d", freeze.days),
                    _ => format!("{} d ago", -freeze.days),
                };
                let text = format!(
                    "{}; {} on {} ({when})",
                    sanitize_line(release.as_str()),
                    sanitize_line(&freeze.what),
                    freeze.at
                );
                self.item("  ", &text, None);
            }
        }
        for source in &verdict.release_sources {
            let counts = verdict.release.as_ref().is_some_and(|release| source.says(release));
            let mark = if counts { "✓" } else { "∙" };
            let mut said = stages(&source.targets);
            said.extend(source.others.iter().map(|(stage, target)| format!("{stage} {target}")));
            let place = sanitize_line(&source.place);
            let text = sanitize_line(&format!("{} ({place}): {}", source.source.word(), said.join(", ")));
            self.item(&format!("  {mark} "), &text, Some(Paint::Dim));
        }
        for found in disagreements(&verdict.release_sources) {
            let said: Vec<String> =
                found.said.iter().map(|(who, release)| format!("{} says {release}", who.word())).collect();
            let text = format!("they disagree on {}: {}", found.stage, sanitize_line(&said.join(", ")));
            self.item("  ! ", &text, Some(Paint::Yellow));
        }
    }

    pub(super) fn readiness(&mut self, verdict: &Verdict) {
        let list = verdict.readiness();
        if list.is_empty() {
            return;
        }
        let release = verdict.release.as_ref().map_or_else(|| "a release".to_owned(), ToString::to_string);
        self.section(&format!("Ready for {}", sanitize_line(&release)));
        if let Some(risk) = verdict.reasons.iter().find(|reason| reason.code == ReasonCode::AtRisk) {
            self.item("  at risk: ", &sanitize_line(&risk.message), Some(Paint::Red));
        }
        for line in &list {
            let (mark, paint) = match line.state {
                ReadyState::Done => ("✓", Paint::Green),
                ReadyState::Missing => ("∙", Paint::Yellow),
                ReadyState::Unknown => ("?", Paint::Dim),
            };
            self.pair(&format!("{mark} {}", line.what.word()), 16, &sanitize_line(&line.why), Some(paint));
            self.rests_on_link(20, line.event.as_ref());
        }
    }

    pub(super) fn problems(&mut self, subject: &Subject<'_>) {
        let verdict = subject.verdict;
        if verdict.problems.is_empty() {
            return;
        }
        self.section("Problems");
        for problem in &verdict.problems {
            self.item("  ⚠ ", &format!("{}: {}", problem.code.word(), sanitize_line(&problem.message)), None);
            self.item("    ", &sanitize_line(&problem.fix), Some(Paint::Dim));
            self.rests_on_link(4, problem.event.as_ref());
        }
        let hint = format!("vepherd comment {} --ask CODE (or all) writes the comment that asks", verdict.number.0);
        self.item("  ", &hint, Some(Paint::Dim));
    }

    pub(super) fn reasons(&mut self, subject: &Subject<'_>) {
        let (pull, verdict) = (subject.pull, subject.verdict);
        if !verdict.reasons.is_empty() {
            self.section("Why to look at it");
            for reason in &verdict.reasons {
                self.item("  · ", &sanitize_line(&reason.message), None);
                self.rests_on_link(4, reason.event.as_ref());
            }
        }
        for part in &pull.truncated {
            let text = format!("incomplete: {}: {}", sanitize_line(&part.part), sanitize_line(&part.why));
            self.item("  ", &text, Some(Paint::Yellow));
        }
    }
}

fn stages(targets: &Targets) -> Vec<String> {
    let named = targets.stages().into_iter().filter_map(|(stage, target)| Some((stage, target?)));
    named.map(|(stage, target)| format!("{stage} {target}")).collect()
}

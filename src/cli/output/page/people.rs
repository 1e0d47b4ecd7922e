//! Whose turn it is and who stands where: the turn with its rules, the shepherd, sign-offs, positions, objections.

use super::super::Paint;
use super::super::json::time;
use super::super::table::{signoff_glyph, sla_mark, turn};
use super::{Page, Subject, both, count, names, one};
use crate::domain::ids::Sha;
use crate::domain::marks::{Local, Ruled};
use crate::domain::text::{sanitize_line, width};
use crate::domain::verdict::{LedgerKind, Position, Rule, SignOffState, Stand, Verdict};

impl Page {
    pub(super) fn turn(&mut self, subject: &Subject<'_>) {
        let (verdict, explanation) = (subject.verdict, subject.explanation);
        self.section("Whose turn");
        if verdict.waiting_on.is_empty() {
            self.line(if verdict.converged { "  nobody's: it has converged" } else { "  nobody is waited for" });
        }
        for (index, waiting) in verdict.waiting_on.iter().enumerate() {
            let since = time(waiting.since);
            let who = format!("{} ({}), since {since}", turn(waiting), rule(waiting.rule));
            if index == 0 {
                let days = both(verdict.clocks.turn_days, verdict.clocks.working.turn);
                let late = sla_mark(verdict.sla()).trim_end().to_owned();
                self.item("⇢ ", &format!("{who}, for {days}{late}"), Some(Paint::Cyan));
            } else {
                self.item("  ", &who, None);
            }
            self.item("    ", &sanitize_line(&waiting.why), None);
            let repeats =
                verdict.waiting_on.get(index.wrapping_sub(1)).is_some_and(|other| other.event == waiting.event);
            if !repeats {
                self.rests_on_link(4, waiting.event.as_ref());
            }
        }
        let silent: Vec<_> = explanation.rules.iter().filter(|answer| !answer.applies).collect();
        if silent.is_empty() {
            return;
        }
        self.section("Rules that name nobody, and why");
        for answer in silent {
            self.pair(rule(answer.rule), 9, &sanitize_line(&answer.why), Some(Paint::Dim));
            if let Some(event) = &answer.event {
                self.rests_on(13, event);
            }
        }
    }

    pub(super) fn shepherd(&mut self, subject: &Subject<'_>) {
        let verdict = subject.verdict;
        self.section("Shepherd");
        for it in &verdict.shepherds {
            self.item("  ", &format!("{} ({})", one(&it.login), it.how.word()), None);
            self.rests_on_link(4, it.event.as_ref());
        }
        if verdict.shepherds.is_empty() {
            let (text, paint) = if verdict.converged { ("none", Paint::Dim) } else { ("nobody", Paint::Yellow) };
            self.item("  ", text, Some(paint));
        }
        for step in &subject.explanation.shepherding {
            let mark = if step.found { "✓ " } else { "∙ " };
            self.pair(&format!("{mark}{}", step.how.word()), 14, &sanitize_line(&step.why), Some(Paint::Dim));
        }
    }

    pub(super) fn signoffs(&mut self, verdict: &Verdict) {
        self.section("Sign-offs");
        if verdict.signoffs.is_empty() {
            self.line("  none is asked of a process pull request");
        }
        let column = verdict.signoffs.iter().map(|(sig, _)| width(&sanitize_line(sig.as_str())) + 2).max().unwrap_or(0);
        for (sig, signoff) in &verdict.signoffs {
            let (paint, word) = match signoff.state {
                SignOffState::Signed => (Paint::Green, "signed"),
                SignOffState::Stale => (Paint::Yellow, "stale"),
                SignOffState::Missing => (Paint::Dim, "missing"),
                SignOffState::Vetoed => (Paint::Red, "vetoed"),
            };
            let mut text = word.to_owned();
            if !signoff.by.is_empty() {
                text.push_str(&format!(" by {}", names(&signoff.by)));
            }
            if let Some(at) = signoff.at {
                text.push_str(&format!(", {}", time(at)));
            }
            text.push_str(&at_head(signoff.head.as_ref()));
            if signoff.pushes_since > 0 {
                text.push_str(&format!(", {} since", count(signoff.pushes_since, "push", "pushes")));
            }
            let owning = if verdict.owning_sigs.contains(sig) { "*" } else { "" };
            let name = format!("{} {}{owning}", signoff_glyph(signoff.state), sanitize_line(sig.as_str()));
            self.pair(&name, column + 1, &text, Some(paint));
        }
        if !verdict.owning_sigs.is_empty() && !verdict.signoffs.is_empty() {
            self.item(
                "  ",
                "* owns it; a sign-off is an lgtm or approve of a representative, on this head",
                Some(Paint::Dim),
            );
        }
    }

    /// Where everybody stands, and what they said on the way there.
    pub(super) fn positions(&mut self, subject: &Subject<'_>) {
        let positions = &subject.explanation.positions;
        self.section("Positions");
        if positions.is_empty() {
            self.line("  nobody with a say has spoken, and nobody else agreed or objected");
        }
        let column = positions.iter().map(|it| width(&one(&it.login))).max().unwrap_or(0).min(20);
        for it in positions {
            let (word, paint) = stand(it);
            let since = if it.pushes_since > 0 && matches!(it.stands, Stand::AgreedBefore) {
                format!(", {} since", count(it.pushes_since, "push", "pushes"))
            } else {
                String::new()
            };
            let text = format!("{}{word}, {}{}{since}", say(it), time(it.at), at_head(it.head.as_ref()));
            self.pair(&one(&it.login), column, &text, paint);
            self.rests_on_link(column + 4, it.event.as_ref());
            if it.history.len() > 1 {
                let past: Vec<String> = it
                    .history
                    .iter()
                    .map(|spoken| {
                        let what: Vec<&str> = spoken.what.iter().map(|one| one.word()).collect();
                        let day = time(spoken.at);
                        format!("{} {}", day.get(..10).unwrap_or(&day), what.join(" + "))
                    })
                    .collect();
                self.item(&" ".repeat(column + 4), &format!("said: {}", past.join("; ")), Some(Paint::Dim));
            }
        }
    }

    pub(super) fn objections(&mut self, verdict: &Verdict, local: Option<&Local>) {
        self.section("Holds, objections and vetoes, ever raised");
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
            let until = match entry.conditions.as_slice() {
                [] => String::new(),
                conditions => format!(", names a condition: {}", sanitize_line(&conditions.join(", "))),
            };
            let paint = entry.lifted_at.is_none().then_some(Paint::Red);
            self.item("  ", &format!("{what} by {by}, {}{end}{until}", time(entry.at)), paint);
            self.rests_on_link(4, entry.event.as_ref());
            self.quote(&entry.reason);
        }
        let sides: Vec<String> = verdict.vetoes.iter().filter(|veto| veto.opposed).map(|it| one(&it.by)).collect();
        if !sides.is_empty() {
            let text = format!("opposed: others with a say agree with what {} stands against", sides.join(", "));
            self.item("  ", &text, Some(Paint::Yellow));
        }
        for it in &verdict.possible_objections {
            let said = match local.and_then(|local| local.ruled(it)) {
                None => "possible objection by",
                Some(Ruled::Confirmed) => "you said: an objection by",
                Some(Ruled::Dropped) => "you said: no objection by",
            };
            let text = format!("{said} {}: {}", one(&it.by), sanitize_line(&it.sentence));
            self.item("  ", &text, None);
            self.rests_on_link(4, it.event.as_ref());
        }
        if verdict.ledger.is_empty() && verdict.possible_objections.is_empty() {
            self.line("  none, ever");
        }
    }
}

fn at_head(head: Option<&Sha>) -> String {
    head.map_or_else(String::new, |head| format!(" on {}", sanitize_line(head.short())))
}

/// `(SIG storage, merge authority) `: what gives them a say.
fn say(it: &Position) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !it.sigs.is_empty() {
        let sigs: Vec<String> = it.sigs.iter().map(|sig| sanitize_line(sig.as_str())).collect();
        parts.push(format!("SIG {}", sigs.join(", ")));
    }
    if it.merge_authority {
        parts.push("merge authority".to_owned());
    }
    if it.author {
        parts.push("author".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!("({}) ", parts.join("; ")) }
}

fn stand(it: &Position) -> (&'static str, Option<Paint>) {
    match it.stands {
        Stand::Agrees => ("agrees on this head", Some(Paint::Green)),
        Stand::AgreedBefore => ("agreed before", Some(Paint::Yellow)),
        Stand::Against => ("stands against it", Some(Paint::Red)),
        Stand::PerhapsAgainst => ("perhaps stands against it", Some(Paint::Yellow)),
        Stand::TookBack => ("took it back", None),
        Stand::Remarked => ("spoke, without agreeing or objecting", None),
    }
}

/// What a rule of the turn is called.
pub(super) fn rule(rule: Rule) -> &'static str {
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

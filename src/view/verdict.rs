//! The verdict on a proposal, every part with its reasons: whose turn, sign-offs, merge gate, holds and objections,
//! problems. What is not there takes one quiet line.

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::card;
use super::conflicts::via;
use super::local::{self, ruling};
use super::pen::{self, span};
use super::styles::Styles;
use super::words;
use super::wrap::{Piece, wrap};
use crate::domain::marks::Local;
use crate::domain::prow::gate::GateState;
use crate::domain::text::sanitize_line;
use crate::domain::verdict::{
    Checks, Convergence, LedgerEntry, LedgerKind, MyTurn, ReadyItem, ReadyState, ReasonCode, Rule, SignOffState, Sla,
    Verdict, Waiting,
};

/// The lines of a verdict. `ask` is the key that asks for problems to be mended.
pub(super) fn lines(
    verdict: &Verdict,
    local: Option<&Local>,
    ask: Option<&str>,
    now: Timestamp,
    width: usize,
    styles: &Styles,
) -> Vec<Line<'static>> {
    let mut text = Text { lines: Vec::new(), width: width.max(8), styles };
    turn(verdict, now, &mut text);
    yours(local, now, &mut text);
    sign_offs(verdict, now, &mut text);
    gate(verdict, &mut text);
    readiness(verdict, &mut text);
    objections(verdict, local, now, &mut text);
    problems(verdict, ask, &mut text);
    reasons(verdict, &mut text);
    after_that(verdict, &mut text);
    text.lines
}

struct Text<'a> {
    lines: Vec<Line<'static>>,
    width: usize,
    styles: &'a Styles,
}

impl Text<'_> {
    fn section(&mut self, title: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.push(pen::titled_rule(title, self.width, self.styles));
    }

    /// A glyph and wrapped words beside it.
    fn item(&mut self, glyph: &str, style: Style, words: Vec<Span<'static>>) {
        let before = format!("{glyph} ");
        let indent = Span::raw(before.as_str()).width();
        let whole = Line::from(words.clone());
        if whole.width() + indent <= self.width {
            // Kept as it is, with the blanks that align it.
            let mut spans = vec![span(before, style)];
            spans.extend(whole.spans);
            return self.lines.push(Line::from(spans));
        }
        let pieces: Vec<Piece> = words.into_iter().map(|span| Piece::new(span.content, span.style)).collect();
        for (index, line) in wrap(&pieces, self.width.saturating_sub(indent).max(4)).into_iter().enumerate() {
            let lead = if index == 0 { span(before.clone(), style) } else { Span::raw(" ".repeat(indent)) };
            let mut spans = vec![lead];
            spans.extend(line.spans);
            self.lines.push(Line::from(spans));
        }
    }

    fn quiet(&mut self, words: impl Into<String>) {
        let dim = self.styles.dim;
        self.item(" ", dim, vec![span(words, dim)]);
    }
}

fn turn(verdict: &Verdict, now: Timestamp, text: &mut Text<'_>) {
    let styles = text.styles;
    text.section("Whose turn");
    let Some((first, rest)) = verdict.waiting_on.split_first() else {
        text.quiet(match verdict.gate.state {
            GateState::Merged => "nobody's: merged",
            GateState::Closed => "nobody's: closed",
            GateState::Blocked | GateState::InPool => "nobody is waited for",
        });
        return;
    };
    let style = match verdict.urgency.my_turn {
        MyTurn::Me | MyTurn::MySig => styles.selected,
        MyTurn::No => styles.strong,
    };
    let same: Vec<&Waiting> =
        rest.iter().take_while(|entry| entry.rule == first.rule && entry.who == first.who).collect();
    let mut names = vec![card::waiting_name(first)];
    names.extend(same.iter().map(|entry| card::waiting_name(entry)));
    let (mark, clock) = card::sla(verdict.sla(), styles);
    let mark = if mark.is_empty() { String::new() } else { format!(" {mark}") };
    let lasted = match days_since(now, first.since) {
        days if days * 24.0 < 1.0 => ", since just now".to_owned(),
        days => format!(", for {}", words::days(days)),
    };
    text.item(styles.glyphs.turn, style, vec![span(names.join(", "), style), span(lasted, clock), span(mark, clock)]);
    text.quiet(sanitize_line(&first.why));
    let (also, later) = upcoming(verdict, same.len());
    if !also.is_empty() {
        text.item(" ", styles.dim, vec![span("also: ", styles.faint), span(also.join(", "), styles.text)]);
    }
    if !later.is_empty() {
        let words = later.join(&format!(" {} ", styles.glyphs.dot));
        text.item(" ", styles.dim, vec![span("then: ", styles.faint), span(words, styles.dim)]);
    }
    if verdict.shepherds.is_empty() {
        // It is pressing only after the SLA (`process.md` §3, "Stage").
        let nobody = if verdict.clocks.shepherd_sla == Some(Sla::Over) { styles.warn } else { styles.text };
        text.item(" ", styles.dim, vec![span("shepherd: ", styles.dim), span("nobody", nobody)]);
    } else {
        let mut names = vec![span("shepherd: ", styles.dim)];
        for (index, shepherd) in verdict.shepherds.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            names.push(span(format!("{comma}{}", sanitize_line(shepherd.login.as_str())), styles.text));
            names.push(span(format!(" {}", shepherd.how.word()), styles.dim));
        }
        text.item(" ", styles.dim, names);
    }
    let course = match verdict.convergence {
        Convergence::Converging => ("converging", styles.good),
        Convergence::Flat => ("no movement in two weeks", styles.dim),
        Convergence::Diverging => ("diverging", styles.warn),
        Convergence::Stalled => ("stalled", styles.warn),
    };
    if !verdict.converged {
        text.item(
            " ",
            styles.dim,
            vec![
                span(course.0, course.1),
                span(
                    format!(
                        ", {}, idle {}",
                        words::count(verdict.clocks.rounds, "round", "rounds"),
                        words::days(verdict.clocks.idle_days)
                    ),
                    styles.dim,
                ),
            ],
        );
    }
}

/// What the viewer said about it; nothing where they said nothing.
fn yours(local: Option<&Local>, now: Timestamp, text: &mut Text<'_>) {
    let items = local.map(|local| local::items(local, now, text.styles)).unwrap_or_default();
    if items.is_empty() {
        return;
    }
    text.section("Yours alone");
    for (glyph, style, words) in items {
        text.item(glyph, style, words);
    }
}

/// Who else is asked by the turn's own rule, and what comes after it: a phrase for each rule, without what the turn
/// says already. The reasons stand at the end, in [`after_that`].
fn upcoming(verdict: &Verdict, same: usize) -> (Vec<String>, Vec<String>) {
    let Some((first, rest)) = verdict.waiting_on.split_first() else { return Default::default() };
    let (mut also, mut later): (Vec<String>, Vec<(Rule, Vec<String>)>) = Default::default();
    for entry in rest.iter().skip(same) {
        let name = card::waiting_name(entry);
        if entry.rule == first.rule {
            if !also.contains(&name) {
                also.push(name);
            }
            continue;
        }
        match later.iter_mut().find(|(rule, _)| *rule == entry.rule) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => later.push((entry.rule, vec![name])),
        }
    }
    let turn = card::waiting_name(first);
    let later = later.into_iter().filter_map(|(of, names)| phrase(of, names, &turn)).collect();
    (also, later)
}

/// `approval (noor or tamsin)`, `sign-off compute, network`; a bare word where the turn is theirs already, and nothing
/// for the sign-off of the SIG whose turn it is.
fn phrase(of: Rule, mut names: Vec<String>, turn: &str) -> Option<String> {
    const MOST: usize = 4;
    let word = rule(of);
    if of == Rule::SignOff {
        names.retain(|name| name != turn);
        let sigs: Vec<&str> = names.iter().map(|name| name.strip_prefix("SIG ").unwrap_or(name)).collect();
        return (!sigs.is_empty()).then(|| format!("{word} {}", sigs.join(", ")));
    }
    if names.iter().all(|name| name == turn) {
        return Some(word.to_owned());
    }
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    let people = match names.as_slice() {
        all if more > 0 => format!("{} or {more} more", all.join(", ")),
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        all => all.join(", "),
    };
    Some(format!("{word} ({people})"))
}

/// Why those who come later are waited for, one reason for all of whom a rule says the same. The reason of the turn
/// stands at the top.
fn after_that(verdict: &Verdict, text: &mut Text<'_>) {
    let styles = text.styles;
    let Some((first, rest)) = verdict.waiting_on.split_first() else { return };
    let alike = |a: &Waiting, b: &Waiting| {
        a.rule == b.rule && (a.why == b.why || a.why.replace(&a.name, "") == b.why.replace(&b.name, ""))
    };
    let mut said: Vec<(&Waiting, Vec<String>)> = Vec::new();
    for entry in rest.iter().filter(|entry| entry.why != first.why) {
        match said.iter_mut().find(|(other, _)| alike(other, entry)) {
            Some((_, names)) => names.push(card::waiting_name(entry)),
            None => said.push((entry, Vec::new())),
        }
    }
    if said.is_empty() {
        return;
    }
    text.section("What comes next, and why");
    for (entry, others) in said {
        let mut words = vec![
            span(format!("{}: ", rule(entry.rule)), styles.text),
            span(format!("{}, {}", card::waiting_name(entry), sanitize_line(&entry.why)), styles.dim),
        ];
        if !others.is_empty() {
            words.push(span(format!("; likewise {}", others.join(", ")), styles.dim));
        }
        text.item(styles.glyphs.dot, styles.faint, words);
    }
}

fn sign_offs(verdict: &Verdict, now: Timestamp, text: &mut Text<'_>) {
    let styles = text.styles;
    text.section("Sign-offs");
    if verdict.signoffs.is_empty() {
        text.quiet("none asked of a process pull request");
    }
    for (sig, signoff) in &verdict.signoffs {
        let owning = if verdict.owning_sigs.contains(sig) { "*" } else { "" };
        let name = format!("{}{owning}", sanitize_line(sig.as_str()));
        let (glyph, style) = card::sign_off_glyph(signoff.state, styles);
        let by: Vec<String> = signoff.by.iter().map(|by| sanitize_line(by.as_str())).collect();
        let by = by.join(", ");
        let when = signoff.at.map_or(String::new(), |at| format!(", {}", words::day(now, at)));
        let said = match signoff.state {
            SignOffState::Signed => vec![span(by, styles.text), span(when, styles.dim)],
            SignOffState::Stale => {
                let pushes = words::count(signoff.pushes_since, "push", "pushes");
                vec![span(by, styles.text), span(format!("{when}, {pushes} since"), styles.warn)]
            }
            SignOffState::Missing => vec![span("missing", styles.dim)],
            SignOffState::Vetoed => vec![span("vetoed by ", styles.bad), span(by, styles.bad)],
        };
        let mut words = vec![span(format!("{name:<14} "), styles.text)];
        words.extend(said);
        text.item(glyph, style, words);
    }
}

fn gate(verdict: &Verdict, text: &mut Text<'_>) {
    let styles = text.styles;
    text.section("Merge gate");
    match verdict.gate.state {
        GateState::Merged => text.item(styles.glyphs.signed, styles.good, vec![span("merged", styles.good)]),
        GateState::Closed => text.quiet("closed"),
        GateState::InPool => {
            text.item(styles.glyphs.signed, styles.good, vec![span("open: Tide would merge it", styles.good)]);
        }
        GateState::Blocked => {
            let between = format!(" {} ", styles.glyphs.dot);
            let blockers: Vec<String> = verdict.gate.blockers.iter().map(|name| sanitize_line(name)).collect();
            text.item(styles.glyphs.missing, styles.warn, vec![span(blockers.join(&between), styles.text)]);
        }
    }
    let names = |logins: Vec<&str>| sanitize_line(&logins.join(", "));
    if verdict.lgtm.state {
        let by = names(verdict.lgtm.by.iter().map(|by| by.as_str()).collect());
        text.item(styles.glyphs.signed, styles.good, vec![span("lgtm ", styles.text), span(by, styles.dim)]);
    }
    if verdict.approval.approved {
        let by = names(verdict.approval.by.iter().filter(|by| by.has_power).map(|by| by.login.as_str()).collect());
        text.item(styles.glyphs.signed, styles.good, vec![span("approved ", styles.text), span(by, styles.dim)]);
    }
    for by in verdict.approval.by.iter().filter(|by| !by.has_power) {
        let words = format!("/approve of {}: no effect here, not in OWNERS", sanitize_line(by.login.as_str()));
        text.item(styles.glyphs.problem, styles.warn, vec![span(words, styles.dim)]);
    }
    if !verdict.approval.approved && !verdict.converged {
        for need in verdict.approval.needs.iter().take(4) {
            let some: Vec<&str> = need.any_of.iter().take(4).map(|login| login.as_str()).collect();
            let more = need.any_of.len().saturating_sub(4);
            let more = if more > 0 { format!(" or {more} others") } else { String::new() };
            text.quiet(format!("{} needs one of {}{more}", sanitize_line(&need.owners), names(some)));
        }
        if !verdict.approval.suggested.is_empty() {
            let by = names(verdict.approval.suggested.iter().map(|by| by.as_str()).collect());
            text.quiet(format!("Prow would ask {by}"));
        }
    }
    match verdict.checks {
        Checks::Success => text.item(styles.glyphs.signed, styles.good, vec![span("checks pass", styles.dim)]),
        Checks::Pending => text.item(styles.glyphs.clock, styles.dim, vec![span("checks run", styles.dim)]),
        Checks::Failure => text.item(styles.glyphs.vetoed, styles.bad, vec![span("checks fail", styles.bad)]),
        Checks::None => text.quiet("no checks"),
    }
    for warning in &verdict.gate.warnings {
        // `code: sentence`: the code is for scripts.
        let words = warning.split_once(": ").map_or(warning.as_str(), |(_, sentence)| sentence);
        text.item(styles.glyphs.problem, styles.warn, vec![span(sanitize_line(words), styles.dim)]);
    }
    if let Some(words) = &verdict.approval.disagreement {
        text.item(styles.glyphs.problem, styles.warn, vec![span(sanitize_line(words), styles.dim)]);
    }
}

/// The list that a proposal ticks off on its way into a release: what is there in one line, the rest line by line.
fn readiness(verdict: &Verdict, text: &mut Text<'_>) {
    let list = verdict.readiness();
    if list.is_empty() {
        return;
    }
    let styles = text.styles;
    let title = match &verdict.release {
        Some(release) => format!("Ready for {}", sanitize_line(release.as_str())),
        None => "Ready for a release".to_owned(),
    };
    text.section(&title);
    if let Some(risk) = verdict.reasons.iter().find(|reason| reason.code == ReasonCode::AtRisk) {
        let what = risk.message.split_once(';').map_or(risk.message.as_str(), |(what, _)| what);
        let words = vec![span("at risk: ", styles.warn), span(sanitize_line(what), styles.text)];
        text.item(styles.glyphs.problem, styles.warn, words);
    }
    let done: Vec<&str> =
        list.iter().filter(|line| line.state == ReadyState::Done).map(|line| line.what.word()).collect();
    if !done.is_empty() {
        text.item(styles.glyphs.signed, styles.good, vec![span(done.join(", "), styles.dim)]);
    }
    for line in list.iter().filter(|line| line.state != ReadyState::Done) {
        let (glyph, style) = match line.state {
            ReadyState::Unknown => (styles.glyphs.inferred, styles.special),
            ReadyState::Missing | ReadyState::Done => (styles.glyphs.missing, styles.warn),
        };
        let mut words = vec![span(line.what.word(), styles.text)];
        // Sign-offs, approval, holds and the gate have their own sections.
        if matches!(line.what, ReadyItem::Shepherd | ReadyItem::Target | ReadyItem::TrackingIssue) {
            words.push(span(format!(": {}", sanitize_line(&line.why)), styles.dim));
        }
        text.item(glyph, style, words);
    }
}

fn objections(verdict: &Verdict, local: Option<&Local>, now: Timestamp, text: &mut Text<'_>) {
    let styles = text.styles;
    text.section("Holds and objections");
    let all =
        verdict.vetoes.iter().map(|veto| (veto, true)).chain(verdict.objections.iter().map(|other| (other, false)));
    for (objection, is_veto) in all {
        let (glyph, style) =
            if is_veto { (styles.glyphs.vetoed, styles.bad) } else { (styles.glyphs.stale, styles.warn) };
        let sigs: Vec<String> = objection.sigs.iter().map(|sig| sanitize_line(sig.as_str())).collect();
        let sigs = if sigs.is_empty() { String::new() } else { format!(" ({})", sigs.join(", ")) };
        let opposed = if objection.opposed { ", opposed" } else { "" };
        text.item(
            glyph,
            style,
            vec![
                span(sanitize_line(objection.by.as_str()), style),
                span(
                    format!("{sigs}, {}, {}{opposed}: ", via(objection.via), words::day(now, objection.at)),
                    styles.dim,
                ),
                span(sanitize_line(&objection.reason), styles.text),
            ],
        );
    }
    if let Some(hold) = &verdict.hold {
        let by = hold.by.as_ref().map_or("somebody".to_owned(), |by| sanitize_line(by.as_str()));
        let (mark, style, word) = match hold.conditional_approval {
            true => ("?", styles.special, "approved, held"),
            false => ("", styles.warn, "hold"),
        };
        let reason =
            if hold.reason.trim().is_empty() { "no reason given".to_owned() } else { sanitize_line(&hold.reason) };
        text.item(
            &format!("{}{mark}", styles.glyphs.hold),
            style,
            vec![
                span(by, style),
                span(format!(", {word}, {}: ", words::day(now, hold.at)), styles.dim),
                span(reason, styles.text),
            ],
        );
        if !hold.waits_for.is_empty() {
            let names: Vec<&str> = hold.waits_for.iter().map(|login| login.as_str()).collect();
            text.quiet(format!("waits for {}", sanitize_line(&names.join(", "))));
        }
    }
    for possible in &verdict.possible_objections {
        let (glyph, style, word) = ruling(local, possible, styles);
        let quoted = if style == styles.faint { styles.faint } else { styles.text };
        text.item(
            glyph,
            style,
            vec![
                span(sanitize_line(possible.by.as_str()), style),
                span(format!(", {word}, {}: ", words::day(now, possible.at)), styles.dim),
                span(sanitize_line(&possible.sentence), quoted),
            ],
        );
    }
    let past: Vec<&LedgerEntry> = verdict.ledger.iter().filter(|entry| entry.lifted_at.is_some()).collect();
    for entry in &past {
        let by = entry.by.as_ref().map_or("somebody".to_owned(), |by| sanitize_line(by.as_str()));
        let what = match entry.what {
            LedgerKind::Hold => "held",
            LedgerKind::Objection => "objected",
            LedgerKind::Veto => "vetoed",
        };
        let lifted = entry.lifted_at.map_or(String::new(), |at| words::day(now, at));
        let lifter = match &entry.lifted_by {
            Some(lifter) if entry.by.as_ref() == Some(lifter) => String::new(),
            Some(lifter) => format!(" by {}", sanitize_line(lifter.as_str())),
            None => String::new(),
        };
        text.quiet(format!("{by} {what} {}, lifted {lifted}{lifter}", words::day(now, entry.at)));
    }
    if verdict.vetoes.is_empty()
        && verdict.objections.is_empty()
        && verdict.hold.is_none()
        && verdict.possible_objections.is_empty()
    {
        text.quiet(if past.is_empty() { "none, ever" } else { "none stands" });
    }
}

fn problems(verdict: &Verdict, ask: Option<&str>, text: &mut Text<'_>) {
    if verdict.problems.is_empty() {
        return;
    }
    let styles = text.styles;
    text.section("Problems");
    for problem in &verdict.problems {
        text.item(styles.glyphs.problem, styles.warn, vec![span(sanitize_line(&problem.message), styles.text)]);
    }
    if let Some(key) = ask {
        text.quiet(format!("{key}: ask for a fix"));
    }
}

fn reasons(verdict: &Verdict, text: &mut Text<'_>) {
    if verdict.reasons.is_empty() {
        return;
    }
    let styles = text.styles;
    text.section("Why you should look");
    for reason in &verdict.reasons {
        text.item(styles.glyphs.dot, styles.dim, vec![span(sanitize_line(&reason.message), styles.dim)]);
    }
}

/// What a rule of the turn waits for, in a word or two.
fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Draft => "ready for review",
        Rule::Fix => "repair",
        Rule::Objection => "objection",
        Rule::Condition => "condition",
        Rule::Bots => "merge",
        Rule::Answer => "answer",
        Rule::Review => "review",
        Rule::Lgtm => "lgtm",
        Rule::Approval => "approval",
        Rule::SignOff => "sign-off",
        Rule::Hold => "hold",
        Rule::Checks => "checks",
    }
}

fn days_since(now: Timestamp, since: Timestamp) -> f64 {
    let seconds = now.as_second().saturating_sub(since.as_second());
    // A turn's length fits a float many times over.
    f64::from(i32::try_from(seconds / 60).unwrap_or(i32::MAX)) / 1440.0
}

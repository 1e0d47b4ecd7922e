//! One proposal in one, three or five lines: the same fact always in the same place.
//!
//! ```text
//! ▌▲402 ＋ Offline incremental backup
//! ▌ storage  C∙ N∙ S∙          ◷ 11 d
//! ▌ ⇢ SIG storage        ≡3     v1.10
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::pen::{self, span};
use super::styles::Styles;
use super::words;
use super::wrap::wrap_text;
use crate::app::geometry::CardSize;
use crate::app::model::Model;
use crate::domain::facts::PullFacts;
use crate::domain::ids::{Login, SigName};
use crate::domain::marks::{Local, Quiet, Ruled};
use crate::domain::text::sanitize_line;
use crate::domain::verdict::{Kind, MyTurn, SignOff, SignOffState, Sla, Stage, Verdict, Waiting, Who};

/// A freeze this many days away colours the release: earlier, the line at the top says it for all.
const FREEZE_SOON: i64 = 7;

/// A card as it is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Card<'a> {
    /// What is derived.
    pub verdict: &'a Verdict,
    /// What GitHub said.
    pub pull: &'a PullFacts,
    /// The SIGs whose sign-off every proposal is asked for: one letter is enough for them.
    pub asked: &'a [SigName],
    /// The selection is here.
    pub selected: bool,
    /// What the viewer said about it.
    pub local: Option<&'a Local>,
    /// How the turn concerns them, with what they said.
    pub my_turn: MyTurn,
}

impl Card<'_> {
    /// Draws the card; rows below the area are left out.
    pub(super) fn draw(&self, area: Rect, size: CardSize, buf: &mut Buffer, styles: &Styles) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        if self.selected {
            for y in area.top()..area.bottom() {
                buf.set_string(area.x, y, styles.glyphs.bar, styles.selected);
            }
        }
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
        let mut rows = inner.rows();
        let mut next = || rows.next().unwrap_or_default();
        match size {
            CardSize::Line => {
                let mut right = self.incomplete("", styles);
                right.extend(clock(self.verdict, styles));
                pen::sides(buf, next(), self.first(styles), Line::from(right), styles);
            }
            CardSize::Card => {
                pen::line(buf, next(), self.first(styles), styles);
                self.second(next(), buf, styles);
                self.third(next(), buf, styles);
            }
            CardSize::Full => {
                let title = wrap_text(
                    &short_title(&self.pull.title),
                    self.title_style(styles),
                    1.max(usize::from(inner.width).saturating_sub(8)),
                );
                let mut title = title.into_iter();
                let mut head = self.number(styles);
                head.extend(title.next().unwrap_or_default().spans);
                pen::line(buf, next(), Line::from(head), styles);
                let mut rest = vec![span("        ", styles.text)];
                for (place, line) in title.enumerate() {
                    rest.extend((place > 0).then(|| span(" ", styles.text)));
                    rest.extend(line.spans);
                }
                pen::line(buf, next(), Line::from(rest), styles);
                self.second(next(), buf, styles);
                self.third(next(), buf, styles);
                let reason =
                    self.verdict.reasons.first().map_or(String::new(), |reason| sanitize_line(&reason.message));
                pen::line(buf, next(), Line::from(vec![span(" ", styles.dim), span(reason, styles.dim)]), styles);
            }
        }
    }

    fn title_style(&self, styles: &Styles) -> Style {
        match (self.selected, self.my_turn) {
            (true, _) => styles.selected,
            (false, MyTurn::Me | MyTurn::MySig) => styles.strong,
            (false, MyTurn::No) => styles.text,
        }
    }

    /// Fresh mark, number, kind.
    fn number(&self, styles: &Styles) -> Vec<Span<'static>> {
        let style = if self.selected { styles.selected } else { styles.dim };
        vec![
            mark_of(self.local, styles),
            span(format!("{:<4}", self.verdict.number.0), style),
            span(pad(kind_glyph(self.verdict.kind, styles), 3), styles.dim),
        ]
    }

    fn first(&self, styles: &Styles) -> Line<'static> {
        let mut spans = self.number(styles);
        spans.push(span(short_title(&self.pull.title), self.title_style(styles)));
        Line::from(spans)
    }

    /// SIG, sign-offs, clock. The marks keep their room, the SIG's name gives way.
    fn second(&self, row: Rect, buf: &mut Buffer, styles: &Styles) {
        let clock = Line::from(clock(self.verdict, styles));
        let marks = Line::from(sign_offs(&self.verdict.signoffs, self.asked, styles));
        let taken = clock.width() + marks.width() + 5;
        let owner = owner(self.verdict);
        let room = usize::from(row.width).saturating_sub(taken).max(4).min(owner.width());
        let mut left = vec![span(" ", styles.dim)];
        left.extend(pen::fit(Line::from(span(owner, styles.dim)), room, styles).spans);
        if !marks.spans.is_empty() {
            left.push(span("  ", styles.dim));
            left.extend(marks.spans);
        }
        pen::sides(buf, row, Line::from(left), clock, styles);
    }

    /// Whose turn, and what stops it. Where both do not fit, how the shepherd is known gives way, then the names.
    fn third(&self, row: Rect, buf: &mut Buffer, styles: &Styles) {
        let tail = self.tail(styles);
        let room = usize::from(row.width).saturating_sub(tail.width() + 2);
        let gap = span("  ", styles.dim);
        let mut left = Line::default();
        for (how, names) in [(true, true), (false, true), (false, false)] {
            let mut spans = vec![span(" ", styles.dim)];
            let turn = turn(self.verdict, self.local, self.my_turn, how, styles);
            spans.extend(pen::join(vec![turn, stops(self.verdict, self.local, names, styles)], &gap));
            left = Line::from(spans);
            if left.width() <= room {
                break;
            }
        }
        pen::sides(buf, row, left, tail, styles);
    }

    /// Something of it could not be read: what the card says may be wrong.
    fn incomplete(&self, word: &str, styles: &Styles) -> Vec<Span<'static>> {
        match self.pull.truncated.is_empty() {
            true => Vec::new(),
            false => vec![span(format!("{} {word}", styles.glyphs.problem), styles.warn)],
        }
    }

    fn tail(&self, styles: &Styles) -> Line<'static> {
        let mut parts = Vec::new();
        if !self.pull.truncated.is_empty() {
            parts.push(self.incomplete("incomplete", styles));
        }
        if self.verdict.threads.open > 0 {
            parts.push(vec![span(format!("{}{}", styles.glyphs.threads, self.verdict.threads.open), styles.dim)]);
        }
        if let Some(release) = &self.verdict.release {
            let soon = self.verdict.urgency.freeze_in_days.is_some_and(|days| days <= FREEZE_SOON);
            let style = if soon { styles.warn } else { styles.dim };
            parts.push(vec![span(sanitize_line(release.as_str()), style)]);
        }
        Line::from(pen::join(parts, &span("  ", styles.dim)))
    }
}

/// The glyph of a kind.
pub(super) fn kind_glyph(kind: Kind, styles: &Styles) -> &'static str {
    match kind {
        Kind::New => styles.glyphs.new,
        Kind::Update => styles.glyphs.update,
        Kind::Process => styles.glyphs.process,
    }
}

fn pad(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(text.width())))
}

/// The owning SIG, or what stands in its place.
pub(super) fn owner(verdict: &Verdict) -> String {
    match (&verdict.sig, verdict.kind, verdict.owning_sigs.as_slice()) {
        (Some(sig), _, _) => sanitize_line(sig.as_str()),
        (None, Kind::Process, _) => "process".to_owned(),
        (None, _, []) => "no SIG".to_owned(),
        (None, _, [_, _]) => {
            let names: Vec<&str> = verdict.owning_sigs.iter().map(SigName::as_str).collect();
            sanitize_line(&names.join("+"))
        }
        (None, _, several) => format!("{} SIGs", several.len()),
    }
}

/// `CP∙ C∙ N! S✓`: a mark for each SIG and how its sign-off stands.
fn sign_offs(signoffs: &[(SigName, SignOff)], asked: &[SigName], styles: &Styles) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (sig, signoff) in signoffs.iter().take(6) {
        if !spans.is_empty() {
            spans.push(span(" ", styles.dim));
        }
        let (glyph, style) = sign_off_glyph(signoff.state, styles);
        spans.push(span(short_mark(sig, signoffs.iter().map(|(sig, _)| sig), asked), styles.dim));
        spans.push(span(glyph, style));
    }
    if signoffs.len() > 6 {
        spans.push(span(styles.glyphs.ellipsis, styles.dim));
    }
    spans
}

/// A SIG in a letter or two: `C` for compute, `CP` for control-plane, `Sc` for scale. SIGs that every proposal is asked
/// for take one letter; others take their initials, or as many letters as tell them from all of these.
fn short_mark<'a>(sig: &SigName, beside: impl Iterator<Item = &'a SigName>, asked: &'a [SigName]) -> String {
    let name = sanitize_line(sig.as_str()).to_lowercase();
    let words: Vec<&str> = name.split(['-', ' ']).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 {
        return words.iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect();
    }
    let is_asked = asked.contains(sig);
    let others: Vec<String> = if is_asked { asked.iter().collect::<Vec<_>>() } else { beside.chain(asked).collect() }
        .into_iter()
        .filter(|other| *other != sig)
        .map(|other| sanitize_line(other.as_str()).to_lowercase())
        .collect();
    let length = name.chars().count();
    let least = if is_asked { 1 } else { 2 };
    let head = |most: usize| name.chars().take(most).collect::<String>();
    let most = (least..length).find(|most| !others.iter().any(|other| other.starts_with(&head(*most))));
    let mark = head(most.unwrap_or(length));
    let mut letters = mark.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// How a sign-off's state looks.
pub(super) fn sign_off_glyph(state: SignOffState, styles: &Styles) -> (&'static str, Style) {
    match state {
        SignOffState::Signed => (styles.glyphs.signed, styles.good),
        SignOffState::Stale => (styles.glyphs.stale, styles.warn),
        SignOffState::Missing => (styles.glyphs.missing, styles.faint),
        SignOffState::Vetoed => (styles.glyphs.vetoed, styles.bad),
    }
}

/// What stands beside a clock, and its tone.
pub(super) fn sla(sla: Sla, styles: &Styles) -> (&'static str, Style) {
    match sla {
        Sla::Within => ("", styles.dim),
        Sla::Near => ("~", styles.text),
        Sla::Over => ("!", styles.warn),
    }
}

/// How long the turn has lasted; warm and marked where that is too long.
pub(super) fn clock(verdict: &Verdict, styles: &Styles) -> Vec<Span<'static>> {
    if verdict.stage == Stage::Converged {
        return vec![span(words::days(verdict.clocks.idle_days), styles.dim)];
    }
    let (mark, style) = sla(verdict.sla(), styles);
    vec![span(format!("{}{mark} {}", styles.glyphs.clock, words::days(verdict.clocks.turn_days)), style)]
}

/// Whose turn it is.
fn turn(
    verdict: &Verdict,
    local: Option<&Local>,
    my_turn: MyTurn,
    with_how: bool,
    styles: &Styles,
) -> Vec<Span<'static>> {
    let Some(first) = verdict.waiting_on.first() else {
        return match verdict.stage {
            Stage::Converged => vec![span(ended(verdict), styles.good)],
            _ => Vec::new(),
        };
    };
    let style = match my_turn {
        MyTurn::Me | MyTurn::MySig => styles.accent,
        MyTurn::No => styles.dim,
    };
    if let Some(said) = local.and_then(|local| local.turn.as_ref()) {
        // The viewer's word stands first, as theirs; the thread's stays beside it.
        return vec![
            span(format!("{} ", styles.glyphs.turn), styles.special),
            span(format!("you said: {}", sanitize_line(&said.whose.words())), styles.special),
            span(format!(" ({})", waiting_name(first)), styles.faint),
        ];
    }
    let mut spans = vec![span(format!("{} ", styles.glyphs.turn), style), span(waiting_name(first), style)];
    let more = verdict.waiting_on.iter().skip(1).filter(|entry| entry.rule == first.rule && entry.who == first.who);
    let more = more.count();
    if more > 0 {
        spans.push(span(format!(" +{more}"), styles.dim));
    } else if let Some(how) = how(verdict, first).filter(|_| with_how) {
        spans.push(span(format!(" {how}"), styles.faint));
    }
    spans
}

fn ended(verdict: &Verdict) -> String {
    match verdict.gate.state {
        crate::domain::prow::gate::GateState::Merged => "merged",
        _ => "closed",
    }
    .to_owned()
}

fn how(verdict: &Verdict, entry: &Waiting) -> Option<&'static str> {
    let shepherd = verdict.shepherds.iter().find(|shepherd| shepherd.login.is(&entry.name))?;
    (entry.who == Who::Person).then(|| shepherd.how.word())
}

/// An entry's name as the screen says it.
pub(super) fn waiting_name(entry: &Waiting) -> String {
    match entry.who {
        Who::Sig => format!("SIG {}", sanitize_line(&entry.name)),
        Who::Person => sanitize_line(&entry.name),
        Who::Author => "author".to_owned(),
        Who::Automation => "automation".to_owned(),
    }
}

/// Vetoes and holds. A name that the turn says already is not said twice.
fn stops(verdict: &Verdict, local: Option<&Local>, with_names: bool, styles: &Styles) -> Vec<Span<'static>> {
    let turn = verdict.waiting_on.first().filter(|first| first.who == Who::Person);
    let name = |login: &Login| match with_names && !turn.is_some_and(|first| login.is(&first.name)) {
        true => format!(" {}", sanitize_line(login.as_str())),
        false => String::new(),
    };
    let mut parts = Vec::new();
    if let Some(veto) = verdict.vetoes.first() {
        let more = match verdict.vetoes.len() {
            0 | 1 => String::new(),
            n => format!(" +{}", n - 1),
        };
        let silent = if verdict.stalled_conflict { " silent" } else { "" };
        parts.push(vec![span(format!("{}{}{more}{silent}", styles.glyphs.vetoed, name(&veto.by)), styles.bad)]);
    }
    for ruling in local.iter().flat_map(|local| &local.rulings).filter(|ruling| ruling.ruled == Ruled::Confirmed) {
        parts.push(vec![span(format!("{}?{}", styles.glyphs.vetoed, name(&ruling.about.by)), styles.special)]);
    }
    if let Some(hold) = &verdict.hold {
        let by = hold.by.as_ref().map_or(String::new(), name);
        let (mark, style) = if hold.conditional_approval { ("?", styles.special) } else { ("", styles.warn) };
        parts.push(vec![span(format!("{}{mark}{by}", styles.glyphs.hold), style)]);
    }
    pen::join(parts, &span("  ", styles.dim))
}

/// A title without what people put before it: `VEP #123:`, `[WIP]`, `Draft:`. Cards and rows show number and stage
/// anyway, and have no room to say them twice; the status line and the page show the title as it is.
pub(super) fn short_title(title: &str) -> String {
    let clean = sanitize_line(title);
    let mut rest = clean.trim();
    while let Some(shorter) = without_draft(rest).or_else(|| without_vep(rest)).filter(|shorter| !shorter.is_empty()) {
        rest = shorter;
    }
    rest.to_owned()
}

/// What follows `[WIP]`, `WIP:`, `Draft -`.
fn without_draft(title: &str) -> Option<&str> {
    let bare = title.trim_start_matches(['[', '(']);
    let after = ["wip", "draft"].iter().find_map(|word| strip_word(bare, word))?;
    let rest = after.trim_start_matches([']', ')', ':', '-', ' ']);
    // `Draft policies` is no mark: something must set it off, save for `WIP`, which is no word.
    let set_off = bare.len() < title.len() || after.trim_start().starts_with([':', '-']);
    (set_off || strip_word(bare, "wip").is_some()).then_some(rest)
}

/// What follows `VEP #123:`, `VEP-123 -`, `[VEP 123]`, `VEP 123, 124:`. A title that only begins with its number
/// (`VEP 5 in detail`) stays whole.
fn without_vep(title: &str) -> Option<&str> {
    let bare = title.trim_start_matches(['[', '(']);
    let after = strip_word(bare, "veps").or_else(|| strip_word(bare, "vep"))?;
    let numbers =
        after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '#' | '-' | ',' | '/' | '+'));
    let named = after.get(..after.len() - numbers.len())?;
    if !named.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let dashed = named.trim_end().ends_with('-');
    let rest = numbers.trim_start_matches([']', ')', ':', '-', '–', '—', ' ']);
    (dashed || rest.len() < numbers.len()).then_some(rest)
}

/// What follows a word, in any case, that ends there.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let after = text.get(word.len()..)?;
    let same = text.get(..word.len())?.eq_ignore_ascii_case(word);
    (same && !after.starts_with(char::is_alphabetic)).then_some(after)
}

/// Before a number: something human happened since the viewer was done with it, or it is snoozed. Nothing for what they
/// never marked, or all would be marked.
pub(super) fn mark(model: &Model, verdict: &Verdict, styles: &Styles) -> Span<'static> {
    mark_of(model.board.local(verdict.number), styles)
}

fn mark_of(local: Option<&Local>, styles: &Styles) -> Span<'static> {
    match local {
        Some(Local { quiet: Some(Quiet::Snoozed { .. }), .. }) => span(styles.glyphs.snoozed, styles.special),
        Some(Local { quiet: None, back: Some(_), .. }) => span(styles.glyphs.fresh, styles.accent),
        Some(_) | None => span(" ", styles.dim),
    }
}

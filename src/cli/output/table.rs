//! Lines about proposals: `list` as a table, and the pieces that the plain board shares. Every glyph of `screens.md`
//! stands beside its word or letter.

use crate::cli::output::{Out, Paint};
use crate::domain::board::Board;
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::marks::{Local, Quiet};
use crate::domain::text::{sanitize_line, truncate, width};
use crate::domain::verdict::{Kind, SignOffState, Sla, Verdict, Waiting, Who};

/// `list` as a table: one line each, the title last, so that it alone is cut on a narrow terminal.
#[must_use]
pub fn list(out: Out, facts: &Facts, board: &Board, shown: &[usize]) -> String {
    let rows: Vec<(&Verdict, [String; 6], String)> = shown
        .iter()
        .filter_map(|index| board.verdicts.get(*index).map(AsRef::as_ref))
        .filter_map(|verdict| {
            let pull = facts.pulls.get(&verdict.number)?;
            let cells = [
                verdict.number.to_string(),
                owner(verdict),
                kind_word(verdict.kind).to_owned(),
                verdict.stage.code().to_owned(),
                verdict.waiting_on.first().map(turn).unwrap_or_default(),
                format!("{} d{}", whole_days(verdict.clocks.turn_days), sla_mark(verdict.sla())),
            ];
            Some((verdict, cells, title(pull)))
        })
        .collect();
    let heads = ["PR", "SIG", "KIND", "STAGE", "WAITING ON", "TURN"].map(str::to_owned);
    let mut widths = heads.clone().map(|head| width(&head));
    for (_, cells, _) in &rows {
        for (widest, cell) in widths.iter_mut().zip(cells) {
            *widest = (*widest).max(width(cell));
        }
    }
    // A long list of names must not push the titles off the screen.
    if let Some(names) = widths.get_mut(4) {
        *names = (*names).min(28);
    }
    let mut text = String::new();
    let line = |cells: &[String; 6], title: &str| {
        let mut line = String::new();
        for (index, (cell, wide)) in cells.iter().zip(widths).enumerate() {
            let cell = truncate(cell, wide);
            let pad = " ".repeat(wide.saturating_sub(width(&cell)));
            // Numbers stand on the right.
            line.push_str(&if index == 0 || index == 5 { format!("{pad}{cell}  ") } else { format!("{cell}{pad}  ") });
        }
        line.push_str(title);
        line
    };
    let cut = |line: &str| out.width.map_or_else(|| line.to_owned(), |most| truncate(line, most));
    text.push_str(&out.paint(Paint::Dim, &cut(&line(&heads, "TITLE"))));
    text.push('\n');
    for (verdict, cells, title) in &rows {
        let mut row = line(cells, title);
        let said = board.local(verdict.number).and_then(said);
        let mark: Vec<String> = said.into_iter().chain(marks(verdict)).collect();
        if !mark.is_empty() {
            let mark = mark.join(" ");
            row = format!("{row}  [{mark}]");
        }
        text.push_str(&out.paint_row(verdict, &cut(&row)));
        text.push('\n');
    }
    text
}

impl Out {
    /// A whole line in the colour of what it says: conflicts red, late reviews yellow.
    #[must_use]
    pub fn paint_row(self, verdict: &Verdict, line: &str) -> String {
        match () {
            () if !verdict.vetoes.is_empty() => self.paint(Paint::Red, line),
            () if verdict.urgency.lagging => self.paint(Paint::Yellow, line),
            () if verdict.converged => self.paint(Paint::Dim, line),
            () => line.to_owned(),
        }
    }
}

/// The title on one line.
#[must_use]
pub fn title(pull: &PullFacts) -> String {
    sanitize_line(&pull.title)
}

/// The owning SIG, or what stands in for it.
#[must_use]
pub fn owner(verdict: &Verdict) -> String {
    match (&verdict.sig, verdict.kind, verdict.owning_sigs.len()) {
        (Some(sig), _, _) => sanitize_line(sig.as_str()),
        (None, Kind::Process, _) => "process".to_owned(),
        (None, _, 0) => "no SIG".to_owned(),
        (None, _, _) => "several".to_owned(),
    }
}

/// The word of a kind.
#[must_use]
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::New => "new",
        Kind::Update => "update",
        Kind::Process => "process",
    }
}

/// Whose turn an entry says it is.
#[must_use]
pub fn turn(waiting: &Waiting) -> String {
    let name = sanitize_line(&waiting.name);
    match waiting.who {
        Who::Sig => format!("SIG {name}"),
        Who::Person => name,
        Who::Author => "the author".to_owned(),
        Who::Automation => "automation".to_owned(),
    }
}

/// Sign-offs as `compute∙ network✓ storage!`.
#[must_use]
pub fn signoffs(verdict: &Verdict) -> String {
    let parts: Vec<String> = verdict
        .signoffs
        .iter()
        .map(|(sig, signoff)| format!("{}{}", sanitize_line(sig.as_str()), signoff_glyph(signoff.state)))
        .collect();
    parts.join(" ")
}

/// What stands behind a clock: nothing while there is time, so that numbers stay aligned.
#[must_use]
pub fn sla_mark(sla: Sla) -> &'static str {
    match sla {
        Sla::Within => "  ",
        Sla::Near => " ~",
        Sla::Over => " !",
    }
}

/// The glyph of a sign-off's state.
#[must_use]
pub fn signoff_glyph(state: SignOffState) -> char {
    match state {
        SignOffState::Signed => '✓',
        SignOffState::Stale => '!',
        SignOffState::Missing => '∙',
        SignOffState::Vetoed => '✗',
    }
}

/// What the viewer said about it, and whether it is back.
fn said(local: &Local) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(local.back.as_ref().map(|back| format!("▲ {}", sanitize_line(&back.words()))));
    parts.extend(local.quiet.as_ref().map(|quiet| match quiet {
        Quiet::Done { .. } => "done".to_owned(),
        Quiet::Snoozed { .. } => format!("☾ {}", sanitize_line(&quiet.words())),
    }));
    parts.extend(local.turn.as_ref().map(|turn| format!("you said: {}", sanitize_line(&turn.whose.words()))));
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// What a card must not hide: veto, hold, problems, missing facts.
#[must_use]
pub fn marks(verdict: &Verdict) -> Option<String> {
    let mut marks: Vec<String> = Vec::new();
    marks.extend(verdict.vetoes.iter().map(|veto| format!("✗ {}", sanitize_line(veto.by.as_str()))));
    if let Some(hold) = &verdict.hold {
        let by = hold.by.as_ref().map(|by| format!(" {}", sanitize_line(by.as_str()))).unwrap_or_default();
        marks.push(if hold.conditional_approval { format!("⏸?{by}") } else { format!("⏸{by}") });
    }
    if verdict.threads.open > 0 {
        marks.push(format!("≡{}", verdict.threads.open));
    }
    if !verdict.problems.is_empty() {
        marks.push(format!("⚠{}", verdict.problems.len()));
    }
    (!marks.is_empty()).then(|| marks.join(" "))
}

/// Whole days, for people.
#[must_use]
pub fn whole_days(days: f64) -> i64 {
    // Ages of pull requests are far inside the range; NaN becomes 0.
    days.floor() as i64
}

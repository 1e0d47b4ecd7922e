//! A forecast for people: what Prow reads in a text and what follows. `--dry-run`, the question before posting and
//! `prow explain` all show this.

use super::sheet::Sheet;
use super::{Out, Paint};
use crate::domain::prow::forecast::Forecast;
use crate::domain::prow::gate::{Gate, GateState};
use crate::domain::text::{sanitize_line, width};

/// The widest column that commands get; longer ones push what follows to the right.
const COMMANDS: usize = 28;

/// What Prow would do, as rows under a heading.
#[must_use]
pub fn forecast(out: Out, would: &Forecast) -> String {
    let mut sheet = Sheet::new(out, "warning".len());
    sheet.heading("what Prow would do");
    if would.commands.is_empty() {
        sheet.row("nothing", Some(Paint::Dim), "there is no command in it");
    }
    let widest = would.commands.iter().map(|one| width(&sanitize_line(&one.text))).max().unwrap_or(0).min(COMMANDS);
    for one in &would.commands {
        let (word, paint) = if one.obeyed { ("obeyed", Paint::Green) } else { ("ignored", Paint::Yellow) };
        sheet.columns(word, Some(paint), &one.text, widest.max(1), &one.why);
    }
    for (sign, labels) in [('+', &would.labels_added), ('-', &would.labels_removed)] {
        for label in labels {
            sheet.row("label", None, &format!("{sign} {label}"));
        }
    }
    for effect in &would.effects {
        sheet.row("effect", None, effect);
    }
    for warning in &would.warnings {
        sheet.row("warning", Some(Paint::Red), warning);
    }
    if let Some(gate) = &would.gate_after {
        sheet.row("gate", Some(Paint::Bold), &gate_words(gate));
        for warning in &gate.warnings {
            sheet.row("note", Some(Paint::Dim), warning);
        }
    }
    sheet.finish()
}

fn gate_words(gate: &Gate) -> String {
    match gate.state {
        GateState::Blocked => format!("afterwards blocked by {}", gate.blockers.join(", ")),
        GateState::InPool => "afterwards nothing blocks: Prow would merge it".to_owned(),
        GateState::Merged => "merged already".to_owned(),
        GateState::Closed => "afterwards closed".to_owned(),
    }
}

//! The board as plain text: what `vepherd` and `vepherd demo` print where stdout is no terminal, for pipes, CI and
//! screen readers. Columns become sections, one under the other.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::output::json::time;
use super::output::table::{kind_word, marks, owner, signoffs, title, turn, whole_days};
use super::output::{Out, Paint};
use crate::domain::board::{Board, Grouping};
use crate::domain::facts::Facts;
use crate::domain::text::{sanitize_line, truncate};

/// The whole board.
#[must_use]
pub fn board(out: Out, facts: &Facts, board: &Board, now: Timestamp) -> String {
    let mut text = String::new();
    let viewer = board.viewer.login.as_ref().map_or_else(|| "nobody".to_owned(), |login| sanitize_line(login.as_str()));
    let sigs: Vec<String> = board.viewer.sigs.iter().map(|sig| sanitize_line(sig.as_str())).collect();
    let sigs = if sigs.is_empty() { "no SIG".to_owned() } else { sigs.join(" · ") };
    let _ = writeln!(text, "{} {}", out.paint(Paint::Bold, "vepherd"), facts.repo);
    let _ = writeln!(text, "you are {viewer} ({sigs})");
    if let Some(freeze) = &board.freeze {
        let (release, what) = (sanitize_line(freeze.release.as_str()), sanitize_line(&freeze.what));
        let _ = writeln!(text, "{release} {what} on {}, in {} d", sanitize_line(&freeze.at), freeze.days);
    }
    let synced = facts.synced_at.map_or_else(|| "never".to_owned(), time);
    let _ = writeln!(text, "synced {synced}, now {}", time(now));
    let shown: Vec<usize> = (0..board.verdicts.len()).collect();
    for lane in board.lanes(facts, Grouping::Stage, &shown) {
        let oldest = lane.oldest_days.map(|days| format!(", oldest {days} d")).unwrap_or_default();
        let head = format!("{} ({}{oldest})", sanitize_line(&lane.title), lane.cards.len());
        let _ = write!(text, "\n{}\n", out.paint(Paint::Bold, &head));
        for index in lane.cards {
            let Some(verdict) = board.verdicts.get(index) else { continue };
            let Some(pull) = facts.pulls.get(&verdict.number) else { continue };
            let cut = |line: &str| out.width.map_or_else(|| line.to_owned(), |most| truncate(line, most));
            let first = format!("  {} {} {}", verdict.number, kind_word(verdict.kind), title(pull));
            let _ = writeln!(text, "{}", out.paint_row(verdict, &cut(&first)));
            let mut second = format!("    {}", owner(verdict));
            if let Some(waiting) = verdict.waiting_on.first() {
                let _ = write!(second, " ⇢ {} for {} d", turn(waiting), whole_days(verdict.clocks.turn_days));
            }
            if !verdict.signoffs.is_empty() {
                let _ = write!(second, "  {}", signoffs(verdict));
            }
            if let Some(marks) = marks(verdict) {
                let _ = write!(second, "  {marks}");
            }
            let _ = writeln!(text, "{}", out.paint(Paint::Dim, &cut(&second)));
        }
    }
    text
}

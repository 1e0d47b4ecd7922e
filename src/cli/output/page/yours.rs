//! What the viewer said about the proposal, apart from what the thread says.

use jiff::Timestamp;

use super::Page;
use crate::domain::marks::{Local, Quiet};
use crate::domain::text::sanitize_line;
use crate::domain::times;

impl Page {
    pub(super) fn yours(&mut self, local: Option<&Local>, now: Timestamp) {
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
}

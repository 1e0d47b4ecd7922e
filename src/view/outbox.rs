//! Writes that are not done: a list, and below it the selected one: why it stands so, what can be done, and exactly what
//! is posted.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::composer;
use super::pen::{self, span};
use super::styles::Styles;
use super::words;
use super::wrap::wrap_text;
use crate::app::model::{Model, OutboxPage, Outgoing, OutgoingState};
use crate::app::registry::{Command, entry};
use crate::app::{foot, hit};
use crate::domain::action::Action;
use crate::domain::text::sanitize_line;

/// Draws the page's body.
pub(super) fn draw(model: &Model, page: &OutboxPage, now: Timestamp, area: Rect, buf: &mut Buffer, styles: &Styles) {
    if model.outbox.is_empty() {
        let inner = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(2), ..area };
        return pen::line(buf, inner, Line::from(span("Everything is sent.", styles.dim)), styles);
    }
    let plan = hit::outbox_plan(model, area);
    let first = hit::outbox_first(model, page, plan.list.height);
    for (row, write) in plan.list.intersection(buf.area).rows().zip(model.outbox.iter().skip(first)) {
        line(write, page.selected == Some(write.id), now, row, plan.detail.is_empty(), buf, styles);
    }
    let selected = model.outbox.iter().find(|write| page.selected == Some(write.id));
    if let Some(write) = selected.filter(|_| !plan.detail.is_empty()) {
        pen::lines(buf, plan.detail, detail(model, write, now, usize::from(plan.detail.width), styles), styles);
    }
}

fn line(write: &Outgoing, selected: bool, now: Timestamp, row: Rect, alone: bool, buf: &mut Buffer, styles: &Styles) {
    let (bar, style) = if selected { (styles.glyphs.bar, styles.selected) } else { (" ", styles.text) };
    let state = match write.state {
        OutgoingState::Queued | OutgoingState::Sending => styles.dim,
        OutgoingState::Unknown | OutgoingState::Parked => styles.warn,
        OutgoingState::Failed => styles.bad,
    };
    // Where there is no room for the reason below, it is more than the words.
    let text = match &write.why {
        Some(why) if alone => why.clone(),
        _ => write.intent.action.text().map_or_else(|| whom(&write.intent.action), str::to_owned),
    };
    let left = vec![
        span(bar, styles.selected),
        span(format!(" {:<8}", write.state.word()), state),
        span(format!("  {} on {}", word(&write.intent.action), write.intent.pull), style),
        span(format!("  {}", sanitize_line(&text)), styles.dim),
    ];
    let age = words::ago(now, write.intent.created_at);
    pen::sides(buf, row, Line::from(left), Line::from(span(age, styles.dim)), styles);
}

fn detail(model: &Model, write: &Outgoing, now: Timestamp, width: usize, styles: &Styles) -> Vec<Line<'static>> {
    let title = format!("{} on {}", word(&write.intent.action), write.intent.pull);
    let mut lines = vec![Line::default(), pen::titled_rule(&title, width, styles)];
    if let Some(why) = &write.why {
        let style = if write.state == OutgoingState::Failed { styles.bad } else { styles.warn };
        lines.extend(wrap_text(&sanitize_line(why), style, width));
    }
    lines.extend(wrap_text(&next(model, write, now), styles.dim, width));
    let posts = write.intent.posts(&model.settings.profile.prow).unwrap_or_default();
    lines.push(Line::default());
    lines.push(pen::titled_rule("Exactly this is posted", width, styles));
    lines.extend(composer::posted(&posts, width, styles));
    lines
}

/// What happens next, by itself or by the user's word.
fn next(model: &Model, write: &Outgoing, now: Timestamp) -> String {
    let key = |command: Command| foot::label(model, command).map_or(entry(command).name, |(key, _)| key);
    let (send, edit, drop) = (key(Command::Resend), key(Command::EditWrite), key(Command::Discard));
    if let Some(undoable) = model.undoable.iter().find(|undoable| undoable.id == write.id) {
        let at = words::until(now, undoable.goes_at);
        return format!("It goes out {at}; {} takes it back.", key(Command::Undo));
    }
    if model.is_sending(write.id) {
        return "It is on its way.".to_owned();
    }
    let begun = if write.arrived > 0 { "A part of it is on GitHub. " } else { "" };
    let what = match write.state {
        OutgoingState::Queued if write.due => {
            format!("It goes out by itself as soon as GitHub answers; {send} tries now.")
        }
        OutgoingState::Queued => format!("It was never sent: {send} sends it, {edit} edits it, {drop} drops it."),
        OutgoingState::Sending | OutgoingState::Unknown => format!(
            "It may be on GitHub: it is looked for there before anything is sent again, by itself or with {send}."
        ),
        OutgoingState::Parked => {
            format!("{send} sends it all the same, {edit} edits it, {drop} drops it; a dropped text is a draft.")
        }
        OutgoingState::Failed => {
            format!("{send} tries again, {edit} edits it, {drop} drops it; a dropped text is a draft.")
        }
    };
    format!("{begun}{what}")
}

/// An action in one word.
fn word(action: &Action) -> &'static str {
    match action {
        Action::Comment { .. } => "comment",
        Action::Lgtm { .. } => "sign-off",
        Action::Approve { .. } => "approval",
        Action::Veto { .. } => "veto",
        Action::Unveto { .. } => "lifted veto",
        Action::Hold { .. } => "hold",
        Action::Unhold { .. } => "lifted hold",
        Action::Assign { .. } => "assignment",
        Action::Unassign { .. } => "unassignment",
        Action::Cc { .. } => "review request",
        Action::Reply { .. } => "reply",
        Action::Resolve { .. } => "resolution",
    }
}

fn whom(action: &Action) -> String {
    match action {
        Action::Assign { login } | Action::Unassign { login } | Action::Cc { login } => login.to_string(),
        _ => String::new(),
    }
}

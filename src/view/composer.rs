//! Writing something that will be posted, and beside it (below it on narrow terminals) what Prow will do with it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use ratatui_textarea::{TextArea, WrapMode};

use super::pen::{self, span};
use super::styles::Styles;
use super::wrap::{Piece, chop, wrap};
use crate::app::geometry;
use crate::app::model::{Composer, Model, Purpose};
use crate::domain::action::{Post, ReviewEvent};
use crate::domain::prow::forecast::Forecast;
use crate::domain::prow::gate::{Gate, GateState};
use crate::domain::text::{sanitize, sanitize_line};

/// Draws the composer over the body of the screen.
pub(super) fn draw(model: &Model, composer: &Composer, body: Rect, buf: &mut Buffer, styles: &Styles) {
    pen::clear(buf, body);
    let plan = geometry::composer(body);
    let title = model.proposal(composer.pull).map_or(String::new(), |(_, pull)| sanitize_line(&pull.title));
    let whom = match &composer.purpose {
        Purpose::Veto { sig: Some(sig) } => format!(" for SIG {}", sanitize_line(sig.as_str())),
        Purpose::Comment
        | Purpose::AskFix
        | Purpose::Lgtm
        | Purpose::Approve { .. }
        | Purpose::Veto { sig: None }
        | Purpose::Unveto { .. }
        | Purpose::Hold
        | Purpose::Unhold => String::new(),
        Purpose::Reply { thread, .. } => model
            .proposal(composer.pull)
            .and_then(|(_, pull)| pull.threads.iter().find(|known| known.id == *thread))
            .and_then(|thread| thread.comments.first()?.author.as_ref())
            .map_or_else(String::new, |who| format!(", to {}", sanitize_line(who.login.as_str()))),
    };
    let on = if matches!(composer.purpose, Purpose::Unveto { .. } | Purpose::Unhold) { "of" } else { "on" };
    let strong = if matches!(composer.purpose, Purpose::Veto { .. }) { styles.bad } else { styles.selected };
    pen::line(
        buf,
        plan.title,
        Line::from(vec![
            span(
                format!("{} {on} #{}{whom}", composer.purpose.title(), composer.pull.0),
                strong.add_modifier(Modifier::BOLD),
            ),
            span(format!("   {title}"), styles.dim),
        ]),
        styles,
    );

    // What must be read before writing stands above the text.
    let mut said = Vec::new();
    for (words, style) in
        [(&composer.moved, styles.warn), (&composer.warning, styles.warn), (&composer.problem, styles.bad)]
    {
        if let Some(words) = words {
            let pieces = [Piece::new(format!("{} {}", styles.glyphs.problem, sanitize_line(words)), style)];
            said.extend(wrap(&pieces, usize::from(plan.editor.width).max(1)));
        }
    }
    let most = usize::from(plan.editor.height / 2);
    said.truncate(most);
    let rows = u16::try_from(said.len()).unwrap_or(0);
    pen::lines(buf, plan.editor, said, styles);
    let text =
        Rect { y: plan.editor.y.saturating_add(rows), height: plan.editor.height.saturating_sub(rows), ..plan.editor };
    framed(&composer.text, text, buf, styles);
    panel(composer, &plan, buf, styles);
}

/// A text area between two rules.
fn framed(text: &TextArea<'static>, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let rule = || Line::from(span(styles.glyphs.rule.repeat(usize::from(area.width)), styles.faint));
    let inner = if area.height >= 4 {
        pen::line(buf, area, rule(), styles);
        pen::line(buf, Rect { y: area.bottom() - 1, height: 1, ..area }, rule(), styles);
        Rect { y: area.y + 1, height: area.height - 2, ..area }
    } else {
        area
    };
    self::text(text, inner, buf, styles);
}

/// A text area in our styles.
pub(super) fn text(text: &TextArea<'static>, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let mut dressed = text.clone();
    dressed.set_style(styles.text);
    dressed.set_cursor_line_style(Style::new());
    dressed.set_cursor_style(Style::new().add_modifier(Modifier::REVERSED));
    dressed.set_selection_style(Style::new().add_modifier(Modifier::REVERSED));
    dressed.set_placeholder_style(styles.dim);
    if area.height > 1 {
        dressed.set_wrap_mode(WrapMode::WordOrGlyph);
    }
    (&dressed).render(area, buf);
}

fn panel(composer: &Composer, plan: &geometry::ComposerPlan, buf: &mut Buffer, styles: &Styles) {
    let area = plan.forecast;
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    let mut lines = Vec::new();
    match &composer.forecast {
        Ok(forecast) => {
            lines.push(pen::titled_rule("What this will do", width, styles));
            lines.extend(self::lines(forecast, width, styles));
            lines.push(Line::default());
            lines.push(pen::titled_rule("Exactly this is posted", width, styles));
            lines.extend(posted(&forecast.posts, width, styles));
        }
        Err(why) => {
            lines.push(pen::titled_rule("Cannot be sent yet", width, styles));
            lines.extend(wrap(&[Piece::new(why.to_string(), styles.dim)], width.max(1)));
        }
    }
    if lines.len() > usize::from(area.height) {
        let left = lines.len() - usize::from(area.height) + 1;
        lines.truncate(usize::from(area.height).saturating_sub(1));
        lines.push(Line::from(span(format!("{} {left} more lines", styles.glyphs.ellipsis), styles.dim)));
    }
    pen::lines(buf, area, lines, styles);
}

/// A forecast in words.
pub(super) fn lines(forecast: &Forecast, width: usize, styles: &Styles) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut item = |glyph: &str, style: Style, words: Vec<Span<'static>>| {
        let before = format!("{glyph} ");
        let indent = Span::raw(before.as_str()).width();
        let pieces: Vec<Piece> = words.into_iter().map(|span| Piece::new(span.content, span.style)).collect();
        for (index, line) in wrap(&pieces, width.saturating_sub(indent).max(4)).into_iter().enumerate() {
            let mut spans = vec![if index == 0 { span(before.clone(), style) } else { Span::raw(" ".repeat(indent)) }];
            spans.extend(line.spans);
            lines.push(Line::from(spans));
        }
    };
    for post in &forecast.posts {
        item(styles.glyphs.arrow, styles.dim, vec![span(post_words(post), styles.text)]);
    }
    for warning in &forecast.warnings {
        item(styles.glyphs.problem, styles.warn, vec![span(sanitize_line(warning), styles.warn)]);
    }
    // A warning that quotes a line says all that there is to say of it.
    let warned = |text: &str| forecast.warnings.iter().any(|warning| warning.contains(&format!("`{text}`")));
    for command in forecast.commands.iter().filter(|command| command.obeyed || !warned(&command.text)) {
        let (glyph, style) = match command.obeyed {
            true => (styles.glyphs.signed, styles.good),
            false => (styles.glyphs.vetoed, styles.warn),
        };
        item(
            glyph,
            style,
            vec![
                span(format!("{}  ", sanitize_line(&command.text)), styles.strong),
                span(sanitize_line(&command.why), styles.dim),
            ],
        );
    }
    for label in &forecast.labels_added {
        item("+", styles.good, vec![span(sanitize_line(label), styles.text), span(" is set", styles.dim)]);
    }
    for label in &forecast.labels_removed {
        item("-", styles.warn, vec![span(sanitize_line(label), styles.text), span(" is taken off", styles.dim)]);
    }
    for effect in &forecast.effects {
        item(styles.glyphs.missing, styles.dim, vec![span(sanitize_line(effect), styles.text)]);
    }
    if let Some(gate) = &forecast.gate_after {
        let (words, style) = gate_words(gate);
        let style = if style { styles.warn } else { styles.text };
        item(styles.glyphs.dot, styles.dim, vec![span("gate afterwards: ", styles.dim), span(words, style)]);
    }
    lines
}

/// The texts of posts, line for line as GitHub gets them.
pub(super) fn posted(posts: &[Post], width: usize, styles: &Styles) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (index, post) in posts.iter().enumerate() {
        if index > 0 {
            lines.push(Line::default());
        }
        let body = match post {
            Post::Comment { body } | Post::Review { body, .. } | Post::Reply { body, .. } => body,
            Post::Dismiss { message, .. } => message,
            Post::Resolve { .. } => "",
        };
        if body.is_empty() {
            lines.push(Line::from(span("no text", styles.dim)));
        }
        for line in sanitize(body).lines() {
            // As it is, its blanks with it: an indented command is none to Prow.
            for wrapped in chop(Line::from(span(line, styles.text)), width.saturating_sub(2).max(1)) {
                let mut spans = vec![span(format!("{} ", styles.glyphs.upright), styles.faint)];
                spans.extend(wrapped.spans);
                lines.push(Line::from(spans));
            }
        }
    }
    lines
}

/// The gate in words; `true` where Tide would merge at once, which deserves a look before sending.
fn gate_words(gate: &Gate) -> (String, bool) {
    match gate.state {
        GateState::Blocked => (sanitize_line(&gate.blockers.join(", ")), false),
        GateState::InPool => ("open, Tide merges it".to_owned(), true),
        GateState::Merged => ("merged already".to_owned(), false),
        GateState::Closed => ("closed already".to_owned(), false),
    }
}

fn post_words(post: &Post) -> String {
    match post {
        Post::Comment { .. } => "one comment".to_owned(),
        Post::Review { event: ReviewEvent::Approve, commit, .. } => {
            format!("one approving review of {}, which you read", commit.short())
        }
        Post::Review { event: ReviewEvent::RequestChanges, commit, .. } => {
            format!("one review \"request changes\" on {}, which you read", commit.short())
        }
        Post::Dismiss { .. } => "your standing review is dismissed".to_owned(),
        Post::Reply { .. } => "one reply in the thread".to_owned(),
        Post::Resolve { .. } => "the thread is resolved".to_owned(),
    }
}

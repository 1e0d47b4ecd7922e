//! Code blocks: `tui-markdown` (over syntect) says which word is what, our theme says what it looks like.

use std::sync::LazyLock;

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use tui_markdown::{CodeTheme, Options, StyleSheet};

use crate::view::styles::Styles;

/// Longer blocks stay plain: highlighting costs about a millisecond per ten kilobytes.
const HIGHLIGHT_MOST: usize = 64 * 1024;

/// A theme whose colours are numbers of roles, so that one parse serves every palette and `NO_COLOR`.
static ROLES: LazyLock<Option<CodeTheme>> =
    LazyLock::new(|| CodeTheme::from_textmate(include_str!("../../../assets/themes/code.tmTheme")).ok());

#[derive(Clone)]
struct Bare;

impl StyleSheet for Bare {
    fn code_block_fence(&self) -> &'static str {
        ""
    }

    fn code(&self) -> Style {
        Style::new()
    }
}

/// The lines of a code block in our styles.
pub(super) fn lines(code: &str, language: &str, styles: &Styles) -> Vec<Line<'static>> {
    let code = code.strip_suffix('\n').unwrap_or(code).replace('\t', "    ");
    let word: String = language.chars().take_while(|c| c.is_ascii_alphanumeric() || "+-#_.".contains(*c)).collect();
    if word.is_empty() || code.len() > HIGHLIGHT_MOST {
        return plain(&code, styles);
    }
    let Some(theme) = ROLES.as_ref() else { return plain(&code, styles) };
    // A fence longer than any run of backticks in the code cannot be closed by it.
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let source = format!("{fence}{word}\n{code}\n{fence}\n");
    let text = tui_markdown::from_str_with_options(&source, &Options::new(Bare).code_theme(theme.clone()));
    let found: Vec<Line<'static>> = text.lines.into_iter().map(|line| dress(line, styles)).collect();
    // A line that the highlighter drops would be a line of the proposal that nobody sees.
    match found.len() == code.split('\n').count() {
        true => found,
        false => plain(&code, styles),
    }
}

fn plain(code: &str, styles: &Styles) -> Vec<Line<'static>> {
    code.split('\n').map(|line| Line::from(Span::styled(line.to_owned(), styles.code))).collect()
}

fn dress(line: Line<'_>, styles: &Styles) -> Line<'static> {
    let dress = |style: Style| match style.fg {
        Some(Color::Rgb(0, 0, 2)) => styles.quote,
        Some(Color::Rgb(0, 0, 3)) => styles.good,
        Some(Color::Rgb(0, 0, 4)) => styles.special,
        Some(Color::Rgb(0, 0, 5)) => styles.warn,
        Some(Color::Rgb(0, 0, 6)) => styles.subheading,
        _ => styles.text,
    };
    line.spans
        .into_iter()
        .map(|span| Span::styled(span.content.trim_end_matches(['\n', '\r']).to_owned(), dress(span.style)))
        .collect::<Vec<_>>()
        .into()
}

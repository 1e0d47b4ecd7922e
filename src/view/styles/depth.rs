//! What a theme's colour becomes on a terminal that shows fewer. Among the 256 it is the nearest one. Among the sixteen
//! the nearest would be grey for every pale colour, and states would look alike; so there the hue decides.

use ratatui::style::Color;

use super::ColorMode;

/// The terminal's own sixteen, in their order.
const ANSI: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// Round the circle of hues from red: where each name ends, in degrees, and its dark and light colour. The borders are
/// where eyes put them: violet is a magenta, orange a yellow.
const HUES: [(i32, Color, Color); 7] = [
    (30, Color::Red, Color::LightRed),
    (75, Color::Yellow, Color::LightYellow),
    (165, Color::Green, Color::LightGreen),
    (200, Color::Cyan, Color::LightCyan),
    (255, Color::Blue, Color::LightBlue),
    (330, Color::Magenta, Color::LightMagenta),
    (360, Color::Red, Color::LightRed),
];

/// The steps of the cube of the 256 colours.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The colour to draw with; none where colours are off.
pub(super) fn shown(color: Color, mode: ColorMode) -> Option<Color> {
    match mode {
        ColorMode::Mono => None,
        ColorMode::Colors => Some(color),
        ColorMode::Indexed => Some(match color {
            Color::Rgb(r, g, b) => indexed([r, g, b]),
            other => other,
        }),
        ColorMode::Ansi => Some(match color {
            Color::Rgb(r, g, b) => ansi([r, g, b]),
            // The first sixteen of the 256 are the terminal's own.
            Color::Indexed(index @ 0..=15) => ANSI.get(usize::from(index)).copied().unwrap_or(Color::Reset),
            Color::Indexed(index) => ansi(rgb(index)),
            other => other,
        }),
    }
}

/// The nearest of the cube and the greys; the first sixteen are the user's and stay out.
fn indexed(color: [u8; 3]) -> Color {
    (16..=u8::MAX).min_by_key(|index| distance(rgb(*index), color)).map_or(Color::Reset, Color::Indexed)
}

/// By hue, light or dark; greys by lightness. Black and white are the likeliest grounds, and a text in the colour of its
/// ground cannot be read: they are never chosen.
fn ansi(color: [u8; 3]) -> Color {
    let [r, g, b] = color.map(i32::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let chroma = most - least;
    if chroma < 40 {
        return if most < 128 { Color::DarkGray } else { Color::Gray };
    }
    let degrees = match most {
        _ if most == r => 60 * (g - b) / chroma,
        _ if most == g => 120 + 60 * (b - r) / chroma,
        _ => 240 + 60 * (r - g) / chroma,
    };
    let hue = degrees.rem_euclid(360);
    let named = HUES.into_iter().find(|(end, ..)| hue < *end);
    let (dark, light) = named.map_or((Color::Reset, Color::Reset), |(_, dark, light)| (dark, light));
    if most >= 200 { light } else { dark }
}

/// What an index above fifteen looks like: a cube of six steps, then 24 greys.
fn rgb(index: u8) -> [u8; 3] {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return [grey, grey, grey];
    }
    let place = index.saturating_sub(16);
    let step = |n: u8| STEPS.get(usize::from(n)).copied().unwrap_or(u8::MAX);
    [step(place / 36), step(place / 6 % 6), step(place % 6)]
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let [r, g, b] = std::array::from_fn(|i| {
        let (one, other) = (a.get(i).copied().unwrap_or(0), b.get(i).copied().unwrap_or(0));
        u32::from(one.abs_diff(other)).pow(2)
    });
    2 * r + 4 * g + 3 * b
}

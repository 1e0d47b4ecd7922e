//! What holds at every size: no panic, nothing hostile on screen, and a crowd costs no more than what is visible.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use vepherd::app::model::{Home, Model, Tab};
use vepherd::view;
use vepherd::view::styles::{ColorMode, GlyphSet, Styles};

use super::dump::{drawn, text};
use super::fixture::{NOW, crowd, model};
use super::screens::{calm, composer, filter, help, page, picker};

fn screens() -> Vec<Model> {
    let mut all: Vec<Model> = Home::ALL
        .into_iter()
        .map(|home| {
            let mut model = model();
            model.home = home;
            model.lists.queues = model.lists.columns.clone();
            model
        })
        .collect();
    all.extend(Tab::ALL.map(page));
    all.extend([composer(), filter(), help(), picker()]);
    let mut loading = model();
    loading.loaded = false;
    let mut nothing = model();
    nothing.board.verdicts.clear();
    nothing.lists = vepherd::app::model::Lists::default();
    all.extend([loading, nothing]);
    all
}

#[test]
fn the_smallest_terminals_do_no_harm() {
    let styles = [calm(), Styles::calm(ColorMode::Mono, GlyphSet::Ascii)];
    for model in screens() {
        for width in (0..14).chain([40, 80, 109, 110, 111]) {
            for height in 0..12 {
                for style in &styles {
                    drawn(&model, style, width, height);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn any_size_and_any_place_do_no_harm(
        which in 0usize..32, width in 0u16..260, height in 0u16..90, scroll in 0usize..5000,
        lane in 0usize..12, x in 0u16..20, y in 0u16..20,
    ) {
        let all = screens();
        let mut model = all[which % all.len()].clone();
        model.size = (width, height);
        model.columns.lane = lane;
        model.columns.first_lane = scroll % 20;
        model.columns.first_row = vec![scroll; 3];
        model.today.first_row = vec![scroll % 50];
        model.conflicts.first_row = vec![scroll % 50];
        // The area need not be the buffer's: neither smaller nor larger may matter.
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        view::draw(&model, &calm(), NOW.parse().unwrap(), Rect::new(x, y, width, height), &mut buffer);
    }
}

#[test]
fn nothing_hostile_reaches_a_cell() {
    for (width, height) in [(220, 60), (80, 24)] {
        let picture = text(&drawn(&model(), &calm(), width, height));
        let bad: Vec<char> = picture
            .chars()
            .filter(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c))
            .collect();
        assert!(bad.is_empty(), "{bad:?}");
    }
}

#[test]
fn measuring_and_drawing_agree() {
    for tab in Tab::ALL {
        let model = page(tab);
        let Some(vepherd::app::model::Page::Proposal(page)) = model.page() else { panic!("no page") };
        let long = view::measure(&model, page, 80);
        let wide = view::measure(&model, page, 200);
        assert!(long >= wide && wide > 0, "{tab:?}: {long} lines at 80, {wide} at 200");
    }
}

#[test]
fn only_what_is_visible_is_drawn() {
    // A crowd of ten thousand takes about as long as a crowd of a hundred: compared with each other, since clocks differ.
    let (few, many) = (crowd(100), crowd(10_000));
    let time = |model: &Model| {
        let styles = calm();
        let area = Rect::new(0, 0, 220, 60);
        let mut best = std::time::Duration::MAX;
        for _ in 0..20 {
            let mut buffer = Buffer::empty(area);
            #[expect(clippy::disallowed_methods, reason = "the measured time is the test")]
            let start = std::time::Instant::now();
            view::draw(model, &styles, NOW.parse().unwrap(), area, &mut buffer);
            best = best.min(start.elapsed());
        }
        best
    };
    let (few, many) = (time(&few), time(&many));
    assert!(many < few * 5, "100 proposals take {few:?}, 10,000 take {many:?}");
}

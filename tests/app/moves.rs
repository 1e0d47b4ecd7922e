//! Moving about: the selection is a proposal, and stays one whatever happens around it.

use vepherd::app::effect::Effect;
use vepherd::app::model::{Home, Leaving, Tab};
use vepherd::app::msg::Msg;
use vepherd::app::{hit, lists};
use vepherd::domain::board::Grouping;
use vepherd::domain::ids::PullNumber;

use super::{model, page, press, said, tell, type_text};
use crate::view::fixture;

#[test]
fn arrows_and_letters_go_the_same_ways() {
    for (keys, same) in
        [("j", "Down"), ("j k", "Down Up"), ("l", "Right"), ("l h", "Right Left"), ("G", "End"), ("G g", "End Home")]
    {
        for home in ["1", "2", "3", "4"] {
            let (mut a, mut b) = (model(), model());
            press(&mut a, home);
            press(&mut b, home);
            press(&mut a, keys);
            press(&mut b, same);
            assert_eq!(a.cursor(a.home), b.cursor(b.home), "{home}: {keys}");
        }
    }
}

#[test]
fn a_column_is_walked_from_its_first_to_its_last_card() {
    let mut model = model();
    let grid = lists::grid(&model, Home::Board);
    press(&mut model, "g");
    for expected in &grid[0] {
        assert_eq!(model.columns.pull, Some(*expected));
        press(&mut model, "j");
    }
    assert_eq!(model.columns.pull, grid[0].last().copied(), "the last stays");
    for lane in &grid[1..] {
        press(&mut model, "l g");
        assert_eq!(model.columns.pull, lane.first().copied());
    }
    press(&mut model, "l");
    assert_eq!(model.columns.pull, grid.last().unwrap().first().copied(), "the last column stays");
}

#[test]
fn today_goes_through_its_sections() {
    let mut model = model();
    press(&mut model, "1 g");
    let all: Vec<PullNumber> = lists::grid(&model, Home::Today).concat();
    assert!(all.len() > 1);
    for expected in &all {
        assert_eq!(model.today.pull, Some(*expected));
        press(&mut model, "j");
    }
    press(&mut model, "g");
    assert_eq!(model.today.pull, all.first().copied());
}

#[test]
fn the_selection_survives_grouping_filter_and_views() {
    let mut model = model();
    press(&mut model, "l j");
    let selected = model.columns.pull.unwrap();
    for grouping in [Grouping::Shepherd, Grouping::Sig, Grouping::Release, Grouping::Convergence, Grouping::Stage] {
        press(&mut model, "b");
        assert_eq!((model.grouping, model.columns.pull), (grouping, Some(selected)));
        let grid = lists::grid(&model, Home::Board);
        assert_eq!(grid[model.columns.lane][model.columns.row], selected, "{grouping:?}");
    }
    press(&mut model, "3 1 4 2");
    assert_eq!(model.columns.pull, Some(selected));
}

/// Whatever the columns look like, the selected card is on screen where its column is open, and a click on what is seen
/// finds it.
#[test]
fn density_folds_and_preview_keep_the_selection_in_sight() {
    for look in ["", "i", "i i", "p", "p i", "-", "- p", "l - h", "l - l - i p"] {
        let mut model = model();
        model.size = (160, 40);
        press(&mut model, look);
        for key in ["g", "l", "l", "l", "G", "h", "h", "G", "k", "h"] {
            press(&mut model, key);
            let body = vepherd::app::geometry::frame(hit::screen(&model)).body;
            let plan = hit::columns_plan(&model, Home::Board, hit::split(&model, body).0);
            let column = plan.columns.iter().find(|column| column.lane == model.columns.lane);
            let column = column.unwrap_or_else(|| panic!("{look}: the active column is not on screen"));
            if column.fold == vepherd::app::geometry::Fold::Folded {
                continue;
            }
            let top = model.columns.first_row.get(column.lane).copied().unwrap_or(0);
            let card = vepherd::app::geometry::card(column.cards, model.look.density, model.columns.row - top);
            assert!(card.height > 0, "{look} {key}: the selected card is below the column's end");
            let under = hit::at(&model, (card.x + 1, card.y));
            assert!(matches!(under, hit::Target::Card(_, _, pull) if Some(pull) == model.columns.pull), "{look} {key}");
        }
    }
    let mut model = model();
    let before = model.look.clone();
    press(&mut model, "- -");
    assert_eq!(model.look, before, "folding twice changes nothing");
}

#[test]
fn a_filter_works_while_it_is_typed_and_a_bad_one_shows_nothing_new() {
    let mut model = model();
    let all = model.lists.shown.len();
    press(&mut model, "/");
    type_text(&mut model, "sig:storage");
    let storage = model.lists.shown.len();
    assert!(storage > 0 && storage < all);
    tell(&mut model, Msg::Pasted(" nonsense:1".to_owned()));
    assert_eq!(model.lists.shown.len(), storage, "a bad query changes nothing");
    press(&mut model, "Enter");
    assert!(model.overlay.is_some(), "a bad query is not taken");
    press(&mut model, "Esc");
    assert_eq!((model.lists.shown.len(), model.filter.as_str()), (all, ""), "Esc is as before");
    press(&mut model, "/");
    type_text(&mut model, "sig:storage");
    press(&mut model, "Enter");
    assert_eq!((model.filter.as_str(), model.overlay.is_none()), ("sig:storage", true));
    assert!(model.lists.shown.contains(&0) || model.columns.pull.is_some());
    press(&mut model, "Esc");
    assert_eq!(model.lists.shown.len(), all, "Esc at the top takes the filter away");
}

#[test]
fn a_card_that_vanishes_leaves_the_selection_near() {
    let mut model = model();
    press(&mut model, "g j");
    let grid = lists::grid(&model, Home::Board);
    let gone = model.columns.pull.unwrap();
    model.board.verdicts.retain(|verdict| verdict.number != gone);
    tell(&mut model, Msg::MarksLoaded(Default::default()));
    let grid_after = lists::grid(&model, Home::Board);
    assert_eq!(model.columns.pull, grid_after[0].get(1).or(grid_after[0].last()).copied());
    assert_ne!(grid, grid_after);
    model.board.verdicts.clear();
    tell(&mut model, Msg::MarksLoaded(Default::default()));
    assert_eq!(model.columns.pull, None);
    press(&mut model, "j l G Enter c V");
    assert!(model.pages.is_empty() && model.overlay.is_none());
    assert!(said(&model).contains("no proposal is selected"), "{}", said(&model));
}

#[test]
fn the_page_opens_and_its_tabs_turn() {
    let mut model = model();
    press(&mut model, "Enter");
    assert_eq!((page(&model).pull, page(&model).tab), (PullNumber(402), Tab::Document));
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(hit::shown_tab(page(&model), true));
        press(&mut model, "Tab");
    }
    assert_eq!(seen, Tab::ALL[1..], "all tabs, then round");
    assert_eq!(page(&model).tab, Tab::Document);
    press(&mut model, "t");
    assert_eq!(page(&model).tab, Tab::Threads);
    press(&mut model, "q");
    assert!(model.pages.is_empty());
    press(&mut model, "t");
    assert_eq!(page(&model).tab, Tab::Threads);
}

#[test]
fn a_text_scrolls_to_its_end_and_no_farther() {
    let mut model = model();
    tell(&mut model, Msg::Resized { width: 120, height: 20 });
    press(&mut model, "Enter G");
    let end = page(&model).scroll[Tab::Document.index()];
    assert!(end > 5, "the document is longer than the pane");
    press(&mut model, "j PageDown Ctrl-d");
    assert_eq!(page(&model).scroll[Tab::Document.index()], end);
    press(&mut model, "k");
    assert_eq!(page(&model).scroll[Tab::Document.index()], end - 1);
    press(&mut model, "g");
    assert_eq!(page(&model).scroll[Tab::Document.index()], 0);
    press(&mut model, "G");
    tell(&mut model, Msg::Resized { width: 120, height: 2000 });
    assert_eq!(page(&model).scroll[Tab::Document.index()], 0, "a higher window shows all of it");
}

#[test]
fn next_and_previous_walk_the_list_under_the_page() {
    let mut model = model();
    press(&mut model, "g");
    let lane = lists::grid(&model, Home::Board)[0].clone();
    press(&mut model, "Enter t n");
    assert_eq!((page(&model).pull, page(&model).tab), (lane[1], Tab::Threads));
    press(&mut model, "p q");
    assert_eq!(model.columns.pull, Some(lane[0]));
}

#[test]
fn what_is_selected_is_on_the_screen() {
    for (width, height) in [(220, 60), (80, 24), (40, 12), (20, 5)] {
        let mut model = fixture::crowd(300);
        tell(&mut model, Msg::MarksLoaded(Default::default()));
        tell(&mut model, Msg::Resized { width, height });
        for keys in ["G", "l G", "l l l", "k k", "g", "PageDown", "3 G", "1 G k", "2 h h h h h h h"] {
            press(&mut model, keys);
            let wanted = model.cursor(model.home).pull.unwrap();
            let mut cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
            let on_screen =
                cells.any(|cell| matches!(hit::at(&model, cell), hit::Target::Card(_, _, pull) if pull == wanted));
            assert!(on_screen, "{width}×{height} after {keys}: {wanted} is nowhere");
        }
    }
}

#[test]
fn the_wheel_scrolls_and_leaves_the_selection() {
    let mut model = fixture::crowd(300);
    tell(&mut model, Msg::MarksLoaded(Default::default()));
    press(&mut model, "g");
    let selected = model.columns.clone();
    tell(&mut model, Msg::Wheeled { column: 5, row: 10, notches: 3 });
    assert_eq!((model.columns.pull, model.columns.first_row[0]), (selected.pull, 3));
    tell(&mut model, Msg::Wheeled { column: 5, row: 10, notches: i32::MAX });
    let end = model.columns.first_row[0];
    assert!(end < model.lists.columns[0].cards.len());
    tell(&mut model, Msg::Wheeled { column: 5, row: 10, notches: i32::MIN });
    assert_eq!(model.columns.first_row[0], 0);
}

#[test]
fn a_click_selects_and_a_second_one_opens() {
    let mut model = model();
    let cell_of = |model: &vepherd::app::model::Model, number: u64| {
        let mut cells = (0..45).flat_map(|y| (0..160).map(move |x| (x, y)));
        cells.find(|cell| matches!(hit::at(model, *cell), hit::Target::Card(_, _, pull) if pull.0 == number)).unwrap()
    };
    let (column, row) = cell_of(&model, 372);
    tell(&mut model, Msg::Clicked { column, row });
    assert_eq!((model.columns.pull, model.pages.len()), (Some(PullNumber(372)), 0));
    tell(&mut model, Msg::Clicked { column, row });
    assert_eq!(page(&model).pull, PullNumber(372));
    let find = |model: &vepherd::app::model::Model, wanted: hit::Target| {
        let mut cells = (0..45).flat_map(|y| (0..160).map(move |x| (x, y)));
        let (column, row) = cells.find(|cell| hit::at(model, *cell) == wanted).unwrap();
        Msg::Clicked { column, row }
    };
    let click = find(&model, hit::Target::Tab(Tab::Timeline));
    tell(&mut model, click);
    assert_eq!(page(&model).tab, Tab::Timeline);
    press(&mut model, "q");
    let click = find(&model, hit::Target::Home(Home::Queues));
    tell(&mut model, click);
    assert_eq!(model.home, Home::Queues);
}

#[test]
fn leaving_is_one_key_at_the_top_and_back_elsewhere() {
    let mut model = model();
    assert_eq!(press(&mut model, "Esc"), []);
    assert_eq!(press(&mut model, "Enter ? q q"), []);
    assert_eq!(model.leaving, Leaving::No);
    assert_eq!(press(&mut model, "q"), [Effect::Quit]);
    for msg in [Msg::Terminated, Msg::InputClosed] {
        let mut model = self::model();
        assert_eq!(tell(&mut model, msg), [Effect::Quit]);
    }
}

#[test]
fn links_go_to_the_browser_and_the_clipboard() {
    let mut model = model();
    let url = model.facts.pulls[&PullNumber(402)].url.clone();
    assert_eq!(press(&mut model, "o"), [Effect::OpenUrl { url: url.clone() }]);
    assert!(press(&mut model, "y").contains(&Effect::Copy { text: url }));
}

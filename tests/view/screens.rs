//! Every screen at the sizes that people have, with styles.

use ratatui_textarea::TextArea;
use vepherd::app::geometry::CardSize;
use vepherd::app::model::*;
use vepherd::app::registry::{Command, ENTRIES};
use vepherd::domain::action::{BadIntent, Post, ReviewEvent};
use vepherd::domain::failure::{Failure, FailureKind};
use vepherd::domain::ids::{Login, PullNumber, Sha, SigName};
use vepherd::domain::prow::forecast::{Forecast, FoundCommand};
use vepherd::domain::prow::gate::{Gate, GateState};
use vepherd::view::styles::{ColorMode, GlyphSet, Styles};

use super::dump::{drawn, dump, text};
use super::fixture::{ago, marked, model, relisted, with_toast};

/// The sizes that are looked at.
const SIZES: [(u16, u16); 4] = [(220, 60), (160, 45), (100, 30), (80, 24)];

pub fn calm() -> Styles {
    Styles::calm(ColorMode::Colors, GlyphSet::Unicode)
}

pub fn page(tab: Tab) -> Model {
    let mut model = model();
    let page = ProposalPage {
        pull: PullNumber(402),
        tab,
        scroll: [0; 6],
        side_scroll: 0,
        head: Sha::new("b1c2d3e4f5a6b7c8d9e0"),
    };
    model.pages.push(Page::Proposal(page));
    model
}

pub fn composer() -> Model {
    let mut model = page(Tab::Document);
    let found = |text: &str, obeyed, why: &str| FoundCommand {
        text: text.to_owned(),
        plugin: "hold".to_owned(),
        obeyed,
        why: why.to_owned(),
    };
    model.overlay = Some(Overlay::Composer(Box::new(Composer {
        pull: PullNumber(402),
        head: Sha::new("b1c2d3e4f5"),
        purpose: Purpose::Veto { sig: Some(SigName::new("storage")) },
        warning: Some("You speak for SIG storage".to_owned()),
        text: TextArea::from(["The migration path for running VMs is not described.", "", "/approve"]),
        forecast: Ok(Forecast {
            posts: vec![Post::Review {
                event: ReviewEvent::RequestChanges,
                body: String::new(),
                commit: Sha::new("b1c2d3e4f5"),
            }],
            commands: vec![
                found("/hold", true, "do-not-merge/hold is set"),
                found("/approve", false, "no effect: not in OWNERS"),
            ],
            labels_added: vec!["do-not-merge/hold".to_owned()],
            labels_removed: vec!["lgtm".to_owned()],
            signoffs: Vec::new(),
            effects: vec!["only you can lift the veto; anyone can lift the hold".to_owned()],
            warnings: vec!["the text holds an /approve beside a veto".to_owned()],
            gate_after: Some(Gate {
                state: GateState::Blocked,
                blockers: vec!["held".to_owned(), "needs-lgtm".to_owned()],
                warnings: Vec::new(),
            }),
        }),
        moved: None,
        problem: None,
        unsaved: false,
        touched: true,
    })));
    model
}

pub fn help() -> Model {
    let mut model = model();
    let rows = ENTRIES.iter().map(|entry| HelpRow {
        command: entry.command,
        keys: entry.keys.join(" "),
        note: (entry.command == Command::Lift).then(|| "nothing to lift".to_owned()),
        refused: entry.command == Command::Lift,
    });
    model.overlay = Some(Overlay::Help(HelpPage { rows: rows.collect(), scroll: 0 }));
    model
}

pub fn picker() -> Model {
    let mut model = model();
    let choice = |name: &str, note: &str| Choice {
        label: name.to_owned(),
        note: note.to_owned(),
        pick: Pick::Assign(Login::new(name)),
    };
    model.overlay = Some(Overlay::Picker(Box::new(Picker {
        title: "Shepherd of #402".to_owned(),
        text: TextArea::from(["e"]),
        choices: vec![choice("elm", "2 in the queue"), choice("cedar", "5"), choice("you", "take it yourself")],
        matches: vec![0, 1, 2],
        selected: 1,
        about: None,
        typed: Typed::Assignee,
    })));
    model
}

pub fn filter() -> Model {
    let mut model = model();
    model.overlay = Some(Overlay::Filter(Box::new(FilterPrompt {
        text: TextArea::from(["sig:storage stag:conflict"]),
        before: String::new(),
        error: Some((12, "no such qualifier: stag".to_owned())),
        completing: None,
        recalled: None,
    })));
    model
}

fn at(mut model: Model, home: Home) -> Model {
    model.home = home;
    model
}

fn completing() -> Model {
    let mut model = filter();
    let option = |text: &str, note: &str| vepherd::domain::query::Suggestion { text: text.into(), note: note.into() };
    if let Some(Overlay::Filter(prompt)) = &mut model.overlay {
        prompt.text = TextArea::from(["sig:storage"]);
        prompt.error = None;
        prompt.completing = Some(Completing {
            head: "sig:".to_owned(),
            after: String::new(),
            alike: String::new(),
            options: vec![option("compute", "31"), option("storage", "12"), option("network", "4")],
            selected: Some(1),
        });
    }
    model
}

fn empty() -> Model {
    let mut model = at(model(), Home::Today);
    model.lists.today.iter_mut().for_each(|section| section.rows.clear());
    model
}

fn loading() -> Model {
    let mut model = model();
    model.loaded = false;
    model
}

fn trouble() -> Model {
    let mut model = with_toast(model(), Level::Good, "Veto on #402 is sent");
    let failure = Failure::new(FailureKind::Network, "reach api.github.com", "connection refused");
    model.trouble = Some(Trouble {
        failure: failure.hint("Check the network; what you see is 2 min old."),
        at: ago(0.001),
        next_try: Some(ago(-0.0005)),
    });
    model
}

fn second_column() -> Model {
    let mut model = model();
    model.columns.pull = Some(PullNumber(363));
    model.columns.lane = 1;
    model.columns.first_lane = 1;
    model.filter = "sig:compute".to_owned();
    model
}

#[test]
fn every_screen_at_every_size() {
    let screens = [
        ("board", model()),
        ("board-second", second_column()),
        ("conflicts", at(model(), Home::Conflicts)),
        ("document", page(Tab::Document)),
        ("conversation", page(Tab::Conversation)),
        ("verdict", page(Tab::Verdict)),
        ("composer", composer()),
    ];
    for (name, model) in &screens {
        for (width, height) in SIZES {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), dump(&drawn(model, &calm(), width, height)));
        }
    }
}

/// Every kind of row of Today, at the sizes at which people have it.
#[test]
fn today_at_every_size() {
    let mut all = marked();
    all.shows_quiet = true;
    let all = relisted(all);
    for (name, model) in [("today", marked()), ("today-all", all)] {
        for (width, height) in [(220, 60), (120, 40), (80, 24), (40, 12)] {
            let mut model = model.clone();
            model.size = (width, height);
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), dump(&drawn(&model, &calm(), width, height)));
        }
    }
    let mut conflicts = marked();
    conflicts.home = Home::Conflicts;
    insta::assert_snapshot!("conflicts-marked", dump(&drawn(&conflicts, &calm(), 120, 36)));
    let mut board = marked();
    board.home = Home::Board;
    insta::assert_snapshot!("board-marked", dump(&drawn(&board, &calm(), 160, 45)));
    let mut page = marked();
    page.pages.push(Page::Proposal(ProposalPage {
        pull: PullNumber(382),
        tab: Tab::Verdict,
        scroll: [0; 6],
        side_scroll: 0,
        head: Sha::new("b1c2d3e4f5a6b7c8d9e0"),
    }));
    insta::assert_snapshot!("verdict-marked", dump(&drawn(&page, &calm(), 100, 36)));
}

/// Denser, folded, and with the verdict beside the columns.
#[test]
fn the_columns_as_the_viewer_wants_them() {
    let with = |change: fn(&mut Model)| {
        let mut model = model();
        change(&mut model);
        model
    };
    let screens = [
        ("lines", with(|model| model.look.density = CardSize::Line)),
        ("full", with(|model| model.look.density = CardSize::Full)),
        ("folded", with(|model| model.look.fold("needs shepherd"))),
        ("preview", with(|model| model.look.preview = Preview::Shown)),
    ];
    for (name, model) in &screens {
        insta::assert_snapshot!(format!("look-{name}"), dump(&drawn(model, &calm(), 160, 36)));
    }
    let narrow = |model: &Model| text(&drawn(model, &calm(), 100, 30));
    assert_eq!(narrow(&screens[3].1), narrow(&model()), "no room for the verdict: the columns keep theirs");
}

#[test]
fn the_other_screens_at_one_size() {
    let mut unreadable = composer();
    if let Some(Overlay::Composer(composer)) = &mut unreadable.overlay {
        composer.forecast = Err(BadIntent::NoReason("veto"));
        composer.moved = Some("The head has moved from b1c2d3e to c0ffee0 since you read it.".to_owned());
    }
    let screens = [
        ("help", help()),
        ("picker", picker()),
        ("filter", filter()),
        ("completing", completing()),
        ("threads", page(Tab::Threads)),
        ("timeline", page(Tab::Timeline)),
        ("description", page(Tab::Description)),
        ("empty", empty()),
        ("loading", loading()),
        ("trouble", trouble()),
        ("composer-refused", unreadable),
    ];
    for (name, model) in &screens {
        insta::assert_snapshot!(*name, dump(&drawn(model, &calm(), 120, 36)));
    }
}

#[test]
fn without_colours_and_in_ascii_the_same_is_said() {
    let mono = Styles::calm(ColorMode::Mono, GlyphSet::Ascii);
    let pictures = [("board", model()), ("document", page(Tab::Document)), ("conversation", page(Tab::Conversation))];
    for (name, model) in &pictures {
        let picture = drawn(model, &mono, 120, 36);
        insta::assert_snapshot!(format!("ascii-{name}"), dump(&picture));
        // Only what people wrote may be outside ASCII.
        let ours: String = text(&picture).lines().filter(|line| !line.contains("仮想化")).collect();
        let strange: Vec<char> = ours.chars().filter(|c| !c.is_ascii()).collect();
        assert!(strange.is_empty(), "{name}: {strange:?}");
        let coloured = picture.content().iter().any(|cell| cell.fg != ratatui::style::Color::Reset);
        assert!(!coloured, "{name} has a colour under NO_COLOR");
    }
}

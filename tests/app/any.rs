//! Whatever happens in whatever order at whatever size: nothing panics, and what is drawn stays inside.

use std::sync::Arc;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use vepherd::app::effect::{ReqId, Timer};
use vepherd::app::keymap::Key;
use vepherd::app::model::OutgoingId;
use vepherd::app::msg::{Msg, SyncOutcome};
use vepherd::app::registry::ENTRIES;
use vepherd::domain::failure::{Failure, FailureKind};
use vepherd::view;
use vepherd::view::styles::{ColorMode, GlyphSet, Styles};

use super::{model, now, tell};

fn any_key() -> impl Strategy<Value = Key> {
    let bound: Vec<Key> = ENTRIES.iter().flat_map(|entry| entry.keys).map(|key| Key::parse(key).unwrap()).collect();
    prop_oneof![4 => prop::sample::select(bound), 1 => any::<char>().prop_map(Key::char)]
}

fn any_msg() -> impl Strategy<Value = Msg> {
    let failure = || Failure::new(FailureKind::Network, "try", "it failed");
    let place = || (0_u16..230, 0_u16..70);
    prop_oneof![
        12 => any_key().prop_map(Msg::KeyPressed),
        1 => ".{0,40}".prop_map(Msg::Pasted),
        2 => place().prop_map(|(column, row)| Msg::Clicked { column, row }),
        2 => (place(), any::<i32>()).prop_map(|((column, row), notches)| Msg::Wheeled { column, row, notches }),
        2 => (0_u16..230, 0_u16..70).prop_map(|(width, height)| Msg::Resized { width, height }),
        1 => Just(Msg::Resized { width: 1, height: 1 }),
        1 => (0_u64..9, 0_i64..4).prop_map(|(r, id)| Msg::Enqueued { request: ReqId(r), id: OutgoingId(id) }),
        1 => (0_u64..9).prop_map(move |r| Msg::SendEnded {
            request: ReqId(r), id: OutgoingId(1), outcome: if r % 2 == 0 { Ok(()) } else { Err(failure()) }
        }),
        1 => (0_u64..9).prop_map(|r| Msg::Synced { request: ReqId(r), outcome: SyncOutcome::default() }),
        1 => (0_u64..9).prop_map(move |r| Msg::SyncFailed { request: ReqId(r), failure: failure() }),
        1 => Just(Msg::EditorClosed(Ok("text\n/hold".to_owned()))),
        1 => Just(Msg::OutboxLoaded(Vec::new())),
        1 => prop::sample::select(vec![Timer::Toast, Timer::Draft, Timer::Refresh, Timer::Send(OutgoingId(1))])
            .prop_map(Msg::TimerFired),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(msgs in prop::collection::vec(any_msg(), 1..60)) {
        let mut model = model();
        let styles = Styles::calm(ColorMode::Colors, GlyphSet::Unicode);
        for msg in msgs {
            tell(&mut model, msg);
            let area = Rect::new(0, 0, model.size.0, model.size.1);
            let mut buffer = Buffer::empty(area);
            view::draw(&model, &styles, now(), area, &mut buffer);
        }
    }

    #[test]
    fn facts_may_go_and_come(msgs in prop::collection::vec(any_msg(), 1..30), keep in 0_usize..12) {
        let mut model = model();
        for msg in msgs {
            tell(&mut model, msg);
        }
        let mut facts = (*model.facts).clone();
        let gone: Vec<_> = facts.pulls.keys().copied().skip(keep).collect();
        facts.pulls.retain(|number, _| !gone.contains(number));
        tell(&mut model, Msg::FactsLoaded(Arc::new(facts)));
        let target = model.target();
        prop_assert!(target.is_none_or(|number| !gone.contains(&number)), "{target:?} is gone");
        let styles = Styles::calm(ColorMode::Mono, GlyphSet::Ascii);
        let area = Rect::new(0, 0, 80, 24);
        view::draw(&model, &styles, now(), area, &mut Buffer::empty(area));
    }
}

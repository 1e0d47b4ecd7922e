//! One command → its doing. Refusals come from [`available`]; what is refused says why.

use super::{composer, filter, home, marks, outbox, page, picker, quit, sync, toast};
use crate::app::available;
use crate::app::effect::{Effect, Effects, SyncMode};
use crate::app::model::{HelpPage, HelpRow, Home, Leaving, Level, Model, Overlay, Page, Tab};
use crate::app::registry::{self, Availability, Command};
use crate::app::update::{facts, keys};

/// Gives a command.
pub fn run(model: &mut Model, command: Command) -> Effects {
    if let Availability::Refused(why) = available::of(model, command) {
        return toast(model, Level::Warn, format!("{}: {why}", registry::entry(command).name));
    }
    match command {
        Command::Down => step(model, 1),
        Command::Up => step(model, -1),
        Command::PageDown => leap(model, 1, 1),
        Command::PageUp => leap(model, -1, 1),
        Command::HalfDown => leap(model, 1, 2),
        Command::HalfUp => leap(model, -1, 2),
        Command::First => step(model, isize::MIN),
        Command::Last => step(model, isize::MAX),
        Command::Left => sideways(model, -1),
        Command::Right => sideways(model, 1),
        Command::Open => open(model),
        Command::Back => back(model),
        Command::Leave => leave(model),
        Command::Today => home::show(model, Home::Today),
        Command::Board => home::show(model, Home::Board),
        Command::Queues => home::show(model, Home::Queues),
        Command::Conflicts => home::show(model, Home::Conflicts),
        Command::NextTab => tab(model, 1),
        Command::PreviousTab => tab(model, -1),
        Command::Grouping => home::regroup(model),
        Command::Density => home::resize_cards(model),
        Command::Fold => home::fold(model),
        Command::Preview => home::preview(model),
        Command::Filter => filter::open(model),
        Command::Palette => picker::palette(model),
        Command::Help => help(model),
        Command::Comment
        | Command::AskFix
        | Command::Lgtm
        | Command::Approve
        | Command::Veto
        | Command::Lift
        | Command::Hold => composer::open(model, command),
        Command::Shepherd => picker::shepherds(model),
        Command::Reply | Command::Resolve => picker::threads(model, command),
        Command::Refresh => sync::start(model, SyncMode::Changed, true),
        Command::FullSync => sync::start(model, SyncMode::Full, true),
        Command::Browse => link(model).map_or_else(Effects::none, |url| Effect::OpenUrl { url }.into()),
        Command::CopyLink => match link(model) {
            None => Effects::none(),
            Some(url) => {
                let mut effects = toast(model, Level::Good, format!("copied {url}"));
                effects.push(Effect::Copy { text: url });
                effects
            }
        },
        Command::Threads => threads(model),
        Command::MarkSeen => marks::done(model),
        Command::Snooze => marks::snooze(model),
        Command::SayTurn => marks::turn(model),
        Command::Objections => marks::objections(model),
        Command::ShowQuiet => marks::toggle_quiet(model),
        Command::Views => filter::views(model),
        Command::View1 | Command::View2 | Command::View3 | Command::View4 => {
            command.view().map_or_else(Effects::none, |place| filter::nth_view(model, place))
        }
        Command::NextProposal => page::sibling(model, 1),
        Command::PreviousProposal => page::sibling(model, -1),
        // What would be public in a moment goes before what only the viewer sees.
        Command::Undo if model.undoable.is_empty() => marks::undo(model),
        Command::Undo => outbox::undo(model),
        Command::Outbox => outbox::open(model),
        Command::Resend => outbox::resend(model),
        Command::Discard => outbox::discard(model),
        Command::EditWrite => outbox::edit(model),
        Command::Submit => composer::submit(model),
        Command::Editor => composer::editor(model),
        Command::Close => close(model),
        Command::Accept => accept(model),
        Command::PickNext => picker::step(model, 1),
        Command::PickPrevious => picker::step(model, -1),
        Command::Complete => filter::complete(model, 1),
        Command::CompleteBack => filter::complete(model, -1),
        Command::Older => filter::recall(model, 1),
        Command::Newer => filter::recall(model, -1),
        Command::Suspend => Effect::Suspend.into(),
        Command::Quit => quit(model),
    }
}

fn link(model: &Model) -> Option<String> {
    let number = model.target()?;
    Some(model.facts.pulls.get(&number)?.url.clone())
}

fn step(model: &mut Model, by: isize) -> Effects {
    match (&mut model.overlay, model.pages.last()) {
        (Some(Overlay::Help(help)), _) => scroll_help(help, by),
        (_, Some(Page::Proposal(_))) => page::scroll(model, by),
        (_, Some(Page::Outbox(_))) => outbox::step(model, by),
        (_, None) => home::step(model, by),
    }
    Effects::none()
}

fn scroll_help(help: &mut HelpPage, by: isize) {
    help.scroll = help.scroll.saturating_add_signed(by).min(help.rows.len());
}

/// A part of a screenful: `1 / part` of it.
fn leap(model: &mut Model, direction: isize, part: isize) -> Effects {
    let screenful = match model.page() {
        Some(Page::Proposal(_)) => page::rows(model),
        Some(Page::Outbox(_)) => 5,
        None => home::fit(model),
    };
    let by = isize::try_from(screenful).unwrap_or(1) / part;
    step(model, direction * by.max(1))
}

fn sideways(model: &mut Model, by: isize) -> Effects {
    match model.page() {
        Some(Page::Proposal(_)) => page::tab(model, by),
        Some(Page::Outbox(_)) => {}
        None => home::sideways(model, by),
    }
    Effects::none()
}

fn tab(model: &mut Model, by: isize) -> Effects {
    match model.page() {
        Some(_) => {
            page::tab(model, by);
            Effects::none()
        }
        None => {
            let count = Home::ALL.len();
            let here = Home::ALL.iter().position(|home| *home == model.home).unwrap_or(0);
            let next = (here + count).saturating_add_signed(by) % count;
            home::show(model, Home::ALL.get(next).copied().unwrap_or(model.home))
        }
    }
}

fn open(model: &mut Model) -> Effects {
    let number = match model.page() {
        Some(Page::Outbox(page)) => {
            page.selected.and_then(|id| model.outbox.iter().find(|entry| entry.id == id)).map(|entry| entry.intent.pull)
        }
        Some(Page::Proposal(_)) => None,
        None => model.target(),
    };
    number.map_or_else(Effects::none, |number| page::open(model, number))
}

fn threads(model: &mut Model) -> Effects {
    if model.page().is_none() {
        let effects = open(model);
        page::select(model, Tab::Threads);
        return effects;
    }
    page::select(model, Tab::Threads);
    Effects::none()
}

fn back(model: &mut Model) -> Effects {
    if model.overlay.take().is_some() || model.pages.pop().is_some() {
        return Effects::none();
    }
    if !model.filter.is_empty() {
        model.filter.clear();
        facts::relist(model);
    }
    Effects::none()
}

/// Back; at the top out, but not before what is about to be sent has gone.
fn leave(model: &mut Model) -> Effects {
    if model.overlay.is_some() || !model.pages.is_empty() {
        return back(model);
    }
    if model.leaving == Leaving::AfterSends || !outbox::busy(model) {
        return quit(model);
    }
    model.leaving = Leaving::AfterSends;
    let mut effects = outbox::send_all(model);
    effects.extend(toast(model, Level::Info, "sending what is queued, then leaving; q again leaves it in the outbox"));
    effects
}

fn help(model: &mut Model) -> Effects {
    let layers = keys::screen_layers(model);
    let mut rows: Vec<(registry::Group, HelpRow)> = registry::ENTRIES
        .iter()
        .filter(|entry| entry.layers.iter().any(|layer| layers.contains(layer)))
        .map(|entry| {
            let (note, refused) = match available::of(model, entry.command) {
                Availability::Ready => (None, false),
                Availability::Warned(why) => (Some(why), false),
                Availability::Refused(why) => (Some(why), true),
            };
            let keys = model.keymap.keys(entry.command).join(" ");
            (entry.group, HelpRow { command: entry.command, keys, note, refused })
        })
        .collect();
    rows.sort_by_key(|(group, _)| *group);
    model.overlay = Some(Overlay::Help(HelpPage { rows: rows.into_iter().map(|(_, row)| row).collect(), scroll: 0 }));
    Effects::none()
}

fn close(model: &mut Model) -> Effects {
    match model.overlay {
        Some(Overlay::Composer(_)) => composer::close(model),
        Some(Overlay::Filter(_)) => filter::cancel(model),
        Some(Overlay::Picker(_) | Overlay::Help(_)) | None => {
            model.overlay = None;
            Effects::none()
        }
    }
}

fn accept(model: &mut Model) -> Effects {
    match model.overlay {
        Some(Overlay::Filter(_)) => filter::accept(model),
        Some(Overlay::Picker(_)) => picker::accept(model),
        Some(Overlay::Composer(_) | Overlay::Help(_)) | None => Effects::none(),
    }
}

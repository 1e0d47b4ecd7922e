//! A proposal's page: its tabs and their scrolling. How long a text is at a width only the view knows, which the shell
//! has handed in as a pure function ([`crate::app::model::Measure`]).

use super::{home, toast};
use crate::app::effect::Effects;
use crate::app::geometry;
use crate::app::hit;
use crate::app::model::{Level, Model, Page, ProposalPage, Tab};
use crate::domain::ids::PullNumber;

/// Opens a proposal's page.
pub fn open(model: &mut Model, number: PullNumber) -> Effects {
    let Some(pull) = model.facts.pulls.get(&number) else {
        return toast(model, Level::Warn, format!("{number} is not here any more"));
    };
    let has_document = !pull.documents.is_empty();
    let head = pull.head.clone();
    let tab = match (wide(model), has_document) {
        (false, _) => Tab::Verdict,
        (true, true) => Tab::Document,
        (true, false) => Tab::Description,
    };
    let page = ProposalPage { pull: number, tab, scroll: [0; 6], side_scroll: 0, head };
    // One page of a kind: a proposal opened from the outbox takes the outbox's place on the way back only once.
    model.pages.retain(|page| !matches!(page, Page::Proposal(_)));
    model.pages.push(Page::Proposal(page));
    Effects::none()
}

/// The verdict stands beside the pane.
#[must_use]
pub fn wide(model: &Model) -> bool {
    geometry::page(geometry::frame(hit::screen(model)).body).verdict.is_some()
}

/// Rows of the pane.
#[must_use]
pub fn rows(model: &Model) -> usize {
    usize::from(geometry::page(geometry::frame(hit::screen(model)).body).pane.height)
}

fn page_mut(model: &mut Model) -> Option<&mut ProposalPage> {
    match model.pages.last_mut() {
        Some(Page::Proposal(page)) => Some(page),
        Some(Page::Outbox(_)) | None => None,
    }
}

fn page(model: &Model) -> Option<&ProposalPage> {
    match model.page() {
        Some(Page::Proposal(page)) => Some(page),
        Some(Page::Outbox(_)) | None => None,
    }
}

/// Shows a tab.
pub fn select(model: &mut Model, tab: Tab) {
    if let Some(page) = page_mut(model) {
        page.tab = tab;
    }
    clamp(model);
}

/// The next tab, or the one before, round and round.
pub fn tab(model: &mut Model, by: isize) {
    let wide = wide(model);
    let Some(page) = page_mut(model) else { return };
    let tabs = Tab::shown(wide);
    let here = tabs.iter().position(|tab| *tab == hit::shown_tab(page, wide)).unwrap_or(0);
    let there = (here + tabs.len()).saturating_add_signed(by) % tabs.len().max(1);
    page.tab = tabs.get(there).copied().unwrap_or(page.tab);
    clamp(model);
}

/// Scrolls the pane.
pub fn scroll(model: &mut Model, by: isize) {
    let wide = wide(model);
    let end = end(model);
    let Some(page) = page_mut(model) else { return };
    let tab = hit::shown_tab(page, wide);
    if let Some(first) = page.scroll.get_mut(tab.index()) {
        *first = (*first).min(end).saturating_add_signed(by).min(end);
    }
}

/// Scrolls the verdict beside the pane.
pub fn scroll_side(model: &mut Model, by: isize) {
    let end = side_end(model);
    if let Some(page) = page_mut(model) {
        page.side_scroll = page.side_scroll.min(end).saturating_add_signed(by).min(end);
    }
}

/// No scroll offset points past its text, whatever has become shorter.
pub fn clamp(model: &mut Model) {
    scroll(model, 0);
    scroll_side(model, 0);
}

/// The farthest that the pane can be scrolled.
fn end(model: &Model) -> usize {
    let plan = geometry::page(geometry::frame(hit::screen(model)).body);
    let Some(page) = page(model) else { return 0 };
    let page = ProposalPage { tab: hit::shown_tab(page, plan.verdict.is_some()), ..page.clone() };
    geometry::scroll_end((model.settings.measure)(model, &page, plan.pane.width), plan.pane.height)
}

fn side_end(model: &Model) -> usize {
    let plan = geometry::page(geometry::frame(hit::screen(model)).body);
    let (Some(page), Some(side)) = (page(model), plan.verdict) else { return 0 };
    let page = ProposalPage { tab: Tab::Verdict, ..page.clone() };
    geometry::scroll_end((model.settings.measure)(model, &page, side.width), side.height)
}

/// The next proposal of the list under the page, on the same tab.
pub fn sibling(model: &mut Model, by: isize) -> Effects {
    let tab = page(model).map(|page| page.tab);
    home::step(model, by);
    let (Some(next), Some(tab)) = (model.cursor(model.home).pull, tab) else { return Effects::none() };
    let effects = open(model, next);
    select(model, tab);
    effects
}

/// The facts have changed: the page follows a push and says so; a page of a proposal that is gone is closed.
pub fn refreshed(model: &mut Model) -> Effects {
    let facts = model.facts.clone();
    let mut moved = None;
    model.pages.retain_mut(|page| match page {
        Page::Outbox(_) => true,
        Page::Proposal(page) => facts.pulls.get(&page.pull).is_some_and(|pull| {
            if pull.head != page.head {
                page.head = pull.head.clone();
                moved = Some(format!("{}: a push; you see the new head {} now", page.pull, pull.head.short()));
            }
            true
        }),
    });
    clamp(model);
    moved.map_or_else(Effects::none, |text| toast(model, Level::Warn, text))
}

//! `show` for people: the whole reasoning first, each part with the events that it rests on, then what was said. A
//! doubter must be able to check every line against the thread: so each verdict names who did what, when, and where to
//! read it.

mod people;
mod reasoning;
mod talk;
mod yours;

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::json::time;
use super::{Out, Paint};
use crate::domain::facts::{Actor, EventKind, Facts, PullFacts, ReviewState};
use crate::domain::ids::Login;
use crate::domain::marks::Local;
use crate::domain::profile::Profile;
use crate::domain::text::{sanitize, sanitize_line, width};
use crate::domain::verdict::{Evidence, Explanation, Verdict};

/// Lines longer than this are hard to read, however wide the terminal is.
const WIDEST: usize = 120;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// All facts.
    pub facts: &'a Facts,
    /// The pull request's.
    pub pull: &'a PullFacts,
    /// What follows from them.
    pub verdict: &'a Verdict,
    /// Why.
    pub explanation: &'a Explanation,
    /// What the viewer said.
    pub local: Option<&'a Local>,
    /// The process.
    pub profile: &'a Profile,
    /// The moment of the page.
    pub now: Timestamp,
}

/// The whole page.
#[must_use]
pub fn show(out: Out, subject: &Subject<'_>) -> String {
    let mut page = Page { out, text: String::new(), events: events(subject.pull) };
    page.head(subject);
    page.turn(subject);
    page.yours(subject.local, subject.now);
    page.shepherd(subject);
    page.signoffs(subject.verdict);
    page.positions(subject);
    page.objections(subject.verdict, subject.local);
    page.gate(subject);
    page.clocks(subject);
    page.release(subject.verdict);
    page.readiness(subject.verdict);
    page.problems(subject);
    page.reasons(subject);
    page.threads(subject.pull);
    page.talk(subject.pull);
    let synced = subject.facts.synced_at.map_or_else(|| "no sync yet".to_owned(), time);
    page.line(&format!("\nfacts of {synced}"));
    page.text
}

/// Who did what when, by its link.
type Events = HashMap<String, (Timestamp, Option<String>, &'static str)>;

struct Page {
    out: Out,
    text: String,
    events: Events,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn section(&mut self, name: &str) {
        let name = self.out.paint(Paint::Bold, name);
        let _ = write!(self.text, "\n{name}\n");
    }

    /// A mark (with the blanks before it), and a text that is wrapped beside it.
    fn item(&mut self, mark: &str, text: &str, paint: Option<Paint>) {
        let indent = width(mark);
        let room = self.out.width.map(|all| all.min(WIDEST).saturating_sub(indent).max(20));
        for (index, piece) in wrap(text, room).iter().enumerate() {
            let lead = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
            let line = format!("{lead}{piece}");
            let line = paint.map_or(line.clone(), |paint| self.out.paint(paint, &line));
            self.line(line.trim_end());
        }
    }

    /// A name in a column, and a text beside it.
    fn pair(&mut self, name: &str, column: usize, text: &str, paint: Option<Paint>) {
        let pad = " ".repeat(column.saturating_sub(width(name)));
        self.item(&format!("  {name}{pad}  "), text, paint);
    }

    /// A text of somebody, indented.
    fn quote(&mut self, text: &str) {
        for line in sanitize(text).lines() {
            self.line(format!("    {line}").trim_end());
        }
    }

    /// The event that something rests on: who, what, when, where to read it.
    fn rests_on(&mut self, indent: usize, event: &Evidence) {
        let by = event.by.as_ref().map_or_else(String::new, |by| format!("{} ", one(by)));
        let link = event.url.as_deref().map_or_else(String::new, |url| format!(", {}", sanitize_line(url)));
        let text = format!("{by}{} {}{link}", event.what, time(event.at));
        self.item(&format!("{}↳ ", " ".repeat(indent)), &text, Some(Paint::Dim));
    }

    /// The same for a link alone.
    fn rests_on_link(&mut self, indent: usize, link: Option<&String>) {
        let Some(link) = link else { return };
        let known = self.events.get(link).map(|(at, by, what)| {
            let by = by.as_ref().map_or_else(String::new, |by| format!("{by} "));
            format!("{by}{what} {}, ", time(*at))
        });
        let text = format!("{}{}", known.unwrap_or_default(), sanitize_line(link));
        self.item(&format!("{}↳ ", " ".repeat(indent)), &text, Some(Paint::Dim));
    }
}

/// Breaks a text at spaces; a word that is longer than the room stays whole, so that links can be copied.
fn wrap(text: &str, room: Option<usize>) -> Vec<String> {
    let Some(room) = room else { return vec![text.to_owned()] };
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && width(&line) + 1 + width(word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

fn events(pull: &PullFacts) -> Events {
    let name = |actor: &Option<Actor>| actor.as_ref().map(|actor| one(&actor.login));
    let mut events = Events::new();
    for it in &pull.comments {
        events.insert(it.url.clone(), (it.at, name(&it.author), "commented"));
    }
    for it in &pull.reviews {
        events.insert(it.url.clone(), (it.at, name(&it.author), reviewed(it.state)));
    }
    for it in pull.threads.iter().flat_map(|thread| &thread.comments) {
        events.insert(it.url.clone(), (it.at, name(&it.author), "wrote in a thread"));
    }
    for it in &pull.timeline {
        let Some(url) = &it.url else { continue };
        let what = match it.kind {
            EventKind::ForcePushed { .. } => "force-pushed",
            EventKind::Assigned(_) => "assigned somebody",
            EventKind::Labeled(_) | EventKind::Unlabeled(_) => "changed the labels",
            _ => "changed it",
        };
        events.insert(url.clone(), (it.at, name(&it.actor), what));
    }
    let author = name(&pull.author);
    events.entry(pull.url.clone()).or_insert((pull.created_at, author, "opened it"));
    events
}

/// A review's state as a verb.
fn reviewed(state: ReviewState) -> &'static str {
    match state {
        ReviewState::Approved => "approved",
        ReviewState::ChangesRequested => "requested changes",
        ReviewState::Commented => "reviewed",
        ReviewState::Dismissed => "reviewed (dismissed)",
    }
}

fn one(login: &Login) -> String {
    sanitize_line(login.as_str())
}

fn names(logins: &[Login]) -> String {
    logins.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `1 push`, `3 pushes`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `9.0 d (6.0 working)`.
fn both(days: f64, working: f64) -> String {
    format!("{days:.1} d ({working:.1} working)")
}

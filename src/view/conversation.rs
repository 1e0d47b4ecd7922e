//! What was said: comments, reviews and threads as people read them. Robots are folded to one line; a thread shows the
//! code that it is about; times are relative.

use std::fmt::Write as _;

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::markdown::{self, Manner};
use super::pane::Pane;
use super::pen::span;
use super::styles::Styles;
use super::words;
use super::wrap::{chop, wrap_text};
use crate::domain::facts::{
    Actor, ActorKind, CommentFacts, EventFacts, EventKind, PullFacts, ReviewFacts, ReviewState, ThreadFacts,
};
use crate::domain::profile::Profile;
use crate::domain::text::{sanitize, sanitize_line};

/// What a conversation is drawn with.
pub(super) struct Context<'a> {
    pub now: Timestamp,
    pub width: u16,
    pub profile: &'a Profile,
    pub styles: &'a Styles,
}

/// Lines of the diff above the line that a thread is about.
const HUNK_LINES: usize = 5;

enum Entry<'a> {
    Comment(&'a CommentFacts),
    Review(&'a ReviewFacts),
    Thread(&'a ThreadFacts),
    Event(&'a EventFacts),
}

impl Context<'_> {
    fn is_bot(&self, actor: Option<&Actor>) -> bool {
        actor.is_some_and(|actor| {
            actor.kind == ActorKind::Bot
                || self.profile.is_prow(&actor.login)
                || self.profile.bots.others.contains(&actor.login)
        })
    }

    fn name(&self, actor: Option<&Actor>) -> Span<'static> {
        match actor {
            Some(actor) => span(sanitize_line(actor.login.as_str()), self.styles.strong),
            None => span("deleted account", self.styles.dim),
        }
    }

    /// A text under its heading, with a bar on the left.
    fn body(&self, pane: &mut Pane, text: &str) {
        let before = vec![span(format!("{} ", self.styles.glyphs.upright), self.styles.faint)];
        if text.trim().is_empty() {
            return;
        }
        let width = self.width.saturating_sub(2).max(1);
        pane.document(markdown::rendered(text, width, Manner::Comment, self.styles), before);
    }
}

/// The conversation, oldest first.
pub(super) fn conversation(pull: &PullFacts, context: &Context<'_>) -> Pane {
    let mut entries: Vec<(Timestamp, Entry<'_>)> = Vec::new();
    entries.extend(pull.comments.iter().map(|comment| (comment.at, Entry::Comment(comment))));
    entries.extend(pull.reviews.iter().map(|review| (review.at, Entry::Review(review))));
    let reviewed = |thread: &ThreadFacts| {
        let first = thread.comments.first().and_then(|first| first.review.as_ref());
        first.is_some_and(|id| pull.reviews.iter().any(|review| review.id == *id))
    };
    let loose = pull.threads.iter().filter(|thread| !reviewed(thread));
    entries.extend(loose.filter_map(|thread| Some((thread.comments.first()?.at, Entry::Thread(thread)))));
    let told = pull.timeline.iter().filter(|event| is_told(&event.kind));
    entries.extend(told.map(|event| (event.at, Entry::Event(event))));
    entries.sort_by_key(|(at, _)| *at);

    let mut pane = Pane::default();
    let mut robots: Vec<String> = Vec::new();
    for (_, entry) in &entries {
        let actor = match entry {
            Entry::Comment(comment) => comment.author.as_ref(),
            Entry::Review(review) => review.author.as_ref(),
            Entry::Thread(thread) => thread.comments.first().and_then(|first| first.author.as_ref()),
            Entry::Event(event) => event.actor.as_ref(),
        };
        if context.is_bot(actor) {
            if !matches!(entry, Entry::Event(_)) {
                robots.extend(actor.map(|actor| sanitize_line(actor.login.as_str())));
            }
            continue;
        }
        fold_robots(&mut pane, &mut robots, context);
        match entry {
            Entry::Comment(comment) => say_comment(comment, &mut pane, context),
            Entry::Review(review) => say_review(review, pull, &mut pane, context),
            Entry::Thread(thread) => say_thread(thread, &mut pane, context),
            Entry::Event(event) => {
                pane.gap();
                pane.line(event_line(event, context));
            }
        }
    }
    fold_robots(&mut pane, &mut robots, context);
    if pane.height() == 0 {
        pane.line(Line::from(span("Nobody has said anything yet. c writes the first comment.", context.styles.dim)));
    }
    pane
}

/// Events that belong to the conversation; the timeline has all of them.
fn is_told(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::ForcePushed { .. }
            | EventKind::ReadyForReview
            | EventKind::ConvertedToDraft
            | EventKind::Closed
            | EventKind::Reopened
            | EventKind::Merged
            | EventKind::ReviewDismissed { .. }
    )
}

fn fold_robots(pane: &mut Pane, robots: &mut Vec<String>, context: &Context<'_>) {
    if robots.is_empty() {
        return;
    }
    let count = words::count(robots.len(), "robot comment", "robot comments");
    robots.sort();
    robots.dedup();
    let text = format!("{} {count} ({})", context.styles.glyphs.process, robots.join(", "));
    pane.gap();
    pane.line(Line::from(span(text, context.styles.faint)));
    robots.clear();
}

fn say_comment(comment: &CommentFacts, pane: &mut Pane, context: &Context<'_>) {
    let styles = context.styles;
    let edited = if comment.edited_at.is_some() { ", edited" } else { "" };
    pane.gap();
    pane.line(Line::from(vec![
        context.name(comment.author.as_ref()),
        span(format!("  {}{edited}", words::ago(context.now, comment.at)), styles.dim),
    ]));
    context.body(pane, &comment.body);
}

fn say_review(review: &ReviewFacts, pull: &PullFacts, pane: &mut Pane, context: &Context<'_>) {
    let styles = context.styles;
    let threads: Vec<&ThreadFacts> = pull
        .threads
        .iter()
        .filter(|thread| thread.comments.first().is_some_and(|first| first.review.as_ref() == Some(&review.id)))
        .collect();
    // GitHub makes an empty review of every reply in a thread; the reply stands in its thread.
    if review.state == ReviewState::Commented && review.body.trim().is_empty() && threads.is_empty() {
        return;
    }
    let (glyph, word, style) = match review.state {
        ReviewState::Approved => (styles.glyphs.signed, "approved", styles.good),
        ReviewState::ChangesRequested => (styles.glyphs.vetoed, "requested changes", styles.bad),
        ReviewState::Commented => (styles.glyphs.dot, "reviewed", styles.dim),
        ReviewState::Dismissed => (styles.glyphs.missing, "review, dismissed", styles.dim),
    };
    let commit = match &review.commit {
        Some(commit) if *commit != pull.head => format!(", at {}", sanitize_line(commit.short())),
        _ => String::new(),
    };
    pane.gap();
    pane.line(Line::from(vec![
        context.name(review.author.as_ref()),
        span(format!("  {glyph} {word}"), style),
        span(format!("  {}{commit}", words::ago(context.now, review.at)), styles.dim),
    ]));
    context.body(pane, &review.body);
    for thread in threads {
        say_thread(thread, pane, context);
    }
}

/// All threads, the open ones first.
pub(super) fn threads(pull: &PullFacts, context: &Context<'_>) -> Pane {
    let mut pane = Pane::default();
    let (open, done): (Vec<&ThreadFacts>, Vec<&ThreadFacts>) = pull.threads.iter().partition(|thread| !thread.resolved);
    if open.is_empty() && done.is_empty() {
        pane.line(Line::from(span("No review threads.", context.styles.dim)));
    }
    for thread in open.into_iter().chain(done) {
        say_thread(thread, &mut pane, context);
    }
    pane
}

fn say_thread(thread: &ThreadFacts, pane: &mut Pane, context: &Context<'_>) {
    let styles = context.styles;
    let mut place = sanitize_line(&thread.path);
    if let Some(line) = thread.line {
        let _ = write!(place, ":{line}");
    }
    let (word, style) = match (thread.resolved, thread.outdated) {
        (true, _) => ("resolved", styles.good),
        (false, true) => ("open, outdated", styles.warn),
        (false, false) => ("open", styles.accent),
    };
    pane.gap();
    pane.line(Line::from(vec![
        span(format!("{} ", styles.glyphs.threads), style),
        span(place, styles.text),
        span(format!("  {word}"), style),
    ]));
    if thread.resolved {
        let by = thread.resolved_by.as_ref().map_or(String::new(), |by| format!(" by {}", sanitize_line(by.as_str())));
        let first = thread.comments.first();
        let said = first.map_or(String::new(), |first| sanitize_line(&first.body));
        let who = first.and_then(|first| first.author.as_ref());
        pane.line(Line::from(vec![
            span("  ", styles.dim),
            span(who.map_or("deleted account".to_owned(), |who| sanitize_line(who.login.as_str())), styles.dim),
            span(format!(": {said}"), styles.dim),
        ]));
        let replies = words::count(thread.comments.len(), "comment", "comments");
        pane.line(Line::from(span(format!("  {replies}, resolved{by}"), styles.faint)));
        return;
    }
    if let Some(hunk) = thread.comments.first().and_then(|first| first.diff_hunk.as_deref()) {
        pane.lines(hunk_lines(hunk, usize::from(context.width), styles));
    }
    for comment in &thread.comments {
        let bot = context.is_bot(comment.author.as_ref());
        let head = vec![
            context.name(comment.author.as_ref()),
            span(format!("  {}", words::ago(context.now, comment.at)), styles.dim),
        ];
        pane.line(Line::from(head));
        if bot {
            let words = sanitize_line(&comment.body);
            pane.line(Line::from(span(format!("{} {words}", styles.glyphs.upright), styles.faint)));
        } else {
            context.body(pane, &comment.body);
        }
    }
}

/// The last lines of a diff hunk: what the thread is about.
fn hunk_lines(hunk: &str, width: usize, styles: &Styles) -> Vec<Line<'static>> {
    let clean = sanitize(hunk).replace('\t', "    ");
    let all: Vec<&str> = clean.lines().filter(|line| !line.starts_with("@@")).collect();
    let mut lines = Vec::new();
    for text in all.iter().skip(all.len().saturating_sub(HUNK_LINES)) {
        let style: Style = match text.chars().next() {
            Some('+') => styles.added,
            Some('-') => styles.removed,
            _ => styles.dim,
        };
        let rows = chop(Line::from(span(*text, style)), width.saturating_sub(2).max(1));
        // A document's line is a whole paragraph: two rows of it say which one.
        let cut = rows.len() > 2;
        for (index, mut row) in rows.into_iter().take(2).enumerate() {
            row.spans.insert(0, span("  ", styles.faint));
            if cut && index == 1 {
                row.spans.push(span(styles.glyphs.ellipsis, styles.dim));
            }
            lines.push(row);
        }
    }
    lines
}

/// Every event, comments and reviews as one line each, newest last.
pub(super) fn timeline(pull: &PullFacts, context: &Context<'_>) -> Pane {
    let styles = context.styles;
    let mut rows: Vec<(Timestamp, Line<'static>)> = Vec::new();
    let stamp = |at: Timestamp| span(format!("{:>12}  ", words::ago(context.now, at)), styles.dim);
    let mut say = |at: Timestamp, who: Option<&Actor>, what: String, style: Style| {
        let name = match context.is_bot(who) {
            true => span(who.map_or(String::new(), |who| sanitize_line(who.login.as_str())), styles.faint),
            false => context.name(who),
        };
        rows.push((at, Line::from(vec![stamp(at), name, span(format!(" {what}"), style)])));
    };
    say(pull.created_at, pull.author.as_ref(), "opened it".to_owned(), styles.text);
    for commit in &pull.commits {
        let subject = sanitize_line(commit.message.lines().next().unwrap_or(""));
        let actor = commit.author.as_ref().map(|login| Actor { login: login.clone(), kind: ActorKind::User });
        say(commit.committed_at, actor.as_ref(), format!("committed {} {subject}", commit.oid.short()), styles.dim);
    }
    for comment in &pull.comments {
        let style = if context.is_bot(comment.author.as_ref()) { styles.faint } else { styles.text };
        say(comment.at, comment.author.as_ref(), format!("commented: {}", sanitize_line(&comment.body)), style);
    }
    for review in &pull.reviews {
        let (word, style) = match review.state {
            ReviewState::Approved => ("approved", styles.good),
            ReviewState::ChangesRequested => ("requested changes", styles.bad),
            ReviewState::Commented => ("reviewed", styles.text),
            ReviewState::Dismissed => ("reviewed (dismissed)", styles.dim),
        };
        let body = sanitize_line(&review.body);
        let body = if body.is_empty() { body } else { format!(": {body}") };
        say(review.at, review.author.as_ref(), format!("{word}{body}"), style);
    }
    for event in &pull.timeline {
        say(event.at, event.actor.as_ref(), event_words(&event.kind), styles.dim);
    }
    rows.sort_by_key(|(at, _)| *at);
    let mut pane = Pane::default();
    pane.lines(rows.into_iter().map(|(_, line)| line));
    pane
}

fn event_line(event: &EventFacts, context: &Context<'_>) -> Line<'static> {
    let styles = context.styles;
    let who = event.actor.as_ref().map_or("somebody".to_owned(), |who| sanitize_line(who.login.as_str()));
    Line::from(vec![
        span(format!("{} {who} {}", styles.glyphs.arrow, event_words(&event.kind)), styles.dim),
        span(format!("  {}", words::ago(context.now, event.at)), styles.faint),
    ])
}

fn event_words(kind: &EventKind) -> String {
    let clean = |text: &str| sanitize_line(text);
    match kind {
        EventKind::Labeled(label) => format!("set the label {}", clean(label)),
        EventKind::Unlabeled(label) => format!("took off the label {}", clean(label)),
        EventKind::Assigned(who) => format!("assigned {}", clean(who.as_str())),
        EventKind::Unassigned(who) => format!("unassigned {}", clean(who.as_str())),
        EventKind::ReviewRequested(who) => format!("asked {} for a review", clean(who)),
        EventKind::ReviewRequestRemoved(who) => format!("no longer asks {} for a review", clean(who)),
        EventKind::ReviewDismissed { .. } => "dismissed a review".to_owned(),
        EventKind::ForcePushed { before, after } => {
            let short =
                |sha: &Option<crate::domain::ids::Sha>| sha.as_ref().map_or("?".to_owned(), |s| clean(s.short()));
            format!("force-pushed {} to {}", short(before), short(after))
        }
        EventKind::ReadyForReview => "marked it ready for review".to_owned(),
        EventKind::ConvertedToDraft => "made it a draft".to_owned(),
        EventKind::Closed => "closed it".to_owned(),
        EventKind::Reopened => "opened it again".to_owned(),
        EventKind::Merged => "merged it".to_owned(),
        EventKind::Renamed { from, to } => format!("renamed it from \"{}\" to \"{}\"", clean(from), clean(to)),
    }
}

/// A sentence as a pane of its own.
pub(super) fn note(text: &str, context: &Context<'_>) -> Pane {
    let mut pane = Pane::default();
    pane.lines(wrap_text(text, context.styles.dim, usize::from(context.width).max(1)));
    pane
}

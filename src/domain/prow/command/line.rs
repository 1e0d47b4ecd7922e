//! One matcher per command. Each takes the text from the slash on (to the end of the whole text) and says what the
//! plugin's pattern would take; the patterns are cited in `specs/prow.md` §2.5.

use super::{ApproveStep, HoldCommand, LgtmCommand, go};

/// `^/lgtm( no-issue)?\s*$` and `^/(remove-lgtm|lgtm cancel)\s*$`.
pub(super) fn lgtm(rest: &str) -> Option<LgtmCommand> {
    if let Some(tail) = go::after(rest, "/lgtm") {
        if go::ends(tail) || go::after(tail, " no-issue").is_some_and(go::ends) {
            return Some(LgtmCommand::Add);
        }
        return go::after(tail, " cancel").is_some_and(go::ends).then_some(LgtmCommand::Remove);
    }
    go::after(rest, "/remove-lgtm").is_some_and(go::ends).then_some(LgtmCommand::Remove)
}

/// `^/hold(\s.*)?$` and `^/(remove-hold|hold\s+cancel|unhold)(\s.*)?$`; a line that is both removes. The `cancel` may
/// stand on a later line.
pub(super) fn hold(rest: &str) -> Option<HoldCommand> {
    if let Some(tail) = go::after(rest, "/hold") {
        if !go::ends_word(tail) {
            return None;
        }
        let cancel = go::after(go::skip_space(tail), "cancel").is_some_and(go::ends_word);
        return Some(if cancel { HoldCommand::Remove } else { HoldCommand::Add });
    }
    let tail = go::after(rest, "/remove-hold").or_else(|| go::after(rest, "/unhold"))?;
    go::ends_word(tail).then_some(HoldCommand::Remove)
}

/// A line of the approve plugin's own loose grammar.
pub(super) struct ApproveLine {
    /// The word is LGTM, which alone does not keep a text.
    pub(super) lgtm: bool,
    /// What the replay does.
    pub(super) step: ApproveStep,
}

/// `^/([^\s]+)[\t ]*([^\n\r]*)`, the word upper-cased.
pub(super) fn approve(rest: &str) -> Option<ApproveLine> {
    let rest = rest.strip_prefix('/')?;
    let end = rest.bytes().position(go::is_space).unwrap_or(rest.len());
    let word = rest.get(..end)?;
    if go::upper_is(word, "REMOVE-APPROVE") {
        return Some(ApproveLine { lgtm: false, step: ApproveStep::Remove });
    }
    let lgtm = go::upper_is(word, "LGTM");
    if !lgtm && !go::upper_is(word, "APPROVE") {
        return None;
    }
    let tail = rest.get(end..)?.split(['\n', '\r']).next().unwrap_or_default();
    let arguments = go::lower(tail.trim());
    let step = if arguments.contains("cancel") {
        ApproveStep::Remove
    } else {
        ApproveStep::Add { by_lgtm: lgtm, no_issue: arguments == "no-issue" }
    };
    Some(ApproveLine { lgtm, step })
}

/// An assign or cc line.
pub(super) struct PeopleLine<'a> {
    /// cc, not assign.
    pub(super) review: bool,
    /// False only where the prefix is exactly `un` (pitfall 12).
    pub(super) add: bool,
    /// Names without `@`; none means the commenter.
    pub(super) names: Vec<&'a str>,
}

/// `^/(un)?assign(( @?[-\w]+?)*)\s*$` and `^/(un)?cc(( +@?[-/\w]+?)*)\s*$`: one bad name voids the line.
pub(super) fn people(rest: &str) -> Option<PeopleLine<'_>> {
    let (add, body) = match go::after(rest, "/un") {
        Some(tail) => (!rest.starts_with("/un"), tail),
        None => (true, rest.get(1..)?),
    };
    let (review, mut tail) = match go::after(body, "assign") {
        Some(tail) => (false, tail),
        None => (true, go::after(body, "cc")?),
    };
    let mut names = Vec::new();
    while let Some((name, after)) = name(tail, review) {
        names.push(name);
        tail = after;
    }
    go::ends(tail).then_some(PeopleLine { review, add, names })
}

fn name(text: &str, review: bool) -> Option<(&str, &str)> {
    let mut rest = text.strip_prefix(' ')?;
    if review {
        rest = rest.trim_start_matches(' ');
    }
    rest = rest.strip_prefix('@').unwrap_or(rest);
    let end = rest.find(|c: char| !(go::is_word(c) || c == '-' || (review && c == '/'))).unwrap_or(rest.len());
    if end == 0 { None } else { rest.split_at_checked(end) }
}

/// `^/(remove-)?lifecycle (active|frozen|stale|rotten)\s*$`: whether it removes, and the word as written.
pub(super) fn lifecycle(rest: &str) -> Option<(bool, &str)> {
    let removed = go::after(rest, "/remove-lifecycle ");
    let words = removed.or_else(|| go::after(rest, "/lifecycle "))?;
    ["active", "frozen", "stale", "rotten"].iter().find_map(|word| {
        let tail = go::after(words, word)?;
        let written = words.get(..words.len() - tail.len())?;
        go::ends(tail).then_some((removed.is_some(), written))
    })
}

/// `^/close\s*$` (false) and `^/close not-planned\s*$` (true).
pub(super) fn close(rest: &str) -> Option<bool> {
    let tail = go::after(rest, "/close")?;
    if go::ends(tail) {
        return Some(false);
    }
    go::after(tail, " not-planned").is_some_and(go::ends).then_some(true)
}

/// `^/reopen\s*$`.
pub(super) fn reopen(rest: &str) -> bool {
    go::after(rest, "/reopen").is_some_and(go::ends)
}

/// Commands that change nothing that a gate looks at: the plugin and what it does.
pub(super) fn other(rest: &str) -> Option<(&'static str, &'static str)> {
    const STRICT: [(&str, &str, &str); 4] = [
        ("/skip", "skip", "turns failed optional Prow jobs green"),
        ("/auto-cc", "blunderbuss", "asks reviewers drawn from OWNERS"),
        ("/verify-owners", "verify-owners", "checks the changed OWNERS files again"),
        ("/check-dco", "dco", "checks the commits' sign-offs again"),
    ];
    const EXACT: [(&str, &str); 3] = [
        ("/retest", "reruns failed Prow jobs"),
        ("/retest-required", "reruns failed required Prow jobs"),
        ("/test-manual-required", "runs the manually triggered required Prow jobs"),
    ];
    for (word, plugin, what) in STRICT {
        if go::after(rest, word).is_some_and(go::ends) {
            return Some((plugin, what));
        }
    }
    for (word, what) in EXACT {
        if rest.strip_prefix(word).is_some_and(go::ends) {
            return Some(("trigger", what));
        }
    }
    if rest.strip_prefix("/test ").is_some_and(|tail| !go::line(tail).trim().is_empty()) {
        return Some(("trigger", "runs Prow jobs of that name, where there are any"));
    }
    if rest.strip_prefix("/ok-to-test").is_some_and(go::ends) {
        return Some(("trigger", "lets Prow test the pull request, where the repository does not ignore it"));
    }
    for word in ["/override", "/override-sticky", "/override-cancel"] {
        if let Some(tail) = go::after(rest, word)
            && (tail.is_empty() || tail.starts_with([' ', '\n', '\r']))
        {
            return Some(("override", "turns the named checks green, if you may"));
        }
    }
    for word in ["/cherrypick", "/cherry-pick"] {
        if let Some(tail) = rest.strip_prefix(word)
            && tail.bytes().next().is_some_and(go::is_space)
            && !go::skip_space(tail).is_empty()
        {
            return Some(("cherrypicker", "copies the merged pull request to that branch"));
        }
    }
    if go::after(rest, "/retitle").is_some_and(|tail| !go::line(tail).trim().is_empty() && go::ends_word(tail)) {
        return Some(("retitle", "changes the title"));
    }
    if rest.strip_prefix("/milestone").is_some_and(|tail| go::ends_word(tail) && !go::line(tail).trim().is_empty()) {
        return Some(("milestone", "sets the milestone"));
    }
    None
}

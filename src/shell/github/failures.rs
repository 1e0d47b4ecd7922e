//! GitHub's many ways to say no, as failures that say what was attempted, what went wrong and what to do next.
//! Tokens never get in here: only GitHub's words, status and headers.

use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};

use super::edge::{Trouble, WireError};
use super::wire::GraphqlError;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::text::{sanitize_line, truncate};

/// How long to wait where GitHub names a secondary limit and no time (its documentation asks for a minute).
const SECONDARY: SignedDuration = SignedDuration::from_secs(60);

/// What a user does about a token that GitHub refuses.
const NEW_TOKEN: &str = "Set VEPHERD_TOKEN to a valid token, or run `vepherd auth login`.";

/// The server's clock at the time of an answer (laptops' clocks are wrong).
#[must_use]
pub fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(http::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(date).ok().map(|zoned| zoned.timestamp())
}

/// GitHub's words, made fit for a screen.
fn words(text: &str) -> String {
    truncate(&sanitize_line(text.trim()), 300)
}

/// No answer came.
#[must_use]
pub fn no_answer(attempted: &str, host: &str, error: &WireError) -> Failure {
    let text = words(&error.text);
    let (cause, hint) = match error.trouble {
        Trouble::Dns => (
            format!("the name {host} does not resolve ({text})"),
            "Check the network connection, and VEPHERD_GITHUB_API where it is set.",
        ),
        Trouble::Connect => (
            format!("no connection to {host} ({text})"),
            "Check the network connection, a proxy or firewall in between, and VEPHERD_GITHUB_API where it is set.",
        ),
        Trouble::Proxy => (
            format!("the proxy on the way to {host} does not let us through ({text})"),
            "Check HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT where it asks for a login), ALL_PROXY and NO_PROXY.",
        ),
        Trouble::Tls => (
            format!("no trusted connection to {host} ({text})"),
            "Check this machine's clock and CA certificates; a proxy that opens TLS needs its own certificate there.",
        ),
        Trouble::Timeout => (format!("{host} did not answer in time ({text})"), "Try again in a minute."),
        Trouble::Lost => (format!("the connection to {host} broke off ({text})"), "Try again."),
    };
    Failure::new(FailureKind::Network, attempted, cause).hint(hint)
}

/// An answer with a status that is no success. `None` for a success.
#[must_use]
pub fn bad_status(attempted: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Failure> {
    if status.is_success() {
        return None;
    }
    let said = said(status, body);
    let failure = |kind, cause: String| Failure::new(kind, attempted, cause);
    if let Some(limited) = rate_limit(attempted, status, headers, &said) {
        return Some(limited);
    }
    Some(match status.as_u16() {
        401 => failure(FailureKind::Credentials, format!("GitHub refuses the token ({said})")).hint(NEW_TOKEN),
        403 => match sso_link(headers) {
            Some(link) => failure(
                FailureKind::Permission,
                "the organisation asks for single sign-on, and the token is not authorised for it".to_owned(),
            )
            .hint(format!("Authorise the token here: {link}")),
            None => failure(FailureKind::Permission, format!("GitHub does not allow it ({said})"))
                .hint("Check the token's scopes: `public_repo` (classic) or read and write of pull requests and issues (fine-grained)."),
        },
        404 | 410 => failure(FailureKind::NotFound, format!("GitHub knows no such thing, or the token may not see it ({said})"))
            .hint("Check the repository's name (VEPHERD_REPO) and what the token may see."),
        300..=399 => failure(FailureKind::Protocol, format!("GitHub says that it has moved ({said})"))
            .hint("The repository may have been renamed: set VEPHERD_REPO to its new name."),
        408 => failure(FailureKind::Server, format!("GitHub gave up waiting ({said})")).hint("Try again."),
        400 | 409 | 422 => failure(FailureKind::Rejected, format!("GitHub rejects it: {said}")),
        500..=599 => failure(FailureKind::Server, format!("GitHub answers {}: {said}", status.as_u16()))
            .hint("GitHub has trouble or the query took too long; try again in a minute (https://www.githubstatus.com)."),
        _ => failure(FailureKind::Protocol, format!("GitHub answers {}: {said}", status.as_u16())),
    })
}

/// GitHub's message in a body, whatever the body is. Pages of HTML say less than the status.
fn said(status: StatusCode, body: &[u8]) -> String {
    let reason = status.canonical_reason().unwrap_or("no reason given");
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) else { return reason.to_owned() };
    let mut parts = Vec::new();
    if let Some(message) = json.get("message").and_then(|m| m.as_str()) {
        parts.push(words(message));
    }
    for error in json.get("errors").and_then(|e| e.as_array()).into_iter().flatten().take(3) {
        let text = error.as_str().or_else(|| error.get("message").and_then(|m| m.as_str()));
        if let Some(text) = text {
            parts.push(words(text));
        }
    }
    if parts.is_empty() { reason.to_owned() } else { parts.join(": ") }
}

/// `X-GitHub-SSO: required; url=https://…`.
fn sso_link(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-github-sso")?.to_str().ok()?;
    let link = value.split(';').find_map(|part| part.trim().strip_prefix("url="))?;
    link.starts_with("https://").then(|| words(link))
}

fn rate_limit(attempted: &str, status: StatusCode, headers: &HeaderMap, said: &str) -> Option<Failure> {
    if !matches!(status.as_u16(), 403 | 429) {
        return None;
    }
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let retry_after = number("retry-after")
        .or_else(|| (status.as_u16() == 429 && !headers.contains_key("x-ratelimit-reset")).then_some(60));
    let empty = number("x-ratelimit-remaining") == Some(0);
    let lower = said.to_ascii_lowercase();
    if retry_after.is_none() && !empty && !lower.contains("rate limit") && !lower.contains("abuse") {
        return None;
    }
    let now = server_time(headers);
    let retry_at = match (retry_after, number("x-ratelimit-reset").filter(|_| empty)) {
        (Some(seconds), _) => now.and_then(|now| now.checked_add(SignedDuration::from_secs(seconds)).ok()),
        (None, Some(reset)) => Timestamp::from_second(reset).ok(),
        (None, None) => now.and_then(|now| now.checked_add(SECONDARY).ok()),
    };
    Some(limited(attempted, said, retry_at))
}

/// A rate limit, with the time of return where it is known.
#[must_use]
pub fn limited(attempted: &str, said: &str, retry_at: Option<Timestamp>) -> Failure {
    let hint = match retry_at {
        Some(at) => format!("Requests are accepted again at {at:.0}; what is known is still shown."),
        None => "Wait some minutes; what is known is still shown.".to_owned(),
    };
    let mut failure =
        Failure::new(FailureKind::RateLimited, attempted, format!("GitHub asks us to wait ({})", words(said)));
    failure.retry_at = retry_at;
    failure.hint(hint)
}

/// A GraphQL answer that has errors and no data at all.
#[must_use]
pub fn no_data(attempted: &str, errors: &[GraphqlError], reset_at: Option<Timestamp>) -> Failure {
    let Some(first) = errors.first() else {
        return Failure::new(FailureKind::Protocol, attempted, "the answer has neither data nor errors");
    };
    let said = words(&first.message);
    let lower = first.message.to_ascii_lowercase();
    match first.kind.as_str() {
        "RATE_LIMITED" | "RATE_LIMIT" => limited(attempted, &said, reset_at),
        "NOT_FOUND" => Failure::new(FailureKind::NotFound, attempted, said)
            .hint("Check the repository's name (VEPHERD_REPO) and what the token may see."),
        "INSUFFICIENT_SCOPES" => Failure::new(FailureKind::Permission, attempted, said)
            .hint("The token lacks a scope: `public_repo` and `read:org` do."),
        "FORBIDDEN" => Failure::new(FailureKind::Permission, attempted, said)
            .hint("Where the organisation asks for single sign-on, authorise the token at https://github.com/settings/tokens."),
        _ if lower.contains("rate limit") => limited(attempted, &said, reset_at),
        _ if lower.contains("something went wrong") || lower.contains("timeout") || lower.contains("timed out") => {
            Failure::new(FailureKind::Server, attempted, said).hint("Try again in a minute (https://www.githubstatus.com).")
        }
        _ => Failure::new(FailureKind::Protocol, attempted, format!("GitHub does not accept the query: {said}"))
            .hint("This is a defect of vepherd or a server that is no GitHub; please report it with this message."),
    }
}

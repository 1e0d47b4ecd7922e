//! Opening a page in the browser. Only http and https: a link from GitHub must not start anything else.

use crate::domain::failure::{Failure, FailureKind};

/// True for what may be opened: an http(s) address without blanks and control characters.
#[must_use]
pub fn may_open(url: &str) -> bool {
    let web = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    web.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('-'))
        && !url.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Opens a page; returns as soon as the browser is started.
///
/// # Errors
/// Where the link is no web address, or nothing here can open it.
pub fn open(url: &str) -> Result<(), Failure> {
    let attempted = format!("open {url:?} in the browser");
    if !may_open(url) {
        return Err(Failure::new(FailureKind::Refused, attempted, "it is no http(s) address"));
    }
    open::that_detached(url).map_err(|error| {
        Failure::new(FailureKind::Local, attempted, error.to_string()).hint("y copies the link instead.")
    })
}

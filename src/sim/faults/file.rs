//! Faults written down in a TOML file, for `vepherd demo --faults FILE`.

use std::time::Duration;

use serde::Deserialize;

use super::{Fault, Kind, Trouble};

/// How such a file is written.
pub const HELP: &str = "\
A file of faults is TOML: one [[fault]] after the other, each for the requests that follow.

  [[fault]]
  on = \"write\"           # any, query, mutation, write (REST), or the end of a REST path: \"/comments\"
  what = \"lost-reply\"    # see below
  after = 2              # so many requests of the kind pass first (default 0)
  times = 1              # it strikes so many times (default 1)
  seconds = 60           # for slow (default 10) and secondary-limit (default 60)

What goes wrong:
  not carried out:  drop, bad-gateway, unavailable, silence, bad-credentials, no-scope, sso, not-found, rejected,
                    secondary-limit, rate-limit
  carried out:      lost-reply (a 502 instead of the answer), lost-in-silence, lost-in-drop, truncated, garbage, slow,
                    partial (a query's answer with a part missing), moved-head (somebody pushes right before)
The first fault in the file that fits a request and has not struck often enough strikes it.";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fault: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    on: String,
    what: What,
    #[serde(default)]
    after: usize,
    #[serde(default = "once")]
    times: usize,
    seconds: Option<u64>,
}

fn once() -> usize {
    1
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    Drop,
    BadGateway,
    Unavailable,
    Silence,
    BadCredentials,
    NoScope,
    Sso,
    NotFound,
    Rejected,
    SecondaryLimit,
    RateLimit,
    LostReply,
    LostInSilence,
    LostInDrop,
    Truncated,
    Garbage,
    Slow,
    Partial,
    MovedHead,
}

/// Reads a file of faults.
///
/// # Errors
/// Where it is no TOML, or says something that is no fault: what, and where in the text.
pub fn read(text: &str) -> Result<Vec<Fault>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.fault.into_iter().map(fault).collect()
}

fn fault(entry: Entry) -> Result<Fault, String> {
    let kind = match entry.on.as_str() {
        "any" => Kind::Any,
        "query" => Kind::Query,
        "mutation" => Kind::Mutation,
        "write" => Kind::Write,
        path if path.starts_with('/') && path.len() > 1 => Kind::Path(path.to_owned()),
        other => {
            return Err(format!(
                "`on = \"{other}\"` is no kind of request: any, query, mutation, write, or a path's end such as \
                 \"/comments\""
            ));
        }
    };
    let seconds = |default: u64| entry.seconds.unwrap_or(default);
    let trouble = match entry.what {
        What::Drop => Trouble::Dropped,
        What::BadGateway => Trouble::BadGateway,
        What::Unavailable => Trouble::Unavailable,
        What::Silence => Trouble::Silence,
        What::BadCredentials => Trouble::BadCredentials,
        What::NoScope => Trouble::NoScope,
        What::Sso => Trouble::SsoRequired,
        What::NotFound => Trouble::NotFound,
        What::Rejected => Trouble::Rejected,
        What::SecondaryLimit => Trouble::SecondaryLimit(seconds(60)),
        What::RateLimit => Trouble::RateLimited,
        What::LostReply => Trouble::LostReply,
        What::LostInSilence => Trouble::LostInSilence,
        What::LostInDrop => Trouble::LostInDrop,
        What::Truncated => Trouble::Truncated,
        What::Garbage => Trouble::Garbage,
        What::Slow => Trouble::Slow(Duration::from_secs(seconds(10))),
        What::Partial => Trouble::Partial,
        What::MovedHead => Trouble::MovedHead,
    };
    let takes_seconds = matches!(entry.what, What::Slow | What::SecondaryLimit);
    if entry.seconds.is_some() && !takes_seconds {
        return Err("`seconds` is for slow and secondary-limit".to_owned());
    }
    Ok(Fault { kind, trouble, skip: entry.after, times: entry.times })
}

//! The token: environment, then the system's keyring, then what the `gh` tool stored (`contract.md`, settings). It
//! lives in secrecy types, is never logged, and a token kept for one host never goes to another.

mod gh;

use std::sync::mpsc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::config::Env;
use crate::domain::failure::{Failure, FailureKind};

/// The keyring's name for our entries; the user is the host.
const SERVICE: &str = "vepherd";

/// How long a keyring (or `gh`) may take. A locked one asks its owner, who may not be there.
const PATIENCE: Duration = Duration::from_secs(5);

/// A token and where it was found.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub secret: SecretString,
    /// Where it was found.
    pub source: TokenSource,
}

/// Where a token was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// A variable.
    Variable(&'static str),
    /// The system's keyring.
    Keyring,
    /// The `gh` tool.
    Gh,
}

impl std::fmt::Display for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Keyring => f.write_str("the system keyring"),
            Self::Gh => f.write_str("the gh tool"),
        }
    }
}

/// The host that a REST root's tokens are kept under: `api.github.com` is `github.com` to people and to `gh`.
#[must_use]
pub fn host_of(api_root: &str) -> String {
    let host = api_root.parse::<http::Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string));
    let host = host.unwrap_or_else(|| api_root.to_owned()).to_ascii_lowercase();
    if host == "api.github.com" { "github.com".to_owned() } else { host }
}

/// Looks for a token for a REST root.
///
/// # Errors
/// Where there is none (kind credentials), or it holds characters that no token has.
pub fn find(env: &Env, api_root: &str) -> Result<Token, Failure> {
    for name in ["VEPHERD_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"] {
        if let Some(value) = env.get(name) {
            return checked(value, TokenSource::Variable(name));
        }
    }
    let host = host_of(api_root);
    match stored(&host) {
        Ok(Some(secret)) => return checked(secret.expose_secret(), TokenSource::Keyring),
        Ok(None) => {}
        Err(failure) => tracing::info!(%failure, "the keyring is not there; going on without"),
    }
    if let Some(secret) = gh::token(env, &host) {
        return checked(secret.expose_secret(), TokenSource::Gh);
    }
    Err(Failure::new(FailureKind::Credentials, format!("log in to {host}"), "there is no token")
        .hint("Set VEPHERD_TOKEN (GH_TOKEN, GITHUB_TOKEN), or run `vepherd auth login`, or `gh auth login`."))
}

/// The token that the keyring keeps for a host.
///
/// # Errors
/// Where the keyring cannot be asked.
pub fn stored(host: &str) -> Result<Option<SecretString>, Failure> {
    let host = host.to_owned();
    with_keyring("read the token from the system keyring", move || {
        match keyring::Entry::new(SERVICE, &host)?.get_password() {
            Ok(token) => Ok(Some(SecretString::from(token))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    })
}

/// Keeps a token for a host in the keyring.
///
/// # Errors
/// Where there is no keyring, or the token holds characters that no token has.
pub fn keep(host: &str, token: &SecretString) -> Result<(), Failure> {
    let (host, token) = (host.to_owned(), checked(token.expose_secret(), TokenSource::Keyring)?.secret);
    with_keyring("keep the token in the system keyring", move || {
        keyring::Entry::new(SERVICE, &host)?.set_password(token.expose_secret())
    })
}

/// Takes a host's token out of the keyring; false where there was none.
///
/// # Errors
/// Where the keyring cannot be asked.
pub fn forget(host: &str) -> Result<bool, Failure> {
    let host = host.to_owned();
    with_keyring("take the token out of the system keyring", move || {
        match keyring::Entry::new(SERVICE, &host)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(error),
        }
    })
}

/// Runs `work` on a thread of its own: the keyring's client blocks, and where no secret service answers it may do so
/// for ever or panic. Neither may take vepherd with it.
fn with_keyring<T: Send + 'static>(
    attempted: &str,
    work: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let hint = "Without a keyring, set VEPHERD_TOKEN instead.";
    let failed = |cause: String| Failure::new(FailureKind::Local, attempted, cause).hint(hint);
    match patiently(work).map_err(failed)? {
        Ok(value) => Ok(value),
        Err(keyring::Error::NoDefaultStore) => Err(failed("no keyring runs here".to_owned())),
        // The error's own text may hold what it could not decode: the kind is enough.
        Err(keyring::Error::BadEncoding(_)) => Err(failed("the entry is not a text".to_owned())),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Runs `work` on a thread, for at most [`PATIENCE`].
fn patiently<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (tell, hear) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name("secrets".into()).spawn(move || {
        // Nobody listens any more where it took too long.
        let _ = tell.send(work());
    });
    thread.map_err(|error| error.to_string())?;
    hear.recv_timeout(PATIENCE).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => format!("no answer within {} s", PATIENCE.as_secs()),
        mpsc::RecvTimeoutError::Disconnected => "its client failed".to_owned(),
    })
}

/// A token goes into an HTTP header: visible ASCII only, blanks at the ends (a copied line end) cut off.
fn checked(token: &str, source: TokenSource) -> Result<Token, Failure> {
    let token = token.trim();
    if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Token { secret: SecretString::from(token), source });
    }
    Err(Failure::new(
        FailureKind::Credentials,
        "use the token",
        format!("the token of {source} is empty or holds blanks"),
    )
    .hint("Copy it again; tokens begin with ghp_, gho_ or github_pat_."))
}

//! How vepherd fails: what was attempted, what went wrong, what to do next. The kind picks the exit code.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A failure that a user sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind.
    pub kind: FailureKind,
    /// What was attempted, as a phrase: `read kubevirt/enhancements`.
    pub attempted: String,
    /// What went wrong.
    pub cause: String,
    /// What to do next.
    pub hint: Option<String>,
    /// When trying again makes sense, where somebody said so.
    pub retry_at: Option<Timestamp>,
}

/// Kinds of failure. The exit codes are those of `contract.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// Wrong words on the command line, or a bad query.
    Usage,
    /// The configuration or profile cannot be read.
    Configuration,
    /// No token, or GitHub refuses it.
    Credentials,
    /// The token lacks a scope or an SSO authorisation.
    Permission,
    /// No such repository or pull request, or no access to it.
    NotFound,
    /// GitHub asks us to wait.
    RateLimited,
    /// No answer: DNS, TLS, timeout, connection.
    Network,
    /// GitHub answered with a server error.
    Server,
    /// GitHub answered something that we do not understand.
    Protocol,
    /// GitHub refused what we asked it to write.
    Rejected,
    /// A safety check of ours refused: the head moved, somebody objected, the text would do something else.
    Refused,
    /// The local store.
    Store,
    /// Anything of this machine: files, terminal, editor.
    Local,
}

impl Failure {
    /// A failure without hint.
    pub fn new(kind: FailureKind, attempted: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { kind, attempted: attempted.into(), cause: cause.into(), hint: None, retry_at: None }
    }

    /// The same, with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The process's exit code (`contract.md`).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            FailureKind::Usage => 2,
            FailureKind::Credentials => 3,
            FailureKind::RateLimited | FailureKind::Network | FailureKind::Server => 4,
            FailureKind::Refused => 5,
            FailureKind::Configuration
            | FailureKind::Permission
            | FailureKind::NotFound
            | FailureKind::Protocol
            | FailureKind::Rejected
            | FailureKind::Store
            | FailureKind::Local => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.attempted, self.cause)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n{hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

//! How a sending ended, and what a command says of it.

use crate::domain::failure::{Failure, FailureKind};
use crate::shell::store::OutboxRow;

/// How a sending ended. The row says the rest.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// It is on GitHub.
    Done(OutboxRow),
    /// A check stopped it; the row has the reason.
    Parked(OutboxRow),
    /// GitHub refused it.
    Failed(OutboxRow, Failure),
    /// It may have arrived; the next sending looks for it first.
    Unknown(OutboxRow, Failure),
    /// It did not go out, and may later: no network, a limit, no login.
    Waiting(OutboxRow, Failure),
}

impl Sent {
    /// The row as it is now.
    #[must_use]
    pub fn row(&self) -> &OutboxRow {
        match self {
            Self::Done(row)
            | Self::Parked(row)
            | Self::Failed(row, _)
            | Self::Unknown(row, _)
            | Self::Waiting(row, _) => row,
        }
    }

    /// What a command says and exits with.
    ///
    /// # Errors
    /// Where it is not on GitHub.
    pub fn into_result(self) -> Result<OutboxRow, Failure> {
        match self {
            Self::Done(row) => Ok(row),
            Self::Parked(row) => {
                let id = row.id;
                let reason = row.reason.unwrap_or_default();
                Err(Failure::new(FailureKind::Refused, format!("post to {}", row.intent.pull), reason).hint(format!(
                    "Nothing was posted; your text is kept as {id} in the outbox. Read {} again, then \
                     `vepherd outbox send {id} --anyway` or `vepherd outbox drop {id}`.",
                    row.intent.pull
                )))
            }
            Self::Failed(row, failure) => {
                let id = row.id;
                Err(with(
                    failure,
                    &format!("Your text is kept as {id} in the outbox: `vepherd outbox send {id}` tries again."),
                ))
            }
            Self::Unknown(row, failure) => {
                let id = row.id;
                Err(with(
                    failure,
                    &format!(
                        "It may have arrived all the same: `vepherd outbox send {id}` looks before it sends again."
                    ),
                ))
            }
            Self::Waiting(row, failure) => {
                let id = row.id;
                Err(with(
                    failure,
                    &format!("Nothing was posted; your text is kept: `vepherd outbox send {id}` sends it later."),
                ))
            }
        }
    }
}

fn with(mut failure: Failure, more: &str) -> Failure {
    failure.hint = Some(failure.hint.map_or_else(|| more.to_owned(), |hint| format!("{hint}\n{more}")));
    failure
}

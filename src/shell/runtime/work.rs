//! What effects do to the world: local ones at once and in order, the others as tasks that answer with messages.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use crate::app::effect::{Effect, ReqId, SyncMode};
use crate::app::model::{Outgoing, OutgoingId, OutgoingState};
use crate::app::msg::{Msg, SyncOutcome};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::RepoId;
use crate::domain::profile::Profile;
use crate::shell::clock::Clock;
use crate::shell::github::client::Client;
use crate::shell::store::Store;
use crate::shell::sync::{self, Mode};
use crate::shell::{browser, outbox};

/// What a session works with.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The repository of the proposals.
    pub repo: RepoId,
    /// The process's rules.
    pub profile: Arc<Profile>,
    /// GitHub, or why it cannot be asked: what the store has is shown all the same.
    pub client: Result<Client, Failure>,
    /// The local store.
    pub store: Arc<Store>,
    /// The time.
    pub clock: Clock,
}

//! The state of the simulated GitHub: accounts, repositories with real Git objects, issues, pull requests and all
//! that hangs on them.
//!
//! Every change is made by somebody at some time (`at`), so that the same calls build a thread of last year and
//! answer a request of just now. As on GitHub a change bumps `updatedAt` and leaves its event in the timeline; and
//! what Prow hears of is kept as a delivery on the item, which [`World::settle`] and [`World::advance_to`] let its
//! robots act on.
//!
//! ```
//! use vepherd::sim::world::{Edit, NewPull, Permission, World};
//! let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
//! let mut world = World::new("sam");
//! let repo = world.repo("kubevirt/enhancements", at("2026-01-01T00:00:00Z"));
//! world.write(&repo, "main", at("2026-01-01T00:00:00Z"), "ada", "Begin", &[Edit::text("README.md", "# VEPs\n")]);
//! world.collaborator(&repo, "ada", Permission::Read);
//! let pull = world.open(
//!     &repo,
//!     at("2026-02-01T00:00:00Z"),
//!     NewPull::by("grace", "VEP 7: hot plug").edits(vec![Edit::text("veps/sig-compute/7-hot-plug/vep.md", "# VEP 7\n")]),
//! );
//! world.comment(&pull, at("2026-02-02T00:00:00Z"), "ada", "Nice, but why?");
//! assert_eq!(world.item(&pull).unwrap().comments.len(), 1);
//! ```

pub mod account;
pub mod build;
pub mod checks;
pub mod deed;
pub mod git;
pub mod item;
pub mod threads;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::ids::{Login, RepoId};
pub use account::{Account, AccountKind, Permission};
pub use build::{NewIssue, NewPull};
pub use deed::{Deed, Scheduled};
pub use git::{Edit, Git, Oid};
pub use item::{
    ChangedFile, Check, CheckKind, Comment, Delivery, Event, EventKind, Happening, Item, Pull, Requested, Review,
    ReviewState, Thread, ThreadComment,
};
pub use threads::{NewReview, NewThread};

/// One issue or pull request, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemRef {
    /// Its repository.
    pub repo: RepoId,
    /// Its number.
    pub number: u64,
}

/// What a GraphQL id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// An account.
    Account(Login),
    /// A repository.
    Repo(RepoId),
    /// An issue or pull request.
    Item(ItemRef),
    /// A conversation comment, by REST's id.
    Comment(ItemRef, u64),
    /// A review, by REST's id.
    Review(ItemRef, u64),
    /// A review thread, by our id.
    Thread(ItemRef, u64),
}

/// One repository.
#[derive(Clone, Debug)]
pub struct Repo {
    /// Its name.
    pub id: RepoId,
    /// GraphQL's id.
    pub node_id: String,
    /// REST's id.
    pub database_id: u64,
    /// The branch that pull requests merge into.
    pub default_branch: String,
    /// Its objects and branches.
    pub git: Git,
    /// Who may do what beyond reading. Being listed here is being a collaborator.
    pub collaborators: BTreeMap<Login, Permission>,
    /// Labels that exist, with their colours.
    pub labels: BTreeMap<String, String>,
    /// Issues and pull requests, by number.
    pub items: BTreeMap<u64, Item>,
    /// Statuses and check runs, by commit.
    pub checks: BTreeMap<Oid, Vec<Check>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Strangers get 404 for it.
    pub private: bool,
}

/// The whole simulated GitHub.
#[derive(Clone, Debug)]
pub struct World {
    /// Whom the token belongs to.
    pub viewer: Login,
    /// The token that is accepted.
    pub token: String,
    /// The token's OAuth scopes, as `X-OAuth-Scopes` shows them.
    pub scopes: Vec<String>,
    /// Accounts; anyone who is named gets one.
    pub accounts: BTreeMap<Login, Account>,
    /// Members of the organisations, whose association is MEMBER.
    pub members: BTreeSet<Login>,
    /// Repositories.
    pub repos: BTreeMap<RepoId, Repo>,
    /// What visitors will do, in time order.
    pub scheduled: Vec<Scheduled>,
    /// The robots; none where nobody set them up.
    pub robots: Option<super::prow_bot::Robots>,
    /// The hostname in links.
    pub host: String,
    pub(super) nodes: BTreeMap<String, Node>,
    pub(super) last_id: u64,
    pub(super) acting: bool,
}

impl World {
    /// An empty GitHub with one account, whose token is `sim-token`.
    #[must_use]
    pub fn new(viewer: &str) -> Self {
        let mut world = Self {
            viewer: Login::new(viewer),
            token: "sim-token".to_owned(),
            scopes: vec!["public_repo".to_owned(), "read:org".to_owned()],
            accounts: BTreeMap::new(),
            members: BTreeSet::new(),
            repos: BTreeMap::new(),
            scheduled: Vec::new(),
            robots: None,
            host: "https://github.com".to_owned(),
            nodes: BTreeMap::new(),
            last_id: 2_100_000_000,
            acting: false,
        };
        world.user(viewer);
        world
    }

    /// One item; `None` where there is none of that number.
    #[must_use]
    pub fn item(&self, item: &ItemRef) -> Option<&Item> {
        self.repos.get(&item.repo)?.items.get(&item.number)
    }

    /// One item, to change it behind GitHub's back: no event, no `updatedAt`, no delivery.
    pub fn item_mut(&mut self, item: &ItemRef) -> Option<&mut Item> {
        self.repos.get_mut(&item.repo)?.items.get_mut(&item.number)
    }

    /// One repository, by its name in any case, as GitHub finds it.
    #[must_use]
    pub fn find_repo(&self, owner: &str, name: &str) -> Option<&Repo> {
        self.repos
            .values()
            .find(|repo| repo.id.owner.eq_ignore_ascii_case(owner) && repo.id.name.eq_ignore_ascii_case(name))
    }

    /// What a GraphQL id stands for.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// A new id of REST.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id = self.last_id.saturating_add(1);
        self.last_id
    }

    /// A new id of GraphQL for `node`, in the shape of GitHub's.
    pub(super) fn name_node(&mut self, prefix: &str, id: u64, node: Node) -> String {
        let name = node_id(prefix, id);
        self.nodes.insert(name.clone(), node);
        name
    }
}

/// An id of GraphQL in the shape of GitHub's (`PR_kwDO…`).
#[must_use]
pub fn node_id(prefix: &str, id: u64) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut rest = id;
    let mut text = String::new();
    for _ in 0..10 {
        let digit = usize::try_from(rest % 62).unwrap_or(0);
        text.insert(0, DIGITS.get(digit).map_or('A', |byte| char::from(*byte)));
        rest /= 62;
    }
    format!("{prefix}_kwDO{text}")
}

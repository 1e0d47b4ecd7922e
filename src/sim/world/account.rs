//! Accounts and what they may do.

use jiff::Timestamp;

use super::{Node, Repo, World};
use crate::domain::ids::{Login, RepoId};

/// An account of GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its login, in GraphQL's spelling (no `[bot]`).
    pub login: Login,
    /// The person's name.
    pub name: Option<String>,
    /// What it is.
    pub kind: AccountKind,
    /// It is gone: GraphQL answers null wherever it would stand.
    pub deleted: bool,
    /// GraphQL's id.
    pub node_id: String,
    /// REST's id.
    pub database_id: u64,
}

/// GraphQL's concrete types of `Actor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// A person, or a robot that uses a person's kind of account.
    User,
    /// A GitHub App. REST spells its login with `[bot]`.
    Bot,
    /// An organisation.
    Organization,
    /// A placeholder of an import.
    Mannequin,
}

impl AccountKind {
    /// GraphQL's type name.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Bot => "Bot",
            Self::Organization => "Organization",
            Self::Mannequin => "Mannequin",
        }
    }
}

/// What an account may do in a repository, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Read, comment, review.
    Read,
    /// … and labels, assignees.
    Triage,
    /// … and push, dismiss reviews, merge.
    Write,
    /// … and some settings.
    Maintain,
    /// Everything.
    Admin,
}

impl Permission {
    /// GraphQL's `RepositoryPermission`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Triage => "TRIAGE",
            Self::Write => "WRITE",
            Self::Maintain => "MAINTAIN",
            Self::Admin => "ADMIN",
        }
    }
}

impl World {
    /// A person's account; made where it does not exist yet.
    pub fn user(&mut self, login: &str) -> Login {
        self.account(login, AccountKind::User)
    }

    /// A GitHub App's account; `login` without `[bot]`.
    pub fn bot(&mut self, login: &str) -> Login {
        self.account(login, AccountKind::Bot)
    }

    /// An account of any kind; made where it does not exist yet. The kind of an existing one is kept.
    pub fn account(&mut self, login: &str, kind: AccountKind) -> Login {
        let login = Login::new(login.strip_suffix("[bot]").unwrap_or(login));
        if let Some(known) = self.accounts.get(&login) {
            return known.login.clone();
        }
        let id = self.next_id();
        let prefix = match kind {
            AccountKind::User => "U",
            AccountKind::Bot => "BOT",
            AccountKind::Organization => "O",
            AccountKind::Mannequin => "M",
        };
        let node_id = self.name_node(prefix, id, Node::Account(login.clone()));
        let account = Account { login: login.clone(), name: None, kind, deleted: false, node_id, database_id: id };
        self.accounts.insert(login.clone(), account);
        login
    }

    /// Deletes an account: what it wrote stays, by nobody.
    pub fn delete_account(&mut self, login: &str) {
        let login = self.user(login);
        if let Some(account) = self.accounts.get_mut(&login) {
            account.deleted = true;
        }
    }

    /// Makes an account a member of the organisations.
    pub fn member(&mut self, login: &str) {
        let login = self.user(login);
        self.members.insert(login);
    }

    /// Makes an account a collaborator of a repository.
    pub fn collaborator(&mut self, repo: &RepoId, login: &str, permission: Permission) {
        let login = self.user(login);
        if let Some(repo) = self.repos.get_mut(repo) {
            repo.collaborators.insert(login, permission);
        }
    }

    /// GitHub's `authorAssociation` of an account in a repository.
    #[must_use]
    pub fn association(&self, repo: &Repo, login: &Login) -> &'static str {
        if repo.id.owner.eq_ignore_ascii_case(login.as_str()) {
            "OWNER"
        } else if self.members.contains(login) {
            "MEMBER"
        } else if repo.collaborators.contains_key(login) {
            "COLLABORATOR"
        } else if repo.items.values().any(|item| item.author == *login && item.merged_at().is_some()) {
            "CONTRIBUTOR"
        } else {
            "NONE"
        }
    }

    /// What an account may do in a repository: everyone may read a public one.
    #[must_use]
    pub fn permission(&self, repo: &Repo, login: &Login) -> Option<Permission> {
        match repo.collaborators.get(login) {
            Some(permission) => Some(*permission),
            None if repo.private => None,
            None => Some(Permission::Read),
        }
    }

    /// Makes a repository (`owner/name`) with an empty default branch `main`; an existing one is kept.
    ///
    /// # Panics
    /// Never: a text that is no repository's name becomes `invalid/invalid`.
    pub fn repo(&mut self, name: &str, at: Timestamp) -> RepoId {
        let id: RepoId =
            name.parse().unwrap_or_else(|_| RepoId { owner: "invalid".to_owned(), name: "invalid".to_owned() });
        if !self.repos.contains_key(&id) {
            self.account(&id.owner, AccountKind::Organization);
            let database_id = self.next_id();
            let node_id = self.name_node("R", database_id, Node::Repo(id.clone()));
            let repo = Repo {
                id: id.clone(),
                node_id,
                database_id,
                default_branch: "main".to_owned(),
                git: super::Git::default(),
                collaborators: std::collections::BTreeMap::new(),
                labels: std::collections::BTreeMap::new(),
                items: std::collections::BTreeMap::new(),
                checks: std::collections::BTreeMap::new(),
                created_at: at,
                private: false,
            };
            self.repos.insert(id.clone(), repo);
        }
        id
    }

    /// Defines labels: only these can be set by Prow's label commands.
    pub fn define_labels(&mut self, repo: &RepoId, names: &[&str]) {
        if let Some(repo) = self.repos.get_mut(repo) {
            for name in names {
                repo.labels.insert((*name).to_owned(), "ededed".to_owned());
            }
        }
    }
}

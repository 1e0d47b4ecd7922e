//! Who takes part in one pull request, and what each of them may say: looked up once, then known by a small number.

use super::context::Context;
use super::kind::{Ground, Ownership};
use crate::domain::facts::{EventKind, PullFacts};
use crate::domain::ids::{Login, SigName};

/// A person's place in [`People`].
pub(super) type PersonId = usize;

/// The login that stands for deleted accounts, as on GitHub.
pub(super) const GHOST: &str = "ghost";

/// Somebody who did something on the pull request.
#[derive(Clone, Debug)]
pub(super) struct Person<'a> {
    /// None for a deleted account.
    pub login: Option<&'a Login>,
    /// SIGs that they represent.
    pub sigs: Vec<SigName>,
    /// They represent the owning SIG; for several folders, one of theirs; for a meta-VEP, any sign-off SIG.
    pub owner: bool,
    /// OWNERS give them power over a file of this pull request.
    pub authority: bool,
    /// OWNERS name them as reviewer of a file of this pull request.
    pub reviewer: bool,
    /// They opened it.
    pub author: bool,
    /// They pushed to its branch.
    pub pushed: bool,
    /// GitHub says that they are a member or collaborator.
    pub collaborator: bool,
}

impl Person<'_> {
    /// A say: representing any SIG, or holding merge authority (`process.md` §1).
    pub fn has_say(&self) -> bool {
        !self.sigs.is_empty() || self.authority
    }

    /// The name on screen.
    pub fn name(&self) -> &str {
        self.login.map_or(GHOST, Login::as_str)
    }

    /// The login, `ghost` for a deleted account.
    pub fn login_or_ghost(&self) -> Login {
        self.login.cloned().unwrap_or_else(|| Login::new(GHOST))
    }
}

/// Everybody who takes part.
#[derive(Debug)]
pub(super) struct People<'a> {
    context: &'a Context<'a>,
    ground: &'a Ground,
    list: Vec<Person<'a>>,
    /// Who an unknown place is: somebody without a name or a say.
    nobody: Person<'a>,
    /// Requested now, without an event that says since when.
    requested_unseen: Vec<&'a str>,
}

/// The author is always the first.
const AUTHOR: PersonId = 0;

impl<'a> People<'a> {
    /// Starts with the author alone.
    pub fn new(context: &'a Context<'a>, pull: &'a PullFacts, ground: &'a Ground) -> Self {
        let asked = |name: &str| {
            pull.timeline.iter().any(|event| match &event.kind {
                EventKind::ReviewRequested(who) => who.eq_ignore_ascii_case(name),
                _ => false,
            })
        };
        let requested_unseen = pull.review_requests.iter().map(String::as_str).filter(|name| !asked(name)).collect();
        let nobody = Person {
            login: None,
            sigs: Vec::new(),
            owner: false,
            authority: false,
            reviewer: false,
            author: false,
            pushed: false,
            collaborator: false,
        };
        let mut people = Self { context, ground, list: Vec::with_capacity(8), nobody, requested_unseen };
        let author = pull.author.as_ref().map(|actor| &actor.login);
        let mut person = people.look_up(author);
        person.author = true;
        people.list.push(person);
        people
    }

    /// The person with that login, added where new. Deleted accounts are one person.
    pub fn id(&mut self, login: Option<&'a Login>) -> PersonId {
        match self.list.iter().position(|person| person.login == login) {
            Some(id) => id,
            None => {
                let person = self.look_up(login);
                self.list.push(person);
                self.list.len() - 1
            }
        }
    }

    /// The person with that login, where they take part.
    pub fn find(&self, login: &Login) -> Option<PersonId> {
        self.list.iter().position(|person| person.login == Some(login))
    }

    fn look_up(&self, login: Option<&'a Login>) -> Person<'a> {
        let sigs = login.map(|login| self.context.roster.sigs_of(login)).unwrap_or_default();
        Person {
            login,
            owner: sigs.iter().any(|sig| self.ground.is_owned_by(sig)),
            authority: login.is_some_and(|login| self.ground.authority.contains(login)),
            reviewer: login.is_some_and(|login| self.ground.reviewers.contains(login)),
            author: false,
            pushed: false,
            collaborator: false,
            sigs,
        }
    }

    /// The author.
    pub fn author(&self) -> PersonId {
        AUTHOR
    }

    /// The author's login; none for a deleted account.
    pub fn author_login(&self) -> Option<&'a Login> {
        self.list.first().and_then(|person| person.login)
    }

    /// How many take part.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The person at a place that this list gave out.
    pub fn get(&self, id: PersonId) -> &Person<'a> {
        self.list.get(id).unwrap_or(&self.nobody)
    }

    /// All, with their places.
    pub fn iter(&self) -> impl Iterator<Item = (PersonId, &Person<'a>)> {
        self.list.iter().enumerate()
    }

    /// They pushed to the branch.
    pub fn mark_pushed(&mut self, id: PersonId) {
        if let Some(person) = self.list.get_mut(id) {
            person.pushed = true;
        }
    }

    /// GitHub calls them a collaborator.
    pub fn mark_collaborator(&mut self, id: PersonId) {
        if let Some(person) = self.list.get_mut(id) {
            person.collaborator = true;
        }
    }

    /// A review is requested from them now, and no event says since when.
    pub fn is_requested_unseen(&self, login: &Login) -> bool {
        self.requested_unseen.iter().any(|name| login.is(name))
    }

    /// A representative of the owning SIG where a rule counts one; where there is no owning SIG, a holder of merge
    /// authority (`process.md` §3 rule 7).
    pub fn counts_as_owner(&self, id: PersonId) -> bool {
        let person = self.get(id);
        !person.author
            && match self.ground.ownership {
                Ownership::One(_) | Ownership::Several(_) => person.owner,
                Ownership::Shared(_) | Ownership::Nobody => person.authority,
            }
    }

    /// Who may shepherd by standing: representatives of the owning SIG (meta-VEP: of any sign-off SIG), and holders of
    /// merge authority.
    pub fn may_shepherd(&self, login: &Login) -> bool {
        self.ground.authority.contains(login)
            || self.context.roster.sigs_of(login).iter().any(|sig| self.ground.is_owned_by(sig))
    }
}

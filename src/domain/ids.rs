//! The names of things, as types: a login is not a SIG, and a pull request's number is not a VEP's.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A GitHub login. Two spellings that differ in case only are the same person: OWNERS files, aliases and GitHub
/// itself spell some people differently (`process.md` §1). The spelling is kept for the screen.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Login(String);

impl Login {
    /// Takes a login as written, without a leading `@` (one is dropped where it is there).
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        match text.strip_prefix('@') {
            Some(rest) => Self(rest.to_owned()),
            None => Self(text),
        }
    }

    /// The login as it was spelled where we read it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lower-case form that Prow compares and prints.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// True where `text` names the same account.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Login {}

impl Hash for Login {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            byte.to_ascii_lowercase().hash(state);
        }
    }
}

impl Ord for Login {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = self.0.bytes().map(|b| b.to_ascii_lowercase());
        left.cmp(other.0.bytes().map(|b| b.to_ascii_lowercase()))
    }
}

impl PartialOrd for Login {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Login {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id!(
    /// A commit's full object name.
    Sha
);
text_id!(
    /// A SIG without its prefix: `compute`, never `sig-compute`.
    SigName
);
text_id!(
    /// A release as sig-release's folders name it: `v1.10`.
    Release
);
text_id!(
    /// A GraphQL global id, opaque.
    NodeId
);

impl Sha {
    /// The seven characters that people read.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl Release {
    /// Reads a release as people write it: `v1.10`, `1.10`, `v1.10.0`, `v1.9.`, `V1.9 (if time allows)`; the first
    /// version in `text` counts, and a patch number is dropped, because schedules are per minor release.
    /// None where there is none (`N/A`, `TBD`, empty).
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
            let before = at.checked_sub(1).and_then(|i| bytes.get(i));
            let starts = match before {
                None => true,
                Some(b'v' | b'V') => at < 2 || bytes.get(at - 2).is_none_or(|b| !b.is_ascii_alphanumeric()),
                Some(b) => !b.is_ascii_alphanumeric() && *b != b'.' && *b != b'-',
            };
            let major = digits(at);
            if starts && (1..=4).contains(&major) && bytes.get(at + major) == Some(&b'.') {
                let minor = digits(at + major + 1);
                if (1..=4).contains(&minor) {
                    let number =
                        |from: usize, len: usize| text.get(from..from + len).and_then(|t| t.parse::<u32>().ok());
                    if let (Some(major_number), Some(minor_number)) = (number(at, major), number(at + major + 1, minor))
                    {
                        return Some(Self(format!("v{major_number}.{minor_number}")));
                    }
                }
            }
            at += major.max(1);
        }
        None
    }

    /// Major and minor number, for sorting: `v1.10` comes after `v1.9`. A release that is no version sorts last.
    #[must_use]
    pub fn order(&self) -> (u32, u32) {
        let mut parts = self.0.trim_start_matches(['v', 'V']).split('.').map(|part| part.parse::<u32>().ok());
        match (parts.next().flatten(), parts.next().flatten()) {
            (Some(major), Some(minor)) => (major, minor),
            _ => (u32::MAX, u32::MAX),
        }
    }
}

/// The number of a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PullNumber(pub u64);

/// The number of a VEP, which is the number of its tracking issue (`process.md` §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VepNumber(pub u64);

impl fmt::Display for PullNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for VepNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VEP {}", self.0)
    }
}

/// A repository as `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoId {
    /// The organisation or user.
    pub owner: String,
    /// The repository's name.
    pub name: String,
}

/// What is wrong with the text of a repository's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a repository: write OWNER/NAME, as in kubevirt/enhancements")]
pub struct BadRepo(pub String);

impl std::str::FromStr for RepoId {
    type Err = BadRepo;

    fn from_str(text: &str) -> Result<Self, BadRepo> {
        let good = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        match text.split_once('/') {
            Some((owner, name)) if good(owner) && good(name) => {
                Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
            }
            _ => Err(BadRepo(text.to_owned())),
        }
    }
}

impl TryFrom<String> for RepoId {
    type Error = BadRepo;

    fn try_from(text: String) -> Result<Self, BadRepo> {
        text.parse()
    }
}

impl From<RepoId> for String {
    fn from(repo: RepoId) -> Self {
        repo.to_string()
    }
}

impl fmt::Display for RepoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

//! Proposals that have ended, in a light form: what statistics need (what it was, when it was opened and ended, when
//! somebody first spoke), and nothing of what was said. Hundreds of them are kept where a few dozen are kept whole.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::{Actor, FileFacts, PullFacts, PullState};
use super::ids::PullNumber;

/// How far back statistics reach, in days.
pub const DAYS: i64 = 400;

/// The most words of one proposal that are kept: the first reviewer's is among them.
pub const MOST_WORDS: usize = 30;

/// The most changed files of one proposal that are kept: kind and SIG are seen in fewer.
pub const MOST_FILES: usize = 30;

/// One proposal that was merged or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Its number.
    pub number: PullNumber,
    /// Its page.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Who opened it; `None` where the account is gone.
    pub author: Option<Actor>,
    /// Merged or closed.
    pub state: PullState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// When anything last touched it.
    pub updated_at: Timestamp,
    /// Its labels at the end.
    pub labels: Vec<String>,
    /// Its changed files, [`MOST_FILES`] at most.
    pub files: Vec<FileFacts>,
    /// Its first reviews and comments, oldest first, [`MOST_WORDS`] at most; whose of them counts is derived.
    pub words: Vec<Word>,
}

/// Somebody said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Who; `None` where the account is gone.
    pub by: Option<Actor>,
    /// When.
    pub at: Timestamp,
}

impl Ended {
    /// The light form of a pull that is known whole; `None` while it is open.
    #[must_use]
    pub fn of(pull: &PullFacts) -> Option<Self> {
        let ended_at = pull.ended_at.filter(|_| pull.state != PullState::Open)?;
        let reviews = pull.reviews.iter().map(|review| Word { by: review.author.clone(), at: review.at });
        let comments = pull.comments.iter().map(|comment| Word { by: comment.author.clone(), at: comment.at });
        let mut words: Vec<Word> = reviews.chain(comments).collect();
        words.sort_by_key(|word| word.at);
        words.truncate(MOST_WORDS);
        Some(Self {
            number: pull.number,
            url: pull.url.clone(),
            title: pull.title.clone(),
            author: pull.author.clone(),
            state: pull.state,
            opened_at: pull.created_at,
            ended_at,
            updated_at: pull.updated_at,
            labels: pull.labels.clone(),
            files: pull.files.iter().take(MOST_FILES).cloned().collect(),
            words,
        })
    }
}

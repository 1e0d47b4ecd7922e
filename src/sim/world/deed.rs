//! What visitors do at set times, as data: the demo's life, and tests' surprises.

use jiff::Timestamp;

use super::threads::{NewReview, NewThread};
use super::{Edit, ItemRef, World};

/// Something that somebody will do.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// When.
    pub at: Timestamp,
    /// To which issue or pull request.
    pub item: ItemRef,
    /// Who.
    pub who: String,
    /// What.
    pub deed: Deed,
}

/// What somebody does.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Writes a conversation comment.
    Comment(String),
    /// Submits a review (its author is who does it).
    Review(NewReview),
    /// Opens an inline thread.
    Thread(NewThread),
    /// Replies in the newest unresolved thread.
    ReplyToNewest(String),
    /// Resolves the oldest unresolved thread.
    ResolveOldest,
    /// Pushes a commit.
    Push(String, Vec<Edit>),
    /// Rewrites the branch.
    ForcePush(String, Vec<Edit>),
    /// Marks as ready, or turns into a draft.
    Draft(bool),
    /// Changes the title.
    Retitle(String),
    /// Closes.
    Close,
    /// Opens again.
    Reopen,
}

impl World {
    /// Adds a deed to the schedule.
    pub fn schedule(&mut self, at: Timestamp, item: &ItemRef, who: &str, deed: Deed) {
        self.scheduled.push(Scheduled { at, item: item.clone(), who: who.to_owned(), deed });
        self.scheduled.sort_by_key(|scheduled| scheduled.at);
    }

    /// Does what a visitor meant to do. On a closed item, nothing: visitors do not argue with what is over.
    pub fn perform(&mut self, scheduled: Scheduled) {
        let Scheduled { at, item, who, deed } = scheduled;
        let Some(open) = self.item(&item).map(|state| state.open) else { return };
        if !open && !matches!(deed, Deed::Reopen) {
            return;
        }
        match deed {
            Deed::Comment(body) => {
                self.comment(&item, at, &who, &body);
            }
            Deed::Review(mut review) => {
                review.author = who;
                self.review(&item, at, review);
            }
            Deed::Thread(thread) => {
                self.thread(&item, at, &who, thread);
            }
            Deed::ReplyToNewest(body) => {
                if let Some(comment) = self.unresolved(&item).last().copied() {
                    self.reply(&item, at, &who, comment, &body);
                }
            }
            Deed::ResolveOldest => {
                if let Some(comment) = self.unresolved(&item).first().copied() {
                    self.set_resolved(&item, &who, comment, true);
                }
            }
            Deed::Push(message, edits) => {
                self.push(&item, at, &who, &message, &edits);
            }
            Deed::ForcePush(message, edits) => {
                self.force_push(&item, at, &who, &message, &edits);
            }
            Deed::Draft(draft) => self.set_draft(&item, at, &who, draft),
            Deed::Retitle(title) => self.retitle(&item, at, &who, &title),
            Deed::Close => self.close(&item, at, &who),
            Deed::Reopen => self.reopen(&item, at, &who),
        }
    }

    /// The first comments of unresolved threads, oldest first.
    fn unresolved(&self, item: &ItemRef) -> Vec<u64> {
        let part = self.item(item).and_then(|state| state.pull.as_ref());
        part.iter()
            .flat_map(|part| part.threads.iter())
            .filter(|thread| thread.resolved_by.is_none())
            .filter_map(|thread| thread.comments.first().map(|comment| comment.id))
            .collect()
    }
}

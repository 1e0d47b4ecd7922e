//! Pages that stand over the home view.

use serde::{Deserialize, Serialize};

use super::OutgoingId;
use crate::domain::ids::{PullNumber, Sha};

/// Pages that stand over the home view.
#[derive(Clone, Debug)]
pub enum Page {
    /// One proposal.
    Proposal(ProposalPage),
    /// Writes that are not done.
    Outbox(OutboxPage),
}

/// One proposal's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalPage {
    /// Which.
    pub pull: PullNumber,
    /// The tab.
    pub tab: Tab,
    /// The first visible line of each tab, by [`Tab::index`].
    pub scroll: [usize; 6],
    /// The first visible line of the column on the left.
    pub side_scroll: usize,
    /// The head on the page: what a review is pinned to. It follows a push, and a toast says so.
    pub head: Sha,
}

/// Tabs of a proposal's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tab {
    /// The verdict; a tab only where the page is too narrow for it to stand beside the others.
    Verdict,
    /// The VEP's document at the head.
    Document,
    /// The pull request's description.
    Description,
    /// Comments and reviews, oldest first.
    Conversation,
    /// Review threads, open ones first.
    Threads,
    /// All events.
    Timeline,
}

impl Tab {
    /// All tabs, in their order.
    pub const ALL: [Self; 6] =
        [Self::Verdict, Self::Document, Self::Description, Self::Conversation, Self::Threads, Self::Timeline];

    /// The tabs of a page: all of them where it is narrow, all but the verdict where that stands beside them.
    #[must_use]
    pub fn shown(wide: bool) -> &'static [Self] {
        const TABS: [Tab; 6] = Tab::ALL;
        let (first, rest) = (&TABS, TABS.split_at(1).1);
        if wide { rest } else { first }
    }

    /// The word on it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Document => "Document",
            Self::Description => "Description",
            Self::Conversation => "Conversation",
            Self::Threads => "Threads",
            Self::Timeline => "Timeline",
        }
    }

    /// Its place in [`Tab::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Verdict => 0,
            Self::Document => 1,
            Self::Description => 2,
            Self::Conversation => 3,
            Self::Threads => 4,
            Self::Timeline => 5,
        }
    }
}

/// The page of writes that are not done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxPage {
    /// The selected write.
    pub selected: Option<OutgoingId>,
    /// The first write on screen, as far as the selection lets it stay.
    pub first: usize,
}

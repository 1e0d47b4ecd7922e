//! Asks that wait, and how many of them go into the next request: as many as GitHub bore lately.

use std::collections::VecDeque;

use super::Ask;

/// The most pull requests that one request reads whole.
pub const MOST_PULLS: usize = 20;

/// The most work that one request asks for, in the unit of [`Ask::weight`].
const MOST_WEIGHT: usize = 260;

/// Asks that wait.
#[derive(Debug)]
pub struct Queue {
    pulls: VecDeque<Ask>,
    others: VecDeque<Ask>,
}

impl Queue {
    /// These.
    #[must_use]
    pub fn of(asks: Vec<Ask>) -> Self {
        let (pulls, others): (Vec<Ask>, Vec<Ask>) = asks.into_iter().partition(|ask| matches!(ask, Ask::Pull { .. }));
        Self { pulls: pulls.into(), others: others.into() }
    }

    /// The next request's: pull requests evenly over as few requests as possible, at most `most` in each, the rest into
    /// what room is left. `None` when all are out.
    pub fn next(&mut self, most: usize) -> Option<Vec<Ask>> {
        let most = most.clamp(1, MOST_PULLS);
        let requests = self.pulls.len().div_ceil(most);
        let each = if requests == 0 { 0 } else { self.pulls.len().div_ceil(requests) };
        let mut pack: Vec<Ask> = self.pulls.drain(..each).collect();
        let mut used: usize = pack.iter().map(Ask::weight).sum();
        let room = MOST_WEIGHT * most / MOST_PULLS;
        while let Some(ask) = self.others.front() {
            if !pack.is_empty() && used + ask.weight() > room {
                break;
            }
            used += ask.weight();
            pack.extend(self.others.pop_front());
        }
        (!pack.is_empty()).then_some(pack)
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pulls.len() + self.others.len()
    }

    /// None waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pulls.is_empty() && self.others.is_empty()
    }

    /// How many connections those that wait ask for: a hundred cost a point.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.pulls.iter().chain(&self.others).map(Ask::connections).sum()
    }
}

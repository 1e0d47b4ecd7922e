//! Prow's robots at work on the simulated GitHub (`specs/prow.md`): they hear of what happens, wait a second or two
//! as the real ones do, and act with their own account. What they decide comes from `domain::prow`; what they do to
//! GitHub (labels, comments, assignments, statuses, the merge) is here and in `tide`.

use jiff::{SignedDuration, Timestamp};

use super::world::{Delivery, ItemRef, World};
use crate::domain::ids::Login;
use crate::domain::profile::Profile;

/// The robots' set-up.
#[derive(Clone, Debug)]
pub struct Robots {
    /// How the repository's Prow is set up. Robots act on this profile's repository alone.
    pub profile: Profile,
    /// Their account, a GitHub App.
    pub login: Login,
}

impl World {
    /// Puts Prow's robots to work on the profile's repository, with the App's account `login`.
    pub fn employ_prow(&mut self, profile: Profile, login: &str) {
        let login = self.bot(login);
        self.robots = Some(Robots { profile, login });
    }

    /// Lets robots do what they would have done to one item by `now`.
    pub fn settle(&mut self, item: &ItemRef, now: Timestamp) {
        if self.acting || self.robots.is_none() {
            return;
        }
        self.acting = true;
        while let Some((due, delivery)) = self.next_delivery(item, now) {
            self.act(item, due, &delivery);
        }
        self.acting = false;
    }

    /// Lets robots and visitors do what they would have done by `now`, in time order.
    pub fn advance_to(&mut self, now: Timestamp) {
        while let Some(first) = self.scheduled.first().filter(|scheduled| scheduled.at <= now).cloned() {
            self.scheduled.remove(0);
            self.settle_all(first.at);
            self.perform(first);
        }
        self.settle_all(now);
    }

    fn settle_all(&mut self, now: Timestamp) {
        let Some(robots) = &self.robots else { return };
        let id = robots.profile.repo.clone();
        let Some(repo) = self.repos.get(&id) else { return };
        let waiting: Vec<ItemRef> = repo
            .items
            .values()
            .filter(|item| !item.deliveries.is_empty())
            .map(|item| ItemRef { repo: id.clone(), number: item.number })
            .collect();
        for item in waiting {
            self.settle(&item, now);
        }
    }

    /// The next delivery whose answer is due by `now`, and when it is due.
    fn next_delivery(&mut self, item: &ItemRef, now: Timestamp) -> Option<(Timestamp, Delivery)> {
        let state = self.item_mut(item)?;
        let first = state.deliveries.front()?;
        // One to two seconds, the same for the same event in every run.
        let jitter = first.at.as_millisecond().unsigned_abs().wrapping_mul(2_654_435_761) ^ item.number;
        let wait = SignedDuration::from_millis(1000 + i64::try_from(jitter % 1000).unwrap_or(0));
        let due = first.at.checked_add(wait).unwrap_or(first.at);
        if due > now {
            return None;
        }
        state.deliveries.pop_front().map(|delivery| (due, delivery))
    }

    fn act(&mut self, item: &ItemRef, due: Timestamp, delivery: &Delivery) {
        tracing::debug!(number = item.number, %due, what = ?delivery.what, "Prow hears");
    }
}

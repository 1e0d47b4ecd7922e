//! Release schedules: sig-release's `releases/<release>/schedule.yaml`. They are written by hand and vary from release
//! to release in date format (`2026/04/30`, `2026-09-08`), in keys (`milestone` and `notes` may be missing or null) and
//! in bold marks (`**KubeVirt GA**`). Releases before v1.6 have no VEP freeze.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde_json::Value;

use super::board::Freeze;
use super::ids::Release;
use super::yaml;

/// All schedules that could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedules {
    /// In the order of their releases.
    releases: Vec<Schedule>,
    problems: Vec<String>,
}

/// One release's dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Which release.
    pub release: Release,
    /// Every entry with a date, in the file's order.
    pub entries: Vec<Entry>,
}

/// One line of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The day; it counts until its end, in UTC.
    pub when: Date,
    /// What happens, without bold marks.
    pub what: String,
    /// The milestone, without bold marks; empty where there is none.
    pub milestone: String,
    /// Whose date it is (`KubeVirt`, `Kubernetes`, `CDI`); empty where it is not said.
    pub who: String,
}

impl Schedules {
    /// Reads the files; those that are no list of entries are named in [`Self::problems`].
    #[must_use]
    pub fn read(files: &BTreeMap<Release, String>) -> Self {
        let mut all = Self::default();
        for (release, text) in files {
            match read_entries(text) {
                Ok(entries) => all.releases.push(Schedule { release: release.clone(), entries }),
                Err(why) => all.problems.push(format!("the schedule of {release} cannot be read: {why}")),
            }
        }
        all.releases.sort_by_key(|schedule| schedule.release.order());
        all
    }

    /// Files that could not be read, in words.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The releases, oldest first.
    #[must_use]
    pub fn releases(&self) -> Vec<&Release> {
        self.releases.iter().map(|schedule| &schedule.release).collect()
    }

    /// One release's schedule, however its version is written.
    #[must_use]
    pub fn of(&self, release: &Release) -> Option<&Schedule> {
        self.releases.iter().find(|schedule| schedule.release.order() == release.order())
    }

    /// The day of a release's VEP freeze.
    #[must_use]
    pub fn freeze_of(&self, release: &Release) -> Option<Date> {
        self.of(release)?.freeze().map(|entry| entry.when)
    }

    /// The day of a release's code freeze.
    #[must_use]
    pub fn code_freeze_of(&self, release: &Release) -> Option<Date> {
        self.of(release)?.code_freeze().map(|entry| entry.when)
    }

    /// The day of a release.
    #[must_use]
    pub fn ga_of(&self, release: &Release) -> Option<Date> {
        self.of(release)?.ga().map(|entry| entry.when)
    }

    /// A release's VEP freeze as the board shows it.
    #[must_use]
    pub fn freeze(&self, release: &Release, now: Timestamp) -> Option<Freeze> {
        let schedule = self.of(release)?;
        schedule.freeze().map(|entry| shown(&schedule.release, entry, now))
    }

    /// The nearest VEP freeze that has not passed; none where every one has.
    #[must_use]
    pub fn next_freeze(&self, now: Timestamp) -> Option<Freeze> {
        let ahead = self.releases.iter().filter_map(|schedule| {
            let entry = schedule.freeze()?;
            (days_until(entry.when, now) >= 0).then_some((entry.when, schedule, entry))
        });
        ahead.min_by_key(|(when, ..)| *when).map(|(_, schedule, entry)| shown(&schedule.release, entry, now))
    }

    /// The release is out: its day of release has ended. None where no schedule says so.
    #[must_use]
    pub fn is_out(&self, release: &Release, now: Timestamp) -> Option<bool> {
        self.ga_of(release).map(|day| days_until(day, now) < 0)
    }
}

impl Schedule {
    /// The entry whose `what` names the VEP or Enhancement Freeze.
    #[must_use]
    pub fn freeze(&self) -> Option<&Entry> {
        let named = |entry: &&Entry| {
            let what = entry.what.to_lowercase();
            words(&what).any(|word| word == "freeze")
                && words(&what).any(|word| matches!(word, "vep" | "veps" | "enhancement" | "enhancements"))
        };
        // An entry about exceptions to the freeze names it too; the freeze itself ends with the word.
        let ends = |entry: &&Entry| words(&entry.what).last().is_some_and(|word| word.eq_ignore_ascii_case("freeze"));
        self.entries.iter().filter(named).find(ends).or_else(|| self.entries.iter().find(named))
    }

    /// The code freeze (older files: the feature freeze).
    #[must_use]
    pub fn code_freeze(&self) -> Option<&Entry> {
        let holds = |phrase: &str| {
            self.entries.iter().find(|entry| {
                entry.milestone.to_lowercase().contains(phrase) || entry.what.to_lowercase().contains(phrase)
            })
        };
        holds("code freeze").or_else(|| holds("feature freeze"))
    }

    /// The release itself: the milestone that says GA and is no other project's.
    #[must_use]
    pub fn ga(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| {
            words(&entry.milestone).any(|word| word == "GA")
                && (entry.who.is_empty() || entry.who.eq_ignore_ascii_case("KubeVirt"))
                && !words(&entry.milestone).any(|word| word == "CDI")
        })
    }
}

/// Whole days from `now` until a day, in UTC: 0 on the day itself, until it ends; negative afterwards.
#[must_use]
pub fn days_until(day: Date, now: Timestamp) -> i64 {
    let today = TimeZone::UTC.to_datetime(now).date();
    let span = today.until((jiff::Unit::Day, day));
    span.map_or(0, |span| i64::from(span.get_days()))
}

fn shown(release: &Release, entry: &Entry, now: Timestamp) -> Freeze {
    Freeze {
        release: release.clone(),
        what: entry.what.clone(),
        at: entry.when.to_string(),
        days: days_until(entry.when, now),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn read_entries(text: &str) -> Result<Vec<Entry>, String> {
    let value = yaml::parse(text).map_err(|error| error.to_string())?;
    // Some generators wrap the list; take the first list that holds dates.
    let list = match &value {
        Value::Array(list) => Some(list),
        Value::Object(map) => map.values().find_map(Value::as_array),
        _ => None,
    };
    let list = list.ok_or_else(|| "it is not a list of entries".to_owned())?;
    Ok(list.iter().filter_map(read_entry).collect())
}

/// An entry without a readable date says nothing, and is passed over.
fn read_entry(value: &Value) -> Option<Entry> {
    let text = |key: &str| plain(value.get(key).and_then(Value::as_str).unwrap_or_default());
    Some(Entry { when: date(&text("when"))?, what: text("what"), milestone: text("milestone"), who: text("who") })
}

/// Without Markdown's bold marks.
fn plain(text: &str) -> String {
    text.replace("**", "").replace("__", "").trim().to_owned()
}

/// `2026/04/30`, `2026-09-08`, and the same with a time behind it.
fn date(text: &str) -> Option<Date> {
    let day = text.split(['T', ' ']).next()?;
    let mut parts = day.split(['/', '-']);
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let number = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    civil::Date::new(year, month, number).ok()
}

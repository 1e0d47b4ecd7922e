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

    /// Of every release, oldest first, whether its freeze and its day of release have passed. While these answers stay
    /// the same, so does everything that a proposal's release follows from.
    #[must_use]
    pub fn passed(&self, now: Timestamp) -> Vec<[bool; 2]> {
        let over = |day: Option<&Entry>| day.is_some_and(|entry| days_until(entry.when, now) < 0);
        self.releases.iter().map(|schedule| [over(schedule.freeze()), over(schedule.ga())]).collect()
    }
}

impl Schedule {
    /// The entry whose `what` names the VEP or Enhancement Freeze (its milestone, where no `what` does). A freeze that was
    /// moved stands there twice (`VEP Freeze`, `VEP Freeze (extended)`): the last day counts.
    #[must_use]
    pub fn freeze(&self) -> Option<&Entry> {
        // An entry about exceptions to the freeze names it too; the freeze itself ends with the word.
        let is = |text: &str| names_freeze(text) && ends_in_freeze(text);
        let newest = |list: Vec<&'_ Entry>| list.into_iter().max_by_key(|entry| entry.when).map(|entry| entry.when);
        let of = |fits: &dyn Fn(&Entry) -> bool| {
            let day = newest(self.entries.iter().filter(|entry| fits(entry)).collect())?;
            self.entries.iter().find(|entry| entry.when == day && fits(entry))
        };
        of(&|entry| is(&entry.what))
            .or_else(|| self.entries.iter().find(|entry| names_freeze(&entry.what)))
            .or_else(|| of(&|entry| is(&entry.milestone)))
    }

    /// The code freeze (older files: the feature freeze), and no other project's.
    #[must_use]
    pub fn code_freeze(&self) -> Option<&Entry> {
        let holds = |phrase: &str| {
            self.entries.iter().filter(|entry| entry.is_ours()).find(|entry| {
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
                && entry.is_ours()
                && !words(&entry.milestone).any(|word| word == "CDI")
        })
    }
}

impl Entry {
    /// It is about KubeVirt itself, or does not say about whom.
    fn is_ours(&self) -> bool {
        self.who.is_empty() || self.who.eq_ignore_ascii_case("KubeVirt")
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

/// A text that is about the freeze of proposals.
fn names_freeze(text: &str) -> bool {
    let has = |fits: &dyn Fn(&str) -> bool| words(text).any(fits);
    has(&|word| word.eq_ignore_ascii_case("freeze"))
        && has(&|word| ["vep", "veps", "enhancement", "enhancements"].iter().any(|it| word.eq_ignore_ascii_case(it)))
}

/// `… Freeze`, and a remark in brackets behind it.
fn ends_in_freeze(text: &str) -> bool {
    let bare = match text.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((before, _)) => before,
        None => text,
    };
    words(bare).last().is_some_and(|word| word.eq_ignore_ascii_case("freeze"))
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

/// The months as people shorten them.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `2026/04/30`, `2026-09-08`, `2026.9.8`, `8 Sep 2026`, `September 8, 2026`. A moment with an offset counts on its day
/// in UTC, because days are counted there; one without is taken as it is written.
fn date(text: &str) -> Option<Date> {
    if let Ok(moment) = text.replacen('/', "-", 2).replacen(' ', "T", 1).parse::<Timestamp>() {
        return Some(TimeZone::UTC.to_datetime(moment).date());
    }
    numeric(text.split(['T', ' ']).next()?).or_else(|| in_words(text))
}

fn numeric(day: &str) -> Option<Date> {
    let mut parts = day.split(['/', '-', '.']);
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let number = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    civil::Date::new(year, month, number).ok()
}

fn in_words(text: &str) -> Option<Date> {
    let (mut year, mut month, mut day) = (None, None, None);
    for word in text.split([' ', ',', '-']).filter(|word| !word.is_empty()) {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        match digits.parse::<i16>() {
            Ok(number) if digits.len() == 4 => year = Some(number),
            Ok(number) => day = i8::try_from(number).ok(),
            Err(_) => {
                let lower = word.to_ascii_lowercase();
                let place = MONTHS.iter().position(|name| lower.starts_with(name));
                month = month.or(place.and_then(|place| i8::try_from(place + 1).ok()));
            }
        }
    }
    civil::Date::new(year?, month?, day?).ok()
}

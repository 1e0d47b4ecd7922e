//! The words of the query language: qualifiers, each with what it asks, and the values that are words of ours. Reading,
//! printing, completing and every "did you mean" are made from these tables.

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};

use super::{Is, Measure, SortBy};

/// The qualifiers, in the order in which they are listed, each with what it asks.
pub(super) const QUALIFIERS: [(&str, &str); 33] = [
    ("sig", "owned by a SIG, or with its part in it"),
    ("owner", "owned by a SIG"),
    ("participating", "with a SIG's part in it"),
    ("shepherd", "shepherded by: me, none, a login"),
    ("author", "opened by: me, none, a login"),
    ("involves", "somebody takes part: me, a login"),
    ("stage", "the board's column"),
    ("kind", "new, update or process"),
    ("waiting", "whose turn: me, mysig, author, a login, sig-x"),
    ("is", "a state, such as needs-me, stalled, held"),
    ("release", "the target release, or none"),
    ("label", "a label on GitHub"),
    ("signed", "a SIG has signed off"),
    ("stale", "a push came after a SIG's sign-off"),
    ("missing", "a SIG has not signed off"),
    ("veto", "vetoed by: me, none, a login"),
    ("hold", "held by: me, none, a login"),
    ("gate", "what blocks the merge, such as needs-lgtm"),
    ("checks", "success, pending, failure or none"),
    ("convergence", "converging, flat, diverging or stalled"),
    ("reason", "a reason's code, such as review-lag"),
    ("problem", "a problem's code, such as sig-mismatch"),
    ("status", "the document's status"),
    ("age", "open for: >30d, <2w"),
    ("idle", "nothing human for: >7d"),
    ("turn", "the turn has lasted: >7d"),
    ("lag", "a review is owed for: >7d"),
    ("freeze", "the freeze that it targets is so far ahead: <14d"),
    ("rounds", "hand-overs by the author: >3"),
    ("threads", "open threads: >0"),
    ("comments", "comments by people: >20"),
    ("vep", "the number of a VEP"),
    ("sort", "the order: urgency, age, idle, turn, updated"),
];

/// The values of `is:`, each with what it asks.
pub(super) const STATES: [(&str, Is, &str); 28] = [
    ("needs-me", Is::NeedsMe, "your turn or your SIG's, not done or snoozed"),
    ("new-to-me", Is::NewToMe, "somebody did something since you were done with it"),
    ("mine", Is::Mine, "you opened it"),
    ("done", Is::Done, "you are done with it"),
    ("snoozed", Is::Snoozed, "you snoozed it"),
    ("back", Is::Back, "it was done or snoozed, and is back"),
    ("marked", Is::Marked, "you said something about it"),
    ("stalled", Is::Stalled, "nothing moves"),
    ("lagging", Is::Lagging, "a review is owed for over a week"),
    ("vetoed", Is::Vetoed, "a veto stands"),
    ("objected", Is::Objected, "anybody objects, or you confirmed that they do"),
    ("opposed", Is::Opposed, "a veto against somebody's approval"),
    ("stalled-conflict", Is::StalledConflict, "a veto, and nobody speaks"),
    ("held", Is::Held, "on hold"),
    ("conditional", Is::Conditional, "approved and held in one breath"),
    ("signed", Is::Signed, "every SIG has signed off"),
    ("unsigned", Is::Unsigned, "a sign-off is missing or stale"),
    ("lgtm", Is::Lgtm, "it has lgtm"),
    ("approved", Is::Approved, "OWNERS have approved"),
    ("conflicting", Is::Conflicting, "it needs a rebase"),
    ("draft", Is::Draft, "a draft"),
    ("open", Is::Open, "open"),
    ("merged", Is::Merged, "merged"),
    ("closed", Is::Closed, "closed"),
    ("converged", Is::Converged, "merged or closed"),
    ("not-converged", Is::NotConverged, "should have converged by now"),
    ("at-risk", Is::AtRisk, "may miss the freeze that it targets"),
    ("ready", Is::Ready, "everything that its release needs is there"),
];

/// What can be compared with a number.
pub(super) const MEASURES: [(&str, Measure); 8] = [
    ("age", Measure::Age),
    ("idle", Measure::Idle),
    ("turn", Measure::Turn),
    ("lag", Measure::Lag),
    ("freeze", Measure::Freeze),
    ("rounds", Measure::Rounds),
    ("threads", Measure::Threads),
    ("comments", Measure::Comments),
];

/// The values of `sort:`.
pub(super) const SORTS: [(&str, SortBy); 5] = [
    ("urgency", SortBy::Urgency),
    ("age", SortBy::Age),
    ("idle", SortBy::Idle),
    ("turn", SortBy::Turn),
    ("updated", SortBy::Updated),
];

impl Measure {
    /// It is a length of time.
    pub fn is_time(self) -> bool {
        match self {
            Self::Age | Self::Idle | Self::Turn | Self::Lag | Self::Freeze => true,
            Self::Rounds | Self::Threads | Self::Comments => false,
        }
    }
}

/// The word of a value in a table.
pub(super) fn word<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

/// The words of an enum that JSON spells: the same there and in queries, whatever is added to it.
pub(super) fn words_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut words: &'static [&'static str] = &[];
    // The visit fails as it must: only the names are wanted.
    let _ = T::deserialize(Names(&mut words));
    words
}

/// The value of a word of such an enum.
pub(super) fn value_of<T: for<'de> Deserialize<'de>>(word: &str) -> Option<T> {
    let lower = word.to_ascii_lowercase();
    let text: StrDeserializer<'_, serde::de::value::Error> = lower.as_str().into_deserializer();
    T::deserialize(text).ok()
}

/// The word of a value of such an enum.
pub(super) fn word_of<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Hears an enum's names, and reads nothing.
struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("no enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = variants;
        Err(Self::Error::custom("only the names were wanted"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The known word that a typing error is likely to stand for: one or two letters off.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    known
        .map(|candidate| (distance(&word, candidate), candidate))
        // A short word is two letters away from nearly any other.
        .filter(|(far, candidate)| *far <= 2 && *far * 2 <= candidate.len())
        .min()
        .map(|(_, near)| near)
}

/// Levenshtein's distance, on bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut corner = i;
        let mut before = i + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (slot, right) in row.iter_mut().skip(1).zip(b.bytes()) {
            let cost = corner + usize::from(left != right);
            corner = *slot;
            *slot = cost.min(corner + 1).min(before + 1);
            before = *slot;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

//! A query's plain words: fuzzy text over title, author and numbers.
//!
//! Fuzzy over a whole title would find nearly everything (its letters are all there, in some order), so a word is
//! looked for as it stands first, and then fuzzily in each word of the title: `migratn` finds "migration".

use std::cell::RefCell;

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::domain::facts::PullFacts;
use crate::domain::verdict::Verdict;

/// Shorter words must stand there as they are.
const FUZZY_FROM: usize = 4;

thread_local! {
    /// A matcher's tables are large; one per thread is made once.
    static MATCHER: RefCell<Matcher> = RefCell::new(Matcher::new(Config::DEFAULT));
}

/// True where `word` is in the title, is (part of) the author's login, or is the number of the pull or of a VEP.
pub(super) fn found(word: &str, verdict: &Verdict, pull: &PullFacts) -> bool {
    let lower = word.to_lowercase();
    let author = pull.author.as_ref().map(|author| author.login.key()).unwrap_or_default();
    let title = pull.title.to_lowercase();
    if title.contains(&lower) || author.contains(lower.trim_start_matches('@')) {
        return true;
    }
    if let Ok(number) = lower.parse::<u64>() {
        return verdict.number.0 == number || verdict.veps.iter().any(|vep| vep.0 == number);
    }
    if lower.chars().count() < FUZZY_FROM {
        return false;
    }
    let atom = Atom::new(&lower, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy, false);
    let mut buffer = Vec::new();
    MATCHER.with_borrow_mut(|matcher| {
        let words = title.split(|c: char| !c.is_alphanumeric()).chain([author.as_str()]);
        words
            .filter(|text| close(text, &lower))
            .any(|text| atom.score(Utf32Str::new(text, &mut buffer), matcher).is_some())
    })
}

/// A word that begins alike and is not much longer: letters scattered over a long word are no likeness.
fn close(text: &str, word: &str) -> bool {
    text.chars().next() == word.chars().next() && text.chars().count() <= word.chars().count() * 2
}

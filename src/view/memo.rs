//! What was rendered is kept: a long document costs milliseconds, and a frame must not. From outside nothing changes:
//! the same text, width, manner and styles give the same lines, so this is no state that a screen could depend on. It is
//! one for the process, because measuring (how far can be scrolled) and drawing ask for the same renderings.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::markdown::{Manner, Rendered};

/// How many renderings are kept: a long conversation's comments, and the documents of a few proposals.
const KEPT: usize = 2048;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    text: u64,
    bytes: usize,
    width: u16,
    comment: bool,
    styles: u64,
}

static MEMO: LazyLock<Mutex<HashMap<Key, Arc<Rendered>>>> = LazyLock::new(Mutex::default);

/// The rendering of a text, from before where there is one. `styles` names the styles it was made with.
pub(super) fn rendered(
    text: &str,
    width: u16,
    manner: Manner,
    styles: u64,
    render: impl FnOnce() -> Rendered,
) -> Arc<Rendered> {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let key = Key { text: hasher.finish(), bytes: text.len(), width, comment: manner == Manner::Comment, styles };
    // A poisoned lock only means that another drawing panicked: its entries are whole all the same.
    let known = MEMO.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(known) = known {
        return known;
    }
    // Rendered without the lock, so that a slow document holds up nobody else.
    let made = Arc::new(render());
    let mut kept = MEMO.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, Arc::clone(&made));
    made
}

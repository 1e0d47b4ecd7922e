//! How the viewer wants the columns: how much of a proposal a card shows, which columns are folded, and whether the
//! selected proposal's verdict stands beside them.

use std::collections::BTreeSet;

use crate::app::geometry::CardSize;

/// How the columns look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The size of the cards.
    pub density: CardSize,
    /// Titles of folded columns, whatever the grouping: a column that comes back under the same name stays folded.
    pub folded: BTreeSet<String>,
    /// The verdict beside the columns.
    pub preview: Preview,
}

/// Whether the selected proposal's verdict stands beside the columns, where there is room for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preview {
    /// The columns have the whole width.
    #[default]
    Hidden,
    /// The verdict stands at the right.
    Shown,
}

impl Look {
    /// Folds a column, or unfolds it.
    pub fn fold(&mut self, title: &str) {
        if !self.folded.remove(title) {
            self.folded.insert(title.to_owned());
        }
    }
}

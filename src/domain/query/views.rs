//! Saved views: queries with names, from the configuration. `@name` at the start of a query stands for one.

use super::{Query, QueryError};

/// A query with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name, as it stands in the configuration.
    pub name: String,
    /// The query's text.
    pub text: String,
}

/// Why a name is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of a view: letters, digits, `-` and `_` only")]
pub struct BadViewName(pub String);

/// All saved views, in the order of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Views(Vec<View>);

impl Views {
    /// Adds a view that can be used; one of the same name gives way.
    ///
    /// # Errors
    /// The outer one where the name is none, the inner one where the query is none.
    pub fn add(&mut self, name: &str, text: &str) -> Result<Result<(), QueryError>, BadViewName> {
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if name.is_empty() || !name.bytes().all(good) {
            return Err(BadViewName(name.to_owned()));
        }
        if let Err(error) = Query::parse(text) {
            return Ok(Err(error));
        }
        self.0.retain(|view| !view.name.eq_ignore_ascii_case(name));
        self.0.push(View { name: name.to_owned(), text: text.trim().to_owned() });
        Ok(Ok(()))
    }

    /// All of them.
    #[must_use]
    pub fn list(&self) -> &[View] {
        &self.0
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The view of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&View> {
        self.0.iter().find(|view| view.name.eq_ignore_ascii_case(name))
    }

    /// Reads a query that may begin with `@name`. A name that is no view's is a word like any other: `@ada` finds what
    /// ada opened.
    ///
    /// # Errors
    /// As [`Query::parse`]; places are those of `text`.
    pub fn read(&self, text: &str) -> Result<Query, QueryError> {
        let Some((view, rest_at)) = self.named(text) else { return Query::parse(text) };
        let saved = Query::parse(&view.text)
            .map_err(|error| QueryError { at: 0, message: format!("the view {}: {}", view.name, error.message) })?;
        let rest = Query::parse(text.get(rest_at..).unwrap_or_default());
        let rest = rest.map_err(|error| QueryError { at: error.at + rest_at, ..error })?;
        Ok(saved.and(rest))
    }

    /// The view that a query begins with, and where the rest of the query starts.
    #[must_use]
    pub fn named(&self, text: &str) -> Option<(&View, usize)> {
        let start = text.len() - text.trim_start().len();
        let word = text.get(start..)?.split(char::is_whitespace).next()?;
        Some((self.find(word.strip_prefix('@')?)?, start + word.len()))
    }
}

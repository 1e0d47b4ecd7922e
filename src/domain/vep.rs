//! What a VEP says of itself: its document in both forms (front matter as VEP #282 has it, and the prose of older
//! ones), its tracking issue, its pull request's title and description, its place in the tree. Real spellings are
//! read as people write them; what cannot be read is named, never guessed.

mod document;
mod place;
mod pull_text;
mod tracker;

pub use document::{Document, FrontMatter, FrontMatterState};
pub use place::{Place, folder_name_is_good, folder_number};
pub use pull_text::{PullText, SigWord, vep_numbers};
pub use tracker::Tracker;

/// Text without HTML comments, which the templates are full of; line breaks inside them stay, so that lines keep their
/// numbers. A comment that never closes runs to the end where it opens a line (as GitHub draws it), and is text elsewhere.
#[must_use]
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        let (before, comment) = rest.split_at(start);
        out.push_str(before);
        let end = comment.find("-->").map(|at| at + "-->".len());
        let opens_line = out.rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
        let end = match end {
            Some(end) => end,
            None if opens_line => comment.len(),
            None => {
                out.push_str(comment);
                return out;
            }
        };
        let (inside, after) = comment.split_at(end);
        out.extend(inside.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    out.push_str(rest);
    out
}

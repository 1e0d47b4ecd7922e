//! What Prow does, as tables: one file per plugin, every row with the section of `specs/prow.md` that it comes from.
//! `rows` says what a row may hold, `text`, `scene` and `owners` put the rules to them, `play` the simulated robots;
//! `cover` sees to it that no row of the truth table, no pitfall and no addendum is forgotten.
mod cover;
mod owners;
#[cfg(feature = "io")]
mod play;
mod properties;
mod rows;
mod scene;
mod text;

//! The demo world (design §7): some sixty proposals of the shape that the real repository has, with made-up people and
//! our own texts. It is written as data in `assets/demo/`: who is who in `cast.toml`, the proposals of each SIG in a
//! file of its own, long documents beside them. Times are relative to `now`, so that the demo is always of today.
//!
//! A proposal's thread is a script, one line per deed (`-12d3h ada: Why not…?`); Prow's simulated robots answer it as it
//! is played, so that labels, notifiers and stale sign-offs are theirs and not written by hand. Deeds with a time to
//! come (`+3m …`) happen while a visitor looks.

mod cast;
mod document;
mod play;
mod script;

use jiff::Timestamp;

use super::world::World;

/// The proposals, one file per SIG.
const PROPOSALS: [(&str, &str); 5] = [
    ("compute-new.toml", include_str!("../../assets/demo/compute-new.toml")),
    ("compute-updates.toml", include_str!("../../assets/demo/compute-updates.toml")),
    ("storage.toml", include_str!("../../assets/demo/storage.toml")),
    ("network.toml", include_str!("../../assets/demo/network.toml")),
    ("others.toml", include_str!("../../assets/demo/others.toml")),
];

/// Who is who, and the files of the four repositories.
const CAST: &str = include_str!("../../assets/demo/cast.toml");

/// Long documents, by the name that a proposal's `document` gives.
const DOCUMENTS: [(&str, &str); 4] = [
    ("memory-tiers.md", include_str!("../../assets/demo/memory-tiers.md")),
    ("volume-lineage.md", include_str!("../../assets/demo/volume-lineage.md")),
    ("policy-routing.md", include_str!("../../assets/demo/policy-routing.md")),
    ("review-capacity.md", include_str!("../../assets/demo/review-capacity.md")),
];

/// Why the demo's data cannot be played. A test reads all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("assets/demo/{file}: {message}")]
pub struct BadDemo {
    /// The file.
    pub file: String,
    /// What is wrong, and where.
    pub message: String,
}

/// The demo world as of `now`.
#[must_use]
#[expect(clippy::expect_used, reason = "embedded assets that a test plays; there is nobody to report to")]
pub fn world(now: Timestamp) -> World {
    build(now).expect("the embedded demo can be played")
}

/// The demo world as of `now`.
///
/// # Errors
/// Where the embedded data is wrong: the file, the proposal and the line.
pub fn build(now: Timestamp) -> Result<World, BadDemo> {
    let cast = cast::Cast::read(CAST)?;
    let (mut world, repo) = cast.enter(now);
    let mut proposals = Vec::new();
    for (file, text) in PROPOSALS {
        proposals.extend(play::read(file, text)?);
    }
    play::documents(&mut world, &repo, now, &proposals, &DOCUMENTS)?;
    // Merges change the base, so what is merged comes last.
    proposals.sort_by_key(|proposal| (proposal.ends(), proposal.number));
    for proposal in &proposals {
        play::play(&mut world, &repo, now, proposal, &DOCUMENTS)?;
    }
    world.advance_to(now);
    Ok(world)
}

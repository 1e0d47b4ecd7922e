//! What one pull request says whoever looks and (but for freezes that pass) whatever the time is: its place, its texts, what Prow makes of them.
//! Reading texts is nearly all of the work of a verdict, so that a caller who judges again and again keeps this.

use std::sync::OnceLock;

use super::Lgtm;
use super::context::Context;
use super::kind::Ground;
use super::words::{self, Opening, Prose};
use crate::domain::facts::{Actor, PullFacts};
use crate::domain::ids::Login;
use crate::domain::profile::{Profile, Words};
use crate::domain::prow::approve::{Approval, approval};
use crate::domain::prow::command::{self, CommandLine, Commands, Source};
use crate::domain::prow::gate::{Gate, gate};
use crate::domain::prow::lgtm;

/// One pull request, read. It rests on the pull's facts, on the profile, on the files, on which freezes and releases
/// have passed, and on the tracking issues that [`Reading::rests_on`] knows; not on the viewer.
#[derive(Debug)]
pub struct Reading {
    pub(super) ground: Ground,
    /// Sections that each of the ground's documents lacks, in their order.
    pub(super) sections_missing: Vec<Vec<String>>,
    /// Commands of the description.
    pub(super) opening: Commands,
    /// Texts of people, in the order of the facts; none where a robot wrote.
    pub(super) comments: Vec<Option<Text>>,
    pub(super) reviews: Vec<Option<Text>>,
    /// Those of all threads, one thread after the other.
    pub(super) in_threads: Vec<Option<Text>>,
    pub(super) approval: Approval,
    pub(super) gate: Gate,
    pub(super) lgtm: Lgtm,
}

impl Reading {
    /// Reads a pull request.
    #[must_use]
    pub fn read(context: &Context<'_>, pull: &PullFacts) -> Self {
        let profile = context.profile;
        let ground = Ground::read(context, pull);
        let mut approval = approval(pull, context.owners, profile);
        // Prow hears an App's `/approve`; without power it says nothing to people.
        approval.by.retain(|one| one.has_power || !profile.is_robot_login(&one.login));
        let text = |author: &Option<Actor>, body: &str, source| Text::read(author.as_ref(), body, source, profile);
        let in_threads = pull.threads.iter().flat_map(|thread| &thread.comments);
        Self {
            sections_missing: ground.documents.iter().map(|(_, one)| one.sections_missing(profile)).collect(),
            opening: commands_of(&pull.body, Source::Description, profile),
            comments: pull.comments.iter().map(|one| text(&one.author, &one.body, Source::Comment)).collect(),
            reviews: pull.reviews.iter().map(|one| text(&one.author, &one.body, Source::ReviewBody)).collect(),
            in_threads: in_threads.map(|one| text(&one.author, &one.body, Source::ReviewComment)).collect(),
            gate: gate(pull, &approval, profile),
            lgtm: lgtm::label(pull, context.owners, profile),
            approval,
            ground,
        }
    }

    /// Another answer to what is known of issue or pull request `number` may change this reading.
    #[must_use]
    pub fn rests_on(&self, number: u64) -> bool {
        self.ground.rests_on(number)
    }
}

/// A text of a person, read.
#[derive(Debug)]
pub(super) struct Text {
    /// Nothing but commands, quotes and white space.
    pub empty: bool,
    /// Praise and little else.
    pub praise: bool,
    /// Whom it names.
    pub named: Vec<Login>,
    pub question: bool,
    pub commands: Commands,
    pub opening: Opening,
    /// The sentence of a possible objection, once somebody asked.
    objection: OnceLock<Option<String>>,
    /// What each line does that looks like a command, once somebody asked.
    lines: OnceLock<Vec<CommandLine>>,
}

impl Text {
    fn read(author: Option<&Actor>, body: &str, source: Source, profile: &Profile) -> Option<Self> {
        if profile.is_robots(author, body) {
            return None;
        }
        let prose = Prose::read(body);
        Some(Self {
            empty: prose.is_empty(),
            praise: prose.is_praise(&profile.words.praise, profile.words.praise_most),
            named: if prose.plain.contains('@') { prose.named() } else { Vec::new() },
            question: prose.asks(),
            commands: commands_of(body, source, profile),
            opening: words::opening(body),
            objection: OnceLock::new(),
            lines: OnceLock::new(),
        })
    }

    /// See [`Prose::objection`].
    pub fn objection(&self, body: &str, words: &Words) -> Option<&str> {
        let look = || Prose::read(body).objection(&words.objection, &words.negation);
        self.objection.get_or_init(look).as_deref()
    }

    /// See [`command::lines`].
    pub fn lines(&self, body: &str, source: Source, profile: &Profile) -> &[CommandLine] {
        self.lines.get_or_init(|| {
            if words::has_command_line(body) { command::lines(body, source, &profile.prow) } else { Vec::new() }
        })
    }
}

/// Commands of a text; most texts have no line that could be one.
fn commands_of(body: &str, source: Source, profile: &Profile) -> Commands {
    if words::has_command_line(body) { command::parse(body, source, &profile.prow) } else { Commands::default() }
}

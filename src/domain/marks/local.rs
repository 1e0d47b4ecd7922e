//! What the marks make of a proposal now: quiet or back, whose turn by the viewer, which possible objections are decided.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Lasts, Mark, News, NewsKind, Ruled, Ruling, SaidTurn, Snooze, Stamp, Until, Whose, news_since};
use crate::domain::facts::PullFacts;
use crate::domain::ids::Login;
use crate::domain::profile::Profile;
use crate::domain::schedule::Schedules;
use crate::domain::verdict::{MyTurn, PossibleObjection, Verdict};

/// What the viewer's marks make of a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Local {
    /// When the viewer was last done with it.
    pub seen_at: Option<Timestamp>,
    /// The newest that somebody else has done since.
    pub news: Option<News>,
    /// Not to be shown among what needs the viewer.
    pub quiet: Option<Quiet>,
    /// It was quiet, and is so no more.
    pub back: Option<Back>,
    /// Whose turn it is by the viewer, where that still holds.
    pub turn: Option<SaidTurn>,
    /// Decided possible objections whose texts still stand as they were.
    pub rulings: Vec<Ruling>,
}

/// Why a proposal is quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// Done, and nothing human since.
    Done {
        /// Since when.
        since: Timestamp,
    },
    /// Snoozed.
    Snoozed {
        /// Since when.
        since: Timestamp,
        /// Until when.
        until: Until,
    },
}

impl Quiet {
    /// `snoozed until a push`, `done`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Done { .. } => "done".to_owned(),
            Self::Snoozed { until, .. } => format!("snoozed {}", until.words()),
        }
    }
}

/// Why a proposal is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// What brought it back.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
}

/// What ended a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody did something.
    News(News),
    /// The time of a snooze is over.
    TimeUp(Until),
}

impl Back {
    /// `the author pushed`, `the freeze of v1.10 is here`: the words after "back: ", without the time.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.cause {
            Cause::News(news) => news.words(),
            Cause::TimeUp(Until::Freeze { release, .. }) => format!("the freeze of {release} is here"),
            Cause::TimeUp(until) => format!("snoozed {}", until.words()),
        }
    }
}

impl Local {
    /// Reads a proposal's marks. `schedules` are asked for the day of a freeze, where one is waited for.
    #[must_use]
    pub fn read(
        mark: &Mark,
        verdict: &Verdict,
        pull: &PullFacts,
        profile: &Profile,
        viewer: Option<&Login>,
        schedules: &Schedules,
        now: Timestamp,
    ) -> Self {
        let news = |stamp: &Stamp, wanted: fn(NewsKind) -> bool| news_since(pull, profile, viewer, stamp, wanted);
        let since_seen = mark.seen.as_ref().and_then(|seen| news(seen, |_| true));
        let mut local = Self {
            seen_at: mark.seen.as_ref().map(|seen| seen.at),
            news: since_seen.clone(),
            rulings: verdict.possible_objections.iter().filter_map(|it| mark.ruled(it)).cloned().collect(),
            ..Self::default()
        };
        match (&mark.snooze, &mark.seen) {
            (Some(snooze), _) => match woken(snooze, schedules, now, news) {
                Some(back) => local.back = Some(back),
                None => {
                    let (since, until) = (snooze.from.at, snooze.until.clone());
                    local.quiet = Some(Quiet::Snoozed { since, until });
                }
            },
            (None, Some(seen)) => match since_seen {
                Some(news) => local.back = Some(Back { at: news.at, cause: Cause::News(news) }),
                None => local.quiet = Some(Quiet::Done { since: seen.at }),
            },
            (None, None) => {}
        }
        if let Some(turn) = &mark.turn {
            let ended = match turn.lasts {
                Lasts::UntilHuman => news(&turn.from, |_| true),
                Lasts::UntilOff => None,
            };
            match ended {
                None => local.turn = Some(turn.clone()),
                Some(news) if local.quiet.is_none() && local.back.is_none() => {
                    local.back = Some(Back { at: news.at, cause: Cause::News(news) });
                }
                Some(_) => {}
            }
        }
        local
    }

    /// Nothing that the viewer said holds or has ended lately.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it needs the viewer, with what they said about it: a quiet one does not, a said turn replaces the
    /// thread's.
    #[must_use]
    pub fn my_turn(&self, derived: MyTurn, viewer: &crate::domain::board::Viewer, pull: &PullFacts) -> MyTurn {
        if self.quiet.is_some() {
            return MyTurn::No;
        }
        let mine = |yes: bool| if yes { MyTurn::Me } else { MyTurn::No };
        match self.turn.as_ref().map(|turn| &turn.whose) {
            None => derived,
            Some(Whose::Mine) => MyTurn::Me,
            Some(Whose::NotMine) => MyTurn::No,
            Some(Whose::Author) => mine(
                viewer.login.is_some() && pull.author.as_ref().map(|author| &author.login) == viewer.login.as_ref(),
            ),
            Some(Whose::Person(login)) => mine(viewer.login.as_ref() == Some(login)),
            Some(Whose::Sig(sig)) if viewer.sigs.contains(sig) => MyTurn::MySig,
            Some(Whose::Sig(_)) => MyTurn::No,
        }
    }

    /// What the viewer said about a possible objection.
    #[must_use]
    pub fn ruled(&self, possible: &PossibleObjection) -> Option<Ruled> {
        let key = super::TextId::of(possible).key();
        self.rulings.iter().find(|ruling| ruling.about.key() == key).map(|ruling| ruling.ruled)
    }

    /// A possible objection is confirmed.
    #[must_use]
    pub fn confirms_any(&self) -> bool {
        self.rulings.iter().any(|ruling| ruling.ruled == Ruled::Confirmed)
    }
}

/// What has ended a snooze, if anything.
fn woken(
    snooze: &Snooze,
    schedules: &Schedules,
    now: Timestamp,
    news: impl Fn(&Stamp, fn(NewsKind) -> bool) -> Option<News>,
) -> Option<Back> {
    let time_up = |at: Timestamp| (at <= now).then(|| Back { cause: Cause::TimeUp(snooze.until.clone()), at });
    let heard = |wanted| news(&snooze.from, wanted).map(|news| Back { at: news.at, cause: Cause::News(news) });
    match &snooze.until {
        Until::Moment { at } => time_up(*at),
        Until::Push => heard(|what| what == NewsKind::Pushed),
        Until::Reply => heard(NewsKind::is_word),
        Until::Freeze { release, day } => {
            // A schedule that has moved moves the snooze.
            let day = schedules.freeze_of(release).unwrap_or(*day);
            time_up(TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()?)
        }
    }
}

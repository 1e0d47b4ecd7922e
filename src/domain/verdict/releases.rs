//! Which release a proposal is for, who says so, and where they disagree (`process.md` §2.6). The document counts before
//! the tracking issue, front matter before prose; what the others say is kept, because a retarget is easily forgotten in
//! one of the places.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::{Kind, Targets};
use crate::domain::ids::Release;
use crate::domain::schedule::days_until;
use crate::domain::vep::{Document, FrontMatterState, Tracker};

/// Somebody's word on the targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseSource {
    /// What kind of place it is.
    pub source: TargetSource,
    /// The document's path, or the tracking issue as `#12`.
    pub place: String,
    /// The targets that it names.
    pub targets: Targets,
    /// Targets of stages that are none of the three, in order.
    pub others: Vec<(String, Release)>,
}

/// Where targets are named, in the order in which they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetSource {
    /// The document's front matter, `milestone:`.
    FrontMatter,
    /// The document's section "Target releases".
    Document,
    /// The tracking issue's `Alpha release target (x.y):`.
    TrackingIssue,
}

impl TargetSource {
    /// The word on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FrontMatter => "the front matter",
            Self::Document => "the document",
            Self::TrackingIssue => "the tracking issue",
        }
    }
}

impl ReleaseSource {
    /// It names this release, for whatever stage.
    #[must_use]
    pub fn says(&self, release: &Release) -> bool {
        let of_stages = self.targets.stages().into_iter().filter_map(|(_, target)| target);
        of_stages.chain(self.others.iter().map(|(_, target)| target)).any(|said| said.order() == release.order())
    }
}

/// Two places that name different releases for one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// `alpha`, `beta` or `ga`.
    pub stage: &'static str,
    /// Who says what; the first counts.
    pub said: Vec<(TargetSource, Release)>,
}

/// Where sources disagree, per stage.
#[must_use]
pub fn disagreements(sources: &[ReleaseSource]) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (place, stage) in ["alpha", "beta", "ga"].into_iter().enumerate() {
        let said = || {
            sources.iter().filter_map(|source| {
                let (_, target) = source.targets.stages().into_iter().nth(place)?;
                Some((source.source, target?))
            })
        };
        let Some((_, first)) = said().next() else { continue };
        if said().any(|(_, other)| other.order() != first.order()) {
            found.push(Disagreement { stage, said: said().map(|(source, it)| (source, it.clone())).collect() });
        }
    }
    found
}

/// What all sources come to.
pub(super) struct Said {
    pub targets: Targets,
    pub release: Option<Release>,
    pub sources: Vec<ReleaseSource>,
}

impl Said {
    /// Asks the documents and the tracking issue.
    pub fn read(
        context: &Context<'_>,
        kind: Kind,
        documents: &[(String, Document)],
        issue: Option<(u64, &Tracker)>,
    ) -> Self {
        let named = |(_, document): &&(String, Document)| !document.targets.is_empty();
        let document = documents.iter().find(named);
        let mut sources = Vec::new();
        let main = document.or_else(|| documents.iter().find(|(_, document)| !document.other_targets.is_empty()));
        if let Some((path, document)) = main {
            if let FrontMatterState::Read(front) = &document.front_matter
                && !front.milestone.is_empty()
            {
                sources.push(ReleaseSource {
                    source: TargetSource::FrontMatter,
                    place: path.clone(),
                    targets: front.milestone.clone(),
                    others: Vec::new(),
                });
            }
            if !document.prose_targets.is_empty() || !document.other_targets.is_empty() {
                sources.push(ReleaseSource {
                    source: TargetSource::Document,
                    place: path.clone(),
                    targets: document.prose_targets.clone(),
                    others: document.other_targets.clone(),
                });
            }
        }
        if let Some((number, tracker)) = issue.filter(|(_, tracker)| !tracker.targets.is_empty()) {
            sources.push(ReleaseSource {
                source: TargetSource::TrackingIssue,
                place: format!("#{number}"),
                targets: tracker.targets.clone(),
                others: Vec::new(),
            });
        }
        let targets = document.map(|(_, document)| &document.targets).or_else(|| issue.map(|(_, it)| &it.targets));
        let targets = targets.cloned().unwrap_or_default();
        Self { release: release(context, kind, &targets), targets, sources }
    }
}

impl Targets {
    /// No stage has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages().into_iter().all(|(_, target)| target.is_none())
    }

    /// All three, in their order.
    #[must_use]
    pub fn stages(&self) -> [(&'static str, Option<&Release>); 3] {
        [("alpha", self.alpha.as_ref()), ("beta", self.beta.as_ref()), ("ga", self.ga.as_ref())]
    }
}

/// The release that it is for: the earliest target whose release is not out, else the newest target. An update comes
/// after the proposal itself was accepted: of several targets that are not out, it is for the earliest whose freeze is
/// still ahead.
fn release(context: &Context<'_>, kind: Kind, targets: &Targets) -> Option<Release> {
    let mut all: Vec<&Release> = targets.stages().into_iter().filter_map(|(_, target)| target).collect();
    all.sort_by_key(|release| release.order());
    let ahead = |release: &&&Release| !is_past(context, release);
    let open = |release: &&&Release| {
        ahead(release) && context.schedules.freeze_of(release).is_none_or(|day| days_until(day, context.now) >= 0)
    };
    let unfrozen = all.iter().find(open).filter(|_| kind == Kind::Update);
    unfrozen.or_else(|| all.iter().find(ahead)).or(all.last()).map(|release| (*release).clone())
}

/// A release is past when its day has ended, or when a later one is out and no schedule knows it.
pub(super) fn is_past(context: &Context<'_>, release: &Release) -> bool {
    match context.schedules.is_out(release, context.now) {
        Some(out) => out,
        None => {
            context.schedules.releases().into_iter().any(|other| {
                other.order() > release.order() && context.schedules.is_out(other, context.now) == Some(true)
            })
        }
    }
}

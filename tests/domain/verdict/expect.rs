//! What a scenario says that the verdict must be. Every key that stands there is compared; `problems` is compared even
//! where it is left out, and must then be empty.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use vepherd::domain::verdict::{SignOffState, Verdict, Waiting};

use super::scenario::moment;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub kind: Option<String>,
    pub sig: Option<String>,
    pub owning: Option<Vec<String>>,
    pub participating: Option<Vec<String>>,
    pub vep: Option<u64>,
    pub veps: Option<Vec<u64>>,
    /// `7 open`, or empty for none.
    pub tracking: Option<String>,
    pub release: Option<String>,
    /// `document alpha v1.10 beta v1.11`, in the order in which they count.
    pub release_said: Option<Vec<String>>,
    /// What the tracking issue lacks of its template.
    pub tracking_lacks: Option<Vec<String>>,
    /// `shepherd done`, in order.
    pub readiness: Option<Vec<String>>,
    /// Pieces of the list's sentences.
    pub ready_says: Option<Vec<String>>,
    pub at_risk: Option<bool>,
    pub ready: Option<bool>,
    pub status: Option<String>,
    pub stage: Option<String>,
    /// `sue acting`.
    pub shepherds: Option<Vec<String>>,
    /// The first entry: `review sig:storage since Jul 3`.
    pub turn: Option<String>,
    /// All entries in order, without times: `review sig:storage`.
    pub waiting: Option<Vec<String>>,
    /// Some entries with times, wherever they stand.
    pub also: Option<Vec<String>>,
    /// Pieces of the first entry's why.
    pub why: Option<Vec<String>>,
    /// `signed sue`, `stale sue 2`, `missing`, `vetoed nina`.
    pub signoffs: Option<BTreeMap<String, String>>,
    /// `nina review: reason`, with ` opposed` after the way.
    pub vetoes: Option<Vec<String>>,
    pub objections: Option<Vec<String>>,
    /// `nina: sentence`.
    pub possible: Option<Vec<String>>,
    /// `sue: reason`, `sue conditional: reason`; empty for none.
    pub hold: Option<String>,
    /// `hold by sue`, `veto by nina lifted by nina`.
    pub ledger: Option<Vec<String>>,
    pub lgtm_by: Option<Vec<String>>,
    pub gate: Option<String>,
    pub warnings: Option<Vec<String>>,
    pub age: Option<f64>,
    pub idle: Option<f64>,
    /// Days; -1 for none.
    pub lag: Option<f64>,
    /// Working days of the turn.
    pub turn_working: Option<f64>,
    /// `within`, `near`, `over`; empty for none.
    pub review_sla: Option<String>,
    pub shepherd_sla: Option<String>,
    pub rounds: Option<usize>,
    /// `stale Jul 3`; empty for none.
    pub bot_next: Option<String>,
    pub bot_closes: Option<String>,
    pub convergence: Option<String>,
    pub not_converged: Option<bool>,
    pub stalled_conflict: Option<bool>,
    /// `me`, `my-sig`, `no`.
    pub my_turn: Option<String>,
    pub my_conflict: Option<bool>,
    /// Codes that must be among the reasons.
    pub reasons: Option<Vec<String>>,
    /// Codes that must not.
    pub no_reasons: Option<Vec<String>>,
    /// Pieces of the reasons' sentences.
    pub says: Option<Vec<String>>,
    /// The codes of all problems.
    #[serde(default)]
    pub problems: Vec<String>,
}

/// The word of JSON for a value.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value).unwrap() {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn entry(waiting: &Waiting) -> String {
    let who = word(&waiting.who);
    match who.as_str() {
        "sig" => format!("{} sig:{}", word(&waiting.rule), waiting.name),
        "automation" => format!("{} automation", word(&waiting.rule)),
        "author" => format!("{} author", word(&waiting.rule)),
        _ => format!("{} {}", word(&waiting.rule), waiting.name),
    }
}

struct Check(Vec<String>);

impl Check {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, expected: Option<&T>, found: &T) {
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            self.0.push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    fn timed(&mut self, expected: &str, found: &[&Waiting]) {
        let (who, since) = expected.split_once(" since ").unwrap_or((expected, ""));
        let fits = |waiting: &&&Waiting| entry(waiting) == who && (since.is_empty() || waiting.since == moment(since));
        if !found.iter().any(|waiting| fits(&waiting)) {
            let found: Vec<String> = found
                .iter()
                .map(|waiting| format!("{} since {} ({})", entry(waiting), waiting.since, waiting.why))
                .collect();
            self.0.push(format!("expected `{expected}`, found {found:#?}"));
        }
    }
}

impl Expect {
    /// Where the verdict is another than expected, in words.
    pub fn differences(&self, verdict: &Verdict) -> Vec<String> {
        let mut check = Check(Vec::new());
        self.what_it_is(verdict, &mut check);
        self.turn(verdict, &mut check);
        self.positions(verdict, &mut check);
        self.movement(verdict, &mut check);
        check.0
    }

    fn what_it_is(&self, verdict: &Verdict, check: &mut Check) {
        let names = |sigs: &[vepherd::domain::ids::SigName]| sigs.iter().map(ToString::to_string).collect::<Vec<_>>();
        check.same("kind", self.kind.as_ref(), &word(&verdict.kind));
        check.same("sig", self.sig.as_ref(), &word(&verdict.sig));
        check.same("owning", self.owning.as_ref(), &names(&verdict.owning_sigs));
        check.same("participating", self.participating.as_ref(), &names(&verdict.participating_sigs));
        check.same("vep", self.vep.as_ref(), &verdict.vep.map_or(0, |vep| vep.0));
        check.same("veps", self.veps.as_ref(), &verdict.veps.iter().map(|vep| vep.0).collect());
        let tracking = verdict.tracking_issue.as_ref().map_or(String::new(), |issue| {
            format!("{} {}", issue.number, issue.state.map_or("unknown".to_owned(), |state| word(&state)))
        });
        check.same("tracking", self.tracking.as_ref(), &tracking);
        check.same("release", self.release.as_ref(), &word(&verdict.release));
        check.same("status", self.status.as_ref(), &word(&verdict.status));
        self.readiness(verdict, check);
        check.same("stage", self.stage.as_ref(), &verdict.stage.code().to_owned());
        let problems: Vec<String> = verdict.problems.iter().map(|problem| word(&problem.code)).collect();
        if problems != self.problems {
            check.0.push(format!("problems: expected {:?}, found {:#?}", self.problems, verdict.problems));
        }
        for problem in &verdict.problems {
            if problem.message.is_empty() || problem.fix.is_empty() {
                check.0.push(format!("a problem without words: {problem:?}"));
            }
        }
    }

    fn readiness(&self, verdict: &Verdict, check: &mut Check) {
        let said = verdict.release_sources.iter().map(|source| {
            let stages = source.targets.stages().into_iter().filter_map(|(stage, target)| Some((stage, target?)));
            let stages = stages.chain(source.others.iter().map(|(stage, target)| (stage.as_str(), target)));
            stages.fold(word(&source.source), |line, (stage, target)| format!("{line} {stage} {target}"))
        });
        check.same("release_said", self.release_said.as_ref(), &said.collect());
        let lacks = verdict.tracking_issue.iter().flat_map(|issue| &issue.lacks).map(word).collect();
        check.same("tracking_lacks", self.tracking_lacks.as_ref(), &lacks);
        let list = verdict.readiness();
        let lines = list.iter().map(|line| format!("{} {}", word(&line.what), word(&line.state))).collect();
        check.same("readiness", self.readiness.as_ref(), &lines);
        for piece in self.ready_says.iter().flatten() {
            if !list.iter().any(|line| line.why.contains(piece.as_str())) {
                check.0.push(format!("readiness: expected {piece:?} among {list:#?}"));
            }
        }
        check.same("at_risk", self.at_risk.as_ref(), &verdict.at_risk);
        check.same("ready", self.ready.as_ref(), &verdict.is_ready());
    }

    fn turn(&self, verdict: &Verdict, check: &mut Check) {
        let shepherds =
            verdict.shepherds.iter().map(|shepherd| format!("{} {}", shepherd.login, shepherd.how.word())).collect();
        check.same("shepherds", self.shepherds.as_ref(), &shepherds);
        let all: Vec<&Waiting> = verdict.waiting_on.iter().collect();
        check.same("waiting", self.waiting.as_ref(), &all.iter().map(|waiting| entry(waiting)).collect());
        if let Some(turn) = &self.turn {
            check.timed(turn, all.get(..1).unwrap_or(&[]));
        }
        for also in self.also.iter().flatten() {
            check.timed(also, &all);
        }
        let why = all.first().map_or("", |first| first.why.as_str());
        for piece in self.why.iter().flatten() {
            if !why.contains(piece.as_str()) {
                check.0.push(format!("why: expected {piece:?} in {why:?}"));
            }
        }
        for waiting in all {
            if waiting.why.is_empty() || waiting.name.is_empty() {
                check.0.push(format!("an entry without words: {waiting:?}"));
            }
        }
    }

    fn positions(&self, verdict: &Verdict, check: &mut Check) {
        for (sig, expected) in self.signoffs.iter().flatten() {
            let Some((_, signoff)) = verdict.signoffs.iter().find(|(name, _)| name.as_str() == sig) else {
                check.0.push(format!("no sign-off of {sig} is asked"));
                continue;
            };
            let by: Vec<&str> = signoff.by.iter().map(|login| login.as_str()).collect();
            let found = match signoff.state {
                SignOffState::Missing => "missing".to_owned(),
                SignOffState::Stale => format!("stale {} {}", by.join(","), signoff.pushes_since),
                state => format!("{} {}", word(&state), by.join(",")),
            };
            check.same(&format!("sign-off of {sig}"), Some(expected), &found);
        }
        let objections = |list: &[vepherd::domain::verdict::Objection]| {
            let line = |found: &vepherd::domain::verdict::Objection| {
                let opposed = if found.opposed { " opposed" } else { "" };
                format!("{} {}{opposed}: {}", found.by, word(&found.via), found.reason)
            };
            list.iter().map(line).collect::<Vec<_>>()
        };
        check.same("vetoes", self.vetoes.as_ref(), &objections(&verdict.vetoes));
        check.same("objections", self.objections.as_ref(), &objections(&verdict.objections));
        let possible =
            verdict.possible_objections.iter().map(|found| format!("{}: {}", found.by, found.sentence)).collect();
        check.same("possible", self.possible.as_ref(), &possible);
        let hold = verdict.hold.as_ref().map_or(String::new(), |hold| {
            let by = hold.by.as_ref().map_or("somebody", |login| login.as_str());
            let conditional = if hold.conditional_approval { " conditional" } else { "" };
            format!("{by}{conditional}: {}", hold.reason)
        });
        check.same("hold", self.hold.as_ref(), &hold);
        let ledger = verdict
            .ledger
            .iter()
            .map(|line| {
                let name = |login: &Option<vepherd::domain::ids::Login>| {
                    login.as_ref().map_or("somebody".to_owned(), ToString::to_string)
                };
                let lifted = line.lifted_at.map_or(String::new(), |_| format!(" lifted by {}", name(&line.lifted_by)));
                format!("{} by {}{lifted}", word(&line.what), name(&line.by))
            })
            .collect();
        check.same("ledger", self.ledger.as_ref(), &ledger);
        check.same("lgtm", self.lgtm_by.as_ref(), &verdict.lgtm.by.iter().map(ToString::to_string).collect());
        check.same("gate", self.gate.as_ref(), &word(&verdict.gate.state));
        for warning in self.warnings.iter().flatten() {
            if !verdict.gate.warnings.iter().any(|found| found.starts_with(warning.as_str())) {
                check.0.push(format!("warnings: expected {warning}, found {:?}", verdict.gate.warnings));
            }
        }
    }

    fn movement(&self, verdict: &Verdict, check: &mut Check) {
        let clocks = &verdict.clocks;
        check.same("age", self.age.as_ref(), &clocks.age_days);
        check.same("idle", self.idle.as_ref(), &clocks.idle_days);
        check.same("lag", self.lag.as_ref(), &clocks.review_lag_days.unwrap_or(-1.0));
        check.same("turn_working", self.turn_working.as_ref(), &clocks.working.turn);
        check.same("review_sla", self.review_sla.as_ref(), &clocks.review_sla.map_or(String::new(), |sla| word(&sla)));
        check.same(
            "shepherd_sla",
            self.shepherd_sla.as_ref(),
            &clocks.shepherd_sla.map_or(String::new(), |sla| word(&sla)),
        );
        check.same("rounds", self.rounds.as_ref(), &clocks.rounds);
        if let Some(next) = &self.bot_next {
            let expected = next.split_once(' ').map(|(does, at)| (does.to_owned(), moment(at)));
            check.same("bot_next", Some(&expected), &clocks.bot_next.map(|step| (word(&step.does), step.at)));
        }
        if let Some(closes) = &self.bot_closes {
            let expected = (!closes.is_empty()).then(|| moment(closes));
            check.same("bot_closes", Some(&expected), &clocks.bot_closes_at);
        }
        check.same("convergence", self.convergence.as_ref(), &word(&verdict.convergence));
        check.same("not_converged", self.not_converged.as_ref(), &verdict.not_converged);
        check.same("stalled_conflict", self.stalled_conflict.as_ref(), &verdict.stalled_conflict);
        check.same("my_turn", self.my_turn.as_ref(), &word(&verdict.urgency.my_turn));
        check.same("my_conflict", self.my_conflict.as_ref(), &verdict.urgency.my_conflict);
        let codes: Vec<String> = verdict.reasons.iter().map(|reason| word(&reason.code)).collect();
        for code in self.reasons.iter().flatten().filter(|code| !codes.contains(code)) {
            check.0.push(format!("reasons: expected {code} among {codes:?}"));
        }
        for code in self.no_reasons.iter().flatten().filter(|code| codes.contains(code)) {
            check.0.push(format!("reasons: {code} should not be among {codes:?}"));
        }
        let sentences: Vec<&str> = verdict.reasons.iter().map(|reason| reason.message.as_str()).collect();
        for piece in self.says.iter().flatten() {
            if !sentences.iter().any(|sentence| sentence.contains(piece.as_str())) {
                check.0.push(format!("expected {piece:?} among {sentences:#?}"));
            }
        }
    }
}

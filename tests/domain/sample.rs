//! A pull request and a verdict about which everything is unremarkable; a test changes what it is about.

use jiff::Timestamp;
use vepherd::domain::board::{Board, Viewer};
use vepherd::domain::facts::{Actor, ActorKind, Facts, Mergeable, PullFacts, PullState};
use vepherd::domain::ids::{Login, NodeId, PullNumber, Sha};
use vepherd::domain::prow::approve::Approval;
use vepherd::domain::prow::gate::{Gate, GateState};
use vepherd::domain::verdict::{
    Checks, Clocks, Convergence, Kind, Lgtm, MyTurn, Rule, Stage, Targets, ThreadCount, Urgency, Verdict, Waiting, Who,
    WorkingDays,
};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn user(login: &str) -> Option<Actor> {
    Some(Actor { login: Login::new(login), kind: ActorKind::User })
}

pub fn pull(number: u64, title: &str, author: &str) -> PullFacts {
    PullFacts {
        id: NodeId::new(format!("PR_{number}")),
        number: PullNumber(number),
        url: format!("https://github.com/org/proposals/pull/{number}"),
        title: title.to_owned(),
        body: String::new(),
        author: if author.is_empty() { None } else { user(author) },
        state: PullState::Open,
        draft: false,
        locked: false,
        created_at: at("2032-01-01T00:00:00Z"),
        updated_at: at("2032-01-01T00:00:00Z"),
        ended_at: None,
        head: Sha::new("1111111111111111111111111111111111111111"),
        base_ref: "main".to_owned(),
        base: None,
        additions: 1,
        deletions: 0,
        mergeable: Mergeable::Mergeable,
        blocked_by_rules: false,
        labels: Vec::new(),
        files: Vec::new(),
        base_folders: Default::default(),
        commits: Vec::new(),
        reviews: Vec::new(),
        comments: Vec::new(),
        threads: Vec::new(),
        timeline: Vec::new(),
        assignees: Vec::new(),
        review_requests: Vec::new(),
        checks: Vec::new(),
        checks_rollup: None,
        documents: Vec::new(),
        truncated: Vec::new(),
        fetched_at: at("2032-01-01T00:00:00Z"),
    }
}

/// Opened `age` days, idle and in this turn for `turn` days before 2032-03-01.
pub fn verdict(number: u64, stage: Stage, age: i64, turn: i64) -> Verdict {
    let ago = |days: i64| at("2032-03-01T00:00:00Z") - jiff::SignedDuration::from_hours(24 * days);
    Verdict {
        number: PullNumber(number),
        kind: Kind::New,
        vep: None,
        veps: Vec::new(),
        tracking_issue: None,
        sig: None,
        owning_sigs: Vec::new(),
        participating_sigs: Vec::new(),
        targets: Targets::default(),
        release: None,
        release_sources: Vec::new(),
        freeze: None,
        at_risk: false,
        status: None,
        stage,
        shepherds: Vec::new(),
        waiting_on: Vec::new(),
        signoffs: Vec::new(),
        vetoes: Vec::new(),
        objections: Vec::new(),
        possible_objections: Vec::new(),
        hold: None,
        ledger: Vec::new(),
        lgtm: Lgtm { state: false, by: Vec::new() },
        approval: Approval::default(),
        gate: Gate { state: GateState::Blocked, blockers: Vec::new(), warnings: Vec::new() },
        checks: Checks::None,
        threads: ThreadCount { open: 0, total: 0 },
        comments: 0,
        clocks: Clocks {
            opened_at: ago(age),
            idle_since: ago(turn),
            turn_since: ago(turn),
            age_days: age as f64,
            idle_days: turn as f64,
            turn_days: turn as f64,
            review_lag_days: None,
            working: WorkingDays::default(),
            review_sla: None,
            shepherd_sla: None,
            rounds: 0,
            bot_next: None,
            bot_closes_at: None,
        },
        convergence: Convergence::Flat,
        converged: stage == Stage::Converged,
        not_converged: false,
        stalled_conflict: false,
        urgency: Urgency { my_turn: MyTurn::No, freeze_in_days: None, lagging: false, my_conflict: false },
        reasons: Vec::new(),
        problems: Vec::new(),
    }
}

pub fn waiting(rule: Rule, who: Who, name: &str) -> Waiting {
    Waiting { rule, who, name: name.to_owned(), why: String::new(), since: at("2032-01-01T00:00:00Z"), event: None }
}

pub fn board(viewer: &str, sigs: &[&str], verdicts: Vec<Verdict>) -> Board {
    let viewer = Viewer {
        login: Some(Login::new(viewer)),
        sigs: sigs.iter().map(|sig| (*sig).into()).collect(),
        merge_authority: false,
    };
    Board::of(viewer, None, verdicts)
}

pub fn facts(pulls: Vec<PullFacts>) -> Facts {
    let mut facts = Facts::empty("org/proposals".parse().unwrap());
    pulls.into_iter().for_each(|pull| facts.put(pull));
    facts
}

//! A small board made by hand: verdicts as the derivation would make them, so that the drawing is tested alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use vepherd::app::model::{Level, Model, Section, Settings, Toast, TodayRow};
use vepherd::domain::board::{Board, Freeze, Lane, Viewer};
use vepherd::domain::facts::*;
use vepherd::domain::ids::{Login, NodeId, PullNumber, Release, RepoId, Sha, SigName, VepNumber};
use vepherd::domain::marks::{Lasts, Ruled, Saying, Stamp, Until, Whose};
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::approve::{Approval, Approver, Need};
use vepherd::domain::prow::gate::{Gate, GateState};
use vepherd::domain::verdict::*;
use vepherd::view;

/// The clock of every picture.
pub const NOW: &str = "2026-08-21T20:00:00Z";

pub fn ago(days: f64) -> Timestamp {
    let seconds = (days * 86_400.0) as i64;
    NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_secs(seconds)
}

pub fn actor(login: &str) -> Option<Actor> {
    Some(Actor { login: Login::new(login), kind: ActorKind::User })
}

/// A pull request with nothing in it.
pub fn pull(number: u64, title: &str, author: &str, days: f64) -> PullFacts {
    PullFacts {
        id: NodeId::new(format!("PR_{number}")),
        number: PullNumber(number),
        url: format!("https://github.com/kubevirt/enhancements/pull/{number}"),
        title: title.to_owned(),
        body: String::new(),
        author: actor(author),
        state: PullState::Open,
        draft: false,
        locked: false,
        created_at: ago(days),
        updated_at: ago(0.1),
        ended_at: None,
        head: Sha::new("b1c2d3e4f5a6b7c8d9e0"),
        base_ref: "main".to_owned(),
        base: None,
        additions: 269,
        deletions: 12,
        mergeable: Mergeable::Mergeable,
        blocked_by_rules: false,
        labels: Vec::new(),
        files: Vec::new(),
        base_folders: BTreeMap::new(),
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
        fetched_at: ago(0.01),
    }
}

/// A verdict that says little.
pub fn verdict(number: u64, sig: &str, stage: Stage, age: f64, turn: f64) -> Verdict {
    let names = ["compute", "network", "storage"];
    let signoff = |state| SignOff { state, by: Vec::new(), at: None, head: None, pushes_since: 0 };
    let mut signoffs: Vec<(SigName, SignOff)> = Vec::new();
    if !names.contains(&sig) {
        signoffs.push((SigName::new(sig), signoff(SignOffState::Missing)));
    }
    signoffs.extend(names.map(|name| (SigName::new(name), signoff(SignOffState::Missing))));
    Verdict {
        number: PullNumber(number),
        kind: if number.is_multiple_of(3) { Kind::Update } else { Kind::New },
        vep: Some(VepNumber(number - 1)),
        veps: vec![VepNumber(number - 1)],
        tracking_issue: Some(TrackingIssue {
            number: number - 1,
            state: Some(IssueState::Open),
            title: None,
            url: None,
            lacks: Vec::new(),
        }),
        sig: Some(SigName::new(sig)),
        owning_sigs: vec![SigName::new(sig)],
        participating_sigs: Vec::new(),
        targets: Targets::default(),
        release: Some(Release::new("v1.10")),
        release_sources: Vec::new(),
        freeze: None,
        at_risk: false,
        status: None,
        stage,
        shepherds: Vec::new(),
        waiting_on: vec![Waiting {
            rule: Rule::Review,
            who: Who::Sig,
            name: sig.to_owned(),
            why: "needs a shepherd: nobody who represents it has answered since the author pushed".to_owned(),
            since: ago(turn),
            event: None,
        }],
        signoffs,
        vetoes: Vec::new(),
        objections: Vec::new(),
        possible_objections: Vec::new(),
        hold: None,
        ledger: Vec::new(),
        lgtm: Lgtm { state: false, by: Vec::new() },
        approval: Approval {
            needs: vec![Need { owners: "OWNERS".to_owned(), any_of: vec![Login::new("noor"), Login::new("tamsin")] }],
            ..Approval::default()
        },
        gate: Gate {
            state: GateState::Blocked,
            blockers: vec!["needs-lgtm".to_owned(), "needs-approved".to_owned()],
            warnings: Vec::new(),
        },
        checks: Checks::Success,
        threads: ThreadCount { open: (number % 4) as usize, total: 5 },
        comments: 4,
        clocks: Clocks {
            opened_at: ago(age),
            idle_since: ago(turn / 2.0),
            turn_since: ago(turn),
            age_days: age,
            idle_days: turn / 2.0,
            turn_days: turn,
            review_lag_days: None,
            working: WorkingDays::default(),
            review_sla: (turn > 7.0).then_some(Sla::Over),
            shepherd_sla: Some(Sla::Over),
            rounds: 1,
            bot_next: None,
            bot_closes_at: None,
        },
        convergence: if turn > 21.0 { Convergence::Stalled } else { Convergence::Flat },
        converged: stage == Stage::Converged,
        not_converged: age > 30.0,
        stalled_conflict: false,
        urgency: Urgency { my_turn: MyTurn::No, freeze_in_days: None, lagging: turn > 7.0, my_conflict: false },
        reasons: Vec::new(),
        problems: Vec::new(),
    }
}

fn waiting(rule: Rule, who: Who, name: &str, why: &str, days: f64) -> Waiting {
    Waiting { rule, who, name: name.to_owned(), why: why.to_owned(), since: ago(days), event: None }
}

/// The document of #402.
pub const DOCUMENT: &str = include_str!("fixture.md");

fn rich() -> (PullFacts, Verdict) {
    let mut facts = pull(402, "Offline incremental backup", "alder", 32.0);
    facts.body = "Adds **offline** backup.\n\n/sig storage\n\n- [x] tests\n- [ ] docs\n\nTracking: #401".to_owned();
    facts.documents = vec![DocumentFacts {
        path: "veps/sig-storage/401-offline-backup/vep.md".to_owned(),
        text: DOCUMENT.to_owned(),
    }];
    let file =
        |path: &str| FileFacts { path: path.to_owned(), change: FileChange::Added, additions: 120, deletions: 3 };
    facts.files =
        vec![file("veps/sig-storage/401-offline-backup/vep.md"), file("veps/sig-storage/401-offline-backup/flow.png")];
    facts.commits = vec![CommitFacts {
        oid: Sha::new("b1c2d3e4f5"),
        committed_at: ago(11.0),
        author: Some(Login::new("alder")),
        message: "Describe restore".to_owned(),
        merge: false,
    }];
    let comment = |id: &str, who: Option<Actor>, days: f64, body: &str| CommentFacts {
        id: NodeId::new(id),
        author: who,
        body: body.to_owned(),
        at: ago(days),
        edited_at: None,
        url: String::new(),
        association: Association::Outside,
    };
    let robot = Some(Actor { login: Login::new("kubevirt-bot"), kind: ActorKind::Bot });
    facts.comments = vec![
        comment("c1", robot.clone(), 31.9, "Hi @alder. Thanks for your PR."),
        comment("c2", robot, 31.8, "[APPROVALNOTIFIER] This PR is **NOT APPROVED**"),
        comment("c3", actor("brook"), 20.0, "How does this behave when the disk is shared?\n\n/cc @cedar"),
        comment("c4", None, 15.0, "I would rather keep the checkpoint in the PVC."),
    ];
    let review = |id: &str, who: &str, state, days: f64, body: &str| ReviewFacts {
        id: NodeId::new(id),
        database_id: None,
        author: actor(who),
        state,
        body: body.to_owned(),
        at: ago(days),
        commit: Some(Sha::new("a0a0a0a0a0")),
        url: String::new(),
        association: Association::Collaborator,
    };
    facts.reviews = vec![
        review("r1", "dune", ReviewState::ChangesRequested, 14.0, "Veto (sig-network): migration is not described."),
        review("r2", "elm", ReviewState::Approved, 12.0, ""),
    ];
    let said = |who: &str, days: f64, body: &str, review: Option<&str>, hunk: Option<&str>| ThreadComment {
        id: NodeId::new(format!("t{who}{days}")),
        database_id: Some(1),
        author: actor(who),
        body: body.to_owned(),
        at: ago(days),
        url: String::new(),
        review: review.map(NodeId::new),
        diff_hunk: hunk.map(str::to_owned),
        association: Association::Outside,
    };
    let thread = |id: &str, resolved, comments| ThreadFacts {
        id: NodeId::new(id),
        resolved,
        resolved_by: resolved.then(|| Login::new("alder")),
        outdated: false,
        path: "veps/sig-storage/401-offline-backup/vep.md".to_owned(),
        line: Some(17),
        start_line: None,
        comments,
    };
    let hunk =
        "@@ -1,3 +1,5 @@\n # Backup\n-old text\n+The backup is taken while the VM is off.\n+A checkpoint is kept.";
    facts.threads = vec![
        thread(
            "T1",
            false,
            vec![
                said("dune", 14.0, "Which `checkpoint`? See the table.", Some("r1"), Some(hunk)),
                said("alder", 13.0, "The one of the last backup.", None, None),
            ],
        ),
        thread("T2", true, vec![said("brook", 19.0, "Typo.", None, Some(hunk))]),
    ];
    facts.timeline = vec![EventFacts {
        at: ago(11.0),
        actor: actor("alder"),
        kind: EventKind::ForcePushed { before: Some(Sha::new("a0a0a0a0a0")), after: Some(Sha::new("b1c2d3e4f5")) },
        url: None,
    }];

    let mut said = verdict(402, "storage", Stage::NeedsShepherd, 32.0, 11.0);
    said.kind = Kind::New;
    said.waiting_on.push(waiting(Rule::Review, Who::Person, "cedar", "the author asks by name", 11.0));
    said.waiting_on.push(waiting(Rule::Lgtm, Who::Sig, "storage", "nobody has said lgtm", 11.0));
    said.waiting_on.push(waiting(Rule::Approval, Who::Person, "noor", "OWNERS need one of noor, tamsin", 32.0));
    said.urgency.my_turn = MyTurn::MySig;
    said.urgency.freeze_in_days = Some(18);
    said.threads = ThreadCount { open: 1, total: 2 };
    if let Some((_, network)) = said.signoffs.get_mut(1) {
        *network = SignOff {
            state: SignOffState::Stale,
            by: vec![Login::new("elm")],
            at: Some(ago(12.0)),
            head: Some(Sha::new("a0a0a0a0a0")),
            pushes_since: 1,
        };
    }
    said.approval.by = vec![Approver { login: Login::new("brook"), at: ago(19.0), has_power: false, event: None }];
    said.ledger = vec![LedgerEntry {
        by: Some(Login::new("dune")),
        at: ago(28.0),
        what: LedgerKind::Hold,
        reason: "rebase first".to_owned(),
        conditions: Vec::new(),
        lifted_at: Some(ago(26.0)),
        lifted_by: Some(Login::new("noor")),
        event: None,
    }];
    let problem = "\"/sig storage\" is not at a line's start: Prow did not see it";
    said.problems = vec![Problem {
        code: ProblemCode::CommandWithoutEffect,
        message: problem.to_owned(),
        fix: String::new(),
        whom: None,
        event: None,
    }];
    let reason = "nobody of SIG storage has taken it for 11 days, over the week that reviews may lag";
    said.reasons = vec![Reason { code: ReasonCode::ReviewLag, message: reason.to_owned(), event: None }];
    (facts, said)
}

/// The board of the pictures.
pub fn model() -> Model {
    let repo: RepoId = "kubevirt/enhancements".parse().unwrap();
    let mut facts = Facts::empty(repo.clone());
    facts.synced_at = Some(ago(0.0015));
    let mut verdicts: Vec<Arc<Verdict>> = Vec::new();
    let mut add = |pull: PullFacts, verdict: Verdict| {
        facts.put(pull);
        verdicts.push(verdict.into());
    };
    let (pull402, verdict402) = rich();
    add(pull402, verdict402);
    let long = "Structured operation logs for every migration phase, with a very long title that no card can hold";
    add(pull(372, long, "fern", 46.0), verdict(372, "observability", Stage::Author, 60.0, 46.0));
    for (number, title, sig, stage, age, turn) in [
        (398, "Pull-mode backup design", "storage", Stage::NeedsShepherd, 40.0, 8.0),
        (382, "KSM zero pages on x86", "compute", Stage::InReview, 9.0, 3.0),
        (314, "Guest agent exec policy", "compute", Stage::NeedsShepherd, 200.0, 190.0),
        (351, "日本語の仮想化 wide title \u{202e}hidden\u{1b}[31m", "network", Stage::NeedsShepherd, 484.0, 484.0),
        (405, "Draft: GPU passthrough of mediated devices", "compute", Stage::Drafting, 0.4, 0.2),
        (363, "Instance types v2", "compute", Stage::Author, 121.0, 20.0),
        (333, "Localnet bridge binding", "network", Stage::Merging, 30.0, 0.1),
        (300, "Storage live migration", "storage", Stage::Converged, 90.0, 4.0),
    ] {
        add(pull(number, title, "gale", age), verdict(number, sig, stage, age, turn));
    }
    let mut signing = verdict(320, "compute", Stage::SignOff, 70.0, 11.0);
    signing.waiting_on = vec![waiting(Rule::Condition, Who::Person, "you", "hazel approved and waits for you", 11.0)];
    signing.shepherds =
        vec![Shepherd { login: Login::new("hazel"), how: ShepherdHow::Acting, since: None, event: None }];
    signing.hold = Some(Hold {
        by: Some(Login::new("hazel")),
        at: ago(11.0),
        reason: "until network agrees".to_owned(),
        conditional_approval: true,
        waits_for: vec![Login::new("you")],
        waiting_reasons: Vec::new(),
        event: None,
    });
    signing.signoffs[0].1.state = SignOffState::Signed;
    signing.urgency.my_turn = MyTurn::Me;
    add(pull(320, "Reasoning for vCPU hotplug limits", "iris", 70.0), signing);
    let mut conflict = verdict(260, "storage", Stage::Conflict, 300.0, 113.0);
    conflict.stalled_conflict = true;
    conflict.vetoes = vec![Objection {
        by: Login::new("dune"),
        sigs: vec![SigName::new("network")],
        at: ago(113.0),
        reason: "no-go: asks for alternatives first".to_owned(),
        via: Via::Hold,
        opposed: true,
        event: None,
    }];
    conflict.signoffs[1].1.state = SignOffState::Vetoed;
    conflict.waiting_on =
        vec![waiting(Rule::Objection, Who::Person, "dune", "the author answered; confirm or lift", 113.0)];
    add(pull(260, "Incremental backup of running guests", "jay", 300.0), conflict);

    let profile = Arc::new(Profile::kubevirt());
    let mut model = Model::new(Settings::new(repo, profile, view::measure), NOW.parse().unwrap(), (160, 45));
    model.facts = Arc::new(facts);
    model.loaded = true;
    model.points_left = Some(4987);
    model.board = Board {
        viewer: Viewer {
            login: Some(Login::new("you")),
            sigs: vec![SigName::new("compute"), SigName::new("storage")],
            merge_authority: false,
        },
        freeze: Some(Freeze {
            release: Release::new("v1.10"),
            what: "VEP Freeze".to_owned(),
            at: "2026-09-08".to_owned(),
            days: 18,
        }),
        verdicts,
        local: BTreeMap::new(),
    };
    model.lists.shown = (0..model.board.verdicts.len()).collect();
    model.lists.columns = lanes(&model);
    model.lists.conflicts = vec![model.board.verdicts.len() - 1];
    let at = |number: u64| model.board.verdicts.iter().position(|v| v.number == PullNumber(number)).unwrap();
    let row = |number: u64, act: &str, why: &str| TodayRow {
        verdict: at(number),
        act: act.to_owned(),
        why: why.to_owned(),
        note: None,
    };
    model.lists.today = vec![
        Section {
            title: "You".to_owned(),
            rows: vec![row(320, "answer hazel: the approval is held for you", "11 d since hazel's approval")],
        },
        Section {
            title: "SIG storage".to_owned(),
            rows: vec![
                row(402, "needs a shepherd", "11 d since the author's push, freeze in 18 d"),
                row(398, "needs a shepherd", "8 d since the author's push"),
            ],
        },
        Section { title: "Watching".to_owned(), rows: vec![] },
    ];
    model.lists.done = 5;
    model.columns.pull = Some(PullNumber(402));
    model.today.pull = Some(PullNumber(320));
    model.conflicts.pull = Some(PullNumber(260));
    model
}

/// The board with every kind of mark on it, its lists made by the program.
pub fn marked() -> Model {
    let mut model = model();
    let mut facts = (*model.facts).clone();
    // Turns begin with a push here, except where the fixture says otherwise.
    for verdict in &model.board.verdicts {
        let pull = Arc::make_mut(facts.pulls.get_mut(&verdict.number).unwrap());
        let push = verdict.clocks.turn_since;
        pull.commits.push(CommitFacts {
            oid: Sha::new("c0ffee"),
            committed_at: push,
            author: pull.author.as_ref().map(|author| author.login.clone()),
            message: "Reword".to_owned(),
            merge: false,
        });
    }
    let mut set = |number: u64, change: &dyn Fn(&mut Verdict)| {
        change(Arc::make_mut(model.board.verdicts.iter_mut().find(|verdict| verdict.number.0 == number).unwrap()));
    };
    let possible = PossibleObjection {
        by: Login::new("elm"),
        at: ago(5.0),
        sentence: "I would object to this in its present form.".to_owned(),
        event: None,
    };
    let my_sig = |verdict: &mut Verdict| verdict.urgency.my_turn = MyTurn::MySig;
    for number in [398, 314, 382, 363] {
        set(number, &my_sig);
    }
    set(382, &|verdict| {
        verdict.possible_objections = vec![possible.clone()];
        verdict.urgency.freeze_in_days = Some(6);
        verdict.waiting_on[0].rule = Rule::SignOff;
        verdict.waiting_on[0].why = "nobody who represents compute has signed off".to_owned();
    });
    set(372, &|verdict| {
        let undecided = PossibleObjection { by: Login::new("fir"), ..possible.clone() };
        verdict.possible_objections = vec![undecided];
        verdict.waiting_on = vec![waiting(Rule::Answer, Who::Author, "fern", "elm asked", 46.0)];
    });
    let stamp = |days: f64, head: &str| Stamp { at: ago(days), head: Sha::new(head) };
    let here = "b1c2d3e4f5a6b7c8d9e0";
    let mut say = |number: u64, saying: Saying, stamp: Stamp| {
        let mark = model.marks.get(&PullNumber(number)).cloned().unwrap_or_default();
        vepherd::domain::marks::apply(&mut model.marks, PullNumber(number), mark.changes(saying, &stamp));
    };
    // Done at an earlier head: the push since brings it back.
    say(398, Saying::Done, stamp(9.0, "an older head"));
    say(363, Saying::Done, stamp(1.0, here));
    say(314, Saying::Snooze(Until::Push), stamp(2.0, here));
    say(351, Saying::Snooze(Until::Moment { at: "2026-08-24T00:00:00Z".parse().unwrap() }), stamp(0.2, here));
    say(405, Saying::Turn(Whose::Mine, Lasts::UntilHuman), stamp(0.1, here));
    say(382, Saying::Rule(possible, Ruled::Confirmed), stamp(0.1, here));
    model.facts = Arc::new(facts);
    model.home = vepherd::app::model::Home::Today;
    relisted(model)
}

/// The model after the program has listed everything anew.
pub fn relisted(mut model: Model) -> Model {
    let marks = model.marks.clone();
    let _ = vepherd::app::update::update(&mut model, NOW.parse().unwrap(), vepherd::app::msg::Msg::MarksLoaded(marks));
    model
}

fn lanes(model: &Model) -> Vec<Lane> {
    let lane = |stage: Stage| {
        let cards: Vec<usize> =
            (0..model.board.verdicts.len()).filter(|i| model.board.verdicts[*i].stage == stage).collect();
        let oldest = cards.iter().map(|i| model.board.verdicts[*i].clocks.turn_days as i64).max();
        Lane { title: stage.title().to_owned(), cards, oldest_days: oldest }
    };
    Stage::ALL.map(lane).into_iter().filter(|lane| !lane.cards.is_empty()).collect()
}

/// A board with so many proposals.
pub fn crowd(count: u64) -> Model {
    let mut model = model();
    let mut facts = (*model.facts).clone();
    for number in 1000..1000 + count {
        let stage = Stage::ALL[(number % 8) as usize];
        let title = format!("Proposal number {number} about something of moderate length");
        facts.put(pull(number, &title, "gale", 30.0));
        model.board.verdicts.push(verdict(number, "compute", stage, 30.0, 9.0).into());
    }
    model.facts = Arc::new(facts);
    model.lists.shown = (0..model.board.verdicts.len()).collect();
    model.lists.columns = lanes(&model);
    model
}

/// The model with a piece of news.
pub fn with_toast(mut model: Model, level: Level, text: &str) -> Model {
    model.toasts.push(Toast { level, text: text.to_owned(), until: ago(-0.1) });
    model
}

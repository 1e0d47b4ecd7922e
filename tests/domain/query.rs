//! The query language: what each term selects, and where a bad query goes wrong.

use std::sync::Arc;

use super::sample::{at, board, facts, pull, user, verdict, waiting};
use vepherd::domain::board::Board;
use vepherd::domain::facts::{Association, CommentFacts, Facts, PullState};
use vepherd::domain::ids::{NodeId, PullNumber, Release, SigName, VepNumber};
use vepherd::domain::query::{Query, Seen};
use vepherd::domain::verdict::{Convergence, Kind, Rule, Shepherd, ShepherdHow, SignOff, SignOffState, Stage, Who};

fn signoff(state: SignOffState) -> (SigName, SignOff) {
    ("compute".into(), SignOff { state, by: Vec::new(), at: None, head: None, pushes_since: 0 })
}

/// 1: compute's, the viewer's turn · 2: storage's, the author's turn · 3: a process PR of a deleted author, merging ·
/// 4: merged, the viewer's own.
fn world() -> (Facts, Board) {
    let mut one = verdict(1, Stage::InReview, 40, 8);
    one.sig = Some("compute".into());
    one.owning_sigs = vec!["compute".into()];
    one.participating_sigs = vec!["network".into()];
    one.vep = Some(VepNumber(401));
    one.veps = vec![VepNumber(401)];
    one.release = Some(Release::new("v1.10"));
    one.shepherds = vec![Shepherd { login: "Grace".into(), how: ShepherdHow::Acting, since: None, event: None }];
    one.waiting_on = vec![
        waiting(Rule::Review, Who::Person, "grace"),
        waiting(Rule::Review, Who::Sig, "compute"),
        waiting(Rule::SignOff, Who::Sig, "storage"),
    ];
    one.signoffs = vec![signoff(SignOffState::Signed)];
    one.urgency.lagging = true;

    let mut two = verdict(2, Stage::Author, 10, 2);
    two.kind = Kind::Update;
    two.sig = Some("storage".into());
    two.owning_sigs = vec!["storage".into()];
    two.waiting_on = vec![waiting(Rule::Answer, Who::Author, "ada")];
    two.signoffs = vec![signoff(SignOffState::Stale)];
    two.convergence = Convergence::Stalled;
    let mut pull_two = pull(2, "VEP 77: Migration of block volumes", "ada");
    pull_two.labels = vec!["sig/storage".into(), "dco-signoff: yes".into(), "do-not-merge/hold".into()];
    pull_two.draft = true;

    let mut three = verdict(3, Stage::Merging, 1, 1);
    three.kind = Kind::Process;
    three.waiting_on = vec![waiting(Rule::Bots, Who::Automation, "automation")];

    let mut pull_four = pull(4, "VEP 5: merged", "grace");
    pull_four.state = PullState::Merged;
    pull_four.updated_at = at("2032-02-20T00:00:00Z");
    pull_four.ended_at = Some(at("2032-02-20T00:00:00Z"));
    let four = verdict(4, Stage::Converged, 90, 3);

    let pulls = vec![
        pull(1, "VEP 401: Incremental offline backup", "linus"),
        pull_two,
        pull(3, "README: fix the links", ""),
        pull_four,
    ];
    (facts(pulls), board("grace", &["compute"], vec![four, three, two, one]))
}

fn select(query: &str) -> Vec<u64> {
    let (facts, board) = world();
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let shown = query.select(&facts, &board, &Seen::new());
    shown.iter().map(|index| board.verdicts[*index].number.0).collect()
}

#[test]
fn every_term_selects_what_it_says() {
    let table: &[(&str, &[u64])] = &[
        ("", &[1, 2, 3, 4]),
        ("backup", &[1]),
        ("BACKUP offline", &[1]),
        ("\"offline backup\"", &[1]),
        ("\"backup offline\"", &[]),
        ("migratoin", &[]),
        ("migrtion", &[2]),
        ("migrn", &[2]),
        ("mign", &[]),
        ("401", &[1]),
        ("linus", &[1]),
        ("@ada", &[2]),
        ("#3", &[3]),
        ("3", &[3]),
        ("-backup", &[2, 3, 4]),
        ("sig:compute", &[1]),
        ("sig:SIG-network", &[1]),
        ("owner:network", &[]),
        ("participating:network", &[1]),
        ("sig:compute,storage", &[1, 2]),
        ("-sig:compute,storage", &[3, 4]),
        ("shepherd:me", &[1]),
        ("shepherd:none", &[2, 3, 4]),
        ("shepherd:GRACE", &[1]),
        ("author:ada", &[2]),
        ("author:@me", &[4]),
        ("author:none", &[3]),
        ("stage:in-review", &[1]),
        ("stage:author,merging", &[2, 3]),
        ("kind:process", &[3]),
        ("waiting:me", &[1]),
        ("waiting:mysig", &[1]),
        ("waiting:sig-compute", &[1]),
        ("waiting:compute", &[1]),
        ("waiting:sig-storage", &[]),
        ("waiting:author", &[2]),
        ("waiting:ada", &[2]),
        ("waiting:automation", &[3]),
        ("is:stalled", &[2]),
        ("is:vetoed", &[]),
        ("is:held", &[2]),
        ("is:signed", &[1]),
        ("is:unsigned", &[2]),
        ("is:draft", &[2]),
        ("is:mine", &[4]),
        ("is:lagging", &[1]),
        ("is:open -is:draft", &[1, 3]),
        ("is:merged", &[4]),
        ("is:new-to-me", &[1, 2, 3, 4]),
        ("release:v1.10", &[1]),
        ("release:1.10.0", &[1]),
        ("release:none", &[2, 3, 4]),
        ("label:SIG/storage", &[2]),
        ("label:\"dco-signoff: yes\"", &[2]),
        ("age:>30d", &[1, 4]),
        ("age:>=40d", &[1, 4]),
        ("age:>40d", &[4]),
        ("age:>1m", &[1, 4]),
        ("age:<2w", &[2, 3]),
        ("age:10", &[1, 2, 4]),
        ("age:=10d", &[2]),
        ("age:2d..40d", &[1, 2]),
        ("age:*..2d", &[3]),
        ("idle:>7d", &[1]),
        ("turn:<=48h", &[2, 3]),
        ("vep:401", &[1]),
        ("vep:#5", &[]),
        ("sort:age", &[4, 1, 2, 3]),
        ("sort:age-asc", &[3, 2, 1, 4]),
        ("sort:turn", &[1, 4, 2, 3]),
        ("sort:idle-desc", &[1, 4, 2, 3]),
        ("sort:updated", &[4, 1, 2, 3]),
        ("sort:urgency", &[1, 2, 3, 4]),
        ("is:open sort:age", &[1, 2, 3]),
    ];
    for (query, numbers) in table {
        assert_eq!(select(query), *numbers, "{query}");
    }
}

#[test]
fn a_bad_query_points_at_its_error() {
    let table = [
        ("stagee:author", 0, "did you mean `stage:`"),
        ("backup foo:bar", 7, "`foo:` is no qualifier: there are sig, owner"),
        ("-foo:bar", 1, "no qualifier"),
        ("stage:autor", 6, "did you mean `stage:author`"),
        ("stage:author,what", 13, "there are needs-shepherd"),
        ("é kind:bad", 8, "`bad` is no value of `kind:`"),
        ("is:", 3, "`is:` needs a value"),
        ("sig:a,", 6, "needs a value"),
        ("age:>30x", 5, "no length of time"),
        ("age:>", 5, "no length of time"),
        ("age:1d..x", 8, "no length of time"),
        ("age:-3d", 4, "no length of time"),
        ("release:soon", 8, "no release"),
        ("vep:x", 4, "no VEP number"),
        ("label:\"open", 6, "never closed"),
        ("\"\"", 0, "empty word"),
        ("a - b", 2, "must stand before"),
        ("sort:age sort:idle", 9, "only one"),
        ("sort:age,idle", 9, "only one value"),
        ("-sort:age", 0, "cannot be negated"),
        ("https://example.org", 0, "no qualifier"),
    ];
    for (query, place, message) in table {
        let error = Query::parse(query).expect_err(query);
        assert_eq!(error.at, place, "{query}: {error}");
        assert!(error.message.contains(message), "{query}: {error}");
        assert!(query.is_char_boundary(error.at), "{query}");
    }
}

#[test]
fn new_is_what_another_did_since_the_last_look() {
    let (mut facts, board) = world();
    let query = Query::parse("is:new-to-me").unwrap();
    let new = |facts: &Facts, seen: &Seen| {
        query.select(facts, &board, seen).iter().map(|index| board.verdicts[*index].number.0).collect::<Vec<_>>()
    };
    // Proposal 2's last word is of Feb 28.
    let before = Seen::from([1, 2, 3, 4].map(|number| (PullNumber(number), at("2032-02-27T00:00:00Z"))));
    let word = |login: &str| CommentFacts {
        id: NodeId::new("C"),
        author: user(login),
        body: "words".into(),
        at: at("2032-02-28T00:00:00Z"),
        edited_at: None,
        url: String::new(),
        association: Association::Outside,
    };
    Arc::make_mut(facts.pulls.get_mut(&PullNumber(2)).unwrap()).comments = vec![word("grace")];
    assert!(new(&facts, &before).is_empty(), "one's own word is no news");
    Arc::make_mut(facts.pulls.get_mut(&PullNumber(2)).unwrap()).comments.push(word("ada"));
    assert_eq!(new(&facts, &before), [2]);
    let after = Seen::from([(PullNumber(2), at("2032-02-28T00:00:00Z"))]);
    assert_eq!(new(&facts, &after), [1, 3, 4], "never looked at is new");
}

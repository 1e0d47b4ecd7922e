//! The query language: what each term selects, and where a bad query goes wrong.

use super::sample::{at, board, facts, pull, verdict, waiting};
use proptest::prelude::*;
use vepherd::domain::board::{Board, Freeze};
use vepherd::domain::facts::{Facts, PullState};
use vepherd::domain::ids::{Release, SigName, VepNumber};
use vepherd::domain::query::{Query, Views};
use vepherd::domain::verdict::{Convergence, Kind, Rule, Shepherd, ShepherdHow, SignOff, SignOffState, Stage, Who};

fn signoff(state: SignOffState) -> (SigName, SignOff) {
    ("compute".into(), SignOff { state, by: Vec::new(), at: None, head: None, pushes_since: 0 })
}

/// 1: compute's, the viewer's turn · 2: storage's, the author's turn · 3: a process PR of a deleted author, merging ·
/// 4: merged, the viewer's own.
pub fn world() -> (Facts, Board) {
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
    one.at_risk = true;
    let freeze = |days| {
        Some(Freeze { release: Release::new("v1.10"), what: "VEP Freeze".into(), at: "2032-03-07".into(), days })
    };
    one.freeze = freeze(6);

    let mut two = verdict(2, Stage::Author, 10, 2);
    two.kind = Kind::Update;
    two.sig = Some("storage".into());
    two.owning_sigs = vec!["storage".into()];
    two.waiting_on = vec![waiting(Rule::Answer, Who::Author, "ada")];
    two.signoffs = vec![signoff(SignOffState::Stale)];
    two.convergence = Convergence::Stalled;
    two.freeze = freeze(40);
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
    three.freeze = freeze(-3);
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
    let shown = query.select(&facts, &board);
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
        ("is:needs-me", &[]),
        ("is:marked", &[]),
        ("is:lgtm", &[]),
        ("-is:approved", &[1, 2, 3, 4]),
        ("is:not-converged", &[]),
        ("signed:compute", &[1]),
        ("stale:sig-compute", &[2]),
        ("missing:compute", &[]),
        ("involves:linus", &[1]),
        ("involves:me", &[1, 4]),
        ("veto:none", &[1, 2, 3, 4]),
        ("hold:none hold:none", &[1, 2, 3, 4]),
        ("convergence:stalled", &[2]),
        ("checks:none", &[1, 2, 3, 4]),
        ("reason:review-lag", &[]),
        ("problem:no-tracking-issue", &[]),
        ("gate:needs-lgtm", &[]),
        ("status:implementable", &[]),
        ("rounds:0", &[1, 2, 3, 4]),
        ("rounds:>0", &[]),
        ("threads:=0", &[1, 2, 3, 4]),
        ("lag:>1d", &[]),
        ("freeze:<14d", &[1]),
        ("freeze:>2w", &[2]),
        ("-freeze:>=0", &[3, 4]),
        ("is:at-risk", &[1]),
        ("comments:*..3", &[1, 2, 3, 4]),
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
        ("rounds:>3d", 8, "no number"),
        ("age:>99999999999999999999d", 5, "no length of time"),
        ("sig:sig-", 4, "names no SIG"),
        ("author:@", 7, "names nobody"),
        ("waiting:sig-", 8, "names no SIG"),
        ("involves:none", 9, "always takes part"),
        ("reason:review-lga", 7, "did you mean `reason:review-lag`"),
        ("checks:sucess", 7, "did you mean `checks:success`"),
        ("is:needs", 3, "there are needs-me"),
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

/// Queries as people write them, and as nobody should.
fn any_query() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "sig",
        "owner",
        "participating",
        "signed",
        "stale",
        "missing",
        "shepherd",
        "author",
        "involves",
        "veto",
        "hold",
        "stage",
        "kind",
        "checks",
        "convergence",
        "reason",
        "problem",
        "gate",
        "status",
        "waiting",
        "is",
        "release",
        "label",
        "vep",
        "age",
        "idle",
        "turn",
        "lag",
        "freeze",
        "rounds",
        "threads",
        "comments",
        "sort",
        "nonsense",
    ]);
    let values = prop_oneof![
        prop::sample::select(vec![
            "compute",
            "sig-compute",
            "sig-sig-x",
            "me",
            "@me",
            "none",
            "@none",
            "mysig",
            "author",
            "@author",
            "automation",
            "new",
            "update",
            "in-review",
            "draft",
            "needs-me",
            "stalled",
            "review-lag",
            "sig-mismatch",
            "success",
            "flat",
            "v1.10",
            "1.9.3",
            "401",
            "#7",
            ">7d",
            ">=2w",
            "<12h",
            "=3d",
            "7d..30d",
            "*..2",
            "30",
            "1.5d",
            ">3",
            "0..*",
            "age",
            "turn-asc",
            "updated-desc",
            "needs-lgtm",
            "\"dco-signoff: yes\"",
            "\"a,b\"",
            "\"\\\"\"",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9@#.,:*<>=\"\\\\ -]{0,10}",
        ".{0,6}",
    ];
    let word = prop_oneof![
        4 => ("-?", names, prop::collection::vec(values, 1..3))
            .prop_map(|(sign, name, values)| format!("{sign}{name}:{}", values.join(","))),
        1 => "-?[@#a-z0-9]{1,8}",
        1 => "-?\"[^\"\\\\]{1,10}\"",
        1 => ".{0,8}",
    ];
    prop::collection::vec(word, 0..5).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_query_reads_back_as_it_is_printed_and_an_error_lies_in_the_text(text in any_query()) {
        match Query::parse(&text) {
            Ok(query) => {
                let printed = query.to_string();
                let again = Query::parse(&printed);
                prop_assert_eq!(again.as_ref(), Ok(&query), "{} printed as {}", text, printed);
                prop_assert_eq!(again.unwrap().to_string(), printed);
            }
            Err(error) => {
                prop_assert!(error.at <= text.len() && text.is_char_boundary(error.at), "{}: {}", text, error);
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}

#[test]
fn what_is_printed_is_short() {
    for (text, printed) in [
        ("  Offline   backup ", "Offline backup"),
        ("SIG:SIG-Compute -IS:Draft", "sig:compute -is:draft"),
        ("label:\"a b\",c", "label:\"a b\",c"),
        ("\"-x\" \"a:b\"", "\"-x\" \"a:b\""),
        ("age:30 idle:=2w turn:*..36h", "age:>=30d idle:=2w turn:*..36h"),
        ("sort:age-desc author:@ME", "author:me sort:age"),
        ("#12 waiting:bots", "#12 waiting:automation"),
    ] {
        assert_eq!(Query::parse(text).unwrap().to_string(), printed, "{text}");
    }
}

#[test]
fn a_saved_view_stands_at_the_start_and_its_rest_is_read_with_it() {
    let (facts, board) = world();
    let mut views = Views::default();
    views.add("open", "is:open sort:age").unwrap().unwrap();
    let select = |text: &str| -> Vec<u64> {
        let shown = views.read(text).unwrap_or_else(|error| panic!("{text}: {error}")).select(&facts, &board);
        shown.iter().map(|index| board.verdicts[*index].number.0).collect()
    };
    assert_eq!(select("@open"), [1, 2, 3]);
    assert_eq!(select(" @OPEN kind:new,update"), [1, 2]);
    assert_eq!(select("@open sort:age-asc"), [3, 2, 1], "the rest's order outranks the view's");
    assert_eq!(select("@ada"), [2], "another name is a login");
    assert_eq!(select("kind:update @open"), [0; 0], "only the first word is a view");
    let error = views.read("@open é stag:x").unwrap_err();
    assert_eq!((error.at, &"@open é stag:x"[error.at..]), (9, "stag:x"));
    assert!(views.add("a b", "is:open").is_err() && views.add("", "is:open").is_err());
    assert_eq!(views.add("bad", "stag:x").unwrap().unwrap_err().at, 0);
    views.add("OPEN", "is:merged").unwrap().unwrap();
    assert_eq!((views.len(), views.find("open").unwrap().text.as_str()), (1, "is:merged"), "one of a name");
}

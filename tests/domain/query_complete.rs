//! What may stand next in a query.

use proptest::prelude::*;
use vepherd::domain::query::{Query, Views, complete};
use vepherd::domain::verdict::Stage;

use super::query::world;

fn offered(text: &str) -> (usize, Vec<String>) {
    let (facts, board) = world();
    let mut views = Views::default();
    views.add("mine", "author:me").unwrap().unwrap();
    views.add("Merging", "stage:merging").unwrap().unwrap();
    let found = complete(text, text.len(), &facts, &board, &views);
    (found.from, found.options.into_iter().map(|option| option.text).collect())
}

#[test]
fn qualifiers_then_the_boards_values() {
    let table: &[(&str, usize, &[&str])] = &[
        ("st", 0, &["stage:", "stale:", "status:"]),
        ("-st", 1, &["stage:", "stale:", "status:"]),
        ("sig:compute -ow", 13, &["owner:"]),
        ("@m", 0, &["@mine", "@Merging"]),
        ("is:open @m", 8, &[]),
        ("sig:", 4, &["compute", "network", "storage"]),
        ("sig:COM", 4, &["compute"]),
        ("sig:compute,s", 12, &["storage"]),
        ("KIND:", 5, &["new", "update", "process"]),
        ("kind:p", 5, &["process"]),
        ("shepherd:", 9, &["me", "none", "Grace"]),
        ("author:l", 7, &["linus"]),
        ("waiting:s", 8, &["sig-compute"]),
        ("waiting:g", 8, &["grace"]),
        ("release:", 8, &["none", "v1.10"]),
        ("label:d", 6, &["\"dco-signoff: yes\"", "do-not-merge/hold"]),
        ("label:\"d", 6, &["\"dco-signoff: yes\"", "do-not-merge/hold"]),
        ("vep:4", 4, &["401"]),
        ("sort:u", 5, &["urgency", "updated"]),
        ("is:new", 3, &["new-to-me"]),
        ("age:", 4, &[">7d", ">30d", "<2d"]),
        ("nonsense:x", 0, &[]),
        ("\"quoted st", 0, &[]),
    ];
    for (text, from, options) in table {
        let (at, found) = offered(text);
        assert_eq!((at, found.iter().map(String::as_str).collect::<Vec<_>>()), (*from, options.to_vec()), "{text}");
    }
    let stages: Vec<String> = Stage::ALL.iter().map(|stage| stage.code().to_owned()).collect();
    assert_eq!(offered("stage:").1, stages);
    assert!(offered("").1.len() > 30, "the empty query may become any");
}

#[test]
fn what_is_offered_can_be_taken() {
    for (name, _) in [
        ("sig", ()),
        ("is", ()),
        ("reason", ()),
        ("problem", ()),
        ("label", ()),
        ("lag", ()),
        ("threads", ()),
        ("gate", ()),
        ("involves", ()),
        ("veto", ()),
        ("checks", ()),
        ("convergence", ()),
    ] {
        for option in offered(&format!("{name}:")).1 {
            Query::parse(&format!("{name}:{option}")).unwrap_or_else(|error| panic!("{name}:{option}: {error}"));
        }
    }
}

proptest! {
    #[test]
    fn any_text_and_any_cursor_do_no_harm(text in ".{0,40}", cursor in 0usize..60) {
        let (facts, board) = world();
        let found = complete(&text, cursor, &facts, &board, &Views::default());
        prop_assert!(text.is_char_boundary(found.from) && found.from <= text.len());
    }
}

//! Rows of texts: what is read in them, and what is said of every line.

use vepherd::domain::prow::command::{Commands, Reading, Source, lines, parse};

use super::rows::{From, TextRow, all};

impl From {
    fn source(self) -> Source {
        match self {
            Self::Comment => Source::Comment,
            Self::ReviewBody => Source::ReviewBody,
            Self::ReviewComment => Source::ReviewComment,
            Self::Description => Source::Description,
        }
    }
}

#[test]
fn every_text_is_read_as_prow_reads_it() {
    all(|table| table.text, |row| format!("{}: {:?}", row.about, row.body), 90, check);
}

fn check(about: &str, row: &TextRow) {
    let rules = row.rules.profile().prow;
    let mut want = serde_json::to_value(Commands::default()).unwrap();
    for (name, value) in &row.want {
        assert!(want.get(name).is_some(), "{about}: no such field: {name}");
        want[name] = serde_json::to_value(value).unwrap();
    }
    let got = serde_json::to_value(parse(&row.body, row.source.source(), &rules)).unwrap();
    assert_eq!(got, want, "{about}");
    let lines = lines(&row.body, row.source.source(), &rules);
    let acts = lines.iter().filter(|line| matches!(line.reading, Reading::Effect(_)));
    if let Some(want) = &row.acts {
        assert_eq!(acts.map(|line| line.plugin).collect::<Vec<_>>(), *want, "{about}");
    } else if row.want.is_empty() {
        assert_eq!(acts.count(), 0, "{about}: {lines:?}");
    }
    if let Some(want) = &row.idle {
        let whys: Vec<&String> = lines
            .iter()
            .filter_map(|line| match &line.reading {
                Reading::NoEffect { why } => Some(why),
                Reading::Effect(_) => None,
            })
            .collect();
        assert_eq!(whys.len(), want.len(), "{about}: {whys:?}");
        for (why, part) in whys.iter().zip(want) {
            assert!(why.contains(part), "{about}: `{part}` is not in `{why}`");
        }
    }
}

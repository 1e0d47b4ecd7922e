//! No row of the truth table (§9), no pitfall (§10) and no addendum (§12) without a case, or a reason why there is none.

use std::collections::BTreeSet;

use super::rows::tables;

/// Sections and how many rows each has.
const SECTIONS: [(u32, u32); 3] = [(9, 34), (10, 40), (12, 8)];

#[test]
fn every_rule_that_a_client_can_see_has_a_case() {
    let mut of: Vec<(String, Vec<String>)> = Vec::new();
    for (name, table) in tables() {
        let mut take = |about: &str, sections: &[String]| {
            let about = format!("{name}: {about}");
            assert!(!sections.is_empty(), "{about} does not say where it comes from");
            of.push((about, sections.to_vec()));
        };
        table.text.iter().for_each(|row| take(&row.about, &row.of));
        table.scene.iter().for_each(|row| take(&row.about, &row.of));
        table.owners.iter().for_each(|row| take(&row.about, &row.of));
        table.play.iter().for_each(|row| take(&row.about, &row.of));
        for row in &table.unseen {
            assert!(row.why.len() > 20, "{:?}: a reason, please", row.of);
            take(&row.why, &row.of);
        }
    }
    let known: BTreeSet<&str> = of.iter().flat_map(|(_, sections)| sections).map(String::as_str).collect();
    for (about, sections) in &of {
        for section in sections {
            assert!(exists(section), "{about}: there is no section {section}");
        }
    }
    let all = SECTIONS.iter().flat_map(|(section, rows)| (1..=*rows).map(move |row| format!("{section}.{row}")));
    let missing: Vec<String> = all.filter(|section| !known.contains(section.as_str())).collect();
    assert_eq!(missing, [""; 0], "no case has these");
    let twice: Vec<&String> = duplicates(of.iter().map(|(about, _)| about));
    assert_eq!(twice, [""; 0], "two rows of one table are about the same");
}

/// `N`, or `N.M` within the sections that are counted.
fn exists(section: &str) -> bool {
    let (chapter, row) = section.split_once('.').unwrap_or((section, ""));
    let (Ok(chapter), row) = (chapter.parse::<u32>(), row.parse::<u32>().ok()) else { return false };
    match SECTIONS.iter().find(|(counted, _)| *counted == chapter) {
        Some((_, rows)) => row.is_some_and(|row| (1..=*rows).contains(&row)),
        None => (1..=12).contains(&chapter),
    }
}

fn duplicates<'a>(abouts: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut seen = BTreeSet::new();
    abouts.filter(|about| !seen.insert(*about)).collect()
}

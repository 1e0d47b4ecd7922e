//! Rows of OWNERS files: who owns a path, what a change needs, what is reported.

use vepherd::domain::ids::Login;
use vepherd::domain::prow::approve::owners_state;
use vepherd::domain::prow::owners::{List, Tree};

use super::rows::{OwnersRow, all};

#[test]
fn every_tree_gives_whom_prow_would_read_out_of_it() {
    all(|table| table.owners, |row| row.about.clone(), 40, check);
}

fn check(about: &str, row: &OwnersRow) {
    let logins = |names: &[String]| names.iter().map(|name| Login::new(name.as_str())).collect::<Vec<_>>();
    let whole = Tree::read(&row.files, row.aliases.as_deref());
    let tree = row.collaborators.as_ref().map_or_else(|| whole.clone(), |names| whole.among(&logins(names)));
    let path = row.paths.first().map_or("", String::as_str);
    let names = |list, leaf| {
        let mut names: Vec<String> = tree.names(path, list, leaf).into_iter().map(str::to_owned).collect();
        names.sort();
        names
    };
    let same = |what: &str, got: Vec<String>, want: &Option<Vec<String>>| {
        if let Some(want) = want {
            assert_eq!(got, *want, "{about}: {what}");
        }
    };
    let state = owners_state(&row.paths, &logins(&row.approved_by), None, &tree);
    same("dir", vec![tree.owners_dir(path)], &row.dir.clone().map(|dir| vec![dir]));
    same("leaf", names(List::Approvers, true), &row.leaf);
    same("approvers", names(List::Approvers, false), &row.approvers);
    same("reviewers", names(List::Reviewers, false), &row.reviewers);
    same("required", names(List::RequiredReviewers, false), &row.required);
    same("labels", names(List::Labels, false), &row.labels);
    same("needs", state.needed, &row.needs);
    same("unapproved", state.unapproved, &row.unapproved);
    same("problems", whole.problems().iter().map(|problem| problem.path.clone()).collect(), &row.problems);
    if let Some(approved) = row.approved {
        assert_eq!(state.files_approved, approved, "{about}: approved");
    }
    let lists = [&row.leaf, &row.approvers, &row.reviewers, &row.required, &row.labels, &row.needs, &row.unapproved];
    let asked = lists.iter().any(|list| list.is_some()) || row.dir.is_some() || row.approved.is_some();
    assert!(asked || row.problems.is_some(), "{about}: the row expects nothing");
}

//! What a card leaves out for want of room, and how it tells SIGs apart in a letter or two.

use std::sync::Arc;

use vepherd::domain::ids::{PullNumber, SigName};
use vepherd::domain::verdict::{Stage, Who};

use super::dump::{drawn, text};
use super::fixture::{ago, model, verdict};
use super::screens::{calm, page};
use vepherd::app::model::Tab;

/// The board with one proposal's title and sign-offs changed.
fn board(title: &str, sigs: &[&str]) -> String {
    let mut model = model();
    let mut facts = (*model.facts).clone();
    let number = PullNumber(382);
    Arc::make_mut(facts.pulls.get_mut(&number).unwrap()).title = title.to_owned();
    model.facts = Arc::new(facts);
    let shown = Arc::make_mut(model.board.verdicts.iter_mut().find(|verdict| verdict.number == number).unwrap());
    let one = shown.signoffs[0].1.clone();
    shown.signoffs = sigs.iter().map(|sig| (SigName::new(*sig), one.clone())).collect();
    text(&drawn(&model, &calm(), 220, 60))
}

#[test]
fn a_card_leaves_out_what_it_says_anyway() {
    for (title, short) in [
        ("VEP #351: Zero pages", "Zero pages"),
        ("VEP-337: Zero pages", "Zero pages"),
        ("[WIP] VEP 383: Zero pages", "Zero pages"),
        ("WIP: [VEP 12] Zero pages", "Zero pages"),
        ("Draft: vep 12, 13 - Zero pages", "Zero pages"),
        ("VEP 5 in detail", "VEP 5 in detail"),
        ("VEP process pages", "VEP process pages"),
        ("Draft policies", "Draft policies"),
        ("VEP 12:", "VEP 12:"),
    ] {
        let shown = board(title, &["compute"]);
        let card = shown.lines().find_map(|line| line.split_once("382 ")).expect("the card").1;
        let card = card.trim_start_matches(|c: char| !c.is_alphabetic());
        assert!(card.starts_with(&format!("{short} ")), "{title}: {card}");
    }
}

#[test]
fn the_marks_of_sigs_do_not_clash() {
    for (sigs, marks) in [
        (["compute", "network", "storage"].as_slice(), "C∙ N∙ S∙"),
        (&["control-plane", "compute", "network", "storage"], "CP∙ C∙ N∙ S∙"),
        (&["scale", "compute", "network", "storage"], "Sc∙ C∙ N∙ S∙"),
        (&["scale", "scanning"], "Scal∙ Scan∙"),
        (&["scale"], "Sc∙"),
    ] {
        let shown = board("Zero pages", sigs);
        assert!(shown.contains(&format!("  {marks}  ")), "{marks}");
    }
}

#[test]
fn what_comes_after_the_turn_is_said_once() {
    let mut model = page(Tab::Document);
    let shown =
        Arc::make_mut(model.board.verdicts.iter_mut().find(|verdict| verdict.number == PullNumber(402)).unwrap());
    let mut first = verdict(402, "storage", Stage::InReview, 9.0, 3.0).waiting_on.remove(0);
    first.since = ago(3.0);
    let entry = |rule, who, name: &str| vepherd::domain::verdict::Waiting {
        rule,
        who,
        name: name.to_owned(),
        why: format!("waits for {name}"),
        ..first.clone()
    };
    use vepherd::domain::verdict::Rule::{Approval, Lgtm, SignOff};
    shown.waiting_on = vec![
        first.clone(),
        entry(Lgtm, Who::Sig, "storage"),
        entry(Approval, Who::Person, "noor"),
        entry(Approval, Who::Person, "elm"),
        entry(SignOff, Who::Sig, "compute"),
        entry(SignOff, Who::Sig, "storage"),
    ];
    let shown = text(&drawn(&model, &calm(), 220, 60));
    for words in ["then: lgtm · approval (noor or elm) · sign-off", "approval: noor, waits for noor; likewise elm"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
}

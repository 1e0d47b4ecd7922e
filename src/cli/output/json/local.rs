//! What the viewer said about a proposal, as JSON: `local`, null where they said nothing.

use serde_json::{Value, json};

use super::{maybe, time};
use crate::domain::marks::{Back, Cause, Lasts, Local, Quiet, SaidTurn, Until, Whose};

/// `local` of a proposal.
#[must_use]
pub fn local(local: Option<&Local>) -> Value {
    let Some(local) = local else { return Value::Null };
    let snoozed = match &local.quiet {
        Some(Quiet::Snoozed { since, until }) => Some(snooze(*since, until)),
        Some(Quiet::Done { .. }) | None => None,
    };
    let rulings: Vec<Value> = local
        .rulings
        .iter()
        .map(|it| {
            json!({
                "by": it.about.by, "sentence": it.sentence, "said": it.ruled.word(), "at": time(it.at),
            })
        })
        .collect();
    json!({
        "seen_at": maybe(local.seen_at),
        "done": matches!(local.quiet, Some(Quiet::Done { .. })),
        "snoozed": snoozed,
        "back": local.back.as_ref().map(back),
        "turn": local.turn.as_ref().map(turn),
        "objections": rulings,
    })
}

fn snooze(since: jiff::Timestamp, until: &Until) -> Value {
    let (at, release) = match until {
        Until::Moment { at } => (json!(time(*at)), Value::Null),
        Until::Freeze { release, day } => (json!(day.to_string()), json!(release)),
        Until::Push | Until::Reply => (Value::Null, Value::Null),
    };
    json!({ "until": until.code(), "at": at, "release": release, "since": time(since) })
}

fn back(back: &Back) -> Value {
    let (by, event) = match &back.cause {
        Cause::News(news) => (json!(news.by), json!(news.event)),
        Cause::TimeUp(_) => (Value::Null, Value::Null),
    };
    json!({ "why": back.words(), "at": time(back.at), "by": by, "event": event })
}

fn turn(turn: &SaidTurn) -> Value {
    let (whose, name) = match &turn.whose {
        Whose::Mine => ("me", Value::Null),
        Whose::NotMine => ("not-me", Value::Null),
        Whose::Author => ("author", Value::Null),
        Whose::Person(login) => ("person", json!(login)),
        Whose::Sig(sig) => ("sig", json!(sig)),
    };
    let lasts = match turn.lasts {
        Lasts::UntilHuman => "until-human",
        Lasts::UntilOff => "until-off",
    };
    json!({ "whose": whose, "name": name, "since": time(turn.from.at), "lasts": lasts })
}

//! Writing something that will be posted. The panel beside the text says what Prow would do with it; a text is never
//! lost: it is kept as a draft while it is typed, on closing, and when sending does not work.

use std::time::Duration;

use ratatui_textarea::{CursorMove, Input, TextArea, WrapMode};

use super::{next_request, toast};
use crate::app::available::{self, Liftable};
use crate::app::effect::{Effect, Effects, Timer};
use crate::app::model::{Composer, InFlight, Level, Model, Overlay, Purpose, RequestKind};
use crate::app::registry::{Availability, Command};
use crate::domain::action::{Action, BadIntent, Intent};
use crate::domain::failure::Failure;
use crate::domain::ids::{Login, PullNumber, Sha};
use crate::domain::prow::forecast::{self, Background, Forecast};
use crate::domain::verdict::{self, Problem};

/// A keystroke is on disk at the latest after this.
const KEEP: Duration = Duration::from_millis(800);
/// When a draft that the store would not take is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// The key of a draft: one text per proposal and purpose.
#[must_use]
pub fn draft_key(model: &Model, pull: PullNumber, purpose: &Purpose) -> String {
    format!("{}#{}:{}", model.settings.repo, pull.0, purpose.code())
}

fn composer(model: &Model) -> Option<&Composer> {
    match &model.overlay {
        Some(Overlay::Composer(composer)) => Some(composer),
        _ => None,
    }
}

fn composer_mut(model: &mut Model) -> Option<&mut Composer> {
    match &mut model.overlay {
        Some(Overlay::Composer(composer)) => Some(composer),
        _ => None,
    }
}

/// Opens the composer for an act on the target.
pub fn open(model: &mut Model, command: Command) -> Effects {
    let Some((verdict, pull)) = model.target().and_then(|number| model.proposal(number)) else {
        return Effects::none();
    };
    let Some(me) = model.board.viewer.login.clone() else { return Effects::none() };
    let own = pull.author.as_ref().is_some_and(|author| author.login == me);
    let purpose = match command {
        Command::Comment => Purpose::Comment,
        Command::AskFix => Purpose::AskFix,
        Command::Lgtm => Purpose::Lgtm,
        Command::Approve => Purpose::Approve { own },
        Command::Veto => Purpose::Veto { sig: available::veto_sig(&model.board.viewer, verdict) },
        Command::Hold => Purpose::Hold,
        Command::Lift => match available::liftable(&me, verdict, pull) {
            Some(Liftable::OwnVeto(review)) => Purpose::Unveto { review },
            Some(Liftable::Hold) => Purpose::Unhold,
            None => return Effects::none(),
        },
        _ => return Effects::none(),
    };
    let warning = match available::of(model, command) {
        Availability::Warned(why) => Some(why),
        Availability::Ready | Availability::Refused(_) => None,
    };
    let (number, head) = (verdict.number, pull.head.clone());
    let text = match purpose {
        Purpose::AskFix => {
            let problems: Vec<&Problem> = verdict.problems.iter().collect();
            verdict::ask(&problems, pull.author.as_ref().map(|author| &author.login))
        }
        _ => String::new(),
    };
    write(model, number, head, purpose, &text, warning)
}

/// Opens the composer on a purpose, with its draft. A text that was written for the user is no text of theirs: a draft
/// takes its place.
pub fn write(
    model: &mut Model,
    pull: PullNumber,
    head: Sha,
    purpose: Purpose,
    text: &str,
    warning: Option<String>,
) -> Effects {
    let key = draft_key(model, pull, &purpose);
    show(model, pull, head, purpose, text, warning);
    if let Some(composer) = composer_mut(model) {
        composer.touched = false;
    }
    Effect::LoadDraft { key }.into()
}

/// Brings the composer to the front with a text.
fn show(model: &mut Model, pull: PullNumber, head: Sha, purpose: Purpose, text: &str, warning: Option<String>) {
    let mut area = area_of(text);
    area.set_placeholder_text(purpose.placeholder());
    let forecast = Err(BadIntent::Empty);
    let composer = Composer {
        pull,
        head,
        purpose,
        warning,
        text: area,
        forecast,
        moved: None,
        problem: None,
        unsaved: false,
        touched: !text.is_empty(),
    };
    model.overlay = Some(Overlay::Composer(Box::new(composer)));
    reforecast(model);
}

fn area_of(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

/// Opens the composer again on a write that did not go out. Its text is a draft already.
pub fn reopen(model: &mut Model, intent: &Intent, problem: Option<String>) -> Effects {
    let Some((purpose, text)) = purpose_of(&intent.action) else { return Effects::none() };
    let text = text.to_owned();
    show(model, intent.pull, intent.head.clone(), purpose, &text, None);
    if let Some(composer) = composer_mut(model) {
        composer.problem = problem;
    }
    refreshed(model)
}

/// The draft that a write becomes when it is taken back; none for what has no words.
#[must_use]
pub fn draft_of(model: &Model, intent: &Intent) -> Option<(String, String)> {
    let (purpose, text) = purpose_of(&intent.action).filter(|(_, text)| !text.trim().is_empty())?;
    Some((draft_key(model, intent.pull, &purpose), text.to_owned()))
}

/// What an action was written as; none for those without a text.
#[must_use]
pub fn purpose_of(action: &Action) -> Option<(Purpose, &str)> {
    Some(match action {
        Action::Comment { text } => (Purpose::Comment, text),
        Action::Lgtm { text } => (Purpose::Lgtm, text),
        Action::Approve { text, own } => (Purpose::Approve { own: *own }, text),
        Action::Veto { sig, reason } => (Purpose::Veto { sig: sig.clone() }, reason),
        Action::Unveto { why, review, .. } => (Purpose::Unveto { review: *review }, why),
        Action::Hold { reason } => (Purpose::Hold, reason),
        Action::Unhold { text } => (Purpose::Unhold, text),
        Action::Reply { thread, to, text } => (Purpose::Reply { thread: thread.clone(), to: *to }, text),
        Action::Assign { .. } | Action::Unassign { .. } | Action::Cc { .. } | Action::Resolve { .. } => return None,
    })
}

/// The action that a purpose and a text make.
fn action_of(purpose: &Purpose, text: String, may_dismiss: bool) -> Action {
    match purpose {
        Purpose::Comment | Purpose::AskFix => Action::Comment { text },
        Purpose::Lgtm => Action::Lgtm { text },
        Purpose::Approve { own } => Action::Approve { text, own: *own },
        Purpose::Veto { sig } => Action::Veto { sig: sig.clone(), reason: text },
        Purpose::Unveto { review } => Action::Unveto { why: text, review: *review, may_dismiss },
        Purpose::Hold => Action::Hold { reason: text },
        Purpose::Unhold => Action::Unhold { text },
        Purpose::Reply { thread, to } => Action::Reply { thread: thread.clone(), to: *to, text },
    }
}

fn intent(model: &Model, composer: &Composer) -> Intent {
    // GitHub lets only people with write access dismiss a review; the comment with `/hold cancel` lifts a veto by
    // itself, so that an unknown permission leaves nothing half done.
    let may_dismiss = matches!(model.permission.as_deref(), Some("WRITE" | "MAINTAIN" | "ADMIN"));
    Intent {
        repo: model.settings.repo.clone(),
        pull: composer.pull,
        head: composer.head.clone(),
        action: action_of(&composer.purpose, composer.text.lines().join("\n"), may_dismiss),
        created_at: model.at,
    }
}

/// What Prow would do with the text as it is now.
fn forecast_of(model: &Model, composer: &Composer) -> Result<Forecast, BadIntent> {
    let nobody = Login::new("");
    let me = model.board.viewer.login.as_ref().unwrap_or(&nobody);
    let Some(pull) = model.facts.pulls.get(&composer.pull) else { return Err(BadIntent::Empty) };
    let background = Background {
        facts: &model.facts,
        profile: &model.settings.profile,
        roster: &model.roster,
        owners: &model.owners,
        now: model.at,
    };
    forecast::forecast_intent(&intent(model, composer), me, pull, &background)
}

fn reforecast(model: &mut Model) {
    if let Some(forecast) = composer(model).map(|composer| forecast_of(model, composer))
        && let Some(composer) = composer_mut(model)
    {
        composer.forecast = forecast;
    }
}

fn edited(model: &mut Model) -> Effects {
    if let Some(composer) = composer_mut(model) {
        composer.problem = None;
        composer.touched = true;
        let first = !std::mem::replace(&mut composer.unsaved, true);
        reforecast(model);
        // The timer is not pushed back by the next keystroke: a fast typist's text is kept as well.
        if first {
            return Effect::StartTimer { timer: Timer::Draft, after: KEEP }.into();
        }
    }
    Effects::none()
}

/// A key that means no command.
pub fn typed(model: &mut Model, input: Input) -> Effects {
    let before = composer(model).map(|composer| composer.text.lines().to_vec());
    let Some(composer) = composer_mut(model) else { return Effects::none() };
    composer.text.input(input);
    if before.as_deref() == Some(composer.text.lines()) { Effects::none() } else { edited(model) }
}

/// Pasted text.
pub fn pasted(model: &mut Model, text: &str) -> Effects {
    let inserted = composer_mut(model).is_some_and(|composer| composer.text.insert_str(text));
    if inserted { edited(model) } else { Effects::none() }
}

/// Keeps the text as a draft, where it has changed; an empty one is forgotten.
pub fn save_draft(model: &mut Model) -> Effects {
    let Some(composer) = composer_mut(model).filter(|composer| composer.unsaved) else { return Effects::none() };
    composer.unsaved = false;
    let (pull, purpose) = (composer.pull, composer.purpose.clone());
    let text = composer.text.lines().join("\n");
    let key = draft_key(model, pull, &purpose);
    let mut effects = Effects::from(Effect::StopTimer { timer: Timer::Draft });
    effects.push(if text.trim().is_empty() { Effect::DropDraft { key } } else { Effect::SaveDraft { key, text } });
    effects
}

/// The time to keep what was typed: the composer's text, and what the store would not take before.
pub fn keep_drafts(model: &mut Model) -> Effects {
    let mut effects = save_draft(model);
    for (key, text) in std::mem::take(&mut model.unkept) {
        let saved = |effect: &Effect| matches!(effect, Effect::SaveDraft { key: other, .. } if *other == key);
        if !effects.as_slice().iter().any(saved) {
            effects.push(Effect::SaveDraft { key, text });
        }
    }
    effects
}

/// The store would not take a draft. It stays here, is tried again, and its writer is told.
pub fn draft_not_kept(model: &mut Model, key: String, text: String, failure: &Failure) -> Effects {
    let why = format!("your text is not on disk yet: {}", failure.cause);
    let open = composer(model).is_some_and(|composer| draft_key(model, composer.pull, &composer.purpose) == key);
    if let Some(composer) = composer_mut(model).filter(|_| open) {
        composer.problem = Some(why.clone());
        composer.unsaved = true;
    } else {
        model.unkept.insert(key, text);
    }
    let mut effects = Effects::from(Effect::StartTimer { timer: Timer::Draft, after: AGAIN });
    effects.extend(toast(model, Level::Error, why));
    effects
}

/// A draft was read. It fills the composer that it is for, unless something was typed already.
pub fn draft_loaded(model: &mut Model, key: &str, text: Option<String>) -> Effects {
    let wanted = composer(model)
        .is_some_and(|composer| !composer.touched && draft_key(model, composer.pull, &composer.purpose) == key);
    let text = model.unkept.get(key).cloned().or(text);
    let (Some(text), true) = (text.filter(|text| !text.trim().is_empty()), wanted) else { return Effects::none() };
    if let Some(composer) = composer_mut(model) {
        let mut area = area_of(&text);
        area.set_placeholder_text(composer.purpose.placeholder());
        composer.text = area;
        composer.touched = true;
    }
    reforecast(model);
    toast(model, Level::Info, "your draft is back")
}

/// Esc: closed; the text is a draft.
pub fn close(model: &mut Model) -> Effects {
    let written =
        composer(model).is_some_and(|composer| composer.text.lines().iter().any(|line| !line.trim().is_empty()));
    let mut effects = save_draft(model);
    model.overlay = None;
    if written {
        effects.extend(toast(model, Level::Info, "kept as a draft"));
    }
    effects
}

/// Hands the text to `$EDITOR`.
pub fn editor(model: &mut Model) -> Effects {
    let Some(text) = composer(model).map(|composer| composer.text.lines().join("\n")) else { return Effects::none() };
    let mut effects = save_draft(model);
    effects.push(Effect::OpenEditor { text });
    effects
}

/// The editor was closed.
pub fn editor_closed(model: &mut Model, result: Result<String, Failure>) -> Effects {
    let Some(composer) = composer_mut(model) else { return Effects::none() };
    match result {
        Ok(text) => {
            let mut area = area_of(text.replace("\r\n", "\n").trim_end());
            area.set_placeholder_text(composer.purpose.placeholder());
            composer.text = area;
            edited(model)
        }
        Err(failure) => {
            composer.problem = Some(failure.to_string());
            Effects::none()
        }
    }
}

/// The facts have changed under the composer.
pub fn refreshed(model: &mut Model) -> Effects {
    let Some(composer) = composer(model) else { return Effects::none() };
    let moved = match model.facts.pulls.get(&composer.pull) {
        None => Some("the proposal is not here any more".to_owned()),
        Some(pull) if pull.head != composer.head => Some(format!(
            "the author has pushed: the head is {} now, you read {}",
            pull.head.short(),
            composer.head.short()
        )),
        Some(_) => None,
    };
    if let Some(composer) = composer_mut(model) {
        composer.moved = moved;
    }
    reforecast(model);
    Effects::none()
}

/// Sends: into the outbox first.
pub fn submit(model: &mut Model) -> Effects {
    let Some(composer) = composer(model) else { return Effects::none() };
    let mut intent = intent(model, composer);
    let draft = draft_key(model, composer.pull, &composer.purpose);
    let problem = match (&composer.moved, &composer.purpose, intent.posts(&model.settings.profile.prow)) {
        (_, _, Err(bad)) => Some(bad.to_string()),
        // Talk is about the conversation; what is pinned to a head must be about the head that was read.
        (Some(_), Purpose::Comment | Purpose::AskFix | Purpose::Reply { .. }, Ok(_)) => None,
        (Some(moved), _, Ok(_)) => {
            Some(format!("{moved}. Esc keeps your text; read the change and open this again to send it"))
        }
        (None, _, Ok(_)) => None,
    };
    if let Some(problem) = problem {
        if let Some(composer) = composer_mut(model) {
            composer.problem = Some(problem);
        }
        return Effects::none();
    }
    if let Some(pull) = model.facts.pulls.get(&intent.pull) {
        intent.head = pull.head.clone();
    }
    let mut effects = save_draft(model);
    model.overlay = None;
    effects.extend(enqueue(model, intent, Some(draft)));
    effects
}

/// Puts an intent into the outbox, in the place of the draft that it was.
pub fn enqueue(model: &mut Model, intent: Intent, draft: Option<String>) -> Effects {
    let request = next_request(model);
    model.in_flight.push(InFlight {
        request,
        kind: RequestKind::Enqueue(Box::new(intent.clone())),
        label: "queueing".to_owned(),
        done: 0,
        total: 0,
        since: model.at,
    });
    Effect::Enqueue { request, intent, draft }.into()
}

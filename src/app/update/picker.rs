//! Lists to pick from: whom to give the shepherding, and the palette of commands.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui_textarea::{Input, Key, TextArea};

use super::{command, composer, filter, keys, marks, prompt_input};
use crate::app::available;
use crate::app::effect::Effects;
use crate::app::geometry;
use crate::app::hit;
use crate::app::model::{Choice, Model, Overlay, Pick, Picker, Purpose, Typed};
use crate::app::registry::{self, Availability, Command, Group};
use crate::domain::action::{Action, Intent};
use crate::domain::ids::{Login, PullNumber, Sha};
use crate::domain::marks::{Lasts, Saying, Until, Whose};
use crate::domain::roster::Roster;
use crate::domain::text::{sanitize_line, truncate};

fn picker(model: &mut Model) -> Option<&mut Picker> {
    match &mut model.overlay {
        Some(Overlay::Picker(picker)) => Some(picker),
        _ => None,
    }
}

/// Opens a list to pick from.
pub fn show(
    model: &mut Model,
    title: String,
    choices: Vec<Choice>,
    about: Option<(PullNumber, Sha)>,
    typed: Typed,
) -> Effects {
    let matches = (0..choices.len()).collect();
    let picker = Picker { title, text: TextArea::default(), choices, matches, selected: 0, about, typed };
    model.overlay = Some(Overlay::Picker(Box::new(picker)));
    Effects::none()
}

/// Every command that can be given on the screen, except moving about and typing.
pub fn palette(model: &mut Model) -> Effects {
    let layers = keys::screen_layers(model);
    let views = model.settings.views.list().iter().map(|view| Choice {
        label: format!("view @{}", view.name),
        note: view.text.clone(),
        pick: Pick::View(view.name.clone()),
    });
    // Its own line says more than "the first saved view".
    let choices = registry::ENTRIES
        .iter()
        .filter(|entry| entry.command.view().is_none())
        .filter(|entry| !matches!(entry.group, Group::Move | Group::Type) && entry.command != Command::Palette)
        .filter(|entry| entry.layers.iter().any(|layer| layers.contains(layer)))
        .filter_map(|entry| {
            let keys = model.keymap.keys(entry.command).join(" ");
            let note = match available::of(model, entry.command) {
                // Who may write nothing at all is told so; what does not fit the selection is left out.
                Availability::Refused(why) if model.read_only.is_some() && entry.group == Group::Act => why,
                Availability::Refused(_) => return None,
                Availability::Ready | Availability::Warned(_) => format!("{keys}  {}", entry.sentence),
            };
            Some(Choice { label: entry.name.to_owned(), note, pick: Pick::Command(entry.command) })
        })
        .chain(views)
        .collect();
    show(model, "Commands".to_owned(), choices, None, Typed::Nothing)
}

/// Who may shepherd the target: take or give up oneself first, then the representatives of its SIGs, then those who
/// are assigned.
pub fn shepherds(model: &mut Model) -> Effects {
    let Some((verdict, pull)) = model.target().and_then(|number| model.proposal(number)) else {
        return Effects::none();
    };
    let Some(me) = model.board.viewer.login.clone() else { return Effects::none() };
    let choice = |label: String, note: &str, pick: Pick| Choice { label, note: note.to_owned(), pick };
    let mut choices = Vec::new();
    if pull.assignees.contains(&me) {
        choices.push(choice("give it up".into(), "/unassign yourself", Pick::Unassign(me.clone())));
    } else {
        choices.push(choice("take it".into(), "/assign yourself", Pick::Assign(me.clone())));
    }
    let roster = Roster::read(&model.facts.files, &model.settings.profile);
    for sig in &verdict.owning_sigs {
        for login in roster.representatives(sig) {
            let known = choices.iter().any(|c| matches!(&c.pick, Pick::Assign(other) if other == login));
            let author = pull.author.as_ref().is_some_and(|author| author.login == *login);
            if !known && !author && *login != me && !pull.assignees.contains(login) {
                choices.push(choice(
                    format!("give it to {login}"),
                    &format!("represents {sig}"),
                    Pick::Assign(login.clone()),
                ));
            }
        }
    }
    for login in pull.assignees.iter().filter(|login| **login != me) {
        choices.push(choice(format!("unassign {login}"), "assigned now", Pick::Unassign(login.clone())));
    }
    let (number, head) = (pull.number, pull.head.clone());
    let title = format!("Who shepherds {number}? Pick, or type a login");
    show(model, title, choices, Some((number, head)), Typed::Assignee)
}

/// Which thread to reply in, or to resolve: as the page has them, open ones first.
pub fn threads(model: &mut Model, command: Command) -> Effects {
    let Some((_, pull)) = model.target().and_then(|number| model.proposal(number)) else { return Effects::none() };
    let (open, done): (Vec<_>, Vec<_>) = pull.threads.iter().partition(|thread| !thread.resolved);
    let resolves = command == Command::Resolve;
    let choices = open
        .into_iter()
        .chain(done.into_iter().filter(|_| !resolves))
        .filter_map(|thread| {
            let first = thread.comments.first()?;
            let pick = match first.database_id {
                _ if resolves => Pick::Resolve(thread.id.clone()),
                Some(to) => Pick::Reply { thread: thread.id.clone(), to },
                None => return None,
            };
            let who = first.author.as_ref().map_or("deleted account", |who| who.login.as_str());
            let file = thread.path.rsplit('/').next().unwrap_or(&thread.path);
            let line = thread.line.map_or_else(String::new, |line| format!(":{line}"));
            let state = if thread.resolved { "resolved" } else { "open" };
            let label = truncate(&sanitize_line(&format!("{who}: {}", first.body)), 38);
            Some(Choice { label, note: format!("{file}{line} {state}"), pick })
        })
        .collect();
    let (number, head) = (pull.number, pull.head.clone());
    let title = if resolves {
        format!("Resolve which thread of {number}?")
    } else {
        format!("Reply in which thread of {number}?")
    };
    show(model, title, choices, Some((number, head)), Typed::Nothing)
}

/// A key that means no command.
pub fn typed(model: &mut Model, input: Input) -> Effects {
    let breaks = matches!(input.key, Key::Enter) || (input.ctrl && matches!(input.key, Key::Char('m' | 'j')));
    if !breaks && picker(model).is_some_and(|picker| prompt_input(&mut picker.text, input)) {
        narrow(model);
    }
    Effects::none()
}

/// Pasted text, one line.
pub fn pasted(model: &mut Model, text: &str) -> Effects {
    if picker(model).is_some_and(|picker| picker.text.insert_str(text)) {
        narrow(model);
    }
    Effects::none()
}

/// A login as GitHub makes them, which is all that Prow's pattern would take.
fn is_login(text: &str) -> bool {
    !text.is_empty() && text.len() <= 39 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn narrow(model: &mut Model) {
    let now = model.at;
    let Some(picker) = picker(model) else { return };
    let typed = picker.text.lines().join(" ");
    let typed = typed.trim();
    // The choice made of what is typed is the last one, and is made anew.
    picker.choices.retain(|choice| choice.note != TYPED);
    let made = match picker.typed {
        Typed::Nothing => None,
        Typed::Assignee => {
            let login = typed.strip_prefix('@').unwrap_or(typed);
            is_login(login).then(|| (format!("give it to {login}"), Pick::Assign(Login::new(login))))
        }
        Typed::Until => {
            let until = Until::parse(typed, now, None).ok();
            until.map(|until| (until.words(), Pick::Say(Saying::Snooze(until))))
        }
        Typed::Turn => {
            Whose::parse(typed).map(|whose| (whose.words(), Pick::Say(Saying::Turn(whose, Lasts::UntilHuman))))
        }
    };
    if let Some((label, pick)) = made
        && !picker.choices.iter().any(|choice| choice.pick == pick)
    {
        picker.choices.push(Choice { label, note: TYPED.to_owned(), pick });
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, usize)> = picker
        .choices
        .iter()
        .enumerate()
        .filter_map(|(index, choice)| {
            let text = format!("{} {}", choice.label, choice.note);
            pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher).map(|score| (score, index))
        })
        .collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    picker.matches = scored.into_iter().map(|(_, index)| index).collect();
    if let Some(typed) = picker.choices.iter().position(|choice| choice.note == TYPED)
        && !picker.matches.contains(&typed)
    {
        picker.matches.push(typed);
    }
    picker.selected = 0;
}

/// The note of the choice made of what is typed.
const TYPED: &str = "as typed";

/// The next choice, or one before.
pub fn step(model: &mut Model, by: isize) -> Effects {
    if let Some(picker) = picker(model) {
        picker.selected = picker.selected.saturating_add_signed(by).min(picker.matches.len().saturating_sub(1));
    }
    Effects::none()
}

/// A row was clicked.
pub fn clicked(model: &mut Model, row: usize) -> Effects {
    let Some(Overlay::Picker(open)) = &model.overlay else { return Effects::none() };
    let rows = usize::from(hit::picker_plan(model, open.matches.len()).rows.height);
    let index = geometry::keep_in_view(open.selected, 0, rows, open.matches.len()) + row;
    if index >= open.matches.len() {
        return Effects::none();
    }
    if let Some(picker) = picker(model) {
        picker.selected = index;
    }
    accept(model)
}

/// Takes the selected choice. An assignment goes into the outbox, where it can be undone for a moment.
pub fn accept(model: &mut Model) -> Effects {
    let Some(Overlay::Picker(picker)) = &model.overlay else { return Effects::none() };
    let picked = picker.matches.get(picker.selected).and_then(|index| picker.choices.get(*index));
    let Some(pick) = picked.map(|choice| choice.pick.clone()) else { return Effects::none() };
    let about = picker.about.clone();
    model.overlay = None;
    let action = match pick {
        Pick::Command(command) => return command::run(model, command),
        Pick::Say(saying) => {
            let Some((pull, _)) = about else { return Effects::none() };
            return marks::say(model, pull, saying);
        }
        Pick::View(name) => return filter::view(model, &name),
        Pick::Assign(login) => Action::Assign { login },
        Pick::Unassign(login) => Action::Unassign { login },
        Pick::Resolve(thread) => Action::Resolve { thread },
        Pick::Reply { thread, to } => {
            let Some((pull, head)) = about else { return Effects::none() };
            return composer::write(model, pull, head, Purpose::Reply { thread, to }, "", None);
        }
    };
    let Some((pull, head)) = about else { return Effects::none() };
    let intent = Intent { repo: model.settings.repo.clone(), pull, head, action, created_at: model.at };
    composer::enqueue(model, intent, None)
}

//! Who is who in the demo, and the files of the four repositories that say so.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::Deserialize;

use super::BadDemo;
use crate::domain::ids::RepoId;
use crate::domain::profile::Profile;
use crate::sim::world::{Edit, Permission, World};

/// `cast.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cast {
    /// Whom the token belongs to.
    viewer: String,
    /// Prow's App.
    prow: String,
    /// Other robots that are Apps.
    bots: Vec<String>,
    /// Members of the organisation: login and name.
    members: Vec<(String, String)>,
    /// People with write permission.
    writers: Vec<String>,
    /// Others: login and name.
    others: Vec<(String, String)>,
    /// Accounts that are gone.
    deleted: Vec<String>,
    /// Labels of the repository.
    labels: Vec<String>,
    /// Files at the heads of default branches.
    file: Vec<File>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    repo: String,
    path: String,
    text: String,
}

impl Cast {
    pub(super) fn read(text: &str) -> Result<Self, BadDemo> {
        toml::from_str(text).map_err(|error| BadDemo { file: "cast.toml".into(), message: error.to_string() })
    }

    /// A world with these people and files, robots employed.
    pub(super) fn enter(&self, now: Timestamp) -> (World, RepoId) {
        let profile = Profile::kubevirt();
        let repo = profile.repo.clone();
        let long_ago = before(now, SignedDuration::from_hours(24 * 700));
        let mut world = World::new(&self.viewer);
        for bot in self.bots.iter().chain([&self.prow]) {
            world.bot(bot);
        }
        let mut files: Vec<(RepoId, Vec<Edit>)> = Vec::new();
        for file in &self.file {
            let id = world.repo(&file.repo, long_ago);
            let edit = Edit::text(&file.path, &fill(&file.text, now));
            match files.iter_mut().find(|(known, _)| *known == id) {
                Some((_, edits)) => edits.push(edit),
                None => files.push((id, vec![edit])),
            }
        }
        for (id, edits) in &files {
            world.write(id, "main", long_ago, "halvard-lind", "The files of the process", edits);
        }
        for (login, name) in self.members.iter().chain(&self.others) {
            let login = world.user(login);
            if let Some(account) = world.accounts.get_mut(&login) {
                account.name = Some(name.clone());
            }
        }
        for (login, _) in &self.members {
            world.member(login);
            let writes = self.writers.contains(login);
            world.collaborator(&repo, login, if writes { Permission::Write } else { Permission::Read });
        }
        let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
        world.define_labels(&repo, &labels);
        for login in &self.deleted {
            world.delete_account(login);
        }
        world.employ_prow(profile, &self.prow);
        (world, repo)
    }
}

/// A time earlier by `by`; `now` itself where the calendar ends.
pub(super) fn before(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_sub(by).unwrap_or(now)
}

/// Fills in dates relative to now: `{+14d}` becomes `2026-12-08`, `{/+14d}` becomes `2026/12/08`.
pub(super) fn fill(text: &str, now: Timestamp) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (head, tail) = rest.split_at(start);
        out.push_str(head);
        let date = tail.split_once('}').and_then(|(inside, after)| Some((date(inside.get(1..)?, now)?, after)));
        match date {
            Some((date, after)) => {
                out.push_str(&date);
                rest = after;
            }
            None => {
                out.push('{');
                rest = tail.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn date(inside: &str, now: Timestamp) -> Option<String> {
    let (slashes, offset) = match inside.strip_prefix('/') {
        Some(offset) => (true, offset),
        None => (false, inside),
    };
    let days: i64 = offset.strip_suffix('d').filter(|days| days.starts_with(['+', '-']))?.parse().ok()?;
    let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
    let date = today.checked_add(days.days()).ok()?.to_string();
    Some(if slashes { date.replace('-', "/") } else { date })
}

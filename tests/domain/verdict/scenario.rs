//! The notation of `tests/scenarios/*.toml`.
//!
//! ```toml
//! about = "one sentence"
//! now = "Jul 20"                  # days are of 2026 at noon UTC; `Jul 20 14:30` and `2025 Jul 20` work as well
//! thread = """
//! Jul 1      ann opens
//! Jul 2      sue says: what about snapshots? | second line
//! Jul 2      sue says in A: on a line of the diff     # the first text opens the thread A, later ones reply
//! Jul 3      ann pushes                               # or force-pushes
//! Jul 3      sue approves: /approve                   # requests changes, comments: reviews with a text or without
//! Jul 3      sue approves at 0: …                     # on the head that push 0 (the opening) left
//! Jul 4      prow labels lgtm                         # unlabels, assigns X, unassigns X, requests X, unrequests X
//! Jul 4      sue dismisses ann                        # ann's newest review; also drafts, readies, closes, reopens,
//! """                                                 # merges, resolves A, retitles: new title, commits by BOB
//! [pull]                                              # what the thread does not say; see `Pull`
//! [expect]                                            # see `expect.rs`
//! ```

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use vepherd::domain::board::Viewer;
use vepherd::domain::facts::{
    Actor, ActorKind, Association, CheckFacts, CheckState, CommentFacts, CommitFacts, DocumentFacts, EventFacts,
    EventKind, Facts, FileChange, FileFacts, Mergeable, PullFacts, PullState, ReviewFacts, ReviewState, ThreadComment,
    ThreadFacts, Truncated,
};
use vepherd::domain::ids::{Login, NodeId, RepoId, Sha, SigName};
use vepherd::domain::verdict::{Explanation, Verdict};

use super::expect::Expect;
use super::world;
use crate::domain::sample;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub about: String,
    pub now: String,
    pub thread: String,
    #[serde(default)]
    pub pull: Pull,
    pub expect: Expect,
}

/// What a pull request is besides its thread. Left out: a new VEP 7 of SIG storage with a whole document, a link to its
/// open tracking issue, and a green check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    pub body: String,
    /// `added PATH`, `modified PATH`, `removed PATH`, `renamed PATH`, `copied PATH`.
    pub files: Vec<String>,
    /// Folders that the base has.
    pub base: Vec<String>,
    pub documents: BTreeMap<String, String>,
    /// `7 open Title`.
    pub issues: Vec<String>,
    pub issue_body: String,
    pub draft: bool,
    pub mergeable: String,
    /// `name success Jul 3`.
    pub checks: Vec<String>,
    /// Labels whose setting the thread does not show.
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    pub requests: Vec<String>,
    /// People who are no collaborators.
    pub outsiders: Vec<String>,
    pub owners: BTreeMap<String, String>,
    pub freeze: String,
    pub viewer: String,
    pub viewer_sigs: Vec<String>,
    pub updated: String,
    pub truncated: Vec<String>,
}

impl Default for Pull {
    fn default() -> Self {
        Self {
            number: 70,
            title: "VEP 7: Fast disks".to_owned(),
            body: "Tracking issue: #7".to_owned(),
            files: vec!["added veps/sig-storage/7-fast-disks/vep.md".to_owned()],
            base: Vec::new(),
            documents: BTreeMap::from([(
                "veps/sig-storage/7-fast-disks/vep.md".to_owned(),
                world::DOCUMENT.to_owned(),
            )]),
            issues: vec!["7 open Fast disks".to_owned()],
            issue_body: String::new(),
            draft: false,
            mergeable: "mergeable".to_owned(),
            checks: vec!["check-naming success".to_owned()],
            labels: Vec::new(),
            assignees: Vec::new(),
            requests: Vec::new(),
            outsiders: Vec::new(),
            owners: BTreeMap::new(),
            freeze: "2026-11-01".to_owned(),
            viewer: String::new(),
            viewer_sigs: Vec::new(),
            updated: String::new(),
            truncated: Vec::new(),
        }
    }
}

/// `Jul 20`, `Jul 20 14:30`, `2025 Jul 20 14:30`, and how many words that were.
pub fn time(words: &[&str]) -> Option<(Timestamp, usize)> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut used = 0;
    let mut year = 2026;
    if let Some(found) = words.first().and_then(|word| word.parse::<i32>().ok()) {
        year = found;
        used += 1;
    }
    let month = MONTHS.iter().position(|month| Some(month) == words.get(used))? + 1;
    let day: u32 = words.get(used + 1)?.parse().ok()?;
    used += 2;
    let mut clock = "12:00";
    if let Some(word) = words.get(used).filter(|word| word.contains(':') && word.len() == 5) {
        clock = word;
        used += 1;
    }
    Some((format!("{year}-{month:02}-{day:02}T{clock}:00Z").parse().unwrap(), used))
}

pub fn moment(text: &str) -> Timestamp {
    let words: Vec<&str> = text.split_whitespace().collect();
    time(&words).unwrap_or_else(|| panic!("no time: {text}")).0
}

impl Scenario {
    pub fn now(&self) -> Timestamp {
        moment(&self.now)
    }

    /// The verdict; `change` may shuffle or add facts first.
    pub fn verdict(&self, change: impl Fn(&mut PullFacts)) -> Verdict {
        let (facts, pull, viewer) = self.ground(change);
        world::verdict(&facts, &pull, &viewer, self.now())
    }

    /// The verdict with its reasoning.
    pub fn in_full(&self) -> (Verdict, Explanation) {
        let (facts, pull, viewer) = self.ground(|_| {});
        world::in_full(&facts, &pull, &viewer, self.now())
    }

    fn ground(&self, change: impl Fn(&mut PullFacts)) -> (Facts, PullFacts, Viewer) {
        let mut pull = self.facts();
        change(&mut pull);
        let mut facts = Facts::empty("kubevirt/enhancements".parse::<RepoId>().unwrap());
        facts.files = world::files(&self.pull.owners, &self.pull.freeze);
        for line in &self.pull.issues {
            let issue = world::issue(line, &self.pull.issue_body);
            facts.put_issue(issue);
        }
        facts.put(pull.clone());
        let viewer = Viewer {
            login: (!self.pull.viewer.is_empty()).then(|| Login::new(self.pull.viewer.as_str())),
            sigs: self.pull.viewer_sigs.iter().map(|sig| SigName::from(sig.as_str())).collect(),
            merge_authority: false,
        };
        (facts, pull, viewer)
    }

    /// The facts that GitHub would give of this thread.
    pub fn facts(&self) -> PullFacts {
        let given = &self.pull;
        let mut pull = sample::pull(given.number, &given.title, "");
        pull.body = given.body.clone();
        pull.draft = given.draft;
        pull.labels = given.labels.clone();
        pull.assignees = given.assignees.iter().map(|login| Login::new(login.as_str())).collect();
        pull.review_requests = given.requests.clone();
        pull.mergeable = match given.mergeable.as_str() {
            "mergeable" => Mergeable::Mergeable,
            "conflicting" => Mergeable::Conflicting,
            "unknown" => Mergeable::Unknown,
            other => panic!("mergeable: {other}"),
        };
        pull.files = given.files.iter().map(|line| file(line)).collect();
        for folder in pull.files.iter().filter_map(|file| vep_folder(&file.path)) {
            let known = given.base.contains(&folder);
            pull.base_folders.insert(folder, known);
        }
        pull.documents = given
            .documents
            .iter()
            .map(|(path, text)| DocumentFacts { path: path.clone(), text: text.clone() })
            .collect();
        pull.checks = given.checks.iter().map(|line| check(line)).collect();
        pull.truncated = given
            .truncated
            .iter()
            .map(|part| Truncated { part: part.clone(), why: "GitHub stopped answering".to_owned() })
            .collect();
        pull.fetched_at = self.now();
        let mut play = Play { pull, threads: BTreeMap::new(), heads: Vec::new(), outsiders: given.outsiders.clone() };
        for (index, line) in self.thread.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
            play.line(index, line);
        }
        let mut pull = play.pull;
        pull.updated_at = if given.updated.is_empty() { self.now() } else { moment(&given.updated) };
        pull
    }
}

/// The folder of a VEP that a path stands in.
fn vep_folder(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["veps", top, name, _, ..] if top.starts_with("sig-") || *top == "meta-VEPs" => {
            Some(format!("veps/{top}/{name}"))
        }
        ["veps", top, _, ..] if !top.starts_with("sig-") && *top != "meta-VEPs" => Some(format!("veps/{top}")),
        _ => None,
    }
}

fn file(line: &str) -> FileFacts {
    let (change, path) = line.split_once(' ').unwrap();
    let change = match change {
        "added" => FileChange::Added,
        "modified" => FileChange::Modified,
        "removed" => FileChange::Removed,
        "renamed" => FileChange::Renamed,
        "copied" => FileChange::Copied,
        other => panic!("file: {other}"),
    };
    FileFacts { path: path.to_owned(), change, additions: 10, deletions: 1 }
}

fn check(line: &str) -> CheckFacts {
    let words: Vec<&str> = line.split_whitespace().collect();
    let state = match words[1] {
        "success" => CheckState::Success,
        "pending" => CheckState::Pending,
        "failure" => CheckState::Failure,
        other => panic!("check: {other}"),
    };
    let at = time(&words[2..]).map(|(at, _)| at);
    CheckFacts { name: words[0].to_owned(), state, description: None, url: None, at }
}

fn actor(name: &str) -> Option<Actor> {
    match name {
        "ghost" => None,
        "prow" => Some(Actor { login: Login::new("kubevirt-bot"), kind: ActorKind::User }),
        "rabbit" => Some(Actor { login: Login::new("coderabbitai"), kind: ActorKind::Bot }),
        name => Some(Actor { login: Login::new(name), kind: ActorKind::User }),
    }
}

fn sha(number: usize) -> Sha {
    Sha::new(format!("{number:040x}"))
}

/// ` | ` is a line's end, `| |` an empty line.
fn lines_of(text: &str) -> String {
    let lines: Vec<&str> = text.split(" |").map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim_matches(' ').to_owned()
}

struct Play {
    pull: PullFacts,
    threads: BTreeMap<String, usize>,
    heads: Vec<Sha>,
    outsiders: Vec<String>,
}

impl Play {
    fn line(&mut self, index: usize, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (at, used) = time(&words).unwrap_or_else(|| panic!("no time: {line}"));
        let (who, verb) = (words[used], words[used + 1]);
        let verb_bare = verb.trim_end_matches(':');
        // Everything after the first colon that ends a word of the sentence is the text.
        let sentence = words[used + 1..].join(" ");
        let (head, text) = match line.find(": ") {
            Some(colon) => {
                let head: Vec<&str> = line[..colon].split_whitespace().skip(used + 1).collect();
                (head.join(" "), lines_of(&line[colon + 1..]))
            }
            None => (sentence.trim_end_matches(':').to_owned(), String::new()),
        };
        let object = head.split_whitespace().nth(1).unwrap_or("").to_owned();
        let url = format!("https://github.com/kubevirt/enhancements/pull/{}#{index}", self.pull.number.0);
        let id = NodeId::new(format!("N_{index}"));
        let association = if self.outsiders.iter().any(|name| name == who) {
            Association::Outside
        } else {
            Association::Collaborator
        };
        match verb_bare {
            "opens" => {
                self.pull.author = actor(who);
                self.pull.created_at = at;
                if !text.is_empty() {
                    self.pull.body = text;
                }
                self.commit(at, who);
            }
            "pushes" => self.commit(at, who),
            "commits" => {
                let by = object_by(&head);
                self.commit(at, &by);
            }
            "force-pushes" => {
                let before = self.heads.last().cloned();
                // The branch is written anew: its commits keep older dates.
                self.pull.commits.clear();
                let head = sha(self.heads.len());
                self.heads.push(head.clone());
                self.pull.commits.push(CommitFacts {
                    oid: head.clone(),
                    committed_at: self.pull.created_at,
                    author: self.pull.author.as_ref().map(|actor| actor.login.clone()),
                    message: "Rewrite\n\nSigned-off-by: A".to_owned(),
                    merge: false,
                });
                self.pull.head = head.clone();
                self.event(at, who, EventKind::ForcePushed { before, after: Some(head) });
            }
            "says" if head.split_whitespace().nth(1) == Some("in") => {
                let name = head.split_whitespace().nth(2).unwrap().to_owned();
                self.in_thread(&name, at, who, text, id, url, association);
            }
            "says" => self.pull.comments.push(CommentFacts {
                id,
                author: actor(who),
                body: text,
                at,
                edited_at: None,
                url,
                association,
            }),
            "approves" | "requests" | "comments" if verb_bare != "requests" || object == "changes" => {
                let state = match verb_bare {
                    "approves" => ReviewState::Approved,
                    "requests" => ReviewState::ChangesRequested,
                    _ => ReviewState::Commented,
                };
                let commit = match head.split_whitespace().skip_while(|word| *word != "at").nth(1) {
                    Some(number) => self.heads[number.parse::<usize>().unwrap()].clone(),
                    None => self.pull.head.clone(),
                };
                self.pull.reviews.push(ReviewFacts {
                    id,
                    database_id: None,
                    author: actor(who),
                    state,
                    body: text,
                    at,
                    commit: Some(commit),
                    url,
                    association,
                });
            }
            "requests" => self.event(at, who, EventKind::ReviewRequested(object)),
            "unrequests" => self.event(at, who, EventKind::ReviewRequestRemoved(object)),
            "assigns" => {
                self.pull.assignees.push(Login::new(object.as_str()));
                self.event(at, who, EventKind::Assigned(Login::new(object)));
            }
            "unassigns" => {
                self.pull.assignees.retain(|login| !login.is(&object));
                self.event(at, who, EventKind::Unassigned(Login::new(object)));
            }
            "labels" => {
                let label = label(&head);
                self.pull.labels.push(label.clone());
                self.event(at, who, EventKind::Labeled(label));
            }
            "unlabels" => {
                let label = label(&head);
                self.pull.labels.retain(|other| *other != label);
                self.event(at, who, EventKind::Unlabeled(label));
            }
            "dismisses" => {
                let of = actor(&object);
                let review = self.pull.reviews.iter_mut().rev().find(|review| review.author == of).unwrap();
                let (was, id) = (review.state, review.id.clone());
                review.state = ReviewState::Dismissed;
                self.event(at, who, EventKind::ReviewDismissed { review: Some(id), was });
            }
            "resolves" => {
                let thread = self.threads[&object];
                self.pull.threads[thread].resolved = true;
                self.pull.threads[thread].resolved_by = Some(Login::new(who));
            }
            "drafts" => {
                self.pull.draft = true;
                self.event(at, who, EventKind::ConvertedToDraft);
            }
            "readies" => {
                self.pull.draft = false;
                self.event(at, who, EventKind::ReadyForReview);
            }
            "retitles" => {
                let from = std::mem::replace(&mut self.pull.title, text.clone());
                self.event(at, who, EventKind::Renamed { from, to: text });
            }
            "closes" => self.ends(at, who, PullState::Closed, EventKind::Closed),
            "merges" => self.ends(at, who, PullState::Merged, EventKind::Merged),
            "reopens" => {
                (self.pull.state, self.pull.ended_at) = (PullState::Open, None);
                self.event(at, who, EventKind::Reopened);
            }
            other => panic!("unknown verb {other}: {line}"),
        }
    }

    fn ends(&mut self, at: Timestamp, who: &str, state: PullState, kind: EventKind) {
        (self.pull.state, self.pull.ended_at) = (state, Some(at));
        self.event(at, who, kind);
    }

    fn commit(&mut self, at: Timestamp, who: &str) {
        let head = sha(self.heads.len());
        self.heads.push(head.clone());
        self.pull.commits.push(CommitFacts {
            oid: head.clone(),
            committed_at: at,
            author: actor(who).map(|actor| actor.login),
            message: "Work\n\nSigned-off-by: A".to_owned(),
            merge: false,
        });
        self.pull.head = head;
    }

    #[expect(clippy::too_many_arguments, reason = "all that a comment of a thread is")]
    fn in_thread(
        &mut self,
        name: &str,
        at: Timestamp,
        who: &str,
        body: String,
        id: NodeId,
        url: String,
        association: Association,
    ) {
        let index = *self.threads.entry(name.to_owned()).or_insert_with(|| {
            self.pull.threads.push(ThreadFacts {
                id: NodeId::new(format!("T_{name}")),
                resolved: false,
                resolved_by: None,
                outdated: false,
                path: "veps/sig-storage/7-fast-disks/vep.md".to_owned(),
                line: Some(3),
                start_line: None,
                comments: Vec::new(),
            });
            self.pull.threads.len() - 1
        });
        self.pull.threads[index].comments.push(ThreadComment {
            id,
            database_id: None,
            author: actor(who),
            body,
            at,
            url,
            review: None,
            diff_hunk: None,
            association,
        });
    }

    fn event(&mut self, at: Timestamp, who: &str, kind: EventKind) {
        self.pull.timeline.push(EventFacts { at, actor: actor(who), kind, url: None });
    }
}

/// `labels dco-signoff: no` has a colon in its name: it is written `dco-signoff:no`.
fn label(head: &str) -> String {
    head.split_once(' ').map_or(String::new(), |(_, label)| label.replace("signoff:no", "signoff: no"))
}

fn object_by(head: &str) -> String {
    head.split_whitespace().skip_while(|word| *word != "by").nth(1).unwrap().to_owned()
}

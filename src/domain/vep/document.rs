//! A VEP's main document.

use serde_json::Value;

use super::pull_text::vep_numbers;
use super::without_comments;
use crate::domain::ids::{Login, Release, SigName, VepNumber};
use crate::domain::profile::Profile;
use crate::domain::text::sanitize_line;
use crate::domain::verdict::Targets;
use crate::domain::yaml;

/// What a document says. Front matter wins over prose (`process.md` §4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The title: front matter's, else the first heading's, without `VEP #N:`.
    pub title: Option<String>,
    /// The VEP's number, from front matter or the first heading.
    pub vep_number: Option<VepNumber>,
    /// The front matter.
    pub front_matter: FrontMatterState,
    /// Target releases per stage.
    pub targets: Targets,
    /// Those that the prose names, whatever the front matter says.
    pub prose_targets: Targets,
    /// Targets of stages that are none of the three (`alpha2`, `announcement`), as written, in order.
    pub other_targets: Vec<(String, Release)>,
    /// The front matter's `status`.
    pub status: Option<String>,
    /// The front matter's `owning-sig`.
    pub owning_sig: Option<SigName>,
    /// The front matter's `participating-sigs`.
    pub participating: Vec<SigName>,
    /// The front matter's `approvers`, without `TBD`.
    pub approvers: Vec<Login>,
    /// The front matter's `reviewers`, without `TBD`.
    pub reviewers: Vec<Login>,
    /// All headings, as written.
    pub headings: Vec<String>,
}

/// Whether there is front matter, and whether it can be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FrontMatterState {
    /// None: a document of the older form.
    #[default]
    Absent,
    /// Read.
    Read(Box<FrontMatter>),
    /// There, but no mapping, or no YAML; in words.
    Unreadable(String),
}

/// VEP #282's front matter, as far as it is text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontMatter {
    /// `title`.
    pub title: Option<String>,
    /// `vep-number`.
    pub vep_number: Option<VepNumber>,
    /// `status`.
    pub status: Option<String>,
    /// `authors`.
    pub authors: Vec<Login>,
    /// `owning-sig`.
    pub owning_sig: Option<SigName>,
    /// `participating-sigs`.
    pub participating_sigs: Vec<SigName>,
    /// `reviewers`, without `TBD`.
    pub reviewers: Vec<Login>,
    /// `approvers`, without `TBD`.
    pub approvers: Vec<Login>,
    /// A `TBD` stands among reviewers or approvers.
    pub people_to_be_determined: bool,
    /// `feature-gate`.
    pub feature_gate: Option<String>,
    /// `stage`.
    pub stage: Option<String>,
    /// `milestone`.
    pub milestone: Targets,
    /// `replaces`.
    pub replaces: Option<String>,
    /// `superseded-by`.
    pub superseded_by: Option<String>,
}

impl Document {
    /// Reads a document; any text gives an answer.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (header, body) = split_front_matter(text);
        let front_matter = match header {
            None => FrontMatterState::Absent,
            Some(Ok(header)) => match read_front_matter(header) {
                Ok(read) => FrontMatterState::Read(Box::new(read)),
                Err(why) => FrontMatterState::Unreadable(why),
            },
            Some(Err(why)) => FrontMatterState::Unreadable(why.to_owned()),
        };
        let prose = Prose::read(body);
        let first = prose.headings.first().map(String::as_str).unwrap_or_default();
        let mut document = Self {
            title: title_of(first),
            vep_number: vep_numbers(first).first().copied(),
            targets: prose.targets.clone(),
            prose_targets: prose.targets,
            other_targets: prose.other_targets,
            headings: prose.headings,
            ..Self::default()
        };
        if let FrontMatterState::Read(front) = &front_matter {
            let front = front.as_ref().clone();
            document.title = front.title.or(document.title);
            document.vep_number = front.vep_number.or(document.vep_number);
            document.targets = Targets {
                alpha: front.milestone.alpha.or(document.targets.alpha),
                beta: front.milestone.beta.or(document.targets.beta),
                ga: front.milestone.ga.or(document.targets.ga),
            };
            document.status = front.status;
            document.owning_sig = front.owning_sig;
            document.participating = front.participating_sigs;
            document.approvers = front.approvers;
            document.reviewers = front.reviewers;
        }
        document.front_matter = front_matter;
        document
    }

    /// Sections that the template asks for and the document lacks. `Non-Goals` is `Non Goals`, `Functional Testing` is
    /// `Functional Testing Approach`, and the headings of the template's older edition count as what they became.
    #[must_use]
    pub fn sections_missing(&self, profile: &Profile) -> Vec<String> {
        let have: Vec<String> = self.headings.iter().map(|heading| heading_key(heading)).collect();
        let lacks = |section: &&String| {
            let want = heading_key(section);
            let older = OLDER_HEADINGS.iter().find(|(new, _)| *new == want).map(|(_, old)| *old);
            !have.iter().any(|heading| {
                heading.starts_with(&want)
                    || older.is_some_and(|old| heading.starts_with(old))
                    || (heading.contains(' ') && want.starts_with(heading.as_str()))
            })
        };
        profile.layout.sections.iter().filter(lacks).cloned().collect()
    }

    /// Every release that the document targets, whatever the stage.
    #[must_use]
    pub fn releases(&self) -> Vec<Release> {
        let three = [&self.targets.alpha, &self.targets.beta, &self.targets.ga];
        three.into_iter().flatten().chain(self.other_targets.iter().map(|(_, release)| release)).cloned().collect()
    }
}

/// What the template's sections were called before.
const OLDER_HEADINGS: [(&str, &str); 2] =
    [("implementation history", "implementation phases"), ("graduation requirements", "feature lifecycle phases")];

/// Headings and targets of the prose.
#[derive(Default)]
struct Prose {
    headings: Vec<String>,
    targets: Targets,
    other_targets: Vec<(String, Release)>,
}

impl Prose {
    fn read(body: &str) -> Self {
        let mut prose = Self::default();
        let mut fence: Option<(char, usize)> = None;
        for line in without_comments(body).lines() {
            match (fence, fence_mark(line)) {
                (None, Some((mark, length, info))) if mark == '~' || !info.contains('`') => {
                    fence = Some((mark, length));
                    continue;
                }
                (Some((open, least)), Some((mark, length, info)))
                    if mark == open && length >= least && info.is_empty() =>
                {
                    fence = None;
                    continue;
                }
                (Some(_), _) => continue,
                (None, _) => {}
            }
            if let Some(heading) = heading(line) {
                prose.headings.push(heading);
            } else if let Some((stage, value)) = target(line) {
                set(&mut prose.targets, &mut prose.other_targets, &stage, &value);
            }
        }
        prose
    }
}

/// A line of three or more backticks or tildes: which, how many, and the words behind them.
fn fence_mark(line: &str) -> Option<(char, usize, &str)> {
    let trimmed = line.trim();
    let mark = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = trimmed.trim_start_matches(mark);
    let length = trimmed.len() - rest.len();
    (length >= 3).then(|| (mark, length, rest.trim()))
}

/// `This VEP targets alpha for version: v1.10` → stage and value; what is struck out is gone.
fn target(line: &str) -> Option<(String, String)> {
    let plain = bare_item(&without_struck(line)).to_lowercase();
    let rest = plain.strip_prefix("this vep target")?;
    let rest = rest.strip_prefix("s ").or_else(|| rest.strip_prefix("ed "))?;
    let (label, value) = rest.split_once(':')?;
    let (stage, words) = label.trim().split_once(' ')?;
    words.contains("version").then(|| (stage.to_owned(), value.to_owned()))
}

/// The first target of a stage counts: documents append history below.
pub(super) fn set(targets: &mut Targets, others: &mut Vec<(String, Release)>, stage: &str, value: &str) {
    let Some(release) = Release::find(value) else { return };
    let slot = match stage {
        "alpha" => &mut targets.alpha,
        "beta" => &mut targets.beta,
        "ga" | "stable" => &mut targets.ga,
        _ => return others.push((stage.to_owned(), release)),
    };
    slot.get_or_insert(release);
}

/// A list item's text: without its marker, its check box and its emphasis marks.
pub(super) fn bare_item(line: &str) -> String {
    let line = line.trim();
    let line = line.strip_prefix(['-', '*', '+']).map_or(line, str::trim_start);
    let line = match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some(("" | " " | "x" | "X", rest)) => rest,
        _ => line,
    };
    line.replace(['*', '`', '_'], "").trim().to_owned()
}

/// Without `~struck~`, `~~struck~~` and `<del>struck</del>`. A mark without its partner strikes nothing.
pub(super) fn without_struck(line: &str) -> String {
    let mut out = line.to_owned();
    for (open, close) in [("<del>", "</del>"), ("<s>", "</s>"), ("~~", "~~"), ("~", "~")] {
        while let Some(start) = out.find(open) {
            let inside = start + open.len();
            let Some(length) = out.get(inside..).and_then(|rest| rest.find(close)) else { break };
            out.replace_range(start..inside + length + close.len(), "");
        }
    }
    out
}

/// An ATX heading's text.
fn heading(line: &str) -> Option<String> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let line = line.trim();
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let text = line.get(level..)?;
    if indent > 3 || !(1..=6).contains(&level) || !(text.is_empty() || text.starts_with([' ', '\t'])) {
        return None;
    }
    Some(sanitize_line(text.trim().trim_end_matches('#')))
}

/// A heading for comparison: small letters, words only, no number in front (`3. Design`).
fn heading_key(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.skip_while(|word| word.bytes().all(|b| b.is_ascii_digit())).collect::<Vec<_>>().join(" ")
}

/// A first heading without `VEP #N:` in front.
fn title_of(heading: &str) -> Option<String> {
    let mut rest = heading.trim();
    if let Some(tail) = rest.get(..3).filter(|head| head.eq_ignore_ascii_case("vep")).and_then(|_| rest.get(3..)) {
        let tail = tail.trim_start_matches([' ', '#', '-', '_']);
        let number = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit() || c == 'N').len();
        let after = tail.get(number..).unwrap_or_default();
        if number > 0 && after.chars().next().is_none_or(|c| !c.is_alphanumeric()) {
            rest = after.trim_start_matches([' ', ':', '-', '–', '—', ']', '.']);
        } else if heading.contains('#') {
            rest = tail;
        }
    }
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// The header between `---` lines at the very top, and what follows.
type Header<'a> = Option<Result<&'a str, &'static str>>;

fn split_front_matter(text: &str) -> (Header<'_>, &str) {
    let Some(first) = text.split_inclusive('\n').next().filter(|line| line.trim_end() == "---") else {
        return (None, text);
    };
    let mut end = first.len();
    for line in text.split_inclusive('\n').skip(1) {
        if matches!(line.trim_end(), "---" | "...") {
            let header = text.get(first.len()..end).unwrap_or_default();
            return (Some(Ok(header)), text.get(end + line.len()..).unwrap_or_default());
        }
        end += line.len();
    }
    // A rule at the top of a document without front matter: only a `key:` line makes it a header.
    let second = text.lines().nth(1).unwrap_or_default();
    if second.split_once(':').is_some_and(|(key, _)| !key.is_empty() && !key.contains(' ')) {
        return (Some(Err("it begins with `---` and has no closing `---`")), text);
    }
    (None, text)
}

fn read_front_matter(header: &str) -> Result<FrontMatter, String> {
    let value = yaml::parse(header).map_err(|error| error.to_string())?;
    let Value::Object(map) = value else {
        return Err("it is no list of `key: value` lines".to_owned());
    };
    let field = |key: &str| map.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value);
    let text = |key: &str| field(key).and_then(scalar).filter(|text| !is_to_be_determined(text));
    let list = |key: &str| field(key).map(scalars).unwrap_or_default();
    let people = |key: &str| {
        let known = list(key).into_iter().filter(|name| !is_to_be_determined(name));
        known.map(Login::new).collect::<Vec<_>>()
    };
    let milestone = |stage: &str| {
        let value = field("milestone")?.get(stage).and_then(scalar)?;
        Release::find(&value)
    };
    Ok(FrontMatter {
        title: text("title").map(|title| sanitize_line(&title)),
        vep_number: text("vep-number").and_then(|number| number.trim_start_matches('#').parse().ok()).map(VepNumber),
        status: text("status").map(|status| status.to_lowercase()),
        authors: people("authors"),
        owning_sig: text("owning-sig").and_then(|sig| sig_name(&sig)),
        participating_sigs: list("participating-sigs").iter().filter_map(|sig| sig_name(sig)).collect(),
        reviewers: people("reviewers"),
        approvers: people("approvers"),
        people_to_be_determined: ["reviewers", "approvers"]
            .iter()
            .any(|key| list(key).iter().any(|name| is_to_be_determined(name))),
        feature_gate: text("feature-gate"),
        stage: text("stage").map(|stage| stage.to_lowercase()),
        milestone: Targets { alpha: milestone("alpha"), beta: milestone("beta"), ga: milestone("ga") },
        replaces: text("replaces"),
        superseded_by: text("superseded-by"),
    })
}

/// `sig-compute`, `compute` and `sig/compute` are the same SIG.
fn sig_name(text: &str) -> Option<SigName> {
    let lower = text.trim().to_lowercase();
    let name = lower.strip_prefix("sig-").or_else(|| lower.strip_prefix("sig/")).unwrap_or(&lower);
    (!name.is_empty()).then(|| SigName::new(name))
}

fn is_to_be_determined(text: &str) -> bool {
    let bare = text.trim().trim_start_matches('@');
    bare.is_empty() || bare.eq_ignore_ascii_case("tbd") || bare.eq_ignore_ascii_case("n/a") || bare == "NNNN"
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A list of scalars; a single scalar is a list of one.
fn scalars(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(scalar).filter(|text| !text.is_empty()).collect(),
        other => scalar(other).filter(|text| !text.is_empty()).into_iter().collect(),
    }
}

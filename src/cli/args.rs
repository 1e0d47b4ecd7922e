//! The command line. The names are a contract (`contract.md`): extended freely, never renamed or dropped.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::domain::verdict::ProblemCode;
use crate::shell::config::ColorChoice;

/// The whole command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "vepherd",
    version,
    about = "A terminal dashboard for the people who decide on KubeVirt's enhancement proposals",
    after_help = "Without a command: the TUI, or the board as plain text where stdout is no terminal.\n\
                  Try it without token or network: vepherd demo\n\
                  Exit codes: 0 done, 1 failed, 2 usage, 3 credentials, 4 GitHub unreachable or rate-limited, \
                  5 refused by a safety check."
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// The repository of the proposals
    #[arg(long, value_name = "OWNER/NAME", global = true)]
    pub repo: Option<String>,
    /// The process profile: a built-in name or a TOML file
    #[arg(long, value_name = "PROFILE", global = true)]
    pub profile: Option<String>,
    /// When to colour text
    #[arg(long, value_name = "WHEN", global = true)]
    pub color: Option<When>,
    /// Run the command on the made-up world of the embedded simulator: no token, no network
    #[arg(long, global = true)]
    pub demo: bool,
    /// Post nothing, whatever is asked; reading goes on as always
    #[arg(long, global = true)]
    pub read_only: bool,
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal that wants it
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<When> for ColorChoice {
    fn from(when: When) -> Self {
        match when {
            When::Auto => Self::Auto,
            When::Always => Self::Always,
            When::Never => Self::Never,
        }
    }
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// The TUI on an embedded GitHub simulator with a made-up world
    Demo(DemoArgs),
    /// Sync the local store with GitHub
    Sync(SyncArgs),
    /// Proposals, most urgent first
    List(ListArgs),
    /// One proposal: derived state with every reason, threads, timeline
    Show(ShowArgs),
    /// Comment on a proposal
    Comment(CommentArgs),
    /// Sign off: an APPROVED review on the head that was read
    Lgtm(ActArgs),
    /// Lgtm and approval in one review
    Approve(ActArgs),
    /// Veto, with a reason: one "request changes" review with /hold
    Veto(ReasonArgs),
    /// Lift your veto
    Unveto(ActArgs),
    /// Hold the merge, with a reason
    Hold(ReasonArgs),
    /// Lift a hold
    Unhold(ActArgs),
    /// Assign somebody (`me`: yourself) as shepherd
    Assign(LoginArgs),
    /// Take an assignment back
    Unassign(LoginArgs),
    /// Ask somebody for a review
    Cc(LoginArgs),
    /// Reply in a thread
    Reply(ReplyArgs),
    /// Resolve a thread
    Resolve(ThreadArgs),
    /// Done with a proposal until somebody else does something (local: nobody else sees it)
    Mark(MarkArgs),
    /// Off your list for a while (local)
    Snooze(SnoozeArgs),
    /// Whose turn it is, by your word (local)
    Turn(TurnArgs),
    /// Confirm or drop a possible objection (local)
    Objection(ObjectionArgs),
    /// Queued, parked and failed writes
    Outbox(OutboxArgs),
    /// The token in the system's keyring
    Auth(AuthArgs),
    /// What Prow would do
    Prow(ProwArgs),
    /// Who can approve and review paths of a local checkout
    Owners(super::owners::OwnersArgs),
    /// Check token, reachability, rate limit, store, configuration and terminal
    Doctor(JsonArgs),
    /// The configuration file
    Config(ConfigArgs),
    /// Completions for a shell, on stdout
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page, on stdout
    Man {
        /// A command's own page
        command: Option<String>,
    },
}

/// `demo`.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = crate::sim::faults::HELP)]
pub struct DemoArgs {
    /// Only serve the simulator over HTTP; prints its URL and token as one JSON line
    #[arg(long)]
    pub serve: bool,
    /// The port to serve on (default: a free one)
    #[arg(long, value_name = "N", requires = "serve")]
    pub port: Option<u16>,
    /// GitHub's bad days: a TOML file of faults that strike the requests (--help says how it is written)
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
}

/// Commands with nothing but `--json`.
#[derive(Clone, Debug, Default, Args)]
pub struct JsonArgs {
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `sync`.
#[derive(Clone, Debug, Args)]
pub struct SyncArgs {
    /// Read everything again, not only what changed
    #[arg(long)]
    pub full: bool,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `list`.
#[derive(Clone, Debug, Args)]
pub struct ListArgs {
    /// Which, e.g. `sig:storage waiting:me -is:draft sort:age`; `@name` is a saved view
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// The saved views of the configuration, and nothing else
    #[arg(long, conflicts_with_all = ["query", "offline"])]
    pub views: bool,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
    /// Do not sync first
    #[arg(long)]
    pub offline: bool,
}

impl ListArgs {
    /// The query as it was typed.
    #[must_use]
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.query.iter().map(|word| word.strip_prefix(GUARD).unwrap_or(word)).collect();
        words.join(" ")
    }
}

/// Stands before a negated qualifier while clap looks at it; nobody can type it.
const GUARD: char = '\u{1}';

/// `-is:draft` after `list` is a word of the query, not a heap of flags: clap can take either all words with a hyphen
/// (and then `--json` too) or none, so these few are hidden from it until [`ListArgs::text`].
pub fn guard_negations(arguments: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut in_list = false;
    arguments.into_iter().map(move |argument| {
        in_list |= argument == "list";
        match argument.to_str() {
            Some(word) if in_list && is_negation(word) => format!("{GUARD}{word}").into(),
            _ => argument,
        }
    })
}

/// `-qualifier:…`.
fn is_negation(word: &str) -> bool {
    let qualifier = word.strip_prefix('-').and_then(|rest| rest.split_once(':')).map(|(name, _)| name);
    qualifier.is_some_and(|name| name.starts_with(|ch: char| ch.is_ascii_lowercase()))
}

/// `show`.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// The pull request's number
    #[arg(value_name = "N", value_parser = number)]
    pub number: u64,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
    /// Do not sync first
    #[arg(long)]
    pub offline: bool,
}

/// What every action takes.
#[derive(Clone, Debug, Args)]
pub struct ActCommon {
    /// The pull request's number
    #[arg(value_name = "N", value_parser = number)]
    pub number: u64,
    /// Print what would be posted and what Prow would do; post nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before posting
    #[arg(long)]
    pub yes: bool,
    /// The head that you read: refused where it has moved on (seven characters or more)
    #[arg(long, value_name = "SHA", value_parser = sha)]
    pub at: Option<String>,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// Where a text comes from.
#[derive(Clone, Debug, Default, Args)]
pub struct TextArgs {
    /// The text
    #[arg(short = 'm', long = "message", value_name = "TEXT", conflicts_with = "file", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// A file with the text (`-` is stdin)
    #[arg(short = 'F', long = "file", value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// `comment`.
#[derive(Clone, Debug, Args)]
pub struct CommentArgs {
    /// What every action takes.
    #[command(flatten)]
    pub common: ActCommon,
    /// The text.
    #[command(flatten)]
    pub text: TextArgs,
    /// Ask for a problem to be mended: its code as in `show`, or `all`
    #[arg(long, value_name = "CODE", value_parser = problems, value_delimiter = ',', conflicts_with_all = ["message", "file"])]
    pub ask: Vec<AskFor>,
}

/// What `--ask` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskFor {
    /// Every problem.
    All,
    /// Those of one code.
    Code(ProblemCode),
}

/// Actions with a text.
#[derive(Clone, Debug, Args)]
pub struct ActArgs {
    /// What every action takes.
    #[command(flatten)]
    pub common: ActCommon,
    /// The text.
    #[command(flatten)]
    pub text: TextArgs,
}

/// Actions with a reason.
#[derive(Clone, Debug, Args)]
pub struct ReasonArgs {
    /// What every action takes.
    #[command(flatten)]
    pub common: ActCommon,
    /// Why: what must change, so that the author can answer it
    #[arg(long, value_name = "REASON", conflicts_with_all = ["message", "file"], allow_hyphen_values = true)]
    pub reason: Option<String>,
    /// The reason, otherwise.
    #[command(flatten)]
    pub text: TextArgs,
}

/// Actions on somebody.
#[derive(Clone, Debug, Args)]
pub struct LoginArgs {
    /// What every action takes.
    #[command(flatten)]
    pub common: ActCommon,
    /// Whom (`me`: yourself)
    #[arg(value_name = "LOGIN")]
    pub login: String,
}

/// `reply`.
#[derive(Clone, Debug, Args)]
pub struct ReplyArgs {
    /// What every action takes.
    #[command(flatten)]
    pub common: ActCommon,
    /// The thread: its place in `show`, or its id
    #[arg(value_name = "THREAD")]
    pub thread: String,
    /// The text.
    #[command(flatten)]
    pub text: TextArgs,
}

/// `resolve`.
#[derive(Clone, Debug, Args)]
pub struct ThreadArgs {
    /// What every action takes.
    #[command(flatten)]
    pub common: ActCommon,
    /// The thread: its place in `show`, or its id
    #[arg(value_name = "THREAD")]
    pub thread: String,
}

/// `mark`.
#[derive(Clone, Debug, Args)]
pub struct MarkArgs {
    /// The pull request's number
    #[arg(value_name = "N", value_parser = number)]
    pub number: u64,
    /// What it is
    #[arg(value_name = "WORD", default_value = "seen")]
    pub what: MarkWord,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// What `mark` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MarkWord {
    /// Done: it comes back when somebody else does something
    #[value(alias = "done")]
    Seen,
    /// Not done after all
    Unseen,
}

/// `snooze`.
#[derive(Clone, Debug, Args)]
pub struct SnoozeArgs {
    /// The pull request's number
    #[arg(value_name = "N", value_parser = number)]
    pub number: u64,
    /// A day (2026-09-08, tomorrow, monday; UTC), a while (3d, 2w), `push`, `reply`, `freeze`, or `off`
    #[arg(long, value_name = "WHEN")]
    pub until: String,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `turn`.
#[derive(Clone, Debug, Args)]
pub struct TurnArgs {
    /// The pull request's number
    #[arg(value_name = "N", value_parser = number)]
    pub number: u64,
    /// A login, `sig-NAME`, `author`, `me`, `not-me`, or `off`
    #[arg(value_name = "WHOSE")]
    pub whose: String,
    /// Until you take it off, not only until somebody else does something
    #[arg(long)]
    pub keep: bool,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `objection`.
#[derive(Clone, Debug, Args)]
pub struct ObjectionArgs {
    /// The pull request's number
    #[arg(value_name = "N", value_parser = number)]
    pub number: u64,
    /// What the text is
    #[arg(value_name = "WORD")]
    pub what: ObjectionWord,
    /// Which text, by its place in `show`, where there are several
    #[arg(long, value_name = "K")]
    pub which: Option<usize>,
    /// JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// What `objection` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ObjectionWord {
    /// An objection
    Confirm,
    /// None
    Drop,
    /// Undecided again
    Clear,
}

/// `outbox`.
#[derive(Clone, Debug, Args)]
pub struct OutboxArgs {
    /// What to do; without it, list.
    #[command(subcommand)]
    pub what: Option<OutboxCommand>,
    /// JSON on stdout
    #[arg(long, global = true)]
    pub json: bool,
}

/// What `outbox` does.
#[derive(Clone, Debug, Subcommand)]
pub enum OutboxCommand {
    /// What is queued, parked, failed or unknown
    List,
    /// Send what waits, or one write
    Send {
        /// Which; all that wait where none is named
        id: Option<i64>,
        /// Send it although a check has parked it
        #[arg(long, requires = "id")]
        anyway: bool,
    },
    /// Drop a write that was not sent
    Drop {
        /// Which
        id: i64,
    },
    /// Change the text of a write that was not sent; `outbox send` sends it then
    Edit {
        /// Which
        id: i64,
        /// The new text; without one, the editor opens the old one.
        #[command(flatten)]
        text: TextArgs,
    },
}

/// `auth`.
#[derive(Clone, Debug, Args)]
pub struct AuthArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: AuthCommand,
}

/// What `auth` does.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum AuthCommand {
    /// Keep a token in the keyring: from stdin, or asked for without echo
    Login,
    /// Take the token out of the keyring
    Logout,
    /// Which token is used, and whose it is
    Status,
}

/// `prow`.
#[derive(Clone, Debug, Args)]
pub struct ProwArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: ProwCommand,
}

/// What `prow` does.
#[derive(Clone, Debug, Subcommand)]
pub enum ProwCommand {
    /// Every command in a text, obeyed or not and why
    Explain(super::prow::ExplainArgs),
}

/// `config`.
#[derive(Clone, Debug, Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: ConfigCommand,
}

/// What `config` does.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write the commented file, where there is none
    Init,
    /// Where the file is
    Path,
    /// Every setting and where it comes from
    Show,
}

/// A pull request's number, with or without `#`.
fn number(text: &str) -> Result<u64, String> {
    match text.strip_prefix('#').unwrap_or(text).parse() {
        Ok(0) | Err(_) => Err(format!("`{text}` is not a pull request's number")),
        Ok(number) => Ok(number),
    }
}

/// Enough of a commit's name to be sure.
fn sha(text: &str) -> Result<String, String> {
    if (7..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(format!("`{text}` is not a commit's name of 7 to 40 hexadecimal digits"))
}

/// A problem's code, or `all`.
fn problems(text: &str) -> Result<AskFor, String> {
    if text == "all" {
        return Ok(AskFor::All);
    }
    let known = ProblemCode::ALL.into_iter().find(|code| code.word() == text);
    known.map(AskFor::Code).ok_or_else(|| {
        let words: Vec<&str> = ProblemCode::ALL.into_iter().map(ProblemCode::word).collect();
        format!("there is no problem `{text}`; there are all, {}", words.join(", "))
    })
}

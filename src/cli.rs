//! The command line: `args` says what may be written, one file per command does it, `output` says it as text or JSON.
//! Nobody uses this layer; it uses all others.
//!
//! A command gets a [`session::Context`] (settings, places, colours) and opens a [`session::Session`] from it: the real
//! GitHub, or with `--demo` the simulator in this process. It returns a failure, whose kind is the exit code.

pub mod act;
pub mod args;
pub mod auth;
pub mod batch;
pub mod board_text;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod input;
pub mod list;
pub mod mark;
pub mod outbox;
pub mod output;
pub mod owners;
pub mod prow;
pub mod session;
pub mod show;
pub mod sync;
pub mod tui;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::PullNumber;
use crate::shell::config::Env;
use crate::shell::logging;
use args::{Cli, Command, ProwCommand};
use output::{print, tell};
use session::Context;

/// Runs one command line to its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, env: Env) -> ExitCode {
    let cli = match Cli::try_parse_from(args::guard_negations(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, and go to stdout; clap knows which is which.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let outcome = Context::new(env, cli.global.clone()).and_then(|context| {
        let _log = logging::start(&context.env, &context.paths)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Failure::new(FailureKind::Local, "start", error.to_string()))?;
        runtime.block_on(dispatch(&context, cli.command))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&format!("vepherd: {}", crate::domain::text::sanitize(&failure.to_string())));
            ExitCode::from(failure.exit_code())
        }
    }
}

async fn dispatch(context: &Context, command: Option<Command>) -> Result<(), Failure> {
    match command {
        None => tui::run(context).await,
        Some(Command::Demo(args)) => demo::run(context, &args).await,
        Some(Command::Sync(args)) => sync::run(context, &args).await,
        Some(Command::List(args)) => list::run(context, &args).await,
        Some(Command::Show(args)) => show::run(context, &args).await,
        Some(Command::Mark(args)) => mark::mark(context, &args).await,
        Some(Command::Snooze(args)) => mark::snooze(context, &args).await,
        Some(Command::Turn(args)) => mark::turn(context, &args).await,
        Some(Command::Objection(args)) => mark::objection(context, &args).await,
        Some(Command::Outbox(args)) => outbox::run(context, &args).await,
        Some(Command::Auth(args)) => auth::run(context, args.what).await,
        Some(Command::Prow(args)) => {
            let ProwCommand::Explain(args) = args.what;
            explain(context, &args).await
        }
        Some(Command::Owners(args)) => {
            let (mut input, mut out) = (std::io::stdin().lock(), std::io::stdout().lock());
            owners::run(&args, &mut input, &mut out, &mut std::io::stderr().lock(), context.out)
        }
        Some(Command::Doctor(args)) => doctor::run(context, &args).await,
        Some(Command::Config(args)) => config::run(context, args.what),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Man { command }) => manual(command.as_deref()),
        Some(Command::Comment(args)) => act::comment(context, &args).await,
        Some(Command::Lgtm(args)) => act::lgtm(context, &args).await,
        Some(Command::Approve(args)) => act::approve(context, &args).await,
        Some(Command::Veto(args)) => act::veto(context, &args).await,
        Some(Command::Unveto(args)) => act::unveto(context, &args).await,
        Some(Command::Hold(args)) => act::hold(context, &args).await,
        Some(Command::Unhold(args)) => act::unhold(context, &args).await,
        Some(Command::Assign(args)) => act::assign(context, &args, act::Whom::Assign).await,
        Some(Command::Unassign(args)) => act::assign(context, &args, act::Whom::Unassign).await,
        Some(Command::Cc(args)) => act::assign(context, &args, act::Whom::Cc).await,
        Some(Command::Reply(args)) => act::reply(context, &args).await,
        Some(Command::Resolve(args)) => act::resolve(context, &args).await,
    }
}

/// `prow explain` needs the store only where a pull request is named.
async fn explain(context: &Context, args: &prow::ExplainArgs) -> Result<(), Failure> {
    if !context.global.demo {
        context.settings.require_good()?;
    }
    let facts = match args.pr {
        None => None,
        Some(number) => {
            let session = context.session()?;
            act::known(&session, PullNumber(number)).await?;
            Some(session.services.store.load(&session.services.repo)?)
        }
    };
    if args.file.is_none() && std::io::stdin().is_terminal() {
        tell("Write the text, then press Ctrl-D on a line of its own.");
    }
    let (mut input, mut out) = (std::io::stdin().lock(), std::io::stdout().lock());
    let now = context.settings.clock().now();
    let missing = || Failure::new(FailureKind::Usage, "explain the text", "no pull request is named");
    prow::run(args, &context.settings.profile, now, || facts.ok_or_else(missing), &mut input, &mut out, context.out)
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "vepherd", &mut text);
    print(&String::from_utf8_lossy(&text))
}

fn manual(command: Option<&str>) -> Result<(), Failure> {
    let failed = |cause: String| Failure::new(FailureKind::Usage, "write the manual page", cause);
    let mut root = Cli::command();
    root.build();
    let page = match command {
        None => clap_mangen::Man::new(root),
        Some(name) => {
            let found = root.find_subcommand(name).cloned();
            clap_mangen::Man::new(found.ok_or_else(|| failed(format!("there is no command `{name}`")))?)
                .title(format!("vepherd-{name}"))
        }
    };
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| failed(error.to_string()))?;
    print(&String::from_utf8_lossy(&text))
}

//! The actions: what is meant, who may, what would happen, a yes, and one call to GitHub.
//!
//! Every action goes the same way: read the proposal again, check the head that was read (`--at`) and who may, show
//! what would be posted and what Prow would do, ask, write the intent down, send it through the outbox.

mod build;
mod report;

use super::args::{ActArgs, ActCommon, CommentArgs, LoginArgs, ReasonArgs, ReplyArgs, ThreadArgs};
use super::input;
use super::output::{print, tell};
use super::session::{Context, Session};
use super::show;
use crate::domain::action::{Action, BadIntent, Intent};
use crate::domain::board::Viewer;
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{Login, PullNumber};
use crate::domain::prow::forecast::{Background, Forecast, forecast_intent, undone};
use crate::domain::prow::owners::Tree;
use crate::domain::roster::Roster;
use crate::domain::verdict::Verdict;
use crate::shell::outbox::{How, Sent};
use crate::shell::sync::Mode;

/// What `assign`, `unassign` and `cc` differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// `/assign`.
    Assign,
    /// `/unassign`.
    Unassign,
    /// `/cc`.
    Cc,
}

/// What an action is decided on.
#[derive(Debug)]
struct Ground {
    facts: Facts,
    pull: PullFacts,
    verdict: Verdict,
    viewer: Viewer,
    me: Login,
}

/// `comment`.
///
/// # Errors
/// As every action: usage, credentials, reachability, a refusal of ours or of GitHub.
pub async fn comment(context: &Context, args: &CommentArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    if !args.ask.is_empty() {
        return act(context, &args.common, |_, ground| build::ask(ground, &args.ask)).await;
    }
    let text = input::required(context, &args.text, "text", "-m TEXT or -F FILE").await?;
    act(context, &args.common, move |_, _| Ok(Action::Comment { text })).await
}

/// `lgtm`.
///
/// # Errors
/// As [`comment`].
pub async fn lgtm(context: &Context, args: &ActArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    let text = input::optional(&args.text)?.unwrap_or_default();
    act(context, &args.common, |_, ground| build::lgtm(ground, text)).await
}

/// `approve`.
///
/// # Errors
/// As [`comment`].
pub async fn approve(context: &Context, args: &ActArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    let text = input::optional(&args.text)?.unwrap_or_default();
    act(context, &args.common, |_, ground| Ok(Action::Approve { text, own: build::is_own(ground) })).await
}

/// `veto`.
///
/// # Errors
/// As [`comment`].
pub async fn veto(context: &Context, args: &ReasonArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    let reason = reason(context, args).await?;
    act(context, &args.common, |_, ground| build::veto(ground, reason)).await
}

/// `unveto`.
///
/// # Errors
/// As [`comment`].
pub async fn unveto(context: &Context, args: &ActArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    let why = input::optional(&args.text)?.unwrap_or_default();
    act(context, &args.common, |session, ground| build::unveto(session, ground, why)).await
}

/// `hold`.
///
/// # Errors
/// As [`comment`].
pub async fn hold(context: &Context, args: &ReasonArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    let reason = reason(context, args).await?;
    act(context, &args.common, |_, _| Ok(Action::Hold { reason })).await
}

/// `unhold`.
///
/// # Errors
/// As [`comment`].
pub async fn unhold(context: &Context, args: &ActArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    let text = input::optional(&args.text)?.unwrap_or_default();
    act(context, &args.common, |_, _| Ok(Action::Unhold { text })).await
}

/// `assign`, `unassign`, `cc`.
///
/// # Errors
/// As [`comment`].
pub async fn assign(context: &Context, args: &LoginArgs, whom: Whom) -> Result<(), Failure> {
    ready(&args.common)?;
    act(context, &args.common, |_, ground| {
        let login = if args.login == "me" { ground.me.clone() } else { Login::new(args.login.as_str()) };
        Ok(match whom {
            Whom::Assign => Action::Assign { login },
            Whom::Unassign => Action::Unassign { login },
            Whom::Cc => Action::Cc { login },
        })
    })
    .await
}

/// `reply`.
///
/// # Errors
/// As [`comment`].
pub async fn reply(context: &Context, args: &ReplyArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    let text = input::required(context, &args.text, "text", "-m TEXT or -F FILE").await?;
    act(context, &args.common, |_, ground| build::reply(ground, &args.thread, text)).await
}

/// `resolve`.
///
/// # Errors
/// As [`comment`].
pub async fn resolve(context: &Context, args: &ThreadArgs) -> Result<(), Failure> {
    ready(&args.common)?;
    act(context, &args.common, |_, ground| {
        Ok(Action::Resolve { thread: build::thread(ground, &args.thread)?.id.clone() })
    })
    .await
}

/// A script without `--yes` learns that before anything is read or sent.
fn ready(common: &ActCommon) -> Result<(), Failure> {
    if common.yes || common.dry_run { Ok(()) } else { input::can_ask() }
}

async fn reason(context: &Context, args: &ReasonArgs) -> Result<String, Failure> {
    match &args.reason {
        Some(reason) if reason.trim().is_empty() => {
            Err(Failure::new(FailureKind::Usage, "take the reason", "it is blank; nothing was posted")
                .hint("Say what must change, so that the author can answer it: --reason REASON."))
        }
        Some(reason) => Ok(reason.clone()),
        None => input::required(context, &args.text, "reason", "--reason REASON").await,
    }
}

/// The way that every action goes.
async fn act(
    context: &Context,
    common: &ActCommon,
    decide: impl FnOnce(&Session, &Ground) -> Result<Action, Failure>,
) -> Result<(), Failure> {
    let session = context.session()?;
    if !common.dry_run {
        session.services.may_write()?;
    }
    let number = PullNumber(common.number);
    let unreached = if common.dry_run {
        known(&session, number).await?;
        None
    } else {
        reached(&session, number).await?
    };
    let ground = ground(&session, number)?;
    if let Some(at) = &common.at {
        same_head(&ground.pull, at)?;
    }
    let action = decide(&session, &ground)?;
    let intent = Intent {
        repo: session.services.repo.clone(),
        pull: number,
        head: ground.pull.head.clone(),
        action,
        created_at: session.services.clock.now(),
    };
    let would = expected(&session, &ground, &intent)
        .map_err(|bad| Failure::new(FailureKind::Usage, "post", bad.to_string()))?;
    if common.dry_run {
        return print(&if common.json {
            report::dry_run_json(&ground.pull, &would)
        } else {
            report::dry_run(context.out, &ground.pull, &would)
        });
    }
    if !common.yes {
        tell(report::dry_run(context.out, &ground.pull, &would).trim_end());
        if !input::confirm("Post this?")? {
            return Err(Failure::new(FailureKind::Local, "post", "you said no; nothing was posted"));
        }
    }
    if common.yes
        && let Some(why) = undone(&intent, &session.services.profile.prow)
    {
        // Whoever was asked has read it in the forecast.
        return Err(Failure::new(FailureKind::Refused, format!("act on {number}"), why).hint("Nothing was posted."));
    }
    // Whether the token may write is known by now.
    let id = session.services.enqueue(&intent, None)?;
    if let Some(failure) = unreached {
        // What was decided is kept; everything is looked at again before it goes out.
        session.services.store.outbox_due(id)?;
        return match session.services.store.outbox_row(id)? {
            Some(row) => Sent::Waiting(row, failure).into_result().map(drop),
            None => Err(failure),
        };
    }
    let row = session.services.send(id, How::Checked).await?.into_result()?;
    print(&if common.json { report::done_json(&row) } else { report::done(&row) })
}

fn expected(session: &Session, ground: &Ground, intent: &Intent) -> Result<Forecast, BadIntent> {
    let (facts, profile) = (&ground.facts, &session.services.profile);
    let owners = Tree::read(&facts.files.owners, facts.files.owners_aliases.as_deref());
    let roster = Roster::read(&facts.files, profile);
    let now = session.services.clock.now();
    let background = Background { facts, profile, roster: &roster, owners: &owners, now };
    forecast_intent(intent, &ground.me, &ground.pull, &background)
}

/// The newest facts: whoever acts on old ones is told, not obeyed.
async fn fresh(session: &Session, number: PullNumber) -> Result<(), Failure> {
    let facts = session.services.store.load(&session.services.repo)?;
    if facts.synced_at.is_none() || facts.viewer.is_none() {
        session.sync(Mode::Changed).await?;
    }
    session.services.refresh(number).await.map(drop)
}

/// The newest facts, or why there are none although the store has older ones: what is decided on those is kept and sent
/// later, after a new look.
async fn reached(session: &Session, number: PullNumber) -> Result<Option<Failure>, Failure> {
    let Err(failure) = fresh(session, number).await else { return Ok(None) };
    let services = &session.services;
    let here =
        services.store.pull(&services.repo, number)?.is_some() && services.store.load(&services.repo)?.viewer.is_some();
    if here && failure.exit_code() == 4 { Ok(Some(failure)) } else { Err(failure) }
}

/// Facts for a forecast: the newest where GitHub answers, else what the store has.
///
/// # Errors
/// Where neither has the proposal.
pub async fn known(session: &Session, number: PullNumber) -> Result<(), Failure> {
    let Err(failure) = fresh(session, number).await else { return Ok(()) };
    let services = &session.services;
    let here =
        services.store.pull(&services.repo, number)?.is_some() && services.store.load(&services.repo)?.viewer.is_some();
    if here && matches!(failure.exit_code(), 3 | 4) {
        tell(&format!("vepherd: {failure}\nThe forecast rests on what the local store has."));
        return Ok(());
    }
    Err(failure)
}

fn ground(session: &Session, number: PullNumber) -> Result<Ground, Failure> {
    let (facts, board) = session.services.board()?;
    let (pull, verdict) = show::find(session, &facts, &board, number)?;
    let pull = pull.clone();
    let viewer = board.viewer;
    let me = viewer.login.clone().ok_or_else(|| {
        Failure::new(FailureKind::Credentials, "act", "GitHub has not said yet whose token this is")
            .hint("Run `vepherd sync`.")
    })?;
    Ok(Ground { facts, pull, verdict, viewer, me })
}

fn same_head(pull: &PullFacts, at: &str) -> Result<(), Failure> {
    if pull.head.as_str().to_ascii_lowercase().starts_with(at) {
        return Ok(());
    }
    let cause = format!("the head moved since you read it: you read {at}, it is now {}", pull.head.short());
    Err(Failure::new(FailureKind::Refused, format!("act on {}", pull.number), cause).hint(format!(
        "Nothing was posted. Read {} again, then give --at {}.",
        pull.number,
        pull.head.short()
    )))
}

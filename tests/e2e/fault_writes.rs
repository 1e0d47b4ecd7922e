//! What each kind of trouble makes of a write: what is said, with which exit code, how the write stands then, and that
//! it is on GitHub once as soon as the trouble is over, without a restart. The table in `docs/faults.md` is made here:
//! `VEPHERD_WRITE_DOCS=1` writes it anew.

use std::fmt::Write as _;
use std::time::Duration;

use vepherd::domain::action::Action;
use vepherd::domain::failure::FailureKind;
use vepherd::shell::outbox::{How, Sent};
use vepherd::shell::store::OutboxState;
use vepherd::sim::faults::{Fault, Kind, Trouble};

use super::outbox::Desk;

/// Where the trouble strikes.
#[derive(Clone, Copy, PartialEq)]
enum At {
    /// The write itself.
    Write,
    /// The look at the proposal right before it.
    Check,
    /// The look for a write whose reply was lost.
    Reconcile,
}

impl At {
    const ALL: [Self; 3] = [Self::Write, Self::Check, Self::Reconcile];

    fn title(self) -> &'static str {
        match self {
            Self::Write => "The write itself",
            Self::Check => "The look at the proposal right before the write",
            Self::Reconcile => "The look for a write whose reply was lost",
        }
    }
}

fn troubles() -> Vec<(&'static str, Trouble)> {
    vec![
        ("502, not carried out", Trouble::BadGateway),
        ("503", Trouble::Unavailable),
        ("no answer, not carried out", Trouble::Silence),
        ("connection closed, not carried out", Trouble::Dropped),
        ("502 after it was carried out", Trouble::LostReply),
        ("no answer after it was carried out", Trouble::LostInSilence),
        ("connection closed after it was carried out", Trouble::LostInDrop),
        ("answer breaks off in its middle", Trouble::Truncated),
        ("answer is no JSON", Trouble::Garbage),
        ("answer after ten seconds", Trouble::Slow(Duration::from_secs(10))),
        ("401", Trouble::BadCredentials),
        ("403, the token may not", Trouble::NoScope),
        ("403, single sign-on asked for", Trouble::SsoRequired),
        ("404", Trouble::NotFound),
        ("422", Trouble::Rejected),
        ("secondary limit, Retry-After: 2", Trouble::SecondaryLimit(2)),
        ("hourly limit spent", Trouble::RateLimited),
    ]
}

struct Row {
    fault: &'static str,
    says: String,
    exit: u8,
    state: OutboxState,
    kind: Option<FailureKind>,
    after: &'static str,
}

async fn row(at: At, fault: &'static str, trouble: &Trouble) -> Row {
    let desk = Desk::new().await;
    match at {
        At::Write => desk.sim.inject(Fault::once(Kind::Write, trouble.clone())),
        // The first query asks whose token this is.
        At::Check => desk.sim.inject(Fault::once(Kind::Query, trouble.clone()).after(1).times(40)),
        At::Reconcile => {
            desk.sim.inject(Fault::once(Kind::Write, Trouble::LostReply));
            desk.sim.inject(Fault::once(Kind::Query, trouble.clone()).after(2).times(40));
        }
    }
    let id = desk.decide(Action::Comment { text: "Once, whatever happens.".into() });
    let sent = desk.services.send(id, How::Checked).await.unwrap();
    let state = sent.row().state;
    let failure = match &sent {
        Sent::Failed(_, failure) | Sent::Unknown(_, failure) | Sent::Waiting(_, failure) => Some(failure.clone()),
        Sent::Done(_) | Sent::Parked(_) => None,
    };
    let exit = sent.into_result().err().map_or(0, |failure| failure.exit_code());
    assert!(desk.writes().len() <= 1, "{}: {fault}", at.title());
    // The trouble is over; the same program goes on.
    desk.sim.clear_faults();
    desk.hands.forward(3700);
    let after = match state {
        OutboxState::Done => "",
        OutboxState::Failed => {
            assert_eq!(desk.services.send_all().await.unwrap(), [], "what GitHub refused waits for its user");
            let sent = desk.services.send(id, How::Checked).await.unwrap();
            assert!(matches!(sent, Sent::Done(_)), "{}: {fault}: {sent:?}", at.title());
            "sent when its user says so"
        }
        _ => {
            // A pause that GitHub has asked for is over by the machine's own clock, which no test moves.
            desk.services.store.set_meta("outbox.not-before", "2000-01-01T00:00:00Z").unwrap();
            let sent = desk.services.send_all().await.unwrap();
            assert!(matches!(sent.as_slice(), [Sent::Done(_)]), "{}: {fault}: {sent:?}", at.title());
            if state == OutboxState::Unknown { "looked for, sent if it is not there" } else { "sent by itself" }
        }
    };
    assert_eq!(desk.writes().len(), 1, "{}: {fault}", at.title());
    assert_eq!(desk.state(id), OutboxState::Done, "{}: {fault}", at.title());
    let kind = failure.as_ref().map(|failure| failure.kind);
    let says = failure.map_or_else(String::new, |failure| failure.cause);
    Row { fault, says, exit, state, kind, after }
}

/// What every row must fulfil, whatever its words are.
fn judge(at: At, row: &Row) {
    let place = format!("{}: {}", at.title(), row.fault);
    let done = row.state == OutboxState::Done;
    assert_eq!(done, row.exit == 0, "{place}");
    assert_eq!(row.says.is_empty(), done, "{place}: a failure says why");
    let exit = match row.kind {
        None => 0,
        Some(FailureKind::Credentials) => 3,
        Some(FailureKind::RateLimited | FailureKind::Network | FailureKind::Server) => 4,
        Some(FailureKind::Refused) => 5,
        Some(_) => 1,
    };
    assert_eq!(row.exit, exit, "{place}");
    match at {
        At::Write | At::Check => {}
        At::Reconcile => {
            assert!(matches!(row.state, OutboxState::Unknown | OutboxState::Done), "{place}: it stays in doubt")
        }
    }
}

/// The half of `docs/faults.md` that is about writes.
async fn table() -> String {
    let mut text = String::from(
        "## Writes\n\nA comment is sent while GitHub has the trouble of the first column. In every row it is on GitHub \
         exactly once in the end, without a restart.\n",
    );
    for at in At::ALL {
        let _ = write!(
            text,
            "\n### {}\n\n| trouble | what is said | exit code | the write is then | when the trouble is over |\n| --- | --- \
             | --- | --- | --- |\n",
            at.title()
        );
        for (fault, trouble) in troubles() {
            let row = row(at, fault, &trouble).await;
            judge(at, &row);
            let says = if row.says.is_empty() { "–".to_owned() } else { row.says.replace('|', "\\|") };
            let after = if row.after.is_empty() { "–" } else { row.after };
            let _ = writeln!(text, "| {} | {says} | {} | {} | {after} |", row.fault, row.exit, row.state.word());
        }
    }
    text
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "how the file is asked to be written anew")]
async fn every_trouble_of_a_write_is_in_the_docs() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let file = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- writes: made by a test -->\n", "<!-- end of writes -->\n");
    let (before, rest) = file.split_once(begin).expect("the place for writes");
    let (known, after) = rest.split_once(end).expect("the end of writes");
    let made = table().await;
    if std::env::var_os("VEPHERD_WRITE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{begin}{made}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(known, made, "VEPHERD_WRITE_DOCS=1 writes docs/faults.md anew");
}

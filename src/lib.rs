//! vepherd: a terminal dashboard for the people who decide on KubeVirt's enhancement proposals.
//!
//! # The map
//!
//! GitHub's answers are **facts**. What a user sees is a pure function of facts, profile, viewer and `now`. The app
//! turns messages into model changes plus effects. Only the shell touches the world.
//!
//! ```text
//!   keys, resize, signals      answers, timers, editor               subcommands
//!           │                          │                                  │
//!  ┌────────▼──────────────────────────▼──── shell::runtime ───┐          │
//!  │ one select loop: quit > answers > input > timers          │          │
//!  └────────┬─────────────────────────────────▲────────────────┘          │
//!           │ Msg                             │ Msg                       │
//!  ┌────────▼───────────── pure ─────────┐  ┌─┴──────────────────┐        │
//!  │ app::update ──mutates──▶ Model      │  │ shell: github,     │        │
//!  │     │ Effects             │ derive  │  │ store, outbox,     │        │
//!  │     │          domain::board(facts, │  │ editor, secrets    │        │
//!  │     │             profile,viewer,now)  └─▲──────────────────┘        │
//!  │     │            view::draw → Buffer│    │  octocrab over a tower service
//!  └─────┼───────────────────┼───────────┘    │     ├─ hyper + rustls (real)
//!        └── executed by ────┼────────────────┘     └─ sim, in process (demo, tests)
//!                         terminal        store → facts → board → text | JSON ◀──┘
//! ```
//!
//! | layer | what lives there | may use |
//! | --- | --- | --- |
//! | [`domain`] | facts, Prow's rules, verdicts, the board, actions as text: pure | nothing of ours |
//! | [`app`] | the state machine: model, messages, effects, actions and their keys: pure | domain |
//! | [`view`] | drawing: model and area in, cells out: pure | app, domain |
//! | `shell` | network, store, terminal, clock: the only layer that touches the world | view, app, domain |
//! | `sim` | the embedded GitHub with Prow's robots, for the demo and the tests | domain |
//! | `cli` | arguments, one file per subcommand | all |
//!
//! The layers are enforced three ways, because boundaries written only in prose erode: crates that do IO sit behind
//! the feature `io`, and `cargo check --lib --no-default-features` compiles the pure layers alone; `tests/arch`
//! walks every path of every file; `clippy.toml` bans the wall clock, the environment and the like outside their one
//! home.

pub mod app;
pub mod domain;
pub mod view;

#[cfg(feature = "io")]
pub mod cli;
#[cfg(feature = "io")]
pub mod shell;
#[cfg(feature = "io")]
pub mod sim;

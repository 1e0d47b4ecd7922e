//! Signals that ask the process to end or to stop, as events: the terminal is restored before anything else happens.

use std::process::Stdio;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::domain::failure::{Failure, FailureKind};

/// The signals that end a session: SIGTERM, SIGHUP (the terminal is gone), SIGINT (raw mode makes Ctrl-C a key, so
/// this one comes from another process), SIGQUIT.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    quit: Signal,
}

impl Signals {
    /// Starts to listen; from here on none of them kills the process by itself.
    ///
    /// # Errors
    /// Where the system does not allow it.
    pub fn listen() -> Result<Self, Failure> {
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
            interrupt: listen(SignalKind::interrupt())?,
            quit: listen(SignalKind::quit())?,
        })
    }

    /// Waits for one of them.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.quit.recv() => {}
        }
    }

    /// A Ctrl-C that was typed while an editor had the terminal was meant for the editor.
    pub fn forget_interrupt(&mut self) {
        match listen(SignalKind::interrupt()) {
            Ok(fresh) => self.interrupt = fresh,
            Err(failure) => tracing::warn!(%failure, "an old interrupt may end the session"),
        }
    }
}

fn listen(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::new(FailureKind::Local, "listen to signals", error.to_string()))
}

/// Stops this process as Ctrl-Z would; returns when it goes on. The program `kill` sends the signal, because a signal
/// cannot be raised in safe code.
///
/// # Errors
/// Where `kill` cannot be run.
pub async fn stop_self() -> Result<(), Failure> {
    let mut command = tokio::process::Command::new("kill");
    command
        .args(["-TSTP", &std::process::id().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let failed = |cause: String| Failure::new(FailureKind::Local, "stop the program for the shell", cause);
    match command.status().await {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!("`kill` ended with {status}"))),
        Err(error) => Err(failed(error.to_string())),
    }
}

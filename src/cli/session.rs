//! A command's surroundings: settings, store and the way to GitHub, for real use or over the embedded simulator in
//! this process. Commands do not know which.

use std::path::PathBuf;
use std::sync::Arc;

use super::args::Global;
use super::output::{Out, tell};
use crate::domain::failure::Failure;
use crate::shell::config::{Env, Flags, Settings};
use crate::shell::github::Client;
use crate::shell::github::connect::Wire;
use crate::shell::github::proxy::Proxies;
use crate::shell::paths::Paths;
use crate::shell::secrets;
use crate::shell::services::Services;
use crate::shell::store::Store;
use crate::shell::sync::{Mode, Progress};
use crate::sim::faults::Fault;
use crate::sim::{self, Sim};

/// What every command has before it opens anything.
#[derive(Debug)]
pub struct Context {
    /// The environment.
    pub env: Env,
    /// The command line's common part.
    pub global: Global,
    /// Where files are.
    pub paths: Paths,
    /// The settings, good or bad.
    pub settings: Settings,
    /// Where results go.
    pub out: Out,
    /// Faults of the demo's GitHub.
    pub faults: Vec<Fault>,
}

/// Everything open.
#[derive(Debug)]
pub struct Session {
    /// The services.
    pub services: Services,
    /// The simulator, in the demo.
    pub demo: Option<Sim>,
}

impl Context {
    /// Reads settings. Bad ones are kept for [`Context::session`] to refuse.
    ///
    /// # Errors
    /// Where the system names no place for files.
    pub fn new(env: Env, global: Global) -> Result<Self, Failure> {
        let paths = Paths::find(&env)?;
        let flags = Flags { repo: global.repo.clone(), profile: global.profile.clone(), read_only: global.read_only };
        let settings = Settings::read(&flags, &env, &paths);
        let out = Out::of_stdout(global.color.map(Into::into), &env, settings.color);
        Ok(Self { env, global, paths, settings, out, faults: Vec::new() })
    }

    /// Opens store and client. Where there is no token, the services say so when somebody asks for GitHub.
    ///
    /// # Errors
    /// Where the settings are bad, or the store cannot be opened.
    pub fn session(&self) -> Result<Session, Failure> {
        if self.global.demo {
            return self.demo();
        }
        self.settings.require_good()?;
        self.lenient()
    }

    /// The same for the TUI, which starts with bad settings and shows them.
    ///
    /// # Errors
    /// Where the store cannot be opened.
    pub fn lenient(&self) -> Result<Session, Failure> {
        if self.global.demo {
            return self.demo();
        }
        let store = Store::open(&self.paths.store())?;
        if let Some(notice) = store.notice() {
            tell(&format!("vepherd: {notice}"));
        }
        let api = &self.settings.api.value;
        let client = secrets::find(&self.env, api).and_then(|token| Client::connect(api, token.secret, &self.wire()?));
        let services = Services {
            repo: self.settings.repo.value.clone(),
            profile: Arc::new(self.settings.profile.clone()),
            sigs: self.settings.sigs.clone(),
            store: Arc::new(store),
            clock: self.settings.clock(),
            client,
            writing: self.settings.writing(),
        };
        Ok(Session { services, demo: None })
    }

    /// The made-up world: its own repository and profile, a store that goes with the process.
    fn demo(&self) -> Result<Session, Failure> {
        let clock = self.settings.clock();
        let world = sim::demo::world(clock.now());
        let token = world.token.clone();
        let sim = Sim::new(world, clock.as_fn());
        for fault in &self.faults {
            sim.inject(fault.clone());
        }
        let profile = crate::domain::profile::Profile::kubevirt();
        let services = Services {
            repo: profile.repo.clone(),
            profile: Arc::new(profile),
            sigs: None,
            store: Arc::new(Store::in_memory()?),
            clock,
            client: Client::over(sim.clone(), "http://127.0.0.1", token.into()),
            writing: self.settings.writing(),
        };
        Ok(Session { services, demo: Some(sim) })
    }

    /// How the network is used.
    ///
    /// # Errors
    /// Where a proxy is set that cannot be used.
    pub fn wire(&self) -> Result<Wire, Failure> {
        Ok(Wire { proxies: Proxies::read(&self.env)?, at_once: self.settings.requests_at_once })
    }

    /// A folder for the editor's file, private to the user.
    #[must_use]
    pub fn scratch(&self) -> PathBuf {
        self.paths.state.clone()
    }
}

impl Session {
    /// Syncs, with progress on stderr where that is a terminal, and says there what is incomplete.
    ///
    /// # Errors
    /// As the sync.
    pub async fn sync(&self, mode: Mode) -> Result<crate::shell::sync::Summary, Failure> {
        let meter = Meter::new();
        let outcome = self.services.sync(mode, &|progress| meter.show(progress)).await;
        meter.clear();
        let summary = outcome?;
        for warning in &summary.warnings {
            tell(&format!("vepherd: {}", crate::domain::text::sanitize_line(warning)));
        }
        Ok(summary)
    }

    /// Syncs unless `offline`. Where GitHub cannot be reached but the store has something, the failure comes back as a
    /// value: what is there is shown, and the exit code still says it.
    ///
    /// # Errors
    /// Where nothing can be shown: no credentials, no such repository, or an empty store.
    pub async fn fresh(&self, offline: bool) -> Result<Option<Failure>, Failure> {
        let known = self.services.store.load(&self.services.repo)?.synced_at;
        if offline && self.demo.is_none() {
            return match known {
                Some(_) => Ok(None),
                None => Err(Failure::new(
                    crate::domain::failure::FailureKind::Store,
                    format!("show {}", self.services.repo),
                    "the local store has nothing of it yet",
                )
                .hint("Run `vepherd sync` while GitHub can be reached.")),
            };
        }
        match (self.sync(Mode::Changed).await, known) {
            (Ok(_), _) => Ok(None),
            (Err(failure), Some(at)) if failure.exit_code() == 4 => {
                // The failure itself comes at the end, with the exit code.
                tell(&format!("vepherd: GitHub was not reached; this is what the local store has, synced {at:.0}"));
                Ok(Some(failure))
            }
            (Err(failure), _) => Err(failure),
        }
    }
}

/// One line of progress that is rewritten, on a terminal only.
struct Meter {
    on: bool,
}

impl Meter {
    fn new() -> Self {
        Self { on: std::io::IsTerminal::is_terminal(&std::io::stderr()) }
    }

    fn show(&self, progress: Progress) {
        let count = if progress.total > 0 { format!(" {}/{}", progress.done, progress.total) } else { String::new() };
        self.write(&format!("\r\u{1b}[K{}{count}", progress.stage.words()));
    }

    fn clear(&self) {
        self.write("\r\u{1b}[K");
    }

    fn write(&self, text: &str) {
        use std::io::Write as _;
        if self.on {
            let mut stderr = std::io::stderr().lock();
            let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
        }
    }
}

//! How tests run the binary, and the server that they run it against.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use serde_json::Value;
use vepherd::sim::Sim;
use vepherd::sim::serve::Server;
use vepherd::sim::world::{Edit, ItemRef, World};

use crate::e2e::sim_kit::Hands;

/// The moment at which every process's clock stands.
pub const NOW: &str = "2026-03-01T00:00:00Z";

/// One user's folders and environment.
pub struct Bench {
    pub folder: tempfile::TempDir,
    vars: Vec<(String, String)>,
}

/// How a process ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The exit code, with everything said where it is another.
    #[track_caller]
    pub fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Stderr says this.
    #[track_caller]
    pub fn says(&self, part: &str) -> &Self {
        assert!(self.err.contains(part), "`{part}` is not in stderr:\n{}", self.err);
        self
    }

    /// Stdout as JSON lines: nothing else may be on it.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}:\n{line}\n{}", self.err));
        self.out.lines().map(line).collect()
    }

    /// Stdout as JSON: nothing else may be on it.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.out, self.err))
    }
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bench = Self { folder, vars: Vec::new() };
        let config = bench.path("config.toml").display().to_string();
        bench.var("VEPHERD_CONFIG", config).var("VEPHERD_NOW", NOW)
    }

    pub fn var(mut self, name: &str, value: impl Into<String>) -> Self {
        self.vars.retain(|(other, _)| other != name);
        self.vars.push((name.into(), value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The binary with nothing of the tester's environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vepherd"));
        command.env_clear().current_dir(self.folder.path()).args(args);
        command.env("HOME", self.folder.path());
        command.env("VEPHERD_DATA_DIR", self.path("data")).env("VEPHERD_STATE_DIR", self.path("state"));
        command.envs(self.vars.iter().cloned());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    pub fn run_with(&self, args: &[&str], stdin: impl AsRef<[u8]> + Send) -> Ran {
        let mut child =
            self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut into = child.stdin.take().unwrap();
        // Fed beside the reading: a process that answers while it reads would wait for a reader, and we for it.
        let Output { status, stdout, stderr } = std::thread::scope(|scope| {
            scope.spawn(move || {
                // A process that has refused already does not read any more.
                let _ = into.write_all(stdin.as_ref());
            });
            child.wait_with_output().unwrap()
        });
        Ran {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }
}

/// A simulated GitHub behind HTTP, on a thread of its own. It stops with this value.
pub struct Hub {
    pub sim: Sim,
    pub url: String,
    pub pull: ItemRef,
    /// The server's clock, which moves only by hand.
    pub hands: Hands,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Hub {
    /// The small world of the end-to-end tests, with `sam` as the representative of SIG compute.
    pub fn small() -> Self {
        let (mut world, _, pull) = crate::e2e::sim_kit::world();
        let start = crate::e2e::sim_kit::at("2026-01-01T00:00:00Z");
        let aliases = "aliases:\n  sig-compute-approvers:\n  - sam\n  sig-network-approvers:\n  - carl\n";
        let kubevirt = world.repo("kubevirt/kubevirt", start);
        world.write(&kubevirt, "main", start, "ada", "Aliases", &[Edit::text("OWNERS_ALIASES", aliases)]);
        let sigs = "sigs:\n- dir: sig-compute\n  name: Compute\n- dir: sig-network\n  name: Network\n- dir: sig-storage\n  name: Storage\n";
        let community = world.repo("kubevirt/community", start);
        world.write(&community, "main", start, "ada", "SIGs", &[Edit::text("sigs.yaml", sigs)]);
        Self::serve(world, pull)
    }

    pub fn serve(world: World, pull: ItemRef) -> Self {
        let hands = Hands::at(NOW);
        let clock = hands.clone();
        let sim = Sim::new(world, Arc::new(move || clock.now()));
        let (tell, hear) = std::sync::mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = sim.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let server = Server::bind(0).await.unwrap();
                tell.send(server.url()).unwrap();
                let stopped = async {
                    let _ = stopped.await;
                };
                server.run(served, stopped).await.unwrap();
            });
        });
        let url = hear.recv().unwrap();
        Self { sim, url, pull, hands, stop: Some(stop), thread: Some(thread) }
    }

    /// A user whose vepherd speaks to this server.
    pub fn user(&self) -> Bench {
        Bench::new().var("VEPHERD_GITHUB_API", self.url.as_str()).var("VEPHERD_TOKEN", "sim-token")
    }

    /// Bodies of the REST writes that were carried out, with their paths.
    pub fn writes(&self) -> Vec<(String, Value)> {
        let log = self.sim.log();
        let writes = log.into_iter().filter(|it| it.applied && it.path != "/graphql");
        writes.map(|it| (format!("{} {}", it.method, it.path), serde_json::from_str(&it.body).unwrap())).collect()
    }

    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.stop();
    }
}

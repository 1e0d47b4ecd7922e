//! `vepherd demo`: the made-up world on a terminal, as plain text in a pipe, or served to any client of GitHub.

use std::path::Path;

use serde_json::json;

use super::args::DemoArgs;
use super::output::print;
use super::session::Context;
use super::tui;
use crate::domain::failure::{Failure, FailureKind};
use crate::sim::faults::{self, Fault};
use crate::sim::serve::Server;
use crate::sim::{Sim, demo};

/// Runs it.
///
/// # Errors
/// As the TUI; where the port is taken.
pub async fn run(context: &Context, args: &DemoArgs) -> Result<(), Failure> {
    let faults = args.faults.as_deref().map(read_faults).transpose()?.unwrap_or_default();
    if args.serve {
        return serve(context, args.port.unwrap_or(0), faults).await;
    }
    let mut demo = Context::new(context.env.clone(), context.global.clone())?;
    demo.global.demo = true;
    demo.faults = faults;
    tui::run(&demo).await
}

fn read_faults(path: &Path) -> Result<Vec<Fault>, Failure> {
    let failed = |cause: String| {
        Failure::new(FailureKind::Usage, format!("read the faults in {}", path.display()), cause)
            .hint("`vepherd demo --help` says how such a file is written.")
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    faults::read(&text).map_err(failed)
}

async fn serve(context: &Context, port: u16, faults: Vec<Fault>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(FailureKind::Local, "serve the demo", error.to_string())
            .hint("Give another --port, or none for a free one.")
    };
    let clock = context.settings.clock();
    let world = demo::world(clock.now());
    let token = world.token.clone();
    let sim = Sim::new(world, clock.as_fn());
    for fault in faults {
        sim.inject(fault);
    }
    let server = Server::bind(port).await.map_err(failed)?;
    print(&format!("{}\n", json!({ "url": server.url(), "token": token })))?;
    let stop = async {
        // Where no signal can be heard, only the end of the process stops it.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    server.run(sim, stop).await.map_err(failed)
}

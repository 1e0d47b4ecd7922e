//! `vepherd demo`: the made-up world on a terminal, as plain text in a pipe, or served to any client of GitHub.

use serde_json::json;

use super::args::DemoArgs;
use super::output::print;
use super::session::Context;
use super::tui;
use crate::domain::failure::{Failure, FailureKind};
use crate::sim::serve::Server;
use crate::sim::{Sim, demo};

/// Runs it.
///
/// # Errors
/// As the TUI; where the port is taken.
pub async fn run(context: &Context, args: &DemoArgs) -> Result<(), Failure> {
    if args.serve {
        return serve(context, args.port.unwrap_or(0)).await;
    }
    let mut demo = Context::new(context.env.clone(), context.global.clone())?;
    demo.global.demo = true;
    tui::run(&demo).await
}

async fn serve(context: &Context, port: u16) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(FailureKind::Local, "serve the demo", error.to_string())
            .hint("Give another --port, or none for a free one.")
    };
    let clock = context.settings.clock();
    let world = demo::world(clock.now());
    let token = world.token.clone();
    let sim = Sim::new(world, clock.as_fn());
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

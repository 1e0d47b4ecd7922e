//! Hands arguments and environment to the command line, and its exit code to the system.

use std::process::ExitCode;

use vepherd::cli;
use vepherd::shell::config::Env;

fn main() -> ExitCode {
    cli::run(std::env::args_os(), Env::of_process())
}

//! The command line: arguments, one file per subcommand, output as text or JSON.

pub mod owners;
pub mod prow;

//! Parses arguments, runs, and maps the failure's kind to an exit code.

fn main() {}

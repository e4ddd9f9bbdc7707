//! `ponte`: the operator's tool. Arguments in, exit code out; all else is in the library.

use std::process::ExitCode;

use clap::Parser;
use ponte_cli::{Arguments, parsed, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => run(arguments).await,
        Err(error) => parsed(&error),
    }
}

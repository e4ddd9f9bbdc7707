//! `ponte`: the operator's tool. Arguments in, exit code out; all else is in the library.

use std::process::ExitCode;

use clap::Parser;
use ponte_cli::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(Arguments::parse()).await
}

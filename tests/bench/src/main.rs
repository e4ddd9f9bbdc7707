//! `make bench` and `make cost`: the functions as they are deployed, between services that are played on this machine.

#![allow(clippy::print_stdout, reason = "a tool for people who watch it")]

mod aws;
mod bench;
mod event;
mod expression;
mod far;
mod lambda;
mod measure;
mod meter;
mod wire;
mod world;

use std::path::PathBuf;

use anyhow::Result;
use bench::Bench;
use clap::Parser;

#[derive(Debug, Parser)]
struct Arguments {
    /// The repository, with the functions built below `target`.
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Node, and the Python that has boto3.
    #[arg(long, default_value = "node")]
    node: PathBuf,
    #[arg(long, default_value = "python3")]
    python: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = arguments.root.canonicalize()?;
    let mut bench = Bench::start(&root, arguments.node, arguments.python).await?;
    let figures = bench.figures().await?;
    println!("{figures:#?}");
    Ok(())
}

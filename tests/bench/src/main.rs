//! `make bench` and `make cost`: the functions as they are deployed, between services that are played on this machine.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for people who watch it")]

mod aws;
mod bench;
mod cores;
mod cost;
mod event;
mod expression;
mod files;
mod growth;
mod lambda;
mod measure;
mod memory;
mod meter;
mod plot;
mod relay;
mod report;
mod server;
mod wire;
mod world;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};

use bench::{BLIP_WEBHOOK, Bench, FLOOR, FULL, Figures, Load, NODE_WEBHOOK, TO_HELPDESK};
use cores::Cores;
use cost::{Costs, PRICED, Prices};
use event::Customer;
use growth::Growth;
use relay::{Arrival, Direction, Plan, Relayed};
use report::Report;

/// The most conversations in flight.
const MANY: u64 = 1_000;
/// Rounds of a comparison.
const ROUNDS: usize = 5;
/// Messages a second of the run whose times are a goal.
const RATE: u32 = 100;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The repository, with the functions built below `target`.
    #[arg(long, global = true, default_value = ".")]
    root: PathBuf,
    /// Node.
    #[arg(long, global = true, default_value = "node")]
    node: PathBuf,
    /// A Python that has boto3.
    #[arg(long, global = true, default_value = "python3")]
    python: PathBuf,
    /// Prints the page and leaves `docs/` as it is.
    #[arg(long, global = true)]
    dry: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Measures everything and rewrites docs/performance.md.
    Bench,
    /// Counts the operations of a message and prices a million.
    Cost,
    /// Measures whole directions and growth only, and prints the page without the rest.
    Relay,
    /// Measures single programs only.
    Programs,
    /// Gives a worker batches of ten files, and says how much memory it took at most.
    Files,
    /// Calls the webhook endpoints beside the floor and Node, again and again: for comparing a change with what was before.
    Endpoints,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = arguments.root.canonicalize()?;
    let prices = Prices::read(&root)?;
    let mut bench = Bench::start(&root, arguments.node, arguments.python).await?;
    let docs = (!arguments.dry).then(|| root.join("docs"));
    match arguments.what {
        What::Bench => all(&mut bench, prices, docs.as_deref()).await,
        What::Cost => price(&mut bench, prices, docs.as_deref()).await,
        What::Relay => {
            bench.open(BLIP_WEBHOOK, TO_HELPDESK, MANY).await?;
            let (relayed, grown) = (relayed(&mut bench).await?, grown(&mut bench).await?);
            println!("{}", report::relays(&relayed, &grown)?);
            Ok(())
        }
        What::Files => {
            bench.open(BLIP_WEBHOOK, TO_HELPDESK, bench::CUSTOMERS).await?;
            let warm = bench.warm(TO_HELPDESK, Load::TenFiles).await?;
            println!(
                "bench: {} KiB at most, {:?} a megabyte; {:?}",
                warm.peak_kib,
                report::copying(&warm),
                warm.counts
            );
            Ok(())
        }
        What::Endpoints => {
            Cores::one()?;
            for _ in 0..ROUNDS {
                for name in [FLOOR, BLIP_WEBHOOK, NODE_WEBHOOK] {
                    bench.warm(name, Load::Single).await?;
                }
            }
            Ok(())
        }
        What::Programs => {
            let figures = bench.figures().await?;
            let costs = Costs::of(&figures, prices)?;
            println!("{}", Report { figures, relayed: Vec::new(), grown: Vec::new(), costs }.markdown()?);
            Ok(())
        }
    }
}

async fn all(bench: &mut Bench, prices: Prices, docs: Option<&Path>) -> Result<()> {
    let figures = bench.figures().await?;
    let grown = grown(bench).await?;
    bench.open(BLIP_WEBHOOK, TO_HELPDESK, MANY).await?;
    let relayed = relayed(bench).await?;
    let costs = Costs::of(&figures, prices)?;
    let report = Report { figures, relayed, grown, costs };
    let (page, costs) = (report.markdown()?, report.costs.markdown()?);
    println!("\n{page}\n{costs}");
    if let Some(docs) = docs {
        report::rewrite(&docs.join("performance.md"), "bench", &page)?;
        report::rewrite(&docs.join("performance.md"), "cost", &costs)?;
        plot::plots(&report.figures, docs)?;
    }
    Ok(())
}

async fn price(bench: &mut Bench, prices: Prices, docs: Option<&Path>) -> Result<()> {
    bench.open(BLIP_WEBHOOK, TO_HELPDESK, bench::CUSTOMERS).await?;
    let mut figures = Figures::default();
    let together = Cores::one()?;
    for (name, load) in PRICED {
        figures.warm.insert((name, load), bench.warm(name, load).await?);
    }
    together.give_back()?;
    let page = Costs::of(&figures, prices)?.markdown()?;
    println!("\n{page}");
    docs.map_or(Ok(()), |docs| report::rewrite(&docs.join("performance.md"), "cost", &page))
}

async fn grown(bench: &mut Bench) -> Result<Vec<Growth>> {
    let mut grown = Vec::new();
    for (worker, [old, young]) in growth::WORKERS.into_iter().zip([[0, 1], [2, 3]]) {
        grown.push(growth::growth(bench, worker, Customer(old), Customer(young)).await?);
    }
    Ok(grown)
}

async fn relayed(bench: &mut Bench) -> Result<Vec<Relayed>> {
    let mut relayed = Vec::new();
    for plan in plans() {
        relayed.push(relay::relay(bench, plan).await?);
    }
    Ok(relayed)
}

/// All runs of whole directions.
fn plans() -> Vec<Plan> {
    let mut plans = Vec::new();
    for direction in [Direction::ToHelpdesk, Direction::ToCustomer] {
        for conversations in [1, 10, MANY] {
            for batch in [1, FULL] {
                let messages = if conversations == MANY { 5_000 } else { 2_000 };
                plans.push(Plan { direction, conversations, batch, messages, arrival: Arrival::InTurn });
            }
        }
        let arrival = Arrival::ASecond(RATE);
        plans.push(Plan { direction, conversations: 100, batch: FULL, messages: 2_000, arrival });
    }
    plans
}

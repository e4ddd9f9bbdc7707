//! `ponte-simulator demo` plays two scripted conversations over the deployed stack and judges them (`demo-helper`: three, with an
//! assistant behind Rasa's REST channel; `demo-site`: two, with a company's own site in Blip's place); `ponte-simulator local` leaves
//! the stack running to play with. All start the stack, and stop it again on every way out, Ctrl-C included.
//!
//! `infra/local/build.sh` must have run: the stack is deployed from what it built.
#![allow(clippy::print_stdout, clippy::print_stderr)] // its output is for people

mod columns;
mod local;
mod operator_env;
mod transcript;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use ponte_simulator::Simulator;
use ponte_simulator::demo::{STEP_LIMIT, play, play_assistant, play_site};
use ponte_simulator::stack::{self, Stack};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "ponte-simulator demo|demo-helper|demo-site|local [--state DIR]";

enum Mode {
    Demo,
    /// With an assistant that answers in the call itself in the helpdesk's place.
    DemoHelper,
    /// With a company's own site in Blip's place.
    DemoSite,
    Local,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all went well.
async fn run() -> Result<bool> {
    let (mode, state) = arguments()?;
    let mut simulator = Simulator::start(stack::config()).await?;
    let mut stack = Stack::new(state);
    match mode {
        Mode::DemoHelper => stack = stack.with_assistant(&simulator),
        Mode::DemoSite => stack = stack.with_rest_channel(),
        Mode::Demo | Mode::Local => stack = stack.with_teams()?,
    }
    if matches!(mode, Mode::Local) {
        simulator.serve_playground().await?;
    }
    let outcome = tokio::select! {
        biased; // Ctrl-C also ends up.sh, and that is no failure
        stopped = interrupted() => stopped.and(Err(anyhow!("stopped by a signal"))),
        outcome = use_stack(&mode, &simulator, &mut stack) => outcome,
    };
    stack.down().await;
    match (mode, outcome) {
        // Ctrl-C is how one leaves `local`.
        (Mode::Local, Err(error)) if error.to_string().starts_with("stopped") => Ok(true),
        (Mode::Local, outcome) => outcome.map(|()| true),
        (Mode::Demo | Mode::DemoHelper | Mode::DemoSite, outcome) => Ok(judge(&simulator, outcome)),
    }
}

async fn use_stack(mode: &Mode, simulator: &Simulator, stack: &mut Stack) -> Result<()> {
    simulator.connect(stack.up(simulator).await?);
    match mode {
        Mode::Demo => {
            println!("demo: two conversations, side by side");
            play(simulator, STEP_LIMIT).await
        }
        Mode::DemoHelper => {
            println!("demo: three conversations with an assistant, side by side");
            play_assistant(simulator, STEP_LIMIT).await
        }
        Mode::DemoSite => {
            println!("demo: two conversations of a company's own site, side by side");
            play_site(simulator, &stack.rest_channel()?, STEP_LIMIT).await
        }
        Mode::Local => local::tail(simulator, stack).await,
    }
}

/// Prints what each side saw and the verdict; the last line is the verdict's.
fn judge(simulator: &Simulator, played: Result<()>) -> bool {
    transcript::print(simulator);
    let (verdict, ledger) = (simulator.verdict(), simulator.ledger());
    for refusal in &ledger.refusals {
        println!("! the bridge refused a delivery: {refusal}");
    }
    let complete = played.map_err(|error| println!("! {error:#}")).is_ok();
    println!("{verdict}");
    // Here nothing was provoked, so a fault on the wire counts too.
    complete && verdict.is_clean() && verdict.details.is_empty() && ledger.refusals.is_empty()
}

fn arguments() -> Result<(Mode, PathBuf)> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (mode, state) = match words.as_slice() {
        [mode] => (*mode, None),
        [mode, "--state", state] => (*mode, Some(PathBuf::from(state))),
        _ => bail!(USAGE),
    };
    let mode = match mode {
        "demo" => Mode::Demo,
        "demo-helper" => Mode::DemoHelper,
        "demo-site" => Mode::DemoSite,
        "local" => Mode::Local,
        _ => bail!(USAGE),
    };
    Ok((mode, state.unwrap_or_else(|| PathBuf::from(".ponte").join(words.concat()))))
}

async fn interrupted() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}

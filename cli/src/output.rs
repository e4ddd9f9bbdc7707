//! Runs a command and prints what came of it: tables for people, one JSON document for programs. Standard output is for
//! this alone; progress, audit lines and problems go to standard error.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the one place that prints")]

use std::{io::IsTerminal as _, process::ExitCode, time::Duration};

use serde::Serialize;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    Arguments, Problem, Stack,
    arguments::{Command, Conversations, Customer, Parked, Whose},
    aws,
    conversations::{self, Whom},
    customer::{self, Contact, Erasing},
    parked::{self, Detail, Which},
    progress::bar,
    words,
};

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Words,
    Json,
}

/// Does what the arguments say. The exit code is the problem's, or 0.
pub async fn run(arguments: Arguments) -> ExitCode {
    // The shared code says here what a service answered, as a code. A second start in one process keeps the first.
    let warnings = tracing_subscriber::fmt().with_max_level(LevelFilter::WARN).with_writer(std::io::stderr);
    let _ = warnings.without_time().with_target(false).try_init();
    let output = if arguments.json { Output::Json } else { Output::Words };
    match command(arguments, output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ponte: {problem}");
            ExitCode::from(problem.code())
        }
    }
}

async fn command(arguments: Arguments, output: Output) -> Result<(), Problem> {
    let config = aws::config(arguments.region).await;
    let mut stack = Stack::open(&config, &arguments.stack).await?;
    match arguments.command {
        Command::Conversations(command) => on_conversations(&stack, command, output).await,
        Command::Parked(command) => on_parked(&mut stack, command, output).await,
        Command::Customer(command) => on_customer(&stack, command, output).await,
    }
}

async fn on_conversations(stack: &Stack, command: Conversations, output: Output) -> Result<(), Problem> {
    match command {
        Conversations::List { state, limit } => {
            let bar = bar(None, "read");
            let listed = conversations::list(stack, state, limit, |read| bar.inc(read)).await?;
            bar.finish_and_clear();
            output.print(&listed, || words::conversations(&listed))
        }
        Conversations::Show { whom, personal } => {
            let whom = if whom == "-" { line()? } else { whom };
            let view = conversations::show(stack, &Whom::parse(&whom)?, detail(personal)).await?;
            output.print(&view, || words::fields(&view))
        }
        Conversations::Close { opening, service } => {
            let Whom::Opening(opening) = Whom::parse(&opening)? else {
                return Err(Problem::Usage("close takes an opening: see ponte conversations show".to_owned()));
            };
            let closed = conversations::close(stack, &opening, service.as_deref()).await?;
            output.print(&closed, || words::closed(closed.outcome).to_owned())
        }
    }
}

async fn on_parked(stack: &mut Stack, command: Parked, output: Output) -> Result<(), Problem> {
    match command {
        Parked::List { queue } => {
            let bar = bar(None, "seen");
            let listed = parked::list(stack, queue, |seen| bar.inc(seen)).await?;
            bar.finish_and_clear();
            output.print(&listed, || words::parked(&listed))
        }
        Parked::Show { id, queue, personal } => {
            let shown = parked::show(stack, queue, &id, detail(personal)).await?;
            output.print(&shown, || words::fields(&shown))
        }
        Parked::Replay { queue, conversation, .. } => {
            let which = conversation.map_or(Which::All, |conversation| Which::One(conversation.to_ascii_lowercase()));
            let total = if which == Which::All { Some(parked::count(stack, queue).await?) } else { None };
            let bar = bar(total, "sent back");
            stack.audit.beside(&bar);
            let replayed = parked::replay(stack, queue, &which, |sent| bar.inc(sent)).await?;
            bar.finish_and_clear();
            output.print(&replayed, || words::replayed(&replayed))?;
            match (replayed.left.len(), replayed.not_handed_out) {
                (0, 0) => Ok(()),
                (0, copies) => Err(Problem::Left(format!(
                    "about {copies} were not handed out: somebody else holds them for up to two minutes, or SQS counted \
                     late; run the command again"
                ))),
                (groups, _) => Err(Problem::Left(format!("not sent back to their end: {groups} groups"))),
            }
        }
        Parked::Drop { id, queue, reason } => {
            let dropped = parked::discard(stack, queue, &id, &reason).await?;
            output.print(&dropped, || "dropped".to_owned())
        }
    }
}

async fn on_customer(stack: &Stack, command: Customer, output: Output) -> Result<(), Problem> {
    match command {
        Customer::Export { whose, to } => {
            let key = whom(whose)?.key(&stack.key);
            let to = to.unwrap_or_else(|| customer::folder(&key));
            let exported = customer::export(stack, &key, &to).await?;
            output.print(&exported, || words::exported(&exported))?;
            match exported.unseen.len() {
                0 => Ok(()),
                _ => Err(Problem::Left("something may be missing, see above".to_owned())),
            }
        }
        Customer::Erase { whose, yes, force, contact, wait } => {
            let key = whom(whose)?.key(&stack.key);
            let contact = contact.map(|identity| match identity.as_deref() {
                None => Ok(Contact::OfAddress),
                Some("-") => Contact::parse(&line()?),
                Some(identity) => Contact::parse(identity),
            });
            let how = Erasing { force, wait: Duration::from_secs(wait), contact: contact.transpose()? };
            let plan = customer::plan(stack, &key).await?;
            eprintln!("{}", words::plan(&plan, &how));
            if !yes {
                consent()?;
            }
            let erased = customer::erase(stack, &plan, &how).await?;
            output.print(&erased, || words::erased(&erased))?;
            match erased.left.len() {
                0 => Ok(()),
                _ => Err(Problem::Left("something may be left, see above".to_owned())),
            }
        }
    }
}

fn whom(whose: Whose) -> Result<Whom, Problem> {
    let whom = if whose.whom == "-" { line()? } else { whose.whom };
    if whose.rest { Whom::of_sender(&whom) } else { Whom::parse(&whom) }
}

/// Asks whoever is there.
fn consent() -> Result<(), Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(Problem::Usage("nothing is erased: nobody is there to be asked, see --yes".to_owned()));
    }
    eprint!("This cannot be undone. Type erase to go on: ");
    if line()?.trim() == "erase" { Ok(()) } else { Err(Problem::NotPossible("nothing is erased".to_owned())) }
}

impl Output {
    fn print<T: Serialize>(self, result: &T, words: impl FnOnce() -> String) -> Result<(), Problem> {
        match self {
            Self::Words => println!("{}", words()),
            Self::Json => println!(
                "{}",
                serde_json::to_string_pretty(result).map_err(|error| Problem::Failed(error.to_string()))?
            ),
        }
        Ok(())
    }
}

fn detail(personal: bool) -> Detail {
    if personal { Detail::Personal } else { Detail::Redacted }
}

fn line() -> Result<String, Problem> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| Problem::Usage(error.to_string()))?;
    Ok(line)
}

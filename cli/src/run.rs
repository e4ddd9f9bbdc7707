//! Runs a command and prints what came of it: tables for people, one JSON document for programs (`terminal.rs`).

use std::{process::ExitCode, time::Duration};

use operations::{
    OperationError, Stack,
    conversations::{self, Selector},
    customer::{self, Contact, Erasing, Exported},
    parked::{self, Detail, Which},
    stacks, status,
};

use crate::{
    Arguments, Output,
    arguments::{Command, Conversations, Customer, Parked, Whose},
    aws, codes, manual, on_rules,
    progress::{bar, beside},
    status_text,
    terminal::{consent, line, say, told},
    text_output, trail,
};

/// Does what the arguments say. The exit code is the problem's, or 0.
pub async fn run(arguments: Arguments) -> ExitCode {
    codes::listen();
    let output = if arguments.json { Output::Json } else { Output::Words };
    match Box::pin(command(arguments, output)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => told(&problem),
    }
}

async fn command(arguments: Arguments, output: Output) -> Result<(), OperationError> {
    let Arguments { stack, region, command, .. } = arguments;
    let config = || aws::config(region.clone());
    let stack = async { Stack::open(&config().await?, &stack).await };
    match command {
        Command::Status => {
            let stack = stack.await?;
            let bar = bar(None, "read");
            let status = status::status(&stack, |read| bar.inc(read)).await?;
            bar.finish_and_clear();
            output.print(&status, || status_text::to_text(&status))
        }
        Command::Trail { whose, message, follow } => {
            let (stack, whom) = (stack.await?, whom(whose)?);
            Box::pin(trail::run(&stack, &whom, message.as_deref(), follow, output)).await
        }
        Command::Conversations(command) => on_conversations(&stack.await?, command, output).await,
        Command::Parked(command) => Box::pin(on_parked(&mut stack.await?, command, output)).await,
        Command::Customer(command) => Box::pin(on_customer(&stack.await?, command, output)).await,
        Command::Rules(command) => Box::pin(on_rules::run(stack, command, output)).await,
        Command::Stacks => {
            let listed = stacks::stacks(&config().await?).await?;
            output.print(&listed, || text_output::stacks(&listed))
        }
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { to } => manual::pages(to.as_deref()),
        Command::Console { port } => Box::pin(on_console(stack.await?, port, output)).await,
    }
}

/// Serves until it is stopped. The address goes to standard output: a program may open it.
async fn on_console(stack: Stack, port: u16, output: Output) -> Result<(), OperationError> {
    let mut told = Ok(());
    let serving = ponte_console::serve(stack, port, |address| {
        told = output.print(&serde_json::json!({ "address": address }), || address.to_owned());
        say(
            "open this address in a browser of this machine, within ten minutes; it lets one browser in, once. Ctrl-C ends the console.",
        );
    });
    serving.await?;
    told
}

async fn on_conversations(stack: &Stack, command: Conversations, output: Output) -> Result<(), OperationError> {
    match command {
        Conversations::List { state, limit } => {
            let bar = bar(None, "read");
            let listed = conversations::list(stack, state, limit, |read| bar.inc(read)).await?;
            bar.finish_and_clear();
            output.print(&listed, || text_output::conversations(&listed))
        }
        Conversations::Find { whose } => {
            let found = conversations::find(stack, &whom(whose)?).await?;
            output.print(&found, || text_output::found(&found))
        }
        Conversations::Show { whose, personal } => {
            let view = conversations::show(stack, &whom(whose)?, detail(personal)).await?;
            output.print(&view, || text_output::fields(&view))
        }
        Conversations::Close { conversation, service } => {
            let Selector::Conversation(id) = Selector::parse(&conversation)? else {
                return Err(OperationError::Usage(
                    "close takes a conversation's id: see ponte conversations show".to_owned(),
                ));
            };
            let closed = conversations::close(stack, &id, service.as_deref()).await?;
            output.print(&closed, || text_output::closed(closed.outcome).to_owned())
        }
    }
}

async fn on_parked(stack: &mut Stack, command: Parked, output: Output) -> Result<(), OperationError> {
    match command {
        Parked::List { queue } => {
            let bar = bar(None, "seen");
            let listed = parked::list(stack, queue, |seen| bar.inc(seen)).await?;
            bar.finish_and_clear();
            output.print(&listed, || text_output::parked(&listed))
        }
        Parked::Show { id, queue, personal } => {
            let shown = parked::show(stack, queue, &id, detail(personal)).await?;
            output.print(&shown, || text_output::fields(&shown))
        }
        Parked::Replay { queue, conversation, .. } => {
            let which = match conversation {
                None => Which::All,
                Some(whom) => {
                    Which::One(conversations::one(stack, &Selector::parse(&whom)?).await?.as_str().to_owned())
                }
            };
            let total = if which == Which::All { Some(parked::count(stack, queue).await?) } else { None };
            let bar = bar(total, "sent back");
            stack.audit.said_by(beside(&bar));
            let replayed = parked::replay(stack, queue, &which, |sent| bar.inc(sent)).await?;
            bar.finish_and_clear();
            if let Which::One(which) = &which
                && replayed.found == 0
            {
                parked::nothing_of(stack, which).await?;
            }
            output.print(&replayed, || text_output::replayed(&replayed))?;
            match (replayed.left.len(), replayed.not_handed_out) {
                (0, 0) => Ok(()),
                (0, copies) => Err(OperationError::Left(format!(
                    "about {copies} were not handed out: somebody else holds them for up to two minutes, or SQS counted \
                     late; run the command again"
                ))),
                (groups, _) => Err(OperationError::Left(format!("not sent back to their end: {groups} groups"))),
            }
        }
        Parked::Drop { id, queue, reason } => {
            let dropped = Box::pin(parked::discard(stack, queue, &id, &reason)).await?;
            output.print(&dropped, || "dropped".to_owned())
        }
    }
}

async fn on_customer(stack: &Stack, command: Customer, output: Output) -> Result<(), OperationError> {
    match command {
        Customer::Export { whose, to } => {
            let whom = whom(whose)?;
            let key = conversations::one(stack, &whom).await?;
            let to = to.unwrap_or_else(|| customer::folder(&key));
            let exported: Exported = match customer::export(stack, &key, &to).await {
                Err(OperationError::NotFound(_)) => return Err(whom.not_found()),
                exported => exported?,
            };
            output.print(&exported, || text_output::exported(&exported))?;
            match exported.unseen.len() {
                0 => Ok(()),
                _ => Err(OperationError::Left("something may be missing, see above".to_owned())),
            }
        }
        Customer::Erase { whose, yes, force, contact, wait } => {
            let whom = whom(whose)?;
            let contact = contact.map(|identity| match identity.as_deref() {
                None => Ok(Contact::OfAddress),
                Some("-") => Contact::parse(&line()?),
                Some(identity) => Contact::parse(identity),
            });
            let how = Erasing { force, wait: Duration::from_secs(wait), contact: contact.transpose()? };
            let key = conversations::one(stack, &whom).await?;
            let plan = customer::plan(stack, &key).await?;
            // What was not found is not confirmed: a wrong address is another key, under which nothing is held. A contact that is
            // named by itself is deleted in the helpdesk all the same.
            if plan.is_nothing() && !matches!(how.contact, Some(Contact::Of(_))) {
                return Err(whom.not_found());
            }
            say(&text_output::plan(&plan, &how));
            plan.allows(&how)?;
            if !yes {
                consent("This cannot be undone. ", "erase", "nothing is erased")?;
            }
            let erased = Box::pin(customer::erase(stack, &plan, &how)).await?;
            output.print(&erased, || text_output::erased(&erased))?;
            match erased.left.len() {
                0 => Ok(()),
                _ => Err(OperationError::Left("something may be left, see above".to_owned())),
            }
        }
    }
}

fn whom(whose: Whose) -> Result<Selector, OperationError> {
    let whom = if whose.whom == "-" { line()? } else { whose.whom };
    if whose.rest { Selector::of_sender(&whom) } else { Selector::parse(&whom) }
}

fn detail(personal: bool) -> Detail {
    if personal { Detail::Personal } else { Detail::Redacted }
}

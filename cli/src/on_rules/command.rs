//! The commands: what is asked, shown and printed.

use std::path::{Path, PathBuf};

use serde::Serialize;

use operations::{
    OperationError, Stack, plain,
    rules::{self, Live, Plan, Pulled, Pushing},
};

use super::{file, words};
use crate::{
    Output,
    arguments::Rules,
    terminal::{consent, say},
};

/// Does what the arguments say. The stack is opened only where it is needed.
pub(crate) async fn run(
    stack: impl Future<Output = Result<Stack, OperationError>>,
    command: Rules,
    output: Output,
) -> Result<(), OperationError> {
    match command {
        Rules::Check { file, live } => {
            let mut checked = file::check(&file)?;
            // A file that has errors is looked up once they are corrected.
            if live && checked.rules.is_some() {
                rules::check_live(&stack.await?, &mut checked).await?;
            }
            output.print(&checked, || words::checked(&checked))?;
            checked.accepted()?;
            checked.live.map_or(Ok(()), Live::outcome)
        }
        Rules::Pull { file, yes } => {
            let pulled = rules::pull(&stack.await?).await?;
            hand_out(&pulled, file, yes, output)
        }
        Rules::Push { file, from, yes } => {
            let checked = file::check(&file)?;
            let accepted = match checked.accepted() {
                Ok(accepted) => accepted,
                Err(refused) => {
                    output.print(&checked, || words::checked(&checked))?;
                    return Err(refused);
                }
            };
            let stack = stack.await?;
            let plan = rules::push(&stack, accepted, from).await?;
            if !plan.is_nothing() && !checked.problems.is_empty() {
                say(&words::checked(&checked));
            }
            Box::pin(put_in_force(&stack, &plan, yes, output)).await
        }
        Rules::History => {
            let history = rules::history(&stack.await?).await?;
            output.print(&history, || words::history(&history))
        }
        Rules::Rollback { version, yes } => {
            let stack = stack.await?;
            let plan = rules::rollback(&stack, version).await?;
            Box::pin(put_in_force(&stack, &plan, yes, output)).await
        }
    }
}

async fn put_in_force(stack: &Stack, plan: &Plan, yes: bool, output: Output) -> Result<(), OperationError> {
    let pushed = if plan.is_nothing() {
        plan.already()
    } else {
        say(&words::plan(plan));
        if !yes {
            consent("", "push", "nothing is pushed")?;
        }
        rules::put_in_force(stack, plan).await?
    };
    output.print(&pushed, || words::pushed(&pushed))
}

/// What was pulled, where it is in a file.
#[derive(Serialize)]
struct InFile<'a> {
    #[serde(flatten)]
    pushing: &'a Pushing,
    file: &'a Path,
}

fn hand_out(pulled: &Pulled, file: Option<PathBuf>, yes: bool, output: Output) -> Result<(), OperationError> {
    let version = pulled.pushing.version;
    let next = format!("version {version}; if you change it, push it with --from {version}");
    let Some(file) = file else {
        if output == Output::Json {
            return output.print(pulled, String::new);
        }
        say(&next);
        return Output::print_as_it_is(&pulled.source);
    };
    write(&file, pulled, yes)?;
    output.print(&InFile { pushing: &pulled.pushing, file: &file }, || {
        format!("{}: {next}", plain(&file.display().to_string()))
    })
}

/// Writes the file. One that is there and has other rules in it is somebody's work.
fn write(file: &Path, pulled: &Pulled, yes: bool) -> Result<(), OperationError> {
    let name = plain(&file.display().to_string());
    match file::bytes(file) {
        Ok(there) if there == pulled.source.as_bytes() => return Ok(()),
        Ok(there) if !there.is_empty() && !yes => {
            consent(&format!("{name} is there and differs. "), "replace", &format!("{name} is left as it is"))?;
        }
        // What cannot be read can often not be written either, and says so.
        _ => {}
    }
    file::write(file, pulled.source.as_bytes())
        .map_err(|error| OperationError::Failed(format!("{name} cannot be written: {error}")))
}

//! What the tool says of itself beside its help: manual pages, and completions for a shell.

use std::path::Path;

use clap::CommandFactory as _;
use operations::OperationError;

use crate::{Arguments, Output};

/// The script for this shell, on standard output.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), OperationError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "ponte", &mut script);
    Output::print_as_it_is(&String::from_utf8_lossy(&script))
}

/// The page of the tool on standard output; with a folder, a page there for each command.
pub(crate) fn pages(to: Option<&Path>) -> Result<(), OperationError> {
    let Some(folder) = to else {
        let mut page = Vec::new();
        let made = clap_mangen::Man::new(Arguments::command()).render(&mut page);
        made.map_err(|error| OperationError::Failed(error.to_string()))?;
        return Output::print_as_it_is(&String::from_utf8_lossy(&page));
    };
    let made = clap_mangen::generate_to(Arguments::command(), folder);
    made.map_err(|error| {
        OperationError::Failed(format!("the pages cannot be written into {}: {error}", folder.display()))
    })
}

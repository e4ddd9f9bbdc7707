//! Reading the functions' logs: one JSON object a line, in the log group `/ponte/{stack}/{function}`.

use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use ponte::clock::Timestamp;

use crate::{OperationError, Stack};

/// What `read` makes of the lines of a function's log that match the pattern, from `since` on, in no order. None where the stack has no such
/// function. A service may take the pattern for a wider one, so that `read` looks at each line again and leaves out what was not asked for.
///
/// # Errors
///
/// [`OperationError::Failed`] where the log cannot be read.
pub(crate) async fn lines<T>(
    stack: &Stack,
    function: &str,
    since: Timestamp,
    pattern: String,
    read: impl Fn(Timestamp, &str) -> Option<T>,
) -> Result<Vec<T>, OperationError> {
    let group = format!("/ponte/{}/{function}", stack.name);
    let ask = stack.logs.filter_log_events().log_group_name(group).start_time(since.0).filter_pattern(pattern);
    let mut pages = ask.into_paginator().send();
    let mut lines = Vec::new();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(Vec::new()),
            Err(error) => return Err(OperationError::aws(&format!("the log of {function} cannot be read"), &error)),
        };
        let events = page.events().iter().filter_map(|event| Some((event.timestamp()?, event.message()?)));
        lines.extend(events.filter_map(|(at, text)| read(Timestamp(at), text)));
    }
    Ok(lines)
}

/// The pattern of lines that have one of these values, each a pair of a member's path and a text.
pub(crate) fn any_of<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let any: Vec<String> = members.into_iter().map(|(path, value)| format!("$.{path} = \"{value}\"")).collect();
    format!("{{ {} }}", any.join(" || "))
}

//! The lines of a conversation in the logs of the functions.

use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use futures_util::future::try_join_all;
use ponte::{
    clock::Timestamp,
    trail::{Line, Told},
};

use super::Of;
use operations::{OperationError, Stack};

/// The functions that say something of a message.
const FUNCTIONS: [&str; 7] =
    ["blip-webhook", "rest-channel", "helpdesk-callback", "sweep", "to-helpdesk", "to-blip", "close-ticket"];

/// All of them from `since` on, in no order.
pub(super) async fn lines(stack: &Stack, of: &Of, since: Timestamp) -> Result<Vec<Told>, OperationError> {
    let read = FUNCTIONS.map(|function| of_function(stack, of, function, since));
    Ok(try_join_all(read).await?.concat())
}

async fn of_function(stack: &Stack, of: &Of, function: &str, since: Timestamp) -> Result<Vec<Told>, OperationError> {
    let group = format!("/ponte/{}/{function}", stack.name);
    let ask = stack.logs.filter_log_events().log_group_name(group).start_time(since.0).filter_pattern(pattern(of));
    let mut pages = ask.into_paginator().send();
    let mut lines = Vec::new();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            // Not every stack has every function.
            Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(Vec::new()),
            Err(error) => return Err(OperationError::aws(&format!("the log of {function} cannot be read"), &error)),
        };
        for event in page.events() {
            let (Some(at), Some(text)) = (event.timestamp(), event.message()) else { continue };
            // A service that takes the pattern for a wider one hands out more.
            lines.extend(Told::parse(Timestamp(at), function, text).filter(|told| is_of(of, &told.line)));
        }
    }
    Ok(lines)
}

/// What CloudWatch is asked for: the conversation by its id, and its message groups.
fn pattern(of: &Of) -> String {
    let by_group = of.groups.all().map(|group| format!("$.group = \"{group}\""));
    let by_id = format!("$.conversation.id = \"{}\"", of.opening.as_str());
    let any: Vec<String> = std::iter::once(by_id).chain(by_group).collect();
    format!("{{ {} }}", any.join(" || "))
}

/// A customer's group outlives a conversation: a line that names another one is not of this one.
fn is_of(of: &Of, line: &Line) -> bool {
    match &line.conversation {
        Some(conversation) => conversation.id == of.opening,
        None => line.group.as_ref().is_some_and(|group| of.groups.all().any(|one| one == group)),
    }
}

//! What the agent's desk does.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use axum::extract::{Multipart, Path, Query, State as Shared};
use axum::http::HeaderMap;
use axum::response::Response;

use super::form::{Form, answer};
use crate::fake_helpdesk::{Agent, Helpdesk};
use crate::message::Content;
use crate::playground::language::words;
use crate::playground::selection::{QUEUES, Selection};
use crate::playground::words::Words;
use crate::state::World;

/// `POST /ticket/{ticket}/{act}`.
pub(in crate::playground) async fn agent(
    Shared(world): Shared<Arc<World>>,
    Path((ticket, act)): Path<(String, String)>,
    Query(selection): Query<Selection>,
    headers: HeaderMap,
    body: Multipart,
) -> Response {
    let helpdesk = Helpdesk { world };
    let done = match Form::read(body).await {
        Ok(form) => acts(&helpdesk, &ticket, &act, &form, &selection, words(&headers)),
        Err(error) => Err(error),
    };
    answer(&headers, done)
}

fn acts(
    helpdesk: &Helpdesk,
    ticket: &str,
    act: &str,
    form: &Form,
    selection: &Selection,
    words: &Words,
) -> Result<Selection> {
    helpdesk.conversation(ticket).with_context(|| format!("there is no ticket {ticket}"))?;
    match act {
        "take" => {
            let name = selection.agent_name();
            helpdesk.assigns(ticket, &Agent::new(&name.to_lowercase().replace(' ', "."), name));
            return Ok(selection.with_ticket(ticket));
        }
        "says" => {
            if let Some(file) = &form.file {
                helpdesk.says_file(ticket, file.name.as_str(), &file.mime, file.bytes.to_vec(), form.text("text"))?;
            } else {
                helpdesk.says(ticket, content(form, words)?)?;
            }
        }
        "note" => helpdesk.notes(ticket, form.must("text", words.nothing_to_send)?),
        "transfer" => {
            let queue = form.text("queue").unwrap_or_default();
            ensure!(QUEUES.contains(&queue), "there is no queue {queue}");
            helpdesk.transfers(ticket, queue);
        }
        "close" => helpdesk.closes(ticket, None),
        "types" => helpdesk.types(ticket, form.text("on") == Some("true")),
        _ => return Err(anyhow!("an agent takes, says, types, transfers, closes or makes a note, and does not {act}")),
    }
    Ok(selection.clone())
}

/// Words, with buttons below them if any are named.
fn content(form: &Form, words: &Words) -> Result<Content> {
    let text = form.must("text", words.nothing_to_send)?.to_owned();
    let options = form.text("options").unwrap_or_default().lines();
    let options: Vec<String> = options.map(str::trim).filter(|option| !option.is_empty()).map(str::to_owned).collect();
    Ok(if options.is_empty() { text.into() } else { Content::Choices { text, options } })
}

//! Search, by what somebody has in hand. What is typed may be a telephone: it is sent in a form's body, and stands in no address and no log.

use axum::{
    extract::{Form, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use operations::{
    OperationError, Stack,
    conversations::{self, Selector},
};
use ponte::{
    clock::{Clock, SystemClock},
    conversation::CustomerRecord,
    message::CustomerKey,
};
use serde::Deserialize;

use super::table;
use crate::{
    Console,
    fault::Fault,
    page::{Reader, Screen},
};

/// The longest thing that is searched for.
const MAX_TEXT: usize = 512;

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    text: String,
}

pub(crate) async fn page(reader: Reader) -> Response {
    reader.page(Screen::Search, reader.say("Search", "Buscar"), &form(&reader))
}

fn form(reader: &Reader) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let forms = [
        ("+55 11 91234-5678", say("a phone number, however it is written", "um telefone, escrito como for")),
        ("5511912345678@wa.gw.msging.net", say("an address on the channel", "um endereço no canal")),
        ("4711", say("the helpdesk's ticket", "o ticket do helpdesk")),
        (
            "0f3a…-0123456789ab",
            say("a conversation's id: the mark on its ticket", "o id de uma conversa: a marca no ticket"),
        ),
        (
            "ponte.0f3a…",
            say("a message's id, from Blip or the helpdesk", "o id de uma mensagem, do Blip ou do helpdesk"),
        ),
    ];
    html! {
        form method="post" action="/search" class="search" role="search" {
            (reader.token())
            label for="text" { (say("Phone number, address, ticket, conversation or message", "Telefone, endereço, ticket, conversa ou mensagem")) }
            div class="row" {
                input id="text" name="text" required maxlength=(MAX_TEXT) autocomplete="off" spellcheck="false";
                button type="submit" class="main" { (say("Search", "Buscar")) }
            }
        }
        details {
            summary { (say("What can be searched for", "O que se pode buscar")) }
            dl class="facts" { @for (example, means) in forms { div { dt { code { (example) } } dd { (means) } } } }
            p class="quiet" { (say(
                "What you type is hashed, and kept nowhere. A search by phone number reads through the table: it takes longer the more customers there are.",
                "O que você digita vira um hash, e não fica guardado. Uma busca por telefone lê a tabela toda: demora mais quanto mais clientes há.",
            )) }
        }
    }
}

pub(crate) async fn find(
    State(console): State<Console>,
    reader: Reader,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Fault> {
    let text = wanted.text.trim();
    if text.is_empty() || text.chars().count() > MAX_TEXT {
        return Err(Fault::wrong(reader.say("There is nothing to search for.", "Não há o que buscar.")));
    }
    let found = search(&console.stack, text).await?;
    if let [one] = found.as_slice() {
        return Ok(Redirect::to(&format!("/conversations/{}", one.key.as_str())).into_response());
    }
    let now = SystemClock.now().seconds();
    let records: Vec<&CustomerRecord> = found.iter().collect();
    let number = u64::try_from(records.len()).unwrap_or(u64::MAX);
    let body = html! {
        (form(&reader))
        @if records.is_empty() {
            div class="notice" role="status" { p { (reader.say(
                "Nothing was found. Behind a router use the ticket's number, or the mark on it. What ended more than 30 days ago is not kept.",
                "Nada foi encontrado. Atrás de um roteador, use o número do ticket ou a marca nele. O que foi encerrado há mais de 30 dias não é guardado.",
            )) } }
        } @else {
            p role="status" { (reader.count(number, ("conversation was found", "conversa encontrada"), ("conversations were found", "conversas encontradas"))) }
            div class="card" { (table::conversations(&reader, reader.say("Found", "Encontradas"), &records, now)) }
        }
    };
    Ok(reader.page(Screen::Search, reader.say("Search", "Buscar"), &body))
}

/// The conversations that a text leads to: as a message's id, and as whatever an operator may have in hand.
async fn search(stack: &Stack, text: &str) -> Result<Vec<CustomerRecord>, OperationError> {
    let by_message = conversations::of_message(stack, text).await?;
    if !by_message.is_empty() {
        return Ok(by_message);
    }
    let keys: Vec<CustomerKey> = match Selector::parse(text) {
        Err(_) => Vec::new(),
        Ok(whom) => match conversations::find(stack, &whom).await {
            Ok(found) => found.into_iter().map(|one| one.key).collect(),
            Err(OperationError::NotFound(_)) => Vec::new(),
            Err(problem) => return Err(problem),
        },
    };
    let mut records = Vec::new();
    for key in keys {
        records.extend(conversations::read(stack, &key).await?);
    }
    Ok(records)
}

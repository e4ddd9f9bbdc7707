//! What every helpdesk must do.

use crate::{every_port::EveryPort, rules::saying};
use std::{future::ready, pin::Pin, sync::Arc, time::Duration};

use ponte::{
    message::{AgentEventKind, Content, SourceId},
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, NewConversation, NotDelivered, Origin, Profile},
    },
    texts::{TextKey, Texts},
};

use service_rules::{Language, Route, texts::OwnText};

use super::{Fake, Happening, NOW, Server, reopening, routing, server::FILE, staffing, to};

/// A behaviour, tried with one helpdesk.
type Try = fn(&Fake) -> Outcome<'_>;
type Outcome<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>;

/// The list, in the order of a conversation.
pub(super) const BEHAVIOURS: &[(&str, Try)] = &[
    (routing::OPENED_TWICE, |s| Box::pin(opens_once(s))),
    ("routed to a queue", |s| Box::pin(routing::queue(s))),
    ("a route's priority is set", |s| Box::pin(routing::priority(s))),
    ("a route's tags are set", |s| Box::pin(routing::tags(s))),
    ("a route's fields are set", |s| Box::pin(routing::fields(s))),
    ("a queue of an unknown name: it opens with a note", |s| Box::pin(routing::unknown(s))),
    ("a refused route: one retry, and it opens with a note", |s| Box::pin(routing::refused(s))),
    ("a route without parts asks nothing", |s| Box::pin(routing::empty(s))),
    ("words arrive in order, for the customer's side to be seen", |s| Box::pin(in_order(s))),
    ("words that may be there are looked for, or recognised, before they are repeated", |s| Box::pin(repeats(s))),
    ("what waits together arrives whole and in order", |s| Box::pin(together(s))),
    ("a file arrives, or its link", |s| Box::pin(file(s))),
    ("what the agent is told is told once, and not as the customer's words", |s| Box::pin(notes(s))),
    ("an agent's words reach the customer", |s| Box::pin(says(s))),
    ("two messages of an agent are two", |s| Box::pin(ready(says_twice(s)))),
    ("a note for colleagues does not travel", |s| Box::pin(nothing(s, Happening::Notes))),
    ("what the bridge wrote does not come back", |s| Box::pin(nothing(s, Happening::Echoes))),
    ("who takes the ticket is announced by name", |s| Box::pin(takes(s))),
    ("a transfer to another queue is told by its name", |s| Box::pin(moves(s))),
    ("a ticket that is put on hold is told", |s| Box::pin(rests(s))),
    ("words that an agent deletes are named", |s| Box::pin(deletes(s))),
    ("a close sends the customer back", |s| Box::pin(closes(s))),
    ("a rating is in a field of the ticket, whatever repeats", |s| Box::pin(rated(s))),
    ("a rating whose field is not there is refused", |s| Box::pin(rated_nowhere(s))),
    ("a customer who leaves is told to the agent, once", |s| Box::pin(leaves(s))),
    ("an end for silence closes the ticket, in the company's words or without any", |s| Box::pin(silence(s))),
    (reopening::GOES_ON, |s| Box::pin(reopening::goes_on(s))),
    (reopening::GONE, |s| Box::pin(reopening::gone(s))),
    (reopening::LINKED, |s| Box::pin(reopening::linked(s))),
    (staffing::TOLD, |s| Box::pin(staffing::told(s))),
    (staffing::UNKNOWN, |s| Box::pin(staffing::unknown(s))),
    ("an unknown event is dropped", |s| Box::pin(nothing(s, Happening::Unknown))),
    ("a wrong signature is refused", |s| Box::pin(ready(forged(s)))),
    ("an old signature is refused", |s| Box::pin(ready(replayed(s)))),
    ("a customer who is refused is told apart from an outage", |s| Box::pin(refuses(s))),
    ("a rate limit is waited for as long as it says", |s| Box::pin(limited(s))),
    ("a refused key parks nothing", |s| Box::pin(dead_key(s))),
];

pub(super) fn opening() -> NewConversation {
    NewConversation {
        id: to().opening,
        customer: "c41d8a07e2b95f3664d0a9c8b7e1f250".to_owned(),
        profile: Profile { name: Some("Maria".into()), ..Profile::default() },
        profile_known: true,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: None, blip_ticket: None, referral: None },
        transcript: Some(Vec::new()),
        at: NOW,
        route: Route { language: Language::English, ..Route::default() },
        route_notes: Vec::new(),
        previous: None,
    }
}

pub(super) fn words(id: &str) -> CustomerMessage {
    let content = Content::text(format!("words of {id}"));
    CustomerMessage { id: id.to_owned(), content, at: NOW, late: false, may_be_duplicate: false }
}

#[allow(clippy::needless_pass_by_value, reason = "as `or_else` has it")]
pub(super) fn wrong<T>(failure: Failure) -> Result<T, String> {
    Err(failure.to_string())
}

pub(super) fn must(holds: bool, why: impl std::fmt::Debug) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{why:?}")) }
}

/// A server on which the conversation's ticket is.
pub(super) async fn opened(fake: &Fake) -> Result<Server, String> {
    let server = Server::start(fake.answer).await;
    let ticket = fake.client(&server).open(&opening()).await.or_else(wrong)?;
    must(!ticket.as_str().is_empty(), "no ticket")?;
    server.desk(|desk| desk.posts.clear());
    Ok(server)
}

/// What stands there as the customer's.
fn said(server: &Server) -> Vec<String> {
    server.desk(|desk| desk.posts.iter().filter(|post| !post.private).map(|post| post.text.clone()).collect())
}

async fn opens_once(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    fake.client(&server).open(&opening()).await.or_else(wrong)?;
    let tickets = server.desk(|desk| desk.tickets.clone());
    must(tickets.len() == 1, tickets)
}

async fn in_order(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let client = fake.client(&server);
    for id in ["a", "b", "c"] {
        client.deliver(&to(), &words(id)).await.or_else(wrong)?;
    }
    let said = said(&server);
    must(said == ["words of a", "words of b", "words of c"], said)
}

async fn repeats(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    fake.client(&server).deliver(&to(), &words("a")).await.or_else(wrong)?;
    let again = CustomerMessage { may_be_duplicate: true, ..words("a") };
    fake.client(&server).deliver(&to(), &again).await.or_else(wrong)?;
    let new = CustomerMessage { may_be_duplicate: true, ..words("b") };
    fake.client(&server).deliver(&to(), &new).await.or_else(wrong)?;
    let said = said(&server);
    must(said == ["words of a", "words of b"], said)
}

async fn together(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let client = fake.client(&server);
    if let Some(batches) = client.batches() {
        batches.deliver_batch(&to(), &[words("a"), words("b")]).await.or_else(wrong)?;
    } else {
        client.deliver(&to(), &words("a")).await.or_else(wrong)?;
        client.deliver(&to(), &words("b")).await.or_else(wrong)?;
    }
    let all = said(&server).join("\n");
    let places = ["words of a", "words of b"].map(|text| all.find(text));
    must(places[0].is_some() && places[0] < places[1] && all.matches("words of").count() == 2, all)
}

async fn file(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let content = Content::File {
        url: FILE.to_owned(),
        name: Some("conta.pdf".to_owned()),
        mime: Some("application/pdf".to_owned()),
        size: Some(8),
        caption: Some("segue".to_owned()),
    };
    let message = CustomerMessage { content, ..words("a") };
    fake.client(&server).deliver(&to(), &message).await.or_else(wrong)?;
    let posts = server.desk(|desk| desk.posts.clone());
    must(posts.iter().any(|post| !post.private && (post.file || post.text.contains(FILE))), posts)
}

async fn notes(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    for _ in 0..2 {
        let client = fake.client(&server);
        client.note(&to(), "n", "something was parked").await.or_else(wrong)?;
        client.not_delivered(&to(), &SourceId::exact("7"), &NotDelivered::Closed).await.or_else(wrong)?;
    }
    let posts = server.desk(|desk| desk.posts.clone());
    must(posts.len() == 2 && posts.iter().all(|post| post.private), posts)
}

async fn says(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let mut told = fake.told(&server, Happening::Says(1)).await?;
    // Where nothing else says who it is, the words are introduced by that.
    told.retain(|kind| !matches!(kind, AgentEventKind::Assigned { .. }));
    match told.as_slice() {
        [AgentEventKind::Message { contents, .. }] => {
            must(contents.contains(&Content::text("Bom dia!")), serde_json::to_string(contents))
        }
        other => Err(format!("{other:?}")),
    }
}

fn says_twice(fake: &Fake) -> Result<(), String> {
    let ids = |number| -> Result<Vec<_>, String> {
        let body = (fake.event)(Happening::Says(number)).to_string();
        let events = fake.through((fake.sign)(&body, NOW), &body).map_err(|error| error.to_string())?;
        let said = |kind: &AgentEventKind| !matches!(kind, AgentEventKind::Assigned { .. });
        let all = events.into_iter().flat_map(|t| t.events.into_iter().map(move |e| (t.ticket.clone(), e)));
        Ok(all.filter(|(_, event)| said(&event.kind)).map(|(ticket, event)| (ticket, event.id)).collect())
    };
    let (first, second) = (ids(1)?, ids(2)?);
    must(first.len() == 1 && second.len() == 1 && first != second && first[0].0 == second[0].0, (&first, &second))?;
    // The same one again is the same.
    must(first == ids(1)?, first)
}

async fn nothing(fake: &Fake, happening: Happening) -> Result<(), String> {
    let server = opened(fake).await?;
    let told = fake.told(&server, happening).await?;
    must(told.is_empty(), told)
}

async fn takes(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let told = fake.told(&server, Happening::Takes).await?;
    let name = told.iter().find_map(|kind| match kind {
        AgentEventKind::Assigned { agent } => agent.name.clone(),
        _ => None,
    });
    must(name.as_deref() == Some("Ana"), told)
}

async fn moves(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let told = fake.told(&server, Happening::Moves).await?;
    let name = told.iter().find_map(|kind| match kind {
        AgentEventKind::Transferred { queue, unassigned: false, .. } => queue.as_ref()?.name.clone(),
        _ => None,
    });
    must(name.is_some_and(|name| name.eq_ignore_ascii_case("financeiro")), told)
}

async fn rests(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let told = fake.told(&server, Happening::Rests).await?;
    must(told == [AgentEventKind::OnHold { on: true }], told)
}

async fn deletes(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let first = fake.event_ids(Happening::Says(1))?;
    let told = fake.told(&server, Happening::Deletes).await?;
    let named = told.iter().filter_map(|kind| match kind {
        AgentEventKind::Withdrawn { message, .. } => Some(message.clone()),
        _ => None,
    });
    must(named.collect::<Vec<_>>() == first, told)
}

async fn closes(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let told = fake.told(&server, Happening::Closes).await?;
    must(matches!(told.last(), Some(AgentEventKind::Closed { .. })), told)
}

async fn rated(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    for _ in 0..2 {
        fake.client(&server).rated(&to(), 4, Some(fake.route.field)).await.or_else(wrong)?;
        let (rated, posts, closed) = server.desk(|desk| (desk.rated.take(), desk.posts.len(), desk.closed));
        must(rated.as_deref() == Some("4") && posts == 0 && !closed, (rated, posts, closed))?;
    }
    Ok(())
}

async fn rated_nowhere(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let failure = fake.client(&server).rated(&to(), 4, Some("marte")).await.err();
    let rated = server.desk(|desk| desk.rated.clone());
    must(matches!(failure, Some(Failure::Refused { .. })) && rated.is_none(), (failure, rated))
}

async fn leaves(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    for _ in 0..2 {
        fake.client(&server).ended(&to(), EndedBy::Customer).await.or_else(wrong)?;
    }
    let (posts, closed) = server.desk(|desk| (desk.posts.clone(), desk.closed));
    must(posts.len() <= 1 && posts.iter().all(|post| post.private) && (closed || posts.len() == 1), (posts, closed))
}

async fn silence(fake: &Fake) -> Result<(), String> {
    for own in [Some("Encerramos por falta de resposta."), None] {
        let text = own.map_or(OwnText::Off, |words| OwnText::Words(words.to_owned()));
        let rules = Arc::new(saying([(TextKey::NoteClosedForSilence, text)]));
        let server = opened(fake).await?;
        let client = fake.client_saying(&server, Texts::for_agents(&rules));
        client.deliver(&to(), &words("m1")).await.or_else(wrong)?;
        client.ended(&to(), EndedBy::Inactive).await.or_else(wrong)?;
        let (posts, closed) = server.desk(|desk| (desk.posts.clone(), desk.closed));
        let notes: Vec<&str> = posts.iter().filter(|post| post.private).map(|post| post.text.as_str()).collect();
        // A helpdesk may show a mark beside the words.
        let told = notes.len() == own.iter().len() && notes.iter().zip(own).all(|(note, own)| note.contains(own));
        must(closed && told, (notes, closed))?;
    }
    Ok(())
}

fn forged(fake: &Fake) -> Result<(), String> {
    let body = (fake.event)(Happening::Says(1)).to_string();
    let refused = |headers, body: &str| fake.through(headers, body).is_err_and(|error| error.status() == 401);
    must(refused(Vec::new(), &body), "unsigned")?;
    let mut other = (fake.sign)(&body, NOW);
    for (_, value) in &mut other {
        *value = value.replace(|c: char| c.is_ascii_lowercase(), "x");
    }
    must(refused(other, &body), "another signature")
}

fn replayed(fake: &Fake) -> Result<(), String> {
    let body = (fake.event)(Happening::Says(1)).to_string();
    let old = ponte::clock::Timestamp(NOW.0 - 600_000);
    let got = fake.through((fake.sign)(&body, old), &body);
    must(got.is_err_and(|error| error.status() == 401), "it was let in")
}

async fn limited(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let client = fake.client(&server);
    server.desk(|desk| desk.next = Some((429, fake.wait)));
    let failure = client.deliver(&to(), &words("a")).await.err();
    let wait = failure.as_ref().and_then(Failure::retry_after);
    let enough = Duration::from_secs(17)..=Duration::from_secs(20);
    must(wait.is_some_and(|wait| enough.contains(&wait)), failure)
}

async fn refuses(fake: &Fake) -> Result<(), String> {
    let opens = async |status| {
        let server = Server::start(fake.answer).await;
        server.desk(|desk| desk.next = Some((status, ("x-nothing", "0"))));
        fake.client(&server).open(&opening()).await.err()
    };
    for status in [400, 422] {
        let failure = opens(status).await;
        let refused = matches!(failure, Some(Failure::Refused { status: with, .. }) if with == status);
        must(refused, (status, failure))?;
    }
    for status in [404, 500, 502, 503, 504] {
        let failure = opens(status).await;
        let waits = failure.as_ref().is_some_and(|failure| *failure == Failure::Gone || failure.is_retryable());
        must(waits, (status, failure))?;
    }
    Ok(())
}

async fn dead_key(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let client = fake.client(&server);
    for status in [401, 403] {
        server.desk(|desk| desk.next = Some((status, ("x-nothing", "0"))));
        let failure = client.deliver(&to(), &words("a")).await.err();
        must(matches!(failure, Some(Failure::Unauthorized { .. })), (status, failure))?;
    }
    Ok(())
}

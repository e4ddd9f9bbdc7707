//! Where a conversation goes: what every helpdesk makes of a route, and that no route keeps it from being opened.

use std::collections::BTreeMap;

use ponte::relay::ports::NewConversation;
use service_rules::{Priority, Route};

use super::{
    Fake, Server,
    behaviours::{must, opening, wrong},
};

/// What a ticket got of a route, in the words that the route had: each fake reads it from its helpdesk's JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Routed {
    pub queue: Option<String>,
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: Option<String>,
    pub tags: Vec<String>,
    pub fields: BTreeMap<String, String>,
}

/// How a route names things in one helpdesk.
pub(super) struct RouteNames {
    pub queue: &'static str,
    pub field: &'static str,
}

/// By names.
pub(super) const BY_NAME: RouteNames = RouteNames { queue: "Financeiro", field: "Contrato" };

/// What some cannot: there, nothing is opened twice to see what becomes of its route.
pub(super) const OPENED_TWICE: &str = "an opening that is repeated is one ticket";
/// What the field is set to. The field of each fake takes it.
const VALUE: &str = "77-1020";
/// A queue that no helpdesk has.
const NOWHERE: &str = "Marte";

fn routed(route: Route) -> NewConversation {
    let language = opening().route.language;
    NewConversation { route: Route { language, ..route }, ..opening() }
}

fn is_opened_twice(fake: &Fake) -> bool {
    fake.cannot.iter().all(|(behaviour, _)| *behaviour != OPENED_TWICE)
}

/// The conversation is opened, twice, as after a crash, where that is one ticket. What it got of the route, each time.
async fn open(fake: &Fake, server: &Server, route: Route) -> Result<Routed, String> {
    let opening = routed(route);
    let mut got = Vec::new();
    for _ in 0..if is_opened_twice(fake) { 2 } else { 1 } {
        fake.client(server).open(&opening).await.or_else(wrong)?;
        got.push(server.desk(|desk| desk.routed.clone()));
    }
    let tickets = server.desk(|desk| desk.tickets.clone());
    must(tickets.len() == 1, tickets)?;
    must(got.iter().all(|other| *other == got[0]), &got)?;
    Ok(got.remove(0))
}

pub(super) async fn queue(fake: &Fake) -> Result<(), String> {
    let server = Server::start(fake.answer).await;
    let queue = Some(fake.route.queue.to_owned());
    let got = open(fake, &server, Route { queue: queue.clone(), ..Route::default() }).await?;
    must(got == Routed { queue, ..Routed::default() }, got)
}

pub(super) async fn priority(fake: &Fake) -> Result<(), String> {
    for (priority, word) in [(Priority::Low, "low"), (Priority::High, "high"), (Priority::Urgent, "urgent")] {
        let server = Server::start(fake.answer).await;
        let got = open(fake, &server, Route { priority: Some(priority), ..Route::default() }).await?;
        must(got == Routed { priority: Some(word.to_owned()), ..Routed::default() }, (word, got))?;
    }
    Ok(())
}

pub(super) async fn tags(fake: &Fake) -> Result<(), String> {
    let server = Server::start(fake.answer).await;
    let tags = ["boleto".to_owned(), "segunda_via".to_owned()];
    let got = open(fake, &server, Route { tags: tags.to_vec(), ..Route::default() }).await?;
    must(tags.iter().all(|tag| got.tags.iter().filter(|got| *got == tag).count() == 1), got)
}

pub(super) async fn fields(fake: &Fake) -> Result<(), String> {
    let server = Server::start(fake.answer).await;
    let fields: BTreeMap<_, _> = [(fake.route.field.to_owned(), VALUE.to_owned())].into();
    let got = open(fake, &server, Route { fields: fields.clone(), ..Route::default() }).await?;
    must(got == Routed { fields, ..Routed::default() }, got)
}

/// Whether the agents were told something with these words.
fn told(server: &Server, words: &[&str]) -> Result<(), String> {
    let told = server.desk(|desk| desk.heard.iter().any(|body| words.iter().all(|words| body.contains(words))));
    must(told, format!("nobody was told: {words:?}"))
}

pub(super) async fn unknown(fake: &Fake) -> Result<(), String> {
    let server = Server::start(fake.answer).await;
    let route = Route { queue: Some(NOWHERE.to_owned()), ..Route::default() };
    let got = open(fake, &server, route).await?;
    must(got.queue.is_none(), got)?;
    told(&server, &["The helpdesk has no queue named", NOWHERE])
}

pub(super) async fn refused(fake: &Fake) -> Result<(), String> {
    const NOTE: &str = "The helpdesk refused the route, and the conversation was opened without it";
    let server = Server::start(fake.answer).await;
    server.desk(|desk| desk.refuse_route = true);
    let opening = routed(Route { queue: Some(fake.route.queue.to_owned()), ..Route::default() });
    fake.client(&server).open(&opening).await.or_else(wrong)?;
    let (tickets, refusals, got) = server.desk(|desk| (desk.tickets.len(), desk.refusals, desk.routed.clone()));
    must((tickets, refusals) == (1, 1) && got == Routed::default(), (tickets, refusals, got))?;
    told(&server, &[NOTE])?;
    if !is_opened_twice(fake) {
        return Ok(());
    }
    // After a crash: the ticket stays one, and what stands on it is not told once more.
    let before = server.desk(|desk| desk.posts.clone());
    fake.client(&server).open(&opening).await.or_else(wrong)?;
    let (tickets, got, posts) = server.desk(|desk| (desk.tickets.len(), desk.routed.clone(), desk.posts.clone()));
    must(tickets == 1 && got == Routed::default() && posts == before, (tickets, got, posts))
}

/// The calls of an opening whose route is the stack's own language and nothing else are those of an opening whose route nobody can look up,
/// refuse or note: it asks for no list, sets nothing, and says nothing of a route.
pub(super) async fn empty(fake: &Fake) -> Result<(), String> {
    let server = Server::start(fake.answer).await;
    fake.client(&server).open(&opening()).await.or_else(wrong)?;
    let (lines, heard, got) = server.desk(|desk| (desk.lines.clone(), desk.heard.clone(), desk.routed.clone()));
    must(lines == fake.opens_with, &lines)?;
    must(got == Routed::default(), got)?;
    let words = ["routing", "ponte_language", "helpdesk has no", "refused the route"];
    must(!heard.iter().any(|body| words.iter().any(|word| body.contains(word))), heard)
}

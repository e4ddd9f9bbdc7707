//! A customer who comes back soon.

use ponte::{
    message::{ConversationId, TicketId},
    relay::{
        Failure,
        ports::{EndedBy, Helpdesk, NewConversation, TicketRef},
    },
};

use service_rules::Route;

use super::{
    Fake, Server,
    behaviours::{must, opened, opening, words, wrong},
};

pub(super) const GOES_ON: &str = "a customer who comes back goes on in the same ticket, once";
pub(super) const GONE: &str = "a ticket that is gone is not opened again";
pub(super) const LINKED: &str = "a new ticket is linked to the one before";

const SECOND: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a1";

/// The conversation after that of [`opening`].
fn second(previous: &str) -> NewConversation {
    let id = ConversationId::parse(SECOND).unwrap();
    NewConversation { id, previous: Some(TicketId::new(previous)), ..opening() }
}

/// Goes on as the relay does: a tool that is told of the ticket before decides by itself.
async fn returns(client: &dyn Helpdesk) -> Result<Option<TicketId>, Failure> {
    match client.reopens() {
        Some(reopens) => reopens.reopen(&TicketId::new("1"), &second("1")).await,
        None => client.open(&second("1")).await.map(Some),
    }
}

fn can(fake: &Fake, server: &Server) -> Result<(), String> {
    must(fake.name == "webhook" || fake.client(server).reopens().is_some(), "it has no port")
}

pub(super) async fn goes_on(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    can(fake, &server)?;
    let client = fake.client(&server);
    client.deliver(&super::to(), &words("a")).await.or_else(wrong)?;
    // The customer left, and the bridge itself closed the ticket.
    client.ended(&super::to(), EndedBy::Customer).await.or_else(wrong)?;
    let ended = server.desk(|desk| std::mem::replace(&mut desk.closed, true));
    must(ended, "the end closed nothing")?;
    let before = server.desk(|desk| desk.posts.len());
    let mut after = Vec::new();
    for _ in 0..2 {
        let ticket = returns(&*fake.client(&server)).await.or_else(wrong)?;
        must(ticket == Some(TicketId::new("1")), ticket)?;
        after.push(server.desk(|desk| desk.posts.clone()));
    }
    must(after[0] == after[1], &after)?;
    must(after[0].iter().skip(before).all(|post| post.private), &after[0])?;
    let to = TicketRef { opening: ConversationId::parse(SECOND).unwrap(), ticket: TicketId::new("1") };
    let client = fake.client(&server);
    let Some(reopens) = client.reopens() else {
        let (follows, tickets) = server.desk(|desk| (desk.follows.clone(), desk.tickets.len()));
        return must(follows == "1" && tickets == 2, (follows, tickets));
    };
    // What agents read first, and the ticket is open.
    must(after[0].len() > before, &after[0])?;
    must(!server.desk(|desk| desk.closed) && !reopens.is_over(&to).await.or_else(wrong)?, "it is over")?;
    client.deliver(&to, &words("b")).await.or_else(wrong)?;
    // It ends a second time, and the agents are told a second time.
    let before = server.desk(|desk| desk.posts.iter().filter(|post| post.private).count());
    for _ in 0..2 {
        fake.client(&server).ended(&to, EndedBy::Customer).await.or_else(wrong)?;
    }
    let notes = server.desk(|desk| desk.posts.iter().filter(|post| post.private).count());
    must(notes == before + 1, (before, notes))?;
    must(server.desk(|desk| desk.closed) && reopens.is_over(&to).await.or_else(wrong)?, "it is not over")
}

pub(super) async fn gone(fake: &Fake) -> Result<(), String> {
    let server = opened(fake).await?;
    let client = fake.client(&server);
    let Some(reopens) = client.reopens() else { return Err("it has no port".to_owned()) };
    server.desk(|desk| (desk.closed, desk.gone) = (true, true));
    let ticket = reopens.reopen(&TicketId::new("1"), &second("1")).await.or_else(wrong)?;
    must(ticket.is_none(), ticket)?;
    let (posts, closed) = server.desk(|desk| (desk.posts.clone(), desk.closed));
    must(posts.is_empty() && closed, posts)
}

pub(super) async fn linked(fake: &Fake) -> Result<(), String> {
    // A record of `ServiceNow` has an id of 32 digits.
    let previous = if fake.name.starts_with("servicenow") { "77".repeat(16) } else { "77".to_owned() };
    // A route by name is spelled in ways that may not suit an id.
    let by_name = Route { queue: Some(fake.route.queue.to_owned()), ..Route::default() };
    for route in [Route::default(), by_name] {
        let server = Server::start(fake.answer).await;
        let opening = NewConversation { route, ..second(&previous) };
        for _ in 0..2 {
            fake.client(&server).open(&opening).await.or_else(wrong)?;
        }
        let (follows, tickets) = server.desk(|desk| (desk.follows.clone(), desk.tickets.len()));
        must(follows == previous && tickets == 1, (&opening.route, follows, tickets))?;
    }
    Ok(())
}

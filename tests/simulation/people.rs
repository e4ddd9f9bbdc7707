//! What people do: customers write, wait, come back and leave; agents answer, close, and write once more.

use std::{collections::BTreeMap, sync::Arc};

use ponte::message::{Agent, AgentEvent, AgentEventKind, Content, SourceId};
use serde_json::{Value, json};

use super::{
    bug::Bug,
    desk, endpoints,
    files::{self, Host},
    harsh::Harsh,
    harsh_people,
    ledger::{Kind, Poison, Speaker},
    poller,
    time::Time,
    world::World,
};

pub(crate) const MINUTE: u64 = 60_000;

/// Everybody arrives.
pub(crate) fn begin(world: &Arc<World>) {
    let plain = matches!(world.plan.harsh, Some(Harsh::Answers | Harsh::Receipts | Harsh::NoWayBack));
    for _ in 0..harsh_people::customers(world) {
        let there = world.clone();
        if plain || world.chance(600) {
            world.spawn(async move { router_customer(&there).await });
        } else {
            world.spawn(async move { desk_customer(&there).await });
        }
    }
}

/// Between two things that somebody does.
pub(crate) async fn pause(world: &World) {
    if let Some(time) = &world.plan.time {
        return near_a_timer(world, time).await;
    }
    match world.between(0, 9) {
        0..=3 => world.wait(0, 3000).await,
        4..=6 => world.wait(3000, MINUTE).await,
        7 | 8 => world.wait(MINUTE, 10 * MINUTE).await,
        _ => world.wait(10 * MINUTE, 90 * MINUTE).await,
    }
}

/// The same where silence counts: often right before or after a timer, which the clock finds within a minute, or past all of them.
async fn near_a_timer(world: &World, time: &Time) {
    let period = time.periods[usize::try_from(world.between(0, 4)).unwrap()];
    match world.between(0, 9) {
        0..=3 => world.wait(0, 20_000).await,
        4..=7 => world.wait(period.saturating_sub(5000), period + 80_000).await,
        8 => world.wait(period, 2 * period).await,
        _ => world.wait(0, period).await,
    }
}

async fn router_customer(world: &Arc<World>) {
    let number = world.ledger().chats.len();
    let chat = world.ledger().chat(&format!("customer{number}@tunnel.msging.net"), None, &world.key);
    for _ in 0..world.between(1, 3) {
        for _ in 0..world.between(1, 5) {
            pause(world).await;
            speak(world, chat).await;
        }
        world.wait(0, 40 * MINUTE).await;
    }
}

/// A customer of the custom attendance channel: each visit is a ticket of Blip's, and an address.
async fn desk_customer(world: &Arc<World>) {
    for _ in 0..world.between(1, 2) {
        pause(world).await;
        if world.may_speak() {
            visit(world).await;
        }
        world.wait(0, 40 * MINUTE).await;
    }
}

async fn visit(world: &Arc<World>) {
    let number = world.ledger().chats.len();
    let ticket = format!("desk{number}");
    world.blip.desk.lock().unwrap().entry(ticket.clone()).or_default();
    let address = format!("{ticket}@desk.msging.net/Webhook");
    let chat = world.ledger().chat(&address, Some(ticket.clone()), &world.key);
    let mut posted = Vec::new();
    for _ in 0..world.between(0, 2) {
        let said = words_of(world, chat);
        let name = {
            let mut ledger = world.ledger();
            ledger.said[said].typed = true;
            // It would kill the function from within whatever opens the conversation, and never be parked itself.
            ledger.said[said].bug = ledger.said[said].bug.filter(|bug| *bug != Bug::Kills);
            ledger.said[said].kind = Kind::Words(1);
            ledger.said[said].files.clear();
            ledger.said[said].poison = ledger.said[said].poison.map(|_| Poison::Whole);
            ledger.said[said].source.clone()
        };
        let text = world.ledger().said[said].content().remove(0);
        world.blip.desk.lock().unwrap().entry(ticket.clone()).or_default().typed.push((name, text));
        if world.chance(500) {
            posted.push(said);
        }
    }
    let input = world.blip.desk.lock().unwrap()[&ticket].typed.first().map(|(_, text)| text.clone());
    let waiting = world.ledger().say(Speaker::Customer(chat), Kind::Waiting, world.now());
    let bug = Bug::any(world);
    world.ledger().said[waiting].bug = bug;
    endpoints::post(world, &ticket_document(&address, &ticket, "Waiting", input.as_deref()), &[waiting]).await;
    for said in posted {
        let envelope = envelope(world, chat, said);
        endpoints::post(world, &envelope, &[said]).await;
    }
    for _ in 0..world.between(0, 5) {
        pause(world).await;
        speak(world, chat).await;
    }
    if world.chance(250) && world.blip.open_ticket(&ticket).is_ok() {
        world.wait(0, 10 * MINUTE).await;
        let status = if world.chance(700) { "ClosedClient" } else { "Transferred" };
        if let Some(ticket) = world.blip.desk.lock().unwrap().get_mut(&ticket) {
            ticket.ended = true;
        }
        let ended = world.ledger().say(Speaker::Customer(chat), Kind::Ended, world.now());
        endpoints::post(world, &ticket_document(&address, &ticket, status, None), &[ended]).await;
    }
}

fn ticket_document(from: &str, ticket: &str, status: &str, input: Option<&str>) -> Value {
    let input = input.map_or(json!({}), |text| json!({ "type": "text/plain", "value": text }));
    json!({
        "id": format!("Ticket:{ticket}:{status}"), "from": from, "type": "application/vnd.iris.ticket+json",
        "content": {
            "id": ticket, "status": status, "provider": "Webhook", "ownerIdentity": "bot@msging.net",
            "customerIdentity": "5531@wa.gw.msging.net", "customerInput": input,
        },
    })
}

/// New words of a customer: one part, rarely several, rarely such as the helpdesk refuses.
fn words_of(world: &World, chat: usize) -> usize {
    let parts = harsh_people::parts(world);
    let (poison, bug) = (harsh_people::poison(world, parts), Bug::any(world));
    let (cursed, files) = (harsh_people::cursed(world), files_of(world, parts));
    let mut ledger = world.ledger();
    let number = ledger.say(Speaker::Customer(chat), Kind::Words(parts), world.now());
    let said = &mut ledger.said[number];
    (said.poison, said.bug, said.cursed, said.files) = (poison, bug, cursed, files);
    if cursed {
        said.poison = None;
    }
    number
}

/// Which parts of new words are files.
fn files_of(world: &World, parts: usize) -> BTreeMap<usize, Host> {
    if world.plan.files == 0 || parts == 1 {
        return BTreeMap::new();
    }
    // The first part is words: those beside a file must arrive.
    (2..=parts).filter(|_| world.chance(world.plan.files)).map(|part| (part, Host::any(world))).collect()
}

pub(crate) fn envelope(world: &World, chat: usize, said: usize) -> Value {
    let ledger = world.ledger();
    let (from, said) = (&ledger.chats[chat].address, &ledger.said[said]);
    let texts = said.content();
    if let [text] = &texts[..] {
        return json!({ "id": said.source, "from": from, "type": "text/plain", "content": text });
    }
    let content = if said.files.is_empty() {
        json!({ "itemType": "text/plain", "total": texts.len(), "items": texts })
    } else {
        let item = |(at, text): (usize, &String)| match said.files.get(&(at + 1)) {
            Some(host) => json!({
                "type": "application/vnd.lime.media-link+json",
                "value": { "type": "image/png", "uri": files::link(text, *host), "title": text },
            }),
            None => json!({ "type": "text/plain", "value": text }),
        };
        let items: Vec<_> = texts.iter().enumerate().map(item).collect();
        json!({ "itemType": "application/vnd.lime.container+json", "total": items.len(), "items": items })
    };
    json!({ "id": said.source, "from": from, "type": "application/vnd.lime.collection+json", "content": content })
}

/// The customer says something, if anything is left to say. One after the other: a chat's arrivals are in its order.
async fn speak(world: &Arc<World>, chat: usize) {
    if world.may_speak() {
        let said = words_of(world, chat);
        let envelope = envelope(world, chat, said);
        endpoints::post(world, &envelope, &[said]).await;
    }
}

fn speaks_soon(world: &Arc<World>, chat: usize, most: u64) {
    let there = world.clone();
    world.spawn(async move {
        there.wait(0, most).await;
        speak(&there, chat).await;
    });
}

/// The customer is with the bot again, and sometimes comes back.
pub(crate) fn sent_back(world: &Arc<World>, chat: usize) {
    if world.chance(400) {
        let most = if world.chance(500) { 3000 } else { 10 * MINUTE };
        speaks_soon(world, chat, most);
    }
}

/// Blip says so when a ticket was closed, and words may be on their way.
pub(crate) fn desk_ticket_closed(world: &Arc<World>, chat: usize) {
    if world.chance(500) {
        let there = world.clone();
        let ended = world.ledger().say(Speaker::Customer(chat), Kind::Ended, world.now());
        let (address, ticket) = {
            let ledger = world.ledger();
            (ledger.chats[chat].address.clone(), ledger.chats[chat].desk.clone().unwrap())
        };
        world.spawn(async move {
            let document = ticket_document(&address, &ticket, "ClosedAttendant", None);
            endpoints::post(&there, &document, &[ended]).await;
        });
    }
    if world.chance(200) {
        speaks_soon(world, chat, 3000);
    }
}

/// The channel may refuse what Blip took: Blip says so, with the message's id.
pub(crate) fn channel_may_fail(world: &Arc<World>, id: &str, name: &str) {
    if !world.chance(20) {
        return;
    }
    let Some(number) = world.ledger().of_text(name).map(|said| said.name[1..].parse().unwrap()) else { return };
    let failed = world.ledger().say(Speaker::Channel(number), Kind::Failed, world.now());
    let reason = json!({ "code": 131_026, "description": "undeliverable" });
    let envelope = json!({ "id": id, "from": "postmaster@wa.gw.msging.net", "event": "failed", "reason": reason });
    let there = world.clone();
    world.spawn(async move {
        there.wait(100, MINUTE).await;
        endpoints::post(&there, &envelope, &[failed]).await;
    });
}

/// An agent finds a new ticket.
pub(crate) fn ticket_opened(world: &Arc<World>, ticket: usize) {
    desk::ticket_opened(world, ticket);
    if harsh_people::ticket_opened(world, ticket) && world.plan.agents {
        let there = world.clone();
        world.spawn(async move { agent(&there, ticket).await });
    }
}

async fn agent(world: &Arc<World>, ticket: usize) {
    pause(world).await;
    if world.chance(300) {
        let kind = AgentEventKind::Assigned { agent: Agent { id: None, name: Some("Ana".into()) } };
        does(world, ticket, vec![(Kind::Gesture, kind)]).await;
    }
    for _ in 0..world.between(0, 4) {
        if world.chance(100) {
            does(world, ticket, vec![(Kind::Gesture, AgentEventKind::Typing { on: true })]).await;
        }
        answer(world, ticket).await;
        pause(world).await;
    }
    if !world.chance(if world.plan.time.is_some() { 250 } else { 750 }) {
        return;
    }
    let service = (world.plan.harsh == Some(Harsh::NoWayBack) && world.chance(800)).then(|| "nobody".to_owned());
    let close = || (Kind::Close, AgentEventKind::Closed { service: service.clone() });
    let chat = world.ledger().tickets[ticket].chat;
    if world.chance(300) {
        speaks_soon(world, chat, 15_000);
    }
    does(world, ticket, vec![close()]).await;
    for _ in 0..world.between(0, 2) {
        // Helpdesks report the closing before the last words arrive; some agents add something.
        if world.chance(700) {
            world.wait(0, 3000).await;
        } else {
            world.wait(3000, 9000).await;
        }
        answer(world, ticket).await;
    }
    if world.chance(if world.plan.reopens() { 700 } else { 200 }) {
        // Where the rules let a customer come back, it may be told once more in the middle of the next conversation.
        world.wait(0, if world.plan.reopens() { 10 * MINUTE } else { MINUTE }).await;
        does(world, ticket, vec![close()]).await;
    }
    if world.chance(250) {
        pause(world).await;
        answer(world, ticket).await;
    }
}

/// One or two messages in one callback.
async fn answer(world: &Arc<World>, ticket: usize) {
    let mut events = Vec::new();
    for _ in 0..if world.chance(150) { 2 } else { 1 } {
        if world.may_speak() {
            let parts = harsh_people::parts(world);
            events.push((Kind::Words(parts), words()));
        }
    }
    if !events.is_empty() {
        does(world, ticket, events).await;
    }
}

/// Words of an agent, before it is known which.
pub(crate) fn words() -> AgentEventKind {
    AgentEventKind::Message { contents: Vec::new(), agent: None }
}

pub(crate) async fn does(world: &Arc<World>, ticket: usize, events: Vec<(Kind, AgentEventKind)>) {
    let mut tags = Vec::new();
    let mut jobs = Vec::new();
    for (kind, event) in events {
        let (said, event) = says(world, ticket, kind, event);
        if world.plan.poller.is_some() && kind != Kind::Gesture {
            // The helpdesk has it: a look finds it, whether or not a hook tells it.
            world.ledger().said[said].stored = true;
            world.poller.keep(world.now(), ticket, &event);
            jobs.push(poller::told(world, &event));
        } else {
            jobs.push(event);
        }
        tags.push(said);
    }
    if world.chance(world.plan.hooks_lost) {
        return world.strike("a hook is lost", || format!("{tags:?}"));
    }
    endpoints::call_back(world, ticket, jobs, tags).await;
}

/// An agent does something; nobody is told of it yet. Its number, and the event.
pub(crate) fn says(world: &World, ticket: usize, kind: Kind, mut event: AgentEventKind) -> (usize, AgentEvent) {
    let parts = if let Kind::Words(parts) = kind { parts } else { 1 };
    let may_fail = matches!(kind, Kind::Words(_) | Kind::Gesture);
    let poison = if may_fail { harsh_people::poison(world, parts) } else { None };
    let files = files_of(world, parts);
    let bug = if matches!(kind, Kind::Words(_) | Kind::Close) { Bug::any(world) } else { None };
    let mut ledger = world.ledger();
    let first = ledger.first(ticket);
    let here = |by| matches!(by, Speaker::Agent(on) if ledger.first(on) == first);
    let mine = ledger.said.iter().filter(|said| here(said.by)).count();
    let said = ledger.say(Speaker::Agent(ticket), kind, world.now());
    let said_there = &mut ledger.said[said];
    (said_there.poison, said_there.bug, said_there.files) = (poison, bug, files);
    if world.plan.ids_of_ticket {
        said_there.source = format!("{}", mine + 1);
    }
    if let AgentEventKind::Message { contents, .. } = &mut event {
        let content = |(at, text): (usize, String)| match said_there.files.get(&(at + 1)) {
            Some(host) => {
                let url = files::link(&text, *host);
                Content::File { url, name: None, mime: None, size: None, caption: None }
            }
            None => Content::text(text),
        };
        *contents = said_there.content().into_iter().enumerate().map(content).collect();
    }
    let event = AgentEvent { id: SourceId::new(&said_there.source), kind: event };
    world.tell(|| format!("the agent of T-{} does {}: {kind:?}", first + 1, said_there.name));
    (said, event)
}

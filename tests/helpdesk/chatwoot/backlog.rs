//! A sweep after a long time, against a Chatwoot that lists by itself: it gets on, page by page, and passes nothing over.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex},
};

use ponte::relay::ports::{EventPoller, Swept};
use serde_json::{Value, json};

use super::{super::bridge::OPENING, ADAPTER, said};
use crate::helpdesk::server::{Call, Server};

/// Conversations with their last activity, and what agents said in them: `(id, second)`, the oldest first.
#[derive(Default)]
struct Inbox {
    active: BTreeMap<u64, i64>,
    said: HashMap<u64, Vec<(u64, i64)>>,
    /// Becomes active when so many lists were given.
    wakes: Vec<(usize, u64, i64)>,
    lists: usize,
}

impl Inbox {
    /// `conversations_controller.rb`, 25 a page, and `message_finder.rb`, 20 before an id.
    fn answer(&mut self, call: &Call) -> (u16, Value) {
        let path = call.path.split('?').next().unwrap().to_owned();
        let Some(path) = path.strip_suffix("/messages") else { return (200, self.list(call)) };
        let id: u64 = path.rsplit('/').next().unwrap().parse().unwrap();
        let before: u64 = call.query("before").map_or(u64::MAX, |before| before.parse().unwrap());
        let all = self.said.get(&id).cloned().unwrap_or_default();
        let all: Vec<_> = all.into_iter().filter(|(id, _)| *id < before).collect();
        let page = all[all.len().saturating_sub(20)..].iter().map(|(id, at)| said(*id, "oi", *at));
        (200, json!({ "meta": {}, "payload": page.collect::<Vec<_>>() }))
    }

    fn list(&mut self, call: &Call) -> Value {
        assert_eq!(call.query("sort_by").as_deref(), Some("last_activity_at_desc"));
        self.lists += 1;
        let due: Vec<_> = self.wakes.iter().filter(|(lists, _, _)| *lists == self.lists).copied().collect();
        for (_, id, at) in due {
            self.active.insert(id, at);
            self.said.entry(id).or_default().push((1_000_000 + id, at));
        }
        let page: usize = call.query("page").unwrap().parse().unwrap();
        let mut all: Vec<(i64, u64)> = self.active.iter().map(|(id, at)| (*at, *id)).collect();
        // Of one second, the table's own order, which is none that a reader knows.
        all.sort_by_key(|(at, id)| (-at, id.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let conversation = |(at, id): &(i64, u64)| json!({ "id": id, "status": "open", "last_activity_at": at, "custom_attributes": { "ponte": OPENING } });
        let page: Vec<Value> = all.iter().skip((page - 1) * 25).take(25).map(conversation).collect();
        json!({ "data": { "meta": {}, "payload": page } })
    }
}

/// What was found, as often as it was, each conversation's in order.
struct Found {
    messages: Vec<(u64, u64)>,
    looks: usize,
    /// The most calls of one look.
    calls: usize,
    cursor: String,
}

impl Found {
    fn ids(&self) -> HashSet<(u64, u64)> {
        self.messages.iter().copied().collect()
    }
}

/// Looks until there is no more, as the use case does.
async fn looks(inbox: &Arc<Mutex<Inbox>>, cursor: &str) -> Found {
    let listed = inbox.clone();
    let server = Server::serving(move |call| listed.lock().unwrap().answer(call));
    let sweep: Arc<dyn EventPoller> = ADAPTER.sweep(&server);
    let mut found = Found { messages: Vec::new(), looks: 0, calls: 0, cursor: cursor.to_owned() };
    loop {
        let Swept { tickets, cursor, more } = sweep.since(Some(&found.cursor)).await.unwrap();
        for ticket in tickets {
            let id: u64 = ticket.ticket.as_str().parse().unwrap();
            let events: Vec<u64> = ticket.events.iter().map(|event| event.id.as_str().parse().unwrap()).collect();
            assert!(events.is_sorted(), "a conversation's words are told in order");
            found.messages.extend(events.into_iter().map(|event| (id, event)));
        }
        found.looks += 1;
        found.calls = found.calls.max(server.calls().len());
        assert!(!more || cursor != found.cursor, "it does not get on: {cursor}");
        found.cursor = cursor;
        if !more {
            return found;
        }
        assert!(found.looks < 1_000, "it does not end");
    }
}

/// So many conversations with one message each.
fn inbox(conversations: u64, at: impl Fn(u64) -> i64) -> Arc<Mutex<Inbox>> {
    let active: BTreeMap<u64, i64> = (1..=conversations).map(|id| (id, at(id))).collect();
    let said = active.iter().map(|(id, at)| (*id, vec![(10_000 + id, *at)])).collect();
    Arc::new(Mutex::new(Inbox { active, said, ..Inbox::default() }))
}

fn expected(conversations: u64) -> HashSet<(u64, u64)> {
    (1..=conversations).map(|id| (id, 10_000 + id)).collect()
}

#[tokio::test]
async fn two_thousand_conversations_since_yesterday_are_looked_into_page_by_page() {
    // The youngest has the lowest number, and every third second has two.
    let inbox = inbox(2_010, |id| 100_000 - i64::try_from(id * 3 / 4).unwrap());
    let found = looks(&inbox, "90000:90000").await;
    assert_eq!(found.ids(), expected(2_010));
    assert_eq!(found.messages.len(), 2_010, "each once");
    assert_eq!(found.looks, 2_010_usize.div_ceil(25));
    assert!(found.calls < 60, "a look stays small: {}", found.calls);
    assert_eq!(found.cursor, "99880:99880", "two minutes behind the newest");
}

#[tokio::test]
async fn many_conversations_of_one_second_are_looked_into_all_the_same() {
    // Between others, a page and more of one second, and all of one second.
    type Active = fn(u64) -> i64;
    let cases: [(_, Active); 3] = [
        (160, |id| if (20..=130).contains(&id) { 95_000 } else { 94_900 + i64::try_from(id).unwrap() }),
        (50, |_| 95_000),
        (400, |_| 95_000),
    ];
    for (conversations, at) in cases {
        let found = looks(&inbox(conversations, at), "90000:90000").await;
        assert_eq!(found.ids(), expected(conversations));
        assert_eq!(found.messages.len(), usize::try_from(conversations).unwrap(), "each once");
        // Where it broke off, another look goes on.
        let rest = looks(&inbox(conversations, at), "90000:95000:30").await;
        assert!(rest.ids().is_superset(
            &expected(conversations).into_iter().filter(|(id, _)| *id > 30 && at(*id) >= 95_000).collect()
        ));
    }
}

#[tokio::test]
async fn what_becomes_active_while_it_is_listed_hides_nothing() {
    for lists in 1..40 {
        let inbox = inbox(300, |id| 91_000 + i64::try_from(id).unwrap());
        // From the end of the list to its front, and from the middle.
        inbox.lock().unwrap().wakes = vec![(lists, 1, 99_000), (lists, 150, 99_001), (lists + 1, 40, 99_002)];
        let found = looks(&inbox, "90000:90000").await;
        let missing: Vec<_> = expected(300).difference(&found.ids()).copied().collect();
        assert!(missing.is_empty(), "{lists}: {missing:?}");
        let woken = [1, 150, 40].map(|id| (id, 1_000_000 + id));
        // Those that woke after the last list are found by the next look.
        let next = looks(&inbox, &found.cursor).await;
        assert!(woken.iter().all(|one| found.ids().contains(one) || next.ids().contains(one)), "{lists}");
    }
}

#[tokio::test]
async fn all_messages_of_a_conversation_are_read_however_many() {
    let inbox = Arc::new(Mutex::new(Inbox::default()));
    for (id, messages) in [(7, 220), (8, 1_000)] {
        inbox.lock().unwrap().active.insert(id, 95_000);
        let all = (1..=messages).map(|number| (number * 2 + id % 2, 91_000)).collect();
        inbox.lock().unwrap().said.insert(id, all);
    }
    let found = looks(&inbox, "90000:90000").await;
    assert_eq!(found.messages.len(), 1_220);
    assert_eq!(found.ids().len(), 1_220);
}

#[tokio::test]
async fn a_conversation_that_is_deleted_meanwhile_stops_nothing() {
    let inbox = inbox(3, |id| 95_000 + i64::try_from(id).unwrap());
    let listed = inbox.clone();
    let server = Server::serving(move |call| {
        if call.path.contains("/2/messages") {
            return (404, json!({ "error": "Resource could not be found" }));
        }
        listed.lock().unwrap().answer(call)
    });
    let found = ADAPTER.sweep(&server).since(Some("90000:90000")).await.unwrap();
    let tickets: Vec<&str> = found.tickets.iter().map(|ticket| ticket.ticket.as_str()).collect();
    assert_eq!(tickets, ["1", "3"]);
}

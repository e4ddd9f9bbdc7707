//! What is found of events that RT told once, and nobody heard.

use ponte::{
    helpdesk::{self, Secrets},
    message::AgentEventKind,
    relay::ports::{EventPoller, Swept},
    settings::HelpdeskSettings,
};
use serde_json::{Value, json};

use super::{answers, client, lines, list, means, query, secret};

fn item(id: u32, ticket: u32, created: &str) -> Value {
    json!({ "id": id.to_string(), "ObjectId": ticket.to_string(), "Type": "Correspond", "Created": created, "Object": "" })
}

const OLD: &str = "2026-11-21T08:44:30Z";
const YOUNG: &str = "2026-11-21T08:44:31Z";

/// Cursor, whether there is more, and each ticket with its events.
fn line(swept: &Swept) -> String {
    let ticket = |found: &ponte::message::TicketEvents| {
        assert!(found.events.iter().all(|event| event.kind == AgentEventKind::NeedsFetch));
        let ids: Vec<&str> = found.events.iter().map(|event| event.id.as_str()).collect();
        format!("{}: {}", found.ticket.as_str(), ids.join(" "))
    };
    let tickets: Vec<String> = swept.tickets.iter().map(ticket).collect();
    format!("{} {} [{}]", swept.cursor, swept.more, tickets.join(", "))
}

#[tokio::test]
async fn the_first_look_finds_where_to_begin() {
    let begin = async |items: &[Value]| {
        let server = answers(&[list(items)]);
        let swept = client(&server).since(None).await.unwrap();
        let calls = server.calls();
        assert_eq!(lines(&calls), ["GET transactions"]);
        assert_eq!(
            (query(&calls[0], "order").as_deref(), query(&calls[0], "per_page").as_deref()),
            (Some("DESC"), Some("100"))
        );
        line(&swept)
    };
    assert_eq!(begin(&[item(9, 1, YOUNG), item(7, 1, OLD), item(5, 1, OLD)]).await, "7 false []");
    assert_eq!(begin(&[item(9, 1, YOUNG), item(7, 1, YOUNG)]).await, "6 false []", "nothing is old enough");
    assert_eq!(begin(&[]).await, "0 false []");
}

#[tokio::test]
async fn what_happened_since_is_found_by_ticket() {
    let server = answers(&[list(&[item(12, 4, OLD), item(13, 5, OLD), item(14, 4, YOUNG), item(15, 4, "?")])]);
    let swept = client(&server).since(Some("11")).await.unwrap();
    assert_eq!(line(&swept), "13 false [4: 12 14 15, 5: 13]", "the cursor stays two minutes behind");
    let calls = server.calls();
    let asked = query(&calls[0], "query").unwrap();
    for part in ["id > 11", "TicketCreator = '__CurrentUser__'", "Creator != '__CurrentUser__'", "Type = 'Correspond'"]
    {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(!asked.contains("Comment"), "{asked}");
    assert_eq!(
        (query(&calls[0], "orderby").as_deref(), query(&calls[0], "order").as_deref()),
        (Some("id"), Some("ASC"))
    );
}

#[tokio::test]
async fn a_full_page_has_more_behind_it() {
    let page = |created: &str| (1..=100).map(|id| item(id, 4, created)).collect::<Vec<_>>();
    let swept = async |items: &[Value]| client(&answers(&[list(items)])).since(Some("0")).await.unwrap();
    let full = swept(&page(OLD)).await;
    assert_eq!((full.cursor.as_str(), full.more), ("100", true));
    let rest = swept(&page(OLD)[..99]).await;
    assert_eq!((rest.cursor.as_str(), rest.more), ("99", false));
    // The next look would find the same.
    let young = swept(&page(YOUNG)).await;
    assert_eq!((young.cursor.as_str(), young.more), ("0", false));
    // A cursor never goes back.
    let server = answers(&[list(&[])]);
    assert_eq!(line(&client(&server).since(Some("500")).await.unwrap()), "500 false []");
}

/// The function `sweep` gets it from where the workers get their client.
#[tokio::test]
async fn the_configured_helpdesk_is_swept_where_it_repeats_nothing() {
    let server = answers(&[list(&[item(7, 1, OLD)])]);
    let sweep = |name: &str| {
        let settings = HelpdeskSettings { name: name.to_owned(), url: server.url.clone(), own: String::new() };
        helpdesk::poller(&settings, Secrets { credentials: secret("x"), webhook: secret("x") }, means())
    };
    assert_eq!(line(&sweep("request-tracker").unwrap().unwrap().since(None).await.unwrap()), "7 false []");
    assert!(sweep("intercom").unwrap().is_none() && sweep("webhook").unwrap().is_none());
}

#[tokio::test]
async fn a_look_that_fails_is_made_again() {
    let server = answers(&[(500, Value::Null)]);
    assert_eq!(client(&server).since(Some("5")).await.unwrap_err().kind(), "later");
}

//! What a list costs: a page without a filter, what is open with one, and never the table.

use std::{collections::HashMap, time::Instant};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures_util::{StreamExt as _, stream};
use ponte::message::CustomerKey;
use ponte_cli::conversations;

use super::Browser;
use crate::stack::Desk;

/// Items of the table, and how many of them have not ended.
const ALL: usize = 10_000;
const OPEN: usize = 500;

#[tokio::test]
async fn ten_thousand_conversations_cost_what_a_page_costs() {
    let desk = Desk::start().await;
    fill(&desk, ALL, OPEN).await;
    // One query for keys, and one read of the page's records.
    let page = conversations::open(&desk.stack, None, 50).await.unwrap();
    assert_eq!((page.conversations.len(), page.calls), (50, 2));
    let second = conversations::open(&desk.stack, page.next.as_ref(), 50).await.unwrap();
    assert_eq!((second.conversations.len(), second.calls), (50, 2));
    let keys =
        |open: &conversations::Open| open.conversations.iter().map(|one| one.key.clone()).collect::<Vec<CustomerKey>>();
    assert!(keys(&page).iter().all(|key| !keys(&second).contains(key)));
    // All that is open: two hundred keys a query and one that finds no more, a hundred records a read.
    let all = conversations::open(&desk.stack, None, usize::MAX).await.unwrap();
    assert_eq!((all.conversations.len(), all.next.is_none(), all.calls), (OPEN, true, 4 + 5));

    let browser = Browser::of(&desk, "pt-BR").await;
    for path in ["/conversations", "/conversations?waiting=0", "/"] {
        let began = Instant::now();
        let shown = browser.get(path).await;
        assert_eq!(shown.status, 200);
        println!("{path}: {} ms, with the emulator's own time", began.elapsed().as_millis());
    }
    let first = browser.get("/conversations").await.body;
    assert_eq!(first.matches("<tr>").count(), 51);
    let next = first
        .split_once("rel=\"next\"")
        .unwrap()
        .0
        .rsplit_once("href=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    assert_eq!(browser.get(&next).await.body.matches("<tr>").count(), 51, "{next}");
    let filtered = browser.get("/conversations?queue=sales").await.body;
    assert!(filtered.contains("250 conversas"), "{filtered}");
}

/// Items as the functions write them, as far as they are read here.
async fn fill(desk: &Desk, all: usize, open: usize) {
    let dynamo = aws_sdk_dynamodb::Client::new(&desk.config);
    let now = ponte::clock::Clock::now(&ponte::clock::SystemClock).0;
    let item = |number: usize| {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let count = |value: i64| AttributeValue::N(value.to_string());
        let number = i64::try_from(number).unwrap();
        let is_open = number < i64::try_from(open).unwrap();
        let key = format!("{number:032x}");
        let mut item = HashMap::from([
            ("pk".to_owned(), text(&format!("conversation#{key}"))),
            ("opening".to_owned(), text(&format!("{key}-{number:012x}"))),
            ("state".to_owned(), text(if is_open { "open" } else { "closed" })),
            ("address".to_owned(), text(&format!("{}@wa.gw.msging.net", 5_531_900_000_000 + number))),
            ("opened".to_owned(), count(now - number * 1_000)),
            ("expires_at".to_owned(), count(now / 1_000 + 86_400)),
            ("ticket".to_owned(), text(&number.to_string())),
            ("queue".to_owned(), text(if number % 2 == 0 { "sales" } else { "billing" })),
        ]);
        if is_open {
            item.extend([("due".to_owned(), text("open")), ("due_at".to_owned(), count(now + number))]);
        }
        WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(item)).build().unwrap()).build()
    };
    let items: Vec<WriteRequest> = (0..all).map(item).collect();
    let batches =
        items.chunks(25).map(|items| dynamo.batch_write_item().request_items("ponte-table", items.to_vec()).send());
    let written: Vec<_> = stream::iter(batches).buffer_unordered(16).collect().await;
    assert!(written.iter().all(Result::is_ok));
}

//! What is kept for a client: nothing is skipped, for a day, however much it is and whatever the client was told before.

use std::{collections::HashSet, time::Duration};

use ponte::{
    clock::Clock,
    lime::Document,
    message::CustomerKey,
    queue::ToHelpdeskJob,
    relay::ports::{CustomerChannel, Outgoing},
    rest::Answer,
};
use serde_json::json;

use super::{Site, texts, to};

const DAY: Duration = Duration::from_hours(24);

impl Site {
    async fn says(&self, numbers: impl IntoIterator<Item = usize>) {
        for number in numbers {
            self.says_text(&format!("id-{number}"), &number.to_string()).await;
        }
    }

    async fn says_text(&self, id: &str, text: &str) {
        let document = Document::text(text.to_owned());
        self.channel().send(&Outgoing { id: Some(id.to_owned()), to: to("joao"), document }).await.unwrap();
    }

    async fn ask(&self, cursor: &str) -> Answer {
        self.post(&json!({ "sender": "joao", "cursor": cursor })).await.unwrap()
    }

    /// Asks until nothing more comes, as a client that keeps its cursor does.
    async fn all(&self, cursor: &str) -> (Vec<String>, String) {
        let (mut got, mut cursor) = (Vec::new(), cursor.to_owned());
        loop {
            let answer = self.ask(&cursor).await;
            if answer.body == json!([]) {
                return (got, cursor);
            }
            got.extend(texts(&answer).into_iter().map(str::to_owned));
            cursor = answer.cursor;
        }
    }

    fn key_of(&self) -> CustomerKey {
        CustomerKey::of(&to("joao"), &self.key)
    }
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn nothing_is_skipped_when_the_outbox_has_expired_since_the_clients_cursor() {
    // As many today as yesterday, fewer, more.
    for today in [4, 10, 14] {
        for (deleted, erased) in [(true, false), (false, false), (false, true)] {
            let site = Site::new();
            site.says(0..10).await;
            let (got, cursor) = site.all("0").await;
            assert_eq!(got, numbers(0..10));
            site.clock.pass(DAY * 2);
            if deleted {
                site.outbox.delete_expired(site.clock.now());
            }
            if erased {
                site.outbox.erase();
            }
            site.says(10..10 + today).await;
            assert_eq!(site.all(&cursor).await.0, numbers(10..10 + today), "{today} {deleted} {erased}");
        }
    }
}

#[tokio::test]
async fn nothing_is_skipped_when_the_outbox_is_erased_between_two_looks() {
    let site = Site::new();
    site.says(0..3).await;
    let (_, cursor) = site.all("0").await;
    site.outbox.erase();
    site.clock.pass(Duration::from_secs(1));
    site.says(3..8).await;
    assert_eq!(site.all(&cursor).await.0, numbers(3..8));
}

#[tokio::test]
async fn a_clients_own_names_are_taken_as_they_are() {
    let site = Site::new();
    let names = ["1", "fwd:1", "fwd:fwd:1", " 1", "{{4711}}", "{{$guid}}", "a", "A", "a/1", "a%2F1"];
    for _ in 0..2 {
        for name in names {
            site.post(&json!({ "sender": "joao", "message": "oi", "message_id": name })).await.unwrap();
        }
    }
    let sent = site.queue.sent.lock().unwrap();
    let ids: HashSet<_> = sent.iter().map(|job| &job.deduplication).collect();
    assert_eq!((sent.len(), ids.len()), (2 * names.len(), names.len()), "each once, and a retry is the same");
    // The worker remembers a message by this.
    let jobs = sent.iter().map(|job| serde_json::from_str::<ToHelpdeskJob>(&job.body).unwrap().id);
    let kept: HashSet<String> = jobs.map(|id| id.as_str().to_owned()).collect();
    assert_eq!(kept.len(), names.len());
    assert!(names[..8].iter().all(|name| kept.contains(*name)), "{kept:?}");
}

#[tokio::test]
async fn a_clients_words_are_taken_whole_however_long() {
    for long in [8_000, 8_001, 70_000] {
        let site = Site::new();
        let world = super::ways::world(&site);
        let long = "palavra ".repeat(long / 8);
        site.post(&json!({ "sender": "joao", "message": long })).await.unwrap();
        assert!(world.to_helpdesk(vec![super::ways::next(&site)]).await.is_empty());
        let said = world.said().into_iter().map(|line| line.replacen("T-1 ", "", 1)).collect::<String>();
        let words = |text: &str| text.split_whitespace().count();
        assert_eq!(words(&said), words(&long));
    }
}

#[tokio::test]
async fn an_answer_that_no_item_holds_is_refused() {
    let site = Site::new();
    let option = |number: usize| json!({ "text": format!("{number}{}", "\u{1}".repeat(990)) });
    let options: Vec<_> = (0..100).map(option).collect();
    let select = json!({ "text": "Qual?", "options": options });
    let document = Document::new("application/vnd.lime.select+json", select);
    let sent = site.channel().send(&Outgoing { id: Some("a".into()), to: to("joao"), document }).await;
    assert!(matches!(sent, Err(ponte::relay::Failure::Refused { status: 413, .. })), "{sent:?}");
}

#[tokio::test]
async fn all_answers_are_kept_for_a_day_however_long_and_however_many() {
    let site = Site::new();
    let long = |number: usize| format!("{number} {}", "x".repeat(7_900));
    for number in 0..12 {
        site.says_text(&format!("id-{number}"), &long(number)).await;
    }
    assert_eq!(site.all("0").await.0, (0..12).map(long).collect::<Vec<_>>());
    for long in [8_000, 8_001, 60_000] {
        let site = Site::new();
        let long = "á".repeat(long);
        site.says_text("long", &long).await;
        assert_eq!(site.all("0").await.0.concat(), long);
    }
    let site = Site::new();
    site.says(0..250).await;
    assert_eq!(site.all("0").await.0, numbers(0..250));
    // To the second.
    site.clock.pass(DAY.checked_sub(Duration::from_secs(1)).unwrap());
    site.says(250..251).await;
    assert_eq!(site.all("0").await.0, numbers(0..251));
    site.clock.pass(Duration::from_secs(1));
    assert_eq!(site.all("0").await.0, numbers(250..251));
}

#[tokio::test]
async fn the_cost_of_an_answer_does_not_grow_with_how_many_were_sent() {
    let site = Site::new();
    let mut cursor = "0".to_owned();
    let cost = |site: &Site| {
        let read = std::mem::take(&mut *site.outbox.read.lock().unwrap());
        (std::mem::take(&mut *site.outbox.written.lock().unwrap()), read)
    };
    let mut costs = Vec::new();
    for number in 100..250 {
        site.says([number]).await;
        let answer = site.ask(&cursor).await;
        assert_eq!(texts(&answer), [number.to_string()]);
        cursor = answer.cursor;
        costs.push(cost(&site));
        // A look that finds nothing.
        site.ask(&cursor).await;
        costs.push(cost(&site));
    }
    // The first two are those of an outbox that is empty: numbers have fewer digits, and there is nothing to be confirmed.
    let steady = &costs[2..];
    let pair = |at: usize| (&steady[at], &steady[at + 1]);
    assert_eq!(pair(0), pair(steady.len() - 2), "the first answer costs what the last one does");
    assert!(costs.iter().all(|(written, read)| written.iter().all(|bytes| *bytes < 1_000) && *read <= 4), "{costs:?}");
    assert!(site.outbox.head_size(&site.key_of()) < 1_000, "one unit of a write");
}

#[tokio::test]
async fn what_does_not_fit_into_one_answer_comes_with_the_next() {
    let site = Site::new();
    let long = |number: usize| format!("{number} {}", "\"".repeat(7_900));
    for number in 0..100 {
        site.says_text(&format!("id-{number}"), &long(number)).await;
    }
    let first = site.ask("0").await;
    let (fit, bytes) = (first.body.as_array().unwrap().len(), first.body.to_string().len());
    assert!(fit < 100 && (1_000_000..1_400_000).contains(&bytes), "{fit} {bytes}");
    let expected: Vec<String> = (0..100).map(long).collect();
    assert_eq!(site.all("0").await.0, expected);
    // The tracker shows the newest that fit.
    let tracker = site.endpoint().tracker(Some(super::TOKEN), "joao").await.unwrap();
    let shown: Vec<&str> = tracker["events"].as_array().unwrap().iter().map(|e| e["text"].as_str().unwrap()).collect();
    assert_eq!(shown, expected[100 - shown.len()..]);
    assert!(!shown.is_empty() && shown.len() < 100);
    // And to a client that names no cursor, once each.
    let site = Site::new();
    site.says(0..1_500).await;
    let mut got: Vec<String> = Vec::new();
    for expected in [1_000, 500, 0] {
        let answer = site.post(&json!({ "sender": "joao" })).await.unwrap();
        assert_eq!(texts(&answer).len(), expected);
        got.extend(texts(&answer).into_iter().map(str::to_owned));
    }
    assert_eq!(got, numbers(0..1_500));
}

#[tokio::test]
async fn what_was_told_is_known_for_as_long_as_a_job_may_wait() {
    let site = Site::new();
    site.says(0..300).await;
    // It was parked, and comes back when the words have expired.
    site.clock.pass(DAY * 13);
    site.outbox.delete_expired(site.clock.now());
    site.says(0..300).await;
    assert!(site.channel().knows(&to("joao"), "id-0").await.unwrap());
    assert_eq!(site.all("0").await.0, numbers(0..0));
    site.says(300..301).await;
    assert_eq!(site.all("0").await.0, numbers(300..301));
}

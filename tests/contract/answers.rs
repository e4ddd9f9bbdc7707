//! What each side answers: the statuses of the file are those of the code.

use std::{collections::BTreeSet, time::Duration};

use ponte::relay::{
    Failure,
    ports::{EndedBy, Helpdesk, Rejection, Staffing, Unfit},
};
use serde_json::Value;

use super::{
    calls::{in_house, opening, opening_ref},
    file::{Contract, keys},
};

#[test]
fn our_answers_are_those_of_the_file() {
    let contract = Contract::read();
    let ours = [
        Rejection::Unauthorized(""),
        Rejection::TooLarge,
        Rejection::Malformed("the body is not JSON"),
        Rejection::Unprocessable("unknown `type`: see the contract, docs/openapi.yaml"),
        Rejection::Unfit(Unfit::of("/data/content/options", "must have one answer at least")),
        Rejection::NotStored,
    ];
    let responses = contract.at("/paths/~1helpdesk/post/responses");
    // 429 is the gateway's own.
    let statuses = ours.iter().map(|rejection| rejection.status().to_string());
    assert_eq!(keys(responses), statuses.chain(["200".to_owned(), "429".to_owned()]).collect());
    for rejection in ours {
        let content = responses[rejection.status().to_string()].pointer("/content/application~1json");
        let Some(content) = content else {
            assert!(matches!(rejection, Rejection::Unauthorized(_)), "{rejection:?}");
            continue;
        };
        let body: Value = serde_json::from_str(&rejection.body()).unwrap();
        contract.validate("Error", &body).unwrap();
        let shown = content["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
        let shown: Vec<&Value> = shown.chain(content.get("example")).collect();
        assert!(shown.contains(&&body), "{body} is not among {shown:?}");
    }
}

/// One status for each entry of the file, and what Ponte makes of it.
const THEIRS: [(&str, u16, &str); 12] = [
    ("2XX", 204, "done"),
    ("3XX", 307, "later"),
    ("400", 400, "refused"),
    ("401", 401, "unauthorized"),
    ("403", 403, "unauthorized"),
    ("410", 410, "gone"),
    ("413", 413, "refused"),
    ("415", 415, "refused"),
    ("422", 422, "refused"),
    ("429", 429, "later"),
    ("503", 503, "later"),
    ("default", 500, "later"),
];

#[tokio::test]
async fn their_answers_mean_what_the_file_says() {
    let contract = Contract::read();
    let named: BTreeSet<String> = THEIRS.iter().map(|(entry, ..)| (*entry).to_owned()).collect();
    for kind in keys(contract.at("/webhooks")) {
        let responses = contract.at(&format!("/webhooks/{kind}"))["post"]["responses"].clone();
        // What is tried once, or a few times, needs no meanings: `tests/relay/presence.rs` and `ratings.rs` have it that nothing waits for long.
        let expected = match kind.as_str() {
            "message.status" | "customer.typing" | "conversation.rated" => ["2XX", "default"].map(str::to_owned).into(),
            // Asked once, and what is no answer says nothing: `tests/relay/availability.rs`.
            "availability.requested" => ["200", "default"].map(str::to_owned).into(),
            _ => named.clone(),
        };
        assert_eq!(keys(&responses), expected, "{kind}");
    }
    let entries = THEIRS.map(|(_, status, kind)| (status, kind)).into_iter().chain([(404, "later"), (502, "later")]);
    for (status, expected) in entries {
        let (client, _calls) = in_house(vec![format!("HTTP/1.1 {status} X\r\nretry-after: 7\r\n")], "");
        let outcome = client.ended(&opening_ref(), EndedBy::Agent).await;
        let kind = outcome.as_ref().map_or_else(Failure::kind, |()| "done");
        assert_eq!(kind, expected, "{status}");
        let wait = outcome.err().and_then(|failure| failure.retry_after());
        assert_eq!(wait, matches!(status, 429 | 503).then_some(Duration::from_secs(7)), "{status}");
    }
}

#[tokio::test]
async fn the_ticket_is_called_as_the_answer_says() {
    let long = "x".repeat(201);
    let own = opening_ref().opening.as_str().to_owned();
    for (answer, expected) in [
        (r#"{"ticket":"4711"}"#.to_owned(), "4711"),
        (r#"{"ticket":4711,"more":1}"#.to_owned(), "4711"),
        (format!(r#"{{"ticket":"{}"}}"#, &long[1..]), &long[1..]),
        (format!(r#"{{"ticket":"{long}"}}"#), &own),
        (r#"{"ticket":" "}"#.to_owned(), &own),
        (r#"{"ticket":true}"#.to_owned(), &own),
        ("{}".to_owned(), &own),
        (String::new(), &own),
    ] {
        let (client, _calls) = in_house(vec!["HTTP/1.1 200 OK\r\n".to_owned()], &answer);
        let ticket = client.open(&opening(true)).await.unwrap();
        assert_eq!(ticket.as_str(), expected, "{answer}");
    }
}

#[tokio::test]
async fn whether_somebody_is_there_is_what_the_answer_says() {
    for (answer, expected) in [
        (r#"{"staffed":true}"#, Some(true)),
        (r#"{"staffed":false,"more":1}"#, Some(false)),
        (r#"{"staffed":null}"#, None),
        (r#"{"staffed":"yes"}"#, None),
        ("{}", None),
        ("[]", None),
        ("", None),
    ] {
        let (client, _calls) = in_house(vec!["HTTP/1.1 200 OK\r\n".to_owned()], answer);
        assert_eq!(client.is_staffed(Some("Financeiro")).await, Ok(expected), "{answer}");
    }
    // A tool that does not know the question.
    for status in [400, 404, 405, 410, 422] {
        let (client, _calls) = in_house(vec![format!("HTTP/1.1 {status} X\r\n")], "");
        let told = client.is_staffed(None).await;
        assert!(matches!(told, Ok(None) | Err(_)), "{status}: {told:?}");
    }
    // One that is never asked.
    let (client, calls) = in_house(vec!["HTTP/1.1 200 OK\r\n".to_owned()], r#"{"staffed":true}"#);
    assert_eq!(client.asking(false).is_staffed(None).await, Ok(None));
    assert!(calls.try_recv().is_err());
}

//! Documents: each known type has its variant, and each variant reads what its type may hold.

use ponte::lime::{Collection, Container, Document, Reaction, Reply, Ticket, TicketStatus, items};
use serde_json::{Value, json};

use super::fixtures;

#[test]
fn every_known_type_has_its_variant() {
    let unknown: Vec<String> = fixtures::messages()
        .into_iter()
        .filter(|(_, message)| matches!(message.document, Document::Other { .. }))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(unknown, ["message-human-agent-request.json"]);
}

#[test]
fn content_without_its_shape_is_kept_as_it_is() {
    for (media_type, content) in [
        ("text/plain", json!(5)),
        ("application/vnd.lime.media-link+json", json!({"title": "no uri"})),
        ("application/vnd.lime.reply+json", json!({"replied": "yes"})),
        ("application/vnd.lime.collection+json", json!({"itemType": "text/plain"})),
        ("application/x-unknown", json!({"a": null})),
    ] {
        let document = Document::new(media_type, content.clone());
        assert_eq!(document, Document::Other { media_type: media_type.to_owned(), content: content.clone() });
        assert_eq!((document.media_type(), document.content()), (media_type, content));
    }
}

#[track_caller]
fn check_size(size: Value, expected: Option<u64>) {
    let content = json!({"uri": "https://x", "size": size});
    let document = Document::new("application/vnd.lime.media-link+json", content.clone());
    assert_eq!(document.content(), content);
    let Document::MediaLink(link) = document else { panic!("no media link") };
    assert_eq!(link.size.and_then(|size| size.bytes()), expected);
}

#[test]
fn a_size_is_a_number_or_a_text() {
    check_size(json!(48336), Some(48336));
    check_size(json!("3124123"), Some(3_124_123));
    for none in [json!(-1), json!("big"), json!(null), json!({}), json!(1.5)] {
        check_size(none, None);
    }
}

#[track_caller]
fn check_place(latitude: Value, expected: Option<f64>) {
    let Document::Location(place) = Document::new("application/vnd.lime.location+json", json!({"latitude": latitude}))
    else {
        panic!("no location")
    };
    assert_eq!(place.latitude(), expected);
}

#[test]
fn a_coordinate_may_be_masked() {
    check_place(json!(-19.91), Some(-19.91));
    check_place(json!(-19), Some(-19.0));
    check_place(json!("-19.91"), Some(-19.91));
    for none in [json!("*"), json!("NaN"), json!(91), json!(null), json!([])] {
        check_place(none, None);
    }
}

#[track_caller]
fn check_emoji(content: Value, expected: Option<&str>) {
    let reaction = Reaction::from_value(content.clone()).unwrap();
    assert_eq!(reaction.emoji().as_deref(), expected);
    assert_eq!(reaction.to_value(), content);
}

#[test]
fn an_emoji_is_code_points_or_utf16_units() {
    check_emoji(json!({"emoji": {"values": [128_077]}}), Some("👍"));
    check_emoji(json!({"emoji": {"values": [0xD83D, 0xDC4D]}}), Some("👍"));
    check_emoji(json!({"emoji": {"values": [0x2764, 0xFE0F]}}), Some("❤️"));
    check_emoji(json!({"emoji": {"values": [0xD83D, 0xDC4D, 0xD83C, 0xDFFD]}}), Some("👍🏽"));
    check_emoji(json!({"emoji": {"values": [0xD83D]}}), None);
    check_emoji(json!({"emoji": {"values": [0xDC4D, 0xD83D, 65]}}), Some("A"));
    check_emoji(json!({"emoji": {"values": []}}), None);
    check_emoji(json!({"emoji": {"values": ["x", null, -1, 1e30]}}), None);
    check_emoji(json!({}), None);
}

#[track_caller]
fn check_status(status: Value, expected: TicketStatus, is_ended: bool) {
    let ticket = Ticket::from_value(json!({"status": status})).unwrap();
    assert_eq!((ticket.status(), ticket.status().is_ended()), (expected, is_ended));
}

#[test]
fn every_closed_status_is_an_end() {
    for closed in ["ClosedAttendant", "ClosedClient", "ClosedClientInactivity", "closedSomehow"] {
        check_status(json!(closed), TicketStatus::Closed(closed.to_owned()), true);
    }
    check_status(json!("Transferred"), TicketStatus::Transferred, true);
    check_status(json!("waiting"), TicketStatus::Waiting, false);
    check_status(json!("Open"), TicketStatus::Open, false);
    check_status(json!("Assigned"), TicketStatus::Assigned, false);
    check_status(json!(null), TicketStatus::None, false);
    check_status(json!("Parked"), TicketStatus::Other("Parked".to_owned()), false);
}

#[test]
fn an_empty_customer_input_is_none() {
    let input = |value: Value| Ticket::from_value(json!({"customerInput": value})).unwrap().customer_input();
    assert_eq!(input(json!({"type": "text/plain", "value": "hi"})), Some(Document::text("hi")));
    let control = json!({"type": "application/vnd.lime.redirect+json", "value": {}});
    let blank = json!({"type": "text/plain", "value": " "});
    for none in
        [json!({}), json!(null), json!("hi"), json!({"type": "text/plain"}), json!({"value": "hi"}), control, blank]
    {
        assert_eq!(input(none), None);
    }
}

#[test]
fn a_collection_gives_its_documents_in_order() {
    let Document::Collection(mixed) = Document::new(
        "application/vnd.lime.collection+json",
        fixtures::one("message-collection-container.json")["content"].clone(),
    ) else {
        panic!("no collection")
    };
    let types: Vec<String> = mixed.documents().iter().map(|document| document.media_type().to_owned()).collect();
    assert_eq!(types, ["application/vnd.lime.media-link+json", "application/vnd.lime.select+json"]);
    let page = fixtures::one("response-threads-get.json");
    assert_eq!(items(&page["resource"]).len(), 3);
    assert_eq!(items(&json!("none")), Vec::<Value>::new());
    let odd = Collection::from_value(json!({"itemType": "text/plain", "items": [null, "a"]})).unwrap();
    assert_eq!(odd.documents().len(), 2);
}

#[test]
fn containers_open_to_what_they_hold() {
    let inner = Container::new(&Document::text("hi"));
    let outer = Document::Container(Container::new(&Document::Container(inner)));
    assert_eq!(outer.unwrapped(), Document::text("hi"));
}

#[test]
fn a_reply_to_a_reply_says_what_the_innermost_says() {
    let mut said = Container::new(&Document::text("yes"));
    for _ in 0..3 {
        let reply = Reply { replied: said, ..Reply::default() };
        said = Container::new(&Document::Reply(reply));
    }
    let reply = Reply { replied: said, ..Reply::default() };
    assert_eq!(reply.innermost(), Document::text("yes"));
}

#[track_caller]
fn check_internal(media_type: &str, content: Value, expected: bool) {
    assert_eq!(Document::new(media_type, content).is_internal(), expected, "{media_type}");
}

#[test]
fn the_platform_talks_to_itself() {
    for media_type in [
        "application/vnd.lime.chatstate+json",
        "application/vnd.lime.chatstater+json",
        "application/vnd.lime.ping+json",
        "application/vnd.lime.click-tracking+json",
        "application/vnd.blip-client.inputexpirationtime+json",
        "application/vnd.omni.attendance",
        "application/vnd.iris.desk.thread-summary+json",
        "application/vnd.iris.content-unavailable",
        "Application/Vnd.Iris.Anything",
    ] {
        check_internal(media_type, Value::Null, true);
    }
    check_internal("application/json", json!({"type": "typing_indicator"}), true);
    check_internal("application/json", json!({"typing_indicator": {"type": "text"}}), true);
    check_internal("application/json", json!({"text": "typing_indicator"}), false);
    for media_type in ["ticket+json", "resource+json", "human-agent-request", "calls.media+json"] {
        check_internal(&format!("application/vnd.iris.{media_type}"), Value::Null, false);
    }
    check_internal("application/x-unknown", Value::Null, false);
}

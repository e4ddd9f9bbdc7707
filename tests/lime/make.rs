//! What we send looks like the published examples.

use ponte::lime::{Command, Container, Document, Event, Message, Node, Notification, media_types};
use serde_json::{Value, json};

use super::fixtures;

#[track_caller]
fn check(name: &str, document: &Document) {
    let example = fixtures::one(name);
    assert_eq!(example["type"], document.media_type());
    assert_eq!(example["content"], document.content());
}

#[test]
fn documents() {
    check("message-text-outbound.json", &Document::text("Hello, how can I help you?"));
    check("message-redirect-to-main-bot.json", &Document::redirect(None, None));
    check("message-redirect-service.json", &Document::redirect(Some("attendance"), None));
    let context = Container::new(&Document::text("Get started"));
    check("message-redirect-address-context.json", &Document::redirect(Some("mysdkbot@msging.net"), Some(context)));
    check("message-chatstate-composing.json", &Document::chat_state("composing"));
    let uri = "https://gradcollege.okstate.edu/sites/default/files/PDF_linking.pdf";
    let file = Document::media_link("application/pdf", uri, Some("pdf_open_parameters.pdf"), None, Some(5540));
    check("message-media-link-document.json", &file);
}

#[test]
fn documents_without_an_example() {
    let menu = Document::select_immediate("Well?", &["Yes".to_owned(), "No".to_owned()]);
    assert_eq!(
        menu.content(),
        json!({"scope": "immediate", "text": "Well?", "options": [{"text": "Yes"}, {"text": "No"}]})
    );
    let place = Document::location(-19.5, -43.25, Some("Here"));
    assert_eq!(place.content(), json!({"latitude": -19.5, "longitude": -43.25, "text": "Here"}));
}

#[test]
fn a_message() {
    let to = Node::parse("551100001111@0mn.io").unwrap();
    let message =
        Message::to(&to, "123e4567-e89b-12d3-a456-426655440000", Document::text("Hello, how can I help you?"));
    assert_eq!(message.to_value(), fixtures::one("message-text-outbound.json"));
    assert_eq!(Message::to(&to, "", Document::chat_state("paused")).to_value().get("id"), None);
}

#[test]
fn commands() {
    let get = Command::get(
        "a8c7b5de-0bce-566b-a04b-bcbe4b1e25ff",
        "postmaster@tunnel.msging.net",
        "/tunnels/ecb99cf5-fb5c-4376-8acd-4b478091de15",
    );
    assert_eq!(get.to_value(), fixtures::one("command-tunnel-get.json"));
    assert_eq!(
        Command::get("e2c42b1a-5b5e-4f0e-9d6c-0f6a3f1c2d10", "", "/ping").to_value(),
        fixtures::one("command-ping.json")
    );
    let set = Command::set(
        "dc9564a8-ba5a-521f-a4c0-991cd177c0c4",
        "postmaster@desk.msging.net",
        "/tickets/change-status",
        media_types::TICKET,
        json!({"id": "ba11b95c-7564-4685-b835-8cc76fae6fac", "status": "ClosedAttendant"}),
    );
    assert_eq!(set.to_value(), fixtures::one("command-change-status-closed-attendant.json"));
    assert_eq!(Command::get("1", "nobody", "/ping").to_value()["to"], "nobody", "never sent elsewhere in silence");
}

#[test]
fn a_notification_has_the_form_of_the_sdks() {
    let about = |input: Value| Notification::about(&Message::from_value(input).unwrap(), Event::Consumed);
    let told = about(
        json!({"id": "fwd:1", "from": "a@b/c", "to": "bot@msging.net", "type": "text/plain", "content": "", "metadata": {"#uniqueId": "u"}}),
    );
    let expected = json!({"id": "fwd:1", "to": "a@b/c", "event": "consumed", "metadata": {"#message.to": "bot@msging.net", "#message.uniqueId": "u"}});
    assert_eq!(told.unwrap().to_value(), expected);
    assert_eq!(about(json!({"from": "a@b", "type": "text/plain", "content": ""})), None);
    assert_eq!(about(json!({"id": "1", "type": "text/plain", "content": ""})), None);
}

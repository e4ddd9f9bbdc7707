//! What steers the platform, and what a channel says of itself: neither is a customer's word.

use ponte::{
    lime::{Document, Node, to_text},
    message::contents_in,
    texts::{Language, Texts},
};
use serde_json::{Value, json};

const REDIRECT: &str = "application/vnd.lime.redirect+json";
const TICKET: &str = "application/vnd.iris.ticket+json";

#[test]
fn a_control_document_says_nothing() {
    let ticket = || json!({"type": TICKET, "value": {"id": "1", "sequentialId": 77, "status": "ClosedAttendant"}});
    let text = |text: &str| json!({"type": "text/plain", "value": text});
    let redirect = |context: Value| json!({"type": REDIRECT, "value": {"context": context}});
    let many = |items: Value| json!({"itemType": "application/vnd.lime.container+json", "items": items});
    for (media_type, content, expected) in [
        (TICKET, json!({"id": "1", "status": "Waiting"}), true),
        (TICKET, json!({}), true),
        (REDIRECT, json!({}), true),
        (REDIRECT, json!({"address": "attendance"}), true),
        (REDIRECT, json!({"context": null}), true),
        (REDIRECT, json!({"context": ticket()}), true),
        (REDIRECT, json!({"context": redirect(ticket())}), true),
        (REDIRECT, json!({"context": text(" ")}), true),
        (REDIRECT, json!({"context": {"type": "text/plain"}}), true),
        (
            REDIRECT,
            json!({"context": {"type": "application/vnd.lime.chatstate+json", "value": {"state": "composing"}}}),
            true,
        ),
        (REDIRECT, json!({"context": text("quero ajuda")}), false),
        (REDIRECT, json!({"context": "quero ajuda"}), false),
        (REDIRECT, json!({"context": {"value": "quero ajuda"}}), false),
        (REDIRECT, json!({"context": " "}), true),
        (REDIRECT, json!("attendance"), true),
        (REDIRECT, json!(null), true),
        (TICKET, json!(null), true),
        (REDIRECT, json!({"context": {"type": "application/json", "value": {"fila": "a"}}}), false),
        ("application/vnd.lime.container+json", ticket(), true),
        ("application/vnd.lime.container+json", redirect(ticket()), true),
        ("application/vnd.lime.sensitive+json", ticket(), true),
        ("application/vnd.lime.collection+json", many(json!([ticket(), redirect(json!(null))])), true),
        ("application/vnd.lime.collection+json", many(json!([ticket(), text("oi")])), false),
        ("application/vnd.lime.collection+json", many(json!([])), false),
        ("application/vnd.lime.reply+json", json!({"replied": ticket()}), true),
        ("application/vnd.lime.external+json", json!({"type": TICKET, "content": {"id": "1"}}), true),
        ("application/vnd.lime.tuple+json", json!({"item1": ticket()}), true),
        ("text/plain", json!(""), false),
        ("application/json", json!({"type": "redirect"}), false),
    ] {
        assert_eq!(Document::new(media_type, content.clone()).is_control(), expected, "{media_type} {content}");
    }
}

#[test]
fn what_steers_says_nothing_among_words_either() {
    let items = json!([{"type": TICKET, "value": {"sequentialId": 77, "status": "ClosedAttendant"}}, {"type": "text/plain", "value": "oi"}]);
    let collection = json!({"itemType": "application/vnd.lime.container+json", "items": items});
    let contents = ponte::message::contents_of(&Document::new("application/vnd.lime.collection+json", collection));
    assert_eq!(serde_json::to_value(contents).unwrap(), json!([{"type": "text", "text": "oi"}]));
}

#[test]
fn a_server_that_passed_a_message_on_is_no_sender() {
    for (from, pp, expected) in [
        ("a@tunnel.msging.net", "postmaster@tunnel.msging.net", "a@tunnel.msging.net"),
        ("a@tunnel.msging.net", "Postmaster@wa.gw.msging.net/#x", "a@tunnel.msging.net"),
        ("a@tunnel.msging.net", "router@msging.net/x", "a@tunnel.msging.net"),
        ("a@tunnel.msging.net", "b@tunnel.msging.net/x", "b@tunnel.msging.net/x"),
        ("bot@msging.net", "postmaster@msging.net", "bot@msging.net"),
        ("", "postmaster@msging.net", "postmaster@msging.net"),
        ("a@0mn.io", "", "a@0mn.io"),
    ] {
        let message =
            ponte::lime::Message::from_value(json!({"type": "text/plain", "content": "oi", "from": from, "pp": pp}))
                .unwrap();
        assert_eq!(message.sender().map(Node::as_str), Some(expected), "{from} {pp}");
    }
}

/// A notice, without a language and in Portuguese.
#[track_caller]
fn check(content: Value, neutral: &str, portuguese: &str) {
    let document = Document::new("application/json", content.clone());
    assert!(document.is_notice(), "{content}");
    assert_eq!(to_text(&document), neutral, "{content}");
    for language in Language::ALL {
        let said = serde_json::to_value(contents_in(&document, &Texts { language, ..Texts::default() })).unwrap();
        let text = said[0]["text"].as_str().unwrap();
        assert!(!text.contains('{') && !text.is_empty(), "{said}");
        assert_eq!(language == Language::Portuguese, text == portuguese, "{said}");
    }
}

#[test]
fn what_a_channel_says_of_itself_is_a_sentence() {
    check(json!({"type": "request_welcome"}), "[chat opened]", "O cliente abriu a conversa e ainda não escreveu nada.");
    let system =
        |system: Value| json!({"type": "system", "from": "5531", "id": "wamid.x", "timestamp": "1", "system": system});
    let moved = "O cliente trocou de número. O novo é +5531988880002.";
    check(
        system(json!({"type": "user_changed_number", "body": "x", "wa_id": "5531988880002"})),
        "[number changed] +5531988880002",
        moved,
    );
    check(
        system(json!({"type": "customer_changed_number", "new_wa_id": "5531988880002"})),
        "[number changed] +5531988880002",
        moved,
    );
    check(system(json!({"type": "user_changed_number"})), "[number changed]", "O cliente trocou de número.");
    let another = "A identidade do cliente no canal mudou: pode ser outro aparelho ou outra pessoa.";
    check(system(json!({"type": "customer_identity_changed", "body": "x"})), "[identity changed]", another);
    check(system(json!({"type": "group_x", "body": "Ana saiu"})), "[channel] Ana saiu", "Aviso do canal: Ana saiu");
    let edited = "O cliente editou uma mensagem. Agora ela diz:\nAs 15h";
    for edit in [
        json!({"type": "edit", "edit": {"original_message_id": "wamid.x", "message": {"type": "text", "text": {"body": "As 15h"}}}}),
        json!({"type": "edit", "edit": {"original_message_id": "wamid.x", "text": {"body": "As 15h"}}}),
        json!({"message_edit": {"mid": "m.1", "text": "As 15h", "num_edit": 1}}),
    ] {
        check(edit, "[message edited]\nAs 15h", edited);
    }
    check(
        json!({"type": "edit", "edit": {"original_message_id": "wamid.x"}}),
        "[message edited]",
        "O cliente editou uma mensagem.",
    );
    for revoke in [
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.x"}}),
        json!({"type": "revoke", "id": "wamid.x"}),
        json!({"message": {"mid": "m.1", "is_deleted": true}}),
    ] {
        check(revoke, "[message deleted]", "O cliente apagou uma mensagem.");
    }
    let error = json!([{"code": 131_051, "title": "Message type unknown", "error_data": {"details": "not supported"}}]);
    let kept = "O cliente enviou algo que o canal não repassa";
    check(json!({"type": "unsupported", "errors": error}), "[unsupported message]", &format!("{kept}."));
    check(json!({"type": "unknown", "errors": error}), "[unsupported message]", &format!("{kept}."));
    let error_as_text = json!([{"code": "131051"}]);
    check(json!({"title": "x", "errors": error_as_text}), "[unsupported message]", &format!("{kept}."));
    check(
        json!({"type": "unsupported", "errors": error, "unsupported": {"type": "poll_creation"}}),
        "[unsupported message] poll_creation",
        &format!("{kept} (poll_creation)."),
    );
    check(json!({"mid": "m.1", "is_unsupported": true}), "[unsupported message]", &format!("{kept}."));
    // As JSON in a text, and inside other documents.
    check(
        json!(json!({"type": "request_welcome"}).to_string()),
        "[chat opened]",
        "O cliente abriu a conversa e ainda não escreveu nada.",
    );
    let deleted = Document::new("application/vnd.lime.deleted-content+json", json!(null));
    assert!(deleted.is_notice());
    let inside = json!({"type": "application/json", "value": {"type": "request_welcome"}});
    assert!(Document::new("application/vnd.lime.container+json", inside.clone()).is_notice());
    assert!(Document::new("application/vnd.lime.reply+json", json!({"replied": inside})).is_notice());
}

#[test]
fn a_receipt_in_the_channels_own_words_is_nobodys() {
    for (content, expected) in [
        (json!({"messaging_product": "whatsapp", "statuses": [{"id": "x", "status": "read"}]}), true),
        (json!({"sender": {"id": "1"}, "read": {"watermark": 1}}), true),
        (json!({"delivery": {"mids": []}}), true),
        (json!({"read": "sim"}), false),
        (json!({"read": {"watermark": 1}, "text": "oi"}), false),
        (json!({}), false),
    ] {
        assert_eq!(Document::new("application/json", content.clone()).is_internal(), expected, "{content}");
    }
}

#[test]
fn a_bots_own_payload_is_no_notice() {
    for content in [
        json!({"type": "edit", "order": 5}),
        json!({"type": "system", "rota": "x"}),
        json!({"type": "unknown", "text": "não sei"}),
        json!({"type": "text", "text": {"body": "revoke"}}),
        json!({"errors": [{"code": 1}]}),
        json!("request_welcome"),
        json!({"is_deleted": false}),
        json!({}),
    ] {
        assert!(!Document::new("application/json", content.clone()).is_notice(), "{content}");
    }
    assert!(!Document::text("{\"type\":\"request_welcome\"}").is_notice());
}

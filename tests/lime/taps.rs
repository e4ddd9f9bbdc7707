//! What a customer saw and tapped stands in the metadata, and the payload says nothing to anybody.

use ponte::lime::{Document, Envelope, Message, Referral, ThreadMessage, to_text};
use serde_json::{Value, json};

fn read(input: &Value) -> Message {
    let Envelope::Message(message) = Envelope::from_value(input.clone()).unwrap() else { panic!("no message") };
    assert_eq!(message.to_value(), *input, "what was read is written back");
    message
}

#[track_caller]
fn check(media_type: &str, content: Value, metadata: Value, expected: &str) {
    let input = json!({"type": media_type, "content": content, "metadata": metadata});
    let message = read(&input);
    assert_eq!(to_text(&message.document), expected, "{metadata}");
    assert_eq!(message.sent(), Document::new(media_type, content), "the payload is still there");
    let line = ThreadMessage::from_value(input).unwrap();
    assert_eq!(to_text(&line.document), expected, "a transcript's line");
}

#[test]
fn what_was_tapped_is_what_was_said() {
    let payload = || json!({"rota": "fin-07"});
    let label = "Falar com o financeiro";
    for metadata in [
        json!({"#blip.payload.content": label, "#blip.payload.type": "text/plain"}),
        json!({"#blip.payload.content": label}),
        json!({"#blip.payload.text": label}),
        json!({"#blip.payload.text": label, "#blip.payload.content": "{\"k\":1}"}),
        json!({"#blip.payload.text": label, "#blip.payload.content": ""}),
    ] {
        check("application/json", payload(), metadata.clone(), label);
        check("text/plain", json!("fin-07"), metadata.clone(), label);
        check("application/x-own", json!("fin-07"), metadata.clone(), label);
        check(
            "application/vnd.lime.container+json",
            json!({"type": "application/json", "value": payload()}),
            metadata,
            label,
        );
    }
    for nothing in [
        json!({}),
        json!({"#blip.payload.content": " "}),
        json!({"#blip.payload.content": null}),
        json!({"#blip.payload.type": "text/plain"}),
    ] {
        check("application/json", payload(), nothing, "rota: fin-07");
    }
}

#[test]
fn it_may_be_a_document_and_a_picture() {
    let link = "application/vnd.lime.media-link+json";
    let picture = json!({"type": "image/png", "uri": "https://x.example/a.png", "title": "Aro"}).to_string();
    let shown = "Aro\nhttps://x.example/a.png";
    check(
        "application/json",
        json!({"k": 1}),
        json!({"#blip.payload.content": picture, "#blip.payload.type": link}),
        shown,
    );
    check("application/json", json!({"k": 1}), json!({"#blip.payload.content": picture}), shown);
    check(
        "application/json",
        json!({"k": 1}),
        json!({"#blip.payload.content": picture, "#blip.payload.type": link, "#blip.payload.text": "Este"}),
        &format!("Este\n{shown}"),
    );
    let place = json!({"latitude": 1.5, "longitude": 2.5, "text": "Loja"}).to_string();
    check(
        "application/json",
        json!({"k": 1}),
        json!({"#blip.payload.content": place, "#blip.payload.type": "application/vnd.lime.location+json"}),
        "Loja\nhttps://maps.google.com/?q=1.5,2.5",
    );
    check(
        "application/json",
        json!({"k": 1}),
        json!({"#blip.payload.content": {"text": "Este"}, "#blip.payload.type": "application/json"}),
        "Este",
    );
}

#[test]
fn a_reply_and_a_secret_keep_what_they_are() {
    let metadata = json!({"#blip.payload.content": "Sim, quero", "#blip.payload.type": "text/plain"});
    let payload = json!({"type": "application/json", "value": {"k": 1}});
    let reply = json!({"replied": payload, "inReplyTo": {"type": "text/plain", "value": "Quer?"}});
    check("application/vnd.lime.reply+json", reply, metadata.clone(), "> Quer?\nSim, quero");
    check("application/vnd.lime.sensitive+json", payload.clone(), metadata.clone(), "Sim, quero");
    let input = json!({"type": "application/vnd.lime.sensitive+json", "content": payload, "metadata": metadata});
    assert!(matches!(read(&input).document, Document::Sensitive(_)));
}

#[test]
fn metadata_makes_and_hides_no_control_document() {
    let ticket = json!({"id": "1", "status": "Waiting"});
    let label = json!({"#blip.payload.content": "oi", "#blip.payload.type": "text/plain"});
    let input = json!({"type": "application/vnd.iris.ticket+json", "content": ticket, "metadata": label});
    assert!(matches!(read(&input).document, Document::Ticket(_)));
    let input =
        json!({"type": "application/vnd.lime.chatstate+json", "content": {"state": "composing"}, "metadata": label});
    assert!(read(&input).document.is_internal());
    for kind in [
        "application/vnd.iris.ticket+json",
        "application/vnd.lime.chatstate+json",
        "application/vnd.lime.redirect+json",
    ] {
        let metadata = json!({"#blip.payload.content": "{\"state\":\"composing\"}", "#blip.payload.type": kind});
        let input = json!({"type": "text/plain", "content": "oi", "metadata": metadata});
        assert_eq!(read(&input).document, Document::text("oi"), "{kind}");
    }
}

#[test]
fn a_changed_document_is_what_is_written() {
    let metadata = json!({"#blip.payload.content": "Sim"});
    let mut message = read(&json!({"type": "application/json", "content": {"k": 1}, "metadata": metadata}));
    message.document = Document::text("outro");
    assert_eq!(message.to_value(), json!({"type": "text/plain", "content": "outro", "metadata": metadata}));
}

#[test]
fn an_advertisement_is_known_by_its_metadata() {
    let of = |metadata: Value| {
        Referral::of(&read(&json!({"type": "text/plain", "content": "oi", "metadata": metadata})).header.metadata)
    };
    let whatsapp = of(json!({
        "#wa.referral.headline": "Troque seu aro", "#wa.referral.body": "Só hoje", "#wa.referral.source_url": "https://fb.me/1a2b",
        "#wa.referral.source_type": "ad", "#wa.referral.source_id": 120_210, "#wa.referral.ctwa_clid": "Afc"
    }))
    .unwrap();
    assert_eq!(whatsapp.to_text(), "Troque seu aro - Só hoje - https://fb.me/1a2b");
    assert_eq!(
        (whatsapp.kind.as_deref(), whatsapp.id.as_deref(), whatsapp.reference.as_deref()),
        (Some("ad"), Some("120210"), Some("Afc"))
    );
    for (metadata, expected) in [
        (json!({"#wa.referral.source_url": "https://fb.me/1"}), Some("https://fb.me/1")),
        (
            json!({"#wa.referral": "{\"headline\":\"Aro\",\"source_url\":\"https://fb.me/1\"}"}),
            Some("Aro - https://fb.me/1"),
        ),
        (json!({"#wa.referral": {"headline": "Aro\nnovo"}}), Some("Aro novo")),
        (
            json!({"messenger.ref": "website", "messenger.source": "SHORTLINK", "messenger.type": "OPEN_THREAD"}),
            Some("SHORTLINK - website"),
        ),
        (json!({"#ig.referral.ref": "promo", "#ig.referral.source": "ADS"}), Some("ADS - promo")),
        (json!({"#m.referral.ref": "promo"}), Some("promo")),
        (json!({"#wa.referral.headline": " ", "#wa.timestamp": "1"}), None),
        (json!({}), None),
    ] {
        assert_eq!(of(metadata.clone()).map(|referral| referral.to_text()).as_deref(), expected, "{metadata}");
    }
}

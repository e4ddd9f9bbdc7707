//! Documents in a channel's own language: what is known of them hides nothing of the rest.

use ponte::lime::{Document, to_text};
use serde_json::{Value, json};

#[track_caller]
fn check(content: Value, expected: &str) {
    assert_eq!(to_text(&Document::new("application/json", content.clone())), expected, "{content}");
}

#[test]
fn every_answer_of_a_form_is_a_line() {
    let form = |answers: &str| json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Enviado", "response_json": answers}}});
    check(form("{\"cpf\":\"1\"}"), "Enviado\ncpf: 1");
    check(
        form(
            "{\"flow_token\":\"x\",\"nome\":\"Ana\",\"itens\":[\"0_Aro\",\"1_Pneu\"],\"aceite\":true,\"casa\":{\"cep\":\"32600\"}}",
        ),
        "Enviado\naceite: true\ncasa cep: 32600\nitens: 0_Aro, 1_Pneu\nnome: Ana",
    );
    check(form("não é JSON"), "Enviado\nnão é JSON");
    // Without its type, as an object, and as JSON in a text.
    check(json!({"interactive": {"nfm_reply": {"body": "Enviado", "response_json": {"cpf": "1"}}}}), "Enviado\ncpf: 1");
    check(json!(form("{\"cpf\":\"1\"}").to_string()), "Enviado\ncpf: 1");
}

#[test]
fn what_stands_beside_a_known_path_is_shown_after_it() {
    check(
        json!({"type": "text", "from": "5531", "id": "wamid.x", "timestamp": "1", "text": {"body": "Tem azul?"},
               "context": {"from": "55", "id": "wamid.y", "referred_product": {"catalog_id": "9", "product_retailer_id": "ARO-29"}}}),
        "Tem azul?\nreferred_product catalog_id: 9\nreferred_product product_retailer_id: ARO-29",
    );
    check(
        json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "p1", "title": "Plano A", "description": "R$ 49,90"}}}),
        "Plano A\nR$ 49,90\nlist_reply id: p1",
    );
    check(
        json!({"type": "order", "order": {"catalog_id": "9", "text": "Para hoje", "product_items": [
            {"product_retailer_id": "ARO-29", "quantity": 2, "item_price": 10.5, "currency": "BRL"},
            {"product_retailer_id": "PNEU", "quantity": "1", "item_price": "99", "currency": "BRL", "note": "sem câmara"}]}}),
        "Para hoje\n2 × ARO-29 10.5 BRL\n1 × PNEU 99 BRL sem câmara\norder catalog_id: 9",
    );
    check(
        json!({"type": "image", "image": {"id": "7788", "mime_type": "image/jpeg", "sha256": "x", "caption": "veja"}}),
        "veja\nimage id: 7788\nimage mime_type: image/jpeg",
    );
    check(
        json!({"type": "sticker", "sticker": {"id": "7788", "animated": true}}),
        "[sticker]\nsticker animated: true\nsticker id: 7788",
    );
    check(
        json!({"type": "location", "location": {"latitude": -19.9, "longitude": -43.9, "name": "Loja", "address": "Rua A"}}),
        "Loja\nRua A\nhttps://maps.google.com/?q=-19.9,-43.9",
    );
    check(
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+55 31 98888-0002"}]}]}),
        "Ana\n+55 31 98888-0002",
    );
    check(json!({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "🙏"}}), "🙏");
    check(json!({"type": "reaction", "reaction": {"message_id": "wamid.x"}}), "[reaction removed]");
    check(json!({"type": "reaction", "reaction": "🙏"}), "🙏");
    check(json!({"type": "button", "button": {"text": "Sim", "payload": "sim-1"}}), "Sim\nbutton payload: sim-1");
    check(
        json!({"type": "text", "text": {"body": "oi"}, "referral": {"headline": "Aro novo", "source_url": "https://fb.me/1"}}),
        "oi\nreferral headline: Aro novo\nreferral source_url: https://fb.me/1",
    );
}

#[test]
fn what_a_channel_adds_next_year_is_shown_in_words() {
    check(
        json!({"type": "poll", "poll": {"name": "Quando?", "options": [{"name": "Hoje"}, {"name": "Amanhã"}], "max": 1}}),
        "Quando?\n1. Hoje\n2. Amanhã\npoll max: 1",
    );
    check(
        json!({"type": "hologram", "hologram": {"colour": "azul", "parts": [{"name": "a", "size": 1}, {"name": "b"}]}}),
        "[hologram]\nhologram colour: azul\nhologram parts: name a, size 1\nhologram parts: b",
    );
    check(json!({"rota": "fin-07", "valor": 10}), "rota: fin-07\nvalor: 10");
    check(json!({"type": "novo"}), "type: novo");
    check(json!({"id": 5, "to": "fin", "context": {"id": 7}}), "context id: 7\nid: 5\nto: fin");
    check(json!([{"text": "um"}, {"text": "dois"}]), "um\ndois");
    check(json!({}), "{}");
}

#[test]
fn a_menu_of_a_bot_keeps_what_its_options_say() {
    check(
        json!({"interactive": {"type": "list", "body": {"text": "Qual?"}, "action": {"button": "Abrir", "sections": [
            {"title": "Planos", "rows": [{"id": "1", "title": "A", "description": "R$ 49"}]}, {"rows": [{"id": "2", "title": "B"}]}]}}}),
        "Qual?\nPlanos\n1. A - R$ 49\n2. B",
    );
    check(
        json!({"attachment": {"type": "template", "payload": {"template_type": "button", "text": "Veja", "buttons": [
            {"type": "web_url", "title": "Preencher", "url": "https://clube.example/ficha"}, {"type": "postback", "title": "Sair", "payload": "x"}]}}}),
        "Veja\n1. Preencher - https://clube.example/ficha\n2. Sair\npayload template_type: button",
    );
    check(
        json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "Pague"}, "action": {"name": "cta_url",
            "parameters": {"display_text": "Abrir", "url": "https://x.example"}}}}),
        "Pague\nhttps://x.example\naction name: cta_url\nparameters display_text: Abrir",
    );
    check(
        json!({"type": "template", "template": {"name": "aviso", "language": {"code": "pt_BR"}, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x.example/a.png"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "currency", "currency": {"fallback_value": "R$ 10", "code": "BRL", "amount_1000": 10000}}]}]}}),
        "[template] aviso\nhttps://x.example/a.png\nAna\nR$ 10",
    );
}

#[test]
fn bytes_and_deep_nests_are_no_words() {
    let bytes = "aB3+".repeat(200);
    check(
        json!({"type": "image", "image": {"data": bytes, "link": "https://x.example"}}),
        "https://x.example\nimage data: [data]",
    );
    let mut nest = json!("fundo");
    for _ in 0..60 {
        nest = json!({ "a": nest });
    }
    assert!(!to_text(&Document::new("application/json", nest)).is_empty());
}

//! Where a new conversation goes, and what is kept of it: the service rules at work in the workers.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ponte::{
    relay::ports::{Profile, Rules},
    texts::Language,
};
use serde_json::{Value, json};
use service_rules::{Priority, ServiceRules};

use crate::rules::attended;

use super::{
    helpdesk::Told,
    world::{ROUTER, World, closes, says, words},
};

/// Two teams, in YAML as a company writes it.
const TEAMS: &str = r#"
version: 1
language: { default: pt-BR, from_extra: idioma }
texts:
  pt-BR: { greeting: "Olá! Você está na fila de {queue}.", agent_joined: "{agent} atende em {queue}.", closing: false }
  en: { greeting: "Hello! You are in the queue for {queue}." }
return_service:
  default: main
  by_queue: { billing: survey }
queues:
  sales: { name: Vendas, helpdesk: "Vendas Brasil" }
  billing: { name: { pt-BR: Financeiro, en: Billing }, helpdesk: "77" }
routing:
  facts: { extras: { fila: cleared } }
  routes:
    - { id: billing, when: { extra.fila: financeiro }, then: { queue: billing, priority: high, tags: [boleto] } }
  default: { queue: sales }
context: { extras: [plano] }
"#;

fn teams() -> ServiceRules {
    let read = service_rules::read(TEAMS.as_bytes()).expect("the rules are right");
    assert_eq!(read.warnings, [], "a warning");
    read.rules
}

fn with_extras(world: &World, extras: &[(&str, &str)]) {
    let extras = extras.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    *world.blip.contact.lock().unwrap() = Profile { extras, ..Profile::default() };
}

fn handed_over(id: &str, media_type: &str, content: Value) -> Value {
    let mut message = words(ROUTER, id, "");
    (message["type"], message["content"]) = (media_type.into(), content);
    message
}

#[tokio::test]
async fn a_choice_in_the_bot_leads_to_a_team() {
    let world = World::with(teams());
    with_extras(&world, &[("fila", "Financeiro"), ("plano", "ouro")]);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let openings = world.helpdesk.openings.lock().unwrap().clone();
    let route = &openings[0].route;
    assert_eq!((route.queue.as_deref(), route.priority), (Some("77"), Some(Priority::High)));
    assert_eq!(route.tags, ["boleto"]);
    let notes = openings[0].route_notes.join("\n");
    assert!(notes.contains("Financeiro") && notes.contains("billing") && notes.contains("plano: ouro"), "{notes}");
    assert!(!notes.contains("fila"), "an extra that agents do not see: {notes}");
    assert_eq!(world.sent(), ["Olá! Você está na fila de Financeiro."]);
    assert_eq!(*world.blip.cleared.lock().unwrap(), ["fila"], "it must choose no other conversation");
    // Whoever chose nothing goes to the default.
    let world = World::with(teams());
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let openings = world.helpdesk.openings.lock().unwrap().clone();
    assert_eq!(openings[0].route.queue.as_deref(), Some("Vendas Brasil"));
    assert!(world.blip.cleared.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_the_bot_hands_over_is_no_words_of_the_customer() {
    let ponte =
        json!({ "ponte": { "queue": "billing", "fields": { "contrato": "77-1020" }, "text": "Quer a segunda via." } });
    let redirect = |media_type: &str, value: Value| json!({ "context": { "type": media_type, "value": value } });
    for (media_type, content) in [
        ("application/json", ponte.clone()),
        ("text/plain", ponte.to_string().into()),
        ("application/vnd.lime.redirect+json", redirect("application/json", ponte.clone())),
        ("application/vnd.lime.redirect+json", redirect("text/plain", ponte.to_string().into())),
        ("application/vnd.lime.container+json", json!({ "type": "application/json", "value": ponte })),
    ] {
        let world = World::with(teams());
        world.customer(&[handed_over("1", media_type, content)]).await;
        let openings = world.helpdesk.openings.lock().unwrap().clone();
        assert_eq!(openings[0].route.queue.as_deref(), Some("77"), "{media_type}");
        assert_eq!(openings[0].route.fields.get("contrato").map(String::as_str), Some("77-1020"));
        assert!(openings[0].route_notes.iter().any(|note| note == "Quer a segunda via."));
        assert_eq!(world.said(), [""; 0], "{media_type}");
        world.customer(&[words(ROUTER, "2", "bom dia")]).await;
        assert_eq!(world.said(), ["T-1 bom dia"]);
    }
    // Other JSON is shown, and so are words that look like it.
    for said in [r#"{"ponte"#, r#"{"rota": 1}"#] {
        let world = World::with(teams());
        world.customer(&[words(ROUTER, "1", said)]).await;
        assert_eq!(world.said().len(), 1, "{said}");
    }
}

#[tokio::test]
async fn any_context_at_all_opens_the_conversation() {
    let large = "😀عربي".repeat(20_000);
    for context in [
        json!({ "ponte": null }),
        json!({ "ponte": [] }),
        json!({ "ponte": { "queue": 7 } }),
        json!({ "ponte": { "queue": ["a"], "tags": { "x": 1 }, "priority": [], "fields": "no", "language": 5 } }),
        json!({ "ponte": { "queue": { "id": 1 }, "text": large } }),
        json!({ "ponte": { "queue": "nobody has this" } }),
    ] {
        let world = World::with(teams());
        world.customer(&[handed_over("1", "application/json", context.clone())]).await;
        let openings = world.helpdesk.openings.lock().unwrap().clone();
        assert_eq!(openings[0].route.queue.as_deref(), Some("Vendas Brasil"), "{context:.80}");
    }
}

#[tokio::test]
async fn the_language_and_the_way_back_are_the_conversations() {
    let world = World::with(teams());
    with_extras(&world, &[("fila", "financeiro"), ("idioma", "English")]);
    world.customer(&[words(ROUTER, "1", "hi")]).await;
    assert_eq!(world.sent(), ["Hello! You are in the queue for Billing."]);
    let placement = world.conversation(ROUTER).unwrap().placement;
    assert_eq!((placement.queue.as_deref(), placement.language), (Some("billing"), Some(Language::English)));
    world.agent("T-1", [says("a", "Hello"), closes("b", None)]).await;
    world.closes(1).await;
    assert_eq!(world.sent().last().map(String::as_str), Some("-> survey"));
}

/// Rules that somebody pushes while conversations are under way.
struct Pushed(Mutex<Arc<ServiceRules>>);

#[async_trait]
impl Rules for Pushed {
    fn current(&self) -> Arc<ServiceRules> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_change_is_in_force_in_a_conversation_under_way() {
    let pushed = Arc::new(Pushed(Mutex::new(Arc::new(teams()))));
    let mut world = World::with(attended());
    world.rules = pushed.clone();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let mut changed = teams();
    changed.return_service.default = Some("offers".to_owned());
    *pushed.0.lock().unwrap() = Arc::new(changed);
    world.customer(&[words(ROUTER, "2", "mais")]).await;
    world.agent("T-1", [says("a", "Olá"), closes("b", None)]).await;
    world.closes(1).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 mais"]);
    assert_eq!(world.sent().last().map(String::as_str), Some("-> offers"));
    assert_eq!(world.told().iter().filter(|told| matches!(told, Told::Opened(_))).count(), 1);
}

#[tokio::test]
async fn words_of_a_company_that_are_longer_than_the_channel_takes_come_in_parts() {
    let long = "Bem-vindo à loja. ".repeat(80);
    let own = service_rules::texts::OwnText::Words(long.trim().to_owned());
    let rules = crate::rules::saying([(ponte::texts::TextKey::Greeting, own)]);
    let world = World::with(rules);
    let address = "1784@instagram.gw.msging.net";
    world.customer(&[words(address, "1", "oi")]).await;
    let sent = world.sent();
    assert!(sent.len() > 1 && sent.iter().all(|part| part.len() <= 1_000), "{sent:?}");
    assert_eq!(sent.join(" "), long.trim());
    let ids: std::collections::BTreeSet<_> = world.blip.sent.lock().unwrap().iter().map(|one| one.id.clone()).collect();
    assert_eq!(ids.len(), sent.len(), "each under a name of its own");
}

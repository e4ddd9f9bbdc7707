//! A route as variables of the context.

use ponte::relay::ports::NewConversation;
use serde_json::{Value, json};
use service_rules::{Language, Priority, Route};

use super::{
    super::bridge::{Adapter, answers, opening, routed},
    ADAPTER,
};

const SKILL: &str = "287ebd7da9fe198100f92cc8d1d2154e";

async fn variables(opening: &NewConversation) -> Value {
    let server = answers(&[(200, json!({ "status": "success" }))]);
    ADAPTER.client(&server).open(opening).await.unwrap();
    server.calls()[0].body["contextVariables"].clone()
}

#[tokio::test]
async fn every_part_of_a_route_is_a_variable() {
    let mut whole = routed();
    whole.route.skills.push(SKILL.to_owned());
    let expected = json!({
        "live_agent_only": "true", "short_description": "Segunda via", "mandatory_skills": SKILL, "ponte_skills": "cobranca",
        "ponte_queue": "Financeiro", "ponte_agent": "ana@example.com", "ponte_priority": "high", "ponte_language": "pt-BR",
        "ponte_type": "inquiry", "ponte_brand": "loja", "ponte_form": "cobranca", "ponte_tags": "boleto,vip", "Contrato": "77-1020",
    });
    assert_eq!(variables(&whole).await, expected);
}

#[tokio::test]
async fn a_route_without_parts_has_no_variables() {
    let with = |route: Route| NewConversation { route, ..opening() };
    let settings = json!({ "live_agent_only": "true" });
    // The stack's own language is English here.
    let own = Route { language: Language::English, ..Route::default() };
    assert_eq!(variables(&with(own.clone())).await, settings);
    let back = Route { return_service: Some("menu".to_owned()), ..own };
    assert_eq!(variables(&with(back)).await, settings);
    let portuguese = json!({ "live_agent_only": "true", "ponte_language": "pt-BR" });
    assert_eq!(variables(&with(Route::default())).await, portuguese, "another language is told by itself");
    let spanish = Route { language: Language::Spanish, priority: Some(Priority::Low), ..Route::default() };
    let expected = json!({ "live_agent_only": "true", "ponte_language": "es", "ponte_priority": "low" });
    assert_eq!(variables(&with(spanish)).await, expected);
}

#[tokio::test]
async fn a_refused_route_is_left_out_of_every_call_and_told_in_the_history() {
    let steps = Adapter { own: r#"{"opening":["START_CONVERSATION","AGENT"]}"#, ..ADAPTER };
    let ok = || (200, json!({ "status": "success" }));
    for status in [400, 422] {
        let server = answers(&[ok(), (status, json!({})), ok(), ok()]);
        steps.client(&server).open(&routed()).await.unwrap();
        let calls = server.calls();
        let ids: Vec<_> = calls.iter().map(|call| call.body["requestId"].clone()).collect();
        assert_eq!((ids.len(), &ids[..2]), (4, &ids[2..]), "what is sent again has the same ids");
        let settings = json!({ "live_agent_only": "true" });
        assert_eq!((&calls[2].body["contextVariables"], &calls[3].body["contextVariables"]), (&settings, &settings));
        let history = calls[3].body["history"][0]["value"].as_str().unwrap();
        assert!(
            history.contains(&format!("opened without it: {status}")) && history.contains("Queue: Financeiro."),
            "{history}"
        );
    }
    let server = answers(&[(400, json!({})), ok()]);
    let own = Route { language: Language::English, ..Route::default() };
    assert_eq!(
        ADAPTER.client(&server).open(&NewConversation { route: own, ..opening() }).await.unwrap_err().kind(),
        "refused"
    );
    assert_eq!(server.calls().len(), 1);
}

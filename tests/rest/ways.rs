//! A conversation through the workers: the sender, the helpdesk, and back. Blip hears nothing of it.

use std::sync::Arc;

use ponte::{queue::Record, relay::ports::CustomerRef, rest::Channels};
use serde_json::json;

use super::{Site, to};
use crate::relay::{
    helpdesk::Told,
    world::{World, closes, record, says, takes},
};

/// The workers of the relay's tests, with the REST channel beside Blip.
pub(super) fn world(site: &Site) -> World {
    let mut world = World::new();
    world.store = site.store.clone();
    world.clock = site.clock.clone();
    world.queue = site.queue.clone();
    world.channels = Some(Arc::new(Channels { blip: world.blip.clone(), rest: Arc::new(site.channel()) }));
    world
}

pub(super) fn next(site: &Site) -> Record {
    let job = site.queue.sent.lock().unwrap().remove(0);
    record(&job, 1)
}

#[tokio::test]
async fn a_senders_words_reach_the_helpdesk_and_the_agents_words_the_sender() {
    let site = Site::new();
    let world = world(&site);
    site.post(&json!({ "sender": "João", "message": "oi" })).await.unwrap();
    assert!(world.to_helpdesk(vec![next(&site)]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi"]);
    let opening = world.helpdesk.openings.lock().unwrap()[0].clone();
    assert_eq!(
        (opening.profile.name.as_deref(), opening.channel.as_str(), opening.origin.mode),
        (Some("João"), "rest", "rest")
    );

    assert!(world.agent("T-1", [takes("1", "Ana"), says("2", "Bom dia!")]).await.is_empty());
    // What is repeated waits once.
    assert!(world.agent("T-1", [says("2", "Bom dia!")]).await.is_empty());
    let answer = site.post(&json!({ "sender": "João", "cursor": 0 })).await.unwrap();
    assert_eq!(answer.body.as_array().unwrap().len(), 1, "{}", answer.body);
    assert_eq!(answer.body[0]["text"], "Bom dia!");
    let tracker = site.endpoint().tracker(Some(super::TOKEN), "João").await.unwrap();
    assert_eq!((&tracker["slots"]["ponte_open"], &tracker["slots"]["ponte_agent"]), (&json!(true), &json!("Ana")));

    assert!(world.agent("T-1", [closes("3", Some("vendas"))]).await.is_empty());
    assert!(world.closes(1).await.is_empty());
    let answer = site.post(&json!({ "sender": "João", "cursor": answer.cursor })).await.unwrap();
    assert_eq!(answer.body[0]["custom"], json!({ "ponte": "closed", "service": "vendas" }));
    let tracker = site.endpoint().tracker(Some(super::TOKEN), "João").await.unwrap();
    assert_eq!(tracker["slots"]["ponte_open"], false);
    assert!(world.sent().is_empty() && world.notified().is_empty(), "Blip hears nothing of it");
    assert!(!world.told().iter().any(|told| matches!(told, Told::NotDelivered { .. })));
}

#[tokio::test]
async fn blips_customers_are_blips_as_ever() {
    let site = Site::new();
    let world = world(&site);
    let channels = world.channels.clone().unwrap();
    world.customer(&[crate::relay::world::words(crate::relay::world::ROUTER, "0", "oi")]).await;
    world.agent("T-1", [says("1", "olá")]).await;
    assert_eq!(world.sent(), ["olá"]);
    let whom = CustomerRef { address: to("João"), originator: None, router: None };
    assert_eq!(channels.directory().unwrap().profile(&whom).await.unwrap().name.as_deref(), Some("João"));
    assert!(channels.transcripts().unwrap().transcript(&whom, 50).await.unwrap().is_empty());
}

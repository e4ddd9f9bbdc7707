//! The files of both sides: the links and their keys, the downloads, and a bridge that does not copy byte for byte.

use std::time::Duration;

use serde_json::{Value, json};

use super::fake_bridge::{Defect, bridge};
use super::simulator;
use crate::message::Content;
use crate::state::Profile;
use crate::{Direction, Label, Simulator, samples};

const LIMIT: Duration = Duration::from_secs(20);

/// The link in what was said.
fn link(sim: &Simulator, label: &Label) -> String {
    match &sim.ledger().message(label).unwrap().content {
        Content::File { url, .. } => url.clone(),
        other => panic!("{other:?} is no file"),
    }
}

/// What a stranger, or the bot with its key, gets.
async fn fetch(url: &str, authorization: &str) -> (u16, Vec<u8>) {
    let client = super::client();
    let response = client.get(url).header("authorization", authorization).send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

async fn command(sim: &Simulator, to: &str, method: &str, uri: &str, resource: Value) -> Value {
    let client = super::client();
    let body = json!({"id": "1", "to": to, "method": method, "uri": uri, "type": "text/plain", "resource": resource});
    let request = client.post(format!("{}/commands", sim.blip_url())).header("authorization", "Key a2V5");
    request.json(&body).send().await.unwrap().json().await.unwrap()
}

async fn refresh(sim: &Simulator, url: &str) -> Value {
    command(sim, "postmaster@media.msging.net", "set", "/refresh-media-uri", json!(url)).await
}

#[tokio::test]
async fn a_signed_link_expires_and_is_refreshed() {
    let sim = simulator().await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    ana.hand_over(None);
    let photo = link(&sim, &ana.sends_file("a.png", "image/png", samples::png(1000), None));
    assert!(photo.contains("%2B") && photo.contains("&secure=true"), "{photo}");
    assert_eq!(fetch(&photo, "").await, (200, samples::png(1000)));
    assert_eq!(fetch(&photo.replace("sig=", "sig=0"), "").await.0, 403);
    assert_eq!(fetch(photo.split('?').next().unwrap(), "").await.0, 403);
    sim.blip.links_live(Duration::ZERO);
    let late = link(&sim, &ana.sends_file("b.png", "image/png", samples::png(2000), None));
    assert_eq!((fetch(&photo, "").await.0, fetch(&late, "").await.0), (200, 403));
    sim.blip.links_live(Duration::from_mins(15));
    let new = refresh(&sim, &late).await;
    assert_eq!(new["status"], "success");
    assert_eq!(fetch(new["resource"].as_str().unwrap(), "").await, (200, samples::png(2000)));
    sim.blip.expire_links();
    assert_eq!(fetch(&photo, "").await.0, 403);
    for unknown in ["https://example.com/secure-medias/x", &photo.replace("Media_", "Media_0")] {
        assert_eq!(refresh(&sim, unknown).await["reason"]["code"], 67);
    }
    let uri = "lime://examplerouter@msging.net/threads/5531999990001@wa.gw.msging.net?refreshExpiredMedia=true";
    for (uri, status) in [(uri, 200), (&uri.replace("=true", "=false"), 403)] {
        let thread = command(&sim, "postmaster@msging.net", "get", uri, Value::Null).await;
        let found = thread["resource"]["items"][0]["content"]["uri"].as_str().unwrap().to_owned();
        assert_eq!(fetch(&found, "").await.0, status);
    }
    sim.blip.lose_files();
    assert_eq!(refresh(&sim, &photo).await["status"], "failure");
    assert_eq!(sim.blip.refreshes(), 4);
}

#[tokio::test]
async fn a_guarded_file_wants_the_key_and_the_stores_record_who_carries_it() {
    let sim = simulator().await;
    bridge(&sim, Defect::Nothing).await;
    let rui = sim.desk_customer(Profile::whatsapp("Rui", "5531999990002"));
    rui.opens_ticket("oi");
    rui.wait_status("Open", LIMIT).await.unwrap();
    let ticket = sim.helpdesk.wait_ticket_of(&rui).await.unwrap();
    let guarded = link(&sim, &rui.sends_guarded_file("a.pdf", "application/pdf", samples::pdf(3000), "leia"));
    sim.settles(LIMIT).await.unwrap();
    assert_eq!(fetch(&guarded, "").await.0, 401);
    assert_eq!(fetch(&guarded, "Key other").await.0, 401);
    let keyed: Vec<bool> = sim.blip.fetches().iter().map(|fetch| fetch.keyed).collect();
    assert_eq!(keyed, [true, false, false]);
    let answer = link(&sim, &sim.helpdesk.says_file(&ticket, "é o b.png", "image/png", [1, 2], None).unwrap());
    assert_eq!(fetch(&answer, "Key a2V5").await, (200, vec![1, 2]));
    sim.settles(LIMIT).await.unwrap();
    assert!(sim.helpdesk.fetches().iter().any(|fetch| fetch.keyed && fetch.path.ends_with("/%C3%A9%20o%20b.png")));
    assert!(sim.helpdesk.fetches().iter().any(|fetch| !fetch.keyed));
    sim.helpdesk.lose_files();
    assert_eq!(fetch(&answer, "").await.0, 404);
    assert!(sim.helpdesk.says_file("T-9", "b.png", "image/png", [1], None).is_err());
}

/// Each way two voice notes and a document.
async fn exchange(sim: &Simulator) {
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    ana.hand_over(None);
    ana.sends_file(None, "audio/ogg; codecs=opus", samples::voice(5000), None);
    let ticket = sim.helpdesk.wait_ticket_of(&ana).await.unwrap();
    ana.sends_file(None, "audio/ogg; codecs=opus", samples::voice(6000), None);
    ana.sends_file("contrato.pdf", "application/pdf", samples::pdf(70_000), "O contrato");
    sim.helpdesk.says_file(&ticket, None, "audio/ogg", samples::voice(4000), None).unwrap();
    sim.helpdesk.says_file(&ticket, None, "audio/ogg", samples::voice(4001), None).unwrap();
    sim.helpdesk.says_file(&ticket, "recibo nº 1.pdf", "application/pdf", samples::pdf(10), "O recibo").unwrap();
    sim.settles(LIMIT).await.unwrap();
    let verdict = sim.verdict();
    assert!(verdict.is_clean() && verdict.relayed == 6, "{verdict}");
}

#[tokio::test]
async fn the_copies_of_a_good_bridge_are_the_files() {
    let sim = simulator().await;
    bridge(&sim, Defect::Nothing).await;
    exchange(&sim).await;
    let files = sim.files().await;
    assert_eq!(files.len(), 6);
    assert_eq!(sim.file_differences().await, Vec::<String>::new());
    assert!(files.iter().all(|file| file.from_host.starts_with("fake.execute-api.localhost:")));
    assert_eq!(files.iter().filter(|file| file.direction == Direction::ToCustomer).count(), 3);
    let seen = sim.ledger().seen.iter().find_map(|seen| match &seen.content {
        Content::File { url, .. } => Some(url.clone()),
        _ => None,
    });
    let found = sim.download(&seen.unwrap()).await.unwrap();
    assert!(found.redirects[0].ends_with("/copies/0?X-Amz=a%2Fb"), "{:?}", found.redirects);
    let asked = sim.blip.fetches().len();
    assert_eq!(asked, 3, "the simulator's own downloads do not count");
    assert!(sim.download("https://example.com/a.png").await.is_err());
}

#[tokio::test]
async fn a_byte_that_changed_is_found_out() {
    let sim = simulator().await;
    bridge(&sim, Defect::ChangesAByte).await;
    exchange(&sim).await;
    let differences = sim.file_differences().await;
    assert_eq!(differences.len(), 1);
    assert!(differences[0].contains("another file: 5000 bytes were said, 5000 are seen"), "{differences:?}");
}

#[tokio::test]
async fn a_link_that_leads_nowhere_is_found_out() {
    let sim = simulator().await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    ana.hand_over(None);
    let photo = ana.sends_file("a.png", "image/png", samples::png(1000), None);
    let lane = sim.ledger().message(&photo).unwrap().lane.clone();
    let said = sim.ledger().message(&photo).unwrap().content.clone();
    sim.blip.expire_links();
    sim.world.write(|state| state.ledger.see(lane, said, false));
    let differences = sim.file_differences().await;
    assert!(differences[0].contains("it answers 403"), "{differences:?}");
}

#[tokio::test]
async fn voice_notes_that_change_places_are_found_out() {
    let sim = simulator().await;
    bridge(&sim, Defect::SwapsSecondAndThird).await;
    let ana = sim.customer(Profile::whatsapp("Ana", "5531999990001"));
    ana.hand_over(None);
    for size in [1000, 1001, 1002, 1003] {
        ana.sends_file(None, "audio/ogg; codecs=opus", samples::voice(size), None);
    }
    sim.settles(LIMIT).await.unwrap();
    assert!(sim.verdict().is_clean(), "without names they look the same");
    assert_eq!(sim.file_differences().await.len(), 2);
}

//! A side that is stopped, slowed and broken by hand, as its callers see it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::simulator;

#[tokio::test]
async fn a_side_stops_slows_breaks_and_works_again() {
    let sim = simulator().await;
    let client = super::client();
    let set = async |path: &str, body: Value| {
        let sent = client.post(format!("{}/_/{path}", sim.helpdesk_url())).json(&body).send().await.unwrap();
        sent.status().as_u16()
    };
    // A command of the bot without a key: 401 where Blip works.
    let blip = async || client.post(format!("{}/commands", sim.blip_url())).json(&json!({})).send().await;
    let helpdesk = async || client.post(sim.events_url()).json(&json!({})).send().await;
    let status = |answer: reqwest::Result<reqwest::Response>| answer.map(|answer| answer.status().as_u16()).ok();
    let (well, well_there) = (status(blip().await), status(helpdesk().await));
    assert_eq!((well, well_there), (Some(401), Some(401)));

    assert_eq!(set("blip/stops", json!({})).await, 200);
    assert_eq!(status(blip().await), None, "no answer");
    assert_eq!(status(helpdesk().await), well_there, "the other side works");
    // The next command takes the place of the one before.
    assert_eq!(set("blip/breaks", json!({ "status": 429, "retry_after": 7 })).await, 200);
    let refused = blip().await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    assert_eq!(set("helpdesk/breaks", json!({})).await, 200);
    assert_eq!((status(blip().await), status(helpdesk().await)), (Some(429), Some(500)));
    assert_eq!(set("blip/works", json!({})).await, 200);
    assert_eq!((status(blip().await), status(helpdesk().await)), (well, Some(500)));

    assert_eq!(set("helpdesk/slows", json!({ "milliseconds": 300 })).await, 200);
    let began = Instant::now();
    assert_eq!(status(helpdesk().await), well_there);
    assert!(began.elapsed() >= Duration::from_millis(300));
    // Of some requests only, and for a time.
    assert_eq!(set("blip/breaks", json!({ "on": "/messages" })).await, 200);
    assert_eq!(status(blip().await), well);
    assert_eq!(set("blip/breaks", json!({ "seconds": 0 })).await, 200);
    assert_eq!(status(blip().await), well);

    for (path, body) in [
        ("blip/explodes", json!({})),
        ("helpdesk/breaks", json!({ "status": 200 })),
        ("helpdesk/breaks", json!({ "status": 70_000 })),
        ("blip/slows", json!({ "milliseconds": "5" })),
        ("blip/stops", json!({ "seconds": -1 })),
    ] {
        assert_eq!(set(path, body).await, 400, "{path}");
    }
}

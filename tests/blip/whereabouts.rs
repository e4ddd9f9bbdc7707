//! Where a router's customer is, asked with the router's own key.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use ponte::{
    blip::BlipClient,
    clock::{Clock, Timestamp},
    lime::Node,
    relay::{
        Failure,
        ports::{CustomerChannel, Whereabouts},
    },
    secret::{Secret, SecretSource},
};
use ponte_simulator::{Place, Profile, Simulator, stack};
use serde_json::{Value, json};

use super::blip;

const UUID: &str = "f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3b";
const STATE: &str = "/contexts/5531999990001@wa.gw.msging.net/Master-State";

fn customer() -> Node {
    Node::parse(&format!("{UUID}@tunnel.msging.net/#az-iris1")).unwrap()
}

fn tunnel() -> Value {
    json!({ "owner": "router@msging.net", "originator": "5531999990001@wa.gw.msging.net/x", "destination": "bridge@msging.net" })
}

/// A clock that is past every rest.
struct Later;

impl Clock for Later {
    fn now(&self) -> Timestamp {
        static NOW: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);
        Timestamp(NOW.fetch_add(60_000, std::sync::atomic::Ordering::SeqCst))
    }
}

fn secret(value: &str, next: impl SecretSource + 'static) -> Secret {
    Secret::new(value.to_owned(), Arc::new(next), Arc::new(Later))
}

/// A Blip that answers each command by its method and URI: a resource, or a reason. The commands that it got, each with its key.
async fn fake(answer: fn(&str) -> Result<Value, Value>) -> (BlipClient, Arc<Mutex<Vec<String>>>) {
    let commands: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = commands.clone();
    let command = async move |headers: HeaderMap, Json(command): Json<Value>| {
        let line = format!("{} {}", command["method"].as_str().unwrap(), command["uri"].as_str().unwrap());
        let (key, to) = (headers["authorization"].to_str().unwrap().to_owned(), command["to"].as_str().unwrap());
        let resource = command.get("resource").map(|set| format!(" = {set}")).unwrap_or_default();
        seen.lock().unwrap().push(format!("{key}: {to} {line}{resource}"));
        if key == "Key an-old-key" {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let head = json!({ "id": command["id"], "method": command["method"] });
        let (Value::Object(mut body), rest) = (head, answer(&line)) else { unreachable!() };
        match rest {
            Ok(resource) => body.extend([("status".to_owned(), json!("success")), ("resource".to_owned(), resource)]),
            Err(reason) => body.extend([("status".to_owned(), json!("failure")), ("reason".to_owned(), reason)]),
        }
        Json(body).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/commands", post(command));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let own = secret("own-key", "own-key".to_owned());
    let client = BlipClient::new(ponte::http::client("").unwrap(), &url, own).unwrap();
    (client.with_router_key(secret("router-key", "router-key".to_owned())), commands)
}

fn lines(commands: &Mutex<Vec<String>>) -> Vec<String> {
    commands.lock().unwrap().clone()
}

#[tokio::test]
async fn without_the_routers_key_there_is_nobody_to_ask() {
    let (_simulator, client) = blip().await;
    assert!(client.whereabouts().is_none());
}

#[tokio::test]
async fn a_router_says_where_a_customer_is_and_gives_the_customer_back() {
    let simulator = Simulator::start(stack::config()).await.unwrap();
    let config = simulator.config();
    let own = secret(&config.blip_key, config.blip_key.clone());
    let router = secret(&config.router_key, config.router_key.clone());
    let client = BlipClient::new(ponte::http::client("").unwrap(), &simulator.blip_url(), own).unwrap();
    let client = client.with_router_key(router);
    let whereabouts = client.whereabouts().unwrap();
    let ana = simulator.customer(Profile::whatsapp("Ana", "5531999990001"));
    let address = Node::parse(&ana.tunnel()).unwrap();
    assert_eq!(whereabouts.is_elsewhere(&address).await, Ok(true));
    ana.hand_over(None);
    assert_eq!(whereabouts.is_elsewhere(&address).await, Ok(false));
    ana.falls_back();
    assert_eq!(ana.place(), Place::MainBot);
    assert_eq!(whereabouts.call_back(&address).await, Ok(()));
    assert_eq!(whereabouts.call_back(&address).await, Ok(()), "twice is harmless");
    assert_eq!((ana.place(), whereabouts.is_elsewhere(&address).await), (Place::Bridge, Ok(false)));
    assert!(simulator.ledger().faults.is_empty());
}

#[tokio::test]
async fn each_key_asks_what_is_its_own_and_both_forms_of_a_tunnel_are_tried() {
    let (client, commands) = fake(|line| match line {
        // As the vendor's SDK names it.
        "get /tunnels/f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3b@tunnel.msging.net" => Ok(tunnel()),
        "get /contexts/5531999990001@wa.gw.msging.net/Master-State" => Ok(json!("MainBot@msging.net/#az-iris1")),
        _ => Err(json!({ "code": 67 })),
    })
    .await;
    assert_eq!(client.is_elsewhere(&customer()).await, Ok(true));
    let asked = [
        format!("Key own-key: postmaster@tunnel.msging.net get /tunnels/{UUID}"),
        format!("Key own-key: postmaster@tunnel.msging.net get /tunnels/{UUID}@tunnel.msging.net"),
        format!("Key router-key: postmaster@msging.net get {STATE}"),
    ];
    assert_eq!(lines(&commands), asked);
    let (client, commands) = fake(|line| if line.starts_with("set") { Ok(Value::Null) } else { Ok(tunnel()) }).await;
    assert_eq!(client.call_back(&customer()).await, Ok(()));
    let asked = [
        format!("Key own-key: postmaster@tunnel.msging.net get /tunnels/{UUID}"),
        format!("Key router-key: postmaster@msging.net set {STATE} = \"bridge@msging.net\""),
    ];
    assert_eq!(lines(&commands), asked);
}

/// What Blip answers to a command, or why it fails.
type Answer = fn(&str) -> Result<Value, Value>;

#[tokio::test]
async fn what_is_not_understood_is_no_other_bot() {
    let odd: [Answer; 7] = [
        |_| Err(json!({ "code": 67 })),
        |_| Err(json!({ "description": "without a code" })),
        // A tunnel without what is needed.
        |_| Ok(json!({ "owner": "router@msging.net" })),
        |_| Ok(json!({ "originator": 5, "destination": null })),
        |line| if line.contains("tunnels") { Ok(tunnel()) } else { Err(json!({ "code": 67 })) },
        |line| if line.contains("tunnels") { Ok(tunnel()) } else { Ok(json!({ "bot": "main@msging.net" })) },
        |line| if line.contains("tunnels") { Ok(tunnel()) } else { Ok(json!("attendance")) },
    ];
    for (number, answer) in odd.into_iter().enumerate() {
        let (client, _) = fake(answer).await;
        assert_eq!(client.is_elsewhere(&customer()).await, Ok(false), "{number}");
    }
}

#[tokio::test]
async fn a_router_that_will_not_is_told_from_one_that_will_later() {
    let outcome = async |answer| fake(answer).await.0.call_back(&customer()).await;
    let refused = |outcome: Result<(), Failure>| matches!(outcome, Err(Failure::Refused { .. }));
    assert!(refused(outcome(|_| Err(json!({ "code": 67 }))).await), "nobody is behind the tunnel");
    assert!(refused(outcome(|l| if l.contains("tunnels") { Ok(tunnel()) } else { Err(json!({ "code": 66 })) }).await));
    assert!(refused(outcome(|l| if l.contains("tunnels") { Ok(tunnel()) } else { Err(json!({})) }).await));
    let later = outcome(|l| if l.contains("tunnels") { Ok(tunnel()) } else { Err(json!({ "code": 61 })) }).await;
    assert!(matches!(later, Err(Failure::Later { .. })), "{later:?}");
}

#[tokio::test]
async fn a_router_key_that_was_changed_is_fetched_anew() {
    let (client, commands) =
        fake(|line| if line.contains("tunnels") { Ok(tunnel()) } else { Ok(json!("main@msging.net")) }).await;
    let client = client.with_router_key(secret("an-old-key", "router-key".to_owned()));
    assert_eq!(client.is_elsewhere(&customer()).await, Ok(true));
    let lines = lines(&commands);
    let keys: Vec<_> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(keys, ["Key own-key", "Key an-old-key", "Key router-key"]);
    // One that stays wrong is told as such.
    let client = client.with_router_key(secret("an-old-key", "an-old-key".to_owned()));
    assert!(matches!(client.is_elsewhere(&customer()).await, Err(Failure::Unauthorized { .. })));
}

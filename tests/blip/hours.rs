//! The attendance hours of Blip Desk, read by its commands.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, routing::post};
use ponte::{
    blip::BlipClient,
    clock::SystemClock,
    relay::{
        Failure,
        ports::{FoundSchedules, MAX_SCHEDULES, Schedules},
    },
    secret::Secret,
};
use serde_json::{Value, json};
use service_rules::{ServiceRules, SourceKind};

const KEY: &str = "a-key-of-a-bot";

/// A Blip that answers each command by its URI, and the commands that it got.
async fn blip(answer: fn(&str) -> Option<Value>) -> (BlipClient, Arc<Mutex<Vec<String>>>) {
    let commands: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = commands.clone();
    let command = async move |Json(command): Json<Value>| {
        let uri = command["uri"].as_str().unwrap().to_owned();
        seen.lock().unwrap().push(format!("{} {} {uri}", command["method"].as_str().unwrap(), command["to"]));
        Json(match answer(&uri) {
            Some(resource) => json!({
                "id": command["id"], "method": "get", "status": "success", "resource": resource,
                "type": "application/vnd.iris.desk.attendance-hour-container+json",
            }),
            None => json!({ "id": command["id"], "method": "get", "status": "failure", "reason": { "code": 67 } }),
        })
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/commands", post(command));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let secret = Secret::new(KEY.to_owned(), Arc::new(KEY.to_owned()), Arc::new(SystemClock));
    (BlipClient::new(ponte::http::client("").unwrap(), &url, secret).unwrap(), commands)
}

fn about(id: &str, title: &str, is_main: bool) -> Value {
    json!({ "id": id, "title": title, "isMain": is_main, "timeZoneId": "E. South America Standard Time" })
}

fn container(about: &Value, day: &str) -> Value {
    json!({
        "attendanceHour": about,
        "attendanceHourScheduleItems": [{ "id": "a1", "dayOfWeek": day, "startTime": "09:00:00", "endTime": "18:00:00" }],
        "attendanceHourOffItems": [{ "id": "b1", "startDate": "2026-12-25T00:00:00.000Z", "endDate": "2026-12-25T23:59:59.000Z" }],
        "queues": [], "attendants": [],
    })
}

fn container_without_times(id: &str) -> Value {
    json!({ "attendanceHour": about(id, "Plantão", false), "attendanceHourScheduleItems": [] })
}

fn two(uri: &str) -> Option<Value> {
    match uri {
        "/attendance-hour?$skip=0&$take=999" => Some(json!({
            "total": 2, "itemType": "application/vnd.iris.desk.attendance-hour+json",
            "items": [about("h1", "Plantão", false), about("h/2", "Comercial", true)],
        })),
        "/attendance-hour-container/h1" => Some(container(&about("h1", "Plantão", false), "Sunday")),
        "/attendance-hour-container/h%2F2" => Some(container(&about("h/2", "Comercial", true), "Monday")),
        _ => None,
    }
}

#[tokio::test]
async fn all_attendance_hours_are_read_the_main_one_first() {
    let (client, commands) = blip(two).await;
    let FoundSchedules { schedules, unread, left_out } = client.schedules().await.unwrap();
    assert_eq!((unread, left_out), (vec![], 0));
    let names: Vec<_> = schedules.iter().map(|one| (one.from, one.name.as_str(), one.main)).collect();
    assert_eq!(names, [(SourceKind::Blip, "Comercial", true), (SourceKind::Blip, "Plantão", false)]);
    let mut commands = commands.lock().unwrap().clone();
    commands.sort();
    let desk = "get \"postmaster@desk.msging.net\"";
    assert_eq!(
        commands,
        [
            format!("{desk} /attendance-hour-container/h%2F2"),
            format!("{desk} /attendance-hour-container/h1"),
            format!("{desk} /attendance-hour?$skip=0&$take=999"),
        ]
    );
    let rules = br#"{"version":1,"hours":{"source":{"from":"blip","schedule":"plantao"}}}"#;
    let (rules, missing) = ServiceRules::from_json(rules).unwrap().with_schedules(&schedules);
    assert_eq!(missing, []);
    // Sunday, 29 November 2026, 9:00 in São Paulo.
    let sunday = 1_796_040_000 - 24 * 60 * 60;
    assert!(rules.schedule(None).is_open(sunday) && !rules.schedule(None).is_open(sunday - 1));
}

/// What Blip says to a command of this address.
type Answer = fn(&str) -> Option<Value>;

#[tokio::test]
async fn without_their_list_no_attendance_hours_are_read() {
    let (client, _) = blip(|_| None).await;
    let failure = client.schedules().await.unwrap_err();
    assert!(matches!(failure, Failure::Later { .. }), "{failure:?}");
    let (client, _) = blip(|uri| uri.starts_with("/attendance-hour?").then(|| json!({ "items": [7, {}] }))).await;
    assert_eq!(client.schedules().await, Ok(FoundSchedules::default()));
}

#[tokio::test]
async fn attendance_hours_that_cannot_be_had_or_read_take_no_others_away() {
    let all: [(&str, Answer); 3] = [
        ("one is refused", |uri| two(uri).filter(|_| !uri.ends_with("h1"))),
        ("one is nonsense", |uri| if uri.ends_with("h1") { Some(json!({ "attendanceHour": 7 })) } else { two(uri) }),
        ("one has no times", |uri| if uri.ends_with("h1") { Some(container_without_times("h1")) } else { two(uri) }),
    ];
    for (what, answer) in all {
        let (client, _) = blip(answer).await;
        let found = client.schedules().await.unwrap();
        let names: Vec<_> = found.schedules.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names, found.unread), (vec!["Comercial"], vec!["h1".to_owned()]), "{what}");
    }
}

#[tokio::test]
async fn of_many_attendance_hours_the_main_ones_are_read_and_the_others_counted() {
    let many: Answer = |uri| match uri.strip_prefix("/attendance-hour-container/") {
        Some(id) => Some(container(&about(id, id, id == "h24"), "Monday")),
        None => Some(json!({ "items": (0..25).map(|n| about(&format!("h{n}"), "x", n == 24)).collect::<Vec<_>>() })),
    };
    let (client, _) = blip(many).await;
    let found = client.schedules().await.unwrap();
    assert_eq!((found.schedules.len(), found.unread.len(), found.left_out), (MAX_SCHEDULES, 0, 5));
    assert_eq!((found.schedules[0].id.as_str(), found.schedules[0].main), ("h24", true));
}

//! The schedules of an account with their holidays.

use serde_json::{Value, json};
use service_rules::SourceKind;

use super::{answers, client, lines};
use ponte::relay::Failure;

fn listed() -> (u16, Value) {
    (
        200,
        json!({ "schedules": [
            { "id": 360_000_001, "name": "Comercial", "time_zone": "Brasilia", "intervals": [{ "start_time": 1980, "end_time": 2520 }] },
            { "id": 360_000_002, "name": "Plantão", "time_zone": "Brasilia", "intervals": [{ "start_time": 0, "end_time": 1440 }] },
        ] }),
    )
}

fn holidays(days: &Value) -> (u16, Value) {
    (200, json!({ "holidays": days }))
}

#[tokio::test]
async fn each_schedule_comes_with_its_holidays() {
    let christmas = json!([{ "id": 1, "name": "Natal", "start_date": "2026-12-25", "end_date": "2026-12-25" }]);
    let server = answers(&[listed(), holidays(&christmas), holidays(&json!([]))]);
    let helpdesk = client(&server);
    let schedules = helpdesk.schedules().expect("Zendesk keeps schedules").schedules().await.unwrap().schedules;
    let told: Vec<_> = schedules.iter().map(|one| (one.from, one.name.as_str(), one.main, one.closed.len())).collect();
    assert_eq!(told, [(SourceKind::Zendesk, "Comercial", true, 1), (SourceKind::Zendesk, "Plantão", false, 0)]);
    assert_eq!(
        lines(&server.calls()),
        [
            "GET business_hours/schedules.json",
            "GET business_hours/schedules/360000001/holidays.json",
            "GET business_hours/schedules/360000002/holidays.json",
        ]
    );
}

#[tokio::test]
async fn without_their_list_no_schedules_are_read() {
    for bodies in [vec![(200, json!({}))], vec![listed(), holidays(&json!([])), (500, json!({}))]] {
        let server = answers(&bodies);
        let failure = client(&server).schedules().unwrap().schedules().await.unwrap_err();
        assert!(matches!(failure, Failure::Later { .. } | Failure::Unknown { .. }), "{failure:?}");
    }
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_takes_no_other_away() {
    let odd =
        json!({ "id": 7, "name": "x", "time_zone": "Mars", "intervals": [{ "start_time": 0, "end_time": 1440 }] });
    let empty = json!({ "id": 7, "name": "x", "time_zone": "Brasilia", "intervals": [] });
    let with = |schedule: &Value| {
        let (status, mut listed) = listed();
        listed["schedules"][0] = schedule.clone();
        (status, listed)
    };
    for (bodies, unread) in [
        (vec![with(&odd), holidays(&json!([]))], "7"),
        (vec![with(&empty), holidays(&json!([]))], "7"),
        (vec![listed(), (200, json!({ "holidays": 7 })), holidays(&json!([]))], "360000001"),
        (vec![listed(), (404, json!({})), holidays(&json!([]))], "360000001"),
    ] {
        let server = answers(&bodies);
        let found = client(&server).schedules().unwrap().schedules().await.unwrap();
        let names: Vec<_> = found.schedules.iter().map(|one| (one.name.as_str(), one.main)).collect();
        assert_eq!((names, found.unread), (vec![("Plantão", false)], vec![unread.to_owned()]));
    }
}

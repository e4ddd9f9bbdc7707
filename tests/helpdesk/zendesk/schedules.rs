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
    let schedules = helpdesk.schedules().expect("Zendesk keeps schedules").schedules().await.unwrap();
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
async fn what_cannot_be_read_is_a_failure_of_all() {
    let odd = json!({ "schedules": [{ "id": 1, "name": "x", "time_zone": "Mars", "intervals": [] }] });
    for bodies in [
        vec![(200, odd)],
        vec![(200, json!({}))],
        vec![listed(), (200, json!({ "holidays": 7 }))],
        vec![listed(), holidays(&json!([])), (500, json!({}))],
    ] {
        let server = answers(&bodies);
        let failure = client(&server).schedules().unwrap().schedules().await.unwrap_err();
        assert!(matches!(failure, Failure::Later { .. } | Failure::Unknown { .. }), "{failure:?}");
    }
}

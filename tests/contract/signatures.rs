//! Standard Webhooks 1.0.0: the vectors, the worked example of the contract, and hostile headers.

use ponte::{
    clock::Timestamp,
    helpdesk::signature::{SignatureError, SigningKey, TOLERANCE},
};
use serde_json::Value;

use super::{SECRET, file::Contract};

const VECTORS: &str = include_str!("../fixtures/standard-webhooks/vectors.json");
const REQUEST: &str = include_str!("../fixtures/standard-webhooks/request.json");

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * 1000)
}

fn verify(headers: &Value, secret: &str, body: &str, now: Timestamp) -> Result<(), SignatureError> {
    let header = |name: &str| headers[name].as_str();
    let (id, timestamp, signature) = ("webhook-id", "webhook-timestamp", "webhook-signature");
    SigningKey::parse(secret).unwrap().verify(header(id), header(timestamp), header(signature), body.as_bytes(), now)
}

#[test]
fn the_vectors_hold() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(file["tolerance_seconds"], TOLERANCE.as_secs());
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 12, "vectors are missing");
    for vector in vectors {
        let text = |field: &str| vector[field].as_str().unwrap();
        let expected = match vector["error"].as_str() {
            None => Ok(()),
            Some("too old") => Err(SignatureError::TooOld),
            Some("in the future") => Err(SignatureError::Future),
            Some("timestamp") => Err(SignatureError::Timestamp),
            Some("signature") => Err(SignatureError::Mismatch),
            Some(other) => panic!("unknown error {other}"),
        };
        assert_eq!(expected.is_ok(), vector["valid"].as_bool().unwrap());
        let key = SigningKey::parse(text("secret")).unwrap();
        let (id, timestamp, signature) = (text("id"), text("timestamp"), text("signature"));
        let now = at(vector["now"].as_i64().unwrap());
        let got = key.verify(Some(id), Some(timestamp), Some(signature), text("body").as_bytes(), now);
        assert_eq!(got, expected, "{}", text("name"));
    }
}

#[test]
fn a_full_request_holds_and_lacks_no_header() {
    let request: Value = serde_json::from_str(REQUEST).unwrap();
    let body = request["body_raw"].as_str().unwrap();
    let now = at(1_763_640_120);
    assert_eq!(verify(&request["headers"], SECRET, body, now), Ok(()));
    for header in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut headers = request["headers"].clone();
        headers.as_object_mut().unwrap().remove(header).unwrap();
        assert_eq!(verify(&headers, SECRET, body, now), Err(SignatureError::MissingHeader), "without {header}");
    }
}

#[test]
fn the_worked_example_of_the_contract_is_computed() {
    let contract = Contract::read();
    let example = contract.at("/x-signing-example");
    let text = |field: &str| example[field].as_str().unwrap();
    let now = at(text("webhook-timestamp").parse().unwrap());
    let body = text("body");
    assert_eq!(verify(example, text("secret"), body, now), Ok(()));
    let signature = SigningKey::parse(text("secret")).unwrap().sign(text("webhook-id"), now, body.as_bytes());
    assert_eq!(signature, text("webhook-signature"));
    for (parameter, header) in
        [("WebhookId", "id"), ("WebhookTimestamp", "timestamp"), ("WebhookSignature", "signature")]
    {
        let parameter = contract.at(&format!("/components/parameters/{parameter}"));
        let name = format!("webhook-{header}");
        assert_eq!((&parameter["name"], &parameter["example"]), (&name.as_str().into(), &example[&name]));
    }
}

#[test]
fn hostile_timestamps_are_refused_and_overflow_nothing() {
    let key = SigningKey::parse(SECRET).unwrap();
    let signature = key.sign("msg_1", at(1_763_640_120), b"{}");
    let huge = "9".repeat(5000);
    let (least, most) = (i64::MIN.to_string(), i64::MAX.to_string());
    let check = |timestamp: &str, now, expected| {
        let got = key.verify(Some("msg_1"), Some(timestamp), Some(&signature), b"{}", now);
        assert_eq!(got, Err(expected), "{timestamp:.30} at {now:?}");
    };
    for (timestamp, expected) in [
        (least.as_str(), SignatureError::TooOld),
        (most.as_str(), SignatureError::Future),
        ("-1763640120", SignatureError::TooOld),
        ("-0", SignatureError::TooOld),
        (huge.as_str(), SignatureError::Timestamp),
        ("9223372036854775808", SignatureError::Timestamp),
        ("", SignatureError::Timestamp),
        ("1763640120.0", SignatureError::Timestamp),
        ("0x691f0638", SignatureError::Timestamp),
        ("١٧٦٣٦٤٠١٢٠", SignatureError::Timestamp),
    ] {
        check(timestamp, at(1_763_640_120), expected);
    }
    check(&least, Timestamp(i64::MAX), SignatureError::TooOld);
    check(&most, Timestamp(i64::MIN), SignatureError::Future);
}

#[test]
fn what_is_signed_verifies_and_nothing_else_does() {
    let key = SigningKey::parse(SECRET).unwrap();
    let now = Timestamp(1_763_640_120_999);
    for body in ["", "{}", "Olá ção 😀", "a.b.c"] {
        let signature = key.sign("msg.1", now, body.as_bytes());
        let verify = |key: &SigningKey, id, timestamp, body: &str| {
            key.verify(Some(id), Some(timestamp), Some(&signature), body.as_bytes(), now)
        };
        assert_eq!(verify(&key, "msg.1", "1763640120", body), Ok(()));
        let other = SigningKey::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        for got in [
            verify(&other, "msg.1", "1763640120", body),
            verify(&key, "msg.2", "1763640120", body),
            verify(&key, "msg.1", "1763640121", body),
            verify(&key, "msg.1", "1763640120", &format!("{body} ")),
        ] {
            assert_eq!(got, Err(SignatureError::Mismatch), "{body}");
        }
    }
}

//! Who may come in: the vectors, and the five minutes around them.

use ponte::{
    clock::Timestamp,
    helpdesk::zendesk::ZendeskVerifier,
    relay::ports::{Headers, Rejection, Unverified, WebhookVerifier},
};

use super::{NOW, fixture};

pub(super) struct Signed<'a> {
    pub signature: &'a str,
    pub timestamp: &'a str,
}

impl Headers for Signed<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let value = match name {
            "x-zendesk-webhook-signature" => self.signature,
            "x-zendesk-webhook-signature-timestamp" => self.timestamp,
            _ => return None,
        };
        (!value.is_empty()).then_some(value)
    }
}

fn verify(secret: &str, body: &str, headers: &Signed<'_>, now: Timestamp) -> Result<(), Rejection> {
    let request = Unverified { headers, path: "", body: body.as_bytes() };
    ZendeskVerifier::new(secret).unwrap().verify(&request, now).map(drop)
}

#[test]
fn the_vectors_hold() {
    let file = fixture("signatures");
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let text = |field: &str| case[field].as_str().unwrap();
        let headers = Signed { signature: text("signature"), timestamp: text("timestamp") };
        let got = verify(text("secret"), text("body"), &headers, NOW);
        assert_eq!(got.is_ok(), case["valid"].as_bool().unwrap(), "{}", text("name"));
    }
    let good = |field: &str| cases[0][field].as_str().unwrap();
    let with = |signature, timestamp, now| verify(good("secret"), good("body"), &Signed { signature, timestamp }, now);
    for hostile in ["", "=", "é", "lsg3Dd20nYO4huP9LevknZxovw6G1U1vS4xposxDv4M", "AAAA"] {
        assert_eq!(with(hostile, good("timestamp"), NOW).unwrap_err().status(), 401, "{hostile}");
    }
    assert_eq!(with(good("signature"), "", NOW).unwrap_err().status(), 401);
    assert_eq!(
        verify(
            "another secret",
            good("body"),
            &Signed { signature: good("signature"), timestamp: good("timestamp") },
            NOW
        )
        .unwrap_err()
        .status(),
        401
    );
    // The same request again, later or by a clock that is behind.
    let shifted = |seconds: i64| with(good("signature"), good("timestamp"), Timestamp(NOW.0 + seconds * 1000)).is_ok();
    assert_eq!([-301, -300, 0, 300, 301].map(shifted), [false, true, true, true, false]);
    assert!(ZendeskVerifier::new(" ").is_err(), "an empty secret would let anybody in");
}

/// A timestamp is signed as it stands; one that is no date proves nothing, however well it is signed.
#[test]
fn a_signed_timestamp_that_is_no_date_is_refused() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit, Mac};
    for timestamp in ["yesterday", "2026-11-20", "9999999999999"] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"secret").unwrap();
        mac.update(format!("{timestamp}{{}}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let headers = Signed { signature: &signature, timestamp };
        assert_eq!(verify("secret", "{}", &headers, NOW).unwrap_err().status(), 401, "{timestamp}");
    }
}

/// The header set of a real delivery: the names are those that are read, and the timestamp's form is.
#[test]
fn the_published_headers_are_those_that_are_read() {
    let headers = fixture("webhook-headers").to_string().to_lowercase();
    for name in ["x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp"] {
        assert!(headers.contains(&format!("\"{name}\"")), "{name}: {headers}");
    }
}

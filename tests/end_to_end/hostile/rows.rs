//! The table.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    helpdesk::signature::SigningKey,
};
use serde_json::{Value, json};

use super::{MARK, request::Request};

/// What an endpoint, or API Gateway before it, may say to what is not one of its addresses.
const NOWHERE: &[u16] = &[400, 403, 404, 405];
/// API Gateway may hand on other bytes than those that were signed, where they are no text.
const UNTRUE: &[u16] = &[400, 401, 415];
/// `whsec_` and the Base64 of 24 bytes: the key of another company.
const OTHER_SECRET: &str = "whsec_YW5vdGhlciBjb21wYW55J3Mga2V5ISEh";

/// All that is secret of the stack.
pub(super) struct Known {
    pub token: String,
    pub key: String,
    pub secret: String,
    pub rest: String,
}

pub(super) fn all(known: &Known) -> Vec<Request> {
    let groups = [
        forged_at_blip(known),
        forged_at_the_helpdesk(known),
        forged_at_the_channel(known),
        unreadable(known),
        smuggled(known),
        methods(known),
        paths(known),
    ];
    groups.into_iter().flatten().collect()
}

/// What a good sender would send: it is the sender that is wrong.
fn envelope() -> Vec<u8> {
    json!({ "id": MARK, "from": "x@0mn.io", "type": "text/plain", "content": MARK }).to_string().into_bytes()
}

fn event() -> Vec<u8> {
    event_with(&json!({ "type": "text", "text": MARK })).to_string().into_bytes()
}

fn event_with(content: &Value) -> Value {
    json!({ "type": "agent.message", "timestamp": "2026-01-01T00:00:00Z",
        "data": { "ticket": "T-1", "id": MARK, "content": content } })
}

fn asked() -> Vec<u8> {
    json!({ "sender": MARK, "message": MARK }).to_string().into_bytes()
}

/// A post at Blip's endpoint, without a token.
fn stranger(what: &'static str) -> Request {
    Request::new(what, "POST", "/blip").header("content-type", "application/json").body(envelope())
}

/// A post at Blip's endpoint of one who has the token.
fn trusted(what: &'static str, known: &Known) -> Request {
    stranger(what).header("authorization", format!("Key {}", known.token))
}

fn forged_at_blip(known: &Known) -> Vec<Request> {
    let Known { token, key, secret, rest } = known;
    let mut requests = vec![
        stranger("blip: no token"),
        stranger("blip: the token in another header").header("x-authorization", token),
        Request {
            target: format!("/blip?token={token}&authorization={token}"),
            ..stranger("blip: the token in the query")
        },
        stranger("blip: a wrong header, then the right one")
            .header("authorization", "Key wrong")
            .header("authorization", format!("Key {token}")),
        stranger("blip: the right header, then a wrong one")
            .header("authorization", format!("Key {token}"))
            .header("authorization", "Key wrong"),
    ];
    for (what, presented) in [
        ("blip: an empty token", String::new()),
        ("blip: a scheme without a token", "Key ".to_owned()),
        ("blip: a wrong token", "Key 0123456789abcdef".to_owned()),
        ("blip: the token without its last letter", token[..token.len() - 1].to_owned()),
        ("blip: the token and a letter more", format!("{token}x")),
        (
            "blip: the token in other cases",
            if token.to_uppercase() == *token { token.to_lowercase() } else { token.to_uppercase() },
        ),
        ("blip: the token in Base64", format!("Basic {}", STANDARD.encode(token))),
        ("blip: the token under a scheme of its own", format!("Digest {token}")),
        ("blip: the scheme twice", format!("Key Key {token}")),
        ("blip: two tokens in one header", format!("Key wrong, Key {token}")),
        ("blip: the bot's key in the token's place", format!("Key {key}")),
        ("blip: the helpdesk's secret in the token's place", format!("Key {secret}")),
        ("blip: the channel's token in the token's place", format!("Bearer {rest}")),
        ("blip: a quote and a condition", "Key ' OR '1'='1".to_owned()),
        ("blip: a token of 6 KB", format!("Key {}", "a".repeat(6 << 10))),
        ("blip: the letters that look like the token's", format!("Key {}", token.replace(['a', 'e', '0'], "\u{430}"))),
    ] {
        requests.push(stranger(what).header("authorization", presented));
    }
    requests
}

/// A callback with the three headers of Standard Webhooks.
fn callback(what: &'static str, id: &str, timestamp: &str, signature: &str, body: &[u8]) -> Request {
    Request::new(what, "POST", "/helpdesk")
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(body)
}

fn sign(secret: &str, at: Timestamp, body: &[u8]) -> String {
    SigningKey::parse(secret).unwrap().sign("msg_1", at, body)
}

fn shifted(what: &'static str, known: &Known, milliseconds: i64) -> Request {
    let at = Timestamp(SystemClock.now().0 + milliseconds);
    callback(what, "msg_1", &at.seconds().to_string(), &sign(&known.secret, at, &event()), &event())
}

/// One that is in order.
pub(super) fn signed_callback(known: &Known, body: &[u8]) -> Request {
    signed("in order", known, body)
}

fn signed(what: &'static str, known: &Known, body: &[u8]) -> Request {
    let now = SystemClock.now();
    callback(what, "msg_1", &now.seconds().to_string(), &sign(&known.secret, now, body), body)
}

fn forged_at_the_helpdesk(known: &Known) -> Vec<Request> {
    let now = SystemClock.now();
    let seconds = now.seconds().to_string();
    let body = event();
    let good = sign(&known.secret, now, &body);
    let padded = [&*body, b"\n"].concat();
    let (version, bytes) = good.split_once(',').unwrap();
    let hex = STANDARD.decode(bytes).unwrap().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let unsigned = |what| Request::new(what, "POST", "/helpdesk").body(&body);
    let mut requests = vec![
        unsigned("helpdesk: no signature"),
        unsigned("helpdesk: Blip's token in its place").header("authorization", format!("Key {}", known.token)),
        unsigned("helpdesk: the secret itself as a header").header("authorization", format!("Bearer {}", known.secret)),
        shifted("helpdesk: signed 6 minutes ago", known, -360_000),
        shifted("helpdesk: signed 10 minutes ahead", known, 600_000),
        shifted("helpdesk: signed a year ago", known, -31_536_000_000),
        callback("helpdesk: another company's key", "msg_1", &seconds, &sign(OTHER_SECRET, now, &body), &body),
        callback("helpdesk: a signature of another body", "msg_1", &seconds, &sign(&known.secret, now, b"{}"), &body),
        callback("helpdesk: a byte more than was signed", "msg_1", &seconds, &good, &padded),
        callback("helpdesk: another id than was signed", "msg_2", &seconds, &good, &body),
        callback("helpdesk: another time than was signed", "msg_1", &(now.seconds() + 1).to_string(), &good, &body),
        callback("helpdesk: an id with a dot moved into it", &format!("msg_1.{seconds}"), "", &good, &body),
        unsigned("helpdesk: no id").header("webhook-timestamp", &seconds).header("webhook-signature", &good),
        unsigned("helpdesk: no time").header("webhook-id", "msg_1").header("webhook-signature", &good),
        Request::new(
            "helpdesk: a secret in the path, where none is asked for",
            "POST",
            format!("/helpdesk/{}", known.secret),
        )
        .body(&body),
        Request::new("helpdesk: a guess in the path", "POST", "/helpdesk/0123456789abcdef").body(&body),
    ];
    for (what, timestamp) in [
        ("helpdesk: a time that is no number", "now"),
        ("helpdesk: a time with a fraction", "1767225600.5"),
        ("helpdesk: a negative time", "-1"),
        ("helpdesk: a time beyond 64 bits", "99999999999999999999999"),
        ("helpdesk: a time in milliseconds", "1767225600000"),
    ] {
        requests.push(callback(what, "msg_1", timestamp, &good, &body));
    }
    for (what, signature) in [
        ("helpdesk: an empty signature", String::new()),
        ("helpdesk: a version without a signature", format!("{version},")),
        ("helpdesk: a signature without a version", bytes.to_owned()),
        ("helpdesk: a version that does not exist", format!("v9,{bytes}")),
        ("helpdesk: the version of another kind of key", format!("v1a,{bytes}")),
        ("helpdesk: half of the signature", format!("{version},{}", &bytes[..20])),
        ("helpdesk: the signature in hexadecimal", format!("{version},{hex}")),
        ("helpdesk: a signature of zeroes", format!("{version},{}", STANDARD.encode([0; 32]))),
        ("helpdesk: a hundred wrong signatures", format!("{version},{} ", STANDARD.encode([7; 32])).repeat(100)),
    ] {
        requests.push(callback(what, "msg_1", &seconds, &signature, &body));
    }
    requests
}

const CHANNEL: &str = "/webhooks/rest/webhook";

fn forged_at_the_channel(known: &Known) -> Vec<Request> {
    let post = |what, target: String| Request::new(what, "POST", target).body(asked());
    let good = format!("{CHANNEL}?token={}", known.rest);
    vec![
        post("channel: no token", CHANNEL.to_owned()),
        post("channel: a wrong token", format!("{CHANNEL}?token=0123456789abcdef")),
        post("channel: Blip's token", format!("{CHANNEL}?token={}", known.token)),
        post("channel: a wrong token, then the right one", format!("{CHANNEL}?token=wrong&token={}", known.rest)),
        post("channel: the token of another scheme", CHANNEL.to_owned())
            .header("authorization", format!("Basic {}", known.rest)),
        Request::new("channel: a tracker without a token", "GET", format!("/conversations/{MARK}/tracker")),
        Request::new(
            "channel: a tracker with a wrong token",
            "GET",
            format!("/conversations/{MARK}/tracker?token=wrong"),
        ),
        post("channel: a form", good.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .answers(&[415]),
        post("channel: not JSON", good.clone()).body(MARK).answers(&[400]),
        post("channel: a list", good.clone()).body("[]").answers(&[400]),
        post("channel: a sender twice", good.clone()).body(r#"{"sender":"a","sender":"b"}"#).answers(&[400]),
        post("channel: a sender of 5 KB", good.clone())
            .body(json!({ "sender": "a".repeat(5 << 10) }).to_string())
            .answers(&[422]),
        post("channel: 10,000 deep", good).body("[".repeat(10_000)).answers(&[400]),
    ]
}

/// With the token, or signed: bodies that nobody should read.
fn unreadable(known: &Known) -> Vec<Request> {
    let large =
        |size| json!({ "id": "1", "from": "x@0mn.io", "type": "text/plain", "content": "x".repeat(size) }).to_string();
    let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
    let in_envelope =
        |content: &str| format!(r#"{{"id":"1","from":"x@0mn.io","type":"application/json","content":{content}}}"#);
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0];
    let mut requests = vec![
        trusted("blip: 249 KB", known).body(large(249 << 10)).answers(&[413]),
        trusted("blip: 2 MB", known).body(large(2 << 20)).answers(&[413]),
        trusted("blip: gzip", known).header("content-encoding", "gzip").body(gzip).answers(&[415]),
        trusted("blip: gzip that is not said", known).body(gzip).answers(&[400]),
        trusted("blip: Brotli around gzip", known).header("content-encoding", "gzip, br").body(gzip).answers(&[415]),
        signed(
            "helpdesk: 300 KB, signed",
            known,
            event_with(&json!({ "type": "text", "text": "x".repeat(300 << 10) })).to_string().as_bytes(),
        )
        .answers(&[413]),
        signed("helpdesk: gzip, signed", known, &gzip).header("content-encoding", "gzip").answers(UNTRUE),
    ];
    for (what, body) in [
        ("blip: nothing", String::new()),
        ("blip: 10,000 deep", deep(10_000)),
        ("blip: content 100 deep", in_envelope(&deep(100))),
        ("blip: objects 200 deep", in_envelope(&(r#"{"a":"#.repeat(200) + "1" + &"}".repeat(200)))),
        ("blip: 100,000 values", in_envelope(&format!("[{}1]", "1,".repeat(100_000)))),
        (
            "blip: a sender twice",
            r#"{"id":"1","from":"x@0mn.io","from":"y@0mn.io","type":"text/plain","content":"a"}"#.to_owned(),
        ),
        (
            "blip: a sender twice, once with an escape",
            r#"{"id":"1","from":"x@0mn.io","\u0066rom":"y@0mn.io","type":"text/plain","content":"a"}"#.to_owned(),
        ),
        ("blip: two bodies in one", format!("{0}{0}", in_envelope("1"))),
        ("blip: a comment in it", in_envelope("1/**/")),
        ("blip: a number that is none", in_envelope("NaN")),
        ("blip: a command", format!(r#"{{"id":"{MARK}","method":"get","uri":"/contacts"}}"#)),
        ("blip: a session", r#"{"id":"1","state":"authenticating","scheme":"guest"}"#.to_owned()),
        ("blip: no sender", format!(r#"{{"id":"1","type":"text/plain","content":"{MARK}"}}"#)),
    ] {
        requests.push(trusted(what, known).body(body).answers(&[400]));
    }
    let bytes: [(&'static str, &[u8]); 3] = [
        ("blip: bytes that are no text", &[0xff, 0xfe, 0x00, 0x80]),
        ("blip: UTF-16", b"\xff\xfe{\0}\0"),
        ("blip: a sign of the order of bytes before it", b"\xef\xbb\xbf{}"),
    ];
    for (what, body) in bytes {
        requests.push(trusted(what, known).body(body).answers(&[400]));
    }
    for (what, kind) in [
        ("blip: a form", "application/x-www-form-urlencoded"),
        ("blip: a form in parts", "multipart/form-data; boundary=x"),
        ("blip: XML", "application/xml"),
        ("blip: a page", "text/html"),
    ] {
        let mut request = trusted(what, known).answers(&[415]);
        request.headers.retain(|header| !header.starts_with(b"content-type"));
        requests.push(request.header("content-type", kind));
    }
    for (what, body, answers) in [
        ("helpdesk: nothing, signed", "".as_bytes(), &[400_u16][..]),
        ("helpdesk: no UTF-8, signed", b"{\"type\":\"agent.message\xff\"}", UNTRUE),
        ("helpdesk: a type twice, signed", br#"{"type":"agent.typing","type":"agent.message","data":{}}"#, &[400]),
        ("helpdesk: a script's address as a file, signed", br#"{"type":"agent.message","data":{"ticket":"T-1","id":"1","content":{"type":"file","url":"javascript:alert(1)"}}}"#, &[422]),
    ] {
        requests.push(signed(what, known, body).answers(answers));
    }
    requests.push(signed("helpdesk: 10,000 deep, signed", known, deep(10_000).as_bytes()).answers(&[400]));
    requests.push(signed("helpdesk: a form, signed", known, b"a=1").answers(&[400]));
    requests
}

/// Requests that two servers may read in two ways, and headers that claim what they should not.
fn smuggled(known: &Known) -> Vec<Request> {
    let token = format!("Key {}", known.token);
    let inner = format!("POST /blip HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-length: 2\r\n\r\n{{}}");
    vec![
        stranger("a length and pieces")
            .unframed()
            .header("content-length", "4")
            .header("transfer-encoding", "chunked")
            .body(format!("0\r\n\r\n{inner}"))
            .answers(&[400, 401]),
        stranger("two lengths")
            .unframed()
            .header("content-length", "2")
            .header("content-length", "200")
            .body(format!("{{}}{inner}"))
            .answers(&[400, 401]),
        stranger("a length that is no number").unframed().header("content-length", "2x").body("{}").answers(&[400]),
        stranger("a blank before the colon").header("authorization ", &token).answers(&[400, 401]),
        stranger("a header on two lines").header("x-a", format!("1\r\n authorization: {token}")).answers(&[400, 401]),
        stranger("a header with bytes that are no text").header("authorization", b"Key \xff\xfe").answers(&[400, 401]),
        stranger("a header with an underscore").header("authorization_", &token),
        stranger("the caller says where it comes from")
            .header("x-forwarded-for", "127.0.0.1")
            .header("forwarded", "for=127.0.0.1"),
        stranger("the caller says that it is checked")
            .header("x-amzn-oidc-data", &token)
            .header("x-amz-security-token", &token),
        stranger("another method in a header").header("x-http-method-override", "DELETE"),
        stranger("another path in a header").header("x-original-url", "/helpdesk").header("x-rewrite-url", "/helpdesk"),
        trusted("another company's address", known).host("abcdefghij.execute-api.localhost").answers(NOWHERE),
    ]
}

fn methods(known: &Known) -> Vec<Request> {
    let mut requests = Vec::new();
    for (what, method) in [
        ("blip: GET", "GET"),
        ("blip: PUT", "PUT"),
        ("blip: DELETE", "DELETE"),
        ("blip: PATCH", "PATCH"),
        ("blip: TRACE", "TRACE"),
        ("blip: a method that does not exist", "DANCE"),
    ] {
        requests.push(Request { method, ..trusted(what, known) }.answers(NOWHERE));
    }
    for (what, method) in [("helpdesk: GET", "GET"), ("helpdesk: PUT", "PUT"), ("helpdesk: DELETE", "DELETE")] {
        requests.push(Request { method, ..signed(what, known, &event()) }.answers(&[405]));
    }
    requests.push(Request::new("media: POST", "POST", "/media/0123456789abcdef").answers(NOWHERE));
    requests.push(Request::new("media: DELETE", "DELETE", "/media/0123456789abcdef").answers(NOWHERE));
    requests
}

fn paths(known: &Known) -> Vec<Request> {
    let mut requests = Vec::new();
    for (what, target) in [
        ("path: another case", "/BLIP"),
        ("path: a part behind it", "/blip/x"),
        ("path: a stage before it", "/prod/blip"),
        ("path: a dot in it", "/x/../y"),
        ("path: an escaped slash", "/blip%2Fx"),
        ("path: a zero byte", "/blip%00"),
        ("path: a parameter", "/blip;a=b"),
        ("path: the root", "/"),
        ("path: a file of the machine", "/../../etc/passwd"),
    ] {
        let request = Request::new(what, "POST", target).body(envelope()).answers(NOWHERE);
        requests.push(request.header("authorization", format!("Key {}", known.token)));
    }
    for (what, target) in [
        ("media: a file of the machine", "/media/..%2f..%2fetc%2fpasswd".to_owned()),
        ("media: another object of the bucket", "/media/..%2fother".to_owned()),
        ("media: a zero byte", "/media/%00".to_owned()),
        ("media: a script", "/media/%3Cscript%3E".to_owned()),
        ("media: an id of 6 KB", format!("/media/{}", "a".repeat(6 << 10))),
        ("media: an id that nobody made", "/media/0123456789abcdef0123456789abcdef".to_owned()),
        ("media: two parts", "/media/a/b".to_owned()),
    ] {
        requests.push(Request::new(what, "GET", target).answers(NOWHERE));
    }
    requests
}

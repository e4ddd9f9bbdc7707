//! Is it really them: any headers, with the right signature wherever `{signature}` stands in a value.
//!
//! The first byte says which helpdesk, then come headers (`:path` is no header, but what stands behind the endpoint's address) and an
//! empty line, then the body. The signature is computed here over the timestamp that stands there, so that what is made of
//! timestamps is tried behind a good signature, too.

use ponte::{
    blip,
    helpdesk::signature::SigningKey,
    relay::{
        accept,
        body::MAX_BODY,
        ports::{Headers as _, Rejection, Unverified},
    },
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    cut, first,
    helpdesks::{Helpdesk, Lines, Proof, SECRET},
    ports::{NOW, Still},
};

/// Where the right signature, or the secret, is put.
const PLACE: &str = "{signature}";
/// How far a timestamp may be from now, in seconds.
const TOLERANCE: i128 = 300;

/// The checks of every webhook endpoint, and of Blip's.
pub fn signature(bytes: &[u8]) {
    let (byte, rest) = first(bytes);
    let helpdesk = Helpdesk::of(byte);
    let (path, rest) = cut(rest, b"\n");
    let (given, body) = Lines::read(rest);

    let mut lines = given.clone();
    let signed = helpdesk.signature(&given, body).map(|(_, text)| text);
    let right = signed.as_deref().unwrap_or(SECRET);
    let mut holds = false;
    for (name, value) in given.iter() {
        if value.contains(PLACE) {
            holds = true;
            lines.set(name, value.replace(PLACE, right));
        }
    }
    let path = String::from_utf8_lossy(path);
    holds |= path.contains(PLACE);
    let path = path.replace(PLACE, right);

    let request = Unverified { headers: &lines, path: &path, body };
    let verifier = helpdesk.verifier();
    match accept::verify(&request, &*verifier, &Still) {
        Ok(_) => {
            assert!(holds, "{} took a signature that nobody could make", helpdesk.name);
            let at = |name: &str| lines.get(name).unwrap_or_default();
            let fresh = match helpdesk.proof {
                Proof::Standard => seconds(at("webhook-timestamp")),
                Proof::Chatwoot => seconds(at("x-chatwoot-timestamp")),
                Proof::Zendesk => OffsetDateTime::parse(at("x-zendesk-webhook-signature-timestamp").trim(), &Rfc3339)
                    .ok()
                    .map(|at| i128::from(at.unix_timestamp())),
                Proof::Intercom | Proof::Header(_) | Proof::Path => Some(NOW.seconds().into()),
            };
            let age = fresh.map(|at| (i128::from(NOW.seconds()) - at).abs());
            assert!(age.is_some_and(|age| age <= TOLERANCE), "{} took an old signature", helpdesk.name);
        }
        Err(Rejection::Unauthorized(_)) => {}
        Err(Rejection::TooLarge) => assert!(body.len() > MAX_BODY),
        Err(other) => panic!("{other:?}"),
    }
    token(&String::from_utf8_lossy(rest));
    secret(&String::from_utf8_lossy(body), body);
}

fn seconds(text: &str) -> Option<i128> {
    text.trim().parse().ok()
}

/// Blip's token: nothing but the token itself, bare or behind its scheme.
fn token(presented: &str) {
    const TOKEN: &str = "s3cret";
    if blip::verify(Some(presented), TOKEN, b"").is_ok() {
        let bare = presented.trim().to_ascii_lowercase();
        let bare = bare.strip_prefix("key ").or(bare.strip_prefix("bearer ")).unwrap_or(&bare).trim_start();
        assert_eq!(bare, TOKEN, "{presented:?}");
    }
    assert!(blip::verify(Some(presented), "", b"").is_err(), "no token lets anybody in");
}

/// What somebody pastes as a key is none, or one that signs.
fn secret(pasted: &str, body: &[u8]) {
    let Some(key) = SigningKey::parse(pasted) else { return };
    let (time, signature) = (NOW.seconds().to_string(), key.sign("a", NOW, body));
    assert_eq!(key.verify(Some("a"), Some(&time), Some(&signature), body, NOW), Ok(()));
    assert!(key.verify(Some("b"), Some(&time), Some(&signature), body, NOW).is_err());
}

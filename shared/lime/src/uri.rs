//! Two small rules about ids and command uris.
//!
//! Pure text work. Neither function decodes anything: an encoded address is another address than the decoded one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is percent-encoded in a path segment: all but RFC 3986's unreserved characters, `@` and `+`.
///
/// The documentation writes `/threads/1180740631991418@messenger.gw.msging.net` and `/accounts/+5531988889999` with `@` and `+` as they
/// are, and `/buckets/abcd%c3%a9%201234` with all else encoded (docs.blip.ai, 2023).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@').remove(b'+');

/// What Blip puts before a message's id each time it is forwarded through Desk (takenet/blip-sdk-csharp, forwarding).
const FORWARDED: &str = "fwd:";

/// Strips any number of leading `fwd:` from a message id: the copies of one message have one bare id. For comparing only; a
/// notification carries the full id.
pub fn bare_id(id: &str) -> &str {
    id.trim_start_matches(FORWARDED)
}

/// Percent-encodes one path segment of a command uri. What is encoded already is encoded again, as Blip wants it:
/// `mail%40company.com` becomes `mail%2540company.com` (docs.blip.ai, extensions/desk, 2023). Not for query values with a `+`.
pub fn encode_uri(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// Whether a link carries a signature of its own (an Azure SAS, as Blip's secure media have it): it is good for minutes, for
/// everybody, and its store refuses a request that brings a key besides.
pub fn is_signed(uri: &str) -> bool {
    let (_, query) = uri.split_once('?').unwrap_or_default();
    query.split('&').any(|pair| pair.starts_with("sig="))
}

/// Whether this is an absolute link to the web.
pub fn is_web(uri: &str) -> bool {
    let scheme = uri.split("://").next().unwrap_or_default();
    uri.contains("://") && (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}

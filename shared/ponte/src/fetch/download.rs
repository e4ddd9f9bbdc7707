//! A file that is on its way: what its headers say, and its bytes a piece at a time.
//!
//! The whole file is never held. Its size is checked when the headers name it, and again as it comes, since a host may
//! lie; a file that stands as base64 in JSON is decoded on the way, and the limit is one of its own bytes. The caller uploads or
//! drops each chunk before it asks for the next.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Response,
    header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, TRANSFER_ENCODING},
};
use tokio::time::{Instant, timeout_at};

use super::{FetchError, Target, file_name, member::Member};

/// The type of a file whose host names none, or none that is well formed (RFC 2046, 4.5.1).
const UNKNOWN_TYPE: &str = "application/octet-stream";
/// What an answer may have beside a file that stands in it as base64, in bytes: names, headers of an e-mail.
const MAX_BESIDE: u64 = 1024 * 1024;

/// The answer to a fetch, up to its body.
pub struct Download {
    /// `type/subtype` in lower case, without parameters. What the host says, not what the bytes are.
    pub mime: String,
    /// In bytes, where the host says so; at most the caller's limit.
    pub length: Option<u64>,
    /// What the host calls the file (`Content-Disposition`), fit to be a file's name. Never taken from the URL.
    pub name: Option<String>,
    /// The host that gave the file, after all redirects. Personal: not for a log.
    pub final_host: String,
    body: Response,
    /// Where the file stands in the answer; `None` when the answer is the file.
    member: Option<Member>,
    /// Bytes of the answer so far, and the most of them.
    read: u64,
    most_read: u64,
    taken: u64,
    limit: u64,
    deadline: Instant,
    progress: Duration,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("mime", &self.mime).field("length", &self.length).finish_non_exhaustive()
    }
}

impl Download {
    pub(super) fn new(
        from: Target,
        body: Response,
        member: Option<&'static str>,
        limit: u64,
        deadline: Instant,
        progress: Duration,
    ) -> Result<Self, FetchError> {
        check_status(body.status().as_u16())?;
        let headers = body.headers();
        if !names_only(headers, &CONTENT_ENCODING, "identity") || !names_only(headers, &TRANSFER_ENCODING, "chunked") {
            return Err(FetchError::Encoded);
        }
        // Base64 is a third more, its line breaks and escaped characters some more again.
        let most_read = if member.is_some() { limit.saturating_mul(2).saturating_add(MAX_BESIDE) } else { limit };
        let length = body.content_length();
        if length.is_some_and(|length| length > most_read) {
            return Err(FetchError::TooLarge { limit });
        }
        let name = headers.get(CONTENT_DISPOSITION).and_then(|value| file_name(value.as_bytes()));
        let mime = headers.get(CONTENT_TYPE).and_then(|value| mime(value.to_str().ok()?));
        // The headers are of the JSON, and not of the file in it.
        let is_file = member.is_none();
        Ok(Self {
            mime: mime.filter(|_| is_file).unwrap_or_else(|| UNKNOWN_TYPE.to_owned()),
            length: length.filter(|_| is_file),
            name: name.filter(|_| is_file),
            final_host: from.authority.host,
            body,
            member: member.map(Member::new),
            read: 0,
            most_read,
            taken: 0,
            limit,
            deadline,
            progress,
        })
    }

    /// The next bytes, at times none; `None` after the last. `TooLarge`, `TooSlow` and `BrokenOff` say that the file is not complete.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        let until = self.deadline.min(Instant::now() + self.progress);
        let chunk = timeout_at(until, self.body.chunk()).await.map_err(|_| FetchError::TooSlow)?;
        let chunk = chunk.map_err(|_| FetchError::BrokenOff)?;
        self.read = self.read.saturating_add(length(chunk.as_ref()));
        let chunk = match (&mut self.member, chunk) {
            (None, chunk) => chunk,
            (Some(member), Some(chunk)) => Some(member.decode(&chunk).map_err(|_| FetchError::BrokenOff)?),
            (Some(member), None) => {
                member.end().map_err(|_| FetchError::BrokenOff)?;
                None
            }
        };
        self.taken = self.taken.saturating_add(length(chunk.as_ref()));
        if self.taken > self.limit || self.read > self.most_read {
            Err(FetchError::TooLarge { limit: self.limit })
        } else {
            Ok(chunk)
        }
    }
}

fn length(chunk: Option<&Bytes>) -> u64 {
    chunk.map_or(0, |chunk| u64::try_from(chunk.len()).unwrap_or(u64::MAX))
}

/// What a status means, once redirects and refused keys are dealt with. A 206 was not asked for, and is only a part.
fn check_status(status: u16) -> Result<(), FetchError> {
    match status {
        200 | 203 => Ok(()),
        408 | 425 | 429 | 500.. => Err(FetchError::Unavailable { status }),
        _ => Err(FetchError::Dead { status }),
    }
}

/// Whether a header, in all its lines, lists nothing but this coding (RFC 9110, 8.4).
fn names_only(headers: &HeaderMap, header: &HeaderName, coding: &str) -> bool {
    headers.get_all(header).iter().all(|value| {
        value.to_str().is_ok_and(|value| {
            value.split(',').map(str::trim).all(|token| token.is_empty() || token.eq_ignore_ascii_case(coding))
        })
    })
}

/// `type/subtype` of a `Content-Type` (RFC 9110, 8.3.1).
fn mime(value: &str) -> Option<String> {
    let essence = value.split(';').next()?.trim().to_ascii_lowercase();
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let (kind, subtype) = essence.split_once('/')?;
    (is_token(kind) && is_token(subtype)).then_some(essence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_cut_to_their_essence() {
        for (value, expected) in [
            ("Image/JPEG; charset=binary", Some("image/jpeg")),
            (" application/vnd.api+json ", Some("application/vnd.api+json")),
            ("image", None),
            ("image/", None),
            ("a/b/c", None),
            ("te xt/html", None),
            ("", None),
        ] {
            assert_eq!(mime(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_status_says_what_is_to_be_done() {
        use FetchError::{Dead, Unavailable};
        for (status, expected) in [
            (200, Ok(())),
            (203, Ok(())),
            (204, Err(Dead { status: 204 })),
            (206, Err(Dead { status: 206 })),
            (304, Err(Dead { status: 304 })),
            (401, Err(Dead { status: 401 })),
            (403, Err(Dead { status: 403 })),
            (410, Err(Dead { status: 410 })),
            (429, Err(Unavailable { status: 429 })),
            (503, Err(Unavailable { status: 503 })),
        ] {
            assert_eq!(check_status(status), expected, "{status}");
        }
    }
}

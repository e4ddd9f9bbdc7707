//! A command's uri, and what a command brings. A failure has a reason code (`[LIME-C# ReasonCodes.cs]`).

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What a command brings: type and resource, or nothing.
pub(super) type Answer = Result<Option<(&'static str, Value)>, Failure>;

/// A reason code (an answer without one has been seen for `$take` above 100) and its description.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure(pub(super) Option<u32>, pub(super) String);

pub(super) fn failure(code: u32, description: impl Into<String>) -> Failure {
    Failure(Some(code), description.into())
}

/// A command's uri, decoded: whose it is, the path, and the query.
#[derive(Debug)]
pub(super) struct CommandUri {
    pub(super) owner: Option<String>,
    pub(super) path: Vec<String>,
    query: Vec<(String, String)>,
}

impl CommandUri {
    pub(super) fn parse(text: &str) -> Self {
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let (owner, path) = match place.strip_prefix("lime://") {
            Some(rest) => rest.split_once('/').map_or((rest, ""), |(owner, path)| (owner, path)),
            None => ("", place.trim_start_matches('/')),
        };
        let pair = |part: &str| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        };
        Self {
            owner: Some(decode(owner)).filter(|owner| !owner.is_empty()),
            path: path.split('/').map(decode).collect(),
            query: query.split('&').map(pair).collect(),
        }
    }

    pub(super) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// `$take`, which may be at most 100.
    pub(super) fn take(&self, default: usize) -> Result<usize, Failure> {
        let take = self.query("$take").map_or(Ok(default), str::parse);
        match take {
            Ok(take @ 0..=100) => Ok(take),
            Ok(_) => Err(Failure(None, "The take parameter can not be greater than 100".to_owned())),
            Err(_) => Err(failure(64, "The take parameter is no number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_decoded_after_it_is_split() {
        let uri = CommandUri::parse("lime://router@msging.net/threads/5531%40wa.gw.msging.net?%24take=5&x");
        assert_eq!(uri.owner.as_deref(), Some("router@msging.net"));
        assert_eq!(uri.path, ["threads", "5531@wa.gw.msging.net"]);
        assert_eq!(uri.take(20), Ok(5));
        assert_eq!(CommandUri::parse("/threads/a?$take=101").take(20).unwrap_err().0, None);
    }
}

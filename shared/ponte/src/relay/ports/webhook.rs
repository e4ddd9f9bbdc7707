//! The port at the helpdesk's door: requests before and after they were checked.

use crate::{clock::Timestamp, message::TicketEvents};

/// A request that nobody has checked yet: the raw bytes, as they came.
#[derive(Clone)]
pub struct Unverified<'a> {
    /// Lower-case header names.
    pub headers: &'a dyn Headers,
    /// What stands in the path behind the door's own address, as it came: `secret` in `/helpdesk/secret`. Empty where nothing does.
    pub path: &'a str,
    pub body: &'a [u8],
}

impl std::fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unverified({} bytes)", self.body.len())
    }
}

/// A body whose sender was proved.
#[derive(Clone, Copy)]
pub struct Verified<'a>(pub(crate) &'a [u8]);

impl std::fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verified({} bytes)", self.0.len())
    }
}

/// The headers of a request.
pub trait Headers: Sync {
    /// The value of a header, by its lower-case name; `None` when absent or not text.
    fn get(&self, name: &str) -> Option<&str>;
}

/// No headers at all.
impl Headers for () {
    fn get(&self, _: &str) -> Option<&str> {
        None
    }
}

/// A request without an event in it, as it came: nobody has checked it.
#[derive(Debug, Clone, Copy)]
pub struct HandshakeRequest<'a> {
    /// The HTTP method, in upper case.
    pub method: &'a str,
    /// The query string without its `?`; empty when there is none.
    pub query: &'a str,
}

/// A helpdesk's door: is it really them, and what do they say?
pub trait WebhookVerifier: Send + Sync {
    /// What a request is answered that asks whether this address is theirs, and carries no event: the body of a 200. `None`
    /// when it is no such question. It is not signed, so the answer must be what a stranger may have.
    fn answer(&self, _question: &HandshakeRequest<'_>) -> Option<String> {
        None
    }
    /// Checks the sender over the raw bytes, in constant time.
    fn verify<'a>(&self, request: &Unverified<'a>, now: Timestamp) -> Result<Verified<'a>, Rejection>;
    /// The events of a checked request, by ticket, each ticket's in order. What is not for us is left out.
    fn events(&self, request: &Unverified<'_>, body: Verified<'_>) -> Result<Vec<TicketEvents>, Rejection>;
}

/// Why a request was not accepted. The words are ours and name nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// 401: the sender is not proved. The answer has no body.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// 413: the body is larger than the limit.
    #[error("the body is larger than the limit")]
    TooLarge,
    /// 400: it can never be processed.
    #[error("{0}")]
    Malformed(&'static str),
    /// 405: the door takes posts.
    #[error("only POST is taken here")]
    Method,
    /// 415: the body is not plain JSON.
    #[error("{0}")]
    Unsupported(&'static str),
    /// 422: well-formed, but nothing we know.
    #[error("{0}")]
    Unprocessable(&'static str),
    /// 422: a field breaks a rule of the contract.
    #[error("{0}")]
    Unfit(Unfit),
    /// 503: it could not be stored. Send it again.
    #[error("not stored, send it again")]
    NotStored,
}

/// Which field breaks which rule. Both are the contract's own words, and quote nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit {
    /// A JSON pointer (RFC 6901).
    pub at: &'static str,
    /// Which item of it, where it is a list.
    pub index: Option<usize>,
    pub rule: &'static str,
}

impl Unfit {
    /// That the field at this pointer breaks this rule.
    pub const fn of(at: &'static str, rule: &'static str) -> Self {
        Self { at, index: None, rule }
    }

    /// The pointer, down to the item.
    pub fn pointer(&self) -> String {
        self.index.map_or_else(|| self.at.to_owned(), |index| format!("{}/{index}", self.at))
    }
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.pointer(), self.rule)
    }
}

impl Rejection {
    /// What the sender is told: the reason in words, and where a field is at fault, its pointer.
    pub fn body(self) -> String {
        let mut body = serde_json::json!({ "error": self.to_string() });
        if let (Self::Unfit(unfit), Some(body)) = (self, body.as_object_mut()) {
            body.insert("pointer".to_owned(), unfit.pointer().into());
        }
        body.to_string()
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthorized(_) => 401,
            Self::TooLarge => 413,
            Self::Malformed(_) => 400,
            Self::Method => 405,
            Self::Unsupported(_) => 415,
            Self::Unprocessable(_) | Self::Unfit(_) => 422,
            Self::NotStored => 503,
        }
    }
}

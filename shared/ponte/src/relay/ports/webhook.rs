//! The port at the helpdesk's webhook endpoint: requests before and after they were checked.

use crate::{clock::Timestamp, message::TicketEvents, rejection::Rejection};

/// A request that nobody has checked yet: the raw bytes, as they came.
#[derive(Clone)]
pub struct Unverified<'a> {
    /// Lower-case header names.
    pub headers: &'a dyn Headers,
    /// What stands in the path behind the endpoint's own address, as it came: `secret` in `/helpdesk/secret`. Empty where nothing does.
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

/// What checks a helpdesk's requests: is it really them, and what do they say?
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

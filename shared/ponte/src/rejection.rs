//! Why a webhook endpoint did not accept a request, in fixed words.

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
    /// 405: the endpoint takes posts.
    #[error("only POST is accepted")]
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

//! Why a link's file was not fetched, told apart by what is to be done about it.
//!
//! Fixed words only: a URL holds signatures (`sig=`), names and phone numbers, and `reqwest` writes it into its own
//! errors, which are therefore dropped here.

/// Why a file was not fetched, or not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The guard: this link is never fetched. The words say why.
    #[error("refused: {0}")]
    Forbidden(&'static str),
    /// There is no file under this link (any more): 403, 404, 410 and whatever else is no file and no redirect. Blip's
    /// signed links answer so when they have expired.
    #[error("the link is dead (status {status})")]
    Dead { status: u16 },
    /// The host refused the key that was sent (401). Without a key a 401 is `Dead`.
    #[error("the key was not accepted")]
    Unauthorized,
    /// The host cannot now: 408, 425, 429, 5xx.
    #[error("the host cannot answer now (status {status})")]
    Unavailable { status: u16 },
    /// Larger than the caller takes.
    #[error("larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// Nothing came for too long, or all of it took longer than the caller had.
    #[error("too slow")]
    TooSlow,
    /// No address under that name, no connection, or no TLS that we trust.
    #[error("no connection")]
    Unreachable,
    /// The connection ended before the answer did, or what came was no HTTP.
    #[error("the response was cut off")]
    BrokenOff,
    #[error("too many redirects")]
    TooManyRedirects,
    /// The file came compressed, though we asked for it as it is: unpacking could make gigabytes of it.
    #[error("the file came compressed")]
    Encoded,
}

impl FetchError {
    /// Whether the same link may give the file later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unauthorized | Self::Unavailable { .. } | Self::TooSlow | Self::Unreachable | Self::BrokenOff => true,
            Self::Forbidden(_) | Self::Dead { .. } | Self::TooLarge { .. } | Self::TooManyRedirects | Self::Encoded => {
                false
            }
        }
    }
}

//! Which call of Lambda's a line of the log belongs to. The runtime's own span has the id, and is below the level of what others may log.

tokio::task_local! {
    /// The first digits of Lambda's request id, while a call of it is worked.
    static REQUEST: String;
}

/// So many digits of a request id stand in the lines of its call: enough to find the call, and each message pays for them.
const REQUEST_DIGITS: usize = 8;

/// Works a call of Lambda's. All lines of the log that are written meanwhile say which call it was.
pub async fn in_request<T>(id: &str, work: impl Future<Output = T>) -> T {
    let short: String = id.chars().take(REQUEST_DIGITS).collect();
    let span = tracing::error_span!("call", request = short);
    REQUEST.scope(short, tracing::Instrument::instrument(work, span)).await
}

/// The call of Lambda's that is worked now.
pub(super) fn request() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}

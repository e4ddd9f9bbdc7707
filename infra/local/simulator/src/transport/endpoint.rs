//! Where the bridge is.

/// A webhook endpoint of the bridge. `host` is the `Host` header to send, for a gateway that routes by it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub url: String,
    pub host: Option<String>,
}

/// Both webhook endpoints of the bridge.
#[derive(Clone, Debug)]
pub struct Bridge {
    pub blip_webhook: Endpoint,
    pub helpdesk_callback: Endpoint,
}

//! The HTTP client of everything that the simulator asks for.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Client;
use reqwest::redirect::Policy;

const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A client for plain HTTP to this machine only, so no root is trusted and no proxy asked.
#[expect(clippy::disallowed_methods, reason = "the simulator shares no code with the bridge")]
pub(crate) fn http_client(redirects: Policy) -> Result<Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(ANSWER_LIMIT).redirect(redirects);
    client.build().context("cannot make the HTTP client")
}

//! The simulator under test: its rules over its own HTTP endpoints, and its judgement of bridges that are known to be wrong.

mod blip_endpoints;
mod demo;
mod fake_bridge;
mod faults;
mod files;
mod hostile;
mod judgement;
mod playground;
mod presence;
mod verdict;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::{Config, Simulator};

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) async fn simulator() -> Simulator {
    let config = Config {
        blip_key: "a2V5".into(),
        router_key: "cm91dGVy".into(),
        blip_token: "token".into(),
        token_header: "Authorization".into(),
        webhook_secret: SECRET.into(),
    };
    Simulator::start(config).await.unwrap()
}

/// A client that follows redirects.
pub(crate) fn client() -> Client {
    crate::transport::http_client(Policy::default()).unwrap()
}

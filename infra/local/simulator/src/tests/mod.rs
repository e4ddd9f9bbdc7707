//! The simulator under test: its rules over its own HTTP doors, and its judgement of bridges that are known to be wrong.

mod doors;
mod fake;
mod files;
mod hostile;
mod judgement;
mod outage;
mod signals;
mod verdict;
mod whole;

use crate::{Config, Simulator};

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) async fn simulator() -> Simulator {
    let config = Config {
        blip_key: "a2V5".into(),
        blip_token: "token".into(),
        token_header: "Authorization".into(),
        webhook_secret: SECRET.into(),
    };
    Simulator::start(config).await.unwrap()
}

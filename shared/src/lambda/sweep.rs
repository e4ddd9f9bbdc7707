//! The function `sweep`: once a minute, where the template says that the helpdesk needs it.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

use super::{
    aws::Aws,
    workers::{helpdesk_secrets, map},
};
use crate::{
    clock::{Clock, SystemClock, Timestamp},
    hash::HashKey,
    helpdesk::{self, Means},
    http,
    queue::{QueueUrls, SqsQueue},
    relay::{Deadline, Sweeping, ports::NoFiles},
    settings::{Environment, SettingsError},
    telemetry,
};

/// Sweeps at each event, whatever it says.
pub async fn sweep() -> Result<(), Error> {
    telemetry::start();
    let aws = Aws::load()?;
    let (secret, keys) = tokio::try_join!(aws.helpdesk_secret(), aws.keys_secret())?;
    let key = HashKey::new(keys.hash_key.as_bytes());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = Environment::helpdesk()?;
    let client = http::client(&Environment::optional("EXTRA_ROOT_CERTIFICATE")).map_err(anyhow::Error::msg)?;
    let texts = Environment::texts()?;
    let means = Means { http: client, texts, clock: clock.clone(), files: Arc::new(NoFiles) };
    let secrets = helpdesk_secrets(&aws, secret, &clock)?;
    let helpdesk = helpdesk::sweep(&settings, secrets, means)?.ok_or(SettingsError::Invalid("HELPDESK"))?;
    let urls = QueueUrls { to_blip: Environment::required("TO_BLIP_QUEUE_URL")?, ..QueueUrls::default() };
    let store = Arc::new(map(&aws, &settings, &key)?);
    let sweeping = &Sweeping {
        helpdesk,
        name: settings.name,
        cursors: store.clone(),
        store,
        queue: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone())),
        clock,
        key,
    };
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let deadline = Deadline(Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX)));
        match sweeping.run(deadline).await {
            Ok(events) => {
                tracing::info!(function = "sweep", events, "swept");
                Ok(())
            }
            Err(failure) => {
                tracing::error!(function = "sweep", kind = failure.kind(), reason = %failure, "the helpdesk was not swept");
                Err(Error::from(failure.kind()))
            }
        }
    }))
    .await
}

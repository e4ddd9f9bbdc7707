//! The function `sweep`: once a minute, where the template says that the helpdesk needs it.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

use super::{
    aws::Aws,
    rules::StoredRules,
    start::start,
    workers::{conversation_store, helpdesk_secrets},
};
use crate::{
    clock::{Clock, SystemClock, Timestamp},
    hash::HashKey,
    helpdesk::{self, ClientDeps},
    http,
    queue::{QueueUrls, SqsQueue},
    relay::{
        Deadline, PollEvents,
        ports::{NoFiles, Rules},
    },
    settings::{HelpdeskSettings, SettingsError, SweepConfig},
    telemetry::{self, LogJournal},
    texts::Texts,
};

/// Sweeps at each event, whatever it says.
pub async fn sweep() -> Result<(), Error> {
    let (aws, config) = start::<SweepConfig>()?;
    let aws = Aws::new(&aws)?;
    let sweeping = aws.reloading(config.clone(), &config.settings, |aws, config| Box::pin(load(aws, config)));
    let sweeping = &sweeping.await?;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let deadline = Deadline(Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX)));
        let swept = async { sweeping.present().await.run(deadline).await };
        match telemetry::in_request(&event.context.request_id, swept).await {
            Ok(events) => {
                tracing::info!(function = "sweep", events, "poll done");
                Ok(())
            }
            Err(failure) => {
                tracing::error!(function = "sweep", kind = failure.kind(), reason = %failure, "poll failed");
                Err(Error::from(failure.kind()))
            }
        }
    }))
    .await
}

async fn load(aws: Aws, config: Arc<SweepConfig>) -> anyhow::Result<(String, PollEvents)> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rules = StoredRules::load(&aws, &config.table, clock.clone());
    let (secret, keys, (text, long), rules) = tokio::try_join!(
        aws.read(&config.helpdesk_secret),
        aws.read(&config.keys_secret),
        aws.long_settings(&config.settings),
        rules
    )?;
    let key = HashKey::new(keys.hash_key.as_bytes());
    let settings = HelpdeskSettings::new(&config.helpdesk, config.helpdesk_url.as_deref(), &long);
    let client = http::client(&long.extra_root_certificate).map_err(anyhow::Error::msg)?;
    let means = ClientDeps {
        http: client,
        texts: Texts::for_agents(&rules.current()).into(),
        clock: clock.clone(),
        files: Arc::new(NoFiles),
    };
    let secrets = helpdesk_secrets(&aws, &config.helpdesk_secret, secret, &clock);
    let helpdesk = helpdesk::poller(&settings, secrets, means)?.ok_or(SettingsError::Invalid("HELPDESK"))?;
    let urls = QueueUrls { to_blip: config.to_blip_queue_url.clone(), ..QueueUrls::default() };
    let store = Arc::new(conversation_store(&aws, &config.table, &settings.name, &key));
    let sweeping = PollEvents {
        helpdesk,
        name: settings.name,
        cursors: store.clone(),
        store,
        queue: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone())),
        clock,
        key,
        journal: Arc::new(LogJournal::without_figures()),
    };
    Ok((text, sweeping))
}

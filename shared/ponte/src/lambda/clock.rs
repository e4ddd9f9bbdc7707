//! The function `clock`: once a minute.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

use super::{aws::Aws, start::start};
use crate::{
    clock::{SystemClock, Timestamp},
    hash::HashKey,
    queue::{QueueUrls, SqsQueue},
    relay::{Deadline, FindDue},
    settings::ClockConfig,
    store::DueTable,
};

/// Looks what is due at each event, whatever it says.
pub async fn clock() -> Result<(), Error> {
    let (aws, config) = start::<ClockConfig>()?;
    let aws = Aws::new(&aws)?;
    let key = HashKey::new(aws.read(&config.keys_secret).await?.hash_key.as_bytes());
    let urls = QueueUrls { to_helpdesk: config.to_helpdesk_queue_url.clone(), ..QueueUrls::default() };
    let dynamo = aws_sdk_dynamodb::Client::new(&aws.config);
    let find = &FindDue {
        index: Arc::new(DueTable::new(dynamo, config.table.clone())),
        queue: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone())),
        clock: Arc::new(SystemClock),
        key,
    };
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let deadline = Deadline(Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX)));
        match find.run(deadline).await {
            Ok(conversations) => {
                tracing::info!(function = "clock", conversations, "clock done");
                Ok(())
            }
            Err(failure) => {
                tracing::error!(function = "clock", kind = failure.kind(), reason = %failure, "clock failed");
                Err(Error::from(failure.kind()))
            }
        }
    }))
    .await
}

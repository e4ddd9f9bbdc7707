//! Secrets Manager: secrets as JSON, by their ARN. Never in an environment variable, never in a log.

use std::time::Duration;

use aws_sdk_secretsmanager::{
    Client,
    config::{Builder, timeout::TimeoutConfig},
    error::ProvideErrorMetadata,
};
use aws_types::SdkConfig;
use serde::de::DeserializeOwned;

/// What went wrong; the secret's name is the caller's to add.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the secret cannot be read: {0}")]
    Unavailable(String),
    #[error("the secret is not the JSON that the template writes")]
    Malformed,
}

/// Reading a secret again is no reason to be late with the event that came, and what is there goes on when it fails. Two tries, beside which
/// a webhook endpoint still has the 7 s that a call to the queue may take.
const AGAIN_TRY_LIMIT: Duration = Duration::from_millis(1200);
/// The same with all its tries.
const AGAIN_LIMIT: Duration = Duration::from_millis(2500);

/// The client for secrets that are read again while an event waits.
pub fn in_passing(config: &SdkConfig) -> Client {
    let limits = TimeoutConfig::builder().operation_attempt_timeout(AGAIN_TRY_LIMIT).operation_timeout(AGAIN_LIMIT);
    Client::from_conf(Builder::from(config).timeout_config(limits.build()).build())
}

/// Reads the current version of a secret.
pub async fn read<T: DeserializeOwned>(client: &Client, arn: &str) -> Result<T, SecretError> {
    staged(client, arn, "AWSCURRENT").await
}

/// Reads the current version of a secret, as it is.
pub async fn text(client: &Client, arn: &str) -> Result<String, SecretError> {
    staged_text(client, arn, "AWSCURRENT").await
}

/// Reads the version before the current one. `None` for a secret that never changed, and where it cannot be had.
pub async fn read_previous<T: DeserializeOwned>(client: &Client, arn: &str) -> Option<T> {
    staged(client, arn, "AWSPREVIOUS").await.ok()
}

async fn staged<T: DeserializeOwned>(client: &Client, arn: &str, stage: &str) -> Result<T, SecretError> {
    serde_json::from_str(&staged_text(client, arn, stage).await?).map_err(|_| SecretError::Malformed)
}

async fn staged_text(client: &Client, arn: &str, stage: &str) -> Result<String, SecretError> {
    let secret = client
        .get_secret_value()
        .secret_id(arn)
        .version_stage(stage)
        .send()
        .await
        .map_err(|error| SecretError::Unavailable(error.code().unwrap_or("no answer").to_owned()))?;
    Ok(secret.secret_string.unwrap_or_default())
}

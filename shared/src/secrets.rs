//! Secrets Manager: secrets as JSON, by their ARN. Never in an environment variable, never in a log.

use aws_sdk_secretsmanager::{Client, error::ProvideErrorMetadata};
use serde::de::DeserializeOwned;

/// What went wrong; the secret's name is the caller's to add.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the secret cannot be read: {0}")]
    Unavailable(String),
    #[error("the secret is not the JSON that the template writes")]
    Malformed,
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

//! The AWS clients of a function, over one HTTP client that trusts only Amazon's roots.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use aws_types::{
    SdkConfig,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};
use serde::de::DeserializeOwned;

use super::{
    connections::guarded,
    reload::{Loading, Reloading, SettingsText},
};
use crate::{
    clock::{Clock, SystemClock},
    rotation::{Rotating, Values, ValuesSource},
    secret::{Secret, SecretSource},
    secrets,
    settings::{AwsConfig, LongSettings, SecretArn, SettingsError},
};

/// The five roots of Amazon Trust Services, which sign every AWS endpoint (amazontrust.com/repository, 2026).
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

#[derive(Clone)]
pub(super) struct Aws {
    pub config: SdkConfig,
    secrets: aws_sdk_secretsmanager::Client,
    /// The same for what is read again, while an event waits.
    again: aws_sdk_secretsmanager::Client,
}

impl Aws {
    pub(super) fn new(config: &AwsConfig) -> anyhow::Result<Self> {
        let config = sdk_config(config)?;
        let secrets = aws_sdk_secretsmanager::Client::new(&config);
        let again = secrets::in_passing(&config);
        Ok(Self { config, secrets, again })
    }

    /// What a secret says.
    pub(super) async fn read<T: DeserializeOwned>(&self, arn: &SecretArn<T>) -> anyhow::Result<T> {
        Ok(secrets::read(&self.secrets, arn.as_str()).await?)
    }

    /// The text of the settings secret, and what it says.
    pub(super) async fn long_settings(&self, arn: &SecretArn<LongSettings>) -> anyhow::Result<(String, LongSettings)> {
        let text = secrets::text(&self.secrets, arn.as_str()).await?;
        let settings = LongSettings::parse(&text)?;
        Ok((text, settings))
    }

    /// What a function is made of by its configuration, made anew when the settings secret has changed.
    pub(super) async fn reloading<C: Send + Sync + 'static, T: 'static>(
        &self,
        config: Arc<C>,
        settings: &SecretArn<LongSettings>,
        load: fn(Self, Arc<C>) -> Loading<T>,
    ) -> anyhow::Result<Reloading<T>> {
        let source = SettingsSecret { client: self.again.clone(), arn: settings.clone() };
        let aws = self.clone();
        let load = Box::new(move || load(aws.clone(), config.clone()));
        Reloading::start(load, Box::new(source), Arc::new(SystemClock)).await
    }

    /// One field of a secret that the worker's clients may fetch anew.
    pub(super) fn secret<T: DeserializeOwned + 'static>(
        &self,
        arn: &SecretArn<T>,
        value: String,
        field: fn(T) -> String,
        clock: Arc<dyn Clock>,
    ) -> Secret {
        let source = Source { client: self.again.clone(), arn: arn.clone(), field };
        Secret::new(value, Arc::new(source), clock)
    }

    /// One field of a secret, as a webhook endpoint compares with it.
    pub(super) fn rotating<T: DeserializeOwned + Send + 'static, V>(
        &self,
        arn: &SecretArn<T>,
        value: &str,
        field: fn(T) -> String,
        read: impl Fn(&str) -> Result<V, SettingsError> + Send + Sync + 'static,
    ) -> Result<Rotating<V>, SettingsError> {
        let source = Source { client: self.again.clone(), arn: arn.clone(), field };
        Rotating::new(value, read, Arc::new(source), Arc::new(SystemClock))
    }
}

/// The settings secret, read while an event waits.
struct SettingsSecret {
    client: aws_sdk_secretsmanager::Client,
    arn: SecretArn<LongSettings>,
}

#[async_trait]
impl SettingsText for SettingsSecret {
    async fn fetch(&self) -> Option<String> {
        secrets::text(&self.client, self.arn.as_str()).await.ok()
    }
}

/// What every client of AWS is made from. Without the client of Secrets Manager, for a function that reads no secret.
pub(super) fn sdk_config(config: &AwsConfig) -> anyhow::Result<SdkConfig> {
    let mut trust = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    if let Some(bundle) = &config.ca_bundle {
        trust = trust.with_pem_certificate(std::fs::read(bundle)?);
    }
    let tls = TlsContext::builder().with_trust_store(trust).build()?;
    Ok(guarded(from_environment(config), &tls).build())
}

/// What Lambda puts into a function's environment, and nothing else: the crate `aws-config` looks for credentials in files, in
/// containers and at STS, too, which made every function a third larger.
fn from_environment(config: &AwsConfig) -> aws_types::sdk_config::Builder {
    let credentials = Credentials::new(
        config.access_key_id.clone(),
        config.secret_access_key.clone(),
        config.session_token.clone(),
        None, // Lambda gives new ones to a new process
        "environment",
    );
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .service_config(Endpoints::of(config));
    sdk.set_endpoint_url(config.endpoint_url.clone());
    sdk
}

/// The endpoint of one service, as `AWS_ENDPOINT_URL_SQS`: what plays AWS may be several servers.
#[derive(Debug)]
struct Endpoints([(&'static str, Option<String>); 4]);

impl Endpoints {
    fn of(config: &AwsConfig) -> Self {
        Self([
            ("DynamoDB", config.endpoint_url_dynamodb.clone()),
            ("S3", config.endpoint_url_s3.clone()),
            ("Secrets Manager", config.endpoint_url_secrets_manager.clone()),
            ("SQS", config.endpoint_url_sqs.clone()),
        ])
    }
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let of_service = |(service, _): &&(&str, _)| key.env() == "AWS_ENDPOINT_URL" && *service == key.service_id();
        self.0.iter().find(of_service)?.1.clone()
    }
}

/// A field of a secret in Secrets Manager.
struct Source<T> {
    client: aws_sdk_secretsmanager::Client,
    arn: SecretArn<T>,
    field: fn(T) -> String,
}

#[async_trait]
impl<T: DeserializeOwned> SecretSource for Source<T> {
    async fn fetch(&self) -> Option<String> {
        tracing::warn!("a key was refused: fetching its secret again");
        secrets::read(&self.client, self.arn.as_str()).await.ok().map(self.field)
    }
}

#[async_trait]
impl<T: DeserializeOwned + Send> ValuesSource for Source<T> {
    async fn fetch(&self) -> Option<Values> {
        let arn = self.arn.as_str();
        let present = secrets::read(&self.client, arn);
        let (present, previous) = tokio::join!(present, secrets::read_previous(&self.client, arn));
        Some(Values { current: present.ok().map(self.field)?, previous: previous.map(self.field) })
    }
}

#[cfg(test)]
mod tests {
    use aws_types::service_config::ServiceConfigKey;

    use super::*;
    use crate::settings::{Configuration, Reader};

    #[test]
    fn each_service_has_the_endpoint_of_its_own_variable() {
        let lookup = |name: &str| {
            let needed = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"].contains(&name);
            let endpoint = name.strip_prefix("AWS_ENDPOINT_URL_").filter(|service| *service != "S3");
            endpoint.map(|service| format!("http://{service}")).or(needed.then(|| "x".to_owned()))
        };
        let mut reader = Reader::new(&lookup);
        let config = AwsConfig::read(&mut reader);
        let endpoints = Endpoints::of(&reader.finish(config).unwrap());
        let of = |service, env| {
            let key = ServiceConfigKey::builder().service_id(service).env(env).profile("endpoint_url").build().unwrap();
            endpoints.load_config(key)
        };
        for (service, expected) in [
            ("DynamoDB", Some("http://DYNAMODB")),
            ("Secrets Manager", Some("http://SECRETS_MANAGER")),
            ("SQS", Some("http://SQS")),
            ("S3", None),
            ("STS", None),
        ] {
            assert_eq!(of(service, "AWS_ENDPOINT_URL").as_deref(), expected, "{service}");
            assert_eq!(of(service, "AWS_REQUEST_CHECKSUM_CALCULATION"), None, "{service}");
        }
    }
}

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
    settings::{
        AvailabilitySecret, BlipSecret, Environment, HelpdeskSecret, KeysSecret, LongSettings, RestChannelSecret,
        SettingsError,
    },
};

/// The five roots of Amazon Trust Services, which sign every AWS endpoint (amazontrust.com/repository, 2026).
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// The variable that names the secret of the long settings.
const SETTINGS_SECRET: &str = "SETTINGS_SECRET_ARN";

#[derive(Clone)]
pub(super) struct Aws {
    pub config: SdkConfig,
    secrets: aws_sdk_secretsmanager::Client,
    /// The same for what is read again, while an event waits.
    again: aws_sdk_secretsmanager::Client,
}

impl Aws {
    pub(super) fn load() -> anyhow::Result<Self> {
        let config = config()?;
        let secrets = aws_sdk_secretsmanager::Client::new(&config);
        let again = secrets::in_passing(&config);
        Ok(Self { config, secrets, again })
    }

    /// The text of the settings secret, and what it says.
    pub(super) async fn long_settings(&self) -> anyhow::Result<(String, LongSettings)> {
        let text = secrets::text(&self.secrets, &Environment::required(SETTINGS_SECRET)?).await?;
        let settings = LongSettings::parse(&text)?;
        Ok((text, settings))
    }

    /// What a function is made of, made anew when the settings secret has changed.
    pub(super) async fn reloading<T: 'static>(&self, load: fn(Self) -> Loading<T>) -> anyhow::Result<Reloading<T>> {
        let aws = self.clone();
        Reloading::start(Box::new(move || load(aws.clone())), Box::new(self.clone()), Arc::new(SystemClock)).await
    }

    pub(super) async fn blip_secret(&self) -> anyhow::Result<BlipSecret> {
        Ok(secrets::read(&self.secrets, &Environment::required("BLIP_SECRET_ARN")?).await?)
    }

    /// One field of a secret that the worker's clients may fetch anew.
    pub(super) fn secret<T: DeserializeOwned + 'static>(
        &self,
        arn: &'static str,
        value: String,
        field: fn(T) -> String,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Secret> {
        let source = Source { client: self.again.clone(), arn: Environment::required(arn)?, field };
        Ok(Secret::new(value, Arc::new(source), clock))
    }

    /// One field of a secret, as a webhook endpoint compares with it.
    pub(super) fn rotating<T: DeserializeOwned + Send + 'static, V>(
        &self,
        arn: &'static str,
        value: &str,
        field: fn(T) -> String,
        read: impl Fn(&str) -> Result<V, SettingsError> + Send + Sync + 'static,
    ) -> anyhow::Result<Rotating<V>> {
        let source = Source { client: self.again.clone(), arn: Environment::required(arn)?, field };
        Ok(Rotating::new(value, read, Arc::new(source), Arc::new(SystemClock))?)
    }

    pub(super) async fn helpdesk_secret(&self) -> anyhow::Result<HelpdeskSecret> {
        Ok(secrets::read(&self.secrets, &Environment::required("HELPDESK_SECRET_ARN")?).await?)
    }

    pub(super) async fn rest_channel_secret(&self) -> anyhow::Result<RestChannelSecret> {
        Ok(secrets::read(&self.secrets, &Environment::required("REST_CHANNEL_SECRET_ARN")?).await?)
    }

    pub(super) async fn availability_secret(&self) -> anyhow::Result<AvailabilitySecret> {
        Ok(secrets::read(&self.secrets, &Environment::required("AVAILABILITY_SECRET_ARN")?).await?)
    }

    pub(super) async fn keys_secret(&self) -> anyhow::Result<KeysSecret> {
        Ok(secrets::read(&self.secrets, &Environment::required("KEYS_SECRET_ARN")?).await?)
    }
}

#[async_trait]
impl SettingsText for Aws {
    async fn fetch(&self) -> Option<String> {
        secrets::text(&self.again, &Environment::required(SETTINGS_SECRET).ok()?).await.ok()
    }
}

/// What every client of AWS is made from. Without the client of Secrets Manager, for a function that reads no secret.
pub(super) fn config() -> anyhow::Result<SdkConfig> {
    let mut trust = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    // The variable of AWS's own tools: a file of roots, for what plays AWS. The template sets none.
    let bundle = Environment::optional("AWS_CA_BUNDLE");
    if !bundle.trim().is_empty() {
        trust = trust.with_pem_certificate(std::fs::read(bundle)?);
    }
    let tls = TlsContext::builder().with_trust_store(trust).build()?;
    Ok(guarded(environment()?, &tls).build())
}

/// What Lambda puts into a function's environment, and nothing else: the crate `aws-config` looks for credentials in files, in
/// containers and at STS, too, which made every function a third larger.
fn environment() -> Result<aws_types::sdk_config::Builder, SettingsError> {
    let credentials = Credentials::new(
        Environment::required("AWS_ACCESS_KEY_ID")?,
        Environment::required("AWS_SECRET_ACCESS_KEY")?,
        Some(Environment::optional("AWS_SESSION_TOKEN")).filter(|token| !token.is_empty()),
        None, // Lambda gives new ones to a new process
        "environment",
    );
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(Environment::required("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .service_config(Endpoints);
    config.set_endpoint_url(Some(Environment::optional("AWS_ENDPOINT_URL")).filter(|url| !url.is_empty()));
    Ok(config)
}

/// The endpoint of one service, as `AWS_ENDPOINT_URL_SQS`: what plays AWS may be several servers.
#[derive(Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_ascii_uppercase().replace(' ', "_");
        Some(Environment::optional(&format!("{}_{service}", key.env()))).filter(|value| !value.is_empty())
    }
}

/// A field of a secret in Secrets Manager.
struct Source<T> {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
    field: fn(T) -> String,
}

#[async_trait]
impl<T: DeserializeOwned> SecretSource for Source<T> {
    async fn fetch(&self) -> Option<String> {
        tracing::warn!("a key was refused: fetching its secret again");
        secrets::read(&self.client, &self.arn).await.ok().map(self.field)
    }
}

#[async_trait]
impl<T: DeserializeOwned + Send> ValuesSource for Source<T> {
    async fn fetch(&self) -> Option<Values> {
        let present = secrets::read(&self.client, &self.arn);
        let (present, previous) = tokio::join!(present, secrets::read_previous(&self.client, &self.arn));
        Some(Values { current: present.ok().map(self.field)?, previous: previous.map(self.field) })
    }
}

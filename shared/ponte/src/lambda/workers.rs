//! The three workers: a batch of SQS records in, the ids of those to be received again out.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_types::SdkConfig;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use service_rules::SourceKind;

use super::{
    aws::Aws,
    reload::Loading,
    rules::{Products, StoredRules},
};
use crate::{
    blip::BlipClient,
    clock::{Clock, SystemClock, Timestamp},
    fetch::{Fetcher, Policy},
    hash::HashKey,
    helpdesk::{self, AgentTexts, ClientDeps, Secrets},
    http,
    media::{FileStore, S3Bucket},
    message::MEGABYTE,
    queue::{QueueUrls, Record, SqsQueue},
    relay::{
        self, CloseTicket, Deadline, Failure, ToCustomer, ToHelpdesk, Worker,
        ports::{
            CustomerChannel, Files, FoundSchedules, Helpdesk, NoFiles, Queue, Rules, Schedules, Store, StoredFiles,
            Waits,
        },
    },
    rest::{Channels, RestChannel},
    settings::{BlipSecret, Environment, HelpdeskSecret, HelpdeskSettings, LongSettings, SettingsError},
    store::{DynamoStore, WaitsTable},
    telemetry,
};

/// What every worker has in common.
struct Parts {
    /// The settings' text, by which a change of them is seen.
    settings: String,
    store: Arc<dyn Store>,
    queue: Arc<dyn Queue>,
    channel: Arc<dyn CustomerChannel>,
    helpdesk: Arc<dyn Helpdesk>,
    clock: Arc<dyn Clock>,
    key: HashKey,
    rules: Arc<dyn Rules>,
    waits: Arc<dyn Waits>,
    files: Option<Arc<dyn Files>>,
}

/// The schedules of the helpdesk, where it keeps some.
struct OfHelpdesk(Arc<dyn Helpdesk>);

#[async_trait]
impl Schedules for OfHelpdesk {
    async fn schedules(&self) -> Result<FoundSchedules, Failure> {
        match self.0.schedules() {
            Some(port) => port.schedules().await,
            None => Err(Failure::Broken { why: "this helpdesk keeps no schedules" }),
        }
    }
}

/// The store of files, as a worker has it.
struct Stored {
    /// To copy into, where there is one.
    copies: Option<Arc<dyn Files>>,
    reader: Arc<dyn StoredFiles>,
}

impl Parts {
    /// `stored` makes the store of files from the settings of AWS and of the stack.
    async fn load(aws: &Aws, stored: fn(&SdkConfig, &LongSettings) -> anyhow::Result<Stored>) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let rules = StoredRules::load(aws, clock.clone());
        let (blip_secret, helpdesk_secret, keys, (text, long), rules) =
            tokio::try_join!(aws.blip_secret(), aws.helpdesk_secret(), aws.keys_secret(), aws.long_settings(), rules)?;
        let key = HashKey::new(keys.hash_key.as_bytes());
        let settings = Environment::helpdesk(&long)?;
        let client = http::client(&long.extra_root_certificate).map_err(anyhow::Error::msg)?;
        let urls = QueueUrls {
            own: Environment::required("QUEUE_URL")?,
            parked: Environment::required("PARKED_QUEUE_URL")?,
            close_ticket: Environment::optional("CLOSE_TICKET_QUEUE_URL"),
            to_blip: Environment::optional("TO_BLIP_QUEUE_URL"),
            ..QueueUrls::default()
        };
        let secret = aws.secret("BLIP_SECRET_ARN", blip_secret.key, |secret: BlipSecret| secret.key, clock.clone())?;
        let blip = BlipClient::new(client.clone(), &Environment::required("BLIP_URL")?, secret)?;
        let secrets = helpdesk_secrets(aws, helpdesk_secret, &clock)?;
        let Stored { copies: files, reader } = stored(&aws.config, &long)?;
        let store = Arc::new(conversation_store(aws, &settings, &key)?);
        let rules = Arc::new(rules);
        let texts = AgentTexts::of(rules.clone());
        let dynamo = aws_sdk_dynamodb::Client::new(&aws.config);
        let deps = ClientDeps { http: client, texts, clock: clock.clone(), files: reader };
        let helpdesk = helpdesk::client(&settings, secrets, deps)?;
        let (of_blip, of_helpdesk): (Arc<dyn Schedules>, Arc<dyn Schedules>) =
            (Arc::new(blip.clone()), Arc::new(OfHelpdesk(helpdesk.clone())));
        let products = Products::from([(SourceKind::Blip, of_blip), (SourceKind::Zendesk, of_helpdesk)]);
        rules.ask(products).await;
        let mut channel: Arc<dyn CustomerChannel> = Arc::new(blip);
        if !Environment::optional("REST_CHANNEL").trim().is_empty() {
            let rest = RestChannel { outbox: store.clone(), clock: clock.clone(), key: key.clone() };
            channel = Arc::new(Channels { blip: channel, rest: Arc::new(rest) });
        }
        Ok(Self {
            settings: text,
            waits: Arc::new(WaitsTable::new(dynamo, Environment::required("TABLE_NAME")?)),
            store,
            queue: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone())),
            channel,
            helpdesk,
            clock,
            key,
            rules,
            files,
        })
    }

    /// The store of files, and the largest that is passed on, for a worker that copies files.
    fn copies(&self) -> anyhow::Result<(Arc<dyn Files>, u64)> {
        let files = self.files.clone().ok_or(SettingsError::Missing("FILE_BUCKET"))?;
        let megabytes: u64 = Environment::required("MAX_FILE_MEGABYTES")?
            .parse()
            .map_err(|_| SettingsError::Invalid("MAX_FILE_MEGABYTES"))?;
        Ok((files, megabytes.saturating_mul(MEGABYTE)))
    }
}

/// The conversation store.
pub(super) fn conversation_store(aws: &Aws, settings: &HelpdeskSettings, key: &HashKey) -> anyhow::Result<DynamoStore> {
    let client = aws_sdk_dynamodb::Client::new(&aws.config);
    Ok(DynamoStore::new(client, Environment::required("TABLE_NAME")?, settings.name.clone(), key.clone()))
}

/// The helpdesk's secrets, each fetched anew when it is refused.
pub(super) fn helpdesk_secrets(aws: &Aws, secret: HelpdeskSecret, clock: &Arc<dyn Clock>) -> anyhow::Result<Secrets> {
    let HelpdeskSecret { credentials, webhook_secret } = secret;
    let secret =
        |value, field: fn(HelpdeskSecret) -> String| aws.secret("HELPDESK_SECRET_ARN", value, field, clock.clone());
    Ok(Secrets {
        credentials: secret(credentials, |secret| secret.credentials)?,
        webhook: secret(webhook_secret, |secret| secret.webhook_secret)?,
    })
}

/// The store of files.
fn files(config: &SdkConfig, long: &LongSettings) -> anyhow::Result<Stored> {
    let policy =
        Policy::parse(false, &long.trusted_file_hosts).map_err(|_| SettingsError::Invalid("TrustedFileHosts"))?;
    let fetcher = Fetcher::new(policy, &long.extra_root_certificate).map_err(anyhow::Error::msg)?;
    let bucket = S3Bucket::new(config, Environment::required("FILE_BUCKET")?);
    let files = Arc::new(FileStore::new(fetcher, Box::new(bucket), &Environment::required("MEDIA_URL")?));
    Ok(Stored { copies: Some(files.clone()), reader: files })
}

/// None: the linker then leaves out S3 and all that fetches files, half of the function.
#[expect(clippy::unnecessary_wraps, reason = "of the same form as `files`")]
fn no_files(_: &SdkConfig, _: &LongSettings) -> anyhow::Result<Stored> {
    Ok(Stored { copies: None, reader: Arc::new(NoFiles) })
}

/// A worker, and the queue that it answers to.
struct Running {
    worker: Box<dyn Worker>,
    queue: Arc<dyn Queue>,
}

/// The worker behind `to-helpdesk.fifo`.
pub async fn to_helpdesk() -> Result<(), Error> {
    run(|aws| Box::pin(load_to_helpdesk(aws))).await
}

async fn load_to_helpdesk(aws: Aws) -> anyhow::Result<(String, Running)> {
    let parts = Box::pin(Parts::load(&aws, files)).await?;
    let (files, file_limit) = parts.copies()?;
    let Parts { settings, store, queue, channel, helpdesk, clock, key, rules, waits, .. } = parts;
    // It ends conversations, too: those that get no ticket, and those that nobody answers.
    Environment::required("CLOSE_TICKET_QUEUE_URL")?;
    let name = Environment::required("HELPDESK")?;
    let worker = ToHelpdesk {
        store,
        channel,
        helpdesk,
        name,
        queue: queue.clone(),
        files,
        clock,
        key,
        rules,
        waits,
        file_limit,
    };
    Ok((settings, Running { worker: Box::new(worker), queue }))
}

/// The worker behind `to-blip.fifo`.
pub async fn to_blip() -> Result<(), Error> {
    run(|aws| Box::pin(load_to_blip(aws))).await
}

async fn load_to_blip(aws: Aws) -> anyhow::Result<(String, Running)> {
    let parts = Box::pin(Parts::load(&aws, files)).await?;
    let (files, file_limit) = parts.copies()?;
    let Parts { settings, store, queue, channel, helpdesk, clock, key, rules, waits, .. } = parts;
    let seconds = Environment::required("CLOSE_DELAY_SECONDS")?;
    let seconds = seconds.parse().map_err(|_| SettingsError::Invalid("CLOSE_DELAY_SECONDS"))?;
    let close_delay = Duration::from_secs(seconds);
    let worker = ToCustomer {
        store,
        queue: queue.clone(),
        channel,
        helpdesk,
        files,
        clock,
        key,
        rules,
        waits,
        close_delay,
        file_limit,
    };
    Ok((settings, Running { worker: Box::new(worker), queue }))
}

/// The worker behind `close-ticket.fifo`.
pub async fn close_ticket() -> Result<(), Error> {
    run(|aws| Box::pin(load_close_ticket(aws))).await
}

async fn load_close_ticket(aws: Aws) -> anyhow::Result<(String, Running)> {
    let Parts { settings, store, queue, channel, helpdesk, clock, rules, .. } =
        Box::pin(Parts::load(&aws, no_files)).await?;
    let worker = CloseTicket { store, channel, helpdesk, clock, rules };
    Ok((settings, Running { worker: Box::new(worker), queue }))
}

async fn run(load: fn(Aws) -> Loading<Running>) -> Result<(), Error> {
    telemetry::start();
    let running = &Aws::load()?.reloading(load).await?;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<SqsEvent>| {
        let deadline = Deadline(Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX)));
        let records = event.payload.records.into_iter().map(record).collect();
        let Running { worker, queue } = &*running.present().await;
        let failed = relay::work(&**worker, &**queue, &SystemClock, records, deadline).await;
        let failures = failed.into_iter().map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        });
        let mut answer = SqsBatchResponse::default();
        answer.batch_item_failures = failures.collect();
        Ok::<_, Error>(answer)
    }))
    .await
}

/// A record as it comes. What is absent reads as empty: a record without a body is no job, and is parked.
fn record(message: SqsMessage) -> Record {
    let attribute = |name: &str| message.attributes.get(name).cloned().unwrap_or_default();
    Record {
        group: attribute("MessageGroupId"),
        attempts: attribute("ApproximateReceiveCount").parse().unwrap_or(1),
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}

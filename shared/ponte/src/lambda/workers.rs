//! The three workers: a batch of SQS records in, the ids of those to be received again out.

use std::sync::Arc;

use async_trait::async_trait;
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_types::SdkConfig;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use service_rules::SourceKind;

use super::{
    aws::Aws,
    reload::Loading,
    rules::{Products, StoredRules},
    start::start,
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
            CustomerChannel, Files, FoundSchedules, Helpdesk, Journal, NoFiles, Queue, Rules, Schedules, Store,
            StoredFiles, Waits,
        },
    },
    rest::{Channels, RestChannel},
    settings::{
        CloseTicketConfig, Configuration, FilesConfig, HelpdeskSecret, HelpdeskSettings, LongSettings, RouterSecret,
        SecretArn, SettingsError, ToBlipConfig, ToHelpdeskConfig, WorkerConfig,
    },
    store::{DynamoStore, WaitsTable},
    telemetry::{self, LogJournal},
};

/// What every worker has in common. `F` is the store of files, for a worker that copies files.
struct Parts<F> {
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
    journal: Arc<dyn Journal>,
    files: F,
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
struct Stored<F> {
    /// To copy into, where there is one.
    copies: F,
    reader: Arc<dyn StoredFiles>,
}

impl<F> Parts<F> {
    /// `stored` makes the store of files from the settings of AWS and of the stack. `queues` has the queues that only this worker sends to, and
    /// `router` the router's key.
    async fn load(
        aws: &Aws,
        config: &WorkerConfig,
        queues: QueueUrls,
        router: Option<&SecretArn<RouterSecret>>,
        stored: impl FnOnce(&SdkConfig, &LongSettings) -> anyhow::Result<Stored<F>>,
    ) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let rules = StoredRules::load(aws, &config.table, clock.clone());
        let router_secret = async {
            match router {
                Some(arn) => anyhow::Ok(Some((arn, aws.read(arn).await?))),
                None => Ok(None),
            }
        };
        let (blip_secret, router_secret, helpdesk_secret, keys, (text, long), rules) = tokio::try_join!(
            aws.read(&config.blip_secret),
            router_secret,
            aws.read(&config.helpdesk_secret),
            aws.read(&config.keys_secret),
            aws.long_settings(&config.settings),
            rules
        )?;
        let key = HashKey::new(keys.hash_key.as_bytes());
        let settings = HelpdeskSettings::new(&config.helpdesk, config.helpdesk_url.as_deref(), &long);
        let client = http::client(&long.extra_root_certificate).map_err(anyhow::Error::msg)?;
        let urls = QueueUrls { own: config.queue_url.clone(), parked: config.parked_queue_url.clone(), ..queues };
        let secret = aws.secret(&config.blip_secret, blip_secret.key, |secret| secret.key, clock.clone());
        let mut blip = BlipClient::new(client.clone(), config.blip_url.as_str(), secret)?;
        if let Some((arn, secret)) = router_secret {
            blip = blip.with_router_key(aws.secret(arn, secret.key, |secret| secret.key, clock.clone()));
        }
        let secrets = helpdesk_secrets(aws, &config.helpdesk_secret, helpdesk_secret, &clock);
        let Stored { copies: files, reader } = stored(&aws.config, &long)?;
        let store = Arc::new(conversation_store(aws, &config.table, &config.helpdesk, &key));
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
        if config.rest_channel {
            let rest = RestChannel { outbox: store.clone(), clock: clock.clone(), key: key.clone() };
            channel = Arc::new(Channels { blip: channel, rest: Arc::new(rest) });
        }
        Ok(Self {
            settings: text,
            waits: Arc::new(WaitsTable::new(dynamo, config.table.clone())),
            store,
            queue: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone())),
            channel,
            helpdesk,
            clock,
            key,
            rules,
            journal: Arc::new(LogJournal::new(&config.stack)),
            files,
        })
    }
}

/// The conversation store.
pub(super) fn conversation_store(aws: &Aws, table: &str, helpdesk: &str, key: &HashKey) -> DynamoStore {
    let client = aws_sdk_dynamodb::Client::new(&aws.config);
    DynamoStore::new(client, table.to_owned(), helpdesk.to_owned(), key.clone())
}

/// The helpdesk's secrets, each fetched anew when it is refused.
pub(super) fn helpdesk_secrets(
    aws: &Aws,
    arn: &SecretArn<HelpdeskSecret>,
    secret: HelpdeskSecret,
    clock: &Arc<dyn Clock>,
) -> Secrets {
    let HelpdeskSecret { credentials, webhook_secret } = secret;
    let secret = |value, field: fn(HelpdeskSecret) -> String| aws.secret(arn, value, field, clock.clone());
    Secrets {
        credentials: secret(credentials, |secret| secret.credentials),
        webhook: secret(webhook_secret, |secret| secret.webhook_secret),
    }
}

/// The store of files.
fn files(sdk: &SdkConfig, long: &LongSettings, config: &FilesConfig) -> anyhow::Result<Stored<Arc<dyn Files>>> {
    let policy =
        Policy::parse(false, &long.trusted_file_hosts).map_err(|_| SettingsError::Invalid("TrustedFileHosts"))?;
    let fetcher = Fetcher::new(policy, &long.extra_root_certificate).map_err(anyhow::Error::msg)?;
    let bucket = S3Bucket::new(sdk, config.bucket.clone());
    let files = Arc::new(FileStore::new(fetcher, Box::new(bucket), &config.media_url));
    Ok(Stored { copies: files.clone(), reader: files })
}

/// None: the linker then leaves out S3 and all that fetches files, half of the function.
#[expect(clippy::unnecessary_wraps, reason = "of the same form as `files`")]
fn no_files(_: &SdkConfig, _: &LongSettings) -> anyhow::Result<Stored<()>> {
    Ok(Stored { copies: (), reader: Arc::new(NoFiles) })
}

/// The largest file that is passed on, in bytes.
fn file_limit(config: &FilesConfig) -> u64 {
    config.max_megabytes.saturating_mul(MEGABYTE)
}

/// A worker, and the queue that it answers to.
struct Running {
    worker: Box<dyn Worker>,
    queue: Arc<dyn Queue>,
}

/// The worker behind `to-helpdesk.fifo`.
pub async fn to_helpdesk() -> Result<(), Error> {
    run(|config: &ToHelpdeskConfig| &config.worker, |aws, config| Box::pin(load_to_helpdesk(aws, config))).await
}

async fn load_to_helpdesk(aws: Aws, config: Arc<ToHelpdeskConfig>) -> anyhow::Result<(String, Running)> {
    let queues = QueueUrls {
        close_ticket: config.close_ticket_queue_url.clone(),
        to_blip: config.to_blip_queue_url.clone().unwrap_or_default(),
        ..QueueUrls::default()
    };
    let stored = |sdk: &SdkConfig, long: &LongSettings| files(sdk, long, &config.files);
    let parts = Box::pin(Parts::load(&aws, &config.worker, queues, None, stored)).await?;
    let Parts { settings, store, queue, channel, helpdesk, clock, key, rules, waits, journal, files } = parts;
    if rules.current().hours.calls_back() && !config.has_router_key {
        tracing::warn!("outside: callback needs the parameter BlipRouterKey: without it, it is as outside: ticket");
    }
    let worker = ToHelpdesk {
        journal,
        store,
        channel,
        helpdesk,
        name: config.worker.helpdesk.clone(),
        queue: queue.clone(),
        files,
        clock,
        key,
        rules,
        waits,
        file_limit: file_limit(&config.files),
        calls_back: config.has_router_key,
    };
    Ok((settings, Running { worker: Box::new(worker), queue }))
}

/// The worker behind `to-blip.fifo`.
pub async fn to_blip() -> Result<(), Error> {
    run(|config: &ToBlipConfig| &config.worker, |aws, config| Box::pin(load_to_blip(aws, config))).await
}

async fn load_to_blip(aws: Aws, config: Arc<ToBlipConfig>) -> anyhow::Result<(String, Running)> {
    let queues = QueueUrls { close_ticket: config.close_ticket_queue_url.clone(), ..QueueUrls::default() };
    let stored = |sdk: &SdkConfig, long: &LongSettings| files(sdk, long, &config.files);
    let router = config.router_secret.as_ref();
    let parts = Box::pin(Parts::load(&aws, &config.worker, queues, router, stored)).await?;
    let Parts { settings, store, queue, channel, helpdesk, clock, key, rules, waits, journal, files } = parts;
    let worker = ToCustomer {
        journal,
        store,
        queue: queue.clone(),
        channel,
        helpdesk,
        files,
        clock,
        key,
        rules,
        waits,
        close_delay: config.close_delay,
        file_limit: file_limit(&config.files),
    };
    Ok((settings, Running { worker: Box::new(worker), queue }))
}

/// The worker behind `close-ticket.fifo`.
pub async fn close_ticket() -> Result<(), Error> {
    run(|config: &CloseTicketConfig| &config.worker, |aws, config| Box::pin(load_close_ticket(aws, config))).await
}

async fn load_close_ticket(aws: Aws, config: Arc<CloseTicketConfig>) -> anyhow::Result<(String, Running)> {
    let Parts { settings, store, queue, channel, helpdesk, clock, rules, journal, .. } =
        Box::pin(Parts::load(&aws, &config.worker, QueueUrls::default(), None, no_files)).await?;
    let worker = CloseTicket { store, channel, helpdesk, clock, rules, journal };
    Ok((settings, Running { worker: Box::new(worker), queue }))
}

/// Runs a worker. `common` is what its configuration has in common with the other workers.
async fn run<C: Configuration + Send + Sync + 'static>(
    common: fn(&C) -> &WorkerConfig,
    load: fn(Aws, Arc<C>) -> Loading<Running>,
) -> Result<(), Error> {
    let (aws, config) = start::<C>()?;
    let running = &Aws::new(&aws)?.reloading(config.clone(), &common(&config).settings, load).await?;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<SqsEvent>| {
        let deadline = Deadline(Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX)));
        let records = event.payload.records.into_iter().map(record).collect();
        let Running { worker, queue } = &*running.present().await;
        let work = relay::work(&**worker, &**queue, &SystemClock, records, deadline);
        let failed = telemetry::in_request(&event.context.request_id, work).await;
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

//! The functions' clients, each with one call.

use std::{pin::Pin, sync::Arc};

use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use aws_types::SdkConfig;
use ponte::{
    blip::BlipClient,
    clock::{SystemClock, Timestamp},
    hash::HashKey,
    helpdesk::{self, ClientDeps, Secrets},
    http,
    lime::{Document, Node},
    media::{Bucket, Meta, S3Bucket},
    message::{ConversationId, TicketId},
    queue::{Destination, Job, QueueUrls, SqsQueue},
    relay::{
        Failure,
        ports::{CustomerChannel, EndedBy, Helpdesk, NoFiles, Outgoing, Queue, Store, TicketRef},
    },
    secret::Secret,
    secrets,
    settings::{HelpdeskSettings, KeysSecret},
    store::DynamoStore,
    texts::Texts,
};

use super::server::{Asked, Server};

type Outcome = Result<(), String>;
/// A call, as often as one likes.
pub(super) type Calls = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// Each with the client that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sqs,
    DynamoDb,
    SecretsManager,
    /// A secret that is read again while an event waits.
    SecretAgain,
    S3,
    /// What has the limits of a part of a file.
    S3Part,
    /// A message: it may not come twice.
    BlipMessage,
    /// A look.
    BlipCommand,
    /// An event with an idempotency key.
    Webhook,
}

pub(super) const AWS: [Kind; 5] = [Kind::Sqs, Kind::DynamoDb, Kind::SecretsManager, Kind::S3, Kind::S3Part];
/// Of these, those that another call may have to follow before the function ends.
pub(super) const SHORT: [Kind; 1] = [Kind::SecretAgain];
pub(super) const HARMLESS: [Kind; 2] = [Kind::BlipCommand, Kind::Webhook];

impl Kind {
    pub(super) fn parse(name: &str) -> Self {
        let others = [Self::BlipMessage, Self::BlipCommand, Self::Webhook];
        AWS.into_iter().chain(SHORT).chain(others).find(|kind| format!("{kind:?}") == name).unwrap()
    }
}

/// What all of them understand.
pub(super) fn answer(asked: &Asked) -> (String, String) {
    let target = asked.head.lines().find_map(|line| line.strip_prefix("x-amz-target: ")).unwrap_or_default();
    let body = match target.rsplit('.').next().unwrap_or_default() {
        "sendmessage" => r#"{"MessageId":"1"}"#,
        "getsecretvalue" => r#"{"SecretString":"{\"hash_key\":\"x\"}"}"#,
        "getitem" => "{}",
        _ if asked.head.starts_with("post /commands") => {
            r#"{"id":"1","method":"get","status":"success","resource":{"items":[]}}"#
        }
        _ => "",
    };
    ("etag: \"1\"\r\n".to_owned(), body.to_owned())
}

/// As a function makes it, but for where AWS is.
fn aws(url: &str) -> SdkConfig {
    let credentials = Credentials::new("key", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url);
    // Nothing here speaks TLS, and reading the machine's roots for each new pool takes a debug build long.
    let tls = TlsContext::builder().with_trust_store(TrustStore::empty()).build().unwrap();
    ponte::lambda::guarded(config, &tls).build()
}

fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(SystemClock))
}

fn words(failure: &Failure) -> String {
    failure.kind().to_owned()
}

/// The client of a kind, towards `server`.
pub(super) fn client(kind: Kind, server: &Server) -> Calls {
    client_to(kind, &server.url)
}

pub(super) fn client_to(kind: Kind, url: &str) -> Calls {
    let key = HashKey::new(b"key");
    match kind {
        Kind::Sqs => {
            let urls = QueueUrls { to_helpdesk: format!("{url}/1/to-helpdesk.fifo"), ..QueueUrls::default() };
            let queue = SqsQueue::new(aws_sdk_sqs::Client::new(&aws(url)), urls, key);
            calls(queue, |queue| async move {
                let job = Job {
                    destination: Destination::ToHelpdesk,
                    group: "group".to_owned(),
                    deduplication: "1".to_owned(),
                    body: "{}".to_owned(),
                };
                queue.send(&job).await.map_err(|failure| words(&failure))
            })
        }
        Kind::DynamoDb => {
            let client = aws_sdk_dynamodb::Client::new(&aws(url));
            let store = DynamoStore::new(client, "table".to_owned(), "webhook".to_owned(), key);
            calls(store, |store| async move {
                let read = store.conversation_of_ticket(&TicketId::new("1".to_owned()), Timestamp(0)).await;
                read.map(drop).map_err(|error| error.to_string())
            })
        }
        Kind::SecretsManager => secret_of(aws_sdk_secretsmanager::Client::new(&aws(url))),
        Kind::SecretAgain => secret_of(secrets::in_passing(&aws(url))),
        Kind::S3 => calls(S3Bucket::new(&aws(url), "files".to_owned()), |bucket| async move {
            bucket.find("key").await.map(drop).map_err(|failure| words(&failure))
        }),
        Kind::S3Part => calls(S3Bucket::new(&aws(url), "files".to_owned()), |bucket| async move {
            let meta = Meta { mime: "text/plain".into(), disposition: "inline".into(), name: "a.txt".into() };
            let put = bucket.put("key", &meta, vec![7; 256 * 1024].into());
            put.await.map_err(|failure| words(&failure))
        }),
        Kind::BlipMessage => calls(blip(url), |blip| async move {
            let message = Outgoing {
                id: Some("ponte.1".to_owned()),
                to: Node::parse("1@wa.gw.msging.net").unwrap(),
                document: Document::text("oi"),
            };
            blip.send(&message).await.map_err(|failure| words(&failure))
        }),
        Kind::BlipCommand => calls(blip(url), |blip| async move {
            let known = blip.knows(&Node::parse("1@wa.gw.msging.net").unwrap(), "ponte.1").await;
            known.map(drop).map_err(|failure| words(&failure))
        }),
        Kind::Webhook => calls(webhook(url), |helpdesk| async move {
            let opening = ConversationId::parse(&format!("{}-{}", "0".repeat(32), "0".repeat(12))).unwrap();
            let to = TicketRef { opening, ticket: TicketId::new("1".to_owned()) };
            helpdesk.ended(&to, EndedBy::Customer).await.map_err(|failure| words(&failure))
        }),
    }
}

fn secret_of(client: aws_sdk_secretsmanager::Client) -> Calls {
    calls(client, |client| async move {
        secrets::read::<KeysSecret>(&client, "arn").await.map(drop).map_err(|error| error.to_string())
    })
}

fn blip(url: &str) -> BlipClient {
    BlipClient::new(http::client("").unwrap(), url, secret("key")).unwrap()
}

fn webhook(url: &str) -> Arc<dyn Helpdesk> {
    let settings = HelpdeskSettings { name: "webhook".into(), url: url.to_owned(), own: "{}".into() };
    let secrets = Secrets { credentials: secret(""), webhook: secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") };
    let means = ClientDeps {
        http: http::client("").unwrap(),
        texts: Texts::default().into(),
        clock: Arc::new(SystemClock),
        files: Arc::new(NoFiles),
    };
    helpdesk::client(&settings, secrets, means).unwrap()
}

fn calls<T, F, Called>(client: T, call: F) -> Calls
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> Called + Send + Sync + 'static,
    Called: Future<Output = Outcome> + Send + 'static,
{
    Arc::new(move || Box::pin(call(client.clone())))
}

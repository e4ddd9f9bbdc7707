//! The HTTP client under AWS's clients, and how long they wait: what keeps a dead connection from costing a function its time.
//!
//! Lambda stops a process between two invocations. Meanwhile the other side may close the connections that are kept, or a network may
//! forget them, and the next request runs into each of them in turn: into a reset, or into silence. The SDK drops the
//! one connection that failed and may take the next dead one for its next try. So the first one that fails takes all of
//! them with it: what comes after is sent on a new connection. The SDK's own quota for tries (500 tokens, 10 for one after a
//! time-out) is not touched by it. `docs/aws/connections.md` has the whole table. Made by `aws.rs`.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use aws_sdk_secretsmanager::config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    result::ConnectorError,
    retries::ErrorKind,
    runtime_components::RuntimeComponents,
};
use aws_types::sdk_config;

use crate::http::{CONNECT_LIMIT, Stops};

/// One try of a call, from the connection to the last byte of the answer. Two fit into the 10 s of the shortest functions (the webhook endpoints, and
/// workers whose `WorkerTimeoutSeconds` is 10). SQS, DynamoDB and Secrets Manager answer in milliseconds; the rest is for a handshake at a
/// small share of a processor.
const TRY_LIMIT: Duration = Duration::from_secs(3);
/// A call with all its tries: two that meet silence, and no third. It leaves a webhook endpoint 3 s to say that it could not take the message.
const CALL_LIMIT: Duration = Duration::from_secs(7);
/// The longest wait before the second try, less a part by chance; before the third it is twice as long. The SDK's own, 1 s, would be taken
/// from the tries.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// A connection that was not used for so long is not used again. Networks on the way forget one without a word after 350 s (AWS's NAT
/// gateway and load balancers, user guides), and a request on it meets silence; a chat goes on within less.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// What every client of AWS gets: limits, tries, and connections.
pub fn guarded(config: sdk_config::Builder, tls: &TlsContext) -> sdk_config::Builder {
    config
        .retry_config(RetryConfig::standard().with_initial_backoff(FIRST_WAIT))
        .timeout_config(limits(TRY_LIMIT, CALL_LIMIT).connect_timeout(CONNECT_LIMIT).build())
        .http_client(SharedHttpClient::new(Client::new(tls)))
}

fn limits(one: Duration, all: Duration) -> aws_sdk_secretsmanager::config::timeout::TimeoutConfigBuilder {
    TimeoutConfig::builder().operation_attempt_timeout(one).operation_timeout(all)
}

/// Makes a client with an empty pool.
type Make = Arc<dyn Fn() -> SharedHttpClient + Send + Sync>;

/// A client whose connections can be given up all at once.
struct Client {
    make: Make,
    metadata: Option<ConnectorMetadata>,
    /// The SDK asks for one before each try, and always with the same settings: ours have no others.
    connectors: Mutex<Vec<(Settings, SharedHttpConnector)>>,
}

/// What tells two connectors apart.
type Settings = [Option<Duration>; 2];

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    fn new(tls: &TlsContext) -> Self {
        let builder = Builder::new()
            .pool_idle_timeout(IDLE_LIMIT)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone());
        let make: Make = Arc::new(move || builder.clone().build_https());
        let metadata = make().connector_metadata();
        Self { make, metadata, connectors: Mutex::default() }
    }
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let key = [settings.connect_timeout(), settings.read_timeout()];
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, connector)) = connectors.iter().find(|(of, _)| *of == key) {
            return connector.clone();
        }
        let (make, settings, components) = (self.make.clone(), settings.clone(), components.clone());
        let make = move || make().http_connector(&settings, &components);
        let connector = SharedHttpConnector::new(Connector(Arc::new(Pools::new(make))));
        connectors.push((key, connector.clone()));
        connector
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.metadata.clone()
    }
}

/// The present pool, and how to have a new one.
struct Pools {
    make: Box<dyn Fn() -> SharedHttpConnector + Send + Sync>,
    present: RwLock<Pool>,
    stops: Stops,
}

#[derive(Clone)]
struct Pool {
    number: u64,
    connector: SharedHttpConnector,
}

impl Pools {
    fn new(make: impl Fn() -> SharedHttpConnector + Send + Sync + 'static) -> Self {
        let present = RwLock::new(Pool { number: 0, connector: make() });
        Self { make: Box::new(make), present, stops: Stops::default() }
    }

    fn present(&self) -> Pool {
        let pool = self.present.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !self.stops.stood_still() {
            return pool;
        }
        self.give_up(pool.number);
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// No request takes a connection of this pool any more. Those that are under way on one go on.
    fn give_up(&self, number: u64) {
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        if present.number == number {
            *present = Pool { number: number + 1, connector: (self.make)() };
        }
    }
}

/// A request that is under way. When nobody waits for its answer any more, its connection may be dead, and so may be its like.
struct UnderWay {
    pools: Arc<Pools>,
    number: u64,
    answered: bool,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.answered {
            self.pools.give_up(self.number);
        }
    }
}

struct Connector(Arc<Pools>);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    /// Sends it, and at once again on a new connection when the first broke before the answer began. Whatever we ask of AWS may be asked
    /// twice: the SDK repeats it, too.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let pools = self.0.clone();
        HttpConnectorFuture::new(async move {
            let again = request.try_clone();
            match (send(&pools, request).await, again) {
                (Err(error), Some(again)) if broke(&error) => send(&pools, again).await,
                (outcome, _) => outcome,
            }
        })
    }
}

async fn send(
    pools: &Arc<Pools>,
    request: HttpRequest,
) -> Result<aws_smithy_runtime_api::client::orchestrator::HttpResponse, ConnectorError> {
    let Pool { number, connector } = pools.present();
    let mut under_way = UnderWay { pools: pools.clone(), number, answered: false };
    let outcome = connector.call(request).await;
    under_way.answered = outcome.is_ok();
    outcome
}

/// Whether the connection broke, or could not be had. The second is how hyper calls a connection that ended before the answer.
fn broke(error: &ConnectorError) -> bool {
    error.is_io() || error.as_other() == Some(ErrorKind::TransientError)
}

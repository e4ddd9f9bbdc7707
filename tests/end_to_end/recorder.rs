//! What each function asked of AWS: a proxy between the functions and the emulator that hands on every request as it is, and writes
//! down whose it was, which action it is to IAM, and what it named.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::Value;
use tokio::sync::watch;

/// One request of a function, as IAM sees it, allowed or not. A transaction is as many as it has parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// The function's name, as it was deployed.
    pub function: String,
    /// `sqs:SendMessage`
    pub action: String,
    /// The queue's URL, the table's name, the secret's ARN, or `bucket/key`.
    pub resource: String,
}

#[derive(Default)]
struct Seen {
    calls: BTreeSet<Call>,
    /// What was put into queues, without the bodies.
    sent: Vec<String>,
    /// The environment of each function, by its access key.
    environments: HashMap<String, Environment>,
}

/// The variables of a function.
pub(crate) type Environment = BTreeMap<String, String>;

struct Inside {
    url: String,
    /// Where the emulator is, once that is known.
    emulator: watch::Sender<Option<String>>,
    client: ponte::http::Client,
    seen: Mutex<Seen>,
}

/// The proxy, running.
pub(super) struct Recorder {
    inside: Arc<Inside>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Recorder {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = Arc::new(Inside {
            url: format!("http://{}", listener.local_addr().unwrap()),
            emulator: watch::channel(None).0,
            client: ponte::http::client("").unwrap(),
            seen: Mutex::default(),
        });
        let app = Router::new().fallback(serve).with_state(inside.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { inside, task }
    }

    /// What the functions take for the address of AWS.
    pub(super) fn url(&self) -> &str {
        &self.inside.url
    }

    /// Says where the emulator is. What is asked before waits until then.
    pub(super) fn connect(&self, emulator: &str) {
        self.inside.emulator.send_replace(Some(emulator.to_owned()));
    }

    pub(super) fn calls(&self) -> BTreeSet<Call> {
        self.inside.seen.lock().unwrap().calls.clone()
    }

    /// All that was put into queues but the bodies of messages: groups, deduplication ids and attributes.
    pub(super) fn written(&self) -> Vec<String> {
        self.inside.seen.lock().unwrap().sent.clone()
    }

    /// The environments of the functions that asked for anything.
    pub(super) fn environments(&self) -> Vec<Environment> {
        self.inside.seen.lock().unwrap().environments.values().cloned().collect()
    }
}

async fn serve(State(inside): State<Arc<Inside>>, request: Request) -> Response {
    let mut emulator = inside.emulator.subscribe();
    let emulator = emulator.wait_for(Option::is_some).await.unwrap().clone().unwrap();
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let url = reqwest::Url::parse(&format!("{emulator}{}", head.uri)).unwrap();
    let asked = asked(head.method.as_str(), &url, &head.headers, &body);
    // The name that the request was signed for stays in it.
    let handed_on = inside.client.request(head.method, url).headers(head.headers).body(body.clone());
    let answer = handed_on.send().await.unwrap();
    let (key, parts) = asked;
    {
        let mut seen = inside.seen.lock().unwrap();
        if parts.iter().any(|(action, _)| action == "sqs:SendMessage") {
            let mut message: Value = serde_json::from_slice(&body).unwrap();
            message["MessageBody"].take();
            seen.sent.push(message.to_string());
        }
        let environment = seen.environments.entry(key).or_insert_with_key(|key| environment(key, &inside.url));
        let function = environment["AWS_LAMBDA_FUNCTION_NAME"].clone();
        let calls = parts.into_iter().map(|(action, resource)| Call { function: function.clone(), action, resource });
        seen.calls.extend(calls);
    }
    let mut response = Response::builder().status(answer.status());
    *response.headers_mut().unwrap() = answer.headers().clone();
    // It is of one connection.
    response.headers_mut().unwrap().remove("transfer-encoding");
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

/// The access key of a request, and the actions that it is, each with what it is about.
fn asked(method: &str, url: &reqwest::Url, headers: &HeaderMap, body: &[u8]) -> (String, Vec<(String, String)>) {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    // A link that was signed carries in its query what a call carries in its header.
    let credential = match header("authorization").split_once("Credential=") {
        Some((_, rest)) => rest.split(',').next().unwrap().to_owned(),
        None => query("X-Amz-Credential").unwrap_or_else(|| panic!("nobody signed {method} {url}")),
    };
    let scope: Vec<&str> = credential.split('/').collect();
    let [key, _, _, service, _] = scope[..] else { panic!("{credential}") };
    if service == "s3" {
        let action = match (method, query("uploadId").is_some()) {
            ("GET" | "HEAD", _) => "GetObject",
            ("PUT" | "POST", _) => "PutObject",
            ("DELETE", true) => "AbortMultipartUpload",
            ("DELETE", false) => "DeleteObject",
            other => panic!("{other:?} {url}"),
        };
        return (key.to_owned(), vec![(format!("s3:{action}"), url.path().trim_start_matches('/').to_owned())]);
    }
    let target = header("x-amz-target").rsplit('.').next().unwrap();
    // These two do not speak JSON. A stack is its own, whatever name or id it was asked for by; CloudWatch knows no resources.
    match service {
        "cloudformation" => {
            let form = format!("http://form/?{}", std::str::from_utf8(body).unwrap());
            let form = reqwest::Url::parse(&form).unwrap();
            let action = form.query_pairs().find(|(name, _)| name == "Action").unwrap().1.into_owned();
            return (key.to_owned(), vec![(format!("cloudformation:{action}"), "AWS::StackId".to_owned())]);
        }
        "monitoring" => {
            let operation = url.path().rsplit('/').next().unwrap();
            return (key.to_owned(), vec![(format!("cloudwatch:{operation}"), "*".to_owned())]);
        }
        _ => {}
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_else(|_| panic!("{method} {url} {target}: not JSON"));
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let named = |resource| vec![(format!("{service}:{target}"), text(&body, resource))];
    let parts = match (service, target) {
        ("dynamodb", "TransactWriteItems") => {
            let items = body["TransactItems"].as_array().unwrap().iter();
            let parts = items.flat_map(|item| item.as_object().unwrap());
            let action = |part: &str| match part {
                "ConditionCheck" => "dynamodb:ConditionCheckItem".to_owned(),
                part => format!("dynamodb:{part}Item"),
            };
            parts.map(|(part, about)| (action(part), text(about, "TableName"))).collect()
        }
        // To IAM, an index is a resource of its own.
        ("dynamodb", _) if body.get("IndexName").is_some() => {
            let resource = format!("{}/index/{}", text(&body, "TableName"), text(&body, "IndexName"));
            vec![(format!("dynamodb:{target}"), resource)]
        }
        ("dynamodb", "BatchGetItem" | "BatchWriteItem") => {
            let tables = body["RequestItems"].as_object().unwrap().keys();
            tables.map(|table| (format!("dynamodb:{target}"), table.clone())).collect()
        }
        ("dynamodb", _) => named("TableName"),
        // To IAM, a batch is the action of which it is many (docs.aws.amazon.com, SQS API permissions).
        ("sqs", _) => vec![(format!("sqs:{}", target.trim_end_matches("Batch")), text(&body, "QueueUrl"))],
        ("secretsmanager", _) => named("SecretId"),
        ("logs", _) => named("logGroupName"),
        _ => vec![(format!("{service}:{target}"), url.to_string())],
    };
    (key.to_owned(), parts)
}

/// The variables of the function that signs with this key: it waits for its answer, so it runs.
fn environment(key: &str, endpoint: &str) -> Environment {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path().join("environ")));
    let mut environments = processes.filter_map(|path| {
        let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
        let pairs = text.split('\0').filter_map(|line| line.split_once('='));
        Some(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Environment>())
    });
    let is = |variables: &Environment, name: &str, value: &str| variables.get(name).is_some_and(|it| it == value);
    environments
        .find(|one| is(one, "AWS_ACCESS_KEY_ID", key) && is(one, "AWS_ENDPOINT_URL", endpoint))
        .unwrap_or_else(|| panic!("no function signs with {key}"))
}

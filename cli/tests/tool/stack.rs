//! A stack for the tool: what of the template it looks at, made by `CloudFormation` on the emulator, without functions.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::Parameter;
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::{CustomerRecord, Direction, EarlierTickets, State, Timers, Who},
    lime::{Identity, Node},
    message::{ConversationId, CustomerKey, SourceId, TicketId},
    queue::{Job, ToHelpdeskJob, VERSION},
    relay::ports::{Progress, Store as _},
};
use ponte_cli::{Place, QueueName, Stack, endpoint};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

/// How long the emulator may take to its first answer on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_mins(2);
/// The helpdesk's key, which nothing that the tool says may hold.
pub(crate) const HELPDESK_KEY: &str = "ponte@desk.test.invalid/token:a-key-of-nobody";
const SERVICES: &str = "cloudformation,dynamodb,iam,logs,s3,secretsmanager,sqs,sts";

/// The emulator with the stack `ponte` on it. It ends with the test that started it.
pub(crate) struct Desk {
    pub(crate) endpoint: String,
    pub(crate) config: SdkConfig,
    pub(crate) stack: Stack,
    _process: Child,
}

/// What came of a run of the tool.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) said: String,
    pub(crate) wrong: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), said: text(&output.stdout), wrong: text(&output.stderr) }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.said).unwrap_or_else(|_| panic!("{}\n{}", self.said, self.wrong))
    }
}

/// The tool, with nothing in its environment but the path.
pub(crate) fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ponte"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", "/nonexistent");
    command.env("AWS_EC2_METADATA_DISABLED", "true").stdin(Stdio::null());
    command
}

impl Desk {
    pub(crate) async fn start() -> Self {
        Self::of("webhook", "").await
    }

    /// A stack of another helpdesk, whose address this is.
    pub(crate) async fn of(helpdesk: &str, url: &str) -> Self {
        let (endpoint_url, process) = emulator().await;
        let config = endpoint(&endpoint_url).await;
        let formation = aws_sdk_cloudformation::Client::new(&config);
        let create = formation.create_stack().stack_name("ponte").template_body(template().to_string());
        let parameter = |key: &str, value: &str| Parameter::builder().parameter_key(key).parameter_value(value).build();
        let create = create.parameters(parameter("Helpdesk", helpdesk)).parameters(parameter("HelpdeskUrl", url));
        create.send().await.unwrap();
        let logs = aws_sdk_cloudwatchlogs::Client::new(&config);
        for name in ["audit", "to-helpdesk", "to-blip", "blip-webhook"] {
            logs.create_log_group().log_group_name(format!("/ponte/ponte/{name}")).send().await.unwrap();
        }
        let opened = async {
            loop {
                match Stack::open(&config, "ponte").await {
                    Ok(stack) => break stack,
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        };
        let stack = tokio::time::timeout(PATIENCE, opened).await.expect("the stack is not there");
        Self { endpoint: endpoint_url, config, stack, _process: process }
    }

    /// The tool with this stack's settings.
    pub(crate) fn tool(&self) -> Command {
        let mut tool = tool();
        tool.env("AWS_ENDPOINT_URL", &self.endpoint).env("AWS_REGION", "us-east-1");
        tool.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        tool
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.tool().args(arguments).output().await.unwrap())
    }

    /// Puts a conversation into the conversation store, as an opening does.
    pub(crate) async fn opens(&self, address: &str, identity: Option<&str>, ticket: Option<&str>) -> ConversationId {
        let address = Node::parse(address).unwrap();
        let customer = identity.map_or_else(|| address.identity(), |identity| Identity::parse(identity).unwrap());
        let key = CustomerKey::of(&address, &self.stack.key);
        let now = SystemClock.now();
        let previous = self.stack.store.conversation(&key, now).await.unwrap();
        let direction = |of: fn(&CustomerRecord) -> &Direction| {
            previous.as_ref().map_or_else(Direction::default, |p| of(p).clone())
        };
        let conversation = CustomerRecord {
            opening: ConversationId::new(format!("{}-{:012x}", key.as_str(), now.0)),
            key,
            state: State::Claimed,
            opened: now,
            channel: customer.domain().to_ascii_lowercase(),
            who: Some(Who::of(&customer, &self.stack.key)),
            address,
            left: None,
            ticket: None,
            agent: None,
            placement: ponte::conversation::Placement::default(),
            timers: Timers::default(),
            rating_asked: None,
            desk: ponte::conversation::Desk::default(),
            ended: None,
            offer: Vec::new(),
            earlier: EarlierTickets::default(),
            last_ticket: None,
            inbound: direction(|p| &p.inbound),
            outbound: direction(|p| &p.outbound),
        };
        self.stack.store.claim(&conversation, previous.as_ref().map(|p| &p.opening), now).await.unwrap();
        if let Some(ticket) = ticket {
            self.stack
                .store
                .store_ticket(&conversation.opening, &TicketId::new(ticket), &conversation.placement, now)
                .await
                .unwrap();
            let first = Direction { sequence: conversation.inbound.sequence + 1, last: now, ..conversation.inbound };
            let progress = Progress { opens: true, ..Progress::of(&first) };
            self.stack.store.record_inbound(&conversation.opening, &progress).await.unwrap();
        }
        conversation.opening
    }

    /// The agent says something, then it ends.
    pub(crate) async fn answered_and_ends(&self, opening: &ConversationId) {
        let now = SystemClock.now();
        let read = self.stack.store.conversation(&opening.conversation(), now).await.unwrap().unwrap();
        let next = Direction { sequence: read.outbound.sequence + 1, last: now, ..read.outbound };
        let progress = Progress { agent: Some("Maria"), ..Progress::of(&next) };
        self.stack.store.record_outbound(opening, &progress).await.unwrap();
        self.stack.store.close(opening, now).await.unwrap();
    }

    /// What an earlier release left: without the hash.
    pub(crate) async fn forgets_who(&self, opening: &ConversationId) {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.config);
        let key = aws_sdk_dynamodb::types::AttributeValue::S(ponte::store::conversation_item(&opening.conversation()));
        let update = dynamo.update_item().table_name("ponte-table").key("pk", key).update_expression("REMOVE who");
        update.send().await.unwrap();
    }

    /// Puts a customer's words into the queue or aside.
    pub(crate) async fn queue(&self, place: Place, address: &str, id: &str) -> Job {
        let conversation = CustomerKey::of(&Node::parse(address).unwrap(), &self.stack.key);
        let envelope = json!({ "id": id, "from": address, "type": "text/plain", "content": "segredo" });
        let job = ToHelpdeskJob {
            v: VERSION,
            replayed: false,
            id: SourceId::new(id),
            received_at: SystemClock.now(),
            envelope,
            due: None,
        };
        let job = job.addressed(&ToHelpdeskJob::conversation_group(&conversation), "message", &self.stack.key);
        let pair = self.stack.queues(Some(QueueName::ToHelpdesk)).next().unwrap();
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        let send = sqs.send_message().queue_url(pair.url(place)).message_group_id(&job.group);
        send.message_deduplication_id(&job.deduplication).message_body(&job.body).send().await.unwrap();
        job
    }

    /// A line in a function's log, as the function writes it.
    pub(crate) async fn logs(&self, function: &str, at: Timestamp, line: Value) {
        let logs = aws_sdk_cloudwatchlogs::Client::new(&self.config);
        let (group, stream) = (format!("/ponte/ponte/{function}"), format!("{}", line_number()));
        logs.create_log_stream().log_group_name(&group).log_stream_name(&stream).send().await.unwrap();
        let event = InputLogEvent::builder().timestamp(at.0).message(line.to_string()).build().unwrap();
        logs.put_log_events().log_group_name(group).log_stream_name(stream).log_events(event).send().await.unwrap();
    }

    /// The closing that was handed on.
    pub(crate) async fn closing(&self) -> Value {
        let pair = self.stack.queues(Some(QueueName::CloseTicket)).next().unwrap();
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        let received =
            sqs.receive_message().queue_url(pair.url(Place::Waiting)).wait_time_seconds(2).send().await.unwrap();
        serde_json::from_str(received.messages()[0].body().unwrap()).unwrap()
    }

    /// The audit log, in order: what, and the reason.
    pub(crate) async fn audit(&self) -> Vec<Value> {
        let logs = aws_sdk_cloudwatchlogs::Client::new(&self.config);
        let found = logs.filter_log_events().log_group_name("/ponte/ponte/audit").send().await.unwrap();
        let lines = found.events().iter().map(|event| serde_json::from_str(event.message().unwrap()).unwrap());
        lines.collect()
    }
}

fn line_number() -> u32 {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// The resources and outputs of the template that the tool reads.
fn template() -> Value {
    let mut resources = json!({
        "Table": { "Type": "AWS::DynamoDB::Table", "Properties": {
            "TableName": "ponte-table", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" },
                { "AttributeName": "due", "AttributeType": "S" },
                { "AttributeName": "due_at", "AttributeType": "N" },
            ],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "GlobalSecondaryIndexes": [{
                "IndexName": "by-due",
                "KeySchema": [
                    { "AttributeName": "due", "KeyType": "HASH" },
                    { "AttributeName": "due_at", "KeyType": "RANGE" },
                ],
                "Projection": { "ProjectionType": "KEYS_ONLY" },
            }],
        } },
        "KeysSecret": { "Type": "AWS::SecretsManager::Secret", "Properties": {
            "Name": "ponte-keys", "SecretString": json!({ "hash_key": "a hash key of nobody" }).to_string(),
        } },
        "HelpdeskSecret": { "Type": "AWS::SecretsManager::Secret", "Properties": {
            "Name": "ponte-helpdesk",
            "SecretString": json!({ "credentials": HELPDESK_KEY, "webhook_secret": "whsec_nobody" }).to_string(),
        } },
        "FileBucket": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": "ponte-files" } },
    });
    let mut outputs = json!({
        "TableName": { "Value": { "Ref": "Table" } }, "KeysSecretArn": { "Value": { "Ref": "KeysSecret" } },
        "FileBucketName": { "Value": { "Ref": "FileBucket" } },
    });
    for name in ["ToHelpdesk", "ToHelpdeskParked", "ToBlip", "ToBlipParked", "CloseTicket", "CloseTicketParked"] {
        let queue = json!({ "QueueName": format!("ponte-{name}.fifo"), "FifoQueue": true });
        resources[format!("{name}Queue")] = json!({ "Type": "AWS::SQS::Queue", "Properties": queue });
        outputs[format!("{name}QueueUrl")] = json!({ "Value": { "Ref": format!("{name}Queue") } });
    }
    let text = json!({ "Type": "String", "Default": "" });
    json!({ "Parameters": { "Helpdesk": text, "HelpdeskUrl": text }, "Resources": resources, "Outputs": outputs })
}

async fn emulator() -> (String, Child) {
    let local = std::env::var_os("PONTE_LOCAL").map(PathBuf::from);
    let local = local.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/local"));
    let found = Command::new(local.join("tools.sh")).arg("emulator").output().await.unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let path = String::from_utf8(found.stdout).unwrap().trim().to_owned();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("emulator-{port}"));
    std::fs::create_dir_all(&state).unwrap();
    let process = Command::new(format!("{path}/bin/ministack"))
        .env_clear()
        .envs([("PATH", format!("{path}/bin:/usr/bin:/bin")), ("GATEWAY_PORT", port.to_string())])
        .env("HOME", std::env::var_os("HOME").unwrap_or_default())
        .env("TMPDIR", &state)
        .envs([("BIND_HOST", "127.0.0.1"), ("LANG", "C.UTF-8"), ("PYTHONDONTWRITEBYTECODE", "1")])
        .envs([("IOT_MTLS_ENABLED", "false"), ("SFTP_ENABLED", "false"), ("SERVICES", SERVICES)])
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("MINISTACK_REGION", "us-east-1")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let answers = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, answers).await.expect("the emulator does not answer");
    (format!("http://127.0.0.1:{port}"), process)
}

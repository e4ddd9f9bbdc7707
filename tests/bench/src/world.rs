//! Everything around a function: the services behind TLS on loopback, and the environment that leads to them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;

use crate::{
    aws::Aws,
    files::Files,
    lambda::Program,
    meter::Meter,
    server::Server,
    wire::{self, Answer, Asked, Trust},
};

pub(crate) struct World {
    pub aws: Arc<Aws>,
    pub server: Arc<Server>,
    pub meter: Arc<Meter>,
    pub logs: PathBuf,
    /// The repository.
    root: PathBuf,
    root_file: String,
    sqs: String,
    dynamodb: String,
    secrets: String,
    blip: String,
    helpdesk: String,
    s3: String,
    /// The host of the customers' files.
    pub pictures: String,
}

impl World {
    /// `root` is the repository; what is written goes below `target/bench`.
    pub(crate) async fn start(root: &Path) -> Result<Self> {
        let own = root.join("target/bench");
        let logs = own.join("logs");
        std::fs::create_dir_all(&logs)?;
        let trust = Trust::new()?;
        let root_file = own.join("root.pem");
        std::fs::write(&root_file, &trust.root_pem)?;
        let meter = Arc::new(Meter::default());
        let aws = Arc::new(Aws::new(meter.clone()));
        let server = Arc::new(Server::new(meter.clone()));
        let service = |name: &'static str| {
            let aws = aws.clone();
            move |asked: &Asked| aws.handle(name, asked)
        };
        let files = Arc::new(Files::new(meter.clone()));
        let s3 = files.clone();
        let blip = server.clone();
        let helpdesk = server.clone();
        let pictures = listen(&trust, move |asked: &Asked| files.host(asked)).await?;
        let hosts = pictures.split_once("//").map(|(_, host)| host).unwrap_or_default();
        let settings = serde_json::json!({"greeting": "", "agent_joined": "", "closing": "", "trusted_file_hosts": hosts, "helpdesk": {}});
        aws.say_settings(format!("{settings}\n{}", trust.root_pem));
        Ok(Self {
            sqs: listen(&trust, service("SQS")).await?,
            dynamodb: listen(&trust, service("DynamoDB")).await?,
            secrets: listen(&trust, service("Secrets Manager")).await?,
            blip: listen(&trust, move |asked: &Asked| blip.blip(asked)).await?,
            helpdesk: listen(&trust, move |asked: &Asked| helpdesk.helpdesk(asked)).await?,
            s3: listen(&trust, move |asked: &Asked| s3.s3(asked)).await?,
            pictures,
            root_file: root_file.to_str().context("a path that is no text")?.to_owned(),
            root: root.to_owned(),
            aws,
            server,
            meter,
            logs,
        })
    }

    /// The built function of that name, with what the template gives it.
    pub(crate) fn ours(&self, name: &'static str) -> Program {
        let mut environment = self.endpoints();
        environment.extend(
            [
                ("AWS_ENDPOINT_URL", self.s3.as_str()),
                ("AWS_CA_BUNDLE", self.root_file.as_str()),
                ("SETTINGS_SECRET_ARN", "settings"),
                ("BLIP_TOKEN_HEADER", "Authorization"),
                ("REST_CHANNEL", ""),
                ("HELPDESK", "webhook"),
                ("CLOSE_DELAY_SECONDS", "10"),
                ("FILE_BUCKET", "bench-files"),
                ("MEDIA_URL", "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/media"),
                ("MAX_FILE_MEGABYTES", "25"),
                ("LOG_LEVEL", "info"),
            ]
            .map(|(name, value)| (name, value.to_owned())),
        );
        Program {
            name,
            command: self.root.join("target/lambda").join(name).join("bootstrap"),
            arguments: Vec::new(),
            environment,
        }
    }

    /// Another program, which trusts the same root in its own way.
    pub(crate) fn other(&self, name: &'static str, command: &Path, script: &Path) -> Program {
        let mut environment = self.endpoints();
        environment.push(("NODE_EXTRA_CA_CERTS", self.root_file.clone()));
        environment.push(("AWS_CA_BUNDLE", self.root_file.clone()));
        let arguments = vec![self.root.join(script).to_string_lossy().into_owned()];
        Program { name, command: command.to_owned(), arguments, environment }
    }

    fn endpoints(&self) -> Vec<(&'static str, String)> {
        let queue = |name: &str| format!("{}/123456789012/bench-{name}.fifo", self.sqs);
        vec![
            ("AWS_ENDPOINT_URL_SQS", self.sqs.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.secrets.clone()),
            ("BLIP_URL", self.blip.clone()),
            ("HELPDESK_URL", format!("{}/ponte", self.helpdesk)),
            ("BLIP_SECRET_ARN", "blip".to_owned()),
            ("HELPDESK_SECRET_ARN", "helpdesk".to_owned()),
            ("KEYS_SECRET_ARN", "keys".to_owned()),
            ("TABLE_NAME", "bench".to_owned()),
            ("TO_HELPDESK_QUEUE_URL", queue("to-helpdesk")),
            ("TO_BLIP_QUEUE_URL", queue("to-blip")),
            ("QUEUE_URL", queue("own")),
            ("PARKED_QUEUE_URL", queue("parked")),
            ("STACK", "bench".to_owned()),
            ("CLOSE_TICKET_QUEUE_URL", queue("close-ticket")),
        ]
    }
}

/// Serves behind TLS on a free port of this machine; where.
async fn listen<H>(trust: &Trust, handler: H) -> Result<String>
where
    H: Fn(&Asked) -> Answer + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    wire::serve(listener, Some(trust.acceptor.clone()), move |asked| {
        let answer = handler(&asked);
        async move { answer }
    });
    Ok(format!("https://localhost:{port}"))
}

//! The adapters of AWS against the emulator alone: no function is deployed.
//!
//! What the conversation store promises is one list of scenes ([`conversation_store`]), which DynamoDB's expressions and both stores in memory
//! play: what the relay's tests and the simulation believe of the store is what the store does.

mod conversation_store;
mod queue;
mod rules;

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use aws_sdk_sqs::config::BehaviorVersion;
use aws_smithy_http_client::Builder;
use aws_types::{SdkConfig, region::Region, sdk_config::SharedCredentialsProvider};
use tokio::{
    process::{Child, Command},
    sync::OnceCell,
};

/// How long the emulator may take to its first answer on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_mins(2);

/// The emulator. It ends with the test that started it.
struct Emulator {
    endpoint: String,
    _process: Child,
}

impl Emulator {
    async fn start() -> Self {
        static PATH: OnceCell<String> = OnceCell::const_new();
        let path = PATH.get_or_init(|| async {
            let local = std::env::var_os("PONTE_LOCAL").map(PathBuf::from);
            let local = local.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/local"));
            let found = Command::new(local.join("tools.sh")).arg("emulator").output().await.unwrap();
            assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
            String::from_utf8(found.stdout).unwrap().trim().to_owned()
        });
        let path = path.await;
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("emulator-{port}"));
        std::fs::create_dir_all(&state).unwrap();
        let process = Command::new(format!("{path}/bin/ministack"))
            .env_clear()
            .envs([("PATH", format!("{path}/bin:/usr/bin:/bin")), ("GATEWAY_PORT", port.to_string())])
            .env("HOME", std::env::var_os("HOME").unwrap_or_default())
            .env("TMPDIR", &state)
            .envs([("BIND_HOST", "127.0.0.1"), ("LANG", "C.UTF-8"), ("PYTHONDONTWRITEBYTECODE", "1")])
            .envs([("IOT_MTLS_ENABLED", "false"), ("SFTP_ENABLED", "false"), ("SERVICES", "dynamodb,sqs,sts")])
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("MINISTACK_REGION", "us-east-1")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let endpoint = format!("http://127.0.0.1:{port}");
        let answers = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, answers).await.expect("the emulator does not answer");
        Self { endpoint, _process: process }
    }

    fn config(&self) -> SdkConfig {
        let credentials = aws_sdk_sqs::config::Credentials::new("test", "test", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(Builder::new().build_http())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(&self.endpoint)
            .build()
    }
}

/// A name that no other test uses.
fn fresh(what: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("{what}-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

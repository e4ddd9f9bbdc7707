//! Schemathesis makes requests of the contract, good and bad, and posts them, signed, to the endpoint: what the schema takes is answered with
//! 200, what it does not with a 4xx that the contract has, and each answer has its shape.
//!
//! Deterministic, without a data base of earlier runs, and bounded, so that the same requests are made each time. The endpoint is the real
//! one, behind a server of a few lines; its queue takes everything.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    clock::SystemClock,
    hash::HashKey,
    helpdesk::webhook::InHouseVerifier,
    queue::{Job, Record},
    relay::{
        Failure, accept, body,
        ports::{Headers, Queue, Rejection, Unverified},
    },
};
use serde_json::{Value, json};

use super::{SECRET, file::Contract};

/// The most requests of each way to make them.
const MAX_REQUESTS: &str = "100";

struct Everything;

#[async_trait]
impl Queue for Everything {
    async fn send(&self, _job: &Job) -> Result<(), Failure> {
        Ok(())
    }

    async fn postpone(&self, _records: &[Record], _wait: Duration) {}

    async fn park(&self, _record: &Record, _failure: &Failure) -> Result<(), Failure> {
        Ok(())
    }
}

struct Lines(HashMap<String, String>);

impl Headers for Lines {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// What the endpoint answers, as `lambda/webhooks.rs` has it.
async fn endpoint(method: &str, headers: &Lines, bytes: &[u8]) -> Result<(), Rejection> {
    if method != "POST" {
        return Err(Rejection::Method);
    }
    let verifier = InHouseVerifier::new(SECRET).unwrap();
    let request = Unverified { headers, path: "", body: bytes };
    let checked = accept::verify(&request, &verifier, &SystemClock)?;
    body::written_plainly(headers)?;
    let key = HashKey::new(b"test");
    accept::from_helpdesk(&request, checked, &verifier, "webhook", &Everything, &SystemClock, &key).await.map(drop)
}

/// Serves one connection until it ends.
fn serve(stream: TcpStream) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let method = line.split(' ').next().unwrap_or_default().to_owned();
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let (status, kind, body) = match runtime.block_on(endpoint(&method, &Lines(headers), &body)) {
            Ok(()) => (200, "", String::new()),
            Err(refused @ (Rejection::Unauthorized(_) | Rejection::Method)) => (refused.status(), "", String::new()),
            Err(refused) => (refused.status(), "content-type: application/json\r\n", refused.body()),
        };
        write!(writer, "HTTP/1.1 {status} X\r\n{kind}content-length: {}\r\n\r\n{body}", body.len())?;
    }
}

/// Where the tool is. `make test` has installed it; alone, this test does.
fn program() -> PathBuf {
    let local = std::env::var_os("PONTE_LOCAL").map(PathBuf::from);
    let local = local.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/local"));
    let output = Command::new(local.join("tools.sh")).arg("schemathesis").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = String::from_utf8(output.stdout).unwrap();
    Path::new(folder.trim()).join("bin/schemathesis")
}

/// What is played: the callback alone. Its headers are the signature's, which the hook sets; and the words are plain, since no schema
/// tells which HTML shows nothing.
fn played() -> Value {
    let contract = Contract::read();
    let mut post = contract.at("/paths/~1helpdesk/post").clone();
    post.as_object_mut().unwrap().remove("parameters");
    let mut components = contract.at("/components").clone();
    let format = components.pointer_mut("/schemas/AgentMessageData/properties/format/enum").unwrap();
    *format = json!(["plain", null]);
    let examples =
        post.pointer_mut("/requestBody/content/application~1json/examples").unwrap().as_object_mut().unwrap();
    examples.retain(|_, example| example["value"]["data"].get("format").is_none_or(|format| format == "plain"));
    json!({
        "openapi": contract.at("/openapi"), "info": contract.at("/info"),
        "paths": { "/helpdesk": { "post": post } }, "components": components,
    })
}

#[test]
fn random_requests_are_answered_as_the_contract_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemathesis");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("contract.json"), played().to_string()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || drop(serve(stream)));
        }
    });
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract/schemathesis");
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
        negative_data_rejection,positive_data_acceptance";
    let output = Command::new(program())
        .args(["run", "contract.json", "--url", &url, "--checks", checks, "--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", MAX_REQUESTS, "--workers", "1"])
        .args(["--generation-deterministic", "--suppress-health-check", "all", "--no-color"])
        .current_dir(&folder)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", hooks)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PONTE_SECRET", SECRET)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let cases = said.lines().find_map(|line| line.trim().strip_suffix(" passed")?.split_once(" generated, "));
    assert!(cases.is_some_and(|(made, passed)| made == passed && made.len() > 2), "{said}");
}

//! The deployed stack, as `infra/local/up.sh` starts it and `down.sh` stops it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::config::Config;
use crate::simulator::Simulator;
use crate::transport::{Bridge, Endpoint};
use crate::{customers, fake_assistant};

/// The attendant to whom Blip's tickets are given.
pub const ATTENDANT: &str = "agent.one%40example.com@blip.ai";
/// The helpdesk's key here: fixed, since both ends of it are on this machine for as long as the stack lives.
const WEBHOOK_SECRET: &str = "whsec_bG9jYWwgcGxheSBvbmx5LCBuZXZlciBmb3IgcmVhbA==";
/// How long the bridge waits for late words after a closing; shorter than a real one's, for the sake of who watches.
const CLOSE_DELAY_SECONDS: &str = "7";
/// What `up.sh` calls a stack to which no other name is given.
const NAME: &str = "ponte";

/// Where `up.sh` and `down.sh` are: as the Makefile says, else where this was built.
fn scripts() -> PathBuf {
    std::env::var_os("PONTE_LOCAL").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), PathBuf::from)
}

/// The repository.
pub fn root() -> PathBuf {
    let root = scripts().join("../..");
    root.canonicalize().unwrap_or(root)
}

/// Keys and token of a local stack. The token must be 16 characters or more.
pub fn config() -> Config {
    let fresh = || Uuid::new_v4().simple().to_string();
    Config {
        blip_key: fresh(),
        router_key: fresh(),
        blip_token: fresh(),
        token_header: "Authorization".to_owned(),
        webhook_secret: WEBHOOK_SECRET.to_owned(),
    }
}

/// What the stack at this endpoint wrote down beside messages, where it stands with its text: logs, metrics, alarms, and all of the
/// queues but the bodies of messages. Those are not seen by others for an hour.
pub async fn written(endpoint: &str) -> Result<Vec<(String, String)>> {
    #[derive(serde::Deserialize)]
    struct Line {
        r#where: String,
        text: String,
    }
    let written = script(&["written", endpoint]).await?;
    written
        .lines()
        .map(|line| {
            let Line { r#where, text } = serde_json::from_str(line)?;
            Ok((r#where, text))
        })
        .collect()
}

/// Runs the function `clock` of the only stack at this endpoint now, and waits for its end. Its own schedule runs on, once a minute.
pub async fn tick(endpoint: &str) -> Result<()> {
    script(&["tick", endpoint, NAME]).await.map(drop)
}

/// What `stack.py` prints with these arguments.
async fn script(arguments: &[&str]) -> Result<String> {
    let tools = Command::new(scripts().join("tools.sh")).arg("deploy").output().await?;
    ensure!(tools.status.success(), "infra/local/tools.sh failed");
    let python = Path::new(String::from_utf8(tools.stdout)?.trim()).join("bin/python");
    let script = scripts().join("stack.py");
    let ran = Command::new(python).arg(script).args(arguments).stderr(Stdio::inherit()).output().await?;
    ensure!(ran.status.success(), "infra/local/stack.py failed");
    Ok(String::from_utf8(ran.stdout)?)
}

/// A stack, running or not.
#[derive(Debug)]
pub struct Stack {
    state: PathBuf,
    overrides: Vec<(String, String)>,
    endpoint: Option<String>,
    /// The emulator of another stack, and this one's name there.
    beside: Option<(String, String)>,
    rules: Value,
    starting: Option<Child>,
    outputs: HashMap<String, String>,
}

impl Stack {
    /// One that keeps its process id, its logs and what is known of it in the folder `state`.
    pub fn new(state: PathBuf) -> Self {
        Self {
            state,
            overrides: Vec::new(),
            endpoint: None,
            beside: None,
            // Blip's tickets are given to an attendant. Without one, none is opened.
            rules: json!({ "version": 1, "agent_identity": ATTENDANT }),
            starting: None,
            outputs: HashMap::new(),
        }
    }

    /// With another value for a parameter of the template.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: &str) -> Self {
        self.overrides.push((parameter.to_owned(), value.to_owned()));
        self
    }

    /// With the simulator's assistant as its helpdesk.
    #[must_use]
    pub fn with_assistant(self, simulator: &Simulator) -> Self {
        self.with("Helpdesk", "helper")
            .with("HelpdeskUrl", &simulator.helpdesk_url())
            .with("HelpdeskCredentials", fake_assistant::TOKEN)
            .with("HelpdeskWebhookSecret", "an-address-that-nobody-uses")
            .with("HelpdeskSettings", "{}")
    }

    /// With the REST channel, for a company's own site in Blip's place.
    #[must_use]
    pub fn with_rest_channel(self) -> Self {
        self.with("RestChannelToken", customers::TOKEN)
    }

    /// With functions that call AWS at this address, which hands on to the emulator what it is asked.
    #[must_use]
    pub fn with_endpoint(mut self, url: &str) -> Self {
        self.endpoint = Some(url.to_owned());
        self
    }

    /// With the service rules of the demo in force: three teams (`infra/local/service.yaml`). An error when the file that is made of them is no JSON.
    pub fn with_teams(self) -> Result<Self> {
        let rules = serde_json::from_str(include_str!("../../service.json"));
        Ok(self.with_rules(rules.context("infra/local/service.json is no JSON")?))
    }

    /// With these service rules in force from the beginning.
    #[must_use]
    pub fn with_rules(mut self, rules: Value) -> Self {
        self.rules = rules;
        self
    }

    /// Deployed under this name onto the emulator of a stack that is up, and gone with it.
    #[must_use]
    pub fn beside(mut self, emulator: &str, name: &str) -> Self {
        self.beside = Some((emulator.to_owned(), name.to_owned()));
        self
    }

    /// The folder with its process id and its logs.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// Where a company's own site posts. An error when the stack is not up, or has no REST channel.
    pub fn rest_channel(&self) -> Result<Endpoint> {
        endpoint(&self.outputs, "REST_CHANNEL")
    }

    /// A line of `stack.env`: `ENDPOINT`, `TABLE_NAME`, `TO_BLIP_QUEUE_URL`, … Empty when there is none.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// Starts the emulator, deploys, and says where the bridge's endpoints are.
    pub async fn up(&mut self, simulator: &Simulator) -> Result<Bridge> {
        std::fs::create_dir_all(&self.state).context("cannot make the state folder")?;
        let mut command = Command::new(scripts().join("up.sh"));
        command.arg(&self.state).args(self.parameters(simulator)).stdin(Stdio::null());
        // If this process is killed without a word, the stack stops by itself.
        command.env("PONTE_OWNER_PID", std::process::id().to_string());
        if let Some(endpoint) = &self.endpoint {
            command.env("PONTE_ENDPOINT", endpoint);
        }
        let rules = self.state.join("service.json");
        std::fs::write(&rules, self.rules.to_string()).context("cannot write the service rules")?;
        command.env("PONTE_RULES", rules);
        if let Some((emulator, name)) = &self.beside {
            command.env("PONTE_BESIDE", emulator).env("PONTE_STACK", name);
        }
        let child = self.starting.insert(command.spawn().context("cannot run infra/local/up.sh")?);
        let status = child.wait().await?;
        ensure!(status.success(), "the stack did not start (infra/local/up.sh)");
        let file = self.state.join("stack.env");
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        self.outputs = outputs(&text);
        bridge(&self.outputs)
    }

    /// Stops it, at whatever point it is; harmless when nothing runs.
    pub async fn down(&mut self) {
        if let Some(child) = &mut self.starting
            && let (Some(id), Ok(None)) = (child.id(), child.try_wait())
        {
            // up.sh cleans up on this signal, which the library cannot send.
            let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
            let _ = child.wait().await;
        }
        let stopped = Command::new(scripts().join("down.sh")).arg(&self.state).status().await;
        if !stopped.is_ok_and(|status| status.success()) {
            #[allow(clippy::print_stderr)] // for the person who waits: the next run would not start
            {
                eprintln!("! infra/local/down.sh failed; the emulator may still run");
            }
        }
    }

    /// The template's parameters, as `NAME=VALUE`.
    fn parameters(&self, simulator: &Simulator) -> Vec<String> {
        let config = simulator.config();
        let pairs = [
            ("BlipUrl", simulator.blip_url()),
            ("BlipKey", config.blip_key.clone()),
            ("BlipToken", config.blip_token.clone()),
            ("BlipTokenHeader", config.token_header.clone()),
            ("Helpdesk", "webhook".to_owned()),
            ("HelpdeskUrl", simulator.events_url()),
            ("HelpdeskWebhookSecret", config.webhook_secret.clone()),
            ("HelpdeskSettings", r#"{"receipts":true,"typing":true,"availability":true}"#.to_owned()),
            // As somebody answers whom `sam deploy --guided` asks.
            ("BlipRouterKey", "none".to_owned()),
            ("RestChannelToken", "none".to_owned()),
            ("AvailabilityToken", "none".to_owned()),
            // Both fakes are on this machine, where no public address is.
            ("TrustedFileHosts", format!("{},{}", simulator.blip_url(), simulator.helpdesk_url())),
            ("CloseDelaySeconds", CLOSE_DELAY_SECONDS.to_owned()),
            ("WorkerTimeoutSeconds", "10".to_owned()),
        ];
        // Of two values for one parameter, the later counts.
        let overrides = self.overrides.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.iter().map(|(name, value)| format!("{name}={value}")).chain(overrides).collect()
    }
}

/// Reads `stack.env`, lines of NAME=VALUE.
fn outputs(text: &str) -> HashMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn bridge(outputs: &HashMap<String, String>) -> Result<Bridge> {
    let blip_webhook = endpoint(outputs, "BLIP_WEBHOOK")?;
    Ok(Bridge { blip_webhook, helpdesk_callback: endpoint(outputs, "HELPDESK_CALLBACK")? })
}

fn endpoint(outputs: &HashMap<String, String>, name: &str) -> Result<Endpoint> {
    let value = |name: &str| outputs.get(name).cloned().filter(|value| !value.is_empty());
    let url = value(&format!("{name}_URL")).ok_or_else(|| anyhow!("stack.env has no {name}_URL"))?;
    Ok(Endpoint { url, host: value(&format!("{name}_HOST")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoints_are_in_stack_env() {
        let text = "ENDPOINT=http://127.0.0.1:1\nBLIP_WEBHOOK_URL=http://127.0.0.1:1/blip\n\
                    BLIP_WEBHOOK_HOST=x.localhost:1\nHELPDESK_CALLBACK_URL=http://127.0.0.1:1/helpdesk?a=b\n";
        let bridge = bridge(&outputs(text)).unwrap();
        assert_eq!(bridge.blip_webhook.host.as_deref(), Some("x.localhost:1"));
        assert_eq!(bridge.helpdesk_callback.url, "http://127.0.0.1:1/helpdesk?a=b");
        assert!(super::bridge(&HashMap::new()).is_err());
    }
}

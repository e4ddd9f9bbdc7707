//! A real Request Tracker, as its agents use it over REST2, and what stands in its tickets.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ponte::http;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/request-tracker").join(name)
}

/// A transaction of a ticket.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// `Create`, `Correspond`, `Comment`, `Status`, …
    pub kind: String,
    pub creator: String,
    pub text: String,
    /// Name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

#[derive(Clone)]
pub(super) struct Tracker {
    pub url: String,
    /// The token of the bridge's own user.
    pub bridge: String,
    /// That of the agent Ana.
    ana: String,
    state: PathBuf,
    installation: PathBuf,
    http: ponte::http::Client,
}

impl Tracker {
    /// `hook` is where agents' doings are posted, and the secret that they are signed with. `queues` are made beside General.
    pub(super) async fn up(state: &Path, installation: &Path, (hook, secret): (&str, &str), queues: &[&str]) -> Self {
        std::fs::create_dir_all(state).unwrap();
        let mut command = Command::new(script("up.sh"));
        command.arg(state).args(["0", hook, secret]).env("PONTE_REQUEST_TRACKER", installation);
        command.env("PONTE_RT_QUEUES", queues.join(","));
        // If this process is killed without a word, the server stops by itself.
        command.env("PONTE_OWNER_PID", std::process::id().to_string());
        assert!(command.status().await.unwrap().success(), "Request Tracker did not start");
        let env = std::fs::read_to_string(state.join("rt.env")).unwrap();
        let env: HashMap<&str, &str> = env.lines().filter_map(|line| line.split_once('=')).collect();
        Self {
            url: env["URL"].to_owned(),
            bridge: env["BRIDGE_TOKEN"].to_owned(),
            ana: env["ANA_TOKEN"].to_owned(),
            state: state.to_owned(),
            installation: installation.to_owned(),
            http: http::client("").unwrap(),
        }
    }

    pub(super) async fn down(&self) {
        let _ = Command::new(script("down.sh")).arg(&self.state).status().await;
    }

    /// Killed in whatever it does; its tickets stay.
    pub(super) async fn dies(&self) {
        assert!(Command::new(script("down.sh")).arg("--pause").arg(&self.state).status().await.unwrap().success());
    }

    /// Starts again, with its tickets.
    pub(super) async fn returns(&self) {
        let mut command = Command::new(script("up.sh"));
        command.arg(&self.state).env("PONTE_REQUEST_TRACKER", &self.installation);
        assert!(command.status().await.unwrap().success(), "Request Tracker did not start again");
    }

    async fn ask(&self, method: Method, path: &str, query: &[(&str, &str)], body: Option<Value>) -> Value {
        let url = reqwest::Url::parse_with_params(&format!("{}/REST/2.0/{path}", self.url), query).unwrap();
        let request = self.http.request(method, url).header("authorization", format!("token {}", self.ana));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The tickets of the customer with this identity on the channel, oldest first.
    pub(super) async fn tickets(&self, identity: &str) -> Vec<String> {
        let query = format!("'CF.{{BlipIdentity}}' = '{identity}'");
        let found = self.ask(Method::GET, "tickets", &[("query", &query), ("orderby", "id")], None).await;
        let items = found["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    /// A ticket as RT has it.
    pub(super) async fn ticket(&self, ticket: &str) -> Value {
        self.ask(Method::GET, &format!("ticket/{ticket}"), &[], None).await
    }

    /// The name of the queue that a ticket is in.
    pub(super) async fn queue_of(&self, ticket: &Value) -> String {
        let id = ticket["Queue"]["id"].as_str().unwrap();
        self.ask(Method::GET, &format!("queue/{id}"), &[], None).await["Name"].as_str().unwrap().to_owned()
    }

    pub(super) async fn status(&self, ticket: &str) -> String {
        self.ask(Method::GET, &format!("ticket/{ticket}"), &[], None).await["Status"].as_str().unwrap().to_owned()
    }

    /// What stands on a ticket, oldest first.
    pub(super) async fn history(&self, ticket: &str) -> Vec<Entry> {
        let query = format!("ObjectType = 'RT::Ticket' AND ObjectId = {ticket}");
        let query = [("query", query.as_str()), ("fields", "Type,Creator"), ("orderby", "id"), ("per_page", "100")];
        let found = self.ask(Method::GET, "transactions", &query, None).await;
        let mut history = Vec::new();
        for item in found["items"].as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            let creator = item["Creator"]["id"].as_str().or(item["Creator"].as_str()).unwrap_or_default().to_owned();
            let mut entry = Entry {
                kind: item["Type"].as_str().unwrap().to_owned(),
                creator,
                text: String::new(),
                files: Vec::new(),
            };
            if ["Create", "Correspond", "Comment"].contains(&entry.kind.as_str()) {
                self.read(id, &mut entry).await;
            }
            history.push(entry);
        }
        history
    }

    async fn read(&self, transaction: &str, entry: &mut Entry) {
        let path = format!("transaction/{transaction}/attachments");
        let query = [("fields", "ContentType,Filename"), ("per_page", "100")];
        for part in self.ask(Method::GET, &path, &query, None).await["items"].as_array().unwrap() {
            let name = part["Filename"].as_str().unwrap_or_default();
            if part["ContentType"].as_str().unwrap_or_default().starts_with("multipart/") {
                continue;
            }
            let id = part["id"].as_str().unwrap();
            let body = self.ask(Method::GET, &format!("attachment/{id}"), &[], None).await;
            let content: String = body["Content"].as_str().unwrap_or_default().split_whitespace().collect();
            let bytes = STANDARD.decode(content).unwrap();
            if name.is_empty() {
                entry.text.push_str(String::from_utf8(bytes).unwrap().trim_end());
            } else {
                entry.files.push((name.to_owned(), bytes));
            }
        }
    }

    pub(super) async fn replies(&self, ticket: &str, text: &str) {
        self.writes(ticket, "correspond", text, json!([])).await;
    }

    pub(super) async fn notes(&self, ticket: &str, text: &str) {
        self.writes(ticket, "comment", text, json!([])).await;
    }

    pub(super) async fn replies_with_file(&self, ticket: &str, text: &str, name: &str, mime: &str, bytes: &[u8]) {
        let file = json!([{ "FileName": name, "FileType": mime, "FileContent": STANDARD.encode(bytes) }]);
        self.writes(ticket, "correspond", text, file).await;
    }

    async fn writes(&self, ticket: &str, how: &str, text: &str, files: Value) {
        let body = json!({ "Content": text, "ContentType": "text/plain", "Attachments": files });
        self.ask(Method::POST, &format!("ticket/{ticket}/{how}"), &[], Some(body)).await;
    }

    pub(super) async fn takes(&self, ticket: &str) {
        self.ask(Method::PUT, &format!("ticket/{ticket}/take"), &[], Some(json!({}))).await;
    }

    /// A ticket that no customer of ours has. Its number.
    pub(super) async fn creates(&self, queue: &str, subject: &str) -> String {
        let body = json!({ "Queue": queue, "Subject": subject, "Content": subject, "ContentType": "text/plain",
            "Requestor": "outra.pessoa@example.com" });
        self.ask(Method::POST, "ticket", &[], Some(body)).await["id"].as_str().unwrap().to_owned()
    }

    /// Moves a ticket to another queue.
    pub(super) async fn moves(&self, ticket: &str, queue: &str) {
        self.ask(Method::PUT, &format!("ticket/{ticket}"), &[], Some(json!({ "Queue": queue }))).await;
    }

    /// The value of a custom field of a ticket. Empty when it has none.
    pub(super) async fn field(&self, ticket: &str, name: &str) -> String {
        let ticket = self.ticket(ticket).await;
        let fields = ticket["CustomFields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == name);
        field.and_then(|field| field["values"][0].as_str()).unwrap_or_default().to_owned()
    }

    /// The tickets that a ticket refers to.
    pub(super) async fn refers_to(&self, ticket: &str) -> Vec<String> {
        let ticket = self.ticket(ticket).await;
        let links = ticket["_hyperlinks"].as_array().unwrap().iter().filter(|link| link["ref"] == "refers-to");
        links.map(|link| link["id"].as_str().map_or_else(|| link["id"].to_string(), str::to_owned)).collect()
    }

    pub(super) async fn merges(&self, ticket: &str, into: &str) {
        self.ask(Method::PUT, &format!("ticket/{ticket}"), &[], Some(json!({ "MergeInto": into }))).await;
    }

    pub(super) async fn resolves(&self, ticket: &str) {
        self.ask(Method::PUT, &format!("ticket/{ticket}"), &[], Some(json!({ "Status": "resolved" }))).await;
    }
}

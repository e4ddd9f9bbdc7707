//! Plays SQS, DynamoDB and Secrets Manager: answers by operation, and of the table only what it takes for a conversation to be
//! under way.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    expression::{self, Item, Placeholders},
    meter::Meter,
    wire::{Answer, Asked},
};

/// The secrets, by the name in the function's environment.
pub(crate) const HASH_KEY: &str = "b3pX0mVQ2kq7nYt5LwRz8sJd4fGh6aKc1eUi9oPv2xNb0yMT";
pub(crate) const BLIP_TOKEN: &str = "a-token-that-only-blip-knows";
/// `whsec_` and base64 of 32 bytes.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A message that was sent to a queue.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub group: String,
    pub deduplication: String,
    pub body: String,
}

#[derive(Default)]
pub(crate) struct Aws {
    meter: Arc<Meter>,
    table: Mutex<HashMap<String, Item>>,
    sent: Mutex<Option<mpsc::UnboundedSender<Sent>>>,
    /// What the settings secret says, as the template writes it.
    settings: OnceLock<String>,
}

impl Aws {
    pub(crate) fn new(meter: Arc<Meter>) -> Self {
        Self { meter, ..Self::default() }
    }

    /// What the settings secret says from now on. Said once.
    pub(crate) fn say_settings(&self, settings: String) {
        self.settings.get_or_init(|| settings);
    }

    /// What is sent to queues from now on.
    pub(crate) fn listen(&self) -> mpsc::UnboundedReceiver<Sent> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    pub(crate) fn handle(&self, service: &'static str, asked: &Asked) -> Answer {
        let operation = asked.header("x-amz-target").rsplit('.').next().unwrap_or_default().to_owned();
        let (answer, units) = match self.answer(&operation, &asked.body) {
            Ok(answered) => answered,
            Err(error) => {
                // The function's log says no more than the code, so that it must be said here.
                let words = format!("{service}, {operation}: {error:#}");
                eprintln!("bench: {words}");
                (Refusal::answer("ValidationException", &words), 0)
            }
        };
        self.meter.count(service, &operation, asked.body.len(), answer.body.len(), units);
        answer
    }

    fn secret(&self, request: &Value) -> Result<Answer> {
        let name = request.get("SecretId").and_then(Value::as_str).unwrap_or_default();
        let secret = match name {
            "blip" => json!({"key": format!("Key {}", STANDARD.encode("bench:key")), "token": BLIP_TOKEN}).to_string(),
            "helpdesk" => json!({"credentials": "", "webhook_secret": WEBHOOK_SECRET}).to_string(),
            "keys" => json!({ "hash_key": HASH_KEY }).to_string(),
            "settings" => self.settings.get().context("no settings")?.clone(),
            other => anyhow::bail!("there is no secret {other}"),
        };
        Ok(amz(&json!({
            "ARN": name,
            "Name": name,
            "SecretString": secret,
            "VersionId": "5f9b2c1e-0d0c-4b44-8a53-0d7e3f2f9d10",
            "VersionStages": ["AWSCURRENT"],
        })))
    }

    fn answer(&self, operation: &str, body: &Bytes) -> Result<(Answer, u64)> {
        let request: Value = serde_json::from_slice(body)?;
        match operation {
            "SendMessage" => self.send(&request),
            "ChangeMessageVisibilityBatch" => Ok((amz(&json!({"Successful": [], "Failed": []})), 1)),
            "GetSecretValue" => self.secret(&request).map(|answer| (answer, 1)),
            "GetItem" => self.get(&request),
            "PutItem" => self.write(&[("Put", &request)]),
            "UpdateItem" => self.write(&[("Update", &request)]),
            "TransactWriteItems" => {
                let items = request.get("TransactItems").and_then(Value::as_array).context("TransactItems")?;
                let writes = items.iter().filter_map(|item| item.as_object()?.iter().next());
                let writes: Vec<(&str, &Value)> = writes.map(|(kind, write)| (kind.as_str(), write)).collect();
                // A transaction writes twice: prepared, then committed.
                self.write(&writes).map(|(answer, units)| (answer, units * 2))
            }
            _ => anyhow::bail!("this operation is not played"),
        }
    }

    fn send(&self, request: &Value) -> Result<(Answer, u64)> {
        let field = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
        let body = field("MessageBody");
        let digest = Md5::digest(body).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let units = u64::try_from(body.len().div_ceil(64 * 1024).max(1))?;
        let sent = Sent {
            group: field("MessageGroupId").to_owned(),
            deduplication: field("MessageDeduplicationId").to_owned(),
            body: body.to_owned(),
        };
        if let Some(listener) = &*self.sent.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody may be listening any more.
            let _ = listener.send(sent);
        }
        let answer = json!({
            "MD5OfMessageBody": digest,
            "MessageId": "d3f0a5a2-6c70-4b2e-9f0c-7d8a5c1c2b11",
            "SequenceNumber": "18849496460467696128",
        });
        Ok((amz(&answer), units))
    }

    fn get(&self, request: &Value) -> Result<(Answer, u64)> {
        let key = key_of(request.get("Key"))?;
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let item = table.get(key);
        let steps = item.map_or(0, expression::size).div_ceil(4096).max(1);
        let answer = item.map_or_else(|| json!({}), |item| json!({ "Item": item }));
        Ok((amz(&answer), u64::try_from(steps)?))
    }

    /// Writes all of it, or nothing where a condition is not met.
    fn write(&self, writes: &[(&str, &Value)]) -> Result<(Answer, u64)> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let mut written = Vec::new();
        let mut units = 0;
        for (kind, request) in writes {
            let means = Placeholders::of(request);
            let key = key_of(request.get("Key").or(request.get("Item")))?;
            let before = table.get(key);
            let condition = request.get("ConditionExpression").and_then(Value::as_str);
            if !expression::holds(condition, means, before)? {
                let name =
                    if writes.len() > 1 { "TransactionCanceledException" } else { "ConditionalCheckFailedException" };
                return Ok((Refusal::answer(name, "The conditional request failed"), 1));
            }
            let after = if *kind == "Put" {
                request.get("Item").and_then(Value::as_object).cloned().context("Item")?
            } else {
                let mut item = before.cloned().unwrap_or_default();
                item.insert("pk".to_owned(), json!({ "S": key }));
                if let Some(update) = request.get("UpdateExpression").and_then(Value::as_str) {
                    expression::update(update, means, &mut item)?;
                }
                item
            };
            let larger = expression::size(&after).max(before.map_or(0, expression::size));
            units += u64::try_from(larger.div_ceil(1024).max(1))?;
            written.push((key.to_owned(), after));
        }
        table.extend(written);
        Ok((amz(&json!({})), units))
    }
}

struct Refusal;

impl Refusal {
    fn answer(name: &str, words: &str) -> Answer {
        let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": words });
        Answer { status: 400, ..amz(&body) }
    }
}

fn amz(body: &Value) -> Answer {
    Answer {
        status: 200,
        headers: vec![
            ("content-type", "application/x-amz-json-1.0".to_owned()),
            ("x-amzn-requestid", "6a3c1ad3-35a2-4f1e-a6a4-2b6bb3c8f9b1".to_owned()),
        ],
        body: Bytes::from(body.to_string()),
    }
}

fn key_of(key: Option<&Value>) -> Result<&str> {
    key.and_then(|key| key.get("pk")?.get("S")?.as_str()).context("no key")
}

//! Events as Lambda hands them over: of an HTTP API (payload 2.0), and of an SQS queue.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    aws::{BLIP_TOKEN, Sent, WEBHOOK_SECRET},
    server::Opened,
};

/// What everybody says, after the number by which it is recognised on the other side: as long as chats are.
const WORDS: &str = "Bom dia, preciso de ajuda com a minha fatura.\nPode verificar, por favor?";

pub(crate) fn words(number: u64) -> String {
    format!("{number} {WORDS}")
}

/// The number of words that arrived.
pub(crate) fn number_of(text: &str) -> Option<u64> {
    text.split_once(' ')?.0.parse().ok()
}

/// A customer behind a router, on WhatsApp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Customer(pub u64);

impl Customer {
    /// Where he is on his channel.
    pub(crate) fn address(self) -> String {
        format!("55319{:08}@wa.gw.msging.net", self.0)
    }
}

/// `POST /blip`: words.
pub(crate) fn customer_says(customer: Customer, number: u64) -> Bytes {
    customer_sends(customer, number, "text/plain", &words(number).into())
}

/// `POST /blip`: a picture that lies on a host of the channel's.
pub(crate) fn customer_shows(customer: Customer, number: u64, host: &str) -> Bytes {
    let link = json!({ "uri": format!("{host}/pictures/{number}"), "type": "image/jpeg" });
    customer_sends(customer, number, "application/vnd.lime.media-link+json", &link)
}

/// A message, with the metadata that a router adds.
fn customer_sends(customer: Customer, number: u64, media_type: &str, content: &Value) -> Bytes {
    let originator = customer.address();
    let envelope = json!({
        "type": media_type,
        "content": content,
        "id": format!("wamid.HBgMNTUzMTk5OTkwMDAxFQIAEhggQ0IyRUFDNTBDRkVDNTlERkUz{number:016x}"),
        "from": format!("{:08x}-d4de-4fbc-b145-4a800d827067@tunnel.msging.net", customer.0),
        "to": "helpdeskbridge@msging.net",
        "metadata": {
            "#wa.timestamp": "1685114222",
            "uber-trace-id": "7ec67b3af85a5196%3A7ec67b3af85a5196%3A0%3A1",
            "#uniqueId": "09cec734-2bd5-4b9e-aa50-c1257bc1d64c",
            "date_created": "1685114224096",
            "#date_processed": "1685114224130",
            "#tunnel.owner": "examplerouter@msging.net",
            "#tunnel.originator": originator,
            "#tunnel.originalFrom": "examplerouter@msging.net/iris-hosted-2",
            "#tunnel.originalTo": format!("helpdeskbridge%40msging.net@tunnel.msging.net/{}", originator.replace('@', "%40")),
        },
    });
    let token = format!("Key {BLIP_TOKEN}");
    http_event("/blip", &envelope.to_string(), &[("authorization", &token)])
}

/// `POST /helpdesk`: an agent's message, with our mark or without, signed as the in-house contract wants it.
pub(crate) fn agent_says(opened: &Opened, number: u64, marked: bool) -> Result<Bytes> {
    let mut data = json!({
        "ticket": opened.ticket,
        "id": format!("m-{number}"),
        "content": {"type": "text", "text": words(number)},
        "agent": {"id": "7", "name": "Ana Souza"},
    });
    if marked && let Some(data) = data.as_object_mut() {
        data.insert("conversation".to_owned(), json!(opened.conversation));
    }
    let body = json!({"type": "agent.message", "timestamp": "2026-11-20T12:02:00Z", "data": data}).to_string();
    let id = format!("msg_{number}");
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().to_string();
    let key = STANDARD.decode(WEBHOOK_SECRET.trim_start_matches("whsec_"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).context("the key")?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let headers = [("webhook-id", id.as_str()), ("webhook-timestamp", &timestamp), ("webhook-signature", &signature)];
    Ok(http_event("/helpdesk", &body, &headers))
}

fn http_event(path: &str, body: &str, own: &[(&str, &str)]) -> Bytes {
    let mut headers = json!({
        "accept": "*/*",
        "content-length": body.len().to_string(),
        "content-type": "application/json; charset=utf-8",
        "host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
        "user-agent": "Mozilla/5.0",
        "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    });
    if let Some(headers) = headers.as_object_mut() {
        headers.extend(own.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
    }
    let event = json!({
        "version": "2.0",
        "routeKey": format!("POST {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "Mozilla/5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": format!("POST {path}"),
            "stage": "$default",
            "time": "20/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_176_000_000_u64,
        },
        "body": body,
        "isBase64Encoded": false,
    });
    Bytes::from(event.to_string())
}

/// A batch of a FIFO queue. Each record has an id of its own: `first` and on.
pub(crate) fn batch(sent: &[Sent], first: u64) -> Bytes {
    let records = (first..).zip(sent).map(|(number, sent)| {
        json!({
            "messageId": format!("059f36b4-87a3-44ab-83d2-{number:012x}"),
            "receiptHandle": format!("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a{number:032x}"),
            "body": sent.body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1795176000000",
                "SequenceNumber": "18849496460467696128",
                "MessageGroupId": sent.group,
                "SenderId": "AIDAIO23YVJENQZJOL4VO",
                "MessageDeduplicationId": sent.deduplication,
                "ApproximateFirstReceiveTimestamp": "1795176000010",
            },
            "messageAttributes": {},
            "md5OfBody": "7b270e59b47ff90a553787216d55d91d",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:bench.fifo",
            "awsRegion": "us-east-1",
        })
    });
    Bytes::from(json!({ "Records": records.collect::<Vec<_>>() }).to_string())
}

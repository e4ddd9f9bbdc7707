//! What the clients of helpdesks with a JSON API have in common: where it is, what it is asked with, and what an answer means.
//!
//! Each call is made once, and once more with a renewed key when the first was refused; one that has no other effect when it comes twice
//! is sent again when its connection breaks (`http/client.rs`). Every other repetition is the queue's.
//! What differs between helpdesks is a [`Dialect`], and the few lines of each `calls.rs`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{
    Method, RequestBuilder, Response, StatusCode, Url,
    multipart::{Form, Part},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub(super) use super::answer::{harmless, read, read_written};
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::oauth::Key,
    http::{self, Client, OtherSide},
    relay::{Failure, ports::FileBytes},
    settings::SettingsError,
};

/// A call with a file takes at most this long: as long as its copy may.
const FILE_LIMIT: Duration = Duration::from_secs(20);

/// How one helpdesk's API is spoken to.
pub(super) struct Dialect {
    /// Puts the key (`HelpdeskCredentials`, or the token that it gives) and what else every request needs on a request.
    pub(super) sign: fn(RequestBuilder, &str) -> RequestBuilder,
    /// How long a 429 asks to wait, where another header than `Retry-After` says it.
    pub(super) reset: fn(&Response, Timestamp) -> Option<Duration>,
    /// Statuses that are answers here and no failures: the caller reads them.
    pub(super) answers: &'static [StatusCode],
}

/// One helpdesk's API.
#[derive(Clone)]
pub(super) struct Api {
    http: Client,
    base: Url,
    key: Key,
    clock: Arc<dyn Clock>,
    dialect: &'static Dialect,
}

/// One call.
pub(super) struct Call<'a> {
    method: Method,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    headers: &'a [(&'static str, &'a str)],
    body: Body<'a>,
}

enum Body<'a> {
    None,
    Json(Value),
    /// A file as it is, with its type. Read once: such a call is not made again with a renewed key.
    File(Mutex<Option<FileBytes>>),
    /// A form of fields and a file, each with its name.
    Form {
        fields: Vec<Field<'a>>,
        file: (&'a str, Mutex<Option<FileBytes>>),
    },
}

/// A part of a form that is no file.
struct Field<'a> {
    name: &'a str,
    value: String,
    /// What it is, where that is said.
    mime: Option<&'static str>,
}

impl<'a> Call<'a> {
    /// A call of `path` below the base, each segment encoded by itself.
    pub(super) fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self { method, path, query: &[], headers: &[], body: Body::None }
    }

    pub(super) fn query(self, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { query, ..self }
    }

    pub(super) fn headers(self, headers: &'a [(&'static str, &'a str)]) -> Self {
        Self { headers, ..self }
    }

    pub(super) fn json(self, body: &impl Serialize) -> Result<Self, Failure> {
        let body =
            serde_json::to_value(body).map_err(|_| Failure::Broken { why: "the request cannot be encoded as JSON" })?;
        Ok(Self { body: Body::Json(body), ..self })
    }

    /// Whether it has no other effect when it comes twice.
    fn harmless(&self) -> bool {
        self.method == Method::GET || self.headers.iter().any(|(name, _)| *name == "idempotency-key")
    }

    /// The body is a file, read from the store while it is sent.
    pub(super) fn file(self, file: FileBytes) -> Self {
        Self { body: Body::File(Mutex::new(Some(file))), ..self }
    }

    /// The body is a form (`multipart/form-data`) of a JSON part and a file.
    pub(super) fn form(
        self,
        (json, body): (&'a str, &impl Serialize),
        (name, file): (&'a str, FileBytes),
    ) -> Result<Self, Failure> {
        let body =
            serde_json::to_value(body).map_err(|_| Failure::Broken { why: "the request cannot be encoded as JSON" })?;
        let fields = vec![Field { name: json, value: body.to_string(), mime: Some("application/json") }];
        Ok(Self { body: Body::Form { fields, file: (name, Mutex::new(Some(file))) }, ..self })
    }

    /// The body is a form of plain fields and a file.
    pub(super) fn fields(self, fields: &[(&'a str, &str)], (name, file): (&'a str, FileBytes)) -> Self {
        let field = |&(name, value): &(&'a str, &str)| Field { name, value: value.to_owned(), mime: None };
        let fields = fields.iter().map(field).collect();
        Self { body: Body::Form { fields, file: (name, Mutex::new(Some(file))) }, ..self }
    }
}

impl Api {
    /// `url` is the parameter `HelpdeskUrl`, and `below` the path under it that every call begins with.
    pub(super) fn new(
        http: Client,
        url: &str,
        below: &[&str],
        key: impl Into<Key>,
        clock: Arc<dyn Clock>,
        dialect: &'static Dialect,
    ) -> Result<Self, SettingsError> {
        let key = key.into();
        if key.configured().trim().is_empty() {
            return Err(SettingsError::Invalid("HelpdeskCredentials"));
        }
        Self::without_key(http, url, below, key, clock, dialect)
    }

    /// The same where there may be no key.
    pub(super) fn without_key(
        http: Client,
        url: &str,
        below: &[&str],
        key: impl Into<Key>,
        clock: Arc<dyn Clock>,
        dialect: &'static Dialect,
    ) -> Result<Self, SettingsError> {
        let base = Url::parse(url.trim()).ok().filter(|url| url.has_host() && !url.cannot_be_a_base());
        let mut base = base.ok_or(SettingsError::Invalid("HELPDESK_URL"))?;
        if let Ok(mut segments) = base.path_segments_mut() {
            segments.pop_if_empty().extend(below);
        }
        Ok(Self { http, base, key: key.into(), clock, dialect })
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// The configured key: what was learned with another one must be asked anew.
    pub(super) fn key(&self) -> String {
        self.key.configured()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What a GET answers.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, Failure> {
        harmless(async { read(self.send(&Call::new(Method::GET, path).query(query)).await?).await }.await)
    }

    /// The answer to a call: a 2xx, or one of [`Dialect::answers`]; all else is a failure.
    ///
    /// A 404 is a thing that is gone: the address has a path for each.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        let key = self.key.present().await?;
        match self.try_send(&key, call).await {
            Err(Failure::Unauthorized { .. }) if self.key.renew(&key).await? => {
                self.try_send(&self.key.present().await?, call).await
            }
            outcome => outcome,
        }
    }

    async fn try_send(&self, key: &str, call: &Call<'_>) -> Result<Response, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let request = self.http.request(call.method.clone(), url).header("accept", "application/json");
        let mut request = (self.dialect.sign)(request, key.trim());
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        let request = match &call.body {
            Body::None => request,
            Body::Json(body) => request.json(body),
            Body::File(file) => {
                let file = taken(file)?;
                let request =
                    request.timeout(FILE_LIMIT).header("content-type", file.mime).header("content-length", file.size);
                request.body(reqwest::Body::wrap_stream(file.bytes))
            }
            Body::Form { fields, file: (name, file) } => {
                let file = taken(file)?;
                let broken = |_| Failure::Broken { why: "the request cannot be encoded as a form" };
                let mut form = Form::new();
                for Field { name, value, mime } in fields {
                    let part = Part::text(value.clone());
                    let part = if let Some(mime) = mime { part.mime_str(mime).map_err(broken)? } else { part };
                    form = form.part((*name).to_owned(), part);
                }
                let bytes = Part::stream_with_length(reqwest::Body::wrap_stream(file.bytes), file.size);
                let bytes = bytes.file_name(file.name).mime_str(&file.mime).map_err(broken)?;
                request.timeout(FILE_LIMIT).multipart(form.part((*name).to_owned(), bytes))
            }
        };
        let answer =
            if call.harmless() { self.http.send_harmless(request).await } else { self.http.send(request).await };
        let answer = answer?;
        match answer.status() {
            status if self.dialect.answers.contains(&status) => Ok(answer),
            StatusCode::NOT_FOUND => Err(Failure::Gone),
            StatusCode::TOO_MANY_REQUESTS => Err(Failure::Later {
                after: (self.dialect.reset)(&answer, self.now()).or_else(|| http::retry_after(&answer)),
                why: "the helpdesk asks to wait (429)",
            }),
            status => http::check(status, OtherSide::Helpdesk, &answer).map(|()| answer),
        }
    }
}

/// The file of a call, the first time.
fn taken(file: &Mutex<Option<FileBytes>>) -> Result<FileBytes, Failure> {
    let file = file.lock().unwrap_or_else(PoisonError::into_inner).take();
    file.ok_or(Failure::Unauthorized { why: "the helpdesk refuses the key" })
}

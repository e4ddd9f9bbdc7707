//! `ServiceNow`'s Table and Attachment APIs as calls: the login, and what an answer means. Repeats nothing but a call with a renewed
//! login.
//!
//! Its own 404 is JSON with an `error`: a record that is gone, or that the user may not see. Anything else is a wrong address, or an
//! instance that sleeps, and must not end conversations. Limits are per hour: a 429 says with `Retry-After` how long to wait, at times
//! most of one (inbound-REST-API-rate-limiting.md).

use std::sync::Arc;

use reqwest::{Method, Response, StatusCode, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    pages::{Listed, PAGE, Page, Point},
    wire::{self, Answer, Rows},
};
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::{
        api::{Api, Call, Dialect, harmless, read, read_written},
        json::id_of,
    },
    http::Client,
    relay::{Failure, ports::FileBytes},
    secret::Secret,
    settings::SettingsError,
};

/// What of a record is read.
const RECORD: (&str, &str) =
    ("sysparm_fields", "sys_id,correlation_id,correlation_display,state,assigned_to,sys_updated_on");
/// What of the journal is.
const ENTRY: (&str, &str) = ("sysparm_fields", "sys_id,name,element_id,element,value,sys_created_by,sys_created_on");
/// What of a user is.
const USER: (&str, &str) = ("sysparm_fields", "sys_id,user_name,name");

/// `user:password`, or an access token of OAuth.
const DIALECT: Dialect = Dialect {
    sign: |request, key| match key.split_once(':') {
        Some((user, password)) => request.basic_auth(user, Some(password)),
        None => request.bearer_auth(key),
    },
    reset: |_, _| None,
    answers: &[StatusCode::NOT_FOUND],
};

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
    table: String,
}

impl Calls {
    pub(super) fn new(
        http: Client,
        url: &str,
        table: &str,
        key: Secret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        Ok(Self { api: Api::new(http, url, &["api", "now"], key, clock, &DIALECT)?, table: table.to_owned() })
    }

    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.now()
    }

    /// The whole value of the header `Authorization`.
    pub(super) fn authorization(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let key = self.api.key();
        let key = key.trim();
        if key.contains(':') { format!("Basic {}", STANDARD.encode(key)) } else { format!("Bearer {key}") }
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, Failure> {
        harmless(async { read(self.answer(&Call::new(Method::GET, path).query(query)).await?).await }.await)
    }

    async fn answer(&self, call: &Call<'_>) -> Result<Response, Failure> {
        let answer = self.api.send(call).await?;
        if answer.status() != StatusCode::NOT_FOUND {
            return Ok(answer);
        }
        Err(match read::<wire::Refusal>(answer).await {
            Ok(refusal) if !refusal.error.is_null() => Failure::Gone,
            _ => Failure::later("no ServiceNow answers at this address"),
        })
    }

    /// The rows of a table that a query finds. It is the caller who checks that they are.
    async fn rows<T: DeserializeOwned>(
        &self,
        table: &str,
        query: &str,
        fields: (&str, &str),
        most: usize,
    ) -> Result<Vec<T>, Failure> {
        let most = most.to_string();
        let query = [("sysparm_query", query), fields, ("sysparm_limit", most.as_str())];
        Ok(self.get::<Rows<T>>(&["table", table], &query).await?.result)
    }

    /// The record that bears this mark. The oldest, if there are several.
    pub(super) async fn find(&self, mark: &str) -> Result<Option<wire::Record>, Failure> {
        let query = format!("correlation_id={mark}^ORDERBYsys_created_on");
        let found: Vec<wire::Record> = self.rows(&self.table, &query, RECORD, PAGE).await?;
        Ok(found.into_iter().find(|record| record.correlation_id.as_deref() == Some(mark)))
    }

    /// A page of the records that bear a mark which begins so, and were changed at this point or after it.
    pub(super) async fn changed(&self, mark: &str, point: &Point) -> Result<Page<wire::Record>, Failure> {
        let query = point.query(&format!("correlation_idSTARTSWITH{mark}"), "sys_updated_on");
        let found: Vec<wire::Record> = self.rows(&self.table, &query, RECORD, PAGE).await?;
        let ours = |record: &wire::Record| record.correlation_id.as_deref().is_some_and(|id| id.starts_with(mark));
        Ok(Page::of(found, point, ours))
    }

    /// Makes a record. Its id, and with it the `columns` that are read back. `by_name`: references are set by their names
    /// (`c_TableAPI.md`, `sysparm_input_display_value`).
    pub(super) async fn create(
        &self,
        fields: &wire::Fields,
        columns: &[&str],
        by_name: bool,
    ) -> Result<(String, Map<String, Value>), Failure> {
        let path = ["table", &self.table];
        let asked = [&[RECORD.1], columns].concat().join(",");
        let mut query = vec![("sysparm_fields", asked.as_str())];
        query.extend(by_name.then_some(("sysparm_input_display_value", "true")));
        let answer = self.answer(&Call::new(Method::POST, &path).query(&query).json(fields)?).await?;
        let created: Answer<Map<String, Value>> = read_written(answer).await?;
        let id = created.result.get("sys_id").and_then(id_of);
        Ok((id.ok_or(Failure::Unknown { why: "the helpdesk does not name the record" })?, created.result))
    }

    /// These columns of a record.
    pub(super) async fn columns(&self, id: &str, columns: &[&str]) -> Result<Map<String, Value>, Failure> {
        let asked = [&["sys_id"], columns].concat().join(",");
        let query = [("sysparm_fields", asked.as_str())];
        Ok(self.get::<Answer<Map<String, Value>>>(&["table", &self.table, id], &query).await?.result)
    }

    pub(super) async fn record(&self, id: &str) -> Result<wire::Record, Failure> {
        let found: Answer<wire::Record> = self.get(&["table", &self.table, id], &[RECORD]).await?;
        // Something else that answers in ServiceNow's place must not end conversations.
        if found.result.id.as_deref() == Some(id) {
            Ok(found.result)
        } else {
            Err(Failure::later("unexpected response from the helpdesk"))
        }
    }

    pub(super) async fn change(&self, id: &str, fields: &impl Serialize) -> Result<(), Failure> {
        let path = ["table", &self.table, id];
        self.answer(&Call::new(Method::PATCH, &path).query(&[RECORD]).json(fields)?).await.map(drop)
    }

    /// Attaches a file to a record.
    pub(super) async fn attach(&self, id: &str, file: FileBytes) -> Result<(), Failure> {
        let name = file.name.clone();
        let query = [("table_name", self.table.as_str()), ("table_sys_id", id), ("file_name", name.as_str())];
        let path = ["attachment", "file"];
        // An answer that cannot be read leaves nothing open: the file is there.
        self.answer(&Call::new(Method::POST, &path).query(&query).file(file)).await.map(drop)
    }

    /// Journal entries of one record: the newest first.
    pub(super) async fn entries(&self, record: &str, element: &str, most: usize) -> Result<Vec<wire::Entry>, Failure> {
        let query = format!("element_id={record}^element={element}^ORDERBYDESCsys_created_on");
        let found = self.journal(&query, most).await?;
        Ok(found.into_iter().filter(|entry| is_of(entry, &self.table, record, element)).collect())
    }

    /// The work notes of a record that hold this text.
    pub(super) async fn notes_with(&self, record: &str, text: &str) -> Result<bool, Failure> {
        let query = format!("element_id={record}^element=work_notes^valueLIKE{text}");
        let found = self.journal(&query, PAGE).await?;
        let holds = |entry: &wire::Entry| entry.value.as_deref().is_some_and(|value| value.contains(text));
        Ok(found.iter().any(|entry| is_of(entry, &self.table, record, "work_notes") && holds(entry)))
    }

    /// What was written for customers on any of these records since then, the oldest first.
    pub(super) async fn comments_since(&self, records: &[&str], since: &str) -> Result<Vec<wire::Entry>, Failure> {
        let of = format!("element_idIN{}^element=comments", records.join(","));
        let mut listed = Listed::since(since);
        while let Some(query) = listed.query(&of) {
            let found = self.journal(&query, PAGE).await?;
            listed.add(found, |entry| records.iter().any(|record| is_of(entry, &self.table, record, "comments")));
        }
        Ok(listed.rows)
    }

    async fn journal(&self, query: &str, most: usize) -> Result<Vec<wire::Entry>, Failure> {
        self.rows("sys_journal_field", query, ENTRY, most).await
    }

    pub(super) async fn entry(&self, id: &str) -> Result<wire::Entry, Failure> {
        let found: Answer<wire::Entry> = self.get(&["table", "sys_journal_field", id], &[ENTRY]).await?;
        if found.result.id.as_deref() == Some(id) {
            Ok(found.result)
        } else {
            Err(Failure::later("unexpected response from the helpdesk"))
        }
    }

    /// The attachments of these records that are as new as that, the oldest first.
    pub(super) async fn attachments(&self, records: &[&str], since: &str) -> Result<Vec<wire::Attachment>, Failure> {
        let of = format!("table_sys_idIN{}", records.join(","));
        let most = PAGE.to_string();
        let mut listed: Listed<wire::Attachment> = Listed::since(since);
        while let Some(query) = listed.query(&of) {
            let query = [("sysparm_query", query.as_str()), ("sysparm_limit", most.as_str())];
            let found: Rows<wire::Attachment> = self.get(&["attachment"], &query).await?;
            listed.add(found.result, |file| file.record.as_deref().is_some_and(|record| records.contains(&record)));
        }
        Ok(listed.rows)
    }

    pub(super) async fn attachment(&self, id: &str) -> Result<wire::Attachment, Failure> {
        Ok(self.get::<Answer<wire::Attachment>>(&["attachment", id], &[]).await?.result)
    }

    /// The page of a record of this table (`r_NavigatingByURLExamples.md`).
    pub(super) fn page(&self, record: &str) -> String {
        let mut url = self.base().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().pop().pop().push(&format!("{}.do", self.table));
        }
        url.query_pairs_mut().append_pair("sys_id", record);
        url.into()
    }

    /// Where the bytes of an attachment are.
    pub(super) fn file_url(&self, id: &str) -> String {
        let mut url = self.base().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["attachment", id, "file"]);
        }
        url.into()
    }

    /// A user by the name that one logs in with.
    pub(super) async fn user_by_login(&self, login: &str) -> Result<Option<wire::User>, Failure> {
        if login.contains('^') {
            return Ok(None);
        }
        let found: Vec<wire::User> = self.rows("sys_user", &format!("user_name={login}"), USER, 1).await?;
        Ok(found.into_iter().find(|user| user.login.as_deref() == Some(login)))
    }

    pub(super) async fn user(&self, id: &str) -> Result<wire::User, Failure> {
        Ok(self.get::<Answer<wire::User>>(&["table", "sys_user", id], &[USER]).await?.result)
    }
}

/// Whether an entry is of this record and field. A query that was not understood answers with others.
fn is_of(entry: &wire::Entry, table: &str, record: &str, element: &str) -> bool {
    entry.record.as_deref() == Some(record)
        && entry.element.as_deref() == Some(element)
        && entry.name.as_deref().is_none_or(|name| name == table)
}

//! RT's REST2 as calls: the token, the searches, and what an answer means. Repeats nothing but a call with a renewed token.
//!
//! What RT answers otherwise than others do (tried with 5.0.3): a message that may not be posted, or whose ticket is not there,
//! is a 400 in words of the user's language, so the ticket is asked which it was; a status that is not possible is a 200 with
//! an error in words, so the ticket is read afterwards; a 500 with an empty body is an error inside RT, after which nobody
//! knows what was written.

use std::sync::Arc;

use reqwest::{Method, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{mapping, wire};
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::{
        api::{Api, Call, Dialect, read_written},
        route::Entry,
    },
    http::Client,
    relay::{Failure, ports::FileBytes},
    secret::Secret,
    settings::SettingsError,
};

/// The most transactions of one list: RT gives no more than 100 a page.
pub(super) const PAGE: usize = 100;
/// The most pages of queues that are read.
const MAX_PAGES: usize = 10;

/// What is asked of a transaction in a list.
const FIELDS: &str = "Type,Creator,Created,Field,OldValue,NewValue,ObjectId";
/// The transactions that may have something for the customer: [`mapping::tells`] decides.
const MATTERING: &str = "ObjectType = 'RT::Ticket' AND Creator != '__CurrentUser__' AND Creator != 'RT_System' \
    AND (Type = 'Correspond' OR Type = 'Status' OR (Type = 'Set' AND (Field = 'Owner' OR Field = 'Queue')))";

const DIALECT: Dialect = Dialect {
    sign: |request, token| request.header("authorization", format!("token {token}")),
    // RT has no rate limit of its own; whatever stands before it says `Retry-After`.
    reset: |_, _| None,
    answers: &[],
};

/// How a message is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Post {
    /// As words that the customer said.
    Correspond,
    /// For agents only. It does not open a ticket that is closed.
    Comment,
}

impl Post {
    fn path(self) -> &'static str {
        match self {
            Self::Correspond => "correspond",
            Self::Comment => "comment",
        }
    }
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
}

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
}

impl Calls {
    pub(super) fn new(http: Client, url: &str, token: Secret, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        Ok(Self { api: Api::new(http, url, &["REST", "2.0"], token, clock, &DIALECT)? })
    }

    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    pub(super) fn token(&self) -> String {
        self.api.key()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.now()
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, Failure> {
        let answer = self.api.get(path, query).await;
        if answer.as_ref().is_err_and(|failure| *failure == Failure::Gone) { Err(self.gone().await) } else { answer }
    }

    /// What a 404 is: a thing that is gone, if it is RT that says so. A wrong address, or a proxy before an RT that is down, must not
    /// end conversations.
    async fn gone(&self) -> Failure {
        match self.api.get::<wire::About>(&["rt"], &[]).await {
            Ok(wire::About { version: Some(_) }) => Failure::Gone,
            Ok(_) | Err(Failure::Gone) => Failure::later("no Request Tracker answers at this address"),
            Err(failure) => failure,
        }
    }

    /// The ticket that bears this mark. The first, if there are several.
    pub(super) async fn find_ticket(&self, mark: &str) -> Result<Option<String>, Failure> {
        let query = format!("CF.{{{}}} = {}", mapping::TICKET_ID, mapping::quoted(mark));
        let query = [("query", query.as_str()), ("orderby", "id"), ("order", "ASC")];
        let found: wire::List<wire::Ticket> = self.get(&["tickets"], &query).await?;
        Ok(found.items.into_iter().find_map(|ticket| ticket.id))
    }

    /// The names of the queues that the bridge's user may see (`RT::REST2`, "queues/all"; disabled ones are left out).
    pub(super) async fn queues(&self) -> Result<Vec<Entry>, Failure> {
        let (mut all, per_page) = (Vec::new(), PAGE.to_string());
        for page in 1..=MAX_PAGES {
            let page = page.to_string();
            let query = [("fields", "Name"), ("per_page", per_page.as_str()), ("page", page.as_str())];
            let found = self.get::<wire::List<wire::Queue>>(&["queues", "all"], &query).await?.items;
            let last = found.len() < PAGE;
            // A ticket takes the name, and a rule may have the number.
            let entry = |queue: wire::Queue| {
                let name = queue.name?;
                Some(Entry {
                    id: name.clone(),
                    names: std::iter::once(name).chain(queue.id).collect(),
                    ..Entry::default()
                })
            };
            all.extend(found.into_iter().filter_map(entry));
            if last {
                break;
            }
        }
        Ok(all)
    }

    pub(super) async fn create(&self, ticket: &wire::NewTicket) -> Result<String, Failure> {
        let answer = self.api.send(&Call::new(Method::POST, &["ticket"]).json(ticket)?).await?;
        let created: wire::Created = read_written(answer).await?;
        created.id.ok_or(Failure::Unknown { why: "the helpdesk does not name the ticket" })
    }

    pub(super) async fn ticket(&self, ticket: &str) -> Result<wire::Ticket, Failure> {
        let found: wire::Ticket = self.get(&["ticket", ticket], &[]).await?;
        // Something else that answers in RT's place must not end conversations.
        if found.id.is_none() { Err(Failure::later("unexpected response from the helpdesk")) } else { Ok(found) }
    }

    /// Posts a message that bears `message`'s id.
    pub(super) async fn post(&self, ticket: &str, how: Post, message: &wire::Message) -> Result<(), Failure> {
        let path = ["ticket", ticket, how.path()];
        self.posted(ticket, how, Call::new(Method::POST, &path).json(message)?).await
    }

    /// The same with a file.
    pub(super) async fn attach(
        &self,
        ticket: &str,
        how: Post,
        message: &wire::Message,
        file: FileBytes,
    ) -> Result<(), Failure> {
        let path = ["ticket", ticket, how.path()];
        let call = Call::new(Method::POST, &path).form(("JSON", message), ("Attachments", file))?;
        self.posted(ticket, how, call).await
    }

    async fn posted(&self, ticket: &str, how: Post, call: Call<'_>) -> Result<(), Failure> {
        let refused = match self.api.send(&call).await {
            Err(refused @ Failure::Refused { status: 400, .. }) => refused,
            Err(Failure::Gone) => return Err(self.gone().await),
            outcome => {
                let words: Vec<String> = read_written(outcome?).await.unwrap_or_default();
                // Its own words are not translated (`RT::REST2::Resource::Message`). Without the field nothing is found again.
                if words.iter().any(|words| words.starts_with("Unable to load transaction custom field")) {
                    tracing::error!(
                        field = mapping::MESSAGE_ID,
                        "a custom field of transactions is missing in the queue"
                    );
                }
                return Ok(());
            }
        };
        // Gone, if it is not there.
        let found = self.ticket(ticket).await?;
        let may = found.hyperlinks.iter().any(|link| link.reference.as_deref() == Some(how.path()));
        Err(if may {
            refused
        } else {
            Failure::Unauthorized { why: "the helpdesk's user may not write on the ticket" }
        })
    }

    /// Whether a message with this id is on the ticket.
    pub(super) async fn has(&self, ticket: &str, id: &str) -> Result<bool, Failure> {
        let query = format!(
            "ObjectType = 'RT::Ticket' AND ObjectId = {} AND 'CF.{{{}}}' = {}",
            mapping::quoted(ticket),
            mapping::MESSAGE_ID,
            mapping::quoted(id)
        );
        let query = [("query", query.as_str()), ("per_page", "1")];
        let found: wire::List<wire::Transaction> = self.get(&["transactions"], &query).await?;
        Ok(!found.items.is_empty())
    }

    pub(super) async fn set_status(&self, ticket: &str, status: &str) -> Result<(), Failure> {
        self.put(&["ticket", ticket], &json!({ "Status": status })).await
    }

    /// Sets one custom field of a ticket. One that the queue does not have is left out in silence.
    pub(super) async fn set_field(&self, ticket: &str, name: &str, value: &str) -> Result<(), Failure> {
        self.put(&["ticket", ticket], &json!({ "CustomFields": { name: value } })).await
    }

    /// Links the ticket to an earlier one, in place of all that it refers to.
    pub(super) async fn refer(&self, ticket: &str, to: &str) -> Result<(), Failure> {
        self.put(&["ticket", ticket], &json!({ "RefersTo": to })).await
    }

    async fn put(&self, path: &[&str], body: &impl Serialize) -> Result<(), Failure> {
        self.api.send(&Call::new(Method::PUT, path).json(body)?).await.map(drop)
    }

    /// One transaction. RT fails with a 500 at one that is not there; a list without it says so.
    pub(super) async fn transaction(&self, id: &str) -> Result<wire::Transaction, Failure> {
        let found = self.get(&["transaction", id], &[]).await;
        let query = format!("ObjectType = 'RT::Ticket' AND id = {}", mapping::quoted(id));
        if !matches!(found, Err(Failure::Later { .. })) {
            return found;
        }
        match self.list(&query, Order::NewestFirst, 1).await?.pop() {
            None => Err(Failure::Gone),
            // RT 5.0.3 fails with a 500 at each change of the queue (`Transaction.pm`, `Observe` on no serializer). A list has all that matters of it.
            Some(listed) if listed.kind.as_deref() == Some("Set") => Ok(listed),
            Some(_) => found,
        }
    }

    /// The transactions that may matter and fulfil `also`, by their ids.
    pub(super) async fn transactions(
        &self,
        also: &str,
        order: Order,
        most: usize,
    ) -> Result<Vec<wire::Transaction>, Failure> {
        let query = format!("{MATTERING} AND {also}");
        self.list(&query, order, most).await
    }

    /// The newest transactions of all, oldest last.
    pub(super) async fn newest(&self) -> Result<Vec<wire::Transaction>, Failure> {
        self.list("ObjectType = 'RT::Ticket'", Order::NewestFirst, PAGE).await
    }

    async fn list(&self, query: &str, order: Order, most: usize) -> Result<Vec<wire::Transaction>, Failure> {
        let order = match order {
            Order::OldestFirst => "ASC",
            Order::NewestFirst => "DESC",
        };
        let most = most.to_string();
        let query =
            [("query", query), ("fields", FIELDS), ("orderby", "id"), ("order", order), ("per_page", most.as_str())];
        Ok(self.get::<wire::List<wire::Transaction>>(&["transactions"], &query).await?.items)
    }

    /// The parts of a transaction, without their contents.
    pub(super) async fn attachments(&self, transaction: &str) -> Result<Vec<wire::Attachment>, Failure> {
        let query = [("fields", "ContentType,Filename,ContentLength"), ("per_page", "100")];
        let found: wire::List<wire::Attachment> =
            self.get(&["transaction", transaction, "attachments"], &query).await?;
        Ok(found.items)
    }

    pub(super) async fn attachment(&self, id: &str) -> Result<wire::Body, Failure> {
        self.get(&["attachment", id], &[]).await
    }

    /// A user, by name or number.
    pub(super) async fn user(&self, user: &str) -> Result<wire::User, Failure> {
        self.get(&["user", user], &[]).await
    }

    /// The page of a ticket: RT's own, beside its API.
    pub(super) fn page(&self, ticket: &str) -> String {
        let mut url = self.base().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().pop().pop().extend(["Ticket", "Display.html"]);
        }
        url.query_pairs_mut().append_pair("id", ticket);
        url.into()
    }

    /// Where the bytes of an attachment stand, as base64 in JSON.
    pub(super) fn attachment_url(&self, id: &str) -> String {
        let mut url = self.base().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["attachment", id]);
        }
        url.into()
    }
}

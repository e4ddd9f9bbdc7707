//! Chatwoot's application API as calls: the token, and what an answer means. Repeats nothing but a call with a renewed token.
//!
//! Chatwoot's own 404 is JSON: anything else is a wrong address, or a proxy before a Chatwoot that is down, and must not end
//! conversations. A 422 `Too many messages` is its limit of 200 messages a minute in one conversation (`message.rb`), which is
//! no fault of the message. The limit of requests is a 429 with `Retry-After` (`rack_attack.rb`).

use std::{sync::Arc, time::Duration};

use reqwest::{Method, Response, StatusCode, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::wire;
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::{
        api::{Api, Call, Dialect, harmless, read, read_written},
        json::id_of,
        route::Entry,
    },
    http::Client,
    message::ConversationId,
    relay::{Failure, ports::FileBytes},
    secret::Secret,
    settings::SettingsError,
};

/// The custom attribute of a conversation that bears our mark.
pub(super) const MARK: &str = "ponte";
/// After which a minute's messages are over.
const FLOOD: Duration = Duration::from_mins(1);

/// How many messages Chatwoot lists at once; fewer are the first of a conversation (`message_finder.rb`).
pub(super) const PAGE: usize = 20;

const DIALECT: Dialect = Dialect {
    sign: |request, token| request.header("api_access_token", token),
    reset: |_, _| None,
    answers: &[StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY],
};

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
    /// What is not below the account: whose token it is.
    token: Api,
}

impl Calls {
    pub(super) fn new(
        http: Client,
        url: &str,
        account: u64,
        token: Secret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let below = ["api", "v1", "accounts", &account.to_string()];
        let api = Api::new(http.clone(), url, &below, token.clone(), clock.clone(), &DIALECT)?;
        Ok(Self { api, token: Api::new(http, url, &["api", "v1"], token, clock, &DIALECT)? })
    }

    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.now()
    }

    /// The id of the user whose token it is (`GET /api/v1/profile`). `None` for a bot's token, which has no profile.
    pub(super) async fn me(&self) -> Result<Option<String>, Failure> {
        self.token.get::<wire::Me>(&["profile"], &[]).await.map(|me| me.id)
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, Failure> {
        harmless(async { read(self.answer(&Call::new(Method::GET, path).query(query)).await?).await }.await)
    }

    async fn post(&self, path: &[&str], body: &impl Serialize) -> Result<Response, Failure> {
        self.answer(&Call::new(Method::POST, path).json(body)?).await
    }

    async fn answer(&self, call: &Call<'_>) -> Result<Response, Failure> {
        let answer = self.api.send(call).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Err(match read::<Map<_, _>>(answer).await {
                Ok(_) => Failure::Gone,
                Err(_) => Failure::later("no Chatwoot answers at this address"),
            }),
            StatusCode::UNPROCESSABLE_ENTITY => {
                let refusal: wire::Refusal = read(answer).await.unwrap_or_default();
                let words = [refusal.message, refusal.error].into_iter().flatten();
                let flood = words.into_iter().any(|words| words.to_lowercase().contains("too many messages"));
                Err(if flood {
                    Failure::Later { after: Some(FLOOD), why: "the helpdesk takes no more messages this minute" }
                } else {
                    Failure::Refused { why: "the helpdesk refuses the message", status: 422 }
                })
            }
            _ => Ok(answer),
        }
    }

    /// The contact that has this identifier.
    pub(super) async fn find_contact(&self, identifier: &str) -> Result<Option<wire::Contact>, Failure> {
        let found: wire::List<wire::Contact> = self.get(&["contacts", "search"], &[("q", identifier)]).await?;
        // The search looks into names and addresses, too.
        Ok(found.payload.into_iter().find(|contact| contact.identifier.as_deref() == Some(identifier)))
    }

    /// Creates a contact. Its id. `None` when there is one that has this identifier.
    pub(super) async fn create_contact(&self, contact: &wire::NewContact) -> Result<Option<String>, Failure> {
        let created: wire::CreatedContact = match self.post(&["contacts"], contact).await {
            Ok(answer) => read(answer).await?,
            Err(Failure::Refused { .. }) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let places = ["/contact/id", "/0/id", "/id"];
        let id = places.iter().find_map(|place| created.payload.pointer(place).and_then(id_of));
        // A contact that is not named is found by its identifier.
        id.map(Some).ok_or(Failure::later("the helpdesk does not name the contact"))
    }

    /// Deletes a contact with its conversations, which takes an administrator's token (`contact_policy.rb`). Whether it was there.
    pub(super) async fn delete_contact(&self, id: &str) -> Result<bool, Failure> {
        match self.answer(&Call::new(Method::DELETE, &["contacts", id])).await {
            Ok(_) => Ok(true),
            Err(Failure::Gone) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// The last conversations of a contact.
    pub(super) async fn conversations_of(&self, contact: &str) -> Result<Vec<wire::Conversation>, Failure> {
        let found: wire::List<wire::Conversation> = self.get(&["contacts", contact, "conversations"], &[]).await?;
        Ok(found.payload)
    }

    /// Begins a conversation.
    pub(super) async fn begin(&self, conversation: &wire::ConversationBody) -> Result<Begun, Failure> {
        let created: wire::Created = read_written(self.post(&["conversations"], conversation).await?).await?;
        let id = created.id.ok_or(Failure::Unknown { why: "the helpdesk does not name the conversation" })?;
        Ok(Begun { id, meta: created.meta })
    }

    pub(super) async fn conversation(&self, ticket: &str) -> Result<wire::Conversation, Failure> {
        let found: wire::Conversation = self.get(&["conversations", ticket], &[]).await?;
        // Something else that answers in Chatwoot's place must not end conversations.
        if found.id.as_deref() == Some(ticket) {
            Ok(found)
        } else {
            Err(Failure::later("unexpected response from the helpdesk"))
        }
    }

    /// Adds custom attributes to those that a conversation has, with the opening's mark: the call replaces all of them together
    /// (`conversations_controller.rb#custom_attributes`).
    pub(super) async fn add_attributes(
        &self,
        ticket: &str,
        opening: &ConversationId,
        more: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<(), Failure> {
        let found: wire::Attributed = self.get(&["conversations", ticket], &[]).await?;
        if found.id.as_deref() != Some(ticket) {
            return Err(Failure::later("unexpected response from the helpdesk"));
        }
        let mut attributes = found.custom_attributes;
        attributes.extend(more);
        attributes.insert(MARK.to_owned(), opening.as_str().into());
        let body = serde_json::json!({ "custom_attributes": attributes });
        self.post(&["conversations", ticket, "custom_attributes"], &body).await.map(drop)
    }

    /// The 20 messages before the one with this id, oldest first; the last 20 without one.
    pub(super) async fn messages(&self, ticket: &str, before: Option<u64>) -> Result<Vec<wire::Message>, Failure> {
        let before = before.map(|before| before.to_string());
        let query: Vec<(&str, &str)> = before.iter().map(|before| ("before", before.as_str())).collect();
        let found: wire::List<wire::Message> = self.get(&["conversations", ticket, "messages"], &query).await?;
        Ok(found.payload)
    }

    pub(super) async fn say(&self, ticket: &str, post: &wire::Post) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "messages"], post).await.map(drop)
    }

    /// The same with a file.
    pub(super) async fn attach(&self, ticket: &str, post: &wire::Post, file: FileBytes) -> Result<(), Failure> {
        let private = post.private.to_string();
        let fields = [
            ("content", post.content.as_str()),
            ("message_type", post.message_type),
            ("private", private.as_str()),
            ("source_id", post.source_id.as_str()),
        ];
        let path: &[&str] = &["conversations", ticket, "messages"];
        self.answer(&Call::new(Method::POST, path).fields(&fields, ("attachments[]", file))).await.map(drop)
    }

    pub(super) async fn set_status(&self, ticket: &str, status: &str) -> Result<(), Failure> {
        let body = serde_json::json!({ "status": status });
        self.post(&["conversations", ticket, "toggle_status"], &body).await.map(drop)
    }

    pub(super) async fn set_priority(&self, ticket: &str, priority: &str) -> Result<(), Failure> {
        let body = serde_json::json!({ "priority": priority });
        self.post(&["conversations", ticket, "toggle_priority"], &body).await.map(drop)
    }

    pub(super) async fn labels(&self, ticket: &str) -> Result<Vec<String>, Failure> {
        let found: wire::List<String> = self.get(&["conversations", ticket, "labels"], &[]).await?;
        Ok(found.payload)
    }

    /// Replaces the labels.
    pub(super) async fn set_labels(&self, ticket: &str, labels: &[String]) -> Result<(), Failure> {
        let body = serde_json::json!({ "labels": labels });
        self.post(&["conversations", ticket, "labels"], &body).await.map(drop)
    }

    /// All teams: the list has no pages.
    pub(super) async fn teams(&self) -> Result<Vec<Entry>, Failure> {
        let teams: Vec<wire::Named> = self.get(&["teams"], &[]).await?;
        Ok(teams.into_iter().filter_map(entry).collect())
    }

    /// All agents: the list has no pages.
    pub(super) async fn agents(&self) -> Result<Vec<Entry>, Failure> {
        let agents: Vec<wire::Named> = self.get(&["agents"], &[]).await?;
        Ok(agents.into_iter().filter_map(entry).collect())
    }

    /// The agents of a team.
    pub(super) async fn members_of_team(&self, team: &str) -> Result<Vec<wire::Named>, Failure> {
        self.get(&["teams", team, "team_members"], &[]).await
    }

    /// The agents of an inbox.
    pub(super) async fn members_of_inbox(&self, inbox: u64) -> Result<Vec<wire::Named>, Failure> {
        Ok(self.get::<wire::List<wire::Named>>(&["inbox_members", &inbox.to_string()], &[]).await?.payload)
    }

    /// The custom attributes of conversations (`attribute_model` 0).
    pub(super) async fn attributes(&self) -> Result<Vec<Entry>, Failure> {
        let of_conversations = [("attribute_model", "0")];
        let found: Vec<wire::Attribute> = self.get(&["custom_attribute_definitions"], &of_conversations).await?;
        let attribute = |attribute: wire::Attribute| {
            let key = attribute.attribute_key?;
            let options = attribute.attribute_values.into_iter().map(|value| (value.clone(), value)).collect();
            let names = attribute.attribute_display_name.into_iter().collect();
            Some(Entry { id: key, names, kind: attribute.attribute_display_type, options })
        };
        Ok(found.into_iter().filter_map(attribute).collect())
    }

    /// A page of the inbox's conversations of every status, the last active first, 25 at a time. Counted from 1.
    pub(super) async fn active(&self, inbox: u64, page: usize) -> Result<Vec<wire::Conversation>, Failure> {
        let (inbox, page) = (inbox.to_string(), page.to_string());
        let query = [
            ("inbox_id", inbox.as_str()),
            ("status", "all"),
            ("assignee_type", "all"),
            ("sort_by", "last_activity_at_desc"),
            ("page", page.as_str()),
        ];
        Ok(self.get::<wire::Page>(&["conversations"], &query).await?.data.payload)
    }
}

/// A conversation of an opening, which was found or begun.
pub(super) struct Begun {
    pub(super) id: String,
    pub(super) meta: Option<wire::Given>,
}

impl Begun {
    /// Whether the server says that the agent who was asked for does not have it. One of 4.x says whose it is; the specification does not.
    pub(super) fn is_not_given_to(&self, agent: Option<u64>) -> bool {
        agent.zip(self.meta.as_ref()).is_some_and(|(agent, given)| !given.is(agent))
    }
}

fn entry(named: wire::Named) -> Option<Entry> {
    let known_as = [named.name, named.available_name, named.email].into_iter().flatten().collect();
    Some(Entry { id: named.id?, names: known_as, ..Entry::default() })
}

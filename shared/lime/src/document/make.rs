//! Making documents to send.
//!
//! Only what a bridge sends to a customer. Nothing here checks what a channel supports: limits are data of the capabilities.

use serde_json::{Map, Value};

use super::{ChatState, Container, Document, Location, MediaLink, Redirect, Select, SelectOption, Size};

impl Document {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A file behind a link. `media_type` is the file's MIME type, `title` its name, `text` the caption, `size` in bytes.
    pub fn media_link(media_type: &str, uri: &str, title: Option<&str>, text: Option<&str>, size: Option<u64>) -> Self {
        Self::MediaLink(MediaLink {
            uri: uri.to_owned(),
            media_type: Some(media_type.to_owned()),
            title: title.map(str::to_owned),
            text: text.map(str::to_owned),
            size: size.map(Size::from),
            ..MediaLink::default()
        })
    }

    /// Hands the customer over: to a service of the router or another bot, or without an address to the main bot. The destination
    /// receives the context as if the customer had sent it (docs.blip.ai, content-types/redirect, 2023).
    pub fn redirect(address: Option<&str>, context: Option<Container>) -> Self {
        Self::Redirect(Redirect { address: address.map(str::to_owned), context, rest: Map::new() })
    }

    /// Quick replies: buttons that go away once one is pressed. At most 11 (docs.blip.ai, content-types/menu, 2023).
    pub fn select_immediate(text: impl Into<String>, options: &[String]) -> Self {
        let option = |text: &String| SelectOption { text: Some(text.clone()), ..SelectOption::default() };
        Self::Select(Select {
            scope: Some("immediate".to_owned()),
            text: Some(text.into()),
            options: options.iter().map(option).collect(),
            rest: Map::new(),
        })
    }

    /// A place, in degrees.
    pub fn location(latitude: f64, longitude: f64, text: Option<&str>) -> Self {
        Self::Location(Location {
            latitude: Some(Value::from(latitude)),
            longitude: Some(Value::from(longitude)),
            text: text.map(str::to_owned),
            ..Location::default()
        })
    }

    /// `composing`, `paused`, … Send it without an id.
    pub fn chat_state(state: &str) -> Self {
        Self::ChatState(ChatState { state: state.to_owned(), rest: Map::new() })
    }

    /// What is inside containers, sensitive ones too, and replies: what a person really said.
    #[must_use]
    pub fn innermost(self) -> Self {
        let mut document = self;
        for _ in 0..crate::MAX_DEPTH {
            document = match document {
                Self::Container(container) | Self::Sensitive(container) => container.document(),
                Self::Reply(reply) => reply.replied.document(),
                other => return other,
            };
        }
        document
    }

    /// The document inside containers, or this one.
    #[must_use]
    pub fn unwrapped(self) -> Self {
        let mut document = self;
        for _ in 0..crate::MAX_DEPTH {
            match document {
                Self::Container(container) => document = container.document(),
                other => return other,
            }
        }
        document
    }
}

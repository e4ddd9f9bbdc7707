//! What the two sides posted to the bridge, and how each try was answered.

use std::collections::VecDeque;

use serde_json::Value;

use crate::transport::Delivery;

/// How many deliveries are remembered: what one looks at by hand, and nothing of a long test.
const REMEMBERED: usize = 2_000;

/// One try of a delivery. Times in milliseconds since 1970; no status without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Try {
    pub(crate) at: i64,
    pub(crate) took: i64,
    pub(crate) status: Option<u16>,
}

/// A delivery to the bridge.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) number: u64,
    /// The customer's name, or the helpdesk's ticket.
    pub(crate) key: String,
    pub(crate) from_helpdesk: bool,
    /// What it was: Blip's content type or event, or the helpdesk's event.
    pub(crate) kind: String,
    /// The id of the message, as its side names it.
    pub(crate) id: String,
    pub(crate) tries: Vec<Try>,
}

/// The deliveries made last, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    posts: VecDeque<Post>,
    count: u64,
}

impl Posted {
    /// A delivery is about to be tried; gives its number.
    pub(crate) fn begin(&mut self, key: &str, delivery: &Delivery) -> u64 {
        let at = |path: &str| delivery.body.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let kind = at("/event").or_else(|| at("/type")).unwrap_or_default();
        let id = at("/data/id").or_else(|| at("/id")).unwrap_or_default();
        self.count += 1;
        if self.posts.len() == REMEMBERED {
            self.posts.pop_front();
        }
        let (number, from_helpdesk) = (self.count, delivery.webhook_id.is_some());
        let key = key.to_owned();
        self.posts.push_back(Post { number, key, from_helpdesk, kind, id, tries: Vec::new() });
        number
    }

    /// The delivery with this number was tried.
    pub(crate) fn tried(&mut self, number: u64, one: Try) {
        if let Some(post) = self.posts.iter_mut().find(|post| post.number == number) {
            post.tries.push(one);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter()
    }
}

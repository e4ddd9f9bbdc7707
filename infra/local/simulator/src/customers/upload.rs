//! Customers' files on their way into Blip's media store, and the documents that bring them.

use serde_json::{Value, json};

use crate::ledger::Digest;
use crate::message::Content;
use crate::state::World;

/// Where Blip keeps a customer's file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MediaPlace {
    /// Behind a signed link.
    Signed,
    /// Behind the bot's key (`authorizationRealm`).
    Guarded,
}

/// A file and the words that go with it.
#[derive(Debug)]
pub(crate) struct Upload<'a> {
    pub(crate) place: MediaPlace,
    pub(crate) name: Option<&'a str>,
    pub(crate) mime: &'a str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) caption: Option<&'a str>,
}

impl Upload<'_> {
    /// Puts the file into the store. Gives the `content` of the media-link, and what the agent should see of it.
    pub(crate) fn store(self, world: &World) -> (Value, Content) {
        let Self { place, name, mime, bytes, caption } = self;
        world.write(|state| {
            let digest = Digest::of(&bytes);
            let id = state.media.put(mime, bytes.into());
            let (url, realm) = match place {
                MediaPlace::Signed => (state.media.sign(&id), None),
                MediaPlace::Guarded => (format!("{}/media/download/{id}", state.media.base), Some("blip")),
            };
            let content = Content::hosted_file(url.clone(), name, mime, digest.size, caption);
            state.ledger.upload(&url, digest);
            let (_, mut value) = content.to_blip();
            if let (Some(realm), Some(fields)) = (realm, value.as_object_mut()) {
                fields.insert("authorizationRealm".to_owned(), json!(realm));
            }
            (value, content)
        })
    }
}

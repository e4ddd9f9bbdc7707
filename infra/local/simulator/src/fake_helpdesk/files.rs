//! The files that agents send: the helpdesk hosts them, open to everybody, as the contract wants it.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use axum::Router;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::handle::Helpdesk;
use crate::file_requests::{StoreOf, record_request};
use crate::ledger::{Digest, Label};
use crate::message::Content;
use crate::state::{StoredFile, World, encode};
use crate::transport::{ConnectionSwitch, FileRequest};

/// How a file without a name is called in its URL.
const NAMELESS: &str = "file";

impl Helpdesk {
    /// The agent sends a file, which is at `/files/{id}/{name}` of the helpdesk. Fails for a ticket that it does not have.
    pub fn says_file<'a>(
        &self,
        ticket: &str,
        name: impl Into<Option<&'a str>>,
        mime: &str,
        bytes: impl Into<Vec<u8>>,
        caption: impl Into<Option<&'a str>>,
    ) -> Result<Label> {
        self.conversation(ticket).ok_or_else(|| anyhow!("there is no ticket {ticket}"))?;
        let (name, caption, bytes) = (name.into(), caption.into(), bytes.into());
        let content = self.world.write(|state| {
            let digest = Digest::of(&bytes);
            let id = state.attachments.put(mime, bytes.into());
            let url = format!("{}/files/{id}/{}", state.attachments.base, encode(name.unwrap_or(NAMELESS)));
            let content = Content::hosted_file(url.clone(), name, mime, digest.size, caption);
            state.ledger.upload(&url, digest);
            content
        });
        self.says(ticket, content)
    }

    /// Every request of the bridge to the helpdesk's files, in order.
    pub fn fetches(&self) -> Vec<FileRequest> {
        self.world.read(|state| state.attachments.fetches.clone())
    }

    /// All files so far are gone: 404.
    pub fn lose_files(&self) {
        self.world.write(|state| state.attachments.lose_files());
    }
}

pub(super) fn routes(world: Arc<World>) -> Router {
    let store: StoreOf = |state| &mut state.attachments;
    Router::new()
        .route("/files/{id}/{name}", get(give))
        .layer(from_fn_with_state((world.clone(), store), record_request))
        .with_state(world)
}

async fn give(
    Shared(world): Shared<Arc<World>>,
    ConnectInfo(connection): ConnectInfo<ConnectionSwitch>,
    Path((id, _)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let effect = || {
        let file = world.read(|state| state.attachments.get(&id).cloned());
        file.map_or_else(|| StatusCode::NOT_FOUND.into_response(), StoredFile::into_response)
    };
    world.helpdesk_faults.answer(uri.path(), &connection, effect).await
}

//! Records who fetches which file, and with which header.

use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::{FileStore, State, World};
use crate::transport::{FileRequest, OWN_HEADER};

/// Which of the two file stores.
pub(crate) type StoreOf = fn(&mut State) -> &mut FileStore;

/// A layer over the routes of a store: records each request before it is answered, since a client may not wait for it.
pub(crate) async fn record_request(
    Shared((world, store)): Shared<(Arc<World>, StoreOf)>,
    request: Request,
    next: Next,
) -> Response {
    if !request.headers().contains_key(OWN_HEADER) {
        let key = &world.config.blip_key;
        let fetch = FileRequest::of(request.method().as_str(), request.uri(), request.headers(), key);
        world.write(|state| store(state).fetches.push(fetch));
    }
    next.run(request).await
}

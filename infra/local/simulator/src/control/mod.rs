//! The control endpoints of `make local`, on the helpdesk's port: play customers and agents, and stop, slow or break a side.

mod actors;
mod faults;

use std::sync::Arc;

use axum::Router;

use crate::state::World;

pub(crate) fn routes(world: Arc<World>) -> Router {
    actors::routes(world.clone()).merge(faults::routes(world))
}

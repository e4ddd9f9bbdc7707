//! Whether somebody is online, for a bot that asks before the hand-over.

use std::sync::Arc;

use ponte::relay::{Failure, ports::Staffing};

use super::{Fake, Server, behaviours::must};

pub(super) const TOLD: &str = "whether somebody of a queue is online is told";
pub(super) const UNKNOWN: &str = "nobody is told to be away where the helpdesk does not know";

/// A queue that no helpdesk has.
const NOWHERE: &str = "Marte";

fn port(fake: &Fake, server: &Server) -> Result<Arc<dyn Staffing>, String> {
    fake.staffing(server).ok_or_else(|| "it has no port".to_owned())
}

pub(super) async fn told(fake: &Fake) -> Result<(), String> {
    let server = Server::start(fake.answer).await;
    for online in [true, false] {
        server.desk(|desk| desk.online = online);
        let port = port(fake, &server)?;
        let of_queue = port.is_staffed(Some(fake.route.queue)).await;
        must(of_queue == Ok(Some(online)), (online, of_queue))?;
    }
    // A conversation without a queue is for all, one of whom is always there.
    let of_all = port(fake, &server)?.is_staffed(None).await;
    must(of_all == Ok(Some(true)), of_all)
}

pub(super) async fn unknown(fake: &Fake) -> Result<(), String> {
    let server = Server::start(fake.answer).await;
    let nowhere = port(fake, &server)?.is_staffed(Some(NOWHERE)).await;
    must(nowhere == Ok(None), nowhere)?;
    for status in [401, 403, 500, 503] {
        server.desk(|desk| desk.next = Some((status, ("x-nothing", ""))));
        let port = port(fake, &server)?;
        for queue in [Some(fake.route.queue), None] {
            let refused = port.is_staffed(queue).await;
            must(matches!(refused, Ok(None) | Err(_)), (status, queue, refused))?;
        }
    }
    // What another program answers in its place.
    server.desk(|desk| desk.next = Some((200, ("x-nothing", ""))));
    let other = port(fake, &server)?.is_staffed(None).await;
    must(matches!(other, Ok(None) | Err(Failure::Later { .. } | Failure::Unknown { .. })), other)
}

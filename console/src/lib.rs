//! The console: what a supervisor and an operator look at, and what they do, as pages that the server draws.
//!
//! One router, served twice: by the tool on loopback ([`serve`]), and by the function `console` behind an authorizer ([`behind_authorizer`]). Who it is comes
//! from the host; what they may do is one table ([`access::TABLE`]); what is done is `operations`, which writes the audit log.
//!
//! Invariant: no page has a word of a customer, and none has a name or an address but that which a reader with the role privacy asked for.

pub mod access;
mod assets;
mod authorizer;
mod chart;
mod confirm;
mod fault;
mod guard;
mod kept;
mod language;
mod loopback;
mod masked;
mod operator;
mod page;
mod screens;

use std::{sync::Arc, time::Duration};

use axum::Router;
use operations::{Stack, conversations::Open, metrics::Messages, status::Side};
use ponte::hash::HashKey;

pub use authorizer::{Claims, Issued, behind_authorizer};
pub use language::Language;
pub use loopback::{Loopback, serve};
pub use operator::Operator;

use kept::Kept;

/// The most conversations that are read for numbers and filters. Beyond it the pages say so.
pub const MAX_OPEN: usize = 2_000;

/// What all requests share.
#[derive(Debug, Clone)]
pub struct Console {
    stack: Arc<Stack>,
    /// What forms are signed with.
    key: Arc<HashKey>,
    open: Arc<Kept<Open>>,
    sides: Arc<Kept<Vec<Side>>>,
    messages: Arc<Kept<Vec<Messages>>>,
}

impl Console {
    /// The console of a stack. `key` signs forms: the same for all processes that serve the same readers.
    pub fn new(stack: Stack, key: HashKey) -> Self {
        Self {
            stack: Arc::new(stack),
            key: Arc::new(key),
            open: Arc::new(Kept::new(Duration::from_secs(3))),
            sides: Arc::new(Kept::new(Duration::from_secs(30))),
            messages: Arc::new(Kept::new(Duration::from_mins(1))),
        }
    }

    /// The stack, for a change by this operator.
    fn acting(&self, operator: &Operator) -> Stack {
        self.stack.acting(&operator.who)
    }

    /// What has not ended, as it was some moments ago.
    async fn open(&self) -> Result<Arc<Open>, fault::Fault> {
        let read = async { operations::conversations::open(&self.stack, None, MAX_OPEN).await };
        Ok(self.open.get(read).await?)
    }
}

/// The screens behind the guard. A host has put an [`Operator`] into the request's extensions, or the request is refused.
fn screens(console: Console) -> Router {
    let guarded = axum::middleware::from_fn_with_state(console.clone(), guard::guard);
    screens::routes()
        .with_state(console)
        .layer(guarded)
        .merge(assets::routes())
        .layer(axum::middleware::map_response(guard::headers))
}

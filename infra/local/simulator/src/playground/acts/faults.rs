//! The switches of faults. Whether one is on is what the sides themselves say, so that the control endpoints and the page agree.

use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use axum::extract::{Multipart, Path, Query, State as Shared};
use axum::http::HeaderMap;
use axum::response::Response;

use super::form::{Form, answer};
use crate::playground::selection::Selection;
use crate::playground::words::Words;
use crate::state::World;
use crate::transport::{FaultAction, FaultPlan};

/// Slow, and not so slow that the bridge gives up.
const SLOW: Duration = Duration::from_secs(3);

enum Fault {
    Helpdesk(FaultAction),
    Blip(FaultAction),
    /// Both sides post everything twice.
    Repeats,
}

/// A fault that is switched by hand.
pub(in crate::playground) struct Switch {
    pub(in crate::playground) name: &'static str,
    pub(in crate::playground) label: fn(&Words) -> &'static str,
    fault: Fault,
}

/// All of them, as they stand on the page.
pub(in crate::playground) const SWITCHES: [Switch; 5] = [
    Switch { name: "helpdesk-down", label: |words| words.helpdesk_down, fault: Fault::Helpdesk(FaultAction::Down) },
    Switch {
        name: "helpdesk-slow",
        label: |words| words.helpdesk_slow,
        fault: Fault::Helpdesk(FaultAction::Delay(SLOW)),
    },
    Switch {
        name: "helpdesk-limits",
        label: |words| words.helpdesk_limits,
        fault: Fault::Helpdesk(FaultAction::Status { code: 429, retry_after: Some(5) }),
    },
    Switch {
        name: "blip-fails",
        label: |words| words.blip_fails,
        fault: Fault::Blip(FaultAction::Status { code: 503, retry_after: None }),
    },
    Switch { name: "repeats", label: |words| words.repeats, fault: Fault::Repeats },
];

impl Switch {
    pub(in crate::playground) fn is_on(&self, world: &World) -> bool {
        match self.plan(world) {
            Some((plan, action)) => plan.is_on(action),
            None => world.queues.repeat() > 0,
        }
    }

    fn set(&self, world: &World, on: bool) {
        match self.plan(world) {
            Some((plan, action)) => plan.switch(action, on),
            None => world.queues.set_repeat(if on { 100 } else { 0 }),
        }
        // Who looks at the page is told.
        world.write(|_| ());
    }

    fn plan<'a>(&self, world: &'a World) -> Option<(&'a FaultPlan, FaultAction)> {
        match self.fault {
            Fault::Helpdesk(action) => Some((&world.helpdesk_faults, action)),
            Fault::Blip(action) => Some((&world.blip_faults, action)),
            Fault::Repeats => None,
        }
    }
}

/// `POST /fault/{name}` with `on`.
pub(in crate::playground) async fn fault(
    Shared(world): Shared<Arc<World>>,
    Path(name): Path<String>,
    Query(selection): Query<Selection>,
    headers: HeaderMap,
    body: Multipart,
) -> Response {
    let done = Form::read(body).await.and_then(|form| {
        let switch = SWITCHES.iter().find(|switch| switch.name == name);
        switch.ok_or_else(|| anyhow!("there is no fault {name}"))?.set(&world, form.text("on") == Some("true"));
        Ok(selection)
    });
    answer(&headers, done)
}

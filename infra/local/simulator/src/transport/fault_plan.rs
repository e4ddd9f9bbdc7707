//! Faults that a test sets on one side at run time: refusing answers, slow answers, cut connections.
//!
//! A fault names the requests it meets by a piece of text: each request is described in one line (path, document or event
//! type, address or ticket), and a fault whose `on` occurs in it applies. An empty `on` meets every request.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use super::connection::ConnectionSwitch;
use crate::clock;

/// How many answers are remembered: what one looks at by hand, and nothing of a long test.
const REMEMBERED: usize = 2_000;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultAction {
    /// Answer with this status, without any effect; `retry_after` in seconds.
    Status { code: u16, retry_after: Option<u32> },
    /// Take the request, then answer with this status all the same.
    StatusAfterEffect { code: u16 },
    /// Take the request, and answer this much later.
    Delay(Duration),
    /// Take the request, then end the connection without an answer.
    Cut,
    /// End the connection without an answer, and take nothing.
    Down,
}

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultLimit {
    /// This many requests.
    Times(u32),
    /// This long from now.
    For(Duration),
}

#[derive(Debug)]
struct Fault {
    on: String,
    action: FaultAction,
    left: Option<u32>,
    until: Option<Instant>,
}

impl Fault {
    /// Whether it is this one, for every request and without an end.
    fn is(&self, action: FaultAction) -> bool {
        self.action == action && self.on.is_empty() && self.left.is_none() && self.until.is_none()
    }
}

/// A request as it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    /// When it came, and how long the answer took, in milliseconds.
    pub(crate) at: i64,
    pub(crate) took: i64,
    pub(crate) line: String,
    /// None where the connection was ended without an answer.
    pub(crate) status: Option<u16>,
    pub(crate) fault: Option<FaultAction>,
}

/// The faults planned for one side, and what it answered last.
#[derive(Debug, Default)]
pub struct FaultPlan {
    faults: Mutex<Vec<Fault>>,
    answered: Mutex<VecDeque<Answered>>,
}

impl FaultPlan {
    /// Adds a fault for requests whose line contains `on`. The oldest fault that applies wins.
    pub fn add(&self, on: &str, action: FaultAction, limit: FaultLimit) {
        let (left, until) = match limit {
            FaultLimit::Times(times) => (Some(times), None),
            FaultLimit::For(time) => (None, Some(Instant::now() + time)),
        };
        self.list().push(Fault { on: on.to_owned(), action, left, until });
    }

    /// Takes all faults away.
    pub fn clear(&self) {
        self.list().clear();
    }

    /// Sets a fault for every request until it is taken away, beside those there are. Nothing is added twice.
    pub(crate) fn switch(&self, action: FaultAction, on: bool) {
        let mut list = self.list();
        list.retain(|fault| !fault.is(action));
        if on {
            list.push(Fault { on: String::new(), action, left: None, until: None });
        }
    }

    /// Whether [`Self::switch`] has set this fault.
    pub(crate) fn is_on(&self, action: FaultAction) -> bool {
        self.list().iter().any(|fault| fault.is(action))
    }

    /// What was answered last, oldest first.
    pub(crate) fn answered(&self) -> Vec<Answered> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn remember(&self, answered: Answered) {
        let mut list = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() == REMEMBERED {
            list.pop_front();
        }
        list.push_back(answered);
    }

    fn next(&self, line: &str) -> Option<FaultAction> {
        let mut list = self.list();
        list.retain(|fault| fault.left != Some(0) && fault.until.is_none_or(|until| Instant::now() < until));
        let fault = list.iter_mut().find(|fault| line.contains(&fault.on))?;
        fault.left = fault.left.map(|left| left - 1);
        Some(fault.action)
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request with `effect`, or as the next fault for it says.
    pub(crate) async fn answer(
        &self,
        line: &str,
        connection: &ConnectionSwitch,
        effect: impl FnOnce() -> Response,
    ) -> Response {
        let (at, fault) = (clock::now_ms(), self.next(line));
        let response = respond(fault, connection, effect).await;
        let ended = matches!(fault, Some(FaultAction::Down | FaultAction::Cut));
        let status = (!ended).then(|| response.status().as_u16());
        let took = clock::now_ms() - at;
        self.remember(Answered { at, took, line: line.to_owned(), status, fault });
        response
    }
}

async fn respond(
    fault: Option<FaultAction>,
    connection: &ConnectionSwitch,
    effect: impl FnOnce() -> Response,
) -> Response {
    match fault {
        None => effect(),
        Some(FaultAction::Status { code, retry_after }) => {
            let mut response = status(code);
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
        Some(FaultAction::StatusAfterEffect { code }) => {
            effect();
            status(code)
        }
        Some(FaultAction::Delay(time)) => {
            let response = effect();
            tokio::time::sleep(time).await;
            response
        }
        Some(FaultAction::Down) => {
            connection.cut();
            status(503)
        }
        Some(FaultAction::Cut) => {
            effect();
            connection.cut();
            status(503)
        }
    }
}

fn status(code: u16) -> Response {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

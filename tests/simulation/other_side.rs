//! A call of Blip or the helpdesk: it may be refused, slow, unanswered, or have its effect when nobody waits for it any more.
//!
//! The effect is a task of its own: a request that was sent goes on when its caller is stopped.

use std::{sync::Arc, time::Duration};

use ponte::relay::Failure;
use tokio::sync::oneshot;

use super::{fault_plan::Side, world::World};

/// The stated exception: the effect came after its caller had given up.
pub(crate) const UNDER_WAY: &str = "the request was still under way";

/// A side that broke a connection has done what it was asked by then, or never does. Shorter than the wait before the
/// repetition (`RESET_WAIT`).
const LATE_EFFECT: u64 = 3500;

/// Whose call has an effect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By {
    /// Why a repetition by this caller cannot be helped.
    pub excuse: Option<&'static str>,
    /// The call, in the ledger's `calls`.
    pub call: usize,
}

/// What becomes of a call: when it has its effect, and what its caller learns, and when.
struct Fate {
    effect: Option<u64>,
    answer: Option<(u64, Option<Failure>)>,
}

impl Fate {
    fn fails(world: &World, failure: Failure) -> Self {
        Self { effect: None, answer: Some((world.between(5, 200), Some(failure))) }
    }

    fn of(world: &World, side: Side, limit: u64, who: impl FnOnce() -> String) -> Self {
        if !world.calm() && world.plan.away(side, world.now()) {
            world.strike("outage", who);
            return match world.between(0, 5) {
                0 => Self { effect: None, answer: None },
                // A key that has expired, or was changed, parks nothing.
                5 => Self::fails(world, Failure::Unauthorized { why: "401" }),
                1 | 2 => Self::fails(world, Failure::later("no connection")),
                _ => Self::fails(world, Failure::Later { after: None, why: "503" }),
            };
        }
        let (least, most) = world.plan.pace;
        let quick = world.between(least, most);
        if !world.fault(world.plan.calls_fail) {
            return Self { effect: Some(quick / 2), answer: Some((quick, None)) };
        }
        let broken = || Some(Failure::Unknown { why: "500" });
        let reset = || Some(Failure::Reset { why: "the connection broke" });
        match world.between(0, 10) {
            0 => {
                world.strike("429", who);
                let seconds = if side == Side::Blip { 120 } else { world.between(1, 30) };
                Self::fails(world, Failure::Later { after: Some(Duration::from_secs(seconds)), why: "429" })
            }
            1 => {
                world.strike("503", who);
                Self::fails(world, Failure::later("503"))
            }
            2 => {
                world.strike("500 without an effect", who);
                Self::fails(world, Failure::Unknown { why: "500" })
            }
            3 => {
                world.strike("500 after the effect", who);
                Self { effect: Some(quick / 2), answer: Some((quick, broken())) }
            }
            4 => {
                world.strike("time-out without an effect", who);
                Self { effect: None, answer: None }
            }
            5 | 6 => {
                world.strike("time-out after the effect", who);
                Self { effect: Some(world.between(1, limit - 1)), answer: None }
            }
            7 if world.chance(300) => {
                world.strike("time-out, and the effect later", who);
                Self { effect: Some(world.between(limit + 1, limit + 45_000)), answer: None }
            }
            8 => {
                world.strike("connection broken without an effect", who);
                Self { effect: None, answer: Some((quick, reset())) }
            }
            9 => {
                world.strike("connection broken after the effect, or before", who);
                Self { effect: Some(world.between(1, quick + LATE_EFFECT)), answer: Some((quick, reset())) }
            }
            _ => {
                world.strike("slow answer", who);
                let answer = world.between(limit / 4, limit - 1);
                Self { effect: Some(world.between(1, answer)), answer: Some((answer, None)) }
            }
        }
    }
}

/// Calls `side`, for at most `limit` milliseconds.
pub(crate) async fn call<T: Send + 'static>(
    world: &Arc<World>,
    side: Side,
    limit: u64,
    by: By,
    who: impl FnOnce() -> String,
    effect: impl FnOnce(&Arc<World>, By) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let Fate { effect: at, answer } = Fate::of(world, side, limit, who);
    let (tell, told) = oneshot::channel();
    if let Some(at) = at {
        let there = world.clone();
        let by = By { excuse: by.excuse.or((at > limit).then_some(UNDER_WAY)), ..by };
        world.spawn(async move {
            tokio::time::sleep(Duration::from_millis(at)).await;
            let _ = tell.send(effect(&there, by));
        });
    }
    let sleep = |time| tokio::time::sleep(Duration::from_millis(time));
    match answer {
        None => {
            sleep(limit).await;
            Err(Failure::Unknown { why: "no answer in time" })
        }
        Some((time, Some(failure))) => {
            sleep(time).await;
            Err(failure)
        }
        Some((time, None)) => {
            sleep(time).await;
            told.await.unwrap_or(Err(Failure::later("no connection")))
        }
    }
}

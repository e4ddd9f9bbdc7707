//! Bugs of the worker: a message that makes it panic until a later deployment mends it, or that takes the whole function
//! down with it, as running out of memory would.

use super::{
    invocation::Invocation,
    ledger::{Kind, Ledger, Said, Speaker},
    world::World,
};

/// What a message does to the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    /// It panics before the message has its effect.
    Before,
    /// It panics once the message had it.
    After,
    /// The function dies, and nobody is left to park anything.
    Kills,
}

/// What is thrown. It says nothing: these panics are meant to be.
struct Thrown;

/// What is about to have its effect.
pub(crate) enum Effect<'a> {
    Words(&'a str),
    /// Blip's ticket is taken.
    Taken(&'a str),
    /// The close of this ticket is handed on.
    HandedOn(usize),
}

impl Bug {
    /// Draws whether new words have one.
    pub(crate) fn any(world: &World) -> Option<Self> {
        if !world.chance(world.plan.bugs) {
            return None;
        }
        if world.plan.killer && world.ledger().said.iter().all(|said| said.bug != Some(Self::Kills)) {
            return Some(Self::Kills);
        }
        Some(if world.chance(500) { Self::Before } else { Self::After })
    }
}

fn find<'a>(ledger: &'a Ledger, effect: &Effect<'_>) -> Option<&'a Said> {
    match effect {
        Effect::Words(text) => ledger.of_text(text),
        Effect::Taken(ticket) => {
            let chat = ledger.chats.iter().position(|chat| chat.desk.as_deref() == Some(ticket))?;
            ledger.said.iter().find(|said| said.by == Speaker::Customer(chat) && said.kind == Kind::Waiting)
        }
        Effect::HandedOn(ticket) => {
            ledger.said.iter().find(|said| said.by == Speaker::Agent(*ticket) && said.kind == Kind::Close)
        }
    }
}

/// The bug that is there now.
fn present(world: &World, effect: &Effect<'_>) -> Option<Bug> {
    let ledger = world.ledger();
    let said = find(&ledger, effect)?;
    let bug = said.bug?;
    let there = match bug {
        // Somebody sees it among the parked ones, and mends it.
        Bug::Kills => !world.queues.were_parked(said.number),
        Bug::Before | Bug::After => world.now() < world.plan.mended,
    };
    there.then_some(bug)
}

impl Invocation {
    /// Makes a call that a bug may come before or after. `resume_unwind` panics past the hook, which would print it.
    pub(crate) async fn with_bugs<T, E>(
        &self,
        effect: &Effect<'_>,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match present(&self.world, effect) {
            None => return call.await,
            Some(Bug::Kills) => {
                self.world.strike("a message kills the function", || self.who());
                self.die().await;
            }
            Some(Bug::Before) => self.world.strike("the worker panics before an effect", || self.who()),
            Some(Bug::After) => {
                call.await?;
                self.world.strike("the worker panics after an effect", || self.who());
            }
        }
        std::panic::resume_unwind(Box::new(Thrown))
    }
}

//! A part of a message, and the parts of a message made ready.

use super::{Failure, ports::FileProblem, run::Run};
use crate::{
    clock::Timestamp,
    conversation::{Position, RecentId},
    message::Content,
};

/// A part of a message as it is delivered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// Where it stands in its message: the same in every try, whatever became of the files in between.
    pub position: Position,
    /// What the other side gets; `None` when a file is lost and nothing else was with it.
    pub content: Option<Content>,
    /// Why a file of it is lost: its sender is told.
    pub problem: Option<FileProblem>,
}

/// How far a message is once its part `at` is done.
pub(super) fn through(parts: &[Part], at: usize) -> u32 {
    let Some(part) = parts.get(at) else { return 0 };
    let goes_on = parts.get(at + 1).is_some_and(|next| next.position.content == part.position.content);
    if goes_on { part.position.order() } else { part.position.complete() }
}

/// Why the parts of a message are not ready.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NotReady {
    pub failure: Failure,
    /// A file of it was asked for in vain.
    pub tried: bool,
}

/// The parts of the message `entry`, whose turn has come. A file that was asked for in vain is counted now. Once all of those are had or lost,
/// that is written down before any part has its effect: whatever happens then, no host is asked again.
pub(super) async fn ready(
    run: &mut Run<'_>,
    entry: RecentId,
    parts: Result<Vec<Part>, NotReady>,
    now: Timestamp,
) -> Result<Vec<Part>, Failure> {
    match parts {
        Ok(parts) => {
            if run.decides_files(entry) {
                run.save(now).await?;
            }
            Ok(parts)
        }
        Err(NotReady { failure, tried }) => {
            if tried {
                run.tried(entry);
            }
            Err(failure)
        }
    }
}

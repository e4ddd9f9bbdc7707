//! What is on the page, read from the simulator's state: pure, without a word in any language.

mod desk;
mod line;
mod phone;
mod tick;
mod trail;

pub(super) use desk::{Desk, InQueue, Opened, desk};
pub(super) use line::{Bubble, FileAt, Happened, Line, Who};
pub(super) use phone::{Phone, RATINGS, With, is_answer, phone};
pub(super) use tick::Tick;
pub(super) use trail::{Attempt, Reason, Step, Trail, Way, trail};

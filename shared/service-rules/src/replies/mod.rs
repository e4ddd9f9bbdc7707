//! What a customer means with a short answer: an end, a yes or no, thanks, a rating. Only what is unambiguous counts; all else is a message like
//! any other.

mod ending;
mod rating;
mod thanks;
mod tokens;

pub use ending::{confirms_ending, is_ending};
pub use rating::{RATING_SCALE, rating_of};
pub(crate) use thanks::can_be_thanks;
pub use thanks::is_thanks;

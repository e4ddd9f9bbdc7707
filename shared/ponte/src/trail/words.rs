//! The trail in English sentences, as the operator's tool prints it. Whoever shows it in another language makes them of the fields.

use super::{
    Line, StepName, Told, Toward,
    waits::{Present, Standing},
};
use crate::clock::Timestamp;

/// What a step was.
pub(super) fn words(told: &Told) -> String {
    let line = &told.line;
    let side = match told.toward() {
        Some(Toward::Helpdesk) => "the helpdesk",
        Some(Toward::Customer) => "the customer",
        None => "the other side",
    };
    let what = line.event.as_deref().map_or("message".to_owned(), |event| format!("event \"{event}\""));
    let after =
        line.since_accepted_ms.map(|passed| format!(" {} after it was accepted", lasted(passed))).unwrap_or_default();
    let tried = line
        .attempts
        .filter(|tries| *tries > 1)
        .map(|tries| format!(", at the {} try", ordinal(tries)))
        .unwrap_or_default();
    let status = line.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let seconds = |name: &str| {
        told.figure(name).map(|value| lasted(value.parse::<u64>().unwrap_or_default().saturating_mul(1000)))
    };
    match line.message {
        StepName::Accepted => format!("{what} accepted for {side}"),
        StepName::Delivered if line.late => format!("{what} put on the closed ticket as a note{after}{tried}"),
        StepName::Delivered => {
            let answer = line
                .waited_s
                .map(|waited| format!("; the customer had waited for it for {}", lasted(waited.saturating_mul(1000))));
            format!("{what} delivered to {side}{after}{tried}{}", answer.unwrap_or_default())
        }
        StepName::Known => format!("a copy of what {side} has: nothing done{tried}"),
        StepName::Refused => format!("{what} not taken by {side}{status}: its sender's side is told{after}{tried}"),
        StepName::Ignored => format!("{what} means nothing for the conversation now"),
        StepName::Withdrawn => "message taken back by the agent before it was sent".to_owned(),
        StepName::Handled => format!("{what} done by Ponte itself{after}{tried}"),
        StepName::Received => "message received on the customer's device".to_owned(),
        StepName::Seen => "message seen by the customer".to_owned(),
        StepName::Undelivered => "message not delivered by the channel in the end: the agent is told".to_owned(),
        StepName::Waits => format!("waits until {}: {}{}", clock(told.next_try()), told.why(), others(line)),
        StepName::Parked => format!("parked for an operator: {}", told.why()),
        StepName::Done => "what waited is through".to_owned(),
        StepName::Opened => {
            let route = told.figure("Route").map(|route| format!(", route {route}")).unwrap_or_default();
            format!("conversation opened: queue {}{route}", told.figure("Queue").unwrap_or_default())
        }
        StepName::Assigned => {
            format!("an agent has it, {} after the opening", seconds("TimeToAssignment").unwrap_or_default())
        }
        StepName::Answered => {
            format!("an agent's first word, {} after the opening", seconds("TimeToFirstWord").unwrap_or_default())
        }
        StepName::Ends => {
            let (reason, stage) = (told.figure("Reason"), told.figure("Stage"));
            format!("the conversation ends: {}, {}", reason.unwrap_or_default(), stage.unwrap_or_default())
        }
        StepName::Asked => "the customer is asked for a rating".to_owned(),
        StepName::Left => {
            let rating = told.figure("Rating").map(|rating| format!(", with the rating {rating}")).unwrap_or_default();
            format!("the customer is back with the bot{rating}")
        }
    }
}

fn others(line: &Line) -> String {
    match line.waiting.unwrap_or(1).saturating_sub(1) {
        0 => String::new(),
        1 => "; 1 more waits behind it".to_owned(),
        more => format!("; {more} more wait behind it"),
    }
}

/// Why a message has no end yet.
pub(super) fn gap(accepted: Timestamp, standing: &Standing) -> String {
    let standing = match standing {
        Standing::Waits { next_try, why } => format!("waits until {}, {why}", clock(*next_try)),
        Standing::Behind { next_try, why } => format!("waits behind what waits until {}, {why}", clock(*next_try)),
        Standing::OnItsWay => "on its way".to_owned(),
        Standing::Unknown => "nothing in the log says why; look at `ponte status`".to_owned(),
    };
    format!("accepted {}, not yet delivered: {standing}", clock(accepted))
}

/// Why the conversation waits. `first` is the first message without an end.
pub(super) fn present(present: &Present, first: &str) -> String {
    match present {
        Present::Waits { to, next_try, why } => {
            let to = match to {
                Some(Toward::Helpdesk) => "Messages to the helpdesk wait",
                Some(Toward::Customer) => "Messages to the customer wait",
                None => "Its closing waits",
            };
            format!("{to} until {}: {why}.", clock(*next_try))
        }
        Present::NotThrough => format!("One message is not through: {first}."),
        Present::Parked { at, why } => format!("Nothing waits. A message was parked at {}: {why}.", clock(*at)),
        Present::CustomerWaits { since } => {
            format!("Nothing waits in Ponte. The customer waits for an agent's word since {}.", clock(*since))
        }
        Present::Nothing => "Nothing waits.".to_owned(),
    }
}

/// A moment to the second, in UTC.
fn clock(at: Timestamp) -> String {
    Timestamp(at.seconds().saturating_mul(1000)).rfc3339()
}

/// So many milliseconds, as people say it.
fn lasted(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    match seconds {
        0 => format!("{rest} ms"),
        1..=99 => format!("{seconds} s"),
        100..=5_999 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// 2nd, 3rd, 4th.
fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_as_people_count() {
        let words = [2, 3, 4, 11, 12, 21, 113, 122].map(ordinal);
        assert_eq!(words, ["2nd", "3rd", "4th", "11th", "12th", "21st", "113th", "122nd"]);
    }
}

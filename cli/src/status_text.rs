//! A status for people.

use operations::{
    plain,
    status::{Status, Waiting},
};
use ponte::clock::Timestamp;

use crate::text_output::{age, table, trimmed};

pub(crate) fn to_text(status: &Status) -> String {
    let first = [queues(status), conversations(status), waiting(status)];
    let parts = first.into_iter().chain(parked(status)).chain([sides(status), not_told(status)]);
    parts.collect::<Vec<_>>().join("\n\n")
}

fn queues(status: &Status) -> String {
    let mut table = table(&["QUEUE", "READY", "HELD", "OLDEST", "PARKED", "OLDEST PARKED"]);
    let or_dash = |seconds: Option<u64>| seconds.map_or("-".to_owned(), age);
    for queue in &status.queues {
        let [ready, held, parked] = [queue.ready, queue.held, queue.parked].map(|number| number.to_string());
        let [oldest, oldest_parked] = [queue.oldest_seconds, queue.oldest_parked_seconds].map(or_dash);
        table.add_row([queue.queue.as_str().to_owned(), ready, held, oldest, parked, oldest_parked]);
    }
    trimmed(&table)
}

fn conversations(status: &Status) -> String {
    let counts = status.conversations;
    format!("conversations: {} opening, {} open, {} ending", counts.opening, counts.open, counts.closing)
}

fn waiting(status: &Status) -> String {
    if status.waiting.is_empty() {
        return "nothing waits for another try".to_owned();
    }
    let mut table = table(&["WAITS IN", "KEY", "GROUP", "MESSAGES", "SINCE", "TRIES", "NEXT TRY", "WHY"]);
    for Waiting { queue, group, key, why, messages, tries, since, next_try, .. } in &status.waiting {
        let dash = || "-".to_owned();
        let moment = |at: &Option<Timestamp>| at.map_or_else(dash, Timestamp::rfc3339);
        table.add_row([
            queue.as_str().to_owned(),
            key.as_ref().map_or_else(dash, |key| key.as_str().to_owned()),
            group.clone().unwrap_or_else(dash),
            messages.map_or_else(dash, |number| number.to_string()),
            moment(since),
            tries.map_or_else(dash, |number| number.to_string()),
            moment(next_try),
            plain(why),
        ]);
    }
    trimmed(&table)
}

fn parked(status: &Status) -> Option<String> {
    let nothing = status.parked.parked.is_empty() && status.parked.behind.is_empty();
    (!nothing).then(|| crate::text_output::parked(&status.parked))
}

fn sides(status: &Status) -> String {
    let mut table = table(&["SIDE", "FUNCTION", "LAST SUCCESS", "LAST FAILURE", "WHY"]);
    let none = |at: Option<&String>| at.cloned().unwrap_or_else(|| "none in a day".to_owned());
    for side in &status.sides {
        let [success, failure] = [&side.last_success, &side.last_failure].map(|at| none(at.as_ref()));
        let why = side.why.as_deref().map_or_else(|| "-".to_owned(), plain);
        table.add_row([side.side.to_owned(), side.function.to_owned(), success, failure, why]);
    }
    trimmed(&table)
}

fn not_told(status: &Status) -> String {
    let lines = status.not_told.iter().map(|words| format!("not told: {words}"));
    lines.collect::<Vec<_>>().join("\n")
}

//! Results in words and tables, for people.

use comfy_table::{ContentArrangement, Table, presets};
use operations::{
    conversations::{Closing, Found, Listed, View},
    customer::{Erased, Erasing, Exported, Plan},
    parked::{self, Replayed},
    plain, stacks,
};
use serde::Serialize;

pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    // Ids are copied from here, so that nothing is cut or broken over lines.
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header.to_vec());
    table
}

/// Stacks, one a line.
pub(crate) fn stacks(listed: &[stacks::Found]) -> String {
    if listed.is_empty() {
        return "none in this account and region".to_owned();
    }
    let mut table = table(&["STACK", "STATE", "HELPDESK", "BLIP", "CHANGED"]);
    for one in listed {
        let or_dash = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), plain);
        table.add_row([
            plain(&one.name),
            plain(&one.state),
            or_dash(&one.helpdesk),
            or_dash(&one.blip),
            or_dash(&one.changed),
        ]);
    }
    trimmed(&table)
}

/// Conversations, one a line.
pub(crate) fn conversations(listed: &Listed) -> String {
    if listed.conversations.is_empty() {
        return "none".to_owned();
    }
    let mut table = table(&VIEW);
    for view in &listed.conversations {
        table.add_row(row(view));
    }
    let more = if listed.more { "\nthere are more: --limit" } else { "" };
    format!("{}{more}", trimmed(&table))
}

const VIEW: [&str; 7] =
    ["CONVERSATION", "STATE", "TICKET", "CHANNEL", "AGENT", "LAST FROM CUSTOMER", "LAST FROM AGENT"];

fn row(view: &View) -> [String; VIEW.len()] {
    let or_dash = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), plain);
    [
        view.conversation.as_str().to_owned(),
        view.state.as_str().to_owned(),
        or_dash(view.ticket.as_ref().map(ponte::message::TicketId::as_str)),
        plain(&view.channel),
        if view.agent { "yes" } else { "no" }.to_owned(),
        or_dash(view.last_from_customer.as_deref()),
        or_dash(view.last_from_agent.as_deref()),
    ]
}

/// What is held of somebody, one key a line.
pub(crate) fn found(found: &[Found]) -> String {
    let mut table = table(&VIEW);
    for one in found {
        match &one.conversation {
            Some(view) => table.add_row(row(view)),
            // What is held beside a conversation outlives it.
            None => table.add_row([one.key.as_str(), "gone", "-", "-", "-", "-", "-"]),
        };
    }
    trimmed(&table)
}

/// What is parked, one a line.
pub(crate) fn parked(listed: &parked::Listed) -> String {
    let mut lines = Vec::new();
    if listed.parked.is_empty() {
        lines.push("nothing that can be seen".to_owned());
    } else {
        let mut table = table(&["ID", "QUEUE", "KIND", "AGE", "KEY", "GROUP", "REASON"]);
        for one in &listed.parked {
            let key = one.key.as_ref().map_or("-", |key| key.as_str());
            let age = age(one.age_seconds);
            let reason = plain(&one.reason);
            table.add_row([&one.id, one.queue.as_str(), &one.kind, &age, key, &one.group, &reason]);
        }
        lines.push(trimmed(&table));
    }
    for behind in &listed.behind {
        lines.push(format!("{}: {} more behind these, or in the hands of another look", behind.queue, behind.copies));
    }
    if listed.parked.is_empty() && listed.behind.is_empty() {
        return "nothing is parked".to_owned();
    }
    lines.join("\n")
}

/// What a replay did.
pub(crate) fn replayed(replayed: &Replayed) -> String {
    let nothing = replayed.found == 0 && replayed.not_handed_out == 0;
    let mut lines =
        vec![if nothing { "nothing is parked".to_owned() } else { format!("sent back: {}", replayed.replayed) }];
    for left in &replayed.left {
        lines.push(format!("left: {} in {} and what follows it in its group: {}", left.id, left.queue, left.why));
    }
    lines.join("\n")
}

/// What a closing did.
pub(crate) fn closed(outcome: Closing) -> &'static str {
    match outcome {
        Closing::Begun => "closing: the customer goes back to the bot when the delay is over",
        Closing::HandedOnAgain => "it was closing already: the closing was handed on again",
        Closing::ClosedAlready => "it is closed already: nothing was done",
    }
}

/// What an export wrote.
pub(crate) fn exported(exported: &Exported) -> String {
    let mut lines = vec![format!("{}: {}", exported.folder.display(), exported.counts)];
    lines.extend(exported.unseen.iter().map(|unseen| format!("may be missing: {unseen}")));
    lines.join("\n")
}

/// What an erase is going to do.
pub(crate) fn plan(plan: &Plan, how: &Erasing) -> String {
    let mut lines = vec![format!("{}: {}", plan.key.as_str(), plan.counts)];
    lines.extend(plan.conversation.as_ref().map(|(id, state)| {
        let force = if how.force { ", and is erased by force" } else { "" };
        format!("the conversation {} is {}{force}", id.as_str(), state.as_str())
    }));
    lines.extend(how.contact.as_ref().map(|_| "and the contact in the helpdesk".to_owned()));
    lines.extend(plan.unseen.iter().map(|unseen| format!("not seen yet: {unseen}")));
    lines.join("\n")
}

/// What an erase did.
pub(crate) fn erased(erased: &Erased) -> String {
    let nothing = erased.counts.is_nothing();
    let mut lines = vec![if nothing { "nothing was held".to_owned() } else { format!("erased: {}", erased.counts) }];
    lines.extend(erased.contact.map(|there| {
        let words =
            if there { "erased: the contact in the helpdesk" } else { "the helpdesk has no contact by this name" };
        words.to_owned()
    }));
    lines.extend(erased.left.iter().map(|left| format!("may be left: {left}")));
    lines.extend(erased.not_reached.iter().map(|words| format!("not reached: {words}")));
    lines.join("\n")
}

/// One thing, a field a line, what is nested as JSON.
pub(crate) fn fields(thing: &impl Serialize) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(thing) else { return String::new() };
    let width = fields.keys().map(String::len).max().unwrap_or(0);
    let lines = fields.iter().map(|(name, value)| {
        let value = match value {
            serde_json::Value::String(text) => plain(text),
            serde_json::Value::Null => "-".to_owned(),
            value => format!("{value:#}"),
        };
        format!("{name:width$}  {value}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Seconds as a person says them: `59s`, `3m`, `5h`, `2d`.
pub(crate) fn age(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Without the blanks that the table puts at each line's beginning and end.
pub(crate) fn trimmed(table: &Table) -> String {
    table.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use operations::{
        Place, QueueName,
        conversations::StateName,
        customer::{Contact, Counts, Unseen, Why},
        parked::{Behind, Left, Parked},
    };

    use super::*;

    #[test]
    fn a_table_has_a_line_for_each_and_says_what_it_does_not_show() {
        let one = Parked {
            queue: QueueName::ToBlip,
            id: "id-1".to_owned(),
            group: "g".to_owned(),
            key: None,
            parked_at: String::new(),
            age_seconds: 7_300,
            reason: "cannot be processed: no job".to_owned(),
            kind: "message".to_owned(),
        };
        let listed =
            parked::Listed { parked: vec![one], behind: vec![Behind { queue: QueueName::ToBlip, copies: 12 }] };
        let lines: Vec<String> =
            parked(&listed).lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let expected = [
            "ID QUEUE KIND AGE KEY GROUP REASON",
            "id-1 to-blip message 2h - g cannot be processed: no job",
            "to-blip: 12 more behind these, or in the hands of another look",
        ];
        assert_eq!(lines, expected);
        assert_eq!(parked(&parked::Listed::default()), "nothing is parked");
    }

    #[test]
    fn a_replay_says_what_it_left() {
        let left = Left { queue: QueueName::ToBlip, id: "i".to_owned(), group: "g".to_owned(), why: "x".to_owned() };
        let words = replayed(&Replayed { replayed: 3, found: 4, left: vec![left], not_handed_out: 0 });
        assert_eq!(super::replayed(&Replayed::default()), "nothing is parked");
        assert_eq!(words, "sent back: 3\nleft: i in to-blip and what follows it in its group: x");
    }

    #[test]
    fn an_erase_says_what_it_does_what_it_did_and_what_may_be_left() {
        let key = ponte::message::CustomerKey::new("0f3a");
        let unseen = Unseen { queue: QueueName::ToHelpdesk, place: Place::Waiting, why: Why::CachedToken, messages: 2 };
        let counts = Counts { items: 3, files: 2, messages: 1 };
        let ahead = Plan {
            key: key.clone(),
            conversation: Some((ponte::message::ConversationId::new("0f3a-1"), StateName::Open)),
            counts,
            unseen: vec![unseen.clone()],
        };
        let how = Erasing { force: true, wait: std::time::Duration::ZERO, contact: Some(Contact::OfAddress) };
        let expected = [
            "0f3a: 3 items of the table, 2 files, 1 messages",
            "the conversation 0f3a-1 is open, and is erased by force",
            "and the contact in the helpdesk",
            "not seen yet: to-helpdesk: 2 were held by a worker or another look: run it again",
        ];
        assert_eq!(plan(&ahead, &how).lines().collect::<Vec<_>>(), expected);
        let done =
            Erased { key, counts, contact: Some(false), left: vec![unseen.to_string()], not_reached: vec!["x".into()] };
        let expected = [
            "erased: 3 items of the table, 2 files, 1 messages",
            "the helpdesk has no contact by this name",
            "may be left: to-helpdesk: 2 were held by a worker or another look: run it again",
            "not reached: x",
        ];
        assert_eq!(erased(&done).lines().collect::<Vec<_>>(), expected);
        let nothing =
            Erased { counts: Counts::default(), contact: None, left: Vec::new(), not_reached: Vec::new(), ..done };
        assert_eq!(erased(&nothing), "nothing was held");
    }

    #[test]
    fn ages_are_short() {
        assert_eq!([0, 59, 60, 3_599, 3_600, 86_399, 86_400].map(age), ["0s", "59s", "1m", "59m", "1h", "23h", "1d"]);
    }

    #[test]
    fn one_thing_is_a_field_a_line() {
        let thing = serde_json::json!({"id": "a", "ticket": null, "body": {"v": 1}});
        assert_eq!(fields(&thing), "body    {\n  \"v\": 1\n}\nid      a\nticket  -");
    }
}

mod seldom;

use super::*;

/// Noon of 2026-11-30, a Monday, in UTC: nine in the morning in São Paulo.
const NINE: i64 = 1_796_040_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

fn rules(json: &str) -> ServiceRules {
    ServiceRules::from_json(format!(r#"{{"version":1,{json}}}"#).as_bytes()).unwrap()
}

const HOURS: &str = r#""hours":{"week":{"mon-fri":["09:00-18:00"]}}"#;
const UNANSWERED: &str = r#""silence":{"unanswered":{"warn_after":"10m","hand_back_after":"2h"}}"#;
const CUSTOMER: &str = r#""silence":{"customer_silent":{"warn_after":"22h","close_after":"23h","tag":"inatividade"},"by_channel":{"blip-chat":{"customer_silent":{"warn_after":"30m","close_after":"45m","tag":"inatividade"}},"email":{"customer_silent":{}}}}"#;
const AGENT: &str = r#""silence":{"agent_silent":{"note_after":"15m"}}"#;

fn and(left: &str, right: &str) -> ServiceRules {
    rules(&format!("{left},{right}"))
}

/// What is due on a channel of this name.
fn due(times: &ConversationTimes, rules: &ServiceRules, channel: Option<&str>, queue: Option<&str>, now: i64) -> Due {
    super::due(times, rules, channel.map(|name| ChannelNames { name, domain: "" }), queue, now)
}

/// Asks as the clock does, when it was told to, until nothing is due any more or the time is over.
fn played(
    times: &mut ConversationTimes,
    rules: &ServiceRules,
    channel: Option<&str>,
    from: i64,
    until: i64,
) -> Vec<(i64, Effect)> {
    let mut done = Vec::new();
    let mut next = Some(from);
    while let Some(now) = next.filter(|now| *now <= until) {
        let due = due(times, rules, channel, None, now);
        assert!(due.next.is_none_or(|next| next > now), "{due:?}");
        for effect in &due.effects {
            times.done(effect, now);
        }
        done.extend(due.effects.into_iter().map(|effect| (now - NINE, effect)));
        next = due.next;
    }
    done
}

fn close() -> Effect {
    Effect::CloseForSilence { tag: Some("inatividade".to_owned()) }
}

#[test]
fn without_rules_nothing_is_due() {
    let none = rules(r#""queues":{}"#);
    for now in [NINE, NINE + 13 * HOUR, NINE + 99 * HOUR] {
        assert_eq!(due(&ConversationTimes::opened(NINE), &none, None, None, now), Due::default());
    }
}

#[test]
fn nobody_answers() {
    let rules = and(HOURS, UNANSWERED);
    let mut times = ConversationTimes::opened(NINE);
    let warn = |since| Effect::WarnUnanswered { since };
    assert_eq!(
        played(&mut times, &rules, None, NINE, NINE + 48 * HOUR),
        [(10 * MINUTE, warn(NINE)), (2 * HOUR, Effect::HandBack)]
    );
    // In the evening: the minutes of the next morning count.
    let evening = NINE + 8 * HOUR + 55 * MINUTE;
    let mut times = ConversationTimes::opened(evening);
    assert_eq!(
        played(&mut times, &rules, None, evening, NINE + 96 * HOUR),
        [(24 * HOUR + 5 * MINUTE, warn(evening)), (25 * HOUR + 55 * MINUTE, Effect::HandBack)]
    );
    // A person's word silences it, a machine's and an assignment do not.
    let mut times = ConversationTimes::opened(NINE);
    times.agent.wrote(NINE + 60, Writer::Machine);
    times.agent.assigned_at = Some(NINE + 60);
    assert_eq!(due(&times, &rules, None, None, NINE + 600).effects, [warn(NINE)]);
    times.agent.wrote(NINE + 120, Writer::Person);
    assert_eq!(played(&mut times, &rules, None, NINE + 600, NINE + 9 * HOUR), []);
    // A transfer begins it again, seen within an hour.
    times.agent.queued(NINE + 3 * HOUR);
    let found = played(&mut times, &rules, None, NINE + 3 * HOUR, NINE + 9 * HOUR);
    assert_eq!(found, [(3 * HOUR + 10 * MINUTE, warn(NINE + 3 * HOUR)), (5 * HOUR, Effect::HandBack)]);
}

#[test]
fn a_clock_that_stood_still_warns_first() {
    let both = and(HOURS, UNANSWERED);
    let mut times = ConversationTimes::opened(NINE);
    let found = played(&mut times, &both, None, NINE + 5 * HOUR, NINE + 48 * HOUR);
    assert_eq!(found[0], (5 * HOUR, Effect::WarnUnanswered { since: NINE }));
    assert_eq!(found[1], (6 * HOUR + 50 * MINUTE, Effect::HandBack), "the whole distance from the warning");
    let rules = rules(CUSTOMER);
    let mut times = ConversationTimes::opened(NINE);
    times.agent.wrote(NINE, Writer::Person);
    let found = played(&mut times, &rules, Some("blip-chat"), NINE + 5 * HOUR, NINE + 48 * HOUR);
    assert_eq!(found, [(5 * HOUR, Effect::WarnCustomerSilent { closes_in: 900 }), (5 * HOUR + 15 * MINUTE, close())]);
}

#[test]
fn the_customer_says_nothing() {
    let rules = rules(CUSTOMER);
    let begun = |agent: i64| {
        let mut times = ConversationTimes::opened(NINE);
        times.agent.wrote(agent, Writer::Person);
        times
    };
    let warning = Effect::WarnCustomerSilent { closes_in: 3_600 };
    // 22 hours after 13:00 it is 11:00, an hour later 12:00.
    let mut times = begun(NINE + 4 * HOUR);
    assert_eq!(
        played(&mut times, &rules, Some("whatsapp"), NINE + 4 * HOUR, NINE + 99 * HOUR),
        [(26 * HOUR, warning.clone()), (27 * HOUR, close())]
    );
    // 22 hours after 9:00 it is 7:00, which is night until 8:00; then the whole hour.
    let mut times = begun(NINE);
    assert_eq!(
        played(&mut times, &rules, None, NINE, NINE + 99 * HOUR),
        [(23 * HOUR, warning.clone()), (24 * HOUR, close())]
    );
    // The warning at 20:30: the closing waits for the morning.
    let mut times = begun(NINE + 13 * HOUR + 30 * MINUTE);
    assert_eq!(
        played(&mut times, &rules, None, NINE, NINE + 99 * HOUR),
        [(35 * HOUR + 30 * MINUTE, warning.clone()), (47 * HOUR, close())]
    );
    // No timer on e-mail, and none while the last word is the customer's.
    assert_eq!(due(&begun(NINE), &rules, Some("email"), None, NINE + 90 * HOUR), Due::default());
    let mut times = begun(NINE);
    times.customer.wrote(NINE, &times.agent.clone());
    assert_eq!(
        due(&times, &rules, None, None, NINE + 30 * HOUR),
        Due { effects: vec![], next: Some(NINE + 52 * HOUR) }
    );
    // A word of either side begins it anew; another warning comes.
    let mut times = begun(NINE + 4 * HOUR);
    times.done(&warning, NINE + 26 * HOUR);
    times.agent.wrote(NINE + 26 * HOUR + 30 * MINUTE, Writer::Person);
    assert_eq!(due(&times, &rules, None, None, NINE + 27 * HOUR).effects, []);
    assert_eq!(due(&times, &rules, None, None, NINE + 49 * HOUR).effects, [warning]);
}

#[test]
fn a_timer_that_words_begin_anew_is_seen_in_time() {
    // Warned at 9:10, to be closed at 10:00. Then both write at once, and the next warning is due at 9:20 already.
    let rules = rules(
        r#""silence":{"customer_silent":{"warn_after":"10m","close_after":"1h"},"agent_silent":{"note_after":"15m"}}"#,
    );
    let mut times = ConversationTimes::opened(NINE);
    times.agent.wrote(NINE, Writer::Person);
    let warned = due(&times, &rules, None, None, NINE + 10 * MINUTE);
    assert_eq!((warned.effects.len(), warned.next), (1, Some(NINE + 20 * MINUTE)));
    // The note of the agent's silence, too, while the agent has the last word.
    let only = self::rules(r#""silence":{"agent_silent":{"note_after":"15m"}}"#);
    assert_eq!(due(&times, &only, None, None, NINE).next, Some(NINE + 15 * MINUTE));
}

#[test]
fn who_was_transferred_is_not_silent() {
    let rules = rules(CUSTOMER);
    let mut times = ConversationTimes::opened(NINE);
    times.agent.wrote(NINE, Writer::Person);
    times.agent.queued(NINE);
    assert_eq!(due(&times, &rules, Some("blip-chat"), None, NINE + HOUR).effects, []);
    times.agent.wrote(NINE + HOUR, Writer::Person);
    assert_eq!(due(&times, &rules, Some("blip-chat"), None, NINE + 2 * HOUR).effects.len(), 1);
}

#[test]
fn the_agent_says_nothing() {
    let rules = and(HOURS, AGENT);
    let mut times = ConversationTimes::opened(NINE);
    times.customer.wrote(NINE, &times.agent.clone());
    assert_eq!(due(&times, &rules, None, None, NINE + HOUR).effects, [], "nobody took it");
    times.agent.assigned_at = Some(NINE + 5 * MINUTE);
    times.customer.wrote(NINE + 10 * MINUTE, &times.agent.clone());
    let note = Effect::NoteAgentSilent { since: NINE };
    assert_eq!(due(&times, &rules, None, None, NINE + 10 * MINUTE).next, Some(NINE + 20 * MINUTE));
    assert_eq!(played(&mut times, &rules, None, NINE + 10 * MINUTE, NINE + 200 * HOUR), [(20 * MINUTE, note)], "once");
    times.agent.wrote(NINE + 5 * HOUR, Writer::Person);
    times.customer.wrote(NINE + 8 * HOUR + 50 * MINUTE, &times.agent.clone());
    let again = Effect::NoteAgentSilent { since: NINE + 8 * HOUR + 50 * MINUTE };
    assert_eq!(played(&mut times, &rules, None, NINE + 9 * HOUR, NINE + 200 * HOUR), [(24 * HOUR + 5 * MINUTE, again)]);
}

#[test]
fn a_hold_silences_and_begins_anew() {
    let rules = rules(CUSTOMER);
    let mut times = ConversationTimes::opened(NINE);
    times.agent.wrote(NINE, Writer::Person);
    times.agent.on_hold = true;
    assert_eq!(
        due(&times, &rules, Some("blip-chat"), None, NINE + 3 * HOUR),
        Due { effects: vec![], next: Some(NINE + 4 * HOUR) }
    );
    times.agent.resumed(NINE + 3 * HOUR);
    assert_eq!(due(&times, &rules, Some("blip-chat"), None, NINE + 3 * HOUR).effects, []);
    assert_eq!(due(&times, &rules, Some("blip-chat"), None, NINE + 3 * HOUR + 30 * MINUTE).effects.len(), 1);
    times.agent.on_hold = true;
    assert_eq!(due(&times, &ServiceRules::default(), None, None, NINE), Due::default());
}

#[test]
fn one_text_at_a_time() {
    // A machine wrote and no person did: both sides of the silence are due, one a minute after the other.
    let both = rules(
        r#""silence":{"unanswered":{"warn_after":"30m"},"customer_silent":{"warn_after":"10m","close_after":"20m"}}"#,
    );
    let mut times = ConversationTimes::opened(NINE);
    times.agent.wrote(NINE, Writer::Machine);
    let found = played(&mut times, &both, None, NINE + HOUR, NINE + 2 * HOUR);
    let seconds: Vec<i64> = found.iter().map(|(at, _)| *at - HOUR).collect();
    assert_eq!(seconds, [0, 60, 660]);
    assert!(found[2].1.ends());
}

#[test]
fn a_service_that_never_opens_is_never_due() {
    let closed = rules(&format!(
        r#"{UNANSWERED},"hours":{{"week":{{"mon":["09:00-10:00"]}},"closed":["2000-01-01 to 2099-12-31"]}}"#
    ));
    assert_eq!(due(&ConversationTimes::opened(NINE), &closed, None, None, NINE + HOUR), Due::default());
    for now in [i64::MIN, i64::MAX] {
        let _ = due(&ConversationTimes::opened(i64::MIN), &and(HOURS, CUSTOMER), None, None, now);
    }
}

use super::*;

const GROUP: &str = "0123456789abcdef0123456789abcdef";

fn at(seconds: i64) -> Timestamp {
    Timestamp(1_796_040_000_000 + seconds * 1000)
}

fn told(seconds: i64, function: &str, line: &str) -> Told {
    Told::parse(at(seconds), function, line).unwrap()
}

fn accepted(seconds: i64, id: &str) -> Told {
    let line = format!(r#"{{"message":"request accepted","group":"{GROUP}","id":"{id}","request":"8f5c2a1b"}}"#);
    told(seconds, "blip-webhook", &line)
}

fn waits(seconds: i64, ids: &str, wait_s: u64) -> Told {
    let line = format!(
        r#"{{"timestamp":"x","level":"WARN","message":"retry scheduled","queue":"to-helpdesk","group":"{GROUP}","ids":[{ids}],"kind":"later","reason":"not now: the helpdesk asks to wait","attempts":3,"waiting":1,"wait_s":{wait_s},"waited_s":4}}"#
    );
    told(seconds, "to-helpdesk", &line)
}

fn delivered(seconds: i64, id: &str) -> Told {
    let line = format!(
        r#"{{"message":"delivered","to":"helpdesk","conversation":{{"id":"k-1"}},"id":"{id}","attempts":4,"since_accepted_ms":240,"request":"8f5c2a1c"}}"#
    );
    told(seconds, "to-helpdesk", &line)
}

#[test]
fn a_message_that_waits_is_a_gap_with_its_reason_and_is_the_first_line() {
    let lines = vec![accepted(0, "aaaaaaaaaaaa"), waits(4, "\"aaaaaaaaaaaa\"", 600), accepted(9, "bbbbbbbbbbbb")];
    let story = story(lines, at(20), None);
    assert_eq!(
        story.now,
        "Messages to the helpdesk wait until 2026-11-30T12:10:04Z: the helpdesk asks to wait, after 3 tries."
    );
    let gaps: Vec<_> = story.gaps.iter().map(|gap| gap.words.as_str()).collect();
    assert_eq!(
        gaps,
        [
            "accepted 2026-11-30T12:00:00Z, not yet delivered: waits until 2026-11-30T12:10:04Z, the helpdesk asks to wait, after 3 tries",
            "accepted 2026-11-30T12:00:09Z, not yet delivered: waits behind what waits until 2026-11-30T12:10:04Z, the helpdesk asks to wait, after 3 tries",
        ]
    );
    let standing: Vec<_> = story.gaps.into_iter().map(|gap| gap.standing).collect();
    let (next_try, why) = (at(604), "the helpdesk asks to wait, after 3 tries".to_owned());
    assert_eq!(story.present, Present::Waits { to: Some(Toward::Helpdesk), next_try, why: why.clone() });
    assert_eq!(standing, [Standing::Waits { next_try, why: why.clone() }, Standing::Behind { next_try, why }]);
    assert_eq!(story.steps.len(), 3);
    assert_eq!((story.steps[1].attempt, story.steps[1].next_try), (3, Some(at(604))));
}

#[test]
fn what_arrived_leaves_no_gap_whatever_order_the_logs_are_read_in() {
    let lines = vec![
        delivered(8, "aaaaaaaaaaaa"),
        waits(4, "\"aaaaaaaaaaaa\"", 2),
        accepted(0, "aaaaaaaaaaaa"),
        accepted(0, "aaaaaaaaaaaa"),
    ];
    let story = story(lines, at(700), Some(at(0).seconds()));
    assert_eq!(story.gaps, []);
    assert_eq!(story.now, "Nothing waits in Ponte. The customer waits for an agent's word since 2026-11-30T12:00:00Z.");
    let words: Vec<_> = story.steps.iter().map(|step| step.words.as_str()).collect();
    assert_eq!(
        words,
        [
            "message accepted for the helpdesk",
            "waits until 2026-11-30T12:00:06Z: the helpdesk asks to wait, after 3 tries",
            "message delivered to the helpdesk 240 ms after it was accepted, at the 4th try",
        ]
    );
}

#[test]
fn what_nothing_is_said_of_is_on_its_way_and_then_a_question() {
    let gap = |now| story(vec![accepted(0, "aaaaaaaaaaaa")], now, None).gaps[0].words.clone();
    assert!(gap(at(10)).ends_with("on its way"), "{}", gap(at(10)));
    assert!(gap(at(60)).ends_with("nothing in the log says why; look at `ponte status`"), "{}", gap(at(60)));
}

#[test]
fn a_parked_message_that_was_sent_back_and_arrived_is_parked_no_more() {
    let parked = r#"{"level":"ERROR","message":"message parked","queue":"to-helpdesk","group":"g","ids":["aaaaaaaaaaaa"],"kind":"broken","reason":"cannot be processed: a bug","status":400}"#;
    let mut lines = vec![accepted(0, "aaaaaaaaaaaa"), told(1, "to-helpdesk", parked)];
    let before = story(lines.clone(), at(9), None);
    let why = "a bug (400)".to_owned();
    assert_eq!((before.gaps.len(), before.present), (0, Present::Parked { at: at(1), why: why.clone() }));
    assert_eq!(before.steps[1].why, Some(why));
    lines.push(delivered(60, "aaaaaaaaaaaa"));
    assert_eq!(story(lines, at(70), None).now, "Nothing waits.");
}

#[test]
fn a_parked_message_and_the_figures_are_told() {
    let parked = r#"{"level":"ERROR","message":"message parked","queue":"to-blip","group":"g","ids":["cccccccccccc"],"kind":"broken","reason":"cannot be processed: not a job of this version"}"#;
    let ends = r#"{"message":"ends","conversation":{"id":"k-1"},"Queue":"none","Reason":"agent","Stage":"answered","HandlingTime":93,"ConversationsEnded":1,"_aws":{}}"#;
    let lines = vec![told(0, "to-blip", parked), told(3, "to-blip", ends)];
    let story = story(lines, at(9), None);
    assert_eq!(story.now, "Nothing waits. A message was parked at 2026-11-30T12:00:00Z: not a job of this version.");
    assert_eq!(story.steps[1].words, "the conversation ends: agent, answered");
    let figures: Vec<&str> = story.steps[1].figures.keys().map(String::as_str).collect();
    assert_eq!(figures, ["ConversationsEnded", "HandlingTime", "Queue", "Reason", "Stage"]);
    assert_eq!(Told::parse(at(0), "to-blip", r#"{"message":"a file was copied"}"#), None);
}

//! The verdict counts each kind of error.

use crate::ledger::Verdict;
use crate::ledger::{Direction, Label, Lane, Ledger};

/// Said by Ana in her first conversation, then seen by the agent; a line of `Bia: …` was said or seen in Bia's.
fn check(said: &[&str], seen: &[&str]) -> Verdict {
    let mut ledger = Ledger::default();
    for (index, text) in said.iter().enumerate() {
        ledger.say(Label(format!("m-{index}")), lane(text), words(text).into(), false);
    }
    for text in seen {
        ledger.see(lane(text), words(text).into(), text.ends_with('*'));
    }
    ledger.verdict()
}

fn lane(text: &str) -> Lane {
    let customer = if text.starts_with("Bia: ") { "Bia" } else { "Ana" };
    let conversation = format!("{customer}#1");
    Lane { customer: customer.to_owned(), conversation, direction: Direction::ToAgent }
}

fn words(text: &str) -> &str {
    text.trim_start_matches("Bia: ")
}

#[test]
fn all_is_well() {
    let verdict = check(&["a", "b", "a"], &["welcome*", "a", "b", "a", "bye*"]);
    assert!(verdict.is_clean());
    assert_eq!(verdict.to_string(), "relayed 3 messages: 0 lost, 0 repeated, 0 out of order");
}

#[test]
fn one_is_lost() {
    let verdict = check(&["a", "b", "c"], &["a", "c"]);
    assert_eq!((verdict.relayed, verdict.lost, verdict.out_of_order), (2, 1, 0));
    assert!(!verdict.is_clean());
    assert!(verdict.to_string().ends_with("\nrelayed 2 messages: 1 lost, 0 repeated, 0 out of order"));
}

#[test]
fn one_is_repeated() {
    let verdict = check(&["a", "b"], &["a", "b", "a"]);
    assert_eq!((verdict.relayed, verdict.lost, verdict.repeated, verdict.out_of_order), (2, 0, 1, 0));
    assert!(!verdict.is_clean());
}

#[test]
fn two_change_places() {
    let verdict = check(&["a", "b", "c", "d"], &["a", "c", "b", "d"]);
    assert_eq!((verdict.relayed, verdict.lost, verdict.out_of_order), (4, 0, 1));
    assert!(!verdict.is_clean());
}

#[test]
fn another_conversation_sees_it() {
    let verdict = check(&["a", "Bia: b"], &["a", "Bia: b", "Bia: a", "b"]);
    assert_eq!((verdict.relayed, verdict.leaked, verdict.repeated), (2, 2, 0));
    assert!(!verdict.is_clean());
}

#[test]
fn nobody_said_it() {
    let verdict = check(&["a"], &["a", "x"]);
    assert_eq!((verdict.relayed, verdict.invented), (1, 1));
    assert!(!verdict.is_clean());
}

#[test]
fn a_message_that_was_given_back_is_not_lost() {
    let mut ledger = Ledger::default();
    ledger.say(Label("m-1".into()), lane("a"), "a".into(), false);
    ledger.refuse("m-1", "too late".into());
    let verdict = ledger.verdict();
    assert_eq!((verdict.relayed, verdict.lost, verdict.refused), (0, 0, 1));
    assert!(verdict.is_clean() && ledger.settled());
}

#[test]
fn words_after_the_closing_may_open_the_next_conversation() {
    let mut ledger = Ledger::default();
    ledger.say(Label("m-1".into()), lane("a"), "a".into(), true);
    let next = Lane { conversation: "Ana#2".into(), ..lane("a") };
    ledger.see(next, "a".into(), false);
    assert!(ledger.verdict().is_clean());
}

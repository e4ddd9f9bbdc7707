//! Who asks seldom misses nothing.

use super::*;

/// Something that happens in a conversation.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Customer,
    Agent,
    Machine,
    Assigned,
}

/// The words of people are more frequent than the rest.
const KINDS: [Happens; 6] =
    [Happens::Customer, Happens::Agent, Happens::Customer, Happens::Agent, Happens::Machine, Happens::Assigned];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]

    /// Whoever asks only when he was told to does the same at the same times as one who asks every minute; nothing is done twice for one
    /// silence, nothing is told at night, and nothing follows the end.
    #[test]
    fn who_asks_seldom_misses_nothing(
        begin in 0_i64..7 * 24 * 60, words in proptest::collection::vec((0_i64..2_000, 0_usize..6), 0..8), which in 1_usize..8,
        times_of in (1_u32..90, 91_u32..300, 5_u32..200, 1_u32..200, 201_u32..1_500), count in proptest::bool::ANY, with_hours in proptest::bool::ANY,
    ) {
        let count = if count { "clock" } else { "open_hours" };
        let (warn, back, note, ask, close) = times_of;
        // Each timer alone, too: one that looks often would hide what another misses.
        let timers = [
            format!(r#""unanswered":{{"warn_after":"{warn}m","hand_back_after":"{back}m","count":"{count}"}}"#),
            format!(r#""agent_silent":{{"note_after":"{note}m","count":"{count}"}}"#),
            format!(r#""customer_silent":{{"warn_after":"{ask}m","close_after":"{close}m","count":"{count}"}}"#),
        ];
        let timers: Vec<&str> = (0..3).filter(|timer| which >> timer & 1 == 1).map(|timer| timers[timer].as_str()).collect();
        let silence = format!(r#""silence":{{{}}}"#, timers.join(","));
        let rules = if with_hours { and(&silence, HOURS) } else { rules(&silence) };
        let opened = NINE + begin * MINUTE;
        let mut happens: Vec<(i64, Happens)> = words
            .into_iter()
            .map(|(at, what)| (opened + at * MINUTE, KINDS[what]))
            .collect();
        happens.sort_by_key(|(at, _)| *at);
        let run = |every_minute: bool| {
            let mut times = ConversationTimes::opened(opened);
            times.customer.wrote(opened, &AgentTimes::default());
            let (mut next, mut done, mut left) = (Some(opened), Vec::new(), happens.clone());
            for minute in 0..4_000 {
                let now = opened + minute * MINUTE;
                while let Some((_, what)) = left.first().copied().filter(|(at, _)| *at <= now) {
                    left.remove(0);
                    match what {
                        Happens::Customer => times.customer.wrote(now, &times.agent.clone()),
                        Happens::Agent => times.agent.wrote(now, Writer::Person),
                        Happens::Machine => times.agent.wrote(now, Writer::Machine),
                        Happens::Assigned => times.agent.assigned_at = times.agent.assigned_at.or(Some(now)),
                    }
                }
                if every_minute || next.is_some_and(|next| next <= now) {
                    let due = due(&times, &rules, None, None, now);
                    assert!(due.next.is_none_or(|next| next > now));
                    due.effects.iter().for_each(|effect| times.done(effect, now));
                    done.extend(due.effects.into_iter().map(|effect| (now, effect)));
                    next = due.next;
                }
            }
            done
        };
        let (seldom, always) = (run(false), run(true));
        proptest::prop_assert_eq!(&seldom, &always);
        let waking = rules.waking(None);
        for (at, effect) in &always {
            proptest::prop_assert!(!effect.tells_customer() || waking.open_at(*at).open);
        }
        let ends = always.iter().position(|(_, effect)| effect.ends());
        proptest::prop_assert!(ends.is_none_or(|end| end + 1 == always.len()));
        let warnings = always.iter().filter(|(_, effect)| matches!(effect, Effect::WarnUnanswered { .. })).count();
        proptest::prop_assert!(warnings <= 1);
    }
}

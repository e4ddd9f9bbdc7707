//! The same for the promises of the harsh histories: each fails when it is broken.

use super::{
    super::{
        files::Host,
        ledger::{Call, Kind, Ledger, Poison, Refusal, Refused, Seen, Speaker, System, Ticket},
    },
    tests::{SECOND, found, says, seen, system, told, violations},
};

/// Words of the first customer that the other side refused at this second.
fn refuses(ledger: &mut Ledger, said: usize, at: u64) {
    ledger.refusals.push(Refusal { at: at * SECOND, what: Refused::Words(said) });
}

#[test]
fn what_is_refused_for_good_is_told_within_an_hour() {
    let untold = "silence: c2 was refused at 3000, and the customer was not told within an hour";
    let refused = |told: Option<u64>| {
        violations(|world| {
            {
                let mut ledger = world.ledger();
                ledger.said[2].poison = Some(Poison::Whole);
                ledger.at_helpdesk.remove(1);
                refuses(&mut ledger, 2, 3);
            }
            let first = world.ledger().tickets[0].opening.clone();
            if let Some(at) = told {
                system(world, &first, "not-delivered-1", at);
            }
        })
    };
    assert_eq!(refused(Some(60)), [""; 0]);
    assert_eq!(refused(Some(3700)), [untold]);
    assert!(refused(None).contains(&untold.to_owned()));
    let notice = |at| {
        violations(|world| {
            let mut ledger = world.ledger();
            refuses(&mut ledger, 3, 4);
            ledger.said[3].poison = Some(Poison::Whole);
            ledger.at_blip.remove(1);
            ledger.notices.push(seen(at, "a3", 0));
        })
    };
    assert_eq!(notice(60), [""; 0]);
    assert_eq!(notice(3700), ["silence: a3 was refused at 4000, and the agent was not told within an hour"]);
    let redirect = |told: Option<u64>| {
        violations(|world| {
            let mut ledger = world.ledger();
            let opening = ledger.tickets[0].opening.clone();
            ledger.system.clear();
            ledger.refusals.push(Refusal { at: 15 * SECOND, what: Refused::Redirect(opening.clone()) });
            ledger.notes.extend(told.map(|at| (at * SECOND, opening)));
        })
    };
    assert_eq!(redirect(Some(60)), [""; 0]);
    let untold = "silence: a redirect was refused at 15000, and nobody was told within an hour";
    assert_eq!((redirect(None), redirect(Some(3700))), (vec![untold.to_owned()], vec![untold.to_owned()]));
}

#[test]
fn who_was_sent_back_is_not_answered_on_what_is_over() {
    let said = |at: u64| {
        violations(|world| {
            says(world, Speaker::Customer(0), Kind::Words(1), at);
            world.ledger().at_helpdesk.push(Seen { late: true, ..seen(at + 1, "c7", 0) });
        })
    };
    assert_eq!(said(29), [""; 0], "its way may have been long");
    assert_eq!(said(30), ["c7 was said 15000 ms after the customer was sent back, and is a late note on T-1"]);
}

#[test]
fn how_many_there_may_be() {
    found("chat 0 was sent the same greeting 2 times", |world| {
        let first = world.ledger().tickets[0].opening.clone();
        system(world, &first, "greeting", 1);
        system(world, &first, "greeting", 2);
    });
    found("chat 0 was sent the same lost-file 2 times", |world| {
        let first = world.ledger().tickets[0].opening.clone();
        system(world, &first, "lost-file-1", 2);
        system(world, &first, "lost-file-1", 3);
    });
    told("c0 caused 4 openings, whose tickets were gone", |ledger| {
        ledger.said[0].cursed = true;
        ledger.gone.extend((0..4).map(|ticket| (0, ticket)));
    });
    told("c0/2 was fetched 31 times", |ledger| drop(ledger.tries.insert("c0/2".to_owned(), vec![1; 31])));
    assert!(
        violations(|world| {
            let mut ledger = world.ledger();
            let ticket = Ticket {
                opening: ledger.tickets[0].opening.clone(),
                chat: 0,
                at: 1,
                first: None,
                gone: true,
                ended: vec![],
            };
            ledger.tickets.push(ticket);
            ledger.at_helpdesk[1].place = 2;
        })
        .contains(&"an opening has words on 2 tickets".to_owned())
    );
}

#[test]
fn files_are_tried_and_told() {
    let lost = |host: Host, tries: usize, notices: usize| {
        violations(|world| {
            {
                let mut ledger = world.ledger();
                ledger.said[0].files.insert(1, host);
                ledger.at_helpdesk[0].lost = true;
                ledger.tries.insert("c0".to_owned(), vec![1; tries]);
            }
            let first = world.ledger().tickets[0].opening.clone();
            (0..notices).for_each(|at| system(world, &first, &format!("lost-file-{at}"), 1));
        })
    };
    assert_eq!(lost(Host::Silent(9), 3, 1), [""; 0]);
    assert_eq!(lost(Host::Silent(9), 2, 1), ["the file c0 was given up after 2 tries (Silent(9))"]);
    assert_eq!(lost(Host::Quick, 9, 1), ["the file c0 was given up after 9 tries (Quick)"]);
    assert_eq!(lost(Host::Without, 1, 0), ["silence: a file of c0 was lost, and the customer was not told"]);
}

#[test]
fn a_refusal_is_of_one_part() {
    told("lost: c2/3 of chat 0", |ledger| {
        ledger.said[2].kind = Kind::Words(3);
        ledger.said[2].poison = Some(Poison::Part(2));
        ledger.at_helpdesk[1] = seen(3, "c2/1", 0);
        let told = System {
            opening: ledger.tickets[0].opening.clone(),
            name: "not-delivered-1".into(),
            seen: seen(3, "", 0),
            ended: None,
        };
        ledger.system.push(told);
    });
    assert_eq!(
        violations(|world| {
            let said = says(world, Speaker::Agent(1), Kind::Words(3), 31);
            let mut ledger = world.ledger();
            ledger.said[said].poison = Some(Poison::Part(2));
            refuses(&mut ledger, said, 31);
            ledger.at_blip.push(seen(31, "a7/1", 1));
            ledger.notices.push(seen(31, "a7", 1));
        }),
        ["lost: a7/3 of T-2, beside a part that was refused"]
    );
}

#[test]
fn what_the_bridge_knew_is_not_repeated() {
    let keyless = |at, call| Seen { excuse: Some("no key"), call, ..seen(at, "c2", 0) };
    let again = |answered: Option<u64>, written: Option<u64>, second: usize| {
        violations(|world| {
            let mut ledger = world.ledger();
            let call = |by, begun, answered| Call { by, begun, answered };
            ledger.calls = vec![call(1, 2000, answered), call(2, 8500, None), call(1, 8500, None)];
            ledger.written.extend(written.map(|at| (1, at)));
            ledger.at_helpdesk[1] = keyless(3, 0);
            ledger.at_helpdesk.insert(2, keyless(9, second));
        })
    };
    let knew = ["repeated: c2 at the helpdesk, after a confirmed answer".to_owned()];
    assert_eq!(again(None, Some(4000), 1), [""; 0], "it had no answer");
    assert_eq!(again(Some(3000), None, 1), [""; 0], "it could write nothing down");
    assert_eq!(again(Some(3000), Some(9001), 1), [""; 0], "it wrote down too late");
    assert_eq!(again(Some(3000), Some(8700), 1), [""; 0], "the second was under way by then");
    assert_eq!(again(Some(3000), Some(4000), 1), knew);
    assert_eq!(again(Some(3000), None, 2), knew, "the same function");
    assert_eq!(again(Some(3000), None, 0), knew, "the same call");
}

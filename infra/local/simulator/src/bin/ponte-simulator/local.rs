//! `local`: where everything is, how to play, and the ledger as it grows, until Ctrl-C.

use std::time::Duration;

use anyhow::Result;
use ponte_simulator::stack::Stack;
use ponte_simulator::{Direction, Lane, Ledger, Origin, Simulator};

/// How long one wait for news lasts; then the next begins.
const WAIT: Duration = Duration::from_hours(1);

pub(crate) async fn tail(simulator: &Simulator, stack: &Stack) -> Result<()> {
    println!("{}{}", doors(stack), guide(simulator));
    let mut known = Ledger::default();
    loop {
        let size = known.size();
        let news = simulator.until(WAIT, "news", |ledger| (ledger.size() > size).then(|| ledger.clone())).await;
        let Ok(ledger) = news else { continue };
        for line in lines(&known, &ledger) {
            println!("{line}");
        }
        known = ledger;
    }
}

/// The bridge's own two addresses. The emulator's gateway tells APIs apart by the Host header.
fn doors(stack: &Stack) -> String {
    let door = |name: &str| {
        let (url, host) = (stack.output(&format!("{name}_URL")), stack.output(&format!("{name}_HOST")));
        format!("{url}  (Host: {host})")
    };
    format!("\nBlipWebhookUrl:      {}\nHelpdeskCallbackUrl: {}\n", door("BLIP_WEBHOOK"), door("HELPDESK_CALLBACK"))
}

fn guide(simulator: &Simulator) -> String {
    let url = simulator.helpdesk_url();
    let play =
        |path: &str, body: &str| format!("  curl {url}/_/{path} -H 'content-type: application/json' -d '{body}'\n");
    let commands = [
        play("customer", r#"{"name":"Ana","phone":"5531999990001"}"#),
        play("customer/hand_over", r#"{"customer":"Ana"}"#),
        play("customer/says", r#"{"customer":"Ana","text":"Bom dia 😀"}"#),
        play("customer/types", r#"{"customer":"Ana"}"#),
        play(
            "customer/sends_file",
            r#"{"customer":"Ana","name":"nota.txt","mime":"text/plain","base64":"T2zDoSEK","caption":"A nota"}"#,
        ),
        play("agent/assigns", r#"{"ticket":"T-1001","agent":"Beatriz Souza"}"#),
        play("agent/types", r#"{"ticket":"T-1001"}"#),
        play("agent/says", r#"{"ticket":"T-1001","text":"Olá, Ana!"}"#),
        play(
            "agent/sends_file",
            r#"{"ticket":"T-1001","name":"recibo.txt","mime":"text/plain","base64":"UGFnbyEK","caption":"O recibo"}"#,
        ),
        play("blip/receipts", r#"{"on":true}"#),
        play("agent/closes", r#"{"ticket":"T-1001"}"#),
        play("customer", r#"{"name":"Rui","phone":"5531999990002","mode":"ticket"}"#),
        play("customer/says", r#"{"customer":"Rui","text":"Oi"}"#),
        format!("  curl {url}/_/list\n  curl {url}/_/ledger\n  curl {url}/_/files\n"),
    ];
    format!(
        "\nThe simulated Blip:     {}\nThe simulated helpdesk: {}\n\nTo play, in another terminal:\n{}\nCtrl-C stops everything. The ledger:\n",
        simulator.blip_url(),
        simulator.events_url(),
        commands.concat()
    )
}

/// What is new since `known`, one line each.
fn lines(known: &Ledger, ledger: &Ledger) -> Vec<String> {
    let mut lines: Vec<(i64, String)> = Vec::new();
    for sent in ledger.sent.iter().skip(known.sent.len()) {
        lines.push((sent.at, format!("{} says   {}", who(&sent.lane, true), flat(&sent.content.to_string()))));
    }
    for seen in ledger.seen.iter().skip(known.seen.len()) {
        let took = match &seen.origin {
            Origin::Message(label) => {
                let took = ledger.message(label).map_or(0, |sent| seen.at - sent.at);
                format!("({took} ms)")
            }
            other => format!("({other:?})"),
        };
        lines.push((seen.at, format!("{} sees   {} {took}", who(&seen.lane, false), flat(&seen.content.to_string()))));
    }
    for note in ledger.notes.iter().skip(known.notes.len()) {
        lines.push((note.at, format!("{:<18} {:>9} {}", note.customer, note.kind, note.text)));
    }
    lines.sort_by_key(|(at, _)| *at);
    let wrongs = [
        (&known.strays, &ledger.strays, "stray"),
        (&known.faults, &ledger.faults, "fault"),
        (&known.refusals, &ledger.refusals, "refused"),
        (&known.undelivered, &ledger.undelivered, "given up"),
    ];
    let wrong = wrongs
        .into_iter()
        .flat_map(|(old, new, kind)| new.iter().skip(old.len()).map(move |text| format!("! {kind}: {text}")));
    lines.into_iter().map(|(_, line)| line).chain(wrong).collect()
}

fn who(lane: &Lane, sender: bool) -> String {
    let customer = (lane.direction == Direction::ToAgent) == sender;
    format!("{:<18} {:>9}", lane.conversation, if customer { "customer" } else { "agent" })
}

fn flat(text: &str) -> String {
    text.replace('\n', " / ")
}

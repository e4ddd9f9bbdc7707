//! `local`: where everything is, how to play, and the ledger as it grows, until Ctrl-C.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use ponte_simulator::stack::Stack;
use ponte_simulator::{Direction, Lane, Ledger, Origin, Simulator};

use crate::operator_env;

/// How long one wait for news lasts; then the next begins.
const WAIT: Duration = Duration::from_hours(1);

pub(crate) async fn tail(simulator: &Simulator, stack: &Stack) -> Result<()> {
    let file = operator_env::write(simulator, stack, stack.state())?;
    println!("{}{}{}{}", endpoints(stack), operator(&file), guide(simulator), playground(simulator));
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
fn endpoints(stack: &Stack) -> String {
    let endpoint = |name: &str| {
        let (url, host) = (stack.output(&format!("{name}_URL")), stack.output(&format!("{name}_HOST")));
        format!("{url}  (Host: {host})")
    };
    format!(
        "\nBlipWebhookUrl:      {}\nHelpdeskCallbackUrl: {}\n",
        endpoint("BLIP_WEBHOOK"),
        endpoint("HELPDESK_CALLBACK")
    )
}

/// The page to play on, last: it is what most want.
fn playground(simulator: &Simulator) -> String {
    let url = simulator.playground_url().unwrap_or_default();
    format!(
        "\nThe playground, a customer's phone and an agent's desk in one page, is open in a browser at\n\n  {url}\n\n\
             Ctrl-C stops everything. What is said and seen:\n"
    )
}

/// How to use the tool on this stack.
fn operator(file: &Path) -> String {
    format!(
        "\nTo look after it, in another terminal. The file has the addresses, $BLIP_KEY, $BLIP_TOKEN, $HELPDESK_WEBHOOK_SECRET, and the \
         tool, which is built the first time:\n\n  source '{}'\n  ponte status\n",
        file.display()
    )
}

/// Customers and agents, in an order in which all of it may be pasted at once: an agent's command waits for the customer's ticket.
fn control_commands(url: &str) -> String {
    let commands = [
        curl(url, "customer", r#"{"name":"Ana","phone":"5531999990001"}"#),
        curl(url, "customer/hand_over", r#"{"customer":"Ana"}"#),
        curl(url, "customer/says", r#"{"customer":"Ana","text":"Bom dia 😀"}"#),
        curl(url, "customer/types", r#"{"customer":"Ana"}"#),
        curl(
            url,
            "customer/sends_file",
            r#"{"customer":"Ana","name":"nota.txt","mime":"text/plain","base64":"T2zDoSEK","caption":"A nota"}"#,
        ),
        curl(url, "agent/assigns", r#"{"customer":"Ana","agent":"Beatriz Souza"}"#),
        curl(url, "agent/types", r#"{"customer":"Ana"}"#),
        curl(url, "agent/says", r#"{"customer":"Ana","text":"Olá, Ana!"}"#),
        curl(
            url,
            "agent/sends_file",
            r#"{"customer":"Ana","name":"recibo.txt","mime":"text/plain","base64":"UGFnbyEK","caption":"O recibo"}"#,
        ),
        curl(url, "blip/receipts", r#"{"on":true}"#),
        curl(url, "agent/closes", r#"{"customer":"Ana"}"#),
        curl(url, "customer", r#"{"name":"Rui","phone":"5531999990002","mode":"ticket"}"#),
        curl(url, "customer/says", r#"{"customer":"Rui","text":"Oi"}"#),
        curl(url, "agent/says", r#"{"customer":"Rui","text":"Olá, Rui!"}"#),
        ["list", "ledger", "files"].map(|what| format!("  curl -sSf -w '\\n' {url}/_/{what}\n")).concat(),
    ];
    commands.concat()
}

/// Each stops, slows or breaks one side, and lasts until it works again.
fn outages(url: &str) -> String {
    let commands = [
        curl(url, "helpdesk/stops", "{}"),
        curl(url, "helpdesk/breaks", r#"{"status":503}"#),
        curl(url, "helpdesk/slows", r#"{"milliseconds":6000}"#),
        curl(url, "helpdesk/works", "{}"),
        curl(url, "blip/stops", r#"{"seconds":60}"#),
        curl(url, "blip/breaks", r#"{"status":429,"retry_after":20}"#),
        curl(url, "blip/slows", "{}"),
        curl(url, "blip/works", "{}"),
    ];
    commands.concat()
}

fn curl(url: &str, path: &str, body: &str) -> String {
    format!("  curl -sSf -w '\\n' {url}/_/{path} -H 'content-type: application/json' -d '{body}'\n")
}

fn guide(simulator: &Simulator) -> String {
    let url = simulator.helpdesk_url();
    format!(
        "\nThe simulated Blip:     {}\nThe simulated helpdesk: {}\n\nTo play, line by line or pasted at once:\n\n{}\nTo stop, break or \
         slow a side, until it works again:\n\n{}",
        simulator.blip_url(),
        simulator.events_url(),
        control_commands(&url),
        outages(&url)
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

#[cfg(test)]
mod tests {
    use ponte_simulator::stack;
    use tokio::process::Command;

    use super::*;

    /// Each line is a command that the simulator takes, in the order printed, without a pause between them.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_printed_can_be_pasted_at_once() {
        let simulator = Simulator::start(stack::config()).await.unwrap();
        let url = simulator.helpdesk_url();
        let paste = async |text: String| {
            let output = Command::new("bash").args(["-e", "-c", &text]).output().await.unwrap();
            (
                output.status.success(),
                String::from_utf8(output.stdout).unwrap(),
                String::from_utf8(output.stderr).unwrap(),
            )
        };
        let (went, said, wrong) = paste(outages(&url)).await;
        assert!(went && said.lines().count() == outages(&url).lines().count(), "{said}{wrong}");
        // The agent's lines wait for a ticket, which without a bridge never comes: up to there, all are taken.
        let all = control_commands(&url);
        let customers: String =
            all.lines().take_while(|line| !line.contains("/_/agent/")).flat_map(|line| [line, "\n"]).collect();
        let (went, said, wrong) = paste(customers.clone()).await;
        assert!(went && customers.lines().count() >= 5, "{said}{wrong}");
        assert!(!all.contains("T-1001"), "no number is guessed");
        let (went, _, wrong) = paste(curl(&url, "agent/says", r#"{"customer":"Nobody","text":"x"}"#)).await;
        assert!(!went && wrong.contains("400"), "{wrong}");
    }
}

//! Files through the deployed stack: the same ones on the other side, byte for byte, and no way in through a link.
//!
//! `cargo test -p ponte-tests end_to_end::files -- --nocapture` prints the hashes, and the memory that the workers took.

use std::{collections::BTreeMap, time::Duration};

use ponte_simulator::{Customer, Profile, Simulator, samples};
use serde_json::json;

use super::{Deployed, PATIENCE, deployed, eventually};

const MEGABYTE: usize = 1024 * 1024;
/// What a worker may take at the most while it copies.
const MAX_MEMORY: u64 = 64 * 1024;

async fn opened(simulator: &Simulator) -> (Customer, String) {
    let ana = simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
    ana.hand_over(None);
    ana.says("oi");
    let ticket = simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
    (ana, ticket)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_the_same_on_the_other_side() {
    deployed("files", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let (ana, ticket) = opened(simulator).await;
        ana.sends_file("praia.jpg", "image/jpeg", samples::jpeg(8 * MEGABYTE), "A praia 🏖");
        ana.sends_file(None, "audio/ogg; codecs=opus", samples::voice(40_000), None);
        ana.sends_file("Certidão de nascimento – João.pdf", "application/pdf", samples::pdf(300_000), None);
        ana.sends_file("festa.mp4", "video/mp4", samples::mp4(24 * MEGABYTE), "A festa");
        ana.sends_guarded_file("contrato.pdf", "application/pdf", samples::pdf(70_000), None);
        let says = |name, mime, bytes: Vec<u8>| simulator.helpdesk.says_file(&ticket, name, mime, bytes, None).unwrap();
        says("foto.png", "image/png", samples::png(8 * MEGABYTE));
        says("voz.ogg", "audio/ogg; codecs=opus", samples::voice(40_000));
        says("Declaração nº 1.pdf", "application/pdf", samples::pdf(300_000));
        says("manual.mp4", "video/mp4", samples::mp4(24 * MEGABYTE));
        stack.settled().await;
        let files = simulator.files().await;
        assert_eq!(files.len(), 9);
        for file in &files {
            let (said, seen) = (&file.said_sha256, file.seen_sha256.as_deref().unwrap_or("nothing"));
            println!("{:?} {} {} bytes, sha256 {said} became {seen}", file.direction, file.label, file.said_size);
            assert_eq!(file.difference(), None);
            assert!(file.from_host.contains("execute-api"), "a copy of ours: {}", file.from_host);
        }
        let kept = |name: &str| files.iter().any(|file| file.name.as_deref() == Some(name));
        assert!(kept("Certidão de nascimento – João.pdf") && kept("Declaração nº 1.pdf"));
        let inline =
            |file: &&ponte_simulator::FileSeen| file.disposition.as_deref().unwrap_or("").starts_with("inline");
        assert_eq!(files.iter().filter(inline).count(), 9, "pictures, sound, films and PDF are shown");

        links_die_with_their_files(&stack, &ticket).await;

        // 26 MB: its sender is told, either way, and the words arrive.
        let mut refused = Vec::new();
        for _ in 0..2 {
            refused.push(ana.sends_file("longo.mp4", "video/mp4", samples::mp4(26 * MEGABYTE), "olha"));
        }
        let theirs =
            simulator.helpdesk.says_file(&ticket, "longo.mp4", "video/mp4", samples::mp4(26 * MEGABYTE), "veja");
        let theirs = theirs.unwrap();
        let too_large = "O arquivo não foi entregue: ele é maior que 25 MB.";
        eventually("the customer is told of each", || {
            (ana.sees().iter().filter(|seen| seen.content.to_string() == too_large).count() == refused.len())
                .then_some(())
        })
        .await;
        eventually("the agent is told", || {
            let ledger = simulator.ledger();
            ledger.message(&theirs)?.refused.clone().filter(|reason| reason.contains("file_too_large"))
        })
        .await;
        eventually("the words arrive", || {
            ana.sees().iter().any(|seen| seen.content.to_string() == "veja").then_some(())
        })
        .await;
        let shown = format!("olha\n[longo.mp4: {too_large}]");
        eventually("the agent sees what is missing", || (texts(simulator, &ticket, &shown) == 2).then_some(())).await;

        // What has expired is renewed.
        simulator.blip.links_live(Duration::ZERO);
        let expired = ana.sends_file("velha.jpg", "image/jpeg", samples::jpeg(50_000), None);
        simulator.blip.links_live(Duration::from_mins(15));
        simulator.arrives(&expired, PATIENCE).await.unwrap();
        assert!(simulator.blip.refreshes() >= 1);

        for (name, kilobytes) in peaks(&stack) {
            println!("{name}: at most {kilobytes} KB resident");
            assert!(kilobytes < MAX_MEMORY, "{name} took {kilobytes} KB");
        }
    })
    .await;
}

/// A link is good as long as its file lies there, and an id that nobody gave leads nowhere.
async fn links_die_with_their_files(stack: &Deployed, ticket: &str) {
    let simulator = &stack.simulator;
    let events = simulator.helpdesk.events(ticket);
    let link = events.iter().find_map(|event| event["data"]["message"]["content"]["url"].as_str()).unwrap().to_owned();
    assert_eq!(simulator.download(&link).await.unwrap().status, 200);
    let (base, id) = link.rsplit_once('/').unwrap();
    let other = id.replace(&id[..1], if id.starts_with('0') { "1" } else { "0" });
    for wrong in [format!("{base}/{other}"), format!("{base}/x"), format!("{link}0")] {
        assert_eq!(simulator.download(&wrong).await.unwrap().status, 404, "{wrong}");
    }
    let config = ponte_cli::endpoint(&stack.endpoint).await;
    let s3 = ponte::media::s3_client(&config);
    let key = format!("media/{}", id.replace('-', "/"));
    s3.delete_object().bucket(&stack.bucket).key(key).send().await.unwrap();
    assert_eq!(simulator.download(&link).await.unwrap().status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_hostile_links_lead_nowhere() {
    deployed("hostile-links", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let (ana, ticket) = opened(simulator).await;
        let hostile = simulator.hostile().await.unwrap();
        let links = links(&simulator.blip_url(), hostile.port());
        assert!(links.len() >= 40, "{}", links.len());
        for (number, link) in links.iter().enumerate() {
            let content =
                json!({ "type": "image/jpeg", "uri": link, "title": format!("{number}.jpg"), "text": "veja" });
            ana.sends("application/vnd.lime.media-link+json", &content, None);
        }
        simulator.helpdesk.says(&ticket, "recebi").unwrap();
        let last = ana.says("fim");
        simulator.arrives(&last, 3 * PATIENCE).await.unwrap();
        assert_eq!(hostile.connections(), 0, "somebody knocked: {:?}", hostile.requests());
        println!("{} hostile links, 0 connections", links.len());
        // Each is told in words, and not one came through as a file.
        let events = simulator.helpdesk.events(&ticket);
        let files = events.iter().filter(|event| event["data"]["message"]["content"]["type"] == "file").count();
        assert_eq!(files, 0);
        let told = events.iter().filter_map(|event| event["data"]["message"]["content"]["text"].as_str());
        assert_eq!(told.filter(|text| text.starts_with("veja")).count(), links.len());
        // An agent's link is no other.
        let content = json!({ "type": "file", "url": format!("http://127.0.0.1:{}/a.pdf", hostile.port()) });
        let content = serde_json::from_value::<ponte_simulator::Content>(content).unwrap();
        let theirs = simulator.helpdesk.says(&ticket, content).unwrap();
        eventually("the agent is told", || simulator.ledger().message(&theirs)?.refused.clone()).await;
        assert_eq!(hostile.connections(), 0);
    })
    .await;
}

/// Links that lead, by one trick or another, to `port` on this machine or to the cloud's own network.
fn links(blip: &str, port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.2",
        "0.0.0.0",
        "0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "224.0.0.1",
        "255.255.255.255",
        "user:pass@127.0.0.1",
        "metadata",
        "①②⑦.⓪.⓪.①",
    ];
    let mut links: Vec<String> = hosts.iter().map(|host| format!("https://{host}:{port}/a.jpg")).collect();
    links.extend(
        ["127.0.0.1", "localhost", "169.254.169.254"].map(|host| format!("http://{host}:{port}/latest/meta-data")),
    );
    links.extend(["https://127.0.0.1/", "https://localhost/", "http://example.com/a.jpg"].map(str::to_owned));
    for to in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        "http://169.254.169.254/latest/meta-data/iam".to_owned(),
        format!("{blip}/hostile/redirect?to={}", encoded(&format!("http://127.0.0.1:{port}/"))),
        format!("//127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
    ] {
        links.push(format!("{blip}/hostile/redirect?to={}", encoded(&to)));
    }
    links.extend(
        ["slow", "endless", "lying-length", "gzip", "status/404", "status/500"]
            .map(|path| format!("{blip}/hostile/{path}")),
    );
    links
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"))
}

/// How often the agent was shown exactly this.
fn texts(simulator: &Simulator, ticket: &str, text: &str) -> usize {
    let events = simulator.helpdesk.events(ticket);
    events.iter().filter(|event| event["data"]["message"]["content"]["text"] == text).count()
}

/// The largest resident size of each function that runs now, in KB, as the kernel counts it.
fn peaks(stack: &Deployed) -> BTreeMap<String, u64> {
    let children = format!("/proc/{0}/task/{0}/children", stack.emulator);
    let children = std::fs::read_to_string(children).unwrap();
    let peaks = children.split_whitespace().filter_map(|pid| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
        let environment = String::from_utf8_lossy(&environment).into_owned();
        let name = environment.split('\0').find_map(|line| line.strip_prefix("AWS_LAMBDA_FUNCTION_NAME="))?.to_owned();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some((name, peak.trim().trim_end_matches(" kB").parse().ok()?))
    });
    let peaks: BTreeMap<String, u64> = peaks.collect();
    assert!(peaks.keys().any(|name| name.contains("ToHelpdesk")), "{peaks:?}");
    peaks
}

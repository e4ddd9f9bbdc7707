//! Whom an operator means: by telephone behind a router too, and never another.

use ponte_cli::Place;
use serde_json::json;

use super::stack::Desk;

const MARIA: &str = "5531988880002@wa.gw.msging.net";

#[tokio::test]
async fn a_telephone_leads_to_a_conversation_behind_a_router() {
    let desk = Desk::start().await;
    let maria = desk.opens("f1a2@tunnel.msging.net/x", Some(MARIA), Some("4711")).await;
    desk.opens("b7c8@tunnel.msging.net", Some("5531988880003@wa.gw.msging.net"), Some("4712")).await;
    // Eight digits on the wire, nine in the hand.
    let ana = desk.opens("c9d0@tunnel.msging.net", Some("553188880009@wa.gw.msging.net"), Some("4713")).await;
    let mail =
        desk.opens("e1f2@tunnel.msging.net", Some("maria%40example.com@mailgun.gw.msging.net"), Some("4714")).await;
    let telegram = desk.opens("a3b4@tunnel.msging.net", Some("3198888000@telegram.gw.msging.net"), Some("4715")).await;
    let shown = async |whom: &str| {
        let ran = desk.run(&["conversations", "show", whom, "--json"]).await;
        assert_eq!(ran.code, 0, "{whom}: {}", ran.wrong);
        assert!(!ran.said.contains("88880002") && !ran.said.contains("f1a2"), "{}", ran.said);
        ran.json()["conversation"].as_str().unwrap().to_owned()
    };
    for whom in [
        "+55 31 98888-0002",
        "31988880002",
        "(31) 98888.0002",
        "0 31 9 8888 0002",
        "+55 31 8888-0002",
        "553188880002",
        MARIA,
        "553188880002@wa.gw.msging.net",
        "4711",
        "#4711",
        "5531988880002%40wa.gw.msging.net",
        "https://desk.example/tickets/4711",
        "f1a2",
        "f1a2@tunnel.msging.net",
        maria.as_str(),
        maria.conversation().as_str(),
    ] {
        assert_eq!(shown(whom).await, maria.as_str(), "{whom}");
    }
    for whom in ["+55 31 98888-0009", "+55 31 8888 0009", "5531988880009@wa.gw.msging.net"] {
        assert_eq!(shown(whom).await, ana.as_str(), "{whom}");
    }
    for whom in
        ["maria@example.com", "Maria%40Example.com", "MARIA@EXAMPLE.COM", "maria%40example.com@mailgun.gw.msging.net"]
    {
        assert_eq!(shown(whom).await, mail.as_str(), "{whom}");
    }
    assert_eq!(shown("3198888000").await, telegram.as_str());
    // From standard input, out of the shell's history.
    let mut child = desk.tool();
    child.args(["conversations", "show", "-", "--json"]);
    let input = std::process::Stdio::from({
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("whom");
        std::fs::write(&path, "+55 31 98888-0002\n").unwrap();
        std::fs::File::open(path).unwrap()
    });
    let output = child.stdin(input).output().await.unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains(maria.as_str()));
    // Nobody else's.
    for whom in ["+55 31 98888-0001", "+55 11 98888-0002", "98888-0002", "+1 31 98888 0002", "471"] {
        let ran = desk.run(&["conversations", "show", whom]).await;
        assert_eq!((ran.code, ran.said.as_str()), (3, ""), "{whom}: {}", ran.wrong);
    }
}

#[tokio::test]
async fn what_an_earlier_release_opened_is_found_as_far_as_its_address_says() {
    let desk = Desk::start().await;
    let bot = desk.opens(MARIA, None, Some("1")).await;
    let behind = desk.opens("f1a2@tunnel.msging.net", Some("5531988880007@wa.gw.msging.net"), Some("2")).await;
    for opening in [&bot, &behind] {
        desk.forgets_who(opening).await;
    }
    let ran = desk.run(&["conversations", "show", "31 8888-0002", "--json"]).await;
    assert_eq!(ran.json()["conversation"], bot.as_str(), "{}", ran.wrong);
    let ran = desk.run(&["customer", "erase", "31 98888-0007", "--yes"]).await;
    assert_eq!(ran.code, 3);
    assert!(ran.wrong.contains("earlier release") && ran.wrong.contains("mark"), "{}", ran.wrong);
    assert_eq!(desk.run(&["conversations", "show", "2"]).await.code, 0, "by its ticket");
}

#[tokio::test]
async fn several_are_named_and_nothing_is_chosen() {
    let desk = Desk::start().await;
    // Each ticket of Blip's is a customer of its own.
    let first = desk.opens("t1@desk.msging.net/Webhook", Some(MARIA), Some("1")).await;
    let second = desk.opens("t2@desk.msging.net/Webhook", Some(MARIA), Some("2")).await;
    for opening in [&first, &second] {
        desk.answered_and_ends(opening).await;
    }
    for command in [&["customer", "erase", "--yes"][..], &["customer", "export"], &["conversations", "show"]] {
        let ran = desk.run(&[command, &["+55 31 98888-0002"]].concat()).await;
        assert_eq!((ran.code, ran.said.as_str()), (4, ""), "{command:?}: {}", ran.wrong);
        for opening in [&first, &second] {
            assert!(ran.wrong.contains(opening.conversation().as_str()), "{}", ran.wrong);
        }
    }
    let found = desk.run(&["conversations", "find", "+55 31 98888-0002", "--json"]).await.json();
    let keys: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), 2);
    for key in keys {
        let ran = desk.run(&["customer", "erase", key, "--yes", "--wait", "0"]).await;
        assert_eq!(ran.code, 0, "{}", ran.wrong);
        assert!(ran.said.starts_with("erased: 2 items"), "{}", ran.said);
    }
    // What is gone is not confirmed once more.
    let ran = desk.run(&["customer", "erase", "+55 31 98888-0002", "--yes"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (3, ""), "{}", ran.wrong);
}

#[tokio::test]
async fn an_export_and_an_erase_by_telephone_take_all_that_is_held() {
    let desk = Desk::start().await;
    let maria = desk.opens("f1a2@tunnel.msging.net", Some(MARIA), Some("4711")).await;
    desk.queue(Place::Parked, "f1a2@tunnel.msging.net", "m1").await;
    // Nobody is asked about what is refused anyway.
    let ran = desk.run(&["customer", "erase", "31988880002"]).await;
    assert_eq!(ran.code, 4);
    assert!(ran.wrong.contains("close it first") && !ran.wrong.contains("Type erase"), "{}", ran.wrong);
    desk.answered_and_ends(&maria).await;
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("export-by-telephone");
    let _ = std::fs::remove_dir_all(&folder);
    let ran = desk.run(&["customer", "export", "31988880002", "--to", folder.to_str().unwrap(), "--json"]).await;
    assert_eq!(
        (ran.code, &ran.json()["counts"]),
        (0, &json!({ "items": 2, "files": 0, "messages": 1 })),
        "{}",
        ran.wrong
    );
    let written = std::fs::read_to_string(folder.join("customer.json")).unwrap();
    assert!(written.contains("segredo") && written.contains("\"who\""), "{written}");
    // Without a word of consent, and nobody there to give it.
    let ran = desk.run(&["customer", "erase", "31988880002"]).await;
    assert_eq!(ran.code, 4, "{}", ran.wrong);
    assert!(ran.wrong.contains("--yes"), "{}", ran.wrong);
    let ran = desk.run(&["customer", "erase", "31988880002", "--yes", "--wait", "0"]).await;
    assert_eq!(ran.code, 0, "{}", ran.wrong);
    assert!(ran.said.starts_with("erased: 2 items of the table, 0 files, 1 messages"), "{}", ran.said);
    assert!(!ran.wrong.contains("88880002"), "{}", ran.wrong);
}

#[tokio::test]
async fn an_ended_conversation_says_so_and_a_new_one_has_nothing_of_it() {
    let desk = Desk::start().await;
    let first = desk.opens("f1a2@tunnel.msging.net", Some(MARIA), Some("1")).await;
    let show = async |whom: &str| desk.run(&["conversations", "show", whom, "--json"]).await.json();
    assert_eq!(show(first.as_str()).await["stands"], "customer and agent are talking");
    desk.answered_and_ends(&first).await;
    let ended = show(first.as_str()).await;
    assert_eq!(ended["state"], "closed");
    assert!(ended["stands"].as_str().unwrap().starts_with("it has ended"), "{ended}");
    assert!(ended["since"].is_string() && ended["last_from_agent"].is_string(), "{ended}");
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let second = desk.opens("f1a2@tunnel.msging.net", Some(MARIA), None).await;
    let present = show(second.as_str()).await;
    assert_eq!(present["state"], "claimed");
    assert_eq!(
        (&present["last_from_agent"], &present["last_from_customer"]),
        (&json!(null), &json!(null)),
        "{present}"
    );
    let asked = show(first.as_str()).await;
    let says = asked["stands"].as_str().unwrap();
    assert!(
        says.starts_with(&format!("{} has ended", first.as_str())) && asked["conversation"] == second.as_str(),
        "{asked}"
    );
    let listed = desk.run(&["conversations", "list", "--json"]).await.json();
    assert_eq!(listed["conversations"][0]["last_from_agent"], json!(null), "{listed}");
}

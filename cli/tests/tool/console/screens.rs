//! Every screen, in both languages, with nothing of a customer in it.

use std::time::Duration;

use ponte::{
    clock::{Clock, SystemClock},
    message::SourceId,
    trail::MessageHash,
};
use ponte_cli::Place;
use serde_json::json;

use super::Browser;
use crate::stack::Desk;

const ADDRESS: &str = "5531988880002@wa.gw.msging.net";
const RULES: &str = "version: 1\nqueues:\n  sales: { name: Vendas }\n";

#[tokio::test]
async fn every_screen_is_there_in_both_languages_without_a_word_of_a_customer() {
    let desk = Desk::start().await;
    let opening = desk.opens(ADDRESS, None, Some("4711")).await;
    let job = desk.queue(Place::Parked, ADDRESS, "m1").await;
    let now = SystemClock.now();
    let waits = json!({ "message": "retry scheduled", "group": job.group, "reason": "not now", "status": 503, "attempts": 3, "wait_s": 900 });
    desk.logs("to-helpdesk", now, waits).await;
    let key = opening.conversation().as_str().to_owned();
    for (language, words) in [
        (
            "en",
            [
                "Now",
                "Conversations",
                "Search",
                "Health",
                "Service rules",
                "Close this conversation?",
                "Waiting longest",
                "not now (503)",
            ],
        ),
        (
            "pt-BR",
            [
                "Agora",
                "Conversas",
                "Buscar",
                "Saúde",
                "Regras do serviço",
                "Encerrar esta conversa?",
                "Esperando há mais tempo",
                "not now (503)",
            ],
        ),
    ] {
        let browser = Browser::of(&desk, language).await;
        let conversation = format!("/conversations/{key}");
        let close = format!("{conversation}/close");
        let pages = ["/", "/conversations", "/search", "/health", "/rules", &close, "/", &conversation];
        for (page, word) in pages.into_iter().zip(words) {
            let shown = browser.get(page).await;
            assert_eq!(shown.status, 200, "{page}: {}", shown.body);
            assert!(shown.body.contains(&format!("<html lang=\"{language}\">")), "{page}");
            assert!(shown.body.contains(word), "{page} says no {word}: {}", shown.body);
            assert!(!shown.body.contains("segredo") && !shown.body.contains("98888"), "{page}: {}", shown.body);
            assert!(shown.policy.starts_with("default-src 'none';") && !shown.policy.contains("unsafe"), "{page}");
            // The policy would block them.
            assert!(
                !shown.body.contains(" style=") && !shown.body.contains("<style") && !shown.body.contains(" onclick")
            );
        }
        let others = ["hand-back", "replay", "customer"].map(|what| format!("{conversation}/{what}"));
        for page in others.iter().map(String::as_str).chain([
            "/live",
            "/parked/replay",
            "/conversations?waiting=0",
            "/conversations?state=open&queue=*",
        ]) {
            assert_eq!(browser.get(page).await.status, 200, "{page}");
        }
        for missing in
            ["/nothing", "/conversations/x", "/parked/to-nobody/1", "/parked/to-blip/1", "/rules/99/rollback"]
        {
            assert_eq!(browser.get(missing).await.status, 404, "{missing}");
        }
    }
    // What is looked at is in somebody's hands for a moment: the parked screens come last.
    let browser = Browser::of(&desk, "pt-BR").await;
    let parked = browser.get("/parked").await;
    assert!(parked.body.contains("Mensagens retidas") && parked.body.contains(&key), "{}", parked.body);
    let link = parked.body.split_once("href=\"/parked/to-helpdesk/").unwrap().1.split('"').next().unwrap();
    let one = browser.get(&format!("/parked/to-helpdesk/{link}")).await;
    assert!(one.status == 200 && one.body.contains("&lt;7 characters&gt;"), "{}", one.body);
    assert!(!one.body.contains("segredo") && !one.body.contains("98888"), "{}", one.body);
}

#[tokio::test]
async fn a_conversation_says_first_why_it_waits_then_what_is_not_through_and_every_step() {
    let desk = Desk::start().await;
    let opening = desk.opens(ADDRESS, None, Some("4711")).await;
    let shown = desk.run(&["conversations", "show", opening.as_str(), "--json"]).await.json();
    let group = &shown["groups"]["to_helpdesk"];
    let now = SystemClock.now();
    let ago = |seconds: u64| now.minus(Duration::from_secs(seconds));
    let hash = |id: &str| MessageHash::of_customer(&SourceId::new(id), &desk.stack.key);
    for (seconds, function, line) in [
        (41, "blip-webhook", json!({ "message": "request accepted", "group": group, "id": hash("m1") })),
        (
            40,
            "to-helpdesk",
            json!({ "message": "opened", "conversation": { "id": opening }, "Queue": "sales", "_aws": {} }),
        ),
        (
            40,
            "to-helpdesk",
            json!({ "message": "delivered", "to": "helpdesk", "conversation": { "id": opening }, "id": hash("m1"), "since_accepted_ms": 240 }),
        ),
        (39, "blip-webhook", json!({ "message": "seen", "conversation": { "id": opening }, "id": "0123456789ab" })),
        (30, "blip-webhook", json!({ "message": "request accepted", "group": group, "id": hash("m2") })),
        (
            20,
            "to-helpdesk",
            json!({ "message": "retry scheduled", "group": group, "ids": [hash("m2")], "kind": "later", "reason": "not now: the helpdesk asks to wait", "attempts": 3, "wait_s": 600 }),
        ),
    ] {
        desk.logs(function, ago(seconds), line).await;
    }
    let there = format!("/conversations/{}", opening.conversation().as_str());
    for (language, words) in [
        (
            "en",
            [
                "Messages to the helpdesk wait: ",
                "Next try: ",
                "Not through yet",
                "seen",
                "delivered",
                "customer → agent",
                "240 ms",
                "queue <bdi>sales</bdi>",
            ],
        ),
        (
            "pt-BR",
            [
                "Há mensagens esperando para o helpdesk: ",
                "Próxima tentativa: ",
                "Ainda não chegaram",
                "lida",
                "entregue",
                "cliente → atendente",
                "240 ms",
                "fila <bdi>sales</bdi>",
            ],
        ),
    ] {
        let page = Browser::of(&desk, language).await.get(&there).await.body;
        for word in words.into_iter().chain(["the helpdesk asks to wait, after 3 tries"]) {
            assert!(page.contains(word), "{language} says no {word}: {page}");
        }
        let gaps = page.split_once("trail gaps").unwrap().1.split_once("</ol>").unwrap().0;
        assert!(gaps.contains(hash("m2").as_str()) && !gaps.contains(hash("m1").as_str()), "{gaps}");
        // The latest step comes first, and each is there once.
        let steps = page.rsplit_once("<ol class=\"trail\">").unwrap().1;
        assert_eq!(steps.matches("<li").count(), 6, "{steps}");
        assert!(steps.find(hash("m2").as_str()) < steps.find(hash("m1").as_str()), "{steps}");
    }
}

#[tokio::test]
async fn whatever_is_in_hand_leads_to_the_conversation() {
    let desk = Desk::start().await;
    let opening = desk.opens(ADDRESS, None, Some("4711")).await;
    let browser = Browser::of(&desk, "en").await;
    let there = format!("/conversations/{}", opening.conversation().as_str());
    for text in
        ["+55 31 98888-0002", ADDRESS, "#4711", opening.as_str(), &format!("ponte.{}.greeting", opening.as_str())]
    {
        let found = browser.post("/search", "/search", &[("text", text)]).await;
        assert_eq!((found.status, found.location.as_str()), (303, there.as_str()), "{text}: {}", found.body);
    }
    for text in ["+55 31 97777-0000", "9999", "<img src=x onerror=alert(1)>", "x@"] {
        let found = browser.post("/search", "/search", &[("text", text)]).await;
        assert!(found.status == 200 && found.body.contains("Nothing was found"), "{text}: {}", found.status);
        assert!(!found.body.contains("97777") && !found.body.contains("<img src=x"));
    }
}

#[tokio::test]
async fn hostile_names_are_text() {
    let desk = Desk::start().await;
    let hostile = ["<img src=x onerror=alert(1)>", "\u{202e}gpj.exe", &"A".repeat(10_000)].map(str::to_owned);
    for (number, ticket) in hostile.iter().enumerate() {
        let address = format!("553198888000{number}@wa.gw.msging.net");
        desk.opens(&address, None, Some(&ticket.chars().take(1_000).collect::<String>())).await;
    }
    let browser = Browser::of(&desk, "pt-BR").await;
    for page in ["/", "/conversations", "/conversations?waiting=0"] {
        let shown = browser.get(page).await;
        assert_eq!(shown.status, 200, "{page}");
        assert!(shown.body.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
        assert!(
            !shown.body.contains("<img src=x")
                && !shown.body.contains('\u{202e}')
                && !shown.body.contains(&"A".repeat(100)),
            "{page}"
        );
        assert!(shown.body.contains("\\u{202e}gpj.exe"), "{page}");
    }
    let agent = browser.get(&format!("/conversations?agent={0}&channel={0}&queue={0}", "%3Cimg%20src=x%3E")).await;
    assert!(agent.status == 200 && !agent.body.contains("<img src=x"), "{}", agent.body);
}

#[tokio::test]
async fn rules_are_checked_pushed_and_rolled_back() {
    let desk = Desk::start().await;
    let browser = Browser::of(&desk, "en").await;
    let refused = browser.post("/rules", "/rules/check", &[("from", "0"), ("source", "version: 1\nqueue: {}\n")]).await;
    assert!(
        refused.status == 200 && refused.body.contains("It is not pushed like this") && refused.body.contains("line 2"),
        "{}",
        refused.body
    );
    let asked =
        browser.post("/rules", "/rules/check", &[("from", "0"), ("source", &RULES.replace('\n', "\r\n"))]).await;
    assert!(asked.body.contains("Push version 1?") && asked.body.contains("queues.sales.name"), "{}", asked.body);
    let fields = [("from", "0"), ("source", RULES)];
    let pushed = browser.send("/rules/push", &token_of(&asked.body), &fields).await;
    assert_eq!(pushed.location, "/rules?done=push&n=1", "{}", pushed.body);
    // Somebody has looked at nothing, and pushes over it.
    let late = browser.send("/rules/push", &token_of(&asked.body), &[("from", "0"), ("source", "version: 1\n")]).await;
    assert_eq!(late.status, 409, "{}", late.body);
    let changed = RULES.replace("Vendas", "Loja");
    let second = browser.post("/rules", "/rules/push", &[("from", "1"), ("source", &changed)]).await;
    assert_eq!(second.location, "/rules?done=push&n=2");
    let same = browser.post("/rules", "/rules/check", &[("from", "2"), ("source", &changed)]).await;
    assert_eq!(same.location, "/rules?done=same");
    let back = browser.get("/rules/1/rollback").await;
    assert!(back.body.contains("Go back to version 1?") && back.body.contains("Vendas"), "{}", back.body);
    let done = browser.send("/rules/1/rollback", &token_of(&back.body), &[("from", "1")]).await;
    assert_eq!(done.status, 409, "its difference was not the one that was shown");
    let done = browser.send("/rules/1/rollback", &token_of(&back.body), &[("from", "2")]).await;
    assert_eq!(done.location, "/rules?done=push&n=3");
    let lines = desk.audit().await;
    let what: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["rules.push", "rules.push", "rules.rollback"]);
    assert!(lines.iter().all(|line| line["who"] == "arn:aws:iam::1:user/ana"), "{lines:?}");
}

fn token_of(page: &str) -> String {
    super::token(page)
}

//! The playground over HTTP, with the small bridge. What a browser makes of it is tested in `tests/browser/playground/`.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN,
};
use reqwest::multipart::{Form, Part};

use super::fake_bridge::{Defect, bridge};
use super::simulator;
use crate::Simulator;

const LIMIT: Duration = Duration::from_secs(20);

struct Browser {
    sim: Simulator,
    url: String,
    client: reqwest::Client,
}

impl Browser {
    async fn start() -> Self {
        let mut sim = simulator().await;
        bridge(&sim, Defect::Nothing).await;
        sim.serve_playground().await.unwrap();
        let url = sim.playground_url().unwrap();
        Self { sim, url, client: super::client() }
    }

    async fn page(&self, query: &str) -> String {
        let asked = self.client.get(format!("{}/{query}", self.url)).header(ACCEPT_LANGUAGE, "pt-BR,pt;q=0.9");
        asked.send().await.unwrap().text().await.unwrap()
    }

    async fn post(&self, path: &str, form: Form) -> Response {
        let request = self.client.post(format!("{}{path}", self.url)).multipart(form).header(ORIGIN, &self.url);
        request.header(ACCEPT, "application/json").header(ACCEPT_LANGUAGE, "pt-BR").send().await.unwrap()
    }

    async fn acts(&self, path: &str, fields: &[(&'static str, &str)]) {
        // A browser ends a form without fields, and reqwest does not.
        let form = Form::new().text("nothing", "");
        let form = fields.iter().fold(form, |form, (name, value)| form.text(*name, (*value).to_owned()));
        let answer = self.post(path, form).await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text().await.unwrap());
    }
}

#[tokio::test]
async fn a_conversation_by_forms() {
    let browser = Browser::start().await;
    assert!(browser.page("").await.contains("Nenhum ticket ainda"));
    browser.acts("/customer", &[("name", "Ana <b>Lima</b>"), ("channel", "whatsapp"), ("way", "router")]).await;
    browser.acts("/customer/0/says", &[("text", "oi, robô")]).await;
    browser.acts("/customer/0/asks", &[("for", "billing")]).await;
    browser.acts("/customer/0/says", &[("text", "Bom dia")]).await;
    browser.sim.settles(LIMIT).await.unwrap();
    browser.acts("/ticket/T-1001/take?agent=2", &[]).await;
    browser.acts("/ticket/T-1001/note", &[("text", "nota de casa")]).await;
    browser.acts("/ticket/T-1001/says", &[("text", "Como?"), ("options", "Pix\n\n Boleto ")]).await;
    browser.sim.settles(LIMIT).await.unwrap();
    browser.acts("/customer/0/taps", &[("option", "Boleto")]).await;
    browser.acts("/customer/0/place", &[]).await;
    browser.sim.settles(LIMIT).await.unwrap();
    let page = browser.page("").await;
    let (phone, desk) = page.split_once("id=\"trail\"").unwrap();
    for text in ["Ana &lt;b&gt;Lima&lt;/b&gt;", "oi, robô", "Ainda não sei", "Bom dia", "Pix", "Minha loja, na Savassi"]
    {
        assert!(phone.contains(text), "{text}");
    }
    assert!(!page.contains("<b>Lima") && !phone.contains("nota de casa") && desk.contains("nota de casa"));
    assert!(desk.contains("Rui Prado") && desk.contains("Boleto") && desk.contains("conversation.started"));
    assert!(desk.contains("Tudo entregue"));
    browser.acts("/ticket/T-1001/transfer", &[("queue", "Trocas")]).await;
    assert_eq!(browser.post("/ticket/T-1001/transfer", Form::new().text("queue", "Nenhuma")).await.status(), 400);
    assert!(browser.sim.helpdesk.conversation("T-1001").unwrap().agent.is_none());
    let verdict = browser.sim.verdict();
    assert!(verdict.is_clean(), "{verdict}");
}

#[tokio::test]
async fn files_go_both_ways_and_nothing_else_is_handed_out() {
    let browser = Browser::start().await;
    browser.acts("/customer", &[("name", "Ana"), ("way", "ticket")]).await;
    browser.acts("/customer/0/asks", &[("for", "person")]).await;
    browser.sim.settles(LIMIT).await.unwrap();
    let file = |name: &'static str, mime: &str| {
        let part = Part::bytes(b"<script>1</script>".to_vec()).file_name(name).mime_str(mime).unwrap();
        Form::new().text("text", "veja").part("file", part)
    };
    assert_eq!(browser.post("/customer/0/says", file("a.html", "text/html")).await.status(), 200);
    assert_eq!(browser.post("/ticket/T-1001/says", file("b.png", "image/png")).await.status(), 200);
    browser.sim.settles(LIMIT).await.unwrap();
    let seen = browser.sim.ledger().seen;
    let is_file = |seen: &crate::Seen| matches!(seen.content, crate::Content::File { .. });
    let numbers: Vec<usize> = (0..seen.len()).filter(|number| is_file(&seen[*number])).collect();
    assert_eq!(numbers.len(), 2);
    for number in numbers {
        let got = browser.client.get(format!("{}/file/seen/{number}", browser.url)).send().await.unwrap();
        assert_eq!(got.status(), 200);
        let header = |name| got.headers()[name].to_str().unwrap().to_owned();
        let html = !header(CONTENT_TYPE).starts_with("image/png");
        assert_eq!(header(CONTENT_DISPOSITION), if html { "attachment" } else { "inline" });
        assert!(header(CONTENT_SECURITY_POLICY).ends_with("sandbox"), "no page of ours in a file");
        assert_eq!(got.text().await.unwrap(), "<script>1</script>");
    }
    for path in ["/file/seen/99", "/file/other/0", "/file/seen/x"] {
        let status = browser.client.get(format!("{}{path}", browser.url)).send().await.unwrap().status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
}

#[tokio::test]
async fn what_is_blank_or_of_nobody_is_refused() {
    let browser = Browser::start().await;
    for (path, field) in [
        ("/customer", ("name", "   ")),
        ("/customer/7/says", ("text", "x")),
        ("/ticket/T-1/says", ("text", "x")),
        ("/fault/nothing", ("on", "true")),
    ] {
        let form = Form::new().text(field.0, field.1);
        assert_eq!(browser.post(path, form).await.status(), 400, "{path}");
    }
}

#[tokio::test]
async fn a_switch_is_what_the_side_does() {
    let browser = Browser::start().await;
    browser.acts("/customer", &[("name", "Ana")]).await;
    browser.acts("/fault/helpdesk-down", &[("on", "true")]).await;
    browser.acts("/customer/0/asks", &[("for", "person")]).await;
    browser.acts("/customer/0/says", &[("text", "oi")]).await;
    let failing = async || {
        let page = browser.page("").await;
        page.contains("fora do ar</li>") && page.contains("1 mensagem espera na Ponte para o atendente")
    };
    let start = std::time::Instant::now();
    while !failing().await {
        assert!(start.elapsed() < LIMIT, "no failing step is shown");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let page = browser.page("").await;
    assert_eq!(page.matches("aria-checked=\"true\"").count(), 1);
    // The control endpoints switch the same.
    let works = format!("{}/_/helpdesk/works", browser.sim.helpdesk_url());
    browser.client.post(works).json(&serde_json::json!({})).send().await.unwrap();
    assert!(!browser.page("").await.contains("aria-checked=\"true\""));
    browser.sim.settles(LIMIT).await.unwrap();
}

#[tokio::test]
async fn who_asks_under_another_name_gets_nothing() {
    let browser = Browser::start().await;
    let named = browser.client.get(&browser.url).header(HOST, "evil.example").send().await.unwrap();
    assert_eq!((named.status().as_u16(), named.text().await.unwrap().contains("phone")), (403, false));
    let form = Form::new().text("name", "Eva");
    let request = browser.client.post(format!("{}/customer", browser.url)).multipart(form);
    let foreign = request.header(ORIGIN, "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert!(!browser.page("").await.contains("Eva"));
}

#[tokio::test]
async fn the_stream_brings_what_has_changed() {
    let browser = Browser::start().await;
    browser.acts("/customer", &[("name", "Ana")]).await;
    let mut stream = browser.client.get(format!("{}/live?customer=0", browser.url)).send().await.unwrap();
    let mut next = async || String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    let first = next().await;
    assert!(first.starts_with("event: parts") && first.contains("phone-log") && first.contains("faults"));
    browser.acts("/customer/0/says", &[("text", "olá, stream")]).await;
    let second = next().await;
    assert!(second.contains("olá, stream") && !second.contains("\"faults\""), "{second}");
}

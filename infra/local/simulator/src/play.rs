//! The scripted conversations of `make demo`: one through the router and one through the custom attendance channel, side by
//! side in time. The library has them so that the tests can play them against a bridge that is known to be wrong.
//!
//! The script waits for what a person would wait for (an answer, the ticket, being sent back) and for nothing else; where it does
//! not wait, messages follow each other as fast as they can be typed, so that the order is put to the test.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::content::Content;
use crate::customer::Someone;
use crate::desk_customer::DeskCustomer;
use crate::helpdesk::Agent;
use crate::ledger::{Label, Origin, Seen};
use crate::person::{Place, Profile, Turn};
use crate::samples;
use crate::{Door, Simulator};

/// How long one step of the script may take on a small machine, where the stack's first call starts five processes.
pub const STEP_LIMIT: Duration = Duration::from_secs(30);
/// What the end may take longer than a step: the bridge waits 10 s for late words before it sends the customer away.
const LAST_WORDS: Duration = Duration::from_secs(15);

/// Plays both conversations at once, then checks what a ledger cannot know: the customer's place, the ticket's status, the
/// profile and transcript that the agent got, that typing and the system texts were seen, and that the files are the same
/// ones, byte for byte. `step` limits each wait.
pub async fn play(simulator: &Simulator, step: Duration) -> Result<()> {
    let (router, desk) = tokio::join!(through_router(simulator, step), through_ticket(simulator, step));
    router.context("through the router")?;
    desk.context("through the custom attendance channel")?;
    let differences = simulator.file_differences().await;
    ensure!(differences.is_empty(), "{}", differences.join("; "));
    Ok(())
}

/// Plays three conversations with the assistant of [`crate::assistant`] at once: one of each way onto Blip that the assistant closes,
/// and one that it hands on.
pub async fn play_assistant(simulator: &Simulator, step: Duration) -> Result<()> {
    let outcomes = tokio::join!(asks(simulator, step), asks_by_ticket(simulator, step), is_handed_on(simulator, step));
    outcomes.0.context("through the router")?;
    outcomes.1.context("through the custom attendance channel")?;
    outcomes.2.context("handed on")?;
    let differences = simulator.file_differences().await;
    ensure!(differences.is_empty(), "{}", differences.join("; "));
    Ok(())
}

/// Plays two conversations of a company's own site in Blip's place at once, whose requests come in pairs and whose answers get lost
/// (`site.rs`). `door` is the REST channel's.
pub async fn play_site(simulator: &Simulator, door: &Door, step: Duration) -> Result<()> {
    let [marta, pedido] = ["Marta Reis", "pedido 4711 🛒"];
    let agents = [Agent::new("bia", "Beatriz Souza"), Agent::new("caio", "Caio Menezes")];
    let (first, second) = tokio::join!(
        through_site(simulator, door, marta, &agents[0], step),
        through_site(simulator, door, pedido, &agents[1], step)
    );
    first.context(marta)?;
    second.context(pedido)?;
    let differences = simulator.file_differences().await;
    ensure!(differences.is_empty(), "{}", differences.join("; "));
    Ok(())
}

async fn through_site(sim: &Simulator, door: &Door, name: &str, agent: &Agent, step: Duration) -> Result<()> {
    let customer = sim.site_customer(name, door.clone());
    let first = ["Oi", "Quero trocar um produto", "É o pedido 4711"].map(|words| customer.says(words));
    let ticket = sim.helpdesk.wait_ticket_of(&customer).await?;
    sim.helpdesk.assigns(&ticket, agent);
    all_arrive(sim, step, &first).await?;
    let burst = ["ok", "ok", "Está na nota: R$ 99,90 😟", "ok"].map(|words| customer.says(words));
    let answers = [
        sim.helpdesk.says(&ticket, "Olá! Já estou vendo.\nUm instante 👟")?,
        sim.helpdesk.says_file(&ticket, "tênis.jpg", "image/jpeg", samples::jpeg(80_002), None)?,
        sim.helpdesk.says_file(&ticket, "etiqueta.pdf", "application/pdf", samples::pdf(12_345), None)?,
        sim.helpdesk.says(&ticket, choices("Qual horário?", &["8h às 10h", "10h às 12h"]))?,
        sim.helpdesk.says(&ticket, "ok")?,
        sim.helpdesk.says(&ticket, "ok")?,
    ];
    all_arrive(sim, step, &burst).await?;
    all_arrive(sim, step, &answers).await?;
    customer.reloads().await?;
    sim.arrives(&customer.says("8h às 10h"), step).await?;
    let goodbye = sim.helpdesk.says(&ticket, "Combinado. Até amanhã! 🙌")?;
    sim.helpdesk.closes(&ticket, None);
    sim.arrives(&goodbye, step).await?;
    customer.wait_closed(step + LAST_WORDS).await?;
    sim.helpdesk.wait_ended(&ticket, step).await?;
    customer.reloads().await?;
    let conversation = sim.helpdesk.conversation(&ticket).context("the ticket is gone")?;
    let told = conversation.started.pointer("/customer/name").and_then(Value::as_str);
    ensure!(told == Some(name), "the agent was told the name {told:?}");
    own_texts(name, agent, &customer.sees())
}

async fn asks(sim: &Simulator, step: Duration) -> Result<()> {
    let ana = sim.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
    ana.talks_to_bot(&[Turn::Customer("Oi"), Turn::Bot("Vou chamar a nossa assistente.")]);
    ana.hand_over(None);
    // What is tapped reaches the assistant as the payload that it gave with it.
    for words in ["conte-me algumas coisas sobre você", "quero avaliar", "Sim", "uma foto"] {
        ana.says(words);
        answered(sim, &ana, step).await?;
    }
    // As fast as they can be typed: each is answered, in order. Without an answer, the customer is told so once.
    for words in ["um", "dois", "xyzzy", "xyzzy", "três"] {
        ana.says(words);
    }
    answered(sim, &ana, step).await?;
    ana.says("tchau");
    ana.wait_place(&Place::MainBot, step + LAST_WORDS).await
}

async fn asks_by_ticket(sim: &Simulator, step: Duration) -> Result<()> {
    let joao: DeskCustomer = sim.desk_customer(Profile::blip_chat("João Araújo"));
    let typed = vec!["Ainda está aí? 🙂".into()];
    joao.opens_ticket_and_types("Quero falar com a assistente", typed);
    joao.wait_status("Open", step).await?;
    answered(sim, &joao, step).await?;
    joao.says("tchau");
    joao.wait_status("ClosedAttendant", step + LAST_WORDS).await
}

async fn is_handed_on(sim: &Simulator, step: Duration) -> Result<()> {
    let eva = sim.customer(Profile::whatsapp("Eva Reis", "5531999990003"));
    eva.hand_over(None);
    eva.says("quero outra fila");
    eva.wait_place(&Place::Service("survey".to_owned()), step + LAST_WORDS).await
}

/// Waits until all that this customer said was heard, and all that was answered was seen.
async fn answered(sim: &Simulator, customer: &impl Someone, step: Duration) -> Result<()> {
    let name = customer.name();
    let what = format!("the assistant answers {name}");
    let all = |ledger: &crate::Ledger| {
        let mut sent = ledger.sent.iter().filter(|sent| sent.lane.customer == name);
        sent.all(|sent| sent.arrived.is_some()).then_some(())
    };
    sim.until(step, &what, all).await
}

async fn through_router(sim: &Simulator, step: Duration) -> Result<()> {
    let ana = sim.customer(Profile::whatsapp("Ana Lima", "5531999990001").email("ana@example.com"));
    ana.talks_to_bot(&[
        Turn::Customer("Oi"),
        Turn::Bot("Olá! Sou o robô da Loja Aurora 🤖 Como posso ajudar?"),
        Turn::Customer("A minha fatura veio errada"),
        Turn::Bot("Vou chamar uma pessoa da nossa equipe."),
    ]);
    ana.hand_over(None);
    let first = ana.says("Bom dia! A fatura de março veio em dobro 😟");
    let ticket = sim.helpdesk.wait_ticket_of(&ana).await?;
    let bia = Agent::new("bia", "Beatriz Souza");
    sim.helpdesk.assigns(&ticket, &bia);
    sim.helpdesk.types(&ticket, true);
    sim.arrives(&first, step).await?;
    let hello = sim.helpdesk.says(&ticket, "Bom dia, Ana! Já estou vendo a sua fatura.")?;
    sim.arrives(&hello, step).await?;
    let burst = [
        ana.says("Obrigada!\nO número do pedido é:\n  4711-Ç"),
        ana.sends_file("fatura.jpg", "image/jpeg", samples::jpeg(227_791), "A fatura que recebi 📸"),
        ana.sends_file(None, "audio/ogg; codecs=opus", samples::voice(9_413), None),
        ana.says(place(-19.9189, -43.9592, "Minha loja, na Savassi")),
        ana.says("É esse endereço que está errado também"),
    ];
    all_arrive(sim, step, &burst).await?;
    let answers = [
        sim.helpdesk.says(&ticket, "Entendi: são duas cobranças.\n1. R$ 49,90\n2. R$ 49,90 (em dobro)")?,
        sim.helpdesk.says_file(
            &ticket,
            "estorno.pdf",
            "application/pdf",
            samples::pdf(48_213),
            "O comprovante do estorno",
        )?,
        sim.helpdesk.says(&ticket, place(-19.9245, -43.9352, "A nossa loja mais perto"))?,
        sim.helpdesk.says(&ticket, choices("Quer o estorno como?", &["Crédito na fatura", "Pix"]))?,
    ];
    all_arrive(sim, step, &answers).await?;
    let pix = ana.says("Pix");
    sim.arrives(&pix, step).await?;
    let thanks = [ana.says("Perfeito 👏🏽 muito obrigada"), sim.helpdesk.says(&ticket, link("Perguntas sobre faturas"))?];
    let goodbye = sim.helpdesk.says(&ticket, "O Pix cai hoje até às 18h. Até logo, Ana! 💛")?;
    sim.helpdesk.closes(&ticket, None);
    all_arrive(sim, step, &thanks).await?;
    sim.arrives(&goodbye, step).await?;
    ana.wait_place(&Place::MainBot, step + LAST_WORDS).await?;
    sim.helpdesk.wait_ended(&ticket, step).await?;
    check(sim, &ana, &ticket, &bia, &ana.sees(), "A minha fatura veio errada")
}

async fn through_ticket(sim: &Simulator, step: Duration) -> Result<()> {
    // WhatsApp does not show that somebody types; the chat widget does.
    let joao: DeskCustomer = sim.desk_customer(Profile::blip_chat("João Araújo").email("joao@example.com"));
    joao.talks_to_bot(&[
        Turn::Bot("Olá! Digite 1 para comprar, 2 para uma pessoa."),
        Turn::Customer("2, quero trocar um produto"),
    ]);
    let typed = vec!["Ainda está aí alguém? 🙂".into(), "Comprei um tênis número 41 e preciso do 42".into()];
    let (_, waiting) = joao.opens_ticket_and_types("Quero falar com uma pessoa", typed);
    let ticket = sim.helpdesk.wait_ticket_of(&joao).await?;
    joao.wait_status("Open", step).await?;
    all_arrive(sim, step, &waiting).await?;
    let caio = Agent::new("caio", "Caio Menezes");
    sim.helpdesk.assigns(&ticket, &caio);
    sim.helpdesk.types(&ticket, true);
    let hello = sim.helpdesk.says(&ticket, "Olá, João! Claro que trocamos 👟")?;
    sim.arrives(&hello, step).await?;
    let burst = [
        joao.sends_file("tênis.jpg", "image/jpeg", samples::jpeg(80_002), "O tênis, sem uso"),
        joao.says(place(-19.8157, -43.9542, "Retirar aqui, por favor")),
        joao.says("Pode ser amanhã?\nDe manhã é melhor"),
    ];
    let answers = [
        sim.helpdesk.says(&ticket, choices("Qual horário?", &["8h às 10h", "10h às 12h"]))?,
        sim.helpdesk.says(&ticket, link("Perguntas sobre trocas"))?,
        sim.helpdesk.says_file(&ticket, "etiqueta (1).png", "image/png", samples::png(12_345), "Cole na caixa 📦")?,
    ];
    all_arrive(sim, step, &burst).await?;
    all_arrive(sim, step, &answers).await?;
    let morning = joao.says("8h às 10h");
    sim.arrives(&morning, step).await?;
    let last = [
        sim.helpdesk.says(&ticket, place(-19.9245, -43.9352, "Ou troque na loja"))?,
        sim.helpdesk.says(&ticket, "Combinado:\nretirada amanhã, das 8h às 10h.")?,
        sim.helpdesk.says(&ticket, "Até amanhã! 🙌")?,
    ];
    sim.helpdesk.closes(&ticket, None);
    all_arrive(sim, step, &last).await?;
    joao.wait_status("ClosedAttendant", step + LAST_WORDS).await?;
    sim.helpdesk.wait_ended(&ticket, step).await?;
    ensure!(joao.typing_seen() > 0, "the customer was not shown that the agent is typing");
    check(sim, &joao, &ticket, &caio, &joao.sees(), "2, quero trocar um produto")
}

async fn all_arrive(sim: &Simulator, step: Duration, labels: &[Label]) -> Result<()> {
    for label in labels {
        sim.arrives(label, step).await?;
    }
    Ok(())
}

/// The profile and transcript that came with the ticket, and the system texts that the customer saw.
fn check(
    sim: &Simulator,
    customer: &impl Someone,
    ticket: &str,
    agent: &Agent,
    seen: &[Seen],
    said: &str,
) -> Result<()> {
    let conversation = sim.helpdesk.conversation(ticket).context("the ticket is gone")?;
    let at = |path: &str| conversation.started.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let name = customer.name();
    ensure!(at("/customer/name") == name, "the agent was told the name {:?} for {name}", at("/customer/name"));
    let told = ["/customer/phone", "/customer/email"].into_iter().any(|field| !at(field).is_empty());
    ensure!(told, "the agent was told neither phone nor e-mail of {name}");
    let transcript = conversation.started.pointer("/transcript/messages").and_then(Value::as_array);
    let told = |line: &Value| line.get("text").and_then(Value::as_str) == Some(said);
    ensure!(
        transcript.is_some_and(|lines| lines.iter().any(told)),
        "the talk of {name} with the bot is not with the ticket"
    );
    own_texts(&name, agent, seen)
}

/// That the customer saw the greeting, that this agent joined, and the closing.
fn own_texts(name: &str, agent: &Agent, seen: &[Seen]) -> Result<()> {
    let system: Vec<String> =
        seen.iter().filter(|one| one.origin == Origin::System).map(|one| one.content.to_string()).collect();
    ensure!(system.len() >= 3, "{name} saw {} of the greeting, the joining and the closing", system.len());
    ensure!(system.iter().any(|text| text.contains(&agent.name)), "{name} was not told that {} joined", agent.name);
    Ok(())
}

fn place(latitude: f64, longitude: f64, text: &str) -> Content {
    Content::Location { latitude, longitude, text: Some(text.to_owned()) }
}

fn choices(text: &str, options: &[&str]) -> Content {
    Content::Choices { text: text.to_owned(), options: options.iter().map(|option| (*option).to_owned()).collect() }
}

fn link(title: &str) -> Content {
    let [url, title, text] = ["https://www.example.com/ajuda?a=1&b=2", title, "Prazos e regras"].map(str::to_owned);
    Content::Link { url, title: Some(title), text: Some(text) }
}

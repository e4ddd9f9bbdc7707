//! Two conversations with agents of the in-house helpdesk, side by side in time: one through the router and one through the custom
//! attendance channel.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::service;
use super::steps::{LAST_WORDS, all_arrive, check_system_texts, choices, same_files};
use crate::customers::DeskCustomer;
use crate::fake_helpdesk::Agent;
use crate::ledger::Seen;
use crate::message::Content;
use crate::samples;
use crate::simulator::Simulator;
use crate::state::{AnyCustomer, Profile, Turn};

/// Plays both conversations at once, then checks what a ledger cannot know: the customer's place, the ticket's status, the
/// profile and transcript that the agent got, that typing and the system texts were seen, those of the wait, the transfer and the
/// rating among them (`service.rs`), and that the files are the same ones, byte for byte. `step` limits each wait.
pub async fn play(simulator: &Simulator, step: Duration) -> Result<()> {
    let (router, desk) = tokio::join!(through_router(simulator, step), through_ticket(simulator, step));
    router.context("through the router")?;
    desk.context("through the custom attendance channel")?;
    same_files(simulator).await
}

async fn through_router(sim: &Simulator, step: Duration) -> Result<()> {
    let ana = sim.customer(Profile::whatsapp("Ana Lima", "5531999990001").email("ana@example.com"));
    ana.talks_to_bot(&[
        Turn::Customer("Oi"),
        Turn::Bot("Olá! Sou o robô da Loja Aurora 🤖 Como posso ajudar?"),
        Turn::Customer("A minha fatura veio errada"),
        Turn::Bot("Vou chamar uma pessoa da nossa equipe."),
    ]);
    ana.hands_over_to_ponte(&serde_json::json!({ "queue": "billing", "text": "Fatura em dobro" }));
    let first = ana.says("Bom dia! A fatura de março veio em dobro 😟");
    let ticket = sim.helpdesk.wait_ticket_of(&ana).await?;
    service::waits(sim, &ana, &ticket, step).await?;
    let bia = Agent::new("bia", "Beatriz Souza");
    sim.helpdesk.assigns(&ticket, &bia);
    sim.helpdesk.types(&ticket, true);
    sim.arrives(&first, step).await?;
    let hello = sim.helpdesk.says(&ticket, "Bom dia, Ana! Já estou vendo a sua fatura.")?;
    sim.arrives(&hello, step).await?;
    let batch = [
        ana.says("Obrigada!\nO número do pedido é:\n  4711-Ç"),
        ana.sends_file("fatura.jpg", "image/jpeg", samples::jpeg(227_791), "A fatura que recebi 📸"),
        ana.sends_file(None, "audio/ogg; codecs=opus", samples::voice(9_413), None),
        ana.says(place(-19.9189, -43.9592, "Minha loja, na Savassi")),
        ana.says("É esse endereço que está errado também"),
    ];
    all_arrive(sim, step, &batch).await?;
    let rui = Agent::new("rui", "Rui Prado");
    let found = sim.helpdesk.says(&ticket, "Entendi: são duas cobranças.\n1. R$ 49,90\n2. R$ 49,90 (em dobro)")?;
    let moves = service::moves(sim, &ticket, &rui)?;
    let answers = [
        found,
        moves.goodbye.clone(),
        moves.hello.clone(),
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
    moves.told(sim, &ana, step).await?;
    let pix = ana.says("Pix");
    sim.arrives(&pix, step).await?;
    let thanks = [ana.says("Perfeito 👏🏽 muito obrigada"), sim.helpdesk.says(&ticket, link("Perguntas sobre faturas"))?];
    let goodbye = sim.helpdesk.says(&ticket, "O Pix cai hoje até às 18h. Até logo, Ana! 💛")?;
    sim.helpdesk.closes(&ticket, None);
    all_arrive(sim, step, &thanks).await?;
    sim.arrives(&goodbye, step).await?;
    service::rates(sim, &ana, &ticket, step + LAST_WORDS).await?;
    service::is_told_once(&ana)?;
    check_system_texts(&ana.name(), &rui, &ana.sees())?;
    check(sim, &ana, &ticket, &bia, &ana.sees(), "A minha fatura veio errada", "Financeiro")
}

async fn through_ticket(sim: &Simulator, step: Duration) -> Result<()> {
    // WhatsApp does not show that somebody types; the chat widget does.
    let joao: DeskCustomer = sim.desk_customer(Profile::blip_chat("João Araújo").email("joao@example.com"));
    joao.is_given_to("Trocas");
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
    let batch = [
        joao.sends_file("tênis.jpg", "image/jpeg", samples::jpeg(80_002), "O tênis, sem uso"),
        joao.says(place(-19.8157, -43.9542, "Retirar aqui, por favor")),
        joao.says("Pode ser amanhã?\nDe manhã é melhor"),
    ];
    let answers = [
        sim.helpdesk.says(&ticket, choices("Qual horário?", &["8h às 10h", "10h às 12h"]))?,
        sim.helpdesk.says(&ticket, link("Perguntas sobre trocas"))?,
        sim.helpdesk.says_file(&ticket, "etiqueta (1).png", "image/png", samples::png(12_345), "Cole na caixa 📦")?,
    ];
    all_arrive(sim, step, &batch).await?;
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
    check(sim, &joao, &ticket, &caio, &joao.sees(), "2, quero trocar um produto", "Trocas")
}

/// The profile and transcript that came with the ticket, and the system texts that the customer saw.
fn check(
    sim: &Simulator,
    customer: &impl AnyCustomer,
    ticket: &str,
    agent: &Agent,
    seen: &[Seen],
    said: &str,
    team: &str,
) -> Result<()> {
    let conversation = sim.helpdesk.conversation(ticket).context("the ticket is gone")?;
    let at = |path: &str| conversation.started.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let name = customer.name();
    ensure!(at("/customer/name") == name, "the agent was told the name {:?} for {name}", at("/customer/name"));
    let queue = at("/routing/queue");
    ensure!(queue == team, "{name} was routed to {queue:?} and not to {team}");
    let reachable = ["/customer/phone", "/customer/email"].into_iter().any(|field| !at(field).is_empty());
    ensure!(reachable, "the agent was told neither phone nor e-mail of {name}");
    let transcript = conversation.started.pointer("/transcript/messages").and_then(Value::as_array);
    let is_said = |line: &Value| line.get("text").and_then(Value::as_str) == Some(said);
    ensure!(
        transcript.is_some_and(|lines| lines.iter().any(is_said)),
        "the talk of {name} with the bot is not with the ticket"
    );
    check_system_texts(&name, agent, seen)
}

fn place(latitude: f64, longitude: f64, text: &str) -> Content {
    Content::Location { latitude, longitude, text: Some(text.to_owned()) }
}

fn link(title: &str) -> Content {
    let [url, title, text] = ["https://www.example.com/ajuda?a=1&b=2", title, "Prazos e regras"].map(str::to_owned);
    Content::Link { url, title: Some(title), text: Some(text) }
}

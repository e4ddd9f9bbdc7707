//! Two conversations of a company's own site, in Blip's place.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::steps::{LAST_WORDS, all_arrive, check_system_texts, choices, same_files};
use crate::fake_helpdesk::Agent;
use crate::samples;
use crate::simulator::Simulator;
use crate::transport::Endpoint;

/// Plays two conversations of a company's own site in Blip's place at once, whose requests come in pairs and whose answers get lost
/// (`customers/site.rs`). `endpoint` is the REST channel's.
pub async fn play_site(simulator: &Simulator, endpoint: &Endpoint, step: Duration) -> Result<()> {
    let [marta, pedido] = ["Marta Reis", "pedido 4711 🛒"];
    let agents = [Agent::new("bia", "Beatriz Souza"), Agent::new("caio", "Caio Menezes")];
    let (first, second) = tokio::join!(
        through_site(simulator, endpoint, marta, &agents[0], step),
        through_site(simulator, endpoint, pedido, &agents[1], step)
    );
    first.context(marta)?;
    second.context(pedido)?;
    same_files(simulator).await
}

async fn through_site(sim: &Simulator, endpoint: &Endpoint, name: &str, agent: &Agent, step: Duration) -> Result<()> {
    let customer = sim.site_customer(name, endpoint.clone());
    let first = ["Oi", "Quero trocar um produto", "É o pedido 4711"].map(|words| customer.says(words));
    let ticket = sim.helpdesk.wait_ticket_of(&customer).await?;
    sim.helpdesk.assigns(&ticket, agent);
    all_arrive(sim, step, &first).await?;
    let batch = ["ok", "ok", "Está na nota: R$ 99,90 😟", "ok"].map(|words| customer.says(words));
    let answers = [
        sim.helpdesk.says(&ticket, "Olá! Já estou vendo.\nUm instante 👟")?,
        sim.helpdesk.says_file(&ticket, "tênis.jpg", "image/jpeg", samples::jpeg(80_002), None)?,
        sim.helpdesk.says_file(&ticket, "etiqueta.pdf", "application/pdf", samples::pdf(12_345), None)?,
        sim.helpdesk.says(&ticket, choices("Qual horário?", &["8h às 10h", "10h às 12h"]))?,
        sim.helpdesk.says(&ticket, "ok")?,
        sim.helpdesk.says(&ticket, "ok")?,
    ];
    all_arrive(sim, step, &batch).await?;
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
    let given = conversation.started.pointer("/customer/name").and_then(Value::as_str);
    ensure!(given == Some(name), "the agent was told the name {given:?}");
    check_system_texts(name, agent, &customer.sees())
}

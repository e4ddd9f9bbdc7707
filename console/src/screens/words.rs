//! What states, timers and sides are called on the pages.

use maud::{Markup, html};
use operations::{QueueName, conversations::StateName};
use service_rules::Effect;

use crate::page::{Reader, mark};

/// A state, with what it means.
pub(crate) fn state(reader: &Reader, state: StateName) -> Markup {
    let (kind, english, portuguese) = match state {
        StateName::Claimed | StateName::Ticketed => ("soft", "opening", "abrindo"),
        StateName::Open => ("good", "open", "aberta"),
        StateName::Closing => ("soft", "ending", "encerrando"),
        StateName::Closed => ("quiet", "ended", "encerrada"),
    };
    mark(kind, reader.say(english, portuguese))
}

/// Where a conversation stands, in a sentence. `answered`: an agent has written in it.
pub(crate) fn stands(reader: &Reader, state: StateName, answered: bool) -> &'static str {
    match state {
        StateName::Open if !answered => {
            reader.say("The customer waits for a first answer.", "O cliente espera a primeira resposta.")
        }
        StateName::Claimed => reader
            .say("It is opening: the helpdesk has no ticket yet.", "Está abrindo: o helpdesk ainda não tem o ticket."),
        StateName::Ticketed => reader.say(
            "It is opening: the helpdesk has its ticket, the first words are on their way.",
            "Está abrindo: o helpdesk já tem o ticket, e as primeiras mensagens estão a caminho.",
        ),
        StateName::Open => reader.say("Customer and agent are talking.", "Cliente e atendente estão conversando."),
        StateName::Closing => reader.say(
            "It is ending: the customer goes back to the bot in some seconds.",
            "Está encerrando: o cliente volta para o bot em alguns segundos.",
        ),
        StateName::Closed => reader.say(
            "It has ended: the customer is back with the bot.",
            "Foi encerrada: o cliente está de volta com o bot.",
        ),
    }
}

/// Where a queue leads.
pub(crate) fn direction(reader: &Reader, queue: QueueName) -> &'static str {
    match queue {
        QueueName::ToHelpdesk => reader.say("customer → agent", "cliente → atendente"),
        QueueName::ToBlip => reader.say("agent → customer", "atendente → cliente"),
        QueueName::CloseTicket => reader.say("closings", "encerramentos"),
    }
}

/// What a timer does when it is due.
pub(crate) fn effect(reader: &Reader, effect: &Effect) -> Markup {
    let text = match effect {
        Effect::WarnUnanswered { .. } => reader.say(
            "the customer reads that we still look for somebody, and the ticket gets a note",
            "o cliente lê que ainda procuramos alguém, e o ticket ganha uma nota",
        ),
        Effect::HandBack => reader.say(
            "nobody answered: the customer goes back to the bot, the ticket stays open",
            "ninguém respondeu: o cliente volta para o bot, e o ticket fica aberto",
        ),
        Effect::NoteAgentSilent { .. } => reader
            .say("the ticket gets a note that the customer waits", "o ticket ganha uma nota de que o cliente espera"),
        Effect::WarnCustomerSilent { .. } => {
            reader.say("the customer is asked whether they are there", "pergunta-se ao cliente se ainda está aí")
        }
        Effect::CloseForSilence { .. } => reader
            .say("the customer says nothing: the conversation ends", "o cliente não responde: a conversa é encerrada"),
    };
    html! { (text) }
}

/// A side of the bridge, by the function that works for it.
pub(crate) fn side(reader: &Reader, function: &str) -> &'static str {
    match function {
        "blip-webhook" => reader.say("From Blip", "Do Blip"),
        "helpdesk-callback" => reader.say("From the helpdesk", "Do helpdesk"),
        "to-helpdesk" => reader.say("To the helpdesk", "Para o helpdesk"),
        "to-blip" => reader.say("To Blip", "Para o Blip"),
        _ => reader.say("Closings", "Encerramentos"),
    }
}

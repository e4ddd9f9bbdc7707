//! What an agent reads first, for helpdesks that have no place of their own for it: who the customer is, and the talk with
//! the bot, as one plain text.
//!
//! Pure. Personal data: it goes to the helpdesk and nowhere else. Called by the adapters' `map.rs`.

use std::fmt::Write as _;

use crate::{
    lime::Referral,
    message::text::split,
    relay::ports::{Author, EndedBy, NewConversation},
    texts::{Language, TextKey, Texts},
};

/// The words of one language.
struct Words {
    name: &'static str,
    phone: &'static str,
    email: &'static str,
    channel: &'static str,
    address: &'static str,
    bot: &'static str,
    referral: &'static str,
    customer: &'static str,
    agent: &'static str,
    transcript: &'static str,
    no_profile: &'static str,
    no_transcript: &'static str,
    left: &'static str,
    transferred: &'static str,
    late: &'static str,
}

const PORTUGUESE: Words = Words {
    name: "Nome",
    phone: "Telefone",
    email: "E-mail",
    channel: "Canal",
    address: "Endereço no canal",
    bot: "Bot",
    referral: "Anúncio",
    customer: "Cliente",
    agent: "Atendente",
    transcript: "Conversa com o bot:",
    no_profile: "Os dados do cliente não puderam ser lidos no Blip.",
    no_transcript: "A conversa com o bot não pôde ser lida no Blip.",
    left: "O cliente saiu da conversa.",
    transferred: "O cliente foi transferido para outro atendimento.",
    late: "O cliente escreveu antes do fim, e chegou depois:",
};

const ENGLISH: Words = Words {
    name: "Name",
    phone: "Phone",
    email: "E-mail",
    channel: "Channel",
    address: "Address on the channel",
    bot: "Bot",
    referral: "Advertisement",
    customer: "Customer",
    agent: "Agent",
    transcript: "The talk with the bot:",
    no_profile: "What Blip knows of the customer could not be read.",
    no_transcript: "The talk with the bot could not be read from Blip.",
    left: "The customer has left the conversation.",
    transferred: "The customer was transferred elsewhere.",
    late: "The customer wrote this before the end, and it came after:",
};

const SPANISH: Words = Words {
    name: "Nombre",
    phone: "Teléfono",
    email: "Correo",
    channel: "Canal",
    address: "Dirección en el canal",
    bot: "Bot",
    referral: "Anuncio",
    customer: "Cliente",
    agent: "Agente",
    transcript: "Conversación con el bot:",
    no_profile: "No fue posible leer los datos del cliente en Blip.",
    no_transcript: "No fue posible leer en Blip la conversación con el bot.",
    left: "El cliente dejó la conversación.",
    transferred: "El cliente fue transferido a otra atención.",
    late: "El cliente escribió esto antes del final, y llegó después:",
};

fn words(language: Language) -> &'static Words {
    match language {
        Language::Portuguese => &PORTUGUESE,
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    }
}

/// The same as texts of at most `limit` characters, none of them blank.
pub(super) fn parts(opening: &NewConversation, language: Language, limit: usize) -> Vec<String> {
    let mut parts = split(dossier(opening, language).trim_end(), limit);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Profile and transcript. Lines end with `\n`; what is not known has no line, and what could not be read is said.
pub(super) fn dossier(opening: &NewConversation, language: Language) -> String {
    let words = words(language);
    let profile = &opening.profile;
    let mut text = String::new();
    let address = profile.identity.as_ref().map(|identity| identity.as_str().to_owned());
    let rows = [
        (words.name, profile.name.clone()),
        (words.phone, profile.phone.clone()),
        (words.email, profile.email.clone()),
        (words.channel, Some(opening.channel.clone())),
        (words.address, address),
        (words.bot, opening.origin.bot.as_ref().map(|bot| bot.as_str().to_owned())),
        (words.referral, opening.origin.referral.as_ref().map(Referral::to_text)),
    ];
    for (name, value) in rows {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    if !opening.profile_known {
        let _ = writeln!(text, "{}", words.no_profile);
    }
    for note in opening.route_notes.iter().filter(|note| !note.trim().is_empty()) {
        let _ = writeln!(text, "{note}");
    }
    match opening.transcript.as_deref() {
        None => {
            let _ = writeln!(text, "\n{}", words.no_transcript);
        }
        Some([]) => {}
        Some(lines) => {
            let _ = writeln!(text, "\n{}", words.transcript);
            for line in lines {
                let author = match line.author {
                    Author::Bot => words.bot,
                    Author::Customer => words.customer,
                    Author::Agent => words.agent,
                };
                let at =
                    line.at.as_deref().and_then(|at| at.get(..16)).map(|at| format!("[{} UTC] ", at.replace('T', " ")));
                let _ = writeln!(text, "{}{author}: {}", at.unwrap_or_default(), line.text);
            }
        }
    }
    text
}

/// What the agents read of an end that closes the ticket ([`EndedBy::closes_ticket`]). `None` where the service rules switch it off: the
/// ticket is closed without it.
pub(super) fn ended(by: EndedBy, texts: &Texts) -> Option<String> {
    let words = words(texts.language);
    match by {
        EndedBy::Agent | EndedBy::NoAgent | EndedBy::OutsideHours => None,
        EndedBy::Inactive => texts.say(TextKey::NoteClosedForSilence, &[]),
        EndedBy::Customer => Some(words.left.to_owned()),
        EndedBy::Transfer => Some(words.transferred.to_owned()),
    }
}

/// What stands before words that came after the end.
pub(super) fn late(language: Language) -> &'static str {
    words(language).late
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Timestamp,
        message::ConversationId,
        relay::ports::{Origin, Profile},
    };

    #[test]
    fn the_advertisement_stands_among_what_is_read_first() {
        let referral = Referral {
            headline: Some("Troque seu aro".to_owned()),
            url: Some("https://fb.me/1".to_owned()),
            ..Referral::default()
        };
        let opening = NewConversation {
            id: ConversationId::new("0123456789abcdef0123456789abcdef-0123456789ab"),
            customer: "c".to_owned(),
            profile: Profile::default(),
            profile_known: true,
            channel: "whatsapp".to_owned(),
            origin: Origin { mode: "bot", bot: None, blip_ticket: None, referral: Some(referral) },
            transcript: None,
            at: Timestamp(0),
            route: service_rules::Route::default(),
            route_notes: Vec::new(),
            previous: None,
        };
        for (language, row) in [
            (Language::Portuguese, "Anúncio: Troque seu aro - https://fb.me/1\n"),
            (Language::English, "Advertisement: Troque seu aro - https://fb.me/1\n"),
            (Language::Spanish, "Anuncio: Troque seu aro - https://fb.me/1\n"),
        ] {
            assert!(dossier(&opening, language).contains(row), "{row}");
            let without =
                NewConversation { origin: Origin { referral: None, ..opening.origin.clone() }, ..opening.clone() };
            assert!(!dossier(&without, language).contains("aro"));
        }
    }
}

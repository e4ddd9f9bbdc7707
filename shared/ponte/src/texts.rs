//! What the bridge itself says to customers and agents, in three languages.
//!
//! Texts that a customer sees can be replaced or switched off by a parameter: empty means the language's own,
//! `-` means none. `{agent}` stands for the agent's name.

use serde::Deserialize;

/// The languages. The parameter `Language` takes exactly these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "pt-BR")]
    Portuguese,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// All of them, for tests and for the template's list.
    pub const ALL: [Self; 3] = [Self::Portuguese, Self::English, Self::Spanish];

    /// The tag, as in the parameter. `None` when it is not one of ours.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag))
    }

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::English => "en",
            Self::Spanish => "es",
        }
    }
}

/// A text for the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text<'a> {
    Greeting,
    AgentJoined { name: &'a str },
    Closing,
}

/// The names of every text, as the language tables have them.
pub const KEYS: [&str; 27] = [
    "greeting",
    "agent_joined",
    "closing",
    "queue_position",
    "no_answer",
    "conversation_closed",
    "conversation_superseded",
    "channel_refused",
    "not_delivered",
    "not_opened",
    "not_read",
    "customer_refused",
    "parked",
    "parked_agent",
    "not_returned",
    "file_too_large",
    "file_refused",
    "file_unavailable",
    "notice_opened",
    "notice_number",
    "notice_number_unknown",
    "notice_identity",
    "notice_edited",
    "notice_edited_unknown",
    "notice_deleted",
    "notice_unsupported",
    "notice_other",
];

/// What a channel says of itself, and what is told of the bridge's own user, for the agent: in Portuguese, English and Spanish.
const NOTICES: [(&str, [&str; 3]); 10] = [
    (
        "own_user",
        [
            "A mensagem não foi entregue: ela foi escrita com o usuário da integração. Escreva com o seu próprio usuário.",
            "The message was not delivered: it was written as the user of the integration. Please write as yourself.",
            "El mensaje no fue entregado: fue escrito con el usuario de la integración. Escriba con su propio usuario.",
        ],
    ),
    (
        "notice_opened",
        [
            "O cliente abriu a conversa e ainda não escreveu nada.",
            "The customer opened the chat and has not written anything yet.",
            "El cliente abrió la conversación y aún no ha escrito nada.",
        ],
    ),
    (
        "notice_number",
        [
            "O cliente trocou de número. O novo é {number}.",
            "The customer has changed numbers. The new one is {number}.",
            "El cliente cambió de número. El nuevo es {number}.",
        ],
    ),
    (
        "notice_number_unknown",
        ["O cliente trocou de número.", "The customer has changed numbers.", "El cliente cambió de número."],
    ),
    (
        "notice_identity",
        [
            "A identidade do cliente no canal mudou: pode ser outro aparelho ou outra pessoa.",
            "The customer's identity on the channel has changed: it may be another phone or another person.",
            "La identidad del cliente en el canal cambió: puede ser otro aparato u otra persona.",
        ],
    ),
    (
        "notice_edited",
        [
            "O cliente editou uma mensagem. Agora ela diz:",
            "The customer edited a message. It now reads:",
            "El cliente editó un mensaje. Ahora dice:",
        ],
    ),
    (
        "notice_edited_unknown",
        ["O cliente editou uma mensagem.", "The customer edited a message.", "El cliente editó un mensaje."],
    ),
    (
        "notice_deleted",
        ["O cliente apagou uma mensagem.", "The customer deleted a message.", "El cliente borró un mensaje."],
    ),
    (
        "notice_unsupported",
        [
            "O cliente enviou algo que o canal não repassa{kind}.",
            "The customer sent something that the channel does not pass on{kind}.",
            "El cliente envió algo que el canal no transmite{kind}.",
        ],
    ),
    ("notice_other", ["Aviso do canal: {words}", "Notice of the channel: {words}", "Aviso del canal: {words}"]),
];

/// What the bridge says to customers and agents: in Portuguese, English and Spanish.
const TEXTS: [(&str, [&str; 3]); 18] = [
    (
        "greeting",
        [
            "Olá! Você já está na fila de atendimento. Em instantes alguém vai falar com você.",
            "Hello! You are in the queue now. Someone will be with you in a moment.",
            "¡Hola! Ya está en la fila de atención. En un momento alguien hablará con usted.",
        ],
    ),
    ("agent_joined", ["Você está falando com {agent}.", "You are talking to {agent}.", "Está hablando con {agent}."]),
    (
        "closing",
        [
            "O atendimento foi encerrado. Obrigado pelo contato!",
            "This conversation has been closed. Thank you for contacting us!",
            "La conversación ha terminado. ¡Gracias por comunicarse!",
        ],
    ),
    (
        "queue_position",
        [
            "Você é o número {position} da fila.",
            "You are number {position} in the queue.",
            "Usted es el número {position} de la fila.",
        ],
    ),
    (
        "no_answer",
        [
            "Não tivemos uma resposta agora. Por favor, tente de outra forma.",
            "I have no answer to that. Please try asking in another way.",
            "No tuvimos una respuesta ahora. Por favor, inténtelo de otra forma.",
        ],
    ),
    (
        "conversation_closed",
        [
            "A mensagem não foi entregue: a conversa já foi encerrada.",
            "The message was not delivered: the conversation is already closed.",
            "El mensaje no fue entregado: la conversación ya está cerrada.",
        ],
    ),
    (
        "conversation_superseded",
        [
            "A mensagem não foi entregue: o cliente voltou em outra conversa.",
            "The message was not delivered: the customer came back in another conversation.",
            "El mensaje no fue entregado: el cliente volvió en otra conversación.",
        ],
    ),
    (
        "channel_refused",
        [
            "A mensagem não foi entregue: o canal do cliente a recusou.",
            "The message was not delivered: the customer's channel refused it.",
            "El mensaje no fue entregado: el canal del cliente lo rechazó.",
        ],
    ),
    (
        "not_delivered",
        [
            "Não conseguimos entregar a sua última mensagem. Por favor, tente enviá-la de outra forma.",
            "We could not deliver your last message. Please try to send it in another way.",
            "No pudimos entregar su último mensaje. Por favor, intente enviarlo de otra forma.",
        ],
    ),
    (
        "not_opened",
        [
            "Não conseguimos abrir o seu atendimento. Por favor, fale conosco por outro canal ou tente de novo mais tarde.",
            "We could not open your request. Please contact us in another way, or try again later.",
            "No pudimos abrir su atención. Por favor, contáctenos por otro medio o inténtelo más tarde.",
        ],
    ),
    (
        "not_read",
        [
            "A sua última mensagem chegou quando o atendimento já tinha sido encerrado e pode não ser lida. Se ainda precisar de ajuda, escreva de novo.",
            "Your last message came when the conversation had already been closed, and may not be read. If you still need help, please write again.",
            "Su último mensaje llegó cuando la conversación ya estaba cerrada y puede que nadie lo lea. Si todavía necesita ayuda, escriba de nuevo.",
        ],
    ),
    (
        "customer_refused",
        [
            "Uma mensagem do cliente não chegou a este ticket: o sistema a recusou (HTTP {status}). O cliente foi avisado.",
            "A message of the customer did not reach this ticket: the helpdesk refused it (HTTP {status}). The customer has been told.",
            "Un mensaje del cliente no llegó a este ticket: el sistema lo rechazó (HTTP {status}). El cliente fue avisado.",
        ],
    ),
    (
        "file_too_large",
        [
            "O arquivo não foi entregue: ele é maior que {limit} MB.",
            "The file was not delivered: it is larger than {limit} MB.",
            "El archivo no fue entregado: es mayor que {limit} MB.",
        ],
    ),
    (
        "file_refused",
        [
            "O arquivo não foi entregue: por segurança, programas não são repassados.",
            "The file was not delivered: for safety, programs are not passed on.",
            "El archivo no fue entregado: por seguridad, no se reenvían programas.",
        ],
    ),
    (
        "file_unavailable",
        [
            "O arquivo não foi entregue: não foi possível buscá-lo.",
            "The file was not delivered: it could not be fetched.",
            "El archivo no fue entregado: no fue posible obtenerlo.",
        ],
    ),
    (
        "parked",
        [
            "Uma mensagem do cliente não pôde ser processada e está guardada. Quem cuida da integração foi avisado.",
            "A message of the customer could not be processed and is kept aside. Whoever looks after the integration has been told.",
            "Un mensaje del cliente no pudo procesarse y está guardado. Quien cuida la integración fue avisado.",
        ],
    ),
    (
        "parked_agent",
        [
            "O que você enviou não pôde ser processado e está guardado. Quem cuida da integração foi avisado.",
            "What you sent could not be processed and is kept aside. Whoever looks after the integration has been told.",
            "Lo que usted envió no pudo procesarse y está guardado. Quien cuida la integración fue avisado.",
        ],
    ),
    (
        "not_returned",
        [
            "O cliente não pôde ser devolvido ao bot: a Blip recusou. O que ele disser a seguir abre uma nova conversa.",
            "The customer could not be sent back to the bot: Blip refused. What the customer says next opens a new conversation.",
            "El cliente no pudo volver al bot: Blip lo rechazó. Lo que diga a continuación abre una nueva conversación.",
        ],
    ),
];

/// The text `key` of `language`, or `None` when there is no such key (a test sees to it that there is for each of [`KEYS`]).
pub fn own(language: Language, key: &str) -> Option<&'static str> {
    let (_, [portuguese, english, spanish]) = TEXTS.iter().chain(&NOTICES).find(|(name, _)| *name == key)?;
    Some(match language {
        Language::Portuguese => portuguese,
        Language::English => english,
        Language::Spanish => spanish,
    })
}

/// The texts of one stack: a language, and what its parameters replace.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    pub language: Language,
    /// The three customer texts' parameters, as they were given.
    pub greeting: String,
    pub agent_joined: String,
    pub closing: String,
}

impl Texts {
    /// The text for the customer; `None` when it is switched off.
    pub fn get(&self, text: Text<'_>) -> Option<String> {
        let (parameter, key) = match text {
            Text::Greeting => (&self.greeting, "greeting"),
            Text::AgentJoined { .. } => (&self.agent_joined, "agent_joined"),
            Text::Closing => (&self.closing, "closing"),
        };
        let template = match parameter.trim() {
            "-" => return None,
            "" => own(self.language, key)?,
            other => other,
        };
        Some(match text {
            Text::AgentJoined { name } => template.replace("{agent}", name),
            Text::Greeting | Text::Closing => template.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_language_lacks_a_text() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.tag()), Some(language));
            for key in KEYS {
                assert!(own(language, key).is_some_and(|text| !text.is_empty()), "{key} is missing in {language:?}");
            }
        }
    }

    #[test]
    fn a_text_can_be_replaced_or_switched_off() {
        let mut texts = Texts::default();
        assert_eq!(texts.get(Text::AgentJoined { name: "Ana" }).unwrap(), "Você está falando com Ana.");
        texts.agent_joined = "Aqui é {agent}!".into();
        assert_eq!(texts.get(Text::AgentJoined { name: "Ana" }).unwrap(), "Aqui é Ana!");
        texts.closing = " - ".into();
        assert_eq!(texts.get(Text::Closing), None);
    }
}

//! What of a route a conversation was opened without, and what its agents read of that. Pure.

use service_rules::{Priority, Route};

use super::failed::refusal;
use crate::{
    helpdesk::json::personal,
    message::text::split,
    relay::{Failure, ports::NewConversation},
    texts::{Language, Placeholder, TextKey, Texts},
};

/// The longest name in a note, in characters.
const MAX_NAME: usize = 80;
/// The longest details of a refusal in a note, in characters.
const MAX_DETAILS: usize = 300;
/// A value that is shorter, in characters, is hidden only where it stands by itself: it is a part of other words.
const MIN_INSIDE: usize = 4;

/// A part of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::helpdesk) enum Part {
    Queue,
    Agent,
    Skill,
    Priority,
    Tag,
    Field,
    /// A value that a field takes. It is named by its field: the value may be a customer's.
    Value,
    /// Where a helpdesk has no place for it, the note is its place.
    Subject,
    Type,
    Brand,
    Form,
}

impl Part {
    /// The word for an agent.
    fn words(self, language: Language) -> &'static str {
        let [portuguese, english, spanish] = match self {
            Self::Queue => ["fila", "queue", "cola"],
            Self::Agent => ["atendente", "agent", "agente"],
            Self::Skill => ["habilidade", "skill", "habilidad"],
            Self::Priority => ["prioridade", "priority", "prioridad"],
            Self::Tag => ["tag", "tag", "etiqueta"],
            Self::Field => ["campo", "field", "campo"],
            Self::Value => ["esse valor para o campo", "such value for the field", "ese valor para el campo"],
            Self::Subject => ["Assunto", "Subject", "Asunto"],
            Self::Type => ["tipo de ticket", "ticket type", "tipo de ticket"],
            Self::Brand => ["marca", "brand", "marca"],
            Self::Form => ["formulário", "form", "formulario"],
        };
        match language {
            Language::Portuguese => portuguese,
            Language::English => english,
            Language::Spanish => spanish,
        }
    }

    /// What a route names of this part.
    fn of(self, route: &Route) -> Vec<&str> {
        let one = match self {
            Self::Skill => return route.skills.iter().map(String::as_str).collect(),
            Self::Tag => return route.tags.iter().map(String::as_str).collect(),
            Self::Field | Self::Value => return route.fields.keys().map(String::as_str).collect(),
            Self::Priority => route.priority.map(Priority::as_str),
            Self::Queue => route.queue.as_deref(),
            Self::Agent => route.agent.as_deref(),
            Self::Subject => route.subject.as_deref(),
            Self::Type => route.ticket_type.as_deref(),
            Self::Brand => route.brand.as_deref(),
            Self::Form => route.form.as_deref(),
        };
        one.into_iter().collect()
    }

    /// What an agent reads of this part's name: rules and settings name a priority by Ponte's word.
    fn named(self, name: &str, language: Language) -> &str {
        let priority = Priority::ALL.into_iter().find(|priority| self == Self::Priority && priority.as_str() == name);
        priority.map_or(name, |priority| priority.words(language))
    }
}

/// Why a part is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The helpdesk has no such thing, or none of this name.
    NotFound,
    /// The helpdesk did not answer what it has.
    NotLookedUp,
    /// The call that sets it failed.
    NotSet,
    /// The call that sets it was refused, with this status.
    Refused(u16),
}

/// What of a route a conversation was opened without. Names may be a bot's words.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::helpdesk) struct LeftOut {
    parts: Vec<(Part, Reason, String)>,
    /// All of it was refused: what is said of that.
    refused: Option<String>,
}

personal!(LeftOut);

impl LeftOut {
    /// The helpdesk has no such thing, or no such name of it.
    pub(in crate::helpdesk) fn add(&mut self, part: Part, name: &str) {
        self.put(part, Reason::NotFound, name);
    }

    /// The helpdesk has none of these: all that the route names of them.
    pub(in crate::helpdesk) fn add_parts(&mut self, parts: &[Part], route: &Route) {
        for part in parts {
            part.of(route).into_iter().for_each(|name| self.add(*part, name));
        }
    }

    /// Nobody knows whether the helpdesk has this name: it could not be asked.
    pub(in crate::helpdesk) fn not_looked_up(&mut self, part: Part, name: &str) {
        self.put(part, Reason::NotLookedUp, name);
    }

    /// The conversation does not have it, though nothing was refused.
    pub(in crate::helpdesk) fn not_set(&mut self, part: Part, name: &str) {
        self.put(part, Reason::NotSet, name);
    }

    /// A call of its own for `part`, which is called `name`, was given up ([`super::is_given_up`]).
    pub(in crate::helpdesk) fn given_up(&mut self, part: Part, name: &str, failure: &Failure) {
        tracing::warn!(?part, kind = failure.kind(), "a part of a route could not be set");
        self.put(part, refusal(failure).map_or(Reason::NotSet, Reason::Refused), name);
    }

    /// Why a part is left out; `None` where it is not.
    pub(super) fn reason(&self, part: Part) -> Option<Reason> {
        self.parts.iter().find(|(of, ..)| *of == part).map(|(_, reason, _)| *reason)
    }

    fn put(&mut self, part: Part, reason: Reason, name: &str) {
        let new = (part, reason, short(name, MAX_NAME));
        if !self.parts.contains(&new) {
            self.parts.push(new);
        }
    }

    /// A route that the helpdesk refused with this status, and nothing besides.
    pub(in crate::helpdesk) fn refused(route: &Route, status: u16) -> Self {
        let mut left_out = Self::default();
        left_out.refuse(route, status, "");
        left_out
    }

    /// The helpdesk refused `route` with this status, and the conversation is opened without it. `reasons` are what it said, if anything. Values
    /// of fields and the subject are cut out of them: they may be a customer's.
    pub(in crate::helpdesk) fn refuse(&mut self, route: &Route, status: u16, reasons: &str) {
        tracing::warn!(status, "the helpdesk refused the route of an opening");
        let reasons = short(&masked(reasons, route), MAX_DETAILS);
        self.refused = Some(if reasons.is_empty() { status.to_string() } else { reasons });
    }

    /// The opening with a line for each in its first note.
    pub(in crate::helpdesk) fn noted(&self, opening: &NewConversation, texts: &Texts) -> NewConversation {
        let mut noted = opening.clone();
        noted.route_notes.extend(self.lines(texts));
        noted
    }

    /// A note of its own, for a conversation that has its first one. `None` where nothing was left out.
    pub(in crate::helpdesk) fn note(&self, texts: &Texts) -> Option<String> {
        let lines = self.lines(texts);
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// A line for each.
    pub(in crate::helpdesk) fn lines(&self, texts: &Texts) -> Vec<String> {
        let language = texts.language;
        let (mut lines, mut refused) = (Vec::new(), Vec::new());
        refused.extend(self.refused.clone());
        for (part, reason, name) in &self.parts {
            let kind = part.words(language);
            let key = match reason {
                _ if *part == Part::Subject => {
                    lines.push(format!("{kind}: {name}"));
                    continue;
                }
                Reason::NotFound => TextKey::RouteNotFound,
                Reason::NotLookedUp => TextKey::RouteNotLookedUp,
                Reason::NotSet => TextKey::RouteNotSet,
                Reason::Refused(status) => {
                    let alone = format!("{kind} ({status})");
                    if !refused.contains(&alone) {
                        refused.push(alone);
                    }
                    continue;
                }
            };
            let values = [(Placeholder::Kind, kind), (Placeholder::Name, part.named(name, language))];
            lines.push(texts.must_say(key, &values));
        }
        if !refused.is_empty() {
            lines.push(texts.must_say(TextKey::RouteRefused, &[(Placeholder::Details, &refused.join(", "))]));
        }
        lines
    }
}

/// One line of at most `limit` characters.
fn short(text: &str, limit: usize) -> String {
    split(&one_line(text), limit).into_iter().next().unwrap_or_default().trim().to_owned()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text of the helpdesk's without the values of a route's fields and its subject, whole or each of a list, in either case of letters.
fn masked(text: &str, route: &Route) -> String {
    let whole = route.fields.values().chain(&route.subject);
    let mut values: Vec<String> =
        whole.flat_map(|value| std::iter::once(value.as_str()).chain(value.split(','))).map(one_line).collect();
    values.retain(|value| !value.is_empty());
    // Of a value that another begins with, nothing must be left.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let (text, mut masked) = (one_line(text), String::new());
    let (mut rest, mut before) = (text.as_str(), None);
    while let Some(letter) = rest.chars().next() {
        let hidden = values.iter().find_map(|value| begins_with(rest, value, before));
        if hidden.is_some() {
            masked.push('…');
        } else {
            masked.push(letter);
        }
        let (passed, left) = rest.split_at_checked(hidden.unwrap_or(letter.len_utf8())).unwrap_or((rest, ""));
        (rest, before) = (left, passed.chars().next_back());
    }
    masked
}

/// How many bytes of `text` are `value`. `before` is the letter before the text.
fn begins_with(text: &str, value: &str, before: Option<char>) -> Option<usize> {
    let (mut letters, mut length) = (text.chars(), 0_usize);
    for wanted in value.chars() {
        let letter = letters.next()?;
        if !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        length = length.saturating_add(letter.len_utf8());
    }
    let joined = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let is_inside = joined(before) || joined(letters.next());
    (!is_inside || value.chars().count() >= MIN_INSIDE).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(language: Language) -> Texts {
        Texts { language, ..Texts::default() }
    }

    fn refused(fields: &[(&str, &str)], subject: Option<&str>, reasons: &str) -> Option<String> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let route = Route { fields, subject: subject.map(str::to_owned), ..Route::default() };
        let mut left_out = LeftOut::default();
        left_out.refuse(&route, 422, reasons);
        left_out.refused
    }

    #[test]
    fn a_refusal_names_no_value_of_a_customer_and_keeps_its_status() {
        for (fields, subject, reasons, expected) in [
            (
                [("Contrato", "77-1020")].as_slice(),
                None,
                "custom_fields: 77-1020\nis invalid",
                "custom_fields: … is invalid",
            ),
            // Trimmed by the helpdesk, in other letters, with other blanks, as a part of another word.
            (&[("Nome", " Maria  da SILVA ")], None, "name: Maria da Silva is invalid", "name: … is invalid"),
            (&[("Contrato", "77-1020")], None, "id_77-1020x", "id_…x"),
            // A list, each of which is named by itself.
            (&[("Produtos", "Geladeira, Fogão")], None, "fogão is no option", "… is no option"),
            // One value begins with another.
            (&[("A", "7710"), ("B", "7710-20")], None, "7710-20 is invalid", "… is invalid"),
            (&[], Some("Segunda via"), "subject \"segunda via\"", "subject \"…\""),
            // A short value is no part of another word or number.
            (&[("Nota", "4"), ("Letra", "a")], None, "a field: 4 is not in 44", "… field: … is not in 44"),
            // Nothing was said: a value that is a digit of the status does not hide it.
            (&[("Nota", "4"), ("Outra", "422")], None, " ", "422"),
        ] {
            assert_eq!(refused(fields, subject, reasons).as_deref(), Some(expected), "{reasons}");
        }
    }

    #[test]
    fn each_reason_has_its_words_and_a_priority_those_of_the_agents() {
        let mut left_out = LeftOut::default();
        left_out.add(Part::Priority, "urgent");
        left_out.not_looked_up(Part::Queue, "Financeiro");
        left_out.given_up(Part::Tag, "boleto", &Failure::Unknown { why: "" });
        left_out.given_up(Part::Agent, "Ana", &Failure::Unauthorized { why: "" });
        left_out.given_up(Part::Agent, "Bia", &Failure::Unauthorized { why: "" });
        left_out.add(Part::Queue, "urgent");
        let without = " A conversa foi aberta sem isso.";
        let expected = [
            format!("O helpdesk não tem prioridade com o nome \"urgente\".{without}"),
            format!("O helpdesk não respondeu à busca por fila \"Financeiro\".{without}"),
            format!("Não foi possível definir no helpdesk: tag \"boleto\".{without}"),
            format!("O helpdesk não tem fila com o nome \"urgent\".{without}"),
            "O helpdesk recusou o destino, e a conversa foi aberta sem ele: atendente (403)".to_owned(),
        ];
        assert_eq!(left_out.lines(&texts(Language::Portuguese)), expected);
        let english = left_out.lines(&texts(Language::English));
        assert_eq!(
            english.get(1..3).unwrap_or_default(),
            [
                "The helpdesk could not be asked for the queue \"Financeiro\". The conversation was opened without it.",
                "The helpdesk failed to set the tag \"boleto\". The conversation was opened without it.",
            ]
        );
        assert!(left_out.lines(&texts(Language::Spanish)).iter().any(|line| line.contains("urgente")));
        assert_eq!(format!("{left_out:?}"), "LeftOut(…)");
    }
}

use super::*;

fn texts(json: &str) -> Texts {
    serde_json::from_str(json).unwrap()
}

#[test]
fn no_language_lacks_a_text_and_each_uses_only_what_it_may() {
    for key in TextKey::ALL.iter().copied() {
        assert_eq!(TextKey::parse(key.as_str()), Some(key));
        assert_eq!(serde_json::to_value(key).unwrap(), key.as_str());
        for language in Language::ALL {
            let own = key.own(language);
            assert!(!own.trim().is_empty(), "{key:?}");
            for piece in pieces(own) {
                let Piece::Braces { word, .. } = piece else { continue };
                assert!(key.placeholders().iter().any(|known| known.word() == word), "{key:?} has {{{word}}}");
            }
            let values: Vec<_> = key.placeholders().iter().map(|known| (*known, "7")).collect();
            let filled = Texts::default().render(language, key, &values).unwrap();
            assert!(!filled.contains(['{', '}']), "{filled}");
        }
    }
}

#[test]
fn a_text_is_replaced_in_one_language_and_switched_off_in_another() {
    let texts = texts(r#"{"pt-BR":{"greeting":"Oi!","closing":false},"es":{"closing":" - ","not_opened":false}}"#);
    assert_eq!(texts.get(Language::Portuguese, TextKey::Greeting), Some("Oi!"));
    assert_eq!(texts.get(Language::English, TextKey::Greeting), Some(TextKey::Greeting.own(Language::English)));
    assert_eq!(texts.get(Language::Portuguese, TextKey::Closing), None);
    assert_eq!(texts.get(Language::Spanish, TextKey::Closing), None);
    // What says that something is lost is said in any case.
    assert_eq!(texts.get(Language::Spanish, TextKey::NotOpened), Some(TextKey::NotOpened.own(Language::Spanish)));
    assert!(serde_json::from_str::<Texts>(r#"{"en":{"closing":true}}"#).is_err());
}

#[test]
fn values_are_put_in_once_and_a_missing_one_leads_to_our_own_words() {
    let texts =
        texts(r#"{"en":{"greeting":"You are in {queue}, {not this} {or","agent_joined":"{agent} of {queue}"}}"#);
    let queue = [(Placeholder::Queue, "{queue} {agent}")];
    assert_eq!(
        texts.render(Language::English, TextKey::Greeting, &queue).as_deref(),
        Some("You are in {queue} {agent}, {not this} {or")
    );
    assert_eq!(
        texts.render(Language::English, TextKey::Greeting, &[]).as_deref(),
        Some(TextKey::Greeting.own(Language::English))
    );
    let agent = [(Placeholder::Agent, "Ana")];
    assert_eq!(
        texts.render(Language::English, TextKey::AgentJoined, &agent).as_deref(),
        Some("You are talking to Ana.")
    );
    assert_eq!(texts.render(Language::English, TextKey::AgentJoined, &[]), None);
}

#[test]
fn one_minute_is_said_as_one() {
    let own = texts(r#"{"es":{"inactive_warning":"{time}, o sea {minutes}."}}"#);
    for (language, minutes, expected) in [
        (Language::Portuguese, "1", "O cliente espera uma resposta há 1 minuto."),
        (Language::Portuguese, "2", "O cliente espera uma resposta há 2 minutos."),
        (Language::English, "1", "The customer has been waiting for an answer for 1 minute."),
        (Language::English, "21", "The customer has been waiting for an answer for 21 minutes."),
        (Language::Spanish, "1", "El cliente espera una respuesta desde hace 1 minuto."),
        (Language::Spanish, "10", "El cliente espera una respuesta desde hace 10 minutos."),
    ] {
        let said = Texts::default().render(language, TextKey::NoteAgentSilent, &[(Placeholder::Minutes, minutes)]);
        assert_eq!(said.as_deref(), Some(expected));
    }
    // A company's text may have the number, or the time in words.
    let said = own.render(Language::Spanish, TextKey::InactiveWarning, &[(Placeholder::Minutes, "1")]);
    assert_eq!(said.as_deref(), Some("1 minuto, o sea 1."));
}

#[test]
fn the_pieces_of_a_template() {
    let found: Vec<_> = pieces("a{b}{}{c d}é{extra.fila}{").collect();
    let braces = found.iter().filter_map(|piece| match piece {
        Piece::Braces { word, .. } => Some(*word),
        Piece::Words(_) => None,
    });
    let braces: Vec<_> = braces.collect();
    assert_eq!(braces, ["b", "extra.fila"]);
    assert_eq!(found.iter().map(|piece| piece.source()).collect::<String>(), "a{b}{}{c d}é{extra.fila}{");
}

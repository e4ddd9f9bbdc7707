use super::*;

fn rules(json: &str) -> ServiceRules {
    ServiceRules::from_json(json.as_bytes()).unwrap()
}

fn named(queue: &str) -> Facts {
    let mut facts = Facts::default();
    facts.context.queue = Some(queue.into());
    facts
}

#[test]
fn without_rules_nothing_is_decided() {
    let routed = route(&Facts::default(), &ServiceRules::default());
    assert_eq!((routed.by, routed.metric(), &routed.route), (DecidedBy::Nothing, "none", &Route::default()));
    assert_eq!(routed.note(&ServiceRules::default(), Language::English), None);
    // The bot's own word goes to the helpdesk as it is.
    let routed = route(&named("Financeiro"), &ServiceRules::default());
    assert_eq!((routed.by, routed.route.queue.as_deref()), (DecidedBy::Context, Some("Financeiro")));
    assert_eq!(ServiceRules::default().helpdesk_queue("Financeiro"), "Financeiro");
}

#[test]
fn a_queue_that_is_not_known_is_named_in_the_note() {
    let rules = rules(
        r#"{"version":1,"queues":{"help":{"name":{"en":"Help","pt-BR":"Ajuda"},"helpdesk":"H1"}},"texts":{"en":{"route_queue":"To {queue}"}},
        "routing":{"routes":[{"id":"all","then":{"queue":"help","priority":"high"}}]}}"#,
    );
    let routed = route(&named("{queue}"), &rules);
    assert_eq!(
        routed.note(&rules, Language::English).unwrap(),
        "To Help\nPriority: high.\nReason: route \"all\".\nThe queue \"{queue}\", which the bot asked for, is not in the service rules."
    );
    assert_eq!(routed.metric(), "all");
    // Named by the id, the helpdesk's name or a name for customers.
    for name in ["HELP", "h1", "ajuda"] {
        let routed = route(&named(name), &rules);
        assert_eq!(
            (routed.by, routed.metric(), &routed.unknown_queue),
            (DecidedBy::Context, "context", &None),
            "{name}"
        );
        assert_eq!((routed.route.queue.as_deref(), routed.route.priority), (Some("help"), Some(Priority::High)));
    }
    assert_eq!(rules.helpdesk_queue("help"), "H1");
    assert_eq!(rules.queue_name("help", Language::Spanish), "Ajuda");
}

#[test]
fn what_the_bot_says_counts_before_the_route() {
    let rules = rules(
        r#"{"version":1,"queues":{"a":{"name":"A"},"b":{"name":"B"}},"routing":{
        "fields":{"F1":{"fact":"context.fields.contract"},"F2":{"static":"all"},"F3":{"message":"text"}},
        "routes":[{"id":"to-b","when":{"state":"menu"},"then":{"queue":"b","form":"of-b"}},
                  {"id":"vip","when":{"context.tags":"VIP"},"then":{"priority":"low","agent":"x","tags":["vip","one"],"language":"es","fields":{"F2":{"static":"own"}}}}],
        "default":{"queue":"b","brand":"of-b"}}}"#,
    );
    let mut facts = named("a");
    facts.state = Some("Menu".into());
    facts.message = Some("Oi\nbom dia".into());
    facts.context.tags = vec!["Vip".into(), "two".into()];
    facts.context.priority = Some(Priority::Urgent);
    facts.context.agent = Some("ana".into());
    facts.context.language = Some(Language::English);
    facts.context.fields = [("Contract", "7"), ("other", "8")].map(|(key, value)| (key.into(), value.into())).into();
    let routed = route(&facts, &rules);
    let Route { queue, agent, priority, tags, fields, language, form, brand, .. } = routed.route;
    // The route to another queue is passed over, and so is the default.
    assert_eq!((queue.as_deref(), form, brand, routed.rule.as_deref()), (Some("a"), None, None, Some("vip")));
    assert_eq!((agent.as_deref(), priority, language), (Some("ana"), Some(Priority::Urgent), Language::English));
    assert_eq!(tags, ["vip", "one", "two"]);
    let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(fields, ["F1=7", "F2=own", "F3=Oi\nbom dia", "other=8"]);
}

#[test]
fn a_route_without_a_queue_leaves_it_to_the_ticket_and_the_default() {
    let rules = rules(
        r#"{"version":1,"queues":{"a":{"name":"A"},"b":{"name":"Team B"}},"routing":{
        "routes":[{"id":"vip","when":{"ticket.tags":"vip"},"then":{"priority":"high"}}],"default":{"queue":"a"}}}"#,
    );
    let mut facts = Facts::default();
    facts.ticket.tags = vec!["vip".into()];
    assert_eq!(route(&facts, &rules).route.queue.as_deref(), Some("a"));
    facts.ticket.team_as_sent = Some("team b".into());
    let routed = route(&facts, &rules);
    assert_eq!((routed.route.queue.as_deref(), routed.metric()), (Some("b"), "vip"));
}

#[test]
fn subjects_are_tidy_and_short() {
    let rules = rules(
        r#"{"version":1,"routing":{"facts":{"extras":{"x":"always"}},"default":{"subject":"{subject} - {extra.x}: {contact.name}"}}}"#,
    );
    let subject = |facts: &Facts| route(facts, &rules).route.subject;
    let mut facts = Facts::default();
    assert_eq!(subject(&facts), None);
    facts.context.subject = Some("Boleto".into());
    assert_eq!(subject(&facts).as_deref(), Some("Boleto"));
    facts.contact.insert(crate::ContactKey::Name, "Ana {subject}\n".into());
    facts.extras = Some([("X".into(), "😀".repeat(500))].into());
    let long = subject(&facts).unwrap();
    assert_eq!(long.chars().count(), 160);
    assert!(long.starts_with("Boleto - 😀"));
    facts.extras = None;
    facts.context.subject = None;
    assert_eq!(subject(&facts).as_deref(), Some("Ana {subject}"));
}

#[test]
fn of_extras_that_could_not_be_read_nothing_is_known() {
    let rules = rules(
        r#"{"version":1,"queues":{"a":{"name":"A"},"b":{"name":"B"}},"routing":{"facts":{"extras":{"x":"always","y":"cleared"}},"routes":[
            {"id":"without","when":{"extra.x":{"present":false}},"then":{"queue":"a"}}],"default":{"queue":"b"}}}"#,
    );
    let read = |extras| route(&Facts { extras, ..Facts::default() }, &rules);
    assert_eq!(read(Some([].into())).route.queue.as_deref(), Some("a"));
    let unread = read(None);
    assert_eq!(unread.route.queue.as_deref(), Some("b"));
    assert_eq!(unread.clear_extras, ["y"], "or it would choose the next route, too");
}

#[test]
fn a_channel_is_known_by_its_name_and_by_its_domain() {
    for named in ["whatsapp", "wa.gw.msging.net"] {
        let rules = rules(&format!(
            r#"{{"version":1,"queues":{{"a":{{"name":"A"}}}},"routing":{{"routes":[
                {{"id":"wa","when":{{"channel":"{named}"}},"then":{{"queue":"a"}}}}]}}}}"#
        ));
        let (channel, channel_domain) = (Some("whatsapp".to_owned()), Some("wa.gw.msging.net".to_owned()));
        let facts = Facts { channel, channel_domain, ..Facts::default() };
        assert_eq!(route(&facts, &rules).route.queue.as_deref(), Some("a"), "{named}");
    }
}

#[test]
fn a_route_is_small_and_readable_again() {
    let route = Route { queue: Some("a".into()), language: Language::Spanish, ..Route::default() };
    let json = serde_json::to_string(&route).unwrap();
    assert_eq!(json, r#"{"queue":"a","language":"es"}"#);
    assert_eq!(serde_json::from_str::<Route>(&json).unwrap(), route);
    assert_eq!(serde_json::from_str::<Route>("{}").unwrap(), Route::default());
    let personal =
        Route { fields: [("cpf".to_owned(), "secret".to_owned())].into(), subject: Some("secret".into()), ..route };
    assert!(!format!("{personal:?}").contains("secret"));
}

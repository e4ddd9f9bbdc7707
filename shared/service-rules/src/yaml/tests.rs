mod times;

use super::*;

/// What a document is refused with, or warned about.
fn told(yaml: &str) -> Vec<String> {
    match read(yaml.as_bytes()) {
        Ok(read) => read.warnings.iter().map(ToString::to_string).collect(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// Documents, and a part of each line of the answer. One without an answer is taken.
const CASES: &[(&str, &[&str])] = &[
    ("version: 1", &[]),
    ("\u{feff}version: 1\r\ntexts: {}\r\n", &[]),
    ("version: 1\nagent_identity: maria%40company.com@blip.ai\n", &[]),
    (
        "\u{feff}vrsion: 1",
        &[
            "line 1, column 1: vrsion: there is no such key; did you mean `version`?",
            "line 1, column 1: the document lacks `version`",
        ],
    ),
    // No document of this kind.
    ("", &["line 1, column 1: the file is empty; the shortest document is `version: 1`"]),
    ("# only a comment\n", &["line 1, column 1: the file is empty"]),
    ("---\n", &["the file is empty"]),
    ("just words", &["line 1, column 1: `just words` is not allowed; write keys with their values"]),
    ("- version: 1", &["line 1, column 1: is a list; write keys with their values"]),
    ("version: 1\n---\nversion: 1\n", &["line 2, column 1: a second document begins here; a file holds one"]),
    ("a: b: c", &["line 1, column 5: this is not YAML: "]),
    ("version: 1\ntexts:\n\ten:\n", &["line 3, column 1: the line begins with a tab; YAML takes only blanks there"]),
    ("version: [1", &["this is not YAML"]),
    ("texts: {}", &["line 1, column 1: the document lacks `version`"]),
    ("version: 2", &["line 1, column 10: version: write 1"]),
    ("version: \"1\"", &["version: write 1"]),
    ("version:", &["version: has no value; write 1, or take the line away"]),
    // Keys.
    (
        "version: 1\nrouting:\n  routs: []\n",
        &["line 3, column 3: routing.routs: there is no such key; did you mean `routes`?"],
    ),
    ("version: 1\nbots: {}", &["line 2, column 1: bots: there is no such key; this release does not have it yet"]),
    ("version: 1\nxyz: 1", &["xyz: there is no such key; the keys here are `agent_identity`, "]),
    ("version: 1\ntexts: {}\ntexts: {}\n", &["line 3, column 1: the key `texts` stands twice; the first is in line 2"]),
    ("version: 1\n? [a]\n: b\n", &["line 2, column 3: a key must be a text"]),
    // What nobody needs, and what bombs and loops are made of.
    (
        "version: 1\nqueues: &a\n  x: *a\n",
        &["line 3, column 3: anchors (&name) and aliases (*name) are not read; write the value again"],
    ),
    ("version: 1\nqueues: *a\n", &["anchors (&name) and aliases (*name) are not read"]),
    ("version: &v 1", &["anchors (&name)"]),
    ("version: 1\nqueues:\n  <<: {a: {name: A}}\n", &["line 3, column 3: anchors (&name)"]),
    ("version: !!int 1", &["tags (!name) are not read; write the value without one"]),
    // Texts.
    (
        "version: 1\ntexts:\n  pt-br:\n    greeting: Oi\n",
        &["line 3, column 3: texts.pt-br: there is no such key; did you mean `pt-BR`?"],
    ),
    ("version: 1\ntexts:\n  fr: {}\n", &["texts.fr: there is no such key; the keys here are `"]),
    ("version: 1\ntexts: {en: {greting: Hi}}", &["texts.en.greting: there is no such key; did you mean `greeting`?"]),
    (
        "version: 1\ntexts:\n  en:\n    greeting: Hi {quue}\n    closing: Bye {opens_at}\n    not_read: \"{agent}\"\n",
        &[
            "line 4, column 5: texts.en.greeting: there is no placeholder `{quue}` here; did you mean `{queue}`?",
            "line 5, column 5: texts.en.closing: there is no placeholder `{opens_at}` here; this text may have `{queue}`",
            "line 6, column 5: texts.en.not_read: there is no placeholder `{agent}` here; this text has none",
        ],
    ),
    ("version: 1\ntexts: {en: {closing: false, greeting: \"-\"}}", &[]),
    ("version: 1\ntexts: {en: {closing: true}}", &["texts.en.closing: write a text, or false"]),
    ("version: 1\ntexts: {en: {not_read: false}}", &["texts.en.not_read: this text says that something is lost"]),
    ("version: 1\ntexts: {en: {not_read: \"-\"}}", &["texts.en.not_read: this text says that something is lost"]),
    ("version: 1\ntexts: {en: {closing: \" \"}}", &["texts.en.closing: is empty; write false for no text"]),
    (
        "version: 1\ntexts: {en: {closing: \"Bye { queue }\"}}",
        &["warning: texts.en.closing: a brace that is no placeholder"],
    ),
    ("version: 1\ntexts: {en: {closing: [Bye]}}", &["texts.en.closing: is a list; write a text, or false"]),
    // Language, zone, return, identity.
    (
        "version: 1\ntime_zone: Sao Paulo",
        &["time_zone: there is no time zone of this name; did you mean `America/Sao_Paulo`?"],
    ),
    ("version: 1\ntime_zone: America/SaoPaulo", &["did you mean `America/Sao_Paulo`?"]),
    ("version: 1\ntime_zone: GMT-3 or so", &["time_zone: there is no time zone of this name"]),
    ("version: 1\nlanguage: {default: pt}", &["language.default: `pt` is not allowed; "]),
    (
        "version: 1\nlanguage: {default: Klingon}",
        &["language.default: `Klingon` is not allowed; write `pt-BR`, `en` or `es`"],
    ),
    (
        "version: 1\nlanguage: en",
        &["language: `en` is not allowed; write keys such as `by_channel`, `default` or `from_extra`"],
    ),
    (
        "version: 1\nlanguage: {by_channel: {watsapp: en, new.gw.msging.net: es}}",
        &["language.by_channel.watsapp: there is no channel of this name; did you mean `whatsapp`?"],
    ),
    (
        "version: 1\nreturn_service: {by_reason: {agnt: x}}",
        &["return_service.by_reason.agnt: there is no such key; did you mean `agent`?"],
    ),
    (
        "version: 1\nreturn_service: {default: ' main', by_queue: {a: {}}}",
        &[
            "return_service.by_queue.a: there is no queue `a`; name your queues under `queues` first",
            "return_service.default: has a blank at an end",
        ],
    ),
    (
        "version: 1\nagent_identity: maria lopes",
        &["agent_identity: write an identity such as `maria%40company.com@blip.ai`"],
    ),
    ("version: 1\ncontext: {earlier_tickets: 6}", &["context.earlier_tickets: write a whole number from 0 to 5"]),
    ("version: 1\ncontext: {transcript_lines: 300}", &["context.transcript_lines: write a whole number from 0 to 100"]),
    ("version: 1\ncontext: {extras: cpf}", &["context.extras: `cpf` is not allowed; write a list (`- ` before each)"]),
    // Queues.
    (
        "version: 1\nqueues:\n  Vendas: {name: Vendas}\n  b: {name: {}}\n  c: {name: ''}\n",
        &[
            "line 3, column 3: queues.Vendas: an id has 1 to 40 small letters",
            "line 4, column 7: queues.b.name: give a name in one language at least",
            "line 5, column 7: queues.c.name: is empty; write a text",
        ],
    ),
    (
        "version: 1\nqueues:\n  b: {}\n  c: {name: {fr: C}}\nrouting: {default: {queue: b}}\ntime_zone: x\n",
        &[
            "time_zone: there is no time zone of this name",
            "queues.b: lacks `name`",
            "queues.c.name.fr: there is no such key; the keys here are",
        ],
    ),
    (
        "version: 1\nqueues: {a: {name: Sales}, b: {name: SALES}}",
        &["warning: queues.b: the queue `a` goes by the same name"],
    ),
    // Routes.
    (
        "version: 1\nqueues: {sales: {name: Sales}}\nrouting:\n  routes:\n  - {id: a, then: {queue: sale}}\n  - {id: a, then: {queue: SALES}}\n  - {id: A, then: {queue: x}}\n",
        &[
            "line 5, column 20: routing.routes[0].then.queue: there is no queue `sale`; did you mean `sales`?",
            "line 6, column 6: routing.routes[1].id: another route has the id `a`",
            "line 6, column 20: routing.routes[1].then.queue: there is no queue `SALES`; did you mean `sales`?",
            "line 7, column 6: routing.routes[2].id: an id has 1 to 40 small letters",
            "line 7, column 20: routing.routes[2].then.queue: there is no queue `x`; write `sales`, or add it under `queues`",
        ],
    ),
    (
        "version: 1\nqueues: {sales: {name: Sales}}\nrouting:\n  routes:\n  - id: one\n    when: {team: x}\n    then: {queue: sales, tags: [a, [b]]}\n  - {id: One}\n",
        &[
            "line 6, column 12: routing.routes[0].when.team: there is no such key; did you mean `ticket.team`?",
            "line 7, column 36: routing.routes[0].then.tags[1]: is a list; write a text",
            "line 8, column 5: routing.routes[1]: lacks `then`",
        ],
    ),
    (
        "version: 1\nrouting:\n  routes:\n  - {id: a, when: {}, then: {tags: [a]}}\n  - {id: b, when: {state: {}}, then: {tags: [a]}}\n  - {id: c, when: {state: []}, then: {tags: [a]}}\n  - {id: d, when: {state: ''}, then: {}}\n",
        &[
            "line 4, column 13: routing.routes[0].when: has no conditions; name a fact, or take `when` away",
            "line 5, column 20: routing.routes[1].when.state: is empty; write a text",
            "line 6, column 20: routing.routes[2].when.state: has an empty list",
            "line 7, column 20: routing.routes[3].when.state: has an empty text",
            "line 7, column 32: routing.routes[3].then: leads nowhere; give a `queue` at least",
        ],
    ),
    (
        "version: 1\nrouting:\n  routes:\n  - {id: all, then: {priority: high}}\n  - {id: late, when: {state: x}, then: {priority: low}}\n  default: {priority: low}\n",
        &[
            "line 5, column 5: warning: routing.routes[1]: is never reached: the route `all` before it takes all",
            "line 6, column 3: warning: routing.default: is never used",
        ],
    ),
    (
        "version: 1\nrouting:\n  routes:\n  - {id: a, when: {state: x}, then: {priority: high}}\n  - {id: b, when: {state: x, channel: sms}, then: {priority: low}}\n  - {id: c, when: {state: y}, then: {priority: low}}\n",
        &["warning: routing.routes[1]: is never reached: the route `a` before it"],
    ),
    (
        "version: 1\nrouting:\n  routes:\n  - {id: a, when: {channel: fax, language: fr, ticket.priority: hig}, then: {priority: high}}\n  - {id: default, when: {extra.fila: x}, then: {language: es}}\n",
        &[
            "routing.routes[0].when.channel: there is no channel of this name",
            "routing.routes[0].when.language: `fr` is no value of this fact; write `pt-BR`, `en` or `es`",
            "routing.routes[0].when.ticket.priority: `hig` is no value of this fact; did you mean `high`?",
            "routing.routes[1].id: `default` has a meaning of its own",
            "routing.routes[1].when.extra.fila: the extra `fila` is not listed under `routing.facts.extras`; add `fila: always`",
        ],
    ),
    (
        "version: 1\nrouting:\n  facts: {extras: {fila: {day_in: fila}, b: always}, ticket_priority: {1: high, x: low}}\n  fields: {b: {extra: fla}, e: {fact: extra.b}, f: {static: ''}}\n  default: {subject: '{subjct} {extra.z}'}\n",
        &[
            "line 3, column 27: routing.facts.extras.fila.day_in: names the extra itself",
            "routing.facts.ticket_priority.x: a priority of Blip's ticket is a whole number",
            "routing.fields.b.extra: the extra `fla` is not listed under `routing.facts.extras`; did you mean `fila`?",
            "routing.fields.f.static: is empty",
            "routing.default.subject: there is no placeholder `{subjct}` here; did you mean `{subject}`?",
            "routing.default.subject: the extra `z` is not listed",
        ],
    ),
    (
        "version: 1\nrouting:\n  facts: {extras: {b: allways, c: {day: x}}}\n  fields: {a: blip, c: {contact: phone}, d: {static: x, extra: fila}, f: {fact: referral}, g: {fact: extra.}}\n  default: {priority: hihg, language: , tags: a}\n",
        &[
            "routing.facts.extras.b: `allways` is not allowed; did you mean `always`?",
            "routing.facts.extras.c.day: there is no such key; the keys here are `day_in`",
            "routing.facts.extras.c: lacks `day_in`",
            "routing.fields.a: `blip` is not allowed; write one of the keys `static`, `ticket`, `contact`, `extra`, `fact` or `message` with its value",
            "routing.fields.c.contact: `phone` is not allowed; ",
            "routing.fields.d: write exactly one of",
            "routing.fields.f.fact: `referral` is not allowed; ",
            ", or `extra.KEY`, or `context.fields.KEY`",
            "routing.fields.g.fact: `extra.` is not allowed",
            "routing.default.priority: `hihg` is not allowed; did you mean `high`?",
            "routing.default.language: has no value; write `pt-BR`, `en` or `es`, or take the line away",
            "routing.default.tags: `a` is not allowed; write a list",
        ],
    ),
    // Numbers and switches are names where a name belongs.
    (
        "version: 1\nqueues: {a: {name: yes, helpdesk: 00360}}\nrouting: {default: {queue: a, form: 7, tags: [true, 1.0]}}",
        &[],
    ),
];

#[test]
fn each_document_is_answered_with_what_is_right() {
    let mut wrong = Vec::new();
    for (yaml, expected) in CASES.iter().chain(times::CASES) {
        let told = told(yaml);
        let about = expected.iter().filter(|part| !part.starts_with(',')).count();
        let is_same = told.len() == about && expected.iter().all(|part| told.iter().any(|line| line.contains(part)));
        if !is_same {
            wrong.push(format!("{yaml}\nexpected {expected:#?}\ntold {told:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_name_keeps_its_spelling() {
    let yaml =
        b"version: 1\nqueues: {a: {name: yes, helpdesk: 00360}}\nrouting: {default: {queue: a, tags: [true, 1.0]}}";
    let rules = read(yaml).unwrap().rules;
    assert_eq!(rules.helpdesk_queue("a"), "00360");
    assert_eq!(rules.routing.default.tags, ["true", "1.0"]);
}

#[test]
fn what_is_no_text_or_too_large() {
    let problems = |bytes: &[u8]| read(bytes).unwrap_err().remove(0).to_string();
    assert_eq!(problems(b"version: 1\na: \xff"), "line 2, column 4: the file is not UTF-8 here; save it as UTF-8");
    assert_eq!(problems(b"\xff\xfev\0"), "line 1, column 1: the file is UTF-16; save it as UTF-8");
    assert_eq!(
        problems(&b"# padding\n".repeat(1_000_000)),
        "line 1, column 1: the file has 10000000 bytes; at most 262144 are read"
    );
}

#[test]
fn no_depth_and_no_number_of_faults_is_too_much() {
    let begun = std::time::Instant::now();
    for yaml in [
        "[".repeat(200_000),
        "{a: ".repeat(50_000),
        "- ".repeat(100_000),
        format!(
            "version: 1\nqueues:\n{}",
            (0..20_000).map(|queue| format!("  Q{queue}: 1\n")).collect::<Vec<_>>().concat()
        ),
        format!("version: 1\ntexts: {{en: {{greeting: \"{}\"}}}}", "{x".repeat(100_000)),
        format!("version: 1\n{}: 1", "k".repeat(200_000)),
        format!("version: 1\nagent_identity: {}", "k".repeat(200_000)),
    ] {
        let problems = read(yaml.as_bytes()).unwrap_err();
        assert!(problems.len() <= MAX_PROBLEMS);
        assert!(
            problems.len() < MAX_PROBLEMS || problems[MAX_PROBLEMS - 1].message.starts_with("more is wrong after this")
        );
        assert!(begun.elapsed().as_secs() < 20, "{}", problems[0]);
    }
    let many = format!(
        "version: 1\nqueues:\n{}",
        (0..5_000).map(|queue| format!("  q{queue}: {{name: {}}}\n", "n".repeat(20))).collect::<Vec<_>>().concat()
    );
    assert!(many.len() < MAX_YAML);
    assert_eq!(
        read(many.as_bytes()).unwrap_err()[0].message,
        "the document has more than 131072 bytes without its comments and blanks"
    );
}

proptest::proptest! {
    #[test]
    fn whatever_was_written_is_answered(yaml in "(version: 1\n)?[a-z:{}\\[\\]&*!|>'\"\n \t-]{0,80}") {
        let _ = read(yaml.as_bytes());
    }
}

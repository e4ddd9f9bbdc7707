//! Whatever is posted, the schema and the endpoint say the same of it: each field of each example with every kind of value in its place.

use serde_json::{Value, json};

use super::{
    examples::through_the_endpoint,
    file::Contract,
    values::{Fields, to_ponte},
};
use ponte::relay::ports::{Rejection, Unfit};

/// What is put in the place of a value: each type, and what lies on both sides of a limit.
fn instead() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "\u{feff}\u{a0}\n",
        "\u{200b}",
        "x",
        "0",
        "plain",
        "html",
        "text",
        "file",
        "choices",
        "agent.message",
        "http://",
        "http:/x",
        "http:///x",
        "HTTPS://x",
        "https://x y",
        "https://x\n",
        "ftp://x.example",
        "javascript:alert(1)",
        "//x.example",
        "http://[",
        "https://é.example/a?b#c",
    ];
    let mut values: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    values.extend([
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(1.0),
        json!(1.5),
        json!(90),
        json!(90.000_001),
        json!(-90.5),
        json!(180),
        json!(-180.5),
        json!(1e300),
        json!(9_007_199_254_740_991_u64),
        json!(9_007_199_254_740_992_u64),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e19),
        json!(18_446_744_073_709_551_616.0),
        json!([]),
        json!([""]),
        json!([null]),
        json!(["Sim", 1]),
        json!(["Sim", "Sim"]),
        json!({}),
        json!({ "type": "text" }),
        json!({ "type": "text", "text": "oi" }),
    ]);
    values
}

/// Every place in a value.
fn places(at: &str, value: &Value, all: &mut Vec<String>) {
    all.push(at.to_owned());
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| places(&format!("{at}/{}", escaped(name)), value, all));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| places(&format!("{at}/{n}"), item, all)),
        _ => {}
    }
}

/// HTML and Markdown that show nothing, which no schema can tell, are the one difference.
fn shows_nothing(answer: &Result<(), Rejection>) -> bool {
    *answer == Err(Rejection::Unfit(Unfit::of("/data/content/text", "shows nothing in its format")))
}

#[test]
fn the_schema_and_the_endpoint_agree_about_every_value() {
    let contract = Contract::read();
    let schema = contract.validator("ToPonte");
    let mut bodies: Vec<Value> = super::examples().into_iter().map(|(_, body)| body).collect();
    for fields in [Fields::All, Fields::Required] {
        bodies.extend(to_ponte(fields).into_iter().map(|(_, body)| body));
    }
    let instead = instead();
    let (mut taken, mut refused) = (0_usize, 0_usize);
    let mut check = |body: &Value| {
        let fits = schema.is_valid(body);
        let answer = through_the_endpoint(body).map(drop);
        assert!(
            shows_nothing(&answer) || fits == answer.is_ok(),
            "the schema says {fits}, the endpoint {answer:?}: {body}"
        );
        if answer.is_ok() { taken += 1 } else { refused += 1 }
    };
    for body in &bodies {
        check(body);
        let mut all = Vec::new();
        places("", body, &mut all);
        for place in all {
            for value in &instead {
                let mut changed = body.clone();
                *changed.pointer_mut(&place).unwrap() = value.clone();
                check(&changed);
            }
            let Some((parent, field)) = place.rsplit_once('/') else { continue };
            let mut without = body.clone();
            match without.pointer_mut(parent).unwrap() {
                Value::Object(fields) => drop(fields.remove(field)),
                Value::Array(items) => drop(items.remove(field.parse().unwrap())),
                _ => unreachable!(),
            }
            check(&without);
        }
    }
    assert!(taken > 1_000 && refused > 3_000, "{taken} {refused}");
}

#[test]
fn a_refusal_names_the_field_and_its_rule() {
    let body =
        |content: Value| json!({ "type": "agent.message", "data": { "ticket": "1", "id": "2", "content": content } });
    let field = |at: &str, value: Value| {
        let mut body = body(json!({ "type": "text", "text": "oi" }));
        *body.pointer_mut(at).unwrap() = value;
        body
    };
    let options = |options: Value| body(json!({ "type": "choices", "text": "Qual?", "options": options }));
    let place = |latitude: f64, longitude: f64| {
        body(json!({ "type": "location", "latitude": latitude, "longitude": longitude }))
    };
    for (body, pointer, rule) in [
        (options(json!([])), "/data/content/options", "must have one answer at least"),
        (options(json!(["Sim", " "])), "/data/content/options/1", "must not be empty or blank"),
        (options(json!(["Sim", 2])), "/data/content/options/1", "must be a text"),
        (place(200.0, 0.0), "/data/content/latitude", "must be a number from -90 to 90"),
        (place(0.0, -180.1), "/data/content/longitude", "must be a number from -180 to 180"),
        (field("/data/id", json!(1.5)), "/data/id", "must be a text or a whole number"),
        (field("/data/ticket", json!("")), "/data/ticket", "must not be empty or blank"),
        (field("/data/content", json!({ "type": "file" })), "/data/content/url", "is required"),
        (
            field("/data/content", json!({ "type": "x" })),
            "/data/content/type",
            "must be text, file, location, choices or link",
        ),
        (json!({ "type": "agent.typing", "data": { "ticket": 1, "on": "yes" } }), "/data/on", "must be true or false"),
        (json!({ "type": "agent.assigned", "data": { "ticket": 1 } }), "/data/agent", "is required"),
        (json!({ "type": "conversation.closed" }), "/data", "is required"),
    ] {
        let refused = through_the_endpoint(&body).unwrap_err();
        let answer: Value = serde_json::from_str(&refused.body()).unwrap();
        assert_eq!(
            (refused.status(), &answer),
            (422, &json!({ "error": format!("{pointer} {rule}"), "pointer": pointer })),
            "{body}"
        );
    }
}

//! What the contract asks of each field, at the webhook endpoint: the rules of `docs/openapi.yaml`, one line each, and the first that a body breaks.
//!
//! Pure. A test holds the two together, value by value (`tests/contract/agreement.rs`). What a rule here refuses, the schema refuses, and
//! the other way around; so whoever has only the contract knows what is taken.

use serde_json::{Number, Value};

use crate::relay::ports::Unfit;

/// What must hold for a value. The words are what the sender reads.
type Rule = fn(&Value) -> Result<(), &'static str>;

/// A field: where it stands, whether it must, and what must hold for it. An optional one may be `null`, which reads like left out.
struct Field(&'static str, bool, Rule);

const ENVELOPE: [Field; 2] = [Field("/timestamp", false, text), Field("/data", true, object)];
/// What every event has.
const EVENT: [Field; 2] = [Field("/data/ticket", true, name_of_ours), Field("/data/conversation", false, text)];
const ASSIGNED: [Field; 3] =
    [Field("/data/agent", true, object), Field("/data/agent/id", false, text), Field("/data/agent/name", false, text)];
const MESSAGE: [Field; 6] = [
    Field("/data/id", true, id),
    Field("/data/format", false, format),
    Field("/data/agent", false, object),
    Field("/data/agent/id", false, text),
    Field("/data/agent/name", false, text),
    Field("/data/content", true, object),
];
const ON: [Field; 1] = [Field("/data/on", true, boolean)];
const TRANSFERRED: [Field; 4] = [
    Field("/data/queue", false, object),
    Field("/data/queue/id", false, text),
    Field("/data/queue/name", false, text),
    Field("/data/unassigned", false, boolean),
];
const QUEUED: [Field; 1] = [Field("/data/position", true, position)];
const WITHDRAWN: [Field; 1] = [Field("/data/message", true, name_of_ours)];
const CLOSED: [Field; 1] = [Field("/data/service", false, text)];

const TEXT: [Field; 1] = [Field("/data/content/text", true, words)];
const FILE: [Field; 5] = [
    Field("/data/content/url", true, link),
    Field("/data/content/name", false, text),
    Field("/data/content/mime", false, text),
    Field("/data/content/size", false, size),
    Field("/data/content/caption", false, text),
];
const LOCATION: [Field; 3] = [
    Field("/data/content/latitude", true, latitude),
    Field("/data/content/longitude", true, longitude),
    Field("/data/content/text", false, text),
];
const CHOICES: [Field; 2] = [Field("/data/content/text", true, text), Field("/data/content/options", true, options)];
const LINK: [Field; 3] = [
    Field("/data/content/url", true, link),
    Field("/data/content/title", false, text),
    Field("/data/content/text", false, text),
];

/// JSON Schema has `1.0` for a whole number, and so has the contract: the type reads `1`.
pub(super) fn settle(body: &mut Value) {
    for at in ["/data/ticket", "/data/id", "/data/content/size", "/data/position", "/data/message"] {
        let Some(value) = body.pointer_mut(at) else { continue };
        let Some(whole) = value.as_number().filter(|number| number.is_f64()).and_then(whole) else { continue };
        if let Ok(whole) = i64::try_from(whole).map(Value::from).or_else(|_| u64::try_from(whole).map(Value::from)) {
            *value = whole;
        }
    }
}

/// Whether a body of this known `type` fits the contract.
pub(super) fn fits(kind: &str, body: &Value) -> Result<(), Unfit> {
    all(&ENVELOPE, body)?;
    all(&EVENT, body)?;
    match kind {
        "agent.assigned" => all(&ASSIGNED, body),
        "agent.typing" | "conversation.on_hold" => all(&ON, body),
        "conversation.transferred" => all(&TRANSFERRED, body),
        "conversation.queued" => all(&QUEUED, body),
        "message.withdrawn" => all(&WITHDRAWN, body),
        "conversation.closed" => all(&CLOSED, body),
        _ => {
            all(&MESSAGE, body)?;
            let content = match body.pointer("/data/content/type").and_then(Value::as_str) {
                Some("text") => TEXT.as_slice(),
                Some("file") => &FILE,
                Some("location") => &LOCATION,
                Some("choices") => &CHOICES,
                Some("link") => &LINK,
                _ => {
                    return Err(Unfit::of("/data/content/type", "must be text, file, location, choices or link"));
                }
            };
            all(content, body)?;
            each_option(body)
        }
    }
}

fn all(fields: &[Field], body: &Value) -> Result<(), Unfit> {
    for Field(at, required, rule) in fields {
        match body.pointer(at) {
            None if *required => return Err(Unfit::of(at, "is required")),
            None => {}
            Some(Value::Null) if !*required => {}
            Some(value) => rule(value).map_err(|rule| Unfit::of(at, rule))?,
        }
    }
    Ok(())
}

fn each_option(body: &Value) -> Result<(), Unfit> {
    let at = "/data/content/options";
    let options = body.pointer(at).filter(|_| body.pointer("/data/content/type") == Some(&"choices".into()));
    for (number, option) in options.and_then(Value::as_array).into_iter().flatten().enumerate() {
        words(option).map_err(|rule| Unfit { index: Some(number), ..Unfit::of(at, rule) })?;
    }
    Ok(())
}

fn held(holds: bool, rule: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(rule) }
}

fn object(value: &Value) -> Result<(), &'static str> {
    held(value.is_object(), "must be an object")
}

fn boolean(value: &Value) -> Result<(), &'static str> {
    held(value.is_boolean(), "must be true or false")
}

fn text(value: &Value) -> Result<(), &'static str> {
    held(value.is_string(), "must be a text")
}

fn words(value: &Value) -> Result<(), &'static str> {
    text(value)?;
    held(value.as_str().is_some_and(|text| !is_blank(text)), "must not be empty or blank")
}

/// A text that is not blank, or a whole number.
fn name_of_ours(value: &Value) -> Result<(), &'static str> {
    id(value)?;
    held(value.as_str().is_none_or(|text| !is_blank(text)), "must not be empty or blank")
}

fn id(value: &Value) -> Result<(), &'static str> {
    held(value.is_string() || value.as_number().is_some_and(|n| whole(n).is_some()), "must be a text or a whole number")
}

fn format(value: &Value) -> Result<(), &'static str> {
    held(
        value.as_str().is_some_and(|format| matches!(format, "plain" | "html" | "markdown")),
        "must be plain, html or markdown",
    )
}

fn position(value: &Value) -> Result<(), &'static str> {
    let position = value.as_number().and_then(whole);
    held(
        position.is_some_and(|position| (1..=1_000_000).contains(&position)),
        "must be a whole number from 1 to 1000000",
    )
}

fn size(value: &Value) -> Result<(), &'static str> {
    let size = value.as_number().and_then(whole);
    held(size.is_some_and(|size| (0..=MAX_EXACT).contains(&size)), "must be a whole number from 0 to 9007199254740991")
}

fn latitude(value: &Value) -> Result<(), &'static str> {
    held(within(value, 90.0), "must be a number from -90 to 90")
}

fn longitude(value: &Value) -> Result<(), &'static str> {
    held(within(value, 180.0), "must be a number from -180 to 180")
}

fn within(value: &Value, most: f64) -> bool {
    value.as_f64().is_some_and(|degrees| (-most..=most).contains(&degrees))
}

/// `http://` or `https://`, a host, and neither a blank nor a control character.
fn link(value: &Value) -> Result<(), &'static str> {
    text(value)?;
    let url = value.as_str().unwrap_or_default();
    let after = |scheme: &str| {
        let (start, rest) = url.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    let rest = after("https://").or_else(|| after("http://")).unwrap_or_default();
    let has_host = rest.chars().next().is_some_and(|first| !matches!(first, '/' | '?' | '#'));
    held(has_host && rest.chars().all(|letter| letter > ' '), "must be an absolute http or https link")
}

fn options(value: &Value) -> Result<(), &'static str> {
    held(value.is_array(), "must be a list")?;
    held(value.as_array().is_some_and(|options| !options.is_empty()), "must have one answer at least")
}

/// What the contract's pattern leaves out (`[^\u0000-\u0020…]`): the same in every language that reads it.
fn is_blank(text: &str) -> bool {
    let is_blank = |letter: char| {
        letter <= ' '
            || matches!(letter, '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}')
            || matches!(letter, '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
    };
    text.chars().all(is_blank)
}

/// The largest number that every reader of JSON has exactly (RFC 8259, 6).
const MAX_EXACT: i128 = 9_007_199_254_740_991;

/// A whole number of 64 bits, as JSON Schema has it: `1.0` is one. `None` for a fraction, and for a larger one.
pub(super) fn whole(number: &Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    let of_float = || {
        // An integer beyond 64 bits is read as a float, and may be rounded to the limit itself: what lies there is none.
        let within = |float: &f64| *float > -9_223_372_036_854_775_808.0 && *float < 18_446_744_073_709_551_616.0;
        let float = number.as_f64().filter(|float| float.fract() == 0.0).filter(within)?;
        format!("{float:.0}").parse().ok()
    };
    exact.or_else(of_float).filter(|whole| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(whole))
}

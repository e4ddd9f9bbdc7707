//! What the schema says of each key of the service rules, as an outline.

use maud::{Markup, html};
use serde_json::Value;

use crate::page::Reader;

/// How deep keys are followed.
const DEPTH: usize = 3;

/// The keys with their descriptions. They are in English, as the schema is.
pub(super) fn help(reader: &Reader) -> Markup {
    let schema = service_rules::schema();
    html! {
        p class="quiet" { (reader.say(
            "From the schema of the document. The page docs/rules.md has examples.",
            "Do esquema do documento, em inglês. A página docs/rules.pt-BR.md explica em português, com exemplos.",
        )) }
        div lang="en" { (keys(&schema, &schema, DEPTH)) }
    }
}

fn keys(root: &Value, of: &Value, depth: usize) -> Markup {
    let Some(fields) = resolved(root, of).get("properties").and_then(Value::as_object) else { return html! {} };
    html! {
        @for (key, field) in fields {
            @let inner = resolved(root, field);
            @let about = field.get("description").or_else(|| inner.get("description")).and_then(Value::as_str).unwrap_or_default();
            @let first = about.split("\n\n").next().unwrap_or_default();
            @if depth > 1 && inner.get("properties").is_some() {
                details { summary { code { (key) } " " (first) } (keys(root, inner, depth - 1)) }
            } @else {
                p class="key" { code { (key) } " " (first) }
            }
        }
    }
}

/// What a schema refers to, itself or as its only alternative.
fn resolved<'a>(root: &'a Value, of: &'a Value) -> &'a Value {
    let target = of.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
    if let Some(found) = target.and_then(|path| root.pointer(path)) {
        return found;
    }
    let inner = of.get("additionalProperties").filter(|inner| inner.is_object());
    inner.map_or(of, |inner| resolved(root, inner))
}

//! An emoji on a message.
//!
//! The values are code points in the protocol library (takenet/lime-csharp) and UTF-16 units in the vendor's renderer
//! (takenet/blip-cards-vue-components): surrogates are joined. Only where no emoji was sent at all the reaction was taken back.

use serde_json::Value;

use crate::record::record;

use super::InReplyTo;

record! {
    /// `application/vnd.lime.reaction+json`.
    Reaction
    needs {}
    may {
        /// The emoji as it came; see [`Reaction::emoji`].
        emoji: Emoji = "emoji",
        /// What it is a reaction to; the same shape as the quoted half of a reply.
        in_reaction_to: InReplyTo = "inReactionTo",
    }
}

record! {
    /// `{"values":[128077]}`.
    Emoji
    needs {}
    may {
        /// Code points or UTF-16 units.
        values: Vec<Value> = "values",
    }
}

impl Reaction {
    /// The emoji as text; `None` if the reaction was taken back or cannot be read. Besides code points and units it may be a text, alone or
    /// among the values, as in WhatsApp's own reactions (`{"emoji":"🙏"}`, Meta's Cloud API).
    pub fn emoji(&self) -> Option<String> {
        let typed = self.emoji.as_ref().and_then(|emoji| {
            let values = emoji.values.as_deref().and_then(text_of);
            values
                .or_else(|| ["value", "text", "values", "emoji"].iter().find_map(|name| loose(emoji.rest.get(*name)?)))
        });
        typed.or_else(|| {
            ["emoji", "values", "reaction", "text", "value"].iter().find_map(|name| loose(self.rest.get(*name)?))
        })
    }

    /// Whether it was taken back: nothing at all stands where an emoji stands.
    pub fn is_removed(&self) -> bool {
        let nothing = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        let typed = self.emoji.as_ref().is_none_or(|emoji| {
            emoji.values.as_ref().is_none_or(Vec::is_empty) && emoji.unread().values().all(nothing)
        });
        let names = ["emoji", "values", "reaction", "text", "value"];
        typed && self.unread().iter().all(|(name, value)| nothing(value) || !names.contains(&name.as_str()))
    }
}

/// What stands where an emoji should: a text, a number, a list of either.
fn loose(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => text_of(values),
        Value::Object(fields) => fields.get("values").or_else(|| fields.get("value")).and_then(loose),
        single => text_of(std::slice::from_ref(single)),
    }
}

fn text_of(values: &[Value]) -> Option<String> {
    let mut text = String::new();
    let mut high = None;
    for value in values {
        let Some(unit) = unit(value) else {
            // An emoji is no ASCII; a digit before a key cap comes with what makes it one.
            text.push_str(value.as_str().filter(|text| !text.is_ascii()).unwrap_or_default());
            continue;
        };
        if let Some(letter) = letter(high.take(), unit) {
            text.push(letter);
        } else if is_high_surrogate(unit) {
            high = Some(unit);
        }
    }
    (!text.is_empty()).then_some(text)
}

/// A code point or unit: a number, or the same written out (`128591`, `0x1F64F`, `U+1F64F`).
fn unit(value: &Value) -> Option<u32> {
    match value {
        // `128077.0` is a whole number, too.
        Value::Number(number) => {
            let number = number.to_string();
            number.strip_suffix(".0").unwrap_or(&number).parse().ok()
        }
        Value::String(text) => {
            let text = text.trim();
            let hexadecimal = ["0x", "0X", "U+", "u+", "\\u"].iter().find_map(|start| text.strip_prefix(start));
            hexadecimal.map_or_else(|| text.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok())
        }
        _ => None,
    }
}

/// The character that a unit completes or is; a lone surrogate is none.
fn letter(high: Option<u32>, unit: u32) -> Option<char> {
    let joined = high.and_then(|high| {
        let pair = [u16::try_from(high).ok()?, u16::try_from(unit).ok()?];
        char::decode_utf16(pair).next()?.ok()
    });
    joined.or_else(|| char::from_u32(unit))
}

/// The first half of a pair (Unicode, section 3.9).
fn is_high_surrogate(unit: u32) -> bool {
    (0xD800..=0xDBFF).contains(&unit)
}

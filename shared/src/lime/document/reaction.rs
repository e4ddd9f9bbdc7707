//! An emoji on a message.
//!
//! The values are code points in the protocol library (takenet/lime-csharp) and UTF-16 units in the vendor's renderer
//! (takenet/blip-cards-vue-components): surrogates are joined. No emoji means that the reaction was taken back.

use serde_json::Value;

use crate::lime::record::record;

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
    /// The emoji as text; `None` if the reaction was taken back or cannot be read.
    pub fn emoji(&self) -> Option<String> {
        let values = self.emoji.as_ref()?.values.as_ref()?;
        let mut text = String::new();
        let mut high = None;
        for unit in values.iter().filter_map(Value::as_u64).filter_map(|unit| u32::try_from(unit).ok()) {
            if let Some(letter) = letter(high.take(), unit) {
                text.push(letter);
            } else if is_high_surrogate(unit) {
                high = Some(unit);
            }
        }
        (!text.is_empty()).then_some(text)
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

//! How one field is read from JSON and written back without a loss.
//!
//! A field is read tolerantly (a number where a text belongs is its decimal text), and what cannot be written back exactly as it
//! came stays in the record's `rest` beside the typed value. So no reader ever has to refuse a field, and no field is lost.

use serde_json::{Map, Value};

/// A type that one JSON value can hold.
pub(super) trait Wire: Sized {
    /// The typed value, or `None` if this JSON value cannot mean one.
    fn read(value: &Value) -> Option<Self>;

    /// The JSON value in its usual form.
    fn write(&self) -> Value;
}

/// Takes a field out of an object. Where its usual form differs from what came (`5` for `"5"`, `"GET"` for `"get"`, `null`), the
/// original stays in the object, and [`put`] gives it back. A field that is `null` is absent, whatever its type.
pub(super) fn take<T: Wire>(object: &mut Map<String, Value>, key: &str) -> Option<T> {
    let raw = object.get(key).filter(|raw| !raw.is_null())?;
    let value = T::read(raw)?;
    if value.write() == *raw {
        object.remove(key);
    }
    Some(value)
}

/// The same, but an empty text counts as absent, and stays in the object.
pub(super) fn take_filled<T: Wire>(object: &mut Map<String, Value>, key: &str) -> Option<T> {
    if object.get(key).and_then(Value::as_str) == Some("") {
        return None;
    }
    take(object, key)
}

/// Puts a field into an object, unless the object still holds the original spelling of this same value.
pub(super) fn put<T: Wire + PartialEq>(object: &mut Map<String, Value>, key: &str, value: Option<&T>) {
    let Some(value) = value else { return };
    let is_there = object.get(key).and_then(T::read).is_some_and(|kept| kept == *value);
    if !is_there {
        object.insert(key.to_owned(), value.write());
    }
}

impl Wire for String {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Wire for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for Value {
    fn read(value: &Value) -> Option<Self> {
        Some(value.clone())
    }

    fn write(&self) -> Value {
        self.clone()
    }
}

impl Wire for Map<String, Value> {
    fn read(value: &Value) -> Option<Self> {
        value.as_object().cloned()
    }

    fn write(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn read(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::read).collect()
    }

    fn write(&self) -> Value {
        self.iter().map(T::write).collect()
    }
}

/// Declares a list of words with an `Other` arm for words not in it. Reading ignores case; the envelope keeps the spelling.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $( $(#[$word_meta:meta])* $word:ident = $text:literal, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$word_meta])* $word, )*
            /// A word we do not know, as it came.
            Other(String),
        }

        impl $name {
            /// The word for this text, whatever its case.
            pub fn parse(text: &str) -> Self {
                $( if text.eq_ignore_ascii_case($text) { return Self::$word; } )*
                Self::Other(text.to_owned())
            }

            /// The word as it is written on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$word => $text, )*
                    Self::Other(text) => text,
                }
            }
        }

        impl Wire for $name {
            fn read(value: &serde_json::Value) -> Option<Self> {
                String::read(value).map(|text| Self::parse(&text))
            }

            fn write(&self) -> serde_json::Value {
                serde_json::Value::from(self.as_str())
            }
        }
    };
}

pub(super) use vocabulary;

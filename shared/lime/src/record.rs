//! The macro that makes a JSON object into a struct and back.
//!
//! Serde's derive would refuse a whole document for one `null` or one number in the wrong place, or lose it; real traffic has
//! both. A record made here refuses only what lacks a needed field, and keeps all it does not understand in `rest`.

/// Declares a record: `needs` lists the fields without which the object is something else, `may` the optional ones, each with
/// its JSON name. `Debug` shows the record's name only: the fields are what people said.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident
        needs { $( $(#[$need_meta:meta])* $need:ident: $need_type:ty = $need_key:literal, )* }
        may { $( $(#[$field_meta:meta])* $field:ident: $field_type:ty = $key:literal, )* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Default)]
        pub struct $name {
            $( $(#[$need_meta])* pub $need: $need_type, )*
            $( $(#[$field_meta])* pub $field: Option<$field_type>, )*
            /// All other fields, and the original spelling of those above where it is unusual.
            pub rest: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            /// Reads the record; `None` if this is no object or a field is missing without which it means nothing.
            pub fn from_value(value: serde_json::Value) -> Option<Self> {
                let serde_json::Value::Object(mut rest) = value else { return None };
                Some(Self {
                    $( $need: $crate::wire::take(&mut rest, $need_key)?, )*
                    $( $field: $crate::wire::take(&mut rest, $key), )*
                    rest,
                })
            }

            /// The JSON object, with everything that was read.
            pub fn to_value(&self) -> serde_json::Value {
                #[allow(unused_mut, reason = "a record may have no fields of its own")]
                let mut object = self.rest.clone();
                $( $crate::wire::put(&mut object, $need_key, Some(&self.$need)); )*
                $( $crate::wire::put(&mut object, $key, self.$field.as_ref()); )*
                serde_json::Value::Object(object)
            }

            /// What stands beside the fields above, and what stands in one of them and is no value of it.
            #[allow(dead_code, reason = "not every record has words")]
            pub(in crate) fn unread(&self) -> serde_json::Map<String, serde_json::Value> {
                #[allow(unused_mut, reason = "a record may have no fields of its own")]
                let mut unread = self.rest.clone();
                $( unread.remove($need_key); )*
                $( if self.$field.is_some() { unread.remove($key); } )*
                unread
            }
        }

        $crate::record::as_json!($name);
    };
}

/// Gives a record its place on the wire, serde's traits, and a `Debug` that shows nothing.
macro_rules! as_json {
    ($name:ident) => {
        impl $crate::wire::Wire for $name {
            fn read(value: &serde_json::Value) -> Option<Self> {
                Self::from_value(value.clone())
            }

            fn write(&self) -> serde_json::Value {
                self.to_value()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        $crate::record::json_traits!($name);
    };
}

/// Serde's traits for a type with `from_value` and `to_value`. The error names the type only, never the input.
macro_rules! json_traits {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.to_value().serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_value(value).ok_or_else(|| serde::de::Error::custom(concat!("no ", stringify!($name))))
            }
        }
    };
}

pub(super) use {as_json, json_traits, record};

//! Every text that Ponte sends, with what it may hold and its words in Portuguese, English and Spanish.
//!
//! The rows are in two files: what customers read (`for_customers.rs`) and what agents read (`for_agents.rs`).

use super::{Audience, Placeholder, Row};
use crate::Language;

macro_rules! texts {
    ($($name:ident $key:literal to $to:ident off $off:literal with [$($held:ident),*] { $about:literal $pt:literal $en:literal $es:literal })*) => {
        /// The name of a text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum TextKey {
            $(#[doc = $about] #[serde(rename = $key)] $name,)*
        }

        impl TextKey {
            /// All of them, in the order of the pages.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(super) fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        key: $key,
                        about: $about,
                        audience: Audience::$to,
                        may_be_off: $off,
                        placeholders: &[$(Placeholder::$held),*],
                    },)*
                }
            }

            /// Ponte's own words.
            pub fn own(self, language: Language) -> &'static str {
                let [portuguese, english, spanish] = match self {
                    $(Self::$name => [$pt, $en, $es],)*
                };
                match language {
                    Language::Portuguese => portuguese,
                    Language::English => english,
                    Language::Spanish => spanish,
                }
            }
        }
    };
}

for_customers! { for_agents texts }

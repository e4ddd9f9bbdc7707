//! An account of Blip's directory: what a channel knows about its customer.
//!
//! Asked for when the contact is unknown. All of it is personal data.

use serde_json::{Map, Value};

use super::record::record;

record! {
    /// `application/vnd.lime.account+json` (docs.blip.ai, extensions/directory, 2023; takenet/lime-csharp, `Account`).
    Account
    needs {}
    may {
        /// The person's name as the channel has it.
        full_name: String = "fullName",
        /// With the country code, usually with a leading `+`.
        phone_number: String = "phoneNumber",
        /// Where the channel knows it.
        email: String = "email",
        /// A picture; may need a token to be read.
        photo_uri: String = "photoUri",
        /// The channel's name, for people (`WhatsApp`).
        source: String = "source",
        /// `name@domain`.
        identity: String = "identity",
        /// Where the person lives.
        city: String = "city",
        /// A locale, `pt-BR`.
        culture: String = "culture",
        /// What else the channel tells.
        extras: Map<String, Value> = "extras",
    }
}

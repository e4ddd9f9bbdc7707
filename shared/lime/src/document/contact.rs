//! A person: a card that a customer shares, or a contact of the bot's roster.
//!
//! All of it is personal data. To change a contact on Blip `merge` is used, never `set`, which drops all other fields.

use serde_json::{Map, Value};

use crate::record::record;

record! {
    /// `application/vnd.lime.contact+json` (docs.blip.ai, documents/contact, 2023; takenet/lime-csharp, `Contact`).
    Contact
    needs {}
    may {
        /// `name@domain`; in the roster only.
        identity: String = "identity",
        /// The full name.
        name: String = "name",
        /// The first name.
        first_name: String = "firstName",
        /// The family name.
        last_name: String = "lastName",
        /// A phone, in any spelling.
        phone_number: String = "phoneNumber",
        /// A mobile phone, in any spelling.
        cell_phone_number: String = "cellPhoneNumber",
        /// An e-mail address.
        email: String = "email",
        /// A street address.
        address: String = "address",
        /// A town.
        city: String = "city",
        /// A picture.
        photo_uri: String = "photoUri",
        /// A locale, `pt-BR`.
        culture: String = "culture",
        /// The team or segment the bot put the person into.
        group: String = "group",
        /// CPF or CNPJ.
        tax_document: String = "taxDocument",
        /// The channel's name, for people.
        source: String = "source",
        /// What else the bot keeps about the person; texts only, by the documentation.
        extras: Map<String, Value> = "extras",
    }
}

impl Contact {
    /// One of the extras, if it is a text.
    pub fn extra(&self, key: &str) -> Option<&str> {
        self.extras.as_ref()?.get(key)?.as_str()
    }
}

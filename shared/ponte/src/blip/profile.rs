//! Who the customer is: the contact, and the channel's directory for what the contact does not say.
//!
//! Blip reference, 5 and 9.2. Behind a router the roster that knows the customer is the router's, and the name of
//! the customer there is the tunnel's originator. An unknown contact is a failure with code 67 or 62: no error here.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use service_rules::ContactKey;

use super::{BlipClient, client::command_id};
use crate::{
    lime::{Account, Command, Contact, Document, Identity, Node, encode_uri},
    relay::{
        Failure,
        ports::{CustomerRef, Profile},
    },
};

const CRM: &str = "postmaster@crm.msging.net";
const TUNNEL: &str = "postmaster@tunnel.msging.net";
const CONTACT: &str = "application/vnd.lime.contact+json";

impl BlipClient {
    pub(super) async fn read_profile(&self, whom: &CustomerRef) -> Result<Profile, Failure> {
        let whom = self.seen_through_tunnel(whom).await?;
        let (contact, account) = tokio::join!(self.contact(&whom), self.account(&whom));
        // One of the two is enough; when neither could be asked, the profile is unknown.
        let (contact, account) = match (contact, account) {
            (Err(failure), Err(_)) => return Err(failure),
            (contact, account) => (contact.unwrap_or_default(), account.unwrap_or_default()),
        };
        let contact = contact.unwrap_or_default();
        let (extras, known) = (extras_of(&contact), known_of(&contact));
        let account = account.unwrap_or_default();
        let present = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Profile {
            name: present(contact.name).or_else(|| present(account.full_name)),
            phone: present(contact.phone_number)
                .or_else(|| present(contact.cell_phone_number))
                .or_else(|| present(account.phone_number)),
            email: present(contact.email).or_else(|| present(account.email)),
            identity: whom.originator.or_else(|| Some(whom.address.identity())),
            extras,
            contact: known,
        })
    }

    /// Empties extras of the contact: `merge` changes no other field (docs.blip.ai, extensions/contacts, 2023).
    pub(super) async fn empty_extras(&self, whom: &CustomerRef, extras: &[String]) -> Result<(), Failure> {
        let whom = self.seen_through_tunnel(whom).await?;
        let empty: Map<String, Value> =
            extras.iter().map(|name| (name.clone(), Value::String(String::new()))).collect();
        let contact = json!({ "identity": whom.customer().as_str(), "extras": empty });
        let uri = whom
            .router
            .as_ref()
            .map_or_else(|| "/contacts".to_owned(), |router| format!("lime://{}/contacts", router.as_str()));
        let response = self.command(Command::merge(&command_id(), CRM, &uri, CONTACT, contact)).await?;
        if response.is_success() { Ok(()) } else { Err(Failure::later("Blip does not change the contact")) }
    }

    /// What is known of a tunnel. The documents pass the bare uuid, the vendor's own SDK the whole identity: where the first form fails, the
    /// second is tried.
    pub(super) async fn tunnel(&self, tunnel: &Identity) -> Result<Option<Value>, Failure> {
        for name in [tunnel.name(), tunnel.as_str()] {
            if let Some(found) = self.get(TUNNEL, format!("/tunnels/{}", encode_uri(name))).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Asks who is behind a tunnel when the message did not say it.
    pub(super) async fn seen_through_tunnel(&self, whom: &CustomerRef) -> Result<CustomerRef, Failure> {
        let mut whom = whom.clone();
        // A desk ticket behind a router names the tunnel identity as its customer.
        let tunnel = match &whom.originator {
            None => Some(whom.address.identity()),
            Some(originator) => Some(originator.clone()),
        }
        .filter(|identity| identity.domain().eq_ignore_ascii_case("tunnel.msging.net"));
        let Some(tunnel) = tunnel else { return Ok(whom) };
        let Some(found) = self.tunnel(&tunnel).await? else { return Ok(whom) };
        let field = |name: &str| -> Option<Identity> { Some(Node::parse(found.get(name)?.as_str()?).ok()?.identity()) };
        whom.originator = field("originator").or(whom.originator);
        whom.router = whom.router.or_else(|| field("owner"));
        Ok(whom)
    }

    async fn contact(&self, whom: &CustomerRef) -> Result<Option<Contact>, Failure> {
        let customer = whom.customer();
        let mut uris = vec![format!("/contacts/{}", encode_uri(customer.as_str()))];
        if let Some(router) = &whom.router {
            uris.insert(0, format!("lime://{}/contacts/{}", router.as_str(), encode_uri(customer.as_str())));
        }
        let own = whom.address.identity();
        if own != customer {
            uris.push(format!("/contacts/{}", encode_uri(own.as_str())));
        }
        for uri in uris {
            if let Some(resource) = self.get(CRM, uri).await?
                && let Document::Contact(contact) = Document::new(CONTACT, resource)
            {
                return Ok(Some(contact));
            }
        }
        Ok(None)
    }

    async fn account(&self, whom: &CustomerRef) -> Result<Option<Account>, Failure> {
        let customer = whom.customer();
        let domain = customer.domain();
        let uri = format!("lime://{domain}/accounts/{}", encode_uri(customer.name()));
        let resource = self.get(&format!("postmaster@{domain}"), uri).await?;
        Ok(resource.and_then(|resource: Value| serde_json::from_value(resource).ok()))
    }
}

/// The contact's extras.
fn extras_of(contact: &Contact) -> BTreeMap<String, String> {
    let extras = contact.extras.iter().flat_map(|extras| extras.iter());
    extras.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

/// What else the contact says, by the names that the service rules have for it.
fn known_of(contact: &Contact) -> BTreeMap<ContactKey, String> {
    let contact = contact.to_value();
    let names = [
        (ContactKey::Name, "name"),
        (ContactKey::FirstName, "firstName"),
        (ContactKey::LastName, "lastName"),
        (ContactKey::Email, "email"),
        (ContactKey::PhoneNumber, "phoneNumber"),
        (ContactKey::CellPhoneNumber, "cellPhoneNumber"),
        (ContactKey::Address, "address"),
        (ContactKey::City, "city"),
        (ContactKey::Culture, "culture"),
        (ContactKey::Group, "group"),
        (ContactKey::TaxDocument, "taxDocument"),
        (ContactKey::Source, "source"),
    ];
    let known = names.into_iter().filter_map(|(key, name)| Some((key, text(contact.get(name)?)?)));
    known.filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// A value as text. Blip keeps texts (docs.blip.ai, documents/contact, 2023).
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

//! The contact that the adapter made in the helpdesk: deleted where the helpdesk's API has a call for that.
//!
//! The contact's name there is a keyed hash of the customer's identity on the channel. Behind a router and in a custom attendance
//! channel the bridge does not keep that identity, so that the operator gives it.

use std::sync::Arc;

use ponte::{
    helpdesk,
    lime::Identity,
    relay::ports::{Contacts, NewConversation},
    store::{Item, customer_items},
};

use crate::{
    Entry, OperationError, Stack,
    helpdesk::{means, wrong},
};

/// The contact in the helpdesk that is to be deleted.
#[derive(Clone, PartialEq)]
pub enum Contact {
    /// Of the address that the conversation has.
    OfAddress,
    /// Of an identity on the channel, as the operator gave it.
    Of(Identity),
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OfAddress => "OfAddress",
            Self::Of(_) => "Of(…)",
        })
    }
}

impl Contact {
    /// Reads what an operator gave. Not repeated when it is wrong: it may be a phone number.
    pub fn parse(text: &str) -> Result<Self, OperationError> {
        let identity = Identity::parse(text.trim());
        identity
            .map(Self::Of)
            .map_err(|_| OperationError::Usage("the contact's identity is none (name@domain)".to_owned()))
    }
}

/// Deletes the contact. `false` when the helpdesk has none by its name.
pub(super) async fn forget(
    stack: &Stack,
    contact: &Contact,
    key: &str,
    items: &[Item],
) -> Result<bool, OperationError> {
    let identity = match contact {
        Contact::Of(identity) => identity.clone(),
        Contact::OfAddress => {
            let address = items.iter().find_map(customer_items::address);
            let why = || {
                OperationError::Usage("no address is held: give the contact's identity, --contact=IDENTITY".to_owned())
            };
            address.ok_or_else(why)?.identity()
        }
    };
    let contacts = contacts(stack).await?;
    let entry = Entry { what: "customer.erase.contact".into(), ids: vec![key], ..Entry::default() };
    let change = async {
        let forgotten = contacts.forget(&NewConversation::name_of(&identity, &stack.key)).await;
        forgotten.map_err(|failure| {
            let why = "nothing is erased here yet: run it again, or without --contact";
            OperationError::Failed(format!("the helpdesk did not delete the contact ({failure}); {why}"))
        })
    };
    stack.audit.around(&entry, change).await
}

async fn contacts(stack: &Stack) -> Result<Arc<dyn Contacts>, OperationError> {
    let name = &stack.helpdesk.name;
    if !helpdesk::forgets(name) {
        let words = "deletes no contacts by its API: delete it there by hand, and run this without --contact";
        return Err(OperationError::NotPossible(format!("{name} {words}")));
    }
    let (secrets, deps) = means(stack).await?;
    let contacts = helpdesk::contacts(&stack.helpdesk, secrets, deps).map_err(|error| wrong(&error))?;
    contacts.ok_or_else(|| wrong(&"no contacts"))
}

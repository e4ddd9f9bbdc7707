//! The table of content types: each variant of [`Document`] beside its name on the wire, once.
//!
//! Reading, naming and writing come from the one table, so no type can be forgotten in one of them. Adding a type means one
//! line here, a record, and its words in `lime/words`.

use std::fmt;

use serde_json::Value;

use crate::media_types;
use crate::wire::Wire;

use super::{
    ChatState, Collection, Contact, Container, CopyAndPaste, DocumentSelect, Input, Invoice, InvoiceStatus, List,
    Location, MediaLink, PaymentReceipt, Reaction, Redirect, Reply, Resource, Select, Ticket, WebLink,
};

macro_rules! documents {
    ($( $(#[$meta:meta])* $variant:ident($type:ty) = $name:ident, )*) => {
        /// What a message says (docs.blip.ai, content types, 2023; takenet/lime-csharp, `Contents`).
        #[derive(Clone, PartialEq)]
        pub enum Document {
            $( $(#[$meta])* $variant($type), )*
            /// A type without a variant, or content without the shape of its type.
            Other {
                /// As it came.
                media_type: String,
                /// As it came; may be `null`.
                content: Value,
            },
        }

        impl Document {
            /// Reads a document. Never fails, and keeps all of the content.
            pub fn new(media_type: &str, content: Value) -> Self {
                let name = usual(media_type);
                $(
                    // Compared with what came: a number as the content of a text is readable, but not a text.
                    if media_types::same(name, media_types::$name)
                        && let Some(read) = <$type>::read(&content)
                        && read.write() == content
                    {
                        return Self::$variant(read);
                    }
                )*
                Self::Other { media_type: media_type.to_owned(), content }
            }

            /// The type's name: as it came for `Other`, else as Blip's documentation spells it. Where the two differ (case,
            /// parameters), the message or container around the document keeps what came.
            pub fn media_type(&self) -> &str {
                match self {
                    $( Self::$variant(_) => media_types::$name, )*
                    Self::Other { media_type, .. } => media_type,
                }
            }

            /// The content, with everything that was read.
            pub fn content(&self) -> Value {
                match self {
                    $( Self::$variant(content) => content.write(), )*
                    Self::Other { content, .. } => content.clone(),
                }
            }
        }
    };
}

documents! {
    /// A text. Its length limit depends on the channel.
    Text(String) = TEXT,
    /// A file behind a link.
    MediaLink(MediaLink) = MEDIA_LINK,
    /// A place.
    Location(Location) = LOCATION,
    /// A shared contact card.
    Contact(Contact) = CONTACT,
    /// An answer that quotes; on `WhatsApp` also the answer to a menu.
    Reply(Reply) = REPLY,
    /// An emoji on a message.
    Reaction(Reaction) = REACTION,
    /// Typing, paused, …: never a chat message.
    ChatState(ChatState) = CHAT_STATE,
    /// A link.
    WebLink(WebLink) = WEB_LINK,
    /// Hands the customer to another bot: a control message.
    Redirect(Redirect) = REDIRECT,
    /// A ticket of Blip Desk: a control message.
    Ticket(Ticket) = TICKET,
    /// What shall not be kept in the history. Never log it.
    Sensitive(Container) = SENSITIVE,
    /// Several documents in order.
    Collection(Collection) = COLLECTION,
    /// A document with its type.
    Container(Container) = CONTAINER,
    /// A text menu.
    Select(Select) = SELECT,
    /// A menu of documents.
    DocumentSelect(DocumentSelect) = DOCUMENT_SELECT,
    /// A question with a rule for its answer.
    Input(Input) = INPUT,
    /// A list of documents under a header.
    List(List) = LIST,
    /// Stands for a stored resource.
    Resource(Resource) = RESOURCE,
    /// Something in the channel's own language, or a menu option's value; any JSON.
    Json(Value) = JSON,
    /// A code to be copied.
    CopyAndPaste(CopyAndPaste) = COPY_AND_PASTE,
    /// A bill.
    Invoice(Invoice) = INVOICE,
    /// What became of a bill.
    InvoiceStatus(InvoiceStatus) = INVOICE_STATUS,
    /// A receipt.
    PaymentReceipt(PaymentReceipt) = PAYMENT_RECEIPT,
}

impl Document {
    /// Whether this media type, however it is spelt, names this document's type.
    pub fn is_a(&self, media_type: &str) -> bool {
        media_types::same(usual(media_type), self.media_type())
    }
}

/// The name under which a type is known in the table.
fn usual(media_type: &str) -> &str {
    if media_types::same(media_type, media_types::CHAT_STATER) { media_types::CHAT_STATE } else { media_type }
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The name came from outside and may be anything.
            Self::Other { .. } => formatter.write_str("Document(other)"),
            known => write!(formatter, "Document({})", known.media_type()),
        }
    }
}

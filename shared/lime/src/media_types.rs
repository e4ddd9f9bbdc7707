//! The names of Blip's content types, and how names are compared.
//!
//! Names are compared without case and without parameters (`text/plain; charset=utf-8`). The spelling that came is kept by whoever
//! holds it; nothing here rewrites one. Source: docs.blip.ai, content types, 2023; newer ones: takenet/lime-csharp, `Contents`.

// What customers and agents send.

/// A text; the content is a string.
pub const TEXT: &str = "text/plain";
/// A file behind a link.
pub const MEDIA_LINK: &str = "application/vnd.lime.media-link+json";
/// A place.
pub const LOCATION: &str = "application/vnd.lime.location+json";
/// A person: a shared card, or a contact of the bot's roster.
pub const CONTACT: &str = "application/vnd.lime.contact+json";
/// An answer that quotes.
pub const REPLY: &str = "application/vnd.lime.reply+json";
/// An emoji on a message.
pub const REACTION: &str = "application/vnd.lime.reaction+json";
/// Somebody is typing, and the like.
pub const CHAT_STATE: &str = "application/vnd.lime.chatstate+json";
/// A typo of the vendor's own demo data for [`CHAT_STATE`] (takenet/blip-cards-vue-components).
pub const CHAT_STATER: &str = "application/vnd.lime.chatstater+json";
/// A link.
pub const WEB_LINK: &str = "application/vnd.lime.web-link+json";
/// Hands the customer to another bot.
pub const REDIRECT: &str = "application/vnd.lime.redirect+json";
/// A ticket of Blip Desk.
pub const TICKET: &str = "application/vnd.iris.ticket+json";
/// A container whose content is not kept in the history.
pub const SENSITIVE: &str = "application/vnd.lime.sensitive+json";
/// Several documents.
pub const COLLECTION: &str = "application/vnd.lime.collection+json";
/// A document with its type.
pub const CONTAINER: &str = "application/vnd.lime.container+json";

// What bots send.

/// A text menu.
pub const SELECT: &str = "application/vnd.lime.select+json";
/// A menu of documents; a collection of these is a carousel.
pub const DOCUMENT_SELECT: &str = "application/vnd.lime.document-select+json";
/// A question with a rule for the answer.
pub const INPUT: &str = "application/vnd.lime.input+json";
/// A list of documents under a header.
pub const LIST: &str = "application/vnd.lime.list+json";
/// Stands for a stored resource.
pub const RESOURCE: &str = "application/vnd.iris.resource+json";
/// Something in the channel's own language, or the value of a menu option.
pub const JSON: &str = "application/json";
/// A code to be copied, such as Pix.
pub const COPY_AND_PASTE: &str = "application/vnd.lime.copy-and-paste+json";
/// A bill.
pub const INVOICE: &str = "application/vnd.lime.invoice+json";
/// What became of a bill.
pub const INVOICE_STATUS: &str = "application/vnd.lime.invoice-status+json";
/// A receipt.
pub const PAYMENT_RECEIPT: &str = "application/vnd.lime.payment-receipt+json";

// Rare ones, which have words but no type of their own here.

/// Speech: `{"text","ssml"}`.
pub const SSML_TEXT: &str = "application/vnd.lime.ssml-text+json";
/// Up to five documents in one: `item1` to `item5`.
pub const TUPLE: &str = "application/vnd.lime.tuple+json";
/// A wrapper: `{"type","content"}`.
pub const EXTERNAL: &str = "application/vnd.lime.external+json";
/// Stands where a message was deleted.
pub const DELETED_CONTENT: &str = "application/vnd.lime.deleted-content+json";
/// A question about satisfaction.
pub const SATISFACTION_SURVEY: &str = "application/vnd.lime.satisfaction-survey+json";
/// Google Business Messages: the customer asked for a human (takenet/helpcenter, channels/google-bm, 2020).
pub const HUMAN_AGENT_REQUEST: &str = "application/vnd.iris.human-agent-request";
/// A voice call's record (takenet/blip-cards-vue-components, 2025).
pub const CALLS_MEDIA: &str = "application/vnd.iris.calls.media+json";

// Internal ones: never shown.

/// Keeps a connection alive.
pub const PING: &str = "application/vnd.lime.ping+json";
/// A link was clicked.
pub const CLICK_TRACKING: &str = "application/vnd.lime.click-tracking+json";
/// Builder's own timer (takenet/blip-sdk-csharp).
pub const INPUT_EXPIRATION: &str = "application/vnd.blip-client.inputexpirationtime+json";
/// Legacy forwarding of an attendance (takenet/blip-sdk-csharp).
pub const OMNI_ATTENDANCE: &str = "application/vnd.omni.attendance";
/// What Blip's own extensions begin with; nearly all of it is internal.
pub const IRIS: &str = "application/vnd.iris.";

// Resources of commands.

/// What a channel's directory knows of a customer.
pub const ACCOUNT: &str = "application/vnd.lime.account+json";
/// A line of a transcript.
pub const THREAD_MESSAGE: &str = "application/vnd.iris.thread-message+json";
/// A comment on a contact.
pub const CONTACT_COMMENT: &str = "application/vnd.iris.crm.comment+json";

/// The type without parameters and spaces around it, in its own case.
pub fn essence(media_type: &str) -> &str {
    media_type.split_once(';').map_or(media_type, |(essence, _)| essence).trim()
}

/// Whether two names mean one type.
pub fn same(left: &str, right: &str) -> bool {
    essence(left).eq_ignore_ascii_case(essence(right))
}

//! The content types of LIME that Blip and the bridge exchange here (docs.blip.ai, 2023).

pub(crate) const TEXT: &str = "text/plain";
pub(crate) const MEDIA: &str = "application/vnd.lime.media-link+json";
pub(crate) const LOCATION: &str = "application/vnd.lime.location+json";
pub(crate) const SELECT: &str = "application/vnd.lime.select+json";
pub(crate) const LINK: &str = "application/vnd.lime.web-link+json";
pub(crate) const CHATSTATE: &str = "application/vnd.lime.chatstate+json";
pub(crate) const REDIRECT: &str = "application/vnd.lime.redirect+json";
pub(crate) const TICKET: &str = "application/vnd.iris.ticket+json";
pub(crate) const COLLECTION: &str = "application/vnd.lime.collection+json";

//! What both sides share with the bridge.

/// What both sides share with the bridge.
#[derive(Clone, Debug)]
pub struct Config {
    /// The bot's key, as in `Authorization: Key <blip_key>`.
    pub blip_key: String,
    /// The key of the router behind which the bot is.
    pub router_key: String,
    /// What Blip presents to the bridge, and the header it does so in.
    pub blip_token: String,
    pub token_header: String,
    /// The key of the helpdesk's signatures, `whsec_<base64>`.
    pub webhook_secret: String,
}

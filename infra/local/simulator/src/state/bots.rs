//! The bots of the simulated Blip contract.

/// The identity of the router bot.
pub(crate) const ROUTER: &str = "examplerouter@msging.net";
/// The identity of the router's main bot.
pub(crate) const MAIN_BOT: &str = "examplemain@msging.net";
/// The bridge's identity as a service of the router, and the name of that service.
pub(crate) const BRIDGE_BOT: &str = "helpdeskbridge@msging.net";
pub(crate) const BRIDGE_SERVICE: &str = "attendance";
/// The other services of the router; their bots are called `{name}@msging.net`.
pub(crate) const SERVICES: [&str; 2] = ["survey", "sales"];
/// The bot that owns the tickets of the custom attendance channel.
pub(crate) const OWNER_BOT: &str = "demobot@msging.net";

//! The router's record of where a customer is, read and written with the router's own key.
//!
//! Blip reference, 5: the context `Master-State` of the customer holds the identity of the active sub-bot. It is known from scripts of third
//! parties and not documented, so only an answer that is clearly another bot's identity counts as one.

use async_trait::async_trait;
use serde_json::Value;

use super::{BlipClient, client::command_id};
use crate::{
    lime::{Command, Identity, Node, Response, encode_uri},
    relay::{Failure, ports::Whereabouts},
};

const CORE: &str = "postmaster@msging.net";
const TEXT: &str = "text/plain";
/// The domain of Blip's bots.
const BOTS: &str = "msging.net";
/// What Blip answers to a command that asks for what is not there (takenet/lime-csharp, `ReasonCodes`).
const NOT_FOUND: u16 = 404;

/// What a tunnel leads from and to.
struct Tunnel {
    /// The customer, as the router knows them.
    originator: Identity,
    /// Our own bot.
    destination: Identity,
}

impl BlipClient {
    async fn tunnel_of(&self, customer: &Node) -> Result<Option<Tunnel>, Failure> {
        let Some(found) = self.tunnel(&customer.identity()).await? else { return Ok(None) };
        let field = |name: &str| Identity::parse(found.get(name)?.as_str()?.trim()).ok();
        Ok(field("originator")
            .zip(field("destination"))
            .map(|(originator, destination)| Tunnel { originator, destination }))
    }

    async fn as_router(&self, command: Command) -> Result<Response, Failure> {
        match &self.router_key {
            Some(key) => self.command_as(key, command).await,
            None => Err(Failure::Broken { why: "the router's key is not given" }),
        }
    }
}

fn context_of(customer: &Identity) -> String {
    format!("/contexts/{}/Master-State", encode_uri(customer.as_str()))
}

/// Whether what the router says is the identity of another bot than `ours`.
fn names_another(said: &Value, ours: &Identity) -> bool {
    let Some(Ok(said)) = said.as_str().map(|said| Identity::parse(said.trim())) else { return false };
    // Anything but a bot: undocumented.
    said.domain().eq_ignore_ascii_case(BOTS) && !said.name().eq_ignore_ascii_case(ours.name())
}

#[async_trait]
impl Whereabouts for BlipClient {
    async fn is_elsewhere(&self, customer: &Node) -> Result<bool, Failure> {
        let Some(tunnel) = self.tunnel_of(customer).await? else { return Ok(false) };
        let command = Command::get(&command_id(), CORE, &context_of(&tunnel.originator));
        let response = self.as_router(command).await?;
        let said = response.resource.as_ref().filter(|_| response.is_success());
        Ok(said.is_some_and(|said| names_another(said, &tunnel.destination)))
    }

    async fn call_back(&self, customer: &Node) -> Result<(), Failure> {
        let Some(tunnel) = self.tunnel_of(customer).await? else {
            return Err(Failure::Refused { why: "Blip does not say who is behind the tunnel", status: NOT_FOUND });
        };
        let ours = Value::from(tunnel.destination.as_str());
        let command = Command::set(&command_id(), CORE, &context_of(&tunnel.originator), TEXT, ours);
        let response = self.as_router(command).await?;
        if response.is_success() {
            return Ok(());
        }
        match response.reason {
            Some(reason) if reason.is_retryable() => {
                Err(Failure::later("the router does not take the customer back now"))
            }
            _ => Err(Failure::Refused { why: "the router does not take the customer back", status: 400 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_identity_of_another_bot_is_another() {
        let ours = Identity::parse("HelpdeskBridge@msging.net").unwrap();
        for (said, expected) in [
            (json!("mainbot@msging.net"), true),
            (json!(" MainBot@MSGING.NET/#az-iris1 "), true),
            (json!("helpdeskbridge@msging.net"), false),
            (json!("helpdeskbridge@msging.net/default"), false),
            (json!("HELPDESKBRIDGE@msging.net"), false),
            // A bare name may be that of a service, which the tunnel does not know.
            (json!("attendance"), false),
            (json!("helpdeskbridge"), false),
            (json!("5531999990001@wa.gw.msging.net"), false),
            (json!(""), false),
            (json!("@msging.net"), false),
            (json!({ "identity": "mainbot@msging.net" }), false),
            (Value::Null, false),
        ] {
            assert_eq!(names_another(&said, &ours), expected, "{said}");
        }
    }
}

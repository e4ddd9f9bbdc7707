//! Whether somebody is online in a team, or in the inbox: Chatwoot's own word for each agent (`availability_status`).

use async_trait::async_trait;

use super::{client::ChatwootClient, wire::Named};
use crate::{
    helpdesk::{
        route::{LeftOut, Part},
        staffing::is_anyone_there,
    },
    relay::{
        Failure,
        ports::{BridgeUser, Staffing},
    },
};

/// Older versions say `online`, the specification `available`. Who is `busy` gets no new conversation.
const THERE: [&str; 2] = ["online", "available"];

#[async_trait]
impl Staffing for ChatwootClient {
    async fn is_staffed(&self, queue: Option<&str>) -> Result<Option<bool>, Failure> {
        let members = match queue {
            None => self.calls.members_of_inbox(self.inbox).await?,
            Some(name) => {
                let search = self.names.search(self.calls.now());
                let team = search.id(Part::Queue, name, &mut LeftOut::default(), self.calls.teams()).await;
                let Some(team) = team else { return Ok(None) };
                self.calls.members_of_team(&team).await?
            }
        };
        // The user whose token it is may be an agent too, who is always there and answers nobody. It is asked for only where that matters.
        let is_anyone = members.iter().any(|member| is_online(member) == Some(true));
        let own = if is_anyone { self.bridge_user_id().await? } else { None };
        let others = members.into_iter().filter(|member| member.id.is_none() || member.id != own);
        Ok(is_anyone_there(others.map(|member| is_online(&member))))
    }
}

fn is_online(member: &Named) -> Option<bool> {
    member.availability_status.as_deref().map(|state| THERE.contains(&state))
}

//! Whether somebody is online for tickets, in a group or at all (developer.zendesk.com, Agent availabilities, 2026).
//!
//! An agent has a state for each channel; that of a ticket is `support`, and of `messaging` another. The states say something only where the team sets
//! them, with omnichannel routing: so a setting switches the question on. It takes an administrator's key.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;

use super::{
    calls::{Calls, PAGE},
    client::ZendeskClient,
    wire::Meta,
};
use crate::{
    helpdesk::{
        json::{id_of, lenient},
        route::{LeftOut, Part},
    },
    relay::{Failure, ports::Staffing},
};

/// How many pages of agents are read at most: a bot waits.
const MAX_AGENT_PAGES: usize = 3;

/// A page of those who are online.
#[derive(Debug, Deserialize)]
struct AgentPage {
    data: Vec<Availability>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Debug, Deserialize)]
struct Availability {
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
struct Attributes {
    /// Absent where Zendesk does not know them.
    #[serde(default, deserialize_with = "lenient")]
    group_ids: Option<Vec<Value>>,
}

impl Calls {
    /// Whether somebody of a group, or anybody, is online for tickets. `None` where there are too many to look through, or where Zendesk does not
    /// know their groups.
    async fn is_online(&self, group: Option<&str>) -> Result<Option<bool>, Failure> {
        let (mut after, mut is_known) = (None::<String>, true);
        for _ in 0..MAX_AGENT_PAGES {
            let mut query = vec![("filter[channel_status]", "support:online"), ("page[size]", PAGE)];
            query.extend(after.as_deref().map(|after| ("page[after]", after)));
            let page: AgentPage = self.api.get(&["agent_availabilities"], &query).await?;
            for Availability { attributes } in page.data {
                match (group, attributes.group_ids) {
                    (None, _) => return Ok(Some(true)),
                    (Some(group), Some(ids)) if ids.iter().any(|id| id_of(id).as_deref() == Some(group)) => {
                        return Ok(Some(true));
                    }
                    (Some(_), Some(_)) => {}
                    (Some(_), None) => is_known = false,
                }
            }
            after = page.meta.after_cursor.filter(|_| page.meta.has_more);
            if after.is_none() {
                return Ok(is_known.then_some(false));
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl Staffing for ZendeskClient {
    async fn is_staffed(&self, queue: Option<&str>) -> Result<Option<bool>, Failure> {
        if !self.agent_status {
            return Ok(None);
        }
        let group = match queue {
            None => None,
            Some(name) => {
                let search = self.names.search(self.calls.now());
                let id = search.id(Part::Queue, name, &mut LeftOut::default(), self.calls.groups()).await;
                let Some(id) = id else { return Ok(None) };
                Some(id)
            }
        };
        self.calls.is_online(group.as_deref()).await
    }
}

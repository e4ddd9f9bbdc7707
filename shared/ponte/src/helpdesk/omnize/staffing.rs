//! Whether somebody is online in a department: Omnize tells how many (`docs/api/v1/agent.md`, 2021).

use async_trait::async_trait;

use super::client::OmnizeClient;
use crate::{
    helpdesk::route::{LeftOut, Part},
    relay::{Failure, ports::Staffing},
};

#[async_trait]
impl Staffing for OmnizeClient {
    async fn is_staffed(&self, queue: Option<&str>) -> Result<Option<bool>, Failure> {
        let department = match queue {
            None => Some(self.settings.department),
            Some(name) => {
                let search = self.names.search(self.calls.now());
                search.number(Part::Queue, name, &mut LeftOut::default(), self.calls.departments()).await
            }
        };
        let Some(department) = department else { return Ok(None) };
        Ok(self.calls.agents_online(department).await?.map(|online| online > 0))
    }
}

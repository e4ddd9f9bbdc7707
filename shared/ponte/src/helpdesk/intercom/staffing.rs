//! Whether somebody is there who gets conversations: an admin with a seat in the inbox who is not away. Intercom does not tell whether an admin
//! is logged in, so that who never sets the away mode is there.

use async_trait::async_trait;

use super::{client::IntercomClient, wire::Admin};
use crate::{
    helpdesk::{
        route::{LeftOut, Part},
        staffing::is_anyone_there,
    },
    relay::{Failure, ports::Staffing},
};

#[async_trait]
impl Staffing for IntercomClient {
    async fn is_staffed(&self, queue: Option<&str>) -> Result<Option<bool>, Failure> {
        let team = match queue {
            None => None,
            Some(name) => {
                let search = self.names.search(self.calls.now());
                let id = search.id(Part::Queue, name, &mut LeftOut::default(), self.calls.teams()).await;
                let Some(id) = id else { return Ok(None) };
                Some(id)
            }
        };
        // Nobody answers as the admin whose token it is.
        let (all, own) = (self.calls.presences().await?, self.calls.admin().await?);
        Ok(is_there(&all, team.as_deref(), &own))
    }
}

/// Whether one of the team, or of all, is there. Whoever has no seat gets no conversation.
fn is_there(admins: &[Admin], team: Option<&str>, own: &str) -> Option<bool> {
    let answers = |admin: &&Admin| {
        let is_in = team.is_none_or(|team| admin.team_ids.iter().any(|id| id == team));
        is_in && admin.id.as_deref() != Some(own) && admin.has_inbox_seat != Some(false)
    };
    is_anyone_there(admins.iter().filter(answers).map(|admin| match admin.away_mode_enabled {
        Some(false) => admin.has_inbox_seat,
        away => away.map(|_| false),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn who_is_away_or_has_no_seat_is_not_there() {
        let admin = |id: &str, away: Value, seat: Value, teams: &[u32]| -> Admin {
            let json = json!({ "id": id, "away_mode_enabled": away, "has_inbox_seat": seat, "team_ids": teams });
            serde_json::from_value(json).unwrap()
        };
        let (yes, no, unknown) = (json!(true), json!(false), Value::Null);
        let ana = |away: &Value| admin("1", away.clone(), yes.clone(), &[7]);
        for (admins, team, expected) in [
            (vec![ana(&no)], Some("7"), Some(true)),
            (vec![ana(&no)], None, Some(true)),
            (vec![ana(&no)], Some("8"), None),
            (vec![ana(&yes)], Some("7"), Some(false)),
            (vec![ana(&yes), admin("2", no.clone(), no.clone(), &[7])], None, Some(false)),
            (vec![ana(&yes), admin("9", no.clone(), yes.clone(), &[7])], None, Some(false)),
            (vec![ana(&unknown), ana(&yes)], None, None),
            (vec![ana(&yes), ana(&unknown)], None, None),
            (vec![ana(&unknown), ana(&no)], None, Some(true)),
            (vec![ana(&yes), admin("2", no.clone(), unknown.clone(), &[7])], None, None),
            (vec![], None, None),
        ] {
            let shown = format!("{} admins of {team:?}", admins.len());
            assert_eq!(is_there(&admins, team, "9"), expected, "{shown}");
        }
    }
}

//! What a check of one name found, from what an opening with that name alone would be without.

use service_rules::HelpdeskName;

use super::{
    left_out::{LeftOut, Part, Reason},
    names::Names,
};
use crate::relay::{Failure, ports::NameFound};

/// The part of a route that a name is.
fn part(name: &HelpdeskName) -> Part {
    match name {
        HelpdeskName::Queue(_) => Part::Queue,
        HelpdeskName::Agent(_) => Part::Agent,
        HelpdeskName::Skill(_) => Part::Skill,
        HelpdeskName::Priority(_) => Part::Priority,
        HelpdeskName::Tag(_) => Part::Tag,
        HelpdeskName::Field { .. } => Part::Field,
        HelpdeskName::TicketType(_) => Part::Type,
        HelpdeskName::Brand(_) => Part::Brand,
        HelpdeskName::Form(_) => Part::Form,
    }
}

impl Names {
    /// What is there of `name`. `left_out` is what a route with this name alone was spelt without, and `asked` are the parts for which the helpdesk
    /// is asked, or whose names are known.
    pub(in crate::helpdesk) fn found(
        &self,
        name: &HelpdeskName,
        asked: &[Part],
        left_out: &LeftOut,
    ) -> Result<NameFound, Failure> {
        let part = part(name);
        let is_asked = asked.contains(&part);
        match left_out.reason(part) {
            // Some keep a priority in a field.
            Some(Reason::NotLookedUp) => {
                let failure = self.failure(part).or_else(|| self.failure(Part::Field));
                Err(failure.unwrap_or(Failure::later("the helpdesk could not be asked")))
            }
            Some(_) if is_asked => Ok(NameFound::Absent),
            Some(_) => Ok(NameFound::NoPlace),
            // Nobody knows the value of a field whose value comes from elsewhere.
            None if left_out.reason(Part::Value).is_some() => match name {
                HelpdeskName::Field { value: Some(_), .. } => Ok(NameFound::ValueRefused),
                _ => Ok(NameFound::Present),
            },
            // It is no name, and it was set.
            None if is_asked || part == Part::Priority => Ok(NameFound::Present),
            None => Ok(NameFound::NotAsked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(value: Option<&str>) -> HelpdeskName {
        HelpdeskName::Field { name: "Plano".to_owned(), value: value.map(str::to_owned) }
    }

    fn left_out(of: &[(Part, bool)]) -> LeftOut {
        let mut left_out = LeftOut::default();
        for (part, looked_up) in of {
            if *looked_up { left_out.add(*part, "x") } else { left_out.not_looked_up(*part, "x") }
        }
        left_out
    }

    #[test]
    fn what_is_left_out_is_absent_where_the_helpdesk_is_asked_for_it() {
        let names = Names::default();
        let asked = [Part::Queue, Part::Field];
        let queue = HelpdeskName::Queue("x".to_owned());
        let skill = HelpdeskName::Skill("x".to_owned());
        let high = HelpdeskName::Priority(service_rules::Priority::High);
        for (name, of, found) in [
            (&queue, &[][..], NameFound::Present),
            (&queue, &[(Part::Queue, true)], NameFound::Absent),
            (&skill, &[], NameFound::NotAsked),
            (&skill, &[(Part::Skill, true)], NameFound::NoPlace),
            (&high, &[], NameFound::Present),
            (&high, &[(Part::Priority, true)], NameFound::NoPlace),
            (&field(None), &[(Part::Value, true)], NameFound::Present),
            (&field(Some("y")), &[(Part::Value, true)], NameFound::ValueRefused),
            (&field(Some("y")), &[(Part::Field, true)], NameFound::Absent),
        ] {
            assert_eq!(names.found(name, &asked, &left_out(of)), Ok(found), "{name:?} {of:?}");
        }
    }

    #[tokio::test]
    async fn a_helpdesk_that_does_not_answer_is_no_name_that_is_not_there() {
        let names = Names::default().for_check();
        let search = names.search(crate::clock::Timestamp(0));
        let mut left_out = LeftOut::default();
        let refused = Failure::Unauthorized { why: "403" };
        // A number is looked up as well.
        let ask = std::future::ready(Err(refused.clone()));
        assert_eq!(search.id(Part::Queue, "77", &mut left_out, ask).await, None);
        let queue = HelpdeskName::Queue("77".to_owned());
        assert_eq!(names.found(&queue, &[Part::Queue], &left_out), Err(refused));
    }
}

//! The facts that count, by the rules: which extras belong to this hand-over, what a number means, which language it is.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::Facts;
use crate::{Believed, ContactKey, FactName, Language, Priority, ServiceRules, fold::same};

/// Around midnight a choice of the last hour still counts.
const GRACE_HOURS: i64 = 1;

/// Facts in the light of rules.
pub(crate) struct Known<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) rules: &'a ServiceRules,
    /// The language without the route's own.
    pub(crate) language: Language,
}

impl<'a> Known<'a> {
    pub(crate) fn new(facts: &'a Facts, rules: &'a ServiceRules) -> Self {
        let from_extra = || raw_extra(facts, rules.language.from_extra.as_deref()?).and_then(Language::guess);
        let language = facts
            .context
            .language
            .or_else(from_extra)
            .unwrap_or_else(|| rules.language.of_channel(facts.channel_names()));
        Self { facts, rules, language }
    }

    /// An extra, if the rules list it and it belongs to this hand-over.
    pub(crate) fn extra(&self, key: &str) -> Option<&'a str> {
        let (_, believed) = self.rules.routing.facts.extras.iter().find(|(listed, _)| same(listed, key))?;
        let value = raw_extra(self.facts, key)?;
        match believed {
            Believed::Always | Believed::Cleared => Some(value),
            Believed::DayIn(day) => {
                let day = raw_extra(self.facts, day)?;
                is_today(day, self.facts.now?, self.rules.zone()).then_some(value)
            }
        }
    }

    /// The extras that are emptied once the conversation is open: those that hold something, or may.
    pub(crate) fn to_clear(&self) -> Vec<String> {
        let cleared = self.rules.routing.facts.extras.iter().filter(|(_, believed)| **believed == Believed::Cleared);
        let cleared: Vec<&String> = cleared.map(|(listed, _)| listed).collect();
        let Some(extras) = &self.facts.extras else { return cleared.into_iter().cloned().collect() };
        let holds = |(key, value): &(&String, &String)| {
            !value.trim().is_empty() && cleared.iter().any(|listed| same(key, listed))
        };
        extras.iter().filter(holds).map(|(key, _)| key.clone()).collect()
    }

    /// The priority of Blip's ticket.
    pub(crate) fn ticket_priority(&self) -> Option<Priority> {
        self.rules.routing.facts.priority(self.facts.ticket.priority?)
    }

    /// The values of a fact. None: there is no such fact.
    pub(crate) fn values(&self, name: &FactName) -> Vec<Cow<'a, str>> {
        let Facts { context, ticket, referral, .. } = self.facts;
        let one = |text: Option<&'a str>| text.map(Cow::Borrowed).into_iter().collect();
        let many = |texts: &'a [String]| texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect();
        let mut values: Vec<Cow<'a, str>> = match name {
            FactName::Extra(key) => one(self.extra(key)),
            FactName::Field(key) => {
                one(context.fields.iter().find(|(name, _)| same(name, key)).map(|(_, value)| value.as_str()))
            }
            FactName::Fixed(name) => match *name {
                "context.queue" => one(context.queue.as_deref()),
                "context.agent" => one(context.agent.as_deref()),
                "context.skills" => many(&context.skills),
                "context.priority" => one(context.priority.map(Priority::as_str)),
                "context.tags" => many(&context.tags),
                "context.subject" => one(context.subject.as_deref()),
                "ticket.team" => one(ticket.team()),
                "ticket.priority" => one(self.ticket_priority().map(Priority::as_str)),
                "ticket.tags" => many(&ticket.tags),
                "ticket.external_id" => one(ticket.external_id.as_deref()),
                "ticket.campaign_id" => one(ticket.campaign_id.as_deref()),
                "state" => one(self.facts.state.as_deref()),
                "channel" => one(self.facts.channel.as_deref()),
                "language" => one(Some(self.language.tag())),
                "referral.id" => one(referral.id.as_deref()),
                "referral.kind" => one(referral.kind.as_deref()),
                "referral.headline" => one(referral.headline.as_deref()),
                "referral.body" => one(referral.body.as_deref()),
                "referral.url" => one(referral.url.as_deref()),
                "referral.reference" => one(referral.reference.as_deref()),
                _ => Vec::new(),
            },
        };
        values.retain(|value| !value.trim().is_empty());
        values
    }

    /// One of the contact's texts.
    pub(crate) fn contact(&self, key: ContactKey) -> Option<&'a str> {
        self.facts.contact.get(&key).map(String::as_str).filter(|text| !text.trim().is_empty())
    }
}

fn raw_extra<'a>(facts: &'a Facts, key: &str) -> Option<&'a str> {
    find_extra(facts.extras.as_ref()?, key)
}

/// An extra as the contact has it, if it is not empty: exactly of this name, else of one that is the same for a person.
pub fn find_extra<'a>(extras: &'a BTreeMap<String, String>, key: &str) -> Option<&'a str> {
    let exact = extras.get(key);
    let value = exact.or_else(|| extras.iter().find(|(name, _)| same(name, key)).map(|(_, value)| value))?;
    Some(value.as_str()).filter(|value| !value.trim().is_empty())
}

/// Whether a text names the day of `now` in `zone`, or that of an hour before.
fn is_today(text: &str, now: i64, zone: &str) -> bool {
    let (Ok(now), Ok(zone)) = (Timestamp::from_second(now), TimeZone::get(zone)) else { return false };
    let Some(day) = day(text.trim(), &zone) else { return false };
    let before = now.checked_sub(GRACE_HOURS.hours()).unwrap_or(now);
    [now, before].into_iter().any(|instant| zone.to_datetime(instant).date() == day)
}

/// The day that a text names: `2026-11-29`, `29/11/2026`, a date with a time, or an instant with its offset. How a Builder variable spells the
/// day depends on the bot, so what follows the day is not looked at.
fn day(text: &str, zone: &TimeZone) -> Option<Date> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(zone.to_datetime(instant).date());
    }
    let head: String =
        text.chars().take_while(|letter| letter.is_ascii_digit() || matches!(letter, '-' | '/')).collect();
    let mut numbers = head.split(['-', '/']).map(|number| number.parse::<i16>().ok());
    let (first, second, third) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (year, last) = if head.contains('/') { (third, first) } else { (first, third) };
    Date::new(year, i8::try_from(second).ok()?, i8::try_from(last).ok()?).ok().filter(|_| numbers.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_that_of_the_zone() {
        // 2026-11-30 01:30 UTC is the evening of the 29th in São Paulo.
        let now = 1_796_002_200;
        let paulo = |text| is_today(text, now, "America/Sao_Paulo");
        for text in [
            "2026-11-29",
            "29/11/2026",
            "2026-11-29 22:10",
            "29/11/2026 às 22h",
            "2026-11-30T01:10:00Z",
            "2026-11-29T22:10:00-03:00",
        ] {
            assert!(paulo(text), "{text}");
        }
        for text in [
            "2026-11-30",
            "28/11/2026",
            "11/29/2026",
            "",
            "29",
            "2026-11-29-1",
            "99999999999999-1-1",
            "hoje",
            "2026-13-45",
        ] {
            assert!(!paulo(text), "{text}");
        }
        assert!(is_today("2026-11-30", now, "UTC"));
        // Half past one in UTC: the hour before is the same day; half an hour earlier it is not.
        assert!(!is_today("2026-11-29", now, "UTC"));
        assert!(is_today("2026-11-29", now - 3_600, "UTC"));
        assert!(!is_today("2026-11-30", now, "Nowhere/Nothing"));
        assert!(!is_today("2026-11-30", i64::MAX, "UTC"));
    }
}

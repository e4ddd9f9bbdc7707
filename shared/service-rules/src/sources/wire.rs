//! Reading values of foreign JSON.

use serde_json::Value;

use super::SourceError;
use crate::written::{DAY, Days, TimeRange, Week};

/// JSON, or a document that holds it under a key.
pub(super) fn object(json: &[u8], key: &str, expected: &'static str) -> Result<Value, SourceError> {
    let value: Value = serde_json::from_slice(json).map_err(|_| SourceError::Form(expected))?;
    match value {
        Value::Object(mut fields) => Ok(fields.remove(key).unwrap_or(Value::Object(fields))),
        _ => Err(SourceError::Form(expected)),
    }
}

/// A text, or a number as one; empty when there is none.
pub(super) fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A list; empty when there is none.
pub(super) fn list<'a>(value: &'a Value, key: &'static str) -> Result<&'a [Value], SourceError> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(SourceError::Value(key)),
    }
}

/// `09:00`, `09:00:00` as minutes. `end`: what ends within a minute ends after it, so that 23:59:59 is the end of the day.
pub(super) fn minute(text: &str, end: bool) -> Option<u16> {
    let mut parts = text.trim().splitn(3, ':');
    let mut number = |limit: u16| parts.next()?.parse::<u16>().ok().filter(|number| *number <= limit);
    let (hour, minute) = (number(24)?, number(59)?);
    let seconds = parts.next().unwrap_or("0").split(['.', 'Z', '+']).next()?.parse::<u16>().ok()?;
    let all = hour.checked_mul(60)?.checked_add(minute)?;
    // 23:59 as an end means midnight, too: nobody closes for one minute.
    let rounded = if end && (seconds > 0 || all == DAY.saturating_sub(1)) { all.saturating_add(1) } else { all };
    (rounded <= DAY).then_some(rounded)
}

/// Adds a range to a day, 0 is Monday.
pub(super) fn add(week: &mut Week, day: usize, range: TimeRange) -> Option<()> {
    let ranges = week.0.entry(Days::one(day)?).or_default();
    if !ranges.contains(&range) {
        ranges.push(range);
        ranges.sort_unstable();
    }
    Some(())
}

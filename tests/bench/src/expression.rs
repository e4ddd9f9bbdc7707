//! DynamoDB's expressions, as far as the functions use them: conditions of `AND`, `OR`, `NOT`, `=`, `<`, `<=`, `IN`, `begins_with` and
//! `attribute_not_exists`, and updates of `SET` and `REMOVE`. What it does not know is an error, never a guess.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

pub(crate) type Item = Map<String, Value>;

/// The names and values behind an expression's placeholders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placeholders<'a> {
    pub names: Option<&'a Item>,
    pub values: Option<&'a Item>,
}

impl<'a> Placeholders<'a> {
    pub(crate) fn of(request: &'a Value) -> Self {
        let object = |name: &str| request.get(name).and_then(Value::as_object);
        Self { names: object("ExpressionAttributeNames"), values: object("ExpressionAttributeValues") }
    }

    fn name(self, token: &'a str) -> Result<&'a str> {
        if !token.starts_with('#') {
            return Ok(token);
        }
        let name = self.names.and_then(|names| names.get(token)).and_then(Value::as_str);
        name.with_context(|| format!("{token} is not named"))
    }

    fn value(self, token: &str) -> Result<&'a Value> {
        self.values.and_then(|values| values.get(token)).with_context(|| format!("{token} has no value"))
    }

    /// A placeholder of a value, or the attribute of the item behind a name.
    fn operand<'b>(self, token: &'a str, item: Option<&'b Item>) -> Result<Option<&'b Value>>
    where
        'a: 'b,
    {
        if token.starts_with(':') {
            return self.value(token).map(Some);
        }
        let name = self.name(token)?;
        Ok(item.and_then(|item| item.get(name)))
    }
}

fn tokens(expression: &str) -> Vec<String> {
    let spaced =
        ["(", ")", ","].iter().fold(expression.to_owned(), |text, sign| text.replace(sign, &format!(" {sign} ")));
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Whether an item (`None`: there is none) meets a condition. No condition is always met.
pub(crate) fn holds(condition: Option<&str>, means: Placeholders<'_>, item: Option<&Item>) -> Result<bool> {
    let Some(condition) = condition else { return Ok(true) };
    let tokens = tokens(condition);
    let mut parser = Parser { tokens: &tokens, means, item };
    let outcome = parser.either()?;
    match parser.tokens {
        [] => Ok(outcome),
        rest => bail!("not understood: {rest:?} of {condition}"),
    }
}

struct Parser<'a> {
    tokens: &'a [String],
    means: Placeholders<'a>,
    item: Option<&'a Item>,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Result<&'a str> {
        let (first, rest) = self.tokens.split_first().context("the condition ends early")?;
        self.tokens = rest;
        Ok(first)
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.tokens.first().is_some_and(|token| token == word);
        if found {
            self.tokens = self.tokens.get(1..).unwrap_or_default();
        }
        found
    }

    fn expect(&mut self, word: &str) -> Result<()> {
        if self.takes(word) { Ok(()) } else { bail!("no {word} at {:?}", self.tokens) }
    }

    fn either(&mut self) -> Result<bool> {
        let mut outcome = self.both()?;
        while self.takes("OR") {
            outcome |= self.both()?;
        }
        Ok(outcome)
    }

    fn both(&mut self) -> Result<bool> {
        let mut outcome = self.single()?;
        while self.takes("AND") {
            outcome &= self.single()?;
        }
        Ok(outcome)
    }

    fn single(&mut self) -> Result<bool> {
        if self.takes("(") {
            let outcome = self.either()?;
            self.expect(")")?;
            return Ok(outcome);
        }
        if self.takes("NOT") {
            return Ok(!self.single()?);
        }
        let first = self.next()?;
        if first == "attribute_not_exists" {
            self.expect("(")?;
            let name = self.next()?;
            let absent = self.means.operand(name, self.item)?.is_none();
            self.expect(")")?;
            return Ok(absent);
        }
        if first == "begins_with" {
            self.expect("(")?;
            let name = self.next()?;
            let text = self.means.operand(name, self.item)?.and_then(text_of);
            self.expect(",")?;
            let start = self.next()?;
            let start = self.means.operand(start, self.item)?.and_then(text_of).context("begins_with needs a text")?;
            self.expect(")")?;
            return Ok(text.is_some_and(|text| text.starts_with(start)));
        }
        let left = self.means.operand(first, self.item)?;
        match self.next()? {
            "=" => {
                let right = self.next()?;
                let right = self.means.operand(right, self.item)?;
                Ok(left.is_some() && left == right)
            }
            operator @ ("<" | "<=") => {
                let right = self.next()?;
                let (Some(left), Some(right)) = (left, self.means.operand(right, self.item)?) else { return Ok(false) };
                let (left, right) = (number(left)?, number(right)?);
                Ok(left < right || (operator == "<=" && left == right))
            }
            "IN" => {
                self.expect("(")?;
                let mut found = false;
                loop {
                    let value = self.next()?;
                    found |= left.is_some() && left == self.means.operand(value, self.item)?;
                    if self.takes(")") {
                        return Ok(found);
                    }
                    self.expect(",")?;
                }
            }
            other => bail!("the operator {other} is not known"),
        }
    }
}

fn text_of(value: &Value) -> Option<&str> {
    value.get("S").and_then(Value::as_str)
}

fn number(value: &Value) -> Result<i64> {
    Ok(value.get("N").and_then(Value::as_str).context("not a number")?.parse()?)
}

/// Carries out an update.
pub(crate) fn update(expression: &str, means: Placeholders<'_>, item: &mut Item) -> Result<()> {
    let tokens = tokens(expression);
    let mut rest = tokens.iter().map(String::as_str);
    let mut setting = true;
    while let Some(token) = rest.next() {
        match token {
            "SET" => setting = true,
            "REMOVE" => setting = false,
            "," => {}
            name if setting => {
                let (Some("="), Some(value)) = (rest.next(), rest.next()) else {
                    bail!("not understood: {expression}")
                };
                item.insert(means.name(name)?.to_owned(), means.value(value)?.clone());
            }
            name => {
                item.remove(means.name(name)?);
            }
        }
    }
    Ok(())
}

/// An item's size as DynamoDB counts it: names and values, base64 undone.
pub(crate) fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else { return 0 };
    match (kind.as_str(), value) {
        ("B", Value::String(text)) => text.trim_end_matches('=').len() * 3 / 4,
        // About: two digits in a byte, and one more.
        ("N", Value::String(text)) => text.len().div_ceil(2) + 1,
        ("L", Value::Array(values)) => 3 + values.iter().map(|value| value_size(value) + 1).sum::<usize>(),
        (_, Value::String(text)) => text.len(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_are_met_or_not() {
        let request = json!({
            "ExpressionAttributeNames": {"#a": "a", "#n": "n"},
            "ExpressionAttributeValues": {":x": {"S": "x"}, ":y": {"S": "y"}, ":5": {"N": "5"}},
        });
        let item = json!({"a": {"S": "x"}, "n": {"N": "4"}});
        let item = item.as_object();
        let check = |condition: &str, expected: bool| {
            assert_eq!(holds(Some(condition), Placeholders::of(&request), item).unwrap(), expected, "{condition}");
        };
        check("#a = :x", true);
        check("#a = :y", false);
        check("#a = :x AND #n = :5", false);
        check("#a = :y OR #n <= :5", true);
        check("#a = :x AND (attribute_not_exists(b) OR #n = :5)", true);
        check("attribute_not_exists(#a)", false);
        check("#a IN (:y, :x)", true);
        check("#a IN (:y)", false);
        check("#a = :x AND NOT #a IN (:y)", true);
        check("NOT (#a = :x OR #n = :5)", false);
        check("begins_with(#a, :x)", true);
        check("begins_with(#a, :y) OR begins_with(#n, :x) OR begins_with(none, :x)", false);
        check("#n < :5", true);
        check(":5 < :5 OR :5 <= #n", false);
        assert!(holds(Some("size(#a) > :5"), Placeholders::of(&request), item).is_err());
        assert!(!holds(Some("#a = :x"), Placeholders::of(&request), None).unwrap());
    }

    #[test]
    fn an_update_sets_and_removes() {
        let request = json!({
            "ExpressionAttributeNames": {"#a": "a", "#b": "b"},
            "ExpressionAttributeValues": {":x": {"S": "x"}},
        });
        let mut item = Item::new();
        item.insert("b".to_owned(), json!({"S": "gone"}));
        update("SET #a = :x, c = :x REMOVE #b", Placeholders::of(&request), &mut item).unwrap();
        assert_eq!(Value::Object(item.clone()), json!({"a": {"S": "x"}, "c": {"S": "x"}}));
        assert_eq!(size(&item), 4);
    }
}

//! Whether a condition holds.

use std::borrow::Cow;

use crate::{Condition, fold::fold};

/// Whether the condition holds for the values of a fact: all that it gives, each for at least one of the values. Without a value nothing
/// holds but `present: false`.
pub(crate) fn holds(condition: &Condition, values: &[Cow<'_, str>]) -> bool {
    let Condition { equals, one_of, contains, present } = condition;
    let values: Vec<String> = values.iter().map(|value| fold(value)).collect();
    let is = |text: &String| {
        let text = fold(text);
        values.contains(&text)
    };
    let has = |text: &String| {
        let text = fold(text);
        !text.is_empty() && values.iter().any(|value| value.contains(&text))
    };
    equals.as_ref().is_none_or(is)
        && one_of.as_ref().is_none_or(|texts| texts.iter().any(is))
        && contains.as_ref().is_none_or(|texts| texts.iter().any(has))
        && present.is_none_or(|present| present != values.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, values: &[&str]) -> bool {
        let values: Vec<_> = values.iter().map(|value| Cow::Borrowed(*value)).collect();
        holds(&serde_json::from_str(json).unwrap(), &values)
    }

    #[test]
    fn what_holds() {
        assert!(check(r#""cobranca""#, &[" COBRANÇA "]));
        assert!(check(r#"["a","b"]"#, &["x", "B"]));
        assert!(!check(r#"["a","b"]"#, &["ab"]));
        assert!(check(r#"{"contains":"bol"}"#, &["Segunda via de Boleto"]));
        assert!(check(r#"{"contains":["x","via"]}"#, &["Segunda via de Boleto"]));
        assert!(!check(r#"{"contains":[" "]}"#, &["a b"]));
        assert!(check(r#"{"present":true}"#, &["x"]) && !check(r#"{"present":true}"#, &[]));
        assert!(check(r#"{"present":false}"#, &[]) && !check(r#"{"present":false}"#, &["x"]));
        assert!(!check(r#""x""#, &[]));
        assert!(
            check(r#"{"equals":"ab","contains":"b"}"#, &["ab"]) && !check(r#"{"equals":"ab","contains":"c"}"#, &["ab"])
        );
        assert!(check(r#""שלום""#, &["שלום"]) && check(r#""😀""#, &["😀"]));
    }
}

//! Is it really Blip? The secret that Blip presents in a header of its own.
//!
//! Blip signs nothing (reference, 2.1): the portal lets one set a header, and the custom attendance channel
//! sends a key "in the header", whose name and form are documented nowhere. So the header's name is a setting, and
//! the bare value, `Key …` and `Bearer …` are accepted.

use crate::{
    relay::ports::{Rejection, Verified},
    secret::same,
};

/// A body whose sender presented the token.
pub fn verify<'a>(presented: Option<&str>, expected: &str, body: &'a [u8]) -> Result<Verified<'a>, Rejection> {
    if token_matches(presented, expected) {
        Ok(Verified(body))
    } else {
        Err(Rejection::Unauthorized("the token does not match"))
    }
}

/// Whether the header's value is the expected token, in constant time. An empty expectation matches nothing.
fn token_matches(presented: Option<&str>, expected: &str) -> bool {
    let presented = presented.unwrap_or_default().trim();
    let bare = ["Key ", "Bearer "]
        .iter()
        .find_map(|scheme| {
            let (head, rest) = presented.split_at_checked(scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then(|| rest.trim_start())
        })
        .unwrap_or(presented);
    // Compared both ways, since a token may itself begin so.
    same(bare, expected) | same(presented, expected)
}

#[cfg(test)]
mod tests {
    use super::token_matches;

    #[test]
    fn bare_key_and_bearer_are_accepted() {
        for (presented, matches) in [
            (Some("s3cret"), true),
            (Some("Key s3cret"), true),
            (Some("bearer  s3cret "), true),
            (Some("Basic s3cret"), false),
            (Some("s3cre"), false),
            (Some("s3crett"), false),
            (Some(""), false),
            (None, false),
            (Some("é"), false),
        ] {
            assert_eq!(token_matches(presented, "s3cret"), matches, "{presented:?}");
        }
        assert!(!token_matches(Some(""), ""));
        assert!(!token_matches(None, ""));
        assert!(token_matches(Some("Key abc"), "Key abc"));
    }
}

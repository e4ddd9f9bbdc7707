//! The calls that an adapter can make, read from the text of its `calls.rs`: a new one has to be tried, too.
//!
//! A call is `Call::new(Method::GET, &[...])`, `get(&[...])` or `post(&[...])` with its path written there, which is how every
//! `calls.rs` is written. A call that is written in another way is an error, never overlooked.

use std::collections::BTreeSet;

/// Each as `POST /below/contacts/{}/unarchive`.
pub(super) fn of(source: &str, below: &str) -> BTreeSet<String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let source: String = lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
    let mut calls = BTreeSet::new();
    for (at, _) in source.match_indices("Call::new(") {
        let (method, path) = source[at..].trim_start_matches("Call::new(Method::").split_once(',').unwrap();
        calls.extend(path_of(path).map(|path| format!("{method} {below}{path}")));
    }
    for (name, method) in [("get", "GET"), ("post", "POST")] {
        for opening in [format!("self.{name}"), format!("self.api.{name}")] {
            for (at, _) in source.match_indices(&opening) {
                let rest = &source[at + opening.len()..];
                let Some((generics, path)) = rest.split_once('(') else { panic!("no call: {rest}") };
                if generics.is_empty() || generics.starts_with("::<") {
                    calls.extend(path_of(path).map(|path| format!("{method} {below}{path}")));
                }
            }
        }
    }
    calls
}

/// `&["contacts",&id]` as `/contacts/{}`; nothing where a `path` is only handed on.
fn path_of(arguments: &str) -> Option<String> {
    if arguments.starts_with("path)") || arguments.starts_with("path,") {
        return None;
    }
    let shown = || arguments.chars().take(60).collect::<String>();
    let path = arguments.strip_prefix("&[").and_then(|rest| rest.split_once(']'));
    let (path, _) = path.unwrap_or_else(|| panic!("a call whose path cannot be read: {}", shown()));
    let literal = |part: &str| Some(part.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    let parts = path.split(',').filter(|part| !part.is_empty());
    let parts = parts.map(|part| literal(part).unwrap_or_else(|| "{}".to_owned()));
    Some(parts.fold(String::new(), |path, part| path + "/" + &part))
}

#[test]
fn calls_are_read_as_they_are_written() {
    let check = |source: &str, expected: &[&str]| {
        let expected: BTreeSet<String> = expected.iter().map(|&call| call.to_owned()).collect();
        assert_eq!(of(source, "/v2"), expected, "{source}");
    };
    check(r#"self.api.get(&["me"], &[]).await"#, &["GET /v2/me"]);
    check("let found: X = self\n    .get::<wire::X>(\n &[\"a\", id],\n &[])", &["GET /v2/a/{}"]);
    check(r#"self.post(&["a", &id, "b"], body)"#, &["POST /v2/a/{}/b"]);
    check(r#"self.api.send(&Call::new(Method::PUT, &["a", id,]).json(body)?)"#, &["PUT /v2/a/{}"]);
    check("self.api.send(&Call::new(Method::POST, path).json(body)?)", &[]);
    check("// self.get(&[\"a\"], &[])", &[]);
    check(r#"answer.headers().get("x")"#, &[]);
    for unread in ["self.get(&path_of(id), &[])", "Call::new(Method::GET, segments)"] {
        assert!(std::panic::catch_unwind(|| of(unread, "")).is_err(), "{unread}");
    }
}

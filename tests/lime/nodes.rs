//! Addresses: how they are read, compared and shown.

use std::collections::HashSet;

use ponte::lime::{Identity, Node, NodeError, bare_id, encode_uri};

type Parts<'a> = (&'a str, &'a str, Option<&'a str>);

#[track_caller]
fn check(input: &str, expected: Result<Parts<'_>, NodeError>) {
    let node = Node::parse(input);
    let parts = node.as_ref().map(|node| (node.name(), node.domain(), node.instance())).map_err(|error| *error);
    assert_eq!(parts, expected, "{input}");
    if let Ok(node) = &node {
        assert_eq!(node.as_str(), input, "the spelling is kept");
        assert_eq!(node.identity().as_str(), format!("{}@{}", node.name(), node.domain()));
    }
}

#[test]
fn a_node_is_cut_at_the_first_at_and_the_first_slash_after_it() {
    check("bot@msging.net", Ok(("bot", "msging.net", None)));
    check("551100001111@0mn.io/4ac58r6e3", Ok(("551100001111", "0mn.io", Some("4ac58r6e3"))));
    check("postmaster@msging.net/#az-iris1", Ok(("postmaster", "msging.net", Some("#az-iris1"))));
    check("t@desk.msging.net/Webhook", Ok(("t", "desk.msging.net", Some("Webhook"))));
    check("bot@msging.net/", Ok(("bot", "msging.net", Some(""))));
    check("bot@msging.net/a/b@c", Ok(("bot", "msging.net", Some("a/b@c"))));
    check("amt@msging.net/portal-user%40example.com", Ok(("amt", "msging.net", Some("portal-user%40example.com"))));
    check("a@b@c/d", Ok(("a", "b@c", Some("d"))));
    check("{1654804277843415@messenger.gw.msging.net}", Ok(("{1654804277843415", "messenger.gw.msging.net}", None)));
}

#[test]
fn an_encoded_name_stays_encoded() {
    check("agent%40company.com@blip.ai", Ok(("agent%40company.com", "blip.ai", None)));
    check("5531%40wa.gw.msging.net@desk.msging.net", Ok(("5531%40wa.gw.msging.net", "desk.msging.net", None)));
    check("live%3Aana@skype.gw.msging.net", Ok(("live%3Aana", "skype.gw.msging.net", None)));
}

#[test]
fn what_is_no_address_says_why() {
    check("", Err(NodeError::NoDomain));
    check("msging.net", Err(NodeError::NoDomain));
    check("@msging.net", Err(NodeError::EmptyName));
    check("bot@", Err(NodeError::EmptyDomain));
    check("bot@/instance", Err(NodeError::EmptyDomain));
    for letter in ['"', '&', '\'', '/', ':', '<', '>', '\n', '\0'] {
        check(&format!("a{letter}b@msging.net"), Err(NodeError::ForbiddenCharacter));
    }
    check("bot@msging\n.net", Err(NodeError::ForbiddenCharacter));
    check(&format!("{}@msging.net", "é".repeat(1024)), Err(NodeError::LongName));
    assert!(Node::parse(&format!("{}@msging.net", "é".repeat(1023))).is_ok());
}

#[test]
fn case_does_not_tell_nodes_apart() {
    let nodes = ["Ana@Msging.net/Webhook", "ana@msging.NET/webhook", "ANA@MSGING.NET/WEBHOOK"]
        .map(|text| Node::parse(text).unwrap());
    assert_eq!(nodes.iter().cloned().collect::<HashSet<_>>().len(), 1);
    assert_eq!(nodes.iter().map(Node::identity).collect::<HashSet<_>>().len(), 1);
    assert_eq!(nodes[0].identity().key(), "ana@msging.net");
    assert_eq!(Identity::parse("JOSÉ@msging.net").unwrap(), Identity::parse("josé@msging.net").unwrap());
    assert_ne!(nodes[0], Node::parse("ana@msging.net").unwrap(), "the instance counts for a node");
    assert_eq!(nodes[0].identity(), Identity::parse("ana@msging.net/other").unwrap(), "but not for an identity");
}

#[test]
fn debug_shows_the_domain_only() {
    let node = Node::parse("5531988889999@wa.gw.msging.net/5531988889999").unwrap();
    assert_eq!(format!("{node:?}"), "Node(…@wa.gw.msging.net)");
    assert_eq!(format!("{:?}", node.identity()), "Identity(…@wa.gw.msging.net)");
}

#[test]
fn serde_writes_the_spelling() {
    let node: Node = serde_json::from_str(r#""Ana@msging.net/X""#).unwrap();
    assert_eq!(serde_json::to_string(&node).unwrap(), r#""Ana@msging.net/X""#);
    let error = serde_json::from_str::<Node>(r#""secret""#).unwrap_err().to_string();
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn a_bare_id_has_no_forwarding_marks() {
    for id in ["X", "fwd:X", "fwd:fwd:X"] {
        assert_eq!(bare_id(id), "X");
    }
    assert_eq!(bare_id("Xfwd:"), "Xfwd:");
    assert_eq!(bare_id("fwd:"), "");
}

#[test]
fn a_uri_segment_is_encoded_as_the_documentation_does() {
    assert_eq!(encode_uri("1180740631991418@messenger.gw.msging.net"), "1180740631991418@messenger.gw.msging.net");
    assert_eq!(encode_uri("+5531988889999"), "+5531988889999");
    assert_eq!(encode_uri("mail%40company.com@blip.ai"), "mail%2540company.com@blip.ai");
    assert_eq!(encode_uri("abcdé 1234"), "abcd%C3%A9%201234");
    assert_eq!(encode_uri("a/b?c#d&e'"), "a%2Fb%3Fc%23d%26e%27");
}

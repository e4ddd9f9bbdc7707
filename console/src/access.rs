//! Who may do what: one table of path × method → role. What is not in it is refused.

use axum::http::Method;

/// What somebody may do. A role has only what it says: whoever acts and looks has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sees the screens, which show no word and no name of a customer.
    Viewer,
    /// Closes, hands back, replays, drops, pushes rules.
    Operator,
    /// Sees a customer's address. That somebody looked is written down.
    Privacy,
}

impl Role {
    /// All, as they are called in a claim.
    pub const ALL: [(&str, Self); 3] =
        [("viewer", Self::Viewer), ("operator", Self::Operator), ("privacy", Self::Privacy)];

    /// The role of this name in a claim.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
    }
}

/// Every path of the router, with what may be done there and by whom.
pub const TABLE: &[(&str, &str, Role)] = &[
    ("/", "GET", Role::Viewer),
    ("/live", "GET", Role::Viewer),
    ("/conversations", "GET", Role::Viewer),
    ("/conversations/{key}", "GET", Role::Viewer),
    ("/conversations/{key}/close", "GET", Role::Operator),
    ("/conversations/{key}/close", "POST", Role::Operator),
    ("/conversations/{key}/hand-back", "GET", Role::Operator),
    ("/conversations/{key}/hand-back", "POST", Role::Operator),
    ("/conversations/{key}/replay", "GET", Role::Operator),
    ("/conversations/{key}/replay", "POST", Role::Operator),
    ("/conversations/{key}/customer", "GET", Role::Privacy),
    ("/conversations/{key}/customer", "POST", Role::Privacy),
    ("/parked", "GET", Role::Viewer),
    ("/parked/replay", "GET", Role::Operator),
    ("/parked/replay", "POST", Role::Operator),
    ("/parked/{queue}/{id}", "GET", Role::Viewer),
    ("/parked/{queue}/{id}/drop", "GET", Role::Operator),
    ("/parked/{queue}/{id}/drop", "POST", Role::Operator),
    ("/search", "GET", Role::Viewer),
    ("/search", "POST", Role::Viewer),
    ("/health", "GET", Role::Viewer),
    ("/rules", "GET", Role::Viewer),
    ("/rules/check", "POST", Role::Viewer),
    ("/rules/push", "POST", Role::Operator),
    ("/rules/{version}/rollback", "GET", Role::Operator),
    ("/rules/{version}/rollback", "POST", Role::Operator),
];

/// The role that a request needs; `None` where the table has no line for it.
pub fn needed(path: &str, method: &Method) -> Option<Role> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    TABLE.iter().find(|line| line.0 == path && line.1 == method).map(|line| line.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_table_is_refused() {
        assert_eq!(needed("/", &Method::GET), Some(Role::Viewer));
        assert_eq!(needed("/", &Method::HEAD), Some(Role::Viewer));
        assert_eq!(needed("/rules/push", &Method::POST), Some(Role::Operator));
        for (path, method) in
            [("/", Method::POST), ("/rules/push", Method::GET), ("/new", Method::GET), ("/parked", Method::DELETE)]
        {
            assert_eq!(needed(path, &method), None, "{method} {path}");
        }
    }

    #[test]
    fn a_line_stands_once_and_who_acts_is_no_viewer() {
        for (at, line) in TABLE.iter().enumerate() {
            assert!(!TABLE[..at].iter().any(|other| (other.0, other.1) == (line.0, line.1)), "{line:?} stands twice");
            // A search is a POST so that a telephone stands in no address; a check changes nothing.
            let only_reads = ["/search", "/rules/check"].contains(&line.0);
            assert_eq!(line.1 == "POST" && line.2 == Role::Viewer, line.1 == "POST" && only_reads, "{line:?}");
        }
    }

    #[test]
    fn a_claim_names_a_role_or_nothing() {
        assert_eq!(Role::named("operator"), Some(Role::Operator));
        assert_eq!((Role::named("Operator"), Role::named("admin"), Role::named("")), (None, None, None));
    }
}

//! Whoever uses the console: who it is, what they may do, and the token that their forms carry.

use ponte::hash::HashKey;
use subtle::ConstantTimeEq as _;

use crate::access::Role;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Operator {
    /// What the audit log calls them: AWS's identity, or a claim of a token.
    pub who: String,
    roles: Vec<Role>,
    forms: String,
}

impl Operator {
    /// Somebody with these roles. `session` is what their forms hang on: one session's forms are none of another's.
    pub fn new(who: String, roles: Vec<Role>, session: &str, key: &HashKey) -> Self {
        let forms = key.hex(&["console-form", session, &who]);
        Self { who, roles, forms }
    }

    /// Whether they may do what needs `role`.
    pub fn may(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The token of their forms.
    pub fn form_token(&self) -> &str {
        &self.forms
    }

    /// Whether a form is theirs.
    pub fn sent(&self, token: &str) -> bool {
        self.forms.as_bytes().ct_eq(token.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_of_one_session_of_one_person() {
        let key = HashKey::new(b"k");
        let of = |who: &str, session: &str| Operator::new(who.to_owned(), vec![Role::Viewer], session, &key);
        let ana = of("ana", "s1");
        assert!(ana.sent(of("ana", "s1").form_token()));
        for other in [of("ana", "s2"), of("bia", "s1"), Operator::new("ana".into(), vec![], "s1", &HashKey::new(b"x"))]
        {
            assert!(!ana.sent(other.form_token()), "{other:?}");
        }
        assert!(!ana.sent("") && ana.may(Role::Viewer) && !ana.may(Role::Operator));
    }
}

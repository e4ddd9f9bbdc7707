//! Who may come in: the shared secret in `X-API-Key`.

use ponte::{
    clock::Timestamp,
    helpdesk,
    relay::ports::{Headers, Rejection, Unverified, WebhookVerifier},
    settings::HelpdeskSettings,
};

use super::{APP, fixture};

pub(super) struct Key<'a>(pub Option<&'a str>);

impl Headers for Key<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.filter(|_| name == "x-api-key")
    }
}

pub(super) fn verifier(secret: &str, own: &str) -> Box<dyn WebhookVerifier> {
    let settings = HelpdeskSettings { name: "zendesk-messaging".into(), url: String::new(), own: own.into() };
    helpdesk::verifier(&settings, secret).unwrap()
}

#[test]
fn only_the_secret_opens() {
    let own = format!(r#"{{"app":"{APP}"}}"#);
    let check = |secret: &str, key: Option<&str>, expected: Result<(), u16>| {
        let verifier = verifier(secret, &own);
        let headers = Key(key);
        let request = Unverified { headers: &headers, path: "", body: b"{}" };
        let got = verifier.verify(&request, Timestamp(0)).map(drop).map_err(Rejection::status);
        assert_eq!(got, expected, "{secret} {key:?}");
    };
    let headers = fixture("webhook-headers");
    let secret = headers["x-api-key"].as_str().unwrap();
    check(secret, Some(secret), Ok(()));
    check(secret, Some(&format!(" {secret} ")), Ok(()));
    // While one is replaced by another, both are good.
    check(&format!("the-next-one {secret}"), Some(secret), Ok(()));
    check(&format!("the-next-one {secret}"), Some("the-next-one"), Ok(()));
    for other in ["", " ", "webhook", "the-next-one", &format!("{secret}x"), &format!("the-next-one {secret}")] {
        check(&format!("the-last-one {secret}"), Some(other), Err(401));
    }
    check(secret, None, Err(401));
}

#[test]
fn an_empty_secret_would_let_anybody_in() {
    let own = format!(r#"{{"app":"{APP}"}}"#);
    let settings = HelpdeskSettings { name: "zendesk-messaging".into(), url: String::new(), own };
    for empty in ["", "  \n"] {
        assert!(helpdesk::verifier(&settings, empty).is_err());
    }
}

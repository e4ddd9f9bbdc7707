//! Who may come in: the vectors of `X-Hub-Signature`, and the question that needs none.

use ponte::{
    clock::Timestamp,
    helpdesk::{self, intercom::IntercomVerifier},
    relay::{
        accept::{self, Accepted},
        ports::{HandshakeRequest, Headers, Rejection, Unverified, WebhookVerifier},
    },
    settings::HelpdeskSettings,
};

use super::fixture;

pub(super) struct Signature<'a>(pub Option<&'a str>);

impl Headers for Signature<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.filter(|_| name == "x-hub-signature")
    }
}

fn verify(secret: &str, body: &str, signature: Option<&str>) -> Result<(), Rejection> {
    let headers = Signature(signature);
    let request = Unverified { headers: &headers, path: "", body: body.as_bytes() };
    IntercomVerifier::new(secret).unwrap().verify(&request, Timestamp(0)).map(drop)
}

#[test]
fn the_vectors_hold() {
    let file = fixture("signatures");
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let text = |field: &str| case[field].as_str().unwrap();
        // Where the vectors leave it open (upper case), it is let in.
        let expected = case["valid"].as_bool().unwrap_or(true);
        let got = verify(text("secret"), text("body"), Some(text("signature")));
        assert_eq!(got.is_ok(), expected, "{}", text("name"));
    }
    let good = |field: &str| cases[0][field].as_str().unwrap();
    for hostile in ["", "sha1=", "sha1=8", "sha1=zz", "sha1=+6", "86b1c46e4d6f8544c737d240024e666fa5a0518b", "sha1=é"]
    {
        assert_eq!(verify(good("secret"), good("body"), Some(hostile)).unwrap_err().status(), 401, "{hostile}");
    }
    assert_eq!(verify(good("secret"), good("body"), None).unwrap_err().status(), 401);
    let changed = good("body").replace("Maria", "Mario");
    assert_eq!(verify(good("secret"), &changed, Some(good("signature"))).unwrap_err().status(), 401);
}

/// Intercom asks with HEAD before it takes an address, and does not sign that.
#[test]
fn the_check_of_the_address_is_answered_unsigned() {
    let settings = HelpdeskSettings { name: "intercom".into(), url: String::new(), own: "{}".into() };
    let verifier = helpdesk::verifier(&settings, "intercom-client-secret-for-tests").unwrap();
    let asked = |method| accept::question(&HandshakeRequest { method, query: "" }, &*verifier);
    assert_eq!(asked("HEAD"), Some(Accepted::Answered(String::new())));
    assert_eq!(["GET", "POST"].map(asked), [None, None]);
    assert!(helpdesk::verifier(&settings, " ").is_err(), "an empty secret would let anybody in");
}

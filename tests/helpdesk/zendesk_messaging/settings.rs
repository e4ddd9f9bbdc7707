//! `HelpdeskSettings` and `HelpdeskCredentials`: what is missing or misspelt is told at the start.

use ponte::{helpdesk, settings::HelpdeskSettings};

use super::APP;

#[test]
fn settings_are_read_and_mistakes_told() {
    let check = |own: &str, expected: Option<(usize, bool)>| {
        let settings = HelpdeskSettings { name: "zendesk-messaging".into(), url: String::new(), own: own.into() };
        let got = helpdesk::capabilities(&settings).ok().map(|c| (c.text, c.receipts));
        assert_eq!(got, expected, "{own}");
    };
    let with = |more: &str| format!(r#"{{"app":"{APP}"{more}}}"#);
    check(&with(""), Some((4096, false)));
    check(&with(r#","receipts":true"#), Some((4096, true)));
    check(&with(r#","ticket":{"dataCapture.ticketField.1":"{name}","a":1,"b":true}"#), Some((4096, false)));
    check(&with(r#","bridge":"","offer":false,"on_end":"keep""#), Some((4096, false)));
    // No app, a name that nobody knows, metadata that are not flat, control for nobody.
    for wrong in [
        "",
        "{}",
        r#"{"app":" "}"#,
        &with(r#","agent":"x""#),
        &with(r#","agents":"""#),
        &with(r#","ticket":{"a":{"b":1}}"#),
        &with(r#","ticket":{"a":null}"#),
        &with(r#","on_end":"close""#),
        &with(r#","on_end":"pass","bridge":"""#),
    ] {
        check(wrong, None);
    }
}

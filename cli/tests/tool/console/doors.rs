//! Who gets in, and who may do what: everybody else is refused, and nothing happens.

use std::time::Duration;

use axum::{body::Body, http::header};
use ponte_cli::Place;
use ponte_console::access::{Role, TABLE};

use super::{Browser, HOST, Token, ask, form, get, loopback, token};
use crate::stack::Desk;

#[tokio::test]
async fn the_address_lets_one_browser_in_once() {
    let desk = Desk::start().await;
    let (router, path) = loopback(&desk, Duration::ZERO);
    let get_as = async |path: &str, cookie: &str| {
        ask(&router, get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    };
    for wrong in ["/", "/?token=", "/?token=x", "/?token=0", "/conversations", "/rules"] {
        assert_eq!(get_as(wrong, "").await.status, 401, "{wrong}");
    }
    let entered = get_as(&path, "").await;
    assert_eq!(entered.status, 303);
    assert!(entered.cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{}", entered.cookie);
    let cookie = entered.cookie.split(';').next().unwrap();
    assert_eq!(get_as("/", cookie).await.status, 200);
    assert_eq!(get_as(&path, "").await.status, 401, "it was used");
    assert_eq!(get_as(&path, cookie).await.status, 303, "whoever is in may open it again");
    for other in ["ponte_console_4711=", "ponte_console_4711=x", "ponte_console_1=x", &cookie.replace("4711", "4712")] {
        assert_eq!(get_as("/", other).await.status, 401, "{other}");
    }
    // The files that pages load say nothing of a stack.
    assert_eq!(get_as("/assets/console.css", "").await.status, 200);
    let (router, path) = loopback(&desk, Duration::from_secs(601));
    assert_eq!(ask(&router, get(&path).body(Body::empty()).unwrap()).await.status, 401, "it is too old");
}

#[tokio::test]
async fn another_page_and_another_name_do_not_get_in() {
    let desk = Desk::start().await;
    desk.queue(Place::Parked, "f1a2@tunnel.msging.net", "m1").await;
    let (router, path) = loopback(&desk, Duration::ZERO);
    let cookie = ask(&router, get(&path).body(Body::empty()).unwrap()).await.cookie;
    let cookie = cookie.split(';').next().unwrap();
    let page = ask(&router, get("/parked/replay").header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await;
    let own = token(&page.body);
    let foreign: &[(&str, &[(&str, &str)])] = &[
        ("rebinding", &[("host", "evil.example:4711")]),
        ("another port", &[("host", "127.0.0.1:80")]),
        ("no port", &[("host", "127.0.0.1")]),
        ("another origin", &[("host", HOST), ("origin", "https://evil.example")]),
        ("another local origin", &[("host", HOST), ("origin", "http://127.0.0.1:8080")]),
        ("a sandboxed page", &[("host", HOST), ("origin", "null")]),
        ("another site", &[("host", HOST), ("sec-fetch-site", "cross-site")]),
        ("another program's page", &[("host", HOST), ("sec-fetch-site", "same-site")]),
        ("no host", &[]),
    ];
    for (what, headers) in foreign {
        for method in ["GET", "POST"] {
            let mut request =
                axum::http::Request::builder().method(method).uri("/parked/replay").header(header::COOKIE, cookie);
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            assert_eq!(ask(&router, form(request, &own, &[])).await.status, 403, "{method} {what}");
        }
    }
    for forged in ["", "x", &own.chars().rev().collect::<String>()] {
        let request = get("/parked/replay").method("POST").header(header::COOKIE, cookie);
        assert_eq!(ask(&router, form(request, forged, &[])).await.status, 403, "{forged}");
    }
    let request = get("/parked/replay").method("POST").header(header::COOKIE, cookie);
    let json = request
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(format!("{{\"form_token\":\"{own}\"}}")))
        .unwrap();
    assert_eq!(ask(&router, json).await.status, 403);
    assert_eq!(ponte_cli::parked::count(&desk.stack, None).await.unwrap(), 1, "nothing went back");
    assert!(desk.audit().await.is_empty());
    // The same with all that a browser says of its own page.
    let good = get("/parked/replay").method("POST").header(header::COOKIE, cookie);
    let good = good.header(header::ORIGIN, format!("http://{HOST}")).header("sec-fetch-site", "same-origin");
    assert_eq!(ask(&router, form(good, &own, &[])).await.status, 303);
    assert_eq!(ponte_cli::parked::count(&desk.stack, None).await.unwrap(), 0);
}

/// A path of the table with something in its places that is not there: what may be done there is 404, and what may not 403.
fn path(template: &str) -> String {
    template
        .replace("{key}", &"0".repeat(32))
        .replace("{queue}", "to-blip")
        .replace("{id}", "none")
        .replace("{version}", "9")
}

#[tokio::test]
async fn every_path_and_method_has_its_role() {
    let desk = Desk::start().await;
    let roles =
        ["", "viewer", "operator", "privacy", "[viewer operator]", "[viewer operator privacy]", "admin", "[VIEWER]"];
    for roles in roles {
        let router = Token::of(roles).router(&desk);
        let has = |role: Role| {
            let name = Role::ALL.iter().find(|(_, one)| *one == role).unwrap().0;
            roles.trim_matches(['[', ']']).split(' ').any(|one| one == name)
        };
        // The token of a form is the same on every page of one person.
        let token = ask(&Token::of("viewer").router(&desk), get("/search").body(Body::empty()).unwrap()).await;
        let token = token_of(&token.body);
        for (template, method, role) in TABLE {
            let request = get(&path(template)).method(*method);
            let status = ask(&router, form(request, &token, &[])).await.status;
            if has(*role) {
                assert!(status != 403 && status != 401, "{roles} {method} {template}: {status}");
            } else {
                assert_eq!(status, 403, "{roles} {method} {template}");
            }
        }
        for (template, ..) in TABLE {
            for method in ["PUT", "PATCH", "DELETE", "OPTIONS"] {
                let request = get(&path(template)).method(method);
                assert_eq!(ask(&router, form(request, &token, &[])).await.status, 403, "{method} {template}");
            }
        }
    }
    assert!(desk.audit().await.is_empty(), "nothing that is not there was changed");
}

fn token_of(page: &str) -> String {
    token(page)
}

#[tokio::test]
async fn the_function_takes_no_token_that_is_not_good() {
    let desk = Desk::start().await;
    let changed = |name: &'static str, value: Option<&str>| {
        let mut token = Token::of("[viewer operator privacy]");
        token.0.retain(|(known, _)| *known != name);
        token.0.extend(value.map(|value| (name, value.to_owned())));
        token
    };
    let bad = [
        ("none", Token(Vec::new())),
        ("wrong issuer", changed("iss", Some("https://other.example"))),
        ("wrong audience", changed("aud", Some("other"))),
        ("expired", changed("exp", Some("1000000000"))),
        ("not yet", changed("nbf", Some("4102444800"))),
        ("nobody", changed("sub", None)),
    ];
    for (what, token) in bad {
        let router = token.router(&desk);
        for page in ["/", "/rules", "/parked/replay"] {
            assert_eq!(ask(&router, get(page).body(Body::empty()).unwrap()).await.status, 401, "{what} {page}");
        }
    }
    // A header that says what claims say is no claim.
    let request = get("/").header("x-amzn-claims", "sub=ana").header(header::AUTHORIZATION, "Bearer x");
    assert_eq!(ask(&Token(Vec::new()).router(&desk), request.body(Body::empty()).unwrap()).await.status, 401);
    // Another site's page with a good token behind it, and another person's form.
    let router = Token::of("[viewer operator]").router(&desk);
    let own = token(&ask(&router, get("/search").body(Body::empty()).unwrap()).await.body);
    let cross = get("/parked/replay").method("POST").header("sec-fetch-site", "cross-site");
    assert_eq!(ask(&router, form(cross, &own, &[])).await.status, 403);
    let mut bia = Token::of("[viewer operator]");
    bia.0.retain(|(name, _)| *name != "sub");
    bia.0.push(("sub", "bia".to_owned()));
    let request = get("/parked/replay").method("POST");
    assert_eq!(ask(&bia.router(&desk), form(request, &own, &[])).await.status, 403);
    let viewer = Browser::of(&desk, "en").await;
    assert_eq!(viewer.send("/parked/replay", &own, &[]).await.status, 403, "a form of the other host");
}

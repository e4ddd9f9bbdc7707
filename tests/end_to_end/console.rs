//! The console as a function, behind the authorizer of its API: who is let in, and what is done there.

use std::{
    process::Stdio,
    time::{Duration, SystemTime},
};

use ponte_cli::Stack as Operated;
use ponte_simulator::{
    Profile, Simulator,
    stack::{self, Stack},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{Deployed, PATIENCE, deployed_as};

const AUDIENCE: &str = "ponte-console";
const SIGN: &str = "sign";
const FORGE: &str = "forge";

/// The parameters that a console takes; the issuer stands for one of a test's own.
pub(super) const PARAMETERS: [(&str, &str); 2] =
    [("ConsoleIssuer", "https://login.example.com"), ("ConsoleAudience", AUDIENCE)];

/// An identity provider, running.
pub(super) struct Issuer {
    url: String,
    http: ponte::http::Client,
    _process: Child,
}

impl Issuer {
    pub(super) async fn start() -> Self {
        let scripts = stack::root().join("infra/local/tools.sh");
        let tools = Command::new(scripts).arg("emulator").output().await.unwrap();
        let python = format!("{}/bin/python", String::from_utf8(tools.stdout).unwrap().trim());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/end_to_end/issuer.py");
        let mut process = Command::new(python);
        process.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = process.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().expect("the issuer says its port");
        Self { url: format!("http://127.0.0.1:{port}"), http: ponte::http::client("").unwrap(), _process: process }
    }

    pub(super) fn parameters(&self, stack: Stack) -> Stack {
        stack.with("ConsoleIssuer", &self.url).with("ConsoleAudience", AUDIENCE)
    }

    /// A good token of `ana` with these roles, but for these claims.
    async fn token(&self, how: &str, roles: &[&str], but: Value) -> String {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let mut claims = json!({
            "iss": self.url, "aud": [AUDIENCE, "another"], "sub": "ana@example.com", "iat": now - 5, "nbf": now - 5, "exp": now + 3600,
            "roles": roles,
        });
        claims.as_object_mut().unwrap().extend(but.as_object().unwrap().clone());
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let signed = self.http.post(format!("{}/{how}", self.url)).json(&claims).send().await.unwrap();
        signed.text().await.unwrap()
    }

    /// Somebody with these roles at the stack's console.
    pub(super) async fn somebody(&self, stack: &Deployed, roles: &[&str]) -> Somebody {
        Somebody::at(stack, &self.token(SIGN, roles, json!({})).await)
    }
}

/// A browser behind a proxy that presents a token.
pub(super) struct Somebody {
    url: String,
    host: String,
    http: ponte::http::Client,
    token: String,
}

struct Page {
    status: u16,
    location: String,
    text: String,
}

impl Page {
    /// The value of a hidden field of its form.
    fn field(&self, name: &str) -> &str {
        let field = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&field).unwrap_or_else(|| panic!("no {name}: {}", self.text));
        rest.split('"').next().unwrap()
    }

    fn form_token(&self) -> &str {
        self.field("form_token")
    }

    /// The addresses on this page that begin so.
    fn links(&self, beginning: &str) -> Vec<String> {
        let all = self.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        all.filter(|link| link.starts_with(beginning)).map(str::to_owned).collect()
    }
}

impl Somebody {
    fn at(stack: &Deployed, token: &str) -> Self {
        let [url, host] = stack.console.clone();
        let http = ponte::http::client("").unwrap();
        Self { url: url.trim_end_matches('/').to_owned(), host, http, token: token.to_owned() }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], form: Option<&[(&str, &str)]>) -> Page {
        let mut request =
            self.http.request(method.parse().unwrap(), format!("{}{path}", self.url)).header("host", &self.host);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(fields) = form {
            let form = reqwest::Url::parse_with_params("http://form/", fields).unwrap();
            request = request.header("content-type", "application/x-www-form-urlencoded");
            request = request.body(form.query().unwrap_or_default().to_owned());
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Page { status: answer.status().as_u16(), location, text: answer.text().await.unwrap() }
    }

    async fn get(&self, path: &str) -> Page {
        let page = self.ask("GET", path, &[("accept-language", "en")], None).await;
        assert!(page.status == 200 || page.status == 303, "{path}: {} {}", page.status, page.text);
        page
    }

    /// Fills in the form of a page and sends it to `path`; gives where that leads.
    async fn act(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let shown = self.get(page).await;
        let fields: Vec<_> = fields.iter().copied().chain([("form_token", shown.form_token())]).collect();
        let done =
            self.ask("POST", path, &[("origin", &self.url), ("sec-fetch-site", "same-origin")], Some(&fields)).await;
        assert_eq!(done.status, 303, "{path}: {}", done.text);
        done.location
    }
}

async fn operated(stack: &Deployed) -> Operated {
    Operated::open(&ponte_cli::endpoint(&stack.endpoint).await, "ponte").await.unwrap()
}

/// A customer who waits, and the address of their conversation's page.
async fn waits(stack: &Deployed, who: &Somebody, name: &str, phone: &str) -> String {
    let customer = stack.simulator.customer(Profile::whatsapp(name, phone));
    customer.hand_over(None);
    customer.says("tem alguém aí?");
    let ticket = stack.simulator.helpdesk.wait_ticket_of(&customer).await.unwrap();
    who.act("/search", "/search", &[("text", &ticket)]).await
}

/// All that the console does, once, so that each permission of its function is used.
pub(super) async fn visits(stack: &Deployed, issuer: &Issuer) {
    let ana = issuer.somebody(stack, &["viewer", "operator", "privacy"]).await;
    for path in ["/", "/conversations", "/health", "/rules", "/search"] {
        assert_eq!(ana.get(path).await.status, 200, "{path}");
    }
    // What poison there is goes back from each queue, is parked again, and one is dropped.
    assert_eq!(ana.get("/parked").await.links("/parked/to-").len(), 2);
    ana.act("/parked/replay", "/parked/replay", &[]).await;
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(one) = ana.get("/parked").await.links("/parked/to-blip/").first() {
                break one.clone();
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    let drop = format!("{}/drop", waited.await.expect("it is parked again"));
    ana.act(&drop, &drop, &[("reason", "a test")]).await;
    let rita = waits(stack, &ana, "Rita Nunes", "5531999990005").await;
    let davi = waits(stack, &ana, "Davi Reis", "5531999990006").await;
    for (page, what) in [(&rita, "close"), (&davi, "hand-back")] {
        assert!(ana.get(page).await.text.contains("Trail of the last day"));
        let asked = format!("{page}/{what}");
        let question = ana.get(&asked).await;
        ana.act(&asked, &asked, &[("conversation", question.field("conversation"))]).await;
    }
    // For a telephone that no open conversation has, the whole table is read.
    let search = ana.get("/search").await;
    let nobody = [("text", "+55 31 99999-0009"), ("form_token", search.form_token())];
    let own = [("origin", ana.url.as_str()), ("accept-language", "en")];
    assert!(ana.ask("POST", "/search", &own, Some(&nobody)).await.text.contains("Nothing was found"));
    let now = operated(stack).await.rules.current().await.unwrap().unwrap();
    let source = format!("# The same, pushed again.\n{}", now.rules);
    ana.act("/rules", "/rules/push", &[("from", &now.version.to_string()), ("source", &source)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_a_good_token_and_nobody_acts_without_the_role() {
    let issuer = Issuer::start().await;
    let with = |stack: Stack, _: &Simulator| issuer.parameters(stack);
    let test = async |stack: Deployed| {
        let viewer = issuer.somebody(&stack, &["viewer"]).await;
        let page = waits(&stack, &viewer, "Ana Lima", "5531999990001").await;
        let shown = viewer.get(&page).await.text;
        assert!(shown.contains("Trail of the last day") && !shown.contains("Ana Lima"), "{shown}");

        let strange = Issuer::start().await;
        let all = ["viewer", "operator", "privacy"];
        let bad = [
            ("no token", String::new()),
            ("no JWT", "a.b.c".to_owned()),
            ("forged", issuer.token(FORGE, &all, json!({})).await),
            ("another issuer", strange.token(SIGN, &all, json!({})).await),
            ("wrong issuer", issuer.token(SIGN, &all, json!({ "iss": "https://other.example" })).await),
            ("wrong audience", issuer.token(SIGN, &all, json!({ "aud": "another" })).await),
            ("expired", issuer.token(SIGN, &all, json!({ "exp": 1_000_000_000 })).await),
            ("not yet", issuer.token(SIGN, &all, json!({ "nbf": 4_102_444_800_u64 })).await),
            ("without an end", issuer.token(SIGN, &all, json!({ "exp": null })).await),
        ];
        for (what, token) in &bad {
            let somebody = Somebody::at(&stack, token);
            for (method, path) in [("GET", "/"), ("GET", page.as_str()), ("POST", "/rules/push"), ("GET", "/none")] {
                assert_eq!(somebody.ask(method, path, &[], None).await.status, 401, "{what}: {method} {path}");
            }
        }

        // Who may look does not act, and who may act does nothing from another page.
        let operator = issuer.somebody(&stack, &["viewer", "operator"]).await;
        let nobody = issuer.somebody(&stack, &[]).await;
        let asked = format!("{page}/close");
        let question = operator.get(&asked).await;
        let conversation = question.field("conversation");
        let token = question.form_token();
        let of_viewer = viewer.get("/search").await;
        let rules = "version: 1\n";
        let own = [("origin", operator.url.as_str()), ("sec-fetch-site", "same-origin")];
        let cross = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        let sandboxed = [("origin", "null"), ("sec-fetch-site", "cross-site")];
        for (what, who, headers, token) in [
            ("a viewer", &viewer, own, of_viewer.form_token()),
            ("nobody's role", &nobody, own, token),
            ("no form token", &operator, own, ""),
            ("another's form token", &operator, own, &token.chars().rev().collect::<String>()),
            ("another origin", &operator, cross, token),
            ("a sandboxed page", &operator, sandboxed, token),
        ] {
            let forms: [(&str, &[(&str, &str)]); 3] = [
                (&asked, &[("conversation", conversation), ("form_token", token)]),
                ("/parked/replay", &[("form_token", token)]),
                ("/rules/push", &[("from", "1"), ("source", rules), ("form_token", token)]),
            ];
            for (path, fields) in forms {
                let refused = who.ask("POST", path, &headers, Some(fields)).await;
                assert_eq!(refused.status, 403, "{what}: {path}");
            }
            // Nor is there another way to do it.
            let deletes = who.ask("DELETE", "/rules/push", &headers, None).await;
            assert_eq!(deletes.status, 403, "{what}");
        }
        for path in ["/rules/push", "/nothing", "/_/x"] {
            assert!([403, 404].contains(&operator.ask("GET", path, &[], None).await.status), "{path}");
        }

        let stood = operated(&stack).await;
        assert_eq!(stood.rules.current().await.unwrap().unwrap().version, 1);
        let audit = async || {
            let written = stack::written(&stack.endpoint).await.unwrap();
            written.into_iter().find(|(place, _)| place.ends_with("/audit")).map(|(_, text)| text).unwrap_or_default()
        };
        assert_eq!(audit().await, "", "nothing was done");
        assert!(viewer.get(&page).await.text.contains("The customer waits for a first answer"), "and nothing ended");

        // The same, as it should be.
        operator.act(&asked, &asked, &[("conversation", conversation)]).await;
        operator.act("/rules", "/rules/push", &[("from", "1"), ("source", rules)]).await;
        let lines = audit().await;
        let who: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let done: Vec<_> = who.iter().map(|line| (line["what"].as_str(), line["who"].as_str())).collect();
        let ana = Some("ana@example.com");
        assert_eq!(done, [(Some("conversation.close"), ana), (Some("rules.push"), ana)], "{lines}");
        stack.settled().await;
    };
    Box::pin(deployed_as("console", with, test)).await;
}

//! The names of service rules, looked up in each helpdesk that an opening looks them up in, with the specimens of its routing tests.

use std::sync::Arc;

use ponte::{
    clock::SystemClock,
    helpdesk::{self, ClientDeps, NAMES, Secrets},
    http,
    relay::{
        Failure,
        ports::{NameFound, NoFiles, RouteNames},
    },
    secret::Secret,
    settings::HelpdeskSettings,
    texts::Texts,
};
use serde_json::json;
use service_rules::{HelpdeskName, Priority};

use super::{chatwoot, intercom, omnize, request_tracker, server::Server, zendesk};
use NameFound::{Absent, NoPlace, NotAsked, Present, ValueRefused};

fn route_names(name: &str, url: &str) -> Option<Arc<dyn RouteNames>> {
    let own = match name {
        "chatwoot" => r#"{"account":3,"inbox":9}"#,
        "intercom" => intercom::routing::OWN,
        "omnize" => r#"{"department":9999}"#,
        "zendesk-messaging" => r#"{"app":"5ebee0975ac5304b664a12fa"}"#,
        _ => "{}",
    };
    let settings = HelpdeskSettings { name: name.to_owned(), url: url.to_owned(), own: own.to_owned() };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(SystemClock));
    let secrets = Secrets { credentials: secret("ponte@desk.test.invalid/token:t"), webhook: secret("") };
    let http = http::client("").unwrap();
    let means =
        ClientDeps { http, texts: Texts::default().into(), clock: Arc::new(SystemClock), files: Arc::new(NoFiles) };
    helpdesk::route_names(&settings, secrets, means).unwrap()
}

fn queue(name: &str) -> HelpdeskName {
    HelpdeskName::Queue(name.to_owned())
}

fn agent(name: &str) -> HelpdeskName {
    HelpdeskName::Agent(name.to_owned())
}

/// A field whose value the rules give.
fn field(name: &str, value: &str) -> HelpdeskName {
    HelpdeskName::Field { name: name.to_owned(), value: Some(value.to_owned()) }
}

/// A field whose value comes from elsewhere.
fn open(name: &str) -> HelpdeskName {
    HelpdeskName::Field { name: name.to_owned(), value: None }
}

async fn check(name: &str, url: &str, table: &[(HelpdeskName, NameFound)]) {
    let names = route_names(name, url).unwrap();
    for (named, found) in table {
        assert_eq!(names.find_name(named).await, Ok(*found), "{name}: {named:?}");
    }
    // Where there is no place for a skill, or nobody is asked, that is said of every helpdesk.
    let found = names.find_name(&HelpdeskName::Skill("German".to_owned())).await;
    assert_eq!(found, Ok(NoPlace), "{name}");
}

#[tokio::test]
async fn zendesk_has_groups_agents_brands_forms_types_and_fields() {
    let account = zendesk::routing::account(|_| true);
    let text = |of: fn(String) -> HelpdeskName, name: &str| of(name.to_owned());
    let table = [
        (queue("cobranca"), Present),
        (queue("11"), Present),
        (queue("360000111"), Absent),
        (queue("Marte"), Absent),
        (agent("ana souza"), Present),
        (agent("ana@desk.test.invalid"), Present),
        (agent("bia@desk.test.invalid"), Absent),
        (text(HelpdeskName::Brand, "LOJA"), Present),
        (text(HelpdeskName::Brand, "Outra"), Absent),
        (text(HelpdeskName::Form, "13"), Present),
        (text(HelpdeskName::Form, "Outro"), Absent),
        (text(HelpdeskName::TicketType, "Incident"), Present),
        (text(HelpdeskName::TicketType, "pedido"), Absent),
        (text(HelpdeskName::Tag, "boleto"), NotAsked),
        (open("assunto"), Present),
        (field("assunto", "segunda via"), Present),
        (field("assunto", "terceira via"), ValueRefused),
        (field("15", "boleto_2a_via"), Present),
        (field("15", "segunda via"), ValueRefused),
        (field("16", "true"), Present),
        (open("444"), Absent),
        (open("Antigo"), Absent),
        (HelpdeskName::Priority(Priority::Urgent), Present),
    ];
    check("zendesk", &account.url, &table).await;
    // Each list once: nobody waits for one a second time.
    let asked = account.calls().iter().filter(|call| call.line().ends_with("groups/assignable")).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn intercom_has_teams_admins_and_attributes() {
    let workspace = intercom::routing::workspace(&[]);
    let table = [
        (queue("cobranca"), Present),
        (queue("31"), Present),
        (queue("99"), Absent),
        (agent("ana@desk.test.invalid"), Present),
        (agent("Bia"), Absent),
        (open("contrato"), Present),
        (open("Fechado"), Absent),
        (open("Pedidos"), Present),
        (field("Pedidos", "doze"), ValueRefused),
        (HelpdeskName::Brand("Loja".to_owned()), NoPlace),
        (HelpdeskName::Tag("boleto".to_owned()), NotAsked),
        (HelpdeskName::Priority(Priority::High), Present),
    ];
    check("intercom", &workspace.url, &table).await;
    assert!(workspace.calls().iter().all(|call| call.method == "GET"), "a check changes nothing");
}

#[tokio::test]
async fn chatwoot_has_teams_agents_and_attributes() {
    let account = chatwoot::routing::account(&[]);
    let table = [
        (queue("COBRANÇA"), Present),
        (queue("4"), Present),
        (queue("5"), Absent),
        (agent("ana souza"), Present),
        (agent("Bia"), Absent),
        (open("plano do cliente"), Present),
        (field("plano", "bronze"), ValueRefused),
        (open("Contrato"), Absent),
        (HelpdeskName::Form("Padrão".to_owned()), NoPlace),
        (HelpdeskName::Tag("boleto".to_owned()), NotAsked),
    ];
    check("chatwoot", &account.url, &table).await;
    assert!(account.calls().iter().all(|call| call.method == "GET"), "a check changes nothing");
}

#[tokio::test]
async fn request_tracker_has_queues() {
    let tracker = request_tracker::routing::serving("agent.ana", json!([]));
    let table = [
        (queue("financeiro"), Present),
        (queue("7"), Present),
        (queue("8"), Absent),
        (queue("Marte"), Absent),
        (agent("ana"), NotAsked),
        (open("Contrato"), NotAsked),
        (HelpdeskName::Tag("boleto".to_owned()), NoPlace),
        (HelpdeskName::Brand("Loja".to_owned()), NoPlace),
    ];
    check("request-tracker", &format!("{}/rt/", tracker.url), &table).await;
}

#[tokio::test]
async fn omnize_has_departments() {
    let server = Server::serving(omnize::routing::omnize);
    let table = [
        (queue("financeiro"), Present),
        (queue("7001"), Present),
        (queue("7002"), Absent),
        (queue("Marte"), Absent),
        (agent("ana"), NoPlace),
        (open("Contrato"), NotAsked),
        (HelpdeskName::Priority(Priority::High), NoPlace),
    ];
    check("omnize", &server.url, &table).await;
}

#[tokio::test]
async fn a_helpdesk_that_fails_or_refuses_is_no_name_that_is_not_there() {
    let asked: Vec<&str> =
        NAMES.iter().copied().filter(|name| route_names(name, "http://127.0.0.1:1").is_some()).collect();
    assert_eq!(asked, ["zendesk", "intercom", "request-tracker", "chatwoot", "omnize"]);
    for name in asked {
        for (status, refused) in [(500, false), (403, true)] {
            let server = Server::serving(move |_| (status, json!({})));
            let names = route_names(name, &server.url).unwrap();
            for named in [queue("Cobrança"), queue("77")] {
                let failure = names.find_name(&named).await.unwrap_err();
                let is_refused = matches!(failure, Failure::Unauthorized { .. });
                assert!(is_refused == refused && failure != Failure::Gone, "{name} {status}: {failure:?}");
            }
        }
    }
}

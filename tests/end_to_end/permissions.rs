//! Each function may do what it does, and nothing else: what the roles of the built template allow against what the functions asked
//! for in whole conversations.
//!
//! Three stacks, since the template has conditions: the REST channel beside a helpdesk that calls back, one that answers in the call,
//! and one that is swept.

use std::collections::{BTreeMap, BTreeSet};

use axum::{Json, Router, extract::Request};
use ponte::{
    queue::{Destination, Job, QueueUrls, SqsQueue},
    relay::ports::{Cursors, Queue},
    store::DynamoStore,
};
use ponte_simulator::{
    Agent, Content, Endpoint, FaultAction, FaultLimit, Place, Profile, Simulator,
    demo::{play_assistant, play_site},
    samples,
    stack::{self, Stack},
};
use serde_json::{Value, json};

use super::{
    Deployed, PATIENCE,
    console::{self, Issuer},
    deployed_as, eventually,
    recorder::{Call, Recorder},
};
use crate::template::{Permission, Template};

const MEGABYTE: usize = 1024 * 1024;
/// Above 5 MB a copy is an upload in parts; above this it is given up.
const MAX_FILE_MEGABYTES: &str = "10";
/// Who may say what stands in the bucket: the names of objects are made at run time, below this.
const OBJECTS: &str = "FileBucket/media/*";
const REST: (&str, &str) = ("RestChannelToken", ponte_simulator::REST_CHANNEL_TOKEN);
const ROUTER: (&str, &str) = ("BlipRouterKey", "a-key-of-the-router");
const AVAILABILITY: (&str, &str) = ("AvailabilityToken", "a-token-for-the-availability");

/// What was asked for in a stack, and what its roles allow.
struct Compared {
    asked: BTreeSet<Permission>,
    allowed: BTreeSet<Permission>,
    by_aws: BTreeSet<Permission>,
}

impl Compared {
    fn of(recorder: &Recorder, parameters: &[(&str, &str)]) -> Self {
        let template = Template::built(parameters);
        let environments = recorder.environments();
        let functions: BTreeMap<String, _> =
            environments.iter().map(|one| (one["AWS_LAMBDA_FUNCTION_NAME"].clone(), template.resolved(one))).collect();
        // Whoever finds the stack by its name has variables for nothing in it.
        let mut others = template.given_names("ponte");
        for (_, resources) in functions.values() {
            others.extend(resources.iter().map(|(value, name)| (value.clone(), name.clone())));
        }
        let asked = recorder.calls().into_iter().map(|Call { function, action, resource }| {
            let (function, own) = &functions[&function];
            let queue = resource.rsplit('/').next().filter(|_| action.starts_with("sqs:")).unwrap_or_default();
            let found = |name: &str| own.get(name).or_else(|| others.get(name)).or_else(|| others.get(queue)).cloned();
            let within = resource.split_once('/').filter(|_| !action.starts_with("sqs:"));
            let resource = match within {
                Some((bucket, key)) if key.starts_with("media/") => format!("{}/media/*", own[bucket]),
                Some((table, index)) if index.starts_with("index/") => format!("{}/{index}", found(table).unwrap()),
                // What is not deployed, and what nothing names, stand as they are.
                _ => found(&resource).unwrap_or_else(|| resource.replace("/ponte/ponte/", "/ponte/${AWS::StackName}/")),
            };
            Permission { function: function.clone(), action, resource }
        });
        Self { asked: asked.collect(), allowed: template.permissions(), by_aws: template.done_by_aws() }
    }

    fn and(mut self, other: Self) -> Self {
        self.asked.extend(other.asked);
        self.allowed.extend(other.allowed);
        self.by_aws.extend(other.by_aws);
        self
    }

    /// Asked for and not allowed; and allowed, and asked for by nobody.
    fn differences(&self) -> (Vec<&Permission>, Vec<&Permission>) {
        let missing = self.asked.iter().chain(&self.by_aws).filter(|one| !self.allowed.contains(one));
        let spare = self.allowed.iter().filter(|one| !self.asked.contains(one) && !self.by_aws.contains(one));
        (missing.collect(), spare.collect())
    }
}

/// Deploys a stack whose functions are recorded, and compares.
async fn recorded(
    name: &str,
    conditions: &[(&str, &str)],
    parameters: impl FnOnce(Stack, &Simulator) -> Stack,
    play: impl AsyncFnOnce(&Deployed),
) -> Compared {
    let recorder = Recorder::start().await;
    let with = |stack: Stack, simulator: &Simulator| parameters(stack.with_endpoint(recorder.url()), simulator);
    deployed_as(name, with, async |stack: Deployed| {
        recorder.connect(&stack.endpoint);
        play(&stack).await;
    })
    .await;
    Compared::of(&recorder, conditions)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_may_do_what_it_does_and_nothing_else() {
    let began = std::time::Instant::now();
    // Who is not answered for a while goes back to the bot at the clock's next look.
    let rules = json!({
        "version": 1, "agent_identity": stack::ATTENDANT, "night": "none",
        "silence": { "unanswered": { "hand_back_after": "75s", "count": "clock" } },
    });
    let issuer = Issuer::start().await;
    let rest = |stack: Stack, _: &Simulator| {
        let stack =
            issuer.parameters(stack.with_rest_channel()).with(AVAILABILITY.0, AVAILABILITY.1).with(ROUTER.0, ROUTER.1);
        stack.with("MaxFileMegabytes", MAX_FILE_MEGABYTES).with_rules(rules)
    };
    let parameters = [&[REST, AVAILABILITY, ROUTER][..], &console::PARAMETERS].concat();
    let play = async |stack: &Deployed| Box::pin(conversations(stack, &issuer)).await;
    let both_ways = Box::pin(recorded("permissions", &parameters, rest, play)).await;
    let assistant = |stack: Stack, simulator: &Simulator| stack.with_assistant(simulator);
    let answered = recorded("permissions-answers", &[("Helpdesk", "helper")], assistant, async |stack: &Deployed| {
        let played = play_assistant(&stack.simulator, PATIENCE).await;
        assert!(played.is_ok(), "{played:?}");
    })
    .await;
    let swept = swept().await;
    for (name, one) in [("both ways", &both_ways), ("answers", &answered), ("sweeps", &swept)] {
        assert_eq!(one.differences().0, Vec::<&Permission>::new(), "{name}: asked for, and not allowed");
    }
    let mut all = both_ways.and(answered).and(swept);
    for Permission { function, action, resource } in &all.asked {
        println!("{function} {action} {resource}");
    }
    let (missing, spare) = all.differences();
    assert_eq!((missing, spare), (vec![], vec![]), "missing, and to spare");
    println!(
        "{} permissions, {} of them used by AWS itself, {} s",
        all.allowed.len(),
        all.by_aws.len(),
        began.elapsed().as_secs()
    );

    // A role that could do a little more, or a little less, is found out.
    for one in all.asked.clone() {
        all.allowed.remove(&one);
        assert_eq!(all.differences(), (vec![&one], vec![]));
        all.allowed.insert(one.clone());
        let more = Permission { action: "dynamodb:DeleteTable".to_owned(), ..one };
        all.allowed.insert(more.clone());
        assert_eq!(all.differences(), (vec![], vec![&more]));
        all.allowed.remove(&more);
    }
}

/// Whole conversations of all three ways, with all that can go wrong in the middle of one.
async fn conversations(stack: &Deployed, issuer: &Issuer) {
    let simulator = &stack.simulator;
    poison(stack).await;
    a_bot_asks(stack).await;
    let ze = simulator.customer(Profile::whatsapp("José Prado", "5531999990002"));
    ze.hand_over(None);
    ze.says("tem alguém aí?");
    simulator.helpdesk.wait_ticket_of(&ze).await.unwrap();
    let [url, host] = stack.rest.clone();
    let endpoint = Endpoint { url, host: Some(host) };
    let site = play_site(simulator, &endpoint, PATIENCE);
    let (site, (), ()) = tokio::join!(site, router(stack), console::visits(stack, issuer));
    assert!(site.is_ok(), "{site:?}");
    let joao = simulator.desk_customer(Profile::blip_chat("João Araújo"));
    joao.opens_ticket("Quero falar com uma pessoa");
    let ticket = simulator.helpdesk.wait_ticket_of(&joao).await.unwrap();
    joao.wait_status("Open", PATIENCE).await.unwrap();
    simulator.helpdesk.says(&ticket, "Até logo").unwrap();
    simulator.helpdesk.closes(&ticket, None);
    joao.wait_status("ClosedAttendant", PATIENCE).await.unwrap();
    ze.wait_place(&Place::MainBot, PATIENCE).await.unwrap();
    let told = ze.sees().iter().any(|seen| seen.content.to_string().contains("Não conseguimos ninguém agora"));
    assert!(told, "the clock ran, and the customer knows why");
}

/// A bot asks whether somebody is there. It is always open, so that the waits are read and the helpdesk is asked, where nobody is online.
async fn a_bot_asks(stack: &Deployed) {
    stack.simulator.helpdesk.goes_home();
    let [url, host] = &stack.availability;
    let http = ponte::http::client("").unwrap();
    let ask = http.get(url).header("host", host).header("authorization", format!("Key {}", AVAILABILITY.1));
    let answer = ask.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = "Não há ninguém disponível no momento. A resposta pode demorar.";
    let expected = json!({ "queue": null, "open": true, "staffed": false, "text": text });
    assert_eq!(answer.json::<Value>().await.unwrap(), expected);
}

/// Through the router: files in parts, one that is given up in the middle, a failure of Blip and of the helpdesk, and links that are used.
async fn router(stack: &Deployed) {
    let simulator = &stack.simulator;
    // Of the answers that are tried again, 401 is the one after which nobody waits long; the first has the key fetched anew.
    let broken = |faults: &ponte_simulator::FaultPlan, on: &str| {
        faults.add(on, FaultAction::Status { code: 401, retry_after: None }, FaultLimit::Times(2));
    };
    let ana = simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
    ana.hand_over(None);
    ana.says("oi");
    let ticket = simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
    simulator.helpdesk.assigns(&ticket, &Agent::new("bia", "Beatriz Souza"));
    let hello = simulator.helpdesk.says(&ticket, "Bom dia!").unwrap();
    simulator.arrives(&hello, PATIENCE).await.unwrap();
    // A message that is tried again looks for the copy that it made before.
    broken(simulator.helpdesk.faults(), &format!("message.created {ticket}"));
    let tunnel = ana.tunnel();
    broken(simulator.blip.faults(), &format!("media-link+json {tunnel}"));
    let theirs = ana.sends_file("festa.mp4", "video/mp4", samples::mp4(11 * MEGABYTE / 2), "A festa");
    let ours = simulator.helpdesk.says_file(&ticket, "manual.mp4", "video/mp4", samples::mp4(11 * MEGABYTE / 2), None);
    for label in [theirs, ours.unwrap()] {
        simulator.arrives(&label, PATIENCE).await.unwrap();
    }
    let differences = simulator.file_differences().await;
    assert!(differences.is_empty(), "{differences:?}");
    // It is too large, which shows only after some parts were stored.
    let endless = format!("{}/hostile/endless", simulator.blip_url());
    let content = json!({ "type": "image/png", "uri": endless, "title": "foto.png" });
    ana.sends("application/vnd.lime.media-link+json", &content, None);
    let content = json!({ "type": "file", "url": endless });
    let content = serde_json::from_value::<Content>(content).unwrap();
    let theirs = simulator.helpdesk.says(&ticket, content).unwrap();
    eventually("the agent is told", || simulator.ledger().message(&theirs)?.refused.clone()).await;
    eventually("the customer is told", || {
        ana.sees().iter().any(|seen| seen.content.to_string().contains("não foi entregue")).then_some(())
    })
    .await;
    broken(simulator.blip.faults(), "redirect");
    simulator.helpdesk.closes(&ticket, None);
    ana.wait_place(&Place::MainBot, PATIENCE).await.unwrap();
}

/// What no release can read, in each of the three queues: it is parked.
async fn poison(stack: &Deployed) {
    let config = ponte_cli::endpoint(&stack.endpoint).await;
    let operator = ponte_cli::Stack::open(&config, "ponte").await.unwrap();
    let sqs = aws_sdk_sqs::Client::new(&config);
    for pair in operator.queues(None) {
        let urls = QueueUrls { to_helpdesk: pair.main.clone(), ..QueueUrls::default() };
        let job = Job {
            destination: Destination::ToHelpdesk,
            group: "poison".to_owned(),
            deduplication: "poison".to_owned(),
            body: r#"{"v":9}"#.to_owned(),
        };
        SqsQueue::new(sqs.clone(), urls, operator.key.clone()).send(&job).await.unwrap();
    }
    let parked = async || ponte_cli::parked::count(&operator, None).await.unwrap();
    let waited = tokio::time::timeout(PATIENCE, async {
        while parked().await < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    waited.await.expect("all three are parked");
}

/// A Chatwoot with one answer that no webhook told.
async fn swept() -> Compared {
    const PARAMETERS: [(&str, &str); 2] = [("Helpdesk", "chatwoot"), REST];
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(async |request: Request| Json(chatwoot(request.uri())));
    let far = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let with = |stack: Stack, _: &Simulator| {
        let stack = stack.with_rest_channel().with("Helpdesk", "chatwoot").with("HelpdeskUrl", &url);
        stack.with("HelpdeskCredentials", "the-token").with("HelpdeskSettings", r#"{"account":3,"inbox":9}"#)
    };
    let compared = recorded("permissions-sweeps", &PARAMETERS, with, async |stack: &Deployed| {
        let config = ponte_cli::endpoint(&stack.endpoint).await;
        let operator = ponte_cli::Stack::open(&config, "ponte").await.unwrap();
        let dynamo = aws_sdk_dynamodb::Client::new(&config);
        let cursors = DynamoStore::new(dynamo, stack.table.clone(), "chatwoot".to_owned(), operator.key.clone());
        cursors.store_cursor("900:900").await.unwrap();
        let waited = tokio::time::timeout(PATIENCE, async {
            while cursors.cursor().await.unwrap().as_deref() == Some("900:900") {
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
        });
        waited.await.expect("the sweep runs every minute");
    })
    .await;
    far.abort();
    compared
}

fn chatwoot(uri: &axum::http::Uri) -> Value {
    const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";
    let first = !uri.query().unwrap_or_default().split('&').any(|part| part.starts_with("before=") || part == "page=2");
    let conversation = json!({
        "id": 118, "status": "open", "last_activity_at": 1500, "custom_attributes": { "ponte": OPENING },
    });
    let message = json!({
        "id": 5, "content": "Bom dia!", "message_type": 1, "private": false, "source_id": null, "created_at": 1500,
        "sender": { "id": 4, "type": "user", "name": "Ana Agente", "available_name": "Ana" },
    });
    let list = |one: Value| if first { json!([one]) } else { json!([]) };
    match uri.path().rsplit('/').next() {
        Some("conversations") => json!({ "data": { "meta": {}, "payload": list(conversation) } }),
        Some("messages") => json!({ "meta": {}, "payload": list(message) }),
        _ => json!({}),
    }
}

#[test]
fn each_function_has_a_role_of_its_own_and_no_permission_has_a_wildcard() {
    for helpdesk in ["webhook", "helper", "chatwoot"] {
        let parameters = [&[("Helpdesk", helpdesk), REST, AVAILABILITY, ROUTER][..], &console::PARAMETERS].concat();
        let template = Template::built(&parameters);
        let mut roles: Vec<String> = template.roles().into_iter().map(|(_, role)| role).collect();
        roles.sort();
        assert_eq!(roles, template.all_roles(), "a function without a role of its own, or a role without a function");
        for Permission { function, action, resource } in template.permissions() {
            assert!(!action.contains('*'), "{function}: {action}");
            // CloudWatch knows no resource for this action.
            let any = action == "cloudwatch:GetMetricData";
            assert!(!resource.contains('*') || resource == OBJECTS || any, "{function}: {resource}");
        }
    }
}

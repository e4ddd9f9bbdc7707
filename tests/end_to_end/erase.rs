//! A customer who asks what is held, and then to be erased: nothing is left in table, queues and bucket, as the AWS SDK reads them
//! raw, and everybody else goes on.

use std::{fs, path::Path, time::Duration};

use ponte::{
    message::{ConversationId, SourceId, TicketId},
    queue::{Job, QueueUrls, SqsQueue, ToCustomerJob, VERSION},
    relay::ports::{Clock as _, Queue},
};
use ponte_cli::{
    Place, Stack,
    conversations::{self, Selector, StateName},
    customer::{self, Erasing, Plan},
    parked::Detail,
};
use ponte_simulator::{Agent, Customer, Profile, REST_CHANNEL_TOKEN, samples, stack};
use serde_json::{Value, json};

use super::{Deployed, PATIENCE, deployed_as, eventually, pause::event_source, poison::job};

/// How long messages are waited for that a worker holds.
const HELD: Duration = Duration::from_mins(1);

/// All bytes of the stack that could be anybody's.
struct Raw(Vec<(String, Vec<u8>)>);

impl Raw {
    /// Reads the whole table, all six queues and the whole bucket.
    async fn read(stack: &Deployed, operator: &Stack) -> Self {
        let config = ponte_cli::endpoint(&stack.endpoint).await;
        let mut all = Vec::new();
        let dynamo = aws_sdk_dynamodb::Client::new(&config);
        let mut pages = dynamo.scan().table_name(&stack.table).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            for item in page.unwrap().items() {
                all.push(("table".to_owned(), format!("{item:?}").into_bytes()));
            }
        }
        let sqs = aws_sdk_sqs::Client::new(&config);
        for queue in operator.queues(None) {
            for place in [Place::Parked, Place::Waiting] {
                // What is handed out is given back: while it is held, the next of its group are not.
                let receive = sqs.receive_message().queue_url(queue.url(place)).max_number_of_messages(10);
                let receive = receive.visibility_timeout(20).message_attribute_names("All").wait_time_seconds(1);
                let receive =
                    receive.message_system_attribute_names(aws_sdk_sqs::types::MessageSystemAttributeName::All);
                let mut held = Vec::new();
                loop {
                    let received = receive.clone().send().await.unwrap().messages.unwrap_or_default();
                    if received.is_empty() {
                        break;
                    }
                    for message in received {
                        all.push((format!("{} {place:?}", queue.name), format!("{message:?}").into_bytes()));
                        held.push(message.receipt_handle.unwrap());
                    }
                }
                for receipt in held {
                    let back = sqs.change_message_visibility().queue_url(queue.url(place)).receipt_handle(receipt);
                    back.visibility_timeout(0).send().await.unwrap();
                }
            }
        }
        let s3 = ponte::media::s3_client(&config);
        let listed = s3.list_objects_v2().bucket(&stack.bucket).send().await.unwrap();
        for object in listed.contents() {
            let key = object.key().unwrap();
            let found = s3.get_object().bucket(&stack.bucket).key(key).send().await.unwrap();
            let words = format!("{key} {:?} {:?}", found.metadata(), found.content_disposition());
            all.push(("bucket".to_owned(), words.into_bytes()));
            all.push(("bucket".to_owned(), found.body.collect().await.unwrap().into_bytes().to_vec()));
        }
        Self(all)
    }

    /// Where a byte string stands.
    fn places_of(&self, needle: &[u8]) -> Vec<&str> {
        let found = self.0.iter().filter(|(_, bytes)| bytes.windows(needle.len()).any(|window| window == needle));
        found.map(|(place, _)| place.as_str()).collect()
    }
}

/// A customer who talks with an agent, texts and files both ways.
struct Talk {
    customer: Customer,
    ticket: String,
    conversation: ConversationId,
    files: [Vec<u8>; 2],
}

async fn talk(stack: &Deployed, operator: &Stack, name: &str, phone: &str, size: usize) -> Talk {
    let simulator = &stack.simulator;
    let customer = simulator.customer(Profile::whatsapp(name, phone));
    customer.hand_over(None);
    customer.says(format!("bom dia, sou {name}"));
    let ticket = simulator.helpdesk.wait_ticket_of(&customer).await.unwrap();
    simulator.helpdesk.assigns(&ticket, &Agent::new(&format!("agent-{phone}"), &format!("Atendente de {name}")));
    simulator.helpdesk.says(&ticket, format!("olá, {name}")).unwrap();
    let files = [samples::jpeg(size), samples::pdf(size + 1)];
    customer.sends_file(format!("foto de {name}.jpg").as_str(), "image/jpeg", files[0].clone(), None);
    let theirs = format!("contrato de {name}.pdf");
    simulator.helpdesk.says_file(&ticket, theirs.as_str(), "application/pdf", files[1].clone(), None).unwrap();
    stack.settled().await;
    let whom = Selector::parse(&customer.tunnel()).unwrap();
    let view = conversations::show(operator, &whom, Detail::Redacted).await.unwrap();
    Talk { customer, ticket, conversation: view.conversation, files }
}

impl Talk {
    async fn state(&self, operator: &Stack) -> StateName {
        conversations::show(operator, &Selector::Conversation(self.conversation.clone()), Detail::Redacted)
            .await
            .unwrap()
            .state
    }

    async fn closed(&self, stack: &Deployed, operator: &Stack) {
        stack.simulator.helpdesk.closes(&self.ticket, None);
        stack.simulator.helpdesk.wait_ended(&self.ticket, PATIENCE).await.unwrap();
        while self.state(operator).await != StateName::Closed {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// What the bridge knows of this customer, as it would stand in table, queues and bucket.
    fn needles(&self, name: &str, phone: &str) -> Vec<Vec<u8>> {
        let key = self.conversation.conversation();
        let texts =
            [name, phone, &self.customer.tunnel(), key.as_str(), self.conversation.as_str(), &quoted(&self.ticket)];
        let texts = texts.iter().map(|text| text.as_bytes().to_vec());
        // From the middle: the beginnings of files of one kind are alike.
        let files = self.files.iter().map(|file| file[file.len() / 2..][..64].to_vec());
        texts.chain(files).collect()
    }
}

/// As a ticket's name stands in an item.
fn quoted(ticket: &str) -> String {
    format!("\"{ticket}\"")
}

async fn planned(operator: &Stack, opening: &ConversationId) -> Plan {
    customer::plan(operator, &opening.conversation()).await.unwrap()
}

const NORMALLY: Erasing = Erasing { force: false, wait: HELD, contact: None };
const MARIA: [&str; 2] = ["Maria Aparecida", "5531999990001"];
const JOAO: [&str; 2] = ["João Batista", "5531988880002"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_customer_who_is_erased_and_everybody_else_goes_on() {
    let rest = |stack: stack::Stack, _: &_| stack.with_rest_channel();
    let played = deployed_as("erase", rest, |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let config = ponte_cli::endpoint(&stack.endpoint).await;
        let operator = Stack::open(&config, "ponte").await.unwrap();
        let maria = talk(&stack, &operator, MARIA[0], MARIA[1], 90_000).await;
        let joao = talk(&stack, &operator, JOAO[0], JOAO[1], 70_000).await;

        // An open conversation is not erased: somebody would go on writing to nobody.
        let open = planned(&operator, &joao.conversation).await;
        assert_eq!(open.counts, customer::Counts { items: 2, files: 2, messages: 0 });
        let refused = customer::erase(&operator, &open, &NORMALLY).await.unwrap_err();
        assert!(refused.code() == 4 && refused.to_string().contains(joao.conversation.as_str()), "{refused}");

        maria.closed(&stack, &operator).await;
        let kept = left_in_the_queues(&operator, &aws_sdk_sqs::Client::new(&config), &stack, &maria, &joao).await;
        let before = Raw::read(&stack, &operator).await;
        let needles = maria.needles(MARIA[0], MARIA[1]);
        for needle in needles.iter().chain(&kept) {
            let words = String::from_utf8_lossy(needle);
            assert!(!before.places_of(needle).is_empty(), "the test would prove nothing: no {words}");
        }

        exported(&operator, &maria).await;
        let erased =
            customer::erase(&operator, &planned(&operator, &maria.conversation).await, &NORMALLY).await.unwrap();
        assert_eq!(erased.left, [""; 0]);
        assert_eq!(erased.counts, customer::Counts { items: 2, files: 2, messages: 3 });
        assert!(erased.not_reached[0].contains("point-in-time"), "{erased:?}");
        let after = Raw::read(&stack, &operator).await;
        for needle in needles.iter().chain(&kept) {
            assert_eq!(after.places_of(needle), [""; 0], "{}", String::from_utf8_lossy(needle));
        }
        // João is whole: items, files, a parked message and a waiting one.
        let his = planned(&operator, &joao.conversation).await;
        assert_eq!(his.counts, customer::Counts { items: 2, files: 2, messages: 2 });
        for needle in joao.needles(JOAO[0], JOAO[1]) {
            assert!(!after.places_of(&needle).is_empty(), "{}", String::from_utf8_lossy(&needle));
        }
        // Once more has nothing to do.
        let again =
            customer::erase(&operator, &planned(&operator, &maria.conversation).await, &NORMALLY).await.unwrap();
        assert!(again.counts.is_nothing() && again.left.is_empty(), "{again:?}");

        event_source(&stack, "to-helpdesk", true).await;
        joao.customer.says("e continuo a falar");
        simulator.helpdesk.says(&joao.ticket, "e eu a responder").unwrap();
        maria.customer.hand_over(None);
        maria.customer.says("voltei, sem passado");
        let ticket = simulator.helpdesk.wait_ticket_of(&maria.customer).await.unwrap();
        assert_ne!(ticket, maria.ticket, "a new conversation");
        simulator.helpdesk.says(&ticket, "bem-vinda").unwrap();
        stack.settled().await;
        assert_ne!(planned(&operator, &maria.conversation).await.conversation.unwrap().0, maria.conversation);

        what_a_site_did_not_fetch_is_erased(&stack, &operator).await;
    });
    Box::pin(played).await;
}

/// Puts messages of both into the queues: parked ones, and one of each that waits, since its worker is stopped. What of Maria's is
/// in them.
async fn left_in_the_queues(
    operator: &Stack,
    sqs: &aws_sdk_sqs::Client,
    stack: &Deployed,
    maria: &Talk,
    joao: &Talk,
) -> Vec<Vec<u8>> {
    event_source(stack, "to-helpdesk", false).await;
    let queue = |place| {
        let [to_helpdesk, to_blip, close_ticket] =
            operator.queues(None).map(|pair| pair.url(place).to_owned()).collect::<Vec<_>>().try_into().unwrap();
        let urls = QueueUrls { to_helpdesk, to_blip, close_ticket, ..QueueUrls::default() };
        SqsQueue::new(sqs.clone(), urls, operator.key.clone())
    };
    let said = |whose: &Talk, id: &str, text: &str| job(operator, &whose.customer.tunnel(), id, text);
    let agents = |whose: &Talk, text: &str| -> Job {
        let event = json!({ "id": "a1", "event": "message", "contents": [{ "type": "text", "text": text }] });
        let job = ToCustomerJob {
            v: VERSION,
            replayed: false,
            polled: false,
            received_at: ponte::clock::SystemClock.now(),
            ticket: TicketId::new(whose.ticket.clone()),
            opening: None,
            events: vec![serde_json::from_value(event).unwrap()],
        };
        job.addressed("webhook", &operator.key)
    };
    queue(Place::Parked).send(&said(maria, "parked", "guardada, Maria Aparecida, 5531999990001")).await.unwrap();
    queue(Place::Parked).send(&agents(maria, "palavra de agente guardada")).await.unwrap();
    queue(Place::Parked).send(&agents(joao, "palavra de agente a João Batista")).await.unwrap();
    queue(Place::Waiting).send(&said(maria, "waiting", "à espera na fila")).await.unwrap();
    joao.customer.says("João Batista, 5531988880002, também espera");
    let waited = tokio::time::timeout(PATIENCE, async {
        while planned(operator, &joao.conversation).await.counts.messages < 2 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    waited.await.expect("João's words wait, and the agent's to him are parked");
    let parked = [SourceId::new("parked"), SourceId::new("waiting")].map(|id| format!("\"id\":\"{}\"", id.as_str()));
    let words = ["palavra de agente guardada", "à espera na fila"].map(str::to_owned);
    // As a body stands in the debug form of a message.
    parked.map(|id| id.replace('"', "\\\"")).into_iter().chain(words).map(String::into_bytes).collect()
}

/// The export holds all of it, the files byte for byte.
async fn exported(operator: &Stack, maria: &Talk) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("erase-export");
    let _ = fs::remove_dir_all(&folder);
    let exported = customer::export(operator, &maria.conversation.conversation(), &folder).await.unwrap();
    assert_eq!((exported.unseen.len(), exported.counts.files, exported.counts.messages), (0, 2, 3));
    let document: Value = serde_json::from_slice(&fs::read(folder.join("customer.json")).unwrap()).unwrap();
    let items = document["items"].as_array().unwrap();
    let conversation = items.iter().find(|item| item["state"] == "closed").unwrap();
    assert!(conversation["address"].as_str().unwrap().starts_with(&maria.customer.tunnel()), "{conversation}");
    assert_eq!(conversation["agent"], "Atendente de Maria Aparecida");
    assert!(items.iter().any(|item| item["pk"].as_str().unwrap().starts_with("ticket#")));
    let bodies: Vec<String> =
        document["messages"].as_array().unwrap().iter().map(|message| message["body"].to_string()).collect();
    for words in ["guardada, Maria Aparecida, 5531999990001", "palavra de agente guardada", "à espera na fila"] {
        assert!(bodies.iter().any(|body| body.contains(words)), "{words} in {bodies:?}");
    }
    let files = document["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for (bytes, mime) in maria.files.iter().zip(["image/jpeg", "application/pdf"]) {
        let stored = files.iter().find(|file| file["type"] == mime).unwrap();
        let written = fs::read(folder.join(stored["file"].as_str().unwrap())).unwrap();
        assert!(written == *bytes && stored["bytes"] == json!(bytes.len()), "{stored}");
        assert!(stored["name"].as_str().unwrap().contains("Maria Aparecida"), "{stored}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// What waits for a sender of the REST channel is words in the table.
async fn what_a_site_did_not_fetch_is_erased(stack: &Deployed, operator: &Stack) {
    let [url, host] = &stack.rest;
    let http = ponte::http::client("").unwrap();
    let body = json!({ "sender": "visitante 7", "message": "oi do site", "message_id": "s1" });
    let post = http.post(format!("{url}?token={REST_CHANNEL_TOKEN}")).header("host", host).json(&body);
    assert_eq!(post.send().await.unwrap().status(), 200);
    let desk = &stack.simulator.helpdesk;
    let find = || desk.conversations().into_iter().find(|one| one.started["customer"]["name"] == "visitante 7");
    let ticket = eventually("the site's conversation", find).await.ticket;
    // However many items they are.
    for number in 1..=30 {
        desk.says(&ticket, format!("o segredo {number} de 30")).unwrap();
    }
    let key = Selector::of_sender("visitante 7").unwrap().key(&operator.key).unwrap();
    let needles = ["o segredo 30 de 30", key.as_str(), "o segredo 1 de 30"];
    let waited = tokio::time::timeout(PATIENCE, async {
        while Raw::read(stack, operator).await.places_of(needles[0].as_bytes()).is_empty() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    waited.await.expect("the agent's words wait in the outbox");
    let plan = customer::plan(operator, &key).await.unwrap();
    let raw = Raw::read(stack, operator).await;
    let held = raw.places_of(key.as_str().as_bytes()).into_iter().filter(|place| *place == "table").count();
    // The conversation, the way back, the head, and each message with its id.
    assert!(held >= 3 + 2 * 30, "{held}");
    assert_eq!(plan.counts.items, u64::try_from(held).unwrap(), "{plan:?}");
    let force = Erasing { force: true, ..NORMALLY };
    let erased = customer::erase(operator, &plan, &force).await.unwrap();
    assert_eq!(erased.left, [""; 0]);
    let raw = Raw::read(stack, operator).await;
    for needle in needles {
        assert_eq!(raw.places_of(needle.as_bytes()), [""; 0], "{needle}");
    }
}

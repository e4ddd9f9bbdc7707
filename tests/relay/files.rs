//! Files on their way: copied ahead of everything else, and told of when they are lost.

use ponte::{
    message::{AgentEvent, AgentEventKind, Content, SourceId},
    relay::ports::NotDelivered,
};
use serde_json::{Value, json};

use super::{
    helpdesk::Told,
    world::{ROUTER, World, says, words},
};

pub(super) fn media(id: &str, uri: &str, caption: Option<&str>) -> Value {
    let content = json!({ "type": "image/jpeg", "uri": uri, "title": "foto.jpg", "text": caption, "size": 9 });
    json!({ "id": id, "from": ROUTER, "type": "application/vnd.lime.media-link+json", "content": content })
}

fn shows(id: &str, url: &str, caption: Option<&str>) -> AgentEvent {
    let file = Content::File {
        url: url.into(),
        name: Some("boleto.pdf".into()),
        mime: None,
        size: None,
        caption: caption.map(str::to_owned),
    };
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Message { contents: vec![file], agent: None } }
}

/// What the agent was shown of files and texts, each in a word.
fn seen(world: &World) -> Vec<String> {
    let told = world.told();
    let said = told.iter().filter_map(|told| match told {
        Told::Said { content: Content::File { url, caption, .. }, .. } => {
            let ours = url.starts_with("https://api.example.com/media/");
            Some(format!("{} {}", if ours { "copy" } else { url }, caption.as_deref().unwrap_or("-")))
        }
        Told::Said { content: Content::Text { text }, .. } => Some(text.clone()),
        _ => None,
    });
    said.collect()
}

#[tokio::test]
async fn files_are_copied_before_the_runs_first_effect() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    // The helpdesk is away: the words before them wait, and the files are safe all the same.
    world.helpdesk.faults.next([ponte::relay::Failure::later("away")]);
    let mut records = Vec::new();
    for envelope in [words(ROUTER, "1", "veja"), media("2", "https://m/a", Some("a")), media("3", "https://m/b", None)]
    {
        records.push(world.customer_record(&envelope, 1).await);
    }
    assert_eq!(world.to_helpdesk(records.clone()).await.len(), 3);
    assert_eq!(*world.files.copied.lock().unwrap(), ["https://m/a", "https://m/b"]);
    for record in &mut records {
        record.attempts = 2;
    }
    assert!(world.to_helpdesk(records).await.is_empty());
    assert_eq!(world.files.copied.lock().unwrap().len(), 2, "a copy is made once");
    assert_eq!(seen(&world), ["oi", "veja", "copy a", "copy -"]);
}

#[tokio::test]
async fn an_expired_link_is_renewed_and_a_dead_one_is_told() {
    let world = World::new();
    let sent = [
        media("1", "https://m/a?expired", Some("a")),
        media("2", "https://m/b?dead", Some("b")),
        media("3", "https://m/c?large", None),
        media("4", "https://m/d?program", None),
        words(ROUTER, "5", "e agora?"),
    ];
    assert!(world.customer(&sent).await.is_empty());
    assert_eq!(
        seen(&world),
        [
            "copy a",
            "b\n[foto.jpg: O arquivo não foi entregue: não foi possível buscá-lo.]",
            "[foto.jpg: O arquivo não foi entregue: ele é maior que 25 MB.]",
            "[foto.jpg: O arquivo não foi entregue: por segurança, programas não são repassados.]",
            "e agora?",
        ]
    );
    let customer = [
        "O arquivo não foi entregue: não foi possível buscá-lo.",
        "O arquivo não foi entregue: ele é maior que 25 MB.",
        "O arquivo não foi entregue: por segurança, programas não são repassados.",
    ];
    assert_eq!(world.sent(), customer, "the customer is told of each");
    assert_eq!(world.notified(), ["consumed 1", "failed 101 2", "failed 101 3", "failed 101 4", "consumed 5"]);
    // The whole comes again: nobody is told twice.
    let mut again = Vec::new();
    for envelope in &sent {
        again.push(world.customer_record(envelope, 2).await);
    }
    assert!(world.to_helpdesk(again).await.is_empty());
    assert_eq!(world.sent().len(), 3);
}

#[tokio::test]
async fn the_customer_is_told_once_however_often_it_is_tried() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let record = world.customer_record(&media("1", "https://m/c?large", None), 1).await;
    // The customer is told, then the helpdesk does not answer.
    world.helpdesk.faults.next([ponte::relay::Failure::later("away")]);
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    assert!(world.to_helpdesk(vec![ponte::queue::Record { attempts: 2, ..record }]).await.is_empty());
    assert_eq!(world.sent(), ["O arquivo não foi entregue: ele é maior que 25 MB."]);
}

#[tokio::test]
async fn a_silent_host_holds_a_conversation_up_for_three_tries() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let record = world.customer_record(&media("1", "https://m/a?slow", Some("a")), 1).await;
    for attempts in [1, 2] {
        let record = ponte::queue::Record { attempts, ..record.clone() };
        assert_eq!(world.to_helpdesk(vec![record]).await.len(), 1, "try {attempts}");
    }
    assert!(world.to_helpdesk(vec![ponte::queue::Record { attempts: 3, ..record }]).await.is_empty());
    assert_eq!(seen(&world), ["oi", "a\n[foto.jpg: O arquivo não foi entregue: não foi possível buscá-lo.]"]);
}

#[tokio::test]
async fn a_file_that_is_given_up_is_not_asked_for_again() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let record = world.customer_record(&media("1", "https://m/a?slow", Some("a")), 1).await;
    let receive = |attempts| world.to_helpdesk(vec![ponte::queue::Record { attempts, ..record.clone() }]);
    for attempts in [1, 2] {
        assert_eq!(receive(attempts).await.len(), 1, "try {attempts}");
    }
    world.helpdesk.faults.next([ponte::relay::Failure::later("away"), ponte::relay::Failure::later("away")]);
    for attempts in [3, 4] {
        assert_eq!(receive(attempts).await.len(), 1, "try {attempts}");
    }
    assert!(receive(5).await.is_empty());
    assert_eq!(world.files.copied.lock().unwrap().len(), 3);
    assert_eq!(seen(&world), ["oi", "a\n[foto.jpg: O arquivo não foi entregue: não foi possível buscá-lo.]"]);
}

#[tokio::test]
async fn an_agents_file_is_a_copy_and_its_words_arrive_without_it() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let events = [
        shows("a", "https://h/boleto.pdf", Some("segue")),
        shows("b", "https://h/b?large", Some("e este")),
        shows("c", "https://h/c?dead", None),
        says("d", "pronto"),
    ];
    assert!(world.agent("T-1", events).await.is_empty());
    let sent = world.sent();
    assert!(sent[0].starts_with("segue\nboleto.pdf\nhttps://api.example.com/media/"), "{sent:?}");
    assert_eq!(sent[1..], ["e este", "pronto"]);
    let told: Vec<_> = world
        .told()
        .into_iter()
        .filter_map(|told| match told {
            Told::NotDelivered { message, reason: NotDelivered::File(problem), .. } => {
                Some((message.as_str().to_owned(), problem.code()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(told, [("b".to_owned(), "file_too_large"), ("c".to_owned(), "file_unavailable")]);
}

#[tokio::test]
async fn each_conversation_has_links_of_its_own() {
    let world = World::new();
    let other = |envelope: Value| {
        let mut envelope = envelope;
        envelope["from"] = json!("another@tunnel.msging.net");
        envelope
    };
    world.customer(&[media("1", "https://m/a", None)]).await;
    world.customer(&[other(media("1", "https://m/a", None))]).await;
    let told = world.told();
    let links: Vec<_> = told
        .iter()
        .filter_map(|told| match told {
            Told::Said { content: Content::File { url, .. }, .. } => Some(url.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(links.len(), 2);
    assert_ne!(links[0], links[1], "who has one link does not have the other");
}

//! The client of Blip's API against the simulated Blip: what the agent gets to know, and the commands of a ticket.

mod hours;
mod whereabouts;

use std::sync::Arc;

use ponte::{
    blip::BlipClient,
    clock::SystemClock,
    conversation::EntryPoint,
    lime::{Identity, Node},
    relay::{
        Failure,
        ports::{Author, CustomerDirectory, CustomerRef, DeskTickets, Transcripts},
    },
    secret::Secret,
};
use ponte_simulator::{Profile, Simulator, Turn, stack};

async fn blip() -> (Simulator, BlipClient) {
    let simulator = Simulator::start(stack::config()).await.unwrap();
    let key = simulator.config().blip_key.clone();
    let secret = Secret::new(key.clone(), Arc::new(key), Arc::new(SystemClock));
    let client = BlipClient::new(ponte::http::client("").unwrap(), &simulator.blip_url(), secret).unwrap();
    (simulator, client)
}

fn whom(address: &str, originator: Option<&str>) -> CustomerRef {
    let originator = originator.map(|id| Identity::parse(id).unwrap());
    CustomerRef { address: Node::parse(address).unwrap(), originator, router: None }
}

const TURNS: [Turn<'_>; 5] = [
    Turn::Customer("oi"),
    Turn::Bot("Olá! Sou o robô."),
    Turn::Customer("quero uma pessoa"),
    Turn::Agent("Aqui é o Caio, da semana passada."),
    Turn::Customer("obrigada"),
];

#[tokio::test]
async fn the_transcript_is_turned_round_and_tells_bot_customer_and_earlier_agents_apart() {
    let (simulator, client) = blip().await;
    let customer = simulator.customer(Profile::whatsapp("Ana", "5531999990001"));
    customer.talks_to_bot(&TURNS);
    // Without the originator the tunnel is asked who is behind it.
    let lines = client.transcript(&whom(&customer.tunnel(), None), 50).await.unwrap();
    let said: Vec<_> = lines.iter().map(|spoken| (spoken.line.author, spoken.line.text.as_str())).collect();
    let expected = [
        (Author::Customer, "oi"),
        (Author::Bot, "Olá! Sou o robô."),
        (Author::Customer, "quero uma pessoa"),
        (Author::Agent, "Aqui é o Caio, da semana passada."),
        (Author::Customer, "obrigada"),
    ];
    assert_eq!(said, expected);
    let last = client.transcript(&whom(&customer.tunnel(), None), 2).await.unwrap();
    assert_eq!(last.iter().map(|spoken| spoken.line.text.as_str()).collect::<Vec<_>>(), [expected[3].1, expected[4].1]);
}

#[tokio::test]
async fn the_profile_is_the_contacts_and_else_the_directorys() {
    let (simulator, client) = blip().await;
    let known = simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001").email("ana@example.com"));
    let profile = client.profile(&whom(&known.tunnel(), None)).await.unwrap();
    assert_eq!(profile.name.as_deref(), Some("Ana Lima"));
    assert_eq!(profile.email.as_deref(), Some("ana@example.com"));
    assert_eq!(profile.identity.unwrap().as_str(), "5531999990001@wa.gw.msging.net", "the customer behind the tunnel");

    let listed = simulator.customer(Profile::whatsapp("Rui Alves", "5531999990002").without_contact());
    let profile = client.profile(&whom(&listed.tunnel(), Some("5531999990002@wa.gw.msging.net"))).await.unwrap();
    assert_eq!((profile.name.as_deref(), profile.email), (Some("Rui Alves"), None), "no contact: the directory");

    let nobody = client.profile(&whom("5531900000000@wa.gw.msging.net", None)).await.unwrap();
    assert_eq!((nobody.name, nobody.phone), (None, None), "a name on a channel is never taken for a phone number");
}

#[tokio::test]
async fn a_ticket_is_opened_read_and_closed_and_each_twice_is_harmless() {
    let (simulator, client) = blip().await;
    let customer = simulator.desk_customer(Profile::messenger("João", "26247641447"));
    let (ticket, _) = customer.opens_ticket_and_types("oi", vec!["alguém?".into()]);
    assert!(matches!(
        EntryPoint::of(&Node::parse(&format!("{ticket}@desk.msging.net/Webhook")).unwrap()),
        EntryPoint::Desk { .. }
    ));
    for _ in 0..2 {
        client.open_ticket(&ticket, "agent%40example.com@blip.ai").await.unwrap();
    }
    assert_eq!(customer.status().as_deref(), Some("Open"));
    let typed = client.ticket_messages(&ticket).await.unwrap();
    let texts: Vec<String> = typed.iter().map(|typed| ponte::lime::to_text(&typed.document)).collect();
    assert_eq!(texts, ["oi", "alguém?"]);
    assert!(typed.iter().all(|typed| !typed.id.as_str().starts_with("fwd:")));
    for _ in 0..2 {
        client.close_ticket(&ticket, None).await.unwrap();
    }
    assert_eq!(customer.status().as_deref(), Some("ClosedAttendant"));
    assert_eq!(client.open_ticket(&ticket, "agent%40example.com@blip.ai").await, Err(Failure::Gone));
}

#[tokio::test]
async fn all_that_was_typed_before_a_ticket_is_opened_is_read_however_much() {
    let (simulator, client) = blip().await;
    for messages in [99, 100, 101, 250] {
        let customer = simulator.desk_customer(Profile::messenger("João", "26247641447"));
        let typed: Vec<String> = (1..messages).map(|number| number.to_string()).collect();
        let (ticket, _) = customer.opens_ticket_and_types("0", typed.iter().map(|text| text.as_str().into()).collect());
        client.open_ticket(&ticket, "agent%40example.com@blip.ai").await.unwrap();
        let read = client.ticket_messages(&ticket).await.unwrap();
        let texts: Vec<String> = read.iter().map(|typed| ponte::lime::to_text(&typed.document)).collect();
        assert_eq!(texts, (0..messages).map(|number| number.to_string()).collect::<Vec<_>>());
        client.close_ticket(&ticket, None).await.unwrap();
    }
}

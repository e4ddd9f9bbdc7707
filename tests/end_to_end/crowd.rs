//! Many conversations at once.

use ponte_simulator::{Agent, Customer, DeskCustomer, Place, Profile, Simulator};

use super::{Deployed, PATIENCE, deployed};

const EACH: usize = 10;
const MESSAGES: usize = 20;

pub(super) enum Person {
    Router(Customer),
    Desk(DeskCustomer),
}

impl Person {
    pub(super) async fn ticket(&self, simulator: &Simulator) -> String {
        let ticket = match self {
            Self::Router(customer) => simulator.helpdesk.wait_ticket_of(customer).await,
            Self::Desk(customer) => simulator.helpdesk.wait_ticket_of(customer).await,
        };
        ticket.unwrap()
    }

    pub(super) fn says(&self, text: String) {
        match self {
            Self::Router(customer) => customer.says(text),
            Self::Desk(customer) => customer.says(text),
        };
    }
}

/// So many customers of each mode, who have said their first words.
pub(super) fn crowd(simulator: &Simulator, each: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for n in 0..each {
        let customer = simulator.customer(Profile::whatsapp(&format!("Rota {n}"), &format!("55319999000{n:02}")));
        customer.hand_over(None);
        people.push(Person::Router(customer));
        let customer = simulator.desk_customer(Profile::messenger(&format!("Mesa {n}"), &format!("2624764{n:02}")));
        customer.opens_ticket(format!("mesa {n}: entrada"));
        people.push(Person::Desk(customer));
    }
    // A router's customer has a ticket only after the first words.
    for (n, person) in people.iter().enumerate() {
        person.says(format!("cliente {n}: mensagem 0"));
    }
    people
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_conversations_at_once_lose_repeat_and_mix_nothing() {
    deployed("crowd", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let people = crowd(simulator, EACH);
        let mut tickets = Vec::new();
        for person in &people {
            tickets.push(person.ticket(simulator).await);
        }
        for (n, ticket) in tickets.iter().enumerate() {
            simulator.helpdesk.assigns(ticket, &Agent::new(&format!("a{n}"), &format!("Atendente {n}")));
        }
        for round in 0..MESSAGES {
            for (n, (person, ticket)) in people.iter().zip(&tickets).enumerate() {
                if round > 0 {
                    person.says(format!("cliente {n}: mensagem {round}"));
                }
                simulator.helpdesk.says(ticket, format!("atendente {n}: resposta {round}")).unwrap();
            }
        }
        stack.settled().await;
        assert!(simulator.verdict().relayed >= 2 * EACH * 2 * MESSAGES);

        for ticket in &tickets {
            simulator.helpdesk.closes(ticket, None);
        }
        for person in &people {
            match person {
                Person::Router(customer) => customer.wait_place(&Place::MainBot, PATIENCE).await.unwrap(),
                Person::Desk(customer) => customer.wait_status("ClosedAttendant", PATIENCE).await.unwrap(),
            }
        }
        stack.settled().await;
        assert_eq!(simulator.helpdesk.conversations().len(), 2 * EACH, "one ticket a conversation");
    })
    .await;
}

//! What the service rules do over time, played by Request Tracker itself with timers of seconds: hours, nobody answers, a silent customer,
//! transfers, a rating, and a customer who comes back.

use std::time::Duration;

use ponte::clock::{Clock, SystemClock};
use ponte_simulator::{
    Customer, Place, Profile,
    stack::{self, ATTENDANT},
};
use serde_json::{Value, json};

use super::{PATIENCE, Real, Tracker, Verdict, customers, eventually, print, shown, with_queues};

const QUEUES: [&str; 2] = ["Financeiro", "Vendas"];
/// Timers of seconds are due at once, and a job that was given up comes again after five minutes.
const LATE: Duration = Duration::from_mins(7);

/// Service rules with these keys, and two queues.
fn rules(more: &Value) -> Option<Value> {
    let mut rules = json!({
        "version": 1,
        "agent_identity": ATTENDANT,
        "night": "none", // this is played at any hour
        "queues": {
            "billing": { "name": "Cobranças", "helpdesk": "financeiro" },
            "sales": { "name": "Vendas e planos", "helpdesk": "Vendas" },
        },
    });
    rules.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Some(rules)
}

/// Looks until there is something, and lets the function `clock` run before each look.
async fn by_the_clock<T, F: Future<Output = Option<T>>>(real: &Real, what: &str, look: impl Fn() -> F) -> T {
    let waited = tokio::time::timeout(LATE, async {
        loop {
            stack::tick(&real.endpoint).await.unwrap();
            match look().await {
                Some(found) => break found,
                None => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    });
    waited.await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

fn identity(phone: &str) -> String {
    format!("{phone}@wa.gw.msging.net")
}

/// The newest ticket of a customer, once there are so many and the customer's words are on it: then Ponte knows it, too, and an agent may write
/// on a machine however slow.
async fn ticket_of(tracker: &Tracker, phone: &str, tickets: usize) -> String {
    let identity = identity(phone);
    let ticket = eventually("the ticket", || async {
        let mut there = tracker.tickets(&identity).await;
        assert!(there.len() <= tickets, "{there:?}");
        (there.len() == tickets).then(|| there.pop()).flatten()
    })
    .await;
    eventually("the first words", || async { customers(&tracker.history(&ticket).await).pop() }).await;
    ticket
}

/// Whether the customer reads a text that begins so. Each is read at most once.
fn reads(customer: &Customer, begins: &str) -> Option<String> {
    let mut found: Vec<String> = shown(&customer.sees()).into_iter().filter(|text| text.starts_with(begins)).collect();
    assert!(found.len() <= 1, "{found:?}");
    found.pop()
}

/// The notes of a ticket that begin so. They are Ponte's.
async fn notes(tracker: &Tracker, ticket: &str, begins: &str) -> Vec<String> {
    let entries = tracker.history(ticket).await.into_iter();
    let notes = entries.filter(|entry| entry.kind == "Comment" && entry.creator == "blip-bridge");
    notes.map(|note| note.text).filter(|text| text.starts_with(begins)).collect()
}

/// What the bot got with the customer, once the customer is there again.
async fn back_with_the_bot(customer: &Customer) -> Option<Value> {
    customer.wait_place(&Place::MainBot, PATIENCE).await.unwrap();
    customer.delivered().pop().map(|(_, context)| context["value"].clone())
}

async fn answered(customer: &Customer, tracker: &Tracker, ticket: &str, words: &str) {
    tracker.replies(ticket, words).await;
    eventually(words, || async { shown(&customer.sees()).contains(&words.to_owned()).then_some(()) }).await;
}

/// The day after the day after tomorrow in UTC: as the rules name it, and as a customer reads it, still if midnight comes meanwhile.
fn in_three_days() -> (&'static str, &'static str) {
    const DAYS: [(&str, &str); 7] = [
        ("mon", "segunda-feira"),
        ("tue", "terça-feira"),
        ("wed", "quarta-feira"),
        ("thu", "quinta-feira"),
        ("fri", "sexta-feira"),
        ("sat", "sábado"),
        ("sun", "domingo"),
    ];
    // 1 January 1970 was a Thursday.
    let day = SystemClock.now().seconds() / (24 * 60 * 60) + 3 + 3;
    DAYS[usize::try_from(day % 7).unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_is_closed_and_where_it_is_open_nobody_answers() {
    let (day, opens) = in_three_days();
    let week = json!({ day: ["09:00-18:00"] });
    let rules = rules(&json!({
        "hours": {
            "zone": "UTC",
            "holidays": { "calendar": "none" },
            "week": week,
            "outside": "bot",
            "by_queue": { "sales": { "outside": "ticket" }, "billing": { "week": { "mon-sun": ["00:00-24:00"] } } },
        },
        "silence": { "unanswered": { "warn_after": "5s", "hand_back_after": "10s" } },
    }));
    with_queues("hours", &QUEUES, rules, |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let [eva, leo, rui] = ["5531999990021", "5531999990022", "5531999990023"];
        let closed = format!("Estamos fora do horário de atendimento. Voltamos {opens} às 9h.");

        // A ticket that waits for the team, and one that is not made.
        let waits = simulator.customer(Profile::whatsapp("Eva Dias", eva));
        waits.hands_over_to_ponte(&json!({ "queue": "sales" }));
        waits.says("quero comprar");
        let returns = simulator.customer(Profile::whatsapp("Leo Reis", leo));
        returns.hand_over(None);
        returns.says("segunda via");
        let open = simulator.customer(Profile::whatsapp("Rui Costa", rui));
        open.hands_over_to_ponte(&json!({ "queue": "billing" }));
        open.says("tem alguém aí?");

        let ended = back_with_the_bot(&returns).await;
        assert_eq!(ended, Some(json!({ "ponte": { "ended": "outside_hours" } })));
        assert!(reads(&returns, &closed).is_some(), "{:?}", shown(&returns.sees()));
        let evas = ticket_of(tracker, eva, 1).await;
        eventually("when somebody is there", || async { reads(&waits, &closed) }).await;
        let opening = tracker.history(&evas).await.remove(0).text;
        let note =
            format!("O cliente escreveu fora do horário de atendimento e foi avisado de que voltamos {opens} às 9h.");
        assert!(opening.contains(&note), "{opening}");
        assert_eq!(tracker.queue_of(&tracker.ticket(&evas).await).await, "Vendas");

        // The customer of the open queue is told, and goes back to the bot; the ticket stays, with why.
        let ruis = ticket_of(tracker, rui, 1).await;
        by_the_clock(&real, "somebody is looked for", || async { reads(&open, "Ainda estamos procurando alguém") })
            .await;
        by_the_clock(&real, "there is nobody", || async { reads(&open, "Não conseguimos ninguém agora.") }).await;
        assert_eq!(back_with_the_bot(&open).await, Some(json!({ "ponte": { "ended": "no_agent" } })));
        eventually("the note of the end", || async { notes(tracker, &ruis, "Ninguém respondeu em").await.pop() }).await;
        assert_eq!(notes(tracker, &ruis, "O cliente espera há").await.len(), 1);
        assert_eq!(notes(tracker, &ruis, "Ninguém respondeu em").await.len(), 1);
        let status = tracker.status(&ruis).await;
        assert!(["new", "open"].contains(&status.as_str()), "{status}");
        // Who calls back in the ticket learns that the customer does not read it.
        tracker.replies(&ruis, "boa tarde, Rui").await;
        eventually("the agent is told", || async {
            let history = tracker.history(&ruis).await;
            let told =
                history.last().is_some_and(|last| last.kind == "Comment" && last.text.contains("boa tarde, Rui"));
            told.then_some(())
        })
        .await;
        assert!(!shown(&open.sees()).contains(&"boa tarde, Rui".to_owned()));

        // In the closed queue no minute counted, and an early agent answers as always.
        stack::tick(&real.endpoint).await.unwrap();
        answered(&waits, tracker, &evas, "bom dia, Eva").await;
        assert_eq!(
            (waits.place(), reads(&waits, "Ainda estamos"), reads(&waits, "Não conse")),
            (Place::Bridge, None, None)
        );
        assert_eq!(notes(tracker, &evas, "").await, [""; 0]);
        assert_eq!(tracker.tickets(&identity(leo)).await, [""; 0]);
        print("Eva Dias", &waits.sees(), &evas, &tracker.history(&evas).await);
        print("Rui Costa", &open.sees(), &ruis, &tracker.history(&ruis).await);
        let mut verdict = Verdict::default();
        verdict.add(&["quero comprar"], &customers(&tracker.history(&evas).await));
        verdict.add(&["tem alguém aí?"], &customers(&tracker.history(&ruis).await));
        verdict.add(&[&closed, "bom dia, Eva"], &shown(&waits.sees()));
        verdict.must_be_clean();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_says_nothing_is_asked_and_the_ticket_is_resolved() {
    let rules = rules(&json!({
        "rating": { "asked_by": "bridge" },
        "silence": { "customer_silent": { "warn_after": "5s", "close_after": "10s", "tag": "inatividade" } },
    }));
    with_queues("silence", &QUEUES, rules, |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let phone = "5531999990031";
        let ana = simulator.customer(Profile::whatsapp("Bia Melo", phone));
        ana.hand_over(None);
        ana.says("meu pedido não chegou");
        let ticket = ticket_of(tracker, phone, 1).await;
        // As long as she waits for an answer, nobody asks her.
        let asks = "Você ainda está aí?";
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            stack::tick(&real.endpoint).await.unwrap();
        }
        assert_eq!((reads(&ana, asks), ana.place()), (None, Place::Bridge));

        answered(&ana, tracker, &ticket, "qual o número?").await;
        by_the_clock(&real, "the customer is asked", || async { reads(&ana, asks) }).await;
        let ends = "Encerramos a conversa por falta de resposta.";
        by_the_clock(&real, "the end of it", || async { reads(&ana, ends) }).await;
        assert_eq!(back_with_the_bot(&ana).await, Some(json!({ "ponte": { "ended": "inactive" } })));
        eventually("the ticket is resolved", || async { (tracker.status(&ticket).await == "resolved").then_some(()) })
            .await;
        let note = "A conversa foi encerrada porque o cliente não respondeu.";
        eventually("the note of it", || async { notes(tracker, &ticket, note).await.pop() }).await;
        assert_eq!(notes(tracker, &ticket, "").await, [note], "once, and nothing else");
        print("Bia Melo", &ana.sees(), &ticket, &tracker.history(&ticket).await);
        let sees = shown(&ana.sees());
        assert!(!sees.iter().any(|text| text.starts_with("De 1 a 5")), "nobody is there who could rate: {sees:?}");
        let warned = reads(&ana, asks).unwrap();
        let mut verdict = Verdict::default();
        verdict.add(&["meu pedido não chegou"], &customers(&tracker.history(&ticket).await));
        verdict.add(&["qual o número?", &warned, ends], &sees);
        verdict.must_be_clean();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_told_once_and_the_conversation_goes_on_in_the_other_queue() {
    with_queues("transfer", &QUEUES, rules(&json!({})), |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let phone = "5531999990041";
        let leo = simulator.customer(Profile::whatsapp("Leo Reis", phone));
        leo.hand_over(None);
        leo.says("quero mudar de plano");
        let ticket = ticket_of(tracker, phone, 1).await;
        tracker.takes(&ticket).await;
        answered(&leo, tracker, &ticket, "vou encaminhar").await;
        tracker.moves(&ticket, "Financeiro").await;
        eventually("where it went", || async { reads(&leo, "Você foi encaminhado") }).await;
        leo.says("obrigado");
        eventually("his words are there", || async {
            customers(&tracker.history(&ticket).await).contains(&"obrigado".to_owned()).then_some(())
        })
        .await;
        answered(&leo, tracker, &ticket, "posso ajudar").await;
        stack::tick(&real.endpoint).await.unwrap();
        tracker.resolves(&ticket).await;
        assert_eq!(back_with_the_bot(&leo).await, None);
        print("Leo Reis", &leo.sees(), &ticket, &tracker.history(&ticket).await);
        // By the name that is for customers.
        assert_eq!(reads(&leo, "Você foi encaminhado").as_deref(), Some("Você foi encaminhado para Cobranças."));
        assert_eq!(tracker.queue_of(&tracker.ticket(&ticket).await).await, "Financeiro");
        let mut verdict = Verdict::default();
        verdict.add(&["quero mudar de plano", "obrigado"], &customers(&tracker.history(&ticket).await));
        let told = ["vou encaminhar", "Você foi encaminhado para Cobranças.", "posso ajudar"];
        verdict.add(&told, &shown(&leo.sees()));
        verdict.must_be_clean();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_rates_comes_back_to_the_same_ticket_and_then_with_another_matter() {
    let rules = rules(&json!({
        "rating": { "asked_by": "bridge", "field": "CSAT" },
        "reopening": { "within": "30m" },
    }));
    with_queues("rating", &QUEUES, rules, |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let phone = "5531999990051";
        let mia = simulator.customer(Profile::whatsapp("Mia Luz", phone));
        let questions = || shown(&mia.sees()).iter().filter(|text| text.starts_with("De 1 a 5")).count();
        let rates = async |ticket: &str, asked: usize, score: &str| {
            tracker.resolves(ticket).await;
            eventually("the question", || async { (questions() == asked).then_some(()) }).await;
            mia.answers(score);
            let rating: u8 = score.parse().unwrap();
            let wanted = json!({ "ponte": { "ended": "agent", "rating": rating } });
            assert_eq!(back_with_the_bot(&mia).await, Some(wanted));
            eventually("the score", || async { (tracker.field(ticket, "CSAT").await == score).then_some(()) }).await;
            let note = format!("Avaliação do cliente: {score} de 5.");
            eventually("its note", || async { notes(tracker, ticket, &note).await.pop() }).await;
            assert_eq!(notes(tracker, ticket, &note).await.len(), 1);
            assert_eq!(tracker.status(ticket).await, "resolved", "a rating opens nothing");
        };
        mia.hand_over(None);
        mia.says("não consigo entrar");
        let first = ticket_of(tracker, phone, 1).await;
        tracker.takes(&first).await;
        answered(&mia, tracker, &first, "tente agora").await;
        rates(&first, 1, "4").await;

        // Back at once: on in the same ticket, with the agent that it had.
        mia.hand_over(None);
        mia.says("ainda não entra");
        eventually("the ticket is open again", || async {
            customers(&tracker.history(&first).await).contains(&"ainda não entra".to_owned()).then_some(())
        })
        .await;
        assert_eq!(ticket_of(tracker, phone, 1).await, first);
        let ticket = tracker.ticket(&first).await;
        assert_eq!((&ticket["Status"], &ticket["Owner"]["id"]), (&json!("open"), &json!("agent.ana")));
        answered(&mia, tracker, &first, "e agora?").await;
        rates(&first, 2, "5").await;

        // Another matter, which a route sends to another queue: a ticket of its own, linked to the one before.
        mia.hands_over_to_ponte(&json!({ "queue": "sales" }));
        mia.says("quero um plano maior");
        let second = ticket_of(tracker, phone, 2).await;
        assert_ne!(second, first);
        assert_eq!(tracker.queue_of(&tracker.ticket(&second).await).await, "Vendas");
        eventually("the link", || async { (tracker.refers_to(&second).await == [first.clone()]).then_some(()) }).await;
        assert_eq!(
            (tracker.status(&first).await.as_str(), tracker.field(&first, "CSAT").await.as_str()),
            ("resolved", "5")
        );
        assert_eq!(tracker.field(&second, "CSAT").await, "");
        answered(&mia, tracker, &second, "temos este").await;
        eventually("her words are in the other ticket", || async {
            customers(&tracker.history(&second).await).contains(&"quero um plano maior".to_owned()).then_some(())
        })
        .await;
        print("Mia Luz", &mia.sees(), &first, &tracker.history(&first).await);
        let mut verdict = Verdict::default();
        verdict.add(&["não consigo entrar", "ainda não entra"], &customers(&tracker.history(&first).await));
        verdict.add(&["quero um plano maior"], &customers(&tracker.history(&second).await));
        verdict.add(&["tente agora", "e agora?", "temos este"], &shown(&mia.sees()));
        verdict.must_be_clean();
    })
    .await;
}

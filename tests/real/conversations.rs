//! A conversation in each of Blip's two modes, from the hand-over to the way back.

use ponte_simulator::{Digest, Place, Profile, Turn, samples};

use super::{PATIENCE, Real, Verdict, customers, eventually, print, shown, with_tracker};

#[tokio::test(flavor = "multi_thread")]
async fn a_routers_customer_talks_with_an_agent_of_request_tracker() {
    with_tracker("router", |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let phone = "5531999990001";
        let maria = simulator.customer(Profile::whatsapp("Maria Lima", phone));
        maria.talks_to_bot(&[Turn::Bot("Olá! Como posso ajudar?"), Turn::Customer("quero um atendente")]);
        maria.hand_over(None);
        maria.says("oi, tudo bem?");
        let identity = format!("{phone}@wa.gw.msging.net");
        let ticket = eventually("the ticket", || async { tracker.tickets(&identity).await.pop() }).await;

        // Files both ways, and a note that is nobody's business.
        let (photo, contract) = (samples::jpeg(900_000), samples::pdf(300_000));
        maria.sends_file("praia.jpg", "image/jpeg", photo.clone(), "a praia");
        maria.says("recebeu?");
        tracker.takes(&ticket).await;
        tracker.notes(&ticket, "cliente VIP, cuidado").await;
        tracker.replies(&ticket, "Bom dia, Maria!\nRecebi sim.").await;
        tracker.replies_with_file(&ticket, "segue o contrato", "contrato.pdf", "application/pdf", &contract).await;
        eventually("the customer sees the file", || async {
            maria.sees().iter().any(|seen| seen.content.to_string().contains("contrato.pdf")).then_some(())
        })
        .await;
        maria.says("obrigada!");
        let history = eventually("the last words arrive", || async {
            let history = tracker.history(&ticket).await;
            customers(&history).contains(&"obrigada!".to_owned()).then_some(history)
        })
        .await;
        tracker.replies(&ticket, "até logo").await;
        tracker.resolves(&ticket).await;
        eventually("the customer is back with the bot", || async { (maria.place() == Place::MainBot).then_some(()) })
            .await;

        print("Maria Lima", &maria.sees(), &ticket, &tracker.history(&ticket).await);
        let opening = &history[0];
        assert_eq!(opening.kind, "Create");
        for known in ["Maria Lima", phone, "quero um atendente", "Olá! Como posso ajudar?"] {
            assert!(opening.text.contains(known), "{known} is not in: {}", opening.text);
        }
        let sees = shown(&maria.sees());
        assert!(sees.iter().any(|text| text.contains("Ana")), "who has it was told: {sees:?}");
        assert!(!sees.iter().any(|text| text.contains("VIP")), "a note travelled: {sees:?}");
        let mut verdict = Verdict::default();
        verdict.add(&["oi, tudo bem?", "a praia", "recebeu?", "obrigada!"], &customers(&history));
        let words: Vec<String> = sees.iter().map(|text| text.lines().next().unwrap_or_default().to_owned()).collect();
        verdict.add(&["Bom dia, Maria!", "segue o contrato", "até logo"], &words);
        verdict.must_be_clean();

        let by_customer = history.iter().filter(|entry| entry.creator == "blip-bridge");
        let there: Vec<_> = by_customer.flat_map(|entry| &entry.files).collect();
        assert_eq!(there.len(), 1);
        assert_eq!((&there[0].0, Digest::of(&there[0].1).sha256), (&"praia.jpg".to_owned(), Digest::of(&photo).sha256));
        let link = maria.sees().iter().find_map(|seen| file_link(&seen.content)).expect("a link");
        let got = simulator.download(&link).await.unwrap();
        assert_eq!(got.digest.sha256, Digest::of(&contract).sha256, "the agent's file, byte for byte");
        println!("files: {} and {} bytes, the same on the other side", photo.len(), contract.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_customer_talks_and_leaves() {
    with_tracker("desk", |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let phone = "5531999990002";
        let rui = simulator.desk_customer(Profile::whatsapp("Rui Costa", phone));
        rui.opens_ticket("preciso de ajuda");
        let identity = format!("{phone}@wa.gw.msging.net");
        let ticket = eventually("the ticket", || async { tracker.tickets(&identity).await.pop() }).await;
        rui.wait_status("Open", PATIENCE).await.unwrap();
        rui.says("meu pedido não chegou");
        tracker.replies(&ticket, "qual o número?").await;
        eventually("the customer sees the question", || async {
            shown(&rui.sees()).contains(&"qual o número?".to_owned()).then_some(())
        })
        .await;
        rui.says("1234");
        eventually("the answer arrives", || async {
            customers(&tracker.history(&ticket).await).contains(&"1234".to_owned()).then_some(())
        })
        .await;
        // The customer leaves: the agent is told, and the ticket is done.
        rui.closes(true);
        eventually("the ticket is resolved", || async { (tracker.status(&ticket).await == "resolved").then_some(()) })
            .await;
        let history = tracker.history(&ticket).await;
        print("Rui Costa", &rui.sees(), &ticket, &history);
        let told = history.iter().filter(|entry| entry.kind == "Comment" && entry.text.contains("saiu da conversa"));
        assert_eq!(told.count(), 1, "{history:?}");
        let mut verdict = Verdict::default();
        verdict.add(&["preciso de ajuda", "meu pedido não chegou", "1234"], &customers(&history));
        verdict.add(&["qual o número?"], &shown(&rui.sees()));
        verdict.must_be_clean();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_in_the_ticket_that_its_own_is_merged_into() {
    with_tracker("merge", |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let phone = "5531999990003";
        let lia = simulator.customer(Profile::whatsapp("Lia Melo", phone));
        lia.hand_over(None);
        lia.says("meu pedido sumiu");
        let identity = format!("{phone}@wa.gw.msging.net");
        let ticket = eventually("the ticket", || async { tracker.tickets(&identity).await.pop() }).await;
        tracker.replies(&ticket, "vou ver").await;
        let sees = |words: &'static str| {
            let lia = &lia;
            eventually(words, move || async move { shown(&lia.sees()).contains(&words.to_owned()).then_some(()) })
        };
        sees("vou ver").await;
        let lives = tracker.creates("General", "pedidos sumidos").await;
        tracker.merges(&ticket, &lives).await;
        tracker.replies(&lives, "achamos o seu pedido").await;
        sees("achamos o seu pedido").await;
        lia.says("que bom!");
        eventually("the customer's words are there", || async {
            customers(&tracker.history(&lives).await).contains(&"que bom!".to_owned()).then_some(())
        })
        .await;
        tracker.replies(&lives, "até logo").await;
        tracker.resolves(&lives).await;
        eventually("the customer is back with the bot", || async { (lia.place() == Place::MainBot).then_some(()) })
            .await;
        print("Lia Melo", &lia.sees(), &lives, &tracker.history(&lives).await);
        let mut verdict = Verdict::default();
        verdict.add(&["vou ver", "achamos o seu pedido", "até logo"], &shown(&lia.sees()));
        verdict.must_be_clean();
    })
    .await;
}

fn file_link(content: &ponte_simulator::Content) -> Option<String> {
    match content {
        ponte_simulator::Content::File { url, .. } => Some(url.clone()),
        _ => None,
    }
}

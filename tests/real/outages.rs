//! A Request Tracker that is away, and one that owes us an event: it never repeats one.

use std::time::Duration;

use ponte_simulator::{Place, Profile};

use super::{Real, Verdict, customers, eventually, shown, with_tracker};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_request_tracker_is_away_or_owes_an_event() {
    with_tracker("outages", |real: Real| async move {
        let Real { simulator, tracker, hooks, .. } = &real;
        let phone = "5531999990003";
        let ana = simulator.customer(Profile::whatsapp("Joana Reis", phone));
        ana.hand_over(None);
        ana.says("a");
        let identity = format!("{phone}@wa.gw.msging.net");
        let ticket = eventually("the ticket", || async { tracker.tickets(&identity).await.pop() }).await;
        tracker.replies(&ticket, "um").await;
        let sees = |text: &'static str| {
            let ana = &ana;
            move || async move { shown(&ana.sees()).contains(&text.to_owned()).then_some(()) }
        };
        eventually("the first answer", sees("um")).await;

        // Away for half a minute, in the middle of what the customer says.
        ana.says("b");
        tracker.dies().await;
        ana.says("c");
        ana.says("d");
        tokio::time::sleep(Duration::from_secs(30)).await;
        tracker.returns().await;
        ana.says("e");

        // The hook of one answer is lost; the next one's tells it first.
        hooks.shut(true);
        tracker.replies(&ticket, "dois").await;
        hooks.shut(false);
        tracker.replies(&ticket, "três").await;
        eventually("the answer after a lost one", sees("três")).await;

        // The hook of the last answer is lost, and RT dies with it: only the sweep can bring it.
        hooks.shut(true);
        tracker.replies(&ticket, "quatro").await;
        tracker.dies().await;
        hooks.shut(false);
        tokio::time::sleep(Duration::from_secs(30)).await;
        tracker.returns().await;
        eventually("what only the sweep can bring", sees("quatro")).await;

        // And so is the end.
        eventually("all that the customer said", || async {
            customers(&tracker.history(&ticket).await).contains(&"e".to_owned()).then_some(())
        })
        .await;
        let history = tracker.history(&ticket).await;
        hooks.shut(true);
        tracker.resolves(&ticket).await;
        eventually("the customer is back with the bot", || async { (ana.place() == Place::MainBot).then_some(()) })
            .await;

        assert!(hooks.lost() >= 3, "{} hooks were lost on purpose", hooks.lost());
        let mut verdict = Verdict::default();
        verdict.add(&["a", "b", "c", "d", "e"], &customers(&history));
        verdict.add(&["um", "dois", "três", "quatro"], &shown(&ana.sees()));
        verdict.must_be_clean();
    })
    .await;
}

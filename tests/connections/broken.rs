//! A connection that ends when the next request comes on it: as one does whose far side closed it unseen.

use futures_util::future::join_all;

use super::{
    clients::{AWS, Calls, HARMLESS, Kind, answer, client},
    far::{Death, Far, PATIENCE},
};

const BREAKS: [Death; 2] = [Death::Fin, Death::Reset];

/// Has `count` connections open and unused, or more, and gives their number.
pub(super) async fn keep(far: &Far, calls: &Calls, count: usize) -> usize {
    // On a machine that is busy with something else even these may take too long.
    for _ in 0..10 {
        far.together(count);
        if all(calls, count).await.iter().all(Result::is_ok) {
            break;
        }
    }
    assert!(far.opened() >= count, "each call has a connection of its own");
    far.asked();
    far.opened()
}

/// So many calls at once.
pub(super) async fn all(calls: &Calls, count: usize) -> Vec<Result<(), String>> {
    tokio::time::timeout(PATIENCE, join_all((0..count).map(|_| calls()))).await.expect("a call that never ends")
}

/// The number of those that came on a connection that was opened after the first `kept`.
fn on_new(far: &Far, kept: usize) -> usize {
    far.asked().iter().filter(|asked| asked.connection >= kept).count()
}

#[tokio::test]
async fn what_may_come_twice_is_sent_again_at_once_however_many_connections_are_dead() {
    for kind in AWS.into_iter().chain(HARMLESS) {
        for death in BREAKS {
            for (kept, at_once) in [(1, 1), (10, 1), (10, 10)] {
                let far = Far::start(answer).await;
                let calls = client(kind, &far);
                let kept = keep(&far, &calls, kept).await;
                far.dies(death);
                let outcomes = all(&calls, at_once).await;
                assert!(outcomes.iter().all(Result::is_ok), "{kind:?}, {death:?}, {kept} kept: {outcomes:?}");
                assert_eq!(on_new(&far, kept), at_once, "{kind:?}, {death:?}: each is answered once");
            }
        }
    }
}

#[tokio::test]
async fn a_message_to_blip_is_not_sent_again_and_the_next_try_meets_no_dead_connection() {
    for death in BREAKS {
        for kept in [1, 10] {
            let far = Far::start(answer).await;
            let calls = client(Kind::BlipMessage, &far);
            keep(&far, &calls, kept).await;
            far.dies(death);
            assert_eq!(all(&calls, 1).await, [Err("reset".to_owned())], "{death:?}, {kept} kept");
            assert_eq!(far.asked().len(), 1, "sent once");
            assert_eq!(all(&calls, 1).await, [Ok(())], "{death:?}, {kept} kept");
        }
    }
}

#[tokio::test]
async fn a_connection_that_lay_idle_for_longer_than_servers_keep_one_is_not_used() {
    let far = Far::start(answer).await;
    let calls = client(Kind::BlipMessage, &far);
    let kept = keep(&far, &calls, 10).await;
    far.dies(Death::Reset);
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(all(&calls, 1).await, [Ok(())]);
    assert_eq!(on_new(&far, kept), 1);
}

#[tokio::test]
async fn a_kept_connection_that_lives_is_used_again() {
    for kind in AWS.into_iter().chain(HARMLESS).chain([Kind::BlipMessage]) {
        let far = Far::start(answer).await;
        let calls = client(kind, &far);
        for _ in 0..5 {
            assert_eq!(all(&calls, 1).await, [Ok(())], "{kind:?}");
        }
        assert_eq!(far.opened(), 1, "{kind:?}");
    }
}

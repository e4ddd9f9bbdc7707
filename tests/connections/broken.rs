//! A connection that ends when the next request comes on it: as one does that the server closed unseen.

use futures_util::future::join_all;

use super::{
    clients::{AWS, Calls, HARMLESS, Kind, answer, client},
    server::{Death, PATIENCE, Server},
};

const BREAKS: [Death; 2] = [Death::Fin, Death::Reset];

/// Has `count` connections open and unused, or more, and gives their number.
pub(super) async fn keep(server: &Server, calls: &Calls, count: usize) -> usize {
    // On a machine that is busy with something else even these may take too long.
    for _ in 0..10 {
        server.together(count);
        if all(calls, count).await.iter().all(Result::is_ok) {
            break;
        }
    }
    assert!(server.opened() >= count, "each call has a connection of its own");
    server.asked();
    server.opened()
}

/// So many calls at once.
pub(super) async fn all(calls: &Calls, count: usize) -> Vec<Result<(), String>> {
    tokio::time::timeout(PATIENCE, join_all((0..count).map(|_| calls()))).await.expect("a call that never ends")
}

/// The number of those that came on a connection that was opened after the first `kept`.
fn on_new(server: &Server, kept: usize) -> usize {
    server.asked().iter().filter(|asked| asked.connection >= kept).count()
}

#[tokio::test]
async fn what_may_come_twice_is_sent_again_at_once_however_many_connections_are_dead() {
    for kind in AWS.into_iter().chain(HARMLESS) {
        for death in BREAKS {
            for (kept, at_once) in [(1, 1), (10, 1), (10, 10)] {
                let server = Server::start(answer).await;
                let calls = client(kind, &server);
                let kept = keep(&server, &calls, kept).await;
                server.dies(death);
                let outcomes = all(&calls, at_once).await;
                assert!(outcomes.iter().all(Result::is_ok), "{kind:?}, {death:?}, {kept} kept: {outcomes:?}");
                assert_eq!(on_new(&server, kept), at_once, "{kind:?}, {death:?}: each is answered once");
            }
        }
    }
}

#[tokio::test]
async fn a_message_to_blip_is_not_sent_again_and_the_next_try_meets_no_dead_connection() {
    for death in BREAKS {
        for kept in [1, 10] {
            let server = Server::start(answer).await;
            let calls = client(Kind::BlipMessage, &server);
            keep(&server, &calls, kept).await;
            server.dies(death);
            assert_eq!(all(&calls, 1).await, [Err("reset".to_owned())], "{death:?}, {kept} kept");
            assert_eq!(server.asked().len(), 1, "sent once");
            assert_eq!(all(&calls, 1).await, [Ok(())], "{death:?}, {kept} kept");
        }
    }
}

#[tokio::test]
async fn a_connection_that_lay_idle_for_longer_than_servers_keep_one_is_not_used() {
    let server = Server::start(answer).await;
    let calls = client(Kind::BlipMessage, &server);
    let kept = keep(&server, &calls, 10).await;
    server.dies(Death::Reset);
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(all(&calls, 1).await, [Ok(())]);
    assert_eq!(on_new(&server, kept), 1);
}

#[tokio::test]
async fn a_kept_connection_that_lives_is_used_again() {
    for kind in AWS.into_iter().chain(HARMLESS).chain([Kind::BlipMessage]) {
        let server = Server::start(answer).await;
        let calls = client(kind, &server);
        for _ in 0..5 {
            assert_eq!(all(&calls, 1).await, [Ok(())], "{kind:?}");
        }
        assert_eq!(server.opened(), 1, "{kind:?}");
    }
}

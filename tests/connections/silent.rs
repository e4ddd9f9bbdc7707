//! A server that takes a request and says nothing: on kept connections, and on all.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::{
    broken::{all, keep},
    clients::{AWS, Kind, SHORT, answer, client},
    server::{Death, Server},
};

/// The time limit of the webhook endpoints and of the shortest workers, in `template.yaml`.
const SHORTEST_FUNCTION: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_kept_connection_that_swallows_what_is_sent_costs_one_try_and_not_the_function() {
    let one = async |kind, kept| {
        let server = Server::start(answer).await;
        let calls = client(kind, &server);
        let kept = keep(&server, &calls, kept).await;
        server.dies(Death::Silence);
        let started = Instant::now();
        let outcomes = all(&calls, 1).await;
        let took = started.elapsed();
        assert_eq!(outcomes, [Ok(())], "{kind:?}, {kept} kept: after {took:?}");
        assert!(took < SHORTEST_FUNCTION, "{kind:?}, {kept} kept: {took:?}");
        let (dead, new): (Vec<_>, Vec<_>) = server.asked().into_iter().partition(|asked| asked.connection < kept);
        assert_eq!(dead.len(), 1, "{kind:?}: one try on a dead connection, whatever is kept");
        assert!(!new.is_empty(), "{kind:?}: and one on a new connection");
        println!("{kind:?}, {kept} kept: {took:?}");
    };
    // Side by side: each waits.
    join_all(AWS.into_iter().flat_map(|kind| [one(kind, 1), one(kind, 10)])).await;
}

#[tokio::test]
async fn who_is_never_answered_still_answers_before_the_function_ends() {
    let one = async |kind, limit| {
        let server = Server::start(answer).await;
        let calls = client(kind, &server);
        // So many can never be here.
        server.together(1000);
        let started = Instant::now();
        let outcomes = all(&calls, 1).await;
        let took = started.elapsed();
        assert!(outcomes[0].is_err(), "{kind:?}");
        assert!(took < limit, "{kind:?}: {took:?}");
        assert!(server.asked().len() >= 2, "{kind:?}: it was tried twice");
        println!("{kind:?}: {took:?}");
    };
    let long = [Kind::Sqs, Kind::DynamoDb, Kind::SecretsManager, Kind::S3].map(|kind| one(kind, SHORTEST_FUNCTION));
    // Half of it, for what comes after.
    let short = SHORT.map(|kind| one(kind, SHORTEST_FUNCTION / 2));
    tokio::join!(join_all(long), join_all(short));
}

#[tokio::test]
async fn a_message_to_blip_that_meets_silence_is_unknown_and_takes_the_kept_connections_with_it() {
    let server = Server::start(answer).await;
    let calls = client(Kind::BlipMessage, &server);
    keep(&server, &calls, 10).await;
    server.dies(Death::Silence);
    assert_eq!(all(&calls, 1).await, [Err("unknown".to_owned())]);
    assert_eq!(all(&calls, 1).await, [Ok(())]);
}

//! The hostile links misbehave, and the forbidden server counts its visitors.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::simulator;

#[tokio::test]
async fn the_forbidden_server_counts_connections_and_requests() {
    let sim = simulator().await;
    let hostile = sim.hostile().await.unwrap();
    assert_eq!((hostile.connections(), hostile.requests().len()), (0, 0));
    drop(TcpStream::connect(("127.0.0.1", hostile.port())).await.unwrap());
    let link = format!("{}/hostile/redirect?to={}/latest/meta-data?a=b", sim.blip_url(), hostile.url());
    let found = sim.download(&link).await.unwrap();
    assert_eq!(found.redirects, [format!("{}/latest/meta-data?a=b", hostile.url())]);
    assert_eq!((hostile.connections(), hostile.requests().len()), (2, 1));
    let client = super::client();
    client.get(hostile.url()).header("authorization", "Key a2V5").send().await.unwrap();
    let keyed: Vec<bool> = hostile.requests().iter().map(|request| request.keyed).collect();
    assert_eq!(keyed, [false, true]);
}

#[tokio::test]
async fn a_status_is_no_file_and_a_length_is_a_lie() {
    let sim = simulator().await;
    let at = |path: &str| format!("{}/hostile/{path}", sim.blip_url());
    assert_eq!(sim.download(&at("status/503")).await.unwrap().status, 503);
    let broken = sim.download(&at("lying-length")).await.unwrap_err();
    assert!(format!("{broken:#}").contains("the response was cut off"), "{broken:#}");
    assert!(sim.download(&at(&format!("redirect?to={}", at("redirect?to=/hostile/redirect")))).await.is_ok());
    let client = super::client();
    let packed = client.get(at("gzip")).send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(&packed.bytes().await.unwrap()[..3], [0x1F, 0x8B, 8]);
    let paths: Vec<String> = sim.blip.fetches().into_iter().map(|fetch| fetch.path).collect();
    assert_eq!(paths, ["/hostile/gzip"]);
}

#[tokio::test]
async fn one_drips_and_one_does_not_end() {
    let sim = simulator().await;
    let address = sim.blip_url().replace("http://", "");
    let read = async |path: &str, enough: usize, limit: Duration| {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(format!("GET /hostile/{path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut bytes = vec![0; enough];
        tokio::time::timeout(limit, stream.read_exact(&mut bytes)).await.is_ok()
    };
    assert!(!read("slow", 2000, Duration::from_millis(1500)).await);
    assert!(read("endless", 3_000_000, Duration::from_secs(10)).await);
    let endless_bytes_sent = sim.blip.endless_bytes_sent();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(
        endless_bytes_sent >= 2_900_000 && sim.blip.endless_bytes_sent() < endless_bytes_sent + 16_000_000,
        "it ends when nobody listens"
    );
}

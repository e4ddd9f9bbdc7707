//! A process that is stopped and goes on, as Lambda stops a function between two invocations; its connections die meanwhile.
//!
//! The process is this test binary, which plays the function: one thread, the clients of the functions, and what it is to do comes
//! over a connection that it waits on, as an invocation does.

use std::{process::Stdio, time::Duration};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use super::{
    broken::all,
    clients::{AWS, HARMLESS, Kind, answer, client_to},
    server::{Death, PATIENCE, Server},
};

/// Where the process is told what to do; only it has it.
const ORDERS: &str = "PONTE_TEST_ORDERS";

/// Longer than a connection to Blip or a helpdesk may lie idle.
const LONG: Duration = Duration::from_secs(5);

#[test]
fn what_a_stopped_process_kept_costs_no_call_when_it_goes_on() {
    if let Ok(orders) = std::env::var(ORDERS) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(obey(&orders));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let kinds = AWS.into_iter().chain(HARMLESS).chain([Kind::BlipMessage]);
        join_all(kinds.map(frozen)).await;
    });
}

/// Every way to die, with one kept connection and with ten; and connections whose death nobody told, which show it to the next request only.
async fn frozen(kind: Kind) {
    for (death, told) in [(Death::Fin, true), (Death::Reset, true), (Death::Reset, false)] {
        for kept in [1_u8, 10] {
            let server = Server::start(answer).await;
            let mut function = Function::start(kind, &server.url).await;
            server.together(kept.into());
            assert_eq!(function.calls(kept).await, ["Ok(())"].repeat(kept.into()), "{kind:?}");
            assert!(server.opened() >= usize::from(kept));
            function.signal("STOP");
            if told {
                server.ends(death).await;
                // What the network brings while it stands still is there when it goes on.
                tokio::time::sleep(Duration::from_millis(300)).await;
            } else {
                server.dies(death);
                tokio::time::sleep(LONG).await;
            }
            function.signal("CONT");
            let outcomes = function.calls(kept).await;
            assert_eq!(outcomes, ["Ok(())"].repeat(kept.into()), "{kind:?}, {death:?}, told: {told}, {kept} kept");
            function.stop().await;
        }
    }
}

/// The process. It is ended with this, whatever becomes of the test.
struct Function {
    child: Child,
    orders: BufReader<TcpStream>,
}

impl Function {
    async fn start(kind: Kind, url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let orders = format!("{} {kind:?} {url}", listener.local_addr().unwrap());
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "connections::frozen::what_a_stopped_process_kept_costs_no_call_when_it_goes_on"])
            .args(["--nocapture", "--test-threads=1"])
            .env(ORDERS, orders)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stream, _) = tokio::time::timeout(PATIENCE, listener.accept()).await.expect("it starts").unwrap();
        Self { child, orders: BufReader::new(stream) }
    }

    /// Has it make so many calls at once, and gives what came of each.
    async fn calls(&mut self, count: u8) -> Vec<String> {
        self.orders.write_all(&[count]).await.unwrap();
        let mut outcomes = Vec::new();
        for _ in 0..count {
            let mut line = String::new();
            let read = tokio::time::timeout(PATIENCE, self.orders.read_line(&mut line)).await;
            assert_ne!(read.expect("it answers").unwrap(), 0, "the process is gone");
            outcomes.push(line.trim_end().to_owned());
        }
        outcomes
    }

    /// The kernel stops a process whole before the shell that asked for it ends.
    fn signal(&self, name: &str) {
        let id = self.child.id().unwrap();
        let sent = std::process::Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().unwrap();
        assert!(sent.success());
    }

    async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// The process's own part.
async fn obey(orders: &str) {
    let mut orders = orders.split(' ');
    let (address, kind, url) = (orders.next().unwrap(), orders.next().unwrap(), orders.next().unwrap());
    let calls = client_to(Kind::parse(kind), url);
    let mut stream = TcpStream::connect(address).await.unwrap();
    while let Ok(count) = stream.read_u8().await {
        for outcome in all(&calls, usize::from(count)).await {
            stream.write_all(format!("{outcome:?}\n").as_bytes()).await.unwrap();
        }
    }
}

//! The whole simulator: both servers, their handles, the customers and the judgement.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::control;
use crate::customers::{Customer, DeskCustomer, SiteCustomer};
use crate::fake_assistant;
use crate::fake_blip::{self, Blip};
use crate::fake_helpdesk::{self, Helpdesk};
use crate::file_check::{self, Downloaded, FileSeen};
use crate::hostile_server::HostileServer;
use crate::ledger::{Label, Ledger, Verdict};
use crate::playground;
use crate::state::{Profile, World};
use crate::transport::{Bridge, ConnectionSwitch, CuttableListener, Endpoint};

/// Both fakes, running. They stop when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    /// Faults and options of Blip.
    pub blip: Blip,
    /// Agents, faults and options of the helpdesk.
    pub helpdesk: Helpdesk,
    pub(crate) world: Arc<World>,
    blip_port: u16,
    helpdesk_port: u16,
    playground_port: Option<u16>,
    servers: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Starts both servers on free ports of 127.0.0.1. The bridge is named later, by [`Self::connect`]: it is deployed when
    /// these ports are known. Needs a Tokio runtime with I/O and time.
    pub async fn start(config: Config) -> Result<Self> {
        let (blip_listener, helpdesk_listener) = (bind().await?, bind().await?);
        let (blip_port, helpdesk_port) = (blip_listener.local_addr()?.port(), helpdesk_listener.local_addr()?.port());
        let world = Arc::new(World::new(config, address(blip_port), address(helpdesk_port))?);
        let blip_server = serve(blip_listener, fake_blip::routes(world.clone()));
        let routes = fake_helpdesk::routes(world.clone()).merge(control::routes(world.clone()));
        let routes = routes.merge(fake_assistant::routes(world.clone()));
        let servers = vec![blip_server, serve(helpdesk_listener, routes)];
        let (blip, helpdesk) = (Blip { world: world.clone() }, Helpdesk { world: world.clone() });
        Ok(Self { blip, helpdesk, world, blip_port, helpdesk_port, playground_port: None, servers })
    }

    /// Starts a server on a free port of 127.0.0.1 that the bridge must never reach. Paths that misbehave on a host that it may
    /// reach are at Blip's `/hostile/…` (`fake_blip/hostile_links.rs`).
    pub async fn hostile(&self) -> Result<HostileServer> {
        HostileServer::start(bind().await?, self.world.config.blip_key.clone())
    }

    /// Serves the playground on a free port of 127.0.0.1. Blip sends receipts from then on. For as long as this simulator runs.
    pub async fn serve_playground(&mut self) -> Result<()> {
        let listener = bind().await?;
        self.playground_port = Some(listener.local_addr()?.port());
        self.servers.push(serve(listener, playground::routes(self.world.clone())));
        self.blip.sends_receipts(true);
        Ok(())
    }

    /// Where the playground is, if it is served.
    pub fn playground_url(&self) -> Option<String> {
        self.playground_port.map(address)
    }

    /// What both sides share with the bridge, as given.
    pub fn config(&self) -> &Config {
        &self.world.config
    }

    /// The base of Blip's `/messages`, `/notifications` and `/commands`: the bridge's parameter `BlipUrl`.
    pub fn blip_url(&self) -> String {
        address(self.blip_port)
    }

    /// The base of the helpdesk and of the control endpoints `/_/…`.
    pub fn helpdesk_url(&self) -> String {
        address(self.helpdesk_port)
    }

    /// Where the bridge posts its events: the bridge's parameter `HelpdeskUrl`.
    pub fn events_url(&self) -> String {
        format!("{}/events", self.helpdesk_url())
    }

    /// Says where the bridge is. Deliveries made before wait until then.
    pub fn connect(&self, bridge: Bridge) {
        self.world.write(|state| state.bridge = Some(bridge));
    }

    /// A new customer of the router, with the main bot for now.
    pub fn customer(&self, profile: Profile) -> Customer {
        Customer::new(&self.world, profile)
    }

    /// A new customer of a bot with the custom attendance channel.
    pub fn desk_customer(&self, profile: Profile) -> DeskCustomer {
        DeskCustomer::new(&self.world, profile)
    }

    /// A new customer of a company's own site, which speaks the REST channel at this endpoint. `sender` is the site's name for the customer.
    /// The site asks until it is dropped.
    pub fn site_customer(&self, sender: &str, endpoint: Endpoint) -> SiteCustomer {
        SiteCustomer::new(&self.world, sender, endpoint)
    }

    /// Posts this share of all deliveries to the bridge twice, in per cent.
    pub fn repeat_deliveries(&self, percent: u32) {
        self.world.queues.set_repeat(percent);
    }

    /// Lets this share of all deliveries to the bridge be overtaken by one of another customer, in per cent.
    pub fn swap_deliveries(&self, percent: u32) {
        self.world.queues.set_hold(percent);
    }

    /// The ledger as it is now.
    pub fn ledger(&self) -> Ledger {
        self.world.read(|state| state.ledger.clone())
    }

    /// The judgement as of now.
    pub fn verdict(&self) -> Verdict {
        self.world.read(|state| state.ledger.verdict())
    }

    /// Fetches a link that one of the sides was given, as an app or a browser would; see [`Downloaded`]. A link of the stack
    /// (`{api}.execute-api.localhost:{port}`, the emulator's S3) is fetched from 127.0.0.1 under its own name.
    pub async fn download(&self, url: &str) -> Result<Downloaded> {
        file_check::download(url).await
    }

    /// Downloads each file that was sent by `sends_file` or `says_file` and has arrived. They are the same files if no
    /// [`FileSeen::difference`] is found; whether all have arrived is for the verdict to say.
    pub async fn files(&self) -> Vec<FileSeen> {
        file_check::compare(&self.ledger()).await
    }

    /// What is wrong with the files that have arrived, one sentence for each.
    pub async fn file_differences(&self) -> Vec<String> {
        self.files().await.iter().filter_map(FileSeen::difference).collect()
    }

    /// Waits until `find` finds something in the ledger; `what` says in words what was waited for.
    pub async fn until<T>(&self, limit: Duration, what: &str, find: impl Fn(&Ledger) -> Option<T>) -> Result<T> {
        self.world.until(limit, what, |state| find(&state.ledger)).await
    }

    /// Waits until the other side has seen this message.
    pub async fn arrives(&self, label: &Label, limit: Duration) -> Result<()> {
        let content = self.world.read(|state| state.ledger.message(label).map(|sent| sent.content.clone()));
        let what = format!("{label} arrives: {content:?}");
        self.until(limit, &what, |ledger| ledger.arrived(label).then_some(())).await
    }

    /// Waits until each message was seen or given back.
    pub async fn settles(&self, limit: Duration) -> Result<()> {
        self.until(limit, "all messages arrive", |ledger| ledger.settled().then_some(())).await
    }

    /// Stops both servers and all deliveries.
    pub async fn stop(mut self) {
        self.abort();
        for server in self.servers.drain(..) {
            // It was aborted, so an error is what it gives.
            let _ = server.await;
        }
    }

    fn abort(&self) {
        self.servers.iter().for_each(JoinHandle::abort);
        self.world.queues.stop();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.abort();
    }
}

async fn bind() -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn serve(listener: TcpListener, routes: Router) -> JoinHandle<()> {
    let service = routes.into_make_service_with_connect_info::<ConnectionSwitch>();
    tokio::spawn(async move {
        // It runs until it is aborted; an accept error is retried by the library.
        let _ = axum::serve(CuttableListener(listener), service).await;
    })
}

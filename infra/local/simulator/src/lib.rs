//! The far sides of the bridge on one machine: Blip, with its router and its custom attendance channel, and an in-house
//! helpdesk that speaks the `webhook` contract; on the same port, an assistant behind Rasa's REST channel. A company's own site can be
//! in Blip's place.
//!
//! It is an independent judge: it does not use the crate `ponte`, reads raw JSON, and signs with code of its own. What each side
//! said and saw is in the [`Ledger`], and [`Ledger::verdict`] says whether anything was lost, repeated, out of order, or shown to
//! the wrong person; [`Simulator::files`] says whether the files are the same ones, byte for byte. The end-to-end tests use it in
//! their own process; `make demo` and `make local` through the binary.
//!
//! Everything it knows of Blip comes from `docs.blip.ai` (2023) and the captures named at each place; where nothing is known it
//! does the least convenient thing that is plausible.

pub mod assistant;
mod blip;
mod clock;
mod content;
mod controls;
mod copies;
mod courier;
mod customer;
mod desk_customer;
mod download;
mod fault;
mod files;
mod helpdesk;
mod hostile;
mod ledger;
mod outage;
mod person;
pub mod play;
pub mod samples;
mod signature;
mod site;
pub mod stack;
mod upload;
mod verdict;
mod wire;
mod world;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use blip::Blip;
pub use content::Content;
pub use copies::FileSeen;
pub use courier::{Bridge, Door};
pub use customer::{Customer, Someone};
pub use desk_customer::DeskCustomer;
pub use download::Downloaded;
pub use fault::{Action, Faults, Lasts};
pub use files::{Digest, Fetch};
pub use helpdesk::{Agent, Conversation, Helpdesk};
pub use hostile::Hostile;
pub use ledger::{Direction, Label, Lane, Ledger, Note, Origin, Seen, Sent};
pub use person::{Place, Profile, Turn};
pub use signature::{Key, Stamp};
pub use site::{SiteCustomer, TOKEN as REST_CHANNEL_TOKEN};
pub use verdict::Verdict;

use wire::{CuttableListener, Wire};
use world::World;

/// What both sides share with the bridge.
#[derive(Clone, Debug)]
pub struct Config {
    /// The bot's key, as in `Authorization: Key <blip_key>`.
    pub blip_key: String,
    /// What Blip presents to the bridge, and the header it does so in.
    pub blip_token: String,
    pub token_header: String,
    /// The key of the helpdesk's signatures, `whsec_<base64>`.
    pub webhook_secret: String,
}

/// Both far sides, running. They stop when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    /// Faults and habits of Blip.
    pub blip: Blip,
    /// Agents, faults and habits of the helpdesk.
    pub helpdesk: Helpdesk,
    world: Arc<World>,
    blip_port: u16,
    helpdesk_port: u16,
    servers: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Starts both servers on free ports of 127.0.0.1. The bridge is named later, by [`Self::connect`]: it is deployed when
    /// these ports are known. Needs a Tokio runtime with I/O and time.
    pub async fn start(config: Config) -> Result<Self> {
        let (blip_door, helpdesk_door) = (bind().await?, bind().await?);
        let (blip_port, helpdesk_port) = (blip_door.local_addr()?.port(), helpdesk_door.local_addr()?.port());
        let world = Arc::new(World::new(config, address(blip_port), address(helpdesk_port))?);
        let blip_server = serve(blip_door, blip::routes(world.clone()));
        let routes = helpdesk::routes(world.clone()).merge(controls::routes(world.clone()));
        let routes = routes.merge(outage::routes(world.clone()));
        let routes = routes.merge(assistant::routes(world.clone()));
        let servers = vec![blip_server, serve(helpdesk_door, routes)];
        let (blip, helpdesk) = (Blip { world: world.clone() }, Helpdesk { world: world.clone() });
        Ok(Self { blip, helpdesk, world, blip_port, helpdesk_port, servers })
    }

    /// Starts a server on a free port of 127.0.0.1 that the bridge must never reach. Paths that misbehave on a host that it may
    /// reach are at Blip's `/hostile/…` (`blip/traps.rs`).
    pub async fn hostile(&self) -> Result<Hostile> {
        Hostile::start(bind().await?, self.world.config.blip_key.clone())
    }

    /// What both sides share with the bridge, as given.
    pub fn config(&self) -> &Config {
        &self.world.config
    }

    /// The base of Blip's `/messages`, `/notifications` and `/commands`: the bridge's parameter `BlipUrl`.
    pub fn blip_url(&self) -> String {
        address(self.blip_port)
    }

    /// The base of the helpdesk and of the playing commands `/_/…`.
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

    /// A new customer of a company's own site, which speaks the REST channel at this door. `sender` is the site's name for the customer.
    /// The site asks until it is dropped.
    pub fn site_customer(&self, sender: &str, door: Door) -> SiteCustomer {
        SiteCustomer::new(&self.world, sender, door)
    }

    /// Posts this share of all deliveries to the bridge twice, in per cent.
    pub fn repeat_deliveries(&self, percent: u32) {
        self.world.courier.repeat(percent);
    }

    /// Lets this share of all deliveries to the bridge be overtaken by one of another customer, in per cent.
    pub fn swap_deliveries(&self, percent: u32) {
        self.world.courier.hold(percent);
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
        download::download(url).await
    }

    /// Downloads each file that was sent by `sends_file` or `says_file` and has arrived. They are the same files if no
    /// [`FileSeen::difference`] is found; that all have arrived is the verdict's affair.
    pub async fn files(&self) -> Vec<FileSeen> {
        copies::files(&self.ledger()).await
    }

    /// What is wrong with the files that have arrived, one sentence for each.
    pub async fn file_differences(&self) -> Vec<String> {
        self.files().await.iter().filter_map(FileSeen::difference).collect()
    }

    /// Waits until `look` finds something in the ledger; `what` says in words what was waited for.
    pub async fn until<T>(&self, limit: Duration, what: &str, look: impl Fn(&Ledger) -> Option<T>) -> Result<T> {
        self.world.until(limit, what, |state| look(&state.ledger)).await
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
        self.world.courier.stop();
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
    let service = routes.into_make_service_with_connect_info::<Wire>();
    tokio::spawn(async move {
        // It runs until it is aborted; an accept error is retried by the library.
        let _ = axum::serve(CuttableListener(listener), service).await;
    })
}

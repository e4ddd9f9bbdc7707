//! What a test asks of the fake Blip.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::state::World;
use crate::transport::{FaultPlan, FileRequest};

/// Every notification that a channel can send for one message, in their order.
const ALL_EVENTS: [&str; 4] = ["accepted", "dispatched", "received", "consumed"];
/// Controls the fake Blip: faults and options.
#[derive(Clone, Debug)]
pub struct Blip {
    pub(crate) world: Arc<World>,
}

impl Blip {
    /// Faults of `/messages`, `/notifications`, `/commands` and the media store. A request's line reads `/messages {type} {to}`,
    /// `/notifications {event} {to}`, `/commands {method} {uri}`, `/secure-medias/{id}` or `/media/download/{id}`.
    pub fn faults(&self) -> &FaultPlan {
        &self.world.blip_faults
    }

    /// How long the links to customers' files live that are made from now on, refreshed ones too; 15 minutes by default.
    pub fn links_live(&self, time: Duration) {
        self.world.write(|state| state.media.link_lives = time);
    }

    /// All links given out so far have expired: 403. A new one can be had by command.
    pub fn expire_links(&self) {
        self.world.write(|state| state.media.expire_links());
    }

    /// All files so far are gone: 404 under a good link, and there is no new one.
    pub fn lose_files(&self) {
        self.world.write(|state| state.media.lose_files());
    }

    /// Every request of the bridge to the media store and to the paths of `/hostile`, in order.
    pub fn fetches(&self) -> Vec<FileRequest> {
        self.world.read(|state| state.media.fetches.clone())
    }

    /// How many bytes of `/hostile/endless` were handed out, to all who asked: what the sockets hold is in it.
    pub fn endless_bytes_sent(&self) -> usize {
        self.world.endless_bytes_sent.load(Ordering::SeqCst)
    }

    /// How often the bridge asked for a new link.
    pub fn refreshes(&self) -> usize {
        self.world.read(|state| state.media.refreshes)
    }

    /// The next words of an agent are accepted, but never shown: a `failed` notification comes instead.
    pub fn fails_next(&self, code: u32, description: &str) {
        self.world.write(|state| state.blip.failures.push((code, description.to_owned())));
    }

    /// Posts these events (`accepted`, `received`, `consumed`…) for each message of the bridge that is shown. None by default.
    pub fn notifies(&self, events: &[&str]) {
        let events = events.iter().map(|event| (*event).to_owned()).collect();
        self.world.write(|state| state.blip.notify = events);
    }

    /// Whether all of `accepted`, `dispatched`, `received` and `consumed` are posted for each message that is shown.
    pub fn sends_receipts(&self, on: bool) {
        self.notifies(if on { &ALL_EVENTS } else { &[] });
    }

    /// Lets `consumed` come before `received` for this share of the messages, in per cent.
    pub fn swaps_receipts(&self, percent: u32) {
        self.world.write(|state| state.blip.swap.set(percent));
    }
}

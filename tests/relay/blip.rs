//! Blip in memory: what it took is kept, and what it does is set by the test.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    lime::{Node, Notification},
    relay::{
        Failure,
        ports::{
            Access, CustomerChannel, CustomerDirectory, CustomerFiles, CustomerReceipts, CustomerRef, DeskTickets,
            Outgoing, Profile, Spoken, Transcripts, Typed, Whereabouts,
        },
    },
};

use super::ports::{Faults, HandClock, text};

/// Blip: what it took, in order.
#[derive(Default)]
pub(crate) struct MemoryBlip {
    pub(crate) sent: Mutex<Vec<Outgoing>>,
    pub(crate) faults: Faults,
    pub(crate) typed: Mutex<Vec<Typed>>,
    /// How often what was typed was read.
    pub(crate) readings: Mutex<u32>,
    pub(crate) opened: Mutex<Vec<(String, String)>>,
    pub(crate) closed: Mutex<Vec<String>>,
    pub(crate) tags: Mutex<Vec<String>>,
    /// What the contact says.
    pub(crate) contact: Mutex<Profile>,
    /// The extras of it that were emptied.
    pub(crate) cleared: Mutex<Vec<String>>,
    /// The talk with the bot.
    pub(crate) transcript: Mutex<Vec<Spoken>>,
    pub(crate) silent: Mutex<bool>,
    pub(crate) notified: Mutex<Vec<Notification>>,
    pub(crate) looks: Mutex<u32>,
    /// A look takes this long on this clock.
    pub(crate) look_takes: Mutex<Option<(Arc<HandClock>, Duration)>>,
    /// The router, where its key is given.
    pub(crate) router: Option<MemoryRouter>,
    /// The words that make the call panic.
    pub(crate) panics_at: Mutex<Option<&'static str>>,
}

/// A router that says where its customer is.
#[derive(Default)]
pub(crate) struct MemoryRouter {
    /// The customer is with another bot.
    pub(crate) is_elsewhere: Mutex<bool>,
    /// What it is asked and told, in order: `?`, and `set` with the customer's address.
    pub(crate) calls: Mutex<Vec<String>>,
    pub(crate) faults: Faults,
    /// It never answers.
    pub(crate) is_silent: Mutex<bool>,
}

#[async_trait]
impl Whereabouts for MemoryRouter {
    async fn is_elsewhere(&self, _: &Node) -> Result<bool, Failure> {
        self.calls.lock().unwrap().push("?".to_owned());
        if *self.is_silent.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        self.faults.check()?;
        Ok(*self.is_elsewhere.lock().unwrap())
    }

    async fn call_back(&self, customer: &Node) -> Result<(), Failure> {
        self.calls.lock().unwrap().push(format!("set {}", customer.as_str()));
        self.faults.check()?;
        *self.is_elsewhere.lock().unwrap() = false;
        Ok(())
    }
}

#[async_trait]
impl CustomerChannel for MemoryBlip {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let panics = self.panics_at.lock().map_or(None, |at| *at);
        assert_ne!(panics, Some(text(&message.document).as_str()), "a bug");
        self.faults.check()?;
        self.sent.lock().unwrap().push(message.clone());
        Ok(())
    }

    async fn knows(&self, _: &Node, id: &str) -> Result<bool, Failure> {
        *self.looks.lock().unwrap() += 1;
        if let Some((clock, time)) = &*self.look_takes.lock().unwrap() {
            clock.pass(*time);
        }
        Ok(self.sent.lock().unwrap().iter().any(|message| message.id.as_deref() == Some(id)))
    }

    fn receipts(&self) -> Option<&dyn CustomerReceipts> {
        Some(self)
    }

    fn directory(&self) -> Option<&dyn CustomerDirectory> {
        Some(self)
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        Some(self)
    }

    fn desk_tickets(&self) -> Option<&dyn DeskTickets> {
        Some(self)
    }

    fn files(&self) -> Option<&dyn CustomerFiles> {
        Some(self)
    }

    fn whereabouts(&self) -> Option<&dyn Whereabouts> {
        Some(self.router.as_ref()?)
    }
}

#[async_trait]
impl CustomerReceipts for MemoryBlip {
    async fn notify(&self, notification: &Notification) -> Result<(), Failure> {
        self.notified.lock().unwrap().push(notification.clone());
        Ok(())
    }
}

#[async_trait]
impl CustomerDirectory for MemoryBlip {
    async fn profile(&self, whom: &CustomerRef) -> Result<Profile, Failure> {
        if *self.silent.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        Ok(Profile {
            name: Some("Maria".into()),
            identity: whom.originator.clone(),
            ..self.contact.lock().unwrap().clone()
        })
    }

    async fn clear_extras(&self, _: &CustomerRef, extras: &[String]) -> Result<(), Failure> {
        self.cleared.lock().unwrap().extend_from_slice(extras);
        Ok(())
    }
}

#[async_trait]
impl Transcripts for MemoryBlip {
    async fn transcript(&self, _: &CustomerRef, _: u8) -> Result<Vec<Spoken>, Failure> {
        if *self.silent.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        Ok(self.transcript.lock().unwrap().clone())
    }
}

#[async_trait]
impl DeskTickets for MemoryBlip {
    async fn open_ticket(&self, ticket: &str, agent: &str) -> Result<(), Failure> {
        self.faults.check()?;
        self.opened.lock().unwrap().push((ticket.to_owned(), agent.to_owned()));
        Ok(())
    }

    async fn ticket_messages(&self, _: &str) -> Result<Vec<Typed>, Failure> {
        *self.readings.lock().unwrap() += 1;
        Ok(self.typed.lock().unwrap().clone())
    }

    async fn close_ticket(&self, ticket: &str, tag: Option<&str>) -> Result<(), Failure> {
        self.tags.lock().unwrap().extend(tag.map(str::to_owned));
        self.faults.check()?;
        self.closed.lock().unwrap().push(ticket.to_owned());
        Ok(())
    }
}

#[async_trait]
impl CustomerFiles for MemoryBlip {
    fn file_access(&self, _: &str) -> Option<Access> {
        None
    }

    async fn refresh_file(&self, url: &str) -> Result<Option<String>, Failure> {
        Ok(url.strip_suffix("?expired").map(str::to_owned))
    }
}

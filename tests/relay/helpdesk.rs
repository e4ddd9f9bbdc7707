//! The helpdesk in memory: what it was told is kept, and what it names is set by the test.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    message::{AgentEvent, AgentEventKind, Capabilities, Content, ConversationId, MAX_TEXT, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            AgentReceipts, Answers, Batches, BridgeUser, CustomerMessage, EndedBy, EventReader, Helpdesk, Merges,
            NamesTickets, NewConversation, NotDelivered, Notices, Presence, Rating, Ratings, Reopens, Status,
            TicketRef,
        },
    },
    texts::Texts,
};

use super::ports::{Faults, HandClock};

/// What the helpdesk was told, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Opened(ConversationId),
    Reopened { ticket: String },
    Said { ticket: String, content: Content, late: bool },
    NotDelivered { ticket: String, message: SourceId, reason: NotDelivered },
    Noted { ticket: String },
    Rated { ticket: String, score: u8, field: Option<String> },
    Ended { ticket: String, by: EndedBy },
    Typing { ticket: String, on: bool },
    Status { ticket: String, message: SourceId, status: Status },
}

/// What becomes of a ticket that is to be opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reopening {
    Opens,
    Refuses,
    /// It says that it cannot.
    Cannot,
    Gone,
    /// The key may not change this ticket.
    MayNot,
}

/// A helpdesk with idempotency keys, as `webhook` is. Tickets are called `T-1`, `T-2`, …
pub(crate) struct MemoryHelpdesk {
    pub(crate) capabilities: Capabilities,
    pub(crate) told: Mutex<Vec<Told>>,
    /// How many messages each call had that posted several.
    pub(crate) bursts: Mutex<Vec<usize>>,
    /// What it answers at once to the words to come, in order; then nothing.
    pub(crate) answers: Mutex<VecDeque<Vec<AgentEvent>>>,
    /// Of each message that was posted, whether it may have been before.
    pub(crate) again: Mutex<Vec<bool>>,
    /// What the events were that were only named, and what was missed before any of them.
    pub(crate) named: Mutex<HashMap<String, Vec<AgentEventKind>>>,
    pub(crate) missed: Mutex<Vec<SourceId>>,
    /// The names that were read, in order.
    pub(crate) read: Mutex<Vec<String>>,
    /// A read takes this long on this clock.
    pub(crate) read_takes: Mutex<Option<(Arc<HandClock>, Duration)>>,
    pub(crate) faults: Faults,
    /// It has no idempotency keys: what comes twice is there twice.
    pub(crate) keyless: Mutex<bool>,
    /// It goes on with the last ticket, whoever the customer is.
    pub(crate) goes_on: Mutex<bool>,
    /// It opens tickets again, or tries to.
    pub(crate) reopening: Mutex<Option<Reopening>>,
    /// What was opened again.
    pub(crate) reopened: Mutex<Vec<NewConversation>>,
    /// What it says of a ticket that it is asked about.
    pub(crate) over: Mutex<bool>,
    /// How often it was asked.
    pub(crate) asked: Mutex<usize>,
    /// It says of each ticket that it is gone, once words come.
    pub(crate) gone: Mutex<bool>,
    /// Each message takes this long.
    pub(crate) takes: Mutex<Option<Duration>>,
    /// The words at which it never answers.
    pub(crate) hangs_at: Mutex<Option<&'static str>>,
    /// Why it does not hear what was not delivered.
    pub(crate) deaf: Mutex<Option<Failure>>,
    /// Why it does not keep the ratings to come.
    pub(crate) keeps_no_rating: Mutex<VecDeque<Failure>>,
    /// It sends surveys of its own.
    pub(crate) surveys: Mutex<bool>,
    /// Its agents see a customer's earlier tickets by themselves.
    pub(crate) shows_tickets: Mutex<bool>,
    /// Tickets that were merged: which one into which. Words for one of them find it gone.
    pub(crate) merged: Mutex<HashMap<String, String>>,
    keys: Mutex<HashMap<String, String>>,
    pub(crate) openings: Mutex<Vec<NewConversation>>,
}

impl Default for MemoryHelpdesk {
    fn default() -> Self {
        Self::with(Capabilities { typing: true, receipts: true, ..Capabilities::everything(MAX_TEXT) })
    }
}

impl MemoryHelpdesk {
    pub(crate) fn with(capabilities: Capabilities) -> Self {
        Self {
            capabilities,
            told: Mutex::default(),
            bursts: Mutex::default(),
            answers: Mutex::default(),
            again: Mutex::default(),
            named: Mutex::default(),
            missed: Mutex::default(),
            read: Mutex::default(),
            read_takes: Mutex::default(),
            faults: Faults::default(),
            keyless: Mutex::default(),
            goes_on: Mutex::default(),
            reopening: Mutex::default(),
            reopened: Mutex::default(),
            over: Mutex::default(),
            asked: Mutex::default(),
            gone: Mutex::default(),
            takes: Mutex::default(),
            hangs_at: Mutex::default(),
            deaf: Mutex::default(),
            keeps_no_rating: Mutex::default(),
            surveys: Mutex::default(),
            shows_tickets: Mutex::default(),
            merged: Mutex::default(),
            keys: Mutex::default(),
            openings: Mutex::default(),
        }
    }

    fn effect(&self, key: String, told: Told) -> Result<(), Failure> {
        self.faults.check()?;
        let new = self.keys.lock().unwrap().insert(key, String::new()).is_none();
        if new || *self.keyless.lock().unwrap() {
            self.told.lock().unwrap().push(told);
        }
        Ok(())
    }
}

/// Who the bridge is there.
pub(crate) const OWN_USER: &str = "the-bridge";

/// What it never takes.
fn refused(message: &CustomerMessage) -> Result<(), Failure> {
    match &message.content {
        Content::Text { text } if text.contains('⛔') => Err(Failure::Refused { why: "", status: 422 }),
        Content::Text { text } if text.contains('💥') => panic!("a bug"),
        _ => Ok(()),
    }
}

#[async_trait]
impl Helpdesk for MemoryHelpdesk {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        self.faults.check()?;
        let mut keys = self.keys.lock().unwrap();
        let number = self.openings.lock().unwrap().len() + 1;
        let ticket = keys.entry(opening.id.as_str().to_owned()).or_insert_with(|| {
            self.openings.lock().unwrap().push(opening.clone());
            self.told.lock().unwrap().push(Told::Opened(opening.id.clone()));
            if *self.goes_on.lock().unwrap() { "T-1".to_owned() } else { format!("T-{number}") }
        });
        Ok(TicketId::new(ticket.clone()))
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        let takes = *self.takes.lock().unwrap();
        if let Some(takes) = takes {
            tokio::time::sleep(takes).await;
        }
        let hangs_at = *self.hangs_at.lock().unwrap();
        if let (Some(at), Content::Text { text }) = (hangs_at, &message.content)
            && text == at
        {
            std::future::pending::<()>().await;
        }
        if *self.gone.lock().unwrap() || self.merged.lock().unwrap().contains_key(to.ticket.as_str()) {
            return Err(Failure::Gone);
        }
        refused(message)?;
        let ticket = to.ticket.as_str().to_owned();
        let said = Told::Said { ticket, content: message.content.clone(), late: message.late };
        self.again.lock().unwrap().push(message.may_be_duplicate);
        self.effect(format!("{}{}", to.opening.conversation().as_str(), message.id), said)
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        let ticket = to.ticket.as_str().to_owned();
        self.effect(format!("ended {}", to.opening.as_str()), Told::Ended { ticket, by })
    }

    fn earlier_tickets(&self) -> Option<&dyn NamesTickets> {
        if *self.shows_tickets.lock().unwrap() { None } else { Some(self) }
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn ratings(&self) -> Option<&dyn Ratings> {
        Some(self)
    }

    fn sends_surveys(&self) -> bool {
        *self.surveys.lock().unwrap()
    }

    fn answers(&self) -> Option<&dyn Answers> {
        Some(self)
    }

    fn batches(&self) -> Option<&dyn Batches> {
        if self.capabilities.max_batch > 1 { Some(self) } else { None }
    }

    fn event_reader(&self) -> Option<&dyn EventReader> {
        Some(self)
    }

    fn merges(&self) -> Option<&dyn Merges> {
        Some(self)
    }

    fn reopens(&self) -> Option<&dyn Reopens> {
        if self.reopening.lock().unwrap().is_some() { Some(self) } else { None }
    }

    fn bridge_user(&self) -> Option<&dyn BridgeUser> {
        Some(self)
    }

    fn presence(&self) -> Option<&dyn Presence> {
        if self.capabilities.typing { Some(self) } else { None }
    }

    fn receipts(&self) -> Option<&dyn AgentReceipts> {
        if self.capabilities.receipts { Some(self) } else { None }
    }
}

#[async_trait]
impl Reopens for MemoryHelpdesk {
    async fn reopen(&self, ticket: &TicketId, opening: &NewConversation) -> Result<Option<TicketId>, Failure> {
        self.faults.check()?;
        let mut keys = self.keys.lock().unwrap();
        if let Some(marked) = keys.get(opening.id.as_str()) {
            return Ok((marked == ticket.as_str()).then(|| ticket.clone()));
        }
        match *self.reopening.lock().unwrap() {
            Some(Reopening::Gone) => return Err(Failure::Gone),
            Some(Reopening::MayNot) => return Err(Failure::Unauthorized { why: "" }),
            Some(Reopening::Refuses) => return Err(Failure::Refused { why: "", status: 422 }),
            Some(Reopening::Cannot) | None => return Ok(None),
            Some(Reopening::Opens) => {}
        }
        keys.insert(opening.id.as_str().to_owned(), ticket.as_str().to_owned());
        self.reopened.lock().unwrap().push(opening.clone());
        self.told.lock().unwrap().push(Told::Reopened { ticket: ticket.as_str().to_owned() });
        Ok(Some(ticket.clone()))
    }

    async fn is_over(&self, _: &TicketRef) -> Result<bool, Failure> {
        self.faults.check()?;
        *self.asked.lock().unwrap() += 1;
        Ok(*self.over.lock().unwrap())
    }
}

#[async_trait]
impl BridgeUser for MemoryHelpdesk {
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure> {
        Ok(Some(OWN_USER.to_owned()))
    }
}

#[async_trait]
impl Answers for MemoryHelpdesk {
    async fn converse(&self, to: &TicketRef, message: &CustomerMessage) -> Result<Vec<AgentEvent>, Failure> {
        self.deliver(to, message).await?;
        Ok(self.answers.lock().unwrap().pop_front().unwrap_or_default())
    }
}

#[async_trait]
impl Batches for MemoryHelpdesk {
    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure> {
        self.bursts.lock().unwrap().push(messages.len());
        self.faults.check()?;
        if let Some(refused) = messages.iter().find_map(|message| refused(message).err()) {
            return Err(refused);
        }
        for message in messages {
            self.deliver(to, message).await.unwrap();
        }
        Ok(())
    }
}

#[async_trait]
impl EventReader for MemoryHelpdesk {
    async fn read(&self, _: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        self.faults.check()?;
        self.read.lock().unwrap().push(event.as_str().to_owned());
        if let Some((clock, time)) = &*self.read_takes.lock().unwrap() {
            clock.pass(*time);
        }
        Ok(self.named.lock().unwrap().get(event.as_str()).cloned().unwrap_or_default())
    }

    async fn missed_before(&self, _: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        let missed = self.missed.lock().unwrap();
        Ok(missed.iter().take_while(|missed| *missed != event).cloned().collect())
    }
}

#[async_trait]
impl Merges for MemoryHelpdesk {
    async fn merged_into(&self, to: &TicketRef) -> Result<Option<TicketId>, Failure> {
        Ok(self.merged.lock().unwrap().get(to.ticket.as_str()).map(TicketId::new))
    }
}

#[async_trait]
impl Notices for MemoryHelpdesk {
    async fn not_delivered(
        &self,
        to: &TicketRef,
        message: &SourceId,
        reason: &NotDelivered,
        _: &Texts,
    ) -> Result<(), Failure> {
        if let Some(deaf) = self.deaf.lock().unwrap().clone() {
            return Err(deaf);
        }
        let ticket = to.ticket.as_str().to_owned();
        let told = Told::NotDelivered { ticket, message: message.clone(), reason: reason.clone() };
        self.effect(format!("failed {}{}", to.opening.as_str(), message.as_str()), told)
    }

    async fn note(&self, to: &TicketRef, id: &str, _: &str) -> Result<(), Failure> {
        let told = Told::Noted { ticket: to.ticket.as_str().to_owned() };
        self.effect(format!("note {}{id}", to.opening.as_str()), told)
    }
}

#[async_trait]
impl Ratings for MemoryHelpdesk {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        if let Some(failure) = self.keeps_no_rating.lock().unwrap().pop_front() {
            return Err(failure);
        }
        let field = rating.field.map(str::to_owned);
        let told = Told::Rated { ticket: to.ticket.as_str().to_owned(), score: rating.score, field };
        self.effect(format!("rated {}", to.opening.as_str()), told)
    }
}

#[async_trait]
impl Presence for MemoryHelpdesk {
    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure> {
        self.faults.check()?;
        self.told.lock().unwrap().push(Told::Typing { ticket: to.ticket.as_str().to_owned(), on });
        Ok(())
    }
}

#[async_trait]
impl AgentReceipts for MemoryHelpdesk {
    async fn status(&self, to: &TicketRef, message: &SourceId, status: Status) -> Result<(), Failure> {
        let told = Told::Status { ticket: to.ticket.as_str().to_owned(), message: message.clone(), status };
        self.effect(format!("{} {}{}", status.name(), to.opening.as_str(), message.as_str()), told)
    }
}

impl NamesTickets for MemoryHelpdesk {
    fn ticket_name(&self, ticket: &TicketId) -> String {
        format!("ticket {}", ticket.as_str())
    }
}

//! Bridges that are known to be wrong, made by wrapping the ports: each must be found out.

use std::sync::Arc;

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Ending, Placement},
    message::{ConversationId, CustomerKey, TicketId},
    queue::Record,
    relay::{
        Failure,
        ports::{
            Clock, ClosedFrom, CustomerChannel, CustomerDirectory, CustomerFiles, CustomerReceipts, DeskTickets, Files,
            FixedRules, Helpdesk, Journal, Outgoing, Progress, Queue, Store, StoreError, Transcripts,
        },
    },
};
use service_rules::{Never, Night, PlaceTold, ReturnService, ServiceRules, ToldTimes};

use super::{
    conversation_store::{ConversationStore, Way, side},
    invocation::Invocation,
    witness::Witness,
};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    NoConditionOnTheWrite,
    DoneBeforeTheEffect,
    OneSequenceForBothDirections,
    AppliedToThePresentOpening,
    AnErrorIsASuccess,
    CloseBeforeItsTurn,
    GoesOnAfterAFailure,
    ParksInSilence,
    ParksWhatMayWorkLater,
    ReplaysInReverse,
    ReplayKeepsTheOldId,
    ReplayHasAGroupOfItsOwn,
    /// A poller that goes on at the next second, though a page did not hold all of the last one.
    PassesOver,
    /// The function's limit is not known.
    NoDeadline,
    /// Blip is not asked before a repetition.
    NeverLooks,
    /// The customer hears nothing of what was refused or lost.
    TellsNobody,
    /// What was told of one's own accord is not remembered, and Blip is not asked whether it has it.
    ForgetsWhatItTold,
    /// The night of the rules is not known.
    TalksAtNight,
    /// What the customer says does not count.
    DoesNotHearTheCustomer,
    /// What the agent says does not count.
    DoesNotHearTheAgent,
    /// The bot is not told why it gets the customer.
    GivesNoReason,
    /// The clock never runs.
    NoClock,
    /// When a ticket was transferred is not remembered.
    TellsEachTransfer,
    /// The customer is not told of a transfer.
    TellsNoTransfer,
    /// That a ticket goes on from an earlier conversation is not remembered.
    ForgetsThatItGoesOn,
    /// Where a ticket went is not remembered.
    ForgetsWhereItWent,
    /// That a ticket is on hold is not remembered.
    DoesNotHold,
    /// The place that a customer was told is not remembered.
    ForgetsThePlace,
    /// What agents take back is not heard.
    TakesNothingBack,
    /// That an agent has the ticket is not remembered.
    ForgetsWhoHasIt,
    /// The note about words that were taken back has another name each time.
    TellsEachWithdrawal,
}

/// The ports of one invocation.
#[derive(Clone)]
pub(crate) struct Ports {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub channel: Arc<dyn CustomerChannel>,
    pub helpdesk: Arc<dyn Helpdesk>,
    pub files: Arc<dyn Files>,
    pub clock: Arc<dyn Clock>,
    pub journal: Arc<dyn Journal>,
}

impl Ports {
    pub(crate) fn of(invocation: &Arc<Invocation>, broken: Option<Broken>) -> Self {
        let wrapped = Arc::new(Wrapped { inner: invocation.clone(), broken });
        let store: Arc<dyn Store> = match broken {
            Some(
                Broken::NoConditionOnTheWrite
                | Broken::OneSequenceForBothDirections
                | Broken::AppliedToThePresentOpening
                | Broken::ForgetsWhatItTold
                | Broken::DoesNotHearTheCustomer
                | Broken::DoesNotHearTheAgent
                | Broken::TellsEachTransfer
                | Broken::ForgetsWhereItWent
                | Broken::DoesNotHold
                | Broken::ForgetsThePlace
                | Broken::ForgetsThatItGoesOn
                | Broken::ForgetsWhoHasIt,
            ) => wrapped.clone(),
            _ => invocation.clone(),
        };
        let channel: Arc<dyn CustomerChannel> = match broken {
            Some(
                Broken::DoneBeforeTheEffect
                | Broken::AnErrorIsASuccess
                | Broken::ParksWhatMayWorkLater
                | Broken::NeverLooks
                | Broken::TellsNobody
                | Broken::ForgetsWhatItTold
                | Broken::TellsNoTransfer,
            ) => wrapped,
            _ => invocation.clone(),
        };
        Self {
            store: Arc::new(Witness::new(store, invocation.clone())),
            queue: invocation.clone(),
            channel,
            helpdesk: invocation.clone(),
            files: invocation.clone(),
            clock: invocation.clone(),
            journal: invocation.clone(),
        }
    }
}

/// The rules as the bridge reads them.
pub(crate) fn rules(broken: Option<Broken>, rules: &Arc<FixedRules>) -> Arc<FixedRules> {
    let own = ServiceRules::clone(&rules.0);
    match broken {
        Some(Broken::TalksAtNight) => {
            Arc::new(FixedRules(Arc::new(ServiceRules { night: Some(Night::Never(Never::None)), ..own })))
        }
        Some(Broken::GivesNoReason) => {
            let return_service = ReturnService { context: Some(false), ..own.return_service };
            Arc::new(FixedRules(Arc::new(ServiceRules { return_service, ..own })))
        }
        _ => rules.clone(),
    }
}

/// A record as the bridge reads it.
pub(crate) fn reads(broken: Option<Broken>, mut record: Record) -> Record {
    if broken == Some(Broken::TakesNothingBack) {
        record.body = record.body.replace("\"event\":\"withdrawn\"", "\"event\":\"typing\",\"on\":true");
    }
    record
}

struct Wrapped {
    inner: Arc<Invocation>,
    broken: Option<Broken>,
}

impl Wrapped {
    async fn record(&self, way: Way, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        let key = opening.conversation();
        match self.broken {
            Some(Broken::NoConditionOnTheWrite) => {
                let write = |store: &ConversationStore| {
                    store.overwrite(way, opening, progress);
                    Ok(())
                };
                self.inner.writes("overwrite", StoreError::Unavailable, write).await
            }
            Some(Broken::OneSequenceForBothDirections) => {
                let mut direction = progress.direction.clone();
                let write = |store: &ConversationStore| {
                    let mut stored = store.get(&key).ok_or(StoreError::Conflict)?;
                    if stored.inbound.sequence + stored.outbound.sequence + 1 != direction.sequence {
                        return Err(StoreError::Conflict);
                    }
                    direction.sequence = side(&mut stored, way).sequence + 1;
                    store.record(way, opening, &Progress { direction: &direction, ..progress.clone() })
                };
                self.inner.writes("record", StoreError::Conflict, write).await
            }
            Some(Broken::ForgetsWhereItWent) => {
                let progress = Progress { queue: None, ..progress.clone() };
                let write = |store: &ConversationStore| store.record(way, opening, &progress);
                self.inner.writes("record", StoreError::Conflict, write).await
            }
            _ => {
                let write = |store: &ConversationStore| store.record(way, opening, progress);
                self.inner.writes("record", StoreError::Conflict, write).await
            }
        }
    }
}

#[async_trait]
impl Store for Wrapped {
    async fn conversation(&self, key: &CustomerKey, now: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        let mut read = self.inner.conversation(key, now).await?;
        if let Some(read) = read.as_mut().filter(|_| self.broken == Some(Broken::OneSequenceForBothDirections)) {
            let sequence = read.inbound.sequence + read.outbound.sequence;
            (read.inbound.sequence, read.outbound.sequence) = (sequence, sequence);
        }
        match (self.broken, &mut read) {
            (Some(Broken::ForgetsWhatItTold), Some(read)) => read.timers.told = ToldTimes::default(),
            (Some(Broken::DoesNotHearTheCustomer), Some(read)) => read.inbound.last = Timestamp(0),
            (Some(Broken::DoesNotHearTheAgent), Some(read)) => read.outbound.last = Timestamp(0),
            (Some(Broken::TellsEachTransfer), Some(read)) => read.desk.queued_at = None,
            (Some(Broken::DoesNotHold), Some(read)) => read.desk.held_at = None,
            (Some(Broken::ForgetsThatItGoesOn), Some(read)) => {
                (read.placement.same_ticket, read.timers.same_ticket) = (false, false);
            }
            (Some(Broken::ForgetsWhoHasIt), Some(read)) => read.agent = None,
            (Some(Broken::ForgetsThePlace), Some(read)) => read.desk.place = PlaceTold::default(),
            _ => {}
        }
        Ok(read)
    }

    async fn claim(
        &self,
        new: &CustomerRecord,
        previous: Option<&ConversationId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.claim(new, previous, now).await
    }

    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.store_ticket(opening, ticket, placement, now).await
    }

    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.move_ticket(opening, from, into, now).await
    }

    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.record(Way::In, opening, progress).await
    }

    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.record(Way::Out, opening, progress).await
    }

    async fn begin_closing(
        &self,
        opening: &ConversationId,
        since: Timestamp,
        ending: Ending<'_>,
    ) -> Result<(), StoreError> {
        self.inner.begin_closing(opening, since, ending).await
    }

    async fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.ask(opening, asked, service, due_at).await
    }

    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.inner.leave(opening, at).await
    }

    async fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError> {
        self.inner.call_back(opening, at, desk).await
    }

    async fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError> {
        self.inner.left(opening, at, read).await
    }

    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<ClosedFrom, StoreError> {
        self.inner.close(opening, at).await
    }

    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        let own = self.inner.conversation_of_ticket(ticket, now).await?;
        let Some(own) = own.filter(|_| self.broken == Some(Broken::AppliedToThePresentOpening)) else {
            return self.inner.conversation_of_ticket(ticket, now).await;
        };
        Ok(self.inner.conversation(&own.conversation(), now).await?.map(|present| present.opening))
    }

    async fn opening_before(&self, ticket: &TicketId, now: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        self.inner.opening_before(ticket, now).await
    }
}

#[async_trait]
impl CustomerChannel for Wrapped {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        if self.broken == Some(Broken::DoneBeforeTheEffect) {
            let (inner, message) = (self.inner.clone(), message.clone());
            self.inner.world.spawn(async move {
                let _ = CustomerChannel::send(&*inner, &message).await;
            });
            return Ok(());
        }
        let notice = |id: &String| id.contains("not-delivered") || id.contains("lost-file");
        if self.broken == Some(Broken::TellsNobody) && message.id.as_ref().is_some_and(notice) {
            return Ok(());
        }
        if self.broken == Some(Broken::TellsNoTransfer)
            && message.id.as_ref().is_some_and(|id| id.contains("transferred"))
        {
            return Ok(());
        }
        let sent = CustomerChannel::send(&*self.inner, message).await;
        let sends =
            [Broken::NeverLooks, Broken::TellsNobody, Broken::TellsNoTransfer, Broken::ForgetsWhatItTold].map(Some);
        if sends.contains(&self.broken) {
            return sent;
        }
        if self.broken == Some(Broken::ParksWhatMayWorkLater) {
            return sent.map_err(|_| Failure::Broken { why: "Blip does not take it" });
        }
        sent.or(Ok(()))
    }

    async fn knows(&self, to: &ponte::lime::Node, id: &str) -> Result<bool, Failure> {
        if self.broken == Some(Broken::NeverLooks) {
            return Ok(false);
        }
        let of_silence = |text: &&str| id.contains(*text);
        if self.broken == Some(Broken::ForgetsWhatItTold)
            && ["still-searching", "inactive-warning"].iter().any(of_silence)
        {
            return Ok(false);
        }
        self.inner.knows(to, id).await
    }

    fn receipts(&self) -> Option<&dyn CustomerReceipts> {
        CustomerChannel::receipts(&*self.inner)
    }

    fn directory(&self) -> Option<&dyn CustomerDirectory> {
        CustomerChannel::directory(&*self.inner)
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        CustomerChannel::transcripts(&*self.inner)
    }

    fn desk_tickets(&self) -> Option<&dyn DeskTickets> {
        CustomerChannel::desk_tickets(&*self.inner)
    }

    fn files(&self) -> Option<&dyn CustomerFiles> {
        CustomerChannel::files(&*self.inner)
    }
}

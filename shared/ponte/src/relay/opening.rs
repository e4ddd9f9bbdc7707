//! Opening a conversation: claimed, ticket stored with its way back, steps done.
//!
//! An opening is resumable. Each step is safe to repeat (an idempotency key, the recent ids, a look before the second
//! try), so the steps are not written down one by one: any later job of the group takes an unfinished opening over
//! where the conversation store says it stands.

use std::time::Duration;

use service_rules::{EndReason, Outside};

use super::{
    Failure, ToHelpdesk,
    customer_context::{self, CustomerContext},
    files::Copies,
    incoming::Incoming,
    outcome::{NotOpened, Opened},
    ports::{CustomerRef, DeskTickets, EndedBy, NewConversation, StoreError, TicketRef, Typed},
    routing::{self, Decision},
    run::Run,
    system_message::{DuplicateCheck, send_once},
    tell::CustomerTexts,
    timers::{due_at, first_look},
    waiting::{is_closed, outside_note},
};
use crate::{
    conversation::{
        CustomerRecord, Desk, Direction, EarlierTickets, EntryPoint, Placement, RecentId, State, Timers, Who,
    },
    lime::Document,
    message::{ConversationId, channel_name},
    texts::TextKey,
};

/// The time to empty contact extras: a courtesy, for which nobody's words wait long.
const CLEAR_LIMIT: Duration = Duration::from_secs(2);

/// What became of a ticket that was to be created.
enum Created {
    Stored,
    /// Someone else was faster, and the run was read again.
    Overtaken,
    /// There is none, and there will be none.
    Not(NotOpened),
}

impl ToHelpdesk {
    /// Claims a new opening. Whether it was won or lost, the run then holds what the conversation store says.
    pub(super) async fn claim(&self, run: &mut Run<'_>, incoming: &Incoming, entry: RecentId) -> Result<(), Failure> {
        let now = self.clock.now();
        // A ticket that this message found gone is not gone on with.
        let found_gone = run.partial(entry).openings > 0;
        run.save(now).await?;
        let previous = run.conversation.take();
        let key = incoming.conversation.clone();
        let whom = customer_context::whom(&incoming.address, &incoming.message, incoming.ticket());
        let conversation = CustomerRecord {
            opening: ConversationId::mint(&key, uuid::Uuid::new_v4()),
            key,
            state: State::Claimed,
            opened: incoming.received,
            address: incoming.address.clone(),
            left: None,
            ticket: None,
            agent: None,
            channel: customer_context::channel_domain(&whom),
            who: Some(Who::of(&whom.customer(), &self.key)),
            offer: Vec::new(),
            placement: Placement::default(),
            timers: Timers { due_at: Some(due_at(None, incoming.received)), ..Timers::default() },
            rating_asked: None,
            desk: Desk::default(),
            ended: None,
            earlier: previous.as_ref().map_or_else(EarlierTickets::default, |p| self.earlier_of(p)),
            last_ticket: previous.as_ref().filter(|_| !found_gone).and_then(|p| self.last_ticket(p, incoming)),
            inbound: previous.as_ref().map_or_else(Direction::default, |p| p.inbound.of_next_opening()),
            outbound: previous.as_ref().map_or_else(Direction::default, |p| p.outbound.of_next_opening()),
        };
        match self.store.claim(&conversation, previous.as_ref().map(|p| &p.opening), now).await {
            Ok(()) => {
                run.conversation = Some(conversation);
                run.claimed = true;
                // What was to be due in the conversation before it is over.
                (run.timers, run.due_at) = (None, None);
                Ok(())
            }
            Err(StoreError::Conflict) => Ok(run.reload(now).await?),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes an opening from where it stands to `Open`.
    ///
    /// # Errors
    ///
    /// [`Failure::Gone`] where the helpdesk's ticket is gone before what was typed in it is delivered.
    pub(super) async fn resume(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        copies: &Copies,
    ) -> Result<Opened, Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(Opened::Through) };
        let way = EntryPoint::of(&conversation.address);
        let mut gone = false;
        // An earlier try may not have come to an end, and the customer may have left since.
        if let EntryPoint::Desk { ticket } = &way
            && (conversation.state == State::Claimed || !run.claimed)
        {
            let rules = self.rules.current();
            let agent = rules.agent_identity.as_deref().filter(|agent| !agent.trim().is_empty());
            let agent = agent.ok_or(Failure::later("the service rules name no attendant for Blip's tickets"))?;
            match self.tickets()?.open_ticket(ticket, agent).await {
                Ok(()) => {}
                Err(Failure::Gone) => {
                    // Someone else may have taken the opening over while this function stood still: decided anew.
                    run.reload(self.clock.now()).await?;
                    let same = |c: &CustomerRecord| c.opening == conversation.opening && c.state == conversation.state;
                    if !run.conversation.as_ref().is_some_and(same) {
                        return Ok(Opened::Through);
                    }
                    // The customer left before anyone took the ticket: there is nobody to answer to.
                    if run.claimed {
                        self.close_in_store(run, self.clock.now(), EndReason::Customer.as_str()).await?;
                        return Ok(Opened::Through);
                    }
                    // An earlier try may have opened the helpdesk's ticket all the same: it is found, and ended.
                    gone = true;
                }
                Err(failure) => return Err(failure),
            }
        }
        let mut typed = None;
        if conversation.state == State::Claimed {
            if let EntryPoint::Desk { ticket } = &way {
                // Without them, what was typed is in the transcript as well. An empty list may be too early: it is read again.
                typed = self.tickets()?.ticket_messages(ticket).await.ok().filter(|typed| !typed.is_empty());
            }
            let known = typed.as_deref().unwrap_or_default();
            match self.create_ticket(run, incoming, &conversation, &way, known).await? {
                Created::Stored => {}
                Created::Overtaken => return Ok(Opened::Through),
                // The customer is gone, and there is no ticket: nobody is left to be told.
                Created::Not(_) if gone => {
                    self.close_in_store(run, self.clock.now(), EndReason::Customer.as_str()).await?;
                    return Ok(Opened::Through);
                }
                Created::Not(why) => return Ok(Opened::Not(why)),
            }
        }
        let Some(conversation) = run.conversation.clone() else { return Ok(Opened::Through) };
        let Some(ticket) = conversation.ticket.clone() else { return Ok(Opened::Through) };
        let to = TicketRef { opening: conversation.opening.clone(), ticket };
        if let EntryPoint::Desk { ticket } = &way {
            match self.deliver_typed(run, &to, (ticket, typed), incoming, copies, false).await {
                Err(Failure::Gone) if gone => {}
                outcome => outcome?,
            }
        }
        if gone {
            match self.helpdesk.ended(&to, EndedBy::Customer).await {
                Ok(()) | Err(Failure::Gone | Failure::Refused { .. }) => {
                    self.close_in_store(run, self.clock.now(), EndReason::Customer.as_str()).await?;
                    return Ok(Opened::Through);
                }
                Err(failure) => return Err(failure),
            }
        }
        self.greet(&conversation, !run.claimed).await;
        if self.waits_for_opening(&conversation) && self.sends_back(run, &to).await? {
            return Ok(Opened::Through);
        }
        run.opens = true;
        if let Some(conversation) = &mut run.conversation {
            conversation.state = State::Open;
            let timers = first_look(conversation, &self.rules.current(), self.clock.now());
            if timers != conversation.timers {
                run.due_at = timers.due_at.filter(|_| timers.due_at != conversation.timers.due_at);
                run.timers = Some(timers);
                conversation.timers = timers;
            }
        }
        Ok(Opened::Through)
    }

    /// Creates the helpdesk's ticket and stores it.
    async fn create_ticket(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        conversation: &CustomerRecord,
        way: &EntryPoint,
        typed: &[Typed],
    ) -> Result<Created, Failure> {
        let now = self.clock.now();
        let ticket = incoming.ticket();
        let whom = customer_context::whom(&conversation.address, &incoming.message, ticket);
        let rules = self.rules.current();
        let lines = rules.context.lines();
        let CustomerContext { profile, transcript } = customer_context::read(&*self.channel, &whom, lines).await;
        let transcript = transcript.map(|lines| customer_context::before(lines, incoming, typed));
        let profile_known = profile.is_some();
        let Decision { route, mut notes, mut placement, clear_extras, routed } =
            routing::decide(&rules, incoming, &whom, profile.as_ref(), now);
        match rules.outside(placement.queue.as_deref()) {
            Outside::Bot if is_closed(&rules, &placement, now) => {
                if let Some(conversation) = &mut run.conversation {
                    conversation.placement = placement;
                }
                return Ok(Created::Not(NotOpened::OutsideHours));
            }
            Outside::Callback => placement.callback = self.may_call_back(way, &rules, &placement, now),
            Outside::Bot | Outside::Ticket => {}
        }
        notes.extend(outside_note(&rules, &placement, now));
        // Words for another queue are another matter: a new ticket.
        let last = conversation.last_ticket.as_ref();
        let stays = last.filter(|last| last.is_in(placement.queue.as_deref()));
        let earlier = self.earlier_note(&rules, &conversation.earlier, last);
        let profile = profile.unwrap_or_default();
        let opening = NewConversation {
            id: conversation.opening.clone(),
            customer: NewConversation::name_of(&whom.customer(), &self.key),
            profile_known,
            profile,
            channel: channel_name(&conversation.channel),
            origin: customer_context::origin(way, &whom, &incoming.message, ticket),
            transcript,
            at: now,
            route,
            route_notes: notes,
            previous: last.map(|last| last.ticket.clone()),
        };
        let ticket = match self.ticket_of(opening, stays, earlier).await {
            Ok(ticket) => ticket,
            Err(Failure::Refused { status, .. }) => {
                // The customer is told in the conversation's language, and goes where the rules say.
                if let Some(conversation) = &mut run.conversation {
                    conversation.placement = placement;
                }
                return Ok(Created::Not(NotOpened::Refused(status)));
            }
            // 404 and 410: a wrong address, or something that the settings name and that is not there. All customers wait for it.
            Err(Failure::Gone) => {
                return Err(Failure::later(
                    "the inbox, queue or department for new tickets does not exist (404 or 410)",
                ));
            }
            Err(failure) => return Err(failure),
        };
        if let Some(last) = last.filter(|last| last.ticket == ticket) {
            placement.same_ticket = true;
            placement.queue = placement.queue.or_else(|| last.queue.clone());
        }
        match self.store.store_ticket(&conversation.opening, &ticket, &placement, now).await {
            Ok(()) => {
                self.opened(&CustomerRecord { placement: placement.clone(), ..conversation.clone() }, routed);
                self.clear(&whom, &clear_extras).await;
                if let Some(conversation) = &mut run.conversation {
                    let (same_ticket, callback) = (placement.same_ticket, placement.callback);
                    conversation.timers = Timers { same_ticket, callback, ..conversation.timers };
                    conversation.placement = placement;
                    conversation.ticket = Some(ticket);
                    conversation.earlier = conversation.earlier.with_ticket();
                    conversation.last_ticket = None;
                    conversation.state = State::Ticketed;
                }
                Ok(Created::Stored)
            }
            Err(StoreError::Conflict) => {
                run.reload(now).await?;
                let same = |c: &CustomerRecord| c.opening == conversation.opening && c.state == State::Claimed;
                if run.conversation.as_ref().is_some_and(same) {
                    // Nobody was faster: the ticket leads to another customer, who must not read this one's words.
                    tracing::error!("the helpdesk returned another customer's ticket");
                    return Err(Failure::later("the helpdesk returned another customer's ticket"));
                }
                Ok(Created::Overtaken)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Empties the contact extras that chose the route, so that they choose no other. A courtesy: it holds nobody's words up.
    async fn clear(&self, whom: &CustomerRef, extras: &[String]) {
        let Some(directory) = self.channel.directory().filter(|_| !extras.is_empty()) else { return };
        let cleared = tokio::time::timeout(CLEAR_LIMIT, directory.clear_extras(whom, extras)).await;
        if let Err(failure) = cleared.unwrap_or(Err(Failure::Unknown { why: "no answer in time" })) {
            tracing::warn!(kind = failure.kind(), reason = %failure, "the contact extras of a route were not emptied");
        }
    }

    /// Greets the customer. A courtesy: when Blip does not take it, the customer's words are not held up for it. Rather none than two, where
    /// Blip does not say whether it has one.
    async fn greet(&self, conversation: &CustomerRecord, may_be_duplicate: bool) {
        let texts = CustomerTexts::of(self.rules.current(), conversation);
        // Outside the hours nobody comes in a moment: the customer is told when somebody does. Who goes back to the bot is not greeted.
        let outside = self.outside_hours(conversation);
        let is_greeted = outside.is_none() && !self.waits_for_opening(conversation);
        let wait = if is_greeted { self.wait_so_far(conversation).await } else { None };
        let greeting = if is_greeted { texts.say(TextKey::Greeting, &[]) } else { outside };
        let mut check = DuplicateCheck::new(may_be_duplicate);
        for (name, text) in [("greeting", greeting), ("waiting", wait)] {
            let Some(text) = text else { continue };
            let sent = send_once(&*self.channel, conversation, name, Document::text(text), &mut check).await;
            if let Err(failure) = sent {
                tracing::warn!(kind = failure.kind(), reason = %failure, "the greeting was not sent");
                return;
            }
        }
    }

    /// Where Blip's tickets are. A ticket that came by a channel without any is a fault of ours.
    pub(super) fn tickets(&self) -> Result<&dyn DeskTickets, Failure> {
        self.channel.desk_tickets().ok_or(Failure::Broken { why: "a ticket of a channel that has none" })
    }
}

//! The conversation store's reads and conditional writes.

use std::fmt::Write as _;

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnValue},
};

use super::{
    callback,
    change::Change,
    conversation_item,
    errors::store_error,
    item::{self, DirectionNames, INBOUND, OUTBOUND, bytes, number, text},
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, Desk, Ending, OPEN_FOR, Placement, RINGS_OUTLIVE},
    hash::HashKey,
    message::{ConversationId, CustomerKey, TicketId},
    relay::ports::{ClosedFrom, Cursors, Progress, Store, StoreError},
};

/// The conversation store in one table.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    pub(super) client: Client,
    pub(super) table: String,
    pub(super) helpdesk: String,
    pub(super) key: HashKey,
}

impl DynamoStore {
    /// `helpdesk` is part of a ticket's key: two helpdesks may number alike.
    pub fn new(client: Client, table: String, helpdesk: String, key: HashKey) -> Self {
        Self { client, table, helpdesk, key }
    }

    pub(super) async fn get(&self, pk: String) -> Result<Option<item::Item>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", AttributeValue::S(pk)).consistent_read(true);
        Ok(get.send().await.map_err(|error| store_error(&error))?.item)
    }

    async fn update(&self, key: &CustomerKey, change: Change) -> Result<(), StoreError> {
        self.ask_update(key, change).send().await.map(drop).map_err(|error| store_error(&error))
    }

    fn ask_update(&self, key: &CustomerKey, change: Change) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", conversation_key(key))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
    }

    async fn record(
        &self,
        opening: &ConversationId,
        names: &DirectionNames,
        progress: &Progress<'_>,
    ) -> Result<(), StoreError> {
        let direction = progress.direction;
        let mut change = Change::new("SET #seq = :seq, #last = :last, #recent = :recent", "#opening = :opening");
        change.name("seq", names.sequence).name("last", names.last).name("recent", names.recent_ids);
        change.value("seq", number(direction.sequence)).value("last", number(direction.last.0));
        change
            .value("recent", bytes(direction.recent_ids.packed()))
            .value("read", number(direction.sequence.saturating_sub(1)));
        change.name("opening", "opening").value("opening", text(opening.as_str()));
        change.condition.push_str(match direction.sequence {
            0 | 1 => " AND (attribute_not_exists(#seq) OR #seq = :read)",
            _ => " AND #seq = :read",
        });
        if direction.last_notice_at.0 > 0 {
            change.update.push_str(", #told = :told");
            change.name("told", names.told).value("told", number(direction.last_notice_at.0));
        }
        if progress.opens {
            change.update.push_str(", #state = :open");
            change.condition.push_str(" AND #state = :ticketed");
            change.name("state", "state").value("open", text("open")).value("ticketed", text("ticketed"));
        }
        if let Some(agent) = progress.agent {
            change.update.push_str(", #agent = :agent");
            change.name("agent", "agent").value("agent", text(agent));
        }
        if let Some(queue) = progress.queue {
            change.update.push_str(", #queue = :queue");
            change.name("queue", "queue").value("queue", text(queue));
        }
        if let Some(desk) = progress.desk {
            change.update.push_str(", #desk = :desk");
            change.name("desk", "desk").value("desk", bytes(&desk.packed()));
        }
        if let Some(timers) = progress.timers {
            change.update.push_str(", #timers = :timers");
            change.name("timers", "timers").value("timers", bytes(&timers.packed()));
        }
        if let Some(due_at) = progress.due_at {
            // Whoever closes it says when to look at it again, and what is closed must not come back into the index.
            change.update.push_str(", #due = :due, #due_at = :due_at");
            change.condition.push_str(" AND NOT #state IN (:closing, :closed)");
            change.value("closing", text("closing"));
            change.name("due", "due").name("due_at", "due_at").name("state", "state");
            change.value("due", text(item::OPEN)).value("due_at", number(due_at.0)).value("closed", text("closed"));
        }
        let receipts = direction.receipts.packed();
        if !receipts.is_empty() {
            change.update.push_str(", #receipts = :receipts");
            change.name("receipts", names.receipts).value("receipts", bytes(receipts));
        }
        // An attribute that is not there may be removed, too: the item need not be read for it.
        let mut removed = Vec::new();
        if direction.under_way.is_empty() {
            removed.push("#parts");
        } else {
            change.update.push_str(", #parts = :parts");
            change.value("parts", bytes(&direction.under_way.packed()));
        }
        change.name("parts", names.under_way);
        match progress.offer {
            None => {}
            Some([]) => {
                removed.push("#offer");
                change.name("offer", "offer");
            }
            Some(options) => {
                change.update.push_str(", #offer = :offer");
                let options = options.iter().map(|option| text(option)).collect();
                change.name("offer", "offer").value("offer", AttributeValue::L(options));
            }
        }
        if !removed.is_empty() {
            change.update.push_str(" REMOVE ");
            change.update.push_str(&removed.join(", "));
        }
        self.update(&opening.conversation(), change).await
    }
}

#[async_trait]
impl Store for DynamoStore {
    async fn conversation(&self, key: &CustomerKey, now: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        let item = self.get(conversation_item(key)).await?;
        Ok(item.and_then(|item| item::conversation(key, &item, now)))
    }

    async fn claim(
        &self,
        conversation: &CustomerRecord,
        previous: Option<&ConversationId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut change = Change::new(
            "SET #opening = :opening, #state = :claimed, #address = :address, #channel = :channel, #opened = :opened, \
             #expires = :expires, #due = :due, #due_at = :due_at",
            match previous {
                Some(_) => "#opening = :previous AND #state = :closed",
                None => "attribute_not_exists(pk) OR #expires <= :now",
            },
        );
        let without = change.earlier(&conversation.earlier) + &change.last_ticket(conversation);
        // In place of what the opening before this one left.
        match &conversation.who {
            Some(who) => {
                change.update.push_str(", #who = :who REMOVE ");
                change.value("who", bytes(who.packed()));
            }
            None => change.update.push_str(" REMOVE #who, "),
        }
        change.update.push_str("#ticket, #agent, #since, #offer, #left, #queue, #language, #return, #timers, #ended, #desk, #rated, #in_last, #out_last");
        change.update.push_str(&without);
        change.name("rated", "rating_asked").name("in_last", INBOUND.last).name("out_last", OUTBOUND.last);
        for name in [
            "opening", "opened", "state", "address", "channel", "who", "ticket", "agent", "since", "offer", "left",
            "queue", "language", "return", "due", "due_at", "timers", "ended", "desk",
        ] {
            change.name(name, name);
        }
        change.name("expires", "expires_at").value("expires", number(now.plus(OPEN_FOR).seconds()));
        // It is in the index from now on until it is closed, whether or not something is due for it.
        let due_at = conversation.timers.due_at.unwrap_or_else(|| now.plus(OPEN_FOR));
        change.value("due", text(item::OPEN)).value("due_at", number(due_at.0));
        change.value("opening", text(conversation.opening.as_str())).value("claimed", text("claimed"));
        change.value("channel", text(&conversation.channel));
        change.value("address", text(conversation.address.as_str())).value("opened", number(conversation.opened.0));
        match previous {
            Some(previous) => change.value("previous", text(previous.as_str())).value("closed", text("closed")),
            None => change.value("now", number(now.seconds())),
        };
        self.update(&conversation.key, change).await
    }

    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut change =
            Change::new("SET #ticket = :ticket, #state = :ticketed", "#opening = :opening AND #state = :claimed");
        change.places(placement);
        // Whoever opens the helpdesk's ticket has named them.
        let _ = write!(change.update, " REMOVE #{}, #{}", item::PAST_ONCE, item::LAST_TICKET);
        change.name(item::PAST_ONCE, item::PAST_ONCE).name(item::LAST_TICKET, item::LAST_TICKET);
        change.name("ticket", "ticket").name("state", "state").name("opening", "opening");
        change.value("ticket", text(ticket.as_str())).value("ticketed", text("ticketed"));
        change.value("opening", text(opening.as_str())).value("claimed", text("claimed"));
        self.with_way_back(change, opening, ticket, now).await
    }

    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.with_way_back(callback::merged(opening, from, into), opening, into, now).await
    }

    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.record(opening, &INBOUND, progress).await
    }

    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.record(opening, &OUTBOUND, progress).await
    }

    async fn begin_closing(
        &self,
        opening: &ConversationId,
        since: Timestamp,
        ending: Ending<'_>,
    ) -> Result<(), StoreError> {
        let mut change = Change::new(
            "SET #state = :closing, #since = :since, #ended = :ended",
            "#opening = :opening AND #state IN (:claimed, :ticketed, :open)",
        );
        change.name("state", "state").name("since", "since").name("opening", "opening");
        change.value("closing", text("closing")).value("since", number(since.0));
        change.value("opening", text(opening.as_str())).value("claimed", text("claimed"));
        change.value("ticketed", text("ticketed")).value("open", text("open"));
        change.name("ended", "ended").value("ended", text(ending.reason.as_str()));
        if let Some(placement) = ending.placement {
            change.places(placement);
        }
        ending.unless_said.into_iter().for_each(|read| change.unless_said(read));
        self.update(&opening.conversation(), change).await
    }

    async fn ask(
        &self,
        opening: &ConversationId,
        asked: Timestamp,
        service: Option<&str>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut change = Change::new(
            "SET #rated = :asked, #due = :due, #due_at = :due_at",
            "#opening = :opening AND #state = :closing AND attribute_not_exists(#rated)",
        );
        change.name("rated", "rating_asked").name("due", "due").name("due_at", "due_at");
        change.name("opening", "opening").name("state", "state");
        change.value("asked", number(asked.0)).value("due", text(item::OPEN)).value("due_at", number(due_at.0));
        if let Some(service) = service {
            change.update.push_str(", #return = :return");
            change.name("return", "return").value("return", text(service));
        }
        change.value("opening", text(opening.as_str())).value("closing", text("closing"));
        self.update(&opening.conversation(), change).await
    }

    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        let mut change = Change::new("SET #left = :left", "#opening = :opening AND #state = :closing");
        change.name("left", "left").name("opening", "opening").name("state", "state");
        change.value("left", number(at.0)).value("opening", text(opening.as_str())).value("closing", text("closing"));
        self.update(&opening.conversation(), change).await
    }

    async fn call_back(&self, opening: &ConversationId, at: Timestamp, desk: Desk) -> Result<(), StoreError> {
        self.update(&opening.conversation(), callback::called_back(opening, at, &desk)).await
    }

    async fn left(&self, opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Result<(), StoreError> {
        self.update(&opening.conversation(), callback::found_with_bot(opening, at, read)).await
    }

    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<ClosedFrom, StoreError> {
        let mut change = Change::new(
            "SET #state = :closed, #since = :at, #expires = :expires REMOVE #left, #due, #due_at",
            "#opening = :opening",
        );
        change.name("left", "left").name("due", "due").name("due_at", "due_at");
        change.name("state", "state").name("since", "since").name("expires", "expires_at").name("opening", "opening");
        change.value("closed", text("closed")).value("at", number(at.0));
        change.value("expires", number(at.plus(RINGS_OUTLIVE).seconds())).value("opening", text(opening.as_str()));
        // What it was comes back with the write's answer, and costs nothing.
        let written =
            self.ask_update(&opening.conversation(), change).return_values(ReturnValue::UpdatedOld).send().await;
        let before = written.map_err(|error| store_error(&error))?.attributes.unwrap_or_default();
        Ok(match item::string(&before, "state") {
            Some("closed") => ClosedFrom::Closed,
            Some("closing") => ClosedFrom::Closing,
            _ => ClosedFrom::Live,
        })
    }

    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        self.way_back(ticket, now).await
    }

    async fn opening_before(&self, ticket: &TicketId, now: Timestamp) -> Result<Option<ConversationId>, StoreError> {
        self.way_back_before(ticket, now).await
    }
}

/// Under the helpdesk's name: another one begins anew.
#[async_trait]
impl Cursors for DynamoStore {
    async fn cursor(&self) -> Result<Option<String>, StoreError> {
        let item = self.get(format!("sweep#{}", self.helpdesk)).await?;
        Ok(item.and_then(|item| item::string(&item, "cursor").map(str::to_owned)))
    }

    async fn store_cursor(&self, cursor: &str) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.table)
            .item("pk", AttributeValue::S(format!("sweep#{}", self.helpdesk)))
            .item("cursor", text(cursor))
            .send()
            .await
            .map(drop)
            .map_err(|error| store_error(&error))
    }
}

pub(super) fn conversation_key(key: &CustomerKey) -> AttributeValue {
    AttributeValue::S(conversation_item(key))
}

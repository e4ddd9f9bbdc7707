//! How far the poller has come, as it is kept in the table.

/// Where the next poll begins: `since:from:id`, seconds since 1970 and a conversation's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub since: i64,
    pub from: i64,
    /// The last conversation of the second `from` that was looked into.
    pub id: u64,
}

impl Cursor {
    pub(super) fn parse(cursor: &str) -> Option<Self> {
        let mut parts = cursor.split(':');
        let (since, from) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let id = parts.next().map_or(Some(0), |id| id.parse().ok())?;
        parts.next().is_none().then_some(Self { since, from, id })
    }

    pub(super) fn at(seconds: i64) -> Self {
        Self { since: seconds, from: seconds, id: 0 }
    }

    pub(super) fn text(self) -> String {
        let id = if self.id == 0 { String::new() } else { format!(":{}", self.id) };
        format!("{}:{}{id}", self.since, self.from)
    }

    /// The newest second of which all was looked into.
    pub(super) fn seen(self) -> i64 {
        if self.id == 0 { self.from.saturating_sub(1) } else { self.from }
    }

    pub(super) fn is_before(self, at: i64, id: u64) -> bool {
        (self.from, self.id) < (at, id)
    }
}

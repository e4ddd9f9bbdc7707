//! Lists page by page, in the order of their moments, and within a second in the order of their ids.
//!
//! A page ends at a **point**. An offset would not do: rows that change while a list is read move to its end, and those behind them
//! one place to the front. A row whose moment is the point's is read again, or in the order of the ids, when one second has more rows
//! than a page: many are closed at once by one click. What a query that was not understood answers is left out, and ends the list.

use std::collections::HashSet;

use super::{journal, wire};

/// The most rows of one list.
pub(super) const PAGE: usize = 100;

/// A row of a list.
pub(super) trait Row {
    fn id(&self) -> Option<&str>;
    /// UTC, whole seconds, as `ServiceNow` writes it.
    fn moment(&self) -> Option<&str>;
}

impl Row for wire::Record {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn moment(&self) -> Option<&str> {
        self.updated.as_deref()
    }
}

impl Row for wire::Entry {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn moment(&self) -> Option<&str> {
        self.created.as_deref()
    }
}

impl Row for wire::Attachment {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn moment(&self) -> Option<&str> {
        self.created.as_deref()
    }
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    /// In this second or later.
    pub moment: String,
    /// Only of this second, and only those with a higher id.
    pub id: Option<String>,
}

impl Point {
    pub(super) fn at(moment: &str) -> Self {
        Self { moment: moment.to_owned(), id: None }
    }

    /// The query for what fulfils `of`, by the moments in `field`.
    pub(super) fn query(&self, of: &str, field: &str) -> String {
        let moment = &self.moment;
        match self.id.as_deref() {
            None => format!("{of}^{field}>={moment}^ORDERBY{field}"),
            Some("") => format!("{of}^{field}={moment}^ORDERBYsys_id"),
            Some(id) => format!("{of}^{field}={moment}^sys_id>{id}^ORDERBYsys_id"),
        }
    }

    fn holds(&self, row: &impl Row) -> bool {
        let (Some(id), Some(moment)) = (row.id(), row.moment()) else { return false };
        match self.id.as_deref() {
            None => moment >= self.moment.as_str(),
            Some(after) => moment == self.moment && id > after,
        }
    }

    /// The beginning of the next second.
    fn next_second(&self) -> Option<Self> {
        Some(Self::at(&journal::moment(journal::seconds(&self.moment)?.saturating_add(1))))
    }
}

/// One page.
pub(super) struct Page<T> {
    pub rows: Vec<T>,
    /// Where the next one begins, if there may be one.
    pub next: Option<Point>,
}

impl<T: Row> Page<T> {
    /// The rows that were found at `point`, of which only `ours` count.
    pub(super) fn of(found: Vec<T>, point: &Point, ours: impl Fn(&T) -> bool) -> Self {
        let full = found.len() >= PAGE;
        let rows: Vec<T> = found.into_iter().filter(|row| ours(row) && point.holds(row)).collect();
        let newest = rows.iter().filter_map(Row::moment).max();
        let next = match (&point.id, newest) {
            // All of one second: in the order of their ids, from the first on.
            (None, Some(newest)) if full && rows.iter().all(|row| row.moment() == Some(newest)) => {
                Some(Point { moment: newest.to_owned(), id: Some(String::new()) })
            }
            (None, Some(newest)) if full => Some(Point::at(newest)),
            (None, _) => None,
            (Some(_), Some(newest)) if full => {
                let last = rows.iter().filter_map(Row::id).max().unwrap_or_default();
                Some(Point { moment: newest.to_owned(), id: Some(last.to_owned()) })
            }
            (Some(_), _) => point.next_second(),
        };
        Self { rows, next }
    }
}

/// All rows since a moment, each once, in order.
pub(super) struct Listed<T> {
    pub rows: Vec<T>,
    /// Those of the pages before.
    known: HashSet<String>,
    point: Option<Point>,
}

impl<T: Row> Listed<T> {
    pub(super) fn since(moment: &str) -> Self {
        Self { rows: Vec::new(), known: HashSet::new(), point: Some(Point::at(moment)) }
    }

    /// The query for the next page, if there may be one, of what fulfils `of`.
    pub(super) fn query(&self, of: &str) -> Option<String> {
        self.point.as_ref().map(|point| point.query(of, "sys_created_on"))
    }

    /// Adds what that query found, of which only `ours` count.
    pub(super) fn add(&mut self, found: Vec<T>, ours: impl Fn(&T) -> bool) {
        let Some(point) = self.point.take() else { return };
        let Page { rows, next } = Page::of(found, &point, ours);
        let ids: Vec<String> = rows.iter().filter_map(Row::id).map(str::to_owned).collect();
        self.rows.extend(rows.into_iter().filter(|row| row.id().is_none_or(|id| !self.known.contains(id))));
        self.known.extend(ids);
        self.point = next;
    }
}

//! The conversations that were active since a point, the longest ago first, a few at a time.
//!
//! Chatwoot lists them the other way round, in pages that are counted from the newest. So the page is searched for on which the
//! point is, and only those around it are read: what a look costs does not grow with how many conversations were active. A
//! conversation that becomes active meanwhile goes to the front and pushes those behind it one place on, onto pages that are still
//! to be read, since a look reads towards the older ones.

use super::{ChatwootClient, cursor::Cursor, wire::Conversation};
use crate::relay::Failure;

/// How many conversations are looked into in one look: each is a call or more.
const ENOUGH: usize = 25;
/// How many pages are read around the point at first. When all on them are of one second, twice as many are.
const PAGES: usize = 2;

/// A conversation with its last activity, in seconds, and its number.
type Listed = (i64, u64, Conversation);

/// What was active since a point.
pub(super) struct Active {
    /// The longest ago first.
    pub oldest: Vec<Listed>,
    /// When the last of all that were seen was active.
    pub newest: Option<i64>,
    /// Whether there are more.
    pub more: bool,
}

impl Active {
    /// The first of all that there are.
    fn first_of(mut oldest: Vec<Listed>) -> Self {
        let newest = oldest.last().map(|(at, _, _)| *at);
        let more = oldest.len() > ENOUGH;
        oldest.truncate(ENOUGH);
        Self { oldest, newest, more }
    }
}

/// Those of a page that were active since then.
fn since(page: Vec<Conversation>, from: i64) -> Vec<Listed> {
    let of = |c: Conversation| Some((c.last_activity_at?, c.id.as_deref()?.parse().ok()?, c));
    page.into_iter().filter_map(of).filter(|(at, _, _)| *at >= from).collect()
}

/// Those that come after the cursor, the longest ago first.
fn after(mut listed: Vec<Listed>, cursor: Cursor) -> Vec<Listed> {
    listed.retain(|(at, id, _)| cursor.is_before(*at, *id));
    listed.sort_by_key(|(at, id, _)| (*at, *id));
    listed
}

impl ChatwootClient {
    /// The next that were active.
    pub(super) async fn active_since(&self, cursor: Cursor) -> Result<Active, Failure> {
        let front = self.calls.active(self.inbox, 1).await?;
        let all = front.len();
        let front = since(front, cursor.from);
        let last = if front.len() < all || all == 0 { 1 } else { self.page_of(cursor.from).await? };
        if last == 1 {
            return Ok(Active::first_of(after(front, cursor)));
        }
        let mut pages = PAGES;
        loop {
            let first = last.saturating_sub(pages - 1).max(1);
            let found = self.listed(first, cursor).await?;
            if first == 1 {
                return Ok(Active::first_of(found));
            }
            // Of the newest second on these pages there may be more before them; all that is older is complete.
            let newest = found.last().map(|(at, _, _)| *at);
            let complete = found.partition_point(|(at, _, _)| newest.is_some_and(|newest| *at < newest));
            if complete >= ENOUGH {
                return Ok(Active::first_of(found));
            }
            pages = pages.saturating_mul(2);
        }
    }

    /// The last page on which anything was active since then, or the first.
    async fn page_of(&self, from: i64) -> Result<usize, Failure> {
        let (mut on, mut behind) = (1, 2);
        let mut before = Vec::new();
        // Twice as far each time, and then between the last two.
        while let Some(ids) = self.reaches(behind, from).await?.filter(|ids| *ids != before) {
            before = ids;
            on = behind;
            behind = behind.saturating_mul(2);
        }
        while on + 1 < behind {
            let middle = usize::midpoint(on, behind);
            if self.reaches(middle, from).await?.is_some() {
                on = middle;
            } else {
                behind = middle;
            }
        }
        Ok(on)
    }

    /// Whether anything on this page was active since then: whose ids are on it.
    async fn reaches(&self, page: usize, from: i64) -> Result<Option<Vec<Option<String>>>, Failure> {
        let page = self.calls.active(self.inbox, page).await?;
        let since = page.iter().any(|c| c.last_activity_at.is_some_and(|at| at >= from));
        Ok(since.then(|| page.into_iter().map(|c| c.id).collect()))
    }

    /// What comes after the cursor on this page and those behind it, the longest ago first.
    async fn listed(&self, first: usize, cursor: Cursor) -> Result<Vec<Listed>, Failure> {
        let mut listed: Vec<Listed> = Vec::new();
        for page in first.. {
            let page = self.calls.active(self.inbox, page).await?;
            let all = page.len();
            let since = since(page, cursor.from);
            let ends = since.len() < all || all == 0;
            // A conversation that becomes active meanwhile pushes another onto the next page.
            let known = |id: u64| listed.iter().any(|(_, known, _)| *known == id);
            let new: Vec<Listed> = since.into_iter().filter(|(_, id, _)| !known(*id)).collect();
            let ends = ends || new.is_empty();
            listed.extend(new);
            if ends {
                break;
            }
        }
        Ok(after(listed, cursor))
    }
}

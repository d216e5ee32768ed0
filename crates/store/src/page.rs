//! Lists of records, written once: which rows, in what order, and where the next page begins.
//!
//! A page begins after a key, not after a number of rows: pages stay right while rows are added, and the hundredth costs
//! what the first did. Newest first by `(occurred_at, id)`; with `updated_since`, oldest first by `(updated_at, id)`, for
//! clients that copy. The guides' routes count rows instead (`limit`, `offset`, `total`); for them there is [`Window::Offset`]
//! and [`count`].

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use switchboard_domain::Timestamp;
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    record::{Columns, Kept, KeptDoc},
    sql::{AnyRow, Sql},
};

/// Where a page begins: behind the row with this key. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// It belongs to a list in the order of changes (`updated_since`).
    by_update: bool,
    at: Timestamp,
    id: Uuid,
}

/// The text is not a cursor that we gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is damaged, or belongs to another list; start again without one")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 25];
        bytes[0] = u8::from(self.by_update);
        bytes[1..9].copy_from_slice(&self.at.as_micros().to_be_bytes());
        bytes[9..].copy_from_slice(self.id.as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;
    fn from_str(text: &str) -> Result<Self, CursorError> {
        let bytes: [u8; 25] =
            URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?.try_into().map_err(|_| CursorError)?;
        let (mut at, mut id) = ([0; 8], [0; 16]);
        at.copy_from_slice(&bytes[1..9]);
        id.copy_from_slice(&bytes[9..]);
        let by_update = match bytes[0] {
            0 => false,
            1 => true,
            _ => return Err(CursorError),
        };
        Ok(Self { by_update, at: Timestamp::from_micros(i64::from_be_bytes(at)), id: Uuid::from_bytes(id) })
    }
}

impl Cursor {
    /// Behind the record with this key, in a list that begins with the newest.
    pub const fn behind(at: Timestamp, id: Uuid) -> Self {
        Self { by_update: false, at, id }
    }

    /// The key that it stands behind.
    pub const fn key(&self) -> (Timestamp, Uuid) {
        (self.at, self.id)
    }

    /// Whether it belongs to a list with (or without) `updated_since`. A cursor of the other kind would silently skip rows.
    pub const fn fits(&self, updated_since: bool) -> bool {
        self.by_update == updated_since
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub enum Window {
    /// At most `limit` rows behind the cursor.
    After { cursor: Option<Cursor>, limit: i64 },
    /// At most `limit` rows behind `offset` others, newest first: only for the guides' routes.
    Offset { offset: i64, limit: i64 },
}

impl Window {
    const fn limit(self) -> i64 {
        match self {
            Self::After { limit, .. } | Self::Offset { limit, .. } => limit,
        }
    }
}

/// One page.
#[derive(Debug, Clone)]
pub struct Page<R> {
    pub items: Vec<R>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

/// A record that is listed.
pub trait Listed: Columns + AnyRow {
    fn id(&self) -> Uuid;
    fn occurred_at(&self) -> Timestamp;
    fn updated_at(&self) -> Timestamp;
}

/// What a record itself knows of its place in a list.
pub trait Dated {
    fn key(&self) -> (Timestamp, Uuid);
}

impl<T: Columns + Dated> Listed for Kept<T>
where
    Self: AnyRow,
{
    fn id(&self) -> Uuid {
        self.record.key().1
    }
    fn occurred_at(&self) -> Timestamp {
        self.record.key().0
    }
    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}

impl<T: Columns + Dated, D> Listed for KeptDoc<T, D>
where
    Self: AnyRow,
{
    fn id(&self) -> Uuid {
        self.record.key().1
    }
    fn occurred_at(&self) -> Timestamp {
        self.record.key().0
    }
    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}

/// What a list is narrowed by.
pub trait Filter {
    /// Adds ` AND …` for each condition.
    fn narrow(&self, sql: &mut Sql, branch: usize);

    /// A condition of the form "one of these" cannot be answered in order from one index. Such a list is put together from
    /// one branch per value, each in order and cut to the page, so that a rare value is not looked for among all rows.
    fn branches(&self) -> usize {
        1
    }

    /// Only rows that changed here at or after this moment, in the order of those changes.
    fn updated_since(&self) -> Option<Timestamp> {
        None
    }
}

/// The statement behind [`list`], for those who want to see its plan.
pub fn list_sql<R: Listed>(scope: TenantScope, filter: &impl Filter, window: Window) -> Sql {
    let by_update = filter.updated_since().is_some();
    let order =
        if by_update { " ORDER BY updated_at, id LIMIT " } else { " ORDER BY occurred_at DESC, id DESC LIMIT " };
    // One more than wanted says whether there is a next page.
    let wanted = window.limit() + 1;
    let offset = if let Window::Offset { offset, .. } = window { offset } else { 0 };
    let branches = filter.branches();
    if branches == 1 {
        let mut sql = Sql::default();
        branch_sql::<R>(&mut sql, scope, filter, window, 0);
        sql.push(order).bind(wanted);
        if offset > 0 {
            sql.push(" OFFSET ").bind(offset);
        }
        return sql;
    }
    let mut sql = Sql::new("SELECT * FROM (");
    for branch in 0..branches {
        sql.push(if branch == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
        branch_sql::<R>(&mut sql, scope, filter, window, branch);
        sql.push(order).bind(wanted + offset).push(") AS branch");
    }
    sql.push(") AS listed").push(order).bind(wanted);
    if offset > 0 {
        sql.push(" OFFSET ").bind(offset);
    }
    sql
}

fn branch_sql<R: Listed>(sql: &mut Sql, scope: TenantScope, filter: &impl Filter, window: Window, branch: usize) {
    sql.push("SELECT * FROM ").push(R::TABLE).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    filter.narrow(sql, branch);
    let updated_since = filter.updated_since();
    if let Some(since) = updated_since {
        sql.push(" AND updated_at >= ").bind(since);
    }
    if let Window::After { cursor: Some(cursor), .. } = window {
        let after = if updated_since.is_some() { " AND (updated_at, id) > (" } else { " AND (occurred_at, id) < (" };
        sql.push(after).bind(cursor.at).push(", ").bind(cursor.id).push(")");
    }
}

/// A page of a tenant's records.
pub async fn list<R: Listed>(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &impl Filter,
    window: Window,
) -> Result<Page<R>, StoreError> {
    let items: Vec<R> = list_sql::<R>(scope, filter, window).fetch_all(conn).await?;
    Ok(cut(items, window.limit(), filter.updated_since().is_some()))
}

/// A page of the records that fit any of these filters, which must differ in something that a record has one of (its
/// contact) and agree in the rest.
pub async fn list_any<R: Listed>(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filters: &[impl Filter],
    window: Window,
) -> Result<Page<R>, StoreError> {
    if let [filter] = filters {
        return list(conn, scope, filter, window).await;
    }
    let by_update = filters.first().is_some_and(|filter| filter.updated_since().is_some());
    let mut items: Vec<R> = Vec::new();
    // Rows that are left out in front may come from any of the filters.
    let (each, skipped) = match window {
        Window::After { .. } => (window, 0),
        Window::Offset { offset, limit } => {
            (Window::After { cursor: None, limit: limit.saturating_add(offset) }, offset)
        }
    };
    for filter in filters {
        items.extend(list_sql::<R>(scope, filter, each).fetch_all::<R>(conn).await?);
    }
    if by_update {
        items.sort_by_key(|item| (item.updated_at(), item.id()));
    } else {
        items.sort_by_key(|item| std::cmp::Reverse((item.occurred_at(), item.id())));
    }
    items.drain(..usize::try_from(skipped).unwrap_or(0).min(items.len()));
    Ok(cut(items, window.limit(), by_update))
}

/// A page out of rows in their order, which may be more than were wanted.
fn cut<R: Listed>(mut items: Vec<R>, limit: i64, by_update: bool) -> Page<R> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let has_more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| has_more).map(|last| Cursor {
        by_update,
        at: if by_update { last.updated_at() } else { last.occurred_at() },
        id: last.id(),
    });
    Page { items, next }
}

/// How many records a list has, for the guides' `total`.
pub async fn count<R: Listed>(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &impl Filter,
) -> Result<i64, StoreError> {
    let mut total = 0;
    for branch in 0..filter.branches() {
        let mut sql = Sql::new("SELECT count(*) FROM ");
        sql.push(R::TABLE).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
        filter.narrow(&mut sql, branch);
        if let Some(since) = filter.updated_since() {
            sql.push(" AND updated_at >= ").bind(since);
        }
        total += sql.fetch_all::<(i64,)>(conn).await?.first().map_or(0, |(count,)| *count);
    }
    Ok(total)
}

/// Conditions that lists of several kinds share.
impl Sql {
    /// ` AND column = value`, when a value is given.
    pub fn and<A: Into<crate::sql::Arg>>(&mut self, condition: &'static str, value: Option<A>) -> &mut Self {
        if let Some(value) = value {
            self.push(condition).bind(value);
        }
        self
    }

    /// `from` is included, `before` is not.
    pub fn and_occurred(&mut self, from: Option<Timestamp>, before: Option<Timestamp>) -> &mut Self {
        self.and(" AND occurred_at >= ", from).and(" AND occurred_at < ", before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_damaged_ones_do_not() {
        let cursor = Cursor { by_update: true, at: Timestamp::from_micros(1_788_000_000_000_001), id: Uuid::max() };
        assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        assert!(!cursor.fits(false));
        for damaged in ["", "AA", "%%%", &cursor.to_string()[1..], &format!("{cursor}A")] {
            assert_eq!(damaged.parse::<Cursor>(), Err(CursorError), "{damaged}");
        }
    }
}

//! Taking records away for good: because their time is over, or because their person is erased.
//!
//! What goes together is decided here and nowhere else, so that the two reasons and a rebuild's scratch cannot come to
//! disagree about it. The caller has locked the tenant, tells of what is gone, and removes the files once that is committed.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    change::{NewChange, RecordKind, Verb},
    ids::{ContactId, RecordingId},
    recording::MediaStatus,
    retention::RetentionKind,
};
use uuid::Uuid;

use crate::{Conn, StoreError, TenantScope, insights, media::MediaKey, outgoing, search, sql::Sql, transcriptions};

/// What was removed.
#[derive(Debug, Default)]
pub struct Gone {
    pub records: Vec<(RecordKind, Uuid)>,
    /// Files that nobody names any more.
    pub files: Vec<MediaKey>,
}

impl Gone {
    /// What to tell those who listen.
    pub fn changes(&self, now: Timestamp) -> impl Iterator<Item = NewChange> {
        self.records.iter().map(move |(kind, record_id)| NewChange {
            kind: *kind,
            record_id: *record_id,
            verb: Verb::Deleted,
            from_state: None,
            to_state: None,
            fields: Vec::new(),
            occurred_at: now,
        })
    }

    /// What is gone is not found any more.
    async fn is_found_no_more(&self, conn: &mut Conn<'_>, scope: TenantScope) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = self.records.iter().map(|(_, id)| *id).collect();
        search::forget(conn, scope.tenant(), &ids).await
    }

    pub fn merge(&mut self, other: Self) {
        self.records.extend(other.records);
        self.files.extend(other.files);
    }
}

#[derive(FromRow)]
struct RecordingRow {
    id: RecordingId,
    status: MediaStatus,
}

/// How a voicemail is treated when its call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voicemails {
    /// It has a rule of its own.
    Keep,
    Remove,
}

fn delete(table: &'static str, scope: TenantScope) -> Sql {
    let mut sql = Sql::new("DELETE FROM ");
    sql.push(table).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    sql
}

async fn delete_ids(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    table: &'static str,
    column: &'static str,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let mut sql = delete(table, scope);
    sql.push(" AND ").push(column).push(" IN ").bind_list(ids).push(" RETURNING id");
    Ok(sql.fetch_all::<(Uuid,)>(conn).await?.into_iter().map(|(id,)| id).collect())
}

async fn recordings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    narrow: impl FnOnce(&mut Sql),
    gone: &mut Gone,
) -> Result<(), StoreError> {
    let mut sql = delete("recordings", scope);
    narrow(&mut sql);
    sql.push(" RETURNING id, status");
    let removed = sql.fetch_all::<RecordingRow>(conn).await?;
    let ids: Vec<Uuid> = removed.iter().map(|row| row.id.uuid()).collect();
    transcriptions::remove(conn, scope, &ids).await?;
    for row in removed {
        gone.records.push((RecordKind::Recording, row.id.uuid()));
        if row.status == MediaStatus::Saved {
            gone.files.push(MediaKey::recording(scope.tenant(), row.id));
        }
    }
    Ok(())
}

/// Calls with all that hangs on them.
pub async fn calls(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    ids: &[Uuid],
    voicemails: Voicemails,
) -> Result<Gone, StoreError> {
    let mut gone = Gone::default();
    if ids.is_empty() {
        return Ok(gone);
    }
    let mut sql = delete("call_aliases", scope);
    sql.push(" AND call_id IN ").bind_list(ids);
    sql.execute(conn).await?;
    // What somebody wanted from the call goes with it: a link shows nothing any more, a text has been sent.
    for table in ["call_shares", "outgoing_messages"] {
        let mut sql = delete(table, scope);
        sql.push(" AND call_id IN ").bind_list(ids);
        sql.execute(conn).await?;
    }
    let mut sql = delete("call_links", scope);
    sql.push(" AND call_id IN ").bind_list(ids);
    if voicemails == Voicemails::Keep {
        // A voicemail that outlives its call is found by its leg's link when something more is said of it.
        sql.push(" AND NOT EXISTS (SELECT 1 FROM voicemails v WHERE v.tenant_id = ").bind(scope.tenant().uuid());
        sql.push(" AND v.call_id = call_links.call_id)");
    }
    sql.execute(conn).await?;
    delete_ids(conn, scope, "call_legs", "call_id", ids).await?;
    let transcripts = delete_ids(conn, scope, "transcripts", "call_id", ids).await?;
    gone.records.extend(transcripts.into_iter().map(|id| (RecordKind::Transcript, id)));
    let analyses = delete_ids(conn, scope, "call_analyses", "call_id", ids).await?;
    gone.records.extend(analyses.into_iter().map(|id| (RecordKind::Analysis, id)));
    insights::remove(conn, scope, ids).await?;
    if voicemails == Voicemails::Remove {
        let removed = delete_ids(conn, scope, "voicemails", "call_id", ids).await?;
        gone.records.extend(removed.into_iter().map(|id| (RecordKind::Voicemail, id)));
    }
    let narrow = |sql: &mut Sql| {
        sql.push(" AND call_id IN ").bind_list(ids);
        if voicemails == Voicemails::Keep {
            sql.push(" AND NOT (kind = 'voicemail' AND EXISTS (SELECT 1 FROM voicemails v WHERE v.tenant_id = ");
            sql.bind(scope.tenant().uuid())
                .push(" AND v.call_id = recordings.call_id AND v.leg_id = recordings.leg_id))");
        }
    };
    recordings(conn, scope, narrow, &mut gone).await?;
    let removed = delete_ids(conn, scope, "calls", "id", ids).await?;
    gone.records.extend(removed.into_iter().map(|id| (RecordKind::Call, id)));
    gone.is_found_no_more(conn, scope).await?;
    Ok(gone)
}

/// Messages.
pub async fn messages(conn: &mut Conn<'_>, scope: TenantScope, ids: &[Uuid]) -> Result<Gone, StoreError> {
    let mut gone = Gone::default();
    if !ids.is_empty() {
        let removed = delete_ids(conn, scope, "messages", "id", ids).await?;
        gone.records.extend(removed.into_iter().map(|id| (RecordKind::Message, id)));
        gone.is_found_no_more(conn, scope).await?;
    }
    Ok(gone)
}

/// Voicemails with their audio. Their calls stay.
pub async fn voicemails(conn: &mut Conn<'_>, scope: TenantScope, ids: &[Uuid]) -> Result<Gone, StoreError> {
    let mut gone = Gone::default();
    if ids.is_empty() {
        return Ok(gone);
    }
    let mut sql = delete("voicemails", scope);
    sql.push(" AND id IN ").bind_list(ids).push(" RETURNING id, call_id, leg_id");
    let removed: Vec<(Uuid, Uuid, Uuid)> = sql.fetch_all(conn).await?;
    let legs: Vec<Uuid> = removed.iter().map(|(.., leg)| *leg).collect();
    let calls: Vec<Uuid> = removed.iter().map(|(_, call, _)| *call).collect();
    gone.records.extend(removed.into_iter().map(|(id, ..)| (RecordKind::Voicemail, id)));
    let narrow = |sql: &mut Sql| {
        sql.push(" AND kind = 'voicemail' AND call_id IN ").bind_list(&calls).push(" AND leg_id IN ").bind_list(&legs);
    };
    recordings(conn, scope, narrow, &mut gone).await?;
    gone.is_found_no_more(conn, scope).await?;
    // Links that were kept for these alone: see `calls`.
    let mut sql = delete("call_links", scope);
    sql.push(" AND call_id IN ").bind_list(&calls);
    sql.push(" AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.tenant_id = ").bind(scope.tenant().uuid());
    sql.push(" AND c.id = call_links.call_id) AND NOT EXISTS (SELECT 1 FROM voicemails v WHERE v.tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND v.call_id = call_links.call_id)");
    sql.execute(conn).await?;
    Ok(gone)
}

/// A contact itself, without what it took part in.
pub async fn contact(conn: &mut Conn<'_>, scope: TenantScope, id: ContactId) -> Result<Gone, StoreError> {
    let removed = delete_ids(conn, scope, "contacts", "id", &[id.uuid()]).await?;
    let gone = Gone { records: removed.into_iter().map(|id| (RecordKind::Contact, id)).collect(), files: Vec::new() };
    gone.is_found_no_more(conn, scope).await?;
    Ok(gone)
}

/// The oldest records of a kind that began before `before`, at most `limit`.
pub async fn oldest(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    kind: RetentionKind,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let mut sql = Sql::new("SELECT id FROM ");
    sql.push(match kind {
        RetentionKind::Messages => "messages",
        RetentionKind::Voicemails => "voicemails",
        RetentionKind::Calls | RetentionKind::Recordings | RetentionKind::Events | RetentionKind::Changes => "calls",
    });
    sql.push(" WHERE tenant_id = ").bind(scope.tenant().uuid()).push(" AND occurred_at < ").bind(before);
    sql.push(" ORDER BY occurred_at, id LIMIT ").bind(limit);
    Ok(sql.fetch_all::<(Uuid,)>(conn).await?.into_iter().map(|(id,)| id).collect())
}

/// Removes the oldest records of a kind that began before `before`, at most `limit`, by the rules above.
pub async fn expire(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    kind: RetentionKind,
    before: Timestamp,
    limit: i64,
) -> Result<Gone, StoreError> {
    let ids = match kind {
        RetentionKind::Calls | RetentionKind::Messages | RetentionKind::Voicemails => {
            oldest(conn, scope, kind, before, limit).await?
        }
        RetentionKind::Recordings | RetentionKind::Events | RetentionKind::Changes => return Ok(Gone::default()),
    };
    match kind {
        RetentionKind::Messages => {
            outgoing::remove_created_before(conn, scope, before, limit).await?;
            messages(conn, scope, &ids).await
        }
        RetentionKind::Voicemails => voicemails(conn, scope, &ids).await,
        _ => calls(conn, scope, &ids, Voicemails::Keep).await,
    }
}

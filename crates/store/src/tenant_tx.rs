//! Transactions. One belongs to one tenant ([`TenantTx`]) or to the installation ([`PlatformTx`]), never to two tenants.

use std::num::NonZeroUsize;

use switchboard_domain::{Timestamp, change::NewChange, ids::TenantId};

use crate::{
    Conn, StoreError, TenantScope, changes,
    conn::{PgTx, execute, fetch_optional},
    db::SqliteTx,
    direct::DirectTx,
    insert,
    insert::{Conflict, Insert},
    withheld::{self, Locked, Withheld},
};

/// A transaction of either engine.
pub(crate) enum Tx {
    Sqlite(SqliteTx),
    Direct(DirectTx),
    Postgres(PgTx),
}

impl Tx {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx.connection()),
            Self::Direct(tx) => Conn::Direct(tx.connection()),
            Self::Postgres(tx) => Conn::Postgres(tx.connection()),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Direct(tx) => tx.commit(),
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

/// A transaction of one tenant. It gathers changes and numbers them under the lock of the tenant's counter, so that the
/// numbers have no gaps and grow in commit order.
pub struct TenantTx {
    tx: Tx,
    scope: TenantScope,
    changes: Vec<NewChange>,
    /// What the tenant's locked row said; nothing before it was locked.
    locked: Locked,
    /// The numbers that this tenant's changes got so far.
    numbered: Option<Numbered>,
}

/// The numbers that a transaction's changes got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// The tenant's last number after this transaction.
    pub last_seq: i64,
    pub count: usize,
}

/// How far a transaction had come at a savepoint.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    pending: usize,
    last_seq: Option<i64>,
    numbered: Option<Numbered>,
}

impl TenantTx {
    pub(crate) fn new(tx: Tx, scope: TenantScope) -> Self {
        Self::locked(tx, scope, Locked::default())
    }

    pub(crate) const fn locked(tx: Tx, scope: TenantScope, locked: Locked) -> Self {
        Self { tx, scope, changes: Vec::new(), locked, numbered: None }
    }

    pub const fn tenant(&self) -> TenantId {
        self.scope.tenant()
    }

    pub const fn scope(&self) -> TenantScope {
        self.scope
    }

    pub fn conn(&mut self) -> Conn<'_> {
        self.tx.conn()
    }

    /// Makes this tenant's merging transactions follow each other, from here on. Numbering would order them anyway, at
    /// their end; taking the lock first means that what one reads, the next cannot have changed meanwhile, and that two
    /// transactions which touch the same calls cannot deadlock.
    pub async fn lock_tenant(&mut self) -> Result<(), StoreError> {
        let tenant = self.tenant();
        self.locked = withheld::lock(&mut self.tx.conn(), tenant).await?;
        Ok(())
    }

    /// What a merge must not bring back; known once the tenant is locked.
    pub const fn withheld(&self) -> &Withheld {
        &self.locked.withheld
    }

    /// Somebody waits for what only one transaction can have at a time: SQLite's writer.
    pub fn is_awaited(&self) -> bool {
        matches!(&self.tx, Tx::Direct(tx) if tx.is_awaited())
    }

    /// Adds a change; it is numbered and stored at commit.
    pub fn push_change(&mut self, change: NewChange) {
        self.changes.push(change);
    }

    pub fn pending_changes(&self) -> &[NewChange] {
        &self.changes
    }

    /// A point to fall back to when one event of a batch fails. Changes pushed since are forgotten with it.
    pub async fn savepoint(&mut self) -> Result<Mark, StoreError> {
        execute!(&mut self.conn(), "SAVEPOINT one_event")?;
        Ok(Mark { pending: self.changes.len(), last_seq: self.locked.last_seq, numbered: self.numbered })
    }

    pub async fn rollback_to(&mut self, mark: Mark) -> Result<(), StoreError> {
        self.changes.truncate(mark.pending);
        self.numbered = mark.numbered;
        self.locked.last_seq = mark.last_seq;
        execute!(&mut self.conn(), "ROLLBACK TO SAVEPOINT one_event")?;
        Ok(())
    }

    /// Writes rows together with the changes pushed so far, which get their numbers here.
    pub async fn write(&mut self, mut rows: Vec<Insert>, now: Timestamp) -> Result<(), StoreError> {
        let pending = std::mem::take(&mut self.changes);
        if let Some(count) = NonZeroUsize::new(pending.len()) {
            let more = i64::try_from(count.get()).unwrap_or(i64::MAX);
            let last_seq = match self.locked.last_seq {
                Some(known) => {
                    rows.push(count_to(self.tenant(), known, known + more));
                    self.locked.last_seq = Some(known + more);
                    known + more
                }
                None => self.count_on(more).await?,
            };
            rows.push(changes::insert(self.tenant(), last_seq - more + 1, pending, now));
            let before = self.numbered.map_or(0, |numbered| numbered.count);
            self.numbered = Some(Numbered { last_seq, count: before + count.get() });
        }
        insert::write(&mut self.conn(), rows).await
    }

    /// Takes numbers without holding the lock before; returns the last of them.
    async fn count_on(&mut self, count: i64) -> Result<i64, StoreError> {
        let tenant = self.tenant();
        let counted = fetch_optional!(
            &mut self.conn(),
            (i64,),
            "UPDATE tenant_counters SET change_seq = change_seq + $2 WHERE tenant_id = $1 RETURNING change_seq",
            tenant,
            count
        )?;
        let missing = || StoreError::Inconsistent { what: "tenant", why: "it has no change counter".to_owned() };
        counted.map(|(last_seq,)| last_seq).ok_or_else(missing)
    }

    /// Ends this tenant's part of the transaction and begins another tenant's. Each part sees its own tenant only and numbers
    /// its own changes; they become visible together, when the last of them commits.
    pub async fn turn_to(&mut self, scope: TenantScope, now: Timestamp) -> Result<Option<Numbered>, StoreError> {
        self.write(Vec::new(), now).await?;
        self.scope = scope;
        match &mut self.tx {
            Tx::Postgres(tx) => self.locked = tx.turn_to(scope).await?,
            Tx::Sqlite(_) | Tx::Direct(_) => self.lock_tenant().await?,
        }
        Ok(self.numbered.take())
    }

    /// Numbers what changes are left and commits. `None` when nothing changed.
    pub async fn commit(mut self, now: Timestamp) -> Result<Option<Numbered>, StoreError> {
        self.write(Vec::new(), now).await?;
        self.tx.commit().await?;
        Ok(self.numbered)
    }
}

/// Sets the counter of a tenant that is locked, so that nobody else's number is lost. A row like the others of a write: on
/// PostgreSQL it costs no statement of its own.
fn count_to(tenant: TenantId, from: i64, to: i64) -> Insert {
    let conflict = Conflict::Update { key: &["tenant_id"], fixed: &[] };
    let mut insert = Insert::new("tenant_counters", ["tenant_id", "change_seq"], conflict);
    insert.change(&[tenant.uuid().into(), from.into()], vec![tenant.uuid().into(), to.into()]);
    insert
}

/// A transaction of the installation: the log, cursors, and what has no tenant yet.
pub struct PlatformTx {
    tx: Tx,
}

impl PlatformTx {
    pub(crate) fn new(tx: Tx) -> Self {
        Self { tx }
    }

    pub(crate) fn conn(&mut self) -> Conn<'_> {
        self.tx.conn()
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await
    }
}

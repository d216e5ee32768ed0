//! Transactions. One belongs to one tenant ([`TenantTx`]) or to the installation ([`PlatformTx`]), never to two tenants.

use switchboard_domain::{Timestamp, change::NewChange, ids::TenantId};

use crate::{
    Conn, StoreError, TenantScope, changes,
    conn::{PgTx, execute, fetch_optional},
    db::SqliteTx,
    withheld::{self, Withheld},
};

/// A transaction of either engine.
pub(crate) enum Tx {
    Sqlite(SqliteTx),
    Postgres(PgTx),
}

impl Tx {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx.connection()),
            Self::Postgres(tx) => Conn::Postgres(tx.connection()),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

/// A transaction of one tenant. It gathers changes, and numbers them in its last statements, so that the numbers have no
/// gaps and grow in commit order.
pub struct TenantTx {
    tx: Tx,
    scope: TenantScope,
    changes: Vec<NewChange>,
    withheld: Withheld,
}

/// The numbers that a transaction's changes got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// The tenant's last number after this transaction.
    pub last_seq: i64,
    pub count: usize,
}

impl TenantTx {
    pub(crate) fn new(tx: Tx, scope: TenantScope) -> Self {
        Self { tx, scope, changes: Vec::new(), withheld: Withheld::default() }
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
        self.withheld = withheld::lock(&mut self.tx.conn(), tenant).await?;
        Ok(())
    }

    /// What a merge must not bring back; known once the tenant is locked.
    pub const fn withheld(&self) -> &Withheld {
        &self.withheld
    }

    /// Adds a change; it is numbered and stored at commit.
    pub fn push_change(&mut self, change: NewChange) {
        self.changes.push(change);
    }

    pub fn pending_changes(&self) -> &[NewChange] {
        &self.changes
    }

    /// A point to fall back to when one event of a batch fails. Changes pushed since are forgotten with it.
    pub async fn savepoint(&mut self) -> Result<usize, StoreError> {
        execute!(&mut self.conn(), "SAVEPOINT one_event")?;
        Ok(self.changes.len())
    }

    pub async fn rollback_to(&mut self, mark: usize) -> Result<(), StoreError> {
        self.changes.truncate(mark);
        execute!(&mut self.conn(), "ROLLBACK TO SAVEPOINT one_event")?;
        Ok(())
    }

    /// Numbers the changes and commits. `None` when nothing changed.
    pub async fn commit(mut self, now: Timestamp) -> Result<Option<Numbered>, StoreError> {
        let pending = std::mem::take(&mut self.changes);
        let mut numbered = None;
        if !pending.is_empty() {
            let count = i64::try_from(pending.len()).unwrap_or(i64::MAX);
            let tenant = self.tenant();
            let (last_seq,): (i64,) = fetch_optional!(
                &mut self.conn(),
                (i64,),
                "UPDATE tenant_counters SET change_seq = change_seq + $2 WHERE tenant_id = $1 RETURNING change_seq",
                tenant,
                count
            )?
            .ok_or_else(|| StoreError::Inconsistent { what: "tenant", why: "it has no change counter".to_owned() })?;
            changes::insert(&mut self.tx.conn(), tenant, last_seq - count + 1, &pending, now).await?;
            numbered = Some(Numbered { last_seq, count: pending.len() });
        }
        self.tx.commit().await?;
        Ok(numbered)
    }
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

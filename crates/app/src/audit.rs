//! Who did what, written down in the transaction of the deed: [`record`].
//!
//! Not behind the deed's back and not from its changes: an entry that is written later can be lost, and a change does not
//! know who made it. What is done is done together with its entry or not at all.

use std::fmt::Display;

use switchboard_domain::{
    actor::Actor,
    audit::{Action, NO_HASH},
    ids::AuditId,
};
pub use switchboard_store::audit::{AuditFilter, Chain};
use switchboard_store::{
    PlatformTx, StoreError, TenantScope, TenantTx,
    audit::{self, Head, NewEntry},
    platform,
};

use crate::{App, csv};

/// Entries that are looked at at a time.
const BATCH: i64 = 500;

/// Who does something, and from where. Handlers get one from the request, commands make one.
#[derive(Debug, Clone)]
pub struct Origin {
    pub actor: Actor,
    /// What people know the actor by: an e-mail address, an app's name.
    pub name: String,
    pub address: Option<String>,
    pub request_id: Option<String>,
}

impl Origin {
    /// Somebody who was authenticated, by the name that the records know.
    pub async fn of(
        app: &App,
        actor: Actor,
        address: Option<String>,
        request_id: Option<String>,
    ) -> Result<Self, StoreError> {
        let name = audit::name_of(&app.db, &actor).await?;
        Ok(Self { actor, name, address, request_id })
    }

    /// A holder of the installation's secret, or a command on the machine: `internal`, `cli`, `sandbox`.
    pub fn operator(name: &str) -> Self {
        Self { actor: Actor::Operator, name: name.to_owned(), address: None, request_id: None }
    }

    /// The server of its own accord: a job, by its name.
    pub fn system(name: &str) -> Self {
        Self { actor: Actor::System, name: name.to_owned(), address: None, request_id: None }
    }

    #[must_use]
    pub fn at(mut self, address: impl Display) -> Self {
        self.address = Some(address.to_string());
        self
    }

    /// The one who really acts, and under whose name: a platform admin who impersonates somebody is named first.
    fn actor_ids(&self) -> (Option<String>, Option<String>) {
        match &self.actor {
            Actor::User { user, impersonated_by: Some(admin), .. } => (Some(admin.to_string()), Some(user.to_string())),
            actor => (actor.id(), None),
        }
    }
}

/// What was done, on its way into the log.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    by: &'a Origin,
    action: Action,
    target: Option<(&'static str, String)>,
    details: serde_json::Map<String, serde_json::Value>,
}

impl<'a> Entry<'a> {
    pub fn new(by: &'a Origin, action: Action) -> Self {
        Self { by, action, target: None, details: serde_json::Map::new() }
    }

    /// What was done.
    pub(crate) const fn action(&self) -> Action {
        self.action
    }

    /// The record it was done to: its kind, in the glossary's word, and its id with prefix.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: impl Display) -> Self {
        self.target = Some((kind, id.to_string()));
        self
    }

    /// A detail: the name of a field, a role, a hint. Never a secret, a text or a number that somebody was called at.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The row, for functions of `store` that do a deed and write it down in a transaction of their own.
    pub fn row(self, app: &App) -> NewEntry {
        let (actor_id, on_behalf_of) = self.by.actor_ids();
        NewEntry {
            id: app.id::<AuditId>(),
            actor_kind: self.by.actor.kind(),
            actor_id,
            actor_name: self.by.name.clone(),
            on_behalf_of,
            action: self.action,
            target: self.target,
            details: serde_json::Value::Object(self.details),
            address: self.by.address.clone(),
            request_id: self.by.request_id.clone(),
            at: app.now(),
        }
    }
}

/// Writes down what this transaction does to its tenant. Call it late: until the end of the transaction, others who write
/// something down for the same tenant wait.
pub async fn record(tx: &mut TenantTx, app: &App, entry: Entry<'_>) -> Result<(), StoreError> {
    let scope = tx.scope();
    audit::append(&mut tx.conn(), Chain::Tenant(scope), &entry.row(app)).await.map(|_| ())
}

/// Writes down what a transaction of the installation does, in the installation's own chain.
pub async fn record_platform(tx: &mut PlatformTx, app: &App, entry: Entry<'_>) -> Result<(), StoreError> {
    audit::append_platform(tx, Chain::Installation, &entry.row(app)).await.map(|_| ())
}

/// Writes down what a transaction of the installation does to one tenant, in that tenant's chain. Before
/// [`record_platform`], where a transaction calls both.
pub async fn record_for(
    tx: &mut PlatformTx,
    app: &App,
    scope: TenantScope,
    entry: Entry<'_>,
) -> Result<(), StoreError> {
    audit::append_platform(tx, Chain::Tenant(scope), &entry.row(app)).await.map(|_| ())
}

/// Writes down something that changed nothing else: a refused sign-in, a download.
pub async fn record_alone(app: &App, scope: TenantScope, entry: Entry<'_>) -> Result<(), StoreError> {
    let mut tx = app.db.begin(scope).await?;
    record(&mut tx, app, entry).await?;
    tx.commit(app.now()).await.map(|_| ())
}

/// The entries of a chain before number `before`, newest first.
pub async fn list(
    app: &App,
    chain: Chain,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<audit::Entry>, StoreError> {
    audit::list(&app.db, chain, filter, before, limit).await
}

/// What a look at a whole chain showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry has its hash and names the one before it.
    Whole { entries: i64, hash: Vec<u8> },
    /// The first entry that is not as it was written.
    Broken { seq: i64, why: Broken },
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("the entry is missing")]
    Missing,
    #[error("the entry was changed after it was written")]
    Changed,
    #[error("the entry does not follow the one before it: one of them was moved or replaced")]
    Unlinked,
    #[error("the log ends before this entry: it was cut")]
    Cut,
    #[error("the entry was added past the end that the log had")]
    Added,
    #[error("the entry is not the one that was noted")]
    NotAsNoted,
}

/// The number and hash of an entry as somebody noted them elsewhere, to hold the log to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    pub seq: i64,
    pub hash: Vec<u8>,
}

/// Computes a chain again, from its first entry to its last, a few hundred at a time.
///
/// Who can write to the tables *and* switch their triggers off can also compute all hashes again; then only a number and
/// hash that were noted outside the database (`noted`) give it away.
pub async fn verify(app: &App, chain: Chain, noted: Option<&Noted>) -> Result<Verdict, StoreError> {
    // Before the entries: what is added meanwhile is past it.
    let promised = audit::head(&app.db, chain).await?;
    let mut end = Head { seq: 0, hash: NO_HASH.to_vec() };
    loop {
        let entries = audit::list_after(&app.db, chain, end.seq, BATCH).await?;
        let is_last = entries.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
        for entry in entries {
            if let Err((seq, why)) = follow(&end, &entry, [Some(&promised), noted_head(noted).as_ref()]) {
                return Ok(Verdict::Broken { seq, why });
            }
            end = Head { seq: entry.seq, hash: entry.hash };
        }
        if is_last {
            break;
        }
    }
    let after = audit::head(&app.db, chain).await?;
    let least = promised.seq.max(noted.map_or(0, |noted| noted.seq));
    Ok(if end.seq < least {
        Verdict::Broken { seq: end.seq + 1, why: Broken::Cut }
    } else if end.seq > after.seq {
        Verdict::Broken { seq: after.seq + 1, why: Broken::Added }
    } else {
        Verdict::Whole { entries: end.seq, hash: end.hash }
    })
}

fn noted_head(noted: Option<&Noted>) -> Option<Head> {
    noted.map(|noted| Head { seq: noted.seq, hash: noted.hash.clone() })
}

/// Whether `entry` is what comes after `end`, and is itself.
fn follow(end: &Head, entry: &audit::Entry, known: [Option<&Head>; 2]) -> Result<(), (i64, Broken)> {
    if entry.seq != end.seq + 1 {
        return Err((end.seq + 1, Broken::Missing));
    }
    if entry.hash != entry.computed_hash() {
        return Err((entry.seq, Broken::Changed));
    }
    if entry.previous_hash != end.hash {
        return Err((entry.seq, Broken::Unlinked));
    }
    match known.into_iter().flatten().find(|head| head.seq == entry.seq && head.hash != entry.hash) {
        Some(_) => Err((entry.seq, Broken::NotAsNoted)),
        None => Ok(()),
    }
}

/// One chain of the installation and what a look at it showed.
#[derive(Debug, Clone)]
pub struct ChainVerdict {
    /// `None` for the installation's own chain.
    pub tenant: Option<TenantScope>,
    pub verdict: Verdict,
}

/// [`verify`] for the installation's chain and those of all tenants, or of one.
pub async fn verify_all(app: &App, only: Option<TenantScope>) -> Result<Vec<ChainVerdict>, StoreError> {
    if let Some(scope) = only {
        let verdict = verify(app, Chain::Tenant(scope), None).await?;
        return Ok(vec![ChainVerdict { tenant: only, verdict }]);
    }
    let mut verdicts = vec![ChainVerdict { tenant: None, verdict: verify(app, Chain::Installation, None).await? }];
    let mut after = None;
    loop {
        let tenants = platform::list_tenants(&app.db, after, BATCH).await?;
        let Some((last, _)) = tenants.last() else { return Ok(verdicts) };
        after = Some(last.id);
        for (_, scope) in tenants {
            let verdict = verify(app, Chain::Tenant(scope), None).await?;
            verdicts.push(ChainVerdict { tenant: Some(scope), verdict });
        }
    }
}

/// The next entries of an export, oldest first, after number `after`; empty at the end.
pub async fn export_page(app: &App, chain: Chain, after: i64) -> Result<Vec<audit::Entry>, StoreError> {
    audit::list_after(&app.db, chain, after, BATCH).await
}

/// Until when an export of now goes: what is added meanwhile is left to the next one.
pub async fn end(app: &App, chain: Chain) -> Result<i64, StoreError> {
    Ok(audit::head(&app.db, chain).await?.seq)
}

/// One line of CSV of an entry.
pub fn csv_line(entry: &audit::Entry) -> String {
    let maybe = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        entry.seq.to_string(),
        entry.at.to_string(),
        entry.actor_kind.clone(),
        maybe(&entry.actor_id),
        entry.actor_name.clone(),
        maybe(&entry.on_behalf_of),
        entry.action.clone(),
        maybe(&entry.target_kind),
        maybe(&entry.target_id),
        entry.details.to_string(),
        maybe(&entry.address),
        maybe(&entry.request_id),
        hex::encode(&entry.hash),
    ];
    csv::line(&cells)
}

/// The first line of the CSV.
pub const CSV_HEAD: &str = "seq,at,actor_kind,actor_id,actor_name,on_behalf_of,action,target_kind,target_id,details,\
                            address,request_id,hash\r\n";

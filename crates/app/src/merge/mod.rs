//! The merge: facts become records, in one transaction of one tenant.
//!
//! A batch of understood events is applied in log order to a working set (`workspace`) that was loaded with a handful
//! of queries, and written back the same way. Records are computed from what facts have said ([`switchboard_domain`]), so
//! the order of events cannot matter; what order does decide is only which *changes* are seen on the way, and those are
//! pushed per event: a call that rang and ended within one batch was still seen ringing.
//!
//! The obvious other way, one upsert per event, costs a round trip per record and cannot join calls whose legs turn out
//! to belong together.

mod calls;
mod children;
mod contacts;
mod diff;
mod shelf;
mod workspace;

use std::collections::HashSet;

use switchboard_domain::{
    Timestamp,
    event::Source,
    fact::{Fact, FactBody},
    ids::{ConnectionId, EventId},
};
use switchboard_providers::switchboard as own;
use switchboard_store::{StoreError, TenantScope, TenantTx, activity, events, work};

pub(crate) use self::contacts::party;
use self::workspace::Workspace;
use crate::{
    App, intake,
    jobs::Kind,
    privacy,
    reactions::{Reaction, Reactions},
    wake::Signal,
};

/// An event whose facts are known.
#[derive(Debug, Clone)]
pub struct Understood {
    pub event_id: EventId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub received_at: Timestamp,
    pub facts: Vec<Fact>,
    pub source: Source,
}

/// What a merge did, beyond the records.
#[derive(Debug, Default)]
pub struct Merged {
    pub changes: usize,
    pub reactions: Vec<Reaction>,
}

/// Applies events, in their order, to the tenant of the transaction. The caller has locked the tenant, and commits.
pub async fn apply(tx: &mut TenantTx, events: &[Understood], now: Timestamp) -> Result<Merged, StoreError> {
    let tenant = tx.tenant();
    let mut workspace = Workspace::load(&mut tx.conn(), tenant, events).await?;
    let mut merged = Merged::default();
    for event in events {
        for fact in &event.facts {
            workspace.apply(event, fact);
        }
        let outcome = workspace.settle(event);
        merged.changes += outcome.changes.len();
        // A file tells of the past: nobody is to be called, told or charged for it.
        if event.source != Source::Import {
            merged.reactions.extend(outcome.reactions);
        }
        for change in outcome.changes {
            tx.push_change(change);
        }
    }
    let mut rows = workspace.save(&mut tx.conn(), now).await?;
    // What a provider sent by itself is a sign of life. What we asked for, were given or did ourselves is none.
    let delivered = events.iter().filter(|event| event.source == Source::Push);
    rows.push(activity::heard(tenant, delivered.map(|event| (event.connection_id, event.received_at))));
    tx.write(rows, now).await?;
    Ok(merged)
}

/// Adds the jobs that the merge called for, in the same transaction. True when there are any.
pub async fn enqueue(
    app: &App,
    tx: &mut TenantTx,
    reactions: &[Reaction],
    mode: Reactions,
) -> Result<bool, StoreError> {
    let now = app.now();
    if mode == Reactions::Off {
        return Ok(false);
    }
    let wanted = |reaction: &&Reaction| {
        reaction.is_fresh(now) && (reaction.kind != "fetch_recording" || app.settings.fetch_recordings)
    };
    // A batch may give the same reason many times.
    let mut keys = HashSet::new();
    let rows: Vec<work::NewWork> = reactions
        .iter()
        .filter(wanted)
        .filter(|reaction| keys.insert(&reaction.unique_key))
        .map(|reaction| work::NewWork {
            id: app.id(),
            tenant_id: tx.tenant(),
            kind: reaction.kind.to_owned(),
            lane: reaction.lane.clone(),
            payload: reaction.payload.clone(),
            event_id: None,
            dead_because: None,
            is_bulk: Kind::parse(reaction.kind).is_some_and(Kind::is_bulk),
            run_at: now + reaction.delay,
            attempts: 0,
            max_attempts: 6,
            unique_key: Some(reaction.unique_key.clone()),
        })
        .collect();
    Ok(work::insert(&mut tx.conn(), &rows, now).await? > 0)
}

/// Does something of our own: logs it as an event of provider `switchboard` and applies it, in one transaction. The
/// pipeline meets the event again in the log and finds nothing left to change.
///
/// `kind` names the action for people (`voicemail.removed`), `lane` what it is about.
pub async fn apply_own(
    app: &App,
    scope: TenantScope,
    connection_id: ConnectionId,
    facts: Vec<Fact>,
    kind: &str,
    lane: &str,
) -> Result<(), StoreError> {
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let own = Own { connection_id, facts, kind, lane };
    let has_jobs = apply_own_in(app, &mut tx, own).await?;
    commit_own(app, tx, has_jobs).await
}

/// Something of our own that is about to be logged and applied.
#[derive(Debug)]
pub struct Own<'a> {
    pub connection_id: ConnectionId,
    pub facts: Vec<Fact>,
    /// Names the action for people (`call.resolved`).
    pub kind: &'a str,
    /// What it is about: the lane of that record's other events.
    pub lane: &'a str,
}

/// [`apply_own`], in a transaction whose tenant is locked: for deeds that first look at what there is, or that are written
/// down with their doer. Ends with [`commit_own`]. True when it added jobs.
pub async fn apply_own_in(app: &App, tx: &mut TenantTx, own: Own<'_>) -> Result<bool, StoreError> {
    apply_each_own_in(app, tx, vec![own]).await
}

/// [`apply_own_in`] for several events. What is about different people must not stand in one event: it is erased whole.
pub async fn apply_each_own_in(app: &App, tx: &mut TenantTx, own: Vec<Own<'_>>) -> Result<bool, StoreError> {
    let now = app.now();
    let mut understood = Vec::new();
    for Own { connection_id, facts, kind, lane } in own {
        let item = own::own_event(&facts, kind, lane, now);
        for event in &intake::own_events(app, tx.tenant(), connection_id, item) {
            events::append_in(tx, event).await?;
            understood.push(Understood {
                event_id: event.id,
                connection_id,
                provider: event.provider.to_owned(),
                received_at: event.received_at,
                facts: facts.clone(),
                source: event.source,
            });
        }
    }
    privacy::withhold::withhold(app, tx, &mut understood).await?;
    let merged = apply(tx, &understood, now).await?;
    enqueue(app, tx, &merged.reactions, Reactions::On).await
}

/// Commits a transaction with own events in it, and tells those who wait for what it did.
pub async fn commit_own(app: &App, tx: TenantTx, has_jobs: bool) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    let numbered = tx.commit(app.now()).await?;
    app.wake.send(Signal::Events(switchboard_store::cursor::lane_group(app.db.engine(), tenant)));
    if has_jobs {
        app.wake.send(Signal::Work);
    }
    if numbered.is_some() {
        app.wake.send(Signal::Changes(tenant));
    }
    Ok(())
}

/// The provider's ids of legs that a fact is about, its own first.
pub(crate) fn leg_ids(fact: &Fact) -> Vec<&String> {
    match &fact.body {
        FactBody::Leg(leg) => std::iter::once(&leg.external_id).chain(&leg.related).collect(),
        FactBody::Voicemail(voicemail) => vec![&voicemail.leg_external_id],
        FactBody::Recording(recording) => vec![&recording.leg_external_id],
        FactBody::Transcript(transcript) => vec![&transcript.leg_external_id],
        FactBody::Analysis(analysis) => vec![&analysis.leg_external_id],
        FactBody::Message(_) | FactBody::Contact(_) | FactBody::ContactEdit(_) => Vec::new(),
    }
}

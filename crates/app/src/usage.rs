//! Counting what tenants use, from their changes, each exactly once.
//!
//! A change only says where to look. What a record counts for is computed from the record as it is now and compared with
//! what it counted for before (`usage_marks`); the difference goes into the sums, together with the cursor, in one
//! transaction. So a change that is read twice, a call that is merged again, or two calls that turn out to be one cannot
//! count twice, which adding one per change could not promise: a call may be over, go on with a late leg, and be over
//! again, and its length is corrected on the way.
//!
//! Two months are open, this one and the one before. What reaches us later than that (an import of last year's calls) is
//! not counted: nobody is billed for it, and its marks need not be kept for ever. A record that retention or erasure
//! removes stays counted, because it was used.

use std::collections::{BTreeMap, HashMap};

use switchboard_domain::{
    Timestamp,
    call::Call,
    change::{Change, NewChange, RecordKind, Verb},
    ids::TenantId,
    plan::Plan,
    usage::{Metric, Period, WARN_AT, Weight, percent},
};
use switchboard_store::{
    Conn, StoreError, TenantScope, TenantTx, changes,
    messages::KeptMessage,
    plans,
    platform::{self, Owner},
    record::{self, Kept},
    recordings::KeptRecording,
    tenants,
    usage::{self, Mark, Used, Warning},
    voicemails::KeptVoicemail,
};
use uuid::Uuid;

use crate::{
    App,
    mail::{self, Letter, NOTICE_LIFETIME, Posting},
    wake::Signal,
};

/// Changes that are counted in one transaction: on SQLite it holds the one writer.
const BATCH: i64 = 500;
/// Owners who are written to.
const OWNERS: i64 = 20;

/// Counts the next batch of a tenant's changes. True when there may be more.
pub async fn count(app: &App, scope: TenantScope) -> Result<bool, StoreError> {
    // Before the transaction: people are out of a tenant's sight.
    let owners = owners(app, scope).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let seq = usage::lock_cursor(&mut tx.conn(), scope).await?;
    let changes = changes::list_after(&mut tx.conn(), scope, seq, BATCH).await?;
    let Some(last) = changes.last().map(|change| change.seq) else { return Ok(false) };
    let differences = reckon(&mut tx.conn(), scope, &changes, Period::of(now).previous()).await?;
    usage::add(&mut tx.conn(), scope, &differences).await?;
    count_calls(&mut tx, &changes, last).await?;
    usage::advance(&mut tx.conn(), scope, last).await?;
    let has_mail = warn(app, &mut tx, &owners, now).await?;
    let has_changes = tx.commit(now).await?.is_some();
    announce(app, scope, has_mail, has_changes);
    Ok(changes.len() == usize::try_from(BATCH).unwrap_or(usize::MAX))
}

/// Tells waiting parts what a transaction with [`warn`] in it has added.
pub(crate) fn announce(app: &App, scope: TenantScope, has_mail: bool, has_changes: bool) {
    if has_changes {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    if has_mail {
        app.wake.send(Signal::Work);
    }
}

/// Those who are told.
pub(crate) async fn owners(app: &App, scope: TenantScope) -> Result<Vec<Owner>, StoreError> {
    platform::list_owners(&app.db, scope.tenant(), OWNERS).await
}

/// Compares what these records count for with what they counted for, keeps the new marks, and returns the differences.
async fn reckon(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    changes: &[Change],
    open_since: Period,
) -> Result<Vec<Used>, StoreError> {
    let touched = Touched::of(changes);
    let ids: Vec<Uuid> = touched.0.keys().copied().collect();
    let mut marks: HashMap<Uuid, Vec<Mark>> = HashMap::new();
    for mark in usage::marks_of(conn, scope, &ids).await? {
        marks.entry(mark.record_id).or_default().push(mark);
    }
    let weights = touched.weigh(conn, scope).await?;
    let (mut changed, mut sums) = (Vec::new(), BTreeMap::new());
    for (id, weight) in weights {
        let before = marks.remove(&id).unwrap_or_default();
        let is_closed = |period: Period| period < open_since;
        if weight.as_ref().is_some_and(|weight| is_closed(weight.period)) || before.iter().any(|m| is_closed(m.period))
        {
            continue;
        }
        for mark in difference(id, &before, weight.as_ref(), &mut sums) {
            changed.push(mark);
        }
    }
    usage::save_marks(conn, scope, &changed).await?;
    let used = |((period, metric), used)| Used { period, metric, used };
    Ok(sums.into_iter().filter(|(_, difference)| *difference != 0).map(used).collect())
}

/// The marks of one record that must be kept anew, and what that adds to the sums. A mark of amount 0 is one that goes.
fn difference(
    record_id: Uuid,
    before: &[Mark],
    weight: Option<&Weight>,
    sums: &mut BTreeMap<(Period, Metric), i64>,
) -> Vec<Mark> {
    let mut changed = Vec::new();
    let wanted = weight.map(|weight| weight.amounts.as_slice()).unwrap_or_default();
    for mark in before {
        let amount = wanted.iter().find(|(metric, _)| *metric == mark.metric).map_or(0, |(_, amount)| *amount);
        if weight.is_some_and(|weight| weight.period == mark.period) && amount == mark.amount {
            continue;
        }
        *sums.entry((mark.period, mark.metric)).or_default() -= mark.amount;
        if amount == 0 {
            changed.push(Mark { amount: 0, ..mark.clone() });
        }
    }
    let Some(weight) = weight else { return changed };
    for (metric, amount) in wanted {
        let mark = Mark { record_id, metric: *metric, period: weight.period, amount: *amount };
        if before.contains(&mark) {
            continue;
        }
        *sums.entry((mark.period, mark.metric)).or_default() += amount;
        changed.push(mark);
    }
    changed
}

/// The records that changes are about: their kind, and whether they went because another took their place.
struct Touched(BTreeMap<Uuid, (RecordKind, bool)>);

impl Touched {
    fn of(changes: &[Change]) -> Self {
        let mut touched = BTreeMap::new();
        for change in changes {
            let is_counted = match change.kind {
                RecordKind::Call | RecordKind::Message | RecordKind::Voicemail | RecordKind::Recording => true,
                RecordKind::Analysis
                | RecordKind::Insight
                | RecordKind::Contact
                | RecordKind::Notification
                | RecordKind::OutgoingMessage
                | RecordKind::Transcript
                | RecordKind::Tenant => false,
            };
            if is_counted {
                touched.insert(change.record_id, (change.kind, change.verb == Verb::Merged));
            }
        }
        Self(touched)
    }

    fn ids(&self, wanted: RecordKind) -> Vec<Uuid> {
        self.0.iter().filter(|(_, (kind, _))| *kind == wanted).map(|(id, _)| *id).collect()
    }

    /// What each counts for now. One that was merged into another counts for nothing; one that is gone for any other
    /// reason is left out, and what it counted for stays.
    async fn weigh(
        &self,
        conn: &mut Conn<'_>,
        scope: TenantScope,
    ) -> Result<HashMap<Uuid, Option<Weight>>, StoreError> {
        let tenant = scope.tenant();
        let merged = self.0.iter().filter(|(_, (_, is_merged))| *is_merged).map(|(id, _)| (*id, None));
        let mut weights: HashMap<Uuid, Option<Weight>> = merged.collect();
        for kept in record::find::<Kept<Call>>(conn, tenant, &self.ids(RecordKind::Call)).await? {
            weights.insert(kept.record.id.uuid(), Some(Weight::of_call(&kept.record)));
        }
        for kept in record::find::<KeptMessage>(conn, tenant, &self.ids(RecordKind::Message)).await? {
            weights.insert(kept.record.id.uuid(), Some(Weight::of_message(&kept.record)));
        }
        for kept in record::find::<KeptVoicemail>(conn, tenant, &self.ids(RecordKind::Voicemail)).await? {
            weights.insert(kept.record.id.uuid(), Some(Weight::of_voicemail(&kept.record)));
        }
        for kept in record::find::<KeptRecording>(conn, tenant, &self.ids(RecordKind::Recording)).await? {
            weights.insert(kept.record.id.uuid(), Some(Weight::of_recording(&kept.record)));
        }
        Ok(weights)
    }
}

/// Keeps up how many calls the tenant has. A rebuild changes records without a change of each, so after one they are
/// counted once.
async fn count_calls(tx: &mut TenantTx, changes: &[Change], last: i64) -> Result<(), StoreError> {
    let scope = tx.scope();
    if changes.iter().any(|change| change.verb == Verb::Reset) {
        tx.lock_tenant().await?;
        return usage::recount_calls(&mut tx.conn(), scope, last).await;
    }
    let of_calls = changes.iter().filter(|change| change.kind == RecordKind::Call);
    let difference = of_calls.map(|change| usage::of_verb(change.verb)).sum();
    usage::add_calls(&mut tx.conn(), scope, difference).await
}

/// Tells the tenant's owners once when so much of a limit is used: a row, a change, and a mail. True if there is mail. Of
/// several steps at once only the highest is told.
pub(crate) async fn warn(app: &App, tx: &mut TenantTx, owners: &[Owner], now: Timestamp) -> Result<bool, StoreError> {
    let scope = tx.scope();
    let period = Period::of(now);
    let plan = plans::of_tenant(&mut tx.conn(), scope).await?;
    let Some(limit) = plan.and_then(|plan| plan.limits.minutes) else { return Ok(false) };
    let used = usage::used(&mut tx.conn(), scope, period, Metric::CallMinutes).await?;
    let mut reached = None;
    for step in WARN_AT.into_iter().filter(|step| percent(used, limit) >= i64::from(*step)) {
        let warning = Warning { metric: Metric::CallMinutes, percent: step, warned_at: now };
        if usage::insert_warning(&mut tx.conn(), scope, period, &warning).await? {
            reached = Some(step);
        }
    }
    let Some(step) = reached else { return Ok(false) };
    tracing::info!(tenant = %scope.tenant(), percent = step, "a tenant was told how much of its plan it has used");
    let change = NewChange::of::<TenantId>(RecordKind::Tenant, scope.tenant(), Verb::Updated, now);
    tx.push_change(NewChange { fields: vec!["usage".to_owned()], ..change });
    let tenant = tenants::find(&mut tx.conn(), scope).await?;
    let letter = Letter::UsageWarning { workspace: tenant.name, percent: step, used, limit };
    for owner in owners {
        let expires_at = now + NOTICE_LIFETIME;
        let posting = Posting { to: &owner.email, letter: &letter, language: owner.language, expires_at };
        mail::post(app, tx, &posting).await?;
    }
    Ok(!owners.is_empty())
}

/// What a tenant used, for people.
#[derive(Debug, Clone)]
pub struct Report {
    pub plan: Option<Plan>,
    pub period: Period,
    /// The changes up to this number are counted.
    pub counted_up_to: i64,
    /// This month and those before it, the newest first; metrics of which nothing was used are left out.
    pub used: Vec<Used>,
    /// Those of this month.
    pub warnings: Vec<Warning>,
}

/// Months that a report goes back.
const HISTORY: usize = 12;

/// What a tenant used this month and in the year before.
pub async fn report(app: &App, scope: TenantScope) -> Result<Report, StoreError> {
    let period = Period::of(app.now());
    let since = (0..HISTORY).fold(period, |period, _| period.previous());
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    Ok(Report {
        plan: plans::of_tenant(conn, scope).await?,
        period,
        counted_up_to: usage::cursor(conn, scope).await?,
        used: usage::list_since(conn, scope, since).await?,
        warnings: usage::list_warnings(conn, scope, period).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(metric: Metric, period: &str, amount: i64) -> Mark {
        Mark { record_id: Uuid::nil(), metric, period: period.parse().unwrap(), amount }
    }

    fn weight(period: &str, amounts: &[(Metric, i64)]) -> Weight {
        Weight { period: period.parse().unwrap(), amounts: amounts.to_vec() }
    }

    #[test]
    fn only_differences_are_added() {
        let before = [mark(Metric::Calls, "2026-10", 1), mark(Metric::CallMinutes, "2026-10", 3)];
        let run = |weight: Option<&Weight>| {
            let mut sums = BTreeMap::new();
            let marks = difference(Uuid::nil(), &before, weight, &mut sums);
            sums.retain(|_, sum| *sum != 0);
            (marks.len(), sums.into_iter().map(|((p, m), sum)| format!("{p} {m} {sum}")).collect::<Vec<_>>())
        };
        let same = weight("2026-10", &[(Metric::Calls, 1), (Metric::CallMinutes, 3)]);
        assert_eq!(run(Some(&same)), (0, vec![]));
        let longer = weight("2026-10", &[(Metric::Calls, 1), (Metric::CallMinutes, 5)]);
        assert_eq!(run(Some(&longer)), (1, vec!["2026-10 call_minutes 2".to_owned()]));
        let live_again = weight("2026-10", &[]);
        assert_eq!(run(Some(&live_again)).1, ["2026-10 calls -1", "2026-10 call_minutes -3"]);
        assert_eq!(run(None), (2, vec!["2026-10 calls -1".to_owned(), "2026-10 call_minutes -3".to_owned()]));
        let earlier = weight("2026-09", &[(Metric::Calls, 1), (Metric::CallMinutes, 3)]);
        assert_eq!(
            run(Some(&earlier)).1,
            ["2026-09 calls 1", "2026-09 call_minutes 3", "2026-10 calls -1", "2026-10 call_minutes -3"]
        );
    }
}

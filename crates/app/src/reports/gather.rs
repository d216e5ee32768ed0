//! From rows to what formulas count: everything that is to be known of some days.

use std::time::Duration;

use jiff::{civil::Date, tz::TimeZone};
use switchboard_domain::{Timestamp, call::Direction, over_call::OverCall};
use switchboard_rules::report::{
    Settings,
    day::{LocalDay, Material, Ring},
    returns::Contact,
    speech::{KeywordFact, SpeechFact},
};
use switchboard_store::{
    Conn, StoreError, TenantScope, calls,
    reports::{self, FollowUp, Narrowing},
};
use uuid::Uuid;

/// How far back a call may have begun that still holds a line.
pub(super) const SPILL: Duration = Duration::from_hours(4);
/// Calls whose legs are read at once.
const LEGS: usize = 256;

/// What is gathered. Each part costs a statement or more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub contacts: bool,
    pub rings: bool,
    pub speech: bool,
}

impl Wanted {
    pub(super) const ALL: Self = Self { contacts: true, rings: true, speech: true };
}

/// A stretch of days.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub from: Timestamp,
    pub before: Timestamp,
}

impl Stretch {
    pub(super) fn of(from: Date, to: Date, zone: &TimeZone) -> Self {
        Self { from: LocalDay::of(from, zone).starts, before: LocalDay::of(to, zone).ends }
    }
}

/// What a follow-up says; `None` if it names no number.
pub(super) fn contact(row: FollowUp) -> Option<Contact> {
    let is_ours = row.direction == Direction::Outbound;
    let number = if is_ours { row.to_number } else { row.from_number }?;
    Some(Contact { at: row.occurred_at, number, is_ours })
}

/// Reads what a stretch is counted from: at most `most` calls. `None` if there are more.
pub(super) async fn material(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    stretch: &Stretch,
    narrowing: &Narrowing,
    settings: &Settings,
    wanted: Wanted,
    most: i64,
) -> Result<Option<Material>, StoreError> {
    let Stretch { from, before } = *stretch;
    let rows = reports::over_calls(conn, scope, from - SPILL, before, narrowing, most.saturating_add(1)).await?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > most {
        return Ok(None);
    }
    let mut material = Material { calls: rows, ..Material::default() };
    if wanted.contacts && material.calls.iter().any(OverCall::is_missed) {
        let until = before + Duration::from_secs(settings.return_hours.unsigned_abs() * 3_600 + 1);
        // Up to twice as many: the window may be longer than the stretch.
        let limit = most.saturating_mul(2);
        let rows = reports::follow_ups(conn, scope, from, until, limit.saturating_add(1)).await?;
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit {
            return Ok(None);
        }
        material.contacts = rows.into_iter().filter_map(contact).collect();
    }
    if wanted.rings {
        material.rings = rings(conn, scope, &material.calls, from).await?;
    }
    if wanted.speech {
        let limit = most.saturating_mul(20);
        let rows = reports::speech(conn, scope, from, before, limit).await?;
        material.speech = rows
            .into_iter()
            .map(|row| SpeechFact {
                call_id: row.call_id,
                sentiment: row.customer_sentiment,
                label: row.sentiment,
                score: row.score,
            })
            .collect();
        let rows = reports::keywords(conn, scope, from, before, limit).await?;
        material.keywords = rows
            .into_iter()
            .map(|row| KeywordFact { call_id: row.call_id, keyword_id: row.keyword_id, hits: row.hits })
            .collect();
    }
    Ok(Some(material))
}

/// Phones that rang in vain, of calls that went through a queue or a ring group.
async fn rings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    calls: &[OverCall],
    from: Timestamp,
) -> Result<Vec<Ring>, StoreError> {
    let through = |call: &&OverCall| (call.queue.is_some() || call.ring_group.is_some()) && call.occurred_at >= from;
    let ids: Vec<Uuid> = calls.iter().filter(through).map(|call| call.id.uuid()).collect();
    let mut rings = Vec::new();
    for ids in ids.chunks(LEGS) {
        for kept in calls::legs_of_calls(conn, scope.tenant(), ids).await? {
            let leg = kept.leg;
            let Some(target) = leg.doc.target.get().filter(|target| target.is_user() && !leg.doc.is_answered()) else {
                continue;
            };
            rings.push(Ring {
                call_id: leg.call_id.uuid(),
                agent_id: target.external_id.clone(),
                agent_name: target.name.clone(),
            });
        }
    }
    Ok(rings)
}

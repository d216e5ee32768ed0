//! How long a call rang, waited and was talked on. Legs overlap (colleagues who consult, phones of a group that ring at once),
//! so nothing here is a sum over legs.

use crate::{
    call::{CallStatus, Direction},
    clock::Timestamp,
    leg::Leg,
};

/// Whole seconds. None while the call is live, and where the provider said too little.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub ring: Option<i64>,
    pub wait: Option<i64>,
    pub talk: Option<i64>,
}

/// Whether a leg is with the call's other side, rather than between colleagues about it.
pub(super) fn faces(leg: &Leg, direction: Option<Direction>) -> bool {
    direction == Some(Direction::Internal) || leg.doc.direction.value() != Some(Direction::Internal)
}

/// The leg that was answered first.
pub(super) fn answering<'l>(legs: &[&'l Leg]) -> Option<&'l Leg> {
    let answered = legs.iter().copied().filter(|leg| leg.doc.is_answered());
    answered.min_by(|a, b| (a.doc.answered_at(), &a.external_id).cmp(&(b.doc.answered_at(), &b.external_id)))
}

impl Times {
    /// `legs` are those that face the other side.
    pub fn of(status: CallStatus, legs: &[&Leg], started: Option<Timestamp>, ended: Option<Timestamp>) -> Self {
        if status.is_live() {
            return Self::default();
        }
        let first = answering(legs);
        let queued = legs.iter().filter_map(|leg| leg.doc.queued_at.value()).min();
        let until = first.and_then(|leg| leg.doc.answered_at()).or(ended);
        Self { ring: ring(legs, first), wait: seconds(queued.or(started), until), talk: Some(talk(legs)) }
    }
}

/// The leg that was answered rang until then; where none was, the one that rang longest counts.
fn ring(legs: &[&Leg], answering: Option<&Leg>) -> Option<i64> {
    let rang = |leg: &Leg| leg.doc.rang_at.value().or_else(|| leg.doc.start());
    if let Some(leg) = answering {
        return seconds(rang(leg), leg.doc.answered_at());
    }
    let ringing = legs.iter().filter(|leg| leg.doc.answered_by.is_none());
    ringing.filter_map(|leg| seconds(rang(leg), leg.doc.ended_at())).max()
}

/// The length of the union of all talk.
fn talk(legs: &[&Leg]) -> i64 {
    let mut talks: Vec<(i64, i64)> = legs.iter().filter_map(|leg| interval(leg)).collect();
    talks.sort_unstable();
    let (mut total, mut reached) = (0, i64::MIN);
    for (from, to) in talks {
        total += (to - from.max(reached)).max(0);
        reached = reached.max(to);
    }
    (total + 500) / 1_000
}

/// From when to when a leg was talked on, in milliseconds: the provider's own count where there is one.
fn interval(leg: &Leg) -> Option<(i64, i64)> {
    let from = leg.doc.answered_at()?.as_millis();
    let counted = leg.doc.duration_ms.value().filter(|millis| *millis > 0);
    let to = counted.map(|millis| from.saturating_add(millis)).or_else(|| Some(leg.doc.ended_at()?.as_millis()))?;
    (to > from).then_some((from, to))
}

fn seconds(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<i64> {
    Some(((to?.as_millis() - from?.as_millis() + 500) / 1_000).max(0))
}

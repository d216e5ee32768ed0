//! A leg: one participant's part of a call. Providers report legs; people think in calls. See [`crate::call`] for how
//! legs become one call.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    call::{AnsweredBy, CallStatus, Direction, LegResult, Phase},
    call_work::WorkDoc,
    clock::Timestamp,
    contact::ContactId,
    fact::{LegFact, Target},
    ids::{CallId, ConnectionId, LegId, TenantId},
    merge::{Earliest, Latest, Stamp, insert_bounded},
};

/// Something that happened on a leg.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    pub at: Timestamp,
    pub phase: Phase,
    /// The provider's own word for it.
    pub name: String,
}

/// How many moments are kept from each end of a leg. A normal leg has fewer than ten.
const KEPT_MOMENTS: usize = 128;
/// How many recording URLs, related ids and attributes are kept.
const KEPT: usize = 16;

/// The attribute that says what is wrong with the times that a provider gave.
pub const TIME_FAULT: &str = "time_fault";

/// Everything that facts have said of a leg. Only order-free operations touch it: see [`crate::merge`]. What nothing was said
/// of is not written: most legs use a third of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LegDoc {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub moments: BTreeSet<Moment>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub related: BTreeSet<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub direction: Latest<Direction>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub external_number: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub internal_number: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub contact_id: Latest<ContactId>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub contact_name: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub target: Latest<Target>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub entry_target: Latest<Target>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub started_at: Latest<Timestamp>,
    /// When it must have started at the latest, where the provider does not say when it did.
    #[serde(skip_serializing_if = "Earliest::is_none")]
    pub estimated_start: Earliest<Timestamp>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub queued_at: Latest<Timestamp>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub rang_at: Latest<Timestamp>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub connected_at: Latest<Timestamp>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub ended_at: Latest<Timestamp>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub duration_ms: Latest<i64>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub total_ms: Latest<i64>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub talk_ms: Latest<i64>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub hold_ms: Latest<i64>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub is_internal: Latest<bool>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub is_transferred: Latest<bool>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub was_recorded: Latest<bool>,
    pub message_left: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub recording_urls: BTreeSet<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub answered_by: Latest<AnsweredBy>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub result: Latest<LegResult>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub queue: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub ring_group: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub ivr: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub trunk: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub did: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub account_code: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub labels: Latest<Vec<String>>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub summary: Latest<String>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub purposes: Latest<Vec<String>>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    pub action_items: Latest<Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Latest<String>>,
    /// What people did with the call.
    #[serde(skip_serializing_if = "WorkDoc::is_empty")]
    pub work: WorkDoc,
    #[serde(skip_serializing_if = "Earliest::is_none")]
    pub first_at: Earliest<Timestamp>,
}

impl LegDoc {
    /// Takes in one fact. `contact` is the record that the fact's other party belongs to.
    pub fn apply(&mut self, stamp: Stamp, fact: &LegFact, contact: Option<ContactId>) {
        self.first_at.offer(Some(stamp.at));
        if let Some(moment) = &fact.moment {
            let moment = Moment { at: stamp.at, phase: moment.phase, name: moment.name.clone() };
            insert_bounded(&mut self.moments, moment, KEPT_MOMENTS);
        }
        for id in &fact.related {
            insert_bounded(&mut self.related, id.clone(), KEPT);
        }
        for url in &fact.recording_urls {
            insert_bounded(&mut self.recording_urls, url.clone(), KEPT);
        }
        for (name, value) in &fact.attributes {
            self.attributes.entry(name.clone()).or_default().offer(stamp, Some(value.clone()));
        }
        self.message_left |= fact.message_left;
        self.direction.offer(stamp, fact.direction);
        self.external_number.offer(stamp, fact.external_number.clone());
        self.internal_number.offer(stamp, fact.internal_number.clone());
        self.contact_id.offer(stamp, contact);
        let name = fact.contact.as_ref().and_then(|party| party.name.as_deref());
        self.contact_name.offer(stamp, name.and_then(crate::contact::real_name));
        self.target.offer(stamp, fact.target.clone());
        self.entry_target.offer(stamp, fact.entry_target.clone());
        self.started_at.offer(stamp, fact.started_at);
        self.estimated_start.offer(fact.estimated_start);
        self.queued_at.offer(stamp, fact.queued_at);
        self.rang_at.offer(stamp, fact.rang_at);
        self.connected_at.offer(stamp, fact.connected_at);
        self.ended_at.offer(stamp, fact.ended_at);
        self.duration_ms.offer(stamp, fact.duration_ms);
        self.total_ms.offer(stamp, fact.total_ms);
        self.talk_ms.offer(stamp, fact.talk_ms);
        self.hold_ms.offer(stamp, fact.hold_ms);
        self.is_internal.offer(stamp, fact.is_internal);
        self.is_transferred.offer(stamp, fact.is_transferred);
        self.was_recorded.offer(stamp, fact.was_recorded);
        self.answered_by.offer(stamp, fact.answered_by);
        self.result.offer(stamp, fact.result);
        self.queue.offer(stamp, fact.queue.clone());
        self.ring_group.offer(stamp, fact.ring_group.clone());
        self.ivr.offer(stamp, fact.ivr.clone());
        self.trunk.offer(stamp, fact.trunk.clone());
        self.did.offer(stamp, fact.did.clone());
        self.account_code.offer(stamp, fact.account_code.clone());
        self.labels.offer(stamp, fact.labels.clone());
        self.summary.offer(stamp, fact.summary.clone());
        self.purposes.offer(stamp, fact.purposes.clone());
        self.action_items.offer(stamp, fact.action_items.clone());
        if let Some(work) = &fact.work {
            self.work.apply(stamp, work);
        }
    }

    /// What the leg has come to, from everything known. Decided by the provider's times and never by the order of
    /// arrival, so a `connected` that arrives after the hang-up changes nothing but the missing start.
    pub fn status(&self) -> CallStatus {
        if self.message_left || self.result.value() == Some(LegResult::Voicemail) {
            return CallStatus::Voicemail;
        }
        let decisive = self
            .moments
            .iter()
            .filter(|moment| moment.phase.is_decisive())
            .max_by_key(|moment| (moment.at, moment.phase));
        let over = self.is_over();
        match decisive.map(|moment| moment.phase) {
            Some(Phase::Missed) => CallStatus::Missed,
            Some(Phase::Rejected) => CallStatus::Rejected,
            Some(Phase::Voicemail) => CallStatus::Voicemail,
            Some(_) if over => CallStatus::Ended,
            Some(_) => CallStatus::Active,
            None if !over => CallStatus::Ringing,
            None if self.connected_at.value().is_some() => CallStatus::Ended,
            None if self.direction.value() == Some(Direction::Outbound) => CallStatus::Ended,
            None => CallStatus::Missed,
        }
    }

    /// Somebody took the call; or a menu, where the provider does not tell those apart.
    pub fn is_answered(&self) -> bool {
        if self.answered_by.value() == Some(AnsweredBy::Machine) {
            return false;
        }
        match self.status() {
            CallStatus::Active => true,
            CallStatus::Ended => {
                self.connected_at.value().is_some() || self.moments.iter().any(|moment| moment.phase == Phase::Active)
            }
            _ => false,
        }
    }

    /// No further talk can happen on this leg.
    pub fn is_over(&self) -> bool {
        self.moments.iter().any(|moment| matches!(moment.phase, Phase::Over | Phase::Missed | Phase::Rejected))
    }

    /// When talk began: the provider's date, else the first moment of talk.
    pub fn answered_at(&self) -> Option<Timestamp> {
        if !self.is_answered() {
            return None;
        }
        let first_talk = || self.moments.iter().find(|moment| moment.phase == Phase::Active).map(|moment| moment.at);
        self.connected_at.value().or_else(first_talk)
    }

    /// When the leg ended. A provider's end date on a leg that still rings is a forecast, not a fact: it counts only
    /// once the leg is over (or somebody left a message).
    pub fn ended_at(&self) -> Option<Timestamp> {
        if !self.is_over() && !self.message_left {
            return None;
        }
        let last_end = || self.moments.iter().rfind(|moment| moment.phase == Phase::Over).map(|moment| moment.at);
        self.ended_at.value().or_else(last_end)
    }

    /// When the leg began, as well as is known.
    pub fn began_at(&self) -> Timestamp {
        self.start().or(self.first_at.value()).unwrap_or_default()
    }

    /// When it started: the provider's date, else what it must have been.
    pub fn start(&self) -> Option<Timestamp> {
        self.started_at.value().or(self.estimated_start.value())
    }

    /// The queue it waited in: the one that the provider names, or the call centre that it was for.
    pub fn queue(&self) -> Option<String> {
        let center = || {
            let targets = [self.target.get(), self.entry_target.get()];
            targets
                .into_iter()
                .flatten()
                .find(|target| target.kind == "call_center")
                .map(|found| found.external_id.clone())
        };
        self.queue.cloned().or_else(center)
    }

    /// A queue, a group or a menu had it: whoever hangs up there gave up.
    pub fn was_handled_by_system(&self) -> bool {
        self.queued_at.value().is_some() || !self.ring_group.is_none() || !self.ivr.is_none()
    }

    /// When we last heard of talk or ringing on it.
    pub fn last_live_at(&self) -> Option<Timestamp> {
        let live = |moment: &&Moment| matches!(moment.phase, Phase::Ringing | Phase::Active);
        self.moments.iter().rfind(live).map(|moment| moment.at)
    }
}

/// A leg with its place: which call it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    pub id: LegId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub call_id: CallId,
    /// The provider's id.
    pub external_id: String,
    pub doc: LegDoc,
}

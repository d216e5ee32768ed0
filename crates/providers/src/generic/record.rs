//! One call record in our own form. It is what the log keeps of a row of a file, so it is documented in `docs/import.md` and
//! what it said once it says for ever.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
pub use switchboard_domain::import::RecordOutcome as Outcome;
use switchboard_domain::{Timestamp, call::Direction};

use super::RECORD;
use crate::contract::{DedupKey, Item};

/// One participant's part of a call, over and done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRecord {
    /// What tells it from all others of its connection.
    pub id: String,
    /// What the records of one call have in common; left out where it is the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    pub started_at: Timestamp,
    /// When somebody answered; left out where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    pub ended_at: Timestamp,
    pub outcome: Outcome,
    pub direction: Direction,
    /// Numbers as E.164 where they are numbers of the public network, extensions as they are dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_name: Option<String>,
    /// The extension of ours that took it or made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring_group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ivr: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trunk: Option<String>,
    /// The number of ours that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_code: Option<String>,
}

impl CallRecord {
    /// The record as an item of the log. The same record is the same item, whichever file it comes in.
    pub fn item(&self) -> Item {
        let body = serde_json::to_vec(self).expect("a record is texts and moments: it always has a JSON form");
        let call = self.call.as_ref().unwrap_or(&self.id);
        Item {
            kind: RECORD.to_owned(),
            lane: call.clone(),
            dedup: DedupKey::new(Some(self.started_at), &[self.id.as_bytes(), &body]),
            external_id: Some(call.clone()),
            occurred_at: Some(self.started_at),
            body: Bytes::from(body),
        }
    }
}

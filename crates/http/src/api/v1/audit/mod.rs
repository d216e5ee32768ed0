//! The audit log: who did what to which record, from where.

use serde::Serialize;
use switchboard_domain::{Timestamp, audit::Action, ids::AuditId};
use switchboard_store::audit::Entry;
use utoipa::ToSchema;

pub mod export;
pub mod list;

super::word_schemas! {
    action = Action;
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditView {
    #[schema(value_type = String)]
    pub id: AuditId,
    /// Its number in the log of the workspace: from 1, without gaps.
    pub seq: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `user`, `app`, `operator` (who runs the installation) or `system`.
    pub actor_kind: String,
    pub actor_id: Option<String>,
    /// What people knew the actor by at the time.
    pub actor_name: String,
    /// Under whose name it was done, when it was not the actor's own.
    pub on_behalf_of: Option<String>,
    #[schema(schema_with = action)]
    pub action: String,
    pub target_kind: Option<String>,
    pub target_id: Option<String>,
    /// Names and values that go with it; never a secret.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
    /// The address that the request came from.
    pub address: Option<String>,
    /// Finds the request in the logs.
    pub request_id: Option<String>,
    /// SHA-256 over the entry and the hash of the one before it, in hex.
    pub hash: String,
    pub previous_hash: String,
}

impl From<Entry> for AuditView {
    fn from(entry: Entry) -> Self {
        Self {
            hash: hex::encode(&entry.hash),
            previous_hash: hex::encode(&entry.previous_hash),
            id: entry.id,
            seq: entry.seq,
            at: entry.at,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            actor_name: entry.actor_name,
            on_behalf_of: entry.on_behalf_of,
            action: entry.action,
            target_kind: entry.target_kind,
            target_id: entry.target_id,
            details: entry.details,
            address: entry.address,
            request_id: entry.request_id,
        }
    }
}

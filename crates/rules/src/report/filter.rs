//! What a report is narrowed to. Dates are the workspace's own; an empty field narrows nothing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    call::{CallOutcome, Direction},
    ids::ConnectionId,
};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// The first day.
    pub from: Date,
    /// The last day, itself included.
    pub to: Date,
    pub direction: Option<Direction>,
    pub outcome: Option<CallOutcome>,
    pub connection: Option<ConnectionId>,
    /// The provider's id of a user, or an extension.
    pub agent: Option<String>,
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    pub trunk: Option<String>,
    /// The number of ours that was called.
    pub did: Option<String>,
}

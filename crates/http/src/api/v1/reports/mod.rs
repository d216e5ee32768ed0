//! Reports: what calls come to, in the workspace's days. What each number counts stands with its field, and in docs/reports.md.

use serde::{Deserialize, Deserializer};
use switchboard_app::reports::{self, Asked, ReportsError, SettingsError};
use switchboard_domain::{
    call::{CallOutcome, Direction},
    hours::Date,
    ids::ConnectionId,
};
use switchboard_rules::report::{
    Filter,
    answers::{Against, Step},
};
use switchboard_store::TenantScope;
use utoipa::IntoParams;

use super::{call_outcome, direction};
use crate::{
    problem::{Code, Problem},
    state::Web,
};

pub mod file;
pub mod kinds;
pub mod options;
pub mod settings;

super::word_schemas! {
    step = Step;
    against = Against;
}

/// A date that reads itself, with an error that says how one looks.
fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(|_| serde::de::Error::custom("a date such as 2026-11-30"))
}

/// What a report is of.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The first day, in the workspace's zone. Without it and `to`, the last thirty days.
    #[serde(default, deserialize_with = "date")]
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    from: Option<Date>,
    /// The last day, itself included; without it, today. At most 1,100 days after the first.
    #[serde(default, deserialize_with = "date")]
    #[param(value_type = Option<String>, format = Date, example = "2026-11-30")]
    to: Option<Date>,
    /// Calls between colleagues are `internal`, whatever the provider calls them.
    #[param(schema_with = direction, required = false)]
    direction: Option<Direction>,
    #[param(schema_with = call_outcome, required = false)]
    outcome: Option<CallOutcome>,
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// The provider's id of a user, or an extension.
    agent: Option<String>,
    queue: Option<String>,
    ring_group: Option<String>,
    trunk: Option<String>,
    /// The number of ours that was called.
    did: Option<String>,
    /// Of volume: what a row is. Without it, what fits the period. By the hour at most 31 days.
    #[param(schema_with = step, required = false)]
    step: Option<Step>,
    /// Of the comparison: with what. Without it, with the days before.
    #[param(schema_with = against, required = false)]
    against: Option<Against>,
}

impl ReportQuery {
    /// The filter that is meant, with the usual period where none is given.
    pub async fn filter(self, web: &Web, scope: TenantScope) -> Result<(Filter, Asked), Problem> {
        let (from, to) = match (self.from, self.to) {
            (Some(from), Some(to)) => (from, to),
            (from, to) => {
                let (usual_from, today) = reports::usual_period(&web.app, scope).await?;
                let to = to.unwrap_or(today);
                (from.unwrap_or_else(|| usual_from.min(to)), to)
            }
        };
        let filter = Filter {
            from,
            to,
            direction: self.direction,
            outcome: self.outcome,
            connection: self.connection_id,
            agent: self.agent,
            queue: self.queue,
            ring_group: self.ring_group,
            trunk: self.trunk,
            did: self.did,
        };
        Ok((filter, Asked { step: self.step, against: self.against }))
    }
}

impl From<ReportsError> for Problem {
    fn from(error: ReportsError) -> Self {
        match error {
            ReportsError::Invalid(field, why) => Self::parameter(field, why),
            ReportsError::TooMany => Self::new(Code::InvalidParameter, error.to_string()),
            ReportsError::Store(error) => error.into(),
        }
    }
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Invalid(fault) => Self::fields(vec![switchboard_app::accounts::FieldFault::new(
                fault.field,
                "invalid",
                fault.why.to_owned(),
            )]),
            SettingsError::Store(error) => error.into(),
        }
    }
}

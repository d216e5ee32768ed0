//! How long a tenant keeps what.

use serde::Serialize;
use switchboard_app::{
    accounts::FieldFault,
    privacy::retention::{Kept, Retention, RetentionError},
};
use switchboard_domain::{Timestamp, retention::RetentionKind};
use utoipa::ToSchema;

use super::retention_kind;
use crate::problem::Problem;

pub mod get;
pub mod set;

/// What holds for one kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RetentionRule)]
pub struct KeptView {
    #[schema(schema_with = retention_kind)]
    pub kind: RetentionKind,
    /// The workspace's rule. Null: there is none.
    pub days: Option<i64>,
    /// What happens without a rule. Null: it is kept for ever.
    pub days_without_rule: Option<i64>,
    /// The shortest time that can be chosen.
    pub least_days: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
    /// Up to when things of this kind were removed so far.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub removed_before: Option<Timestamp>,
}

impl From<Kept> for KeptView {
    fn from(kept: Kept) -> Self {
        Self {
            kind: kept.kind,
            days: kept.days,
            days_without_rule: kept.kind.days_without_rule(),
            least_days: kept.kind.least_days(),
            updated_at: kept.updated_at,
            removed_before: kept.removed_before,
        }
    }
}

/// How long a workspace keeps what. Nothing is removed where there is no rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Retention)]
pub struct RetentionView {
    pub data: Vec<KeptView>,
    /// The plan's name.
    pub plan: Option<String>,
    /// What the plan offers, as a proposal: it removes nothing by itself. Null: no limit.
    pub plan_days: Option<i64>,
}

impl From<Retention> for RetentionView {
    fn from(retention: Retention) -> Self {
        Self {
            data: retention.kinds.into_iter().map(KeptView::from).collect(),
            plan: retention.plan,
            plan_days: retention.plan_days,
        }
    }
}

impl From<RetentionError> for Problem {
    fn from(error: RetentionError) -> Self {
        match error {
            RetentionError::OutOfBounds { kind, .. } => {
                Self::fields(vec![FieldFault::new(kind.as_str(), "out_of_bounds", error.to_string())])
            }
            RetentionError::Store(error) => error.into(),
        }
    }
}

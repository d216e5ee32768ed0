//! Plans: what a workspace can be entitled to.

use serde::Serialize;
use switchboard_app::plans::{GrowthError, PlansError};
use switchboard_domain::plan::{Limits, PastLimit, Plan};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod list;

/// A plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanView {
    pub id: String,
    pub name: String,
    /// A month's price in hundredths of the currency.
    pub price_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// Where it stands among the others, cheapest first.
    pub position: i32,
    pub limits: LimitsView,
    /// What is part of it.
    pub included: Vec<String>,
    /// What happens past the limit: `warn` tells the owners and nothing else; `no_additions` also refuses new apps,
    /// connections and invitations until the month ends or the plan changes. Nothing that arrives is ever dropped.
    #[schema(schema_with = crate::api::v1::past_limit)]
    pub past_limit: PastLimit,
    /// New workspaces may choose it.
    pub is_offered: bool,
}

/// The numbers of a plan; null is unlimited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanLimits)]
pub struct LimitsView {
    /// Minutes of answered calls in a calendar month of UTC.
    pub minutes: Option<i64>,
    /// How many months records are kept for at least.
    pub retention_months: Option<i64>,
    /// Requests to the API in an hour, of all its people and apps together; null is what the installation says.
    pub requests_per_hour: Option<i64>,
}

impl From<Limits> for LimitsView {
    fn from(limits: Limits) -> Self {
        Self {
            minutes: limits.minutes,
            retention_months: limits.retention_months,
            requests_per_hour: limits.requests_per_hour,
        }
    }
}

impl From<Plan> for PlanView {
    fn from(plan: Plan) -> Self {
        Self {
            id: plan.id,
            name: plan.name,
            price_cents: plan.price_cents,
            currency: plan.currency,
            position: plan.position,
            limits: plan.limits.into(),
            included: plan.included,
            past_limit: plan.past_limit,
            is_offered: plan.is_offered,
        }
    }
}

impl From<PlansError> for Problem {
    fn from(error: PlansError) -> Self {
        match error {
            PlansError::NotFound => Self::not_found("plan"),
            PlansError::Invalid(faults) => Self::fields(faults),
            PlansError::Store(error) => error.into(),
        }
    }
}

impl From<GrowthError> for Problem {
    fn from(error: GrowthError) -> Self {
        match error {
            GrowthError::LimitReached { .. } => Self::new(Code::PlanLimitReached, error.to_string()),
            GrowthError::Store(error) => error.into(),
        }
    }
}

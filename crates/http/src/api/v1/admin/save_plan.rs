//! `PUT /api/v1/admin/plans/{id}`

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use switchboard_app::plans;
use switchboard_domain::plan::{Limits, PastLimit, Plan};
use utoipa::ToSchema;

use crate::{
    api::v1::plans::PlanView,
    extract::{AdminAuth, JsonBody},
    problem::Problem,
    state::Web,
};

/// A plan, without its id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavePlan {
    name: String,
    /// A month's price in hundredths of the currency.
    #[schema(minimum = 0)]
    price_cents: i64,
    /// ISO 4217.
    currency: String,
    /// Where it stands among the others, cheapest first.
    position: i32,
    #[serde(default)]
    limits: SaveLimits,
    /// What is part of it, in words of lower-case letters, digits, hyphens and underscores.
    #[serde(default)]
    included: Vec<String>,
    #[schema(schema_with = crate::api::v1::past_limit)]
    past_limit: PastLimit,
    /// New workspaces may choose it.
    #[serde(default = "yes")]
    is_offered: bool,
}

/// The numbers of a plan; what is left out is unlimited.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveLimits {
    /// Minutes of answered calls in a calendar month of UTC.
    #[schema(minimum = 1)]
    minutes: Option<i64>,
    #[schema(minimum = 1)]
    retention_months: Option<i64>,
    /// Requests to the API in an hour, of all its people and apps together; as the installation says unless said.
    #[schema(minimum = 1)]
    requests_per_hour: Option<i64>,
}

impl From<SaveLimits> for Limits {
    fn from(asked: SaveLimits) -> Self {
        Self {
            minutes: asked.minutes,
            retention_months: asked.retention_months,
            requests_per_hour: asked.requests_per_hour,
        }
    }
}

const fn yes() -> bool {
    true
}

/// Keeps a plan as it is given, new or not. Workspaces that have it get its new limits at once.
#[utoipa::path(put, path = "/api/v1/admin/plans/{id}", operation_id = "save_plan", tag = "admin",
    params(("id" = String, Path, description = "The plan's id, such as `starter`")), request_body = SavePlan,
    responses((status = 200, description = "The plan as it is now", body = PlanView)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    Path(id): Path<String>,
    JsonBody(asked): JsonBody<SavePlan>,
) -> Result<Json<PlanView>, Problem> {
    let plan = Plan {
        id,
        name: asked.name,
        price_cents: asked.price_cents,
        currency: asked.currency,
        position: asked.position,
        limits: asked.limits.into(),
        included: asked.included,
        past_limit: asked.past_limit,
        is_offered: asked.is_offered,
    };
    plans::save(&web.app, &plan, &admin.by).await?;
    Ok(Json(plan.into()))
}

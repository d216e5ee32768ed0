//! `PUT /api/v1/retention`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::privacy::retention;
use switchboard_domain::retention::RetentionKind;
use utoipa::ToSchema;

use super::RetentionView;
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRetention {
    /// Days by kind: `calls`, `messages`, `voicemails`, `recordings`, `events`, `changes`. Null takes the rule away. Kinds
    /// that are left out stay as they are.
    #[schema(value_type = std::collections::HashMap<String, Option<i64>>, example = json!({"calls": 365, "events": null}))]
    rules: BTreeMap<RetentionKind, Option<i64>>,
}

/// Sets how long the workspace keeps what.
///
/// The next daily run removes what is older. What was removed does not come back when the rule is taken away.
#[utoipa::path(put, path = "/api/v1/retention", operation_id = "set_retention", tag = "privacy", request_body = SetRetention,
    responses((status = 200, description = "What holds now", body = RetentionView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<SetRetention>,
) -> Result<Json<RetentionView>, Problem> {
    Ok(Json(retention::set(&web.app, auth.scope, &by, &asked.rules).await?.into()))
}

//! `POST /api/v1/calls/{id}/follow-up`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::messaging;
use switchboard_domain::ids::CallId;
use utoipa::ToSchema;

use crate::{
    api::v1::{messages::send::message_text, outgoing_messages::OutgoingView},
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    #[schema(schema_with = message_text)]
    text: String,
    /// One of your numbers; the one that the call was with unless said otherwise.
    from_number: Option<String>,
}

/// Has a text sent to whoever the call was with. `GET /api/v1/outgoing-messages/{id}` says what became of it.
#[utoipa::path(post, path = "/api/v1/calls/{id}/follow-up", operation_id = "follow_up_call", tag = "calls",
    request_body = FollowUp,
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 202, description = "The text, on its way", body = OutgoingView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
    JsonBody(asked): JsonBody<FollowUp>,
) -> Result<(StatusCode, Json<OutgoingView>), Problem> {
    let from = asked.from_number.as_deref();
    let text = messaging::follow_up(&web.app, auth.scope, &by, id, &asked.text, from).await?;
    Ok((StatusCode::ACCEPTED, Json(text.into())))
}

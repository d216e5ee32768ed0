//! `POST /api/v1/sandbox/messages`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::sandbox::{self, Act};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::{SandboxPlayed, stand_ins};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// What a text says that says nothing else.
const TEXT: &str = "Hi! Is my order on the way?";

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendSandboxMessage {
    #[schema(min_length = 1, max_length = 200)]
    text: Option<String>,
    /// The number that writes.
    from: Option<String>,
    /// Where it comes in; the workspace's sandbox unless said.
    #[schema(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
}

/// Has somebody write a text.
#[utoipa::path(post, path = "/api/v1/sandbox/messages", operation_id = "send_sandbox_message", tag = "sandbox",
    request_body = SendSandboxMessage, responses((status = 202, description = "It is on its way", body = SandboxPlayed)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<SendSandboxMessage>,
) -> Result<(StatusCode, Json<SandboxPlayed>), Problem> {
    let stand_ins = stand_ins(&web)?;
    let act = Act::Message { text: asked.text.unwrap_or_else(|| TEXT.to_owned()), from: asked.from };
    let played = sandbox::play(&web.app, stand_ins, auth.scope, asked.connection_id, act, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(played.into())))
}

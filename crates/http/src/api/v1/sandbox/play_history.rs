//! `POST /api/v1/sandbox/history`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::sandbox::{self, Act, MOST_CALLS, MOST_DAYS};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::{SandboxPlayed, stand_ins};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlayHistory {
    /// 14 unless said.
    #[schema(minimum = 1, maximum = 60)]
    days: Option<u32>,
    /// 200 unless said.
    #[schema(minimum = 1, maximum = 2000)]
    calls: Option<u32>,
    /// Where it comes in; the workspace's sandbox unless said.
    #[schema(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
}

const DAYS: u32 = 14;
const CALLS: u32 = 200;
const _: () = assert!(DAYS <= MOST_DAYS && CALLS <= MOST_CALLS);

/// Fills the workspace with a made-up past: calls, voicemails and texts of some days.
#[utoipa::path(post, path = "/api/v1/sandbox/history", operation_id = "play_sandbox_history", tag = "sandbox",
    request_body = PlayHistory, responses((status = 202, description = "It is coming in", body = SandboxPlayed)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<PlayHistory>,
) -> Result<(StatusCode, Json<SandboxPlayed>), Problem> {
    let stand_ins = stand_ins(&web)?;
    let (days, calls) = (asked.days.unwrap_or(DAYS), asked.calls.unwrap_or(CALLS));
    let act = Act::History { days, calls };
    let played = sandbox::play(&web.app, stand_ins, auth.scope, asked.connection_id, act, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(played.into())))
}

//! `POST /api/v1/sandbox/calls`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::sandbox::{self, Act, Scenario, Speed};
use switchboard_domain::ids::ConnectionId;
use utoipa::{ToSchema, openapi::schema::Object};

use super::{SandboxPlayed, stand_ins};
use crate::{
    api::v1::words,
    extract::{By, JsonBody, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlayCall {
    /// What happens in it.
    #[schema(schema_with = scenario)]
    scenario: String,
    /// Where it comes in; the workspace's sandbox unless said.
    #[schema(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// The number that calls.
    from: Option<String>,
    /// `live` happens now, with moments in between; `at_once` has just ended.
    #[serde(default)]
    speed: PlaySpeed,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaySpeed {
    #[default]
    Live,
    AtOnce,
}

fn scenario() -> Object {
    words(Scenario::ALL.map(Scenario::as_str))
}

/// Has somebody call. It goes on by itself; follow the changes to see it.
#[utoipa::path(post, path = "/api/v1/sandbox/calls", operation_id = "play_sandbox_call", tag = "sandbox",
    request_body = PlayCall, responses((status = 202, description = "It has begun", body = SandboxPlayed)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<PlayCall>,
) -> Result<(StatusCode, Json<SandboxPlayed>), Problem> {
    let stand_ins = stand_ins(&web)?;
    let scenario = Scenario::of(&asked.scenario).ok_or_else(|| {
        let known = Scenario::ALL.map(Scenario::as_str).join(", ");
        Problem::new(Code::InvalidBody, format!("scenario: one of {known}"))
    })?;
    let speed = match asked.speed {
        PlaySpeed::Live => Speed::Live,
        PlaySpeed::AtOnce => Speed::AtOnce,
    };
    let act = Act::Call { scenario, from: asked.from, speed };
    let played = sandbox::play(&web.app, stand_ins, auth.scope, asked.connection_id, act, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(played.into())))
}

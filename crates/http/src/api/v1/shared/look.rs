//! `POST /api/v1/shared/look`

use axum::{Json, extract::State};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_app::shares::{self, Shown};
use switchboard_domain::{Timestamp, call::Direction, share::ShareItem};
use utoipa::ToSchema;

use crate::{
    api::v1::{calls::shares::share_items, direction, recordings::LineView},
    extract::JsonBody,
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAtSharedCall {
    /// What stands behind `#token=` in the link.
    #[schema(value_type = String)]
    token: SecretString,
}

/// Audio that plays without a key for a short time; look again for a new link.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedRecording {
    url: String,
    content_type: String,
    duration_ms: Option<i64>,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
}

/// A call, as far as its link shows it. What is not in `include` is null.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedCall {
    /// The workspace that shows it.
    workspace: String,
    /// Who made the link.
    shared_by: String,
    note: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(schema_with = share_items)]
    include: Vec<ShareItem>,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    #[schema(schema_with = direction)]
    direction: Option<Direction>,
    duration_seconds: Option<i64>,
    /// Empty if there is no audio (any more).
    recordings: Option<Vec<SharedRecording>>,
    /// Empty if there are no words (any more).
    transcript: Option<Vec<LineView>>,
    /// Null as well if nothing was summed up.
    summary: Option<String>,
}

impl From<Shown> for SharedCall {
    fn from(shown: Shown) -> Self {
        let recording = |one: shares::ShownRecording| SharedRecording {
            url: one.url,
            content_type: one.content_type,
            duration_ms: one.duration_ms,
            started_at: one.started_at,
        };
        let lines = |transcript: Option<switchboard_domain::transcript::Transcript>| {
            let lines = transcript.into_iter().flat_map(|transcript| transcript.lines);
            lines.map(LineView::from).collect()
        };
        Self {
            workspace: shown.workspace,
            shared_by: shown.share.actor_name,
            note: shown.share.note,
            expires_at: shown.share.expires_at,
            include: shown.share.items,
            occurred_at: shown.call.occurred_at,
            direction: shown.call.direction,
            duration_seconds: shown.call.duration_seconds,
            recordings: shown.recordings.map(|all| all.into_iter().map(recording).collect()),
            transcript: shown.transcript.map(lines),
            summary: shown.summary.flatten(),
        }
    }
}

/// Shows a call to whoever holds a link to it. A POST, so that the token is in no address.
#[utoipa::path(post, path = "/api/v1/shared/look", operation_id = "look_at_shared_call", tag = "calls",
    security(()), request_body = LookAtSharedCall,
    responses((status = 200, description = "What the link shows", body = SharedCall)))]
pub async fn handler(
    State(web): State<Web>,
    JsonBody(asked): JsonBody<LookAtSharedCall>,
) -> Result<Json<SharedCall>, Problem> {
    Ok(Json(shares::look(&web.app, asked.token.expose_secret()).await?.into()))
}

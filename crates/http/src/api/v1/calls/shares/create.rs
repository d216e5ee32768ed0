//! `POST /api/v1/calls/{id}/shares`

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use switchboard_app::shares::{self, NewShare};
use switchboard_domain::{ids::CallId, share::ShareItem};
use utoipa::ToSchema;

use super::{ShareView, share_items};
use crate::{
    extract::{By, ClientInfo, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

const fn default_hours() -> i64 {
    shares::DEFAULT_HOURS
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareCall {
    /// Hours that the link works; 24 unless said, at most 720.
    #[serde(default = "default_hours")]
    #[schema(minimum = 1, maximum = 720)]
    expires_in_hours: i64,
    /// What the link shows; at least one thing.
    #[schema(schema_with = share_items)]
    include: Vec<ShareItem>,
    /// Mail the link there.
    #[schema(format = "email", max_length = 254)]
    email: Option<String>,
    /// What to say to those who look.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// A link, with its address.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeCallShare)]
pub struct MadeShareView {
    #[serde(flatten)]
    share: ShareView,
    /// Whoever has it can look. It is not shown again.
    url: String,
}

/// Makes a link that shows chosen parts of a call to whoever holds it, and mails it where that is wanted.
#[utoipa::path(post, path = "/api/v1/calls/{id}/shares", operation_id = "share_call", tag = "calls", request_body = ShareCall,
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 201, description = "The link", body = MadeShareView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    ClientInfo(client): ClientInfo,
    IdPath(id): IdPath<CallId>,
    JsonBody(asked): JsonBody<ShareCall>,
) -> Result<(StatusCode, Json<MadeShareView>), Problem> {
    let new = NewShare {
        items: &asked.include,
        expires_in_hours: asked.expires_in_hours,
        email: asked.email.as_deref(),
        note: asked.note.as_deref(),
        language: client.language,
    };
    let made = shares::create(&web.app, auth.scope, &by, id, new).await?;
    let view = MadeShareView { share: made.share.into(), url: made.url.expose_secret().to_owned() };
    Ok((StatusCode::CREATED, Json(view)))
}

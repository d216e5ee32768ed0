//! `POST /api/v1/keyword-lists`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::insights::lists;

use super::{ListBody, ListView};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Makes a keyword list. It must have a `name` and `phrases`; unless said otherwise it is on and everybody's words count.
///
/// It counts for calls that come. `POST /api/v1/insights/refresh` has earlier ones read again.
#[utoipa::path(post, path = "/api/v1/keyword-lists", operation_id = "create_keyword_list", tag = "insights",
    request_body = ListBody, responses((status = 201, description = "The keyword list", body = ListView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<ListBody>,
) -> Result<(StatusCode, Json<ListView>), Problem> {
    let made = lists::create(&web.app, auth.scope, asked.into(), &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

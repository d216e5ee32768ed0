//! `POST /api/v1/contacts/{id}/erase`

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use switchboard_app::privacy::contacts;
use switchboard_domain::ids::{ContactId, JobId};
use utoipa::ToSchema;

use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseRequest {
    /// The contact's number once more, or its provider's id where it has no number: nothing brings back what is erased.
    #[schema(example = "+14155550123")]
    number: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EraseQueued {
    /// The job that does it; it shows how far it is.
    #[schema(value_type = String)]
    pub job_id: JobId,
}

/// Forgets a contact.
///
/// Calls, messages and voicemails that the contact took part in go, whole and with their audio and transcripts; the log keeps
/// that something was there and none of its contents. Keyed hashes stay, so that a late delivery or a rebuild brings nothing
/// back. Who calls again later is met as a new contact.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/erase", operation_id = "erase_contact", tag = "privacy",
    request_body = EraseRequest,
    params(("id" = String, Path, description = "A contact's id, prefixed or bare")),
    responses((status = 202, description = "A job does it", body = EraseQueued)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ContactId>,
    JsonBody(asked): JsonBody<EraseRequest>,
) -> Result<(StatusCode, Json<EraseQueued>), Problem> {
    let job_id = contacts::erase(&web.app, auth.scope, &by, id, &asked.number).await?;
    Ok((StatusCode::ACCEPTED, Json(EraseQueued { job_id })))
}

//! `POST /api/v1/contacts/{id}/merge`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::contacts;
use switchboard_domain::ids::ContactId;
use utoipa::ToSchema;

use super::ContactDetail;
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// Contacts that are the same person as this one.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 50)]
    contact_ids: Vec<ContactId>,
}

/// Makes other contacts part of this one.
///
/// Their calls, messages and voicemails are this contact's from now on, those that are still to come as well. What is said
/// of this contact goes before what is said of them. Their ids go on finding this one, each other gets a change with the
/// verb `merged`, and `split` takes one out again.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/merge", operation_id = "merge_contacts", tag = "contacts",
    request_body = MergeRequest,
    params(("id" = String, Path, description = "The id of the contact that stays, prefixed or bare")),
    responses((status = 200, description = "The contact as it is now", body = ContactDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ContactId>,
    JsonBody(asked): JsonBody<MergeRequest>,
) -> Result<Json<ContactDetail>, Problem> {
    let kept = contacts::merge(&web.app, auth.scope, &by, id, &asked.contact_ids).await?;
    let mut reader = web.app.db.read(auth.scope).await?;
    Ok(Json(ContactDetail::of(&mut reader.conn(), kept).await?))
}

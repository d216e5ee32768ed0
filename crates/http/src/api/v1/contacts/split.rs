//! `POST /api/v1/contacts/{id}/split`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::contacts::{self, Part};
use switchboard_domain::ids::ContactId;
use utoipa::ToSchema;

use super::ContactView;
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitRequest {
    /// The `natural_key` of what is taken out: its number, or its e-mail address or the provider's id where it has none.
    #[schema(example = "+14155550123")]
    number: String,
}

/// Takes out of a contact what was merged into it.
///
/// It is a contact of its own again, with everything that was said of it and that came for it meanwhile.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/split", operation_id = "split_contact", tag = "contacts",
    request_body = SplitRequest,
    params(("id" = String, Path, description = "The id of the contact that it is part of, prefixed or bare")),
    responses((status = 200, description = "The contact that was taken out", body = ContactView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ContactId>,
    JsonBody(asked): JsonBody<SplitRequest>,
) -> Result<Json<ContactView>, Problem> {
    let part = Part::Key(asked.number.trim().to_owned());
    Ok(Json(contacts::split(&web.app, auth.scope, &by, id, &part).await?.into()))
}

//! `PATCH /api/v1/contacts/{id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::contacts::{self, Rewritten};
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
#[schema(as = ContactChange)]
pub struct UpdateContact {
    /// Empty: it has none, whatever providers say.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Empty: none.
    #[schema(max_length = 200)]
    company: Option<String>,
    /// All of them, in place of those that it has.
    emails: Option<Vec<String>>,
}

/// Changes what is said of a contact; what is left out stays.
///
/// What a person says of a contact stands, whatever providers say later. A number cannot be changed: it is what the
/// contact is found by. Somebody's second number is another contact, to be merged with this one.
#[utoipa::path(patch, path = "/api/v1/contacts/{id}", operation_id = "update_contact", tag = "contacts",
    request_body = UpdateContact,
    params(("id" = String, Path, description = "A contact's id, prefixed or bare")),
    responses((status = 200, description = "The contact as it is now", body = ContactView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ContactId>,
    JsonBody(asked): JsonBody<UpdateContact>,
) -> Result<Json<ContactView>, Problem> {
    let given = Rewritten { name: asked.name, company: asked.company, emails: asked.emails };
    Ok(Json(contacts::update(&web.app, auth.scope, &by, id, given).await?.into()))
}

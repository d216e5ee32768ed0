//! `GET /api/v1/contacts/{id}`

use axum::{Json, extract::State};
use switchboard_domain::ids::ContactId;
use switchboard_store::{contacts::KeptContact, record};

use super::ContactView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One contact.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", operation_id = "get_contact", tag = "contacts",
    params(("id" = String, Path, description = "A contact's id, prefixed or bare")),
    responses((status = 200, description = "The contact", body = ContactView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ContactId>,
) -> Result<Json<ContactView>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let found: Option<KeptContact> = record::lookup(&mut reader.conn(), auth.scope, id.uuid()).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("contact"))?.into()))
}

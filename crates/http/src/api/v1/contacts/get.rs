//! `GET /api/v1/contacts/{id}`

use axum::{Json, extract::State};
use switchboard_domain::ids::ContactId;
use switchboard_store::contacts;

use super::ContactDetail;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One contact.
///
/// The id of one that was merged into another finds that other.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", operation_id = "get_contact", tag = "contacts",
    params(("id" = String, Path, description = "A contact's id, prefixed or bare")),
    responses((status = 200, description = "The contact", body = ContactDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ContactId>,
) -> Result<Json<ContactDetail>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let conn = &mut reader.conn();
    let kept = contacts::lookup(conn, auth.scope, id).await?.ok_or_else(|| Problem::not_found("contact"))?;
    Ok(Json(ContactDetail::of(conn, kept).await?))
}

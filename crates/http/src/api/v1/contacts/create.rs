//! `POST /api/v1/contacts`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::contacts::{self, NewContact};
use utoipa::ToSchema;

use super::ContactView;
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContact)]
pub struct CreateContact {
    /// A number without its country is read as one of the United States. A contact needs a number or an e-mail address.
    #[schema(example = "+14155550123")]
    phone: Option<String>,
    #[schema(max_length = 200)]
    name: Option<String>,
    #[schema(max_length = 200)]
    company: Option<String>,
    #[serde(default)]
    emails: Vec<String>,
}

/// Writes a contact down.
///
/// Whoever called or wrote from this number is a contact already: that one then gets what is said here. What a person says
/// of a contact stands, whatever providers say later.
#[utoipa::path(post, path = "/api/v1/contacts", operation_id = "create_contact", tag = "contacts",
    request_body = CreateContact,
    responses((status = 201, description = "The contact, which is new", body = ContactView),
        (status = 200, description = "The contact of this number or address, which was there", body = ContactView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<CreateContact>,
) -> Result<(StatusCode, Json<ContactView>), Problem> {
    let given = NewContact { phone: asked.phone, name: asked.name, company: asked.company, emails: asked.emails };
    let (kept, is_new) = contacts::create(&web.app, auth.scope, &by, given).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(kept.into())))
}

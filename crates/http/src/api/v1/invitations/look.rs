//! `POST /api/v1/invitations/look`

use axum::{Json, extract::State};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_app::accounts;
use switchboard_domain::{Timestamp, role::Role};
use utoipa::ToSchema;

use crate::{api::v1::role, extract::JsonBody, problem::Problem, state::Web};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAtInvitation {
    /// What stands behind `#token=` in the link of the mail.
    #[schema(value_type = String)]
    token: SecretString,
}

#[derive(Serialize, ToSchema)]
pub struct OfferView {
    pub company_name: String,
    pub email: String,
    #[schema(schema_with = role)]
    pub role: Role,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// There is an account with this address: sign in with it, then accept.
    pub has_account: bool,
}

/// Says what an invitation is about, to whoever holds its link. A POST, so that the token is in no address.
#[utoipa::path(post, path = "/api/v1/invitations/look", operation_id = "look_at_invitation", tag = "members",
    security(()), request_body = LookAtInvitation,
    responses((status = 200, description = "What it is about", body = OfferView)))]
pub async fn handler(
    State(web): State<Web>,
    JsonBody(asked): JsonBody<LookAtInvitation>,
) -> Result<Json<OfferView>, Problem> {
    let offer = accounts::look_at_invitation(&web.app, asked.token.expose_secret()).await?;
    Ok(Json(OfferView {
        company_name: offer.invitation.tenant_name,
        email: offer.invitation.email,
        role: offer.invitation.role,
        expires_at: offer.invitation.expires_at,
        has_account: offer.has_account,
    }))
}

//! `POST /api/v1/connections/{id}/repair`

use axum::{Json, extract::State};
use switchboard_app::{connections, provisioning};
use switchboard_domain::ids::ConnectionId;

use super::WebhookView;
use crate::{
    api::v1::Paged,
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Makes right what the provider has of the connection's webhooks; makes one where there is none.
#[utoipa::path(post, path = "/api/v1/connections/{id}/repair", operation_id = "repair_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The webhooks as they are now", body = Paged<WebhookView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<Paged<WebhookView>>, Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    let repaired = provisioning::repair_connection(&web.app, auth.scope, connection, &by).await?;
    Ok(Json(Paged::whole(repaired.into_iter().map(|one| one.webhook.into()).collect())))
}

//! `GET /api/v1/providers`

use axum::Json;
use switchboard_providers::registry;

use super::ProviderView;
use crate::api::v1::Paged;

/// Lists what can be connected, with everything that each kind needs to be told.
#[utoipa::path(get, path = "/api/v1/providers", operation_id = "list_providers", tag = "connections",
    responses((status = 200, description = "All of them", body = Paged<ProviderView>)))]
pub async fn handler() -> Json<Paged<ProviderView>> {
    Json(Paged::whole(registry::connectable().iter().map(|kind| ProviderView::from(*kind)).collect()))
}

//! The routes of the products that this server replaces, in the shapes that their clients know. One folder each; our own,
//! uniform API is `api/v1`.

pub mod callinsight;
mod csrf;
pub mod cti;

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
    routing::get,
};

use switchboard_app::accounts::CALLBACK_PATH;

use crate::{
    api::v1::auth::oidc,
    extract::{KEY_HEADER, is_from_person},
    state::Web,
};

/// Every route of the guides.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/api/calls", get(list_calls))
        .route("/api/csrf-token", get(csrf::token))
        .route(CALLBACK_PATH, get(oidc::callback))
        .merge(cti::routes())
        .merge(callinsight::routes())
}

/// `GET /api/calls`: the credential decides. An app's key gets the CTI guide's shape, a person's token the CallInsight guide's;
/// a stranger hears what the older of the two says.
async fn list_calls(State(web): State<Web>, request: Request) -> Response {
    let is_app = request.headers().contains_key(KEY_HEADER);
    if !is_app && is_from_person(&web, request.headers()) {
        callinsight::list_calls(web, request).await
    } else {
        cti::list_calls(web, request).await
    }
}

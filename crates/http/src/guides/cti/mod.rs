//! The routes of the Dialpad CTI guide, in its shapes: `{success, …}`, `{error, message}`, bare UUIDs, Dialpad's ids as
//! strings.
//!
//! Two kinds of caller: client programs with `x-app-api-key` under `/api`, who see their own tenant; and the
//! installation's administration with `INTERNAL_API_SECRET` under `/internal`, which is over all of them and names an
//! app. What an unknown filter value did (nothing: the list came back unfiltered) is not kept up; it is a 400 that
//! names what is allowed.

mod apps;
mod auth;
mod body;
mod calls;
mod error;
mod keys;
mod mappings;
mod messages;
mod oauth;
mod query;
mod shapes;
mod voicemails;
mod webhooks;

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{delete, get, post},
};

use crate::state::Web;

/// `GET /api/calls`, which another guide has as well.
pub(super) async fn list_calls(web: Web, request: Request) -> Response {
    calls::list.call(request, web).await
}

/// Every route of the guide but `/api/calls` (see [`super::routes`]), `/`, `/health`, `/metrics` and the webhooks
/// themselves, which are the server's own.
pub fn routes() -> Router<Web> {
    Router::new().merge(client_routes()).merge(internal_routes()).merge(oauth_routes())
}

/// For client programs.
fn client_routes() -> Router<Web> {
    Router::new()
        .route("/api/calls/active", get(calls::list_active))
        .route("/api/calls/{id}", get(calls::find))
        .route("/api/messages", get(messages::list))
        .route("/api/messages/{id}", get(messages::find))
        .route("/api/voicemails", get(voicemails::list))
        .route("/api/voicemails/{id}", get(voicemails::find))
}

/// For the installation's administration.
fn internal_routes() -> Router<Web> {
    Router::new()
        .route("/internal/apps", post(apps::create))
        .route("/internal/apps/{app_id}/api-key", post(keys::rotate))
        .route("/internal/apps/{app_id}/api-key/revoke", post(keys::revoke))
        .route("/internal/apps/{app_id}/api-key/status", get(keys::status))
        .route("/internal/apps/{app_id}/api-key/audit", get(keys::audit))
        .route("/internal/apps/{app_id}/connect-link", post(oauth::connect_link))
        .route("/internal/apps/{app_id}/voicemails", get(voicemails::list_of_app))
        .route(
            "/internal/apps/{app_id}/voicemails/{voicemail_id}",
            get(voicemails::find_of_app).delete(voicemails::remove),
        )
        .route("/internal/apps/{app_id}/users/map", post(mappings::save))
        .route("/internal/apps/{app_id}/users/batch-map", post(mappings::save_batch))
        .route("/internal/apps/{app_id}/users/mappings", get(mappings::list))
        .route(
            "/internal/apps/{app_id}/users/mappings/dialpad/{dialpad_user_id}",
            get(mappings::find_by_dialpad_user).delete(mappings::remove_by_dialpad_user),
        )
        .route("/internal/apps/{app_id}/users/mappings/crm/{crm_user_id}", get(mappings::find_by_crm_user))
        .route("/internal/apps/{app_id}/users/mappings/{mapping_id}", delete(mappings::remove))
        .route("/internal/webhooks", get(webhooks::list))
        .route("/internal/webhooks/create", post(webhooks::create))
        .route("/internal/webhooks/check", get(webhooks::check))
        .route("/internal/webhooks/repair", post(webhooks::repair))
        .route("/internal/webhooks/{webhook_id}", get(webhooks::find).delete(webhooks::remove))
}

/// For people on their way to Dialpad and back.
fn oauth_routes() -> Router<Web> {
    Router::new()
        .route("/auth/dialpad/connect", get(oauth::connect))
        .route("/auth/dialpad/callback", get(oauth::callback))
        .route("/auth/dialpad/disconnect/{app_id}", post(oauth::disconnect))
}

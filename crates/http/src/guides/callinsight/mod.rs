//! The routes of the CallInsight guide, in its shapes: bare arrays and objects, bare UUIDs, `{error}`, two roles.
//!
//! `GET /api/calls` is another guide's path as well: see [`super::routes`]. Where the original was weak its shape stays and
//! its weakness does not: refresh tokens are used once, signing out exists, and a plan must be one.

mod admin;
mod body;
mod calls;
mod error;
mod login;
mod logout;
mod me;
mod refresh;
mod shapes;
mod signup;
mod stats;

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{get, post, put},
};

use crate::state::Web;

/// `GET /api/calls`, which another guide has as well.
pub(super) async fn list_calls(web: Web, request: Request) -> Response {
    calls::list.call(request, web).await
}

/// Every route of the guide but `/api/calls` and the webhooks themselves.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/api/auth/signup", post(signup::handler))
        .route("/api/auth/login", post(login::handler))
        .route("/api/auth/refresh", post(refresh::handler))
        .route("/api/auth/logout", post(logout::handler))
        .route("/api/auth/me", get(me::handler))
        .route("/api/stats", get(stats::handler))
        .route("/api/admin/tenants", get(admin::list))
        .route("/api/admin/tenant/{id}/config", put(admin::configure))
}

//! Every route on one screen.

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    response::Html,
    routing::{get, post},
};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::v1,
    docs,
    extract::JSON_LIMIT,
    guides, health, live, media, middleware as mw,
    problem::{Code, Problem},
    state::Web,
    webhooks,
};

/// All routes, ready to be served. Serve it with the peer's address (`into_make_service_with_connect_info`), or every
/// client counts as one.
pub fn router(web: Web) -> Router {
    let (api, openapi) = api().split_for_parts();
    let api = api
        .route_layer(from_fn_with_state(web.clone(), mw::idempotency))
        .route_layer(from_fn(mw::etag))
        .layer(DefaultBodyLimit::max(JSON_LIMIT));
    let openapi = docs::complete(openapi);
    let page = docs::page(&openapi);

    Router::new()
        .merge(api)
        .merge(guides::cti::routes().layer(DefaultBodyLimit::max(JSON_LIMIT)))
        .route("/", get(health::root))
        .route("/health", get(health::health))
        .route("/metrics", get(health::metrics))
        .route("/ws", get(live::handler))
        .route("/media/{*key}", get(media::handler))
        .route("/openapi.json", get(async move || Json(openapi)))
        .route("/docs", get(async move || Html(page)))
        .fallback(async || Problem::not_found("page"))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(web.clone(), mw::maintenance))
        .layer(mw::cors(&web.options.allowed_origins))
        // Below those two: maintenance must not refuse a delivery, no browser sends one, and each layer costs every one.
        .merge(hooks(web.options.body_limit))
        .layer(CatchPanicLayer::custom(mw::catch_panic))
        .layer(from_fn_with_state(web.clone(), mw::observe))
        .with_state(web)
}

async fn wrong_method() -> Problem {
    Problem::new(Code::MethodNotAllowed, "this path does not know that method; see /docs")
}

/// Where providers deliver.
fn hooks(body_limit: usize) -> Router<Web> {
    Router::new()
        .route("/hooks/{token}", post(webhooks::by_token))
        .route("/webhooks/dialpad", post(webhooks::dialpad))
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(body_limit))
}

/// Our own API, with its description.
fn api() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(docs::base())
        .routes(routes!(v1::calls::list::handler))
        .routes(routes!(v1::calls::get::handler))
        .routes(routes!(v1::messages::list::handler))
        .routes(routes!(v1::messages::get::handler))
        .routes(routes!(v1::voicemails::list::handler))
        .routes(routes!(v1::voicemails::get::handler))
        .routes(routes!(v1::contacts::list::handler))
        .routes(routes!(v1::contacts::get::handler))
        .routes(routes!(v1::recordings::get::handler))
        .routes(routes!(v1::recordings::audio::handler))
        .routes(routes!(v1::events::list::handler))
        .routes(routes!(v1::events::get::handler))
        .routes(routes!(v1::events::replay::handler))
        .routes(routes!(v1::jobs::list::handler))
        .routes(routes!(v1::jobs::get::handler))
        .routes(routes!(v1::jobs::requeue::handler))
        .routes(routes!(v1::connections::list::handler))
        .routes(routes!(v1::connections::get::handler))
        .routes(routes!(v1::connections::check::handler))
        .routes(routes!(v1::connections::drift::handler))
        .routes(routes!(v1::connections::provision::handler))
        .routes(routes!(v1::connections::repair::handler))
        .routes(routes!(v1::connections::catch_up::handler))
        .routes(routes!(v1::apps::list::handler, v1::apps::create::handler))
        .routes(routes!(v1::apps::get::handler))
        .routes(routes!(v1::apps::rotate_key::handler))
        .routes(routes!(v1::apps::revoke_keys::handler))
        .routes(routes!(v1::changes::list::handler))
        .routes(routes!(v1::changes::stream::handler))
}

/// The description of our API, as `/openapi.json` serves it and `docs/openapi.json` keeps it.
pub fn openapi() -> OpenApi {
    docs::complete(api().into_openapi())
}

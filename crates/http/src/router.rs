//! Every route on one screen.

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    response::Html,
    routing::{get, post},
};
use switchboard_domain::role::Permission;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::routes;

use crate::{
    api::v1,
    dashboard, docs,
    extract::JSON_LIMIT,
    guard::{self, Routes},
    guides, health, live, media, middleware as mw,
    problem::{Code, Problem},
    state::Web,
    webhooks,
};

/// All routes, ready to be served. Serve it with the peer's address (`into_make_service_with_connect_info`), or every
/// client counts as one.
pub fn router(web: Web) -> Router {
    let (api, openapi) = guarded(api(), &web);
    let openapi = docs::complete(openapi);
    let page = docs::page(&openapi);

    Router::new()
        .merge(api)
        .merge(limited(guides::routes(), &web))
        .route("/", get(dashboard::root).post(webhooks::records::anywhere))
        .route("/health", get(health::health))
        .route("/api/health", get(health::api_health))
        .route("/metrics", get(health::metrics))
        .route("/ws", get(live::handler).layer(from_fn_with_state(web.clone(), mw::limit_address)))
        .merge(live::routes(&web))
        .route("/media/{*key}", get(media::handler))
        .route("/openapi.json", get(async move || Json(openapi)))
        .route("/docs", get(async move || Html(page)))
        .fallback(webhooks::records::or_page)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(web.clone(), mw::total_time))
        .layer(from_fn_with_state(web.clone(), mw::maintenance))
        .layer(from_fn_with_state(web.clone(), mw::cors))
        .layer(from_fn_with_state(web.clone(), mw::https))
        // Below those: maintenance must not refuse a delivery, no browser sends one, and each layer costs every one.
        .merge(hooks(web.options.body_limit))
        .layer(CatchPanicLayer::custom(mw::catch_panic))
        .layer(from_fn_with_state(web.clone(), mw::observe))
        .with_state(web)
}

async fn wrong_method() -> Problem {
    Problem::new(Code::MethodNotAllowed, "this path does not know that method; see /docs")
}

/// Our own routes behind what each of them stands behind, and their description.
pub fn guarded(routes: Routes, web: &Web) -> (Router<Web>, OpenApi) {
    let (api, openapi) = routes.into_inner().split_for_parts();
    let api = api
        .route_layer(from_fn_with_state(web.clone(), mw::idempotency))
        .route_layer(from_fn(mw::etag))
        .route_layer(from_fn_with_state(web.clone(), mw::limit_caller))
        .route_layer(from_fn_with_state(web.clone(), guard::identify))
        .route_layer(from_fn_with_state(web.clone(), mw::limit_address))
        .layer(DefaultBodyLimit::max(JSON_LIMIT));
    (api, openapi)
}

/// A guide's routes, limited as ours are.
fn limited(routes: Router<Web>, web: &Web) -> Router<Web> {
    routes
        .route_layer(from_fn_with_state(web.clone(), mw::limit_caller))
        .route_layer(from_fn_with_state(web.clone(), guard::identify))
        .route_layer(from_fn_with_state(web.clone(), mw::limit_address))
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
}

/// Where providers deliver.
fn hooks(body_limit: usize) -> Router<Web> {
    Router::new()
        .route("/hooks/{token}", post(webhooks::by_token))
        .route("/webhooks/dialpad", post(webhooks::dialpad))
        .route("/api/webhook/cdr/{subdomain}", post(webhooks::records::of_workspace).get(webhooks::records::look))
        .route("/cdr", post(webhooks::records::anywhere).get(webhooks::records::present))
        .layer(DefaultBodyLimit::max(body_limit))
        .route(
            "/hooks/speech/{token}",
            post(webhooks::speech::answered).layer(DefaultBodyLimit::max(webhooks::speech::BODY_LIMIT)),
        )
        .method_not_allowed_fallback(wrong_method)
}

/// Our own API, with its description.
fn api() -> Routes {
    use Permission as P;
    Routes::new(docs::base())
        .open(routes!(v1::auth::signup::handler))
        .open(routes!(v1::auth::login::handler))
        .open(routes!(v1::auth::refresh::handler))
        .open(routes!(v1::auth::logout::handler))
        .person(routes!(v1::auth::switch::handler))
        .open(routes!(v1::auth::second_factor::handler))
        .open(routes!(v1::auth::csrf::handler))
        .open(routes!(v1::auth::verify_email::handler))
        .open(routes!(v1::auth::forgot_password::handler))
        .open(routes!(v1::auth::reset_password::handler))
        .open(routes!(v1::auth::oidc::provider))
        .open(routes!(v1::auth::oidc::start))
        .person(routes!(v1::me::get::handler))
        .person(routes!(v1::me::update::handler))
        .person(routes!(v1::me::create_workspace::handler))
        .person(routes!(v1::me::list_sessions::handler))
        .person(routes!(v1::me::revoke_session::handler))
        .person(routes!(v1::me::revoke_other_sessions::handler))
        .person(routes!(v1::me::password::handler))
        .person(routes!(v1::me::send_verification::handler))
        .person(routes!(v1::second_factor::get::handler))
        .person(routes!(v1::second_factor::enrol::handler))
        .person(routes!(v1::second_factor::confirm::handler))
        .person(routes!(v1::second_factor::disable::handler))
        .person(routes!(v1::second_factor::renew_codes::handler))
        .may(P::MembersRead, routes!(v1::members::list::handler))
        .known(routes!(v1::roles::list::handler))
        .may(P::MembersWrite, routes!(v1::members::update::handler))
        .may(P::MembersWrite, routes!(v1::members::remove::handler))
        .may(P::MembersRead, routes!(v1::invitations::list::handler))
        .may(P::MembersWrite, routes!(v1::invitations::create::handler))
        .may(P::MembersWrite, routes!(v1::invitations::revoke::handler))
        .open(routes!(v1::invitations::look::handler))
        .open(routes!(v1::invitations::accept::handler))
        .may(P::RecordsRead, routes!(v1::overview::get::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::volume::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::heatmap::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::answering::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::missed::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::callers::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::extensions::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::trunks::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::queues::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::groups::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::countries::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::durations::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::transfers::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::speech::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::compare::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::anomalies::handler))
        .may(P::RecordsRead, routes!(v1::reports::kinds::data_health::handler))
        .may(P::RecordsRead, routes!(v1::reports::options::handler))
        .may(P::RecordsRead, routes!(v1::reports::settings::get))
        .may(P::WorkspaceWrite, routes!(v1::reports::settings::set))
        .may(P::RecordsRead, routes!(v1::search::get::handler))
        .may(P::RecordsRead, routes!(v1::views::list::handler))
        .may(P::RecordsRead, routes!(v1::views::create::handler))
        .may(P::RecordsRead, routes!(v1::views::update::handler))
        .may(P::RecordsRead, routes!(v1::views::delete::handler))
        .may(P::RecordsRead, routes!(v1::calls::list::handler))
        .may(P::RecordsRead, routes!(v1::calls::get::handler))
        .may(P::RecordsExport, routes!(v1::calls::export::handler))
        .may(P::RecordsWrite, routes!(v1::calls::add_note::handler))
        .may(P::RecordsWrite, routes!(v1::calls::edit_note::handler))
        .may(P::RecordsWrite, routes!(v1::calls::remove_note::handler))
        .may(P::RecordsWrite, routes!(v1::calls::set_tags::handler))
        .may(P::RecordsWrite, routes!(v1::calls::resolve::handler))
        .may(P::RecordsWrite, routes!(v1::calls::reopen::handler))
        .may(P::RecordsRead, routes!(v1::calls::transcript::handler))
        .may(P::RecordsRead, routes!(v1::calls::transcription::get))
        .may(P::RecordsWrite, routes!(v1::calls::transcription::ask))
        .may(P::RecordsWrite, routes!(v1::calls::follow_up::handler))
        .may(P::RecordsWrite, routes!(v1::calls::shares::create::handler))
        .may(P::RecordsRead, routes!(v1::calls::shares::list::handler))
        .may(P::RecordsWrite, routes!(v1::calls::shares::revoke::handler))
        .open(routes!(v1::shared::look::handler))
        .may(P::RecordsRead, routes!(v1::tags::list::handler))
        .may(P::RecordsRead, routes!(v1::messages::list::handler))
        .may(P::RecordsWrite, routes!(v1::messages::send::handler))
        .may(P::RecordsRead, routes!(v1::outgoing_messages::list::handler))
        .may(P::RecordsRead, routes!(v1::outgoing_messages::get::handler))
        .may(P::RecordsRead, routes!(v1::messages::threads::handler))
        .may(P::RecordsRead, routes!(v1::messages::get::handler))
        .may(P::RecordsExport, routes!(v1::messages::export::handler))
        .may(P::RecordsRead, routes!(v1::voicemails::list::handler))
        .may(P::RecordsRead, routes!(v1::voicemails::get::handler))
        .may(P::RecordsExport, routes!(v1::voicemails::export::handler))
        .may(P::RecordsWrite, routes!(v1::voicemails::heard::handler))
        .may(P::RecordsWrite, routes!(v1::voicemails::unheard::handler))
        .may(P::RecordsRead, routes!(v1::contacts::list::handler))
        .may(P::RecordsRead, routes!(v1::contacts::get::handler))
        .may(P::RecordsExport, routes!(v1::contacts::export_list::handler))
        .may(P::RecordsRead, routes!(v1::contacts::timeline::handler))
        .may(P::RecordsWrite, routes!(v1::contacts::create::handler))
        .may(P::RecordsWrite, routes!(v1::contacts::import::handler))
        .may(P::RecordsWrite, routes!(v1::contacts::update::handler))
        .may(P::RecordsWrite, routes!(v1::contacts::merge::handler))
        .may(P::RecordsWrite, routes!(v1::contacts::split::handler))
        .may(P::RecordsRead, routes!(v1::recordings::get::handler))
        .may(P::RecordsRead, routes!(v1::recordings::audio::handler))
        .may(P::EventsRead, routes!(v1::events::list::handler))
        .may(P::EventsRead, routes!(v1::events::get::handler))
        .may(P::EventsReplay, routes!(v1::events::replay::handler))
        .may(P::EventsReplay, routes!(v1::events::replay_many::handler))
        .may(P::EventsRead, routes!(v1::rejected_deliveries::list::handler))
        .may(P::JobsRead, routes!(v1::jobs::list::handler))
        .may(P::JobsRead, routes!(v1::jobs::get::handler))
        .may(P::JobsRead, routes!(v1::jobs::summary::handler))
        .may(P::JobsWrite, routes!(v1::jobs::requeue::handler))
        .may(P::JobsWrite, routes!(v1::jobs::requeue_many::handler))
        .may(P::JobsWrite, routes!(v1::jobs::discard::handler))
        .may(P::ConnectionsRead, routes!(v1::connections::list::handler))
        .may(P::ConnectionsRead, routes!(v1::connections::activity::handler))
        .may(P::ConnectionsRead, routes!(v1::connections::get::handler))
        .known(routes!(v1::providers::list::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::create::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::update::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::delete::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::set_credentials::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::replace_secret::handler))
        .may(P::ConnectionsRead, routes!(v1::connections::webhook::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::replace_password::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::test_call::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::sign_in::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::sign_out::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::check::handler))
        .may(P::ConnectionsRead, routes!(v1::connections::drift::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::provision::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::repair::handler))
        .may(P::ConnectionsWrite, routes!(v1::connections::catch_up::handler))
        .may(P::ConnectionsRead, routes!(v1::connections::caught_up::handler))
        .may(P::ConnectionsRead, routes!(v1::sandbox::get::handler))
        .may(P::ConnectionsWrite, routes!(v1::sandbox::connect::handler))
        .may(P::ConnectionsWrite, routes!(v1::sandbox::play_call::handler))
        .may(P::ConnectionsWrite, routes!(v1::sandbox::send_message::handler))
        .may(P::ConnectionsWrite, routes!(v1::sandbox::play_history::handler))
        .may(P::AppsRead, routes!(v1::apps::list::handler))
        .may(P::AppsWrite, routes!(v1::apps::create::handler))
        .may(P::AppsRead, routes!(v1::apps::get::handler))
        .may(P::AppsRead, routes!(v1::apps::list_keys::handler))
        .may(P::AppsWrite, routes!(v1::apps::create_key::handler))
        .may(P::AppsWrite, routes!(v1::apps::update_key::handler))
        .may(P::AppsWrite, routes!(v1::apps::rotate_key::handler))
        .may(P::AppsWrite, routes!(v1::apps::revoke_key::handler))
        .may(P::AppsWrite, routes!(v1::apps::revoke_keys::handler))
        .may(P::AuditRead, routes!(v1::audit::list::handler))
        .may(P::AuditRead, routes!(v1::audit::export::handler))
        .may(P::WorkspaceRead, routes!(v1::retention::get::handler))
        .may(P::WorkspaceWrite, routes!(v1::retention::set::handler))
        .may(P::PrivacyWrite, routes!(v1::contacts::export::handler))
        .may(P::PrivacyWrite, routes!(v1::contacts::erase::handler))
        .may(P::PrivacyWrite, routes!(v1::exports::list::handler))
        .may(P::PrivacyWrite, routes!(v1::exports::get::handler))
        .may(P::PrivacyWrite, routes!(v1::exports::file::handler))
        .may(P::RecordsRead, routes!(v1::changes::list::handler))
        .may(P::RecordsRead, routes!(v1::changes::stream::handler))
        .may(P::WorkspaceRead, routes!(v1::workspace::get::handler))
        .may(P::WorkspaceWrite, routes!(v1::workspace::update::handler))
        .may(P::WorkspaceRead, routes!(v1::workspace::hours::get))
        .may(P::WorkspaceWrite, routes!(v1::workspace::hours::set))
        .may(P::WorkspaceRead, routes!(v1::workspace::transcription::get))
        .may(P::WorkspaceWrite, routes!(v1::workspace::transcription::set))
        .may(P::WorkspaceRead, routes!(v1::notifications::list::handler))
        .may(P::WorkspaceRead, routes!(v1::notifications::get::handler))
        .may(P::WorkspaceRead, routes!(v1::notifications::read::handler))
        .may(P::RecordsRead, routes!(v1::insights::of_call::handler))
        .may(P::RecordsWrite, routes!(v1::insights::analyse::handler))
        .may(P::WorkspaceWrite, routes!(v1::insights::refresh::handler))
        .may(P::WorkspaceRead, routes!(v1::insights::settings::handler))
        .may(P::WorkspaceWrite, routes!(v1::insights::change_settings::handler))
        .may(P::WorkspaceRead, routes!(v1::keyword_lists::list::handler))
        .may(P::WorkspaceRead, routes!(v1::keyword_lists::get::handler))
        .may(P::WorkspaceWrite, routes!(v1::keyword_lists::create::handler))
        .may(P::WorkspaceWrite, routes!(v1::keyword_lists::update::handler))
        .may(P::WorkspaceWrite, routes!(v1::keyword_lists::delete::handler))
        .may(P::WorkspaceRead, routes!(v1::scorecards::list::handler))
        .may(P::WorkspaceRead, routes!(v1::scorecards::get::handler))
        .may(P::WorkspaceWrite, routes!(v1::scorecards::create::handler))
        .may(P::WorkspaceWrite, routes!(v1::scorecards::update::handler))
        .may(P::WorkspaceWrite, routes!(v1::scorecards::delete::handler))
        .may(P::WorkspaceRead, routes!(v1::notification_rules::list::handler))
        .may(P::WorkspaceRead, routes!(v1::notification_rules::get::handler))
        .may(P::WorkspaceWrite, routes!(v1::notification_rules::create::handler))
        .may(P::WorkspaceWrite, routes!(v1::notification_rules::update::handler))
        .may(P::WorkspaceWrite, routes!(v1::notification_rules::delete::handler))
        .may(P::WorkspaceWrite, routes!(v1::notification_rules::test::handler))
        .may(P::RecordsExport, routes!(v1::reports::file::handler))
        .may(P::RecordsRead, routes!(v1::report_schedules::list::handler))
        .may(P::RecordsRead, routes!(v1::report_schedules::get::handler))
        .may(P::RecordsExport, routes!(v1::report_schedules::create::handler))
        .may(P::RecordsExport, routes!(v1::report_schedules::update::handler))
        .may(P::RecordsExport, routes!(v1::report_schedules::delete::handler))
        .may(P::RecordsExport, routes!(v1::report_schedules::send::handler))
        .open(routes!(v1::report_schedules::leave::handler))
        .may(P::WorkspaceRead, routes!(v1::usage::get::handler))
        .may(P::WorkspaceRead, routes!(v1::features::list::handler))
        .may(P::WorkspaceWrite, routes!(v1::features::set::handler))
        .may(P::ConnectionsRead, routes!(v1::imports::list::handler))
        .may(P::ConnectionsWrite, routes!(v1::imports::upload::handler))
        .may(P::ConnectionsRead, routes!(v1::imports::get::handler))
        .may(P::ConnectionsWrite, routes!(v1::imports::remove::handler))
        .may(P::ConnectionsWrite, routes!(v1::imports::preview::handler))
        .may(P::ConnectionsWrite, routes!(v1::imports::start::handler))
        .may(P::ConnectionsWrite, routes!(v1::imports::cancel::handler))
        .may(P::ConnectionsRead, routes!(v1::imports::errors::handler))
        .known(routes!(v1::plans::list::handler))
        .platform(routes!(v1::admin::overview::handler))
        .platform(routes!(v1::admin::list_plans::handler))
        .platform(routes!(v1::admin::save_plan::handler))
        .platform(routes!(v1::admin::tenants::list::handler))
        .platform(routes!(v1::admin::tenants::create::handler))
        .platform(routes!(v1::admin::tenants::get::handler))
        .platform(routes!(v1::admin::tenants::update::handler))
        .platform(routes!(v1::admin::tenants::delete::handler))
        .platform(routes!(v1::admin::tenants::suspend::handler))
        .platform(routes!(v1::admin::tenants::resume::handler))
        .platform(routes!(v1::admin::tenants::impersonate::handler))
        .platform(routes!(v1::admin::tenants::usage::handler))
        .platform(routes!(v1::admin::tenants::features::handler))
        .platform(routes!(v1::admin::tenants::set_features::handler))
}

/// The description of our API, as `/openapi.json` serves it and `docs/openapi.json` keeps it.
pub fn openapi() -> OpenApi {
    docs::complete(api().into_inner().into_openapi())
}

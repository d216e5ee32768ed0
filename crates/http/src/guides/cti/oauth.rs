//! `/auth/dialpad/…`: a person's way to Dialpad's consent page and back.
//!
//! Beginning it takes the installation's secret, or a link that its holder had made: whoever could begin it for
//! anybody's app could bind that app to a Dialpad account of their own. Finishing it takes the browser that began it, by its
//! cookie: whoever could have somebody else finish it would bind an app of theirs to that person's account.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use switchboard_app::{App, apps, audit::Origin, connections, oauth};
use switchboard_domain::role::Permission;

use super::{
    auth::{Internal, KEY_HEADER, Owner, holder_of_key, owner},
    error::GuideError,
    query::Params,
};
use crate::{browser::Cookie, extract::ClientAddress, middleware::request_id, problem::chain, state::Web};

/// Makes a link that a person opens in a browser, good for a short while.
pub(super) async fn connect_link(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    apps::find(&app, owner.scope, owner.app_id).await?;
    let link = oauth::connect_link(&app, owner.app_id);
    Ok(Json(json!({
        "success": true,
        "message": "Open this address in a browser to connect the app to Dialpad",
        "app_id": owner.app_id.uuid(),
        "url": link.url,
        "expires_at": link.expires_at,
    })))
}

/// Sends a person to Dialpad's consent page.
pub(super) async fn connect(
    State(web): State<Web>,
    params: Params,
    request: Request<axum::body::Body>,
) -> Result<Response, GuideError> {
    let app = &web.app;
    let (mut parts, _) = request.into_parts();
    let app_id = params.required("app_id")?;
    let owner = beginner(&web, &params, &mut parts, app_id).await?;
    if !apps::find(app, owner.scope, owner.app_id).await?.is_active {
        return Err(GuideError::forbidden("This app is switched off"));
    }
    let connection = connections::find_of_app(app, owner.scope, owner.app_id, "dialpad").await?;
    let return_to = params.get("return_to").map(str::to_owned);
    let begun = oauth::start(app, owner.scope, &connection, return_to).await?;
    // 302 and not axum's 303 or 307: what the guide's clients have always got.
    let location = HeaderValue::from_str(&begun.url)
        .map_err(|_| GuideError::bad_request("The address at Dialpad cannot be put into a header"))?;
    let mut headers = HeaderMap::from_iter([(header::LOCATION, location)]);
    Cookie::Connect.set(&web, &mut headers, begun.binding.expose_secret(), oauth::STATE_LIFETIME);
    Ok(unkept((StatusCode::FOUND, headers).into_response()))
}

/// Who may begin: a holder of a link for this very app, or of the installation's secret.
async fn beginner(web: &Web, params: &Params, parts: &mut Parts, app_id: &str) -> Result<Owner, GuideError> {
    let app = &web.app;
    if let Some(ticket) = params.get("ticket") {
        let id = switchboard_domain::ids::AppId::from_uuid(super::query::uuid("app_id", app_id)?);
        if !oauth::is_ticket(app, id, ticket) {
            return Err(GuideError::unauthorized("This link is not valid any more; have a new one made"));
        }
        return owner(app, app_id).await;
    }
    if parts.headers.contains_key(header::AUTHORIZATION) {
        return Internal::from_request_parts(parts, web).await?.owner(app, app_id).await;
    }
    Err(GuideError::unauthorized(
        "Connecting an app takes the installation's secret: send Authorization: Bearer <INTERNAL_API_SECRET>, or have a \
         link for the browser made with POST /internal/apps/:app_id/connect-link",
    ))
}

/// Where Dialpad sends the person back to.
pub(super) async fn callback(State(web): State<Web>, headers: HeaderMap, params: Params) -> Response {
    let binding = Cookie::Connect.of(&web, &headers);
    let mut response = unkept(finish(&web.app, &params, binding.as_deref()).await.into_response());
    // Good for one way back, whatever came of it.
    Cookie::Connect.clear(&web, response.headers_mut());
    response
}

async fn finish(app: &Arc<App>, params: &Params, binding: Option<&str>) -> Result<Response, GuideError> {
    if let Some(error) = params.get("error") {
        let return_to = match params.get("state") {
            Some(state) => oauth::decline(app, state).await?,
            None => None,
        };
        // Dialpad's word, cut: it came through the person's browser.
        let word: String = error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
        if let Some(path) = return_to {
            return Ok(back(&path, "declined"));
        }
        return Err(GuideError::bad_request(format!("Dialpad did not connect the app: {word}")));
    }
    let code = params.required("code")?;
    let state = params.required("state")?;
    let finished = oauth::callback(app, code, state, binding).await;
    if let Some(path) = &finished.return_to {
        let word = match finished.outcome {
            Ok(_) => "done",
            Err(oauth::OAuthError::OtherCompany { .. }) => "other_company",
            Err(error) => {
                tracing::warn!(error = %chain(&error), "a sign-in at dialpad failed");
                "failed"
            }
        };
        return Ok(back(path, word));
    }
    let connected = finished.outcome?;
    Ok(Json(json!({
        "success": true,
        "message": "Dialpad connected",
        "app_id": connected.app_id.map(switchboard_domain::ids::AppId::uuid),
        "environment": app.settings.environment,
        "company": connected.account_name,
    }))
    .into_response())
}

/// Gives up an app's sign-in. For the administration, and for the app itself.
pub(super) async fn disconnect(
    State(web): State<Web>,
    Path(app_id): Path<String>,
    request: Request<axum::body::Body>,
) -> Result<Json<Value>, GuideError> {
    let app = &web.app;
    let (mut parts, _) = request.into_parts();
    let (owner, by) = if parts.headers.contains_key(KEY_HEADER) {
        let key = holder_of_key(&parts, &web, Permission::ConnectionsWrite).await?;
        let named = super::query::uuid("app_id", &app_id)?;
        if key.app_id.uuid() != named {
            return Err(GuideError::app_not_found());
        }
        let address = ClientAddress::of(&parts.headers, &parts.extensions, &web.options.trusts_peer);
        let by = Origin::of(app, key.actor(), Some(address.to_string()), Some(request_id())).await?;
        (Owner { app_id: key.app_id, scope: key.scope }, by)
    } else {
        let internal = Internal::from_request_parts(&mut parts, &web).await?;
        (internal.owner(app, &app_id).await?, internal.by)
    };
    let connection = connections::find_of_app(app, owner.scope, owner.app_id, "dialpad").await?;
    oauth::disconnect(app, owner.scope, &connection, &by).await?;
    Ok(Json(json!({
        "success": true,
        "message": "Dialpad disconnected",
        "app_id": owner.app_id.uuid(),
    })))
}

/// Back to the page that the person came from, which says in words what the word means.
fn back(path: &str, word: &str) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{mark}sign_in={word}")).into_response()
}

/// Codes and states are in these addresses: nobody keeps them, and no other site is told.
fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

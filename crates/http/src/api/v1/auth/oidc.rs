//! `GET /api/v1/auth/oidc/start`, `GET /api/v1/auth/oidc`, and where the provider sends people back to.

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use switchboard_app::accounts::{self, OidcSignInError, SIGN_IN_LIFE, SignIn};
use utoipa::{IntoParams, ToSchema};

use super::answer::set_cookies;
use crate::{
    browser::Cookie,
    extract::{ClientInfo, QueryString},
    problem::{Code, Problem},
    state::Web,
};

/// A provider that people may sign in at.
#[derive(Serialize, ToSchema)]
pub struct OidcView {
    /// What the button says; null where no provider is set up.
    pub name: Option<String>,
    /// Where the button leads.
    pub start: Option<&'static str>,
}

/// Says whether people may sign in at another provider, and at which.
#[utoipa::path(get, path = "/api/v1/auth/oidc", operation_id = "get_sign_in_provider", tag = "auth", security(()),
    responses((status = 200, description = "The provider", body = OidcView)))]
pub async fn provider(State(web): State<Web>) -> Json<OidcView> {
    let name = web.app.settings.oidc.as_ref().map(|settings| settings.name.clone());
    Json(OidcView { start: name.as_ref().map(|_| "/api/v1/auth/oidc/start"), name })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StartSignIn {
    /// Where to go afterwards: a path on this site.
    #[serde(default)]
    return_to: Option<String>,
}

/// Sends the browser to the sign-in provider.
#[utoipa::path(get, path = "/api/v1/auth/oidc/start", operation_id = "start_provider_sign_in", tag = "auth", security(()),
    params(StartSignIn), responses((status = 303, description = "To the provider")))]
pub async fn start(State(web): State<Web>, QueryString(asked): QueryString<StartSignIn>) -> Result<Response, Problem> {
    let begun = accounts::begin_oidc(&web.app, asked.return_to.as_deref()).await?;
    let mut headers = HeaderMap::new();
    Cookie::SignIn.set(&web, &mut headers, begun.binding.expose_secret(), SIGN_IN_LIFE);
    redirect(headers, &begun.url)
}

/// What the provider sends people back with. Unknown members are its own business.
#[derive(Debug, Deserialize)]
pub struct SentBack {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

/// `GET /api/auth/callback`: the provider sent the browser back. It goes on to the dashboard, signed in or with the code of
/// what went wrong: there is a person in front of it, whom JSON tells nothing.
pub async fn callback(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    sent: Result<Query<SentBack>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let mut answer = HeaderMap::new();
    Cookie::SignIn.clear(&web, &mut answer);
    let outcome = match sent {
        Ok(Query(sent)) => finish(&web, &client, &headers, sent).await,
        Err(_) => Err(OidcSignInError::UnknownState),
    };
    let place = match outcome {
        Ok(finished) => {
            let return_to = finished.return_to.as_deref().unwrap_or("/");
            match finished.sign_in {
                SignIn::Done(signed_in) => {
                    set_cookies(&web, &mut answer, &signed_in);
                    return_to.to_owned()
                }
                SignIn::SecondFactor(challenge) => {
                    format!("/sign-in/second-factor#challenge={}", challenge.token.expose_secret())
                }
            }
        }
        Err(error) => {
            let problem = Problem::from(error);
            format!("/sign-in?error={}", problem.code.as_str())
        }
    };
    redirect(answer, &format!("{}{place}", web.app.settings.frontend_url))
}

async fn finish(
    web: &Web,
    client: &accounts::Client,
    headers: &HeaderMap,
    sent: SentBack,
) -> Result<accounts::Finished, OidcSignInError> {
    let state = sent.state.ok_or(OidcSignInError::UnknownState)?;
    let Some(code) = sent.code.filter(|_| sent.error.is_none()) else {
        accounts::decline_oidc(&web.app, &state).await?;
        return Err(OidcSignInError::Declined);
    };
    let binding = Cookie::SignIn.of(web, headers);
    accounts::finish_oidc(&web.app, &code, &state, binding.as_deref(), client).await
}

/// 303, so that whatever the browser did before, it now reads. Codes and states are in these addresses: nobody keeps them.
fn redirect(mut headers: HeaderMap, to: &str) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(to).map_err(|_| {
        Problem::new(Code::ProviderFailed, "the sign-in provider's address cannot be put into a header")
    })?;
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

impl From<OidcSignInError> for Problem {
    fn from(error: OidcSignInError) -> Self {
        let detail = error.to_string();
        match error {
            OidcSignInError::NotConfigured => Self::new(Code::NotFound, detail),
            OidcSignInError::UnknownState | OidcSignInError::Declined => Self::new(Code::InvalidCredentials, detail),
            OidcSignInError::EmailNotVerified | OidcSignInError::AccountNotVerified => {
                Self::new(Code::EmailNotVerified, detail)
            }
            OidcSignInError::NotInvited { .. } => Self::new(Code::NotInvited, detail),
            OidcSignInError::SignIn(error) => error.into(),
            OidcSignInError::Provider(error) => {
                tracing::warn!(error = %crate::problem::chain(&error), "a sign-in at the provider failed");
                Self::new(Code::ProviderFailed, detail)
            }
            OidcSignInError::Vault(error) => Self::internal(&error),
            OidcSignInError::Invitation(error) => error.into(),
            OidcSignInError::Store(error) => error.into(),
        }
    }
}

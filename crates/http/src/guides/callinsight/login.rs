//! `POST /api/auth/login`

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use switchboard_app::accounts::{self, FieldFault, SignIn};

use super::{body::Body, error::GuideError, shapes};
use crate::{extract::ClientInfo, problem::Problem, state::Web};

/// Signs somebody in. The guide's client knows no second factor; who has one is told so, with what
/// `POST /api/v1/auth/second-factor` takes.
pub(super) async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    body: Body,
) -> Result<Response, GuideError> {
    let (email, password) = (required(&body, "email")?, required(&body, "password")?);
    let outcome = accounts::sign_in(&web.app, &email, &SecretString::from(password), None, false, &client).await?;
    Ok(match outcome {
        SignIn::Done(signed_in) => Json(shapes::signed_in(&signed_in)).into_response(),
        SignIn::SecondFactor(challenge) => {
            let body = json!({
                "error": "Second factor required",
                "code": "second_factor_required",
                "challenge": challenge.token.expose_secret(),
                "expires_at": challenge.expires_at,
            });
            (StatusCode::UNAUTHORIZED, Json(body)).into_response()
        }
    })
}

fn required(body: &Body, field: &'static str) -> Result<String, GuideError> {
    let given = body.text(field)?.filter(|text| !text.is_empty());
    given.ok_or_else(|| Problem::fields(vec![FieldFault::new(field, "required", "it is missing")]).into())
}

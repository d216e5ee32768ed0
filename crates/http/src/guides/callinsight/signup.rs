//! `POST /api/auth/signup`

use axum::{Json, extract::State, http::StatusCode};
use secrecy::SecretString;
use serde_json::Value;
use switchboard_app::accounts::{self, SignUp, SignUpError};

use super::{body::Body, error::GuideError, shapes};
use crate::{extract::ClientInfo, state::Web};

/// Makes a tenant with its first user, and signs them in.
pub(super) async fn handler(
    State(web): State<Web>,
    ClientInfo(client): ClientInfo,
    body: Body,
) -> Result<(StatusCode, Json<Value>), GuideError> {
    // What is missing is as good as empty: the form's own check says which.
    let text = |name| body.text(name).map(Option::unwrap_or_default);
    let form = SignUp {
        company_name: text("company_name")?,
        full_name: text("full_name")?,
        email: text("email")?,
        password: SecretString::from(text("password")?),
        plan: body.text("plan")?,
        is_browser: false,
    };
    let signed_in = accounts::sign_up(&web.app, &form, &client).await.map_err(refusal)?;
    Ok((StatusCode::CREATED, Json(shapes::signed_in(&signed_in))))
}

/// The guide has 400 for a taken address as well.
fn refusal(error: SignUpError) -> GuideError {
    let is_taken = matches!(error, SignUpError::EmailTaken);
    let error = GuideError::from(error);
    if is_taken { error.with_status(StatusCode::BAD_REQUEST) } else { error }
}

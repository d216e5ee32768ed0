//! `POST /api/v1/me/second-factor`

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use switchboard_app::accounts::second_factor;
use utoipa::ToSchema;

use crate::{extract::UserAuth, problem::Problem, state::Web};

#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    /// To be typed into the authenticator, where nothing can be scanned.
    pub secret: String,
    /// `otpauth://…`: opens the authenticator on the same phone.
    pub address: String,
    /// The address as a picture to be scanned: SVG.
    pub picture: String,
}

/// Begins to set an authenticator up. It counts once you confirm it with a first code. What is shown here is shown once.
#[utoipa::path(post, path = "/api/v1/me/second-factor", operation_id = "enrol_second_factor", tag = "me",
    security(("bearer" = [])), responses((status = 201, description = "Set your authenticator up", body = EnrolmentView)))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
) -> Result<(StatusCode, Json<EnrolmentView>), Problem> {
    let enrolment = second_factor::enrol(&web.app, &access).await?;
    let view = EnrolmentView {
        secret: enrolment.secret.expose_secret().to_owned(),
        address: enrolment.address.expose_secret().to_owned(),
        picture: enrolment.picture.expose_secret().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

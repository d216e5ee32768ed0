//! `POST /api/v1/me/send-verification`

use axum::{extract::State, http::StatusCode};
use switchboard_app::accounts::{self, VerifyError};

use crate::{
    extract::{ClientInfo, UserAuth},
    problem::{Code, Problem},
    state::Web,
};

/// Sends another link to your address, to confirm it with.
#[utoipa::path(post, path = "/api/v1/me/send-verification", operation_id = "send_verification", tag = "me",
    security(("bearer" = [])), responses((status = 202, description = "Look into your mailbox")))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
) -> Result<StatusCode, Problem> {
    accounts::send_verification(&web.app, &access, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        let detail = error.to_string();
        match error {
            VerifyError::BadLink => Self::new(Code::InvalidLink, detail),
            VerifyError::AlreadyVerified => Self::new(Code::Conflict, detail),
            VerifyError::TooMany => Self::new(Code::TooManyRequests, detail).retry_after(3_600),
            VerifyError::Store(error) => error.into(),
        }
    }
}

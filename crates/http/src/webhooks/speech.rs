//! `POST /hooks/speech/{token}`: a speech service answers. The token was made for one recording and says whose answer it is;
//! it is asked before a byte of the body is read.

use axum::{
    Json,
    extract::{FromRequest, Path, Request, State},
};
use bytes::Bytes;
use switchboard_app::speech::callback::{self, CallbackError};
use switchboard_providers::contract::RawRequest;

use super::{BODY_TIME, Received, headers};
use crate::{
    problem::{Code, Problem},
    state::Web,
};

/// Bytes of an answer: the words of a call of hours, each with its time, twice over.
pub const BODY_LIMIT: usize = 64 * 1024 * 1024;

pub async fn answered(
    State(web): State<Web>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Json<Received>, Problem> {
    let awaited = callback::awaited(&web.app, &token).await?;
    let headers = headers(request.headers());
    let body = match tokio::time::timeout(BODY_TIME, Bytes::from_request(request, &web)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(Problem::new(Code::InvalidBody, "the body ended before its end, or is too long")),
        Err(_) => {
            let detail = "the body did not arrive in time; send it again";
            return Err(Problem::new(Code::Unavailable, detail).retry_after(1));
        }
    };
    callback::receive(&web.app, awaited, &token, &RawRequest { headers, body }).await?;
    Ok(Json(Received { received: true }))
}

impl From<CallbackError> for Problem {
    fn from(error: CallbackError) -> Self {
        let detail = error.to_string();
        match error {
            CallbackError::Unknown => Self::new(Code::NotFound, detail),
            CallbackError::WrongSecret => Self::new(Code::InvalidCredentials, detail),
            CallbackError::Unreadable(_) => Self::new(Code::InvalidBody, detail),
            CallbackError::Store(error) => error.into(),
            CallbackError::Later => Self::new(Code::Unavailable, detail).retry_after(5),
        }
    }
}

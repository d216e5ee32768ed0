//! `POST /api/v1/connections/{id}/test-call`

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use switchboard_app::record_webhook::{self, TestCallError};
use switchboard_domain::ids::{CallId, ConnectionId};
use utoipa::ToSchema;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Serialize, ToSchema)]
pub struct TestCallSent {
    /// The call that it makes, in a moment.
    #[schema(value_type = String)]
    pub call_id: CallId,
    pub uniqueid: String,
}

/// Sends a record of a made-up call the way a telephone system's go, from 1001 to 2002.
#[utoipa::path(post, path = "/api/v1/connections/{id}/test-call", operation_id = "send_test_call", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 202, description = "It is stored and becomes a call in a moment", body = TestCallSent)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<(StatusCode, Json<TestCallSent>), Problem> {
    let sent = record_webhook::send_test_call(&web.app, auth.scope, id, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(TestCallSent { call_id: sent.call, uniqueid: sent.uniqueid })))
}

impl From<TestCallError> for Problem {
    fn from(error: TestCallError) -> Self {
        let detail = error.to_string();
        match error {
            TestCallError::Connection(error) => error.into(),
            TestCallError::SwitchedOff => Self::new(Code::Conflict, detail),
            TestCallError::Refused(refused) => refused.into(),
        }
    }
}

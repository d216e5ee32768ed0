//! `POST /api/v1/messages`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::messaging::{self, NewText};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use crate::{
    api::v1::{outgoing_messages::OutgoingView, text},
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

pub(crate) fn message_text() -> utoipa::openapi::schema::Object {
    text(1, messaging::TEXT_LENGTH)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// The one that last spoke with the number unless said otherwise, else the only one there is.
    #[schema(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// One of your numbers; the one that last spoke with the other unless said otherwise.
    #[schema(example = "+14155550100")]
    from_number: Option<String>,
    #[schema(example = "+14155550123")]
    to_number: String,
    #[schema(schema_with = message_text)]
    text: String,
}

/// Has a text sent.
///
/// It is written down and handed to the provider in the background, at most once. `GET /api/v1/outgoing-messages/{id}`
/// says what became of it; once the provider took it, it is a message like any other.
#[utoipa::path(post, path = "/api/v1/messages", operation_id = "send_message", tag = "messages", request_body = SendMessage,
    responses((status = 202, description = "The text, on its way", body = OutgoingView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<SendMessage>,
) -> Result<(StatusCode, Json<OutgoingView>), Problem> {
    let new = NewText {
        connection: asked.connection_id,
        from_number: asked.from_number.as_deref(),
        to_number: &asked.to_number,
        text: &asked.text,
    };
    let text = messaging::send(&web.app, auth.scope, &by, new).await?;
    Ok((StatusCode::ACCEPTED, Json(text.into())))
}

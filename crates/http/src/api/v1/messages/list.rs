//! `GET /api/v1/messages`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{
    Timestamp,
    call::Direction,
    ids::{ConnectionId, ContactId},
    message::MessageStatus,
};
use switchboard_store::{
    messages::{self, MessageFilter},
    page::Cursor,
};
use utoipa::IntoParams;

use super::MessageView;
use crate::{
    api::v1::{Paged, direction, message_status},
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMessages {
    #[param(schema_with = direction, required = false)]
    direction: Option<Direction>,
    #[param(schema_with = message_status, required = false)]
    status: Option<MessageStatus>,
    /// Exactly this number, in E.164.
    from_number: Option<String>,
    /// Exactly this number, in E.164.
    to_number: Option<String>,
    /// The provider's id of a user.
    agent_id: Option<String>,
    #[param(value_type = Option<String>)]
    contact_id: Option<ContactId>,
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// Messages sent at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    occurred_from: Option<Timestamp>,
    /// Messages sent before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    occurred_before: Option<Timestamp>,
    /// Only what changed at this time or later; the list then begins with the oldest change.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_since: Option<Timestamp>,
    /// Where a page begins: `next_cursor` of the one before.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists text messages, newest first.
#[utoipa::path(get, path = "/api/v1/messages", operation_id = "list_messages", tag = "messages", params(ListMessages),
    responses((status = 200, description = "A page of messages", body = Paged<MessageView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListMessages>,
) -> Result<Json<Paged<MessageView>>, Problem> {
    let window = query::window(asked.cursor, asked.limit, asked.updated_since)?;
    let filter = MessageFilter {
        direction: asked.direction,
        status: asked.status,
        from_number: asked.from_number,
        to_number: asked.to_number,
        agent_id: asked.agent_id,
        contact_id: asked.contact_id,
        connection_id: asked.connection_id,
        occurred_from: asked.occurred_from,
        occurred_before: asked.occurred_before,
        updated_since: asked.updated_since,
    };
    let mut reader = web.app.db.read(auth.scope).await?;
    let page = messages::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, MessageView::from)))
}

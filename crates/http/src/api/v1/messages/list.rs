//! `GET /api/v1/messages`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{
    Timestamp,
    call::Direction,
    change::RecordKind,
    ids::{ConnectionId, ContactId},
    message::MessageStatus,
};
use switchboard_store::{
    Conn, TenantScope,
    messages::{self, MessageFilter},
};
use utoipa::IntoParams;

use super::MessageView;
use crate::{
    api::v1::{Paged, direction, message_status},
    extract::{ListQuery, Paging, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageFilters {
    /// Words that it is found by: a name or any word of one by its beginning, any three or more digits of a number, and what
    /// was written. Finds the latest 500.
    #[param(max_length = 200, example = "ann 0123")]
    q: Option<String>,
    #[param(schema_with = direction, required = false)]
    direction: Option<Direction>,
    #[param(schema_with = message_status, required = false)]
    status: Option<MessageStatus>,
    /// Exactly this number, in E.164.
    from_number: Option<String>,
    /// Exactly this number, in E.164.
    to_number: Option<String>,
    /// Only messages to or from this number of yours, in E.164.
    own_number: Option<String>,
    /// Only messages to or from this number of the other side, in E.164.
    number: Option<String>,
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
}

impl MessageFilters {
    /// What the store looks for, with what `q` finds.
    pub async fn filter(self, conn: &mut Conn<'_>, scope: TenantScope) -> Result<MessageFilter, Problem> {
        let found = query::found(conn, scope, RecordKind::Message, self.q.as_deref()).await?;
        Ok(MessageFilter {
            direction: self.direction,
            status: self.status,
            from_number: self.from_number,
            to_number: self.to_number,
            own_number: self.own_number,
            other_number: self.number,
            agent_id: self.agent_id,
            contact_id: self.contact_id,
            connection_id: self.connection_id,
            occurred_from: self.occurred_from,
            occurred_before: self.occurred_before,
            found,
            updated_since: self.updated_since,
        })
    }
}

/// Lists text messages, newest first.
#[utoipa::path(get, path = "/api/v1/messages", operation_id = "list_messages", tag = "messages", params(MessageFilters, Paging),
    responses((status = 200, description = "A page of messages", body = Paged<MessageView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    ListQuery(asked, paging): ListQuery<MessageFilters>,
) -> Result<Json<Paged<MessageView>>, Problem> {
    let window = query::window(paging.cursor, paging.limit, asked.updated_since)?;
    let mut reader = web.app.db.read(auth.scope).await?;
    let filter = asked.filter(&mut reader.conn(), auth.scope).await?;
    let page = messages::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, MessageView::from)))
}

//! `GET /api/v1/messages/threads`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_domain::{Timestamp, ids::ContactId};
use switchboard_store::{
    message_threads::{self, Thread, ThreadFilter},
    page::Cursor,
};
use utoipa::{IntoParams, ToSchema};

use super::MessageView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListThreads {
    /// Only those in which the other side wrote last.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    unanswered: bool,
    /// Only those of this number of yours, in E.164.
    own_number: Option<String>,
    /// Where a page begins: `next_cursor` of the one before.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// What was written with one number of a contact from one number of yours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageThread)]
pub struct ThreadView {
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    /// The other side's number. With `own_number` it is what a list of the thread's messages is narrowed by.
    pub number: Option<String>,
    pub own_number: Option<String>,
    pub last_message: MessageView,
    /// When the last message was sent.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
    /// Messages of the other side since you last wrote; 100 means 100 or more.
    pub unanswered: i64,
}

impl From<Thread> for ThreadView {
    fn from(thread: Thread) -> Self {
        Self {
            contact_id: thread.last.record.contact_id,
            contact_name: thread.last.record.contact_name.clone(),
            number: thread.other_number().map(str::to_owned),
            own_number: thread.own_number().map(str::to_owned),
            last_at: thread.last.record.occurred_at,
            unanswered: thread.unanswered,
            last_message: thread.last.into(),
        }
    }
}

/// Lists who was written with, newest first.
///
/// One row for each contact's number and number of yours, with the last message. Ask for messages with `contact_id`,
/// `number` and `own_number` to read on.
#[utoipa::path(get, path = "/api/v1/messages/threads", operation_id = "list_message_threads", tag = "messages",
    params(ListThreads),
    responses((status = 200, description = "A page of threads", body = Paged<ThreadView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListThreads>,
) -> Result<Json<Paged<ThreadView>>, Problem> {
    query::window(asked.cursor, asked.limit, None)?;
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let filter = ThreadFilter { is_unanswered: asked.unanswered, own_number: asked.own_number };
    let mut reader = web.app.db.read(auth.scope).await?;
    let page = message_threads::list(&mut reader.conn(), auth.scope, &filter, asked.cursor, limit).await?;
    Ok(Json(Paged::of(page, ThreadView::from)))
}

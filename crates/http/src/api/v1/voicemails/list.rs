//! `GET /api/v1/voicemails`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{
    Timestamp,
    ids::{CallId, ConnectionId, ContactId},
};
use switchboard_store::{
    page::Cursor,
    voicemails::{self, VoicemailFilter},
};
use utoipa::IntoParams;

use super::VoicemailView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListVoicemails {
    /// Exactly this number, in E.164.
    from_number: Option<String>,
    /// Exactly this number, in E.164.
    to_number: Option<String>,
    /// The provider's id of a user.
    agent_id: Option<String>,
    #[param(value_type = Option<String>)]
    call_id: Option<CallId>,
    #[param(value_type = Option<String>)]
    contact_id: Option<ContactId>,
    #[param(value_type = Option<String>)]
    connection_id: Option<ConnectionId>,
    /// Only those that somebody listened to, or only those that nobody did.
    is_heard: Option<bool>,
    /// Voicemails left at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    occurred_from: Option<Timestamp>,
    /// Voicemails left before this time.
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

/// Lists voicemails, newest first. Those that a person removed are left out.
#[utoipa::path(get, path = "/api/v1/voicemails", operation_id = "list_voicemails", tag = "voicemails", params(ListVoicemails),
    responses((status = 200, description = "A page of voicemails", body = Paged<VoicemailView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListVoicemails>,
) -> Result<Json<Paged<VoicemailView>>, Problem> {
    let window = query::window(asked.cursor, asked.limit, asked.updated_since)?;
    let filter = VoicemailFilter {
        from_number: asked.from_number,
        to_number: asked.to_number,
        agent_id: asked.agent_id,
        call_id: asked.call_id,
        contact_id: asked.contact_id,
        connection_id: asked.connection_id,
        is_heard: asked.is_heard,
        occurred_from: asked.occurred_from,
        occurred_before: asked.occurred_before,
        updated_since: asked.updated_since,
    };
    let mut reader = web.app.db.read(auth.scope).await?;
    let page = voicemails::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, VoicemailView::from)))
}

//! `GET /api/v1/voicemails`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{
    Timestamp,
    change::RecordKind,
    ids::{CallId, ConnectionId, ContactId},
};
use switchboard_store::{
    Conn, TenantScope,
    voicemails::{self, VoicemailFilter},
};
use utoipa::IntoParams;

use super::VoicemailView;
use crate::{
    api::v1::Paged,
    extract::{ListQuery, Paging, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VoicemailFilters {
    /// Words that it is found by: a name or any word of one by its beginning, any three or more digits of a number, and what
    /// was said. Finds the latest 500.
    #[param(max_length = 200, example = "ann 0123")]
    q: Option<String>,
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
}

impl VoicemailFilters {
    /// What the store looks for, with what `q` finds.
    pub async fn filter(self, conn: &mut Conn<'_>, scope: TenantScope) -> Result<VoicemailFilter, Problem> {
        let found = query::found(conn, scope, RecordKind::Voicemail, self.q.as_deref()).await?;
        Ok(VoicemailFilter {
            from_number: self.from_number,
            to_number: self.to_number,
            agent_id: self.agent_id,
            call_id: self.call_id,
            contact_id: self.contact_id,
            connection_id: self.connection_id,
            is_heard: self.is_heard,
            occurred_from: self.occurred_from,
            occurred_before: self.occurred_before,
            found,
            updated_since: self.updated_since,
        })
    }
}

/// Lists voicemails, newest first. Those that a person removed are left out.
#[utoipa::path(get, path = "/api/v1/voicemails", operation_id = "list_voicemails", tag = "voicemails", params(VoicemailFilters, Paging),
    responses((status = 200, description = "A page of voicemails", body = Paged<VoicemailView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    ListQuery(asked, paging): ListQuery<VoicemailFilters>,
) -> Result<Json<Paged<VoicemailView>>, Problem> {
    let window = query::window(paging.cursor, paging.limit, asked.updated_since)?;
    let mut reader = web.app.db.read(auth.scope).await?;
    let filter = asked.filter(&mut reader.conn(), auth.scope).await?;
    let page = voicemails::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, VoicemailView::from)))
}

//! `GET /api/v1/contacts/{id}/timeline`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_domain::{contact::EntryKind, ids::ContactId};
use switchboard_store::{
    contacts,
    page::Cursor,
    timeline::{self, Entry},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::v1::{Paged, calls::CallView, messages::MessageView, voicemails::VoicemailView},
    extract::{IdPath, QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEntries {
    /// Only these kinds, with commas between them: `call`, `message`, `voicemail`.
    #[serde(default, deserialize_with = "query::several")]
    #[param(value_type = Option<String>, example = "call,voicemail")]
    kind: Vec<EntryKind>,
    /// Where a page begins: `next_cursor` of the one before.
    #[serde(default, deserialize_with = "query::parsed")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Entries of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// One thing that happened with a contact: the member of its kind says what.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = TimelineEntry)]
pub enum EntryView {
    Call { call: Box<CallView> },
    Message { message: Box<MessageView> },
    Voicemail { voicemail: Box<VoicemailView> },
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Call(call) => Self::Call { call: Box::new((*call).into()) },
            Entry::Message(message) => Self::Message { message: Box::new((*message).into()) },
            Entry::Voicemail(voicemail) => Self::Voicemail { voicemail: Box::new((*voicemail).into()) },
        }
    }
}

/// Lists everything that happened with a contact, newest first.
///
/// Calls, messages and voicemails in one list, with what was merged into the contact.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/timeline", operation_id = "list_contact_timeline", tag = "contacts",
    params(("id" = String, Path, description = "A contact's id, prefixed or bare"), ListEntries),
    responses((status = 200, description = "A page of what happened", body = Paged<EntryView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ContactId>,
    QueryString(asked): QueryString<ListEntries>,
) -> Result<Json<Paged<EntryView>>, Problem> {
    query::window(asked.cursor, asked.limit, None)?;
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let kinds = if asked.kind.is_empty() { EntryKind::ALL.to_vec() } else { asked.kind };
    let mut reader = web.app.db.read(auth.scope).await?;
    let conn = &mut reader.conn();
    let kept = contacts::lookup(conn, auth.scope, id).await?.ok_or_else(|| Problem::not_found("contact"))?;
    let page = timeline::list(conn, auth.scope, kept.record.id, &kinds, asked.cursor, limit).await?;
    Ok(Json(Paged::of(page, EntryView::from)))
}

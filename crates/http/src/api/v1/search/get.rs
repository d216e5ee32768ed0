//! `GET /api/v1/search`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_domain::change::RecordKind;
use switchboard_store::{
    calls::{self, CallFilter},
    contacts::{self, ContactFilter},
    messages::{self, MessageFilter},
    page::Window,
    voicemails::{self, VoicemailFilter},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::v1::{calls::CallView, contacts::ContactView, messages::MessageView, voicemails::VoicemailView},
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

/// Records of each kind, unless said.
const FEW: i64 = 5;
const MOST: i64 = 20;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Names, or any words of them, by their beginning; any three or more digits of a number; words that were said or
    /// written. All that is typed must fit.
    #[param(max_length = 200, example = "ann 0123")]
    q: String,
    /// Records of each kind; 5 unless said, at most 20.
    #[param(minimum = 1, maximum = 20)]
    limit: Option<i64>,
}

/// What was found, the latest of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    pub contacts: Vec<ContactView>,
    pub calls: Vec<CallView>,
    pub messages: Vec<MessageView>,
    pub voicemails: Vec<VoicemailView>,
}

/// Looks for something in everything: a few records of each kind. The lists take the same `q` and have all that fits.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "search", tag = "search", params(Search),
    responses((status = 200, description = "What was found", body = SearchResults)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<Search>,
) -> Result<Json<SearchResults>, Problem> {
    let window = Window::After { cursor: None, limit: query::limit(Some(asked.limit.unwrap_or(FEW)), MOST)? };
    let scope = auth.scope;
    let q = Some(asked.q.as_str());
    let mut reader = web.app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let filter =
        ContactFilter { found: query::found(conn, scope, RecordKind::Contact, q).await?, ..ContactFilter::default() };
    let contacts = contacts::list(conn, scope, &filter, window).await?;
    let filter = CallFilter { found: query::found(conn, scope, RecordKind::Call, q).await?, ..CallFilter::default() };
    let calls = calls::list(conn, scope, &filter, window).await?;
    let filter =
        MessageFilter { found: query::found(conn, scope, RecordKind::Message, q).await?, ..MessageFilter::default() };
    let messages = messages::list(conn, scope, &filter, window).await?;
    let filter = VoicemailFilter {
        found: query::found(conn, scope, RecordKind::Voicemail, q).await?,
        ..VoicemailFilter::default()
    };
    let voicemails = voicemails::list(conn, scope, &filter, window).await?;
    Ok(Json(SearchResults {
        contacts: contacts.items.into_iter().map(ContactView::from).collect(),
        calls: calls.items.into_iter().map(CallView::from).collect(),
        messages: messages.items.into_iter().map(MessageView::from).collect(),
        voicemails: voicemails.items.into_iter().map(VoicemailView::from).collect(),
    }))
}

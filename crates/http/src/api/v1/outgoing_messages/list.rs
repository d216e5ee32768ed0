//! `GET /api/v1/outgoing-messages`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::messaging;
use switchboard_domain::{
    ids::{CallId, OutgoingId},
    outgoing::OutgoingStatus,
};
use switchboard_store::outgoing::OutgoingFilter;
use utoipa::IntoParams;

use super::OutgoingView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOutgoing {
    /// One status, or several with commas: queued, sending, sent, failed, unknown.
    #[serde(default, deserialize_with = "query::several")]
    #[param(value_type = Option<String>, example = "queued,failed")]
    status: Vec<OutgoingStatus>,
    /// Those that follow up this call.
    #[param(value_type = Option<String>)]
    call_id: Option<CallId>,
    /// Exactly this number, in E.164.
    to_number: Option<String>,
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<OutgoingId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists texts that somebody had sent, newest first. They are kept for 90 days; the messages that they became stay.
#[utoipa::path(get, path = "/api/v1/outgoing-messages", operation_id = "list_outgoing_messages", tag = "messages",
    params(ListOutgoing),
    responses((status = 200, description = "A page of texts", body = Paged<OutgoingView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListOutgoing>,
) -> Result<Json<Paged<OutgoingView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let filter =
        OutgoingFilter { statuses: query::unique(asked.status), call_id: asked.call_id, to_number: asked.to_number };
    let found = messaging::list(&web.app, auth.scope, &filter, asked.cursor, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |text| text.id.to_string(), OutgoingView::from)))
}

//! `GET /api/v1/contacts`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{Timestamp, contact::ContactKind};
use switchboard_store::{
    contacts::{self, ContactFilter},
    page::Cursor,
};
use utoipa::IntoParams;

use super::ContactView;
use crate::{
    api::v1::{Paged, contact_kind},
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListContacts {
    /// Exactly this number, in E.164.
    phone: Option<String>,
    #[param(schema_with = contact_kind, required = false)]
    kind: Option<ContactKind>,
    /// Contacts first heard of at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    occurred_from: Option<Timestamp>,
    /// Contacts first heard of before this time.
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

/// Lists contacts, newest first.
#[utoipa::path(get, path = "/api/v1/contacts", operation_id = "list_contacts", tag = "contacts", params(ListContacts),
    responses((status = 200, description = "A page of contacts", body = Paged<ContactView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListContacts>,
) -> Result<Json<Paged<ContactView>>, Problem> {
    let window = query::window(asked.cursor, asked.limit, asked.updated_since)?;
    let filter = ContactFilter {
        phone: asked.phone,
        kind: asked.kind,
        occurred_from: asked.occurred_from,
        occurred_before: asked.occurred_before,
        updated_since: asked.updated_since,
    };
    let mut reader = web.app.db.read(auth.scope).await?;
    let page = contacts::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, ContactView::from)))
}

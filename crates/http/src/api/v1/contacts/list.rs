//! `GET /api/v1/contacts`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{Timestamp, change::RecordKind, contact::ContactKind};
use switchboard_store::{
    Conn, TenantScope,
    contacts::{self, ContactFilter},
};
use utoipa::IntoParams;

use super::ContactView;
use crate::{
    api::v1::{Paged, contact_kind},
    extract::{ListQuery, Paging, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContactFilters {
    /// Words that it is found by: a name or any word of one by its beginning, any three or more digits of a number, and what
    /// its addresses are. Finds the latest 500.
    #[param(max_length = 200, example = "ann 0123")]
    q: Option<String>,
    /// Exactly this number, in E.164. It may be that of a contact that was merged into the one listed.
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
}

impl ContactFilters {
    /// What the store looks for, with what `q` finds.
    pub async fn filter(self, conn: &mut Conn<'_>, scope: TenantScope) -> Result<ContactFilter, Problem> {
        let found = query::found(conn, scope, RecordKind::Contact, self.q.as_deref()).await?;
        Ok(ContactFilter {
            phone: self.phone,
            kind: self.kind,
            occurred_from: self.occurred_from,
            occurred_before: self.occurred_before,
            found,
            updated_since: self.updated_since,
        })
    }
}

/// Lists contacts, newest first.
#[utoipa::path(get, path = "/api/v1/contacts", operation_id = "list_contacts", tag = "contacts", params(ContactFilters, Paging),
    responses((status = 200, description = "A page of contacts", body = Paged<ContactView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    ListQuery(asked, paging): ListQuery<ContactFilters>,
) -> Result<Json<Paged<ContactView>>, Problem> {
    let window = query::window(paging.cursor, paging.limit, asked.updated_since)?;
    let mut reader = web.app.db.read(auth.scope).await?;
    let filter = asked.filter(&mut reader.conn(), auth.scope).await?;
    let page = contacts::list(&mut reader.conn(), auth.scope, &filter, window).await?;
    Ok(Json(Paged::of(page, ContactView::from)))
}

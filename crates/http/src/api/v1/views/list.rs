//! `GET /api/v1/views`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::views::person;
use switchboard_domain::view::Noun;
use switchboard_store::views;
use utoipa::IntoParams;

use super::ViewView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Views that are listed. Nobody reads more names than that.
const MOST: i64 = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListViews {
    /// Only views of this list.
    #[param(schema_with = super::noun, required = false)]
    noun: Option<Noun>,
}

/// Lists your own views and those that others share, oldest first. An app sees the shared ones.
#[utoipa::path(get, path = "/api/v1/views", operation_id = "list_views", tag = "views", params(ListViews),
    responses((status = 200, description = "The views", body = Paged<ViewView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListViews>,
) -> Result<Json<Paged<ViewView>>, Problem> {
    let user = person(&auth.actor);
    let mut reader = web.app.db.read(auth.scope).await?;
    let found = views::list(&mut reader.conn(), auth.scope, user, asked.noun, MOST).await?;
    Ok(Json(Paged::whole(found.into_iter().map(|view| ViewView::of(view, user)).collect())))
}

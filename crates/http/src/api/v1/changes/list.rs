//! `GET /api/v1/changes`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_store::changes;
use utoipa::{IntoParams, ToSchema};

use super::{ChangeView, reset_required};
use crate::{
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListChanges {
    /// The last number you know. Leave it out to learn where the numbers stand now.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    /// In the order of their numbers.
    pub data: Vec<ChangeView>,
    /// With these you know everything up to this number. Send it as `after` next time.
    pub complete_up_to: i64,
    pub has_more: bool,
}

/// Lists what changed after a number, in order.
#[utoipa::path(get, path = "/api/v1/changes", operation_id = "list_changes", tag = "changes", params(ListChanges),
    responses((status = 200, description = "What changed", body = Changes)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListChanges>,
) -> Result<Json<Changes>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let mut reader = web.app.db.read(auth.scope).await?;
    let conn = &mut reader.conn();
    let (least, last) = changes::range(conn, auth.scope).await?;
    let after = asked.after.unwrap_or(last);
    if after < least - 1 || after > last {
        return Err(reset_required(last));
    }
    let mut found = changes::list_after(conn, auth.scope, after, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(0);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let complete_up_to = found.last().map_or(after, |change| change.seq);
    Ok(Json(Changes { data: found.into_iter().map(ChangeView::from).collect(), complete_up_to, has_more }))
}

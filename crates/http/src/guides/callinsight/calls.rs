//! `GET /api/calls` for people.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::role::Permission;
use switchboard_store::{
    calls::{self, CallFilter},
    insights,
    page::Window,
    transcripts,
};

use super::{error::GuideError, shapes};
use crate::{
    extract::TenantAuth,
    problem::{Code, Problem},
    state::Web,
};

/// Rows when the client does not say, and at most.
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
/// Rows that can be skipped. Behind it, `/api/v1` with its cursors is the right way.
const MAX_OFFSET: i64 = 1_000_000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    limit: Option<i64>,
    offset: Option<i64>,
}

/// The tenant's calls, newest first: a bare array.
pub(super) async fn list(
    State(web): State<Web>,
    auth: Result<TenantAuth, Problem>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, GuideError> {
    let TenantAuth { scope, actor, .. } = auth?;
    if !actor.may(Permission::RecordsRead) {
        return Err(Problem::forbidden(Permission::RecordsRead).into());
    }
    let Query(asked) =
        asked.map_err(|_| Problem::new(Code::InvalidParameter, "limit and offset must be whole numbers"))?;
    let window = window(&asked)?;
    let mut reader = web.app.db.read(scope).await?;
    let page = calls::list(&mut reader.conn(), scope, &CallFilter::default(), window).await?;
    let ids: Vec<_> = page.items.iter().map(|kept| kept.record.id.uuid()).collect();
    let transcripts = transcripts::of_calls(&mut reader.conn(), scope, &ids).await?;
    let felt = insights::felt(&mut reader.conn(), scope, &ids).await?;
    Ok(Json(shapes::calls(&page.items, &transcripts, &felt)))
}

fn window(asked: &Asked) -> Result<Window, Problem> {
    let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
    let offset = asked.offset.unwrap_or(0);
    if limit < 1 {
        return Err(Problem::parameter("limit", "a number from 1"));
    }
    if !(0..=MAX_OFFSET).contains(&offset) {
        return Err(Problem::parameter("offset", format!("a number from 0 to {MAX_OFFSET}")));
    }
    Ok(Window::Offset { offset, limit: limit.min(MAX_LIMIT) })
}

//! `POST /api/v1/imports`

use std::{io, time::Duration};

use axum::{Json, body::Body, extract::State, http::StatusCode};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use switchboard_app::import;
use utoipa::IntoParams;

use super::ImportView;
use crate::{
    extract::{By, QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Where files are sent to. Its requests take as long as they take, while something comes.
pub const PATH: &str = "/api/v1/imports";
/// How long nothing may come of a file.
const IDLE: Duration = Duration::from_mins(1);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadImport {
    /// What the file is called.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "cdr-2026.csv")]
    name: String,
}

/// Brings a file of call records.
///
/// The body is the file as it is, of at most 2 GB: CSV with commas, semicolons, tabs or bars, in UTF-8 or as Windows saves it, or
/// JSON: a list, a list inside of an object, or an object a line. Nothing is taken in yet: see `preview` and `start`. An
/// `Idempotency-Key` is not needed (what is taken in twice is here once) and would hold the file to 256 kB.
#[utoipa::path(post, path = "/api/v1/imports", operation_id = "upload_import", tag = "imports", params(UploadImport),
    request_body(content = String, content_type = "application/octet-stream", description = "The file"),
    responses((status = 201, description = "The import, not started", body = ImportView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    QueryString(asked): QueryString<UploadImport>,
    body: Body,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let import = import::upload(&web.app, auth.scope, &by, &asked.name, impatient(body)).await?;
    Ok((StatusCode::CREATED, Json(import.into())))
}

/// The body's bytes, as long as they keep coming.
fn impatient(body: Body) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::unfold(body.into_data_stream(), |mut body| async move {
        match tokio::time::timeout(IDLE, body.next()).await {
            Ok(Some(chunk)) => Some((chunk.map_err(io::Error::other), body)),
            Ok(None) => None,
            Err(_) => Some((Err(io::Error::new(io::ErrorKind::TimedOut, "nothing came any more")), body)),
        }
    })
}

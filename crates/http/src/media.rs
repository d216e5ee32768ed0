//! `GET /media/{key}`: audio behind a signed link, with the byte ranges that players ask for. No key is needed; the link
//! itself says until when it works.

use axum::{
    body::Body,
    extract::{Path, Query as AxumQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use switchboard_app::media::{self, OpenError, Opened, SignedQuery};

use crate::{problem::Problem, state::Web};

pub async fn handler(
    State(web): State<Web>,
    Path(key): Path<String>,
    query: Result<AxumQuery<SignedQuery>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let AxumQuery(query) = query.map_err(|_| Problem::from(OpenError::Forged))?;
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let opened = match media::open(&web.app, &key, &query, range).await {
        Ok(opened) => opened,
        Err(OpenError::Range { size }) => {
            let mut response = Problem::from(OpenError::Range { size }).into_response();
            if let Ok(value) = format!("bytes */{size}").parse() {
                response.headers_mut().insert(header::CONTENT_RANGE, value);
            }
            return Ok(response);
        }
        Err(error) => return Err(error.into()),
    };
    Ok(respond(opened, media::ends_in(&query, web.app.now()).as_secs()))
}

fn respond(opened: Opened, seconds: u64) -> Response {
    let Opened { content_type, media, is_part } = opened;
    let length = media.range.end - media.range.start;
    let status = if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let head = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, format!("private, max-age={seconds}")),
        (header::CONTENT_DISPOSITION, "inline".to_owned()),
    ];
    let mut response = (status, head, Body::from_stream(media.stream)).into_response();
    if is_part {
        let range = format!("bytes {}-{}/{}", media.range.start, media.range.end.saturating_sub(1), media.size);
        if let Ok(value) = range.parse() {
            response.headers_mut().insert(header::CONTENT_RANGE, value);
        }
    }
    response
}

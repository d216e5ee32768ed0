//! `ETag` and `304` on reads of `/api/v1`: a client that polls is told that nothing changed, instead of the same body
//! again. The tag is a digest of the body, so it can never be wrong, whatever went into it.

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Larger bodies go out without a tag. No page of ours comes near; the contents of one large event do.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

pub async fn etag(request: Request, next: Next) -> Response {
    let is_read = request.method() == Method::GET || request.method() == Method::HEAD;
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let response = next.run(request).await;
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json");
    // Our own JSON is one piece in memory already; what is streamed says no size and is left alone as well.
    let is_small = response.body().size_hint().exact().is_some_and(|bytes| bytes <= MOST_BYTES);
    if !is_read || response.status() != StatusCode::OK || !is_json || !is_small {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // It is as long as it says; one that broke off was never sent.
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        head.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(head, Body::empty());
    };
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&digest(&SHA256, &bytes).as_ref()[..16]));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, value);
    }
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag || one.trim() == "*")) {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_LENGTH);
        head.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, middleware::from_fn, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    async fn answer(letters: usize) -> Response {
        let handler = get(async move || Json("a".repeat(letters)));
        let router = Router::new().route("/", handler).layer(from_fn(etag));
        router.oneshot(Request::builder().uri("/").body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_large_goes_out_whole_and_without_a_tag() {
        let most = usize::try_from(MOST_BYTES).unwrap();
        // With its quotes it is as large as may be, and one byte larger.
        for (letters, has_tag) in [(most - 2, true), (most - 1, false)] {
            let answer = answer(letters).await;
            assert_eq!((answer.status(), answer.headers().contains_key(header::ETAG)), (StatusCode::OK, has_tag));
            let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            assert_eq!(bytes.len(), letters + 2);
        }
    }
}

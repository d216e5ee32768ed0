//! `GET /api/v1/changes/stream`

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, stream};
use serde::Deserialize;
use switchboard_app::live::{Heard, Listener, Reset};
use utoipa::IntoParams;

use super::ChangeView;
use crate::{
    extract::{QueryString, TenantAuth},
    problem::{Problem, chain},
    state::Web,
};

/// How often an idle stream says that it is alive; below what proxies usually allow.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamChanges {
    /// The last number you know; the header `Last-Event-ID`, which browsers send, goes before it. Leave both out for what
    /// comes from now on.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Sends changes as they are committed (`text/event-stream`).
///
/// Events: `change` (its id is the number), `complete` (`{"complete_up_to":N}`, once after each run of changes) and `reset`
/// (what you asked for is no longer kept: read again what you show; the stream goes on after the number in it).
#[utoipa::path(get, path = "/api/v1/changes/stream", operation_id = "stream_changes", tag = "changes",
    params(StreamChanges), responses((status = 200, description = "The stream", content_type = "text/event-stream", body = String)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    headers: HeaderMap,
    QueryString(asked): QueryString<StreamChanges>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let after = match headers.get("last-event-id").and_then(|value| value.to_str().ok()) {
        Some(text) => Some(text.parse().map_err(|_| Problem::parameter("Last-Event-ID", "a number"))?),
        None => asked.after,
    };
    let mut listener = web.live.listen(auth.scope).await?;
    let mut first = None;
    match after {
        Some(after) => {
            if let Err(reset) = listener.resume(after).await? {
                listener.go_to(reset.last);
                first = Some(reset_event(reset));
            }
        }
        None => listener.go_to(listener.at()),
    }
    let changes = stream::unfold((listener, first), |(mut listener, first)| async {
        match first {
            Some(event) => Some((Ok(event), (listener, None))),
            None => next(&mut listener).await.map(|event| (Ok(event), (listener, None))),
        }
    });
    Ok(Sse::new(changes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// `None` ends the stream: the node stops, the tenant is suspended, or the database is away. The browser comes back by itself with the last id.
async fn next(listener: &mut Listener) -> Option<Event> {
    match listener.next().await {
        Ok(Heard::Change(item)) => {
            let seq = item.change.seq.to_string();
            event("change").id(seq).json_data(ChangeView::from(item.change.clone())).ok()
        }
        Ok(Heard::CompleteUpTo(seq)) => {
            event("complete").id(seq.to_string()).json_data(serde_json::json!({ "complete_up_to": seq })).ok()
        }
        Ok(Heard::Closed | Heard::Refused) => None,
        Err(error) => {
            tracing::warn!(error = %chain(&error), "a stream of changes ends");
            None
        }
    }
}

fn event(name: &str) -> Event {
    Event::default().event(name)
}

fn reset_event(reset: Reset) -> Event {
    event("reset").id(reset.last.to_string()).data(serde_json::json!({ "last": reset.last }).to_string())
}

//! `GET /api/v1/changes/stream`

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, stream};
use serde::{Deserialize, Serialize};
use switchboard_app::live::{Heard, Listener};
use switchboard_store::{StoreError, TenantScope};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use utoipa::{IntoParams, ToSchema};

use super::ChangeView;
use crate::{
    extract::{QueryString, TenantAuth},
    live::Credentials,
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

/// One frame of the stream: `event` stands in its `event:` line, `data` as JSON in its `data:` line. The `id:` line of each has
/// the number to come back with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum StreamFrame {
    /// A change; its id is its number.
    Change(ChangeView),
    /// Once after each run of changes.
    Complete(CompleteUpTo),
    /// What you asked for is no longer kept: read again what you show.
    Reset(ResetTo),
}

/// With what was sent you know everything up to this number.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompleteUpTo {
    pub complete_up_to: i64,
}

/// The stream goes on after this number.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResetTo {
    pub last: i64,
}

impl StreamFrame {
    /// As it goes out; `seq` is the number to come back with.
    fn event(self, seq: i64) -> Option<Event> {
        let event = |name: &str| Event::default().id(seq.to_string()).event(name);
        match self {
            Self::Change(change) => event("change").json_data(change),
            Self::Complete(complete) => event("complete").json_data(complete),
            Self::Reset(reset) => event("reset").json_data(reset),
        }
        .ok()
    }
}

/// Sends changes as they are committed (`text/event-stream`), frame by frame. Comments in between keep the line open.
#[utoipa::path(get, path = "/api/v1/changes/stream", operation_id = "stream_changes", tag = "changes",
    params(StreamChanges), responses((status = 200, description = "Frames, each as described", content_type = "text/event-stream",
        body = StreamFrame)))]
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
                first = StreamFrame::Reset(ResetTo { last: reset.last }).event(reset.last);
            }
        }
        None => listener.go_to(listener.at()),
    }
    let feed = Feed::new(web, headers, auth.scope, listener);
    let changes = stream::unfold((feed, first), |(mut feed, first)| async {
        match first {
            Some(event) => Some((Ok(event), (feed, None))),
            None => feed.next().await.map(|event| (Ok(event), (feed, None))),
        }
    });
    Ok(Sse::new(changes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// What one client is sent.
struct Feed {
    web: Web,
    credentials: Credentials,
    scope: TenantScope,
    listener: Listener,
    /// When it must show again that it may listen.
    ask: Interval,
}

impl Feed {
    fn new(web: Web, headers: HeaderMap, scope: TenantScope, listener: Listener) -> Self {
        let every = web.options.sockets.ask_again;
        let mut ask = interval_at(Instant::now() + every, every);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { web, credentials: Credentials::of(headers), scope, listener, ask }
    }

    /// `None` ends the stream: the node stops, the tenant is suspended, the caller may not listen any more, or the database is
    /// away. The browser comes back by itself with the last id, and is told which of these it is.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                heard = self.listener.next() => return event(heard),
                _ = self.ask.tick() => {
                    if !self.credentials.still_admit(&self.web, self.scope).await {
                        return None;
                    }
                }
            }
        }
    }
}

fn event(heard: Result<Heard, StoreError>) -> Option<Event> {
    match heard {
        Ok(Heard::Change(item)) => {
            let change = ChangeView::from(item.change.clone());
            let seq = change.seq;
            StreamFrame::Change(change).event(seq)
        }
        Ok(Heard::CompleteUpTo(seq)) => StreamFrame::Complete(CompleteUpTo { complete_up_to: seq }).event(seq),
        Ok(Heard::Closed | Heard::Refused) => None,
        Err(error) => {
            tracing::warn!(error = %chain(&error), "a stream of changes ends");
            None
        }
    }
}

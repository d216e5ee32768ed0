//! One client's socket.
//!
//! There is no queue per client: the listener has a position in the tenant's changes, and what a slow client has not taken
//! yet stays in the table. Only one message at a time is on its way; a client that does not take it within a while is cut
//! off, and comes back with its last number. With each ping it is asked again whether its key still opens this door.

use std::time::Duration;

use axum::{
    extract::{
        Query as AxumQuery, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::Response,
};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde::Deserialize;
use switchboard_app::live::{Heard, Listener, LiveChange};
use switchboard_store::StoreError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::{Credentials, crm_users::CrmUsers, frames};
use crate::{
    extract::{TenantAuth, given_key},
    problem::{Code, Problem, chain},
    state::Web,
};

/// Bytes of a client's message. They are commands of a few words.
const MAX_MESSAGE: usize = 16 * 1024;
/// Bytes read at once. The library's 128 kB, times thousands of idle clients, is real memory.
const READ_BUFFER: usize = 2 * 1024;
/// Messages that a client may send between two pings.
const MAX_MESSAGES: u32 = 120;

#[derive(Debug, Deserialize)]
pub struct Connect {
    api_key: Option<String>,
    /// The last number that the client knows.
    since: Option<i64>,
}

/// `GET /ws`
pub async fn handler(
    State(web): State<Web>,
    AxumQuery(asked): AxumQuery<Connect>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    // Browsers cannot set headers on a WebSocket, so the key may also be in the URL; our logs never hold URLs.
    let key = given_key(&headers).or(asked.api_key.as_deref()).ok_or_else(|| {
        Problem::new(
            Code::MissingCredentials,
            "Missing API key: send x-app-api-key, or ?api_key= where headers cannot be set",
        )
    })?;
    let credentials = Credentials::of_key(key)?;
    let auth = credentials.admit(&web).await?;
    let upgrade = upgrade.map_err(|rejection| Problem::new(Code::InvalidParameter, rejection.body_text()))?;
    let listener = web.live.listen(auth.scope).await?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| async move {
            let (sink, stream) = socket.split();
            let crm_users = CrmUsers::default();
            let client = Client { web, credentials, auth, sink, listener, crm_users, is_alive: true, received: 0 };
            client.serve(stream, asked.since).await;
        }))
}

/// Why a socket ends.
enum End {
    /// The client went, or its connection broke.
    Gone,
    /// We close it, saying why.
    Close(u16, &'static str),
}

struct Client {
    web: Web,
    /// The key, to ask again with.
    credentials: Credentials,
    auth: TenantAuth,
    sink: SplitSink<WebSocket, Message>,
    listener: Listener,
    crm_users: CrmUsers,
    is_alive: bool,
    received: u32,
}

impl Client {
    async fn serve(mut self, mut stream: SplitStream<WebSocket>, since: Option<i64>) {
        metrics::gauge!("switchboard_websockets").increment(1.0);
        let Err(end) = self.talk(&mut stream, since).await;
        if let End::Close(code, reason) = end {
            let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
            // A client that takes nothing will not take this either.
            let _ = timeout(Duration::from_secs(1), self.sink.send(close)).await;
        }
        metrics::gauge!("switchboard_websockets").decrement(1.0);
    }

    async fn talk(&mut self, stream: &mut SplitStream<WebSocket>, since: Option<i64>) -> Result<Never, End> {
        self.send(Message::text(frames::hello(self.listener.at()))).await?;
        if let Some(since) = since {
            self.resume(since).await?;
        }
        let ping_every = self.web.options.sockets.ping_every;
        let mut ping = interval_at(Instant::now() + ping_every, ping_every);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = self.listener.next() => match heard {
                    Ok(Heard::Change(item)) => self.tell(&item).await?,
                    Ok(Heard::CompleteUpTo(seq)) => self.send(Message::text(frames::complete_up_to(seq))).await?,
                    Ok(Heard::Closed) => return Err(End::Close(close_code::AWAY, "the server is stopping; come back")),
                    Ok(Heard::Refused) => return Err(End::Close(close_code::POLICY, "this workspace is not served now")),
                    Err(error) => return Err(away(&error)),
                },
                message = stream.next() => self.hear(message).await?,
                _ = ping.tick() => self.ping().await?,
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.web.options.sockets.send, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Close(close_code::POLICY, "too slow; come back with your last number")),
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        if !std::mem::replace(&mut self.is_alive, false) {
            return Err(End::Close(close_code::POLICY, "no answer to a ping"));
        }
        if !self.credentials.still_admit(&self.web, self.auth.scope).await {
            return Err(End::Close(close_code::POLICY, "this key may not listen any more"));
        }
        self.received = 0;
        self.crm_users.forget();
        self.send(Message::Ping(bytes::Bytes::new())).await
    }

    /// Sends a change, unless it is of a kind that this feed does not tell.
    async fn tell(&mut self, item: &LiveChange) -> Result<(), End> {
        let Some(frame) = frames::frame(item) else { return Ok(()) };
        let user = frame.user_id.clone();
        let crm_user = self.crm_users.find(&self.web, &self.auth, user).await.map_err(|error| away(&error))?;
        self.send(Message::text(frame.into_text(crm_user))).await
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.is_alive = true;
        self.received += 1;
        if self.received > MAX_MESSAGES {
            return Err(End::Close(close_code::POLICY, "too many messages"));
        }
        match message {
            Some(Ok(Message::Text(text))) => self.obey(text.as_str()).await,
            Some(Ok(Message::Binary(_))) => Err(End::Close(close_code::UNSUPPORTED, "messages are JSON text")),
            // The library answers pings by itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
        }
    }

    async fn obey(&mut self, text: &str) -> Result<(), End> {
        #[derive(Deserialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Command {
            Resume {
                since: i64,
            },
            Ping,
            /// What the guide's documents had clients say. The key has said it already.
            Subscribe,
        }
        match serde_json::from_str(text) {
            Ok(Command::Resume { since }) => self.resume(since).await,
            Ok(Command::Ping) => self.send(Message::text(r#"{"event":"pong"}"#)).await,
            Ok(Command::Subscribe) => self.send(Message::text(r#"{"event":"subscribed"}"#)).await,
            Err(_) => {
                self.send(Message::text(frames::error(r#"send {"type":"resume","since":N} or {"type":"ping"}"#))).await
            }
        }
    }

    async fn resume(&mut self, since: i64) -> Result<(), End> {
        match self.listener.resume(since).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reset)) => {
                self.listener.go_to(reset.last);
                self.send(Message::text(frames::reset(reset.last))).await
            }
            Err(error) => Err(away(&error)),
        }
    }
}

/// A talk only ever ends by an [`End`].
enum Never {}

fn away(error: &StoreError) -> End {
    tracing::warn!(error = %chain(error), "a live socket ends because the database does not answer");
    End::Close(close_code::ERROR, "the database is not available; come back with your last number")
}

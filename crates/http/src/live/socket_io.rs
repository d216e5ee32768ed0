//! `/socket.io`: the live feed for clients of Socket.IO v4, over WebSocket or long polling.
//!
//! Every client hears its tenant's changes under the names that `/ws` uses, and what happens in the rooms that it joins
//! under the names that the WhatsApp guide uses. Like there, a socket is a place in the tenant's changes: a client that
//! comes back with its last number (`auth: { since }`) gets what it missed. The library frames, polls, upgrades and
//! answers; who may listen to what is decided here, and asked again while the socket lives.

use std::{fmt, sync::Arc, time::Duration};

use axum::{Router, http::header, middleware::from_fn_with_state};
use serde::Deserialize;
use serde_json::{Value, json};
use socketioxide::{
    SendError, SocketError, SocketIo,
    extract::{AckSender, SocketRef, TryData},
    handler::ConnectHandler,
};
use switchboard_app::live::{Heard, Listener, LiveChange};
use switchboard_store::StoreError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    Credentials,
    credentials::secret,
    crm_users::CrmUsers,
    frames,
    rooms::{RoomKind, Rooms},
};
use crate::{
    extract::{KEY_HEADER, TenantAuth},
    middleware::limit_address,
    problem::{Problem, chain},
    state::Web,
};

/// What clients of the guide connect to.
const PATH: &str = "/socket.io";
/// Bytes of a client's message, and of a polled request. They are commands of a few words.
const MAX_MESSAGE: usize = 16 * 1024;
/// Messages that may wait for a client; more are held back in the table.
const WAITING: usize = 256;
/// How soon a client that does not say who it is is cut off.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// As Socket.IO's own server has them, and its clients expect.
const PING_EVERY: Duration = Duration::from_secs(25);
const PING_PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait before a message is offered again to a client whose queue is full.
const OFFER_AGAIN: Duration = Duration::from_millis(10);

/// What a client says of itself when it connects: `io(url, { auth: { token } })`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Handshake {
    /// An access token, or an app's key.
    token: Option<String>,
    #[serde(alias = "apiKey")]
    api_key: Option<String>,
    /// The last number that the client knows.
    since: Option<i64>,
}

/// A client that may listen, from its handshake to its handlers.
#[derive(Clone)]
struct Admitted {
    auth: TenantAuth,
    /// The credentials, to ask again with.
    credentials: Arc<Credentials>,
    since: Option<i64>,
}

/// What `CONNECT_ERROR` says.
#[derive(Debug)]
struct Refusal(Problem);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

/// What answers under `/socket.io/`.
pub fn routes(web: &Web) -> Router<Web> {
    let (service, io) = SocketIo::builder()
        .req_path(PATH)
        .connect_timeout(CONNECT_TIME)
        .ping_interval(PING_EVERY)
        .ping_timeout(PING_PATIENCE)
        .max_buffer_size(WAITING)
        .max_payload(MAX_MESSAGE as u64)
        .ws_read_buffer_size(2 * 1024)
        .ws_max_message_size(MAX_MESSAGE)
        .ws_max_frame_size(MAX_MESSAGE)
        .build_svc();
    let (door, inside) = (web.clone(), web.clone());
    let admit = move |socket: SocketRef, TryData(given): TryData<Option<Handshake>>| {
        let web = door.clone();
        async move { admit(&web, &socket, given.ok().flatten().unwrap_or_default()).await.map_err(Refusal) }
    };
    let serve = move |socket: SocketRef| {
        let web = inside.clone();
        async move { serve(web, socket).await }
    };
    io.ns("/", serve.with(admit));
    Router::new()
        .route_service(PATH, service.clone())
        .route_service(&format!("{PATH}/"), service)
        .layer(from_fn_with_state(web.clone(), limit_address))
}

/// Finds out who a client is: by what it says in its handshake, else by the headers that it came with.
async fn admit(web: &Web, socket: &SocketRef, given: Handshake) -> Result<(), Problem> {
    let mut headers = socket.req_parts().headers.clone();
    if let Some(token) = &given.token {
        headers.insert(header::AUTHORIZATION, secret(&format!("Bearer {token}"))?);
    }
    if let Some(key) = &given.api_key {
        headers.insert(KEY_HEADER, secret(key)?);
    }
    let credentials = Arc::new(Credentials::of(headers));
    let auth = credentials.admit(web).await?;
    socket.extensions.insert(Admitted { auth, credentials, since: given.since });
    Ok(())
}

async fn serve(web: Web, socket: SocketRef) {
    let Some(admitted) = socket.extensions.get::<Admitted>() else {
        let _ = socket.disconnect();
        return;
    };
    let listener = match web.live.listen(admitted.auth.scope).await {
        Ok(listener) => listener,
        Err(error) => {
            away(&error);
            let _ = socket.disconnect();
            return;
        }
    };
    let rooms = Arc::new(Rooms::default());
    let gone = CancellationToken::new();
    let left = gone.clone();
    socket.on_disconnect(async move || left.cancel());
    let kinds = [("conversation", RoomKind::Conversation), ("call", RoomKind::Call)];
    for (word, kind) in kinds {
        let (web, auth, entered) = (web.clone(), admitted.auth.clone(), Arc::clone(&rooms));
        let join = move |socket: SocketRef, TryData(id): TryData<String>, ack: AckSender| async move {
            if !entered.may_ask() {
                let _ = socket.disconnect();
                return;
            }
            let joined = entered.join(&web, &auth, kind, &id.unwrap_or_default()).await;
            // Clients of the guide ask for no answer.
            let _ = ack.send(&match joined {
                Ok(()) => json!({ "ok": true }),
                Err(problem) => json!({ "ok": false, "error": problem.detail }),
            });
        };
        socket.on(format!("join:{word}"), join);
        let entered = Arc::clone(&rooms);
        socket.on(format!("leave:{word}"), move |TryData(id): TryData<String>| async move {
            entered.leave(kind, &id.unwrap_or_default());
        });
    }
    let client = Client { web, admitted, socket, listener, rooms, crm_users: CrmUsers::default() };
    tokio::spawn(client.tell_all(gone));
}

/// Why a socket is told nothing more.
enum End {
    /// The client went, or takes nothing.
    Gone,
    /// We send it away.
    Dismissed,
}

struct Client {
    web: Web,
    admitted: Admitted,
    socket: SocketRef,
    listener: Listener,
    rooms: Arc<Rooms>,
    crm_users: CrmUsers,
}

impl Client {
    async fn tell_all(mut self, gone: CancellationToken) {
        metrics::gauge!("switchboard_socketio_sockets").increment(1.0);
        let end = tokio::select! {
            end = self.talk() => end,
            () = gone.cancelled() => Err(End::Gone),
        };
        if let Err(End::Dismissed) = end {
            // One whose queue is full cannot be told; it does not answer pings either, and those end it.
            let _ = self.socket.disconnect();
        }
        metrics::gauge!("switchboard_socketio_sockets").decrement(1.0);
    }

    async fn talk(&mut self) -> Result<(), End> {
        self.emit("hello", &json!({ "seq": self.listener.at(), "complete_up_to": self.listener.at() })).await?;
        if let Some(since) = self.admitted.since {
            self.resume(since).await?;
        }
        let ask_again = self.web.options.sockets.ask_again;
        let mut ask = interval_at(Instant::now() + ask_again, ask_again);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = self.listener.next() => match heard {
                    Ok(Heard::Change(item)) => self.tell(&item).await?,
                    Ok(Heard::CompleteUpTo(seq)) => {
                        self.emit("complete_up_to", &json!({ "seq": seq, "complete_up_to": seq })).await?;
                    }
                    Ok(Heard::Closed | Heard::Refused) => return Err(End::Dismissed),
                    Err(error) => return Err(away(&error)),
                },
                _ = ask.tick() => self.ask_again().await?,
            }
        }
    }

    async fn tell(&mut self, item: &LiveChange) -> Result<(), End> {
        if let Some(frame) = frames::frame(item) {
            let user = frame.user_id.clone();
            let found = self.crm_users.find(&self.web, &self.admitted.auth, user).await;
            let body = Value::Object(frame.into_body(found.map_err(|error| away(&error))?));
            let event = body["event"].as_str().unwrap_or_default().to_owned();
            self.emit(&event, &body).await?;
        }
        match frames::room_frame(item) {
            Some((room, event, body)) if self.rooms.is_in(room) => self.emit(event, &body).await,
            _ => Ok(()),
        }
    }

    async fn resume(&mut self, since: i64) -> Result<(), End> {
        match self.listener.resume(since).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reset)) => {
                self.listener.go_to(reset.last);
                self.emit("reset", &json!({ "seq": reset.last })).await
            }
            Err(error) => Err(away(&error)),
        }
    }

    /// Whoever may not listen any more is sent away.
    async fn ask_again(&mut self) -> Result<(), End> {
        self.crm_users.forget();
        self.rooms.forget_asking();
        let Admitted { credentials, auth, .. } = &self.admitted;
        if credentials.still_admit(&self.web, auth.scope).await { Ok(()) } else { Err(End::Dismissed) }
    }

    /// Sends, waiting for a client that is behind for as long as one on `/ws` may take.
    async fn emit(&self, event: &str, body: &Value) -> Result<(), End> {
        let given_up = Instant::now() + self.web.options.sockets.send;
        loop {
            match self.socket.emit(event, body) {
                Ok(()) => return Ok(()),
                Err(SendError::Socket(SocketError::InternalChannelFull)) if Instant::now() < given_up => {
                    sleep(OFFER_AGAIN).await;
                }
                Err(SendError::Socket(SocketError::InternalChannelFull)) => return Err(End::Dismissed),
                Err(_) => return Err(End::Gone),
            }
        }
    }
}

fn away(error: &StoreError) -> End {
    tracing::warn!(error = %chain(error), "a live socket ends because the database does not answer");
    End::Dismissed
}

//! How tests, `switchboard simulate` and the dashboard drive the stand-in: a handle in the process, and the same over
//! HTTP under `/_sandbox/dialpad`. These routes are ours; Dialpad has none of them.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Dialpad,
    courier::DeliveryRecord,
    event::Event,
    faults::Fault,
    history::{History, Lived, PlayHistory},
    play::{Performance, PlayCall, PlayMessage, Played, Trouble, default_key},
};

/// Why something cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    #[error("this API key has no company here; use one that begins with `{prefix}`")]
    UnknownKey { prefix: String },
    #[error("{number} belongs to nobody in this company; see /_sandbox/dialpad/state for its numbers")]
    NotOurNumber { number: String },
    #[error("no user has this id; see /_sandbox/dialpad/state")]
    UnknownUser,
    #[error("at most {most_copies} copies and {most_duplicates} duplicates at once")]
    TooMuch { most_copies: u32, most_duplicates: u32 },
    #[error("at most {most_calls} calls in at most {most_days} days, and at least one")]
    TooLong { most_calls: u32, most_days: u32 },
    #[error("a past of this company is coming in already; wait until it is there")]
    Busy,
    #[error("`{0}` is no time zone; write it like Europe/Madrid")]
    UnknownTimeZone(String),
    #[error("`pace_ms` and `delay_ms` are at most {most_ms}")]
    TooSlow { most_ms: u64 },
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({"error": self.to_string()}))).into_response()
    }
}

/// A change of an agent's duty.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentStatus {
    #[serde(default = "default_key")]
    pub key: String,
    /// The first user when absent.
    #[serde(default)]
    pub user_id: Option<i64>,
    pub status: DutyStatus,
    #[serde(default)]
    pub reason: Option<String>,
}

/// Dialpad's words for what an agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DutyStatus {
    Available,
    Busy,
    Occupied,
    OccupiedEnd,
    Unavailable,
    Wrapup,
    WrapupEnd,
}

impl DutyStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Busy => "busy",
            Self::Occupied => "occupied",
            Self::OccupiedEnd => "occupied-end",
            Self::Unavailable => "unavailable",
            Self::Wrapup => "wrapup",
            Self::WrapupEnd => "wrapup-end",
        }
    }
}

/// A handle on the running stand-in; clones share it.
#[derive(Clone, Debug)]
pub struct DialpadControl {
    dialpad: Arc<Dialpad>,
}

impl DialpadControl {
    pub(crate) fn new(dialpad: Arc<Dialpad>) -> Self {
        Self { dialpad }
    }

    /// Plays a call and returns when all its deliveries, retries included, are settled.
    ///
    /// # Errors
    /// A key or number that the sandbox does not know, or bounds exceeded.
    pub async fn play(&self, call: &PlayCall) -> Result<Played, ControlError> {
        Ok(Performance::of_call(&self.dialpad, call)?.run().await)
    }

    /// Plays a text message, likewise.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub async fn send_message(&self, message: &PlayMessage) -> Result<Played, ControlError> {
        Ok(Performance::of_message(&self.dialpad, message)?.run().await)
    }

    /// Begins a call and returns the ids of its legs; it goes on by itself.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn begin(&self, call: &PlayCall) -> Result<Vec<i64>, ControlError> {
        Performance::of_call(&self.dialpad, call).map(Self::going)
    }

    /// Begins a text message, likewise.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn begin_message(&self, message: &PlayMessage) -> Result<Vec<i64>, ControlError> {
        Performance::of_message(&self.dialpad, message).map(Self::going)
    }

    fn going(performance: Performance) -> Vec<i64> {
        let ids = performance.ids.clone();
        performance.start();
        ids
    }

    /// Lives through days of the past, and returns when all of it is delivered: how many calls and texts it were.
    ///
    /// # Errors
    /// A key that the sandbox does not know, or bounds exceeded.
    pub async fn live_through(&self, history: &PlayHistory) -> Result<Lived, ControlError> {
        Ok(History::new(&self.dialpad, history)?.run().await)
    }

    /// Begins to live through days of the past; it goes on by itself.
    ///
    /// # Errors
    /// As [`Self::live_through`].
    pub fn begin_history(&self, history: &PlayHistory) -> Result<(), ControlError> {
        let history = History::new(&self.dialpad, history)?;
        let stop = self.dialpad.stop.clone();
        tokio::spawn(async move { stop.run_until_cancelled(history.run()).await });
        Ok(())
    }

    /// Whether this key has a company here.
    pub fn accepts(&self, key: &str) -> bool {
        self.dialpad.accepts(key)
    }

    /// Changes an agent's duty and starts the deliveries about it.
    ///
    /// # Errors
    /// A key or user that the sandbox does not know.
    pub fn agent_status(&self, change: &AgentStatus) -> Result<(), ControlError> {
        let company = self.dialpad.company_of(&change.key)?;
        let user = match change.user_id {
            Some(id) => company.people.user(id).ok_or(ControlError::UnknownUser)?,
            None => &company.people.users[0],
        };
        let now = self.dialpad.config.clock.now_ms();
        let word = change.status.word();
        company.ledger().duty.insert(user.id, (word.to_owned(), change.reason.clone(), now));
        let event = Event::of_agent(user, company.people.queue.id, word, change.reason.as_deref(), now);
        drop(self.dialpad.dispatch(&company, &event, &Trouble::default()));
        Ok(())
    }

    /// Tells change-log subscriptions that something of the company was changed.
    ///
    /// # Errors
    /// A key that the sandbox does not know.
    pub fn change_log(&self, key: &str, action: &str, note: &str) -> Result<(), ControlError> {
        let company = self.dialpad.company_of(key)?;
        let people = &company.people;
        let event = Event::of_change(action, note, &people.queue, &people.users[0], self.dialpad.config.clock.now_ms());
        drop(self.dialpad.dispatch(&company, &event, &Trouble::default()));
        Ok(())
    }

    /// Makes the next matching API requests fail.
    pub fn fault(&self, fault: Fault) {
        self.dialpad.faults.add(fault);
    }

    pub fn clear_faults(&self) {
        self.dialpad.faults.clear();
    }

    /// Deliveries so far (the newest 20,000), oldest first.
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.dialpad.courier.records()
    }

    /// Waits until no delivery is under way and none waits for a retry.
    pub async fn settle(&self) {
        self.dialpad.courier.settle().await;
    }

    /// What every company has: its people and numbers, and how much of everything. No secrets, no contents.
    pub fn state(&self) -> Value {
        let companies: Vec<_> = self.dialpad.companies().values().cloned().collect();
        let described: Vec<_> = companies
            .iter()
            .map(|company| {
                let ledger = company.ledger();
                let people = &company.people;
                let webhooks = ledger.webhooks.values().map(|hook| {
                    json!({"id": hook.id, "hook_url": hook.hook_url, "signed": hook.secret.is_some()})
                });
                let subscriptions = ledger.subscriptions.values().map(|found| {
                    json!({"id": found.id, "kind": found.kind.word(), "endpoint_id": found.endpoint_id, "settings": found.settings})
                });
                json!({
                    "key": company.key,
                    "company_id": people.company_id,
                    "office": people.office.in_reply(),
                    "call_center": people.queue.in_reply(),
                    "users": people.users.iter().map(super::people::Party::in_reply).collect::<Vec<_>>(),
                    "webhooks": webhooks.collect::<Vec<_>>(),
                    "subscriptions": subscriptions.collect::<Vec<_>>(),
                    "calls": ledger.legs.len(),
                    "calls_going_on": ledger.legs.values().filter(|leg| !leg.is_over()).count(),
                    "messages": ledger.texts.len(),
                    "contacts": ledger.contacts.len(),
                })
            })
            .collect();
        json!({"companies": described, "faults": self.dialpad.faults.waiting()})
    }
}

pub(crate) fn router() -> Router<Arc<Dialpad>> {
    Router::new()
        .route("/calls", post(calls))
        .route("/messages", post(messages))
        .route("/history", post(history))
        .route("/agent-status", post(agent_status))
        .route("/change-log", post(change_log))
        .route("/faults", post(add_fault).delete(clear_faults))
        .route("/deliveries", get(deliveries))
        .route("/state", get(state))
}

type JsonBody<T> = Result<Json<T>, JsonRejection>;

/// `?wait=true` answers when everything is settled, with the deliveries; otherwise 202 at once, with the ids.
#[derive(Debug, Deserialize)]
struct Wait {
    #[serde(default)]
    wait: bool,
}

fn refused(rejection: &JsonRejection) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": rejection.body_text()}))).into_response()
}

async fn answer(performance: Result<Performance, ControlError>, wait: bool) -> Response {
    match performance {
        Err(error) => error.into_response(),
        Ok(performance) if wait => Json(performance.run().await).into_response(),
        Ok(performance) => {
            let ids = performance.ids.clone();
            performance.start();
            (StatusCode::ACCEPTED, Json(json!({"ids": ids}))).into_response()
        }
    }
}

async fn calls(State(dialpad): State<Arc<Dialpad>>, Query(wait): Query<Wait>, body: JsonBody<PlayCall>) -> Response {
    match body {
        Ok(Json(call)) => answer(Performance::of_call(&dialpad, &call), wait.wait).await,
        Err(rejection) => refused(&rejection),
    }
}

async fn messages(
    State(dialpad): State<Arc<Dialpad>>,
    Query(wait): Query<Wait>,
    body: JsonBody<PlayMessage>,
) -> Response {
    match body {
        Ok(Json(message)) => answer(Performance::of_message(&dialpad, &message), wait.wait).await,
        Err(rejection) => refused(&rejection),
    }
}

/// Answers when all of it is delivered.
async fn history(State(dialpad): State<Arc<Dialpad>>, body: JsonBody<PlayHistory>) -> Response {
    match body {
        Ok(Json(asked)) => match DialpadControl::new(dialpad).live_through(&asked).await {
            Ok(lived) => Json(lived).into_response(),
            Err(error) => error.into_response(),
        },
        Err(rejection) => refused(&rejection),
    }
}

async fn agent_status(State(dialpad): State<Arc<Dialpad>>, body: JsonBody<AgentStatus>) -> Response {
    match body.map(|Json(change)| DialpadControl::new(dialpad).agent_status(&change)) {
        Ok(Ok(())) => StatusCode::ACCEPTED.into_response(),
        Ok(Err(error)) => error.into_response(),
        Err(rejection) => refused(&rejection),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeLog {
    #[serde(default = "default_key")]
    key: String,
    action: String,
    #[serde(default)]
    note: String,
}

async fn change_log(State(dialpad): State<Arc<Dialpad>>, body: JsonBody<ChangeLog>) -> Response {
    match body.map(|Json(made)| DialpadControl::new(dialpad).change_log(&made.key, &made.action, &made.note)) {
        Ok(Ok(())) => StatusCode::ACCEPTED.into_response(),
        Ok(Err(error)) => error.into_response(),
        Err(rejection) => refused(&rejection),
    }
}

async fn add_fault(State(dialpad): State<Arc<Dialpad>>, body: JsonBody<Fault>) -> Response {
    match body {
        Ok(Json(fault)) => {
            dialpad.faults.add(fault);
            Json(json!({"faults": dialpad.faults.waiting()})).into_response()
        }
        Err(rejection) => refused(&rejection),
    }
}

async fn clear_faults(State(dialpad): State<Arc<Dialpad>>) -> StatusCode {
    dialpad.faults.clear();
    StatusCode::NO_CONTENT
}

/// The newest records, at most this many at once.
const MAX_SHOWN: usize = 1_000;

async fn deliveries(State(dialpad): State<Arc<Dialpad>>) -> Json<Value> {
    let records = dialpad.courier.records();
    let shown = &records[records.len().saturating_sub(MAX_SHOWN)..];
    Json(json!({"total": records.len(), "deliveries": shown}))
}

async fn state(State(dialpad): State<Arc<Dialpad>>) -> Json<Value> {
    Json(DialpadControl::new(dialpad).state())
}

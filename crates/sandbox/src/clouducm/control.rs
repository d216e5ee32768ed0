//! How tests, `switchboard simulate` and the dashboard drive the telephone system: a handle in the process, and the same over
//! HTTP under `/_sandbox/clouducm`. These routes are ours; no device has them.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Query, State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    CloudUcm,
    courier::{self, Reported, Reporting},
    device::{Call, Device, PathForm},
    faults::UcmFault,
    history::{self, UcmHistory},
    scenario::{self, PlayUcm, UcmScenario, default_user},
};

const MOST_COUNT: u32 = 10_000;
const MOST_DUPLICATES: u32 = 10;
const MOST_MS: u64 = 60_000;

/// Why something cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UcmError {
    #[error("no API user of this name has a telephone system here; use one that begins with `{prefix}`")]
    UnknownUser { prefix: String },
    #[error("`{0}` is no number; write it like 13125550142")]
    NotANumber(String),
    #[error("at most {most_count} calls and {most_duplicates} duplicates at once")]
    TooMuch { most_count: u32, most_duplicates: u32 },
    #[error("at most {most_calls} calls in at most {most_days} days, and at least one")]
    TooLong { most_calls: u32, most_days: u32 },
    #[error("`pace_ms` is at most {most_ms}")]
    TooSlow { most_ms: u64 },
    #[error("a past of this telephone system is coming in already; wait until it is there")]
    Busy,
    #[error("`{0}` is no time zone; write it like Europe/Madrid")]
    UnknownTimeZone(String),
}

impl IntoResponse for UcmError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

/// What was played.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UcmPlayed {
    /// Of the calls.
    pub sessions: Vec<String>,
    /// Numbers of their legs.
    pub accounts: Vec<u64>,
    pub legs: usize,
    /// How reporting stands since the beginning.
    pub reported: Reported,
}

/// A handle on the running stand-in; clones share it.
#[derive(Clone, Debug)]
pub struct UcmControl {
    ucm: Arc<CloudUcm>,
}

impl UcmControl {
    pub(crate) fn new(ucm: Arc<CloudUcm>) -> Self {
        Self { ucm }
    }

    /// The port of the HTTPS API on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.ucm.address.port()
    }

    /// SHA-256 of the device's certificate, in hex: what is pinned.
    pub fn certificate(&self) -> &str {
        &self.ucm.certificate
    }

    /// The password of every API user.
    pub fn password(&self) -> &str {
        &self.ucm.config.clouducm.password
    }

    pub fn accepts(&self, user: &str) -> bool {
        self.ucm.accepts(user)
    }

    /// Tells the device where to report calls to, or to nobody.
    ///
    /// # Errors
    /// A user whom the sandbox does not know; the same for all that take one.
    pub fn report_to(&self, user: &str, to: Option<Reporting>) -> Result<(), UcmError> {
        self.ucm.device_of(user)?.queue.report_to(to);
        Ok(())
    }

    /// Sets the clock on the device's wall.
    ///
    /// # Errors
    /// A time zone that does not exist.
    pub fn set_zone(&self, user: &str, zone: &str) -> Result<(), UcmError> {
        let found = TimeZone::get(zone).map_err(|_| UcmError::UnknownTimeZone(zone.chars().take(60).collect()))?;
        self.ucm.device_of(user)?.set_zone(found);
        Ok(())
    }

    /// Writes calls down and begins to report them. Returns their sessions and the numbers of their legs.
    ///
    /// # Errors
    /// Bounds exceeded.
    pub fn begin(&self, asked: &PlayUcm) -> Result<UcmPlayed, UcmError> {
        let device = checked(&self.ucm, asked)?;
        let now = self.ucm.now_ms();
        let calls: Vec<Call> = (0..asked.count).map(|_| scenario::play(&device, asked, now)).collect();
        let played = UcmPlayed {
            sessions: calls.iter().map(|call| call.session.clone()).collect(),
            accounts: calls.iter().flat_map(|call| call.legs.iter().map(|leg| leg.account)).collect(),
            legs: calls.iter().map(|call| call.legs.len()).sum(),
            reported: device.queue.reported(),
        };
        if !asked.unreported {
            let (zone, serial) = (device.zone(), device.serial.clone());
            let legs = calls.iter().flat_map(|call| &call.legs).map(|leg| leg.pushed(&zone, &serial));
            let mut bodies: Vec<String> =
                legs.flat_map(|body| std::iter::repeat_n(body, asked.duplicates as usize + 1)).collect();
            if asked.shuffle {
                device.dice.shuffle(&mut bodies);
            }
            send(device, bodies, asked.pace_ms, &self.ucm);
        }
        Ok(played)
    }

    /// The same, and returns when everything is reported.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn play(&self, asked: &PlayUcm) -> Result<UcmPlayed, UcmError> {
        let mut played = self.begin(asked)?;
        if asked.pace_ms > 0 && !asked.unreported {
            let records = played.legs.saturating_mul(asked.duplicates as usize + 1);
            tokio::time::sleep(
                Duration::from_millis(asked.pace_ms).saturating_mul(u32::try_from(records).unwrap_or(1)),
            )
            .await;
        }
        self.settle(&asked.user).await;
        played.reported = self.ucm.device_of(&asked.user)?.queue.reported();
        Ok(played)
    }

    /// Days of calls. Returns how many legs they have; reporting them goes on by itself.
    ///
    /// # Errors
    /// Bounds exceeded, or one that is under way.
    pub fn live_through(&self, asked: &UcmHistory) -> Result<usize, UcmError> {
        let device = self.ucm.device_of(&asked.user)?;
        let (zone, serial) = (device.zone(), device.serial.clone());
        let is_reported = !asked.unreported && device.queue.is_reporting();
        let mut legs = 0;
        history::live(&device, asked, self.ucm.now_ms(), |play, ended| {
            let call = scenario::play(&device, play, ended);
            legs += call.legs.len();
            for leg in call.legs.iter().filter(|_| is_reported) {
                courier::report(&device, leg.pushed(&zone, &serial));
            }
        })?;
        Ok(legs)
    }

    /// Waits until everything is reported.
    pub async fn settle(&self, user: &str) {
        if let Ok(device) = self.ucm.device_of(user) {
            // Fails only when the sender is gone, and the device holds it.
            let _ = device.busy.subscribe().wait_for(|waiting| *waiting == 0).await;
        }
    }

    /// Cuts or mends the device's line to the receiver: meanwhile its records wait.
    ///
    /// # Errors
    /// An unknown user.
    pub fn set_down(&self, user: &str, is_down: bool) -> Result<(), UcmError> {
        self.ucm.device_of(user)?.queue.set_down(is_down);
        Ok(())
    }

    /// How recordings must be named, and how long after a call they can be had.
    ///
    /// # Errors
    /// An unknown user.
    pub fn set_recordings(&self, user: &str, form: PathForm, delay: Duration) -> Result<(), UcmError> {
        let device = self.ucm.device_of(user)?;
        let mut ledger = device.ledger();
        ledger.path_form = form;
        ledger.recording_delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        Ok(())
    }

    /// Makes the next matching API requests fail.
    ///
    /// # Errors
    /// An unknown user.
    pub fn fault(&self, user: &str, fault: UcmFault) -> Result<(), UcmError> {
        self.ucm.device_of(user)?.faults.add(fault);
        Ok(())
    }

    /// Takes back what was ordered and not had, and lets a blocked address in again.
    ///
    /// # Errors
    /// An unknown user.
    pub fn clear_faults(&self, user: &str) -> Result<(), UcmError> {
        let device = self.ucm.device_of(user)?;
        device.faults.clear();
        device.ledger().unblock();
        Ok(())
    }

    /// Sign-ins that were tried with a password.
    ///
    /// # Errors
    /// An unknown user.
    pub fn logins(&self, user: &str) -> Result<u32, UcmError> {
        Ok(self.ucm.device_of(user)?.ledger().logins)
    }

    /// How reporting stands.
    ///
    /// # Errors
    /// An unknown user.
    pub fn reported(&self, user: &str) -> Result<Reported, UcmError> {
        Ok(self.ucm.device_of(user)?.queue.reported())
    }

    /// What every device has. No secrets, no contents.
    pub fn state(&self) -> Value {
        let devices: Vec<Value> = self
            .ucm
            .devices()
            .values()
            .map(|device| {
                let ledger = device.ledger();
                json!({
                    "user": device.user,
                    "serial": device.serial,
                    "calls": ledger.calls.len(),
                    "recordings": ledger.recordings.len(),
                    "signed_in": ledger.cookies.len(),
                    "is_blocked": ledger.is_blocked,
                    "is_reporting": device.queue.is_reporting(),
                    "reported": device.queue.reported(),
                })
            })
            .collect();
        let extensions: Vec<Value> =
            scenario::EXTENSIONS.iter().map(|(number, name)| json!({ "number": number, "name": name })).collect();
        json!({ "port": self.port(), "certificate_sha256": self.certificate(), "extensions": extensions, "devices": devices })
    }
}

fn checked(ucm: &CloudUcm, asked: &PlayUcm) -> Result<Arc<Device>, UcmError> {
    if !(1..=MOST_COUNT).contains(&asked.count) || asked.duplicates > MOST_DUPLICATES {
        return Err(UcmError::TooMuch { most_count: MOST_COUNT, most_duplicates: MOST_DUPLICATES });
    }
    if asked.pace_ms > MOST_MS {
        return Err(UcmError::TooSlow { most_ms: MOST_MS });
    }
    if let Some(from) = &asked.from {
        let digits = from.trim_start_matches('+');
        if !(3..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(UcmError::NotANumber(from.chars().take(40).collect()));
        }
    }
    ucm.device_of(&asked.user)
}

/// Reports the records, each a moment after the one before.
fn send(device: Arc<Device>, bodies: Vec<String>, pace_ms: u64, ucm: &CloudUcm) {
    if pace_ms == 0 {
        for body in bodies {
            courier::report(&device, body);
        }
        return;
    }
    let stop = ucm.stop.clone();
    tokio::spawn(async move {
        let paced = async {
            for body in bodies {
                tokio::time::sleep(Duration::from_millis(pace_ms)).await;
                courier::report(&device, body);
            }
        };
        stop.run_until_cancelled(paced).await
    });
}

pub(crate) fn router(ucm: Arc<CloudUcm>) -> Router {
    Router::new()
        .route("/calls", post(calls))
        .route("/history", post(past))
        .route("/reporting", post(reporting))
        .route("/faults", post(add_fault).delete(clear_faults))
        .route("/state", get(state))
        .with_state(UcmControl::new(ucm))
}

type JsonBody<T> = Result<Json<T>, JsonRejection>;

fn refused(rejection: &JsonRejection) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": rejection.body_text() }))).into_response()
}

/// `?wait=true` answers when everything is reported; otherwise 202 at once.
#[derive(Debug, Deserialize)]
struct Wait {
    #[serde(default)]
    wait: bool,
}

#[derive(Debug, Deserialize)]
struct User {
    #[serde(default = "default_user")]
    user: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportTo {
    #[serde(default = "default_user")]
    user: String,
    #[serde(default)]
    to: Option<Reporting>,
    /// Cuts or mends the line.
    #[serde(default)]
    is_down: Option<bool>,
}

async fn calls(State(control): State<UcmControl>, Query(wait): Query<Wait>, body: JsonBody<PlayUcm>) -> Response {
    let asked = match body {
        Ok(Json(asked)) => asked,
        Err(rejection) => return refused(&rejection),
    };
    let played = if wait.wait { control.play(&asked).await } else { control.begin(&asked) };
    match played {
        Ok(played) if wait.wait => Json(played).into_response(),
        Ok(played) => (StatusCode::ACCEPTED, Json(played)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn past(State(control): State<UcmControl>, body: JsonBody<UcmHistory>) -> Response {
    let asked = match body {
        Ok(Json(asked)) => asked,
        Err(rejection) => return refused(&rejection),
    };
    match control.live_through(&asked) {
        Ok(legs) => Json(json!({ "calls": asked.calls, "legs": legs })).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn reporting(State(control): State<UcmControl>, body: JsonBody<ReportTo>) -> Response {
    let asked = match body {
        Ok(Json(asked)) => asked,
        Err(rejection) => return refused(&rejection),
    };
    let done = match asked.is_down {
        Some(is_down) => control.set_down(&asked.user, is_down),
        None => control.report_to(&asked.user, asked.to),
    };
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn add_fault(
    State(control): State<UcmControl>,
    Query(User { user }): Query<User>,
    body: JsonBody<UcmFault>,
) -> Response {
    match body.map(|Json(fault)| control.fault(&user, fault)) {
        Ok(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        Ok(Err(error)) => error.into_response(),
        Err(rejection) => refused(&rejection),
    }
}

async fn clear_faults(State(control): State<UcmControl>, Query(User { user }): Query<User>) -> Response {
    match control.clear_faults(&user) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn state(State(control): State<UcmControl>) -> Json<Value> {
    Json(control.state())
}

/// The words of the scenarios, for whoever offers them.
impl UcmScenario {
    pub const ALL: [Self; 12] = [
        Self::Answered,
        Self::Recorded,
        Self::Missed,
        Self::Voicemail,
        Self::Outbound,
        Self::Busy,
        Self::Congestion,
        Self::Internal,
        Self::Transfer,
        Self::Queue,
        Self::QueueAbandoned,
        Self::RingGroup,
    ];
}

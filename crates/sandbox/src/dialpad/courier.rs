//! Carries events to webhooks the way Dialpad does: signs, posts, waits five seconds, retries as documented, and keeps a log.
//!
//! A retry does not hold up what follows: only the first attempt of an event is waited for before the next one goes out,
//! which is why late retries arrive after later events, as they do from Dialpad.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::header::CONTENT_TYPE;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::event::Kind;
use crate::{clock::WallClock, config::DialpadConfig};

/// Records kept; the oldest go first.
const MAX_LOG: usize = 20_000;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Attempts are still to come.
    Pending,
    /// Answered 2xx.
    Delivered,
    /// Answered 3xx or 4xx, which Dialpad does not retry.
    Refused,
    /// Every documented retry was used up.
    Exhausted,
    /// The sandbox was stopped first.
    Cancelled,
}

/// One POST.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// Unix ms at which it began.
    pub at_ms: i64,
    /// The receiver's status; `None` when it could not be reached or took too long.
    pub status: Option<u16>,
    /// `timeout` or `unreachable`.
    pub error: Option<&'static str>,
}

/// One event on its way to one webhook. Neither contents nor secrets are kept.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryRecord {
    pub id: u64,
    /// The API key whose company this belongs to.
    pub company: String,
    pub webhook_id: i64,
    pub subscription_id: i64,
    pub hook_url: String,
    /// call, sms, agent_status, contact or changelog.
    pub kind: &'static str,
    /// Call state, message status, duty status or action.
    pub label: String,
    /// Call id, message id, user id or contact id.
    pub subject: i64,
    pub event_timestamp: i64,
    /// 0 for the original, 1.. for duplicates sent on demand.
    pub copy: u32,
    pub signed: bool,
    pub attempts: Vec<Attempt>,
    pub outcome: Outcome,
}

/// What is to be posted where.
#[derive(Clone, Debug)]
pub(crate) struct Shipment {
    pub(crate) record: DeliveryRecord,
    pub(crate) kind: Kind,
    pub(crate) secret: Option<String>,
    pub(crate) body: Map<String, Value>,
}

#[derive(Debug)]
pub(crate) struct Courier {
    client: reqwest::Client,
    clock: WallClock,
    time_scale: f64,
    stop: CancellationToken,
    log: Mutex<Log>,
    /// Deliveries under way.
    busy: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Log {
    next: u64,
    records: VecDeque<DeliveryRecord>,
}

/// A delivery that was started.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) id: u64,
    /// Fires when the first attempt has ended (or closes when there was none).
    pub(crate) first: oneshot::Receiver<()>,
    /// Fires when no attempt is to come any more.
    pub(crate) settled: oneshot::Receiver<()>,
}

/// A body ready for the wire.
struct Parcel {
    content_type: &'static str,
    body: String,
}

impl Courier {
    pub(crate) fn new(
        config: &DialpadConfig,
        clock: WallClock,
        stop: CancellationToken,
    ) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(config.delivery_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let time_scale = config.delivery_time_scale.clamp(0.0, 1000.0);
        let (busy, _) = watch::channel(0);
        Ok(Self { client, clock, time_scale, stop, log: Mutex::default(), busy })
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log, oldest first.
    pub(crate) fn records(&self) -> Vec<DeliveryRecord> {
        self.log().records.iter().cloned().collect()
    }

    pub(crate) fn records_of(&self, ids: &[u64]) -> Vec<DeliveryRecord> {
        self.log().records.iter().filter(|record| ids.contains(&record.id)).cloned().collect()
    }

    /// Waits until no delivery is under way.
    pub(crate) async fn settle(&self) {
        // Fails only when the sender is gone, and `self` holds it.
        let _ = self.busy.subscribe().wait_for(|busy| *busy == 0).await;
    }

    /// Starts a delivery.
    pub(crate) fn send(self: &Arc<Self>, mut shipment: Shipment) -> Sent {
        let (first_done, first) = oneshot::channel();
        let (all_done, settled) = oneshot::channel();
        let id = {
            let mut log = self.log();
            log.next += 1;
            shipment.record.id = log.next;
            log.records.push_back(shipment.record.clone());
            if log.records.len() > MAX_LOG {
                log.records.pop_front();
            }
            log.next
        };
        self.busy.send_modify(|busy| *busy += 1);
        let courier = Arc::clone(self);
        tokio::spawn(async move {
            let outcome = courier.carry(&shipment, first_done).await;
            courier.update(shipment.record.id, |record| record.outcome = outcome);
            courier.busy.send_modify(|busy| *busy -= 1);
            // Nobody waits for the end of a delivery that a REST call caused.
            let _ = all_done.send(());
        });
        Sent { id, first, settled }
    }

    fn update(&self, id: u64, change: impl FnOnce(&mut DeliveryRecord)) {
        if let Some(record) = self.log().records.iter_mut().rev().find(|record| record.id == id) {
            change(record);
        }
    }

    async fn carry(&self, shipment: &Shipment, first_done: oneshot::Sender<()>) -> Outcome {
        let Some(parcel) = pack(shipment) else { return Outcome::Cancelled };
        let (mut refusals, mut silences) = (0, 0);
        let mut first_done = Some(first_done);
        loop {
            let attempt = tokio::select! {
                () = self.stop.cancelled() => return Outcome::Cancelled,
                attempt = self.post(&shipment.record.hook_url, &parcel) => attempt,
            };
            let status = attempt.status;
            self.update(shipment.record.id, |record| record.attempts.push(attempt));
            // The player may have stopped listening (a burst does not wait); that is fine.
            first_done.take().map(|signal| signal.send(()));
            let delay = match status {
                Some(200..=299) => return Outcome::Delivered,
                Some(500..) => next(retries_after_refusal(shipment.kind), &mut refusals),
                Some(_) => return Outcome::Refused,
                None => next(&RETRIES_AFTER_SILENCE, &mut silences),
            };
            let Some(delay) = delay else { return Outcome::Exhausted };
            tokio::select! {
                () = self.stop.cancelled() => return Outcome::Cancelled,
                () = tokio::time::sleep(Duration::from_millis(delay).mul_f64(self.time_scale)) => {}
            }
        }
    }

    async fn post(&self, url: &str, parcel: &Parcel) -> Attempt {
        let at_ms = self.clock.now_ms();
        let request = self.client.post(url).header(CONTENT_TYPE, parcel.content_type).body(parcel.body.clone());
        match request.send().await {
            Ok(response) => Attempt { at_ms, status: Some(response.status().as_u16()), error: None },
            Err(error) => {
                let word = if error.is_timeout() { "timeout" } else { "unreachable" };
                tracing::debug!(webhook.url = url, reason = word, "the sandbox could not deliver an event");
                Attempt { at_ms, status: None, error: Some(word) }
            }
        }
    }
}

/// Delays in ms after a time-out or a refused connection. Dialpad documents "up to 2 quick" ones without figures; these
/// are ours.
const RETRIES_AFTER_SILENCE: [u64; 2] = [200, 400];

/// Documented delays in ms after a 5xx.
fn retries_after_refusal(kind: Kind) -> &'static [u64] {
    const MINUTE: u64 = 60_000;
    match kind {
        Kind::Call => &[2_000, 4_000, 8_000],
        Kind::Sms => &[
            30_000,
            MINUTE,
            2 * MINUTE,
            4 * MINUTE,
            8 * MINUTE,
            16 * MINUTE,
            32 * MINUTE,
            60 * MINUTE,
            60 * MINUTE,
            60 * MINUTE,
        ],
        Kind::AgentStatus | Kind::Contact | Kind::ChangeLog => &[100, 200, 400, 800],
    }
}

fn next(delays: &[u64], used: &mut usize) -> Option<u64> {
    let delay = delays.get(*used).copied();
    *used += 1;
    delay
}

/// With a secret the whole body is a compact JWT (HS256, no `exp` or `iat`); without one it is plain JSON. Dialpad documents
/// no content type; these are the registered ones. `None` only if the body cannot be serialised.
fn pack(shipment: &Shipment) -> Option<Parcel> {
    let Some(secret) = &shipment.secret else {
        return Some(Parcel { content_type: "application/json", body: serde_json::to_string(&shipment.body).ok()? });
    };
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    let body = jsonwebtoken::encode(&header, &shipment.body, &key).ok()?;
    Some(Parcel { content_type: "application/jwt", body })
}

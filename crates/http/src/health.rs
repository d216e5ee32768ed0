//! `/health`, `/api/health` and `/metrics`.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use switchboard_app::limits::network;
use switchboard_domain::Timestamp;
use switchboard_store::{StoreError, cursor};

use crate::{
    extract::ClientAddress,
    problem::{Code, Problem},
    state::Web,
};

/// Requests that one address may make in a minute.
const PER_MINUTE: u32 = 100;
const MINUTE: Duration = Duration::from_mins(1);
/// Addresses that are counted. Past it all start again: an attacker with so many addresses is not stopped by a counter.
const ADDRESSES: usize = 10_000;
/// From when on an event that waits to be merged is worth a word.
const LAGGING: Duration = Duration::from_mins(1);

/// Counts requests per address: so many in a minute from the first one on, then none until it ends. A plain window, and
/// not the other limits' arithmetic, because the guide's check wants to see exactly this.
#[derive(Default)]
pub(crate) struct HealthLimit(Mutex<HashMap<u128, (Timestamp, u32)>>);

impl HealthLimit {
    /// How long to wait, when the minute's requests are used up.
    fn take(&self, address: IpAddr, now: Timestamp) -> Result<(), Duration> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= ADDRESSES {
            counts.retain(|_, (begun, _)| now.since(*begun) < MINUTE);
            if counts.len() >= ADDRESSES {
                counts.clear();
            }
        }
        let (begun, count) = counts.entry(network(address)).or_insert((now, 0));
        if now.since(*begun) >= MINUTE {
            (*begun, *count) = (now, 0);
        }
        if *count >= PER_MINUTE {
            return Err(MINUTE.saturating_sub(now.since(*begun)));
        }
        *count += 1;
        Ok(())
    }
}

/// What `/health` says.
#[derive(Debug, Serialize)]
struct Health<'a> {
    /// `ok` or `unavailable`.
    status: &'static str,
    timestamp: Timestamp,
    environment: &'a str,
    /// Why it is not as well as it could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// `GET /health`: whether this node can store what it is given. A lag in merging is said and does not count as illness:
/// taking the node out would make it worse.
pub async fn health(State(web): State<Web>, ClientAddress(address): ClientAddress) -> Result<Response, Problem> {
    let now = web.app.now();
    limit(&web, address, now)?;
    let environment = &web.app.settings.environment;
    let (code, status, note) = match look(&web, now).await {
        Ok(_) if web.app.intake.is_failing() => {
            let note = "deliveries cannot be stored: look at the disk's free space and at the log";
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable", Some(note.to_owned()))
        }
        Ok(note) => (StatusCode::OK, "ok", note),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", Some("the database does not answer".to_owned())),
    };
    Ok((code, Json(Health { status, timestamp: now, environment, note })).into_response())
}

fn limit(web: &Web, address: IpAddr, now: Timestamp) -> Result<(), Problem> {
    web.health_limit.take(address, now).map_err(|wait| {
        let detail = format!("the limit `health` of {PER_MINUTE} requests in 60 s is used up");
        // Rounded up: who comes back then finds the next minute begun.
        Problem::new(Code::TooManyRequests, detail)
            .retry_after(wait.as_millis().div_ceil(1_000).try_into().unwrap_or(60))
    })
}

/// What `/api/health` says.
#[derive(Debug, Serialize)]
struct ApiHealth {
    /// `ok` or `unavailable`.
    status: &'static str,
    /// `connected` or `disconnected`.
    database: &'static str,
    /// Likewise; only with `REDIS_URL`. Nothing stands still without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    redis: Option<&'static str>,
    /// Seconds since the start.
    uptime: u64,
    version: &'static str,
}

/// `GET /api/health`: what this node is connected to, in the WhatsApp guide's words.
pub async fn api_health(State(web): State<Web>, ClientAddress(address): ClientAddress) -> Result<Response, Problem> {
    let now = web.app.now();
    limit(&web, address, now)?;
    let word = |is_there| if is_there { "connected" } else { "disconnected" };
    let has_database = web.app.db.ping().await.is_ok();
    let (code, status) =
        if has_database { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "unavailable") };
    let health = ApiHealth {
        status,
        database: word(has_database),
        redis: web.app.limits.is_shared().map(word),
        uptime: now.since(web.started_at).as_secs(),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok((code, Json(health)).into_response())
}

async fn look(web: &Web, now: Timestamp) -> Result<Option<String>, StoreError> {
    web.app.db.ping().await?;
    let (oldest, waiting) = cursor::backlog(&web.app.db).await?;
    let lag = oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
    if lag > LAGGING {
        return Ok(Some(format!("{waiting} events wait to be merged, the oldest for {} s", lag.as_secs())));
    }
    let is_alone = web.app.limits.is_shared() == Some(false);
    Ok(is_alone.then(|| "Redis does not answer: this node counts rate limits for itself".to_owned()))
}

/// `GET /metrics`, in Prometheus' text format.
pub async fn metrics(State(web): State<Web>) -> Result<Response, Problem> {
    let handle = web.options.metrics.as_ref().ok_or_else(|| Problem::not_found("page"))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}

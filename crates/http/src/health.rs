//! `/health`, `/metrics` and `/`.

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

/// Counts requests per address: so many in a minute from the first one on, then none until it ends.
#[derive(Default)]
pub(crate) struct HealthLimit(Mutex<HashMap<IpAddr, (Timestamp, u32)>>);

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
        let (begun, count) = counts.entry(address).or_insert((now, 0));
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
    if let Err(wait) = web.health_limit.take(address, now) {
        let detail = format!("at most {PER_MINUTE} health checks in a minute");
        return Err(Problem::new(Code::TooManyRequests, detail).retry_after(wait.as_secs().max(1)));
    }
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

async fn look(web: &Web, now: Timestamp) -> Result<Option<String>, StoreError> {
    web.app.db.ping().await?;
    let (oldest, waiting) = cursor::backlog(&web.app.db).await?;
    let lag = oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
    Ok((lag > LAGGING).then(|| format!("{waiting} events wait to be merged, the oldest for {} s", lag.as_secs())))
}

/// `GET /metrics`, in Prometheus' text format.
pub async fn metrics(State(web): State<Web>) -> Result<Response, Problem> {
    let handle = web.options.metrics.as_ref().ok_or_else(|| Problem::not_found("page"))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}

/// `GET /`
pub async fn root() -> Json<serde_json::Value> {
    Json(serde_json::json!({
        "message": "Switchboard is running",
        "version": env!("CARGO_PKG_VERSION"),
        "docs": "/docs",
        "openapi": "/openapi.json",
        "health": "/health",
    }))
}

//! Reports each record as soon as it is written: one after another, in order, and again after an outage, of which up to 10,000
//! records are kept. What the receiver answers is not looked at but for being an answer, as far as anybody has seen.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::device::Device;
use crate::config::UcmConfig;

/// Records that wait for the receiver to come back. What is written while so many wait is lost.
const BUFFER: usize = 10_000;
/// Before a receiver that could not be reached is tried again. The documents name no time; this is ours.
const PAUSE: Duration = Duration::from_secs(5);

/// Where records are reported to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reporting {
    pub url: String,
    #[serde(default)]
    pub username: String,
    #[serde(default)]
    pub password: String,
}

/// What is to be reported.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    to: Option<Reporting>,
    waiting: VecDeque<String>,
    is_down: bool,
    sent: u64,
    accepted: u64,
    lost: u64,
    /// What the receiver answered last.
    last_status: Option<u16>,
}

/// How reporting went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    pub waiting: usize,
    pub sent: u64,
    /// Of those: answered 2xx.
    pub accepted: u64,
    pub lost: u64,
    pub last_status: Option<u16>,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn report_to(&self, to: Option<Reporting>) {
        self.state().to = to;
        self.wake.notify_one();
    }

    pub(super) fn is_reporting(&self) -> bool {
        self.state().to.is_some()
    }

    /// The line to the receiver is cut or mended.
    pub(super) fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
        self.wake.notify_one();
    }

    pub(super) fn reported(&self) -> Reported {
        let state = self.state();
        Reported {
            waiting: state.waiting.len(),
            sent: state.sent,
            accepted: state.accepted,
            lost: state.lost,
            last_status: state.last_status,
        }
    }
}

/// Puts a record into the queue, if there is anybody to report to.
pub(super) fn report(device: &Device, body: String) {
    let mut state = device.queue.state();
    if state.to.is_none() {
        return;
    }
    if state.waiting.len() >= BUFFER {
        state.lost += 1;
        return;
    }
    state.waiting.push_back(body);
    device.busy.send_replace(state.waiting.len());
    drop(state);
    device.queue.wake.notify_one();
}

/// Empties the queue for as long as the sandbox runs.
pub(super) fn run(device: &Arc<Device>, client: &reqwest::Client, config: &UcmConfig, stop: &CancellationToken) {
    let (device, client, stop) = (Arc::clone(device), client.clone(), stop.clone());
    let pause = PAUSE.mul_f64(config.delivery_time_scale.clamp(0.0, 1_000.0)).max(Duration::from_millis(5));
    tokio::spawn(async move { stop.run_until_cancelled(empty(&device, &client, pause)).await });
}

async fn empty(device: &Device, client: &reqwest::Client, pause: Duration) {
    loop {
        let next = {
            let state = device.queue.state();
            let to = state.to.clone().filter(|_| !state.is_down);
            to.zip(state.waiting.front().cloned())
        };
        let Some((to, body)) = next else {
            device.queue.wake.notified().await;
            continue;
        };
        let mut request = client.post(&to.url).header(CONTENT_TYPE, "application/json").body(body);
        if !to.username.is_empty() {
            request = request.basic_auth(&to.username, Some(&to.password));
        }
        match request.send().await {
            Ok(answer) => {
                let mut state = device.queue.state();
                state.waiting.pop_front();
                state.sent += 1;
                state.accepted += u64::from(answer.status().is_success());
                state.last_status = Some(answer.status().as_u16());
                device.busy.send_replace(state.waiting.len());
            }
            Err(error) => {
                tracing::debug!(error = %error.without_url(), "the sandbox's telephone system could not report a call");
                tokio::time::sleep(pause).await;
            }
        }
    }
}

//! One telephone system: its records and recordings, who is signed in, and where it reports calls to.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{courier::Queue, faults::Faults, leg::Leg};
use crate::{config::SandboxConfig, dice::Dice};

/// Records that a device keeps; the oldest go first.
const MAX_CALLS: usize = 50_000;
/// Wrong passwords before the address is blocked.
const TRIES: i64 = 5;

/// How the name of a recording must be written for it to be found; firmware differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathForm {
    /// With the month in front, as the records name it.
    #[default]
    Month,
    /// The name alone.
    Name,
    Either,
}

/// A call: legs that share a session.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub session: String,
    pub legs: Vec<Leg>,
}

/// An audio file.
#[derive(Debug, Clone)]
pub(super) struct Recording {
    pub seconds: u32,
    /// Customer on the left, agent on the right.
    pub is_stereo: bool,
    /// Before, it is not there yet.
    pub ready_ms: i64,
}

/// What a device remembers.
#[derive(Debug)]
pub(super) struct Ledger {
    pub calls: VecDeque<Call>,
    /// By their names with the month in front.
    pub recordings: BTreeMap<String, Recording>,
    /// Signed in, and when they were last used.
    pub cookies: BTreeMap<String, i64>,
    pub challenge: Option<String>,
    pub tries_left: i64,
    pub is_blocked: bool,
    pub path_form: PathForm,
    /// How long after its call a recording can be had.
    pub recording_delay_ms: i64,
    /// Sign-ins that were tried with a password.
    pub logins: u32,
}

#[derive(Debug)]
pub(crate) struct Device {
    pub(super) user: String,
    pub(super) serial: String,
    pub(super) dice: Dice,
    pub(super) faults: Faults,
    pub(super) queue: Queue,
    pub(super) busy: watch::Sender<usize>,
    pub(super) is_telling: AtomicBool,
    zone: Mutex<TimeZone>,
    next_account: AtomicU64,
    next_channel: AtomicU64,
    ledger: Mutex<Ledger>,
}

impl Device {
    pub(super) fn new(user: &str, config: &SandboxConfig) -> Self {
        let dice = Dice::for_key(config.seed ^ config.run, user);
        let (busy, _) = watch::channel(0);
        let ledger = Ledger {
            calls: VecDeque::new(),
            recordings: BTreeMap::new(),
            cookies: BTreeMap::new(),
            challenge: None,
            tries_left: TRIES,
            is_blocked: false,
            path_form: PathForm::default(),
            recording_delay_ms: 0,
            logins: 0,
        };
        Self {
            user: user.to_owned(),
            serial: format!("EC74D7{:06X}", dice.below(1 << 24)),
            // A device that was replaced counts on somewhere else: what it says must not be taken for the old one's.
            next_account: AtomicU64::new(1 + dice.below(900) * 100_000),
            next_channel: AtomicU64::new(dice.below(1 << 20)),
            dice,
            faults: Faults::default(),
            queue: Queue::default(),
            busy,
            is_telling: AtomicBool::new(false),
            zone: Mutex::new(TimeZone::UTC),
            ledger: Mutex::new(ledger),
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock on its wall.
    pub(super) fn zone(&self) -> TimeZone {
        self.zone.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_zone(&self, zone: TimeZone) {
        *self.zone.lock().unwrap_or_else(PoisonError::into_inner) = zone;
    }

    pub(super) fn account(&self) -> u64 {
        self.next_account.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn channel(&self, of: &str) -> String {
        format!("PJSIP/{of}-{:08x}", self.number())
    }

    pub(super) fn number(&self) -> u64 {
        self.next_channel.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes a call into the records.
    pub(super) fn keep(&self, call: Call, recordings: Vec<(String, Recording)>) {
        let mut ledger = self.ledger();
        ledger.recordings.extend(recordings);
        ledger.calls.push_back(call);
        if ledger.calls.len() > MAX_CALLS {
            ledger.calls.pop_front();
        }
    }
}

impl Ledger {
    /// A wrong password. Returns how many more there may be.
    pub(super) fn refuse(&mut self) -> i64 {
        self.tries_left -= 1;
        self.is_blocked = self.tries_left <= 0;
        self.tries_left.max(0)
    }

    /// Lets the address in again.
    pub(super) fn unblock(&mut self) {
        (self.tries_left, self.is_blocked) = (TRIES, false);
    }

    /// A recording by how a client names it.
    pub(super) fn recording(&self, file: &str) -> Option<(&str, &Recording)> {
        let is_with_month = file.contains('/');
        match self.path_form {
            PathForm::Month if !is_with_month => return None,
            PathForm::Name if is_with_month => return None,
            _ => {}
        }
        let fits = |name: &str| name == file || name.rsplit('/').next() == Some(file);
        self.recordings.iter().find(|(name, _)| fits(name)).map(|(name, recording)| (name.as_str(), recording))
    }
}

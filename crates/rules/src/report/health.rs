//! What the records of a connection say of the device that wrote them.

use std::collections::HashMap;

use switchboard_domain::over_call::OverCall;

use super::{
    codec::{Reader, Writer},
    spread::Spread,
};

/// A record that came later than this after its call ended was held back somewhere, in seconds.
pub const LATE: i64 = 300;

/// A day of a connection, or several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    pub calls: i64,
    /// When the last call began, in seconds since 1970.
    pub last_at: i64,
    pub duplicates: i64,
    pub estimated: i64,
    /// Calls that began later than we were told of them, and by how much at most.
    pub ahead: i64,
    pub drift: i64,
    /// From the end of calls to when we were told.
    pub delay: Spread,
    pub late: i64,
}

impl Health {
    /// Of the calls of one connection.
    pub fn of(calls: &[&OverCall]) -> Self {
        let mut health = Self::default();
        let mut alike: HashMap<(i64, &Option<String>, &Option<String>), i64> = HashMap::new();
        for call in calls {
            health.add(call);
            *alike.entry((call.occurred_at.as_seconds(), &call.from_number, &call.to_number)).or_default() += 1;
        }
        health.duplicates = alike.values().map(|count| count - 1).sum();
        health
    }

    fn add(&mut self, call: &OverCall) {
        let (began, told) = (call.occurred_at.as_seconds(), call.created_at.as_seconds());
        self.calls += 1;
        self.last_at = self.last_at.max(began);
        self.estimated += i64::from(call.start_estimated);
        if told < began {
            self.ahead += 1;
            self.drift = self.drift.max(began - told);
        }
        if let Some(ended) = call.ended_at {
            let delay = told - ended.as_seconds();
            self.delay.add(delay);
            self.late += i64::from(delay > LATE);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.last_at = self.last_at.max(other.last_at);
        self.duplicates += other.duplicates;
        self.estimated += other.estimated;
        self.ahead += other.ahead;
        self.drift = self.drift.max(other.drift);
        self.delay.merge(&other.delay);
        self.late += other.late;
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.put(self.calls).put(self.last_at).put(self.duplicates).put(self.estimated);
        to.put(self.ahead).put(self.drift).put(self.late);
        self.delay.write(&mut to);
        to.finish()
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let mut next = || from.take();
        let (calls, last_at, duplicates, estimated) = (next()?, next()?, next()?, next()?);
        let (ahead, drift, late) = (next()?, next()?, next()?);
        let delay = Spread::read(&mut from)?;
        from.is_done().then_some(Self { calls, last_at, duplicates, estimated, ahead, drift, delay, late })
    }
}

//! What is counted of any set of calls: how many by way and outcome, how long they rang, waited and talked, and the hours in
//! which they began. Tallies of days add up to tallies of months and years, and everything that reports show of calls is
//! computed from one.

use std::collections::BTreeMap;

use switchboard_domain::{
    call::CallOutcome,
    over_call::{OverCall, Way},
};

use super::{
    answers::Outcomes,
    codec::{Reader, Writer},
    load::Load,
    settings::Settings,
    spread::Spread,
};

/// Which way, and what came of it.
pub type Kind = (Way, CallOutcome);

/// Calls of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    pub calls: i64,
    pub transferred: i64,
    /// Answered within the threshold of the service level; of those that waited at all.
    pub in_time: i64,
    /// Gave up sooner than counts.
    pub short: i64,
    pub ring: Spread,
    pub wait: Spread,
    pub talk: Spread,
}

/// Calls of one kind that began in one hour on the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HourCell {
    pub calls: i64,
    pub talk: i64,
    /// Of those of which it is known, and how many these are.
    pub wait: i64,
    pub waited: i64,
    /// To other countries.
    pub abroad: i64,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub cells: BTreeMap<Kind, Cell>,
    /// By the hour on the clock. Kept of days, not of months.
    pub hours: BTreeMap<(i8, Way, CallOutcome), HourCell>,
    pub load: Load,
    /// Calls that rang here and were not answered here: of members of queues and ring groups.
    pub rings: i64,
}

impl Cell {
    fn add(&mut self, call: &OverCall, settings: &Settings) {
        self.calls += 1;
        self.transferred += i64::from(call.is_transferred);
        if let Some(wait) = call.wait_seconds {
            self.wait.add(wait);
            self.in_time += i64::from(call.is_answered() && wait <= settings.service_level_seconds);
        }
        self.short += i64::from(call.outcome == CallOutcome::Abandoned && settings.is_short(call.wait_seconds));
        if let Some(ring) = call.ring_seconds {
            self.ring.add(ring);
        }
        if call.is_answered() {
            self.talk.add(call.talk());
        }
    }

    fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.transferred += other.transferred;
        self.in_time += other.in_time;
        self.short += other.short;
        self.ring.merge(&other.ring);
        self.wait.merge(&other.wait);
        self.talk.merge(&other.talk);
    }

    fn write(&self, to: &mut Writer) {
        to.put(self.calls).put(self.transferred).put(self.in_time).put(self.short);
        for spread in [&self.ring, &self.wait, &self.talk] {
            spread.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            calls: from.take()?,
            transferred: from.take()?,
            in_time: from.take()?,
            short: from.take()?,
            ring: Spread::read(from)?,
            wait: Spread::read(from)?,
            talk: Spread::read(from)?,
        })
    }
}

impl HourCell {
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.talk += other.talk;
        self.wait += other.wait;
        self.waited += other.waited;
        self.abroad += other.abroad;
    }
}

fn code<T: PartialEq>(all: &[T], word: &T) -> i64 {
    all.iter().position(|one| one == word).and_then(|code| i64::try_from(code).ok()).unwrap_or(0)
}

fn word<T: Copy>(all: &[T], from: &mut Reader<'_>) -> Option<T> {
    all.get(usize::try_from(from.take()?).ok()?).copied()
}

impl Tally {
    /// Counts a call that began in this hour on the clock.
    pub fn add(&mut self, call: &OverCall, hour: i8, settings: &Settings) {
        let (way, outcome) = (call.way(), call.outcome);
        self.cells.entry((way, outcome)).or_default().add(call, settings);
        let hour = self.hours.entry((hour, way, outcome)).or_default();
        hour.calls += 1;
        hour.talk += call.talk();
        if let Some(wait) = call.wait_seconds {
            hour.wait += wait.max(0);
            hour.waited += 1;
        }
        hour.abroad += i64::from(call.is_abroad(settings.home_country.as_deref()));
    }

    pub fn merge(&mut self, other: &Self) {
        for (kind, cell) in &other.cells {
            self.cells.entry(*kind).or_default().merge(cell);
        }
        for (hour, cell) in &other.hours {
            self.hours.entry(*hour).or_default().merge(cell);
        }
        self.load.merge(&other.load);
        self.rings += other.rings;
    }

    /// [`Tally::merge`] without the hours, which mean nothing of several weekdays.
    pub fn merge_days(&mut self, other: &Self) {
        for (kind, cell) in &other.cells {
            self.cells.entry(*kind).or_default().merge(cell);
        }
        self.load.merge(&other.load);
        self.rings += other.rings;
    }

    /// Only the calls of one way, of one outcome. The load is that of all calls: it cannot be taken apart.
    #[must_use]
    pub fn narrowed(mut self, way: Option<Way>, outcome: Option<CallOutcome>) -> Self {
        let fits =
            |w: Way, o: CallOutcome| way.is_none_or(|way| way == w) && outcome.is_none_or(|outcome| outcome == o);
        self.cells.retain(|(w, o), _| fits(*w, *o));
        self.hours.retain(|(_, w, o), _| fits(*w, *o));
        self
    }

    fn sum(&self, fits: impl Fn(Way, CallOutcome) -> bool, what: impl Fn(&Cell) -> i64) -> i64 {
        self.cells.iter().filter(|((way, outcome), _)| fits(*way, *outcome)).map(|(_, cell)| what(cell)).sum()
    }

    pub fn calls(&self) -> i64 {
        self.sum(|_, _| true, |cell| cell.calls)
    }

    pub fn of_way(&self, way: Way) -> i64 {
        self.sum(|w, _| w == way, |cell| cell.calls)
    }

    pub fn of(&self, way: Way, outcome: CallOutcome) -> i64 {
        self.cells.get(&(way, outcome)).map_or(0, |cell| cell.calls)
    }

    /// Inbound calls that somebody should have answered.
    pub fn offered(&self) -> i64 {
        self.sum(is_offered, |cell| cell.calls)
    }

    /// Calls with others.
    pub fn external(&self) -> i64 {
        self.calls() - self.of_way(Way::Internal)
    }

    pub fn answered(&self) -> i64 {
        self.sum(|_, outcome| outcome == CallOutcome::Answered, |cell| cell.calls)
    }

    pub fn transferred(&self) -> i64 {
        self.sum(|_, outcome| outcome == CallOutcome::Answered, |cell| cell.transferred)
    }

    pub fn talk_seconds(&self) -> i64 {
        self.sum(|_, _| true, |cell| cell.talk.seconds)
    }

    pub fn talk_of(&self, way: Way) -> i64 {
        self.sum(|w, _| w == way, |cell| cell.talk.seconds)
    }

    pub fn outcomes(&self) -> Outcomes {
        let count = |wanted: CallOutcome| self.sum(|_, outcome| outcome == wanted, |cell| cell.calls);
        Outcomes {
            answered: count(CallOutcome::Answered),
            missed: count(CallOutcome::Missed),
            abandoned: count(CallOutcome::Abandoned),
            voicemail: count(CallOutcome::Voicemail),
            no_answer: count(CallOutcome::NoAnswer),
            busy: count(CallOutcome::Busy),
            failed: count(CallOutcome::Failed),
            congestion: count(CallOutcome::Congestion),
            rejected: count(CallOutcome::Rejected),
        }
    }

    /// One spread of the kinds that fit.
    pub fn spread(&self, fits: impl Fn(Way, CallOutcome) -> bool, pick: impl Fn(&Cell) -> &Spread) -> Spread {
        let mut spread = Spread::default();
        for ((way, outcome), cell) in &self.cells {
            if fits(*way, *outcome) {
                spread.merge(pick(cell));
            }
        }
        spread
    }

    /// How long answered inbound callers waited.
    pub fn answered_wait(&self) -> Spread {
        self.spread(is_answered_inbound, |cell| &cell.wait)
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.rings == 0
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.put(self.rings);
        self.load.write(&mut to);
        to.put_len(self.cells.len());
        for ((way, outcome), cell) in &self.cells {
            to.put(code(Way::ALL, way)).put(code(CallOutcome::ALL, outcome));
            cell.write(&mut to);
        }
        to.put_len(self.hours.len());
        for ((hour, way, outcome), cell) in &self.hours {
            to.put(i64::from(*hour)).put(code(Way::ALL, way)).put(code(CallOutcome::ALL, outcome));
            to.put(cell.calls).put(cell.talk).put(cell.wait).put(cell.waited).put(cell.abroad);
        }
        to.finish()
    }

    /// `None` if these are not the bytes of a tally.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let (rings, load) = (from.take()?, Load::read(&mut from)?);
        let mut tally = Self { load, rings, ..Self::default() };
        for _ in 0..from.take_len()? {
            let kind = (word(Way::ALL, &mut from)?, word(CallOutcome::ALL, &mut from)?);
            tally.cells.insert(kind, Cell::read(&mut from)?);
        }
        for _ in 0..from.take_len()? {
            let hour = i8::try_from(from.take()?).ok()?;
            let key = (hour, word(Way::ALL, &mut from)?, word(CallOutcome::ALL, &mut from)?);
            let mut next = || from.take();
            let cell = HourCell { calls: next()?, talk: next()?, wait: next()?, waited: next()?, abroad: next()? };
            tally.hours.insert(key, cell);
        }
        from.is_done().then_some(tally)
    }
}

/// An inbound call that somebody should have answered.
pub fn is_offered(way: Way, outcome: CallOutcome) -> bool {
    way == Way::Inbound && outcome != CallOutcome::Rejected
}

pub fn is_answered_inbound(way: Way, outcome: CallOutcome) -> bool {
    way == Way::Inbound && outcome == CallOutcome::Answered
}

/// An inbound call that reached nobody.
pub fn is_lost(way: Way, outcome: CallOutcome) -> bool {
    is_offered(way, outcome) && outcome != CallOutcome::Answered
}

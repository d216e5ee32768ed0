//! Days of a workspace, and everything that is counted of one.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use switchboard_domain::{Timestamp, ids::ConnectionId, over_call::OverCall, text_enum};
use uuid::Uuid;

use super::{
    book::Book,
    health::Health,
    load::Load,
    returns::{Contact, Missed},
    settings::Settings,
    speech::{KeywordFact, Speech, SpeechFact},
    tally::Tally,
};

/// Between the parts of a key.
pub const BETWEEN: char = '\u{1f}';

text_enum! {
    /// By what calls are told apart in sums. All of them hold a [`Tally`], but where it says so.
    pub enum Slice {
        All "all",
        Connection "connection",
        Agent "agent",
        /// Also with an empty key: all calls that name a queue.
        Queue "queue",
        /// A queue and an agent.
        QueueAgent "queue_agent",
        Group "group",
        GroupAgent "group_agent",
        /// A menu, the way out of it, and where to.
        Menu "menu",
        /// Also with an empty key: all calls that name a trunk.
        Trunk "trunk",
        Did "did",
        Country "country",
        /// A [`Book`].
        Book "book",
        /// A [`Missed`].
        Missed "missed",
        /// A [`Health`], by connection.
        Health "health",
        /// A [`Speech`]: all calls, by agent, by keyword.
        Speech "speech",
        SpeechAgent "speech_agent",
        Keyword "keyword",
    }
}

/// A day by the clock of a zone.
#[derive(Debug, Clone)]
pub struct LocalDay {
    pub date: Date,
    pub starts: Timestamp,
    /// The end, not included. On days on which clocks change they are not 24 hours apart.
    pub ends: Timestamp,
    zone: TimeZone,
}

/// A zone by its name. One that the time zone database does not know (any more) is UTC.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// When a date begins in a zone.
pub fn start_of(date: Date, zone: &TimeZone) -> Timestamp {
    let begins = date.to_zoned(zone.clone()).and_then(|local| local.start_of_day());
    begins.map_or(Timestamp::EPOCH, |local| Timestamp::from_micros(local.timestamp().as_microsecond()))
}

/// The date of a moment in a zone.
pub fn date_of(at: Timestamp, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default().to_zoned(zone.clone()).date()
}

/// The next day.
pub fn next(date: Date) -> Date {
    date.checked_add(1.day()).unwrap_or(date)
}

/// So many days later, or earlier.
pub fn plus(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

/// Days since 1970.
pub fn number_of(date: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since(epoch).map_or(0, |span| i64::from(span.get_days()))
}

/// The date of so many days since 1970.
pub fn date_at(number: i64) -> Date {
    plus(jiff::civil::date(1970, 1, 1), number)
}

/// Months since the year 0.
pub fn month_of(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// The days from one to another, both included; at most so many.
pub fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |date| date.checked_add(1.day()).ok()).take_while(move |date| *date <= to)
}

/// From 1, Monday, to 7, Sunday.
pub fn weekday_of(date: Date) -> i8 {
    match date.weekday() {
        Weekday::Monday => 1,
        Weekday::Tuesday => 2,
        Weekday::Wednesday => 3,
        Weekday::Thursday => 4,
        Weekday::Friday => 5,
        Weekday::Saturday => 6,
        Weekday::Sunday => 7,
    }
}

impl LocalDay {
    pub fn of(date: Date, zone: &TimeZone) -> Self {
        Self { date, starts: start_of(date, zone), ends: start_of(next(date), zone), zone: zone.clone() }
    }

    pub fn has(&self, at: Timestamp) -> bool {
        self.starts <= at && at < self.ends
    }

    /// The hour on the clock.
    pub fn hour_of(&self, at: Timestamp) -> i8 {
        let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
        at.to_zoned(self.zone.clone()).hour()
    }

    /// When the clock first shows this hour, and when it shows the next; what spring leaves out is as long as nothing.
    pub fn hour(&self, hour: i8) -> (Timestamp, Timestamp) {
        let moment = |hour: i8| {
            if hour > 23 {
                return self.ends;
            }
            let local = self.zone.to_timestamp(self.date.at(hour, 0, 0, 0));
            let at = local.map_or(self.starts, |local| Timestamp::from_micros(local.as_microsecond()));
            at.clamp(self.starts, self.ends)
        };
        (moment(hour), moment(hour + 1))
    }
}

/// A phone of a queue or group that rang and was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    pub call_id: Uuid,
    pub agent_id: String,
    pub agent_name: Option<String>,
}

/// What a day is counted from.
#[derive(Debug, Default)]
pub struct Material {
    /// Calls that are over and began on the day, or up to four hours before: those may still have held a line.
    pub calls: Vec<OverCall>,
    /// Calls that end a waiting, to the end of the return window behind the day, in the order of their times.
    pub contacts: Vec<Contact>,
    pub rings: Vec<Ring>,
    pub speech: Vec<SpeechFact>,
    pub keywords: Vec<KeywordFact>,
}

impl Material {
    /// The part of it that one day is counted from. The calls and contacts must be in the order of their times.
    #[must_use]
    pub fn of_day(&self, day: &LocalDay, spill: std::time::Duration, return_hours: i64) -> Self {
        let window = std::time::Duration::from_secs(return_hours.unsigned_abs() * 3_600 + 1);
        let (first, behind) = (day.starts - spill, day.ends + window);
        let from = self.calls.partition_point(|call| call.occurred_at < first);
        let to = self.calls.partition_point(|call| call.occurred_at < day.ends);
        let calls = self.calls.get(from..to).unwrap_or_default().to_vec();
        if !calls.iter().any(|call| day.has(call.occurred_at)) {
            return Self { calls, ..Self::default() };
        }
        let from = self.contacts.partition_point(|contact| contact.at < day.starts);
        let to = self.contacts.partition_point(|contact| contact.at < behind);
        let contacts = self.contacts.get(from..to).unwrap_or_default().to_vec();
        // These are found by their calls.
        let ids: HashSet<Uuid> = calls.iter().map(|call| call.id.uuid()).collect();
        Self {
            contacts,
            rings: self.rings.iter().filter(|ring| ids.contains(&ring.call_id)).cloned().collect(),
            speech: self.speech.iter().filter(|fact| ids.contains(&fact.call_id)).cloned().collect(),
            keywords: self.keywords.iter().filter(|fact| ids.contains(&fact.call_id)).cloned().collect(),
            calls,
        }
    }
}

/// What a key is called, and what is counted of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labelled<T> {
    pub label: Option<String>,
    pub sums: T,
}

/// Everything that is counted of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaySums {
    pub tallies: BTreeMap<(Slice, String), Labelled<Tally>>,
    pub book: Book,
    pub missed: Missed,
    pub health: BTreeMap<ConnectionId, Health>,
    pub speech: BTreeMap<(Slice, String), Labelled<Speech>>,
}

/// Where a caller left the menu for, and what it is called.
fn exit_of(call: &OverCall) -> (&'static str, &str) {
    use super::answers::Exit;
    let to = |exit: Exit, target| (exit.as_str(), target);
    match (&call.queue, &call.ring_group) {
        (Some(queue), _) => to(Exit::Queue, queue.as_str()),
        (None, Some(group)) => to(Exit::RingGroup, group.as_str()),
        (None, None) if call.is_answered() => to(Exit::Agent, ""),
        (None, None) if call.outcome == switchboard_domain::call::CallOutcome::Voicemail => to(Exit::Voicemail, ""),
        (None, None) if call.agent_id.is_some() => to(Exit::Agent, ""),
        (None, None) => to(Exit::HungUp, ""),
    }
}

/// The keys under which a call is counted.
fn places(call: &OverCall) -> Vec<(Slice, String, Option<&String>)> {
    let mut places = vec![(Slice::All, String::new(), None), (Slice::Connection, call.connection_id.to_string(), None)];
    let mut add = |slice, key: &Option<String>| {
        if let Some(key) = key.as_ref().filter(|key| !key.is_empty()) {
            places.push((slice, key.clone(), None));
        }
    };
    add(Slice::Queue, &call.queue);
    add(Slice::Group, &call.ring_group);
    add(Slice::Trunk, &call.trunk);
    add(Slice::Did, &call.did);
    add(Slice::Country, &call.country);
    if call.queue.is_some() {
        places.push((Slice::Queue, String::new(), None));
    }
    if call.trunk.is_some() {
        places.push((Slice::Trunk, String::new(), None));
    }
    if let Some(ivr) = &call.ivr {
        let (exit, target) = exit_of(call);
        places.push((Slice::Menu, format!("{ivr}{BETWEEN}{exit}{BETWEEN}{target}"), None));
    }
    if let Some(agent) = call.agent_id.as_ref().filter(|agent| !agent.is_empty()) {
        let name = call.agent_name.as_ref();
        places.push((Slice::Agent, agent.clone(), name));
        for (slice, of) in [(Slice::QueueAgent, &call.queue), (Slice::GroupAgent, &call.ring_group)] {
            if let Some(of) = of {
                places.push((slice, format!("{of}{BETWEEN}{agent}"), name));
            }
        }
    }
    places
}

impl DaySums {
    /// Counts a day. The order of the calls does not matter.
    pub fn of(day: &LocalDay, material: &Material, settings: &Settings) -> Self {
        let mut sums = Self::default();
        let today: Vec<&OverCall> = material.calls.iter().filter(|call| day.has(call.occurred_at)).collect();
        let mut named: BTreeMap<(Slice, String), (Timestamp, String)> = BTreeMap::new();
        for call in &today {
            let hour = day.hour_of(call.occurred_at);
            for (slice, key, name) in places(call) {
                // The name that was last heard is the one that is shown.
                if let Some(name) = name {
                    let known = named.entry((slice, key.clone())).or_default();
                    if (known.0, known.1.as_str()) < (call.occurred_at, name.as_str()) {
                        *known = (call.occurred_at, name.clone());
                    }
                }
                sums.tallies.entry((slice, key)).or_default().sums.add(call, hour, settings);
            }
        }
        sums.count_rings(&today, &material.rings);
        for (key, (_, name)) in named {
            sums.tallies.entry(key).or_default().label = Some(name);
        }
        sums.measure_loads(day, &material.calls);
        sums.book = Book::of(today.iter().copied());
        sums.missed = Missed::of(today.iter().copied(), &material.contacts, settings.return_hours);
        let mut by_connection: BTreeMap<ConnectionId, Vec<&OverCall>> = BTreeMap::new();
        for call in &today {
            by_connection.entry(call.connection_id).or_default().push(call);
        }
        sums.health = by_connection.into_iter().map(|(id, calls)| (id, Health::of(&calls))).collect();
        sums.count_speech(&today, material);
        sums
    }

    /// What trunks and queues carry, each and all together: lines that are taken, and people who talk.
    fn measure_loads(&mut self, day: &LocalDay, calls: &[OverCall]) {
        let mut held: BTreeMap<(Slice, &str), Vec<(i64, i64)>> = BTreeMap::new();
        for call in calls {
            let on_trunk = call.trunk.as_deref().map(|trunk| (Slice::Trunk, trunk, call.held()));
            let in_queue = call.queue.as_deref().zip(call.talking()).map(|(queue, talk)| (Slice::Queue, queue, talk));
            for (slice, key, span) in on_trunk.into_iter().chain(in_queue) {
                held.entry((slice, "")).or_default().push(span);
                if !key.is_empty() {
                    held.entry((slice, key)).or_default().push(span);
                }
            }
        }
        for ((slice, key), spans) in held {
            let load = Load::of(spans, day.starts.as_seconds(), day.ends.as_seconds());
            if load.days > 0 {
                self.tallies.entry((slice, key.to_owned())).or_default().sums.load = load;
            }
        }
    }

    fn count_rings(&mut self, today: &[&OverCall], rings: &[Ring]) {
        let calls: HashMap<Uuid, &&OverCall> = today.iter().map(|call| (call.id.uuid(), call)).collect();
        for ring in rings {
            let Some(call) = calls.get(&ring.call_id) else { continue };
            for (slice, of) in [(Slice::QueueAgent, &call.queue), (Slice::GroupAgent, &call.ring_group)] {
                let Some(of) = of else { continue };
                let entry = self.tallies.entry((slice, format!("{of}{BETWEEN}{}", ring.agent_id))).or_default();
                entry.sums.rings += 1;
                if entry.label.is_none() {
                    entry.label.clone_from(&ring.agent_name);
                }
            }
        }
    }

    fn count_speech(&mut self, today: &[&OverCall], material: &Material) {
        let calls: HashMap<Uuid, &&OverCall> = today.iter().map(|call| (call.id.uuid(), call)).collect();
        for fact in &material.speech {
            let Some(call) = calls.get(&fact.call_id) else { continue };
            self.speech.entry((Slice::Speech, String::new())).or_default().sums.add(fact);
            if let Some(agent) = &call.agent_id {
                let entry = self.speech.entry((Slice::SpeechAgent, agent.clone())).or_default();
                entry.label.clone_from(&call.agent_name);
                entry.sums.add(fact);
            }
        }
        // One row per call and word, however many people said it.
        let mut said: BTreeMap<(Uuid, Uuid), i64> = BTreeMap::new();
        for fact in &material.keywords {
            if calls.contains_key(&fact.call_id) {
                *said.entry((fact.call_id, fact.keyword_id)).or_default() += fact.hits;
            }
        }
        let mut in_call: BTreeMap<Uuid, i64> = BTreeMap::new();
        for ((call, keyword), hits) in said {
            self.speech.entry((Slice::Keyword, keyword.to_string())).or_default().sums.add_keyword(hits);
            *in_call.entry(call).or_default() += hits;
        }
        for hits in in_call.into_values() {
            self.speech.entry((Slice::Speech, String::new())).or_default().sums.add_keyword(hits);
        }
    }
}

/// The first day of a month that [`month_of`] counted.
pub fn first_of(month: i64) -> Date {
    let (year, month) = (i16::try_from(month.div_euclid(12)), i8::try_from(month.rem_euclid(12) + 1));
    let date = year.ok().zip(month.ok()).and_then(|(year, month)| Date::new(year, month, 1).ok());
    date.unwrap_or_default()
}

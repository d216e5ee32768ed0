//! The past of a company: days of calls, voicemails and texts as a busy shop has them, for a first look at a product that
//! would be empty otherwise.
//!
//! It is told like everything else, by signed events to the company's webhooks; nothing is written anywhere else. The same
//! seed gives the same story, as far before now as it was before then.

mod calendar;
mod words;

use std::sync::{Arc, atomic::Ordering};

use futures::{StreamExt as _, stream};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::{
    calendar::Calendar,
    words::{AREAS, FIRST, LAST, TOPICS, Topic},
};
use super::{
    Dialpad,
    company::{Company, Contact, MAX_ITEMS},
    control::ControlError,
    courier::Outcome,
    leg::{Leg, Line, Recap},
    message::Text,
    people::Party,
    play::{FinalStatus, Performance, Story, default_key},
    scenario::{Effect, Plan, Step, step},
};
use crate::dice::Dice;

const MOST_CALLS: u32 = 2_000;
const MOST_DAYS: u32 = 60;
/// Stories that are told at a time.
const AT_ONCE: usize = 24;
/// People who call and are known by name; further ones are numbers.
const KNOWN: u64 = 56;
const MINUTE: i64 = 60_000;
/// A past to be lived through.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayHistory {
    #[serde(default = "default_key")]
    pub key: String,
    pub days: u32,
    pub calls: u32,
    #[serde(default)]
    pub seed: u64,
    /// Where the company's working hours are; UTC unless said.
    #[serde(default = "utc")]
    pub time_zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// What a past came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lived {
    pub calls: usize,
    pub messages: usize,
    pub deliveries: usize,
    /// Deliveries that the webhooks took.
    pub accepted: usize,
}

pub(crate) struct History {
    dialpad: Arc<Dialpad>,
    company: Arc<Company>,
    told: Lived,
    /// By their beginnings.
    stories: Vec<(i64, Story)>,
    _telling: Telling,
}

/// One past of a company at a time: each is thousands of deliveries.
struct Telling(Arc<Company>);

impl Telling {
    fn begin(company: &Arc<Company>) -> Option<Self> {
        let is_told = company.is_telling.swap(true, Ordering::AcqRel);
        (!is_told).then(|| Self(Arc::clone(company)))
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.is_telling.store(false, Ordering::Release);
    }
}

impl History {
    pub(crate) fn new(dialpad: &Arc<Dialpad>, asked: &PlayHistory) -> Result<Self, ControlError> {
        if !(1..=MOST_DAYS).contains(&asked.days) || !(1..=MOST_CALLS).contains(&asked.calls) {
            return Err(ControlError::TooLong { most_calls: MOST_CALLS, most_days: MOST_DAYS });
        }
        let zone = TimeZone::get(&asked.time_zone)
            .map_err(|_| ControlError::UnknownTimeZone(asked.time_zone.chars().take(60).collect()))?;
        let company = dialpad.company_of(&asked.key)?;
        let telling = Telling::begin(&company).ok_or(ControlError::Busy)?;
        let dice = Dice::new(asked.seed);
        let calendar = Calendar { zone, now: dialpad.config.clock.now_ms(), days: asked.days };
        let mut writer =
            Writer { company: &company, dice: &dice, calendar, told: Lived::default(), stories: Vec::new() };
        writer.introduce();
        while writer.told.calls < asked.calls as usize {
            writer.call();
        }
        for _ in 0..asked.calls / 6 {
            writer.thread();
        }
        let Writer { told, mut stories, .. } = writer;
        stories.sort_by_key(|(start, _)| *start);
        Ok(Self { dialpad: Arc::clone(dialpad), company, told, stories, _telling: telling })
    }

    /// Tells all of it and waits until it is delivered.
    pub(crate) async fn run(self) -> Lived {
        let Self { dialpad, company, mut told, stories, _telling } = self;
        let tellings =
            stories.into_iter().map(|(start, story)| Performance::of_past(&dialpad, &company, story, start).run());
        let mut played = stream::iter(tellings).buffer_unordered(AT_ONCE);
        while let Some(played) = played.next().await {
            told.deliveries += played.deliveries.len();
            told.accepted += played.deliveries.iter().filter(|one| one.outcome == Outcome::Delivered).count();
        }
        told
    }
}

/// An index, as likely as its weight.
fn weighted(dice: &Dice, weights: &[u64]) -> usize {
    let mut left = dice.below(weights.iter().sum());
    weights
        .iter()
        .position(|weight| {
            let is_it = left < *weight;
            left = left.saturating_sub(*weight);
            is_it
        })
        .unwrap_or_default()
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Makes the stories up.
struct Writer<'a> {
    company: &'a Company,
    dice: &'a Dice,
    calendar: Calendar,
    told: Lived,
    stories: Vec<(i64, Story)>,
}

impl Writer<'_> {
    /// One of so many.
    fn chance(&self, percent: u64) -> bool {
        self.dice.below(100) < percent
    }

    fn between(&self, from: i64, to: i64) -> i64 {
        from + number(self.dice.below((to - from).max(1).unsigned_abs()))
    }

    /// Enters the people who are known by name into the company's contacts.
    fn introduce(&self) {
        let mut ledger = self.company.ledger();
        for index in 0..KNOWN {
            let (first, last) = name(index);
            let phone = phone(index);
            let is_there =
                ledger.contacts.values().any(|contact| contact.fields.get("phones") == Some(&json!([phone])));
            if is_there || ledger.contacts.len() >= MAX_ITEMS {
                continue;
            }
            let fields = json!({"first_name": first, "last_name": last, "phones": [phone], "emails": []});
            let Value::Object(fields) = fields else { continue };
            let id = self.company.dice.id();
            ledger.contacts.insert(id, Contact { id, owner_id: None, uid: None, fields });
        }
    }

    /// Somebody outside: some call often, and one in four is a number without a name.
    fn caller(&self) -> Party {
        let index = if self.chance(25) {
            KNOWN + self.dice.below(300)
        } else {
            self.dice.below(KNOWN) * (self.dice.below(KNOWN) + 1) / KNOWN
        };
        self.company.outside(&phone(index))
    }

    /// Somebody of ours: some are busier than others.
    fn agent(&self) -> Party {
        self.company.people.users[weighted(self.dice, &[5, 7, 6, 4, 5, 2])].clone()
    }

    fn topic(&self) -> &'static Topic {
        &TOPICS[weighted(self.dice, &[6, 7, 3, 3, 3, 4, 3, 1])]
    }

    fn leg(&self, inbound: bool, contact: &Party, target: &Party) -> Leg {
        Leg::begin(self.company.dice.id(), inbound, 0, contact.clone(), target.clone())
    }

    fn tell(&mut self, start: i64, plan: Plan) {
        self.told.calls += 1;
        self.stories.push((start, Story::Call(plan)));
    }

    /// A call, and perhaps another one that returns it.
    fn call(&mut self) {
        let (at, is_open) = self.calendar.pick(self.dice);
        let caller = self.caller();
        if is_open && self.chance(30) {
            let plan = self.outbound(&caller);
            return self.tell(at, plan);
        }
        // Answered at a desk, answered in the queue, missed, voicemail, hung up in the greeting.
        let odds = if is_open { [38, 30, 17, 10, 5] } else { [0, 0, 30, 52, 18] };
        let outcome = weighted(self.dice, &odds);
        let plan = match outcome {
            0 => self.answered(&caller),
            1 => self.queued(&caller),
            2 => self.missed(&caller),
            3 => self.voicemail(&caller),
            _ => self.abandoned(&caller),
        };
        self.tell(at, plan);
        let later = at + if is_open { self.between(4, 140) } else { self.between(720, 900) } * MINUTE;
        if outcome >= 2 && self.chance(55) && self.calendar.is_past(later) {
            let plan = self.outbound(&caller);
            self.tell(later, plan);
        }
    }

    fn answered(&self, caller: &Party) -> Plan {
        let target = if self.chance(20) { self.company.people.office.clone() } else { self.agent() };
        let rang = 700 + self.between(2_000, 16_000);
        let steps = vec![step(0, 700, "ringing", Effect::Ring), step(0, rang, "connected", Effect::Answer)];
        let legs = vec![self.leg(true, caller, &target)];
        self.talk(Plan { legs, steps }, 0, rang)
    }

    fn outbound(&self, callee: &Party) -> Plan {
        let rang = self.between(4_000, 24_000);
        let mut steps = vec![step(0, 0, "calling", Effect::Nothing), step(0, 1_900, "ringing", Effect::Ring)];
        let legs = vec![self.leg(false, callee, &self.agent())];
        if self.chance(28) {
            steps.push(step(0, rang + 12_000, "hangup", Effect::HangUp));
            return Plan { legs, steps };
        }
        steps.push(step(0, rang, "connected", Effect::Answer));
        self.talk(Plan { legs, steps }, 0, rang)
    }

    /// As the scenario `queue` joins its legs; one agent or two are rung.
    fn queued(&self, caller: &Party) -> Plan {
        let queue = &self.company.people.queue;
        let mut legs = vec![self.leg(true, caller, queue)];
        let entry = legs[0].call_id;
        let mut steps = vec![step(0, 300, "queued", Effect::Queue)];
        let mut at = self.between(2_000, 45_000);
        let rung = if self.chance(30) { 2 } else { 1 };
        for index in 1..=rung {
            let mut leg = self.leg(true, caller, &self.agent());
            leg.entry_point_call_id = Some(entry);
            leg.entry_point_target = Some(queue.clone());
            steps.push(step(index, at, "ringing", Effect::Ring));
            if index < rung {
                steps.push(step(index, at + 15_000, "missed", Effect::HangUp));
                steps.push(step(index, at + 15_140, "hangup", Effect::Nothing));
                at += 15_500;
            } else {
                leg.master_call_id = Some(entry);
            }
            legs.push(leg);
        }
        for leg in &mut legs {
            leg.group_id = Some(format!("CallCenter:{}", queue.id));
        }
        let rang = at + self.between(2_000, 9_000);
        steps.push(step(rung, rang, "connected", Effect::Answer));
        steps.push(step(0, rang + 150, "connected", Effect::Answer));
        let answered_by = legs[rung].call_id;
        let mut plan = self.talk(Plan { legs, steps }, rung, rang);
        let ended = plan.steps.iter().find(|step| step.leg == rung && matches!(step.state, "hangup"));
        let ended = ended.map_or(rang, |step| step.after_ms) + 200;
        plan.steps.push(step(0, ended, "hangup", Effect::Operator(answered_by)));
        in_order(plan)
    }

    fn missed(&self, caller: &Party) -> Plan {
        let target = if self.chance(60) { self.agent() } else { self.company.people.office.clone() };
        let gave_up = self.between(9_000, 34_000);
        let steps = vec![
            step(0, 700, "ringing", Effect::Ring),
            step(0, gave_up, "missed", Effect::HangUp),
            step(0, gave_up + 140, "hangup", Effect::Nothing),
        ];
        Plan { legs: vec![self.leg(true, caller, &target)], steps }
    }

    fn voicemail(&self, caller: &Party) -> Plan {
        let topic = self.topic();
        let duration_ms = 3_000 + number(topic.voicemail.len() as u64) * 62;
        let ended = 34_000 + duration_ms;
        let message = Effect::Message { recording_id: self.company.dice.id(), duration_ms };
        let steps = vec![
            step(0, 700, "ringing", Effect::Ring),
            step(0, 31_000, "voicemail", Effect::Greeting),
            step(0, ended, "hangup", Effect::HangUp),
            step(0, ended + 3_000, "voicemail_uploaded", message),
            step(0, ended + 19_000, "transcription", Effect::MessageText(topic.voicemail.to_owned())),
        ];
        let target = if self.chance(70) { self.company.people.office.clone() } else { self.agent() };
        Plan { legs: vec![self.leg(true, caller, &target)], steps }
    }

    fn abandoned(&self, caller: &Party) -> Plan {
        let steps = vec![
            step(0, 700, "ringing", Effect::Ring),
            step(0, 31_000, "voicemail", Effect::Greeting),
            step(0, 34_500, "hangup", Effect::HangUp),
        ];
        Plan { legs: vec![self.leg(true, caller, &self.company.people.office)], steps }
    }

    /// Goes on from the answer: some conversations are put on hold, some are recorded, some are summed up.
    fn talk(&self, mut plan: Plan, leg: usize, answered: i64) -> Plan {
        let topic = self.topic();
        let lines = lines(topic);
        let spoken = lines.last().map_or(0, |(_, text, ms)| ms + speaking_ms(text));
        let is_summed_up = self.chance(40);
        let is_long = self.chance(18);
        let idle = if is_long { self.between(90_000, 700_000) } else { self.between(1_000, 80_000) };
        let ended = answered + if is_summed_up { spoken + self.between(800, 9_000) } else { spoken / 2 + idle };
        if self.chance(12) {
            let held_ms = self.between(6_000, 20_000).min((ended - answered) / 3);
            plan.steps.push(step(leg, answered + 5_000, "hold", Effect::Nothing));
            plan.steps.push(step(leg, answered + 5_000 + held_ms, "connected", Effect::Resume { held_ms }));
        }
        plan.steps.push(step(leg, ended, "hangup", Effect::HangUp));
        if self.chance(35) {
            let record = Effect::Record { recording_id: self.company.dice.id() };
            plan.steps.push(step(leg, ended + 12_000, "recording", record));
        }
        if is_summed_up {
            plan.steps.extend(afterwards(leg, ended, topic, lines));
        }
        in_order(plan)
    }

    /// A few texts with one person.
    fn thread(&mut self) {
        let (mut at, is_open) = self.calendar.pick(self.dice);
        let contact = self.caller();
        let agent = self.agent();
        // One in five is still waiting for an answer.
        let said = self.topic().texts;
        let said = if self.chance(20) || !is_open { &said[..1] } else { said };
        for (index, text) in said.iter().enumerate() {
            if !self.calendar.is_past(at) {
                return;
            }
            let inbound = index % 2 == 0;
            let last = if self.chance(4) { FinalStatus::Failed } else { FinalStatus::Delivered };
            let path = if inbound { FinalStatus::Pending.path() } else { last.path() };
            let text = self.text(inbound, &contact, &agent, text);
            self.told.messages += 1;
            self.stories.push((at, Story::Text(Box::new(text), path)));
            at += self.between(1, 35) * MINUTE + self.between(0, 59_000);
        }
    }

    fn text(&self, inbound: bool, contact: &Party, agent: &Party, words: &str) -> Text {
        let target = self.company.people.office.clone();
        let numbers = (target.phone.clone(), contact.phone.clone());
        let (from, to) = if inbound { (numbers.1, numbers.0) } else { numbers };
        Text {
            id: self.company.dice.id(),
            inbound,
            created_date: 0,
            event_timestamp: 0,
            target,
            contact: contact.clone(),
            admin: agent.clone(),
            from,
            to: vec![to],
            text: words.to_owned(),
            media_url: None,
            internal: false,
            status: "pending",
        }
    }
}

/// Steps are told in their order.
fn in_order(mut plan: Plan) -> Plan {
    plan.steps.sort_by_key(|step| step.after_ms);
    plan
}

/// What Dialpad Ai sends about it.
fn afterwards(leg: usize, ended: i64, topic: &Topic, lines: Vec<Line>) -> [Step; 5] {
    let recap = Recap {
        summary: Some(topic.summary.to_owned()),
        outcome: Some(topic.outcome.to_owned()),
        purposes: vec![topic.purpose.to_owned()],
        action_items: vec![topic.action.to_owned()],
    };
    [
        step(leg, ended + 60_000, "call_transcription", Effect::Said(lines)),
        step(leg, ended + 66_000, "recap_summary", Effect::Recapped(recap)),
        step(leg, ended + 66_600, "recap_purposes", Effect::Nothing),
        step(leg, ended + 67_200, "recap_outcome", Effect::Nothing),
        step(leg, ended + 67_800, "recap_action_items", Effect::Nothing),
    ]
}

fn lines(topic: &Topic) -> Vec<Line> {
    let mut at = 400;
    let line = |&(ours, text): &(bool, &str)| {
        let begins = at;
        at += speaking_ms(text) + 600;
        (ours, text.to_owned(), begins)
    };
    topic.said.iter().map(line).collect()
}

/// About 150 words in a minute.
fn speaking_ms(text: &str) -> i64 {
    number(text.len() as u64) * 62
}

fn name(index: u64) -> (&'static str, &'static str) {
    let at = |list: &[&'static str], index: u64| list[usize::try_from(index % list.len() as u64).unwrap_or_default()];
    (at(&FIRST, index), at(&LAST, index * 7 + index / 32 + 3))
}

/// A number of the 500 that belong to nobody, always the same for one index.
fn phone(index: u64) -> String {
    let area = AREAS[usize::try_from(index % 5).unwrap_or_default()];
    format!("+1{area}55501{:02}", (index / 5) % 100)
}

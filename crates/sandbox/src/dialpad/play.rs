//! Plays scenarios and messages: step by step changes the record, tells the webhooks, and makes trouble where asked to.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Dialpad,
    company::Company,
    control::ControlError,
    courier::{DeliveryRecord, Outcome, Sent, Shipment},
    event::Event,
    message::Text,
    scenario::{Cast, Plan, Scenario},
};

/// Bounds on what one request may ask for.
const MAX_BURST: u32 = 1_000;
const MAX_DUPLICATES: u32 = 20;
const MAX_WAIT_MS: u64 = 60_000;

/// What a provider does on a bad day.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trouble {
    /// Send every event this many further times.
    pub duplicate: u32,
    /// Send the events of a call in a random order.
    pub shuffle: bool,
    /// Wait so long before each event, in ms.
    pub delay_ms: u64,
    /// Sign with another secret.
    pub wrong_signature: bool,
    /// Never send `hangup`.
    pub drop_hangup: bool,
    /// Play so many copies (each a call of its own) at once, without waiting for an answer. 0 and 1 mean one.
    pub burst: u32,
}

/// A call to play.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayCall {
    /// The API key whose company the call belongs to.
    #[serde(default = "default_key")]
    pub key: String,
    pub scenario: Scenario,
    /// The number that calls: an outside one, or for `outbound` one of ours.
    #[serde(default)]
    pub from: Option<String>,
    /// The number that is called.
    #[serde(default)]
    pub to: Option<String>,
    /// What the caller says to the machine.
    #[serde(default)]
    pub voicemail_text: Option<String>,
    /// 0: the call has just ended, and its events come one right after the other. Otherwise the call happens now, with so
    /// many ms from one event to the next.
    #[serde(default)]
    pub pace_ms: u64,
    #[serde(default)]
    pub trouble: Trouble,
}

/// A text message to play.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayMessage {
    #[serde(default = "default_key")]
    pub key: String,
    pub direction: Direction,
    pub text: String,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    /// Address of a picture: makes it an MMS.
    #[serde(default)]
    pub media_url: Option<String>,
    /// Where an outbound message ends up; an inbound one stays `pending`, as Dialpad says it.
    #[serde(default)]
    pub final_status: FinalStatus,
    #[serde(default)]
    pub pace_ms: u64,
    #[serde(default)]
    pub trouble: Trouble,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
}

/// The last status of an outbound message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinalStatus {
    Pending,
    Sent,
    #[default]
    Delivered,
    Undelivered,
    Failed,
}

/// What was played, once nothing of it is under way any more.
#[derive(Clone, Debug, Serialize)]
pub struct Played {
    /// Call ids of all legs, or the message's id.
    pub ids: Vec<i64>,
    pub deliveries: Vec<DeliveryRecord>,
}

pub(crate) fn default_key() -> String {
    "sandbox-api-key".to_owned()
}

impl PlayCall {
    /// One call of the default company, with default numbers, at once and without trouble.
    pub fn new(scenario: Scenario) -> Self {
        Self {
            key: default_key(),
            scenario,
            from: None,
            to: None,
            voicemail_text: None,
            pace_ms: 0,
            trouble: Trouble::default(),
        }
    }
}

impl PlayMessage {
    pub fn new(direction: Direction, text: impl Into<String>) -> Self {
        Self {
            key: default_key(),
            direction,
            text: text.into(),
            from: None,
            to: None,
            media_url: None,
            final_status: FinalStatus::default(),
            pace_ms: 0,
            trouble: Trouble::default(),
        }
    }
}

impl FinalStatus {
    /// The statuses an outbound message goes through.
    pub(crate) fn path(self) -> &'static [&'static str] {
        match self {
            Self::Pending => &["pending"],
            Self::Sent => &["pending", "sent"],
            Self::Delivered => &["pending", "sent", "delivered"],
            Self::Undelivered => &["pending", "sent", "undelivered"],
            Self::Failed => &["pending", "failed"],
        }
    }
}

impl Trouble {
    fn check(&self, pace_ms: u64) -> Result<(), ControlError> {
        if self.burst > MAX_BURST || self.duplicate > MAX_DUPLICATES {
            return Err(ControlError::TooMuch { most_copies: MAX_BURST, most_duplicates: MAX_DUPLICATES });
        }
        if self.delay_ms.max(pace_ms) > MAX_WAIT_MS {
            return Err(ControlError::TooSlow { most_ms: MAX_WAIT_MS });
        }
        Ok(())
    }
}

/// When the steps of a plan happen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Timing {
    /// The call is over: its natural timeline ends now.
    Past,
    /// It began at this instant of the past.
    From { start: i64 },
    /// It happens now, so many ms from one step to the next.
    Live { pace_ms: u64 },
}

/// Something ready to be played; its ids are settled.
pub(crate) struct Performance {
    dialpad: Arc<Dialpad>,
    company: Arc<Company>,
    stories: Vec<Story>,
    timing: Timing,
    trouble: Trouble,
    pub(crate) ids: Vec<i64>,
}

pub(crate) enum Story {
    Call(Plan),
    /// A message and the statuses it goes through.
    Text(Box<Text>, &'static [&'static str]),
}

impl Performance {
    pub(crate) fn of_call(dialpad: &Arc<Dialpad>, request: &PlayCall) -> Result<Self, ControlError> {
        request.trouble.check(request.pace_ms)?;
        let company = dialpad.company_of(&request.key)?;
        let cast = cast(&company, request)?;
        let copies = request.trouble.burst.max(1);
        let plans: Vec<_> = (0..copies).map(|_| Plan::new(request.scenario, &company, &cast)).collect();
        let ids = plans.iter().flat_map(|plan| plan.legs.iter().map(|leg| leg.call_id)).collect();
        let stories = plans.into_iter().map(Story::Call).collect();
        let timing = timing(request.pace_ms);
        let trouble = request.trouble.clone();
        Ok(Self { dialpad: Arc::clone(dialpad), company, stories, timing, trouble, ids })
    }

    pub(crate) fn of_message(dialpad: &Arc<Dialpad>, request: &PlayMessage) -> Result<Self, ControlError> {
        request.trouble.check(request.pace_ms)?;
        let company = dialpad.company_of(&request.key)?;
        let inbound = request.direction == Direction::Inbound;
        let path = if inbound { FinalStatus::Pending.path() } else { request.final_status.path() };
        let mut texts = Vec::new();
        for _ in 0..request.trouble.burst.max(1) {
            texts.push(text_of(&company, request, inbound)?);
        }
        let ids = texts.iter().map(|text| text.id).collect();
        let stories = texts.into_iter().map(|text| Story::Text(Box::new(text), path)).collect();
        let timing = timing(request.pace_ms);
        let trouble = request.trouble.clone();
        Ok(Self { dialpad: Arc::clone(dialpad), company, stories, timing, trouble, ids })
    }

    /// Something of the past.
    pub(crate) fn of_past(dialpad: &Arc<Dialpad>, company: &Arc<Company>, story: Story, start: i64) -> Self {
        Self {
            dialpad: Arc::clone(dialpad),
            company: Arc::clone(company),
            stories: vec![story],
            timing: Timing::From { start },
            trouble: Trouble::default(),
            ids: Vec::new(),
        }
    }

    /// What a REST request set going; its steps come a moment apart, scaled like the retries.
    pub(crate) fn of_request(dialpad: &Arc<Dialpad>, company: &Arc<Company>, plan: Plan) -> Self {
        Self::live(dialpad, company, Story::Call(plan))
    }

    pub(crate) fn of_sent_text(
        dialpad: &Arc<Dialpad>,
        company: &Arc<Company>,
        text: Text,
        path: &'static [&'static str],
    ) -> Self {
        Self::live(dialpad, company, Story::Text(Box::new(text), path))
    }

    fn live(dialpad: &Arc<Dialpad>, company: &Arc<Company>, story: Story) -> Self {
        let pace = Duration::from_millis(250).mul_f64(dialpad.config.dialpad.delivery_time_scale.clamp(0.0, 10.0));
        Self {
            dialpad: Arc::clone(dialpad),
            company: Arc::clone(company),
            stories: vec![story],
            timing: Timing::Live { pace_ms: u64::try_from(pace.as_millis()).unwrap_or(0) },
            trouble: Trouble::default(),
            ids: Vec::new(),
        }
    }

    /// Plays in the background; stops with the sandbox.
    pub(crate) fn start(self) {
        let stop = self.dialpad.stop.clone();
        tokio::spawn(async move { stop.run_until_cancelled(self.run()).await });
    }

    /// Plays to the end and waits until every delivery is settled.
    pub(crate) async fn run(mut self) -> Played {
        let stories = std::mem::take(&mut self.stories);
        let mut sent = Vec::new();
        for story in stories {
            match story {
                Story::Call(plan) => self.play_call(&plan, &mut sent).await,
                Story::Text(text, path) => self.play_text(*text, path, &mut sent).await,
            }
        }
        let mut delivery_ids = Vec::new();
        for delivery in sent {
            // Closed without a signal means the delivery was dropped with the runtime: settled as well.
            let _ = delivery.settled.await;
            delivery_ids.push(delivery.id);
        }
        Played { ids: self.ids, deliveries: self.dialpad.courier.records_of(&delivery_ids) }
    }

    async fn play_call(&self, plan: &Plan, sent: &mut Vec<Sent>) {
        let start = self.start_of(plan.length_ms());
        let mut held_back = Vec::new();
        for (index, step) in plan.steps.iter().enumerate() {
            let at = self.time_of(start, index, step.after_ms);
            let Some(event) = self.take_step(plan, index, start, at) else { continue };
            if self.trouble.drop_hangup && event.label == "hangup" {
                continue;
            }
            if self.trouble.shuffle {
                held_back.push(event);
            } else {
                self.tell(event, sent).await;
                self.pause(index + 1 < plan.steps.len()).await;
            }
        }
        self.company.dice.shuffle(&mut held_back);
        let mut left = held_back.len();
        for event in held_back {
            left -= 1;
            self.tell(event, sent).await;
            self.pause(left > 0).await;
        }
    }

    /// Applies one step to its leg. `None` when the leg was ended over the API in the meantime.
    fn take_step(&self, plan: &Plan, index: usize, start: i64, at: i64) -> Option<Event> {
        let step = &plan.steps[index];
        let mut ledger = self.company.ledger();
        let planned = &plan.legs[step.leg];
        let known = ledger.legs.get(&planned.call_id).cloned();
        // A plan that a request set going starts from a leg that already carries the mark.
        if known.as_ref().is_some_and(|leg| leg.ended_by_request && !planned.ended_by_request) {
            return None;
        }
        let mut leg = known.unwrap_or_else(|| {
            let mut leg = planned.clone();
            leg.date_started = if step.leg == 0 { start } else { at };
            leg
        });
        step.effect.apply(&mut leg, at);
        leg.state = step.state;
        leg.event_timestamp = if matches!(self.timing, Timing::Live { .. }) { at } else { at + 110 };
        let event = Event::of_leg(&leg, &self.dialpad.origin);
        ledger.put_leg(leg);
        Some(event)
    }

    async fn play_text(&self, mut text: Text, path: &[&'static str], sent: &mut Vec<Sent>) {
        let start = self.start_of(4_000);
        text.created_date = start;
        let mut events = Vec::new();
        for (index, status) in path.iter().enumerate() {
            text.status = status;
            text.event_timestamp = self.time_of(start, index, i64::try_from(index).unwrap_or(0) * 1_600 + 418);
            events.push((text.clone(), Event::of_text(&text, index == 0)));
        }
        if self.trouble.shuffle {
            self.company.dice.shuffle(&mut events);
        }
        let mut left = events.len();
        for (text, event) in events {
            left -= 1;
            self.company.ledger().put_text(text);
            self.tell(event, sent).await;
            self.pause(left > 0).await;
        }
    }

    fn start_of(&self, length_ms: i64) -> i64 {
        let now = self.dialpad.config.clock.now_ms();
        match self.timing {
            Timing::Past => now - length_ms - 1_000,
            Timing::From { start } => start,
            Timing::Live { .. } => now,
        }
    }

    fn time_of(&self, start: i64, index: usize, natural_ms: i64) -> i64 {
        match self.timing {
            Timing::Past | Timing::From { .. } => start + natural_ms,
            Timing::Live { pace_ms } => {
                let pace = i64::try_from(pace_ms.max(1)).unwrap_or(1);
                start + pace * i64::try_from(index).unwrap_or(0)
            }
        }
    }

    async fn pause(&self, more_follows: bool) {
        if let Timing::Live { pace_ms } = self.timing
            && more_follows
        {
            tokio::time::sleep(Duration::from_millis(pace_ms)).await;
        }
    }

    /// Sends an event to whom it concerns; unless in a burst, waits for the end of the first attempts.
    async fn tell(&self, event: Event, sent: &mut Vec<Sent>) {
        if self.trouble.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.trouble.delay_ms)).await;
        }
        let mut started = self.dialpad.dispatch(&self.company, &event, &self.trouble);
        if self.trouble.burst <= 1 {
            for delivery in &mut started {
                // Closed: cancelled before its first attempt.
                let _ = (&mut delivery.first).await;
            }
        }
        sent.append(&mut started);
    }
}

fn timing(pace_ms: u64) -> Timing {
    if pace_ms == 0 { Timing::Past } else { Timing::Live { pace_ms } }
}

impl Dialpad {
    /// Starts the deliveries of one event: one per subscription that covers it, more when duplicates are asked for.
    pub(crate) fn dispatch(&self, company: &Company, event: &Event, trouble: &Trouble) -> Vec<Sent> {
        let mut sent = Vec::new();
        for (webhook, subscription) in company.receivers(event) {
            let secret = match webhook.secret {
                Some(secret) if trouble.wrong_signature => Some(format!("not {secret}")),
                secret => secret,
            };
            for copy in 0..=trouble.duplicate {
                let record = DeliveryRecord {
                    id: 0,
                    company: company.key.clone(),
                    webhook_id: webhook.id,
                    subscription_id: subscription.id,
                    hook_url: webhook.hook_url.clone(),
                    kind: event.kind().word(),
                    label: event.label.clone(),
                    subject: event.subject,
                    event_timestamp: event.event_timestamp,
                    copy,
                    signed: secret.is_some(),
                    attempts: Vec::new(),
                    outcome: Outcome::Pending,
                };
                let body = subscription.body_of(event);
                sent.push(self.courier.send(Shipment { record, kind: event.kind(), secret: secret.clone(), body }));
            }
        }
        sent
    }
}

fn cast(company: &Company, request: &PlayCall) -> Result<Cast, ControlError> {
    let (outside, ours) = match request.scenario {
        Scenario::Outbound => (&request.to, &request.from),
        _ => (&request.from, &request.to),
    };
    Ok(Cast {
        outside: company.outside(outside.as_deref().unwrap_or(OUTSIDE)),
        ours: ours_of(company, ours.as_deref())?.clone(),
        voicemail_text: request.voicemail_text.clone().unwrap_or_else(|| VOICEMAIL.to_owned()),
    })
}

/// The outside number when none is given: the first contact's.
const OUTSIDE: &str = super::people::FIRST_CONTACTS[0].2;
const VOICEMAIL: &str = "Hi, this is Jordan, please call me back about the order.";

fn ours_of<'a>(company: &'a Company, number: Option<&str>) -> Result<&'a super::people::Party, ControlError> {
    let Some(number) = number else { return Ok(&company.people.users[0]) };
    company.people.by_number(number).ok_or_else(|| ControlError::NotOurNumber { number: number.to_owned() })
}

fn text_of(company: &Company, request: &PlayMessage, inbound: bool) -> Result<Text, ControlError> {
    let (outside, ours) = if inbound { (&request.from, &request.to) } else { (&request.to, &request.from) };
    let target = match ours {
        None => &company.people.office,
        number => ours_of(company, number.as_deref())?,
    };
    let contact = company.outside(outside.as_deref().unwrap_or(OUTSIDE));
    let numbers = (target.phone.clone(), contact.phone.clone());
    let (from, to) = if inbound { (numbers.1, numbers.0) } else { numbers };
    Ok(Text {
        id: company.dice.id(),
        inbound,
        created_date: 0,
        event_timestamp: 0,
        target: target.clone(),
        internal: company.people.by_number(&contact.phone).is_some(),
        contact,
        admin: company.people.users[0].clone(),
        from,
        to: vec![to],
        text: request.text.clone(),
        media_url: request.media_url.clone(),
        status: "pending",
    })
}

//! The calls that can be played: which legs, and what happens to them when.
//!
//! A scenario is data (legs and steps with offsets), so that the same one can be played at once, at a pace, shuffled or
//! many times over, and so that its payloads cannot depend on how it is sent.

use serde::{Deserialize, Serialize};

use super::{
    company::Company,
    leg::{Leg, Line, Recap, Recording},
    people::Party,
};

/// A story of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Rang, was answered, ended; transcript and recap follow.
    Answered,
    /// Nobody answered: `missed` and `hangup` both come, for the same leg.
    Missed,
    /// The caller left a message: `voicemail`, `voicemail_uploaded`, `transcription`.
    Voicemail,
    /// The caller hung up during the greeting: `voicemail` comes, no message exists, its link answers 404.
    AbandonedGreeting,
    /// One of our users calls out.
    Outbound,
    /// Answered, then handed to a colleague: two legs, joined by `master_call_id`.
    Transfer,
    /// Through the call queue: entry leg, one agent who does not answer, one who does.
    Queue,
    /// As answered, with a hold, a recording and a disposition.
    Recorded,
}

/// What a step does to its leg before the event tells about it.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Nothing,
    Queue,
    Ring,
    Answer,
    /// The leg's `operator_call_id` becomes known.
    Operator(i64),
    Resume {
        held_ms: i64,
    },
    HangUp,
    Greeting,
    Message {
        recording_id: i64,
        duration_ms: i64,
    },
    MessageText(String),
    Record {
        recording_id: i64,
    },
    Transcript,
    /// What was said, other than what everybody says.
    Said(Vec<Line>),
    Recap,
    Recapped(Recap),
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Index into [`Plan::legs`].
    pub(crate) leg: usize,
    /// Milliseconds after the call began.
    pub(crate) after_ms: i64,
    pub(crate) state: &'static str,
    pub(crate) effect: Effect,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Legs that the company already has are taken as they are there.
    pub(crate) legs: Vec<Leg>,
    pub(crate) steps: Vec<Step>,
}

/// Who is on the two ends, and the words a voicemail says.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    pub(crate) outside: Party,
    pub(crate) ours: Party,
    pub(crate) voicemail_text: String,
}

const ANSWERED: i64 = 6_200;
const ENDED: i64 = 126_160;

impl Plan {
    pub(crate) fn new(scenario: Scenario, company: &Company, cast: &Cast) -> Self {
        match scenario {
            Scenario::Answered => answered(company, cast),
            Scenario::Missed => missed(company, cast),
            Scenario::Voicemail => voicemail(company, cast),
            Scenario::AbandonedGreeting => abandoned_greeting(company, cast),
            Scenario::Outbound => outbound(company, cast),
            Scenario::Transfer => transfer(company, cast),
            Scenario::Queue => queue(company, cast),
            Scenario::Recorded => recorded(company, cast),
        }
    }

    /// When the last event is due, in ms after the call began.
    pub(crate) fn length_ms(&self) -> i64 {
        self.steps.iter().map(|step| step.after_ms).max().unwrap_or(0)
    }
}

fn leg(company: &Company, inbound: bool, contact: &Party, target: &Party) -> Leg {
    Leg::begin(company.dice.id(), inbound, 0, contact.clone(), target.clone())
}

pub(crate) fn step(leg: usize, after_ms: i64, state: &'static str, effect: Effect) -> Step {
    Step { leg, after_ms, state, effect }
}

fn answered(company: &Company, cast: &Cast) -> Plan {
    let mut steps = vec![
        step(0, 900, "ringing", Effect::Ring),
        step(0, ANSWERED, "connected", Effect::Answer),
        step(0, ENDED, "hangup", Effect::HangUp),
    ];
    steps.extend(afterwards(0, ENDED));
    Plan { legs: vec![leg(company, true, &cast.outside, &cast.ours)], steps }
}

/// What Dialpad Ai sends about a conversation, minutes after it.
fn afterwards(leg: usize, ended: i64) -> [Step; 5] {
    [
        step(leg, ended + 64_840, "call_transcription", Effect::Transcript),
        step(leg, ended + 71_000, "recap_summary", Effect::Recap),
        step(leg, ended + 71_600, "recap_purposes", Effect::Nothing),
        step(leg, ended + 72_200, "recap_outcome", Effect::Nothing),
        step(leg, ended + 72_800, "recap_action_items", Effect::Nothing),
    ]
}

fn recorded(company: &Company, cast: &Cast) -> Plan {
    let mut steps = vec![
        step(0, 900, "ringing", Effect::Ring),
        step(0, ANSWERED, "connected", Effect::Answer),
        step(0, 41_000, "hold", Effect::Nothing),
        step(0, 56_000, "connected", Effect::Resume { held_ms: 15_000 }),
        step(0, ENDED, "hangup", Effect::HangUp),
        step(0, ENDED + 13_340, "recording", Effect::Record { recording_id: company.dice.id() }),
    ];
    steps.extend(afterwards(0, ENDED));
    steps.push(step(0, ENDED + 90_000, "dispositions", Effect::Nothing));
    Plan { legs: vec![leg(company, true, &cast.outside, &cast.ours)], steps }
}

fn missed(company: &Company, cast: &Cast) -> Plan {
    let steps = vec![
        step(0, 900, "ringing", Effect::Ring),
        step(0, 24_000, "missed", Effect::HangUp),
        step(0, 24_140, "hangup", Effect::Nothing),
    ];
    Plan { legs: vec![leg(company, true, &cast.outside, &cast.ours)], steps }
}

fn voicemail(company: &Company, cast: &Cast) -> Plan {
    let message = Effect::Message { recording_id: company.dice.id(), duration_ms: 18_240 };
    let steps = vec![
        step(0, 900, "ringing", Effect::Ring),
        step(0, 31_000, "voicemail", Effect::Greeting),
        step(0, 52_000, "hangup", Effect::HangUp),
        step(0, 55_200, "voicemail_uploaded", message),
        step(0, 71_000, "transcription", Effect::MessageText(cast.voicemail_text.clone())),
    ];
    Plan { legs: vec![leg(company, true, &cast.outside, &cast.ours)], steps }
}

fn abandoned_greeting(company: &Company, cast: &Cast) -> Plan {
    let steps = vec![
        step(0, 900, "ringing", Effect::Ring),
        step(0, 31_000, "voicemail", Effect::Greeting),
        step(0, 34_500, "hangup", Effect::HangUp),
    ];
    Plan { legs: vec![leg(company, true, &cast.outside, &cast.ours)], steps }
}

fn outbound(company: &Company, cast: &Cast) -> Plan {
    let mut steps = vec![
        step(0, 0, "calling", Effect::Nothing),
        step(0, 2_100, "ringing", Effect::Ring),
        step(0, 9_400, "connected", Effect::Answer),
        step(0, 83_700, "hangup", Effect::HangUp),
    ];
    steps.extend(afterwards(0, 83_700));
    Plan { legs: vec![leg(company, false, &cast.outside, &cast.ours)], steps }
}

fn transfer(company: &Company, cast: &Cast) -> Plan {
    let colleague = colleague_of(company, &cast.ours);
    let first = leg(company, true, &cast.outside, &cast.ours);
    let mut second = leg(company, true, &cast.outside, colleague);
    second.master_call_id = Some(first.call_id);
    second.transferred_from = Some(cast.ours.clone());
    let steps = vec![
        step(0, 900, "ringing", Effect::Ring),
        step(0, ANSWERED, "connected", Effect::Answer),
        step(0, 40_000, "hold", Effect::Nothing),
        step(1, 42_000, "ringing", Effect::Ring),
        step(1, 47_500, "connected", Effect::Answer),
        step(0, 47_700, "hangup", Effect::HangUp),
        step(1, 131_000, "hangup", Effect::HangUp),
    ];
    Plan { legs: vec![first, second], steps }
}

/// The three legs are joined by `entry_point_call_id` on the agents' legs and `operator_call_id` on the entry leg; no one
/// of the four ids is on all legs, as field reports say.
fn queue(company: &Company, cast: &Cast) -> Plan {
    let queue = &company.people.queue;
    let mut legs = vec![leg(company, true, &cast.outside, queue)];
    let entry_id = legs[0].call_id;
    for agent in &company.people.users[..2] {
        let mut operator = leg(company, true, &cast.outside, agent);
        operator.entry_point_call_id = Some(entry_id);
        operator.entry_point_target = Some(queue.clone());
        legs.push(operator);
    }
    legs[2].master_call_id = Some(entry_id);
    for leg in &mut legs {
        leg.group_id = Some(format!("CallCenter:{}", queue.id));
    }
    let answered_by = legs[2].call_id;
    let mut steps = vec![
        step(0, 400, "queued", Effect::Queue),
        step(1, 3_000, "ringing", Effect::Ring),
        step(1, 18_000, "missed", Effect::HangUp),
        step(1, 18_140, "hangup", Effect::Nothing),
        step(2, 18_500, "ringing", Effect::Ring),
        step(2, 23_000, "connected", Effect::Answer),
        step(0, 23_150, "connected", Effect::Answer),
        step(2, 98_000, "hangup", Effect::HangUp),
        step(0, 98_200, "hangup", Effect::Operator(answered_by)),
    ];
    steps.extend(afterwards(2, 98_200));
    Plan { legs, steps }
}

fn colleague_of<'a>(company: &'a Company, user: &Party) -> &'a Party {
    let [first, second, ..] = &company.people.users;
    if user.id == second.id { first } else { second }
}

/// What was said, as the transcript has it: who (ours or not), what, ms after the answer.
const SAID: [(bool, &str, i64); 4] = [
    (true, "Example Co, good morning, how can I help?", 400),
    (false, "Hi, I would like to move my delivery to Thursday.", 4_200),
    (true, "Of course, Thursday between nine and twelve is free.", 9_800),
    (false, "That is perfect, thank you.", 14_500),
];

impl Effect {
    pub(crate) fn apply(&self, leg: &mut Leg, at: i64) {
        match self {
            Self::Nothing => {}
            Self::Queue => leg.date_queued = Some(at),
            Self::Ring => leg.date_rang = Some(at),
            Self::Answer => leg.date_connected = Some(at),
            Self::Operator(call_id) => {
                leg.operator_call_id = Some(*call_id);
                leg.date_ended = Some(at);
            }
            Self::Resume { held_ms } => leg.hold_ms += held_ms,
            Self::HangUp => leg.date_ended = Some(at),
            Self::Greeting => leg.reached_voicemail = true,
            Self::Message { recording_id, duration_ms } => leg.recordings.push(Recording {
                id: *recording_id,
                duration_ms: *duration_ms,
                start_ms: leg.date_ended.unwrap_or(at) - duration_ms,
                kind: "voicemail",
            }),
            Self::MessageText(text) => leg.voicemail_text = Some(text.clone()),
            Self::Record { recording_id } => record(leg, *recording_id),
            Self::Transcript => leg.transcript = SAID.map(|(ours, text, ms)| (ours, text.to_owned(), ms)).to_vec(),
            Self::Said(lines) => leg.transcript.clone_from(lines),
            Self::Recap => leg.recap = recap(),
            Self::Recapped(recap) => leg.recap.clone_from(recap),
        }
    }
}

/// The whole conversation, less the second that starting the recorder takes.
fn record(leg: &mut Leg, id: i64) {
    let (Some(from), Some(to)) = (leg.date_connected, leg.date_ended) else { return };
    let duration_ms = (to - from - 1_000).max(1);
    leg.recordings.push(Recording { id, duration_ms, start_ms: from + 100, kind: "callrecording" });
}

fn recap() -> Recap {
    Recap {
        summary: Some("The customer moved a delivery to Thursday morning.".to_owned()),
        outcome: Some("Delivery rescheduled".to_owned()),
        purposes: vec!["Reschedule a delivery".to_owned()],
        action_items: vec!["Send a confirmation for Thursday".to_owned()],
    }
}

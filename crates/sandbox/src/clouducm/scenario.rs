//! The calls that can be played, as the device writes them down: one leg for each phone that rang, for each step of a menu or a
//! queue, and two more for a transfer that was announced.

use serde::{Deserialize, Serialize};

use super::device::{Call, Device, Recording};
use super::leg::Leg;

const ANSWERED: &str = "ANSWERED";
const NO_ANSWER: &str = "NO ANSWER";
const TRUNK: &str = "trunk_1";
const TRUNK_NAME: &str = "Main_SIP";
pub(super) const EXTENSIONS: [(&str, &str); 4] =
    [("1001", "Ana Front Desk"), ("1002", "Sam Okafor"), ("1003", "Priya Patel"), ("1004", "Luis García")];
const QUEUE: &str = "6500";
const RING_GROUP: &str = "6400";
const MENU: &str = "7000";
const SECOND: i64 = 1_000;

/// A story of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UcmScenario {
    /// Straight to an extension, answered.
    Answered,
    /// The same, recorded.
    Recorded,
    Missed,
    /// Rang, then the mailbox answered.
    Voicemail,
    /// Somebody here calls out.
    Outbound,
    /// The number called was busy.
    Busy,
    /// No free line.
    Congestion,
    /// From one desk to another.
    Internal,
    /// Answered, announced to a colleague, handed over: three legs, one of which has an id of its own.
    Transfer,
    /// Menu, queue, an agent who does not answer, one who does.
    Queue,
    /// Menu, queue, gave up.
    QueueAbandoned,
    /// Three phones at once; one is picked up.
    RingGroup,
}

impl UcmScenario {
    /// Those that a day is made of, some of them more often.
    pub(super) const USUAL: [Self; 20] = [
        Self::Answered,
        Self::Answered,
        Self::Answered,
        Self::Recorded,
        Self::Missed,
        Self::Missed,
        Self::Voicemail,
        Self::Outbound,
        Self::Outbound,
        Self::Outbound,
        Self::Outbound,
        Self::Busy,
        Self::Internal,
        Self::Internal,
        Self::Transfer,
        Self::Queue,
        Self::Queue,
        Self::Queue,
        Self::QueueAbandoned,
        Self::RingGroup,
    ];
}

/// A call to be played.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayUcm {
    /// The API user whose device it happens at.
    #[serde(default = "default_user")]
    pub user: String,
    pub scenario: UcmScenario,
    /// The number outside, with its country and without a plus.
    #[serde(default)]
    pub from: Option<String>,
    /// So many such calls.
    #[serde(default = "one")]
    pub count: u32,
    /// Between one leg's record and the next; 0 sends what has just ended.
    #[serde(default)]
    pub pace_ms: u64,
    /// Customer and agent each on a side of their own.
    #[serde(default)]
    pub stereo: bool,
    /// Each record is sent this many further times.
    #[serde(default)]
    pub duplicates: u32,
    /// The records are sent in a random order.
    #[serde(default)]
    pub shuffle: bool,
    /// Written down, and not reported: what an outage leaves to be pulled.
    #[serde(default)]
    pub unreported: bool,
}

impl PlayUcm {
    pub fn new(scenario: UcmScenario) -> Self {
        Self {
            user: default_user(),
            scenario,
            from: None,
            count: 1,
            pace_ms: 0,
            stereo: false,
            duplicates: 0,
            shuffle: false,
            unreported: false,
        }
    }
}

pub(super) fn default_user() -> String {
    "sandbox-ucm".to_owned()
}

fn one() -> u32 {
    1
}

/// A call in the making.
struct Scene<'a> {
    device: &'a Device,
    outside: String,
    name: String,
    began: i64,
    unique: String,
    session: String,
    /// The channel of whoever called.
    channel: String,
    talk: i64,
    is_stereo: bool,
    recordings: Vec<(String, Recording)>,
}

/// The legs of a call that ended at `ended_ms`, kept at the device.
pub(super) fn play(device: &Device, asked: &PlayUcm, ended_ms: i64) -> Call {
    let dice = &device.dice;
    // Whole seconds, as the records have them.
    let ended = ended_ms - ended_ms.rem_euclid(SECOND);
    let talk = (20 + i64::try_from(dice.below(240)).unwrap_or(0)) * SECOND;
    let outside = asked.from.clone().unwrap_or_else(|| outside(device));
    let outside = outside.trim_start_matches('+').to_owned();
    let began = ended - talk - 40 * SECOND;
    let caller = match asked.scenario {
        UcmScenario::Outbound | UcmScenario::Busy | UcmScenario::Congestion | UcmScenario::Internal => EXTENSIONS[1].0,
        _ => outside.as_str(),
    };
    let channel = device.channel(if caller == outside { TRUNK } else { caller });
    let mut scene = Scene {
        device,
        name: name_of(&outside).to_owned(),
        began,
        unique: format!("{}.{}", began / SECOND, device.number()),
        session: format!("{}{:06}-{caller}", began / SECOND, dice.below(1_000_000)),
        channel,
        talk,
        is_stereo: asked.stereo,
        outside,
        recordings: Vec::new(),
    };
    let mut legs = scene.legs(asked.scenario);
    for leg in &mut legs {
        leg.account = device.account();
    }
    let call = Call { session: scene.session.clone(), legs };
    device.keep(call.clone(), scene.recordings);
    call
}

/// A number that is nobody's.
fn outside(device: &Device) -> String {
    const AREAS: [&str; 6] = ["312", "847", "630", "415", "212", "305"];
    let area = AREAS[usize::try_from(device.dice.below(6)).unwrap_or(0)];
    format!("1{area}55501{:02}", device.dice.below(60))
}

fn name_of(number: &str) -> &'static str {
    const NAMES: [&str; 6] = ["RIVERA ANA", "OKAFOR SAM", "", "O'NEIL TESS", "", "GARCÍA LUIS"];
    NAMES[number.bytes().map(usize::from).sum::<usize>() % NAMES.len()]
}

/// Somebody picks up and talks for so long.
fn answer(leg: &mut Leg, person: usize, at: i64, talk: i64) {
    leg.answer = Some(at);
    leg.end = at + talk;
    leg.disposition = ANSWERED;
    EXTENSIONS[person].0.clone_into(&mut leg.answered_by);
}

impl Scene<'_> {
    fn legs(&mut self, scenario: UcmScenario) -> Vec<Leg> {
        let at = self.began;
        match scenario {
            UcmScenario::Answered | UcmScenario::Recorded => {
                let mut leg = self.to(0, at, "DIAL");
                answer(&mut leg, 0, at + 8 * SECOND, self.talk);
                if scenario == UcmScenario::Recorded {
                    self.record(&mut leg);
                }
                vec![leg]
            }
            UcmScenario::Missed => vec![Leg { end: at + 24 * SECOND, ..self.to(0, at, "DIAL") }],
            UcmScenario::Voicemail => self.voicemail(at),
            UcmScenario::Outbound => {
                let mut leg = self.outward(at);
                leg.answer = Some(at + 12 * SECOND);
                leg.end = at + 12 * SECOND + self.talk;
                leg.disposition = ANSWERED;
                leg.answered_by.clone_from(&self.outside);
                vec![leg]
            }
            UcmScenario::Busy => vec![Leg { end: at + 3 * SECOND, disposition: "BUSY", ..self.outward(at) }],
            UcmScenario::Congestion => {
                let app = "Congestion".to_owned();
                vec![Leg { end: at + 2 * SECOND, disposition: "CONGESTION", app, ..self.outward(at) }]
            }
            UcmScenario::Internal => vec![self.desk_to_desk(1, 2, at, at + 5 * SECOND, self.talk)],
            UcmScenario::Transfer => self.transfer(at),
            UcmScenario::Queue => self.queue(at, true),
            UcmScenario::QueueAbandoned => self.queue(at, false),
            UcmScenario::RingGroup => self.ring_group(at),
        }
    }

    /// A leg that came in over the trunk.
    fn inward(&self, dst: &str, context: &str, start: i64, action: &str) -> Leg {
        Leg {
            src: self.outside.clone(),
            dst: dst.to_owned(),
            context: context.to_owned(),
            name: self.name.clone(),
            channel: self.channel.clone(),
            app: "Dial".to_owned(),
            start,
            end: start,
            disposition: NO_ANSWER,
            unique: self.unique.clone(),
            kind: "Inbound",
            channel_ext: TRUNK.to_owned(),
            session: self.session.clone(),
            owner: self.outside.clone(),
            action: action.to_owned(),
            src_trunk: TRUNK_NAME,
            ..Leg::default()
        }
    }

    /// The same, to somebody's phone.
    fn to(&self, person: usize, start: i64, action: &str) -> Leg {
        let extension = EXTENSIONS[person].0;
        Leg {
            dst_channel: self.device.channel(extension),
            dst_channel_ext: extension.to_owned(),
            app_data: format!("PJSIP/{extension},60,i"),
            ..self.inward(extension, "ext-did-0001", start, action)
        }
    }

    fn outward(&self, start: i64) -> Leg {
        let (extension, name) = EXTENSIONS[1];
        Leg {
            src: extension.to_owned(),
            dst: self.outside.clone(),
            context: "from-internal".to_owned(),
            name: name.to_owned(),
            dst_channel: self.device.channel(TRUNK),
            dst_channel_ext: TRUNK.to_owned(),
            channel_ext: extension.to_owned(),
            kind: "Outbound",
            owner: extension.to_owned(),
            src_trunk: "",
            dst_trunk: TRUNK_NAME,
            ..self.inward(&self.outside, "from-internal", start, "DIAL")
        }
    }

    /// With an id of its own; in the session of the call that it belongs to.
    fn desk_to_desk(&self, from: usize, to: usize, start: i64, answered: i64, talk: i64) -> Leg {
        let ((src, name), (dst, _)) = (EXTENSIONS[from], EXTENSIONS[to]);
        let mut leg = Leg {
            src: src.to_owned(),
            name: name.to_owned(),
            channel: self.device.channel(src),
            channel_ext: src.to_owned(),
            dst_channel: self.device.channel(dst),
            dst_channel_ext: dst.to_owned(),
            unique: format!("{}.{}", start / SECOND, self.device.number()),
            kind: "Internal",
            owner: src.to_owned(),
            src_trunk: "",
            ..self.inward(dst, "ext-local", start, "DIAL")
        };
        answer(&mut leg, to, answered, talk);
        leg
    }

    fn voicemail(&self, at: i64) -> Vec<Leg> {
        let rang = Leg { end: at + 20 * SECOND, ..self.to(0, at, "DIAL") };
        let from = rang.end;
        let message = Leg {
            app: "VoiceMail".to_owned(),
            app_data: "1001@default,u".to_owned(),
            answer: Some(from),
            end: from + 28 * SECOND,
            disposition: ANSWERED,
            ..self.inward(EXTENSIONS[0].0, "from-internal", from, "VM")
        };
        vec![rang, message]
    }

    fn transfer(&mut self, at: i64) -> Vec<Leg> {
        let mut first = self.to(0, at, "DIAL");
        answer(&mut first, 0, at + 6 * SECOND, self.talk);
        let asked = self.desk_to_desk(0, 2, first.end - 15 * SECOND, first.end - 12 * SECOND, 12 * SECOND);
        let mut second = self.to(2, first.end, "TRANSFER");
        EXTENSIONS[0].0.clone_into(&mut second.owner);
        answer(&mut second, 2, first.end, 30 * SECOND);
        self.record(&mut first);
        self.record(&mut second);
        vec![first, asked, second]
    }

    fn queue(&mut self, at: i64, is_answered: bool) -> Vec<Leg> {
        let menu = Leg {
            app: "BackGround".to_owned(),
            answer: Some(at),
            end: at + 7 * SECOND,
            disposition: ANSWERED,
            ..self.inward(MENU, "ivr-7000", at, &format!("IVR[{MENU}]"))
        };
        let (action, app) = (format!("QUEUE[{QUEUE}]"), "Queue".to_owned());
        let app_data = format!("{QUEUE},tTkK,,,120");
        let from = menu.end;
        if !is_answered {
            let gave_up =
                Leg { app, app_data, end: from + 63 * SECOND, ..self.inward(QUEUE, "from-internal", from, &action) };
            return vec![menu, gave_up];
        }
        let tried =
            Leg { app: app.clone(), app_data: app_data.clone(), end: from + 15 * SECOND, ..self.to(1, from, &action) };
        let mut taken = Leg { app, app_data, ..self.to(2, tried.end, &action) };
        answer(&mut taken, 2, tried.end + 4 * SECOND, self.talk);
        self.record(&mut taken);
        vec![menu, tried, taken]
    }

    fn ring_group(&self, at: i64) -> Vec<Leg> {
        let action = format!("RINGGROUP[{RING_GROUP}]");
        let picked_up = at + 6 * SECOND;
        let leg = |person: usize| {
            let mut leg = Leg { end: picked_up, ..self.to(person, at, &action) };
            if person == 1 {
                answer(&mut leg, 1, picked_up, self.talk);
            }
            leg
        };
        (0..3).map(leg).collect()
    }

    /// Names the file as the device does, and remembers it.
    fn record(&mut self, leg: &mut Leg) {
        let Some(answer) = leg.answer else { return };
        let month = super::leg::wall(leg.start, &self.device.zone());
        let month = month.get(..7).unwrap_or("1970-01");
        let name = format!("{month}/auto-{}-{}-{}.wav", answer / SECOND, leg.src, leg.answered_by);
        let ready_ms = leg.end + self.device.ledger().recording_delay_ms;
        let seconds = u32::try_from((leg.end - answer) / SECOND).unwrap_or(0);
        self.recordings.push((name.clone(), Recording { seconds, is_stereo: self.is_stereo, ready_ms }));
        leg.recordings.push(name);
    }
}

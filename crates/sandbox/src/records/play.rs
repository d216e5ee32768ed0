//! What happens in a call, leg by leg, the way the telephone system writes it down.

use super::{
    around,
    calendar::{HourKind, between, chance},
    cast::{BACKUP, Cast, Group, MAIN, Other, Person, Trunk},
    leg::Leg,
    small,
};
use crate::dice::Dice;

const ANSWERED: &str = "ANSWERED";
const NO_ANSWER: &str = "NO ANSWER";
/// How long one agent of a queue is rung.
const RING: i64 = 15;
/// Outbound calls that are charged to a project.
const PROJECTS: [&str; 4] = ["SALES-EU", "SALES-US", "SERVICE", "ADMIN"];

/// Plays calls, one after another.
pub(super) struct Stage<'a> {
    cast: &'a Cast,
    dice: &'a Dice,
    accounts: u64,
    channels: u64,
}

/// What the legs of one call have in common.
struct Scene {
    at: i64,
    session: String,
    unique: String,
}

impl<'a> Stage<'a> {
    pub(super) fn new(cast: &'a Cast, dice: &'a Dice) -> Self {
        Self { cast, dice, accounts: 100_000, channels: 0 }
    }

    /// The legs of a call that began then.
    pub(super) fn call(&mut self, at: i64, hour: &HourKind) -> Vec<Leg> {
        let kind = self.dice.below(100);
        let mut legs = match kind {
            20..54 => self.queue(at, hour),
            54..63 => self.ring_group(at, hour),
            63..90 if hour.is_open => self.outbound(at),
            90..100 if hour.is_open => self.internal(at),
            // A fifth of all; and at night, when nobody sits at a desk, what would be dialled at one.
            _ => self.direct(at, hour),
        };
        for leg in &mut legs {
            self.accounts += 1;
            leg.account = self.accounts;
        }
        legs
    }

    fn channel(&mut self, of: &str) -> String {
        self.channels += 1;
        format!("PJSIP/{of}-{:08x}", self.channels)
    }

    fn scene(&mut self, at: i64, caller: &str) -> Scene {
        self.channels += 1;
        let micros = at * 1_000_000 + between(self.dice, 100_000, 899_999);
        Scene { at, session: format!("{micros}-{caller}"), unique: format!("{at}.{}", self.channels) }
    }

    /// A leg that came in over a trunk.
    fn incoming(&mut self, scene: &Scene, other: &Other, trunk: &Trunk, dst: &str) -> Leg {
        Leg {
            src: other.number.clone(),
            dst: dst.to_owned(),
            context: "ext-did-0001",
            name: other.name.clone().unwrap_or_default(),
            channel: self.channel(trunk.channel),
            app: "Dial",
            start: scene.at,
            end: scene.at,
            disposition: NO_ANSWER,
            unique: scene.unique.clone(),
            kind: "Inbound",
            channel_ext: trunk.channel.to_owned(),
            session: scene.session.clone(),
            owner: other.number.clone(),
            action: "DIAL".to_owned(),
            src_trunk: trunk.name,
            ..Leg::default()
        }
    }

    fn trunk(&self) -> &'static Trunk {
        if chance(self.dice, 84) { &MAIN } else { &BACKUP }
    }

    fn reaches(&self, hour: &HourKind, percent: u64) -> bool {
        let tired = if hour.load > 60 { hour.load / 8 } else { 0 };
        let percent = if hour.is_open { percent.saturating_sub(tired) } else { 9 };
        chance(self.dice, if hour.is_broken { percent / 4 } else { percent })
    }

    fn answer(&mut self, leg: &mut Leg, person: &Person, at: i64, talk: i64) {
        leg.dst_channel = self.channel(&person.extension);
        leg.dst_channel_ext.clone_from(&person.extension);
        leg.answered_by.clone_from(&person.extension);
        leg.answer = Some(at);
        leg.end = at + talk.max(3);
        leg.disposition = ANSWERED;
    }

    /// Straight to somebody's own number; to their mailbox if they do not answer.
    fn direct(&mut self, at: i64, hour: &HourKind) -> Vec<Leg> {
        let (other, trunk, person) = (self.cast.other(self.dice), self.trunk(), self.cast.person(self.dice));
        let scene = self.scene(at, &other.number);
        let mut leg = self.incoming(&scene, &other, trunk, &person.extension);
        leg.context = "from-internal";
        if chance(self.dice, 3) {
            leg.disposition = "BUSY";
            leg.end = at + 1;
            return vec![leg];
        }
        if self.reaches(hour, 82) {
            let (ring, talk) = (2 + around(self.dice, 8).min(25), around(self.dice, 190));
            self.answer(&mut leg, person, at + ring, talk);
            return self.maybe_transferred(&scene, leg, &other, trunk);
        }
        let rang = between(self.dice, 6, 26);
        leg.dst_channel = self.channel(&person.extension);
        leg.dst_channel_ext.clone_from(&person.extension);
        leg.end = at + rang;
        if rang < 18 || !chance(self.dice, 62) {
            return vec![leg];
        }
        let mut message = self.incoming(&scene, &other, trunk, &person.extension);
        message.app = "VoiceMail";
        "VM".clone_into(&mut message.action);
        message.start = leg.end;
        message.answer = Some(leg.end);
        message.end = leg.end + 4 + around(self.dice, 22);
        message.disposition = ANSWERED;
        vec![leg, message]
    }

    /// Into a queue, through the menu or past it.
    fn queue(&mut self, at: i64, hour: &HourKind) -> Vec<Leg> {
        let (other, trunk) = (self.cast.other(self.dice), self.trunk());
        let scene = self.scene(at, &other.number);
        let mut legs = Vec::new();
        let mut now = at;
        if chance(self.dice, 22) {
            let mut menu = self.incoming(&scene, &other, trunk, "7000");
            menu.context = "ivr-7000";
            menu.app = "BackGround";
            "IVR[7000]".clone_into(&mut menu.action);
            menu.answer = Some(at);
            menu.end = at + between(self.dice, 5, 24);
            menu.disposition = ANSWERED;
            now = menu.end;
            legs.push(menu);
            if chance(self.dice, 12) {
                return legs;
            }
        }
        let queue = Cast::group(self.dice, &self.cast.queues).clone();
        self.wait_in(&queue, &scene, now, hour, &other, trunk, legs)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a scene of a play: who, where, when; a struct of it would be used once"
    )]
    fn wait_in(
        &mut self,
        queue: &Group,
        scene: &Scene,
        from: i64,
        hour: &HourKind,
        other: &Other,
        trunk: &Trunk,
        mut legs: Vec<Leg>,
    ) -> Vec<Leg> {
        let mean = 7 + small(hour.load) / 3;
        let wait = 2 + around(self.dice, if hour.is_broken { mean * 6 } else { mean });
        let patience = 20 + around(self.dice, 150);
        let is_answered = wait <= patience && self.reaches(hour, 95);
        let until = from + wait.min(patience);
        let action = format!("QUEUE[{}]", queue.number);
        let mut rung = from;
        while until - rung > RING && legs.len() < 4 {
            let person = self.cast.one_of(self.dice, queue.members.clone());
            let mut attempt = self.incoming(scene, other, trunk, &person.extension);
            attempt.app = "Queue";
            attempt.action.clone_from(&action);
            attempt.start = rung;
            attempt.end = rung + RING;
            attempt.dst_channel = self.channel(&person.extension);
            attempt.dst_channel_ext.clone_from(&person.extension);
            legs.push(attempt);
            rung += RING;
        }
        let mut last = self.incoming(scene, other, trunk, queue.number);
        last.context = "from-internal";
        last.app = "Queue";
        last.action = action;
        last.start = rung;
        last.end = until;
        if !is_answered {
            legs.push(last);
            return legs;
        }
        let person = self.cast.one_of(self.dice, queue.members.clone());
        let talk = around(self.dice, 245);
        last.dst.clone_from(&person.extension);
        self.answer(&mut last, person, until, talk);
        legs.extend(self.maybe_transferred(scene, last, other, trunk));
        legs
    }

    /// Everybody's phone at once: one leg for each.
    fn ring_group(&mut self, at: i64, hour: &HourKind) -> Vec<Leg> {
        let (other, trunk) = (self.cast.other(self.dice), self.trunk());
        let scene = self.scene(at, &other.number);
        let group = Cast::group(self.dice, &self.cast.groups).clone();
        let picked = self.reaches(hour, 84).then(|| small(self.dice.below(3)));
        let ended = at + if picked.is_some() { 3 + around(self.dice, 7).min(25) } else { between(self.dice, 14, 40) };
        let mut legs = Vec::new();
        for (place, person) in (0..).zip(self.cast.people[group.members.clone()].iter().take(3)) {
            let mut leg = self.incoming(&scene, &other, trunk, &person.extension);
            leg.action = format!("RINGGROUP[{}]", group.number);
            leg.end = ended;
            if picked == Some(place) {
                let talk = around(self.dice, 160);
                self.answer(&mut leg, person, ended, talk);
            } else {
                leg.dst_channel = self.channel(&person.extension);
                leg.dst_channel_ext.clone_from(&person.extension);
            }
            legs.push(leg);
        }
        legs
    }

    fn outbound(&mut self, at: i64) -> Vec<Leg> {
        let (other, trunk, person) = (self.cast.other(self.dice), self.trunk(), self.cast.person(self.dice));
        let scene = self.scene(at, &person.extension);
        let mut leg = self.incoming(&scene, &other, trunk, &other.dialled);
        leg.context = "from-internal";
        leg.kind = "Outbound";
        leg.src.clone_from(&person.extension);
        leg.name.clone_from(&person.name);
        leg.channel = self.channel(&person.extension);
        leg.channel_ext.clone_from(&person.extension);
        leg.owner.clone_from(&person.extension);
        (leg.src_trunk, leg.dst_trunk) = ("", trunk.name);
        leg.dst_channel = self.channel(trunk.channel);
        trunk.channel.clone_into(&mut leg.dst_channel_ext);
        if chance(self.dice, 14) {
            leg.account_code = PROJECTS[usize::try_from(self.dice.below(4)).unwrap_or(0)];
        }
        match self.dice.below(100) {
            0..69 => {
                leg.answer = Some(at + 3 + around(self.dice, 11).min(45));
                leg.end = leg.answer.unwrap_or(at) + 3 + around(self.dice, 170);
                leg.disposition = ANSWERED;
                leg.answered_by.clone_from(&other.dialled);
            }
            69..90 => leg.end = at + between(self.dice, 8, 45),
            90..95 => (leg.disposition, leg.end) = ("BUSY", at + 3),
            95..98 => (leg.disposition, leg.end) = ("FAILED", at),
            _ => (leg.disposition, leg.app, leg.end) = ("CONGESTION", "Congestion", at + 2),
        }
        vec![leg]
    }

    fn internal(&mut self, at: i64) -> Vec<Leg> {
        let (from, to) = (self.cast.person(self.dice), self.cast.person(self.dice));
        let scene = self.scene(at, &from.extension);
        let mut leg = self.between_desks(&scene, from, to);
        if from.extension != to.extension && chance(self.dice, 76) {
            let (ring, talk) = (1 + around(self.dice, 6).min(20), around(self.dice, 80));
            self.answer(&mut leg, to, at + ring, talk);
        } else {
            leg.end = at + between(self.dice, 5, 25);
        }
        vec![leg]
    }

    fn between_desks(&mut self, scene: &Scene, from: &Person, to: &Person) -> Leg {
        Leg {
            src: from.extension.clone(),
            dst: to.extension.clone(),
            context: "ext-local",
            name: from.name.clone(),
            channel: self.channel(&from.extension),
            dst_channel: self.channel(&to.extension),
            app: "Dial",
            start: scene.at,
            end: scene.at,
            disposition: NO_ANSWER,
            unique: scene.unique.clone(),
            kind: "Internal",
            channel_ext: from.extension.clone(),
            dst_channel_ext: to.extension.clone(),
            session: scene.session.clone(),
            owner: from.extension.clone(),
            action: "DIAL".to_owned(),
            ..Leg::default()
        }
    }

    /// An answered call, now and then passed on to a colleague, who may be asked first.
    fn maybe_transferred(&mut self, scene: &Scene, leg: Leg, other: &Other, trunk: &Trunk) -> Vec<Leg> {
        let talked = leg.end - leg.answer.unwrap_or(leg.end);
        let (from, to) = (self.cast.person(self.dice), self.cast.person(self.dice));
        if talked < 30 || to.extension == leg.answered_by || !chance(self.dice, 7) {
            return vec![leg];
        }
        let mut legs = Vec::with_capacity(3);
        if chance(self.dice, 55) {
            let asked_at = leg.end - between(self.dice, 10, 25);
            let own =
                Scene { at: asked_at, unique: format!("{asked_at}.{}", self.channels), session: scene.session.clone() };
            let first = Person { extension: leg.answered_by.clone(), name: from.name.clone() };
            let mut asked = self.between_desks(&own, &first, to);
            self.answer(&mut asked, to, asked_at + 3, leg.end - asked_at - 3);
            legs.push(asked);
        }
        let mut passed_on = self.incoming(scene, other, trunk, &to.extension);
        passed_on.context = "from-internal";
        passed_on.start = leg.end;
        passed_on.owner.clone_from(&leg.answered_by);
        "TRANSFER".clone_into(&mut passed_on.action);
        let talk = around(self.dice, 150);
        self.answer(&mut passed_on, to, leg.end, talk);
        legs.insert(0, leg);
        legs.push(passed_on);
        legs
    }
}

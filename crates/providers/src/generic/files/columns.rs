//! Rows of which somebody said what their columns are.

use switchboard_domain::{Timestamp, call::Direction, import::ImportField as F, phone::Region};

use super::{
    RowFault,
    layout::{Row, plain},
    moment::{Clock, seconds},
    numbers::{is_extension, named, party},
};
use crate::generic::record::{CallRecord, Outcome};

pub(super) fn record(row: &Row<'_>, clock: &Clock, region: Region) -> Result<Option<CallRecord>, RowFault> {
    let text = |field: F| row.get(field.as_str());
    let owned = |field: F| text(field).map(str::to_owned);
    let moment = |field: F| match text(field) {
        Some(written) => clock.read(written, None).map(Some).ok_or_else(|| {
            RowFault::of(field.as_str(), "invalid", "it is no time; it is read like 2026-03-10 09:30:01")
        }),
        None => Ok(None),
    };
    let count = |field: F| match text(field) {
        Some(written) => seconds(written).map(Some).ok_or_else(|| {
            RowFault::of(field.as_str(), "invalid", "it is no number of seconds; it is read like 75 or 0:01:15")
        }),
        None => Ok(None),
    };
    let started_at = moment(F::StartedAt)?
        .ok_or_else(|| RowFault::of(F::StartedAt.as_str(), "required", "it does not say when the call began"))?;
    let (from, from_name) = text(F::From).map_or(("", None), named);
    let (to, to_name) = text(F::To).map_or(("", None), named);
    if from.is_empty() && to.is_empty() {
        return Err(RowFault::new("required", "it names neither who called nor who was called"));
    }
    let span = Span {
        started_at,
        answered_at: moment(F::AnsweredAt)?,
        ended_at: moment(F::EndedAt)?,
        duration: count(F::DurationSeconds)?,
        talk: count(F::TalkSeconds)?,
        ring: count(F::RingSeconds)?,
    };
    let outcome = outcome(text(F::Outcome), &span);
    let (answered_at, ended_at) = span.settled(outcome);
    let direction = match text(F::Direction) {
        Some(word) => direction(word).ok_or_else(|| {
            RowFault::of(F::Direction.as_str(), "invalid", "it is neither inbound nor outbound nor internal")
        })?,
        None => direction_of(from, to),
    };
    let own = if direction == Direction::Inbound { to } else { from };
    let agent = text(F::Agent).map(|agent| named(agent).0).or(Some(own).filter(|own| is_extension(own)));
    let id = owned(F::Id).unwrap_or_else(|| {
        let written = text(F::StartedAt).unwrap_or_default();
        format!("{}/{written}/{from}/{to}/{}", text(F::CallId).unwrap_or_default(), text(F::Agent).unwrap_or_default())
    });
    Ok(Some(CallRecord {
        id,
        call: owned(F::CallId),
        started_at,
        answered_at,
        ended_at,
        outcome,
        direction,
        from: party(from, region),
        from_name: owned(F::FromName).or(from_name.map(str::to_owned)),
        to: party(to, region),
        to_name: owned(F::ToName).or(to_name.map(str::to_owned)),
        agent: agent.map(str::to_owned),
        agent_name: owned(F::AgentName),
        queue: owned(F::Queue),
        ring_group: owned(F::RingGroup),
        ivr: owned(F::Ivr),
        trunk: owned(F::Trunk),
        did: text(F::Did).and_then(|did| party(did, region)),
        account_code: owned(F::AccountCode),
    }))
}

/// What a row says of times, in whatever of six columns.
struct Span {
    started_at: Timestamp,
    answered_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    duration: Option<i64>,
    talk: Option<i64>,
    ring: Option<i64>,
}

impl Span {
    fn after(&self, count: i64) -> Timestamp {
        Timestamp::from_micros(self.started_at.as_micros() + count * 1_000_000)
    }

    /// When it was answered, if it was, and when it ended.
    fn settled(&self, outcome: Outcome) -> (Option<Timestamp>, Timestamp) {
        let counted = self.duration.or_else(|| Some(self.ring? + self.talk.unwrap_or(0))).or(self.talk);
        let ended_at = self.ended_at.unwrap_or_else(|| self.after(counted.unwrap_or(0))).max(self.started_at);
        let is_taken = matches!(outcome, Outcome::Answered | Outcome::Voicemail | Outcome::Machine);
        let before_end = |talk: i64| Timestamp::from_micros(ended_at.as_micros() - talk * 1_000_000);
        let answered = || self.ring.map(|ring| self.after(ring)).or_else(|| self.talk.map(before_end));
        let answered_at = is_taken.then(|| self.answered_at.or_else(answered).unwrap_or(self.started_at));
        (answered_at.map(|at| at.clamp(self.started_at, ended_at)), ended_at)
    }
}

fn outcome(word: Option<&str>, span: &Span) -> Outcome {
    let Some(word) = word.map(plain) else {
        let is_answered = span.answered_at.is_some() || span.talk.is_some_and(|talk| talk > 0);
        return if is_answered { Outcome::Answered } else { Outcome::NoAnswer };
    };
    let says = |words: &[&str]| words.contains(&word.as_str());
    if says(&["answered", "answer", "completed", "connected", "ok", "contestada", "atendida", "normalclearing"]) {
        // What was answered and not talked is answered by nobody.
        if span.talk == Some(0) { Outcome::NoAnswer } else { Outcome::Answered }
    } else if says(&["busy", "userbusy", "ocupado"]) {
        Outcome::Busy
    } else if says(&["failed", "fail", "error", "fallida", "chanunavail"]) {
        Outcome::Failed
    } else if says(&["congestion", "networkcongestion"]) {
        Outcome::Congestion
    } else if word.starts_with("voicemail") || says(&["vm", "mailbox", "buzon", "buzondevoz"]) {
        Outcome::Voicemail
    } else if says(&["ivr", "menu", "machine", "announcement"]) {
        Outcome::Machine
    } else {
        Outcome::NoAnswer
    }
}

fn direction(word: &str) -> Option<Direction> {
    match plain(word).as_str() {
        "inbound" | "incoming" | "in" | "received" | "missed" | "entrante" | "recibida" => Some(Direction::Inbound),
        "outbound" | "outgoing" | "out" | "dialed" | "placed" | "saliente" | "realizada" => Some(Direction::Outbound),
        "internal" | "local" | "interna" | "extension" => Some(Direction::Internal),
        _ => None,
    }
}

fn direction_of(from: &str, to: &str) -> Direction {
    match (is_extension(from), is_extension(to)) {
        (true, true) => Direction::Internal,
        (true, false) => Direction::Outbound,
        (false, _) => Direction::Inbound,
    }
}

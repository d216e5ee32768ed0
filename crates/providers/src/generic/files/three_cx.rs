//! Rows of 3CX: of its log of call records, and of the export of its call log. The one writes UTC and says who was what; the
//! other writes names with numbers behind them, and how long it rang and was talked.

use switchboard_domain::{Timestamp, call::Direction, phone::Region};

use super::{
    RowFault,
    layout::Row,
    moment::{Clock, seconds},
    numbers::{is_extension, named, party},
};
use crate::generic::record::{CallRecord, Outcome};

pub(super) fn record(row: &Row<'_>, clock: &Clock, region: Region) -> Result<Option<CallRecord>, RowFault> {
    let written = row.get("time-start");
    // The export ends with its sums.
    if written.is_none_or(|text| text.eq_ignore_ascii_case("totals")) && row.get("from-no").is_none() {
        return Ok(None);
    }
    let written =
        written.ok_or_else(|| RowFault::of("time-start", "required", "it does not say when the call began"))?;
    let started_at = clock
        .read(written, None)
        .ok_or_else(|| RowFault::of("time-start", "invalid", "it is no time; it is read like 2026-03-10 09:30:01"))?;
    if row.get("from-no").is_some() || row.get("to-no").is_some() {
        Ok(Some(of_records(row, clock, region, started_at)))
    } else if row.get("from").is_some() || row.get("to").is_some() {
        Ok(Some(of_log(row, region, written, started_at)))
    } else {
        Err(RowFault::new("required", "it names neither who called nor who was called"))
    }
}

fn after(start: Timestamp, count: i64) -> Timestamp {
    Timestamp::from_micros(start.as_micros() + count * 1_000_000)
}

/// `Ext.1001` is the extension 1001.
fn bare(text: &str) -> &str {
    text.strip_prefix("Ext.").unwrap_or(text)
}

/// What an end of a call is, in one spelling.
fn kind(row: &Row<'_>, name: &str) -> String {
    row.get(name).unwrap_or_default().to_ascii_lowercase().replace(['_', ' '], "")
}

fn is_outside(kind: &str) -> bool {
    matches!(kind, "line" | "external" | "externalline" | "provider" | "outboundrule" | "bridge")
}

/// One row of the log of call records.
fn of_records(row: &Row<'_>, clock: &Clock, region: Region, started_at: Timestamp) -> CallRecord {
    let (from_kind, to_kind, final_kind) = (kind(row, "from-type"), kind(row, "to-type"), kind(row, "final-type"));
    let (from, to) = (bare(row.get("from-no").unwrap_or_default()), bare(row.get("to-no").unwrap_or_default()));
    let ends = bare(row.get("final-number").unwrap_or(to));
    let is_from_outside = is_outside(&from_kind) || (from_kind.is_empty() && !is_extension(from));
    let is_to_outside = is_outside(&to_kind)
        || is_outside(&final_kind) && !is_from_outside
        || (to_kind.is_empty() && !is_extension(to) && !is_from_outside);
    let direction = match (is_from_outside, is_to_outside) {
        (true, _) => Direction::Inbound,
        (false, true) => Direction::Outbound,
        (false, false) => Direction::Internal,
    };
    let count = row.get("duration").and_then(seconds).unwrap_or(0);
    let answered = row.get("time-answered").and_then(|at| clock.read(at, None)).map(|at| at.max(started_at));
    let ended = row.get("time-end").and_then(|at| clock.read(at, None));
    let ended_at =
        ended.unwrap_or_else(|| after(answered.unwrap_or(started_at), count)).max(answered.unwrap_or(started_at));
    let outcome = outcome_of(row, answered.is_some(), &final_kind);
    let group = |wanted: &str| {
        let held = [("to-type", "to-dn", "to-no"), ("final-type", "final-dn", "final-number")];
        held.into_iter()
            .find(|(type_, ..)| kind(row, type_) == wanted)
            .and_then(|(_, dn, number)| row.any(&[dn, number]))
            .map(|found| bare(found).to_owned())
    };
    let agent = match direction {
        Direction::Inbound | Direction::Internal
            if is_extension(ends) && !matches!(final_kind.as_str(), "queue" | "ivr") =>
        {
            Some((ends, row.any(&["final-dispname", "to-dispname"])))
        }
        Direction::Outbound => Some((from, row.get("from-dispname"))),
        _ => None,
    };
    let history = row.get("historyid").map(|id| id.trim_start_matches("Call ").trim());
    CallRecord {
        id: format!("{}/{}", history.unwrap_or_default(), row.get("callid").unwrap_or_default()),
        // The number of a call begins anew when 3CX is set up again.
        call: history.map(|history| format!("{history}/{}", &started_at.to_string()[..10])),
        started_at,
        answered_at: answered,
        ended_at,
        outcome,
        direction,
        from: party(from, region),
        from_name: row.get("from-dispname").filter(|name| *name != from).map(str::to_owned),
        to: party(if to.is_empty() { row.get("dial-no").map_or("", bare) } else { to }, region),
        to_name: row.get("to-dispname").filter(|name| *name != to).map(str::to_owned),
        agent: agent.map(|(agent, _)| agent.to_owned()),
        agent_name: agent.and_then(|(_, name)| name).map(str::to_owned),
        queue: group("queue"),
        ring_group: group("ringgroup"),
        ivr: group("ivr"),
        trunk: match direction {
            Direction::Inbound => row.get("from-dn").map(str::to_owned),
            Direction::Outbound => row.any(&["final-dn", "to-dn"]).map(str::to_owned),
            Direction::Internal => None,
        },
        did: None,
        account_code: row.get("bill-code").map(str::to_owned),
    }
}

fn outcome_of(row: &Row<'_>, is_answered: bool, final_kind: &str) -> Outcome {
    let why = row.get("reason-terminated").unwrap_or_default().to_ascii_lowercase();
    match final_kind {
        "voicemail" | "vmail" => Outcome::Voicemail,
        "ivr" | "queue" | "ringgroup" if is_answered => Outcome::Machine,
        _ if is_answered => Outcome::Answered,
        _ if why.contains("busy") => Outcome::Busy,
        _ if why.contains("fail") || why.contains("notfound") => Outcome::Failed,
        _ => Outcome::NoAnswer,
    }
}

/// One row of the export of the call log.
fn of_log(row: &Row<'_>, region: Region, written: &str, started_at: Timestamp) -> CallRecord {
    let status = row.get("status").unwrap_or_default().to_ascii_lowercase();
    let (from, from_name) = named(row.get("from").unwrap_or_default());
    let (to, to_name) = named(row.get("to").unwrap_or_default());
    let way = row.get("direction").unwrap_or_default().to_ascii_lowercase();
    let is_queue = way.contains("queue");
    let direction = match way.as_str() {
        _ if way.starts_with("inbound") => Direction::Inbound,
        _ if way.starts_with("outbound") => Direction::Outbound,
        "internal" => Direction::Internal,
        _ => match (is_extension(from), is_extension(to)) {
            (true, true) => Direction::Internal,
            (true, false) => Direction::Outbound,
            (false, _) => Direction::Inbound,
        },
    };
    let (rang, talked) =
        (row.get("ringing").and_then(seconds).unwrap_or(0), row.get("talking").and_then(seconds).unwrap_or(0));
    let outcome = match status.as_str() {
        "answered" if talked > 0 && !is_queue => Outcome::Answered,
        // The queue picked up; who answered has a row of their own.
        "answered" | "redirected" | "waiting" if is_queue => Outcome::Machine,
        "answered" => Outcome::NoAnswer,
        _ if status.contains("voicemail") => Outcome::Voicemail,
        _ if status.contains("busy") => Outcome::Busy,
        _ if status.contains("fail") => Outcome::Failed,
        _ => Outcome::NoAnswer,
    };
    let is_taken = matches!(outcome, Outcome::Answered | Outcome::Voicemail | Outcome::Machine);
    let (agent, agent_name) = match direction {
        Direction::Outbound => (from, from_name),
        Direction::Inbound | Direction::Internal => (to, to_name),
    };
    let is_agent = is_extension(agent) && !is_queue;
    let owned = |text: &str| text.to_owned();
    // Older versions write no id: rows of one call share caller and time.
    let call = row.get("callid").map_or_else(|| format!("{written}/{from}"), owned);
    CallRecord {
        id: format!("{call}/{written}/{from}/{to}/{status}"),
        call: Some(call),
        started_at,
        answered_at: is_taken.then(|| after(started_at, rang)),
        ended_at: after(started_at, rang + talked),
        outcome,
        direction,
        from: party(from, region),
        from_name: from_name.map(owned),
        to: party(to, region),
        to_name: to_name.map(owned),
        agent: is_agent.then(|| owned(agent)),
        agent_name: agent_name.filter(|_| is_agent).map(owned),
        queue: is_queue.then(|| owned(to)),
        ring_group: None,
        ivr: None,
        trunk: None,
        did: None,
        account_code: None,
    }
}

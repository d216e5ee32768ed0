//! Trunks, queues, ring groups and menus.

use std::collections::BTreeMap;

use jiff::civil::Date;
use switchboard_domain::{Timestamp, call::CallOutcome, over_call::Way};

use super::{Days, Frame, Keys, Labelled, calls::MOST};
use crate::report::{
    answers::{
        CallsQuery, Exit, ExitRow, GroupRow, GroupsReport, MemberRow, MenuRow, QueueRow, QueuesReport, TrunkDay,
        TrunkRow, TrunksReport,
    },
    day::BETWEEN,
    load::Load,
    math::{self, real, share},
    spread::Spread,
    tally::{Cell, Tally, is_answered_inbound},
};

/// The share of calls that may meet all lines busy.
const BLOCKING: f64 = 0.01;
/// The share of calls that a queue should answer in time.
const WANTED: f64 = 0.8;
/// Members of a queue or group that are shown.
const MEMBERS: usize = 200;
/// How far back a call may have begun that is going on at a peak.
const LONGEST: std::time::Duration = std::time::Duration::from_hours(4);

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn trunk_row(trunk: String, tally: &Tally, query: CallsQuery) -> TrunkRow {
    let Load { held, peak, peak_at, busy, busy_at, days, busy_sum } = tally.load;
    let outbound = tally.of_way(Way::Outbound);
    let erlangs = real(busy) / 3_600.0;
    let at = |value: i64, at: i64| (value > 0).then(|| moment(at));
    let at_peak = at(peak, peak_at);
    TrunkRow {
        calls: tally.calls(),
        inbound: tally.of_way(Way::Inbound),
        outbound,
        outcomes: tally.outcomes(),
        connect_rate: share(tally.of(Way::Outbound, CallOutcome::Answered), outbound),
        talk_seconds: tally.talk_seconds(),
        held_seconds: held,
        peak_calls: peak,
        peak_at: at_peak,
        busy_hour_at: at(busy, busy_at),
        busy_hour_erlangs: erlangs,
        average_busy_hour_erlangs: share(busy_sum, days).map_or(0.0, |seconds| seconds / 3_600.0),
        lines_needed: math::lines_for(erlangs, BLOCKING),
        peak_query: at_peak.map(|at| CallsQuery {
            occurred_from: Some(at - LONGEST),
            occurred_before: Some(at + std::time::Duration::from_secs(1)),
            ..query.clone()
        }),
        query,
        trunk,
    }
}

/// `days` are those of all trunks together, or of the one that is asked for.
pub fn trunks(frame: &Frame, trunks: Keys<Tally>, days: &Days) -> TrunksReport {
    let mut rows = Vec::new();
    let mut all = trunk_row(String::new(), &Tally::default(), frame.query());
    for (trunk, kept) in trunks {
        if trunk.is_empty() {
            all = trunk_row(trunk, &kept.sums, frame.query());
        } else {
            let query = CallsQuery { trunk: Some(trunk.clone()), ..frame.query() };
            rows.push(trunk_row(trunk, &kept.sums, query));
        }
    }
    rows.sort_by(|a, b| (b.held_seconds, b.calls, &a.trunk).cmp(&(a.held_seconds, a.calls, &b.trunk)));
    rows.truncate(MOST);
    let none = Tally::default();
    let row = |date: Date| {
        let load = days.get(&date).unwrap_or(&none).load;
        let query = frame.of_day(date);
        TrunkDay { date, peak_calls: load.peak, busy_hour_erlangs: real(load.busy) / 3_600.0, query }
    };
    let days = frame.dates().map(row).collect();
    TrunksReport { about: frame.about.clone(), blocking: BLOCKING, all, rows, days }
}

/// The members of each queue or group, out of keys that name both.
fn members(keys: Keys<Tally>, query: impl Fn(&str, &str) -> CallsQuery) -> BTreeMap<String, Vec<MemberRow>> {
    let mut all: BTreeMap<String, Vec<MemberRow>> = BTreeMap::new();
    for (key, Labelled { label, sums }) in keys {
        let Some((of, agent)) = key.split_once(BETWEEN) else { continue };
        let answered = sums.answered();
        all.entry(of.to_owned()).or_default().push(MemberRow {
            agent_id: agent.to_owned(),
            name: label,
            answered,
            unanswered_rings: sums.rings,
            talk_seconds: sums.talk_seconds(),
            average_talk_seconds: share(sums.talk_seconds(), answered),
            query: query(of, agent),
        });
    }
    for rows in all.values_mut() {
        rows.retain(|row| row.answered > 0 || row.unanswered_rings > 0);
        rows.sort_by(|a, b| (b.answered, &a.agent_id).cmp(&(a.answered, &b.agent_id)));
        rows.truncate(MEMBERS);
    }
    all
}

fn queue_row(frame: &Frame, queue: String, tally: &Tally, agents: Vec<MemberRow>, query: CallsQuery) -> QueueRow {
    let external = |way: Way| way != Way::Internal;
    let sum = |fits: &dyn Fn(CallOutcome) -> bool, what: &dyn Fn(&Cell) -> i64| -> i64 {
        let cells = tally.cells.iter().filter(|((way, outcome), _)| external(*way) && fits(*outcome));
        cells.map(|(_, cell)| what(cell)).sum()
    };
    let is_answered = |outcome: CallOutcome| outcome == CallOutcome::Answered;
    let is_abandoned = |outcome: CallOutcome| outcome == CallOutcome::Abandoned;
    let short = sum(&is_abandoned, &|cell| cell.short);
    let offered = sum(&|_| true, &|cell| cell.calls) - short;
    let answered = sum(&is_answered, &|cell| cell.calls);
    let abandoned = sum(&is_abandoned, &|cell| cell.calls) - short;
    let in_time = sum(&is_answered, &|cell| cell.in_time);
    let spread = |fits: &dyn Fn(CallOutcome) -> bool, pick: fn(&Cell) -> &Spread| {
        tally.spread(|way, outcome| external(way) && fits(outcome), pick)
    };
    let (wait, talk) = (spread(&is_answered, |cell| &cell.wait), spread(&is_answered, |cell| &cell.talk));
    let erlangs = real(tally.load.busy) / 3_600.0;
    let target = real(frame.settings.service_level_seconds);
    QueueRow {
        queue,
        offered,
        answered,
        abandoned,
        short_abandoned: short,
        other: offered - answered - abandoned,
        answered_in_time: in_time,
        service_level: share(in_time, offered),
        average_wait_seconds: wait.average(),
        abandon_rate: share(abandoned, offered),
        answered_wait: wait.distribution(),
        abandoned_wait: spread(&is_abandoned, |cell| &cell.wait).distribution(),
        talk: talk.distribution(),
        busy_hour_at: (tally.load.busy > 0).then(|| moment(tally.load.busy_at)),
        busy_hour_erlangs: erlangs,
        agents_needed: talk
            .average()
            .filter(|_| erlangs > 0.0)
            .map(|talk| math::agents_for(erlangs, WANTED, target, talk)),
        agents,
        query,
    }
}

pub fn queues(frame: &Frame, queues: Keys<Tally>, agents: Keys<Tally>) -> QueuesReport {
    let of_queue = |queue: &str| CallsQuery { queue: Some(queue.to_owned()), ..frame.query().external() };
    let mut members =
        members(agents, |queue, agent| CallsQuery { agent_id: Some(agent.to_owned()), ..of_queue(queue) });
    let mut all = queue_row(frame, String::new(), &Tally::default(), Vec::new(), frame.query().external());
    let mut rows = Vec::new();
    for (queue, kept) in queues {
        if queue.is_empty() {
            all = queue_row(frame, queue, &kept.sums, Vec::new(), frame.query().external());
        } else {
            let (agents, query) = (members.remove(&queue).unwrap_or_default(), of_queue(&queue));
            rows.push(queue_row(frame, queue, &kept.sums, agents, query));
        }
    }
    rows.sort_by(|a, b| (b.offered, &a.queue).cmp(&(a.offered, &b.queue)));
    rows.truncate(MOST);
    QueuesReport {
        about: frame.about.clone(),
        service_level_seconds: frame.settings.service_level_seconds,
        short_abandon_seconds: frame.settings.short_abandon_seconds,
        all,
        rows,
    }
}

pub fn groups(frame: &Frame, groups: Keys<Tally>, agents: Keys<Tally>, menus: Keys<Tally>) -> GroupsReport {
    let of_group = |group: &str| CallsQuery { ring_group: Some(group.to_owned()), ..frame.query().external() };
    let mut members =
        members(agents, |group, agent| CallsQuery { agent_id: Some(agent.to_owned()), ..of_group(group) });
    let row = |(group, kept): (String, Labelled<Tally>)| {
        let tally = kept.sums;
        let external = tally.cells.iter().filter(|((way, _), _)| *way != Way::Internal);
        let cells = external.map(|(kind, cell)| (*kind, cell.clone())).collect();
        let outcomes = Tally { cells, ..Tally::default() }.outcomes();
        let answered = tally.of(Way::Inbound, CallOutcome::Answered);
        GroupRow {
            offered: tally.offered(),
            answered,
            answer_rate: share(answered, tally.offered()),
            outcomes,
            wait: tally.spread(is_answered_inbound, |cell| &cell.wait).distribution(),
            members: members.remove(&group).unwrap_or_default(),
            query: of_group(&group),
            ring_group: group,
        }
    };
    let mut rows: Vec<GroupRow> = groups.into_iter().filter(|(group, _)| !group.is_empty()).map(row).collect();
    rows.sort_by(|a, b| (b.offered, &a.ring_group).cmp(&(a.offered, &b.ring_group)));
    rows.truncate(MOST);
    GroupsReport { about: frame.about.clone(), groups: rows, menus: menu_rows(frame, menus) }
}

fn menu_rows(frame: &Frame, menus: Keys<Tally>) -> Vec<MenuRow> {
    let mut exits: BTreeMap<String, Vec<(Exit, Option<String>, i64)>> = BTreeMap::new();
    for (key, kept) in menus {
        let mut parts = key.split(BETWEEN);
        let (Some(ivr), Some(exit)) = (parts.next(), parts.next().and_then(Exit::parse)) else { continue };
        let target = parts.next().filter(|target| !target.is_empty()).map(str::to_owned);
        exits.entry(ivr.to_owned()).or_default().push((exit, target, kept.sums.external()));
    }
    let row = |(ivr, exits): (String, Vec<(Exit, Option<String>, i64)>)| {
        let calls: i64 = exits.iter().map(|(.., calls)| calls).sum();
        let query = CallsQuery { ivr: Some(ivr.clone()), ..frame.query().external() };
        let exit = |(exit, target, calls_of): (Exit, Option<String>, i64)| {
            let narrowed = query.clone();
            let query = match exit {
                Exit::Queue => CallsQuery { queue: target.clone(), ..narrowed },
                Exit::RingGroup => CallsQuery { ring_group: target.clone(), ..narrowed },
                Exit::Voicemail => CallsQuery { outcome: Some(CallOutcome::Voicemail), ..narrowed },
                Exit::Agent | Exit::HungUp => narrowed,
            };
            ExitRow { exit, target, calls: calls_of, share: share(calls_of, calls).unwrap_or(0.0), query }
        };
        let mut rows: Vec<ExitRow> = exits.into_iter().map(exit).filter(|row| row.calls > 0).collect();
        rows.sort_by(|a, b| (b.calls, a.exit, &a.target).cmp(&(a.calls, b.exit, &b.target)));
        MenuRow { ivr, calls, exits: rows, query }
    };
    let mut rows: Vec<MenuRow> = exits.into_iter().map(row).filter(|row| row.calls > 0).collect();
    rows.sort_by(|a, b| (b.calls, &a.ivr).cmp(&(a.calls, &b.ivr)));
    rows.truncate(MOST);
    rows
}

//! Numbers, extensions, countries.

use switchboard_domain::{
    call::{CallOutcome, Direction},
    over_call::Way,
};

use super::{Days, Frame, Keys, Labelled, calls::MOST, total};
use crate::report::{
    answers::{CallersReport, CallsQuery, CountriesReport, CountryRow, ExtensionRow, ExtensionsReport, NumberRow},
    book::{Book, Entry},
    math::share,
    tally::{Tally, is_answered_inbound, is_lost},
};

/// Days before a period in which a caller must not have called to be new.
pub const LOOK_BACK: i64 = 365;
/// Numbers of a ranking.
const TOP: usize = 100;

/// `before` holds who called in the [`LOOK_BACK`] days before the period.
pub fn callers(frame: &Frame, book: &Book, before: &Book) -> CallersReport {
    let count = |entries: usize| i64::try_from(entries).unwrap_or(i64::MAX);
    let callers = count(book.callers.len());
    let repeat = count(book.callers.iter().filter(|entry| entry.calls > 1).count());
    let new = count(book.callers.iter().filter(|entry| !before.has_caller(entry.number)).count());
    let row = |entry: &Entry, direction: Direction, is_new: bool| {
        let number = entry.number.to_string();
        NumberRow {
            contact_id: None,
            name: None,
            calls: entry.calls,
            answered: entry.answered,
            talk_seconds: entry.talk,
            is_new,
            query: CallsQuery { number: Some(number.clone()), ..frame.query().way(direction) },
            number,
        }
    };
    CallersReport {
        about: frame.about.clone(),
        callers,
        repeat_callers: repeat,
        repeat_rate: share(repeat, callers),
        new_callers: new,
        known_callers: callers - new,
        look_back_days: LOOK_BACK,
        called: count(book.called.len()),
        hidden_calls: book.hidden,
        top_callers: top(&book.callers)
            .iter()
            .map(|entry| row(entry, Direction::Inbound, !before.has_caller(entry.number)))
            .collect(),
        top_called: top(&book.called).iter().map(|entry| row(entry, Direction::Outbound, false)).collect(),
    }
}

/// The most calls first; those alike by talk, then by number.
fn top(entries: &[Entry]) -> Vec<Entry> {
    let mut all = entries.to_vec();
    let order = |entry: &Entry| (std::cmp::Reverse((entry.calls, entry.talk)), entry.number);
    if all.len() > TOP {
        all.select_nth_unstable_by_key(TOP, order);
        all.truncate(TOP);
    }
    all.sort_unstable_by_key(order);
    all
}

pub fn extensions(frame: &Frame, days: &Days, agents: Keys<Tally>) -> ExtensionsReport {
    let row = |(agent, kept): (String, Labelled<Tally>)| {
        let tally = kept.sums;
        let answered = tally.answered();
        ExtensionRow {
            name: kept.label,
            calls: tally.calls(),
            inbound: tally.of_way(Way::Inbound),
            inbound_answered: tally.of(Way::Inbound, CallOutcome::Answered),
            inbound_missed: lost(&tally),
            outbound: tally.of_way(Way::Outbound),
            outbound_answered: tally.of(Way::Outbound, CallOutcome::Answered),
            internal: tally.of_way(Way::Internal),
            transferred: tally.transferred(),
            talk_seconds: tally.talk_seconds(),
            average_talk_seconds: share(tally.talk_seconds(), answered),
            average_ring_seconds: tally.spread(is_answered_inbound, |cell| &cell.ring).average(),
            query: CallsQuery { agent_id: Some(agent.clone()), ..frame.query() },
            agent_id: agent,
        }
    };
    let mut rows: Vec<ExtensionRow> = agents.into_iter().map(row).filter(|row| row.calls > 0).collect();
    let assigned: i64 = rows.iter().map(|row| row.calls).sum();
    rows.sort_by(|a, b| (b.calls, &a.agent_id).cmp(&(a.calls, &b.agent_id)));
    let left_out = super::left_out(rows.len(), MOST);
    rows.truncate(MOST);
    ExtensionsReport {
        about: frame.about.clone(),
        rows,
        left_out,
        unassigned_calls: (total(days).calls() - assigned).max(0),
    }
}

fn lost(tally: &Tally) -> i64 {
    tally.cells.iter().filter(|((way, outcome), _)| is_lost(*way, *outcome)).map(|(_, cell)| cell.calls).sum()
}

pub fn countries(frame: &Frame, days: &Days, countries: Keys<Tally>) -> CountriesReport {
    let row = |(country, kept): (String, Labelled<Tally>)| {
        let tally = kept.sums;
        let (inbound, outbound) = (tally.of_way(Way::Inbound), tally.of_way(Way::Outbound));
        let outbound_answered = tally.of(Way::Outbound, CallOutcome::Answered);
        let (inbound_talk, outbound_talk) = (tally.talk_of(Way::Inbound), tally.talk_of(Way::Outbound));
        CountryRow {
            calls: tally.external(),
            inbound,
            outbound,
            inbound_answered: tally.of(Way::Inbound, CallOutcome::Answered),
            outbound_answered,
            connect_rate: share(outbound_answered, outbound),
            talk_seconds: tally.talk_seconds() - tally.talk_of(Way::Internal),
            inbound_talk_seconds: inbound_talk,
            outbound_talk_seconds: outbound_talk,
            query: CallsQuery { country: Some(country.clone()), ..frame.query().external() },
            country,
        }
    };
    let mut rows: Vec<CountryRow> = countries.into_iter().map(row).filter(|row| row.calls > 0).collect();
    let known: i64 = rows.iter().map(|row| row.calls).sum();
    rows.sort_by(|a, b| (b.calls, &a.country).cmp(&(a.calls, &b.country)));
    CountriesReport { about: frame.about.clone(), rows, unknown_calls: (total(days).external() - known).max(0) }
}

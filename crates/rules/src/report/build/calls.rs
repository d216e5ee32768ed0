//! Volume, the week, answering, missed calls, lengths, transfers.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, Direction},
    over_call::Way,
};

use super::{Days, Frame, Keys, total};
use crate::report::{
    answers::{
        Answering, AnsweringDay, AnsweringReport, CallsQuery, DurationsReport, HeatmapCell, HeatmapReport,
        MissedCaller, MissedDay, MissedReport, Step, TransferRow, TransfersReport, Volume, VolumeReport, VolumeRow,
    },
    day::{self, weekday_of},
    math::share,
    returns::{Missed, Open},
    spread::Spread,
    tally::{HourCell, Tally, is_answered_inbound, is_lost, is_offered},
};

/// Rows that lists of people's interest have at most.
pub const MOST: usize = 500;
/// Numbers of the list of missed calls.
const CALLERS: usize = 200;

fn volume_of(tally: &Tally) -> Volume {
    Volume {
        calls: tally.calls(),
        inbound: tally.of_way(Way::Inbound),
        outbound: tally.of_way(Way::Outbound),
        internal: tally.of_way(Way::Internal),
        outcomes: tally.outcomes(),
        talk_seconds: tally.talk_seconds(),
    }
}

/// The calls of one hour as a tally without lengths.
fn hour_volume(tally: &Tally, hour: i8) -> Volume {
    let (mut of_hour, mut talk) = (Tally::default(), 0);
    for ((_, way, outcome), cell) in
        tally.hours.range((hour, Way::Inbound, CallOutcome::Answered)..).take_while(|((h, ..), _)| *h == hour)
    {
        of_hour.cells.entry((*way, *outcome)).or_default().calls += cell.calls;
        talk += cell.talk;
    }
    Volume { talk_seconds: talk, ..volume_of(&of_hour) }
}

/// The step that fits a period, where nobody asked for one.
pub fn usual_step(days: i64) -> Step {
    match days {
        ..=2 => Step::Hour,
        3..=92 => Step::Day,
        93..=400 => Step::Week,
        _ => Step::Month,
    }
}

pub fn volume(frame: &Frame, days: &Days, step: Step) -> VolumeReport {
    let rows = if step == Step::Hour { hours(frame, days) } else { steps(frame, days, step) };
    VolumeReport { about: frame.about.clone(), step, total: volume_of(&total(days)), rows }
}

fn hours(frame: &Frame, days: &Days) -> Vec<VolumeRow> {
    let none = Tally::default();
    let mut rows = Vec::new();
    for date in frame.dates() {
        let (local, tally) = (frame.day(date), days.get(&date).unwrap_or(&none));
        for hour in 0..24 {
            let (starts, ends) = local.hour(hour);
            // Left out when clocks are put forward.
            if starts == ends {
                continue;
            }
            let query = CallsQuery { occurred_from: Some(starts), occurred_before: Some(ends), ..frame.of_day(date) };
            rows.push(VolumeRow { starts, date, hour: Some(hour), volume: hour_volume(tally, hour), query });
        }
    }
    rows
}

/// Where a step begins, cut to the period.
fn step_of(date: Date, step: Step, first: Date) -> Date {
    let begins = match step {
        Step::Hour | Step::Day => date,
        Step::Week => day::plus(date, 1 - i64::from(weekday_of(date))),
        Step::Month => date.first_of_month(),
    };
    begins.max(first)
}

fn steps(frame: &Frame, days: &Days, step: Step) -> Vec<VolumeRow> {
    let mut sums: BTreeMap<Date, (Date, Tally)> = BTreeMap::new();
    for date in frame.dates() {
        let entry = sums.entry(step_of(date, step, frame.filter.from)).or_insert_with(|| (date, Tally::default()));
        entry.0 = date;
        if let Some(tally) = days.get(&date) {
            entry.1.merge_days(tally);
        }
    }
    let row = |(date, (last, tally)): (Date, (Date, Tally))| VolumeRow {
        starts: day::start_of(date, &frame.zone),
        date,
        hour: None,
        volume: volume_of(&tally),
        query: frame.of_days(date, last),
    };
    sums.into_iter().map(row).collect()
}

pub fn heatmap(frame: &Frame, days: &Days) -> HeatmapReport {
    let mut sums: BTreeMap<(i8, i8), (HourCell, HourCell, i64)> = BTreeMap::new();
    for (date, tally) in days {
        for ((hour, way, outcome), cell) in &tally.hours {
            let (all, answered, offered) = sums.entry((weekday_of(*date), *hour)).or_default();
            all.merge(cell);
            if is_offered(*way, *outcome) {
                *offered += cell.calls;
            }
            if is_answered_inbound(*way, *outcome) {
                answered.merge(cell);
            }
        }
    }
    let mut weekdays: BTreeMap<i8, (i64, Date)> = BTreeMap::new();
    for date in frame.dates() {
        let (count, last) = weekdays.entry(weekday_of(date)).or_insert((0, date));
        *count += 1;
        *last = date;
    }
    let cell = |weekday: i8, hour: i8| {
        let (all, answered, offered) = sums.get(&(weekday, hour)).copied().unwrap_or_default();
        let of_weekday = weekdays.get(&weekday);
        let query = of_weekday.map_or_else(
            || frame.query(),
            |(_, last)| {
                let (starts, ends) = frame.day(*last).hour(hour);
                CallsQuery { occurred_from: Some(starts), occurred_before: Some(ends), ..frame.of_day(*last) }
            },
        );
        let days = of_weekday.map_or(0, |(count, _)| *count);
        HeatmapCell {
            weekday,
            hour,
            days,
            calls: all.calls,
            calls_per_day: share(all.calls, days),
            offered,
            answered: answered.calls,
            answer_rate: share(answered.calls, offered),
            average_wait_seconds: share(answered.wait, answered.waited),
            query,
        }
    };
    let cells = (1..=7).flat_map(|weekday| (0..24).map(move |hour| (weekday, hour)));
    HeatmapReport { about: frame.about.clone(), cells: cells.map(|(weekday, hour)| cell(weekday, hour)).collect() }
}

fn answering_of(frame: &Frame, tally: &Tally, direction: Direction) -> Answering {
    let way = super::way_of(direction);
    let is_rated = |w: Way, outcome: CallOutcome| w == way && (way != Way::Inbound || outcome != CallOutcome::Rejected);
    let is_answered = |w: Way, outcome: CallOutcome| w == way && outcome == CallOutcome::Answered;
    let offered: i64 = tally.cells.iter().filter(|((w, o), _)| is_rated(*w, *o)).map(|(_, cell)| cell.calls).sum();
    let answered = tally.of(way, CallOutcome::Answered);
    let talk = tally.spread(is_answered, |cell| &cell.talk);
    let ring = tally.spread(is_answered, |cell| &cell.ring);
    Answering {
        calls: tally.of_way(way),
        offered,
        answered,
        rate: share(answered, offered),
        wait: tally.spread(is_answered, |cell| &cell.wait).distribution(),
        lost_wait: tally.spread(|w, o| is_rated(w, o) && !is_answered(w, o), |cell| &cell.wait).distribution(),
        talk: talk.distribution(),
        handling_seconds: talk.average().map(|talk| talk + ring.average().unwrap_or(0.0)),
        query: frame.query().way(direction),
    }
}

pub fn answering(frame: &Frame, days: &Days) -> AnsweringReport {
    let none = Tally::default();
    let all = total(days);
    let row = |date: Date| {
        let tally = days.get(&date).unwrap_or(&none);
        let (inbound, outbound) = (answering_of(frame, tally, Direction::Inbound), tally.of_way(Way::Outbound));
        let connected = tally.of(Way::Outbound, CallOutcome::Answered);
        AnsweringDay {
            date,
            offered: inbound.offered,
            answered: inbound.answered,
            answer_rate: inbound.rate,
            attempts: outbound,
            connected,
            connect_rate: share(connected, outbound),
            average_wait_seconds: inbound.wait.average_seconds,
            median_wait_seconds: inbound.wait.median_seconds,
            p90_wait_seconds: inbound.wait.p90_seconds,
            average_talk_seconds: inbound.talk.average_seconds,
            query: frame.of_day(date),
        }
    };
    AnsweringReport {
        about: frame.about.clone(),
        inbound: answering_of(frame, &all, Direction::Inbound),
        outbound: answering_of(frame, &all, Direction::Outbound),
        days: frame.dates().map(row).collect(),
    }
}

/// `names` are the contacts of the numbers, as far as the caller knows them: `missed_numbers` says of which calls.
pub fn missed(frame: &Frame, days: &BTreeMap<Date, Missed>) -> MissedReport {
    let hours = frame.settings.return_hours;
    let none = Missed::default();
    let row = |date: Date| {
        let missed = days.get(&date).unwrap_or(&none);
        let waiting = missed.waiting(frame.now, hours).min(missed.open_calls());
        MissedDay {
            date,
            missed: missed.calls,
            returned: missed.returned.calls,
            reached_us: missed.reached_us,
            not_returned: missed.open_calls() - waiting,
            waiting,
            query: CallsQuery { direction: Some(Direction::Inbound), ..frame.of_day(date).external() },
        }
    };
    let rows: Vec<MissedDay> = frame.dates().map(row).collect();
    let sum = |what: fn(&MissedDay) -> i64| rows.iter().map(what).sum::<i64>();
    let (returned, not_returned) = (sum(|day| day.returned), sum(|day| day.not_returned));
    let mut time = Spread::default();
    for day in days.values() {
        time.merge(&day.returned);
    }
    let (callers, left_out) = waiting_callers(frame, days);
    MissedReport {
        about: frame.about.clone(),
        return_hours: hours,
        missed: sum(|day| day.missed),
        returned,
        reached_us: sum(|day| day.reached_us),
        not_returned,
        waiting: sum(|day| day.waiting),
        return_rate: share(returned, returned + not_returned),
        time_to_return: time.distribution(),
        days: rows,
        callers,
        left_out,
    }
}

fn waiting_callers(frame: &Frame, days: &BTreeMap<Date, Missed>) -> (Vec<MissedCaller>, i64) {
    let mut by_number: HashMap<_, (i64, &Open)> = HashMap::new();
    for open in days.values().flat_map(|day| &day.open) {
        let entry = by_number.entry(open.number).or_insert((0, open));
        entry.0 += 1;
        if open.at >= entry.1.at {
            entry.1 = open;
        }
    }
    let mut all: Vec<(i64, &Open)> = by_number.into_values().collect();
    all.sort_unstable_by_key(|(_, open)| (std::cmp::Reverse(open.at), open.number));
    let left_out = super::left_out(all.len(), CALLERS);
    let since = frame.now.as_seconds() - frame.settings.return_hours * 3_600;
    let caller = |(calls, open): (i64, &Open)| MissedCaller {
        number: open.number.to_string(),
        contact_id: None,
        name: None,
        calls,
        last_at: Timestamp::from_micros(open.at * 1_000_000),
        last_call_id: open.call_id,
        is_voicemail: open.is_voicemail,
        is_waiting: open.at >= since,
        query: CallsQuery {
            occurred_from: frame.query().occurred_from,
            number: Some(open.number.to_string()),
            ..CallsQuery::default()
        },
    };
    (all.into_iter().take(CALLERS).map(caller).collect(), left_out)
}

pub fn durations(frame: &Frame, days: &Days) -> DurationsReport {
    let all = total(days);
    DurationsReport {
        about: frame.about.clone(),
        talk: all.spread(|_, outcome| outcome == CallOutcome::Answered, |cell| &cell.talk).histogram(),
        wait: all.answered_wait().histogram(),
        lost_wait: all.spread(is_lost, |cell| &cell.wait).histogram(),
        ring: all.spread(|_, _| true, |cell| &cell.ring).histogram(),
        query: frame.query(),
    }
}

fn transfer_row(key: String, name: Option<String>, tally: &Tally, query: CallsQuery) -> TransferRow {
    let (answered, transferred) = (tally.answered(), tally.transferred());
    let query = CallsQuery { is_transferred: Some(true), outcome: Some(CallOutcome::Answered), ..query };
    TransferRow { key, name, answered, transferred, rate: share(transferred, answered), query }
}

pub fn transfers(frame: &Frame, days: &Days, agents: Keys<Tally>, queues: Keys<Tally>) -> TransfersReport {
    let none = Tally::default();
    let all = transfer_row(String::new(), None, &total(days), frame.query());
    let rank = |keys: Keys<Tally>, narrow: fn(CallsQuery, String) -> CallsQuery| {
        let keys = keys.into_iter().filter(|(key, kept)| !key.is_empty() && kept.sums.answered() > 0);
        let row = |(key, kept): (String, _)| {
            let super::Labelled { label, sums } = kept;
            transfer_row(key.clone(), label, &sums, narrow(frame.query(), key))
        };
        let mut rows: Vec<TransferRow> = keys.map(row).collect();
        rows.sort_by(|a, b| (b.transferred, b.answered, &a.key).cmp(&(a.transferred, a.answered, &b.key)));
        rows.truncate(MOST);
        rows
    };
    let day = |date: Date| transfer_row(date.to_string(), None, days.get(&date).unwrap_or(&none), frame.of_day(date));
    TransfersReport {
        about: frame.about.clone(),
        answered: all.answered,
        transferred: all.transferred,
        rate: all.rate,
        days: frame.dates().map(day).collect(),
        agents: rank(agents, |query, key| CallsQuery { agent_id: Some(key), ..query }),
        queues: rank(queues, |query, key| CallsQuery { queue: Some(key), ..query }),
        query: all.query,
    }
}

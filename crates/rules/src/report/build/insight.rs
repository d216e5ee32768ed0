//! Speech, periods side by side, what is out of the ordinary, the data itself.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, Direction},
    hours::Hours,
    ids::ConnectionId,
    over_call::Way,
    silence,
};

use super::{Days, Frame, Keys, total};
use crate::report::{
    answers::{
        Against, AnomaliesReport, Anomaly, CallsQuery, CompareDay, CompareReport, CompareRow, ConnectionDataHealth,
        DataHealthReport, Gap, KeywordRow, Measure, Oddity, SpeechAgent, SpeechDay, SpeechReport, Unit,
    },
    day,
    health::{Health, LATE},
    math::{median, real, robust_score, share},
    speech::Speech,
    tally::Tally,
};

/// Weeks that an hour is compared with.
pub const WEEKS: i64 = 8;
/// Robust standard deviations from which an hour is out of the ordinary.
const THRESHOLD: f64 = 4.0;
/// Weeks with a call that it takes to judge a day.
const HISTORY: usize = 4;
/// Anomalies that are shown.
const ANOMALIES: usize = 200;
/// Offered calls below which an hour's answer rate says nothing.
const RATED: i64 = 10;
/// The least deviations that are believed: of calls in an hour, and of a rate.
const LEAST_CALLS: f64 = 2.0;
const LEAST_RATE: f64 = 0.05;
/// Calls that a gap must usually have.
const GAP_CALLS: f64 = 3.0;
const GAPS: usize = 20;
/// Rows of agents and keywords.
const MOST: usize = 200;

/// The period that one is compared with.
pub fn other_period(from: Date, to: Date, against: Against) -> (Date, Date) {
    match against {
        Against::Previous => {
            let days = day::number_of(to) - day::number_of(from) + 1;
            (day::plus(from, -days), day::plus(from, -1))
        }
        Against::Year => {
            let before = |date: Date| date.checked_sub(1.year()).unwrap_or(date);
            (before(from), before(to))
        }
    }
}

fn measures(tally: &Tally) -> Vec<(Measure, Unit, Option<f64>)> {
    let count = |calls: i64| Some(real(calls));
    let lost = |outcome: CallOutcome| count(tally.of(Way::Inbound, outcome));
    let wait = tally.answered_wait();
    let (answered, outbound) = (tally.answered(), tally.of_way(Way::Outbound));
    vec![
        (Measure::Calls, Unit::Count, count(tally.calls())),
        (Measure::Inbound, Unit::Count, count(tally.of_way(Way::Inbound))),
        (Measure::Outbound, Unit::Count, count(outbound)),
        (Measure::Internal, Unit::Count, count(tally.of_way(Way::Internal))),
        (Measure::AnswerRate, Unit::Share, share(tally.of(Way::Inbound, CallOutcome::Answered), tally.offered())),
        (Measure::ConnectRate, Unit::Share, share(tally.of(Way::Outbound, CallOutcome::Answered), outbound)),
        (Measure::Missed, Unit::Count, lost(CallOutcome::Missed)),
        (Measure::Abandoned, Unit::Count, lost(CallOutcome::Abandoned)),
        (Measure::Voicemails, Unit::Count, lost(CallOutcome::Voicemail)),
        (Measure::TalkSeconds, Unit::Seconds, count(tally.talk_seconds())),
        (Measure::AverageTalk, Unit::Seconds, share(tally.talk_seconds(), answered)),
        (Measure::AverageWait, Unit::Seconds, wait.average()),
        (Measure::MedianWait, Unit::Seconds, wait.percentile(50).map(real)),
        (Measure::P90Wait, Unit::Seconds, wait.percentile(90).map(real)),
        (Measure::TransferRate, Unit::Share, share(tally.transferred(), answered)),
    ]
}

/// `before` holds the days of [`other_period`].
pub fn compare(frame: &Frame, now: &Days, before: &Days, against: Against) -> CompareReport {
    let (before_from, before_to) = other_period(frame.filter.from, frame.filter.to, against);
    let pairs = measures(&total(now)).into_iter().zip(measures(&total(before)));
    let row = |((measure, unit, now), (_, _, before)): ((_, _, Option<f64>), (_, _, Option<f64>))| {
        let difference = now.zip(before).map(|(now, before)| now - before);
        let change = difference.zip(before).filter(|(_, before)| *before != 0.0).map(|(by, before)| by / before);
        CompareRow { measure, unit, now, before, difference, change }
    };
    let calls = |days: &Days, date: Date| days.get(&date).map_or(0, Tally::calls);
    let dates = frame.dates().zip(day::days(before_from, before_to));
    let day = |(date, before_date)| CompareDay {
        date,
        before_date,
        calls: calls(now, date),
        before_calls: calls(before, before_date),
    };
    CompareReport {
        about: frame.about.clone(),
        against,
        before_from,
        before_to,
        rows: pairs.map(row).collect(),
        days: dates.map(day).collect(),
        query: frame.query(),
        before_query: frame.of_days(before_from, before_to),
    }
}

/// An hour of a day in numbers.
#[derive(Debug, Clone, Copy, Default)]
struct HourSums {
    calls: i64,
    offered: i64,
    answered: i64,
    abroad: i64,
}

fn hours_of(tally: &Tally) -> [HourSums; 24] {
    let mut hours = [HourSums::default(); 24];
    for ((hour, way, outcome), cell) in &tally.hours {
        let Some(sums) = usize::try_from(*hour).ok().and_then(|hour| hours.get_mut(hour)) else { continue };
        sums.abroad += cell.abroad;
        if *way != Way::Internal {
            sums.calls += cell.calls;
        }
        if *way == Way::Inbound && *outcome != CallOutcome::Rejected {
            sums.offered += cell.calls;
        }
        if *way == Way::Inbound && *outcome == CallOutcome::Answered {
            sums.answered += cell.calls;
        }
    }
    hours
}

/// `days` reach [`WEEKS`] weeks back behind the period. `hours` are the workspace's; without any, from eight in the evening to
/// seven in the morning is after hours.
pub fn anomalies(frame: &Frame, days: &Days, hours: Option<&Hours>) -> AnomaliesReport {
    let sums: BTreeMap<Date, [HourSums; 24]> = days.iter().map(|(date, tally)| (*date, hours_of(tally))).collect();
    let (mut rows, mut without_history) = (Vec::new(), 0);
    for date in frame.dates() {
        let before: Vec<&[HourSums; 24]> =
            (1..=WEEKS).filter_map(|week| sums.get(&day::plus(date, -7 * week))).collect();
        let local = frame.day(date);
        if local.starts > frame.now {
            continue;
        }
        let judged = before.len() >= HISTORY;
        without_history += i64::from(!judged);
        let none = [HourSums::default(); 24];
        let today = sums.get(&date).unwrap_or(&none);
        for hour in 0..24_i8 {
            let (starts, ends) = local.hour(hour);
            // The hour that is not over says nothing yet.
            if starts == ends || ends > frame.now {
                continue;
            }
            let index = usize::try_from(hour).unwrap_or(0);
            let mut add = |kind: Oddity, value: f64, usual: f64, score: f64, query: CallsQuery| {
                let query = CallsQuery { occurred_from: Some(starts), occurred_before: Some(ends), ..query };
                rows.push(Anomaly { kind, starts, ends, date, hour, value, usual, score, query });
            };
            let sums = today.get(index).copied().unwrap_or_default();
            let weeks: Vec<HourSums> = before.iter().filter_map(|day| day.get(index).copied()).collect();
            if judged {
                judge(sums, &weeks, |kind, (value, usual, score)| {
                    add(kind, value, usual, score, frame.of_day(date).external());
                });
            }
            let is_closed =
                hours.map_or(!(7..20).contains(&hour), |hours| !hours.in_zone(&frame.about.time_zone).is_open(starts));
            if is_closed && sums.abroad > 0 {
                let mut usual: Vec<f64> = weeks.iter().map(|week| real(week.abroad)).collect();
                let usual = median(&mut usual).unwrap_or(0.0);
                if real(sums.abroad) > usual {
                    let score = (real(sums.abroad) - usual) / LEAST_CALLS;
                    let query = frame.of_day(date).way(Direction::Outbound);
                    add(Oddity::InternationalAfterHours, real(sums.abroad), usual, score, query);
                }
            }
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.starts));
    let left_out = super::left_out(rows.len(), ANOMALIES);
    rows.truncate(ANOMALIES);
    AnomaliesReport {
        about: frame.about.clone(),
        weeks: WEEKS,
        threshold: THRESHOLD,
        rows,
        left_out,
        days_without_history: without_history,
    }
}

fn judge(today: HourSums, weeks: &[HourSums], mut add: impl FnMut(Oddity, (f64, f64, f64))) {
    let calls: Vec<f64> = weeks.iter().map(|week| real(week.calls)).collect();
    // Calls scatter by about the root of their number, so that much is never out of the ordinary.
    let scatter = median(&mut calls.clone()).unwrap_or(0.0).sqrt().max(LEAST_CALLS);
    if let Some((usual, score)) = robust_score(real(today.calls), &calls, scatter) {
        if score >= THRESHOLD {
            add(Oddity::VolumeHigh, (real(today.calls), usual, score));
        } else if score <= -THRESHOLD {
            add(Oddity::VolumeLow, (real(today.calls), usual, score));
        }
    }
    let rates: Vec<f64> = weeks
        .iter()
        .filter(|week| week.offered >= RATED)
        .filter_map(|week| share(week.answered, week.offered))
        .collect();
    let rate = share(today.answered, today.offered).filter(|_| today.offered >= RATED && rates.len() >= HISTORY);
    if let Some((rate, (usual, score))) = rate.and_then(|rate| Some((rate, robust_score(rate, &rates, LEAST_RATE)?)))
        && score <= -THRESHOLD
    {
        add(Oddity::AnswerRateLow, (rate, usual, score));
    }
}

/// What the caller knows of a connection.
#[derive(Debug, Clone)]
pub struct KnownConnection {
    pub id: ConnectionId,
    pub name: String,
    pub provider: String,
    pub state: silence::Health,
    pub last_received_at: Option<Timestamp>,
    /// Of all calls, also before the period.
    pub last_call_at: Option<Timestamp>,
    /// Its calls by day, reaching [`WEEKS`] weeks back behind the period.
    pub days: Days,
    /// Of the period.
    pub health: Health,
}

pub fn data_health(frame: &Frame, connections: Vec<KnownConnection>) -> DataHealthReport {
    let shown = |known: KnownConnection| {
        let (gaps, health) = (gaps(frame, &known), known.health);
        ConnectionDataHealth {
            connection_id: known.id,
            name: known.name,
            provider: known.provider,
            state: known.state,
            last_received_at: known.last_received_at,
            last_call_at: known.last_call_at,
            calls: health.calls,
            gaps,
            duplicates: health.duplicates,
            estimated_starts: health.estimated,
            ahead: health.ahead,
            delay: health.delay.distribution(),
            late: health.late,
            drift_seconds: (health.ahead > 0).then_some(health.drift),
            query: CallsQuery { connection_id: Some(known.id), ..frame.query() },
        }
    };
    let connections = connections.into_iter().map(shown).collect();
    DataHealthReport { about: frame.about.clone(), late_seconds: LATE, connections }
}

/// Hours in a row without a call that usually have some, joined.
fn gaps(frame: &Frame, known: &KnownConnection) -> Vec<Gap> {
    let calls: BTreeMap<Date, [i64; 24]> = known.days.iter().map(|(date, tally)| (*date, all_by_hour(tally))).collect();
    let of = |date: Date, hour: usize| calls.get(&date).and_then(|hours| hours.get(hour).copied());
    let (mut gaps, mut open): (Vec<Gap>, Option<Gap>) = (Vec::new(), None);
    for date in frame.dates() {
        let local = frame.day(date);
        for hour in 0..24_i8 {
            let ((starts, ends), index) = (local.hour(hour), usize::try_from(hour).unwrap_or(0));
            if starts == ends || ends > frame.now {
                continue;
            }
            if of(date, index).unwrap_or(0) > 0 {
                gaps.extend(open.take());
                continue;
            }
            let weeks = (1..=WEEKS).map(|week| day::plus(date, -7 * week));
            let mut usual: Vec<f64> =
                weeks.filter(|date| calls.contains_key(date)).map(|date| real(of(date, index).unwrap_or(0))).collect();
            let usual = if usual.len() < HISTORY { 0.0 } else { median(&mut usual).unwrap_or(0.0) };
            let gap = open.get_or_insert(Gap { from: starts, before: ends, usual_calls: 0.0 });
            gap.before = ends;
            gap.usual_calls += usual;
        }
    }
    gaps.extend(open);
    gaps.retain(|gap| gap.usual_calls >= GAP_CALLS);
    gaps.sort_by(|a, b| b.usual_calls.total_cmp(&a.usual_calls).then(a.from.cmp(&b.from)));
    gaps.truncate(GAPS);
    gaps
}

fn all_by_hour(tally: &Tally) -> [i64; 24] {
    let mut hours = [0; 24];
    for ((hour, ..), cell) in &tally.hours {
        if let Some(sum) = usize::try_from(*hour).ok().and_then(|hour| hours.get_mut(hour)) {
            *sum += cell.calls;
        }
    }
    hours
}

/// What a keyword is called, and its list.
pub type KeywordNames = BTreeMap<String, (String, String)>;

/// `names` are of the keywords' ids; what is not there is gone and left out.
pub fn speech(
    frame: &Frame,
    days: &BTreeMap<Date, Speech>,
    agents: Keys<Speech>,
    keywords: Keys<Speech>,
    names: &KeywordNames,
) -> SpeechReport {
    let mut all = Speech::default();
    for day in days.values() {
        all.merge(day);
    }
    let day = |date: Date| {
        let speech = days.get(&date).copied().unwrap_or_default();
        SpeechDay {
            date,
            transcribed: speech.transcribed,
            sentiment: speech.sentiment(),
            keyword_calls: speech.keyword_calls,
            query: frame.of_day(date),
        }
    };
    let agent = |(agent_id, kept): (String, super::Labelled<Speech>)| SpeechAgent {
        name: kept.label,
        sentiment: kept.sums.sentiment(),
        average_score: kept.sums.average_score(),
        query: CallsQuery { agent_id: Some(agent_id.clone()), ..frame.query() },
        agent_id,
    };
    let keyword = |(id, kept): (String, super::Labelled<Speech>)| {
        let (keyword, list) = names.get(&id)?.clone();
        Some(KeywordRow { keyword, list, calls: kept.sums.keyword_calls, hits: kept.sums.hits })
    };
    let rated = |agent: &SpeechAgent| agent.sentiment.positive + agent.sentiment.neutral + agent.sentiment.negative;
    let mut agents: Vec<SpeechAgent> = agents.into_iter().map(agent).collect();
    agents.sort_by(|a, b| (rated(b), &a.agent_id).cmp(&(rated(a), &b.agent_id)));
    agents.truncate(MOST);
    let mut keywords: Vec<KeywordRow> = keywords.into_iter().filter_map(keyword).collect();
    keywords.sort_by(|a, b| (b.calls, b.hits, &a.keyword).cmp(&(a.calls, a.hits, &b.keyword)));
    keywords.truncate(MOST);
    SpeechReport {
        about: frame.about.clone(),
        transcribed: all.transcribed,
        rated: all.rated(),
        sentiment: all.sentiment(),
        days: frame.dates().map(day).collect(),
        agents,
        keywords,
        scored: all.scored,
        average_score: all.average_score(),
    }
}

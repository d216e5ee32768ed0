//! `cdrapi` and `queueapi`: which parameters they know, what they take for a time, and how they list calls. What they
//! do not like they answer with nothing at all.

use axum::{
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use jiff::{civil::DateTime, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    device::{Call, Device},
    leg::{Leg, wall},
};

const MOST: usize = 1_000;
const KNOWN: [&str; 14] = [
    "action",
    "cookie",
    "format",
    "numRecords",
    "offset",
    "caller",
    "callee",
    "answeredby",
    "startTime",
    "endTime",
    "minDur",
    "maxDur",
    "timeFilterType",
    "user",
];
const KNOWN_OF_QUEUES: [&str; 8] =
    ["action", "cookie", "format", "queue", "agent", "startTime", "endTime", "statisticsType"];

type Parameters = Map<String, Value>;

/// The answer to a question that it does not like.
fn nothing() -> Response {
    ([(CONTENT_TYPE, "application/json;charset=UTF-8")], "").into_response()
}

/// `None` when a parameter is not to its liking.
#[expect(clippy::option_option, reason = "a parameter that is wrong, one that is not there, one that is")]
fn text<'p>(parameters: &'p Parameters, name: &str) -> Option<Option<&'p str>> {
    match parameters.get(name) {
        None => Some(None),
        Some(value) => value.as_str().map(Some),
    }
}

#[expect(clippy::option_option, reason = "a parameter that is wrong, one that is not there, one that is")]
fn number(parameters: &Parameters, name: &str) -> Option<Option<i64>> {
    match parameters.get(name) {
        None => Some(None),
        Some(Value::String(text)) => text.parse().ok().map(Some),
        Some(value) => value.as_i64().map(Some),
    }
}

/// `2026-03-10T09:30[:00[.000]][+01:00]`, the letter mandatory. Without an offset it is the time of the device.
fn moment(written: &str, zone: &TimeZone) -> Option<i64> {
    let (date, time) = written.split_once('T')?;
    let (clock, offset) = match time.find(['+', '-']) {
        Some(at) => (&time[..at], Some(&time[at..])),
        None => (time, None),
    };
    let clock = if clock.matches(':').count() == 1 { format!("{clock}:00") } else { clock.to_owned() };
    let local: DateTime = format!("{date}T{clock}").parse().ok()?;
    let ms = |zone: TimeZone| local.to_zoned(zone).ok().map(|at| at.timestamp().as_millisecond());
    let Some(offset) = offset else { return ms(zone.clone()) };
    let (hours, minutes) = offset[1..].split_once(':')?;
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    let minutes = if offset.starts_with('-') { -minutes } else { minutes };
    Some(ms(TimeZone::UTC)? - minutes * 60_000)
}

struct Question {
    format: String,
    count: usize,
    offset: usize,
    from: Option<i64>,
    until: Option<i64>,
    caller: Option<String>,
    callee: Option<String>,
}

impl Question {
    fn read(parameters: &Parameters, zone: &TimeZone) -> Option<Self> {
        if parameters.keys().any(|name| !KNOWN.contains(&name.as_str())) {
            return None;
        }
        let time = |name| match text(parameters, name)? {
            None => Some(None),
            Some(written) => moment(written, zone).map(Some),
        };
        let count = usize::try_from(number(parameters, "numRecords")?.unwrap_or(1_000)).ok()?;
        let word = |name| text(parameters, name).map(|word| word.map(str::to_owned));
        Some(Self {
            format: text(parameters, "format")?.unwrap_or("csv").to_owned(),
            count: (count <= MOST).then_some(count)?,
            offset: usize::try_from(number(parameters, "offset")?.unwrap_or(0)).ok()?,
            from: time("startTime")?,
            until: time("endTime")?,
            caller: word("caller")?,
            callee: word("callee")?,
        })
    }

    fn wants(&self, call: &Call) -> bool {
        let Some(first) = call.legs.iter().min_by_key(|leg| leg.start) else { return false };
        self.from.is_none_or(|from| first.start >= from)
            && self.until.is_none_or(|until| first.start <= until)
            && self.caller.as_ref().is_none_or(|caller| *caller == first.src)
            && self.callee.as_ref().is_none_or(|callee| *callee == first.dst)
    }
}

/// `cdrapi`.
pub(super) fn records(device: &Device, parameters: &Parameters) -> Response {
    let zone = device.zone();
    let Some(question) = Question::read(parameters, &zone) else { return nothing() };
    let ledger = device.ledger();
    let found = ledger.calls.iter().filter(|call| question.wants(call)).skip(question.offset).take(question.count);
    match question.format.as_str() {
        "json" => {
            let listed: Vec<Value> = found.map(|call| element(call, &zone)).collect();
            // No envelope around it.
            axum::Json(json!({ "cdr_root": listed })).into_response()
        }
        "csv" => {
            let lines: String = found.flat_map(|call| &call.legs).map(|leg| leg.line(&zone)).collect();
            ([(CONTENT_TYPE, "text/csv")], Leg::header() + &lines).into_response()
        }
        _ => nothing(),
    }
}

/// A leg by itself, or a group of several with a summary that is none.
fn element(call: &Call, zone: &TimeZone) -> Value {
    if let [only] = &call.legs[..] {
        return only.listed(zone);
    }
    let mut group = Map::from_iter([
        ("cdr".to_owned(), Value::from(call.session.as_str())),
        ("main_cdr".to_owned(), summary(call).listed(zone)),
    ]);
    for (place, leg) in call.legs.iter().enumerate() {
        group.insert(format!("sub_cdr_{}", place + 1), leg.listed(zone));
    }
    Value::Object(group)
}

fn summary(call: &Call) -> Leg {
    let Some(first) = call.legs.first() else { return Leg::default() };
    let answered = call.legs.iter().filter_map(|leg| leg.answer.filter(|_| !leg.answered_by.is_empty())).min();
    Leg {
        account: 0,
        channel: String::new(),
        dst_channel: String::new(),
        app: String::new(),
        app_data: String::new(),
        recordings: Vec::new(),
        action: String::new(),
        answer: answered,
        end: call.legs.iter().map(|leg| leg.end).max().unwrap_or(first.end),
        disposition: if answered.is_some() { "ANSWERED" } else { "NO ANSWER" },
        ..first.clone()
    }
}

/// `queueapi`, for the details of calls.
pub(super) fn queue_calls(device: &Device, parameters: &Parameters) -> Response {
    let is_known = parameters.keys().all(|name| KNOWN_OF_QUEUES.contains(&name.as_str()));
    let word = |name| parameters.get(name).and_then(Value::as_str);
    let zone = device.zone();
    let time = |name| word(name).and_then(|written| moment(written, &zone));
    let (Some(from), Some(until), Some(queue)) = (time("startTime"), time("endTime"), word("queue")) else {
        return nothing();
    };
    if !is_known || word("statisticsType") != Some("calldetail") || word("format") != Some("json") {
        return nothing();
    }
    let action = format!("QUEUE[{queue}]");
    let ledger = device.ledger();
    let legs = ledger.calls.iter().flat_map(|call| &call.legs);
    let rows: Vec<Value> = legs
        .filter(|leg| leg.action == action && (from..=until).contains(&leg.start))
        .map(|leg| {
            let taken = leg.answer.filter(|_| !leg.answered_by.is_empty());
            let seconds = |from: i64, to: i64| ((to - from) / 1_000).to_string();
            json!({ "agent": {
                "callernum": leg.src,
                "start_time": wall(leg.start, &zone),
                "agent": if taken.is_some() { leg.answered_by.as_str() } else { "NONE" },
                "extension": queue,
                "wait_time": seconds(leg.start, taken.unwrap_or(leg.end)),
                "talk_time": taken.map_or_else(|| "0".to_owned(), |at| seconds(at, leg.end)),
                "connect": if taken.is_some() { "yes" } else { "no" },
            } })
        })
        .collect();
    axum::Json(json!({ "queue_statistics": rows })).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_the_letter_and_take_an_offset() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at = 1_773_153_001_000;
        assert_eq!(moment("2026-03-10T14:30:01+00:00", &zone), Some(at));
        assert_eq!(moment("2026-03-10T09:30:01", &zone), Some(at));
        assert_eq!(moment("2026-03-10T15:30:01.000+01:00", &zone), Some(at));
        assert_eq!(moment("2026-03-10T09:30", &zone), Some(at - 1_000));
        for bad in ["2026-03-10 14:30:01", "2026-03-10", "", "T", "2026-13-10T00:00:00"] {
            assert_eq!(moment(bad, &zone), None, "{bad}");
        }
    }
}

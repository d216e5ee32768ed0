//! Reports come to what counting the calls one by one comes to: in any zone, across changes of the clock, after calls came
//! late, were merged or erased; and whether they are made from the sums that are kept or from the calls themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{civil::Date, tz::TimeZone};
use serde_json::Value;
use switchboard_app::{
    App,
    audit::Origin,
    reports::{self, Asked, ReportsError},
    tenants,
};
use switchboard_domain::{
    Timestamp,
    call::{Call, CallOutcome, CallStatus, Direction},
};
use switchboard_rules::report::{
    Filter, Report, ReportKind, Settings,
    answers::{Source, Step},
};
use switchboard_store::{TenantScope, record::Kept};
use switchboard_testkit::{Build, TestDb, both_engines};

use crate::support::TestApp;

/// Numbers without luck in them.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }

    fn seconds(&mut self, most: u64) -> i64 {
        i64::try_from(self.roll(most)).unwrap()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

const FROM: &str = "2026-10-01";
const TO: &str = "2026-11-20";

fn filter() -> Filter {
    Filter {
        from: date(FROM),
        to: date(TO),
        direction: None,
        outcome: None,
        connection: None,
        agent: None,
        queue: None,
        ring_group: None,
        trunk: None,
        did: None,
    }
}

/// One call as a telephone system would have it.
fn call(build: &Build, number: u32, at: Timestamp, dice: &mut Dice) -> Kept<Call> {
    use CallOutcome as O;
    let mut kept = build.call(number, at);
    let (ring, talk) = (1 + dice.seconds(40), 1 + dice.seconds(200));
    let way = dice.pick(&[
        Direction::Inbound,
        Direction::Inbound,
        Direction::Inbound,
        Direction::Outbound,
        Direction::Internal,
    ]);
    let outcome = match way {
        Direction::Inbound => {
            dice.pick(&[O::Answered, O::Answered, O::Answered, O::Missed, O::Abandoned, O::Voicemail, O::Rejected])
        }
        Direction::Outbound => dice.pick(&[O::Answered, O::Answered, O::NoAnswer, O::Busy, O::Failed]),
        Direction::Internal => dice.pick(&[O::Answered, O::NoAnswer]),
    };
    let is_answered = outcome == O::Answered;
    let other = dice.roll(40);
    let other_side = (other > 0).then(|| format!("+1555{other:07}"));
    let ours = Some("+13125550100".to_owned());
    let (from, to) = match way {
        Direction::Inbound => (other_side, ours),
        Direction::Outbound => (ours, other_side),
        Direction::Internal => (Some("1001".to_owned()), Some("1002".to_owned())),
    };
    let talk = if is_answered { talk } else { 0 };
    let ended = at + Duration::from_secs((ring + talk).unsigned_abs());
    kept.created_at = ended + Duration::from_secs(dice.roll(3) * 400);
    let record = &mut kept.record;
    (record.direction, record.outcome, record.status) = (Some(way), Some(outcome), CallStatus::Ended);
    (record.from_number, record.to_number) = (from, to);
    (record.ring_seconds, record.wait_seconds, record.talk_seconds) = (Some(ring), Some(ring), Some(talk));
    (record.duration_seconds, record.ended_at) = (Some(talk), Some(ended));
    record.answered_at = is_answered.then(|| at + Duration::from_secs(ring.unsigned_abs()));
    record.agent_id = Some(dice.pick(&["1001", "1002", "1003"]).to_owned());
    record.agent_name = record.agent_id.as_ref().map(|id| format!("Agent {id}"));
    record.is_internal = way == Direction::Internal;
    record.is_transferred = is_answered && dice.roll(5) == 0;
    let is_external = way != Direction::Internal;
    record.trunk = is_external.then(|| dice.pick(&["north", "south"]).to_owned());
    record.country = is_external.then(|| dice.pick(&["US", "US", "MX"]).to_owned());
    record.queue = (way == Direction::Inbound && dice.roll(2) == 0).then(|| dice.pick(&["6500", "6501"]).to_owned());
    record.ring_group = (way == Direction::Inbound && dice.roll(3) == 0).then(|| "6400".to_owned());
    record.ivr = (way == Direction::Inbound && dice.roll(3) == 0).then(|| "7000".to_owned());
    record.did = (way == Direction::Inbound).then(|| "+13125550100".to_owned());
    kept
}

/// Some hundred calls of two months, bunched so that some are at the same time.
fn calls(build: &Build, count: u32) -> Vec<Kept<Call>> {
    let mut dice = Dice(7);
    let (first, last) = (at("2026-09-28T00:00:00Z"), at("2026-11-20T18:00:00Z"));
    let span = u64::try_from(last.as_seconds() - first.as_seconds()).unwrap();
    let mut moment = first;
    (0..count)
        .map(|number| {
            if number % 4 == 0 {
                moment = first + Duration::from_secs(dice.roll(span));
            }
            let at = moment + Duration::from_secs(dice.roll(90));
            call(build, number, at, &mut dice)
        })
        .collect()
}

struct House {
    test_app: TestApp,
    scope: TenantScope,
    calls: Vec<Kept<Call>>,
    build: Build,
}

impl House {
    async fn new(t: &TestDb, count: u32) -> Self {
        t.clock.set(at("2026-11-20T18:30:00Z"));
        let test_app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let calls = calls(&build, count);
        for calls in calls.chunks(100) {
            t.save(scope, calls).await;
        }
        Self { test_app, scope, calls, build }
    }

    fn app(&self) -> &App {
        &self.test_app.app
    }

    async fn count(&self) {
        while reports::count(self.app(), self.scope).await.unwrap() {}
    }

    async fn run(&self, kind: ReportKind, filter: &Filter) -> Report {
        reports::run(self.app(), self.scope, kind, filter).await.unwrap()
    }

    async fn move_to(&self, zone: &str) {
        let wanted = tenants::Settings { time_zone: Some(zone.to_owned()), ..tenants::Settings::default() };
        let by = Origin::system("test");
        tenants::update(self.app(), self.scope, &wanted, &by).await.unwrap();
    }

    /// What all reports say, without what they say of themselves.
    async fn all(&self, filter: &Filter, source: Source) -> BTreeMap<&'static str, Value> {
        let mut all = BTreeMap::new();
        for kind in ReportKind::ALL {
            let report = self.run(*kind, filter).await;
            assert_eq!((report.about().source, report.about().is_current), (source, true), "{kind}");
            let mut json = serde_json::to_value(&report).unwrap();
            json.as_object_mut().unwrap().remove("about");
            all.insert(kind.as_str(), json);
        }
        all
    }

    /// [`House::all`] from the calls themselves: as if nothing had ever been counted.
    async fn uncounted(&self, t: &TestDb, filter: &Filter) -> BTreeMap<&'static str, Value> {
        t.execute(
            "DELETE FROM report_states; DELETE FROM report_sums; DELETE FROM report_months; DELETE FROM report_marks",
        )
        .await;
        self.all(filter, Source::Calls).await
    }

    /// Both ways to every report come to the same.
    async fn agree(&self, t: &TestDb) {
        self.count().await;
        let kept = self.all(&filter(), Source::Sums).await;
        let read = self.uncounted(t, &filter()).await;
        for (kind, report) in &read {
            assert_eq!(&kept[kind], report, "{kind}");
        }
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> jiff::Zoned {
    jiff::Timestamp::from_microsecond(at.as_micros()).unwrap().to_zoned(zone.clone())
}

/// The calls of the period, counted one by one.
struct ByHand<'c> {
    calls: Vec<(&'c Kept<Call>, jiff::Zoned)>,
}

impl<'c> ByHand<'c> {
    fn of(calls: &'c [Kept<Call>], zone: &str) -> Self {
        let zone = TimeZone::get(zone).unwrap();
        let local = calls.iter().map(|call| (call, local(call.record.occurred_at, &zone)));
        let calls = local.filter(|(_, at)| (date(FROM)..=date(TO)).contains(&at.date())).collect();
        Self { calls }
    }

    fn count(&self, fits: impl Fn(&Call, &jiff::Zoned) -> bool) -> i64 {
        i64::try_from(self.calls.iter().filter(|(call, at)| fits(&call.record, at)).count()).unwrap()
    }

    fn waits(&self, fits: impl Fn(&Call) -> bool) -> Vec<i64> {
        let mut waits: Vec<i64> = self
            .calls
            .iter()
            .filter(|(call, _)| fits(&call.record))
            .filter_map(|(call, _)| call.record.wait_seconds)
            .collect();
        waits.sort_unstable();
        waits
    }
}

fn is_inbound(call: &Call) -> bool {
    call.direction == Some(Direction::Inbound)
}

fn is_answered(call: &Call) -> bool {
    call.outcome == Some(CallOutcome::Answered)
}

fn is_offered(call: &Call) -> bool {
    is_inbound(call) && call.outcome != Some(CallOutcome::Rejected)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred calls")]
fn rate(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

async fn check_volume(house: &House, hand: &ByHand<'_>) {
    let asked = Asked { step: Some(Step::Day), against: None };
    let report = reports::run_as(house.app(), house.scope, ReportKind::Volume, &filter(), asked).await.unwrap();
    let Report::Volume(report) = report else { panic!("another report") };
    assert_eq!(report.rows.len(), 51);
    for row in &report.rows {
        assert_eq!(row.volume.calls, hand.count(|_, at| at.date() == row.date), "{}", row.date);
        let answered = hand.count(|call, at| at.date() == row.date && is_answered(call));
        assert_eq!(row.volume.outcomes.answered, answered, "{}", row.date);
        let inside = |call: &Call| {
            row.query.occurred_from <= Some(call.occurred_at) && Some(call.occurred_at) < row.query.occurred_before
        };
        assert_eq!(row.volume.calls, hand.count(|call, _| inside(call)), "the query of {}", row.date);
    }
    assert_eq!(report.total.internal, hand.count(|call, _| call.is_internal));
    // Hour by hour around the change of the clock.
    let filter = Filter { from: date("2026-10-24"), to: date("2026-11-02"), ..filter() };
    let asked = Asked { step: Some(Step::Hour), against: None };
    let report = reports::run_as(house.app(), house.scope, ReportKind::Volume, &filter, asked).await.unwrap();
    let Report::Volume(report) = report else { panic!("another report") };
    for row in &report.rows {
        let expected = hand.count(|_, at| at.date() == row.date && Some(at.hour()) == row.hour);
        assert_eq!(row.volume.calls, expected, "{} {:?}", row.date, row.hour);
    }
}

async fn check_week_and_answering(house: &House, hand: &ByHand<'_>) {
    let Report::Heatmap(report) = house.run(ReportKind::Heatmap, &filter()).await else { panic!("another report") };
    for cell in &report.cells {
        let here = |at: &jiff::Zoned| at.weekday().to_monday_one_offset() == cell.weekday && at.hour() == cell.hour;
        assert_eq!(cell.calls, hand.count(|_, at| here(at)));
        let (offered, answered) = (
            hand.count(|call, at| here(at) && is_offered(call)),
            hand.count(|call, at| here(at) && is_inbound(call) && is_answered(call)),
        );
        assert_eq!((cell.offered, cell.answered), (offered, answered));
        assert_eq!(cell.answer_rate.is_some(), offered > 0);
    }
    let Report::Answering(report) = house.run(ReportKind::Answering, &filter()).await else { panic!("another report") };
    let (offered, answered) =
        (hand.count(|call, _| is_offered(call)), hand.count(|call, _| is_inbound(call) && is_answered(call)));
    assert_eq!((report.inbound.offered, report.inbound.answered), (offered, answered));
    assert!(close(report.inbound.rate.unwrap(), rate(answered, offered)));
    let waits = hand.waits(|call| is_inbound(call) && is_answered(call));
    let nearest = |percent: usize| waits[(waits.len() * percent).div_ceil(100) - 1];
    assert_eq!(report.inbound.wait.median_seconds, Some(nearest(50)));
    assert_eq!(report.inbound.wait.p90_seconds, Some(nearest(90)));
    assert_eq!(report.inbound.wait.longest_seconds, waits.last().copied());
    assert!(close(
        report.inbound.wait.average_seconds.unwrap(),
        rate(waits.iter().sum(), i64::try_from(waits.len()).unwrap())
    ));
}

async fn check_people(house: &House, hand: &ByHand<'_>, zone: &str) {
    let Report::Callers(report) = house.run(ReportKind::Callers, &filter()).await else { panic!("another report") };
    let mut by_number: BTreeMap<&str, i64> = BTreeMap::new();
    for (call, _) in hand.calls.iter().filter(|(call, _)| is_inbound(&call.record)) {
        if let Some(number) = &call.record.from_number {
            *by_number.entry(number).or_default() += 1;
        }
    }
    let zone = TimeZone::get(zone).unwrap();
    let before: BTreeSet<&String> = house
        .calls
        .iter()
        .filter(|call| is_inbound(&call.record) && local(call.record.occurred_at, &zone).date() < date(FROM))
        .filter_map(|call| call.record.from_number.as_ref())
        .collect();
    let count = |count: usize| i64::try_from(count).unwrap();
    assert_eq!(report.callers, count(by_number.len()));
    assert_eq!(report.repeat_callers, count(by_number.values().filter(|calls| **calls > 1).count()));
    let new = by_number.keys().filter(|number| !before.contains(&(**number).to_owned())).count();
    assert_eq!(report.new_callers, count(new));
    for row in &report.top_callers {
        assert_eq!(row.calls, by_number[row.number.as_str()]);
    }
    assert_eq!(report.top_callers.first().map(|row| row.calls), by_number.values().max().copied());
    assert_eq!(report.hidden_calls, hand.count(|call, _| is_inbound(call) && call.from_number.is_none()));

    let Report::Extensions(report) = house.run(ReportKind::Extensions, &filter()).await else {
        panic!("another report")
    };
    assert_eq!(report.rows.len(), 3);
    for row in &report.rows {
        let theirs = |call: &Call| call.agent_id.as_deref() == Some(&row.agent_id);
        assert_eq!(row.calls, hand.count(|call, _| theirs(call)));
        assert_eq!(row.internal, hand.count(|call, _| theirs(call) && call.is_internal));
        let missed = hand.count(|call, _| theirs(call) && is_offered(call) && !is_answered(call));
        assert_eq!(row.inbound_missed, missed);
        assert_eq!(row.name.as_deref(), Some(format!("Agent {}", row.agent_id).as_str()));
    }
    let Report::Countries(report) = house.run(ReportKind::Countries, &filter()).await else { panic!("another report") };
    for row in &report.rows {
        assert_eq!(row.calls, hand.count(|call, _| call.country.as_deref() == Some(&row.country)));
    }
}

async fn check_lines(house: &House, hand: &ByHand<'_>) {
    let Report::Trunks(report) = house.run(ReportKind::Trunks, &filter()).await else { panic!("another report") };
    assert_eq!(report.rows.len(), 2);
    for row in &report.rows {
        let on = |call: &Call| call.trunk.as_deref() == Some(&row.trunk);
        assert_eq!(row.calls, hand.count(|call, _| on(call)));
        let spans: Vec<(i64, i64)> = hand
            .calls
            .iter()
            .map(|(call, _)| &call.record)
            .filter(|call| on(call))
            .map(|call| (call.occurred_at.as_seconds(), call.ended_at.unwrap().as_seconds()))
            .collect();
        let at_once = |at: i64| spans.iter().filter(|(start, end)| *start <= at && at < *end).count();
        let peak = spans.iter().map(|(start, _)| at_once(*start)).max().unwrap();
        assert_eq!(row.peak_calls, i64::try_from(peak).unwrap(), "{}", row.trunk);
        assert_eq!(at_once(row.peak_at.unwrap().as_seconds()), peak);
        // Nothing of the period reaches over its ends here.
        assert_eq!(row.held_seconds, spans.iter().map(|(start, end)| end - start).sum::<i64>());
        assert!(row.lines_needed >= 1);
    }
    let Report::Queues(report) = house.run(ReportKind::Queues, &filter()).await else { panic!("another report") };
    let settings = Settings::default();
    for row in &report.rows {
        let mine = |call: &Call| call.queue.as_deref() == Some(&row.queue);
        let is_short = |call: &Call| {
            call.outcome == Some(CallOutcome::Abandoned) && call.wait_seconds.unwrap() < settings.short_abandon_seconds
        };
        let offered = hand.count(|call, _| mine(call) && !is_short(call));
        let in_time = hand.count(|call, _| {
            mine(call) && is_answered(call) && call.wait_seconds.unwrap() <= settings.service_level_seconds
        });
        assert_eq!((row.offered, row.answered_in_time), (offered, in_time), "{}", row.queue);
        assert!(close(row.service_level.unwrap(), rate(in_time, offered)));
        assert_eq!(row.short_abandoned, hand.count(|call, _| mine(call) && is_short(call)));
        let by_agents: i64 = row.agents.iter().map(|agent| agent.answered).sum();
        assert_eq!(by_agents, row.answered);
    }
    let Report::Groups(report) = house.run(ReportKind::Groups, &filter()).await else { panic!("another report") };
    assert_eq!(report.menus[0].calls, hand.count(|call, _| call.ivr.is_some()));
    assert_eq!(report.menus[0].exits.iter().map(|exit| exit.calls).sum::<i64>(), report.menus[0].calls);
    assert_eq!(report.groups[0].offered, hand.count(|call, _| call.ring_group.is_some() && is_offered(call)));
}

/// Who missed a call, and what came of it, looking at each later call of the house.
async fn check_missed(house: &House, hand: &ByHand<'_>) {
    let Report::Missed(report) = house.run(ReportKind::Missed, &filter()).await else { panic!("another report") };
    let (mut returned, mut reached, mut open) = (0, 0, 0);
    for (missed, _) in &hand.calls {
        let missed = &missed.record;
        let Some(number) = missed.from_number.as_ref().filter(|_| is_offered(missed) && !is_answered(missed)) else {
            continue;
        };
        let later = |call: &&Call| {
            let apart = call.occurred_at.as_seconds() - missed.occurred_at.as_seconds();
            call.occurred_at > missed.occurred_at && apart <= 24 * 3_600
        };
        let first = house
            .calls
            .iter()
            .map(|call| &call.record)
            .filter(later)
            .filter(|call| {
                call.direction == Some(Direction::Outbound) && call.to_number.as_ref() == Some(number)
                    || is_inbound(call) && is_answered(call) && call.from_number.as_ref() == Some(number)
            })
            .min_by_key(|call| (call.occurred_at, call.id));
        match first {
            Some(call) if is_inbound(call) => reached += 1,
            Some(_) => returned += 1,
            None => open += 1,
        }
    }
    assert_eq!((report.returned, report.reached_us, report.not_returned + report.waiting), (returned, reached, open));
    assert_eq!(report.missed, returned + reached + open);
    let since = house.app().now() - Duration::from_hours(24);
    assert!(report.callers.iter().all(|caller| caller.is_waiting == (caller.last_at >= since)));
    assert!(report.callers.is_sorted_by(|a, b| a.last_at >= b.last_at));
}

async fn check(house: &House, zone: &str) {
    let hand = ByHand::of(&house.calls, zone);
    check_volume(house, &hand).await;
    check_week_and_answering(house, &hand).await;
    check_people(house, &hand, zone).await;
    check_lines(house, &hand).await;
    check_missed(house, &hand).await;
}

both_engines! {
    /// In three zones: two whose clocks changed in the period, on different days, and one that is half an hour apart.
    async fn reports_come_to_what_the_calls_come_to(t: &TestDb) {
        let house = House::new(t, 900).await;
        for zone in ["America/Chicago", "Europe/Berlin", "Asia/Kolkata"] {
            house.move_to(zone).await;
            house.count().await;
            check(&house, zone).await;
            house.agree(t).await;
        }
    }

    /// Late calls, calls that turn out otherwise, calls that are merged away or erased.
    async fn sums_follow_whatever_happens_to_calls(t: &TestDb) {
        let mut house = House::new(t, 400).await;
        house.move_to("America/Chicago").await;
        house.count().await;
        let mut dice = Dice(99);
        // One that ended late goes to another hour, one is answered after all, some are new in months that were added up.
        for number in [3, 57, 120, 301] {
            let kept = &mut house.calls[number];
            kept.record.occurred_at = kept.record.occurred_at - Duration::from_hours(5);
            kept.record.outcome = Some(CallOutcome::Answered);
            kept.record.talk_seconds = Some(42);
        }
        for number in 400..420 {
            let moment = at("2026-10-12T03:00:00Z") + Duration::from_hours(dice.roll(24 * 20));
            house.calls.push(call(&house.build, number, moment, &mut dice));
        }
        t.save(house.scope, &house.calls).await;
        let gone: Vec<Kept<Call>> = house.calls.drain(20..60).collect();
        for kept in &gone {
            t.execute(&format!("DELETE FROM calls WHERE external_id = '{}'", kept.record.external_id)).await;
        }
        let waiting = house.run(ReportKind::Volume, &filter()).await;
        assert!(!waiting.about().is_current && waiting.about().waiting_hours > 20, "{:?}", waiting.about());
        house.count().await;
        check(&house, "America/Chicago").await;
        house.agree(t).await;
    }

    /// A call is in the reports the moment it ends, before anything was counted; one that goes on is in none.
    async fn a_small_workspace_sees_a_call_at_once(t: &TestDb) {
        let mut house = House::new(t, 40).await;
        house.count().await;
        let today = Filter { from: date("2026-11-20"), ..filter() };
        let volume = async |house: &House| match house.run(ReportKind::Volume, &today).await {
            Report::Volume(report) => (report.total.calls, report.about.is_current, report.about.waiting_hours),
            _ => panic!("another report"),
        };
        let before = volume(&house).await;
        let mut new = call(&house.build, 500, at("2026-11-20T18:20:00Z"), &mut Dice(1));
        let outcome = new.record.outcome.take();
        new.record.status = CallStatus::Active;
        t.save(house.scope, std::slice::from_ref(&new)).await;
        assert_eq!(volume(&house).await, before);
        new.record.outcome = outcome;
        t.save(house.scope, std::slice::from_ref(&new)).await;
        assert_eq!(volume(&house).await, (before.0 + 1, true, 0));
        house.calls.push(new);
        house.count().await;
        assert_eq!(volume(&house).await, (before.0 + 1, true, 0));
    }

    /// What sums are kept of gives the same as reading; what they are not kept of is read, and says so.
    async fn filters_narrow_alike_from_sums_and_from_calls(t: &TestDb) {
        let house = House::new(t, 500).await;
        house.move_to("America/Chicago").await;
        let narrow: [fn(&mut Filter); 7] = [
            |filter| filter.direction = Some(Direction::Inbound),
            |filter| filter.outcome = Some(CallOutcome::Answered),
            |filter| filter.agent = Some("1002".into()),
            |filter| filter.queue = Some("6500".into()),
            |filter| filter.trunk = Some("north".into()),
            |filter| filter.did = Some("+13125550100".into()),
            |filter| {
                filter.queue = Some("6500".into());
                filter.agent = Some("1001".into());
            },
        ];
        for (i, narrow) in narrow.into_iter().enumerate() {
            let mut filter = filter();
            narrow(&mut filter);
            house.count().await;
            let mut counted = BTreeMap::new();
            for kind in ReportKind::ALL {
                let report = house.run(*kind, &filter).await;
                assert!(i < 6 || report.about().source == Source::Calls, "{kind}");
                counted.insert(kind.as_str(), serde_json::to_value(&report).unwrap());
            }
            for (kind, read) in house.uncounted(t, &filter).await {
                let (mut counted, mut read) = (counted.remove(kind).unwrap(), read);
                counted.as_object_mut().unwrap().remove("about");
                // When a connection last had a call is asked of all its calls, whatever the filter.
                for report in [&mut counted, &mut read].into_iter().filter(|_| kind == "data-health") {
                    report["connections"][0]["last_call_at"].take();
                }
                assert_eq!(counted, read, "{kind} with filter {i}");
            }
        }
        let mut filter = filter();
        (filter.queue, filter.trunk) = (Some("6500".into()), Some("north".into()));
        house.count().await;
        let Report::Volume(report) = house.run(ReportKind::Volume, &filter).await else { panic!("another report") };
        let hand = ByHand::of(&house.calls, "America/Chicago");
        let fits = |call: &Call| call.queue.as_deref() == Some("6500") && call.trunk.as_deref() == Some("north");
        assert_eq!(report.total.calls, hand.count(|call, _| fits(call)));
    }

    /// Settings count everything anew, and what makes no sense is refused.
    async fn settings_are_counted_by(t: &TestDb) {
        let house = House::new(t, 300).await;
        house.count().await;
        let by = Origin::system("test");
        let wanted = Settings { service_level_seconds: 5, return_hours: 2, ..Settings::default() };
        reports::set_settings(house.app(), house.scope, wanted.clone(), &by).await.unwrap();
        house.count().await;
        let hand = ByHand::of(&house.calls, "UTC");
        let Report::Queues(report) = house.run(ReportKind::Queues, &filter()).await else { panic!("another report") };
        let in_time = hand.count(|call, _| call.queue.is_some() && is_answered(call) && call.wait_seconds.unwrap() <= 5);
        assert_eq!((report.all.answered_in_time, report.service_level_seconds), (in_time, 5));
        house.agree(t).await;
        let wrong = Settings { home_country: Some("Chile".into()), ..wanted };
        assert!(reports::set_settings(house.app(), house.scope, wrong, &by).await.is_err());
        let backwards = Filter { to: date("2026-09-01"), ..filter() };
        let refused = reports::run(house.app(), house.scope, ReportKind::Volume, &backwards).await;
        assert!(matches!(refused, Err(ReportsError::Invalid("to", _))), "{refused:?}");
    }
}

//! Days of made-up calls: what is kept of them is all of it, in any order, and adds up.

use jiff::civil::date;
use proptest::prelude::*;
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, Direction},
    ids::{CallId, ConnectionId},
    over_call::OverCall,
};
use uuid::Uuid;

use super::{
    Settings,
    book::Book,
    day::{self, DaySums, LocalDay, Material, Slice},
    returns::{Contact, Missed},
    tally::Tally,
};

fn fact(number: u128, second: i64, dice: (u8, u8, u8, i64, i64)) -> OverCall {
    let (way, outcome, other, wait, talk) = dice;
    let direction = [Direction::Inbound, Direction::Outbound, Direction::Internal][usize::from(way % 3)];
    let outcome = CallOutcome::ALL[usize::from(outcome) % CallOutcome::ALL.len()];
    let occurred_at = Timestamp::from_millis(1_793_000_000_000 + second * 1_000);
    let number_of = |n: u8| Some(format!("+1555010{n:04}"));
    let (from, to) = if direction == Direction::Inbound { (other, 0) } else { (0, other) };
    OverCall {
        id: CallId::from_uuid(Uuid::from_u128(number)),
        connection_id: ConnectionId::from_uuid(Uuid::from_u128(u128::from(other % 2))),
        occurred_at,
        ended_at: Some(occurred_at + std::time::Duration::from_secs((wait + talk).unsigned_abs())),
        created_at: occurred_at,
        direction: Some(direction),
        outcome,
        is_internal: direction == Direction::Internal,
        is_transferred: other % 3 == 0,
        is_voicemail: false,
        start_estimated: false,
        from_number: number_of(from),
        to_number: number_of(to),
        agent_id: Some(format!("10{:02}", other % 4)),
        agent_name: None,
        queue: (other % 2 == 0).then(|| "6500".to_owned()),
        ring_group: None,
        ivr: (other % 5 == 0).then(|| "7000".to_owned()),
        trunk: Some("north".to_owned()),
        did: None,
        country: Some("US".to_owned()),
        ring_seconds: Some(wait),
        wait_seconds: Some(wait),
        talk_seconds: Some(talk),
        duration_seconds: Some(talk),
    }
}

type Roll = (i64, (u8, u8, u8, i64, i64));

fn calls() -> impl Strategy<Value = Vec<OverCall>> {
    let roll = (0..3 * 86_400_i64, (any::<u8>(), any::<u8>(), 0..12_u8, 0..400_i64, 0..4_000_i64));
    prop::collection::vec(roll, 0..60).prop_map(|rolls: Vec<Roll>| {
        let mut calls: Vec<OverCall> =
            (0..).zip(rolls).map(|(number, (second, dice))| fact(number, second, dice)).collect();
        calls.sort_by_key(|call| (call.occurred_at, call.id));
        calls
    })
}

fn days_of(calls: &[OverCall]) -> Vec<LocalDay> {
    let zone = day::zone("America/New_York");
    let first = calls.first().map_or(date(2026, 10, 30), |call| day::date_of(call.occurred_at, &zone));
    // The clock changed on 1 November.
    day::days(first, day::plus(first, 4)).map(|date| LocalDay::of(date, &zone)).collect()
}

fn material(calls: &[OverCall]) -> Material {
    let contacts = calls.iter().filter_map(Contact::of).collect();
    Material { calls: calls.to_vec(), contacts, ..Material::default() }
}

proptest! {
    #[test]
    fn a_day_is_kept_whole_and_days_add_up(calls in calls()) {
        let settings = Settings::default();
        let all = material(&calls);
        let mut sum = Tally::default();
        let (mut missed, mut books) = (0, Vec::new());
        for day in days_of(&calls) {
            let part = all.of_day(&day, std::time::Duration::from_hours(4), settings.return_hours);
            let sums = DaySums::of(&day, &part, &settings);
            // The order in which calls are read changes nothing.
            let mut turned = part;
            turned.calls.reverse();
            prop_assert_eq!(&DaySums::of(&day, &turned, &settings), &sums);
            for kept in sums.tallies.values() {
                prop_assert_eq!(Tally::decode(&kept.sums.encode()), Some(kept.sums.clone()));
            }
            prop_assert_eq!(Missed::decode(&sums.missed.encode()), Some(sums.missed.clone()));
            if let Some(kept) = sums.tallies.get(&(Slice::All, String::new())) {
                sum.merge_days(&kept.sums);
                let agents: i64 = sums.tallies.iter().filter(|((slice, _), _)| *slice == Slice::Agent).map(|(_, kept)| kept.sums.calls()).sum();
                prop_assert_eq!(agents, kept.sums.calls());
                let hours: i64 = kept.sums.hours.values().map(|hour| hour.calls).sum();
                prop_assert_eq!(hours, kept.sums.calls());
            }
            missed += sums.missed.calls;
            books.push(sums.book);
        }
        let count = |fits: &dyn Fn(&OverCall) -> bool| i64::try_from(calls.iter().filter(|call| fits(call)).count()).unwrap();
        prop_assert_eq!(sum.calls(), count(&|_| true));
        prop_assert_eq!(sum.answered(), count(&OverCall::is_answered));
        prop_assert_eq!(sum.talk_seconds(), calls.iter().map(OverCall::talk).sum::<i64>());
        prop_assert_eq!(missed, count(&OverCall::is_missed));
        prop_assert_eq!(Book::join(books), Book::of(&calls));
    }

    #[test]
    fn any_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = (Tally::decode(&bytes), Missed::decode(&bytes), Book::decode(&bytes));
    }
}

#[test]
fn a_missed_call_is_returned_by_the_first_that_follows_and_not_behind_the_window() {
    let missed = |number: u128, second: i64, other: u8| fact(number, second, (0, 1, other, 10, 0));
    let calls = [missed(1, 0, 1), missed(2, 10, 2), missed(3, 20, 3), missed(4, 30, 4)];
    let contact = |second: i64, other: u8, is_ours: bool| Contact {
        at: Timestamp::from_millis(1_793_000_000_000 + second * 1_000),
        number: format!("+1555010{other:04}"),
        is_ours,
    };
    let contacts = [
        // Before it: returns nothing.
        contact(-5, 1, true),
        contact(100, 2, true),
        contact(110, 3, false),
        contact(120, 3, true),
        // One second too late.
        contact(30 + 3_601, 4, true),
    ];
    let found = Missed::of(&calls, &contacts, 1);
    assert_eq!((found.calls, found.returned.calls, found.reached_us, found.open_calls()), (4, 1, 1, 2));
    assert_eq!(found.returned.seconds, 90);
    let open: Vec<String> = found.open.iter().map(|open| open.number.to_string()).collect();
    assert_eq!(open, ["+15550100001", "+15550100004"]);
    let now = Timestamp::from_millis(1_793_000_000_000 + 3_610_000);
    assert_eq!(found.waiting(now, 1), 1);
}

#[test]
fn an_hour_of_a_long_day_is_found_and_one_that_is_left_out_has_no_length() {
    let zone = day::zone("America/New_York");
    let long = LocalDay::of(date(2026, 11, 1), &zone);
    assert_eq!(long.ends.since(long.starts).as_secs(), 25 * 3_600);
    // One o'clock was there twice, and is one hour of two hours' length.
    let (starts, ends) = long.hour(1);
    assert_eq!(ends.since(starts).as_secs(), 2 * 3_600);
    assert_eq!((long.hour_of(starts), long.hour_of(ends)), (1, 2));
    let short = LocalDay::of(date(2026, 3, 8), &zone);
    let (starts, ends) = short.hour(2);
    assert_eq!(starts, ends);
    let apart = LocalDay::of(date(2026, 3, 8), &day::zone("Asia/Kolkata"));
    assert_eq!(apart.starts, "2026-03-07T18:30:00Z".parse().unwrap());
    assert_eq!(day::first_of(day::month_of(date(2026, 2, 14))), date(2026, 2, 1));
    assert_eq!(day::date_at(day::number_of(date(2024, 2, 29))), date(2024, 2, 29));
}

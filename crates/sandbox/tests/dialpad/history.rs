//! A made-up past: as much as was asked for, all of it behind now, delivered like everything else.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::Value;
use switchboard_sandbox::{WallClock, dialpad::PlayHistory};

use crate::support::{KEY, World};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// When it is now: a Thursday at noon. By the machine's clock, what lies behind now would depend on when a story is told.
const NOW_MS: i64 = 1_795_089_600_000;

fn asked(seed: u64) -> PlayHistory {
    PlayHistory { key: KEY.to_owned(), days: 7, calls: 80, seed, time_zone: "Europe/Madrid".to_owned() }
}

async fn lived(seed: u64) -> Vec<Value> {
    let world = World::by(WallClock::new(|| NOW_MS), |_| {}).await;
    world.subscribe_calls(&["all"]).await;
    world.subscribe_texts(true).await;
    let lived = world.control.live_through(&asked(seed)).await.unwrap();
    let events = world.inbox.events();
    assert!(lived.calls >= 80 && lived.messages > 10, "{lived:?}");
    assert_eq!((lived.accepted, events.len()), (lived.deliveries, lived.deliveries));
    events
}

#[tokio::test]
async fn days_of_calls_and_texts_lie_behind_now() {
    let began = Instant::now();
    let events = lived(7).await;
    assert!(began.elapsed() < Duration::from_mins(1), "days are told at once: {:?}", began.elapsed());
    let (mut states, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for event in &events {
        let at = event["event_timestamp"].as_i64().unwrap();
        assert!(at < NOW_MS && at > NOW_MS - 9 * DAY_MS, "{event}");
        states.insert(event["state"].as_str().or(event["message_status"].as_str()).unwrap().to_owned());
        numbers.insert(event["external_number"].as_str().unwrap_or_default().to_owned());
    }
    for state in ["missed", "voicemail", "recording", "queued", "recap_summary", "call_transcription", "delivered"] {
        assert!(states.contains(state), "no {state} in {states:?}");
    }
    assert!(numbers.len() > 20 && numbers.iter().all(|number| number.is_empty() || number.contains("55501")));
}

#[tokio::test]
async fn one_seed_tells_one_story() {
    let story = |events: &[Value]| {
        let mut calls: Vec<String> =
            events.iter().map(|event| format!("{} {}", event["state"], event["contact"]["name"])).collect();
        calls.sort();
        calls
    };
    let (first, second, other) = (lived(1).await, lived(1).await, lived(2).await);
    assert_eq!(story(&first), story(&second));
    assert_ne!(story(&first), story(&other));
}

async fn refusal(world: &World, change: impl FnOnce(&mut PlayHistory)) -> String {
    let mut wish = asked(1);
    change(&mut wish);
    world.control.live_through(&wish).await.unwrap_err().to_string()
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_words() {
    let world = World::new().await;
    assert!(refusal(&world, |wish| wish.time_zone = "Mars".into()).await.contains("`Mars` is no time zone"));
    assert!(refusal(&world, |wish| wish.calls = 0).await.contains("at least one"));
    assert!(refusal(&world, |wish| wish.key = "real".into()).await.contains("sandbox-api-key"));
    // The runtime of this test has one thread, so the first past has not begun to be told.
    world.control.begin_history(&asked(1)).unwrap();
    assert!(refusal(&world, |_| {}).await.contains("already"));
}

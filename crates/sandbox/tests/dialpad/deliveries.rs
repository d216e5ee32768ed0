//! Which events go where, in what order, and what becomes of them.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use switchboard_sandbox::WallClock;
use switchboard_sandbox::dialpad::{Direction, Outcome, PlayCall, PlayMessage, Scenario, Trouble};

use crate::support::{KEY, SECRET, World};

async fn states_of(scenario: Scenario) -> Vec<String> {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    let played = world.control.play(&PlayCall::new(scenario)).await.unwrap();
    assert!(played.deliveries.iter().all(|delivery| delivery.outcome == Outcome::Delivered && delivery.signed));
    world.inbox.states()
}

const AFTERWARDS: [&str; 5] =
    ["call_transcription", "recap_summary", "recap_purposes", "recap_outcome", "recap_action_items"];

#[tokio::test]
async fn each_scenario_sends_its_events_in_order() {
    let answered = [&["ringing", "connected", "hangup"][..], &AFTERWARDS].concat();
    assert_eq!(states_of(Scenario::Answered).await, answered);
    assert_eq!(states_of(Scenario::Missed).await, ["ringing", "missed", "hangup"]);
    let voicemail = ["ringing", "voicemail", "hangup", "voicemail_uploaded", "transcription"];
    assert_eq!(states_of(Scenario::Voicemail).await, voicemail);
    assert_eq!(states_of(Scenario::AbandonedGreeting).await, ["ringing", "voicemail", "hangup"]);
    let outbound = [&["calling", "ringing", "connected", "hangup"][..], &AFTERWARDS].concat();
    assert_eq!(states_of(Scenario::Outbound).await, outbound);
    let recorded = ["ringing", "connected", "hold", "connected", "hangup", "recording"];
    let recorded = [&recorded[..], &AFTERWARDS, &["dispositions"]].concat();
    assert_eq!(states_of(Scenario::Recorded).await, recorded);
}

#[tokio::test]
async fn event_timestamps_rise_and_nothing_lies_in_the_future() {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    world.control.play(&PlayCall::new(Scenario::Queue)).await.unwrap();
    let events = world.inbox.events();
    let times: Vec<i64> = events.iter().map(|event| event["event_timestamp"].as_i64().unwrap()).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
    let concluded = world.get(&format!("/api/v2/call?started_after={}", times[0] - 10_000)).await;
    assert_eq!(concluded["items"].as_array().unwrap().len(), 3);
}

/// The four ids on every leg, as a set per leg.
fn linked_ids(events: &[Value]) -> Vec<BTreeSet<i64>> {
    let ids = ["call_id", "master_call_id", "entry_point_call_id", "operator_call_id"];
    let hangups = events.iter().filter(|event| event["state"] == "hangup");
    hangups.map(|event| ids.iter().filter_map(|id| event[*id].as_i64()).collect()).collect()
}

#[tokio::test]
async fn the_legs_of_a_transfer_and_of_a_queue_call_are_joined_by_the_four_ids_only_together() {
    for (scenario, legs) in [(Scenario::Transfer, 2), (Scenario::Queue, 3)] {
        let world = World::new().await;
        world.subscribe_calls(&["all"]).await;
        let played = world.control.play(&PlayCall::new(scenario)).await.unwrap();
        let sets = linked_ids(&world.inbox.events());
        assert_eq!(sets.len(), legs);
        let mut joined = sets[0].clone();
        for _ in 0..legs {
            for set in &sets {
                if !set.is_disjoint(&joined) {
                    joined.extend(set);
                }
            }
        }
        assert_eq!(joined, played.ids.iter().copied().collect());
    }
}

#[tokio::test]
async fn a_webhook_without_a_secret_gets_plain_json() {
    let world = World::new().await;
    let id = world.webhook(None).await;
    world.post("/api/v2/subscriptions/call", json!({"endpoint_id": id, "call_states": ["hangup"]})).await;
    world.control.play(&PlayCall::new(Scenario::Missed)).await.unwrap();
    let arrivals = world.inbox.arrivals();
    assert_eq!(arrivals.len(), 1);
    assert_eq!(arrivals[0].content_type, "application/json");
    let event: Value = serde_json::from_str(&arrivals[0].body).unwrap();
    assert_eq!(event["state"], "hangup");
    assert!(event["call_id"].is_i64(), "webhook bodies print ids as numbers");
}

#[tokio::test]
async fn a_signed_body_is_a_token_of_the_secret_and_of_no_other() {
    let world = World::new().await;
    world.subscribe_calls(&["hangup"]).await;
    let mut call = PlayCall::new(Scenario::Missed);
    world.control.play(&call).await.unwrap();
    call.trouble = Trouble { wrong_signature: true, ..Trouble::default() };
    world.control.play(&call).await.unwrap();
    let arrivals = world.inbox.arrivals();
    assert_eq!(arrivals[0].content_type, "application/jwt");
    assert!(arrivals[0].verified(SECRET).is_some());
    assert!(arrivals[1].verified(SECRET).is_none());
}

#[tokio::test]
async fn only_enabled_subscriptions_that_cover_the_event_get_it() {
    let world = World::new().await;
    let id = world.webhook(Some(SECRET)).await;
    let state = world.control.state();
    assert_eq!(state["companies"][0]["key"], KEY);
    let users = &state["companies"][0]["users"];
    for (target, enabled) in [(&users[0]["id"], true), (&users[1]["id"], true), (&users[0]["id"], false)] {
        let body = json!({
            "webhook_id": id, "call_states": ["missed"], "enabled": enabled, "target_type": "user", "target_id": target,
        });
        world.post("/api/v2/subscriptions/call", body).await;
    }
    let body = json!({"endpoint_id": id, "call_states": ["all"], "group_calls_only": true});
    world.post("/api/v2/subscriptions/call", body).await;
    world.control.play(&PlayCall::new(Scenario::Missed)).await.unwrap();
    assert_eq!(world.inbox.states(), ["missed"]);
}

#[tokio::test]
async fn without_status_a_text_is_told_once_and_direction_is_heeded() {
    let world = World::new().await;
    world.subscribe_texts(false).await;
    let id = world.webhook(Some(SECRET)).await;
    world.post("/api/v2/subscriptions/sms", json!({"endpoint_id": id, "direction": "inbound", "status": true})).await;
    world.control.send_message(&PlayMessage::new(Direction::Outbound, "hello")).await.unwrap();
    assert_eq!(world.inbox.arrivals().len(), 1);
    world.control.send_message(&PlayMessage::new(Direction::Inbound, "hello")).await.unwrap();
    assert_eq!(world.inbox.arrivals().len(), 3);
}

#[tokio::test]
async fn a_server_error_is_retried_until_it_succeeds() {
    let world = World::new().await;
    world.subscribe_calls(&["hangup"]).await;
    world.inbox.answer_with(&[503, 503]);
    let played = world.control.play(&PlayCall::new(Scenario::Missed)).await.unwrap();
    let delivery = &played.deliveries[0];
    let statuses: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [Some(503), Some(503), Some(200)]);
    assert_eq!(delivery.outcome, Outcome::Delivered);
    let arrivals = world.inbox.arrivals();
    assert_eq!(arrivals[0].body, arrivals[2].body, "a retry repeats the body byte for byte");
}

#[tokio::test]
async fn retries_end_as_documented() {
    let world = World::new().await;
    world.subscribe_calls(&["hangup"]).await;
    world.subscribe_texts(false).await;
    world.inbox.answer_with(&[500; 4]);
    let call = world.control.play(&PlayCall::new(Scenario::Missed)).await.unwrap();
    assert_eq!((call.deliveries[0].attempts.len(), call.deliveries[0].outcome), (4, Outcome::Exhausted));
    world.inbox.answer_with(&[500; 11]);
    let text = world.control.send_message(&PlayMessage::new(Direction::Inbound, "hello")).await.unwrap();
    assert_eq!((text.deliveries[0].attempts.len(), text.deliveries[0].outcome), (11, Outcome::Exhausted));
}

#[tokio::test]
async fn a_client_error_is_never_retried() {
    let world = World::new().await;
    world.subscribe_calls(&["hangup"]).await;
    for status in [400, 401, 404, 429] {
        world.inbox.answer_with(&[status]);
        let played = world.control.play(&PlayCall::new(Scenario::Missed)).await.unwrap();
        let delivery = &played.deliveries[0];
        assert_eq!((delivery.attempts.len(), delivery.outcome), (1, Outcome::Refused), "{status}");
    }
}

#[tokio::test]
async fn an_unreachable_receiver_gets_two_quick_retries() {
    let world = World::new().await;
    let gone = json!({"hook_url": "http://127.0.0.1:1/hook", "secret": SECRET});
    let hook = world.post("/api/v2/webhooks", gone).await;
    world.post("/api/v2/subscriptions/call", json!({"endpoint_id": hook["id"], "call_states": ["hangup"]})).await;
    let played = world.control.play(&PlayCall::new(Scenario::Missed)).await.unwrap();
    let delivery = &played.deliveries[0];
    assert_eq!((delivery.attempts.len(), delivery.outcome), (3, Outcome::Exhausted));
    assert_eq!(delivery.attempts[0].error, Some("unreachable"));
}

#[tokio::test]
async fn trouble_duplicates_shuffles_and_drops() {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    let mut call = PlayCall::new(Scenario::Answered);
    call.trouble = Trouble { duplicate: 2, shuffle: true, drop_hangup: true, ..Trouble::default() };
    world.control.play(&call).await.unwrap();
    let states = world.inbox.states();
    assert_eq!(states.len(), 7 * 3, "{states:?}");
    assert!(!states.contains(&"hangup".to_owned()));
    let mut in_order = world.inbox.events();
    in_order.sort_by_key(|event| event["event_timestamp"].as_i64());
    assert_ne!(in_order, world.inbox.events(), "the order of arrival is not the order of events");
    let bodies: BTreeSet<_> = world.inbox.arrivals().into_iter().map(|arrival| arrival.body).collect();
    assert_eq!(bodies.len(), 7, "duplicates are the same bytes");
}

#[tokio::test]
async fn a_burst_is_many_calls_of_their_own() {
    let world = World::new().await;
    world.subscribe_calls(&["hangup"]).await;
    let mut call = PlayCall::new(Scenario::Missed);
    call.trouble.burst = 50;
    let played = world.control.play(&call).await.unwrap();
    assert_eq!(played.deliveries.len(), 50);
    let ids: BTreeSet<_> = world.inbox.events().iter().map(|event| event["call_id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), 50);
    call.trouble.burst = 1_001;
    assert!(world.control.play(&call).await.is_err());
}

#[tokio::test]
async fn companies_do_not_hear_of_each_other() {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    let mut call = PlayCall::new(Scenario::Missed);
    call.key = "sandbox-api-key-2".to_owned();
    let played = world.control.play(&call).await.unwrap();
    assert!(played.deliveries.is_empty());
    let path = format!("/api/v2/call/{}", played.ids[0]);
    world.refused(Method::GET, &path, None, 404).await;
    let other = world.request(Method::GET, &path).bearer_auth("sandbox-api-key-2").send().await.unwrap();
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn at_a_pace_the_call_happens_now() {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    let before = WallClock::system().now_ms();
    let mut call = PlayCall::new(Scenario::Missed);
    call.pace_ms = 5;
    world.control.play(&call).await.unwrap();
    let after = WallClock::system().now_ms();
    let events = world.inbox.events();
    let times: Vec<i64> = events.iter().map(|event| event["event_timestamp"].as_i64().unwrap()).collect();
    assert_eq!(times, [times[0], times[0] + 5, times[0] + 10]);
    assert!(before <= events[0]["date_started"].as_i64().unwrap() && times[2] <= after, "{before} {times:?} {after}");
}

#[tokio::test]
async fn a_shutdown_cancels_what_waits_for_a_retry() {
    let world = World::with(|config| config.delivery_time_scale = 1.0).await;
    world.subscribe_calls(&["hangup"]).await;
    world.inbox.answer_with(&[500]);
    let control = world.control.clone();
    let playing = tokio::spawn(async move { control.play(&PlayCall::new(Scenario::Missed)).await });
    while world.inbox.arrivals().is_empty() {
        tokio::task::yield_now().await;
    }
    world.sandbox.shutdown().await;
    let played = playing.await.unwrap().unwrap();
    assert_eq!(played.deliveries[0].outcome, Outcome::Cancelled);
}

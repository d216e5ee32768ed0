//! What is delivered has the fields and types of the example events.

use serde_json::{Map, Value};
use switchboard_sandbox::dialpad::{Direction, FinalStatus, PlayCall, PlayMessage, Scenario};

use crate::support::World;

fn example(file: &str) -> Map<String, Value> {
    let path = format!("{}/tests/dialpad/golden/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn shape(prefix: &str, fields: &Map<String, Value>, into: &mut Vec<String>) {
    for (name, value) in fields {
        into.push(format!("{prefix}{name}: {}", kind(value)));
        match value {
            Value::Object(inner) => shape(&format!("{prefix}{name}."), inner, into),
            Value::Array(items) => {
                if let Some(item) = items.first() {
                    into.push(format!("{prefix}{name}[]: {}", kind(item)));
                    if let Value::Object(inner) = item {
                        shape(&format!("{prefix}{name}[]."), inner, into);
                    }
                }
            }
            _ => {}
        }
    }
    into.sort_unstable();
}

fn assert_same_shape(event: &Value, file: &str) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    shape("", event.as_object().unwrap(), &mut ours);
    shape("", &example(file), &mut theirs);
    assert_eq!(ours, theirs, "{file}");
}

async fn events_of(scenario: Scenario) -> Vec<Value> {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    world.control.play(&PlayCall::new(scenario)).await.unwrap();
    world.inbox.events()
}

fn with_state<'a>(events: &'a [Value], state: &str) -> &'a Value {
    events.iter().find(|event| event["state"] == state).unwrap_or_else(|| panic!("no {state}"))
}

#[tokio::test]
async fn an_answered_call_looks_like_the_examples() {
    let events = events_of(Scenario::Recorded).await;
    assert_same_shape(with_state(&events, "ringing"), "call-01-ringing");
    assert_same_shape(with_state(&events, "connected"), "call-02-connected");
    assert_same_shape(with_state(&events, "recording"), "call-08-recording");
    assert_same_shape(with_state(&events, "call_transcription"), "call-09-call_transcription");
    let recording = with_state(&events, "recording");
    assert!(recording["duration"].is_f64(), "durations are floats: {}", recording["duration"]);
    assert_eq!(recording["total_duration"].to_string().split('.').next(), Some("126160"));
}

#[tokio::test]
async fn an_unanswered_call_and_a_voicemail_look_like_the_examples() {
    let events = events_of(Scenario::Missed).await;
    assert_same_shape(with_state(&events, "missed"), "call-04-missed");
    assert_same_shape(with_state(&events, "hangup"), "call-04b-hangup-unanswered");
    let events = events_of(Scenario::Voicemail).await;
    assert_same_shape(with_state(&events, "voicemail"), "call-05-voicemail");
    assert_same_shape(with_state(&events, "voicemail_uploaded"), "call-06-voicemail_uploaded");
    assert_same_shape(with_state(&events, "transcription"), "call-07-transcription-voicemail");
}

#[tokio::test]
async fn texts_look_like_the_examples() {
    let world = World::new().await;
    world.subscribe_texts(true).await;
    world.control.send_message(&PlayMessage::new(Direction::Inbound, "Is my order on the way?")).await.unwrap();
    let mut outbound = PlayMessage::new(Direction::Outbound, "Yes, it shipped today.");
    world.control.send_message(&outbound).await.unwrap();
    outbound.final_status = FinalStatus::Failed;
    world.control.send_message(&outbound).await.unwrap();
    let events = world.inbox.events();
    let statuses: Vec<_> = events.iter().map(|event| event["message_status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["pending", "pending", "sent", "delivered", "pending", "failed"]);
    assert_same_shape(&events[0], "sms-01-inbound");
    assert_same_shape(&events[1], "sms-02-outbound-pending");
    assert_same_shape(&events[3], "sms-03-outbound-delivered");
    assert_same_shape(&events[5], "sms-04-outbound-failed");
    assert_eq!(events[5]["message_delivery_result"], "invalid_destination");
}

#[tokio::test]
async fn an_agent_status_looks_like_the_example() {
    let world = World::new().await;
    let id = world.webhook(Some(crate::support::SECRET)).await;
    let subscription = serde_json::json!({"endpoint_id": id, "agent_type": "callcenter"});
    world.post("/api/v2/subscriptions/agent_status", subscription).await;
    let change = serde_json::from_value(serde_json::json!({"status": "available"})).unwrap();
    world.control.agent_status(&change).unwrap();
    world.control.settle().await;
    assert_same_shape(&world.inbox.events()[0], "agent-status");
}

#[test]
fn the_example_token_is_verified_by_the_receiver_of_these_tests() {
    let path = format!("{}/tests/dialpad/golden/call-01-ringing.jwt", env!("CARGO_MANIFEST_DIR"));
    let body = std::fs::read_to_string(path).unwrap().trim().to_owned();
    let arrival = crate::support::Arrival { content_type: String::new(), body };
    assert_eq!(arrival.verified("example-webhook-secret").unwrap()["state"], "ringing");
    assert!(arrival.verified("another").is_none());
}

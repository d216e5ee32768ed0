//! The REST side: what is refused, how lists turn their pages, calls and texts that a program starts, faults and limits.

use reqwest::Method;
use serde_json::{Value, json};
use switchboard_sandbox::dialpad::{Fault, FaultKind, PlayCall, Scenario};

use crate::support::{KEY, World};

#[tokio::test]
async fn a_wrong_key_is_401_and_a_foreign_host_name_is_refused() {
    let world = World::new().await;
    let strange = world.request(Method::GET, "/api/v2/company").bearer_auth("nobody").send().await.unwrap();
    assert_eq!(strange.status(), 401);
    let body: Value = strange.json().await.unwrap();
    assert_eq!(body["error"]["code"], 401);
    let in_url = world.request(Method::GET, &format!("/api/v2/company?apikey={KEY}")).send().await.unwrap();
    assert_eq!(in_url.status(), 200);
    let rebound = world.request(Method::GET, "/api/v2/company").header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 421);
}

#[tokio::test]
async fn what_the_document_does_not_know_is_refused_by_name() {
    let world = World::new().await;
    let hooks = "/api/v2/webhooks";
    let calls = "/api/v2/subscriptions/call";
    let id = world.webhook(None).await;
    for (path, body, message) in [
        (hooks, json!({}), "field \"hook_url\" is required"),
        (hooks, json!({"hook_url": "https://a.example", "secrets": "s"}), "unknown field \"secrets\""),
        (hooks, json!({"hook_url": 5}), "\"hook_url\" must be a string"),
        (hooks, json!({"hook_url": "ftp://a.example"}), "\"hook_url\" must be an http or https address"),
        (calls, json!({"call_states": ["all"]}), "field \"endpoint_id\" is required"),
        (calls, json!({"endpoint_id": 5}), "\"endpoint_id\": no webhook 5"),
        (
            calls,
            json!({"endpoint_id": id, "target_type": "user"}),
            "field \"target_id\" is required with \"target_type\"",
        ),
        ("/api/v2/subscriptions/sms", json!({"endpoint_id": id}), "field \"direction\" is required"),
    ] {
        assert_eq!(world.refused(Method::POST, path, Some(body), 400).await, message);
    }
    let wrong =
        world.refused(Method::POST, calls, Some(json!({"endpoint_id": id, "call_states": ["rang"]})), 400).await;
    assert!(wrong.starts_with("\"call_states[0]\": \"rang\" is not one of admin, "), "{wrong}");
    let query = world.refused(Method::GET, "/api/v2/call?limit=5", None, 400).await;
    assert_eq!(query, "unknown query parameter \"limit\"");
    world.refused(Method::PUT, hooks, Some(json!({})), 405).await;
    world.refused(Method::GET, "/api/v2/nothing", None, 404).await;
}

#[tokio::test]
async fn a_subscription_shows_its_webhook_and_lives_its_life() {
    let world = World::new().await;
    let id = world.webhook(Some("s")).await;
    let made = world.post("/api/v2/subscriptions/call", json!({"webhook_id": id, "call_states": ["hangup"]})).await;
    assert_eq!(made["webhook"]["id"], id.as_str());
    assert_eq!(made["webhook"]["signature"], json!({"algo": "HS256", "type": "jwt", "secret": "s"}));
    assert_eq!(made["enabled"], true);
    let path = format!("/api/v2/subscriptions/call/{}", made["id"].as_str().unwrap());
    let changed = world.ok(Method::PATCH, &path, Some(json!({"call_states": ["all"], "enabled": false}))).await;
    assert_eq!((&changed["call_states"], &changed["enabled"]), (&json!(["all"]), &json!(false)));
    assert_eq!(world.get(&path).await, changed);
    let wrong_kind = path.replace("/call/", "/sms/");
    world.refused(Method::GET, &wrong_kind, None, 404).await;
    assert_eq!(world.ok(Method::DELETE, &path, None).await, changed);
    world.refused(Method::GET, &path, None, 404).await;
}

#[tokio::test]
async fn ten_subscriptions_may_cover_the_whole_company_and_a_hundred_exist() {
    let world = World::new().await;
    let id = world.webhook(None).await;
    let path = "/api/v2/subscriptions/call";
    for _ in 0..10 {
        world.post(path, json!({"endpoint_id": id})).await;
    }
    let eleventh = world.refused(Method::POST, path, Some(json!({"endpoint_id": id})), 400).await;
    assert_eq!(eleventh, "a company has at most 10 subscriptions of one type without a target");
    let user = world.get("/api/v2/users/me").await["id"].clone();
    let targeted = json!({"endpoint_id": id, "target_type": "user", "target_id": user});
    for _ in 10..100 {
        world.post(path, targeted.clone()).await;
    }
    let refused = world.refused(Method::POST, path, Some(targeted), 400).await;
    assert_eq!(refused, "a company has at most 100 subscriptions of one type");
}

#[tokio::test]
async fn the_call_log_has_ended_calls_newest_first_and_turns_its_pages() {
    let world = World::with(|config| config.page_size = 2).await;
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.extend(world.control.play(&PlayCall::new(Scenario::Missed)).await.unwrap().ids);
    }
    let user = world.get("/api/v2/users/me").await["id"].clone();
    let ringing = world.post("/api/v2/call", json!({"phone_number": "+14155550177", "user_id": user})).await;
    let first = world.get("/api/v2/call").await;
    let cursor = first["cursor"].as_str().unwrap();
    let second = world.get(&format!("/api/v2/call?cursor={cursor}")).await;
    assert!(second.get("cursor").is_none(), "the last page has no cursor");
    let items = [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let starts: Vec<i64> = items.iter().map(|call| call["date_started"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(items.len(), calls.len());
    assert!(items.iter().all(|call| call["call_id"] != ringing["call_id"]), "a call that goes on is not in the log");
    assert!(starts.is_sorted_by(|newer, older| newer >= older), "{starts:?}");
    let future = format!("/api/v2/call?started_before={}", i64::MAX);
    world.refused(Method::GET, &future, None, 400).await;
    world.refused(Method::GET, "/api/v2/call?cursor=abc", None, 400).await;
}

#[tokio::test]
async fn a_call_that_a_program_starts_goes_on_until_it_is_hung_up() {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    let user = world.get("/api/v2/users/me").await["id"].clone();
    let body = json!({"phone_number": "+14155550177", "user_id": user, "custom_data": "lead-42"});
    let call = world.post("/api/v2/call", body).await;
    let path = format!("/api/v2/call/{}", call["call_id"].as_str().unwrap());
    until(&world, &["calling", "ringing", "connected"]).await;
    let active = format!("/api/v2/users/{}/activecall", user.as_str().unwrap());
    let active = world.ok(Method::PATCH, &active, Some(json!({"is_recording": true}))).await;
    assert_eq!((&active["id"], &active["is_recording"]), (&call["call_id"], &json!(true)));
    world.ok(Method::PUT, &format!("{path}/actions/hangup"), None).await;
    until(&world, &["calling", "ringing", "connected", "hangup", "recording"]).await;
    assert!(world.inbox.events().iter().all(|event| event["custom_data"] == "lead-42"));
    let ended = world.get(&path).await;
    assert_eq!(ended["recording_details"][0]["recording_type"], "callrecording");
    world.refused(Method::PUT, &format!("{path}/actions/hangup"), None, 409).await;
}

/// Polls, because what a REST request sets going has no signal to wait on.
async fn until(world: &World, states: &[&str]) {
    for _ in 0..500 {
        if world.inbox.states() == states {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?} instead of {states:?}", world.inbox.states());
}

#[tokio::test]
async fn a_transfer_over_the_api_makes_a_second_leg() {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    let state = world.control.state();
    assert!(state["companies"][0]["users"][1]["id"].is_i64());
    let users = &state["companies"][0]["users"];
    let call = world.post("/api/v2/call", json!({"phone_number": "+14155550177", "user_id": users[0]["id"]})).await;
    until(&world, &["calling", "ringing", "connected"]).await;
    let path = format!("/api/v2/call/{}/transfer", call["call_id"].as_str().unwrap());
    let to = json!({"to": {"target_type": "user", "target_id": users[1]["id"]}});
    let moved = world.post(&path, to).await;
    assert_eq!(moved["transferred_to_number"], "+14155550102");
    until(&world, &["calling", "ringing", "connected", "ringing", "connected", "hangup"]).await;
    let second = &world.inbox.events()[4];
    assert_eq!(second["call_id"].to_string(), moved["call_id"].as_str().unwrap());
    assert_eq!(second["master_call_id"].to_string(), call["call_id"].as_str().unwrap());
    assert_eq!(second["transferred_from"]["name"], "Alex Rivera");
}

#[tokio::test]
async fn a_text_over_the_api_is_checked_sent_and_told() {
    let world = World::new().await;
    world.subscribe_texts(true).await;
    let user = world.get("/api/v2/users/me").await["id"].clone();
    for (body, message) in [
        (
            json!({"text": "a", "to_numbers": ["+14155550123"]}),
            "one of \"user_id\", \"from_number\", \"sender_group_id\" is required",
        ),
        (json!({"user_id": user, "text": "a", "to_numbers": ["5550123"]}), "\"to_numbers[0]\" must be in E.164 form"),
        (
            json!({"user_id": user, "to_numbers": ["+14155550123"]}),
            "field \"text\" is required when there is no \"media\"",
        ),
        (
            json!({"user_id": user, "text": "a", "to_numbers": ["+14155550123"], "media": "%"}),
            "\"media\" must be base64",
        ),
    ] {
        assert_eq!(world.refused(Method::POST, "/api/v2/sms", Some(body), 400).await, message);
    }
    let body = json!({"user_id": user, "text": "hello", "to_numbers": ["+14155550123"]});
    let sent = world.post("/api/v2/sms", body).await;
    assert_eq!((&sent["message_status"], &sent["direction"]), (&json!("pending"), &json!("outbound")));
    let failing = json!({"user_id": user, "text": "hello", "to_numbers": ["+14155550404"]});
    for _ in 0..500 {
        if world.inbox.arrivals().len() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let last = world.inbox.events().pop().unwrap();
    assert_eq!(
        (&last["message_status"], last["id"].to_string()),
        (&json!("delivered"), sent["id"].as_str().unwrap().to_owned())
    );
    world.post("/api/v2/sms", failing).await;
}

#[tokio::test]
async fn recordings_are_sound_for_their_own_company_and_an_empty_voicemail_is_404() {
    let world = World::new().await;
    world.subscribe_calls(&["all"]).await;
    world.control.play(&PlayCall::new(Scenario::Recorded)).await.unwrap();
    world.control.play(&PlayCall::new(Scenario::Voicemail)).await.unwrap();
    world.control.play(&PlayCall::new(Scenario::AbandonedGreeting)).await.unwrap();
    let events = world.inbox.events();
    let recording = events.iter().find(|event| event["state"] == "recording").unwrap();
    let mut links = vec![(recording["recording_url"][0].clone(), 200)];
    let left = events.iter().find(|event| event["state"] == "voicemail_uploaded").unwrap();
    links.push((left["voicemail_link"].clone(), 200));
    let abandoned = events.iter().rfind(|event| event["state"] == "voicemail").unwrap();
    links.push((abandoned["voicemail_link"].clone(), 404));
    for (link, status) in links {
        let path =
            link.as_str().unwrap().strip_prefix(&world.sandbox.url()).expect("links point at the sandbox").to_owned();
        let response = world.send(Method::GET, &path, None).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        if status == 200 {
            assert_eq!(response.headers()["content-type"], "audio/wav");
            let sound = response.bytes().await.unwrap();
            assert_eq!(&sound[..4], b"RIFF");
            assert_eq!(u32::from_le_bytes(sound[4..8].try_into().unwrap()) as usize, sound.len() - 8);
            assert!(sound[44..].iter().any(|byte| *byte != 0), "there is something to hear");
        }
        let other = world.request(Method::GET, &path).bearer_auth("sandbox-api-key-2").send().await.unwrap();
        assert_eq!(other.status(), 404);
        assert_eq!(world.request(Method::GET, &path).send().await.unwrap().status(), 401);
    }
}

#[tokio::test]
async fn the_remaining_operations_answer_as_documented() {
    // Every reply is checked against the document on its way out; here it is enough that each one passes.
    let world = World::new().await;
    let call = world.control.play(&PlayCall::new(Scenario::Recorded)).await.unwrap().ids[0];
    let user = world.get("/api/v2/users/me").await["id"].as_str().unwrap().to_owned();
    let company = world.get("/api/v2/company").await["id"].as_str().unwrap().to_owned();
    let queue = world.get("/api/v2/callcenters").await["items"][0]["id"].as_str().unwrap().to_owned();
    let office = world.get("/api/v2/offices").await["items"][0]["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/api/v2/company/{company}/smsoptout?opt_out_state=opted_out"),
        format!("/api/v2/users/{user}"),
        "/api/v2/users?state=active".to_owned(),
        format!("/api/v2/offices/{office}"),
        format!("/api/v2/offices/{office}/callcenters"),
        format!("/api/v2/callcenters/{queue}"),
        format!("/api/v2/callcenters/{queue}/status"),
        format!("/api/v2/callcenters/{queue}/operators"),
        format!("/api/v2/callcenters/operators/{user}/dutystatus"),
        format!("/api/v2/transcripts/{call}/url"),
        "/api/v2/contacts".to_owned(),
    ] {
        world.get(&path).await;
    }
    let transcript = world.get(&format!("/api/v2/transcripts/{call}")).await;
    assert_eq!(transcript["lines"][0]["type"], "transcript");
    let contact =
        world.post("/api/v2/contacts", json!({"first_name": "A", "last_name": "B", "phones": ["+14155550199"]})).await;
    assert_eq!(contact["type"], "shared");
    let labels = world.ok(Method::PUT, &format!("/api/v2/call/{call}/labels"), Some(json!({"labels": ["lead"]}))).await;
    let recording = labels["recording_details"][0]["id"].clone();
    let share = json!({"recording_id": recording, "recording_type": "callrecording", "privacy": "company"});
    assert_eq!(world.post("/api/v2/recordingsharelink", share).await["privacy"], "company");
    world.post("/api/v2/callreviewsharelink", json!({"call_id": call})).await;
    let export = world.post("/api/v2/stats", json!({"export_type": "records", "stat_type": "calls"})).await;
    let export = world.get(&format!("/api/v2/stats/{}", export["request_id"].as_str().unwrap())).await;
    let csv = export["download_url"].as_str().unwrap().strip_prefix(&world.sandbox.url()).unwrap().to_owned();
    assert!(world.send(Method::GET, &csv, None).await.text().await.unwrap().contains(&call.to_string()));
    let back = json!({"call_center_id": queue, "phone_number": "+14155550123"});
    assert_eq!(world.post("/api/v2/callback/validate", back.clone()).await["success"], true);
    assert_eq!(world.post("/api/v2/callback", back.clone()).await["position"], "1");
    world.refused(Method::POST, "/api/v2/callback", Some(back), 400).await;
    let duty = format!("/api/v2/callcenters/operators/{user}/dutystatus");
    assert_eq!(world.ok(Method::PATCH, &duty, Some(json!({"on_duty": false}))).await["on_duty_status"], "unavailable");
    let pop = json!({"screen_pop_uri": "https://crm.example/lead/42"});
    world.post(&format!("/api/v2/users/{user}/screenpop"), pop).await;
}

#[tokio::test]
async fn limits_are_those_of_the_document_and_count_per_company() {
    let world = World::with(|config| config.limits = true).await;
    let user = world.get("/api/v2/users/me").await["id"].clone();
    let body = json!({"phone_number": "+14155550177", "user_id": user});
    for _ in 0..5 {
        world.post("/api/v2/call", body.clone()).await;
    }
    let sixth = world.send(Method::POST, "/api/v2/call", Some(body)).await;
    assert_eq!(sixth.status(), 429);
    let wait: u64 = sixth.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    let other = world.request(Method::GET, "/api/v2/users/me").bearer_auth("sandbox-api-key-2").send().await.unwrap();
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn ordered_faults_hit_the_next_requests_that_match() {
    let world = World::new().await;
    let order = |kind| world.control.fault(Fault::new(kind, 1).on("/api/v2/company"));
    for kind in [FaultKind::TooManyRequests, FaultKind::ServerError, FaultKind::Unauthorized] {
        order(kind);
    }
    world.get("/api/v2/webhooks").await;
    let first = world.send(Method::GET, "/api/v2/company", None).await;
    assert_eq!((first.status().as_u16(), &first.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    world.refused(Method::GET, "/api/v2/company", None, 500).await;
    world.refused(Method::GET, "/api/v2/company", None, 401).await;
    world.get("/api/v2/company").await;
    order(FaultKind::HalfReply);
    let half = world.send(Method::GET, "/api/v2/company", None).await;
    assert!(half.text().await.is_err(), "the body is cut");
    order(FaultKind::Hang);
    let hung = world.request(Method::GET, "/api/v2/company").bearer_auth(KEY);
    let hung = hung.timeout(std::time::Duration::from_millis(50)).send().await;
    assert!(hung.unwrap_err().is_timeout());
}

#[tokio::test]
async fn the_control_routes_do_what_the_handle_does() {
    let world = World::new().await;
    world.subscribe_calls(&["hangup"]).await;
    let played = world.post("/_sandbox/dialpad/calls?wait=true", json!({"scenario": "missed"})).await;
    assert_eq!(played["deliveries"][0]["outcome"], "delivered");
    let started = world.send(Method::POST, "/_sandbox/dialpad/calls", Some(json!({"scenario": "missed"}))).await;
    assert_eq!(started.status(), 202);
    let text = json!({"direction": "inbound", "text": "hello", "from": "+14155550188"});
    world.post("/_sandbox/dialpad/messages?wait=true", text).await;
    let fault = json!({"kind": "server_error", "count": 2, "path": "/api/v2"});
    assert_eq!(world.post("/_sandbox/dialpad/faults", fault).await["faults"][0]["count"], 2);
    let cleared = world.send(Method::DELETE, "/_sandbox/dialpad/faults", None).await;
    assert_eq!(cleared.status(), 204);
    assert!(world.get("/_sandbox/dialpad/deliveries").await["total"].as_u64().unwrap() >= 1);
    assert_eq!(world.get("/_sandbox/dialpad/state").await["companies"][0]["messages"], 1);
    let wrong = world.send(Method::POST, "/_sandbox/dialpad/calls", Some(json!({"scenario": "party"}))).await;
    assert_eq!(wrong.status(), 400);
    let stranger = json!({"scenario": "missed", "to": "+14155559999"});
    assert_eq!(world.send(Method::POST, "/_sandbox/dialpad/calls", Some(stranger)).await.status(), 400);
}

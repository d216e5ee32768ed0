//! `serve --sandbox`: the first five minutes.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use switchboard_store::DbOptions;
use switchboard_testkit::{Engine, TestDb};

use crate::support::{Home, PATIENCE, Server, all_done, all_read, free_port, within};

#[tokio::test]
async fn a_first_start_shows_a_working_product() {
    let home = Home::new();
    let mut server = home.serve(&["--sandbox"]);
    let welcome = server.welcomed();
    let demo = home.demo();
    assert!(welcome.contains(&demo.api_key) && welcome.contains(&server.url), "{welcome}");
    let owner = demo.owner.as_ref().unwrap();
    assert!(welcome.contains(&owner.email) && welcome.contains(&owner.password), "{welcome}");
    assert_eq!(welcome.matches("  curl ").count(), 3, "{welcome}");
    let file = std::fs::metadata(home.data_dir().join("sandbox-demo.json")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);

    let (status, health) = server.get("/health", &[]).await;
    assert_eq!((status, health["status"].as_str()), (200, Some("ok")));
    within(PATIENCE, "the demo is there", async || {
        let calls = server.records("calls", &demo.api_key).await.len();
        let messages = server.records("messages", &demo.api_key).await.len();
        let voicemails = server.records("voicemails", &demo.api_key).await.len();
        ((calls, messages, voicemails) == (3, 2, 1)).then_some(())
    })
    .await;
    assert_eq!(server.troubles(), Vec::<String>::new(), "a clean start warns of nothing");
    for message in ["listening", "connected to the database", "the sandbox listens"] {
        assert!(server.log(message).is_some(), "{message}");
    }
}

/// How many events were made visible so far, and how many of them within a second of their arrival.
async fn made_visible(server: &Server) -> (u64, u64) {
    let (status, text) = server.get("/metrics", &[]).await;
    assert_eq!(status, 200, "{text}");
    let line = |name: &str| {
        let value = text.as_str().unwrap().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().unwrap())
    };
    let name = "switchboard_received_to_visible_seconds";
    (line(&format!("{name}_count")), line(&format!("{name}_bucket{{le=\"1\"}}")))
}

#[tokio::test]
async fn a_simulated_call_is_visible_within_a_second() {
    let home = Home::new();
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let demo = home.demo();
    all_read(&home).await;
    let (before, _) = made_visible(&server).await;
    let played = home.json(&["simulate", "call", "answered", "--from", "+14155550199"]);
    assert_eq!(played["deliveries"], played["accepted"], "{played}");
    within(PATIENCE, "the call is visible", async || {
        let calls = server.records("calls", &demo.api_key).await;
        calls.iter().any(|call| call.to_string().contains("+14155550199")).then_some(())
    })
    .await;
    let played = home.json(&["simulate", "sms", "Is anybody there?", "--duplicates", "2", "--shuffle"]);
    assert_eq!(played["deliveries"], played["accepted"], "{played}");
    within(PATIENCE, "the text is visible once", async || {
        let messages = server.records("messages", &demo.api_key).await;
        let said = messages.iter().filter(|message| message.to_string().contains("Is anybody there?")).count();
        (said == 1).then_some(())
    })
    .await;
    all_read(&home).await;
    // Measured where it happens: what the commands and questions of this test take is not the server's.
    let (all, quick) = made_visible(&server).await;
    assert!(all > before, "nothing was measured");
    assert_eq!(quick, all, "an event was visible only after more than a second");
}

#[tokio::test]
async fn a_restart_keeps_everything_and_goes_on_receiving() {
    // As in life, the stand-in comes back where it was: links in stored events lead there.
    let home = Home::new().set("SANDBOX_PORT", free_port().to_string());
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let demo = home.demo();
    within(PATIENCE, "the demo's calls are there", async || {
        (server.records("calls", &demo.api_key).await.len() == 3).then_some(())
    })
    .await;
    all_read(&home).await;
    all_done(&home).await;
    server.terminate().assert_at_once();

    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let again = home.demo();
    assert_eq!((again.app_id, &again.api_key), (demo.app_id, &demo.api_key));
    assert_eq!(server.records("calls", &demo.api_key).await.len(), 3, "the demo is played once");
    // The stand-in forgot the webhook; the start made it again.
    let played = home.json(&["simulate", "call", "missed"]);
    assert_eq!(played["deliveries"], played["accepted"], "{played}");
    within(PATIENCE, "the fourth call", async || {
        (server.records("calls", &demo.api_key).await.len() == 4).then_some(())
    })
    .await;
    assert_eq!(server.troubles(), Vec::<String>::new());
}

#[tokio::test]
async fn the_sandbox_is_for_this_machine_only() {
    let home = Home::new().set("HOST", "0.0.0.0");
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let sandbox = home.demo().sandbox_url.unwrap();
    assert!(sandbox.starts_with("http://127.0.0.1:"), "{sandbox}");
    // Without stand-ins, commands ask the real Dialpad again.
    server.terminate();
    home.serve(&[]);
    assert_eq!(home.demo().sandbox_url, None);
}

/// Signs in over the API; the access token as a header.
async fn signed_in(server: &Server, path: &str, body: &Value) -> String {
    let (status, answer) = server.post(path, &[], body).await;
    assert!((200..300).contains(&status), "{answer}");
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}

async fn sign_up(server: &Server, company: &str) -> String {
    let form = json!({
        "company_name": company,
        "full_name": "Some Body",
        "email": format!("{}@example.com", company.to_lowercase()),
        "password": "a phrase that no list has",
    });
    signed_in(server, "/api/v1/auth/signup", &form).await
}

/// How many calls a workspace has.
async fn calls(server: &Server, bearer: &str) -> usize {
    let (status, body) = server.get("/api/v1/calls?limit=200", &[("authorization", bearer)]).await;
    assert_eq!(status, 200, "{body}");
    body["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_demos_owner_finds_a_busy_fortnight() {
    let home = Home::new();
    let mut server = home.serve(&["--sandbox", "--demo-calls", "40"]);
    server.welcomed();
    let owner = home.demo().owner.unwrap();
    let form = json!({ "email": owner.email, "password": owner.password });
    let bearer = signed_in(&server, "/api/v1/auth/login", &form).await;
    within(PATIENCE, "the past and the newest calls", async || (calls(&server, &bearer).await >= 43).then_some(()))
        .await;
    let (_, me) = server.get("/api/v1/me", &[("authorization", &bearer)]).await;
    assert_eq!((me["tenant"]["role"].as_str(), me["user"]["is_email_verified"] == true), (Some("owner"), true));
    let more = home.json(&["simulate", "demo", "--calls", "20", "--days", "3"]);
    assert!(more["calls"].as_u64() >= Some(20) && more["accepted"] == more["deliveries"], "{more}");
    within(PATIENCE, "more of it", async || (calls(&server, &bearer).await >= 63).then_some(())).await;
    assert_eq!(server.troubles(), Vec::<String>::new());
}

#[tokio::test]
async fn workspaces_try_things_out_side_by_side_and_after_a_restart() {
    let home = Home::new().set("SANDBOX_PORT", free_port().to_string());
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let (ann, bob) = (sign_up(&server, "Acme").await, sign_up(&server, "Bolt").await);
    let play = json!({ "scenario": "missed", "speed": "at_once" });
    let (status, refused) = server.post("/api/v1/sandbox/calls", &[("authorization", &ann)], &play).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some("conflict")), "{refused}");
    let mut connections = Vec::new();
    for bearer in [&ann, &bob] {
        let (status, made) = server.post("/api/v1/sandbox/connect", &[("authorization", bearer)], &json!({})).await;
        assert_eq!((status, made["status"].as_str()), (201, Some("connected")), "{made}");
        let (status, again) = server.post("/api/v1/sandbox/connect", &[("authorization", bearer)], &json!({})).await;
        assert_eq!((status, &again["id"]), (200, &made["id"]));
        connections.push(made["id"].clone());
    }
    let foreign = json!({ "scenario": "missed", "connection_id": connections[0] });
    let (status, _) = server.post("/api/v1/sandbox/calls", &[("authorization", &bob)], &foreign).await;
    assert_eq!(status, 404, "nobody plays at another workspace's connection");
    let (status, played) = server.post("/api/v1/sandbox/calls", &[("authorization", &ann)], &play).await;
    assert_eq!((status, &played["connection_id"]), (202, &connections[0]), "{played}");
    within(PATIENCE, "the call", async || (calls(&server, &ann).await == 1).then_some(())).await;
    assert_eq!(calls(&server, &bob).await, 0);
    within(PATIENCE, "all three events of it, told of the connection", async || {
        let (_, activity) = server.get("/api/v1/connections/activity", &[("authorization", &ann)]).await;
        let all = activity["data"].as_array().unwrap();
        let connection = all.iter().find(|connection| connection["connection_id"] == connections[0]).unwrap();
        (connection["state"] == "ok" && connection["events"] == 3).then_some(())
    })
    .await;

    server.terminate();
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let form = json!({ "email": "acme@example.com", "password": "a phrase that no list has" });
    let ann = signed_in(&server, "/api/v1/auth/login", &form).await;
    let (status, played) = server.post("/api/v1/sandbox/calls", &[("authorization", &ann)], &play).await;
    assert_eq!(status, 202, "{played}");
    within(PATIENCE, "another call, not the same again", async || (calls(&server, &ann).await == 2).then_some(()))
        .await;
    assert_eq!(server.troubles(), Vec::<String>::new());
}

#[test]
fn without_a_sandbox_simulate_says_how_to_start_one() {
    let home = Home::new().set("SANDBOX_PORT", "1");
    let answer = home.call(&["simulate", "call"]);
    assert_eq!(answer.code, 5, "{}", answer.err);
    assert!(answer.err.contains("switchboard serve --sandbox"), "{}", answer.err);
}

#[tokio::test]
async fn on_postgres_it_is_the_same_and_tenants_are_kept_apart() {
    let database = TestDb::new(Engine::Postgres).await;
    let DbOptions::Postgres { url, .. } = database.options() else { unreachable!("it was asked for") };
    let secret = "0123456789abcdef0123456789abcdef";
    let home = Home::new().set("DATABASE_URL", url.clone()).set("INTERNAL_API_SECRET", secret);
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let demo = home.demo();
    within(PATIENCE, "the demo's calls are there", async || {
        (server.records("calls", &demo.api_key).await.len() == 3).then_some(())
    })
    .await;
    let event = home.json(&["events", "list", "--type", "call.hangup"])[0]["event_id"].as_str().unwrap().to_owned();
    assert_eq!(home.json(&["events", "replay", &event])["replayed"], 1);
    assert_eq!(home.call(&["events", "rebuild", "--check"]).code, 0);
    let doctor = home.call(&["doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.out);
    for found in ["PostgreSQL 1", "row-level security is in force", "agrees with the database's", "webhooks are right"]
    {
        assert!(doctor.out.contains(found), "no `{found}` in {}", doctor.out);
    }
    assert_eq!(server.troubles(), Vec::<String>::new());
    assert_eq!(server.terminate().code, Some(0));
    database.remove().await;
}

#[tokio::test]
async fn a_telephone_systems_call_comes_pushed_and_its_recording_is_fetched() {
    let home = Home::new().set("MEDIA_ENCRYPTION_KEY", "5a".repeat(32));
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let owner = home.demo().owner.unwrap();
    let form = json!({ "email": owner.email, "password": owner.password });
    let bearer = signed_in(&server, "/api/v1/auth/login", &form).await;
    let played = home.json(&["simulate", "cdr", "recorded", "--from", "13125550199", "--duplicates", "1"]);
    assert_eq!((&played["legs"], &played["reported"]["accepted"]), (&json!(1), &json!(2)), "{played}");
    let call = within(PATIENCE, "the call, once", async || {
        let (_, found) = server.get("/api/v1/calls?q=3125550199", &[("authorization", &bearer)]).await;
        let calls = found["data"].as_array().unwrap();
        (calls.len() == 1).then(|| calls[0].clone())
    })
    .await;
    assert_eq!((call["direction"].as_str(), call["outcome"].as_str()), (Some("inbound"), Some("answered")), "{call}");
    let path = format!("/api/v1/calls/{}", call["id"].as_str().unwrap());
    let recording = within(PATIENCE, "its recording is saved", async || {
        let (_, call) = server.get(&path, &[("authorization", &bearer)]).await;
        let recording = call["recordings"][0].clone();
        (recording["status"] == "saved").then_some(recording)
    })
    .await;
    assert_eq!((recording["content_type"].as_str(), recording["provider_url"].as_str()), (Some("audio/wav"), None));
    let audio = recording["audio_url"].as_str().unwrap();
    let (status, sound) = server.get(audio, &[("authorization", &bearer)]).await;
    assert!(status == 200 && sound.as_str().unwrap().starts_with("RIFF"), "{status}");
    // What was never reported is found by a catch-up.
    let missed = home.json(&["simulate", "cdr", "missed", "--from", "13125550188", "--unreported"]);
    assert_eq!(missed["legs"], json!(1), "{missed}");
    let (_, sandbox) = server.get("/api/v1/sandbox", &[("authorization", &bearer)]).await;
    let catch_up = format!("/api/v1/connections/{}/catch-up", sandbox["telephones_connection_id"].as_str().unwrap());
    let (status, begun) = server.post(&catch_up, &[("authorization", &bearer)], &json!({})).await;
    assert_eq!((status, &begun["queued"]), (202, &json!(true)), "{begun}");
    within(PATIENCE, "the missed call", async || {
        let (_, found) = server.get("/api/v1/calls?q=3125550188", &[("authorization", &bearer)]).await;
        (found["data"].as_array().unwrap().len() == 1).then_some(())
    })
    .await;
    // Its calls are there before the job has noted how it stands.
    let standing = within(PATIENCE, "the catch-up is done", async || {
        let (_, standing) = server.get(&catch_up, &[("authorization", &bearer)]).await;
        (standing["last"]["state"] == "done").then_some(standing)
    })
    .await;
    assert!(standing["last"]["calls"].as_u64() >= Some(2), "{standing}");
    // The next start has another port and another certificate, and goes on receiving.
    server.terminate();
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let played = home.json(&["simulate", "cdr", "queue", "--count", "20"]);
    assert_eq!((&played["legs"], &played["reported"]["accepted"]), (&json!(60), &json!(60)), "{played}");
    assert_eq!(server.troubles(), Vec::<String>::new());
}

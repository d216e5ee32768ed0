//! `/api/calls`, `/api/messages`, `/api/voicemails`.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;
use switchboard_domain::call::{CallStatus, Direction};
use switchboard_testkit::{Build, TestDb, both_engines};

use super::site::{Client, Site};

/// Three calls (the second one ringing, the third outbound), a message and a voicemail, a minute apart.
async fn seed(t: &TestDb, site: &Site, client: &Client) -> Build {
    let (scope, connection) = site.owner(client).await;
    let build = Build::new(t, scope, connection);
    let at = |minute: u64| t.now() + Duration::from_mins(minute);
    let (first, mut second, mut third) = (build.call(1, at(1)), build.call(2, at(2)), build.call(3, at(3)));
    second.record.status = CallStatus::Ringing;
    third.record.direction = Some(Direction::Outbound);
    third.record.from_number = Some("+14155550777".into());
    t.save(scope, &[first, second, third]).await;
    t.save(scope, &[build.message(9, at(4))]).await;
    t.save(scope, &[build.voicemail(1, at(5))]).await;
    build
}

fn ids(body: &serde_json::Value, noun: &str, id: &str) -> Vec<String> {
    body[noun].as_array().unwrap().iter().map(|row| row[id].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn calls_come_newest_first_in_the_guides_shape(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        let build = seed(t, &site, &client).await;
        let list = site.get(&client, "/api/calls?limit=2&offset=0").await;
        assert_eq!(list.status, StatusCode::OK, "{list:?}");
        assert_eq!(ids(&list.body, "calls", "dialpad_call_id"), ["3", "2"]);
        assert_eq!(list.body["data"], list.body["calls"]);
        assert_eq!(list.body["pagination"], json!({ "limit": 2, "offset": 0, "total": 3, "has_more": true }));
        let last = site.get(&client, "/api/calls?limit=2&offset=2").await;
        assert_eq!(ids(&last.body, "calls", "dialpad_call_id"), ["1"]);
        assert_eq!(last.body["pagination"]["has_more"], false);
        let call = &last.body["calls"][0];
        assert_eq!(call["id"], build.call_id(1).uuid().to_string());
        for field in ["direction", "from_number", "to_number", "status", "dialpad_user_id", "started_at", "ended_at", "created_at"] {
            assert!(call[field].is_string(), "{field}: {call}");
        }
        assert_eq!((&call["duration_seconds"], &call["recording_url"]), (&json!(30), &json!(null)));

        let one = site.get(&client, &format!("/api/calls/{}", build.call_id(1).uuid())).await;
        assert_eq!(one.body, json!({ "success": true, "data": call }));
        assert_eq!(site.get(&client, "/api/calls/nonsense").await.status, StatusCode::BAD_REQUEST);
        let none = site.get(&client, &format!("/api/calls/{}", uuid::Uuid::nil())).await;
        assert_eq!((none.status, &none.body["error"]), (StatusCode::NOT_FOUND, &json!("Call not found")));
    }

    async fn filters_narrow_and_wrong_ones_are_told(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        seed(t, &site, &client).await;
        let numbers = async |query: &str| ids(&site.get(&client, &format!("/api/calls{query}")).await.body, "calls", "dialpad_call_id");
        assert_eq!(numbers("/active").await, ["2"]);
        assert_eq!(numbers("?status=ended").await, ["3", "1"]);
        assert_eq!(numbers("?direction=outbound").await, ["3"]);
        assert_eq!(numbers("?from=%2B14155550777").await, ["3"]);
        assert_eq!(numbers("?from=+14155550777").await, ["3"], "an unescaped plus");
        assert_eq!(numbers("?limit=0").await.len(), 3);
        let between = t.now() + Duration::from_secs(90);
        assert_eq!(numbers(&format!("?start_date={between}")).await, ["3", "2"]);
        assert_eq!(numbers(&format!("?end_date={between}")).await, ["1"]);
        let day = &t.now().to_string()[..10];
        assert_eq!(numbers(&format!("?start_date={day}&end_date={day}")).await.len(), 3, "a day counts whole");
        assert_eq!(numbers("?end_date=2001-01-01").await.len(), 0);
        assert_eq!(site.get(&client, "/api/calls?limit=0").await.body["pagination"]["limit"], 50);
        assert_eq!(site.get(&client, "/api/calls?limit=1000").await.body["pagination"]["limit"], 100);

        let bogus = site.get(&client, "/api/calls?status=bogus").await;
        assert_eq!(bogus.status, StatusCode::BAD_REQUEST);
        let message = bogus.body["message"].as_str().unwrap();
        assert_eq!(message, "status must be one of: ringing, active, ended, missed, rejected, voicemail");
        for wrong in ["limit=-1", "offset=-1", "limit=ten", "direction=sideways", "dialpad_user_id=x", "start_date=tomorrow"] {
            assert_eq!(site.get(&client, &format!("/api/calls?{wrong}")).await.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
    }

    async fn messages_and_voicemails_have_their_lists_too(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        seed(t, &site, &client).await;
        let messages = site.get(&client, "/api/messages?direction=inbound").await;
        let message = &messages.body["messages"][0];
        assert_eq!((&message["dialpad_message_id"], &message["to_number"]), (&json!("9"), &json!("+14155550999")));
        assert_eq!(messages.body["data"], messages.body["messages"]);
        let one = site.get(&client, &format!("/api/messages/{}", message["id"].as_str().unwrap())).await;
        assert_eq!(&one.body["data"], message);
        assert_eq!(site.get(&client, "/api/messages?dialpad_user_id=77").await.body["pagination"]["total"], 0);

        let voicemails = site.get(&client, "/api/voicemails?limit=50&offset=0").await;
        let voicemail = &voicemails.body["voicemails"][0];
        assert_eq!((&voicemail["duration_seconds"], &voicemail["app_id"]), (&json!(12), &json!(client.app_id)));
        assert_eq!(voicemail["transcript"], "please call me back");
        let one = site.get(&client, &format!("/api/voicemails/{}", voicemail["id"].as_str().unwrap())).await;
        assert_eq!(&one.body["data"], voicemail);
    }

    async fn nobody_sees_another_tenants_records(t: &TestDb) {
        let site = Site::new(t).await;
        let (ours, theirs) = (site.client("Ours").await, site.client("Theirs").await);
        seed(t, &site, &theirs).await;
        for noun in ["calls", "messages", "voicemails"] {
            let list = site.get(&theirs, &format!("/api/{noun}")).await;
            let id = list.body[noun][0]["id"].as_str().unwrap().to_owned();
            let list = site.get(&ours, &format!("/api/{noun}")).await;
            assert_eq!(list.body["pagination"]["total"], 0, "{noun}");
            assert_eq!(site.get(&ours, &format!("/api/{noun}/{id}")).await.status, StatusCode::NOT_FOUND, "{noun}");
            let missing = site.send(Method::GET, &format!("/api/{noun}"), &[], None).await;
            assert_eq!((missing.status, &missing.body["error"]), (StatusCode::UNAUTHORIZED, &json!("Unauthorized")));
            assert_eq!(missing.body["message"], "Missing x-app-api-key header");
        }
    }

    async fn a_deleted_voicemail_is_gone_from_every_list(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        seed(t, &site, &client).await;
        let base = format!("/internal/apps/{}/voicemails", client.app_id);
        let list = site.internal(Method::GET, &base, None).await;
        let id = list.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(site.internal(Method::GET, &format!("{base}/{id}"), None).await.status, StatusCode::OK);
        let gone = site.internal(Method::DELETE, &format!("{base}/{id}"), None).await;
        assert_eq!((gone.status, &gone.body["success"]), (StatusCode::OK, &json!(true)), "{gone:?}");
        assert_eq!(site.internal(Method::GET, &base, None).await.body["pagination"]["total"], 0);
        assert_eq!(site.get(&client, &format!("/api/voicemails/{id}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.internal(Method::DELETE, &format!("{base}/{id}"), None).await.status, StatusCode::NOT_FOUND);
    }
}

//! Connections with their credentials, keys with their scopes, and the log of who did what, over HTTP.

use serde_json::{Value, json};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::{
    people::{ask, sign_up},
    site::{Answer, Site},
};

const TOKEN: &str = "5ec2e75ec2e75ec2e75ec2e75ec2e75e";
const VAPI_KEY: &str = "5ec2e700-0000-4000-8000-000000000001";

fn twilio() -> Value {
    json!({
        "provider": "twilio",
        "name": "Our numbers",
        "settings": { "account_sid": format!("AC{}", "0".repeat(32)) },
        "credentials": { "auth_token": TOKEN },
    })
}

fn fields(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "invalid_body"), "{answer:?}");
    let body = answer.json();
    body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

async fn made(site: &Site<'_>, token: &str) -> String {
    let answer = ask(site, "POST", "/api/v1/connections", token, twilio()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

both_engines! {
    async fn a_connection_is_made_changed_and_removed_without_ever_showing_its_secrets(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = sign_up(&site, "Acme Calls", "ann@example.com").await;
        let id = made(&site, &ann).await;
        let path = format!("/api/v1/connections/{id}");
        let shown = ask(&site, "GET", &path, &ann, Value::Null).await;
        let body = shown.json();
        assert_eq!(body["credentials"][0]["name"], "auth_token");
        assert_eq!(body["credentials"][0]["value"], "***");
        assert!(body["credentials"][0]["set_at"].is_string() && body["status"] == "pending", "{body}");
        assert_eq!(body["hook_url"], Value::Null, "nothing of this kind is taken in yet");

        let changed = json!({ "name": "Numbers", "settings": { "phone_number": "+14155550123" }, "enabled": false });
        let changed = ask(&site, "PATCH", &path, &ann, changed).await;
        assert_eq!((changed.json()["name"].as_str(), changed.json()["status"].as_str()), (Some("Numbers"), Some("disabled")));
        assert_eq!(changed.json()["settings"]["phone_number"], "+14155550123");
        assert!(changed.json()["settings"]["account_sid"].is_string(), "what is not named stays");

        let other = TOKEN.replace('5', "6");
        let set = ask(&site, "PUT", &format!("{path}/credentials"), &ann, json!({ "credentials": { "auth_token": other } })).await;
        assert_eq!(set.status, 200, "{set:?}");
        for answer in [&shown, &changed, &set] {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(!text.contains(TOKEN) && !text.contains(&other), "{text}");
        }
        assert_eq!(ask(&site, "DELETE", &path, &ann, Value::Null).await.status, 204);
        assert_eq!(ask(&site, "GET", &path, &ann, Value::Null).await.status, 404);
        let left = t.query_texts("SELECT name FROM connection_credentials").await;
        assert_eq!(left, ["webhook_password"], "of the connection that every workspace begins with");
    }

    async fn the_voxanne_guides_name_for_them_answers_without_secrets(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = sign_up(&site, "Acme Calls", "ann@example.com").await;
        made(&site, &ann).await;
        let seen = t.query_texts("SELECT provider || ' ' || encrypted_config FROM org_credentials WHERE is_active ORDER BY provider").await;
        assert_eq!(seen, ["clouducm ***", "twilio ***"], "the first is the one that every workspace begins with");
        if t.engine() == Engine::Postgres {
            let policies = "SELECT count(*)::text FROM pg_policies WHERE policyname = 'org_isolation'";
            let policies: u32 = t.query_texts(policies).await[0].parse().unwrap();
            assert!(policies >= 28, "{policies}");
            assert_eq!(switchboard_store::migrate::unguarded_tables(&t.db).await.unwrap(), Vec::<String>::new());
            t.execute("DROP POLICY org_isolation ON calls").await;
            assert_eq!(switchboard_store::migrate::unguarded_tables(&t.db).await.unwrap(), ["calls"]);
        }
    }

    async fn wrong_values_are_named_all_at_once(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = sign_up(&site, "Acme Calls", "ann@example.com").await;
        let create = async |body: Value| ask(&site, "POST", "/api/v1/connections", &ann, body).await;
        let key = format!("SK{}", "0".repeat(32));
        let wrong = json!({ "provider": "twilio", "name": "x", "settings": { "account_sid": key }, "credentials": { "auth_token": "short" } });
        assert_eq!(fields(&create(wrong).await), ["account_sid", "auth_token"]);
        assert_eq!(fields(&create(json!({ "provider": "whatsapp", "name": "x" })).await), ["phone_number_id", "waba_id", "access_token"]);
        let unknown = json!({ "provider": "vapi", "name": "x", "settings": { "colour": "blue" }, "credentials": { "api_key": VAPI_KEY } });
        assert_eq!(fields(&create(unknown).await).len(), 1);
        assert_eq!(create(json!({ "provider": "switchboard", "name": "x" })).await.code(), "invalid_body");
        let id = made(&site, &ann).await;
        let take_away = json!({ "credentials": { "auth_token": null } });
        let refused = ask(&site, "PUT", &format!("/api/v1/connections/{id}/credentials"), &ann, take_away).await;
        assert_eq!(fields(&refused), ["auth_token"]);
        // What takes nothing in has no webhook secret, and its key is not sent to Dialpad.
        for (method, what) in [("PUT", "webhook-secret"), ("POST", "provision"), ("POST", "repair"), ("POST", "catch-up")] {
            let refused = ask(&site, method, &format!("/api/v1/connections/{id}/{what}"), &ann, json!({})).await;
            assert_eq!(refused.code(), "conflict", "{what}: {refused:?}");
        }
    }

    async fn another_tenants_connections_and_keys_are_not_there(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = sign_up(&site, "Acme Calls", "ann@example.com").await;
        let eve = sign_up(&site, "Eves Calls", "eve@example.com").await;
        let id = made(&site, &ann).await;
        let path = format!("/api/v1/connections/{id}");
        let credentials = json!({ "credentials": { "auth_token": TOKEN } });
        for (method, path, body) in [
            ("GET", path.clone(), Value::Null),
            ("PATCH", path.clone(), json!({ "name": "mine" })),
            ("DELETE", path.clone(), Value::Null),
            ("PUT", format!("{path}/credentials"), credentials),
            ("PUT", format!("{path}/webhook-secret"), json!({})),
            ("POST", format!("{path}/check"), json!({})),
        ] {
            assert_eq!(ask(&site, method, &path, &eve, body).await.status, 404, "{method} {path}");
        }
        let app = ask(&site, "POST", "/api/v1/apps", &ann, json!({ "name": "Desk" })).await.json();
        let app = app["id"].as_str().unwrap().to_owned();
        let keys = ask(&site, "GET", &format!("/api/v1/apps/{app}/keys"), &ann, Value::Null).await.json();
        let key = format!("/api/v1/apps/{app}/keys/{}", keys["data"][0]["id"].as_str().unwrap());
        for (method, path) in [("DELETE", key.clone()), ("PUT", key.clone()), ("POST", format!("{key}/rotate"))] {
            assert_eq!(ask(&site, method, &path, &eve, json!({})).await.status, 404, "{method} {path}");
        }
        // A connection of ours for an app of theirs.
        let mut mine = twilio();
        mine["app_id"] = app.into();
        assert_eq!(ask(&site, "POST", "/api/v1/connections", &eve, mine).await.status, 404);
    }

    async fn keys_do_what_their_scopes_say_and_make_no_stronger_ones(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = sign_up(&site, "Acme Calls", "ann@example.com").await;
        let wish = json!({ "name": "Desk", "key": { "name": "first", "scopes": ["apps.write", "apps.read", "connections.read"], "requests_per_minute": 90 } });
        let made = ask(&site, "POST", "/api/v1/apps", &ann, wish).await;
        assert_eq!(made.status, 201, "{made:?}");
        let (app, key) = (made.json()["id"].as_str().unwrap().to_owned(), made.json()["api_key"].as_str().unwrap().to_owned());
        let with = async |method: &str, path: &str, body: Value| ask(&site, method, path, &key, body).await;
        assert_eq!(with("GET", "/api/v1/connections", Value::Null).await.status, 200);
        let refused = with("POST", "/api/v1/connections", twilio()).await;
        assert_eq!(refused.code(), "forbidden");
        assert!(refused.json()["detail"].as_str().unwrap().contains("`connections.write`"));

        let keys = format!("/api/v1/apps/{app}/keys");
        let stronger = with("POST", &keys, json!({ "key": { "scopes": ["connections.write"] }, "keep_others": true })).await;
        assert_eq!((stronger.status.as_u16(), stronger.code().as_str()), (403, "forbidden"));
        let people = with("POST", &keys, json!({ "key": { "scopes": ["members.write"] }, "keep_others": true })).await;
        assert_eq!(people.status, 400, "{people:?}");
        // Who names nothing gets the usual, as far as the maker has it.
        let usual = with("POST", &keys, json!({ "key": {}, "keep_others": true })).await;
        assert_eq!(usual.json()["scopes"], json!(["connections.read", "apps.read", "apps.write"]));

        let listed = ask(&site, "GET", &keys, &ann, Value::Null).await.json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
        let first = listed["data"].as_array().unwrap().iter().find(|key| key["name"] == "first").unwrap().clone();
        assert_eq!(first["requests_per_minute"], json!(90));
        let one = format!("{keys}/{}", first["id"].as_str().unwrap());
        let rotated = ask(&site, "POST", &format!("{one}/rotate"), &ann, json!({ "grace_seconds": 60 })).await;
        assert_eq!(rotated.status, 201, "{rotated:?}");
        assert_eq!(rotated.json()["scopes"], json!(["connections.read", "apps.read", "apps.write"]));
        assert_eq!(with("GET", "/api/v1/connections", Value::Null).await.status, 200, "the old one goes on");
        t.clock.advance(std::time::Duration::from_secs(61));
        assert_eq!(with("GET", "/api/v1/connections", Value::Null).await.status, 401);
        let renamed = ask(&site, "PUT", &one, &ann, json!({ "name": "old one" })).await;
        assert_eq!((&renamed.json()["name"], &renamed.json()["requests_per_minute"]), (&json!("old one"), &Value::Null));
        let past = ask(&site, "POST", &keys, &ann, json!({ "key": { "expires_at": "2001-01-01T00:00:00Z" } })).await;
        assert_eq!(past.code(), "invalid_body");
    }

    async fn the_audit_log_is_listed_narrowed_and_taken_out(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = sign_up(&site, "Acme Calls", "ann@example.com").await;
        let id = made(&site, &ann).await;
        let app = ask(&site, "POST", "/api/v1/apps", &ann, json!({ "name": "=cmd|' /C calc'!A0" })).await;
        assert_eq!(app.status, 201, "{app:?}");
        let list = async |query: &str| ask(&site, "GET", &format!("/api/v1/audit{query}"), &ann, Value::Null).await.json();
        let about = list(&format!("?target={id}")).await;
        let entry = &about["data"][0];
        assert_eq!((&entry["action"], &entry["actor_kind"], &entry["actor_name"]), (&json!("connection.created"), &json!("user"), &json!("ann@example.com")));
        assert_eq!(entry["details"]["credentials"], json!(["auth_token"]));
        assert!(entry["request_id"].is_string() && entry["hash"].as_str().unwrap().len() == 64, "{entry}");
        let page = list("?limit=1").await;
        let next = list(&format!("?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!(next["data"][0]["seq"].as_i64().unwrap() + 1, page["data"][0]["seq"].as_i64().unwrap());
        assert_eq!(list("?action=key.revoked").await["data"], json!([]));
        assert_eq!(ask(&site, "GET", "/api/v1/audit?action=key.eaten", &ann, Value::Null).await.status, 400);

        let csv = ask(&site, "GET", "/api/v1/audit/export?format=csv", &ann, Value::Null).await;
        let text = String::from_utf8_lossy(&csv.body).into_owned();
        assert!(text.starts_with("seq,at,actor_kind") && csv.header("content-type").starts_with("text/csv"), "{text}");
        // Nothing in a cell of its own begins as a formula; inside JSON it is text.
        assert!(!text.contains(",\"="), "{text}");
        let lines = ask(&site, "GET", "/api/v1/audit/export", &ann, Value::Null).await;
        let text = String::from_utf8_lossy(&lines.body).into_owned();
        let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(entries.iter().zip(1_i64..).all(|(entry, seq)| entry["seq"] == seq), "{text}");
        assert_eq!(entries.last().unwrap()["action"], "audit.exported", "the download before this one");
        assert!(!text.contains(TOKEN), "{text}");
        // An app's key does not read it unless its maker said so.
        assert_eq!(site.get("/api/v1/audit").await.code(), "forbidden");
    }

    /// Known secrets are planted through every door; then every column of every table is read as whoever stole the database
    /// without the key would read it.
    async fn a_dump_of_the_database_shows_no_secret(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = sign_up(&site, "Acme Calls", "ann@example.com").await;
        let mut secrets = vec![TOKEN.to_owned(), VAPI_KEY.to_owned(), crate::people::PASSWORD.to_owned(), ann.clone()];
        made(&site, &ann).await;
        let create = async |body: Value| {
            let answer = ask(&site, "POST", "/api/v1/connections", &ann, body).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            answer.json()
        };
        create(json!({ "provider": "vapi", "name": "Vapi", "credentials": { "api_key": VAPI_KEY } })).await;
        let dialpad = create(json!({ "provider": "dialpad", "name": "Dialpad",
            "credentials": { "api_key": "dialpad-secret-key", "webhook_secret": "dialpad-webhook-secret" } })).await;
        create(json!({ "provider": "clouducm", "name": "PBX", "settings": { "host": "pbx.example.com", "username": "api" },
            "credentials": { "password": "ucm-api-password", "webhook_password": "ucm-hook-password" } })).await;
        create(json!({ "provider": "whatsapp", "name": "WA", "settings": { "phone_number_id": "111", "waba_id": "222" },
            "credentials": { "access_token": "EAAB-access-token", "app_secret": TOKEN, "verify_token": "verify-token-word" } })).await;
        secrets.extend(["dialpad-secret-key", "dialpad-webhook-secret", "ucm-api-password", "ucm-hook-password", "EAAB-access-token", "verify-token-word"].map(str::to_owned));
        let url = dialpad["hook_url"].as_str().unwrap();
        secrets.push(url.rsplit('/').next().unwrap().to_owned());
        let id = dialpad["id"].as_str().unwrap();
        let made_here = ask(&site, "PUT", &format!("/api/v1/connections/{id}/webhook-secret"), &ann, json!({})).await;
        secrets.push(made_here.json()["webhook_secret"].as_str().unwrap().to_owned());
        // The answer to a repeatable request is kept, and it holds a key.
        let bearer = format!("Bearer {ann}");
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "once-and-for-all")];
        let app = crate::people::call(&site, "POST", "/api/v1/apps", &headers, Some(&json!({ "name": "Desk" }))).await;
        secrets.push(app.json()["api_key"].as_str().unwrap().to_owned());

        let dump = dump(t).await;
        assert!(dump.contains("Our numbers"), "the dump shows what is no secret");
        for secret in secrets {
            let hex = hex::encode(&secret);
            let at = [&secret, &hex, &hex.to_uppercase()].into_iter().find_map(|form| dump.find(form.as_str()));
            assert!(at.is_none(), "{secret} is in the dump: {:?}", at.map(|at| dump.get(at.saturating_sub(200)..at)));
        }
    }
}

/// Every column of every table, bytes in hex.
async fn dump(t: &TestDb) -> String {
    let columns = match t.engine() {
        Engine::Sqlite => {
            "SELECT m.name || ' ' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        Engine::Postgres => {
            "SELECT c.relname || ' ' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition \
             AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1"
        }
    };
    let columns = t.query_texts(columns).await;
    assert!(columns.len() > 200, "the schema was not read");
    let mut all = String::new();
    let texts = columns.iter().map(|column| {
        let (table, column) = column.split_once(' ').unwrap();
        match t.engine() {
            Engine::Sqlite => format!("SELECT coalesce(quote(\"{column}\"), '') FROM \"{table}\""),
            Engine::Postgres => format!("SELECT coalesce(\"{column}\"::text, '') FROM \"{table}\""),
        }
    });
    for query in texts {
        for value in t.query_texts(&query).await {
            all.push_str(&value);
            all.push('\n');
        }
    }
    all
}

#[tokio::test]
async fn what_can_be_connected_is_listed_with_what_it_is_good_for() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let listed = site.get("/api/v1/providers").await.json();
    let kinds: Vec<(&str, bool)> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| (kind["provider"].as_str().unwrap(), kind["delivers"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("dialpad", true),
            ("vapi", false),
            ("whatsapp", false),
            ("clouducm", true),
            ("generic", true),
            ("twilio", false),
            ("slack", false),
            ("openai", false),
            ("deepgram", false),
            ("assemblyai", false)
        ]
    );
    t.remove().await;
}

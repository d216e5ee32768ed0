//! The commands beside a running server, on the same database.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Home, PATIENCE, all_read, within};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[tokio::test]
async fn an_app_that_the_command_line_made_works_at_once() {
    let home = Home::new();
    let server = home.serve(&[]);
    let made = home.json(&["apps", "create", "Front desk"]);
    let key = text(&made["api_key"]).to_owned();
    assert_eq!(server.records("calls", &key).await, Vec::<Value>::new());

    let id = text(&made["app_id"]);
    let shown = home.call(&["apps", "show", id]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("Front desk") && !shown.out.contains(&key), "a key is shown once: {}", shown.out);
    let listed = home.json(&["apps", "list"]);
    assert_eq!(listed[0]["name"], "Front desk");

    let rotated = home.json(&["apps", "rotate", id, "--grace", "0"]);
    let fresh = text(&rotated["api_key"]).to_owned();
    assert_eq!(server.records("calls", &fresh).await, Vec::<Value>::new());
    within(PATIENCE, "the old key ends", async || {
        let (status, _) = server.get("/api/calls", &[("x-app-api-key", &key)]).await;
        (status == 401).then_some(())
    })
    .await;
    home.json(&["apps", "revoke", id]);
    within(PATIENCE, "the new key ends", async || {
        let (status, _) = server.get("/api/calls", &[("x-app-api-key", &fresh)]).await;
        (status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_person_that_the_command_line_made_signs_in() {
    let home = Home::new();
    let server = home.serve(&[]);
    assert_eq!(home.json(&["users", "list"]), json!([]), "nobody comes with the installation");
    let made = home.json(&["users", "create", "Ann@Example.com", "--platform-admin"]);
    assert_eq!((text(&made["email"]), &made["is_platform_admin"]), ("ann@example.com", &json!(true)));
    let again = home.call(&["users", "create", "ann@example.com"]);
    assert_eq!(again.code, 1, "{}", again.err);
    assert_eq!(home.call(&["users", "create", "not an address"]).code, 2);
    assert_eq!(home.call(&["users", "grant", "nobody@example.com"]).code, 4);

    let login = async |password: &str| {
        let body = json!({ "email": "ann@example.com", "password": password });
        server.post("/api/auth/login", &[], &body).await
    };
    let (status, signed_in) = login(text(&made["password"])).await;
    assert_eq!((status, text(&signed_in["user"]["role"])), (200, "admin"), "{signed_in}");
    let bearer = format!("Bearer {}", text(&signed_in["access_token"]));
    let (status, me) = server.get("/api/v1/me", &[("authorization", &bearer)]).await;
    assert_eq!((status, &me["user"]["is_platform_admin"], &me["tenant"]), (200, &json!(true), &Value::Null));
    let listed = home.call(&["users", "list", "--platform-admins"]);
    assert!(listed.out.contains("ann@example.com") && !listed.out.contains(text(&made["password"])), "{}", listed.out);

    let reset = home.json(&["users", "reset-password", "ann@example.com"]);
    assert_eq!(login(text(&made["password"])).await.0, 401);
    assert_eq!(login(text(&reset["password"])).await.0, 200);
    home.json(&["users", "deactivate", "ann@example.com"]);
    assert_eq!(login(text(&reset["password"])).await.0, 403);
    within(PATIENCE, "the server hears of it", async || {
        let (status, _) = server.get("/api/v1/me", &[("authorization", &bearer)]).await;
        (status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn whom_the_command_line_invites_joins_as_the_owner() {
    let home = Home::new();
    let server = home.serve(&[]);
    let made = home.call(&["--json", "tenants", "create", "Acme"]);
    assert!(made.err.contains("nobody can sign in") && made.err.contains("tenants invite acme EMAIL"), "{}", made.err);
    let webhook = made.json()["webhook"].clone();
    assert!(text(&webhook["url"]).ends_with("/api/webhook/cdr/acme"), "{webhook}");
    // What a telephone system is told, told this once.
    let record = json!({ "uniqueid": "test", "src": "1001", "dst": "2002" });
    let request = crate::support::client().post(format!("{}/api/webhook/cdr/acme", server.url)).json(&record);
    let request = request.basic_auth(text(&webhook["username"]), webhook["password"].as_str());
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert!(!home.call(&["tenants", "show", "acme"]).out.contains(text(&webhook["password"])));
    let second = home.call(&["tenants", "create", "Second"]).out;
    assert!(["call records to", "user", "password"].iter().all(|field| second.contains(field)), "{second}");

    assert_eq!(home.call(&["tenants", "invite", "nobody", "ann@example.com"]).code, 4);
    assert_eq!(home.call(&["tenants", "invite", "acme", "ann@example.com", "--role", "boss"]).code, 2);
    let wrong = home.call(&["tenants", "invite", "acme", "not an address"]);
    assert!(wrong.code == 2 && wrong.err.contains("email"), "{}", wrong.err);
    let invited = home.call(&["tenants", "invite", "acme", "Ann@Example.com"]);
    assert_eq!(invited.code, 0, "{}", invited.err);
    assert!(invited.out.contains("ann@example.com is invited to acme as owner"), "{}", invited.out);
    assert!(invited.err.contains("data/mail"), "says where the mail lies: {}", invited.err);

    let mail = within(Duration::from_mins(1), "the mail is written", async || {
        let files = std::fs::read_dir(home.data_dir().join("mail")).ok()?;
        // One that is still being written has another ending.
        let whole = files.filter_map(Result::ok).filter(|file| file.file_name().to_string_lossy().ends_with(".eml"));
        let mut mails = whole.filter_map(|file| std::fs::read_to_string(file.path()).ok());
        mails.find(|mail| mail.contains("To: ann@example.com")).map(|mail| mail.replace("=\r\n", ""))
    })
    .await;
    assert!(mail.contains("Switchboard invites you to Acme"), "{mail}");
    let mail = if mail.contains("quoted-printable") { mail.replace("=3D", "=") } else { mail };
    let (_, token) = mail.split_once("token=").unwrap();
    let token: String = token.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let form = json!({ "token": token, "full_name": "Ann", "password": "a long walk by the sea" });
    let (status, joined) = server.post("/api/v1/invitations/accept", &[], &form).await;
    assert_eq!((status, &joined["tenant"]["role"]), (201, &json!("owner")), "{joined}");
    assert_eq!(home.call(&["tenants", "invite", "acme", "ann@example.com"]).code, 1, "a member already");
    let told = home.json(&["audit", "list", "--tenant", "acme", "--action", "member.invited"]);
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    assert_eq!(text(&told[0]["actor_name"]), "cli");
}

#[test]
fn a_new_workspace_that_nobody_has_set_up_is_in_order() {
    let home = Home::new();
    home.json(&["tenants", "create", "Acme"]);
    let check = home.call(&["connections", "check", "--all"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    assert!(check.out.contains("records are pushed to it; no API to ask"), "{}", check.out);
    let doctor = home.call(&["--json", "doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.out);
    let findings: Vec<Value> = serde_json::from_str(&doctor.out).unwrap();
    let pushed = findings.iter().find(|finding| text(&finding["found"]).contains("no API to ask")).unwrap();
    assert_eq!(text(&pushed["level"]), "good");

    // Dialpad, and nothing to ask it with: what is wrong is said, and no repair that could not be made.
    let made = home.call(&["--json", "apps", "create", "Front desk"]);
    assert!(made.err.contains("tenants invite "), "its workspace has no people: {}", made.err);
    let check = home.call(&["connections", "check", "--all"]);
    assert_eq!(check.code, 3, "{}{}", check.out, check.err);
    assert!(check.out.contains("it has no webhook") && !check.err.contains("repair"), "{}{}", check.out, check.err);
}

#[tokio::test]
async fn a_tenant_that_the_command_line_suspends_is_refused_by_the_running_server() {
    let home = Home::new();
    let server = home.serve(&[]);
    let key = text(&home.json(&["apps", "create", "Front desk"])["api_key"]).to_owned();
    assert_eq!(server.records("calls", &key).await, Vec::<Value>::new());
    let suspended = home.json(&["tenants", "suspend", "front-desk", "--reason", "unpaid"]);
    assert_eq!((text(&suspended["status"]), text(&suspended["status_reason"])), ("suspended", "unpaid"));
    let answers = async |wanted: u16| {
        within(PATIENCE, "the server hears of it", async || {
            let (status, _) = server.get("/api/v1/calls", &[("x-app-api-key", &key)]).await;
            (status == wanted).then_some(())
        })
        .await;
    };
    answers(403).await;
    let listed = home.json(&["tenants", "list", "--status", "suspended"]);
    assert_eq!(text(&listed[0]["subdomain"]), "front-desk");
    assert!(home.call(&["tenants", "resume", "front-desk"]).out.contains("active"));
    answers(200).await;

    let made = home.json(&["tenants", "create", "Second", "--time-zone", "europe/berlin"]);
    assert_eq!((text(&made["plan"]), text(&made["time_zone"])), ("starter", "Europe/Berlin"));
    assert_eq!(text(&home.json(&["tenants", "plan", "second", "professional"])["plan"]), "professional");
    assert_eq!(home.call(&["tenants", "plan", "second", "gold"]).code, 2);
    let flags = home.json(&["tenants", "flags", "second", "sentiment_enabled=off"]);
    assert_eq!((&flags[1]["is_on"], &flags[1]["is_switched"]), (&json!(false), &json!(true)));
    assert_eq!(home.call(&["tenants", "flags", "second", "sentiment_enabled=perhaps"]).code, 2);
    let shown = home.call(&["tenants", "show", "second"]);
    assert!(shown.out.contains("of 10000, 0 %") && shown.out.contains("sentiment_enabled"), "{}", shown.out);
    assert_eq!(home.json(&["tenants", "plans"]).as_array().unwrap().len(), 3);
}

#[test]
fn a_report_is_printed_or_written() {
    let home = Home::new();
    home.json(&["tenants", "create", "Acme", "--time-zone", "Europe/Berlin"]);
    let days = ["--tenant", "acme", "--from", "2026-11-01", "--to", "2026-11-30"];
    let run = |kind: &str, more: &[&str]| home.call(&[&["reports", "run", kind], days.as_slice(), more].concat());
    let csv = run("countries", &[]);
    assert_eq!(csv.code, 0, "{}", csv.err);
    assert!(csv.out.starts_with('"'), "{}", csv.out);
    let json = home.json(&[&["reports", "run", "countries"], days.as_slice()].concat());
    assert_eq!(json["about"]["time_zone"], "Europe/Berlin");
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("report.pdf");
    let pdf = run("volume", &["--format", "pdf", "--lang", "es", "--out", path.to_str().unwrap()]);
    assert_eq!(pdf.code, 0, "{}", pdf.err);
    assert!(std::fs::read(&path).unwrap().starts_with(b"%PDF-"));
    assert_eq!(run("secrets", &[]).code, 2);
    assert_eq!(run("volume", &["--format", "doc"]).code, 2);
    assert_eq!(home.call(&["reports", "run", "volume", "--tenant", "nobody"]).code, 4);
    let noted = home.json(&["audit", "list", "--tenant", "acme", "--action", "report.exported"]);
    assert_eq!(noted.as_array().unwrap().len(), 2, "{noted}");
}

#[test]
fn what_does_not_exist_ends_with_4_and_says_where_to_look() {
    let home = Home::new();
    let unknown = "01980000-0000-7000-8000-000000000000";
    for command in [
        ["apps", "show", unknown],
        ["tenants", "show", unknown],
        ["connections", "show", unknown],
        ["events", "show", unknown],
        ["jobs", "show", unknown],
    ] {
        let answer = home.call(&command);
        assert_eq!(answer.code, 4, "{command:?}: {}", answer.err);
        assert!(answer.err.contains(&format!("switchboard {} list", command[0])), "{}", answer.err);
        let report: Value = serde_json::from_str(&home.call(&[&["--json"], &command[..]].concat()).err).unwrap();
        assert_eq!(report["exit_code"], 4);
    }
    assert_eq!(home.call(&["apps", "show", "nonsense"]).code, 2);
}

#[test]
fn migrate_says_what_is_missing_and_applies_it() {
    let home = Home::new();
    let status = home.call(&["migrate", "--status", "--json"]);
    assert_eq!(status.code, 3, "{}", status.err);
    let steps: Vec<Value> = serde_json::from_str(&status.out).unwrap();
    assert!(!steps.is_empty() && steps.iter().all(|step| step["is_applied"] == false));
    let applied = home.json(&["migrate"]);
    assert_eq!(applied["applied"], json!(steps.len()));
    assert_eq!(home.json(&["migrate"])["applied"], 0);
    assert_eq!(home.call(&["migrate", "--status"]).code, 0);
}

#[tokio::test]
async fn events_can_be_looked_at_replayed_and_rebuilt() {
    let home = Home::new();
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let demo = home.demo();
    // Every story, out of order and repeated, some at once.
    for scenario in
        ["answered", "missed", "voicemail", "abandoned-greeting", "outbound", "transfer", "queue", "recorded"]
    {
        let played = home.json(&["simulate", "call", scenario, "--shuffle", "--duplicates", "2", "--burst", "3"]);
        assert_eq!(played["deliveries"], played["accepted"], "{scenario}: {played}");
    }
    for direction in ["inbound", "outbound"] {
        home.json(&[
            "simulate",
            "sms",
            "hi",
            "--direction",
            direction,
            "--shuffle",
            "--duplicates",
            "3",
            "--burst",
            "4",
        ]);
    }
    all_read(&home).await;
    let before = server.records("calls", &demo.api_key).await;

    let check = home.json(&["events", "rebuild", "--check"]);
    for tenant in check.as_array().unwrap() {
        assert_eq!(tenant["differing"], 0, "{check}");
        assert!(tenant["events"].as_u64().unwrap() > 50, "{check}");
    }

    let listed = home.json(&["events", "list", "--type", "call.hangup", "--limit", "5"]);
    let event = text(&listed[0]["event_id"]).to_owned();
    assert_eq!(listed.as_array().unwrap().len(), 5);
    let shown = home.json(&["events", "show", &event]);
    assert_eq!(shown["body"]["state"], "hangup", "{shown}");
    let replayed = home.json(&["events", "replay", &event]);
    assert_eq!(replayed["replayed"], 1, "{replayed}");
    let replayed = home.json(&["events", "replay", "--type", "call.ringing"]);
    assert!(replayed["replayed"].as_u64().unwrap() > 10, "{replayed}");
    all_read(&home).await;
    within(PATIENCE, "the replay is done", async || {
        let waiting = home.json(&["jobs", "list", "--kind", "event"]);
        waiting.as_array().unwrap().is_empty().then_some(())
    })
    .await;
    assert_eq!(server.records("calls", &demo.api_key).await, before, "a replay changes nothing");
    assert_eq!(home.call(&["events", "rebuild", "--check"]).code, 0);
}

#[tokio::test]
async fn connections_can_be_checked_repaired_and_removed() {
    let home = Home::new();
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let demo = home.demo();
    let connection = demo.connection_id.to_string();
    assert_eq!(home.call(&["connections", "check", &connection]).code, 0);
    let shown = home.json(&["connections", "show", &connection]);
    let webhook = text(&shown["webhooks"][0]["external_id"]).to_owned();

    // Somebody takes the webhook away at the provider.
    let gone = crate::support::client()
        .delete(format!("{}/api/v2/webhooks/{webhook}", demo.sandbox_url.unwrap()))
        .bearer_auth("sandbox-api-key")
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), 200);
    let check = home.call(&["connections", "check", "--all"]);
    assert_eq!(check.code, 3, "{}{}", check.out, check.err);
    assert!(check.err.contains(&format!("`switchboard connections repair {connection}`")), "{}", check.err);
    let doctor = home.call(&["doctor", "--json"]);
    assert_eq!(doctor.code, 3, "{}", doctor.out);
    let findings: Vec<Value> = serde_json::from_str(&doctor.out).unwrap();
    let problem = findings.iter().find(|finding| finding["level"] == "problem").unwrap();
    assert!(text(&problem["advice"]).contains(&format!("connections repair {connection}")), "{problem}");

    assert_eq!(home.call(&["connections", "repair", &connection]).code, 0);
    let check = home.call(&["connections", "check", &connection]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    let doctor = home.call(&["doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.out);
    assert!(doctor.out.contains("opens all"), "{}", doctor.out);

    assert_eq!(shown["uses_installation_key"], true, "the demo is the operator's");
    home.json(&["connections", "lend", &connection, "--stop"]);
    assert_eq!(home.json(&["connections", "show", &connection])["uses_installation_key"], false);

    let caught = home.json(&["connections", "catch-up", &connection]);
    assert_eq!(caught[0]["connection_id"], json!(connection));
    let removed = home.json(&["connections", "remove", &connection]);
    assert_eq!(removed["removed"].as_array().unwrap().len(), 1);
    let played = home.json(&["simulate", "call"]);
    assert_eq!(played["deliveries"], 0, "nobody listens any more");
}

#[test]
fn doctor_says_what_another_key_cannot_open() {
    let home = Home::new();
    home.json(&["apps", "create", "Before"]);
    let home = home.set("ENCRYPTION_KEY", "ab".repeat(32));
    assert_eq!(home.call(&["doctor", "--offline"]).code, 0, "the key of the file goes on opening");
    std::fs::remove_file(home.data_dir().join("secrets.json")).unwrap();
    let doctor = home.call(&["doctor", "--offline"]);
    assert_eq!(doctor.code, 3, "{}", doctor.out);
    assert!(doctor.out.contains("does not open 1 of 1"), "{}", doctor.out);
}

#[tokio::test]
async fn tail_shows_what_comes_and_ends_with_the_interrupt() {
    let home = Home::new();
    let mut server = home.serve(&["--sandbox"]);
    server.welcomed();
    let mut tail = home.start(&["--json", "events", "tail"]);
    // The demo's last jobs may still log something of their own; the texts are what is waited for.
    let is_text = |line: &&String| {
        let event: Value = serde_json::from_str(line).unwrap();
        text(&event["event_type"]).starts_with("sms.")
    };
    within(PATIENCE, "a text is shown", async || {
        home.json(&["simulate", "sms", "news"]);
        tail.out.lock().unwrap().iter().find(is_text).cloned()
    })
    .await;
    assert_eq!(tail.end("-INT"), Some(0));
    let lines = tail.out.lock().unwrap().clone();
    let unique: std::collections::BTreeSet<&String> = lines.iter().collect();
    assert_eq!(unique.len(), lines.len(), "each event is shown once");
}

#[tokio::test]
async fn what_a_command_did_is_in_the_audit_log_and_the_log_is_whole() {
    let home = Home::new();
    let made = home.json(&["apps", "create", "Front desk"]);
    let (app, tenant) = (text(&made["app_id"]), home.json(&["apps", "list"])[0]["tenant_id"].clone());
    let tenant = text(&tenant);
    let key = home.json(&["apps", "add-key", app, "--name", "nightly", "--scopes", "records.read"]);
    home.json(&["apps", "revoke", app, "--key", text(&key["key_id"])]);
    let told = home.json(&["audit", "list", "--tenant", tenant]);
    let actions: Vec<&str> = told.as_array().unwrap().iter().map(|entry| text(&entry["action"])).collect();
    assert_eq!(actions, ["key.revoked", "key.created", "key.created", "app.created"]);
    assert!(!told.to_string().contains(text(&key["api_key"])) && told[0]["actor_name"] == "cli", "{told}");

    let verified = home.call(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    let one = home.json(&["audit", "verify", "--tenant", tenant]);
    let noted = format!("{}:{}", one[0]["entries"], text(&one[0]["hash"]));
    assert_eq!(home.call(&["audit", "verify", "--tenant", tenant, "--noted", &noted]).code, 0);
    let other = format!("{}:{}", one[0]["entries"], "00".repeat(32));
    assert_eq!(home.call(&["audit", "verify", "--tenant", tenant, "--noted", &other]).code, 3);
    assert_eq!(home.call(&["audit", "list", "--tenant", "nobody"]).code, 4);
    home.json(&["audit", "export", "--tenant", tenant, "--format", "csv", "audit.csv"]);
    let exported = std::fs::read_to_string(home.folder.path().join("audit.csv")).unwrap();
    assert_eq!(exported.lines().count(), 5, "{exported}");
}

#[tokio::test]
async fn the_encryption_key_changes_while_the_server_serves() {
    let home = Home::new();
    let generated = home.json(&["keys", "generate"]);
    let old = format!("ENCRYPTION_KEY={}", text(&generated["encryption_key"]));
    let new = format!("ENCRYPTION_KEY={}", "ab".repeat(32));
    let before = home.json(&["--set", &old, "apps", "create", "Front desk"]);
    let during = format!("ENCRYPTION_KEY_OLD={}", text(&generated["encryption_key"]));
    let server = home.serve(&["--set", &new, "--set", &during]);
    let status = home.call(&["--set", &new, "--set", &during, "keys", "status"]);
    assert!(status.code == 0 && status.err.contains("switchboard keys rotate"), "{}{}", status.out, status.err);
    let rotated = home.call(&["--set", &new, "--set", &during, "keys", "rotate"]);
    assert!(rotated.code == 0 && rotated.err.contains("can be taken away"), "{}{}", rotated.out, rotated.err);
    assert_eq!(server.records("calls", text(&before["api_key"])).await, Vec::<Value>::new());
    let shown = home.json(&["--set", &new, "connections", "show", text(&before["connection_id"])]);
    assert_eq!(shown["hook_url"], before["hook_url"], "{shown}");
    // With a key that opens nothing, doctor says which connection and why.
    let lost = format!("ENCRYPTION_KEY={}", "cd".repeat(32));
    let lost = home.call(&["--set", &lost, "doctor", "--offline"]);
    assert!(lost.code == 3 && lost.out.contains("cannot open"), "{}{}", lost.out, lost.err);
}

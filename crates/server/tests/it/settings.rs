//! Settings and the start: what is wrong is said before anything is touched.

use serde_json::json;
use switchboard_store::DbOptions;
use switchboard_testkit::{Engine, both_engines};

use crate::support::{Home, beside, free_port};

#[test]
fn wrong_settings_stop_the_start_with_a_line_each() {
    let home = Home::new()
        .set("PORT", "many")
        .set("INTERNAL_API_SECRET", "short")
        .set("ENCRYPTION_KEY", "not hex")
        .set("DIALPAD_API_KEY", "<your-dialpad-api-key>");
    let answer = home.call(&["serve"]);
    assert_eq!(answer.code, 2, "{}", answer.err);
    let mut lines: Vec<&str> = answer.err.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 4, "{}", answer.err);
    for (line, variable) in lines.iter().zip(["DIALPAD_API_KEY", "ENCRYPTION_KEY", "INTERNAL_API_SECRET", "PORT"]) {
        assert!(line.starts_with(&format!("{variable}: ")) && line.contains(';'), "{line}");
    }
    assert!(!answer.err.contains("short;") && !home.data_dir().exists(), "nothing was touched");
}

#[test]
fn a_taken_port_is_said_with_the_variable_to_change() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new().set("PORT", taken.local_addr().unwrap().port().to_string());
    let answer = home.call(&["serve"]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("choose one with PORT"), "{}", answer.err);
    assert!(!home.data_dir().exists(), "nothing was touched");
}

#[test]
fn a_database_that_is_away_or_closed_is_told_apart() {
    let home = Home::new()
        .set("DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/none")
        .set("INTERNAL_API_SECRET", "0123456789abcdef0123456789abcdef");
    let answer = home.call(&["apps", "list"]);
    assert_eq!(answer.code, 5, "{}", answer.err);
    assert!(answer.err.contains("could not reach the database postgresql://me:***@127.0.0.1:1/none"), "{}", answer.err);
    assert!(answer.err.contains("refused"), "says why: {}", answer.err);
    assert!(!answer.err.contains("secret@"), "{}", answer.err);
}

both_engines! {
    async fn a_database_with_tables_of_another_program_is_left_as_it_is(t: &TestDb) {
        // As the original's looks to us: tables of our names, and nothing that says they are ours.
        t.execute("DROP TABLE _sqlx_migrations").await;
        let url = match t.options() {
            DbOptions::Sqlite { path } => format!("sqlite:///{}", path.display()),
            DbOptions::Postgres { url, .. } => url.clone(),
        };
        let home = Home::new()
            .set("DATABASE_URL", url)
            .set("INTERNAL_API_SECRET", "0123456789abcdef0123456789abcdef");
        for command in ["migrate", "serve"] {
            let answer = home.call(&[command]);
            assert_eq!(answer.code, 1, "{command}: {}", answer.err);
            let why = "holds tables of another program; give DATABASE_URL an empty database";
            assert!(answer.err.contains(why), "{command}: {}", answer.err);
        }
        let tables = match t.engine() {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Engine::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        assert!(!t.query_texts(tables).await.contains(&"_sqlx_migrations".to_owned()), "nothing was touched");
    }
}

#[test]
fn config_tells_where_each_value_came_from() {
    let home = Home::new().set("INTERNAL_API_SECRET", "0123456789abcdef0123456789abcdef");
    std::fs::write(home.folder.path().join(".env"), "LOG_LEVEL=debug\nPORT=1\n").unwrap();
    let rows = home.json(&["config", "--set", "DATA_DIR=elsewhere"]);
    let row = |name: &str| rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    assert_eq!(row("PORT")["source"], "environment");
    assert_eq!(row("LOG_LEVEL")["value"], "debug");
    assert!(row("LOG_LEVEL")["source"].as_str().unwrap().contains(".env"));
    assert_eq!(row("DATA_DIR")["source"], "flag");
    assert_eq!(row("INTERNAL_API_SECRET")["value"], "***");
}

#[tokio::test]
async fn an_idle_server_ends_at_once_and_cleanly() {
    let home = Home::new();
    let server = home.serve(&[]);
    let (status, health) = server.get("/health", &[]).await;
    assert_eq!((status, health["status"].as_str()), (200, Some("ok")));
    assert_eq!(server.troubles(), Vec::<String>::new(), "a clean start warns of nothing");
    server.terminate().assert_at_once();
}

#[tokio::test]
async fn the_sockets_have_a_port_of_their_own_if_asked_for() {
    let free = free_port();
    let home = Home::new().set("WEBSOCKET_PORT", free.to_string());
    let server = home.serve(&[]);
    let second = server.log("listening for sockets").unwrap();
    assert_eq!(second["address"], format!("127.0.0.1:{free}"));
    let status = crate::support::client().get(format!("http://127.0.0.1:{free}/health")).send().await.unwrap().status();
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_worker_answers_only_those_who_watch_it() {
    let home = Home::new();
    let server = home.serve(&["--role", "worker"]);
    assert_eq!(server.get("/health", &[]).await.0, 200);
    assert_eq!(server.get("/metrics", &[]).await.0, 200);
    assert_eq!(server.get("/api/calls", &[]).await.0, 404);
}

#[tokio::test]
async fn a_delivery_above_the_limit_is_refused_by_its_size() {
    let home = Home::new().set("BODY_LIMIT", "2KB");
    let server = home.serve(&[]);
    let big = json!({"text": "x".repeat(3_000)});
    assert_eq!(server.post("/webhooks/dialpad", &[], &big).await.0, 413);
    assert_eq!(server.post("/webhooks/dialpad", &[], &json!({})).await.0, 401);
}

#[test]
fn a_sandbox_wants_the_whole_product() {
    let answer = Home::new().call(&["serve", "--sandbox", "--role", "worker"]);
    assert_eq!(answer.code, 2, "{}", answer.err);
}

#[test]
fn the_committed_document_of_the_api_is_what_the_code_says() {
    let file = beside("../../docs/openapi.json");
    let answer = Home::new().call(&["openapi", "--check", file.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}", answer.err);
}

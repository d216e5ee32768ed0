//! What a copy of the database gives away: nothing that opens a door.

use serde_json::json;
use switchboard_testkit::{Engine, TestDb, both_engines};

use super::{Held, PASSWORD, Visitor, site};

/// Every row of every table: texts as they are, bytes in lower-case hex.
async fn dump(t: &TestDb) -> String {
    let tables = match t.engine() {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Engine::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        }
    };
    let mut all = Vec::new();
    for table in t.query_texts(tables).await {
        let rows = match t.engine() {
            Engine::Sqlite => {
                let columns = t.query_texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let quoted: Vec<String> = columns.iter().map(|name| format!("quote(\"{name}\")")).collect();
                format!("SELECT lower({}) FROM \"{table}\"", quoted.join(" || ' ' || "))
            }
            Engine::Postgres => format!("SELECT lower(t::text) FROM \"{table}\" t"),
        };
        all.extend(t.query_texts(&rows).await);
    }
    all.join("\n")
}

both_engines! {
    async fn a_dump_opens_nothing(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let first = ann.sign_up("Acme", "ann@example.com").await;
        let second = Held::of(&ann.log_in("ann@example.com", PASSWORD).await);
        let third = Held::of(&ann.post_bearer("/api/auth/refresh", &second.refresh).await);
        let new_password = "Another-Good-One-77";
        let asked = json!({ "current_password": PASSWORD, "new_password": new_password });
        assert_eq!(ann.post_as("/api/v1/me/password", Some(&third.access), &asked).await.status, 204);
        assert_eq!(ann.log_in("ann@example.com", "Guess-Guess-Guess").await.status, 401);

        let dump = dump(t).await;
        assert!(dump.contains("ann@example.com") && dump.contains("$argon2id$"), "the dump was not made");
        let secrets = [PASSWORD, new_password, "Guess-Guess-Guess"].into_iter();
        let tokens = [&first, &second, &third].into_iter().flat_map(|held| [held.access.as_str(), held.refresh.as_str()]);
        for secret in secrets.chain(tokens) {
            assert!(!dump.contains(&secret.to_lowercase()), "in the clear: {secret}");
            assert!(!dump.contains(&hex::encode(secret)), "as bytes: {secret}");
            // Random bytes behind a prefix: not those either.
            if let Some(random) = secret.strip_prefix("srt_") {
                use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
                assert!(!dump.contains(&hex::encode(BASE64.decode(random).unwrap())), "its bits: {secret}");
            }
        }
        // Who was guessed at, and from where, is kept as keyed hashes.
        let failures = match t.engine() {
            Engine::Sqlite => "SELECT lower(hex(subject)) FROM login_failures",
            Engine::Postgres => "SELECT encode(subject, 'hex') FROM login_failures",
        };
        let failures = t.query_texts(failures).await;
        assert!(!failures.is_empty() && failures.iter().all(|subject| subject.len() == 64), "{failures:?}");
    }
}

use std::{ffi::OsString, path::Path, time::Duration};

use secrecy::ExposeSecret as _;

use super::{
    catalogue::{ALL, Role},
    database::DatabaseTarget,
    dialpad::DialpadEnvironment,
    media::MediaStore,
    public::{CorsOrigins, TrustedProxies},
    *,
};

/// Set by flags alone, whatever the machine's environment is.
fn reading(pairs: &[(&str, &str)]) -> Reading {
    let flags = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::examine(&Sources::gather(Some(Path::new("/dev/null")), [], flags))
}

fn settings(pairs: &[(&str, &str)]) -> Settings {
    reading(pairs).settings.unwrap_or_else(|faults| panic!("{pairs:?}: {faults:?}"))
}

fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
    reading(pairs).settings.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn in_force(reading: &Reading, name: &str) -> (Option<String>, String) {
    let row = reading.in_force.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{name} is not shown"));
    (row.value.clone(), row.source.clone())
}

#[test]
fn with_nothing_set_everything_has_its_default() {
    let settings = settings(&[]);
    assert_eq!(settings.bind.address().to_string(), "0.0.0.0:4000");
    assert_eq!(settings.bind.websocket_port, None);
    assert_eq!(settings.public.backend_url.as_str(), "http://localhost:4000");
    assert_eq!(settings.public.environment, "development");
    assert_eq!(settings.public.trusted_proxies, TrustedProxies::Private);
    assert_eq!(settings.database.target.to_string(), "sqlite:///./data/switchboard.db");
    assert_eq!(settings.dialpad.api_url.as_str(), "https://dialpad.com");
    assert_eq!(settings.dialpad.redirect_uri, "http://localhost:4000/auth/dialpad/callback");
    assert_eq!(
        settings.dialpad.scopes,
        ["calls:list", "recordings_export", "message_content_export:all", "offline_access"]
    );
    assert!(matches!(&settings.media.store, MediaStore::Folder(path) if path == Path::new("./data/media")));
    assert!(settings.media.fetch_recordings);
    assert_eq!(settings.limits.body_bytes, 3 * 1024 * 1024);
    assert_eq!((settings.sandbox.port, settings.sandbox.pace), (4001, Duration::from_millis(2_500)));
    assert!(!settings.logs.json && !settings.public.maintenance);
    assert!(reading(&[]).notices.is_empty());
}

/// The other direction, that nothing undeclared is read, holds by type: the reader takes a declared variable.
#[test]
fn every_variable_that_is_declared_as_read_is_read() {
    let reading = reading(&[]);
    for variable in ALL.iter().filter(|variable| variable.role == Role::Read) {
        assert!(reading.in_force.iter().any(|row| row.name == variable.name), "nothing reads {}", variable.name);
    }
}

#[test]
fn each_fault_says_what_is_wrong_and_what_would_be_right() {
    let cases: &[(&str, &str, &str)] = &[
        ("PORT", "http", "PORT: \"http\" is not a port; use a whole number from 0 to 65535, such as 4000 (from flag)"),
        (
            "PORT",
            "65536",
            "PORT: \"65536\" is not a port; use a whole number from 0 to 65535, such as 4000 (from flag)",
        ),
        ("HOST", "example.com", "HOST: \"example.com\" is not an IP address; use 0.0.0.0"),
        (
            "BACKEND_URL",
            "ftp://x",
            "BACKEND_URL: \"ftp://x\" is not an http or https URL; write something like https://",
        ),
        (
            "BACKEND_URL",
            "https://<your-domain>",
            "BACKEND_URL: the value is still the guide's placeholder in angle brackets; put the real value there",
        ),
        ("MAINTENANCE_MODE", "maybe", "MAINTENANCE_MODE: \"maybe\" is not true or false; write true or false"),
        (
            "INTERNAL_API_SECRET",
            "hunter2",
            "INTERNAL_API_SECRET: it has 7 characters; use 32 random ones at least (openssl rand -hex 32)",
        ),
        (
            "INTERNAL_API_SECRET",
            "<generate-a-long-random-secret>",
            "INTERNAL_API_SECRET: the value is still the guide's placeholder",
        ),
        (
            "ENCRYPTION_KEY",
            "hunter2",
            "ENCRYPTION_KEY: it has 7 characters; use exactly 64 hex digits (openssl rand -hex 32)",
        ),
        (
            "ENCRYPTION_KEY",
            "hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2x",
            "ENCRYPTION_KEY: it has characters other than 0-9 and a-f;",
        ),
        ("ENCRYPTION_KEY_OLD", "hunter2,hunter2", "ENCRYPTION_KEY_OLD: it has 7 characters;"),
        (
            "JWT_SECRET_KEY",
            "your-super-secret-random-string-here-change-this",
            "JWT_SECRET_KEY: the value is the example out of the guide, which everybody knows;",
        ),
        (
            "DATABASE_URL",
            "sqlite://:memory:",
            "DATABASE_URL: a database in memory forgets every acknowledged event when the process ends; name a file",
        ),
        ("DATABASE_URL", "postgresql://u:hunter2@h", "DATABASE_URL: it names no database; end it with /name"),
        ("DATABASE_URL", "postgresql://u:hunter2@h/d?pgbouncer=true", "DATABASE_URL: it goes through PgBouncer"),
        (
            "DIRECT_URL",
            "postgresql://u:hunter2@h/d",
            "DIRECT_URL: it goes with a PostgreSQL DATABASE_URL, and the database here is SQLite;",
        ),
        (
            "DB_MAX_CLIENTS",
            "0",
            "DB_MAX_CLIENTS: \"0\" is not a number of connections; use a whole number from 1 to 500",
        ),
        ("DB_USER", "me", "DB_NAME: it is missing, and other DB_ variables are set; set it, or use DATABASE_URL"),
        ("DB_SSL", "perhaps", "DB_SSL: its TLS mode is not one of PostgreSQL's; use one of disable, allow, prefer,"),
        (
            "DIALPAD_PROD_REDIRECT_URI",
            "https://x.example/oauth/callback",
            "DIALPAD_PROD_REDIRECT_URI: \"https://x.example/oauth/callback\" is not a callback that this server answers; give the domain alone",
        ),
        (
            "DIALPAD_CLIENT_ID",
            "abc",
            "DIALPAD_CLIENT_SECRET: it is missing, and DIALPAD_CLIENT_ID is set; set both, or neither",
        ),
        (
            "DIALPAD_SANDBOX_CLIENT_SECRET",
            "hunter2",
            "DIALPAD_SANDBOX_CLIENT_ID: it is missing, and DIALPAD_SANDBOX_CLIENT_SECRET is set;",
        ),
        ("DIALPAD_API_URL", "dialpad://x", "DIALPAD_API_URL: \"dialpad://x\" is not an http or https URL;"),
        ("MEDIA_BUCKET", "s3://Recordings", "MEDIA_BUCKET: \"s3://Recordings\" is not the name of a bucket;"),
        ("RECORDINGS_FETCH", "sometimes", "RECORDINGS_FETCH: \"sometimes\" is not true or false;"),
        ("BODY_LIMIT", "3 parsecs", "BODY_LIMIT: \"3 parsecs\" is not a size; write a number of bytes from 1KB to 1GB"),
        ("INTAKE_QUEUE_BYTES", "1MB", "INTAKE_QUEUE_BYTES: it is smaller than BODY_LIMIT"),
        ("INTAKE_QUEUE_ROWS", "none", "INTAKE_QUEUE_ROWS: \"none\" is not a number of events;"),
        ("TRUSTED_PROXIES", "cloudflare", "TRUSTED_PROXIES: \"cloudflare\" is not an address or network;"),
        ("CORS_ORIGIN", "https://a.example/app", "CORS_ORIGIN: \"https://a.example/app\" is not a web origin;"),
        ("SANDBOX_PORT", "4000", "SANDBOX_PORT: it is a port of the server itself; use another one"),
        (
            "SANDBOX_PACE",
            "slow",
            "SANDBOX_PACE: \"slow\" is not a number of milliseconds; use a whole number from 1 to",
        ),
        ("LOG_LEVEL", "loud", "LOG_LEVEL: \"loud\" is not a log level; use error, warn, info, debug or silly"),
        (
            "VAPI_PRIVATE_KEY",
            "<PASTE YOUR VAPI PRIVATE KEY>",
            "VAPI_PRIVATE_KEY: the value is still the guide's placeholder",
        ),
        ("PROT", "4000", "PROT: there is no such setting; `switchboard config --all` lists every name (from flag)"),
    ];
    for (name, value, expected) in cases {
        let faults = faults(&[(name, value)]);
        assert!(!faults.is_empty(), "{name}={value} was accepted");
        assert!(faults[0].starts_with(expected), "{name}={value}: {faults:#?}");
        assert!(faults.iter().all(|fault| !fault.contains("hunter2") && fault.lines().count() == 1), "{faults:#?}");
        if *name != "ENCRYPTION_KEY_OLD" {
            assert_eq!(faults.len(), 1, "{faults:#?}");
        }
    }
}

#[test]
fn all_faults_come_at_once() {
    let pairs = [
        ("PORT", "x"),
        ("DATABASE_URL", "x"),
        ("INTERNAL_API_SECRET", "x"),
        ("LOG_LEVEL", "x"),
        ("BODY_LIMIT", "x"),
        ("S3_ENDPOINT", "x y"),
    ];
    let faults = faults(&pairs);
    assert_eq!(faults.len(), pairs.len(), "{faults:#?}");
    for (name, _) in pairs {
        assert!(faults.iter().any(|fault| fault.starts_with(&format!("{name}: "))), "{name}: {faults:#?}");
    }
}

#[test]
fn a_combination_that_cannot_be_is_refused() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("MEDIA_DIR", "/m"), ("MEDIA_BUCKET", "recordings")], "MEDIA_DIR: it is set together with MEDIA_BUCKET"),
        (
            &[("MEDIA_BUCKET", "recordings"), ("S3_ACCESS_KEY_ID", "id")],
            "S3_SECRET_ACCESS_KEY: it is missing, and S3_ACCESS_KEY_ID is set",
        ),
        (
            &[("JWT_SECRET", "one"), ("JWT_SECRET_KEY", "two")],
            "JWT_SECRET: JWT_SECRET_KEY says the same thing with another value",
        ),
        (
            &[("NODE_ENV", "production"), ("DIALPAD_PROD_REDIRECT_URI", "http://x.example")],
            "DIALPAD_PROD_REDIRECT_URI: \"http://x.example\" is not an https URL",
        ),
        (&[("DATABASE_URL", "postgresql://u@h/d"), ("DIRECT_URL", "sqlite:///d.db")], "DIRECT_URL: it names SQLite"),
        (
            &[("DATABASE_URL", "postgresql://u@h/d"), ("DIRECT_URL", "postgresql://u@h/d?pgbouncer=true")],
            "DIRECT_URL: it goes through PgBouncer",
        ),
    ];
    for (pairs, expected) in cases {
        let faults = faults(pairs);
        assert!(faults.len() == 1 && faults[0].starts_with(expected), "{pairs:?}: {faults:#?}");
    }
    // Credentials for Amazon are on many machines; without a bucket they mean nothing here.
    settings(&[("AWS_ACCESS_KEY_ID", "id")]);
}

#[test]
fn the_later_source_wins_and_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("env");
    std::fs::write(&file, "PORT=1\nHOST=127.0.0.1\nNODE_ENV=staging\nJWT_SECRET=file\nMY_OWN=1\n").unwrap();
    let environment =
        [("PORT", "2"), ("HOST", ""), ("JWT_SECRET_KEY", "environment"), ("HOME", "/root"), ("NODE_ENV", "test")]
            .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let flags = vec![("PORT".to_owned(), "3".to_owned())];
    let reading = Settings::examine(&Sources::gather(Some(&file), environment, flags));
    let settings = reading.settings.as_ref().unwrap();
    assert_eq!(settings.bind.address().to_string(), "127.0.0.1:3", "a blank value counts as none");
    assert_eq!(settings.public.environment, "test");
    assert_eq!(settings.secrets.jwt_secret.as_ref().unwrap().expose_secret(), "environment");
    assert_eq!(in_force(&reading, "PORT"), (Some("3".into()), "flag".into()));
    assert_eq!(in_force(&reading, "HOST"), (Some("127.0.0.1".into()), file.display().to_string()));
    assert_eq!(in_force(&reading, "JWT_SECRET"), (Some("***".into()), "environment, as JWT_SECRET_KEY".into()));
    assert_eq!(in_force(&reading, "LOG_LEVEL"), (Some("info".into()), "default".into()));
    assert_eq!(in_force(&reading, "FRONTEND_URL"), (Some("http://localhost:3".into()), "made from BACKEND_URL".into()));
    assert_eq!(reading.notices.len(), 1, "{:?}", reading.notices);
    assert!(reading.notices[0].starts_with("MY_OWN in "), "{:?}", reading.notices);
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Settings::load(&Sources::gather(Some(&folder.path().join("none")), [], Vec::new())).unwrap_err();
    assert!(missing[0].wrong.contains("cannot be read"), "{missing:?}");
    let file = folder.path().join("env");
    std::fs::write(&file, "hunter2\nPORT=1\n").unwrap();
    let fault = Settings::load(&Sources::gather(Some(&file), [], Vec::new())).unwrap_err()[0].to_string();
    assert!(fault.contains("line 1: the line is not NAME=value") && !fault.contains("hunter2"), "{fault}");
}

#[test]
fn both_forms_of_the_redirect_give_both_addresses() {
    let cases = [
        ("https://cti.onrender.com", "https://cti.onrender.com"),
        ("https://cti.onrender.com/", "https://cti.onrender.com"),
        ("cti.onrender.com", "https://cti.onrender.com"),
        ("https://cti.onrender.com/auth/dialpad/callback", "https://cti.onrender.com"),
        ("https://example.com/cti/auth/dialpad/callback", "https://example.com/cti"),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
    ];
    for (text, base) in cases {
        let settings = settings(&[("NODE_ENV", "production"), ("DIALPAD_PROD_REDIRECT_URI", text)]);
        assert_eq!(settings.dialpad.redirect_uri, format!("{base}/auth/dialpad/callback"), "{text}");
        assert_eq!(settings.dialpad.webhook_base.as_str(), base, "{text}");
        assert_eq!(settings.public.backend_url.as_str(), base, "{text}");
        assert!(settings.logs.json);
    }
}

#[test]
fn dialpads_client_follows_the_environment() {
    let clients = [
        ("DIALPAD_SANDBOX_CLIENT_ID", "sandbox"),
        ("DIALPAD_SANDBOX_CLIENT_SECRET", "s"),
        ("DIALPAD_PROD_CLIENT_ID", "production"),
        ("DIALPAD_PROD_CLIENT_SECRET", "p"),
    ];
    let with = |more: &[(&str, &str)]| settings(&[&clients[..], more].concat()).dialpad;
    let id = |dialpad: &dialpad::DialpadSettings| dialpad.oauth.as_ref().unwrap().id.clone();
    let sandbox = with(&[]);
    assert_eq!((id(&sandbox).as_str(), sandbox.environment), ("sandbox", DialpadEnvironment::Sandbox));
    assert_eq!(sandbox.api_url.as_str(), "https://sandbox.dialpad.com");
    let production = with(&[("NODE_ENV", "production")]);
    assert_eq!((id(&production).as_str(), production.environment), ("production", DialpadEnvironment::Production));
    assert_eq!(production.api_url.as_str(), "https://dialpad.com");
    let named = with(&[
        ("DIALPAD_API_URL", "http://127.0.0.1:4001/dialpad/"),
        ("DIALPAD_CLIENT_ID", "own"),
        ("DIALPAD_CLIENT_SECRET", "o"),
    ]);
    assert_eq!((id(&named).as_str(), named.api_url.as_str()), ("own", "http://127.0.0.1:4001/dialpad"));
}

#[test]
fn the_originals_parts_make_a_database_url() {
    let parts = [
        ("DB_HOST", "db.internal"),
        ("DB_USER", "me"),
        ("DB_PASSWORD", "p@ss/w#rd"),
        ("DB_NAME", "cti"),
        ("DB_SSL", "true"),
    ];
    let reading = reading(&parts);
    assert_eq!(
        in_force(&reading, "DATABASE_URL").0.unwrap(),
        "postgresql://me:***@db.internal:5432/cti?sslmode=require"
    );
    let DatabaseTarget::Postgres { url, .. } = reading.settings.unwrap().database.target else {
        panic!("not PostgreSQL")
    };
    assert_eq!(url.expose_secret(), "postgresql://me:p%40ss%2Fw%23rd@db.internal:5432/cti?sslmode=require");
    let both = settings(&[&parts[..], &[("DATABASE_URL", "sqlite:///x.db")]].concat());
    assert!(matches!(both.database.target, DatabaseTarget::Sqlite { .. }), "DATABASE_URL wins");
}

#[test]
fn origins_and_ports_go_together() {
    let settings = settings(&[
        ("PORT", "4001"),
        ("WEBSOCKET_PORT", "4001"),
        ("FRONTEND_URL", "https://voxanne.ai/app"),
        ("CORS_ORIGIN", "https://voxanne.ai,https://other.example"),
    ]);
    assert_eq!(settings.bind.websocket_port, None, "the sockets are on PORT anyway");
    assert_eq!(settings.sandbox.port, 4002);
    let origins = vec!["https://other.example".to_owned(), "https://voxanne.ai".to_owned()];
    assert_eq!(settings.public.cors, CorsOrigins::Only(origins));
}

#[test]
fn settings_of_the_guides_without_a_role_are_explained_and_change_nothing() {
    let reading = reading(&[
        ("SUPABASE_URL", "https://x.supabase.co"),
        ("SUPABASE_ANON_KEY", "<PASTE YOUR SUPABASE ANON KEY>"),
        ("SENTRY_DSN", "<OPTIONAL - from https://sentry.io>"),
        ("DEBUG", "false"),
        ("GOOGLE_CLIENT_ID", "x.apps.googleusercontent.com"),
        ("SLACK_WEBHOOK_URL", "<OPTIONAL - from Slack workspace integrations>"),
    ]);
    assert!(reading.settings.is_ok(), "{:?}", reading.settings);
    let notices = reading.notices.join("\n");
    assert!(notices.contains("SUPABASE_URL is not needed here: users, row-level security"), "{notices}");
    assert!(notices.contains("GOOGLE_CLIENT_ID is not used by this version: the Google Calendar"), "{notices}");
    assert!(notices.contains("DEBUG is not needed here: LOG_LEVEL=debug"), "{notices}");
    assert!(!notices.contains("SENTRY_DSN") && !notices.contains("SLACK_WEBHOOK_URL"), "{notices}");
}

#[test]
fn nothing_that_is_shown_or_printed_holds_a_secret() {
    let secret = "hunter2hunter2hunter2hunter2hunter2";
    let key = "ab".repeat(32);
    let url = format!("postgresql://u:{secret}@h/d");
    let reading = reading(&[
        ("DATABASE_URL", &url),
        ("INTERNAL_API_SECRET", secret),
        ("ENCRYPTION_KEY", &key),
        ("DIALPAD_API_KEY", secret),
        ("DIALPAD_CLIENT_ID", "id"),
        ("DIALPAD_CLIENT_SECRET", secret),
        ("S3_SECRET_ACCESS_KEY", secret),
        ("REDIS_URL", "redis://:hunter2@h:6379"),
        ("VAPI_PRIVATE_KEY", secret),
    ]);
    let printed = format!("{reading:?}");
    assert!(reading.settings.is_ok(), "{printed}");
    assert!(!printed.contains("hunter2") && !printed.contains(&key), "{printed}");
}

use super::*;

fn shown(text: &str) -> String {
    let (target, _) = parse(text).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    match target {
        DatabaseTarget::Sqlite { path } => format!("file {}", path.display()),
        DatabaseTarget::Postgres { url, .. } => url.expose_secret().to_owned(),
    }
}

#[test]
fn every_form_of_the_guides_is_read() {
    let cases = [
        ("sqlite:///callinsight.db", "file callinsight.db"),
        ("sqlite:////var/lib/callinsight.db", "file /var/lib/callinsight.db"),
        ("sqlite+aiosqlite:///a/b.db", "file a/b.db"),
        ("sqlite:b.db", "file b.db"),
        ("sqlite:///b.db?mode=rwc", "file b.db"),
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        (
            "postgresql://user:password@localhost:5432/finnegans_chatbots",
            "postgresql://user:password@localhost:5432/finnegans_chatbots",
        ),
        ("POSTGRESQL://u@h/d", "postgresql://u@h/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+psycopg2://u:p@h/d?sslmode=require", "postgresql://u:p@h/d?sslmode=require"),
        ("postgresql://u:p@h/d?ssl=true", "postgresql://u:p@h/d?sslmode=require"),
        ("postgresql://u:p@h/d?ssl=false", "postgresql://u:p@h/d?sslmode=disable"),
        ("postgresql://u:p@h/d?ssl=true&sslmode=verify-full", "postgresql://u:p@h/d?sslmode=verify-full"),
        ("postgresql://u:p@h/d?sslmode=no-verify", "postgresql://u:p@h/d?sslmode=require"),
        ("postgresql://u:p@h/d?sslmode=require&channel_binding=require", "postgresql://u:p@h/d?sslmode=require"),
        ("postgresql://u:p@h/d?schema=public&connection_limit=1", "postgresql://u:p@h/d"),
        ("postgresql://u:p%40%23@h/d", "postgresql://u:p%40%23@h/d"),
        ("postgresql:///d?host=/run/postgresql", "postgresql:///d?host=%2Frun%2Fpostgresql"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn pgbouncer_turns_the_statement_cache_off() {
    let (target, _) = parse("postgresql://u:p@h:6543/d?pgbouncer=true").unwrap();
    let DatabaseTarget::Postgres { url, pooling } = target else { panic!("not PostgreSQL") };
    assert_eq!(pooling, Pooling::PgBouncer);
    assert_eq!(url.expose_secret(), "postgresql://u:p@h:6543/d?statement-cache-capacity=0");
    let (target, _) = parse("postgresql://u:p@h/d?pgbouncer=false").unwrap();
    assert!(matches!(target, DatabaseTarget::Postgres { pooling: Pooling::Direct, .. }));
}

#[test]
fn what_is_left_out_or_changed_is_said() {
    let notes = |text| parse(text).unwrap().1.join("; ");
    assert!(notes("postgresql://u@h/d?sslmode=no-verify").contains("certificate unchecked"));
    assert!(notes("postgresql://u@h/d?connection_limit=1").contains("`connection_limit`"));
    assert_eq!(notes("postgresql://u@h/d?sslmode=require&application_name=x"), "");
}

#[test]
fn each_wrong_form_is_refused_with_its_reason() {
    let cases = [
        ("sqlite://:memory:", "forgets every acknowledged event"),
        ("sqlite:///:memory:", "forgets every acknowledged event"),
        ("sqlite::memory:", "forgets every acknowledged event"),
        ("sqlite:///x.db?mode=memory", "forgets every acknowledged event"),
        ("sqlite:///x.db?mode=ro", "reading only"),
        ("sqlite://x.db", "two slashes"),
        ("sqlite:///", "names no file"),
        ("sqlite:////srv/", "names no file"),
        ("mysql://u:hunter2@h/d", "not supported"),
        ("hunter2", "not a URL"),
        ("https://hunter2.example", "not the URL of a database"),
        ("postgresql://u:hunter2@h", "names no database"),
        ("postgresql://u:hunter2@h/", "names no database"),
        ("postgresql:///d", "names no host"),
        ("postgresql://u:hunt#er2@h/d", ""),
        ("postgresql://u:p@h:port/d", "not a URL"),
        ("postgresql://u:hunter2@h/d?sslmode=hunter2", "TLS mode"),
        ("postgresql://u:hunter2@h/d?schema=tenants", "schema"),
    ];
    for (text, expected) in cases {
        let Err(wrong) = parse(text) else { panic!("{text} was accepted") };
        assert!(wrong.wrong.contains(expected), "{text}: {wrong:?}");
        assert!(!format!("{wrong:?}").contains("hunter2"), "{text}: {wrong:?}");
    }
}

#[test]
fn passwords_are_never_shown() {
    let cases = [
        ("postgresql://u:hunter2@h/d", "postgresql://u:***@h/d"),
        ("redis://:hunter2@h:6379", "redis://:***@h:6379"),
        ("postgresql://h/d?user=u&password=hunter2", "postgresql://h/d?***"),
        ("u:hunter2 h/d", "***"),
        ("postgresql://u:1#hunter2@h/d", "***"),
        ("postgresql://u:1/hunter2@h/d", "***"),
        ("postgresql://u:1?hunter2@h/d", "***"),
        ("sqlite:///a.db", "sqlite:///a.db"),
    ];
    for (text, expected) in cases {
        assert_eq!(without_password(text), expected, "{text}");
    }
    let (target, _) = parse("postgresql://u:hunter2@h/d").unwrap();
    assert!(!format!("{target:?} {target}").contains("hunter2"));
}

//! One tenant's scope never shows another's rows on PostgreSQL, not even to a statement that forgets to say whose it wants.
//! SQLite has no roles: there the scope in the types and the tenant in every statement are all there is, so this suite is
//! PostgreSQL's alone.

use switchboard_store::{Engine, TenantScope, sql::Sql};
use switchboard_testkit::{Build, TestDb};

/// What has no tenant: the installation's own.
const OF_THE_INSTALLATION: [&str; 5] =
    ["event_keys", "lane_cursors", "plans", "unrouted_deliveries", "_sqlx_migrations"];

/// People and their secrets: seen under the platform's scope and no tenant's.
const OF_PEOPLE: [&str; 8] = [
    "login_attempts",
    "login_failures",
    "recovery_codes",
    "refresh_tokens",
    "sessions",
    "user_identities",
    "user_tokens",
    "users",
];

/// The tables that the application's role may read and that have a tenant.
async fn tables(t: &TestDb) -> Vec<String> {
    let tables = t
        .query_texts(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \
             AND NOT relispartition ORDER BY relname",
        )
        .await;
    let is_a_tenants = |table: &&str| !OF_THE_INSTALLATION.contains(table) && !OF_PEOPLE.contains(table);
    tables.into_iter().filter(|table| is_a_tenants(&table.as_str())).collect()
}

/// Rows of a table that a scope sees without naming its tenant.
async fn seen(t: &TestDb, scope: TenantScope, table: &str) -> i64 {
    let mut reader = t.db.read(scope).await.unwrap();
    let mut sql = Sql::new("SELECT count(*) FROM ");
    sql.push(table.to_owned().leak());
    let rows: Vec<(i64,)> = sql.fetch_all(&mut reader.conn()).await.unwrap();
    rows[0].0
}

#[tokio::test]
async fn every_table_with_a_tenant_has_the_policy() {
    let t = TestDb::new(Engine::Postgres).await;
    let guarded = t
        .query_texts("SELECT tablename::text FROM pg_policies WHERE policyname = 'org_isolation' ORDER BY tablename")
        .await;
    assert_eq!(guarded, tables(&t).await);
    let hidden = t
        .query_texts("SELECT tablename::text FROM pg_policies WHERE policyname = 'platform_only' ORDER BY tablename")
        .await;
    assert_eq!(hidden, OF_PEOPLE);
    let off = t.query_texts(
        "SELECT relname::text FROM pg_class WHERE relname IN (SELECT tablename FROM pg_policies) AND NOT relrowsecurity",
    );
    assert_eq!(off.await, Vec::<String>::new());
    t.remove().await;
}

#[tokio::test]
async fn a_forgetful_statement_sees_one_tenant() {
    let t = TestDb::new(Engine::Postgres).await;
    let (ours, theirs) = (t.tenant("Ours").await, t.tenant("Theirs").await);
    let app = t.app(theirs).await;
    t.api_key(theirs, app, vec![1; 32]).await;
    let build = Build::new(&t, theirs, t.connection(theirs).await);
    t.save(theirs, &[build.call(1, t.now())]).await;
    t.save(theirs, &[build.message(1, t.now())]).await;
    t.save(theirs, &[build.voicemail(1, t.now())]).await;
    t.save(theirs, &[build.contact(1, t.now())]).await;
    for table in tables(&t).await {
        // A tenant sees itself, and its counter.
        let own = i64::from(["tenants", "tenant_counters"].contains(&table.as_str()));
        assert_eq!(seen(&t, ours, &table).await, own, "{table}");
    }
    assert_eq!(seen(&t, theirs, "calls").await, 1);
    t.remove().await;
}

#[tokio::test]
async fn nobody_writes_into_another_tenant() {
    let t = TestDb::new(Engine::Postgres).await;
    let (ours, theirs) = (t.tenant("Ours").await, t.tenant("Theirs").await);
    let build = Build::new(&t, theirs, t.connection(theirs).await);
    t.save(theirs, &[build.call(1, t.now())]).await;
    let mut tx = t.db.begin(ours).await.unwrap();
    assert_eq!(Sql::new("DELETE FROM calls").execute(&mut tx.conn()).await.unwrap(), 0);
    let call = build.call(2, t.now());
    assert!(switchboard_store::record::save(&mut tx.conn(), &[&call]).await.is_err());
    drop(tx);
    assert_eq!(seen(&t, theirs, "calls").await, 1);
    t.remove().await;
}

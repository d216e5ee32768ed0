//! One tenant's scope never shows another's rows on PostgreSQL, not even to a statement that forgets to say whose it wants.
//! SQLite has no roles: there the scope in the types and the tenant in every statement are all there is, so this suite is
//! PostgreSQL's alone.

use switchboard_store::{Db, DbOptions, Engine, StoreError, TenantScope, migrate::migrate, sql::Sql};
use switchboard_testkit::{Build, TestDb};
use url::Url;

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
        // A tenant sees itself, its counter, and the rules that every tenant begins with.
        let own = match table.as_str() {
            "tenants" | "tenant_counters" => 1,
            "notification_rules" => 3,
            _ => 0,
        };
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

/// A user who may do nothing but come in, and their URL for a database.
async fn plain_user(t: &TestDb, name: &str) -> String {
    t.execute(&format!("CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEROLE PASSWORD 'plain'")).await;
    let mut url = Url::parse(&url_of(t)).unwrap();
    url.set_username(name).unwrap();
    url.set_password(Some("plain")).unwrap();
    url.into()
}

fn url_of(t: &TestDb) -> String {
    let DbOptions::Postgres { url, .. } = t.options() else { unreachable!("this is PostgreSQL's alone") };
    url.clone()
}

/// Makes somebody the owner of the schema and of all that is in it.
async fn give_to(t: &TestDb, name: &str) {
    t.execute(&format!(
        "ALTER SCHEMA public OWNER TO {name}; DO $$ DECLARE found record; BEGIN \
         FOR found IN SELECT oid::regclass AS it FROM pg_class WHERE relnamespace = 'public'::regnamespace \
         AND relkind IN ('r', 'p', 'v') LOOP EXECUTE format('ALTER TABLE %s OWNER TO {name}', found.it); END LOOP; END $$"
    ))
    .await;
}

/// Roles are the server's and outlive a database.
async fn forget(t: &TestDb, names: &[&str]) {
    give_to(t, "CURRENT_USER").await;
    for name in names {
        t.execute(&format!("DROP OWNED BY {name}; DROP ROLE {name}")).await;
    }
}

async fn open(url: &str, direct_url: Option<String>) -> Db {
    let (url, max_connections) = (url.to_owned(), 2);
    Db::connect(&DbOptions::Postgres { url, direct_url, max_connections, statement_cache: true }).await.unwrap()
}

/// Whether a statement that names no tenant sees more than its scope.
async fn sees_all(db: &Db, scope: TenantScope) -> bool {
    let mut reader = db.read(scope).await.unwrap();
    let rows: Vec<(i64,)> = Sql::new("SELECT count(*) FROM tenants").fetch_all(&mut reader.conn()).await.unwrap();
    rows[0].0 > 1
}

/// The user of DATABASE_URL owns the tables and may make no roles, as with most hosted databases.
#[tokio::test]
async fn who_may_not_make_roles_is_told_and_uses_the_one_that_is_made_for_them() {
    let t = TestDb::new(Engine::Postgres).await;
    let (one, _) = (t.tenant("One").await, t.tenant("Two").await);
    let name = format!("switchboard_owner_{}", std::process::id());
    let url = plain_user(&t, &name).await;
    give_to(&t, &name).await;
    let db = open(&url, None).await;
    assert!(!migrate(&db, t.now()).await.unwrap().isolated, "nobody gave it the role");
    assert!(sees_all(&db, one).await, "it owns the tables, so nothing binds it");
    let mut tx = db.begin(one).await.unwrap();
    Sql::new("UPDATE tenants SET name = name").execute(&mut tx.conn()).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    // What `doctor` tells an administrator to do, and a restart. (All databases of a server share the role, so it is there.)
    t.execute(&format!("GRANT switchboard_app TO {name}")).await;
    assert!(migrate(&db, t.now()).await.unwrap().isolated);
    assert!(!sees_all(&db, one).await);
    db.close().await;
    forget(&t, &[&name]).await;
    t.remove().await;
}

/// DIRECT_URL names the owner, who migrates; DATABASE_URL somebody who only works there.
#[tokio::test]
async fn who_does_not_own_the_tables_is_bound_and_cannot_migrate() {
    let t = TestDb::new(Engine::Postgres).await;
    let (one, _) = (t.tenant("One").await, t.tenant("Two").await);
    let name = format!("switchboard_guest_{}", std::process::id());
    let guest = plain_user(&t, &name).await;
    let alone = open(&guest, None).await;
    let refused = migrate(&alone, t.now()).await;
    assert!(matches!(refused, Err(StoreError::Migrate(_))), "{refused:?}");
    alone.close().await;
    let db = open(&guest, Some(url_of(&t))).await;
    assert!(migrate(&db, t.now()).await.unwrap().isolated, "the owner gave it the role");
    assert!(!sees_all(&db, one).await);
    db.close().await;

    // Nobody may pass the role on, but the tables: the policies bind whoever does not own them.
    let owner = format!("switchboard_poor_owner_{}", std::process::id());
    let direct = plain_user(&t, &owner).await;
    t.execute(&format!("REVOKE switchboard_app FROM {name}")).await;
    give_to(&t, &owner).await;
    t.execute(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")).await;
    let db = open(&guest, Some(direct)).await;
    assert!(migrate(&db, t.now()).await.unwrap().isolated);
    assert!(!sees_all(&db, one).await);
    db.close().await;
    forget(&t, &[&name, &owner]).await;
    t.remove().await;
}

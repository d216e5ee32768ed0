//! One tenant's scope never shows another's rows, not even to a statement that forgets to say whose it wants.

use switchboard_store::{Engine, sql::Sql};
use switchboard_testkit::{Build, both_engines};

/// Every table with a tenant in it.
const TABLES: [&str; 2] = ["calls", "connections"];

both_engines! {
    async fn a_forgetful_statement_sees_one_tenant(t: &TestDb) {
        let (ours, theirs) = (t.tenant("Ours").await, t.tenant("Theirs").await);
        let connection = t.connection(theirs).await;
        t.save(theirs, &[Build::new(t, theirs, connection).call(1, t.now())]).await;

        for table in TABLES {
            let mut reader = t.db.read(ours).await.unwrap();
            let mut sql = Sql::new("SELECT count(*) FROM ");
            sql.push(table);
            let seen: Vec<(i64,)> = sql.fetch_all(&mut reader.conn()).await.unwrap();
            // SQLite has no roles; there the scope in the types is all there is.
            let expected = if t.engine() == Engine::Postgres { 0 } else { 1 };
            assert_eq!(seen, [(expected,)], "{table}");
        }
    }
}

//! The tables that a rebuild compares are compared whole: no column of the schema is left out.

use switchboard_store::{
    Engine,
    derived::{self, TABLES},
};
use switchboard_testkit::{Build, TestDb, both_engines};

async fn columns(t: &TestDb, table: &str) -> Vec<String> {
    let query = match t.engine() {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
        Engine::Postgres => format!(
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    let mut columns = t.query_texts(&query).await;
    // Where a row stands in SQLite's index says nothing.
    columns.retain(|column| column != "position");
    columns
}

both_engines! {
    async fn every_column_is_known(t: &TestDb) {
        for table in TABLES {
            let (mut ours, mut theirs) = (table.columns.to_vec(), columns(t, table.name).await);
            ours.sort_unstable();
            theirs.sort_unstable();
            assert_eq!(ours, theirs, "{}", table.name);
        }
    }

    async fn rows_go_out_and_in_again_unchanged(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        let build = Build::new(t, scope, connection);
        let now = t.now();
        t.save(scope, &[build.call(1, now), build.call(2, now), build.call(3, now)]).await;
        t.save(scope, &[build.message(1, now)]).await;
        t.save(scope, &[build.voicemail(1, now)]).await;
        t.save(scope, &[build.recording(1, now)]).await;
        t.save(scope, &[build.transcript(1, now)]).await;
        t.save(scope, &[build.contact(1, now)]).await;
        let mut tx = t.db.begin(scope).await.unwrap();
        let conn = &mut tx.conn();
        let mut seen = 0;
        for table in TABLES {
            let mut after = None;
            loop {
                let page = derived::page(conn, scope, table, after.as_ref(), 2).await.unwrap();
                let Some(last) = page.last().cloned() else { break };
                let keys: Vec<_> = page.iter().map(|row| row.key(table)).collect();
                assert!(keys.is_sorted() && after.is_none_or(|after| after.key(table) < keys[0]));
                for row in &page {
                    derived::remove(conn, scope, table, row).await.unwrap();
                    assert!(derived::find(conn, scope, table, row).await.unwrap().is_none());
                    derived::insert(conn, table, std::slice::from_ref(row)).await.unwrap();
                    let again = derived::find(conn, scope, table, row).await.unwrap().unwrap();
                    assert_eq!(again.differing(table, row), [""; 0]);
                    seen += 1;
                }
                after = Some(last);
            }
        }
        // Three of them have words, which are rows as well.
        assert_eq!(seen, 11);
    }
}

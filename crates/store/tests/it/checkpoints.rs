//! The log of SQLite is folded into the file while others write, and begun anew.

use bytes::Bytes;
use rusqlite::Connection;
use switchboard_store::{Appender, Checkpoints, DbOptions, Engine};
use switchboard_testkit::TestDb;

use crate::appender::event;

/// Enough that it takes several of them to be worth folding.
const BODY: usize = 200 * 1024;

/// Pages in the log, and how many of them are in the file.
fn log(connection: &Connection) -> (i64, i64) {
    connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| Ok((row.get(1)?, row.get(2)?))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_is_folded_whole_and_the_next_commit_begins_it_anew() {
    let t = TestDb::new(Engine::Sqlite).await;
    let DbOptions::Sqlite { path } = t.options() else { unreachable!("asked for SQLite") };
    let looking = Connection::open(path).unwrap();
    let scope = t.tenant("Acme").await;
    let connection = t.connection(scope).await;
    let mut appender = Appender::new(&t.db);
    let make = |key| {
        let mut made = event(&t, scope, connection, key);
        made.body = Bytes::from(vec![key; BODY]);
        made
    };

    let checkpoints = Checkpoints::start(&t.db).unwrap().unwrap();
    for key in 0..100 {
        appender.append(&[make(key)]).await.unwrap();
    }
    let written = std::fs::metadata(path.with_extension("db-wal")).unwrap().len();
    assert!(written > 4 << 20, "{written} bytes are too little to be worth folding");
    checkpoints.stop().await;
    let (pages, folded) = log(&looking);
    assert_eq!(pages, folded, "the log was not folded whole");
    appender.append(&[make(100)]).await.unwrap();
    let (begun, _) = log(&looking);
    assert!(begun < 100, "the log was not begun anew: {pages} pages before, {begun} now");
    t.remove().await;
}

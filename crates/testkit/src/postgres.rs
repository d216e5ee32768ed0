//! One PostgreSQL server per test process, from the binaries that Debian installs, in a temporary folder, on a Unix socket.
//!
//! A watchdog shell holds the server: it waits for its standard input to close, which the kernel does when this process
//! ends in whatever way (return, panic, `kill -9`), and then stops the server and removes the folder. Nothing is ever
//! written to disk in earnest there: `fsync` is off.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use switchboard_domain::Clock;
use switchboard_store::{Db, DbOptions, migrate::migrate};
use tokio::sync::{Mutex, OnceCell};

const START: &str = r#"
set -e
"$BIN/initdb" -D "$DIR/data" -U switchboard -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$DIR/initdb.log"
"$BIN/pg_ctl" -D "$DIR/data" -w -s -l "$DIR/server.log" -o "-k '$DIR' -c listen_addresses='' -c fsync=off \
  -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_connections=300 \
  -c shared_buffers=64MB -c autovacuum=off -c timezone=UTC" start
echo ready
read -r _ || true
"$BIN/pg_ctl" -D "$DIR/data" -m immediate -s stop || true
rm -rf "$DIR"
"#;

struct Server {
    /// A URL with `{}` where the database's name goes.
    url: String,
    template: String,
    /// `CREATE DATABASE` wants nobody else at the template.
    creating: Mutex<()>,
    is_own: bool,
    /// Held open for as long as this process lives.
    _watchdog: Option<ChildStdin>,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh, migrated database and its URL.
pub(crate) async fn create() -> String {
    let server = SERVER.get_or_init(start).await;
    let name = format!("switchboard_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let _turn = server.creating.lock().await;
    admin(server, &format!("CREATE DATABASE {name} TEMPLATE {}", server.template)).await;
    server.url.replace("{}", &name)
}

/// Drops a database of a server that is not ours. Our own goes as a whole.
pub(crate) async fn remove(url: &str) {
    let server = SERVER.get().expect("a database that is removed was created");
    if !server.is_own {
        let name = url.split(['/', '?']).find(|part| part.starts_with("switchboard_test_")).expect("one of our names");
        admin(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
}

async fn admin(server: &Server, statement: &str) {
    let url = server.url.replace("{}", "postgres");
    let mut connection = PgConnection::connect(&url).await.expect("the test server is there");
    connection.execute(AssertSqlSafe(statement.to_owned())).await.expect("a database can be made");
    connection.close().await.unwrap();
}

async fn start() -> Server {
    let (url, watchdog) = if let Ok(given) = std::env::var("TEST_DATABASE_URL") {
        (with_placeholder(&given), None)
    } else {
        let (url, watchdog) = launch();
        (url, Some(watchdog))
    };
    let template = format!("switchboard_template_{}", std::process::id());
    let is_own = watchdog.is_some();
    let server = Server { url, template, creating: Mutex::new(()), is_own, _watchdog: watchdog };
    admin(&server, &format!("DROP DATABASE IF EXISTS {}", server.template)).await;
    admin(&server, &format!("CREATE DATABASE {}", server.template)).await;
    let db = Db::connect(&options(&server.url.replace("{}", &server.template))).await.unwrap();
    migrate(&db, crate::ManualClock::default().now()).await.expect("the migrations apply to an empty database");
    db.close().await;
    server
}

pub(crate) fn options(url: &str) -> DbOptions {
    DbOptions::Postgres { url: url.to_owned(), direct_url: None, max_connections: 12, statement_cache: true }
}

/// Puts `{}` where the URL names its database.
fn with_placeholder(url: &str) -> String {
    let (head, query) = url.split_once('?').map_or((url, String::new()), |(head, query)| (head, format!("?{query}")));
    let from = head.find("://").map_or(0, |at| at + 3);
    let server = head[from..].find('/').map_or(head, |at| &head[..from + at]);
    format!("{server}/{{}}{query}")
}

#[expect(clippy::zombie_processes, reason = "the watchdog outlives this process on purpose")]
fn launch() -> (String, ChildStdin) {
    let folder = tempfile::Builder::new().prefix("switchboard-pg-").tempdir().unwrap().keep();
    let folder_text = folder.to_str().expect("a temporary folder's name is UTF-8").to_owned();
    let mut command = if is_root() {
        // initdb refuses root, for good reasons that do not apply here.
        let owned = Command::new("chown").arg("postgres:").arg(&folder).status().is_ok_and(|status| status.success());
        assert!(owned, "the user `postgres` is missing; install PostgreSQL or set TEST_DATABASE_URL");
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", START]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", START]);
        command
    };
    let mut child = command
        .env("BIN", binaries())
        .env("DIR", &folder)
        .current_dir("/")
        // Its own group: Ctrl-C in a terminal must reach the tests and not the watchdog.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell can be started");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start; see {folder_text}/server.log");
    (format!("postgres://switchboard@localhost/{{}}?host={folder_text}"), child.stdin.take().unwrap())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The newest installed version's folder.
fn binaries() -> PathBuf {
    let version = |path: &Path| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .max_by_key(|bin| version(bin))
        .expect("PostgreSQL's binaries are in /usr/lib/postgresql; install the package `postgresql` or set TEST_DATABASE_URL")
}

//! Power cuts on SQLite, played from a log of what the server wrote: at any moment, what was synced is there, and of the
//! rest each 512-byte sector is there or not, by a throw of dice. Every acknowledged event must be, and the file whole.
//!
//! The log is made by a few lines of C in front of libc (`tests/power/shim.c`), built here with the machine's `cc`; without
//! one the test says so and ends. `POWER_CUTS` says how many cuts (20 by default), `CHAOS_SEED` repeats a run.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{
    crash::{Dice, INTERNAL, STATES, connect, event, number, seed, signed, stand_in},
    support::{Home, beside, client, free_port},
};

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;
/// Load goes on until the database file itself was written to as well: until a checkpoint, every 16 MB.
const LOAD_AT_MOST: Duration = Duration::from_mins(1);
const SENDERS: i64 = 16;

/// An event that was acknowledged when the log was so long.
struct Acknowledged {
    call: i64,
    state: &'static str,
    log_bytes: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let Some(shim) = Shim::build() else {
        eprintln!("skipped: there is no C compiler (`cc`) on this machine to build the log of writes with");
        return;
    };
    let seed = seed();
    let dice = Arc::new(Dice(AtomicU64::new(seed)));
    let (acknowledged, log) = run_under_load(&shim).await;
    let operations = Operation::read(&log);
    let writes_to_file = operations.iter().filter(|op| op.what == What::Write && op.file == DATABASE).count();
    eprintln!("{} acknowledged, {} operations, {writes_to_file} on the file", acknowledged.len(), operations.len());
    assert!(acknowledged.len() >= 200, "hardly any load");

    let first = acknowledged.iter().map(|event| event.log_bytes).min().unwrap();
    let begin = operations.partition_point(|op| op.end <= first);
    let cuts = number("POWER_CUTS").unwrap_or(20);
    let mut lost_without_sync = 0;
    for _ in 0..cuts {
        let at = begin + usize::try_from(dice.roll((operations.len() - begin) as u64)).unwrap();
        let found = Found::after(&operations[..at], &log, &dice, Syncs::All).await;
        let lost = found.lost(&acknowledged, operations[at - 1].end);
        assert_eq!(lost, 0, "acknowledged events were lost at operation {at} (CHAOS_SEED={seed})");
        assert!(found.is_whole, "the file is broken at operation {at} (CHAOS_SEED={seed})");
        assert_eq!(found.merged_without_records, 0, "the cursor ran ahead at operation {at} (CHAOS_SEED={seed})");

        // The same cut with the syncs that SQLite makes with synchronous=NORMAL: whole as well, but not all there.
        let found = Found::after(&operations[..at], &log, &dice, Syncs::AtCheckpoints).await;
        assert!(found.is_whole, "operation {at} (CHAOS_SEED={seed})");
        lost_without_sync += found.lost(&acknowledged, operations[at - 1].end);
    }
    assert!(lost_without_sync > 0, "the control lost nothing: the test sees no power cut");
    eprintln!("{cuts} cuts: 0 lost; with synchronous=NORMAL {lost_without_sync} would have been");
}

/// The library that logs.
struct Shim {
    folder: TempDir,
    library: PathBuf,
}

impl Shim {
    fn build() -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("switchboard-power-").tempdir().unwrap();
        let library = folder.path().join("shim.so");
        let source = beside("tests/power/shim.c");
        let arguments = ["-shared", "-fPIC", "-O1", "-o"];
        let built = Command::new("cc").args(arguments).arg(&library).arg(source).args(["-ldl", "-lpthread"]).status();
        match built {
            Ok(status) => {
                assert!(status.success(), "the shim does not compile");
                Some(Self { folder, library })
            }
            Err(_) => None,
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("writes.log")
    }
}

/// Runs the real server with the shim in front and kills it under load.
async fn run_under_load(shim: &Shim) -> (Vec<Acknowledged>, Vec<u8>) {
    let sandbox = stand_in().await;
    let home = Home::new()
        .set("PORT", free_port().to_string())
        .set("INTERNAL_API_SECRET", INTERNAL)
        .set("DIALPAD_API_URL", sandbox.url())
        .set("DIALPAD_API_KEY", "sandbox-api-key")
        .set("LD_PRELOAD", shim.library.to_str().unwrap())
        .set("POWER_LOG", shim.log().to_str().unwrap());
    let server = home.serve(&[]);
    connect(&server).await;
    let stop = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (url, log, stop) = (format!("{}/webhooks/dialpad", server.url), shim.log(), Arc::clone(&stop));
            tokio::spawn(async move { send(sender, &url, &log, &stop).await })
        })
        .collect();
    let begun = Instant::now();
    let file = home.data_dir().join("switchboard.db");
    let before = std::fs::metadata(&file).unwrap().modified().unwrap();
    while begun.elapsed() < LOAD_AT_MOST {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if std::fs::metadata(&file).unwrap().modified().unwrap() > before && begun.elapsed() > Duration::from_secs(2) {
            break;
        }
    }
    // A little more of everything behind the checkpoint.
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for sender in senders {
        acknowledged.extend(sender.await.unwrap());
    }
    server.kill();
    sandbox.shutdown().await;
    (acknowledged, std::fs::read(shim.log()).unwrap())
}

async fn send(sender: i64, url: &str, log: &Path, stop: &AtomicBool) -> Vec<Acknowledged> {
    let client = client();
    let mut acknowledged = Vec::new();
    for nth in 0.. {
        let call = 6_000_000_000_000_000 + sender * 1_000_000 + nth;
        for (state, name) in STATES.iter().enumerate() {
            if stop.load(Ordering::Relaxed) {
                return acknowledged;
            }
            let sent = client.post(url).header("content-type", "application/jwt").body(signed(&event(call, state)));
            if sent.send().await.is_ok_and(|answer| answer.status().is_success()) {
                // The log is at least as long as it was when the answer went out.
                let log_bytes = std::fs::metadata(log).unwrap().len();
                acknowledged.push(Acknowledged { call, state: name, log_bytes });
            }
        }
    }
    acknowledged
}

const DATABASE: usize = 0;
const LOG: usize = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Write,
    Truncate,
    Sync,
}

/// One line of the shim's log.
#[derive(Debug, Clone, Copy)]
struct Operation {
    what: What,
    file: usize,
    place: u64,
    /// Where its bytes are in the log.
    from: usize,
    /// Where it ends in the log.
    end: u64,
    length: usize,
}

impl Operation {
    fn read(log: &[u8]) -> Vec<Self> {
        let mut operations = Vec::new();
        let mut at = 0;
        while at + 14 <= log.len() {
            let length = u32::from_le_bytes(log[at + 10..at + 14].try_into().unwrap()) as usize;
            let from = at + 14;
            if from + length > log.len() {
                break;
            }
            let what = match log[at] {
                1 => What::Write,
                2 => What::Truncate,
                3 => What::Sync,
                other => panic!("{other} is no operation"),
            };
            let place = u64::from_le_bytes(log[at + 2..at + 10].try_into().unwrap());
            at = from + length;
            operations.push(Self {
                what,
                file: usize::from(log[at - length - 13]),
                place,
                from,
                end: at as u64,
                length,
            });
        }
        operations
    }
}

/// Which syncs count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syncs {
    All,
    /// Of the write-ahead log only those that a checkpoint begins with.
    AtCheckpoints,
}

/// A file with what is safe of it; the operations behind that may or may not have reached the disk.
#[derive(Default)]
struct Disk {
    bytes: Vec<u8>,
    pending: Vec<Operation>,
}

impl Disk {
    fn sync(&mut self, log: &[u8], before: u64) {
        let (safe, pending) = std::mem::take(&mut self.pending).into_iter().partition(|op| op.end <= before);
        self.pending = pending;
        for operation in safe {
            self.apply(&operation, log, |_| true);
        }
    }

    fn apply(&mut self, operation: &Operation, log: &[u8], mut keeps: impl FnMut(usize) -> bool) {
        let place = usize::try_from(operation.place).unwrap();
        if operation.what == What::Truncate {
            if keeps(0) {
                self.bytes.resize(place, 0);
            }
            return;
        }
        let mut at = place;
        while at < place + operation.length {
            let end = (at / SECTOR + 1) * SECTOR;
            let end = end.min(place + operation.length);
            if keeps(at) {
                if self.bytes.len() < end {
                    self.bytes.resize(end, 0);
                }
                let from = operation.from + (at - place);
                self.bytes[at..end].copy_from_slice(&log[from..from + (end - at)]);
            }
            at = end;
        }
    }
}

/// What is found when the machine is switched on again.
struct Found {
    events: HashMap<(String, String), i64>,
    is_whole: bool,
    /// Events that the cursor is past and whose records are not there.
    merged_without_records: i64,
}

impl Found {
    async fn after(operations: &[Operation], log: &[u8], dice: &Dice, syncs: Syncs) -> Self {
        let mut disks = [Disk::default(), Disk::default()];
        for (i, operation) in operations.iter().enumerate() {
            if operation.what != What::Sync {
                disks[operation.file].pending.push(*operation);
                continue;
            }
            let begins_checkpoint = || operations[i + 1..].first().is_some_and(|next| next.file == DATABASE);
            if syncs == Syncs::All || operation.file == DATABASE || begins_checkpoint() {
                disks[operation.file].sync(log, operation.place);
            }
        }
        let folder = tempfile::Builder::new().prefix("switchboard-cut-").tempdir().unwrap();
        for (file, name) in [(DATABASE, "switchboard.db"), (LOG, "switchboard.db-wal")] {
            let disk = &mut disks[file];
            for operation in std::mem::take(&mut disk.pending) {
                disk.apply(&operation, log, |_| dice.roll(2) == 0);
            }
            std::fs::write(folder.path().join(name), &disk.bytes).unwrap();
        }
        Self::look(&folder.path().join("switchboard.db")).await
    }

    async fn look(file: &Path) -> Self {
        let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
        let check: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut db).await.unwrap();
        let rows = sqlx::query("SELECT external_id, event_type, count(*) FROM webhook_events GROUP BY 1, 2");
        let rows = rows.fetch_all(&mut db).await.unwrap();
        let events = rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect();
        let merged_without_records = sqlx::query_scalar(
            "SELECT count(*) FROM webhook_events e WHERE e.position <= (SELECT position FROM lane_cursors) \
             AND NOT EXISTS (SELECT 1 FROM call_legs l WHERE l.external_id = e.external_id)",
        );
        let merged_without_records = merged_without_records.fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        Self { events, is_whole: check == "ok", merged_without_records }
    }

    /// How many events are not there once, of those that were acknowledged by then.
    fn lost(&self, acknowledged: &[Acknowledged], by: u64) -> usize {
        let is_lost = |event: &&Acknowledged| {
            let key = (event.call.to_string(), format!("call.{}", event.state));
            event.log_bytes <= by && self.events.get(&key).copied() != Some(1)
        };
        acknowledged.iter().filter(is_lost).count()
    }
}

//! A full disk: deliveries are refused and come back, `/health` tells, nothing that was acknowledged is lost, and all goes
//! on once there is room.
//!
//! Where the test may mount, the data folder is a small memory disk that is filled to the brim. Elsewhere the server gets a
//! limit on the size of its files, which fails its writes in the same place.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use switchboard_sandbox::RunningSandbox;

use crate::{
    crash::{INTERNAL, STATES, connect, event, signed, stand_in},
    support::{Home, Server, client, within},
};

/// Of the memory disk: some times what an empty installation takes.
const DISK: &str = "size=32m";
/// Deliveries after which one must have been refused.
const ENOUGH: i64 = 400;

/// What makes writes fail, and lets them succeed again.
enum Trouble {
    /// The data folder is a disk of its own.
    Mounted(Mount),
    /// The server's files may not grow.
    Limited { process: u32 },
}

/// Unmounted when dropped, however the test ends.
struct Mount(PathBuf);

impl Mount {
    /// `None` where that is not allowed.
    fn at(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|answer| answer.status.success()).then(|| Self(folder.to_owned()))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

impl Trouble {
    fn begin(&self, home: &Home) {
        match self {
            Self::Mounted(mount) => {
                // An error is what this is for: there is no room left.
                let _ = std::fs::write(mount.filler(), vec![0; 64 * 1024 * 1024]);
            }
            Self::Limited { process } => {
                let log = home.data_dir().join("switchboard.db-wal");
                let size = std::fs::metadata(log).map_or(0, |file| file.len());
                limit(*process, &format!("{size}:unlimited"));
            }
        }
    }

    fn end(&self) {
        match self {
            Self::Mounted(mount) => std::fs::remove_file(mount.filler()).unwrap(),
            Self::Limited { process } => limit(*process, "unlimited:unlimited"),
        }
    }
}

fn limit(process: u32, size: &str) {
    let done = Command::new("prlimit").args(["--pid", &process.to_string(), &format!("--fsize={size}")]).status();
    assert!(done.unwrap().success(), "prlimit is part of util-linux");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_loses_nothing() {
    let sandbox = stand_in().await;
    let home = home(&sandbox);
    let mounted = Mount::at(&home.data_dir());
    let server = if mounted.is_some() { home.serve(&[]) } else { home.serve_whatever_the_file_size(&[]) };
    let trouble = mounted.map_or(Trouble::Limited { process: server.id() }, Trouble::Mounted);
    connect(&server).await;
    let mut sender = Sender { server: &server, client: client(), next: 0, acknowledged: Vec::new() };
    for _ in 0..40 {
        assert_eq!(sender.deliver().await, 200);
    }
    assert_eq!(health(&server).await, 200);

    trouble.begin(&home);
    let mut tried = 0;
    while sender.deliver().await != 503 {
        tried += 1;
        assert!(tried < ENOUGH, "a full disk takes everything");
    }
    assert_eq!(health(&server).await, 503);
    // What is refused is refused again, and the server stays up for it.
    assert_eq!(sender.deliver().await, 503);
    let refused = sender.next;

    trouble.end();
    within(Duration::from_mins(1), "deliveries are taken again", async || {
        (sender.deliver().await == 200).then_some(())
    })
    .await;
    within(Duration::from_mins(1), "health says so", async || (health(&server).await == 200).then_some(())).await;
    for _ in 0..40 {
        assert_eq!(sender.deliver().await, 200);
    }
    assert!(sender.next > refused, "the same event was sent until it was taken");
    let acknowledged = std::mem::take(&mut sender.acknowledged);
    crate::support::all_read(&home).await;
    stored_once(&home, &acknowledged);
    let check = home.call(&["events", "rebuild", "--check"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    assert_eq!(server.terminate().code, Some(0));
    drop(trouble);
    sandbox.shutdown().await;
}

fn home(sandbox: &RunningSandbox) -> Home {
    Home::new()
        .set("INTERNAL_API_SECRET", INTERNAL)
        .set("DIALPAD_API_URL", sandbox.url())
        .set("DIALPAD_API_KEY", "sandbox-api-key")
}

/// Sends one event after the other, each until it is taken.
struct Sender<'a> {
    server: &'a Server,
    client: reqwest::Client,
    next: i64,
    acknowledged: Vec<(i64, &'static str)>,
}

impl Sender<'_> {
    async fn deliver(&mut self) -> u16 {
        let (call, state) = (6_000_000_000_000_000 + self.next / 4, usize::try_from(self.next % 4).unwrap());
        let url = format!("{}/webhooks/dialpad", self.server.url);
        let sent = self.client.post(url).header("content-type", "application/jwt").body(signed(&event(call, state)));
        let status = sent.send().await.unwrap().status().as_u16();
        if status == 200 {
            self.acknowledged.push((call, STATES[state]));
            self.next += 1;
        }
        status
    }
}

async fn health(server: &Server) -> u16 {
    server.get("/health", &[]).await.0
}

fn stored_once(home: &Home, acknowledged: &[(i64, &'static str)]) {
    let listed = home.json(&["events", "list", "--limit", "1000"]);
    let listed = listed.as_array().unwrap();
    for (call, state) in acknowledged {
        let id = call.to_string();
        let is_it = |event: &&serde_json::Value| {
            event["external_id"].as_str() == Some(id.as_str()) && event["event_type"] == format!("call.{state}")
        };
        assert_eq!(listed.iter().filter(is_it).count(), 1, "{state} of {call} was acknowledged");
    }
}

//! A Redis of one test's own, from the binary that Debian installs, in a temporary folder, on a Unix socket. It can be
//! stopped and started again at the same place, which is what a test of its absence needs.
//!
//! A shell holds it, as one holds PostgreSQL: it ends the server when its standard input closes, so nothing stays behind
//! when this process ends in whatever way.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::{net::UnixStream, process::CommandExt},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

const START: &str = r#"
redis-server --port 0 --unixsocket "$DIR/redis.sock" --dir "$DIR" --save '' --appendonly no >"$DIR/redis.log" 2>&1 &
server=$!
read -r _ || true
kill -9 $server
"#;
/// What a start may take at most on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// See the module.
pub struct TestRedis {
    folder: TempDir,
    running: Option<(Child, ChildStdin)>,
}

impl TestRedis {
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("switchboard-redis-").tempdir().unwrap();
        let mut redis = Self { folder, running: None };
        redis.restart();
        redis
    }

    /// For `REDIS_URL`.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// Ends it as `kill -9` does, and returns when it is gone.
    pub fn kill(&mut self) {
        if let Some((mut shell, input)) = self.running.take() {
            drop(input);
            shell.wait().unwrap();
            std::fs::remove_file(self.socket()).unwrap();
        }
    }

    /// Starts it again, empty, where it was.
    pub fn restart(&mut self) {
        let mut shell = Command::new("sh")
            .args(["-c", START])
            .env("DIR", self.folder.path())
            // Its own group: Ctrl-C in a terminal must reach the tests and not the shell.
            .process_group(0)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell can be started");
        let input = shell.stdin.take().unwrap();
        self.running = Some((shell, input));
        let begun = Instant::now();
        while self.try_command("PING").as_deref() != Some("+PONG") {
            let log = self.folder.path().join("redis.log");
            assert!(
                begun.elapsed() < PATIENCE,
                "Redis did not start; is the package `redis-server` installed? {}",
                std::fs::read_to_string(log).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a command of plain words; the first line of the answer.
    pub fn command(&self, words: &str) -> String {
        self.try_command(words).expect("Redis answers")
    }

    fn try_command(&self, words: &str) -> Option<String> {
        let mut stream = UnixStream::connect(self.socket()).ok()?;
        stream.write_all(format!("{words}\r\n").as_bytes()).ok()?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        if let Some((mut shell, input)) = self.running.take() {
            drop(input);
            // An error means that it has ended already.
            let _ = shell.wait();
        }
    }
}

//! Starts the real binary on free ports in a folder of its own, and talks to it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::Value;
use switchboard_server::sandbox::Demo;
use tempfile::TempDir;

/// What a start may take at most on a busy machine.
const START: Duration = Duration::from_mins(1);
/// What an end may take at most: longer than the server itself waits for its last tasks.
const END: Duration = Duration::from_mins(1);
/// How long anything may take that is waited for, on a machine that does other things as well.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A folder and an environment in which the binary is called, again and again.
pub struct Home {
    pub folder: TempDir,
    pub env: Vec<(String, String)>,
}

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// Standard output as JSON, of a command that succeeded.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

impl Home {
    /// On SQLite, on any free ports.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("switchboard-server-").tempdir().unwrap();
        let pairs =
            [("HOST", "127.0.0.1"), ("PORT", "0"), ("SANDBOX_PORT", "0"), ("JSON_LOGS", "true"), ("DATA_DIR", "data")];
        // Tests look again and again; the limits have tests of their own.
        let limits =
            ["ADDRESS", "AUTH", "SIGNUP", "KEY", "TENANT"].map(|name| (format!("RATE_LIMIT_{name}"), "off".to_owned()));
        let env = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).chain(limits).collect();
        Self { folder, env }
    }

    /// With another variable; the later value counts.
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.retain(|(held, _)| held != name);
        self.env.push((name.to_owned(), value.into()));
        self
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn call(&self, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).output().unwrap();
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command with `--json`, which must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.call(&[&["--json"], arguments].concat()).json()
    }

    /// Starts a command that goes on until somebody ends it.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    pub fn serve(&self, arguments: &[&str]) -> Server {
        // Only who asks for a past has to wait for one.
        let is_bare = arguments.contains(&"--sandbox") && !arguments.contains(&"--demo-calls");
        let past: &[&str] = if is_bare { &["--demo-calls", "0"] } else { &[] };
        Server::start(self.command(&[&["serve"], arguments, past].concat()))
    }

    /// Like [`Home::serve`], in a process that is not ended by the signal that a file has grown too large.
    pub fn serve_whatever_the_file_size(&self, arguments: &[&str]) -> Server {
        let mut command = Command::new("sh");
        let served = self.command(&[]);
        command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#]).arg(served.get_program()).arg("serve").args(arguments);
        command.current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.envs(served.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Server::start(command)
    }

    pub fn demo(&self) -> Demo {
        Demo::read(&self.data_dir()).expect("a sandbox has run here")
    }
}

/// A running command other than `serve`.
pub struct Running {
    child: Child,
    pub out: Lines,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = gather(child.stdout.take().unwrap(), mpsc::channel().0);
        Self { child, out }
    }

    /// Sends a signal and waits for the end; the exit code.
    pub fn end(&mut self, signal: &str) -> Option<i32> {
        end(&mut self.child, signal).code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn end(child: &mut Child, signal: &str) -> ExitStatus {
    let begun = Instant::now();
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    while begun.elapsed() < END {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not end within {END:?}");
}

type Lines = Arc<Mutex<Vec<String>>>;

/// The running binary; killed when dropped.
pub struct Server {
    child: Child,
    pub url: String,
    /// Standard error so far, a JSON object per line.
    pub logs: Lines,
    /// Standard output so far.
    pub out: Lines,
    arrivals: mpsc::Receiver<()>,
    client: Client,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (told, arrivals) = mpsc::channel();
        let logs = gather(child.stderr.take().unwrap(), told.clone());
        let out = gather(child.stdout.take().unwrap(), told);
        let client = client();
        let mut server = Self { child, url: String::new(), logs, out, arrivals, client };
        let address = server.wait_for("the address", |server| {
            server.log("listening").map(|line| line["address"].as_str().unwrap().to_owned())
        });
        server.url = format!("http://{address}");
        server
    }

    /// The first log line with this message.
    pub fn log(&self, message: &str) -> Option<Value> {
        let lines = self.logs.lock().unwrap();
        let parsed = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        parsed.into_iter().find(|line| line["message"] == message)
    }

    /// Waits until lines were written that `look` finds something in.
    pub fn wait_for<T>(&mut self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            let left = START.saturating_sub(begun.elapsed());
            if self.arrivals.recv_timeout(left).is_err() {
                let (logs, out) = (self.logs.lock().unwrap(), self.out.lock().unwrap());
                panic!("no {what} in:\n{}\n{}", logs.join("\n"), out.join("\n"));
            }
        }
    }

    /// Waits for the end of the welcome, which comes when the demo has been played.
    pub fn welcomed(&mut self) -> String {
        self.wait_for("welcome", |server| {
            let out = server.out.lock().unwrap();
            out.iter().any(|line| line.contains("Ctrl-C ends it")).then(|| out.join("\n"))
        })
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
        self.send(self.client.get(format!("{}{path}", self.url)), headers).await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        self.send(self.client.post(format!("{}{path}", self.url)).json(body), headers).await
    }

    async fn send(&self, mut request: reqwest::RequestBuilder, headers: &[(&str, &str)]) -> (u16, Value) {
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// One of the CTI lists, as its app sees it.
    pub async fn records(&self, kind: &str, key: &str) -> Vec<Value> {
        let (status, body) = self.get(&format!("/api/{kind}?limit=100"), &[("x-app-api-key", key)]).await;
        assert_eq!(status, 200, "{body}");
        body[kind].as_array().unwrap_or_else(|| panic!("{body}")).clone()
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and everything that is said until the end.
    pub fn terminate(mut self) -> Ended {
        let status = end(&mut self.child, "-TERM");
        // The pipes still hold its last words; they close behind them.
        while self.arrivals.recv().is_ok() {}
        let log = self.logs.lock().unwrap().clone();
        Ended { code: status.code(), log }
    }

    /// Log lines of warnings and errors.
    pub fn troubles(&self) -> Vec<String> {
        let lines = self.logs.lock().unwrap();
        lines
            .iter()
            .filter(|line| ["\"WARN\"", "\"ERROR\""].iter().any(|level| line.contains(level)))
            .cloned()
            .collect()
    }
}

/// How a server ended.
pub struct Ended {
    pub code: Option<i32>,
    log: Vec<String>,
}

impl Ended {
    /// The server had nothing in hand, and so had nothing to wait for in vain.
    pub fn assert_at_once(&self) {
        let says = |words: &str| self.log.iter().any(|line| line.contains(words));
        assert_eq!(self.code, Some(0), "{:#?}", self.log);
        assert!(says("\"stopped\"") && !says("cut off") && !says("without waiting"), "{:#?}", self.log);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gather(stream: impl Read + Send + 'static, told: mpsc::Sender<()>) -> Lines {
    let lines = Lines::default();
    let gathered = Arc::clone(&lines);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            gathered.lock().unwrap().push(line);
            // Nobody may be waiting any more.
            let _ = told.send(());
        }
    });
    lines
}

pub fn client() -> Client {
    Client::builder().no_proxy().timeout(PATIENCE).build().unwrap()
}

/// Looks again and again, at most so long: for what comes about behind an answer, where nobody tells.
pub async fn within<T>(limit: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until every event of the log has been read.
pub async fn all_read(home: &Home) {
    within(PATIENCE, "every event is processed", async || {
        let listed = home.json(&["events", "list", "--limit", "1000"]);
        let all = listed.as_array().unwrap().iter().all(|event| event["status"] == "processed");
        all.then_some(())
    })
    .await;
}

/// Waits until no job runs or is due.
pub async fn all_done(home: &Home) {
    within(PATIENCE, "every job is done", async || {
        let listed = home.json(&["jobs", "list", "--state", "ready", "--state", "running", "--limit", "1000"]);
        #[expect(clippy::disallowed_methods, reason = "compared with the clock of a server that runs by the machine's")]
        let now = jiff::Timestamp::now();
        let waits = |job: &Value| {
            let due: jiff::Timestamp = job["run_at"].as_str().unwrap().parse().unwrap();
            job["state"] == "ready" && due > now
        };
        listed.as_array().unwrap().iter().all(waits).then_some(())
    })
    .await;
}

/// A port that is this process's until it ends; for what must come back on the same one. It is below those that systems give
/// away by themselves, and a locked file keeps it from other tests.
pub fn free_port() -> u16 {
    static CLAIMED: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let mut claimed = CLAIMED.lock().unwrap();
    for port in 21_000..32_000 {
        let path = std::env::temp_dir().join(format!("switchboard-port-{port}.lock"));
        // An error means that it is somebody else's.
        let Ok(file) = File::options().create(true).append(true).open(path) else { continue };
        if file.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            claimed.push(file);
            return port;
        }
    }
    panic!("every port from 21000 on is taken");
}

/// A path beside this crate.
pub fn beside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

//! The guide `dialpad-cti.md`, run from its own text: its environment list starts the server, its `curl` lines are run by
//! a shell in their order, its SQL by `psql`. Only host names, ids, keys and `<PLACEHOLDERS>` are filled in.

use std::{collections::BTreeMap, process::Command};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use switchboard_sandbox::{
    DialpadConfig, RunningSandbox, Sandbox, SandboxConfig,
    dialpad::{Direction, PlayCall, PlayMessage, Scenario},
};
use switchboard_store::DbOptions;
use switchboard_testkit::{Engine, TestDb};

use crate::support::{Home, PATIENCE, beside, free_port, within};

const GUIDE: &str = include_str!("../fixtures/dialpad-cti.md");
const API_KEY: &str = "sandbox-api-key-of-the-guide";
const WEBHOOK_SECRET: &str = "5f0d4bb9a8c14d7c9d4a3f5e0b1c2d3e";
const INTERNAL_SECRET: &str = "an-internal-secret-of-more-than-32-characters";

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    language: String,
    text: String,
}

/// The fenced blocks, in order, without the indentation that lists give them.
fn blocks(guide: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(usize, Block)> = None;
    for line in guide.lines() {
        let indent = line.len() - line.trim_start().len();
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(language)) => {
                open = Some((indent, Block { language: language.trim().to_owned(), text: String::new() }));
            }
            (Some(_), Some(_)) => found.extend(open.take().map(|(_, block)| block)),
            (Some((indent, block)), None) => {
                block.text.push_str(line.get(*indent..).unwrap_or(line.trim_start()));
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// The commands of a shell block: continued lines joined, comments left out.
fn commands(block: &str) -> Vec<String> {
    let joined = block.replace("\\\n", " ");
    let mut commands: Vec<String> = Vec::new();
    for line in joined.lines() {
        let open_quotes = commands.last().is_some_and(|command| command.matches('\'').count() % 2 == 1);
        match commands.last_mut() {
            Some(command) if open_quotes => {
                command.push('\n');
                command.push_str(line);
            }
            _ if line.trim().is_empty() || line.trim_start().starts_with('#') => {}
            _ => commands.push(line.trim().to_owned()),
        }
    }
    commands
}

/// The server of the guide's environment list, its database and its Dialpad.
struct World {
    home: Home,
    server: crate::support::Server,
    sandbox: RunningSandbox,
    database: TestDb,
    /// What is filled in.
    known: BTreeMap<&'static str, String>,
}

impl World {
    async fn new() -> Self {
        let database = TestDb::new(Engine::Postgres).await;
        let DbOptions::Postgres { url, .. } = database.options() else { unreachable!("it was asked for") };
        let dialpad = DialpadConfig { api_keys: vec![API_KEY.to_owned()], limits: false, ..DialpadConfig::default() };
        let sandbox = Sandbox::start(SandboxConfig { dialpad, ..SandboxConfig::default() }).await.unwrap();
        let port = free_port();
        let here = format!("http://127.0.0.1:{port}");
        let mut known = BTreeMap::from([
            ("http://localhost:4000", here.clone()),
            ("https://your-render-domain.onrender.com", here),
            ("https://dialpad.com", sandbox.url()),
            ("<INTERNAL_API_SECRET>", INTERNAL_SECRET.to_owned()),
            ("<generate-a-long-random-secret>", INTERNAL_SECRET.to_owned()),
            ("<DIALPAD_WEBHOOK_SECRET>", WEBHOOK_SECRET.to_owned()),
            ("<your-webhook-secret>", WEBHOOK_SECRET.to_owned()),
            ("<DIALPAD_API_KEY>", API_KEY.to_owned()),
            ("<your-dialpad-api-key>", API_KEY.to_owned()),
            ("<your-postgres-connection-string>", url.clone()),
            ("<valid-jwt-token>", token()),
        ]);
        let home = Home::new().set("PORT", port.to_string()).set("DIALPAD_API_URL", sandbox.url());
        let home = environment(home, &known);
        let server = home.serve(&[]);
        known.insert("$DATABASE_URL", url.clone());
        Self { home, server, sandbox, database, known }
    }

    fn fill(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    }

    /// Runs a `curl` line of the guide; status and answer.
    fn curl(&self, line: &str) -> (u16, Value) {
        let line = self.fill(line).replacen("curl ", "curl -sS -w '\\n%{http_code}' ", 1);
        assert!(!line.contains(['<', '>']) && !line.contains("YOUR_"), "a placeholder is left in {line}");
        let out = self.shell(&line);
        let (body, status) = out.trim_end().rsplit_once('\n').unwrap_or(("", out.trim()));
        (status.parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::String(body.to_owned())))
    }

    fn shell(&self, line: &str) -> String {
        let output = Command::new("sh").arg("-c").arg(line).envs(self.home.env.iter().cloned()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}\n{errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Rows of a query, by psql, without headings.
    fn psql(&self, query: &str) -> Vec<String> {
        let output = Command::new("psql")
            .args(["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", &self.fill(query), &self.known["$DATABASE_URL"]])
            .output()
            .unwrap();
        assert!(output.status.success(), "{query}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

/// The guide's list of environment variables, filled in.
fn environment(home: Home, known: &BTreeMap<&'static str, String>) -> Home {
    let listed = blocks(GUIDE).into_iter().find(|block| block.text.starts_with("NODE_ENV=")).unwrap();
    let mut set = home;
    for line in listed.text.lines() {
        let (name, value) = line.split_once('=').unwrap();
        let value = known.get(value).cloned().unwrap_or_else(|| value.to_owned());
        assert!(!value.contains('<'), "{line} is not filled in");
        set = set.set(name, value);
    }
    set
}

/// What Dialpad would send about a call.
fn token() -> String {
    let event = json!({
        "call_id": 6_011_111_111_111_111_i64, "state": "hangup", "direction": "inbound", "event_timestamp": 1_790_000_060_000_i64,
        "date_started": 1_790_000_000_000_i64, "date_rang": 1_790_000_001_000_i64, "date_connected": 1_790_000_005_000_i64,
        "date_ended": 1_790_000_060_000_i64, "external_number": "+14155550155", "internal_number": "+14155550101",
        "contact": {"id": 1, "type": "local", "name": "Jo", "phone": "+14155550155", "email": ""},
        "target": {"id": 2, "type": "user", "name": "Alex", "phone": "+14155550101", "email": "a@example.com"},
        "duration": 55_000.0, "total_duration": 60_000.0
    });
    let key = EncodingKey::from_secret(WEBHOOK_SECRET.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &event, &key).unwrap()
}

/// Every key that the guide shows is there, with a value of the same kind. Sentences begin as they do there, and may go
/// on; what is neither a sentence nor an example is the same.
fn assert_like(shown: &Value, answered: &Value) {
    let Value::Object(keys) = shown else { panic!("{shown} is no object") };
    for (key, example) in keys {
        let value = answered.get(key).unwrap_or_else(|| panic!("no `{key}` in {answered}"));
        let kind = |value: &Value| std::mem::discriminant(value);
        assert_eq!(kind(example), kind(value), "`{key}`: {example} became {value}");
        match (key.as_str(), example.as_str()) {
            ("message" | "next_step", Some(sentence)) => {
                assert!(value.as_str().is_some_and(|said| said.starts_with(sentence)), "`{key}`: {value}");
            }
            ("success" | "status", _) => assert_eq!(example, value, "`{key}`"),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_works_as_written() {
    let mut world = World::new().await;
    let blocks = blocks(GUIDE);
    let mut ran = 0;
    for (at, block) in blocks.iter().enumerate() {
        if block.language == "sql" {
            if block.text.contains("FROM calls") {
                make_a_test_call(&world).await;
            }
            assert_rows(&world, &block.text);
            ran += 1;
        }
        if block.language != "bash" {
            continue;
        }
        for command in commands(&block.text) {
            if command.starts_with("curl ") {
                let (status, answer) = world.curl(&command);
                assert!((200..300).contains(&status), "{command}: {status} {answer}");
                if let Some(shown) = blocks.get(at + 1).filter(|next| next.language == "json") {
                    assert_like(&serde_json::from_str(&shown.text).unwrap(), &answer);
                }
                learn(&mut world, &answer);
                ran += 1;
            } else if command.starts_with("psql") && command.contains(" -c ") || command.starts_with("echo ") {
                assert!(!world.shell(&command).trim().is_empty(), "{command}");
                ran += 1;
            }
        }
    }
    // 6 fenced curl lines, 4 queries, echo, psql -c.
    assert_eq!(ran, 12, "a block of the guide was not run");
    the_checklist(&world);
    the_quick_reference(&world).await;
    // A worker's housekeeping and the demo of the guide leave nothing behind that a rebuild would see otherwise.
    assert_eq!(world.home.call(&["events", "rebuild", "--check"]).code, 0);
    drop(world.server);
    world.sandbox.shutdown().await;
    world.database.remove().await;
}

/// What the guide says to save is put in where it is used later.
fn learn(world: &mut World, answer: &Value) {
    if let Some(id) = answer["app_id"].as_str() {
        world.known.insert("YOUR_APP_ID", id.to_owned());
        world.known.insert(":app_id", id.to_owned());
    }
    if let Some(key) = answer["api_key"].as_str() {
        assert!(key.starts_with("raw_") && key.len() == 68, "the guide: raw_, 64+ characters");
        world.known.insert("YOUR_API_KEY", key.to_owned());
        world.known.insert("<api_key>", key.to_owned());
    }
    if let Some(id) = answer["webhook_id"].as_i64() {
        world.known.insert("12345678", id.to_string());
    }
}

/// "Make a test call in Dialpad."
async fn make_a_test_call(world: &World) {
    let control = world.sandbox.dialpad();
    let call = PlayCall { key: API_KEY.to_owned(), ..PlayCall::new(Scenario::Answered) };
    let voicemail = PlayCall { scenario: Scenario::Voicemail, ..call.clone() };
    let text = PlayMessage { key: API_KEY.to_owned(), ..PlayMessage::new(Direction::Inbound, "hello") };
    for played in [
        control.play(&call).await.unwrap(),
        control.play(&voicemail).await.unwrap(),
        control.send_message(&text).await.unwrap(),
    ] {
        assert!(!played.deliveries.is_empty(), "nothing was subscribed to");
    }
    let (url, key) = (&world.server, world.known["YOUR_API_KEY"].clone());
    within(PATIENCE, "the calls are there", async || {
        let calls = url.records("calls", &key).await.len();
        let messages = url.records("messages", &key).await.len();
        let voicemails = url.records("voicemails", &key).await.len();
        ((calls, messages, voicemails) == (2, 1, 1)).then_some(())
    })
    .await;
}

fn assert_rows(world: &World, query: &str) {
    let rows = world.psql(query);
    assert_eq!(rows.len(), 1, "{query}: {rows:?}");
    if query.contains("is_active") {
        assert_eq!(rows[0], "t");
    }
    if query.contains("dialpad_webhooks") {
        assert!(!rows[0].contains(WEBHOOK_SECRET), "secrets read ***: {}", rows[0]);
    }
}

/// The commands between backticks, with what "should return" beside them.
fn the_checklist(world: &World) {
    let health = GUIDE.split('`').find(|text| text.starts_with("curl ") && !text.contains('\n')).unwrap();
    let (status, answer) = world.curl(health);
    let shown = GUIDE.split('`').find(|text| text.starts_with("{\"status\"")).unwrap();
    assert_eq!(status, 200);
    assert_like(&serde_json::from_str(shown).unwrap(), &answer);
}

/// Part 6: method, path, headers, body, and the keys that come back.
async fn the_quick_reference(world: &World) {
    let mut asked = 0;
    for block in blocks(GUIDE).iter().filter(|block| block.text.contains("\nReturns:")) {
        let line = |name: &str| block.text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let (method, path) = block.text.lines().next().unwrap().split_once(' ').unwrap();
        let (header, value) = line("Headers:").unwrap().split_once(": ").unwrap();
        let (path, value) = (world.fill(path), world.fill(value));
        let headers = [(header, value.as_str())];
        let (status, answer) = if method == "GET" {
            world.server.get(&path, &headers).await
        } else {
            // Keys with a question mark may be left out.
            let body = line("Body:").and_then(|body| serde_json::from_str(body).ok()).unwrap_or_else(|| json!({}));
            world.server.post(&path, &headers, &body).await
        };
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        for key in line("Returns:").unwrap().trim_matches(['{', '}', ' ']).split(',').map(str::trim) {
            let (name, is_list) = key.strip_suffix("[]").map_or((key, false), |name| (name, true));
            let value = answer.get(name).unwrap_or_else(|| panic!("no `{name}` in {answer}"));
            assert!(!value.is_null() && value.is_array() == is_list, "`{name}` is {value}");
            assert!(!is_list || !value.as_array().unwrap().is_empty(), "`{name}` is empty");
        }
        asked += 1;
    }
    assert_eq!(asked, 7, "a block of the quick reference was not asked");
}

/// What can neither run nor needs to here has its line in the docs as well.
#[test]
fn every_command_of_the_guide_has_its_line_in_the_docs() {
    let doc = std::fs::read_to_string(beside("../../docs/from-your-guide.md")).unwrap();
    let missing: Vec<String> = blocks(GUIDE).iter().flat_map(landmarks).filter(|words| !doc.contains(words)).collect();
    assert_eq!(missing, Vec::<String>::new(), "not in docs/from-your-guide.md");
}

/// What a reader would search the docs for, for each thing that a block says to do.
fn landmarks(block: &Block) -> Vec<String> {
    let words = |line: &str, count: usize| line.split_whitespace().take(count).collect::<Vec<_>>().join(" ");
    match block.language.as_str() {
        "bash" => {
            let each = |command: String| match command.split_whitespace().next().unwrap_or_default() {
                // The path says which.
                "curl" => command
                    .split([' ', '\'', '"', '?'])
                    .find_map(|word| word.strip_prefix("http").and_then(|rest| rest.splitn(4, '/').nth(3)))
                    .map(|path| format!("/{}", path.trim_end()))
                    .unwrap_or(command.clone()),
                "psql" if command.contains('<') => command.split('<').nth(1).unwrap_or_default().trim().to_owned(),
                _ => words(&command, 2),
            };
            commands(&block.text).into_iter().map(each).collect()
        }
        "sql" => block.text.split("FROM ").skip(1).map(|rest| format!("FROM {}", words(rest, 1))).collect(),
        "" if block.text.starts_with("NODE_ENV=") => {
            block.text.lines().filter_map(|line| Some(line.split_once('=')?.0.to_owned())).collect()
        }
        "" => vec![words(block.text.split(['?', '\n']).next().unwrap_or_default(), 2)],
        _ => Vec::new(),
    }
}

#[test]
fn blocks_and_commands_are_found() {
    let guide = "a\n   ```bash\n   # what\n   git init\n   curl x \\\n     -d '{\n       \"a\": 1\n     }'\n   ```\n```json\n{}\n```\n";
    let found = blocks(guide);
    assert_eq!(found.len(), 2);
    assert_eq!(commands(&found[0].text), ["git init", "curl x    -d '{\n    \"a\": 1\n  }'"]);
    assert_eq!(blocks(GUIDE).len(), 26);
}

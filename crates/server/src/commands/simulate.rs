//! `switchboard simulate`: has the sandbox of a running `serve --sandbox` play a call or a text, the way Dialpad would
//! send it, trouble included.

mod cdr;
mod records;

use std::{path::Path, time::Duration};

use clap::ValueEnum;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use switchboard_providers::{Http, OutboundError, outbound::Limits};
use url::Url;

use super::{CommandError, Context, Exit, session, words};
use crate::{output::Output, sandbox::Demo, wiring::WiringError};

/// A call at a leisurely pace, with its retries.
const LONGEST: Duration = Duration::from_mins(15);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Play a call.
    Call {
        /// What happens in it.
        #[arg(value_enum, default_value_t = Scenario::Answered)]
        scenario: Scenario,
        /// What the caller says to the machine, with the scenario `voicemail`.
        #[arg(long, value_name = "WORDS")]
        voicemail_text: Option<String>,
        #[command(flatten)]
        options: Options,
    },
    /// Play a text message.
    Sms {
        /// What it says.
        #[arg(default_value = "Hello from the sandbox")]
        text: String,
        /// Who sends it.
        #[arg(long, value_enum, default_value_t = Direction::Inbound)]
        direction: Direction,
        #[command(flatten)]
        options: Options,
    },
    /// Fill a workspace with a made-up past: calls, voicemails and texts of some days, as a busy shop has them.
    Demo(Past),
    /// Have a telephone system write down calls and report their records.
    Cdr(cdr::Args),
    /// Write a made-up year of call records into a file, to be taken in with `import cdr`.
    Records(records::Args),
}

/// A past to be filled in.
#[derive(Debug, clap::Args)]
pub struct Past {
    /// How many days it goes back.
    #[arg(long, default_value_t = 14, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60))]
    days: u32,
    /// How many calls there were; texts come on top.
    #[arg(long, default_value_t = 600, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2_000))]
    calls: u32,
    /// Another number tells another story, the same one the same.
    #[arg(long, default_value_t = 2, value_name = "N")]
    seed: u64,
    /// Where the working hours are.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    time_zone: String,
    /// The Dialpad API key whose company it is; that of the demo by default.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Where the sandbox is; known from the last `serve --sandbox` by default.
    #[arg(long, value_name = "URL")]
    sandbox_url: Option<Url>,
}

/// What calls and texts have in common.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The number that calls or writes; the sandbox chooses one by itself.
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// The number that is called or written to.
    #[arg(long, value_name = "NUMBER")]
    to: Option<String>,
    /// Send every event this many further times.
    #[arg(long, default_value_t = 0, value_name = "N")]
    duplicates: u32,
    /// Send the events in a random order.
    #[arg(long)]
    shuffle: bool,
    /// Play so many at once.
    #[arg(long, default_value_t = 1, value_name = "N")]
    burst: u32,
    /// Milliseconds from one event to the next, as in life; 0 plays what has just ended.
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pace: u64,
    /// The Dialpad API key whose company it happens in; that of the demo by default.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Where the sandbox is; known from the last `serve --sandbox` by default.
    #[arg(long, value_name = "URL")]
    sandbox_url: Option<Url>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    Answered,
    Missed,
    Voicemail,
    /// The caller hangs up during the greeting.
    AbandonedGreeting,
    Outbound,
    Transfer,
    Queue,
    /// Answered, with a hold and a recording.
    Recorded,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
}

/// What the sandbox says it played.
#[derive(Serialize)]
struct Played {
    ids: Vec<Value>,
    deliveries: usize,
    accepted: usize,
    /// What a delivery that was not accepted ended with.
    refused: Vec<String>,
}

pub(super) fn run(command: &Command, context: &Context, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let settings = context.settings()?;
    session::quiet_logs(&settings);
    let demo = Demo::read(&settings.database.data_dir);
    let (what, options, mut body) = match command {
        Command::Records(args) => return records::run(args, output),
        Command::Cdr(args) => return cdr::run(args, demo.as_ref(), settings.sandbox.port, output),
        Command::Demo(past) => return fill_in(past, demo.as_ref(), settings.sandbox.port, output),
        Command::Call { scenario, voicemail_text, options } => {
            ("calls", options, json!({ "scenario": scenario, "voicemail_text": voicemail_text }))
        }
        Command::Sms { text, direction, options } => {
            ("messages", options, json!({ "direction": direction, "text": text }))
        }
    };
    options.fill(&mut body);
    let base = base_of(options.sandbox_url.as_ref(), demo.as_ref(), settings.sandbox.port)?;
    let reply = session::threads()?.block_on(play(&base, &format!("dialpad/{what}?wait=true"), &body))?;
    let played = Played::of(&reply);
    say(&played, what, demo.as_ref(), &settings.database.data_dir, output)?;
    Ok(if played.refused.is_empty() { Exit::Ok } else { Exit::Failure })
}

impl Options {
    fn fill(&self, body: &mut Value) {
        for (name, value) in [("from", &self.from), ("to", &self.to), ("key", &self.key)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        body["pace_ms"] = json!(self.pace);
        body["trouble"] = json!({ "duplicate": self.duplicates, "shuffle": self.shuffle, "burst": self.burst });
    }
}

/// What came of a past.
#[derive(Debug, Serialize, Deserialize)]
struct Lived {
    calls: usize,
    messages: usize,
    deliveries: usize,
    accepted: usize,
}

fn fill_in(past: &Past, demo: Option<&Demo>, port: u16, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let base = base_of(past.sandbox_url.as_ref(), demo, port)?;
    let Past { days, calls, seed, time_zone, key, .. } = past;
    let mut body = json!({ "days": days, "calls": calls, "seed": seed, "time_zone": time_zone });
    if let Some(key) = key {
        body["key"] = json!(key);
    }
    let reply = session::threads()?.block_on(play(&base, "dialpad/history", &body))?;
    let unread = |error: serde_json::Error| CommandError::SandboxRefused(OutboundError::Unreadable(error.to_string()));
    let lived: Lived = serde_json::from_value(reply).map_err(unread)?;
    let Lived { calls, messages, deliveries, accepted } = &lived;
    let text = match deliveries {
        0 => "nobody listens: no webhook is registered at the sandbox for this key".to_owned(),
        _ => format!("{calls} calls and {messages} texts in {days} days: {accepted} of {deliveries} events accepted"),
    };
    output.say(&lived, &text)?;
    Ok(if *accepted == *deliveries && *deliveries > 0 { Exit::Ok } else { Exit::Failure })
}

fn base_of(given: Option<&Url>, demo: Option<&Demo>, port: u16) -> Result<Url, CommandError> {
    if let Some(url) = given {
        return Ok(url.clone());
    }
    let known = demo.and_then(|demo| demo.sandbox_url.clone());
    let text = known.unwrap_or_else(|| format!("http://127.0.0.1:{port}"));
    Url::parse(&text).map_err(|_| CommandError::Usage(format!("{text} is no address; give one with --sandbox-url")))
}

async fn play(base: &Url, what: &str, body: &Value) -> Result<Value, CommandError> {
    let http = Http::new(Limits { read: LONGEST, total: LONGEST, ..Limits::default() }).map_err(WiringError::Client)?;
    let unreachable = |source| CommandError::NoSandbox { url: base.to_string(), source };
    let url = base
        .join(&format!("/_sandbox/{what}"))
        .map_err(|error| unreachable(OutboundError::BadUrl(error.to_string())))?;
    let reply = http.send(http.request(Method::POST, url).json(body)).await;
    match reply {
        Ok(reply) => reply.json().map_err(CommandError::SandboxRefused),
        Err(error @ OutboundError::Refused { .. }) => Err(CommandError::SandboxRefused(error)),
        Err(error) => Err(unreachable(error)),
    }
}

impl Played {
    fn of(reply: &Value) -> Self {
        let list = |name: &str| reply[name].as_array().cloned().unwrap_or_default();
        let deliveries = list("deliveries");
        let outcome = |delivery: &Value| delivery["outcome"].as_str().unwrap_or("unknown").to_owned();
        let refused: Vec<String> = deliveries
            .iter()
            .filter(|delivery| outcome(delivery) != "delivered")
            .map(|delivery| format!("{} {}", delivery["label"].as_str().unwrap_or("event"), outcome(delivery)))
            .collect();
        Self { ids: list("ids"), deliveries: deliveries.len(), accepted: deliveries.len() - refused.len(), refused }
    }
}

fn say(
    played: &Played,
    what: &str,
    demo: Option<&Demo>,
    data_dir: &Path,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let text = match played.deliveries {
        0 => "played, and nobody listens: no webhook is registered at the sandbox for this key".to_owned(),
        all => {
            format!("played: {} of {} accepted", played.accepted, words::count(all, "delivery").replace("ys", "ies"))
        }
    };
    output.say(played, &text)?;
    if let Some(demo) = demo.filter(|_| played.deliveries > 0) {
        let file = Demo::path(data_dir);
        output.remark(&format!(
            "look at it: curl -H \"x-app-api-key: $(jq -r .api_key {})\" {}/api/{what}",
            file.display(),
            demo.url
        ))?;
        output.remark("       or: switchboard events list")?;
    }
    for refused in &played.refused {
        output.remark(&format!("not accepted: {refused}"))?;
    }
    Ok(())
}

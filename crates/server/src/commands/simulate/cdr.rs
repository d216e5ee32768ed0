//! `switchboard simulate cdr`: has the sandbox's telephone system write down calls and report them, as a device does
//! after each.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::json;
use switchboard_providers::OutboundError;
use url::Url;

use super::{CommandError, Exit, base_of, play, session, words};
use crate::{output::Output, sandbox::Demo};

/// The API user whose telephone system it is, where no demo is known.
const USER: &str = "sandbox-ucm";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What happens in the call.
    #[arg(value_enum, default_value_t = Scenario::Recorded)]
    scenario: Scenario,
    /// The number outside, with its country: 13125550142. The sandbox chooses one by itself.
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// So many such calls, one after another: 10000 is what a device keeps during an outage.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// Report each record this many further times.
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10))]
    duplicates: u32,
    /// Report the records in a random order.
    #[arg(long)]
    shuffle: bool,
    /// Record customer and agent on a side each.
    #[arg(long)]
    stereo: bool,
    /// Only write the calls down, to be found by a catch-up.
    #[arg(long)]
    unreported: bool,
    /// Milliseconds from one record to the next.
    #[arg(long, default_value_t = 0, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pace: u64,
    /// The API user whose telephone system it happens at; that of the demo by default.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Where the sandbox is; known from the last `serve --sandbox` by default.
    #[arg(long, value_name = "URL")]
    sandbox_url: Option<Url>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Scenario {
    Answered,
    /// Answered and recorded.
    Recorded,
    Missed,
    Voicemail,
    Outbound,
    Busy,
    Congestion,
    Internal,
    /// Announced to a colleague, then handed over.
    Transfer,
    /// Menu, queue, one agent who does not answer, one who does.
    Queue,
    QueueAbandoned,
    RingGroup,
}

/// How reporting stands since the sandbox began.
#[derive(Debug, Serialize, Deserialize)]
struct Reported {
    waiting: usize,
    sent: u64,
    accepted: u64,
    lost: u64,
    last_status: Option<u16>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Played {
    sessions: Vec<String>,
    legs: usize,
    reported: Reported,
}

pub fn run(args: &Args, demo: Option<&Demo>, port: u16, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let base = base_of(args.sandbox_url.as_ref(), demo, port)?;
    let known = demo.and_then(|demo| demo.telephone_user.clone());
    let user = args.user.clone().or(known).unwrap_or_else(|| USER.to_owned());
    let body = json!({
        "user": user, "scenario": args.scenario, "from": args.from, "count": args.count, "duplicates": args.duplicates,
        "shuffle": args.shuffle, "stereo": args.stereo, "unreported": args.unreported, "pace_ms": args.pace,
    });
    let reply = session::threads()?.block_on(play(&base, "clouducm/calls?wait=true", &body))?;
    let unread = |error: serde_json::Error| CommandError::SandboxRefused(OutboundError::Unreadable(error.to_string()));
    let played: Played = serde_json::from_value(reply).map_err(unread)?;
    let legs = words::count(played.legs, "record");
    let calls = words::count(played.sessions.len(), "call");
    let Reported { sent, accepted, last_status, .. } = &played.reported;
    let text = match (args.unreported, sent) {
        (true, _) => format!("{calls} written down in {legs}; a catch-up of the connection finds them"),
        (false, 0) => {
            format!("{calls} written down in {legs}, and nobody is told: no connection has this telephone system")
        }
        (false, _) => format!("{calls} in {legs}; reported since the start: {accepted} of {sent} accepted"),
    };
    output.say(&played, &text)?;
    let is_refused = !args.unreported && !last_status.is_some_and(|status| (200..300).contains(&status));
    Ok(if is_refused { Exit::Failure } else { Exit::Ok })
}

//! The providers' stand-ins.

use std::time::Duration;

use super::{
    bind,
    bind::BindSettings,
    catalogue::{SANDBOX_PACE, SANDBOX_PORT},
    fault::Wrong,
    reader::Reader,
};

#[derive(Debug, Clone, Copy)]
pub struct SandboxSettings {
    /// `SANDBOX_PORT`, default 4001, or the next one that the server itself does not take. On loopback only.
    pub port: u16,
    /// `SANDBOX_PACE`, default 2500 ms: from one event to the next of a call that is watched.
    pub pace: Duration,
}

impl SandboxSettings {
    pub(super) fn read(reader: &mut Reader<'_>, bind: &BindSettings) -> Option<Self> {
        let pace = reader.parse(&SANDBOX_PACE, pace);
        let taken = |port: u16| port != 0 && (port == bind.port || Some(port) == bind.websocket_port);
        let mut port = reader.parse(&SANDBOX_PORT, bind::port)?;
        if taken(port) && reader.is_set(&SANDBOX_PORT) {
            reader
                .fault(&SANDBOX_PORT, Wrong::new("it is a port of the server itself", "use another one, such as 4001"));
        } else if taken(port) {
            port = (1..=2).map(|step| port + step).find(|&next| !taken(next))?;
            reader.made(&SANDBOX_PORT, &port.to_string(), "PORT, which takes 4001");
        }
        Some(Self { port, pace: pace? })
    }
}

fn pace(text: &str) -> Result<Duration, Wrong> {
    const MOST: u64 = 60_000;
    let milliseconds = text.parse().ok().filter(|milliseconds| (1..=MOST).contains(milliseconds));
    let wrong = || Wrong::value(text, "a number of milliseconds", format!("use a whole number from 1 to {MOST}"));
    milliseconds.map(Duration::from_millis).ok_or_else(wrong)
}

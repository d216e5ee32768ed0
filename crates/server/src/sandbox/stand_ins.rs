//! The stand-ins as the rest of the product knows them.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use switchboard_app::sandbox::{Act, Scenario, Speed, StandIns};
use switchboard_sandbox::{
    RunningSandbox,
    dialpad::{self, DialpadControl, Direction, PlayCall, PlayHistory, PlayMessage},
};

use super::{SANDBOX_KEY, SEED};

/// From one event to the next of a call that is watched: long enough to see it ring.
const PACE_MS: u64 = 2_500;

/// A handle on stand-ins that reach this server at `reach`. It outlives them: then nothing it begins arrives.
pub fn stand_ins(sandbox: &RunningSandbox, reach: &str) -> Arc<dyn StandIns> {
    Arc::new(Here { dialpad: sandbox.dialpad(), reach: reach.to_owned() })
}

struct Here {
    dialpad: DialpadControl,
    reach: String,
}

impl StandIns for Here {
    fn reach(&self) -> &str {
        &self.reach
    }

    fn is_theirs(&self, key: &SecretString) -> bool {
        key.expose_secret().starts_with(SANDBOX_KEY) && self.dialpad.accepts(key.expose_secret())
    }

    fn key(&self, ending: &str) -> SecretString {
        SecretString::from(format!("{SANDBOX_KEY}-{ending}"))
    }

    fn act(&self, key: &SecretString, time_zone: &str, act: Act) -> Result<Vec<String>, String> {
        let key = key.expose_secret().to_owned();
        let begun = match act {
            Act::Call { scenario, from, speed } => {
                let pace_ms = if speed == Speed::Live { PACE_MS } else { 0 };
                self.dialpad.begin(&PlayCall { key, from, pace_ms, ..PlayCall::new(of(scenario)) })
            }
            Act::Message { text, from } => {
                self.dialpad.begin_message(&PlayMessage { key, from, ..PlayMessage::new(Direction::Inbound, text) })
            }
            Act::History { days, calls } => {
                let history = PlayHistory { key, days, calls, seed: SEED, time_zone: time_zone.to_owned() };
                self.dialpad.begin_history(&history).map(|()| Vec::new())
            }
        };
        begun.map(|ids| ids.iter().map(ToString::to_string).collect()).map_err(|error| error.to_string())
    }
}

const fn of(scenario: Scenario) -> dialpad::Scenario {
    match scenario {
        Scenario::Answered => dialpad::Scenario::Answered,
        Scenario::Missed => dialpad::Scenario::Missed,
        Scenario::Voicemail => dialpad::Scenario::Voicemail,
        Scenario::Recorded => dialpad::Scenario::Recorded,
        Scenario::Queue => dialpad::Scenario::Queue,
        Scenario::Transfer => dialpad::Scenario::Transfer,
        Scenario::Outbound => dialpad::Scenario::Outbound,
        Scenario::AbandonedGreeting => dialpad::Scenario::AbandonedGreeting,
    }
}

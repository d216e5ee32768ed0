//! The stand-ins as the rest of the product knows them.

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use switchboard_app::sandbox::{Act, ReportTo, Scenario, Speed, StandIns, Telephones};
use switchboard_sandbox::{
    RunningSandbox, UcmControl,
    clouducm::{PlayUcm, Reporting, UcmHistory, UcmScenario},
    dialpad::{self, DialpadControl, Direction, PlayCall, PlayHistory, PlayMessage},
};

use super::{SANDBOX_KEY, SANDBOX_USER, SEED};

/// A handle on stand-ins that reach this server at `reach`, and play live at this pace. It outlives them: then nothing it
/// begins arrives.
pub fn stand_ins(sandbox: &RunningSandbox, reach: &str, pace: Duration) -> Arc<dyn StandIns> {
    Arc::new(Here { dialpad: sandbox.dialpad(), telephones: sandbox.clouducm(), reach: reach.to_owned(), pace })
}

struct Here {
    dialpad: DialpadControl,
    telephones: UcmControl,
    reach: String,
    /// From one event to the next of a call that is watched: long enough to see it ring.
    pace: Duration,
}

impl Here {
    /// What the stand-ins call it.
    fn pace_ms(&self, speed: Speed) -> u64 {
        let pace = if speed == Speed::Live { self.pace } else { Duration::ZERO };
        u64::try_from(pace.as_millis()).unwrap_or(u64::MAX)
    }
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
                let pace_ms = self.pace_ms(speed);
                let scenario = of(scenario).ok_or("this is played at a telephone system only")?;
                self.dialpad.begin(&PlayCall { key, from, pace_ms, ..PlayCall::new(scenario) })
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

    fn telephones(&self, ending: &str) -> Telephones {
        Telephones {
            host: "127.0.0.1".to_owned(),
            port: self.telephones.port(),
            certificate: self.telephones.certificate().to_owned(),
            user: format!("{SANDBOX_USER}-{ending}"),
            password: SecretString::from(self.telephones.password()),
        }
    }

    fn are_their_telephones(&self, user: &str) -> bool {
        user.starts_with(SANDBOX_USER) && self.telephones.accepts(user)
    }

    fn report_to(&self, user: &str, to: &ReportTo, time_zone: &str) -> Result<(), String> {
        let password = to.password.expose_secret().to_owned();
        let to = Reporting { url: to.url.clone(), username: to.username.clone(), password };
        let told = self.telephones.set_zone(user, time_zone).and_then(|()| self.telephones.report_to(user, Some(to)));
        told.map_err(|error| error.to_string())
    }

    fn act_at_telephones(&self, user: &str, act: Act) -> Result<Vec<String>, String> {
        let user = user.to_owned();
        match act {
            Act::Call { scenario, from, speed } => {
                let pace_ms = self.pace_ms(speed);
                let scenario = at_telephones(scenario).ok_or("this is played at Dialpad only")?;
                let call = PlayUcm { user, from, pace_ms, ..PlayUcm::new(scenario) };
                self.telephones.begin(&call).map(|played| played.sessions)
            }
            Act::Message { .. } => return Err("a telephone system sends no texts".to_owned()),
            Act::History { days, calls } => {
                let history = UcmHistory { user, days, calls, unreported: false };
                self.telephones.live_through(&history).map(|_| Vec::new())
            }
        }
        .map_err(|error| error.to_string())
    }
}

const fn of(scenario: Scenario) -> Option<dialpad::Scenario> {
    Some(match scenario {
        Scenario::Answered => dialpad::Scenario::Answered,
        Scenario::Missed => dialpad::Scenario::Missed,
        Scenario::Voicemail => dialpad::Scenario::Voicemail,
        Scenario::Recorded => dialpad::Scenario::Recorded,
        Scenario::Queue => dialpad::Scenario::Queue,
        Scenario::Transfer => dialpad::Scenario::Transfer,
        Scenario::Outbound => dialpad::Scenario::Outbound,
        Scenario::AbandonedGreeting => dialpad::Scenario::AbandonedGreeting,
        Scenario::Busy | Scenario::Internal | Scenario::QueueAbandoned | Scenario::RingGroup => return None,
    })
}

const fn at_telephones(scenario: Scenario) -> Option<UcmScenario> {
    Some(match scenario {
        Scenario::Answered => UcmScenario::Answered,
        Scenario::Missed => UcmScenario::Missed,
        Scenario::Voicemail => UcmScenario::Voicemail,
        Scenario::Recorded => UcmScenario::Recorded,
        Scenario::Queue => UcmScenario::Queue,
        Scenario::Transfer => UcmScenario::Transfer,
        Scenario::Outbound => UcmScenario::Outbound,
        Scenario::Busy => UcmScenario::Busy,
        Scenario::Internal => UcmScenario::Internal,
        Scenario::QueueAbandoned => UcmScenario::QueueAbandoned,
        Scenario::RingGroup => UcmScenario::RingGroup,
        Scenario::AbandonedGreeting => return None,
    })
}

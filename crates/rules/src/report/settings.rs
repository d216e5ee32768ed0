//! What a workspace decides about its reports. A change of one counts everything anew.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportSettings)]
pub struct Settings {
    /// An answer within so many seconds is in time, for the service level of queues.
    #[schema(minimum = 1, maximum = 600, default = 20)]
    pub service_level_seconds: i64,
    /// Who gives up sooner than this is not counted as abandoned, nor as offered to the queue.
    #[schema(minimum = 0, maximum = 120, default = 5)]
    pub short_abandon_seconds: i64,
    /// A missed call must be returned within so many hours.
    #[schema(minimum = 1, maximum = 168, default = 24)]
    pub return_hours: i64,
    /// Where the workspace is, two letters of ISO 3166: what is abroad for calls whose own number tells no country.
    #[schema(example = "US")]
    pub home_country: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { service_level_seconds: 20, short_abandon_seconds: 5, return_hours: 24, home_country: None }
    }
}

/// What is wrong with settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingsFault {
    pub field: &'static str,
    pub why: &'static str,
}

impl Settings {
    /// Whether giving up after so long is too soon to count.
    pub fn is_short(&self, wait: Option<i64>) -> bool {
        wait.is_some_and(|wait| wait < self.short_abandon_seconds)
    }

    /// The settings, or what is wrong with them.
    pub fn checked(self) -> Result<Self, SettingsFault> {
        let fault = |field, why| Err(SettingsFault { field, why });
        if !(1..=600).contains(&self.service_level_seconds) {
            return fault("service_level_seconds", "from 1 to 600 seconds");
        }
        if !(0..=120).contains(&self.short_abandon_seconds) {
            return fault("short_abandon_seconds", "from 0 to 120 seconds");
        }
        if !(1..=168).contains(&self.return_hours) {
            return fault("return_hours", "from 1 to 168 hours");
        }
        let is_code = |code: &String| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
        if !self.home_country.as_ref().is_none_or(is_code) {
            return fault("home_country", "two capital letters, such as US");
        }
        Ok(self)
    }
}

//! What reading a record depends on besides its bytes. It is logged with each event, so that a rebuild reads it as it was
//! read, whatever the settings are by then.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard_domain::phone::Region;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// Where the device's clock hangs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What people dial in front of numbers outside; several with commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strip: Option<String>,
    /// The country of numbers that are written without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Context {
    /// What a connection's settings and its workspace's zone come to.
    pub fn of(settings: &Value, time_zone: &str) -> Self {
        let text = |name: &str| {
            settings.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let zone = text("time_zone").or_else(|| Some(time_zone.to_owned()).filter(|zone| zone != "UTC"));
        Self { zone, strip: text("strip_outbound_prefix"), country: text("country") }
    }

    pub fn read(logged: Option<&str>) -> Self {
        logged.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    pub fn region(&self) -> Region {
        self.country.as_deref().and_then(|code| code.to_ascii_uppercase().parse().ok()).unwrap_or(Region::US)
    }

    /// The prefixes, the longest first.
    pub fn prefixes(&self) -> Vec<&str> {
        let all = self.strip.as_deref().unwrap_or_default().split(',').map(str::trim);
        let mut prefixes: Vec<&str> = all.filter(|prefix| !prefix.is_empty()).collect();
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        prefixes
    }
}

//! One row of the records, and how it is written: as JSON in which everything is text, or as CSV.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};

/// A leg. Instants are Unix milliseconds; the device writes them by the clock on its wall.
#[derive(Debug, Clone, Default)]
pub(super) struct Leg {
    pub account: u64,
    pub account_code: String,
    pub src: String,
    pub dst: String,
    pub context: String,
    /// What the caller's display says.
    pub name: String,
    pub channel: String,
    pub dst_channel: String,
    pub app: String,
    pub app_data: String,
    pub start: i64,
    pub answer: Option<i64>,
    pub end: i64,
    pub disposition: &'static str,
    pub unique: String,
    /// Inbound, Outbound or Internal.
    pub kind: &'static str,
    pub channel_ext: String,
    pub dst_channel_ext: String,
    pub recordings: Vec<String>,
    /// Who took it.
    pub answered_by: String,
    pub session: String,
    pub owner: String,
    pub action: String,
    pub src_trunk: &'static str,
    pub dst_trunk: &'static str,
}

impl Leg {
    /// Names and values in the order of the documents.
    fn columns(&self, zone: &TimeZone) -> Vec<(&'static str, String)> {
        let clock = |at: i64| wall(at, zone);
        let seconds = |from: i64, to: i64| ((to - from).max(0) / 1_000).to_string();
        let shown = if self.name.is_empty() { &self.src } else { &self.name };
        // Each name with an @ behind it, the last one as well.
        let mut recordings = self.recordings.join("@");
        if !recordings.is_empty() {
            recordings.push('@');
        }
        vec![
            ("AcctId", if self.account == 0 { String::new() } else { self.account.to_string() }),
            ("accountcode", self.account_code.clone()),
            ("src", self.src.clone()),
            ("dst", self.dst.clone()),
            ("dcontext", self.context.clone()),
            ("clid", format!("\"{shown}\" <{}>", self.src)),
            ("channel", self.channel.clone()),
            ("dstchannel", self.dst_channel.clone()),
            ("lastapp", self.app.clone()),
            ("lastdata", self.app_data.clone()),
            ("start", clock(self.start)),
            ("answer", self.answer.map(clock).unwrap_or_default()),
            ("end", clock(self.end)),
            ("duration", seconds(self.start, self.end)),
            ("billsec", self.answer.map_or_else(|| "0".to_owned(), |answer| seconds(answer, self.end))),
            ("disposition", self.disposition.to_owned()),
            ("amaflags", "DOCUMENTATION".to_owned()),
            ("uniqueid", self.unique.clone()),
            ("userfield", self.kind.to_owned()),
            ("channel_ext", self.channel_ext.clone()),
            ("dstchannel_ext", self.dst_channel_ext.clone()),
            ("service", "s".to_owned()),
            ("caller_name", shown.clone()),
            ("recordfiles", recordings),
            ("dstanswer", self.answered_by.clone()),
            ("chanext", String::new()),
            ("dstchanext", String::new()),
            ("session", self.session.clone()),
            ("action_owner", self.owner.clone()),
            ("action_type", self.action.clone()),
            ("src_trunk_name", self.src_trunk.to_owned()),
            ("dst_trunk_name", self.dst_trunk.to_owned()),
        ]
    }

    /// As the API lists it.
    pub(super) fn listed(&self, zone: &TimeZone) -> Value {
        Value::Object(self.columns(zone).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// As it is pushed: further members that no document names, empty ones left out, slashes escaped.
    pub(super) fn pushed(&self, zone: &TimeZone, serial: &str) -> String {
        let further = [("new_src", self.src.clone()), ("reason", String::new()), ("sn", serial.to_owned())];
        let members: Map<String, Value> = self
            .columns(zone)
            .into_iter()
            .filter(|(name, value)| {
                !value.is_empty() || !matches!(*name, "accountcode" | "recordfiles" | "chanext" | "dstchanext")
            })
            .chain(further)
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        Value::Object(members).to_string().replace('/', "\\/")
    }

    /// A line of CSV, with the line of names on top where it is the first.
    pub(super) fn line(&self, zone: &TimeZone) -> String {
        let quoted = |(_, value): (&str, String)| format!("\"{}\"", value.replace('"', "\"\""));
        self.columns(zone).into_iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
    }

    pub(super) fn header() -> String {
        let names = Self::default().columns(&TimeZone::UTC);
        names.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(",") + "\r\n"
    }
}

/// What the clock on the wall shows.
pub(super) fn wall(at_ms: i64, zone: &TimeZone) -> String {
    match Timestamp::from_millisecond(at_ms) {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_text_and_times_are_those_of_the_wall() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let leg = Leg {
            account: 4101,
            src: "13125550142".to_owned(),
            name: "RIVERA \"ANA\"".to_owned(),
            start: 1_773_153_001_000,
            answer: Some(1_773_153_009_000),
            end: 1_773_153_191_000,
            recordings: vec!["2026-03/a.wav".to_owned()],
            ..Leg::default()
        };
        let pushed = leg.pushed(&zone, "EC74D7A1B2C3");
        assert!(pushed.contains(r#""recordfiles":"2026-03\/a.wav@""#) && !pushed.contains("accountcode"), "{pushed}");
        let read: Value = serde_json::from_str(&pushed).unwrap();
        assert_eq!((&read["start"], &read["billsec"]), (&Value::from("2026-03-10 09:30:01"), &Value::from("182")));
        assert!(read.as_object().unwrap().values().all(Value::is_string));
        assert_eq!(leg.listed(&zone)["sn"], Value::Null);
        assert!(leg.line(&zone).contains("\"\"\"RIVERA \"\"ANA\"\"\"\" <13125550142>\""), "{}", leg.line(&zone));
        assert_eq!(Leg::header().split(',').count(), 32);
    }
}

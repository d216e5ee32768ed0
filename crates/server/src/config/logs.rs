//! What is logged, and in which form.

use tracing_subscriber::EnvFilter;

use super::{
    catalogue::{JSON_LOGS, LOG_LEVEL},
    fault::Wrong,
    public::PublicSettings,
    reader::Reader,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// `LOG_LEVEL`, default info, as a filter of `tracing`.
    pub filter: String,
    /// `JSON_LOGS`: one JSON object per line. Default: in production.
    pub json: bool,
}

impl LogSettings {
    pub(super) fn read(reader: &mut Reader<'_>, public: &PublicSettings) -> Option<Self> {
        let filter = reader.parse(&LOG_LEVEL, filter);
        let json = reader.flag(&JSON_LOGS).unwrap_or_else(|| {
            reader.made(&JSON_LOGS, if public.is_production() { "true" } else { "false" }, "NODE_ENV");
            public.is_production()
        });
        Some(Self { filter: filter?, json })
    }
}

/// The originals' words, or a filter. A word turns up our own crates only: below info, the libraries underneath print
/// what passes through them, and that includes people's messages.
fn filter(text: &str) -> Result<String, Wrong> {
    let level = match text.to_ascii_lowercase().as_str() {
        "off" | "none" | "silent" => return Ok("off".to_owned()),
        "error" | "fatal" => return Ok("error".to_owned()),
        "warn" | "warning" => return Ok("warn".to_owned()),
        "info" => "info",
        "http" | "verbose" | "debug" => "debug",
        "silly" | "trace" => "trace",
        _ => {
            return match EnvFilter::try_new(text) {
                Ok(_) if text.contains(['=', ',']) => Ok(text.to_owned()),
                _ => Err(Wrong::value(
                    text,
                    "a log level",
                    "use error, warn, info, debug or silly, or a filter such as info,switchboard_store=debug",
                )),
            };
        }
    };
    Ok(format!("warn,switchboard={level}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_originals_and_filters_are_read() {
        let cases = [
            ("INFO", "warn,switchboard=info"),
            ("verbose", "warn,switchboard=debug"),
            ("silly", "warn,switchboard=trace"),
            ("warning", "warn"),
            ("off", "off"),
            ("info,switchboard_store=debug", "info,switchboard_store=debug"),
        ];
        for (text, expected) in cases {
            assert_eq!(filter(text).unwrap(), expected, "{text}");
        }
        for text in ["loud", "info,switchboard_store=loud", "switchboard_store"] {
            assert!(filter(text).is_err(), "{text}");
        }
    }
}

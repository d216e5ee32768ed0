//! Logs: one place that decides their form, and the few rules that keep people's words out of them.
//!
//! Logs go to standard error, so that what a command answers on standard output can be piped. On a terminal they are
//! coloured text; `JSON_LOGS`, or production, makes one JSON object of each. `LOG_LEVEL` as a plain word turns up only our
//! own crates, none of which logs bodies, headers or secrets; the libraries below stay at warnings.

use std::{error::Error, fmt, io::IsTerminal as _};

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer as _, Registry,
    filter::ParseError,
    fmt::MakeWriter,
    layer::SubscriberExt as _,
    util::{SubscriberInitExt as _, TryInitError},
};

use crate::config::logs::LogSettings;

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("could not read LOG_LEVEL as a filter")]
    Filter(#[from] ParseError),
    #[error("could not start logging, because something else has started it in this process")]
    Started(#[from] TryInitError),
}

/// Starts logging to standard error for the whole process, panics included.
pub fn init(settings: &LogSettings) -> Result<(), TelemetryError> {
    subscriber(settings, std::io::stderr, std::io::stderr().is_terminal())?.try_init()?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// What turns events into lines on `writer`.
pub fn subscriber<W>(
    settings: &LogSettings,
    writer: W,
    colour: bool,
) -> Result<impl Subscriber + Send + Sync + use<W>, TelemetryError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&settings.filter)?;
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = if settings.json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    } else {
        lines.with_ansi(colour).with_target(true).boxed()
    };
    Ok(Registry::default().with(filter).with(lines))
}

/// A panic is a fault of ours: it belongs in the log like any other, in one line that collectors understand.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or("no message");
    let backtrace = std::backtrace::Backtrace::capture();
    if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
        tracing::error!(location, %backtrace, "a task panicked: {message}");
    } else {
        tracing::error!(location, "a task panicked: {message}");
    }
}

/// An error with all its causes in one line. Our errors never repeat their cause, so this is the only place that says
/// everything, and it is called once per error.
pub fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl fmt::Display + 'a {
    struct Chain<'a>(&'a (dyn Error + 'static));
    impl fmt::Display for Chain<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.0)?;
            let mut cause = self.0.source();
            while let Some(error) = cause {
                write!(f, ": {error}")?;
                cause = error.source();
            }
            Ok(())
        }
    }
    Chain(error)
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, json: bool, events: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let settings = LogSettings { filter: filter.to_owned(), json };
        tracing::subscriber::with_default(subscriber(&settings, move || writer.clone(), false).unwrap(), events);
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_lines_are_objects_with_the_fields_beside_the_message() {
        let text = logged("warn,switchboard=info", true, || {
            tracing::info!(target: "switchboard_http", request_id = "r1", "a request\nwas answered");
        });
        assert_eq!(text.lines().count(), 1);
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["message"], "a request\nwas answered");
        assert_eq!(line["request_id"], "r1");
        assert_eq!(line["level"], "INFO");
    }

    #[test]
    fn a_word_turns_up_our_crates_and_not_the_libraries_below() {
        let text = logged("warn,switchboard=trace", false, || {
            tracing::trace!(target: "switchboard_store::events", "ours");
            tracing::debug!(target: "hyper::proto", "theirs");
            tracing::warn!(target: "sqlx", "a warning of theirs");
        });
        assert!(text.contains("ours") && text.contains("a warning of theirs") && !text.contains("hyper"), "{text}");
        assert!(!text.contains('\u{1b}'), "no colour where nobody sees it");
    }

    #[test]
    fn a_chain_says_every_cause_once() {
        let error = crate::config::keys::KeyError::MakeFolder {
            path: "/nowhere".into(),
            source: io::Error::other("the disk is full"),
        };
        let text = chain(&error).to_string();
        assert!(text.starts_with("could not make the data folder /nowhere") && text.ends_with(": the disk is full"));
        assert_eq!(text.matches("the disk is full").count(), 1);
    }
}

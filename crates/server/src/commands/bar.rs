//! How far a long command is. Drawn on standard error and only where somebody looks at it: a log file or a pipe gets none.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar with a count, a rate and the time that is left.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar that is full at `end`, counting `what`.
    pub(super) fn new(end: u64, what: &'static str) -> Self {
        Self::with(end, &format!("{{wide_bar}} {{pos}} of {{len}} {what}, {{per_sec}}, {{eta}} left"))
    }

    /// A bar over the bytes of a file; [`Bar::say`] adds in words what was done.
    pub(super) fn of_bytes(end: u64) -> Self {
        Self::with(end, "{wide_bar} {bytes} of {total_bytes}, {eta} left  {msg}")
    }

    fn with(end: u64, template: &str) -> Self {
        // A template that does not parse would be a fault of ours; the plain bar does as well.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(end).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(bar)
    }

    pub(super) fn set(&self, position: u64) {
        self.0.set_position(position);
    }

    pub(super) fn say(&self, words: String) {
        self.0.set_message(words);
    }

    /// Takes the bar away; what follows it is the answer.
    pub(super) fn finish(self) {
        self.0.finish_and_clear();
    }
}

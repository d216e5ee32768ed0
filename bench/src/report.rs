//! Medians, and the table that they end up in.

use std::fmt::Write as _;

/// One line of the report.
#[derive(Debug, Clone)]
pub struct Line {
    pub what: String,
    pub measured: String,
    /// The target, as `docs/benchmarks.md` states it; empty where there is none.
    pub target: String,
    /// `None` where nothing was promised.
    pub reached: Option<bool>,
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Report {
    pub machine: String,
    pub command: String,
    pub lines: Vec<Line>,
}

impl Report {
    pub fn add(&mut self, what: &str, measured: String, target: &str, reached: Option<bool>) {
        report_progress(what, &measured);
        self.lines.push(Line { what: what.to_owned(), measured, target: target.to_owned(), reached });
    }

    pub fn markdown(&self) -> String {
        let mut text = format!("Machine: {}\n\nCommand: `{}`\n\n", self.machine, self.command);
        text.push_str("| what | measured | target | reached |\n|---|---|---|---|\n");
        for line in &self.lines {
            let reached = match line.reached {
                None => "",
                Some(true) => "yes",
                Some(false) => "**no**",
            };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {} | {} | {} | {reached} |", line.what, line.measured, line.target);
        }
        text
    }
}

#[expect(clippy::print_stderr, reason = "a run takes minutes; people want to see it move")]
fn report_progress(what: &str, measured: &str) {
    eprintln!("{what}: {measured}");
}

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
pub fn print(text: &str) {
    println!("{text}");
}

/// The `p`th percentile; 0 of nothing. Sorts what it is given.
pub fn percentile(values: &mut [f64], p: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index between 0 and the length")]
    let index = (p / 100.0 * last as f64).round() as usize;
    values.get(index).copied().unwrap_or(0.0)
}

/// The median.
pub fn median(values: &[f64]) -> f64 {
    percentile(&mut values.to_vec(), 50.0)
}

/// Seconds, as people read them.
pub fn time(seconds: f64) -> String {
    if seconds < 0.001 { format!("{:.0} µs", seconds * 1e6) } else { format!("{:.1} ms", seconds * 1e3) }
}

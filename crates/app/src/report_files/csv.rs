//! Tables as CSV: one header line, then the values as programs read them (plain numbers, seconds, shares of 1, times with
//! their offset). A report of several tables has them one after another, each under its title, with an empty line between. So
//! does one of which hours are not counted yet: that stands above all, so that no program takes it for the last word.

use switchboard_rules::report::{Cell, Table};

use super::{show::Show, words};
use crate::csv::{self, Line};

/// What spreadsheets need before a file to take it for UTF-8.
pub const MARK: &str = "\u{feff}";

/// All tables, and how much of them waits to be counted.
pub fn tables(tables: &[Table], show: &Show, uncounted: Option<&str>) -> String {
    let mut text = MARK.to_owned();
    if let Some(much) = uncounted {
        text.push_str(&csv::line(&[words::uncounted(show.language), much]));
        text.push_str("\r\n");
    }
    for (i, table) in tables.iter().enumerate() {
        if tables.len() > 1 {
            text.push_str(if i > 0 { "\r\n" } else { "" });
            text.push_str(&csv::line(&[&table.title]));
        }
        let titles: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
        text.push_str(&csv::line(&titles));
        for row in &table.rows {
            text.push_str(&line(row, |at| show.local(at).map_or_else(String::new, |at| offset_time(&at))));
        }
    }
    text
}

/// One line of values; `moment` writes times.
pub fn line(cells: &[Cell], moment: impl Fn(switchboard_domain::Timestamp) -> String) -> String {
    let mut line = Line::default();
    for cell in cells {
        match cell {
            Cell::Text(text) => line.text(text),
            Cell::Count(number) | Cell::Seconds(number) => line.plain(&number.to_string()),
            Cell::Decimal(number) | Cell::Share(number) if number.is_finite() => line.plain(&rounded(*number)),
            Cell::Empty | Cell::Decimal(_) | Cell::Share(_) => line.text(""),
            Cell::Moment(at) => line.plain(&moment(*at)),
        }
    }
    line.end()
}

fn rounded(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `2026-11-21T10:30:00+01:00`.
fn offset_time(at: &jiff::Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

//! Values as people of a language read them, in the workspace's zone.

use jiff::{Zoned, tz::TimeZone};
use switchboard_domain::{Timestamp, mail::Language};
use switchboard_rules::report::Cell;

/// How values are shown.
#[derive(Debug, Clone)]
pub struct Show {
    pub language: Language,
    pub zone: TimeZone,
}

impl Show {
    /// In the zone of this name; UTC where the database of zones does not know it (any more).
    pub fn new(language: Language, zone: &str) -> Self {
        Self { language, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC) }
    }

    /// A value on paper.
    pub fn text(&self, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => self.whole(*count),
            Cell::Decimal(number) => self.decimal(*number, 2),
            Cell::Share(share) => format!("{} %", self.decimal(share * 100.0, 1)),
            Cell::Seconds(seconds) => length(*seconds),
            Cell::Moment(at) => {
                self.local(*at).map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M").to_string())
            }
        }
    }

    /// What the clock on the wall shows.
    pub fn local(&self, at: Timestamp) -> Option<Zoned> {
        let at = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
        Some(at.to_zoned(self.zone.clone()))
    }

    /// With its thousands apart.
    pub fn whole(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if number < 0 {
            text.push('-');
        }
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push_str(self.language.pick(",", "."));
            }
            text.push(digit);
        }
        text
    }

    fn decimal(&self, number: f64, places: usize) -> String {
        if !number.is_finite() {
            return "–".to_owned();
        }
        let text = format!("{number:.places$}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
        let is_negative = whole.starts_with('-');
        let whole = self.whole(whole.trim_start_matches('-').parse().unwrap_or(i64::MAX));
        format!("{}{whole}{}{fraction}", if is_negative { "-" } else { "" }, self.language.pick(".", ","))
    }
}

/// A length of time: `0:07`, `12:34`, `1:02:03`.
fn length(seconds: i64) -> String {
    let (sign, all) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    let (hours, minutes, seconds) = (all / 3_600, all / 60 % 60, all % 60);
    if hours > 0 { format!("{sign}{hours}:{minutes:02}:{seconds:02}") } else { format!("{sign}{minutes}:{seconds:02}") }
}

/// Whether values of this kind stand under each other by their ends.
pub const fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Count(_) | Cell::Decimal(_) | Cell::Share(_) | Cell::Seconds(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_their_language_writes_them() {
        let english = Show::new(Language::English, "Europe/Madrid");
        let spanish = Show::new(Language::Spanish, "Nowhere/Land");
        let at = Cell::Moment("2026-07-01T10:30:59Z".parse().unwrap());
        for (cell, en, es) in [
            (Cell::Count(-1_234_567), "-1,234,567", "-1.234.567"),
            (Cell::Count(999), "999", "999"),
            (Cell::Decimal(1234.5), "1,234.50", "1.234,50"),
            (Cell::Decimal(-0.25), "-0.25", "-0,25"),
            (Cell::Decimal(f64::NAN), "–", "–"),
            (Cell::Share(0.123), "12.3 %", "12,3 %"),
            (Cell::Seconds(7), "0:07", "0:07"),
            (Cell::Seconds(3_723), "1:02:03", "1:02:03"),
            (at, "2026-07-01 12:30", "2026-07-01 10:30"),
            (Cell::Empty, "", ""),
        ] {
            assert_eq!((english.text(&cell).as_str(), spanish.text(&cell).as_str()), (en, es), "{cell:?}");
        }
    }
}

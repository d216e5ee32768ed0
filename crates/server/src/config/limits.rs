//! How much is taken in before the server says no.

use super::{
    catalogue::{BODY_LIMIT, INTAKE_QUEUE_BYTES, INTAKE_QUEUE_ROWS},
    fault::Wrong,
    reader::Reader,
};

#[derive(Debug, Clone, Copy)]
pub struct LimitSettings {
    /// `BODY_LIMIT`, default 3 MB: largest request body, in bytes. Larger ones get 413.
    pub body_bytes: usize,
    /// `INTAKE_QUEUE_ROWS`, default 4096: events waiting for a commit. 64 cost 43 % of the rate when measured, and 4096
    /// rode out a database that stood still for two seconds.
    pub intake_queue_rows: usize,
    /// `INTAKE_QUEUE_BYTES`, default 64 MB: bytes of them.
    pub intake_queue_bytes: usize,
}

impl LimitSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let body_bytes = reader.parse(&BODY_LIMIT, bytes);
        let intake_queue_rows = reader.parse(&INTAKE_QUEUE_ROWS, rows);
        let intake_queue_bytes = reader.parse(&INTAKE_QUEUE_BYTES, bytes);
        let (body_bytes, intake_queue_bytes) = (body_bytes?, intake_queue_bytes?);
        if intake_queue_bytes < body_bytes {
            let wrong = "it is smaller than BODY_LIMIT, so the largest bodies could never be taken in";
            reader.fault(&INTAKE_QUEUE_BYTES, Wrong::new(wrong, "make it at least as large as BODY_LIMIT"));
        }
        Some(Self { body_bytes, intake_queue_rows: intake_queue_rows?, intake_queue_bytes })
    }
}

fn rows(text: &str) -> Result<usize, Wrong> {
    const MOST: usize = 1_000_000;
    text.parse::<usize>()
        .ok()
        .filter(|rows| (1..=MOST).contains(rows))
        .ok_or_else(|| Wrong::value(text, "a number of events", format!("use a whole number from 1 to {MOST}")))
}

/// `3145728`, `3MB`, `512 KB`. One KB is 1024 bytes.
fn bytes(text: &str) -> Result<usize, Wrong> {
    const LEAST: usize = 1024;
    const MOST: usize = 1024 * 1024 * 1024;
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = match lower[digits.len()..].trim() {
        "" | "b" => Some(1),
        "k" | "kb" | "kib" => Some(1024),
        "m" | "mb" | "mib" => Some(1024 * 1024),
        "g" | "gb" | "gib" => Some(1024 * 1024 * 1024),
        _ => None,
    };
    let size = digits.parse::<usize>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    size.filter(|size| (LEAST..=MOST).contains(size))
        .ok_or_else(|| Wrong::value(text, "a size", "write a number of bytes from 1KB to 1GB, such as 3MB or 3145728"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_unit() {
        for (text, size) in [("3145728", 3_145_728), ("3MB", 3_145_728), ("512 KB", 524_288), ("1GB", 1_073_741_824)] {
            assert_eq!(bytes(text).unwrap(), size, "{text}");
        }
        for text in ["", "MB", "3 parsecs", "-1", "1.5MB", "12", "2GB", "99999999999999999999GB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}

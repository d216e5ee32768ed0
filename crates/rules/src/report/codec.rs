//! How sums are kept: whole numbers in as few bytes as they need (LEB128), one after the other.
//!
//! JSON would take five times the room and twenty times as long to read, and a year of a report is up to some ten thousand
//! of these. What they hold is told by the functions that write them; nobody else reads them, and what an older version
//! wrote is counted anew rather than converted.

/// Writes numbers.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a number; one below 0 counts as 0.
    pub fn put(&mut self, value: i64) -> &mut Self {
        let mut rest = u64::try_from(value).unwrap_or(0);
        loop {
            let low = u8::try_from(rest & 0x7f).unwrap_or(0);
            rest >>= 7;
            if rest == 0 {
                self.0.push(low);
                return self;
            }
            self.0.push(low | 0x80);
        }
    }

    pub fn put_len(&mut self, length: usize) -> &mut Self {
        self.put(i64::try_from(length).unwrap_or(i64::MAX))
    }

    pub fn put_bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads numbers back. `None` wherever the bytes end too early or make no number.
#[derive(Debug)]
pub struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    pub fn take(&mut self) -> Option<i64> {
        let mut value = 0_u64;
        for (i, byte) in self.0.iter().enumerate() {
            let shift = u32::try_from(i).ok()?.checked_mul(7).filter(|shift| *shift < 63)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                self.0 = self.0.get(i + 1..)?;
                return i64::try_from(value).ok();
            }
        }
        None
    }

    /// A length: never more than there are bytes left, so that no list of a broken row fills the memory.
    pub fn take_len(&mut self) -> Option<usize> {
        let length = usize::try_from(self.take()?).ok()?;
        (length <= self.0.len()).then_some(length)
    }

    pub fn take_bytes(&mut self, length: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub const fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_read_back(values in prop::collection::vec(0..i64::MAX, 0..50)) {
            let mut writer = Writer::new();
            for value in &values {
                writer.put(*value);
            }
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            for value in &values {
                prop_assert_eq!(reader.take(), Some(*value));
            }
            prop_assert!(reader.is_done() && reader.take().is_none());
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut reader = Reader::new(&bytes);
            while let Some(value) = reader.take() {
                prop_assert!(value >= 0);
            }
        }
    }
}

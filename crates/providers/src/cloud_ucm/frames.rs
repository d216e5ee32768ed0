//! Records out of a stream: what a telephone system writes into a TCP connection, one record or thousands, with a line break, a
//! NUL or nothing behind each, cut anywhere.

use bytes::Bytes;

use super::csv;

/// Bytes of a record that is not whole yet. Grandstream's own sample reads 2,048; the phones of a large ring group are more.
pub const LONGEST: usize = 256 * 1024;

/// What came and is not whole yet.
#[derive(Debug, Default)]
pub struct Frames {
    held: Vec<u8>,
}

/// More came without an end than any record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a record of more than {LONGEST} bytes has no end")]
pub struct TooLong;

impl Frames {
    /// Takes in what came, and gives the records that are whole now, behind each other as one body.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Bytes>, TooLong> {
        self.held.extend_from_slice(bytes);
        let mut body = Vec::new();
        while let Some(end) = self.end_of_first() {
            let rest = self.held.split_off(end);
            let record = std::mem::replace(&mut self.held, rest);
            append(&mut body, &record);
        }
        if self.held.len() > LONGEST { Err(TooLong) } else { Ok(some(body)) }
    }

    /// What is left when nothing more comes: a row or an element needs no end of its own.
    pub fn finish(&mut self) -> Option<Bytes> {
        let mut body = Vec::new();
        append(&mut body, &std::mem::take(&mut self.held));
        some(body)
    }

    /// Whether what is held would be a record if nothing more came: a pause is an end to a whole row and to nothing else.
    pub fn is_whole_row(&self) -> bool {
        let text = String::from_utf8_lossy(&self.held);
        let text = text.trim();
        !text.starts_with(['{', '[', '<']) && csv::is_one_long_row(text)
    }

    fn end_of_first(&mut self) -> Option<usize> {
        let start = self.held.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0);
        self.held.drain(..start.unwrap_or(self.held.len()));
        match self.held.first()? {
            b'{' | b'[' => end_of_value(&self.held),
            b'<' => self.held.iter().position(|byte| *byte == 0),
            _ => end_of_row(&self.held),
        }
    }
}

fn some(body: Vec<u8>) -> Option<Bytes> {
    if body.trim_ascii().is_empty() { None } else { Some(body.into()) }
}

fn append(body: &mut Vec<u8>, record: &[u8]) {
    let record = record.trim_ascii();
    let end = record.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if end > 0 {
        body.extend_from_slice(&record[..end]);
        body.push(b'\n');
    }
}

/// The end of the JSON value that begins here.
fn end_of_value(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth += 1,
            b'}' | b']' if !is_text => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            // Behind a NUL another record begins, whatever this one was.
            0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn end_of_row(bytes: &[u8]) -> Option<usize> {
    let end = csv::end_of_line(bytes);
    (end < bytes.len()).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "'41','','1','2','c','\"A\" <1>','a','b','Dial','x,60,i','2026-03-10 09:30:01','','','9','0','BUSY','','17.1','','','','','','','','','','17-1','','','',''";

    fn all(stream: &[u8], step: usize) -> usize {
        let mut frames = Frames::default();
        let mut bodies: Vec<Bytes> = stream.chunks(step).filter_map(|part| frames.push(part).unwrap()).collect();
        bodies.extend(frames.finish());
        bodies.iter().map(|body| super::super::items(body).len()).sum()
    }

    #[test]
    fn records_are_found_wherever_the_stream_is_cut() {
        let rows = format!("{ROW}\0{ROW}\n{ROW}");
        let values = "{\"src\":1,\"clid\":\"a } \\\" {\"}\n{\"src\":2}\0[{\"src\":3},{\"src\":4}]{\"src\":5}";
        for step in [1, 7, 100, 10_000] {
            assert_eq!(all(rows.as_bytes(), step), 3, "{step}");
            assert_eq!(all(values.as_bytes(), step), 5, "{step}");
        }
    }

    #[test]
    fn a_pause_ends_a_whole_row_and_no_half_one() {
        let mut frames = Frames::default();
        assert_eq!(frames.push(ROW.as_bytes()), Ok(None));
        assert!(frames.is_whole_row());
        let mut half = Frames::default();
        half.push(&ROW.as_bytes()[..120]).unwrap();
        assert!(!half.is_whole_row());
        assert_eq!(half.push(&vec![b'a'; LONGEST]), Err(TooLong));
    }
}

//! The same for what providers send as JSON. Only the texts of some members are rewritten; every other byte of the body
//! stays as it came, because ids above 2^53 lose digits in a general reader.

use super::{Counts, Said, redact};

/// A text of the body: where its literal stands, quotes included.
struct Literal {
    start: usize,
    end: usize,
    text: String,
}

/// Redacts the texts of the members with these names, wherever they stand, as one conversation in the order of the body.
/// `None` where there is nothing to take out, or where the body is no JSON.
pub fn redact_json(body: &[u8], members: &[&str]) -> Option<(Vec<u8>, Counts)> {
    let json = std::str::from_utf8(body).ok()?;
    if !members.iter().any(|name| json.contains(name)) {
        // Nearly every delivery: looking for a few words takes a tenth of the time of walking through all of it.
        return None;
    }
    let literals = literals(json, members);
    let said: Vec<Said<'_>> = literals.iter().map(|one| Said { speaker: None, text: &one.text }).collect();
    let redacted = redact(&said);
    if redacted.spans.is_empty() {
        return None;
    }
    let (mut written, mut from) = (Vec::with_capacity(body.len()), 0);
    for (literal, line) in literals.iter().zip(&redacted.lines) {
        written.extend_from_slice(&body[from..literal.start]);
        written.extend_from_slice(serde_json::to_string(line).ok()?.as_bytes());
        from = literal.end;
    }
    written.extend_from_slice(&body[from..]);
    Some((written, redacted.counts))
}

/// The texts that belong to one of the members: its value, or an element of the list that is its value.
fn literals(json: &str, members: &[&str]) -> Vec<Literal> {
    let bytes = json.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    // Whether the value that comes next belongs to a wanted member; lists pass it on to their elements.
    let mut wanted = false;
    let mut around = Vec::new();
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = end_of_text(bytes, at);
                if next_sign(bytes, end) == Some(b':') {
                    // Names are written without escapes, by whoever writes them.
                    wanted = json.get(at + 1..end - 1).is_some_and(|name| members.contains(&name));
                } else if wanted {
                    let text = json.get(at..end).and_then(|literal| serde_json::from_str(literal).ok());
                    found.extend(text.map(|text| Literal { start: at, end, text }));
                }
                at = end;
                continue;
            }
            b'[' => around.push(wanted),
            b'{' => {
                around.push(wanted);
                wanted = false;
            }
            b']' | b'}' => wanted = around.pop().unwrap_or(false),
            b',' if !around.is_empty() => wanted = wanted && in_list(bytes, at),
            _ => {}
        }
        at += 1;
    }
    found
}

/// A comma inside a list goes on to the next element; one inside an object ends the member. What follows tells: a name has a
/// colon behind it.
fn in_list(bytes: &[u8], comma: usize) -> bool {
    let Some(next) =
        bytes[comma + 1..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|skip| comma + 1 + skip)
    else {
        return false;
    };
    bytes[next] != b'"' || next_sign(bytes, end_of_text(bytes, next)) != Some(b':')
}

fn next_sign(bytes: &[u8], from: usize) -> Option<u8> {
    bytes.get(from..)?.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// Behind the quote that ends the text which begins at `start`.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

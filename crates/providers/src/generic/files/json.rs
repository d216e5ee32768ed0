//! A JSON file cut into the objects of its list: a list, lines with an object each, or a list that is a member of one object.
//! Never read as a whole.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

use serde_json::{Map, Value};

use super::RowFault;

/// Bytes that one object may have: a call with hundreds of legs.
const MAX_ELEMENT: usize = 1024 * 1024;

/// An object with the line that it begins on, or what is wrong with it.
type Element<'e> = (u64, Result<&'e [u8], RowFault>);

/// The objects of a file, one after another.
pub(super) struct Elements<R> {
    source: R,
    bytes: u64,
    line: u64,
    /// The list is inside an object; what comes before it is passed over.
    is_before_list: bool,
    element: Vec<u8>,
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(source: R, is_wrapped: bool) -> Self {
        Self { source, bytes: 0, line: 1, is_before_list: is_wrapped, element: Vec::new() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next object with the line that it begins on.
    pub(super) fn next_element(&mut self) -> io::Result<Option<Element<'_>>> {
        self.element.clear();
        let mut begins = self.line;
        let mut state = Cut::default();
        let mut is_too_long = false;
        loop {
            let found = self.source.fill_buf()?;
            if found.is_empty() {
                let is_cut_off = state.depth > 0;
                let fault = || RowFault::new("unreadable", "the file ends in the middle of it");
                return Ok(is_cut_off.then(|| (begins, Err(fault()))));
            }
            let mut used = 0;
            let mut is_whole = false;
            for byte in found {
                used += 1;
                if *byte == b'\n' {
                    self.line += 1;
                }
                if self.is_before_list {
                    self.is_before_list = *byte != b'[';
                    continue;
                }
                let was_outside = state.depth == 0;
                is_whole = state.pass(*byte);
                if state.depth > 0 || is_whole {
                    if was_outside {
                        begins = self.line;
                    }
                    if self.element.len() < MAX_ELEMENT {
                        self.element.push(*byte);
                    } else {
                        is_too_long = true;
                    }
                }
                if is_whole {
                    break;
                }
            }
            self.source.consume(used);
            self.bytes += used as u64;
            if is_whole {
                let fault = || RowFault::new("too_long", "the object is larger than 1 MB");
                return Ok(Some((begins, if is_too_long { Err(fault()) } else { Ok(&self.element) })));
            }
        }
    }
}

/// Where in an object the reader is.
#[derive(Default)]
struct Cut {
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl Cut {
    /// Takes the next byte; true when it ends the object.
    fn pass(&mut self, byte: u8) -> bool {
        if self.is_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.is_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'{' => self.depth += 1,
            b'}' if self.depth > 0 => {
                self.depth -= 1;
                return self.depth == 0;
            }
            b'"' if self.depth > 0 => self.is_text = true,
            _ => {}
        }
        false
    }
}

/// The members of an object that mean something, as a row has them.
pub(super) fn cells(
    element: &[u8],
    known: &BTreeMap<String, &'static str>,
) -> Result<(Vec<Option<&'static str>>, Vec<String>), RowFault> {
    let members: Map<String, Value> = serde_json::from_slice(element)
        .map_err(|_| RowFault::new("unreadable", "it is no object of JSON; a comma or a quote may be missing"))?;
    let (mut names, mut cells) = (Vec::with_capacity(members.len()), Vec::with_capacity(members.len()));
    for (member, value) in members {
        let Some(name) = known.get(&member) else { continue };
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        names.push(Some(*name));
        cells.push(text);
    }
    Ok((names, cells))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(file: &str, is_wrapped: bool) -> Vec<(u64, Result<String, &'static str>)> {
        let mut elements = Elements::new(file.as_bytes(), is_wrapped);
        let mut all = Vec::new();
        while let Some((line, element)) = elements.next_element().unwrap() {
            let text = element.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
            all.push((line, text.map_err(|fault| fault.code)));
        }
        all
    }

    #[test]
    fn objects_are_found_in_lists_lines_and_wrappers() {
        let expected = [(2, Ok("{\"a\":\"}\\\"{\"}".to_owned())), (3, Ok("{\"b\":{\"c\":1}}".to_owned()))];
        assert_eq!(elements("[\n{\"a\":\"}\\\"{\"},\n{\"b\":{\"c\":1}}]", false), expected);
        assert_eq!(elements("\n{\"a\":\"}\\\"{\"}\n{\"b\":{\"c\":1}}\n", false), expected);
        assert_eq!(elements("{\"cdr_root\": [\n{\"a\":\"}\\\"{\"},\n{\"b\":{\"c\":1}}]}", true), expected);
        assert_eq!(elements("[]", false), []);
    }

    #[test]
    fn what_is_cut_off_or_endless_is_a_fault_of_its_own() {
        assert_eq!(elements("[{\"a\":1},{\"b\":", false)[1], (1, Err("unreadable")));
        let long = format!("[{{\"a\":\"{}\"}},{{\"b\":1}}]", "x".repeat(MAX_ELEMENT));
        let found = elements(&long, false);
        assert_eq!((&found[0], &found[1]), (&(1, Err("too_long")), &(1, Ok("{\"b\":1}".to_owned()))));
    }
}

//! Records written as XML. Grandstream names the format and publishes no layout, so the layout is not believed in: an element
//! whose children or attributes are named like columns is a record, wherever it stands. No declarations are followed and no
//! entities made, so there is nothing to expand.

use std::ops::Range;

use super::record::{Record, column};

/// Elements inside elements.
const DEEPEST: usize = 32;
/// Columns that also stand on what only holds records, and make it none.
const OF_GROUPS: [&str; 2] = ["session", "sn"];

/// A record, with its element's own text.
#[derive(Debug)]
pub struct Element<'t> {
    pub record: Record,
    pub text: &'t str,
}

/// An element that is open.
struct Open<'t> {
    name: &'t str,
    at: usize,
    record: Record,
    /// Where its own text begins.
    text_from: usize,
    has_children: bool,
    /// A record was found in it: then it is none, or the same text would be kept once for each element around it.
    has_records: bool,
    /// A summary, or part of a record: no record is in it.
    is_passed: bool,
}

impl Open<'_> {
    fn is_record(&self) -> bool {
        OF_GROUPS.iter().filter(|column| self.record.get(column).is_some()).count() < self.record.len()
    }
}

/// The records of a text, each read when it is asked for. A text that breaks off keeps those that were whole.
pub fn records(text: &str) -> impl Iterator<Item = Element<'_>> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let tag = next_tag(text, at)?;
            at = tag.end;
            let inside = &text[tag.start + 1..tag.end - 1];
            let mut found = None;
            if let Some(name) = inside.strip_prefix('/') {
                found = close(text, name.trim(), &tag, &mut open);
            } else if !inside.starts_with(['?', '!']) && open.len() < DEEPEST {
                let is_whole = inside.ends_with('/');
                let element = opened(inside.trim_end_matches('/'), &tag, open.last_mut());
                let name = element.name;
                open.push(element);
                if is_whole {
                    found = close(text, name, &(tag.end..tag.end), &mut open);
                }
            }
            if found.is_some() {
                return found;
            }
        }
    })
}

/// The first record of a text.
pub fn first(text: &str) -> Option<Record> {
    records(text).next().map(|element| element.record)
}

fn opened<'t>(inside: &'t str, tag: &Range<usize>, parent: Option<&mut Open<'t>>) -> Open<'t> {
    let name = inside.split(char::is_whitespace).next().unwrap_or_default();
    let mut is_passed = name.eq_ignore_ascii_case("main_cdr");
    if let Some(parent) = parent {
        parent.has_children = true;
        is_passed |= parent.is_passed || parent.is_record();
    }
    let record = attributes(inside);
    Open { name, at: tag.start, record, text_from: tag.end, has_children: false, has_records: false, is_passed }
}

/// Ends the innermost element of this name; those left open inside it end with it.
fn close<'t>(text: &'t str, name: &str, tag: &Range<usize>, open: &mut Vec<Open<'t>>) -> Option<Element<'t>> {
    let place = open.iter().rposition(|element| element.name == name)?;
    open.truncate(place + 1);
    let element = open.pop()?;
    if !element.record.is_empty() {
        if element.is_passed || element.has_records {
            return None;
        }
        for around in open.iter_mut() {
            around.has_records = true;
        }
        let whole = text.get(element.at..tag.end).unwrap_or_default();
        return Some(Element { record: element.record, text: whole });
    }
    let leaf = column(element.name).filter(|_| !element.has_children);
    if let (Some(column), Some(parent)) = (leaf, open.last_mut()) {
        parent.record.put(column, &unescaped(text.get(element.text_from..tag.start).unwrap_or_default()));
    }
    None
}

/// The next tag. Comments are skipped; a CDATA section is text and has none.
fn next_tag(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = at + text.get(at..)?.find('<')?;
        let rest = &text[start..];
        let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>")].into_iter().find(|(begins, _)| rest.starts_with(begins));
        match skipped {
            Some((_, ends)) => at = start + rest.find(ends)? + ends.len(),
            None => return Some(start..start + end_of_tag(rest)?),
        }
    }
}

/// Where a tag ends: a `>` inside quotes is part of a value.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(held), _) if held == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn attributes(tag: &str) -> Record {
    let mut record = Record::default();
    let mut rest = tag;
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].split_whitespace().next_back().unwrap_or_default();
        let value = rest[equals + 1..].trim_start();
        let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) else { break };
        let Some(end) = value[1..].find(quote) else { break };
        if let Some(column) = column(name) {
            record.put(column, &unescaped(&value[1..=end]));
        }
        rest = &value[end + 2..];
    }
    record
}

fn unescaped(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(text);
    if !text.contains('&') {
        return text.to_owned();
    }
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&#34;", "\"")];
    // The ampersand last, so that what it escapes is not read twice.
    named.into_iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain)).replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_attributes_are_records_and_summaries_are_none() {
        let text = r#"<?xml version="1.0"?><root><main_cdr><src>9</src><dst>8</dst></main_cdr>
            <sub_cdr_1><AcctId>41</AcctId><src>1001</src><clid>&quot;A &amp; B&quot; &lt;1001&gt;</clid></sub_cdr_1>
            <cdr AcctId="42" src='1002' note="a > b"/></root>"#;
        let found: Vec<Element<'_>> = records(text).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].record.get("clid"), Some("\"A & B\" <1001>"));
        assert_eq!(found[1].record.get("acctid"), Some("42"));
        assert_eq!(Record::read(found[0].text.as_bytes()).unwrap(), found[0].record);
    }

    #[test]
    fn a_text_that_breaks_off_keeps_what_was_whole() {
        assert_eq!(records("<a><c><src>1</src><dst>2</dst></c><c><src>3</src><ds").count(), 1);
        assert!(records("<a><b").next().is_none() && records("<<<>>></x></y>").next().is_none());
    }

    /// Columns at every level of a deep text would otherwise keep it once for each of them.
    #[test]
    fn a_text_is_kept_once_however_deep_its_records_are() {
        let filler = "x".repeat(10_000);
        let deep = |open: &str, close: &str| {
            let text = format!("{}<src>1</src>{filler}{}", open.repeat(DEEPEST - 1), close.repeat(DEEPEST - 1));
            let kept: usize = records(&text).map(|found| found.text.len()).sum();
            assert!(kept <= text.len(), "{kept} of {}", text.len());
            records(&text).count()
        };
        assert_eq!(deep("<c src=\"1\">", "</c>"), 1);
        assert_eq!(deep("<c>", "<dst>2</dst></c>"), 1);
        // What holds records may say of all of them whose they are.
        let group = r#"<all sn="EC74"><call session="17-1"><leg src="1"/><leg src="2"/></call></all>"#;
        assert_eq!(records(group).count(), 2);
    }
}

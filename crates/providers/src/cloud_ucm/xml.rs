//! Records written as XML. Grandstream names the format and publishes no layout, so the layout is not believed in: an element
//! whose children or attributes are named like columns is a record, wherever it stands. No declarations are followed and no
//! entities made, so there is nothing to expand.

use std::ops::Range;

use super::record::{Record, column};

/// Elements inside elements.
const DEEPEST: usize = 32;
/// Records of one text.
const MOST: usize = 20_000;

/// A record, with its element's own text.
#[derive(Debug)]
pub struct Element {
    pub record: Record,
    pub text: String,
}

/// An element that is open.
struct Open {
    name: String,
    at: usize,
    record: Record,
    /// Where its own text begins.
    text_from: usize,
    has_children: bool,
    is_summary: bool,
}

/// The records of a text. A text that breaks off keeps those that were whole.
pub fn records(text: &str) -> Vec<Element> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(tag) = next_tag(text, at) {
        at = tag.end;
        let inside = &text[tag.start + 1..tag.end - 1];
        if let Some(name) = inside.strip_prefix('/') {
            close(text, name.trim(), tag.clone(), &mut open, &mut found);
        } else if !inside.starts_with(['?', '!']) && open.len() < DEEPEST {
            let is_whole = inside.ends_with('/');
            let inside = inside.trim_end_matches('/');
            let name = inside.split(char::is_whitespace).next().unwrap_or_default().to_owned();
            if let Some(parent) = open.last_mut() {
                parent.has_children = true;
            }
            let is_summary =
                name.eq_ignore_ascii_case("main_cdr") || open.last().is_some_and(|parent| parent.is_summary);
            let record = attributes(inside);
            open.push(Open {
                name: name.clone(),
                at: tag.start,
                record,
                text_from: tag.end,
                has_children: false,
                is_summary,
            });
            if is_whole {
                close(text, &name, tag.end..tag.end, &mut open, &mut found);
            }
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// Ends the innermost element of this name; those left open inside it end with it.
fn close(text: &str, name: &str, tag: Range<usize>, open: &mut Vec<Open>, found: &mut Vec<Element>) {
    let Some(place) = open.iter().rposition(|element| element.name == name) else { return };
    open.truncate(place + 1);
    let Some(element) = open.pop() else { return };
    if !element.record.is_empty() {
        if !element.is_summary {
            let whole = text.get(element.at..tag.end).unwrap_or_default();
            found.push(Element { record: element.record, text: whole.to_owned() });
        }
        return;
    }
    let leaf = column(&element.name).filter(|_| !element.has_children);
    if let (Some(column), Some(parent)) = (leaf, open.last_mut()) {
        parent.record.put(column, &unescaped(text.get(element.text_from..tag.start).unwrap_or_default()));
    }
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
        let found = records(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].record.get("clid"), Some("\"A & B\" <1001>"));
        assert_eq!(found[1].record.get("acctid"), Some("42"));
        assert_eq!(Record::read(found[0].text.as_bytes()).unwrap(), found[0].record);
    }

    #[test]
    fn a_text_that_breaks_off_keeps_what_was_whole() {
        assert_eq!(records("<a><c><src>1</src><dst>2</dst></c><c><src>3</src><ds").len(), 1);
        assert!(records("<a><b").is_empty() && records("<<<>>></x></y>").is_empty());
    }
}

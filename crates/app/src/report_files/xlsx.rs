//! Spreadsheets (Office Open XML), written row by row as they are read: a million calls go through a few kilobytes of memory.
//!
//! Written here and not with `rust_xlsxwriter`: its way of bounded memory keeps the sheet in a temporary file and gives away
//! the first byte after the last row, by when every proxy between us and a browser has given the download up. What is needed
//! of the format (texts, numbers, dates, a frozen heading) is a page of XML, and a test reads it with somebody else's reader.
//!
//! **No text is ever a formula.** A cell has a type here: what is text is written as an inline string, which no spreadsheet
//! evaluates whatever it begins with, and carries the mark of a typed apostrophe (`quotePrefix`) where it looks like one, so
//! that it stays text when somebody edits it. No `<f>` is ever written.

use std::fmt::Write as _;

use switchboard_rules::report::{Cell, Table};

use super::{Heading, parts, show::Show};
use crate::{archive::Zip, csv::is_dangerous};

/// Rows that a sheet of the format can have.
const MOST_ROWS: u32 = 1_048_576;
/// Characters that a cell of the format can have.
const MOST_CHARACTERS: usize = 32_767;
/// Characters of a sheet's name.
const MOST_NAME: usize = 31;
/// Widths of a column, in digits.
const NARROWEST: usize = 9;
const WIDEST: usize = 50;
/// XML that is gathered before it is compressed.
const CHUNK: usize = 64 * 1024;

/// A workbook in the making. What [`Workbook::take`] returns may be sent at once.
pub struct Workbook {
    zip: Zip<Vec<u8>>,
    show: Show,
    heading: Heading,
    /// The names of the sheets that were begun.
    sheets: Vec<String>,
    open: Option<Sheet>,
    /// XML of the open sheet that is not compressed yet.
    pending: String,
    /// Rows of a sheet; less in tests.
    most_rows: u32,
}

struct Sheet {
    title: String,
    titles: Vec<String>,
    widths: Vec<usize>,
    rows: u32,
}

impl Workbook {
    pub fn new(show: Show, heading: Heading) -> Self {
        let zip = Zip::new(Vec::new());
        Self { zip, show, heading, sheets: Vec::new(), open: None, pending: String::new(), most_rows: MOST_ROWS }
    }

    /// A whole table, with columns as wide as what is in them.
    pub async fn table(&mut self, table: &Table) -> std::io::Result<()> {
        let mut widths: Vec<usize> = table.columns.iter().map(|column| column.title.chars().count() + 3).collect();
        for row in &table.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(self.show.text(cell).chars().count() + 2);
            }
        }
        let titles = table.columns.iter().map(|column| column.title.clone()).collect();
        self.begin(&table.title, titles, widths).await?;
        for row in &table.rows {
            self.row(row).await?;
        }
        Ok(())
    }

    /// Begins a sheet; the one before is ended.
    pub async fn begin(&mut self, title: &str, titles: Vec<String>, widths: Vec<usize>) -> std::io::Result<()> {
        self.end_sheet().await?;
        let name = self.sheet_name(title);
        self.sheets.push(name);
        self.zip.begin_packed(&format!("xl/worksheets/sheet{}.xml", self.sheets.len())).await?;
        self.pending.push_str(parts::SHEET_HEAD);
        if !widths.is_empty() {
            self.pending.push_str("<cols>");
            for (i, width) in widths.iter().enumerate() {
                let width = (*width).clamp(NARROWEST, WIDEST);
                let _ =
                    write!(self.pending, "<col min=\"{0}\" max=\"{0}\" width=\"{width}\" customWidth=\"1\"/>", i + 1);
            }
            self.pending.push_str("</cols>");
        }
        self.pending.push_str("<sheetData>");
        self.pending.push_str("<row r=\"1\">");
        for (i, title) in titles.iter().enumerate() {
            push_text(&mut self.pending, i, 1, parts::STYLE_HEAD, title);
        }
        self.pending.push_str("</row>");
        self.open = Some(Sheet { title: title.to_owned(), titles, widths, rows: 1 });
        Ok(())
    }

    /// One more row. A sheet that is full is followed by another one with the same heading.
    pub async fn row(&mut self, cells: &[Cell]) -> std::io::Result<()> {
        if let Some(sheet) = self.open.take_if(|sheet| sheet.rows >= self.most_rows) {
            self.close(&sheet).await?;
            self.begin(&sheet.title, sheet.titles, sheet.widths).await?;
        }
        let Some(sheet) = &mut self.open else { return Err(std::io::Error::other("no sheet was begun")) };
        sheet.rows += 1;
        let row = sheet.rows;
        let _ = write!(self.pending, "<row r=\"{row}\">");
        for (column, cell) in cells.iter().enumerate() {
            push_cell(&mut self.pending, column, row, cell, &self.show);
        }
        self.pending.push_str("</row>");
        if self.pending.len() >= CHUNK { self.flush().await } else { Ok(()) }
    }

    /// What can be sent already.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.zip.get_mut())
    }

    /// The rest of the file.
    pub async fn finish(mut self) -> std::io::Result<Vec<u8>> {
        self.about().await?;
        self.end_sheet().await?;
        let count = self.sheets.len();
        for (name, text) in [
            ("xl/styles.xml", parts::STYLES.to_owned()),
            ("xl/workbook.xml", parts::workbook(&self.sheets)),
            ("xl/_rels/workbook.xml.rels", parts::workbook_relations(count)),
            ("_rels/.rels", parts::RELATIONS.to_owned()),
            ("[Content_Types].xml", parts::content_types(count)),
        ] {
            self.zip.begin_packed(name).await?;
            self.zip.write(text.as_bytes()).await?;
        }
        let (bytes, _) = self.zip.finish().await?;
        Ok(bytes)
    }

    /// The last sheet: what this is, of whom and of when. Above the rows it would stand in the way of sorting and pivots.
    async fn about(&mut self) -> std::io::Result<()> {
        let rows = self.heading.rows(&self.show);
        let title = self.show.language.pick("About", "Acerca de").to_owned();
        self.begin(&title, vec![self.heading.title.clone(), String::new()], vec![24, WIDEST]).await?;
        for (name, value) in rows {
            self.row(&[Cell::Text(name), Cell::Text(value)]).await?;
        }
        Ok(())
    }

    async fn end_sheet(&mut self) -> std::io::Result<()> {
        match self.open.take() {
            Some(sheet) => self.close(&sheet).await,
            None => Ok(()),
        }
    }

    async fn close(&mut self, sheet: &Sheet) -> std::io::Result<()> {
        self.pending.push_str("</sheetData>");
        if !sheet.titles.is_empty() {
            let last = column_name(sheet.titles.len() - 1);
            let _ = write!(self.pending, "<autoFilter ref=\"A1:{last}{}\"/>", sheet.rows);
        }
        let footer = self.heading.line(&self.show);
        self.pending.push_str(&parts::sheet_tail(&sheet.title, &footer));
        self.flush().await
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        let xml = std::mem::take(&mut self.pending);
        self.zip.write(xml.as_bytes()).await
    }

    /// A name that the format takes, and that no other sheet has.
    fn sheet_name(&self, title: &str) -> String {
        let is_taken = |name: &str| self.sheets.iter().any(|other| other.to_lowercase() == name.to_lowercase());
        let plain: String =
            title
                .chars()
                .map(|c| {
                    if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') || c.is_control() { ' ' } else { c }
                })
                .collect();
        let plain = plain.trim();
        // Excel keeps «History» for itself.
        let plain = if plain.is_empty() || plain.eq_ignore_ascii_case("history") { "Sheet" } else { plain };
        let first: String = plain.chars().take(MOST_NAME).collect();
        if !is_taken(&first) {
            return first;
        }
        let numbered = |n: usize| {
            let end = format!(" {n}");
            let kept: String = plain.chars().take(MOST_NAME - end.len()).collect();
            kept + &end
        };
        // Of as many names as there are sheets and one more, one is free.
        (2..self.sheets.len() + 3).map(numbered).find(|name| !is_taken(name)).unwrap_or(first)
    }
}

/// The tables of a report as a workbook.
pub async fn tables(tables: &[Table], show: &Show, heading: &Heading) -> std::io::Result<Vec<u8>> {
    let mut book = Workbook::new(show.clone(), heading.clone());
    for table in tables {
        book.table(table).await?;
    }
    book.finish().await
}

fn push_cell(xml: &mut String, column: usize, row: u32, cell: &Cell, show: &Show) {
    let number = |style: u8, value: f64, xml: &mut String| {
        let _ = write!(xml, "<c r=\"{}{row}\" s=\"{style}\"><v>{value}</v></c>", column_name(column));
    };
    match cell {
        Cell::Text(text) => {
            let style = if is_dangerous(text) { parts::STYLE_QUOTED } else { parts::STYLE_TEXT };
            push_text(xml, column, row, style, text);
        }
        Cell::Count(count) => {
            let _ =
                write!(xml, "<c r=\"{}{row}\" s=\"{}\"><v>{count}</v></c>", column_name(column), parts::STYLE_COUNT);
        }
        Cell::Decimal(value) if value.is_finite() => number(parts::STYLE_DECIMAL, *value, xml),
        Cell::Share(value) if value.is_finite() => number(parts::STYLE_SHARE, *value, xml),
        Cell::Empty | Cell::Decimal(_) | Cell::Share(_) => {}
        #[expect(clippy::cast_precision_loss, reason = "seconds of a length are far below 2^52")]
        Cell::Seconds(seconds) => number(parts::STYLE_LENGTH, *seconds as f64 / 86_400.0, xml),
        Cell::Moment(at) => match show.local(*at).and_then(|at| serial(&at)) {
            Some(value) => number(parts::STYLE_MOMENT, value, xml),
            None => push_text(xml, column, row, parts::STYLE_TEXT, &at.to_string()),
        },
    }
}

fn push_text(xml: &mut String, column: usize, row: u32, style: u8, text: &str) {
    let _ = write!(
        xml,
        "<c r=\"{}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
        column_name(column)
    );
    push_escaped(xml, text.chars().take(MOST_CHARACTERS));
    xml.push_str("</t></is></c>");
}

/// XML without what it cannot hold; control characters go. `_x0041_` would be read as an `A`, so its first `_` is written
/// as what it stands for.
pub(super) fn push_escaped(xml: &mut String, text: impl Iterator<Item = char>) {
    let mut text = text.peekable();
    while let Some(c) = text.next() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '_' if text.peek() == Some(&'x') => xml.push_str("_x005F_"),
            '\n' | '\t' => xml.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => xml.push(c),
        }
    }
}

/// `A` to `Z`, then `AA`.
fn column_name(column: usize) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        name.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
    }
    name.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// Days since the last day of 1899, as spreadsheets count; `None` before March 1900, where they count a day that never was.
fn serial(at: &jiff::Zoned) -> Option<f64> {
    let begin = jiff::civil::date(1899, 12, 30);
    let days = (at.date() - begin).get_days();
    let time = at.time();
    let seconds = i32::from(time.hour()) * 3_600 + i32::from(time.minute()) * 60 + i32::from(time.second());
    (days >= 61).then(|| f64::from(days) + f64::from(seconds) / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(column_name), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn moments_are_days_of_the_wall() {
        let at: jiff::Zoned = "2026-11-21T18:00:00+01:00[Europe/Madrid]".parse().unwrap();
        assert_eq!(serial(&at), Some(46_347.75));
        assert_eq!(serial(&"1900-01-01T00:00:00+00:00[UTC]".parse().unwrap()), None);
    }

    #[test]
    fn what_xml_cannot_hold_goes() {
        let mut xml = String::new();
        push_escaped(&mut xml, "a<b>&\"\u{0}\u{1b}_x0041_ \u{ffff}é".chars());
        assert_eq!(xml, "a&lt;b&gt;&amp;&quot;_x005F_x0041_ é");
    }
}

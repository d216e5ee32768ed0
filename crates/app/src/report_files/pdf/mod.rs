//! Tables on paper: A4 across, headings on every page, long names cut with an ellipsis, page n of m.
//!
//! `pdf-writer`, `subsetter` and `rustybuzz` are the parts that the larger PDF libraries are made of (typst's is one); those
//! libraries (krilla, 69 crates) bring colour profiles, images and tagging that a table has no use for. What is left is a
//! page of layout. Paper is for reading: what nobody would read to the end is cut off after [`MOST_ROWS`] rows, and the last
//! line says so; CSV and XLSX have all of it.

mod font;
mod page;

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Date, Filter, Finish as _, Name, Pdf, Rect, Ref, TextStr};
use switchboard_rules::report::{Cell, Table};

use self::{font::Font, page::Pages};
use super::{
    Heading,
    show::{Show, is_number},
};

/// Rows that a file has at most.
pub const MOST_ROWS: usize = 5_000;
/// Points between a column's text and the next one's.
const GAP: f32 = 8.0;
/// The widest that a column is of itself, and the narrowest that it is made.
const WIDEST: f32 = 190.0;
const NARROWEST: f32 = 26.0;
/// How much wider than it must be a table is made where the paper is wider.
const MOST_AIR: f32 = 1.4;
/// Rows that are measured for the widths.
const MEASURED: usize = 500;
/// Sizes of letters.
const TITLE: f32 = 15.0;
const SUBTITLE: f32 = 10.5;
const BODY: f32 = 8.0;

/// A PDF could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("the font of PDF files could not be read")]
    Font,
}

/// All tables, one after another.
pub fn tables(tables: &[Table], show: &Show, heading: &Heading) -> Result<Vec<u8>, PdfError> {
    let mut pages = Pages::new(Font::new()?);
    head(&mut pages, show, heading);
    let mut left = MOST_ROWS;
    for table in tables {
        let rows = &table.rows[..table.rows.len().min(left)];
        left -= rows.len();
        draw(&mut pages, table, rows, show);
        if rows.len() < table.rows.len() {
            let more = show.whole(i64::try_from(table.rows.len() - rows.len()).unwrap_or(i64::MAX));
            pages.note(&match show.language {
                switchboard_domain::mail::Language::English => {
                    format!("{more} more rows are not on paper. A CSV or XLSX file has all of them.")
                }
                switchboard_domain::mail::Language::Spanish => {
                    format!("Otras {more} filas no están en papel. Un archivo CSV o XLSX las tiene todas.")
                }
            });
        }
    }
    finish(pages, show, heading)
}

/// What it is, of whom and of when.
fn head(pages: &mut Pages, show: &Show, heading: &Heading) {
    pages.text(0.0, TITLE, true, &heading.title, page::ROOM);
    pages.down(TITLE + 5.0);
    for (name, value) in heading.rows(show) {
        pages.grey(&format!("{name}: {value}"));
    }
    pages.down(6.0);
}

fn draw(pages: &mut Pages, table: &Table, rows: &[Vec<Cell>], show: &Show) {
    let widths = widths(pages, table, rows, show);
    // A title is not left alone at the foot of a page.
    pages.need(SUBTITLE + 4.0 + 3.0 * page::ROW);
    if !table.title.is_empty() {
        pages.text(0.0, SUBTITLE, true, &table.title, page::ROOM);
        pages.down(SUBTITLE + 5.0);
    }
    let numbers: Vec<bool> = (0..table.columns.len())
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).find(|cell| **cell != Cell::Empty).is_some_and(is_number)
        })
        .collect();
    let titles: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
    let bars = Bars::of(table, rows);
    pages.row(&titles, &widths, &numbers, (page::Look::Head, &[]));
    if rows.is_empty() {
        pages.note(show.language.pick("Nothing in this period.", "Nada en este periodo."));
    }
    for (i, row) in rows.iter().enumerate() {
        if pages.is_full(page::ROW) {
            pages.turn();
            pages.row(&titles, &widths, &numbers, (page::Look::Head, &[]));
        }
        let texts: Vec<String> = row.iter().map(|cell| show.text(cell)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let look = if i % 2 == 1 { page::Look::Striped } else { page::Look::Plain };
        pages.row(&texts, &widths, &numbers, (look, &bars.in_row(row)));
    }
    pages.down(12.0);
}

/// The chart that a table is already: a bar behind each share, and behind the counts of the first column that has any, as
/// long as they are of its largest.
struct Bars {
    counted: Option<(usize, i64)>,
}

impl Bars {
    /// Rows below which there is nothing to compare.
    const LEAST: usize = 3;

    fn of(table: &Table, rows: &[Vec<Cell>]) -> Self {
        let is_count = |column: &usize| rows.iter().any(|row| matches!(row.get(*column), Some(Cell::Count(_))));
        let counted = (0..table.columns.len()).find(is_count).filter(|_| rows.len() >= Self::LEAST);
        let largest = |column: usize| {
            let counts = rows.iter().filter_map(|row| match row.get(column) {
                Some(Cell::Count(count)) => Some(*count),
                _ => None,
            });
            counts.max().filter(|count| *count > 0).map(|count| (column, count))
        };
        Self { counted: counted.and_then(largest) }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a bar is some hundred points long"
    )]
    fn in_row(&self, row: &[Cell]) -> Vec<Option<f32>> {
        let bar = |(column, cell): (usize, &Cell)| match (cell, self.counted) {
            (Cell::Share(share), _) if share.is_finite() => Some(*share as f32),
            (Cell::Count(count), Some((counted, largest))) if counted == column && *count > 0 => {
                Some(*count as f32 / largest as f32)
            }
            _ => None,
        };
        row.iter().enumerate().map(bar).collect()
    }
}

/// As wide as what is in them; where that is wider than the paper, the widest give way first.
fn widths(pages: &mut Pages, table: &Table, rows: &[Vec<Cell>], show: &Show) -> Vec<f32> {
    let mut widths: Vec<f32> = table.columns.iter().map(|column| pages.width(&column.title, BODY) * 1.06).collect();
    for row in rows.iter().take(MEASURED) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = width.max(pages.width(&show.text(cell), BODY));
        }
    }
    for width in &mut widths {
        *width = (*width + GAP).clamp(NARROWEST, WIDEST);
    }
    let (mut low, mut high) = (NARROWEST, WIDEST);
    if widths.iter().sum::<f32>() > page::ROOM {
        // The width over which columns are cut off, such that all of them just fit.
        for _ in 0..30 {
            let middle = f32::midpoint(low, high);
            let all: f32 = widths.iter().map(|width| width.min(middle)).sum();
            if all > page::ROOM { high = middle } else { low = middle }
        }
        for width in &mut widths {
            *width = width.min(low);
        }
    } else {
        // Room that is there lets numbers and their bars breathe.
        let room = page::ROOM / widths.iter().sum::<f32>().max(1.0);
        for width in &mut widths {
            *width *= room.min(MOST_AIR);
        }
    }
    widths
}

/// Feet, fonts and the file around them.
fn finish(pages: Pages, show: &Show, heading: &Heading) -> Result<Vec<u8>, PdfError> {
    let (contents, font) = pages.finish(&heading.line(show));
    let mut pdf = Pdf::new();
    let mut last = 0;
    let mut next = || {
        last += 1;
        Ref::new(last)
    };
    let (catalog, tree, font_id, info) = (next(), next(), next(), next());
    let ids: Vec<(Ref, Ref)> = contents.iter().map(|_| (next(), next())).collect();
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr(show.language.as_str()));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(count);
    for ((page, content), bytes) in ids.iter().zip(&contents) {
        let mut writer = pdf.page(*page);
        writer.media_box(Rect::new(0.0, 0.0, page::WIDTH, page::HEIGHT)).parent(tree).contents(*content);
        writer.resources().fonts().pair(Name(page::FONT), font_id);
        writer.finish();
        pdf.stream(*content, &packed(bytes)).filter(Filter::FlateDecode);
    }
    font.embed(&mut pdf, font_id, &mut next)?;
    let mut writer = pdf.document_info(info);
    writer.title(TextStr(&heading.title)).producer(TextStr("Switchboard"));
    if let Some(at) = show.local(heading.made_at).and_then(|at| date(&at)) {
        writer.creation_date(at);
    }
    writer.finish();
    Ok(pdf.finish())
}

fn date(at: &jiff::Zoned) -> Option<Date> {
    let part = |number: i8| u8::try_from(number).ok();
    let date = Date::new(u16::try_from(at.year()).ok()?).month(part(at.month())?).day(part(at.day())?);
    let minutes = at.offset().seconds() / 60;
    let date = date.hour(part(at.hour())?).minute(part(at.minute())?).second(part(at.second())?);
    let ahead = i8::try_from(minutes / 60).ok()?;
    Some(date.utc_offset_hour(ahead).utc_offset_minute(u8::try_from(minutes.abs() % 60).ok()?))
}

/// Compressed as the format wants it. Writing into memory does not fail.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    let _ = packer.write_all(bytes);
    packer.finish().unwrap_or_default()
}

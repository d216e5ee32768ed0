//! Files, opened again with other people's readers.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use flate2::read::ZlibDecoder;
use switchboard_rules::report::{Cell, Column};

use super::*;

/// What a caller may call themselves to have something run.
const HOSTILE: [&str; 10] = [
    "=1+1",
    "+15551230001",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "_x003D_1+1",
    "<f>1+1</f>",
];

fn heading() -> Heading {
    Heading {
        title: "Queues".to_owned(),
        workspace: "Acme & Söhne".to_owned(),
        days: Some(("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap())),
        zone: "Europe/Madrid".to_owned(),
        filters: vec![("Direction".to_owned(), "inbound".to_owned())],
        uncounted: None,
        made_at: "2026-12-01T07:00:00Z".parse().unwrap(),
    }
}

fn table(title: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    let columns = columns.iter().map(|title| Column { title: (*title).to_owned() }).collect();
    Table { title: title.to_owned(), columns, rows }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn all_kinds() -> Table {
    let row = vec![
        text("Support"),
        Cell::Count(-12),
        Cell::Decimal(1.25),
        Cell::Share(0.805),
        Cell::Seconds(3_723),
        Cell::Moment("2026-11-21T17:00:00Z".parse().unwrap()),
        Cell::Empty,
    ];
    table("Queues", &["Queue", "Calls", "Erlangs", "Answered", "Talk", "Last call", "Nothing"], vec![row])
}

async fn workbook(tables: &[Table]) -> Xlsx<Cursor<Vec<u8>>> {
    let bytes = write(FileFormat::Xlsx, Language::English, tables, &heading()).await.unwrap();
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

#[tokio::test]
async fn a_spreadsheet_has_numbers_lengths_and_moments_and_runs_nothing() {
    let hostile = table("Callers", &["Name"], HOSTILE.iter().map(|name| vec![text(name)]).collect());
    let mut book = workbook(&[all_kinds(), hostile]).await;
    assert_eq!(book.sheet_names(), ["Queues", "Callers", "About"]);

    let sheet = book.worksheet_range("Queues").unwrap();
    assert_eq!(sheet.get((0, 4)), Some(&Data::String("Talk".to_owned())));
    assert_eq!(sheet.get((1, 0)), Some(&Data::String("Support".to_owned())));
    let number = |column: usize| match sheet.get((1, column)) {
        Some(Data::Float(value)) => *value,
        Some(Data::Int(value)) => f64::from(i32::try_from(*value).unwrap()),
        Some(Data::DateTime(value)) => value.as_f64(),
        other => panic!("{other:?}"),
    };
    assert!((number(1) + 12.0).abs() < 1e-9 && (number(2) - 1.25).abs() < 1e-9 && (number(3) - 0.805).abs() < 1e-9);
    assert!((number(4) * 86_400.0 - 3_723.0).abs() < 1e-3);
    // 18:00 in Madrid.
    assert!((number(5) - 46_347.75).abs() < 1e-6, "{}", number(5));

    let callers = book.worksheet_range("Callers").unwrap();
    for (i, name) in HOSTILE.iter().enumerate() {
        let shown = name.replace('\r', "");
        assert_eq!(callers.get((i + 1, 0)), Some(&Data::String(shown)), "{name:?}");
    }
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert_eq!(formulas.used_cells().count(), 0, "{name} has formulas");
    }
    let about = book.worksheet_range("About").unwrap();
    let shown: Vec<String> = about.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    for wanted in ["Acme & Söhne", "2026-11-01 – 2026-11-30", "Europe/Madrid", "inbound", "2026-12-01 08:00"] {
        assert!(shown.iter().any(|text| text == wanted), "{wanted} in {shown:?}");
    }
}

#[tokio::test]
async fn every_file_says_what_is_not_counted() {
    let tables = [table("", &["Queue", "Calls"], vec![vec![text("Support"), Cell::Count(2)]])];
    let heading = Heading { uncounted: Some(words::uncounted_hours(12, Language::English)), ..heading() };
    let written = async |format| write(format, Language::English, &tables, &heading).await.unwrap();
    let csv = String::from_utf8(written(FileFormat::Csv).await).unwrap();
    assert_eq!(csv, "\u{feff}\"Not yet counted\",\"12 hours\"\r\n\r\n\"Queue\",\"Calls\"\r\n\"Support\",2\r\n");
    let mut book = Xlsx::new(Cursor::new(written(FileFormat::Xlsx).await)).unwrap();
    let about = book.worksheet_range("About").unwrap();
    let shown: Vec<String> = about.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert!(shown.windows(2).any(|pair| pair == ["Not yet counted", "12 hours"]), "{shown:?}");
    // A page of paper has the rows of its heading, and no others.
    let rows = heading.rows(&Show::new(Language::Spanish, "Europe/Madrid"));
    assert!(rows.contains(&("Aún sin contar".to_owned(), "12 hours".to_owned())), "{rows:?}");
    for (hours, es) in [(0, "todo el período"), (1, "1 hora"), (7, "7 horas")] {
        assert_eq!(words::uncounted_hours(hours, Language::Spanish), es);
    }
}

#[tokio::test]
async fn sheets_have_names_that_the_format_takes() {
    let tables = [
        "A/B: [x]?",
        "a b   x",
        "",
        "History",
        "A very long title that nobody can read in a tab",
        "A very long title that nobody can read, twice",
    ];
    let tables: Vec<Table> = tables.iter().map(|title| table(title, &["x"], Vec::new())).collect();
    let names = workbook(&tables).await.sheet_names();
    let mut lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    lower.sort();
    lower.dedup();
    assert_eq!(lower.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| !name.is_empty() && name.chars().count() <= 31), "{names:?}");
    assert!(names.iter().all(|name| !name.contains(['[', ']', ':', '*', '?', '/', '\\'])), "{names:?}");
}

#[tokio::test]
async fn a_long_list_is_sent_while_it_is_read() {
    let mut book = Workbook::new(Show::new(Language::English, "UTC"), heading());
    book.begin("Calls", vec!["n".to_owned(), "name".to_owned()], vec![10, 20]).await.unwrap();
    let (mut bytes, mut largest) = (Vec::new(), 0);
    for n in 0..100_000 {
        book.row(&[Cell::Count(n), text("Ann")]).await.unwrap();
        let part = book.take();
        largest = largest.max(part.len());
        bytes.extend(part);
    }
    assert!(bytes.len() > 100_000, "nothing was sent before the end");
    assert!(largest < 200_000, "{largest} bytes were kept in memory");
    bytes.extend(book.finish().await.unwrap());
    let mut read = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = read.worksheet_range("Calls").unwrap();
    assert_eq!(sheet.height(), 100_001);
    assert_eq!(sheet.get((100_000, 0)), Some(&Data::Float(99_999.0)));
}

#[tokio::test]
async fn csv_is_for_programs() {
    let second = table("Callers", &["Name"], vec![vec![text("=1+1")]]);
    let bytes = write(FileFormat::Csv, Language::Spanish, &[all_kinds(), second], &heading()).await.unwrap();
    let csv = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = csv.trim_start_matches(MARK).split("\r\n").collect();
    assert_eq!(lines[0], "\"Queues\"");
    assert_eq!(lines[2], "\"Support\",-12,1.25,0.805,3723,2026-11-21T18:00:00+01:00,\"\"");
    assert_eq!(lines[3..7], ["", "\"Callers\"", "\"Name\"", "\"'=1+1\""]);
}

/// The streams of a PDF, unpacked.
fn streams(pdf: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = pdf;
    while let Some(at) = find(rest, b"stream\n") {
        rest = &rest[at + 7..];
        let mut text = Vec::new();
        if ZlibDecoder::new(rest).read_to_end(&mut text).is_ok() {
            found.push(String::from_utf8_lossy(&text).into_owned());
        }
        let Some(end) = find(rest, b"endstream") else { break };
        rest = &rest[end + 9..];
    }
    found
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// What a PDF's glyphs stand for, by its own map: one string of all letters in it.
fn letters(pdf: &[u8]) -> String {
    let map = streams(pdf).into_iter().find(|text| text.contains("beginbfchar")).unwrap();
    let codes = map.lines().filter_map(|line| line.strip_prefix('<')?.split_once("> <")).map(|(_, text)| text);
    let units: Vec<u16> = codes
        .flat_map(|hex| hex.trim_end_matches('>').as_bytes().chunks(4))
        .filter_map(|unit| u16::from_str_radix(std::str::from_utf8(unit).ok()?, 16).ok())
        .collect();
    String::from_utf16_lossy(&units)
}

#[tokio::test]
async fn paper_shows_names_of_all_alphabets() {
    let names = ["José Ñandú", "Χαρά Ωμέγα", "Жанна Щука", "שלום", "فاطمة", "王芳", "😀", "-"];
    let rows = names.iter().map(|name| vec![text(name), Cell::Count(1_234_567)]).collect();
    let pdf =
        write(FileFormat::Pdf, Language::Spanish, &[table("Quién llama", &["Nombre", "Llamadas"], rows)], &heading())
            .await
            .unwrap();
    assert!(pdf.starts_with(b"%PDF-1.") && find(&pdf, b"startxref").is_some());
    let letters = letters(&pdf);
    for wanted in "éÑúΧρΩέЖЩуשלום".chars() {
        assert!(letters.contains(wanted), "{wanted} in {letters}");
    }
    // Arabic letters are joined: what is in the file stands for the letters that were written.
    assert!("فاطمة".chars().all(|c| letters.contains(c)), "{letters}");
    // Wang Fang, in letters that the font has.
    assert!(!letters.contains('王') && "WangF".chars().all(|c| letters.contains(c)), "{letters}");
    assert!(pdf.len() < 60_000, "{} bytes: the font's unused letters should not be in it", pdf.len());
}

#[tokio::test]
async fn a_long_table_has_its_heading_on_each_page_and_an_end() {
    let rows = (0..PDF_ROWS + 300).map(|n| vec![text(&format!("Row {n} {}", "w".repeat(300))), Cell::Seconds(61)]);
    let pdf = write(
        FileFormat::Pdf,
        Language::English,
        &[table("Long", &["A name that is cut", "Time"], rows.collect()), table("After", &["x"], Vec::new())],
        &heading(),
    )
    .await
    .unwrap();
    let pages: Vec<String> = streams(&pdf).into_iter().filter(|text| text.contains("BT")).collect();
    assert!((130..200).contains(&pages.len()), "{} pages", pages.len());
    // A heading is the only row with that shade behind it.
    assert!(pages[..pages.len() - 2].iter().all(|page| page.contains("0.9 g")), "a page without a heading");
    assert!(pdf.len() < 3_000_000, "{} bytes", pdf.len());
}

#[test]
fn names_of_files_say_what_and_when() {
    let days = |from: &str, to: &str| Some((from.parse().unwrap(), to.parse().unwrap()));
    assert_eq!(name("queues", days("2026-11-01", "2026-11-30"), FileFormat::Pdf), "queues_2026-11-01_2026-11-30.pdf");
    assert_eq!(name("queues", days("2026-11-01", "2026-11-01"), FileFormat::Csv), "queues_2026-11-01.csv");
    assert_eq!(name("calls", None, FileFormat::Xlsx), "calls.xlsx");
}

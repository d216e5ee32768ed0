//! Lists as files: the whole of a list, with its filters, written page by page while it is read. However long it is, no more
//! than a page of it is in memory, and no transaction stays open between two pages. Paper is the exception, and ends early:
//! see [`report_files`].

use std::{future::Future, sync::Arc};

use axum::{
    body::Body,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
pub use switchboard_app::report_files::Cell;
use switchboard_app::{
    App,
    audit::{self, Entry, Origin},
    csv,
    report_files::{self, Column, FileError, Heading, MARK, PDF_ROWS, Show, Table, Workbook, words},
};
use switchboard_domain::{
    Timestamp,
    audit::Action,
    call::{CallOutcome, Direction},
    mail::Language,
    report_schedule::FileFormat,
    view::Noun,
};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    page::{Cursor, Page, Window},
    tenants,
};

use crate::{
    extract::{AsFile, query::MAX_LIMIT},
    problem::Problem,
    state::Web,
};

/// A record that is written into a file.
pub trait Exported: Sized + Send + 'static {
    type Filter: Send + Sync + 'static;
    const NOUN: Noun;
    /// The first line: what the API calls each column.
    const HEAD: &'static [&'static str];
    /// What of it is put on paper, which is narrower, and how it is headed there in English and Spanish. Empty: nothing is.
    const PAPER: &'static [(&'static str, &'static str, &'static str)] = &[];

    fn page(
        conn: &mut Conn<'_>,
        scope: TenantScope,
        filter: &Self::Filter,
        window: Window,
    ) -> impl Future<Output = Result<Page<Self>, StoreError>> + Send;

    /// One cell for each column.
    fn cells(self) -> Vec<Cell>;
}

/// Filters whose values are about somebody. The audit log keeps that they were used, and nothing of them.
const PERSONAL: [&str; 9] =
    ["q", "search", "from_number", "to_number", "number", "own_number", "phone", "contact_id", "tag"];

/// A list that somebody takes out: which part of it, and as what.
pub struct Taking<'a, R: Exported> {
    pub scope: TenantScope,
    pub by: &'a Origin,
    /// The whole query string, for the audit log.
    pub asked: &'a [(String, String)],
    pub filter: R::Filter,
    pub form: AsFile,
    /// What the request would like.
    pub language: Language,
}

/// Writes down that a list is taken out, and begins to send it. How long it will be, nobody knows yet: what is written down
/// is which list, by which filters.
pub async fn file<R: Exported>(web: &Web, taking: Taking<'_, R>) -> Result<Response, Problem> {
    let format = taking.form.format.unwrap_or(FileFormat::Csv);
    if format == FileFormat::Pdf && R::PAPER.is_empty() {
        return Err(Problem::parameter("format", "csv or xlsx; this list is too wide for paper"));
    }
    let shown = |(name, value): &(String, String)| {
        let value = if PERSONAL.contains(&name.as_str()) { "…" } else { value.as_str() };
        (name.clone(), value.chars().take(200).collect::<String>().into())
    };
    let is_filter = |(name, _): &&(String, String)| !matches!(name.as_str(), "format" | "lang");
    let filters: serde_json::Map<String, serde_json::Value> =
        taking.asked.iter().filter(is_filter).map(shown).collect();
    let entry = Entry::new(taking.by, Action::RecordsExported).with("noun", R::NOUN.as_str());
    let entry = entry.with("format", format.as_str()).with("filters", filters);
    audit::record_alone(&web.app, taking.scope, entry).await?;
    let language = taking.form.lang.unwrap_or(taking.language);
    let (app, scope, filter) = (Arc::clone(&web.app), taking.scope, taking.filter);
    let body = match format {
        FileFormat::Csv => Body::from_stream(lines::<R>(app, scope, filter)),
        FileFormat::Xlsx => {
            let heading = heading::<R>(&app, scope, language).await?;
            let book = Workbook::new(Show::new(language, &heading.zone), heading);
            Body::from_stream(rows::<R>(app, scope, filter, book))
        }
        FileFormat::Pdf => Body::from(paper::<R>(&app, scope, &filter, language).await?),
    };
    Ok(sent(R::NOUN.as_str(), format, body))
}

/// A file on its way to a browser.
pub fn sent(name: &str, format: FileFormat, body: Body) -> Response {
    let name = name.strip_suffix(&format!(".{format}")).unwrap_or(name);
    let disposition = format!("attachment; filename=\"{name}.{format}\"");
    // Full of numbers of people: nobody between us and them keeps it.
    let kept = (CACHE_CONTROL, "private, no-store".to_owned());
    let head = [(CONTENT_TYPE, format.content_type().to_owned()), (CONTENT_DISPOSITION, disposition), kept];
    (head, body).into_response()
}

async fn heading<R: Exported>(app: &App, scope: TenantScope, language: Language) -> Result<Heading, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let tenant = tenants::find(&mut reader.conn(), scope).await?;
    Ok(Heading {
        title: title(R::NOUN, language).to_owned(),
        workspace: tenant.name,
        days: None,
        zone: tenant.time_zone,
        filters: Vec::new(),
        uncounted: None,
        made_at: app.now(),
    })
}

const fn title(noun: Noun, language: Language) -> &'static str {
    match noun {
        Noun::Calls => language.pick("Calls", "Llamadas"),
        Noun::Messages => language.pick("Messages", "Mensajes"),
        Noun::Voicemails => language.pick("Voicemails", "Mensajes de voz"),
        Noun::Contacts => language.pick("Contacts", "Contactos"),
    }
}

async fn page<R: Exported>(
    app: &App,
    scope: TenantScope,
    filter: &R::Filter,
    cursor: Option<Cursor>,
) -> Result<Page<R>, StoreError> {
    let window = Window::After { cursor, limit: MAX_LIMIT };
    R::page(&mut app.db.read(scope).await?.conn(), scope, filter, window).await
}

/// Page after page. One that cannot be read breaks the download off, so that nobody takes it for whole.
fn lines<R: Exported>(
    app: Arc<App>,
    scope: TenantScope,
    filter: R::Filter,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    // Spreadsheets take a file without this mark for one in the alphabet of their country.
    let head = Bytes::from(format!("{MARK}{}", csv::line(R::HEAD)));
    let filter = Arc::new(filter);
    let pages = stream::try_unfold(Some(None), move |at| {
        let (app, filter) = (Arc::clone(&app), Arc::clone(&filter));
        async move {
            let Some(cursor) = at else { return Ok(None) };
            let page = page::<R>(&app, scope, &filter, cursor).await?;
            let text: String = page.items.into_iter().map(|row| csv_line(&row.cells())).collect();
            Ok(Some((Bytes::from(text), page.next.map(Some))))
        }
    });
    stream::iter([Ok(head)]).chain(pages)
}

/// For programs: times in UTC, and everything quoted.
fn csv_line(cells: &[Cell]) -> String {
    let texts: Vec<String> = cells
        .iter()
        .map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Count(number) | Cell::Seconds(number) => number.to_string(),
            Cell::Decimal(number) | Cell::Share(number) => number.to_string(),
            Cell::Moment(at) => at.to_string(),
        })
        .collect();
    csv::line(&texts)
}

/// Why a list was not written out to its end. It goes to the log, and breaks the download off.
type BreakOff = Box<dyn std::error::Error + Send + Sync>;

/// How far a workbook is.
enum Written {
    Not(Workbook),
    UpTo(Workbook, Option<Cursor>),
    Rows(Workbook),
    Whole,
}

/// The same as a spreadsheet: bytes go out as pages come in.
fn rows<R: Exported>(
    app: Arc<App>,
    scope: TenantScope,
    filter: R::Filter,
    book: Workbook,
) -> impl Stream<Item = Result<Bytes, BreakOff>> {
    let filter = Arc::new(filter);
    let parts = stream::try_unfold(Written::Not(book), move |at| {
        let (app, filter) = (Arc::clone(&app), Arc::clone(&filter));
        async move {
            let (bytes, next) = match at {
                Written::Not(mut book) => {
                    let titles: Vec<String> = R::HEAD.iter().map(|name| (*name).to_owned()).collect();
                    let widths = titles.iter().map(|name| (name.len() + 3).max(16)).collect();
                    book.begin(R::NOUN.as_str(), titles, widths).await?;
                    (book.take(), Written::UpTo(book, None))
                }
                Written::UpTo(mut book, cursor) => {
                    let page = page::<R>(&app, scope, &filter, cursor).await?;
                    for row in page.items {
                        book.row(&row.cells()).await?;
                    }
                    let bytes = book.take();
                    (bytes, if page.next.is_some() { Written::UpTo(book, page.next) } else { Written::Rows(book) })
                }
                Written::Rows(book) => (book.finish().await?, Written::Whole),
                Written::Whole => return Ok(None),
            };
            Ok(Some((Bytes::from(bytes), next)))
        }
    });
    // Most pages are in the compressor still.
    parts.try_filter(|bytes| std::future::ready(!bytes.is_empty()))
}

/// What people read of it, on paper: the newest, and a word where that is not all.
async fn paper<R: Exported>(
    app: &App,
    scope: TenantScope,
    filter: &R::Filter,
    language: Language,
) -> Result<Vec<u8>, Problem> {
    let mut heading = heading::<R>(app, scope, language).await?;
    let places: Vec<usize> =
        R::PAPER.iter().filter_map(|(name, ..)| R::HEAD.iter().position(|head| head == name)).collect();
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = page::<R>(app, scope, filter, cursor).await?;
        for row in page.items {
            let cells = row.cells();
            let shown = |place: &usize| on_paper(R::HEAD[*place], cells.get(*place), language);
            rows.push(places.iter().map(shown).collect());
        }
        cursor = page.next;
        if cursor.is_none() || rows.len() >= PDF_ROWS {
            break;
        }
    }
    if cursor.is_some() || rows.len() > PDF_ROWS {
        rows.truncate(PDF_ROWS);
        let (name, value) = match language {
            Language::English => ("Rows", "the newest 5,000; a CSV or XLSX file has all of them"),
            Language::Spanish => ("Filas", "las 5.000 más recientes; un archivo CSV o XLSX las tiene todas"),
        };
        heading.filters.push((name.to_owned(), value.to_owned()));
    }
    let columns =
        R::PAPER.iter().map(|(_, english, spanish)| Column { title: language.pick(english, spanish).to_owned() });
    let table = Table { title: String::new(), columns: columns.collect(), rows };
    Ok(report_files::write(FileFormat::Pdf, language, &[table], &heading).await?)
}

/// Words and lengths as people read them.
fn on_paper(name: &str, cell: Option<&Cell>, language: Language) -> Cell {
    match (name, cell) {
        ("direction", Some(Cell::Text(word))) => match Direction::parse(word) {
            Some(direction) => text(words::direction(direction, language)),
            None => text(word),
        },
        ("outcome", Some(Cell::Text(word))) => match CallOutcome::parse(word) {
            Some(outcome) => text(words::outcome(outcome, language)),
            None => text(word),
        },
        (name, Some(Cell::Count(number))) if name.ends_with("_seconds") => Cell::Seconds(*number),
        (_, cell) => cell.cloned().unwrap_or(Cell::Empty),
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        Self::internal(&error)
    }
}

/// A cell with a text or a word.
pub fn text(value: impl ToString) -> Cell {
    maybe(Some(value))
}

/// A cell of what may not be known.
pub fn maybe<T: ToString>(value: Option<T>) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Text(value.to_string()))
}

/// A moment that may not be known.
pub fn moment(at: Option<Timestamp>) -> Cell {
    at.map_or(Cell::Empty, Cell::Moment)
}

/// A number that may not be known.
pub fn count(number: Option<i64>) -> Cell {
    number.map_or(Cell::Empty, Cell::Count)
}

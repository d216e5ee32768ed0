//! Tables as files: CSV for programs, XLSX for spreadsheets, PDF for paper.
//!
//! What draws them knows nothing of reports. A report's tables are small and written at once; a list of calls goes through
//! [`Workbook`] row by row while it is read. Nothing that came from a caller is ever run by what opens the file: see
//! [`crate::csv`] and `xlsx`.

mod csv;
mod parts;
mod pdf;
pub mod report;
mod show;
pub mod words;
mod xlsx;

use jiff::civil::Date;
use switchboard_domain::{Timestamp, mail::Language, report_schedule::FileFormat};
pub use switchboard_rules::report::{Cell, Column, Table};

pub use self::{
    csv::{MARK, line},
    pdf::{MOST_ROWS as PDF_ROWS, PdfError},
    show::Show,
    xlsx::Workbook,
};

/// What a file says of itself, beside its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub title: String,
    pub workspace: String,
    /// The first and the last day; `None` for a list that is not of a period.
    pub days: Option<(Date, Date)>,
    /// As the time zone database writes it.
    pub zone: String,
    /// What it was narrowed to: names and values, in words.
    pub filters: Vec<(String, String)>,
    /// How much of it waits to be counted, in words: what the tables say of it is not the last word.
    pub uncounted: Option<String>,
    pub made_at: Timestamp,
}

impl Heading {
    /// Line by line, under the title.
    pub fn rows(&self, show: &Show) -> Vec<(String, String)> {
        let language = show.language;
        let mut rows = vec![(language.pick("Workspace", "Espacio de trabajo").to_owned(), self.workspace.clone())];
        if let Some(days) = self.days {
            rows.push((language.pick("Period", "Periodo").to_owned(), period(days)));
        }
        rows.push((language.pick("Time zone", "Zona horaria").to_owned(), self.zone.clone()));
        rows.extend(self.filters.iter().cloned());
        rows.extend(self.uncounted.iter().map(|much| (words::uncounted(language).to_owned(), much.clone())));
        let made = show.local(self.made_at).map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        rows.push((language.pick("Made", "Hecho").to_owned(), made));
        rows
    }

    /// In one line, for a page's foot.
    pub fn line(&self, _: &Show) -> String {
        let days = self.days.map(period);
        let parts = [Some(self.workspace.clone()), Some(self.title.clone()), days, Some(self.zone.clone())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// Its days, as their names sort.
fn period((from, to): (Date, Date)) -> String {
    if from == to { from.to_string() } else { format!("{from} – {to}") }
}

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the spreadsheet could not be put together")]
    Workbook(#[source] std::io::Error),
    #[error("the PDF could not be put together")]
    Pdf(#[from] PdfError),
}

/// All tables as one file.
pub async fn write(
    format: FileFormat,
    language: Language,
    tables: &[Table],
    heading: &Heading,
) -> Result<Vec<u8>, FileError> {
    let show = Show::new(language, &heading.zone);
    match format {
        FileFormat::Csv => Ok(csv::tables(tables, &show, heading.uncounted.as_deref()).into_bytes()),
        FileFormat::Xlsx => xlsx::tables(tables, &show, heading).await.map_err(FileError::Workbook),
        FileFormat::Pdf => {
            let (tables, heading) = (tables.to_vec(), heading.clone());
            // Laying out thousands of rows takes longer than others on this thread should wait.
            let drawn = tokio::task::spawn_blocking(move || pdf::tables(&tables, &show, &heading)).await;
            Ok(drawn.unwrap_or(Err(PdfError::Font))?)
        }
    }
}

/// `queues_2026-11-01_2026-11-30.pdf`; letters, digits, `-` and `_` only.
pub fn name(what: &str, days: Option<(Date, Date)>, format: FileFormat) -> String {
    match days {
        Some((from, to)) if from == to => format!("{what}_{from}.{format}"),
        Some((from, to)) => format!("{what}_{from}_{to}.{format}"),
        None => format!("{what}.{format}"),
    }
}

#[cfg(test)]
mod tests;

//! A report as a table: what spreadsheets, PDF and mails are made of. A report becomes one or more tables; what draws them
//! knows nothing of reports.

use switchboard_domain::Timestamp;

/// A table with a heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub title: String,
    pub columns: Vec<Column>,
    /// As many cells each as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A column's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub title: String,
}

/// One value, still typed, so that a spreadsheet can compute with it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Count(i64),
    /// A number that is no count, such as Erlangs.
    Decimal(f64),
    /// Of 1: 0.5 is shown as 50 %.
    Share(f64),
    Seconds(i64),
    /// Shown in the workspace's zone.
    Moment(Timestamp),
}

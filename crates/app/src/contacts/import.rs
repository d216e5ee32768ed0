//! Contacts out of a file.
//!
//! Every row is looked at before the first is written, so that a dry run says what the real one will do. The rows are then
//! applied some hundred to a transaction: one for all would hold up everything that comes in meanwhile. A run that is
//! broken off has done a part, and the same file sent again does the rest: a row that says nothing new changes nothing.

use std::collections::HashMap;

use switchboard_domain::{
    audit::Action,
    contact::{ContactEdit, ContactKey, key_of_written},
    email::Email,
    ids::{ContactId, TenantId},
    phone::Region,
    tenant::checked_name,
};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    contacts::{self, KeptContact},
    record,
};
use uuid::Uuid;

pub use super::table::{Column, MAX_ROWS, TableError};
use super::{
    edit, key_of, later_than, say,
    table::{Line, Table},
};
use crate::{
    App,
    audit::{self, Entry, Origin},
    merge,
};

/// Bytes that a file may have.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// Rows of one transaction.
const CHUNK: usize = 200;
/// Errors that are described; the rest is counted.
pub const DESCRIBED: usize = 1_000;

/// A file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("the import stopped; what was done stays, and the same file may be sent again")]
    Store(#[from] StoreError),
}

/// What is wrong with a row. The row is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file.
    pub row: u64,
    pub column: Option<Column>,
    /// Stable: `invalid`, `required`, `too_long`, `duplicate`.
    pub code: &'static str,
    pub message: String,
}

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub rows: usize,
    pub created: usize,
    pub updated: usize,
    /// Rows that say nothing new.
    pub unchanged: usize,
    pub failed: usize,
    /// The first of what is wrong.
    pub errors: Vec<RowError>,
    pub columns: Vec<Column>,
    /// Columns that were left out, by their names in the file.
    pub ignored: Vec<String>,
}

impl Report {
    fn fail(&mut self, error: RowError) {
        self.failed += 1;
        if self.errors.len() < DESCRIBED {
            self.errors.push(error);
        }
    }
}

/// A row that was understood.
struct Row {
    key: ContactKey,
    phone: Option<String>,
    name: Option<String>,
    email: Option<String>,
    company: Option<String>,
}

/// Whether to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only say what would be done.
    DryRun,
    Apply,
}

/// Imports a file. Numbers that are written without a country are read as those of `region`.
pub async fn import(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    file: &[u8],
    region: Region,
    mode: Mode,
) -> Result<Report, ImportError> {
    let table = Table::read(file)?;
    let mut report =
        Report { rows: table.len(), columns: table.understood(), ignored: table.ignored.clone(), ..Report::default() };
    let rows = understood(scope.tenant(), &table, region, &mut report);
    for chunk in rows.chunks(CHUNK) {
        match mode {
            Mode::DryRun => {
                let mut reader = app.db.read(scope).await?;
                let known = Known::load(&mut reader.conn(), scope, chunk).await?;
                known.edits(chunk, &mut report);
            }
            Mode::Apply => apply(app, scope, by, chunk, &mut report).await?,
        }
    }
    Ok(report)
}

async fn apply(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    chunk: &[Row],
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let known = Known::load(&mut tx.conn(), scope, chunk).await?;
    let before = (report.created, report.updated);
    let edits = known.edits(chunk, report);
    if edits.is_empty() {
        return Ok(());
    }
    let at = later_than(app.now(), known.0.values());
    let has_jobs = say(app, &mut tx, at, Action::ContactsImported.as_str(), edits).await?;
    let entry = Entry::new(by, Action::ContactsImported)
        .with("created", report.created - before.0)
        .with("updated", report.updated - before.1);
    audit::record(&mut tx, app, entry).await?;
    merge::commit_own(app, tx, has_jobs).await
}

/// The rows that can be imported; what is wrong with the others goes into the report.
fn understood(tenant: TenantId, table: &Table, region: Region, report: &mut Report) -> Vec<Row> {
    let mut rows = Vec::with_capacity(table.len());
    let mut seen: HashMap<ContactId, u64> = HashMap::new();
    for line in table.lines() {
        match read(tenant, &line, region) {
            Ok(row) => {
                if let Some(first) = seen.get(&row.key.id) {
                    let column = Some(if row.phone.is_some() { Column::Phone } else { Column::Email });
                    let message = format!("the same as in row {first}; this row was left out");
                    report.fail(RowError { row: line.row, column, code: "duplicate", message });
                } else {
                    seen.insert(row.key.id, line.row);
                    rows.push(row);
                }
            }
            Err(error) => report.fail(error),
        }
    }
    rows
}

fn read(tenant: TenantId, line: &Line<'_>, region: Region) -> Result<Row, RowError> {
    let wrong =
        |column: Option<Column>, code: &'static str, message: String| RowError { row: line.row, column, code, message };
    if let Some(column) = line.too_long() {
        return Err(wrong(Some(column), "too_long", "there is too much text".to_owned()));
    }
    let phone = match line.cell(Column::Phone) {
        Some(written) => Some(edit::number(written, region).ok_or_else(|| {
            wrong(Some(Column::Phone), "invalid", "it is no telephone number; write it like +14155550123".to_owned())
        })?),
        None => None,
    };
    let email = match line.cell(Column::Email) {
        Some(written) => {
            let read =
                Email::parse(written).map_err(|error| wrong(Some(Column::Email), "invalid", error.to_string()))?;
            Some(read.into_string())
        }
        None => None,
    };
    let text = |column: Column, written: Option<String>| match written {
        Some(written) => match checked_name(&written) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(wrong(Some(column), "invalid", error.to_string())),
        },
        None => Ok(None),
    };
    let name = text(Column::Name, line.name())?;
    let company = text(Column::Company, line.cell(Column::Company).map(str::to_owned))?;
    let key = key_of_written(tenant, phone.as_deref(), email.as_deref())
        .ok_or_else(|| wrong(None, "required", "it has neither a telephone number nor an e-mail address".to_owned()))?;
    Ok(Row { key, phone, name, email, company })
}

/// The contacts that rows are about, by the ids that the rows name: what is part of another stands for that.
struct Known(HashMap<ContactId, KeptContact>);

impl Known {
    async fn load(conn: &mut Conn<'_>, scope: TenantScope, rows: &[Row]) -> Result<Self, StoreError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.key.id.uuid()).collect();
        let found: Vec<KeptContact> = record::find(conn, scope.tenant(), &ids).await?;
        let mut known = HashMap::with_capacity(found.len());
        for kept in found {
            let named = kept.record.id;
            let whole = match kept.record.merged_into {
                Some(_) => contacts::lookup(conn, scope, named).await?,
                None => Some(kept),
            };
            known.extend(whole.map(|whole| (named, whole)));
        }
        Ok(Self(known))
    }

    /// What the rows change.
    fn edits(&self, rows: &[Row], report: &mut Report) -> Vec<ContactEdit> {
        let mut edits = Vec::new();
        for row in rows {
            let edit = self.edit(row);
            if !self.0.contains_key(&row.key.id) {
                report.created += 1;
            } else if edit.is_empty() {
                report.unchanged += 1;
                continue;
            } else {
                report.updated += 1;
            }
            edits.push(edit);
        }
        edits
    }

    fn edit(&self, row: &Row) -> ContactEdit {
        let Some(kept) = self.0.get(&row.key.id) else {
            return ContactEdit {
                phone: row.phone.clone(),
                name: row.name.clone(),
                emails: row.email.clone().map(|email| vec![email]),
                company: row.company.clone(),
                ..ContactEdit::of(&row.key)
            };
        };
        let held = &kept.record;
        let differs =
            |given: &Option<String>, held: &Option<String>| given.clone().filter(|given| Some(given) != held.as_ref());
        let is_new = |email: &&String| !held.emails.contains(email);
        let emails = row.email.as_ref().filter(is_new).map(|email| {
            let mut all = held.emails.clone();
            all.push(email.clone());
            all.sort();
            all
        });
        ContactEdit {
            name: differs(&row.name, &held.name),
            company: differs(&row.company, &held.company),
            emails,
            ..ContactEdit::of(&key_of(kept))
        }
    }
}

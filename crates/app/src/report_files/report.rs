//! A report as a file: what is downloaded, what is mailed, what a command writes.

use jiff::civil::Date;
use switchboard_domain::{audit::Action, mail::Language, report_schedule::FileFormat};
use switchboard_rules::report::{Filter, ReportKind};
use switchboard_store::{StoreError, TenantScope, connections, tenants};

use super::{FileError, Heading, name, words, write};
use crate::{
    App,
    audit::{self, Entry, Origin},
    reports::{self, Asked, ReportsError},
};

/// A file, whole.
#[derive(Debug, Clone)]
pub struct ReportFile {
    pub name: String,
    pub format: FileFormat,
    pub bytes: Vec<u8>,
    /// Nothing of its days waited to be counted.
    pub is_current: bool,
}

/// A report could not be made into a file.
#[derive(Debug, thiserror::Error)]
pub enum ReportFileError {
    #[error(transparent)]
    Report(#[from] ReportsError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("what the report is about could not be read")]
    Store(#[from] StoreError),
}

/// Which report.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub kind: ReportKind,
    pub filter: Filter,
    /// What some reports are asked besides.
    pub asked: Asked,
    pub format: FileFormat,
    pub language: Language,
}

/// The report as a file.
pub async fn make(app: &App, scope: TenantScope, wanted: &Wanted) -> Result<ReportFile, ReportFileError> {
    let Wanted { kind, ref filter, asked, format, language } = *wanted;
    let report = reports::run_as(app, scope, kind, filter, asked).await?;
    let about = report.about();
    let (is_current, hours) = (about.is_current, about.waiting_hours);
    let uncounted = (!is_current).then(|| words::uncounted_hours(hours, language));
    let heading = Heading { uncounted, ..heading(app, scope, kind, filter, language).await? };
    let bytes = write(format, language, &report.tables(language), &heading).await?;
    let name = name(kind.as_str(), Some((filter.from, filter.to)), format);
    Ok(ReportFile { name, format, bytes, is_current })
}

/// [`make`], for somebody who takes it out: that is written down, before anything can be taken.
pub async fn export(
    app: &App,
    scope: TenantScope,
    wanted: &Wanted,
    by: &Origin,
) -> Result<ReportFile, ReportFileError> {
    let file = make(app, scope, wanted).await?;
    let (kind, filter) = (wanted.kind, &wanted.filter);
    let entry = Entry::new(by, Action::ReportExported).with("report", kind.as_str());
    let entry = entry.with("format", wanted.format.as_str());
    let entry = entry.with("from", date(filter.from)).with("to", date(filter.to));
    // Which filters were used; not their values, which may be numbers of people.
    let used: Vec<String> = words::filters(filter, filter.connection.map(|_| ""), Language::English)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    audit::record_alone(app, scope, entry.with("filters", used)).await?;
    Ok(file)
}

fn date(date: Date) -> String {
    date.to_string()
}

async fn heading(
    app: &App,
    scope: TenantScope,
    kind: ReportKind,
    filter: &Filter,
    language: Language,
) -> Result<Heading, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let tenant = tenants::find(conn, scope).await?;
    let connection = match filter.connection {
        Some(id) => connections::find(conn, scope, id).await?.map_or_else(|| id.to_string(), |found| found.name).into(),
        None => None,
    };
    Ok(Heading {
        title: words::title(kind, language).to_owned(),
        workspace: tenant.name,
        days: Some((filter.from, filter.to)),
        zone: tenant.time_zone,
        filters: words::filters(filter, connection.as_deref(), language),
        uncounted: None,
        made_at: app.now(),
    })
}

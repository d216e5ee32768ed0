//! Replaced by `crate::reports` the moment that it is here.

use switchboard_domain::mail::Language;
use switchboard_rules::report::{Filter, ReportKind, Table};
use switchboard_store::{StoreError, TenantScope};

use crate::App;

pub type ReportsError = StoreErrorOf;

/// As it will be.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreErrorOf(#[from] StoreError);

pub struct Report;

impl Report {
    pub fn tables(&self, _: Language) -> Vec<Table> {
        Vec::new()
    }
}

#[expect(clippy::unused_async, reason = "as it will be")]
pub async fn run(_: &App, _: TenantScope, _: ReportKind, _: &Filter) -> Result<Report, ReportsError> {
    Ok(Report)
}

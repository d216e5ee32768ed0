//! Everything about one contact, to be taken out or forgotten. Both are jobs: they read a tenant's whole log.

use std::sync::Arc;

use switchboard_domain::{
    audit::Action,
    ids::{ContactId, ExportId, JobId},
};
use switchboard_store::{
    StoreError, TenantScope,
    contacts::{self, KeptContact},
    exports::{self, Export},
    work::{self, JobFilter},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
    jobs::{self, EraseContact, ExportContact},
    wake::Signal,
};

/// The word in `exports.kind`.
pub const EXPORT_KIND: &str = "contact";

/// Something about a contact cannot be begun.
#[derive(Debug, thiserror::Error)]
pub enum ContactsError {
    #[error("there is no such contact")]
    NotFound,
    #[error(
        "the number does not fit this contact; repeat the contact's number as its page shows it (or, for a contact \
             without one, its provider's id)"
    )]
    NotConfirmed,
    #[error("the contact is being erased already")]
    BeingErased,
    #[error("the request could not be stored")]
    Store(#[from] StoreError),
}

/// Begins an export of everything about a contact.
pub async fn export(
    app: &Arc<App>,
    scope: TenantScope,
    by: &Origin,
    contact: ContactId,
) -> Result<Export, ContactsError> {
    let contact = find(app, scope, contact).await?.ok_or(ContactsError::NotFound)?.record.id;
    let now = app.now();
    let id: ExportId = app.id();
    let row = jobs::row(app, scope.tenant(), &ExportContact { export: id, contact }, now);
    let export = Export {
        id,
        tenant_id: scope.tenant(),
        kind: EXPORT_KIND.to_owned(),
        subject: Some(contact.to_string()),
        requested_by: by.actor.id().unwrap_or_else(|| by.name.clone()),
        job_id: Some(row.id),
        media_key: None,
        bytes: None,
        created_at: now,
        finished_at: None,
        expires_at: None,
    };
    let mut tx = app.db.begin(scope).await?;
    exports::insert(&mut tx.conn(), &export).await?;
    work::insert(&mut tx.conn(), &[row], now).await?;
    let entry = Entry::new(by, Action::ContactExported).on("contact", contact).with("export", id.to_string());
    audit::record(&mut tx, app, entry).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(export)
}

/// Begins to erase a contact. `confirmation` is the contact's number (or provider's id, where there is no number): an id is
/// easily pasted in the wrong place, and nothing brings back what is erased.
pub async fn erase(
    app: &Arc<App>,
    scope: TenantScope,
    by: &Origin,
    contact: ContactId,
    confirmation: &str,
) -> Result<JobId, ContactsError> {
    let kept = find(app, scope, contact).await?.ok_or(ContactsError::NotFound)?;
    if kept.record.natural_key != confirmation.trim() {
        return Err(ContactsError::NotConfirmed);
    }
    let contact = kept.record.id;
    let now = app.now();
    let row = jobs::row(app, scope.tenant(), &EraseContact::new(contact), now);
    let id = row.id;
    let mut tx = app.db.begin(scope).await?;
    if work::insert(&mut tx.conn(), &[row], now).await? == 0 {
        return Err(ContactsError::BeingErased);
    }
    audit::record(&mut tx, app, Entry::new(by, Action::ContactErased).on("contact", contact)).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(id)
}

async fn find(app: &App, scope: TenantScope, id: ContactId) -> Result<Option<KeptContact>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    contacts::lookup(&mut reader.conn(), scope, id).await
}

/// An export with the job that makes it; the job is forgotten some days after it is done.
pub async fn find_export(
    app: &App,
    scope: TenantScope,
    id: ExportId,
) -> Result<Option<(Export, Option<work::Job>)>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let Some(export) = exports::lookup(conn, scope, id).await? else { return Ok(None) };
    let job = match export.job_id {
        Some(job) => work::lookup(conn, scope, job).await?,
        None => None,
    };
    Ok(Some((export, job)))
}

/// Exports, newest first, each with its job.
pub async fn list_exports(
    app: &App,
    scope: TenantScope,
    before: Option<ExportId>,
    limit: i64,
) -> Result<Vec<(Export, Option<work::Job>)>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let found = exports::list(conn, scope, before, limit).await?;
    let kinds = vec![jobs::Kind::ExportContact.as_str().to_owned()];
    let filter = JobFilter { kinds, ..JobFilter::default() };
    let jobs = work::list(conn, scope, &filter, limit.saturating_mul(2)).await?;
    let with_job = |export: Export| {
        let job = jobs.iter().find(|job| Some(job.id) == export.job_id).cloned();
        (export, job)
    };
    Ok(found.into_iter().map(with_job).collect())
}

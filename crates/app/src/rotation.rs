//! Rotates the installation's key: what is sealed with an older one is sealed anew with the current one, while the server
//! serves.
//!
//! Both keys are known meanwhile (`ENCRYPTION_KEY` and `ENCRYPTION_KEY_OLD`), so everything opens at any moment; row after
//! row is replaced if it still holds what was read. Killed half-way, the next run finds what is left. Where the list of
//! sealed columns is, is [`switchboard_store::sealed`]; what each value is bound to is here.

use secrecy::SecretString;
use switchboard_domain::{
    audit::Action,
    ids::{MailId, UserId},
};
use switchboard_store::{
    StoreError,
    sealed::{self, RowKey, SealedColumn, SealedRow},
};

use crate::{
    App,
    accounts::{oidc, second_factor},
    audit::{self, Entry, Origin},
    connections::TOKEN_FIELD,
    hooks::SECRET_FIELD,
    idempotency, mail,
    oauth::VERIFIER_FIELD,
    privacy::subject,
    vault::{Place, VaultError},
};

/// Rows that are read at a time.
const BATCH: i64 = 200;

/// What became of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnDone {
    pub column: SealedColumn,
    /// Sealed anew.
    pub resealed: u64,
    /// Set or removed by somebody else meanwhile, and therefore left alone.
    pub overtaken: u64,
    /// Sealed with a key that this installation does not have, or damaged.
    pub unreadable: u64,
}

/// Seals everything anew that is not sealed with the current key. `told` hears of each column as it is done.
pub async fn rotate(app: &App, by: &Origin, mut told: impl FnMut(&ColumnDone)) -> Result<Vec<ColumnDone>, StoreError> {
    let mut all = Vec::new();
    for column in SealedColumn::ALL {
        let done = rotate_column(app, *column).await?;
        told(&done);
        all.push(done);
    }
    let resealed: u64 = all.iter().map(|done| done.resealed).sum();
    if resealed > 0 {
        let unreadable: u64 = all.iter().map(|done| done.unreadable).sum();
        let mut tx = app.db.begin_platform().await?;
        let entry = Entry::new(by, Action::KeysRotated).with("resealed", resealed).with("unreadable", unreadable);
        audit::record_platform(&mut tx, app, entry).await?;
        tx.commit().await?;
    }
    Ok(all)
}

async fn rotate_column(app: &App, column: SealedColumn) -> Result<ColumnDone, StoreError> {
    let mut done = ColumnDone { column, resealed: 0, overtaken: 0, unreadable: 0 };
    let mut after: Option<RowKey> = None;
    loop {
        let rows = sealed::list_stale(&app.db, column, app.vault.current_id(), after.as_ref(), BATCH).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = Some(last.key.clone());
        for row in rows {
            match reseal(app, column, &row) {
                Ok((value, fingerprint)) => {
                    let is_replaced = sealed::replace(&app.db, column, &row, value, fingerprint).await?;
                    if is_replaced { done.resealed += 1 } else { done.overtaken += 1 }
                }
                Err(error) => {
                    tracing::warn!(column = %column, row = %name_of(&row.key), %error, "a value cannot be sealed anew");
                    done.unreadable += 1;
                }
            }
        }
    }
}

/// The value sealed anew, with the fingerprint where the column has one.
fn reseal(app: &App, column: SealedColumn, row: &SealedRow) -> Result<(Vec<u8>, Option<Vec<u8>>), VaultError> {
    let value: SecretString = app.vault.open(place(column, row)?, &row.sealed)?;
    let sealed = app.vault.seal(&*app.random, place(column, row)?, &value);
    let fingerprint = (column == SealedColumn::WebhookSecrets).then(|| app.vault.fingerprint(&value));
    Ok((sealed, fingerprint))
}

/// Whether a value opens where it is.
pub fn is_readable(app: &App, column: SealedColumn, row: &SealedRow) -> Result<(), VaultError> {
    app.vault.open(place(column, row)?, &row.sealed).map(|_| ())
}

/// What a value was sealed for. A row that lacks a part of it is damaged.
fn place(column: SealedColumn, row: &SealedRow) -> Result<Place<'_>, VaultError> {
    let tenant = row.tenant.ok_or(VaultError::Damaged);
    match (column, &row.key) {
        (SealedColumn::Credentials, RowKey::Named(owner, field)) => Ok(Place { tenant: tenant?, owner: *owner, field }),
        (SealedColumn::HookTokens, RowKey::Id(id)) => Ok(Place { tenant: tenant?, owner: *id, field: TOKEN_FIELD }),
        (SealedColumn::WebhookSecrets, _) => {
            Ok(Place { tenant: tenant?, owner: row.owner.ok_or(VaultError::Damaged)?, field: SECRET_FIELD })
        }
        (SealedColumn::OAuthVerifiers, _) => {
            Ok(Place { tenant: tenant?, owner: row.owner.ok_or(VaultError::Damaged)?, field: VERIFIER_FIELD })
        }
        (SealedColumn::Totp, RowKey::Id(id)) => Ok(second_factor::place(UserId::from_uuid(*id))),
        (SealedColumn::LoginAttempts, RowKey::Hash(hash)) if hash.len() >= 16 => Ok(oidc::place(hash)),
        (SealedColumn::Mails, RowKey::Id(id)) => Ok(mail::place(MailId::from_uuid(*id), row.tenant)),
        (SealedColumn::ErasureKeys, _) => Ok(subject::place(tenant?)),
        (SealedColumn::IdempotentAnswers, RowKey::Named(_, key)) => Ok(idempotency::place(tenant?, key)),
        _ => Err(VaultError::Damaged),
    }
}

/// The row, for the log. A hash is left out: some are of what opens a door.
fn name_of(key: &RowKey) -> String {
    match key {
        RowKey::Id(id) | RowKey::Named(id, _) => id.to_string(),
        RowKey::Hash(_) => "(hash)".to_owned(),
    }
}

/// How the values of one column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnStanding {
    pub column: SealedColumn,
    /// Sealed with the current key.
    pub current: i64,
    /// With a key that is being phased out.
    pub older: i64,
    /// With a key that is not known here: these cannot be read.
    pub unknown: i64,
}

/// How everything sealed stands.
pub async fn status(app: &App) -> Result<Vec<ColumnStanding>, StoreError> {
    let mut all = Vec::new();
    for column in SealedColumn::ALL {
        let mut standing = ColumnStanding { column: *column, current: 0, older: 0, unknown: 0 };
        for (key, count) in sealed::count_by_key(&app.db, *column).await? {
            let place = if key == app.vault.current_id() {
                &mut standing.current
            } else if app.vault.knows(&key) {
                &mut standing.older
            } else {
                &mut standing.unknown
            };
            *place += count;
        }
        all.push(standing);
    }
    Ok(all)
}

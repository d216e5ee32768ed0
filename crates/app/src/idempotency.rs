//! The same request twice has one effect: a client that did not hear the answer sends it again under the same key.
//!
//! The key is taken before anything is done and answered after. A request that fails on our side gives its key back, so
//! that the next try is a first one. Answers are kept sealed: some of them show an API key, which is otherwise nowhere. For
//! the same reason a key is its caller's: what one may see, another of the same tenant may not, whatever keys they choose.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::{Timestamp, actor::Actor, ids::TenantId};
use switchboard_store::{StoreError, TenantScope, idempotency};
use uuid::Uuid;

use crate::{
    App,
    vault::{Place, sha256},
};

/// How long a key is remembered.
pub const KEEP: Duration = Duration::from_hours(24);
/// A key that nobody answered for so long was left behind by a process that died. Longer than any request may take.
const ABANDONED: Duration = Duration::from_mins(2);

/// The right to answer for a key.
#[derive(Debug)]
pub struct Claim {
    scope: TenantScope,
    /// As it is stored: with whose it is.
    key: String,
    taken_at: Timestamp,
}

/// An answer that was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// How a request with a key begins.
#[derive(Debug)]
pub enum Begun {
    /// Nobody has used the key: do it, then [`finish`] or [`forget`].
    First(Claim),
    Answered(Answer),
    /// The first request with the key is still being handled.
    InProgress,
    /// The key was used for something else.
    Different,
}

/// Takes a key of this caller for a request, which `parts` identify (path and body).
pub async fn begin(
    app: &App,
    scope: TenantScope,
    actor: &Actor,
    key: &str,
    parts: &[&[u8]],
) -> Result<Begun, StoreError> {
    let now = app.now();
    let key = &of_caller(actor, key);
    let hash = request_hash(parts);
    let new = idempotency::NewKey {
        key,
        request_hash: &hash,
        created_at: now,
        expires_at: now + KEEP,
        abandoned_before: now - ABANDONED,
    };
    let mut tx = app.db.begin(scope).await?;
    if idempotency::take(&mut tx.conn(), scope, &new).await? {
        tx.commit(now).await?;
        return Ok(Begun::First(Claim { scope, key: key.to_owned(), taken_at: now }));
    }
    let kept = idempotency::find(&mut tx.conn(), scope, key).await?;
    tx.commit(now).await?;
    Ok(match kept {
        Some(kept) if kept.request_hash != hash => Begun::Different,
        Some(idempotency::KeptAnswer { status: Some(status), body, .. }) => {
            let body = open(app, scope.tenant(), key, &body.unwrap_or_default())?;
            Begun::Answered(Answer { status: u16::try_from(status).unwrap_or(200), body })
        }
        // Not answered yet; or given back between the two statements, and then whoever asks again is the first.
        Some(_) | None => Begun::InProgress,
    })
}

/// Keeps the answer for 24 hours.
pub async fn finish(app: &App, claim: Claim, status: u16, body: &[u8]) -> Result<(), StoreError> {
    let text = SecretString::from(String::from_utf8_lossy(body).into_owned());
    let place = place(claim.scope.tenant(), &claim.key);
    let sealed = app.vault.seal(app.random.as_ref(), place, &text);
    let mut tx = app.db.begin(claim.scope).await?;
    idempotency::answer(&mut tx.conn(), claim.scope, &claim.key, claim.taken_at, status.into(), &sealed).await?;
    tx.commit(app.now()).await?;
    Ok(())
}

/// Gives the key back: nothing came of it.
pub async fn forget(app: &App, claim: Claim) -> Result<(), StoreError> {
    let mut tx = app.db.begin(claim.scope).await?;
    idempotency::release(&mut tx.conn(), claim.scope, &claim.key, claim.taken_at).await?;
    tx.commit(app.now()).await?;
    Ok(())
}

/// Answers that are looked at in one go.
const ANSWERS: i64 = 200;

/// Puts "gone" in the place of every kept answer that names one of these texts. The keys stay taken: a client that sends its
/// request again must still not have it done twice.
pub(crate) async fn forget_answers(app: &App, scope: TenantScope, texts: &[String]) -> Result<(), StoreError> {
    let gone = SecretString::from(r#"{"error":"Gone","message":"what this answer showed was erased"}"#);
    let mut after = String::new();
    loop {
        let mut reader = app.db.read(scope).await?;
        let page = idempotency::answers(&mut reader.conn(), scope, &after, ANSWERS).await?;
        drop(reader);
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for (key, sealed) in page {
            let body = open(app, scope.tenant(), &key, &sealed)?;
            let shown = String::from_utf8_lossy(&body);
            if texts.iter().any(|text| shown.contains(text)) {
                let sealed = app.vault.seal(app.random.as_ref(), place(scope.tenant(), &key), &gone);
                let mut tx = app.db.begin(scope).await?;
                idempotency::replace(&mut tx.conn(), scope, &key, 410, &sealed).await?;
                tx.commit(app.now()).await?;
            }
        }
    }
}

/// The key as it is stored. An app's belongs to the API key that it came with, because the next one may be allowed less; a
/// person's to whoever acts under their name as well.
fn of_caller(actor: &Actor, key: &str) -> String {
    match actor {
        Actor::App { key: by, .. } => format!("{by}/{key}"),
        Actor::User { user, impersonated_by: None, .. } => format!("{user}//{key}"),
        Actor::User { user, impersonated_by: Some(admin), .. } => format!("{user}/{admin}/{key}"),
        Actor::PlatformAdmin { .. } | Actor::Operator | Actor::System => {
            format!("{}:{}/{key}", actor.kind(), actor.id().unwrap_or_default())
        }
    }
}

fn request_hash(parts: &[&[u8]]) -> Vec<u8> {
    let mut all = Vec::new();
    for part in parts {
        all.extend_from_slice(&part.len().to_be_bytes());
        all.extend_from_slice(part);
    }
    sha256(&all)
}

pub(crate) fn place(tenant: TenantId, key: &str) -> Place<'_> {
    Place { tenant, owner: Uuid::nil(), field: key }
}

fn open(app: &App, tenant: TenantId, key: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    match app.vault.open(place(tenant, key), sealed) {
        Ok(text) => Ok(text.expose_secret().as_bytes().to_vec()),
        Err(error) => Err(StoreError::Inconsistent { what: "idempotent answer", why: error.to_string() }),
    }
}

//! Two contacts are one person; or they are not, after all.
//!
//! What is merged keeps standing one step below the contact that it is part of, never deeper: merging a contact that has
//! parts says of each of its parts where it belongs now. So nobody follows chains, and there can be no circle.

use std::collections::BTreeMap;

use switchboard_domain::{
    audit::Action,
    contact::{ContactEdit, Place},
    ids::ContactId,
};
use switchboard_store::{
    TenantScope,
    contacts::{self, KeptContact},
};
use uuid::Uuid;

use super::{ContactError, MAX_PARTS, key_of, later_than, say};
use crate::{
    App,
    audit::{self, Entry, Origin},
    merge,
};

/// Makes others part of a contact. What is so already stays so.
pub async fn merge(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    id: ContactId,
    others: &[ContactId],
) -> Result<KeptContact, ContactError> {
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let conn = &mut tx.conn();
    let whole = contacts::lookup(conn, scope, id).await?.ok_or(ContactError::NotFound)?;
    let id = whole.record.id;
    if others.is_empty() || others.len() > MAX_PARTS {
        let why = format!("name 1 to {MAX_PARTS} contacts that are the same person");
        return Err(ContactError::field("contact_ids", "invalid", why));
    }
    let mut wholes: Vec<Uuid> = vec![id.uuid()];
    for other in others {
        let other = contacts::lookup(conn, scope, *other).await?.ok_or(ContactError::NotFound)?;
        wholes.push(other.record.id.uuid());
    }
    let all = contacts::with_parts(conn, scope.tenant(), &wholes).await?;
    // Each once, and what is part of it already left as it is.
    let all: BTreeMap<ContactId, KeptContact> = all.into_iter().map(|kept| (kept.record.id, kept)).collect();
    if all.len() > MAX_PARTS {
        let why = format!("together they would have {} numbers; a contact has at most {MAX_PARTS}", all.len());
        return Err(ContactError::field("contact_ids", "too_long", why));
    }
    let is_new_part = |kept: &&KeptContact| kept.record.id != id && kept.record.merged_into != Some(id);
    let parts: Vec<&KeptContact> = all.values().filter(is_new_part).collect();
    if parts.is_empty() {
        return Ok(whole);
    }
    let at = later_than(app.now(), all.values());
    let place = Some(Place::PartOf(id));
    let edits = parts.iter().map(|part| ContactEdit { place, ..ContactEdit::of(&key_of(part)) }).collect();
    let ids: Vec<String> = parts.iter().map(|part| part.record.id.to_string()).collect();
    let has_jobs = say(app, &mut tx, at, Action::ContactMerged.as_str(), edits).await?;
    let kept = contacts::lookup(&mut tx.conn(), scope, id).await?.ok_or(ContactError::NotFound)?;
    let entry = Entry::new(by, Action::ContactMerged).on("contact", id).with("contacts", ids);
    audit::record(&mut tx, app, entry).await?;
    merge::commit_own(app, tx, has_jobs).await?;
    Ok(kept)
}

/// Which part of a contact is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// By its number, or by the provider's id where it has none.
    Key(String),
    Contact(ContactId),
}

/// Takes a part out of a contact: it is a contact of its own again, as it was and with what came for it since. Returns it.
pub async fn split(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    id: ContactId,
    part: &Part,
) -> Result<KeptContact, ContactError> {
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let conn = &mut tx.conn();
    let whole = contacts::lookup(conn, scope, id).await?.ok_or(ContactError::NotFound)?;
    let id = whole.record.id;
    let all = contacts::with_parts(conn, scope.tenant(), &[id.uuid()]).await?;
    let is_meant = |kept: &&KeptContact| match part {
        Part::Key(key) => kept.record.natural_key == *key,
        Part::Contact(contact) => kept.record.id == *contact,
    };
    let Some(found) = all.iter().find(is_meant) else {
        return Err(ContactError::field("number", "unknown", "it is not part of this contact"));
    };
    if found.record.id == id {
        let why = "it is what the contact itself is known by; take the others out instead";
        return Err(ContactError::field("number", "invalid", why));
    }
    let at = later_than(app.now(), &all);
    let edit = ContactEdit { place: Some(Place::Own), ..ContactEdit::of(&key_of(found)) };
    let out = edit.contact;
    let has_jobs = say(app, &mut tx, at, Action::ContactSplit.as_str(), vec![edit]).await?;
    let kept = contacts::lookup(&mut tx.conn(), scope, out).await?.ok_or(ContactError::NotFound)?;
    let entry = Entry::new(by, Action::ContactSplit).on("contact", id).with("contact", out.to_string());
    audit::record(&mut tx, app, entry).await?;
    merge::commit_own(app, tx, has_jobs).await?;
    Ok(kept)
}

//! What people do with calls: notes, tags, and marking them as dealt with.
//!
//! Each deed is an event of our own on one leg of the call (its first), logged and applied together with its entry in the
//! audit log. Why a leg: see [`switchboard_domain::call_work`].

use switchboard_domain::{
    actor::Actor,
    audit::Action,
    call::Call,
    call_work::{Author, Note, NoteFact, Resolution, TagFact, WorkDoc, WorkFact},
    fact::{Fact, FactBody, LegFact},
    ids::{CallId, NoteId},
    merge::Authority,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    calls::{self, KeptLeg},
    people::users,
    record::Kept,
};

use crate::{
    App,
    accounts::{FieldFault, fault},
    audit::{self, Entry, Origin},
    merge::{self, Own},
};

/// Characters of a note, of a tag, and tags of a call.
pub const NOTE_LENGTH: usize = 4_000;
pub const TAG_LENGTH: usize = 40;
pub const TAGS: usize = 20;
/// Notes of a call, and different tags that were ever on one: bounds of what is read with each leg.
const MOST_NOTES: usize = 200;
const MOST_KNOWN_TAGS: usize = 200;

/// Something could not be done with a call.
#[derive(Debug, thiserror::Error)]
pub enum CallsError {
    #[error("there is no such call")]
    NoSuchCall,
    #[error("there is no such note on this call")]
    NoSuchNote,
    #[error("a note is changed and taken away by whoever wrote it; write one of your own")]
    SomebodyElses,
    #[error("a call has at most {MOST_NOTES} notes; change one of them instead")]
    TooManyNotes,
    #[error("this call has had too many different tags; use some of those")]
    TooManyTags,
    /// Values that a person should change, each with its field.
    #[error("{}", fault::list(.0))]
    Fields(Vec<FieldFault>),
    #[error("the call could not be read or changed")]
    Store(#[from] StoreError),
}

/// Who acts, as people are told: by their name, where the audit log has their address. Ask before a transaction begins: it
/// is a look-up of its own.
pub(crate) async fn author(app: &App, by: &Origin) -> Result<Author, StoreError> {
    let person = match &by.actor {
        Actor::User { user, .. } | Actor::PlatformAdmin { user, .. } => users::find(&app.db, *user).await?,
        Actor::App { .. } | Actor::Operator | Actor::System => None,
    };
    let name = person.map(|person| person.full_name).filter(|name| !name.trim().is_empty());
    Ok(Author { id: by.actor.id(), name: name.unwrap_or_else(|| by.name.clone()) })
}

/// A call under its tenant's lock, with what people did with it so far.
struct Held {
    tx: TenantTx,
    call: Call,
    leg: KeptLeg,
    work: WorkDoc,
}

async fn hold(app: &App, scope: TenantScope, id: CallId) -> Result<Held, CallsError> {
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let conn = &mut tx.conn();
    let call: Kept<Call> = calls::lookup(conn, scope, id).await?.ok_or(CallsError::NoSuchCall)?;
    let legs = calls::legs(conn, scope, call.record.id).await?;
    let work = WorkDoc::of_legs(legs.iter().map(|kept| &kept.leg.doc));
    let leg = legs.into_iter().next().ok_or(CallsError::NoSuchCall)?;
    Ok(Held { tx, call: call.record, leg, work })
}

impl Held {
    /// Says it, writes down who did, and answers with what people did with the call by then.
    async fn say(mut self, app: &App, fact: WorkFact, entry: Entry<'_>) -> Result<WorkDoc, CallsError> {
        let leg = &self.leg.leg;
        let lane = format!("call:{}", leg.external_id);
        let kind = entry.action().as_str();
        let external_id = leg.external_id.clone();
        let body = LegFact { external_id, work: Some(Box::new(fact)), ..LegFact::default() };
        let fact = Fact { at: app.now(), authority: Authority::Person, body: FactBody::Leg(Box::new(body)) };
        let own = Own { connection_id: leg.connection_id, facts: vec![fact], kind, lane: &lane };
        let has_jobs = merge::apply_own_in(app, &mut self.tx, own).await?;
        let (scope, id) = (self.tx.scope(), self.call.id);
        let legs = calls::legs(&mut self.tx.conn(), scope, id).await?;
        audit::record(&mut self.tx, app, entry.on("call", id)).await?;
        merge::commit_own(app, self.tx, has_jobs).await?;
        Ok(WorkDoc::of_legs(legs.iter().map(|kept| &kept.leg.doc)))
    }

    fn note(&self, id: NoteId, by: &Origin) -> Result<Note, CallsError> {
        let note = self.work.notes().into_iter().find(|note| note.id == id).ok_or(CallsError::NoSuchNote)?;
        // By id alone where there is one: names change.
        let is_own = note.author.id.is_some() && note.author.id == by.actor.id();
        if is_own { Ok(note) } else { Err(CallsError::SomebodyElses) }
    }
}

/// Text that people wrote, without the space around it; or the fault of its field.
pub(crate) fn checked_text(field: &'static str, given: &str, most: usize) -> Result<String, FieldFault> {
    let text = given.trim();
    if text.is_empty() {
        return Err(FieldFault::new(field, "required", "it is empty"));
    }
    if text.chars().count() > most {
        return Err(FieldFault::new(field, "too_long", format!("it has more than {most} characters")));
    }
    Ok(text.to_owned())
}

fn note_text(given: &str) -> Result<String, CallsError> {
    checked_text("text", given, NOTE_LENGTH).map_err(|fault| CallsError::Fields(vec![fault]))
}

/// Writes a note on a call.
pub async fn add_note(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    call: CallId,
    text: &str,
) -> Result<(NoteId, WorkDoc), CallsError> {
    let author = author(app, by).await?;
    let held = hold(app, scope, call).await?;
    let text = note_text(text)?;
    if held.work.note_count() >= MOST_NOTES {
        return Err(CallsError::TooManyNotes);
    }
    let id: NoteId = app.id();
    let note = NoteFact { id, author, text: Some(text) };
    let entry = Entry::new(by, Action::CallNoteAdded).with("note", id.to_string());
    let work = held.say(app, WorkFact { note: Some(note), ..WorkFact::default() }, entry).await?;
    Ok((id, work))
}

/// Changes the words of one's own note.
pub async fn edit_note(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    call: CallId,
    id: NoteId,
    text: &str,
) -> Result<WorkDoc, CallsError> {
    let held = hold(app, scope, call).await?;
    let note = held.note(id, by)?;
    let text = note_text(text)?;
    if note.text == text {
        return Ok(held.work);
    }
    let note = NoteFact { id, author: note.author, text: Some(text) };
    let entry = Entry::new(by, Action::CallNoteEdited).with("note", id.to_string());
    held.say(app, WorkFact { note: Some(note), ..WorkFact::default() }, entry).await
}

/// Takes one's own note away.
pub async fn remove_note(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    call: CallId,
    id: NoteId,
) -> Result<WorkDoc, CallsError> {
    let held = hold(app, scope, call).await?;
    let note = NoteFact { id, author: held.note(id, by)?.author, text: None };
    let entry = Entry::new(by, Action::CallNoteRemoved).with("note", id.to_string());
    held.say(app, WorkFact { note: Some(note), ..WorkFact::default() }, entry).await
}

/// Puts exactly these tags on a call.
pub async fn set_tags(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    call: CallId,
    tags: &[String],
) -> Result<WorkDoc, CallsError> {
    let held = hold(app, scope, call).await?;
    let wanted = checked_tags(tags).map_err(|fault| CallsError::Fields(vec![fault]))?;
    let there = held.work.tags();
    let added = wanted.iter().filter(|tag| !there.contains(tag)).map(|tag| TagFact { tag: tag.clone(), is_on: true });
    let taken = there.iter().filter(|tag| !wanted.contains(tag)).map(|tag| TagFact { tag: tag.clone(), is_on: false });
    let tags: Vec<TagFact> = added.chain(taken).collect();
    if tags.is_empty() {
        return Ok(held.work);
    }
    if held.work.known_tags() + tags.iter().filter(|tag| tag.is_on).count() > MOST_KNOWN_TAGS {
        return Err(CallsError::TooManyTags);
    }
    let names = |is_on: bool| -> Vec<String> {
        tags.iter().filter(|tag| tag.is_on == is_on).map(|tag| tag.tag.clone()).collect()
    };
    let entry = Entry::new(by, Action::CallTagged).with("added", names(true)).with("removed", names(false));
    held.say(app, WorkFact { tags, ..WorkFact::default() }, entry).await
}

/// Tags as they are kept: each once, in the order of the alphabet, without odd space.
fn checked_tags(given: &[String]) -> Result<Vec<String>, FieldFault> {
    let mut tags = Vec::with_capacity(given.len());
    for tag in given.iter().take(TAGS * 4) {
        let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
        let tag = checked_text("tags", &tag, TAG_LENGTH)?;
        if tag.chars().any(char::is_control) {
            return Err(FieldFault::new("tags", "invalid", "a tag has no control characters"));
        }
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    if tags.len() > TAGS || given.len() > TAGS * 4 {
        return Err(FieldFault::new("tags", "too_long", format!("a call has at most {TAGS} tags")));
    }
    Ok(tags)
}

/// Marks a call as dealt with, or (`false`) as open again. What is so already stays as it was said first.
pub async fn set_resolved(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    call: CallId,
    is_resolved: bool,
) -> Result<WorkDoc, CallsError> {
    let by_whom = author(app, by).await?;
    let held = hold(app, scope, call).await?;
    if held.work.resolved().is_some() == is_resolved {
        return Ok(held.work);
    }
    let resolution = Some(Resolution { is_resolved, by: by_whom });
    let action = if is_resolved { Action::CallResolved } else { Action::CallReopened };
    held.say(app, WorkFact { resolution, ..WorkFact::default() }, Entry::new(by, action)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_once_sorted_and_without_odd_space() {
        let given = |tags: &[&str]| checked_tags(&tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        assert_eq!(given(&[" vip ", "call  back", "vip"]).unwrap(), ["call back", "vip"]);
        assert_eq!(given(&[]).unwrap(), [""; 0]);
        for bad in [&["  "][..], &["a\u{7}b"], &[&"x".repeat(41)]] {
            assert_eq!(given(bad).unwrap_err().field, "tags", "{bad:?}");
        }
        let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
        assert_eq!(checked_tags(&many).unwrap_err().code, "too_long");
    }
}

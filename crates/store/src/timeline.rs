//! Everything about one contact in one order: calls, messages and voicemails, newest first.
//!
//! Each kind has an index by contact and time, and all lists have the same keys; so a page is the newest of the newest of
//! each, and no table has to hold everything once more.

use std::cmp::Reverse;

use switchboard_domain::{Timestamp, call::Call, contact::EntryKind, ids::ContactId};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    calls::{self, CallFilter},
    messages::{self, KeptMessage, MessageFilter},
    page::{Cursor, Page, Window},
    record::Kept,
    voicemails::{self, KeptVoicemail, VoicemailFilter},
};

/// One thing that happened with a contact.
#[derive(Debug, Clone)]
pub enum Entry {
    Call(Box<Kept<Call>>),
    Message(Box<KeptMessage>),
    Voicemail(Box<KeptVoicemail>),
}

impl Entry {
    fn key(&self) -> (Timestamp, Uuid) {
        match self {
            Self::Call(call) => (call.record.occurred_at, call.record.id.uuid()),
            Self::Message(message) => (message.record.occurred_at, message.record.id.uuid()),
            Self::Voicemail(voicemail) => (voicemail.record.occurred_at, voicemail.record.id.uuid()),
        }
    }
}

/// A page of what happened with a contact and with all that is part of it; of these kinds only.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    contact: ContactId,
    kinds: &[EntryKind],
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Page<Entry>, StoreError> {
    let contact_id = Some(contact);
    // One more of each than is wanted says whether there is a next page.
    let window = Window::After { cursor, limit: limit.saturating_add(1) };
    let mut items = Vec::new();
    if kinds.contains(&EntryKind::Call) {
        let page = calls::list(conn, scope, &CallFilter { contact_id, ..CallFilter::default() }, window).await?;
        items.extend(page.items.into_iter().map(|call| Entry::Call(Box::new(call))));
    }
    if kinds.contains(&EntryKind::Message) {
        let page =
            messages::list(conn, scope, &MessageFilter { contact_id, ..MessageFilter::default() }, window).await?;
        items.extend(page.items.into_iter().map(|message| Entry::Message(Box::new(message))));
    }
    if kinds.contains(&EntryKind::Voicemail) {
        let filter = VoicemailFilter { contact_id, ..VoicemailFilter::default() };
        let page = voicemails::list(conn, scope, &filter, window).await?;
        items.extend(page.items.into_iter().map(|voicemail| Entry::Voicemail(Box::new(voicemail))));
    }
    items.sort_by_key(|entry| Reverse(entry.key()));
    let wanted = usize::try_from(limit).unwrap_or(0);
    let has_more = items.len() > wanted;
    items.truncate(wanted);
    let next = items.last().filter(|_| has_more).map(|last| {
        let (at, id) = last.key();
        Cursor::behind(at, id)
    });
    Ok(Page { items, next })
}

//! The feed: what was told, and what each reader has read of it.
//!
//! What a notification says of a voicemail's caller is read from the voicemail when somebody looks: what is erased there is
//! gone here. What people read is not written into the audit log; it changes nothing for anybody else.

use std::collections::HashMap;

use switchboard_domain::{
    actor::Actor,
    contact::Contact,
    ids::{ContactId, NotificationId, VoicemailId},
    notification::Finding,
};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    contacts::KeptContact,
    notifications::{
        feed::{self, Entry},
        sends::{self, Send},
    },
    record,
    voicemails::KeptVoicemail,
};
use uuid::Uuid;

use crate::App;

/// Unread ones are counted up to here; a bell shows "99+".
pub const UNREAD_AT_MOST: i64 = 100;

/// A notification as its readers see it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub entry: Entry,
    pub sends: Vec<Send>,
    /// What it is about, if it is about a voicemail that is still there.
    pub voicemail: Option<VoicemailBrief>,
}

/// Who left a message, and whether somebody heard it.
#[derive(Debug, Clone)]
pub struct VoicemailBrief {
    pub from_number: Option<String>,
    pub contact_name: Option<String>,
    pub agent_name: Option<String>,
    pub is_heard: bool,
}

/// A part of the feed.
#[derive(Debug, Clone)]
pub struct Feed {
    pub listed: Vec<Listed>,
    /// At most [`UNREAD_AT_MOST`].
    pub unread: i64,
}

/// Whose read state it is: the person's or the app's. Somebody who works under a person's name reads as that person.
pub fn reader_of(actor: &Actor) -> Uuid {
    match actor {
        Actor::App { app, .. } => app.uuid(),
        Actor::User { user, .. } | Actor::PlatformAdmin { user, .. } => user.uuid(),
        Actor::Operator | Actor::System => Uuid::nil(),
    }
}

/// The feed before `before`, newest first; at most `limit`.
pub async fn list(
    app: &App,
    scope: TenantScope,
    reader_id: Uuid,
    only_unread: bool,
    before: Option<NotificationId>,
    limit: i64,
) -> Result<Feed, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let entries = feed::list(conn, scope, reader_id, only_unread, before, limit).await?;
    let unread = feed::count_unread(conn, scope, reader_id, UNREAD_AT_MOST).await?;
    Ok(Feed { listed: complete(conn, scope, entries).await?, unread })
}

/// One notification, shown in the feed or not.
pub async fn lookup(
    app: &App,
    scope: TenantScope,
    id: NotificationId,
    reader_id: Uuid,
) -> Result<Option<Listed>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let Some(notification) = feed::find(conn, scope, id).await? else { return Ok(None) };
    let is_read = feed::is_read(conn, scope, reader_id, id).await?;
    let entry = Entry { notification, is_read };
    Ok(complete(conn, scope, vec![entry]).await?.pop())
}

async fn complete(conn: &mut Conn<'_>, scope: TenantScope, entries: Vec<Entry>) -> Result<Vec<Listed>, StoreError> {
    let ids: Vec<NotificationId> = entries.iter().map(|entry| entry.notification.id).collect();
    let mut sent: HashMap<NotificationId, Vec<Send>> = HashMap::new();
    for send in sends::list_of(conn, scope, &ids).await? {
        sent.entry(send.notification_id).or_default().push(send);
    }
    let voicemails = voicemails(conn, scope, &entries).await?;
    let listed = |entry: Entry| {
        let voicemail = voicemail_of(&entry).and_then(|id| voicemails.get(&id).cloned());
        Listed { sends: sent.remove(&entry.notification.id).unwrap_or_default(), voicemail, entry }
    };
    Ok(entries.into_iter().map(listed).collect())
}

const fn voicemail_of(entry: &Entry) -> Option<VoicemailId> {
    match &entry.notification.finding {
        Finding::VoicemailReceived { voicemail_id, .. } => Some(*voicemail_id),
        _ => None,
    }
}

async fn voicemails(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    entries: &[Entry],
) -> Result<HashMap<VoicemailId, VoicemailBrief>, StoreError> {
    let ids: Vec<Uuid> = entries.iter().filter_map(voicemail_of).map(VoicemailId::uuid).collect();
    let kept: Vec<KeptVoicemail> = record::find(conn, scope.tenant(), &ids).await?;
    let contacts: Vec<Uuid> = kept.iter().filter_map(|kept| kept.record.contact_id).map(ContactId::uuid).collect();
    let contacts: Vec<KeptContact> = record::find(conn, scope.tenant(), &contacts).await?;
    let names: HashMap<Uuid, Contact> = contacts.into_iter().map(|kept| (kept.record.id.uuid(), kept.record)).collect();
    let brief = |kept: KeptVoicemail| {
        let voicemail = kept.record;
        let contact = voicemail.contact_id.and_then(|id| names.get(&id.uuid()));
        let brief = VoicemailBrief {
            from_number: voicemail.from_number,
            contact_name: contact.and_then(|contact| contact.name.clone()),
            agent_name: voicemail.agent_name,
            is_heard: voicemail.is_heard,
        };
        (voicemail.id, brief)
    };
    Ok(kept.into_iter().filter(|kept| !kept.record.is_removed).map(brief).collect())
}

/// Notes that these were read. Those of others, and none at all, are passed over. Returns how many are unread now.
pub async fn mark_read(
    app: &App,
    scope: TenantScope,
    reader_id: Uuid,
    ids: &[NotificationId],
) -> Result<i64, StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let known = feed::known(&mut tx.conn(), scope, ids).await?;
    feed::mark_read(&mut tx.conn(), scope, reader_id, &known).await?;
    let unread = feed::count_unread(&mut tx.conn(), scope, reader_id, UNREAD_AT_MOST).await?;
    tx.commit(now).await?;
    Ok(unread)
}

/// Notes that everything up to this one was read. Returns how many are unread now.
pub async fn mark_read_up_to(
    app: &App,
    scope: TenantScope,
    reader_id: Uuid,
    up_to: NotificationId,
) -> Result<i64, StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if feed::find(&mut tx.conn(), scope, up_to).await?.is_some() {
        feed::mark_read_up_to(&mut tx.conn(), scope, reader_id, up_to).await?;
    }
    let unread = feed::count_unread(&mut tx.conn(), scope, reader_id, UNREAD_AT_MOST).await?;
    tx.commit(now).await?;
    Ok(unread)
}

//! Links that show a call to somebody outside: what was chosen of it, for as long as was chosen.
//!
//! A link holds a token that opens this one thing. What it shows is read anew at each look, so that what was erased or
//! removed meanwhile is not shown; the audio comes as a link of a few minutes, like everywhere.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    call::Call,
    email::Email,
    ids::{CallId, ShareId},
    mail::Language,
    recording::{Recording, StoredMedia},
    share::ShareItem,
    tenant::TenantStatus,
    transcript::Transcript,
};
use switchboard_store::{
    StoreError, TenantScope, calls,
    people::invitations::workspace_name,
    platform, recordings,
    shares::{self, Share},
};

use crate::{
    App,
    accounts::{
        FieldFault, fault,
        link::{self, Fresh},
    },
    audit::{self, Entry, Origin},
    calls::author,
    mail::{self, Letter, OutsideError, Posting},
    media, transcripts,
    wake::Signal,
};

/// How long a link may work, in hours.
pub const MOST_HOURS: i64 = 720;
pub const DEFAULT_HOURS: i64 = 24;
/// Characters of what its maker says to those who look.
pub const NOTE_LENGTH: usize = 500;
/// Open links to one call, and links that a list shows.
const MOST_OPEN: i64 = 50;
const LISTED: i64 = 200;
/// The page of the dashboard that a link leads to.
const PAGE: &str = "shared";

/// A call cannot be shared, or is not any more.
#[derive(Debug, thiserror::Error)]
pub enum SharesError {
    #[error("there is no such call")]
    NoSuchCall,
    #[error("there is no such link to this call, or it has ended")]
    NoSuchShare,
    #[error("this call has {MOST_OPEN} open links; take one back first")]
    TooMany,
    /// The link would be mailed, and is not to be.
    #[error(transparent)]
    NotMailed(#[from] OutsideError),
    /// Values that a person should change, each with its field.
    #[error("{}", fault::list(.0))]
    Fields(Vec<FieldFault>),
    #[error("this link is not one of ours; ask whoever sent it for a new one")]
    Unknown,
    #[error("this link has expired; ask whoever sent it for a new one")]
    Expired,
    #[error("this link was taken back by whoever sent it")]
    Revoked,
    #[error("what this link showed is not kept any more")]
    Gone,
    #[error("the link could not be stored or read")]
    Store(#[from] StoreError),
}

/// What somebody wants to show.
#[derive(Debug, Clone, Copy)]
pub struct NewShare<'a> {
    pub items: &'a [ShareItem],
    pub expires_in_hours: i64,
    /// Mail the link there.
    pub email: Option<&'a str>,
    pub note: Option<&'a str>,
    pub language: Language,
}

/// A link that was just made: the only time that it is known.
#[derive(Debug)]
pub struct Made {
    pub share: Share,
    pub url: SecretString,
}

/// Makes a link to a call, and mails it where that is wanted.
pub async fn create(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    call: CallId,
    new: NewShare<'_>,
) -> Result<Made, SharesError> {
    let now = app.now();
    if new.email.is_some() {
        mail::check_writer(app, scope, &by.actor).await?;
    }
    let author = author(app, by).await?;
    let workspace = workspace_name(&app.db, scope).await?.unwrap_or_default();
    let mut tx = app.db.begin(scope).await?;
    let call = calls::lookup(&mut tx.conn(), scope, call).await?.ok_or(SharesError::NoSuchCall)?.record;
    let checked = check(new)?;
    if shares::count_open(&mut tx.conn(), scope, call.id, now).await? >= MOST_OPEN {
        return Err(SharesError::TooMany);
    }
    if let Some(email) = &checked.email {
        mail::check_count(&mut tx, scope, email.as_str(), now).await?;
    }
    let Fresh { token, hash } = link::fresh(app);
    let share = Share {
        id: app.id(),
        tenant_id: scope.tenant(),
        call_id: call.id,
        items: checked.items,
        note: checked.note,
        email: checked.email.map(Email::into_string),
        actor_id: author.id,
        actor_name: author.name,
        look_count: 0,
        last_looked_at: None,
        created_at: now,
        expires_at: now + checked.lifetime,
        revoked_at: None,
    };
    shares::insert(&mut tx, &share, &hash).await?;
    let url = SecretString::from(link::to(app, PAGE, &token));
    if let Some(email) = &share.email {
        let (link, sharer) = (link::to(app, PAGE, &token), share.actor_name.clone());
        let letter = Letter::CallShared { link, workspace, sharer, note: share.note.clone() };
        let posting = Posting { to: email, letter: &letter, language: new.language, expires_at: share.expires_at };
        mail::post(app, &mut tx, &posting).await?;
    }
    audit::record(&mut tx, app, entry(Entry::new(by, Action::CallShared), &share)).await?;
    tx.commit(now).await?;
    if share.email.is_some() {
        app.wake.send(Signal::Work);
    }
    Ok(Made { share, url })
}

/// What was shared with whom, and how. The address is that of somebody who was written to on purpose, as with invitations.
fn entry<'a>(entry: Entry<'a>, share: &Share) -> Entry<'a> {
    let items: Vec<&str> = share.items.iter().map(|item| item.as_str()).collect();
    let entry = entry.on("call", share.call_id).with("share", share.id.to_string()).with("items", items);
    let entry = entry.with("expires_at", share.expires_at.to_string());
    match &share.email {
        Some(email) => entry.with("way", "email").with("recipient", email.as_str()).with("result", "queued"),
        None => entry.with("way", "link").with("result", "made"),
    }
}

struct Checked {
    items: Vec<ShareItem>,
    note: Option<String>,
    email: Option<Email>,
    lifetime: Duration,
}

fn check(new: NewShare<'_>) -> Result<Checked, SharesError> {
    let mut faults = Vec::new();
    let mut items = new.items.to_vec();
    items.sort_unstable();
    items.dedup();
    if items.is_empty() {
        faults.push(FieldFault::new("include", "required", "choose at least one thing that the link shows"));
    }
    if !(1..=MOST_HOURS).contains(&new.expires_in_hours) {
        let why = format!("a link works for 1 to {MOST_HOURS} hours");
        faults.push(FieldFault::new("expires_in_hours", "invalid", why));
    }
    let email = new.email.map(str::trim).filter(|email| !email.is_empty());
    let email = email.and_then(|email| fault::email(email, &mut faults));
    let note = new.note.map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_LENGTH) {
        faults.push(FieldFault::new("note", "too_long", format!("it has more than {NOTE_LENGTH} characters")));
    }
    if !faults.is_empty() {
        return Err(SharesError::Fields(faults));
    }
    let hours = u64::try_from(new.expires_in_hours).unwrap_or(1);
    Ok(Checked { items, note, email, lifetime: Duration::from_hours(hours) })
}

/// The links to a call, newest first.
pub async fn list(app: &App, scope: TenantScope, call: CallId) -> Result<Vec<Share>, SharesError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let call = calls::lookup(conn, scope, call).await?.ok_or(SharesError::NoSuchCall)?;
    Ok(shares::list_of_call(conn, scope, call.record.id, LISTED).await?)
}

/// Takes a link back.
pub async fn revoke(app: &App, scope: TenantScope, by: &Origin, call: CallId, id: ShareId) -> Result<(), SharesError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let call = calls::lookup(&mut tx.conn(), scope, call).await?.ok_or(SharesError::NoSuchCall)?.record;
    if !shares::revoke(&mut tx, call.id, id, now).await? {
        return Err(SharesError::NoSuchShare);
    }
    let entry = Entry::new(by, Action::CallShareRevoked).on("call", call.id).with("share", id.to_string());
    audit::record(&mut tx, app, entry).await?;
    tx.commit(now).await?;
    Ok(())
}

/// What whoever holds a link gets to see: the chosen things of the call, and when it was.
#[derive(Debug)]
pub struct Shown {
    pub share: Share,
    pub workspace: String,
    pub call: Call,
    /// `None` where it was not chosen; empty where it was and there is none.
    pub recordings: Option<Vec<ShownRecording>>,
    pub transcript: Option<Option<Transcript>>,
    pub summary: Option<Option<String>>,
}

/// Audio behind a link that works for some minutes.
#[derive(Debug)]
pub struct ShownRecording {
    pub url: String,
    pub content_type: String,
    pub duration_ms: Option<i64>,
    pub started_at: Timestamp,
}

/// Opens a link by the token in it.
pub async fn look(app: &App, token: &str) -> Result<Shown, SharesError> {
    let share = shares::find_held(&app.db, &link::hash(token)).await?.ok_or(SharesError::Unknown)?;
    let now = app.now();
    if share.revoked_at.is_some() {
        return Err(SharesError::Revoked);
    }
    if !share.is_open(now) {
        return Err(SharesError::Expired);
    }
    let scope = share.scope();
    let standing = platform::standing(&app.db, scope.tenant()).await?;
    if standing.is_none_or(|(status, _)| status != TenantStatus::Active) {
        return Err(SharesError::Gone);
    }
    let workspace = workspace_name(&app.db, scope).await?.unwrap_or_default();
    let mut tx = app.db.begin(scope).await?;
    let call = calls::lookup(&mut tx.conn(), scope, share.call_id).await?.ok_or(SharesError::Gone)?.record;
    let wants = |item| share.items.contains(&item);
    let recordings = if wants(ShareItem::Recording) {
        Some(recordings::of_call(&mut tx.conn(), scope, call.id).await?)
    } else {
        None
    };
    let transcript = if wants(ShareItem::Transcript) {
        Some(transcripts::whole(&mut tx.conn(), scope, call.id).await?.map(|spoken| spoken.transcript))
    } else {
        None
    };
    let summary = wants(ShareItem::Summary).then(|| call.summary.clone());
    shares::note_look(&mut tx, share.id, now).await?;
    tx.commit(now).await?;
    let recordings = recordings.map(|found| found.iter().filter_map(|kept| shown(app, &kept.record)).collect());
    Ok(Shown { share, workspace, call, recordings, transcript, summary })
}

/// A recording of which we have a copy: the provider's own addresses ask for its key.
fn shown(app: &App, recording: &Recording) -> Option<ShownRecording> {
    let Some(StoredMedia::Saved { key, content_type, .. }) = &recording.media else { return None };
    Some(ShownRecording {
        url: media::signed_url(app, key, content_type),
        content_type: content_type.clone(),
        duration_ms: recording.duration_ms,
        started_at: recording.occurred_at,
    })
}

//! Texts to people: asked for here ([`send`], [`follow_up`]), handed to the provider by a job ([`deliver`]).
//!
//! A request only writes the text down and answers. To hand it over at once would leave somebody waiting for a provider,
//! and after a time-out nobody would know what was sent; the row of the text does.

mod deliver;
mod way;

use std::time::Duration;

use switchboard_domain::{
    audit::Action,
    call::{Call, Direction},
    contact::Contact,
    ids::{CallId, ConnectionId, ContactId, OutgoingId, deterministic},
    outgoing::OutgoingStatus,
    phone::{self, Region},
};
use switchboard_store::{
    Conn, StoreError, TenantScope, calls,
    contacts::KeptContact,
    outgoing::{self, Outgoing, OutgoingFilter},
    record, work,
};

pub use self::deliver::deliver;
use self::way::Way;
use crate::{
    App,
    accounts::{FieldFault, fault},
    audit::{self, Entry, Origin},
    calls::{author, checked_text},
    jobs::{self, SendMessage},
    wake::Signal,
};

/// Characters of a text.
pub const TEXT_LENGTH: usize = 1_600;
/// A text that could not be handed over for so long is not sent any more: it may say "in ten minutes".
const LIFETIME: Duration = Duration::from_hours(1);

/// A text cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum MessagingError {
    #[error("there is no such call")]
    NoSuchCall,
    #[error("there is no such connection")]
    NoSuchConnection,
    /// Values that a person should change, each with its field.
    #[error("{}", fault::list(.0))]
    Fields(Vec<FieldFault>),
    #[error("the text could not be stored")]
    Store(#[from] StoreError),
}

impl MessagingError {
    fn field(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Fields(vec![FieldFault::new(field, code, message)])
    }
}

/// A text that somebody wants sent.
#[derive(Debug, Clone, Copy)]
pub struct NewText<'a> {
    /// Through which connection; else the one that last spoke with the number, else the only one there is.
    pub connection: Option<ConnectionId>,
    /// From which number of the tenant's; else the one that last spoke with the other.
    pub from_number: Option<&'a str>,
    pub to_number: &'a str,
    pub text: &'a str,
}

/// Has a text sent.
pub async fn send(app: &App, scope: TenantScope, by: &Origin, new: NewText<'_>) -> Result<Outgoing, MessagingError> {
    let text = checked(new.text)?;
    let to_number = number("to_number", new.to_number)?;
    let from_number = new.from_number.map(|from| number("from_number", from)).transpose()?;
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let way = way::find(conn, scope, &to_number, new.connection, from_number).await?;
    let contact = contact_of(conn, scope, &to_number).await?;
    drop(reader);
    queue(app, scope, by, Asked { way, to_number, text, call: None, contact }).await
}

/// Has a text sent to whoever a call was with, from the number that the call was with unless said otherwise.
pub async fn follow_up(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    call: CallId,
    text: &str,
    from_number: Option<&str>,
) -> Result<Outgoing, MessagingError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let call = calls::lookup(conn, scope, call).await?.ok_or(MessagingError::NoSuchCall)?.record;
    let text = checked(text)?;
    let from_number = from_number.map(|from| number("from_number", from)).transpose()?;
    let (theirs, ours) = sides(&call);
    let to_number = theirs.filter(|number| number.starts_with('+')).ok_or_else(|| {
        MessagingError::field("to_number", "unknown", "the other side of this call has no number that a text can go to")
    })?;
    let from_number = from_number.or_else(|| ours.filter(|number| number.starts_with('+')));
    let way = way::find(conn, scope, &to_number, Some(call.connection_id), from_number).await?;
    let contact = match call.contact_id {
        Some(contact) => Some(contact),
        None => contact_of(conn, scope, &to_number).await?,
    };
    drop(reader);
    queue(app, scope, by, Asked { way, to_number, text, call: Some(call.id), contact }).await
}

/// Their number and ours.
fn sides(call: &Call) -> (Option<String>, Option<String>) {
    let (from, to) = (call.from_number.clone(), call.to_number.clone());
    if call.direction == Some(Direction::Outbound) { (to, from) } else { (from, to) }
}

fn checked(text: &str) -> Result<String, MessagingError> {
    checked_text("text", text, TEXT_LENGTH).map_err(|fault| MessagingError::Fields(vec![fault]))
}

/// A number that a text can go from or to. Without a country it is read as one of the USA, as the provider's own are.
fn number(field: &'static str, given: &str) -> Result<String, MessagingError> {
    let read = phone::party(given, Region::US).filter(|number| number.starts_with('+'));
    read.ok_or_else(|| {
        MessagingError::field(field, "invalid", "write the number with its country, such as +14155550123")
    })
}

/// The contact that is known by a number.
async fn contact_of(conn: &mut Conn<'_>, scope: TenantScope, number: &str) -> Result<Option<ContactId>, StoreError> {
    let id: ContactId = deterministic(scope.tenant().uuid(), number);
    let found: Option<KeptContact> = record::lookup(conn, scope, id.uuid()).await?;
    Ok(found.map(|kept| -> Contact { kept.record }).map(|contact| contact.id))
}

/// A text that can be sent.
struct Asked {
    way: Way,
    to_number: String,
    text: String,
    call: Option<CallId>,
    contact: Option<ContactId>,
}

async fn queue(app: &App, scope: TenantScope, by: &Origin, asked: Asked) -> Result<Outgoing, MessagingError> {
    let now = app.now();
    let author = author(app, by).await?;
    let text = Outgoing {
        id: app.id(),
        tenant_id: scope.tenant(),
        connection_id: asked.way.connection,
        call_id: asked.call,
        contact_id: asked.contact,
        from_number: asked.way.from_number,
        to_number: asked.to_number,
        text: Some(asked.text),
        status: OutgoingStatus::Queued,
        problem: None,
        message_id: None,
        actor_id: author.id,
        actor_name: author.name,
        created_at: now,
        updated_at: now,
        expires_at: now + LIFETIME,
    };
    let mut tx = app.db.begin(scope).await?;
    outgoing::insert(&mut tx, &text).await?;
    let job = jobs::row(app, scope.tenant(), &SendMessage { outgoing: text.id }, now);
    work::insert(&mut tx.conn(), &[job], now).await?;
    audit::record(&mut tx, app, about(Entry::new(by, Action::MessageQueued), &text).with("result", "queued")).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    app.wake.send(Signal::Changes(scope.tenant()));
    Ok(text)
}

/// Who it goes to and how. The number itself is in no entry: only its end, by which its people know it.
fn about<'a>(entry: Entry<'a>, text: &Outgoing) -> Entry<'a> {
    let digits: Vec<char> = text.to_number.chars().collect();
    let end: String = digits[digits.len().saturating_sub(4)..].iter().collect();
    let entry = entry.on("outgoing_message", text.id).with("way", "sms").with("recipient", format!("…{end}"));
    let entry = match text.contact_id {
        Some(contact) => entry.with("contact", contact.to_string()),
        None => entry,
    };
    match text.call_id {
        Some(call) => entry.with("call", call.to_string()),
        None => entry,
    }
}

/// One text that was asked for.
pub async fn find(app: &App, scope: TenantScope, id: OutgoingId) -> Result<Option<Outgoing>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    outgoing::lookup(&mut reader.conn(), scope, id).await
}

/// Texts that were asked for, newest first.
pub async fn list(
    app: &App,
    scope: TenantScope,
    filter: &OutgoingFilter,
    before: Option<OutgoingId>,
    limit: i64,
) -> Result<Vec<Outgoing>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    outgoing::list(&mut reader.conn(), scope, filter, before, limit).await
}

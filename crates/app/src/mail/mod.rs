//! Mail to people: the few letters that an account needs, and the way they take.
//!
//! A letter is added with [`post`] in the transaction that calls for it, and sent by the job [`SendMail`]. Its contents wait
//! sealed in the database: they hold links that open an account, and jobs are shown to people.
//!
//! Without an SMTP server the mail is written into a folder and the log says where, so that a small installation can be
//! tried without one. Nothing of a mail's contents is ever logged.
//!
//! [`SendMail`]: crate::jobs::SendMail

mod compose;
mod folder;
mod letter;
mod outside;
mod report;
mod send;
mod smtp;

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use switchboard_domain::{
    Timestamp,
    ids::{MailId, TenantId},
    mail::Language,
};
use switchboard_store::{
    PlatformTx, StoreError, TenantTx,
    mails::{self, NewMail},
    work,
};

pub(crate) use self::outside::{check_count, check_count_platform, check_writer};
pub use self::{
    letter::{Letter, Rendered},
    outside::OutsideError,
    report::ReportLetter,
    send::send,
};
use crate::{
    App,
    jobs::{self, SendMail},
    vault::Place,
};

/// What the sealed contents are kept under.
const FIELD: &str = "mail";
/// A notice that asks for nothing is of use for this long.
pub const NOTICE_LIFETIME: Duration = Duration::from_hours(3 * 24);

/// How mail leaves the house.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// `SMTP_FROM`: an address, or a name with an address in angle brackets.
    pub from: String,
    pub way: Way,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Way {
    Smtp(SmtpSettings),
    /// Written here, one file each.
    Folder(PathBuf),
}

/// A mail server of the installation.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    /// User and password, for servers that want them.
    pub login: Option<(String, SecretString)>,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// From the first byte on (port 465).
    Implicit,
    /// After a plain greeting; a server that does not offer it is not used.
    StartTls,
    /// Not at all: for a server on this machine.
    Off,
}

/// A letter on its way to one person.
#[derive(Debug, Clone)]
pub struct Posting<'a> {
    pub to: &'a str,
    pub letter: &'a Letter,
    pub language: Language,
    /// Until when it is of use: that of the link in it.
    pub expires_at: Timestamp,
}

/// Adds a letter, in the transaction of a tenant that calls for it. Tell the scheduler once that is committed.
pub async fn post(app: &App, tx: &mut TenantTx, posting: &Posting<'_>) -> Result<MailId, StoreError> {
    let (mail, job) = prepare(app, Some(tx.tenant()), posting);
    mails::insert(tx, &mail, job).await?;
    Ok(mail.id)
}

/// [`post`], in a transaction of the installation: for a tenant, or (`None`) for the installation itself.
pub async fn post_platform(
    app: &App,
    tx: &mut PlatformTx,
    tenant: Option<TenantId>,
    posting: &Posting<'_>,
) -> Result<(), StoreError> {
    let (mail, job) = prepare(app, tenant, posting);
    mails::insert_platform(tx, &mail, job).await
}

fn prepare(app: &App, tenant: Option<TenantId>, posting: &Posting<'_>) -> (NewMail, work::NewWork) {
    let now = app.now();
    let id: MailId = app.id();
    let contents = letter::Contents { language: posting.language, letter: posting.letter.clone() };
    // Our own type of strings: it has no failing `Serialize`.
    let contents = SecretString::from(serde_json::to_string(&contents).unwrap_or_default());
    let mail = NewMail {
        id,
        tenant_id: tenant,
        letter: posting.letter.name().to_owned(),
        recipient: posting.to.to_owned(),
        sealed: app.vault.seal(&*app.random, place(id, tenant), &contents),
        created_at: now,
        expires_at: posting.expires_at,
    };
    let job = jobs::row(app, tenant.unwrap_or_else(work::installation), &SendMail { mail: id }, now);
    (mail, job)
}

/// Where a mail's contents are sealed for.
pub(crate) fn place(id: MailId, tenant: Option<TenantId>) -> Place<'static> {
    Place { tenant: tenant.unwrap_or_else(work::installation), owner: id.uuid(), field: FIELD }
}

/// Whether mail can be sent to an address of this form. Whether it exists only a mail to it can tell.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<lettre::Address>().is_ok()
}

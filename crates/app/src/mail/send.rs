//! What the job does with one mail: intent, hand over, outcome.

use std::time::Duration;

use secrecy::ExposeSecret;
use switchboard_domain::{ids::MailId, mail::MailState};
use switchboard_store::{
    TenantScope,
    mails::{self, Mail},
};

use super::{Letter, Way, compose, compose::Extras, folder, letter::Contents, place, smtp};
use crate::{
    App,
    jobs::Failure,
    report_files::report::ReportFileError,
    report_schedules::{self, Enclosed},
    reports::ReportsError,
    vault::VaultError,
};

/// Sends a mail, at most once. `scope` is the tenant's that it is of.
///
/// A row found `calling` was being handed over when an earlier attempt ended: whether it went out nobody knows, and it is
/// left to a person, who may requeue the job (then the row says `unknown`, and it is tried).
pub async fn send(app: &App, scope: TenantScope, id: MailId) -> Result<(), Failure> {
    let Some(mail) = mails::find(&app.db, id).await? else { return Ok(()) };
    match mail.state {
        MailState::Sent | MailState::Failed => return Ok(()),
        MailState::Calling => return Err(settle(app, &mail, MailState::Unknown, UNKNOWN).await?),
        MailState::Waiting | MailState::Unknown => {}
    }
    if mail.expires_at <= app.now() {
        let why = "its time was over before it could be sent";
        mails::advance(&app.db, id, mail.state, MailState::Failed, Some(why), app.now()).await?;
        return Err(Failure::give_up(why));
    }
    let message = match write_out(app, scope, &mail).await {
        Ok(message) => message,
        Err(WriteError::Vault(VaultError::UnknownKey)) => {
            return Err(Failure::retry(VaultError::UnknownKey.to_string()));
        }
        Err(WriteError::Report(
            ReportFileError::Store(error) | ReportFileError::Report(ReportsError::Store(error)),
        )) => {
            return Err(error.into());
        }
        Err(WriteError::NotYet) => return Err(Failure::NotTried { after: NOT_YET }),
        Err(WriteError::Unwanted(why)) => {
            mails::advance(&app.db, id, mail.state, MailState::Failed, Some(why), app.now()).await?;
            return Ok(());
        }
        Err(error) => {
            let why = error.to_string();
            mails::advance(&app.db, id, mail.state, MailState::Failed, Some(&why), app.now()).await?;
            return Err(Failure::give_up(why));
        }
    };
    if !mails::advance(&app.db, id, mail.state, MailState::Calling, None, app.now()).await? {
        return Err(Failure::LeaseLost);
    }
    hand_over(app, &mail, &message).await
}

/// How soon a report that is not counted yet is looked at again.
const NOT_YET: Duration = Duration::from_mins(10);
const UNKNOWN: &str = "nobody knows whether this mail went out; requeue the job to send it, perhaps a second time";

async fn hand_over(app: &App, mail: &Mail, message: &lettre::Message) -> Result<(), Failure> {
    let outcome = match &app.settings.mail.way {
        Way::Smtp(settings) => smtp::deliver(settings, message).await,
        Way::Folder(path) => match folder::write(path, mail.id, &message.formatted()).await {
            Ok(path) => {
                tracing::info!(letter = mail.letter, path = %path.display(), "no mail server is set (SMTP_HOST): the mail is in this file");
                Ok(())
            }
            Err(error) => {
                Err(smtp::SmtpError::NotSent(format!("the mail could not be written to its folder: {error}")))
            }
        },
    };
    match outcome {
        Ok(()) => {
            mails::advance(&app.db, mail.id, MailState::Calling, MailState::Sent, None, app.now()).await?;
            Ok(())
        }
        Err(error) => {
            let why = error.to_string();
            match error {
                smtp::SmtpError::Unknown => Err(settle(app, mail, MailState::Unknown, UNKNOWN).await?),
                smtp::SmtpError::Refused(_) => Err(settle(app, mail, MailState::Failed, &why).await?),
                smtp::SmtpError::NotSent(_) => {
                    settle(app, mail, MailState::Waiting, &why).await?;
                    Err(Failure::retry(why))
                }
            }
        }
    }
}

/// Notes how an attempt ended that is not to be followed by another.
async fn settle(app: &App, mail: &Mail, to: MailState, why: &str) -> Result<Failure, Failure> {
    mails::advance(&app.db, mail.id, MailState::Calling, to, Some(why), app.now()).await?;
    Ok(Failure::give_up(why))
}

/// A mail cannot be written out.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("its contents are gone")]
    Gone,
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("this version cannot read its contents")]
    Unreadable,
    #[error(transparent)]
    Compose(#[from] compose::ComposeError),
    #[error("the report that it brings could not be made: {0}")]
    Report(#[from] ReportFileError),
    #[error("the report that it brings is not counted yet")]
    NotYet,
    #[error("{0}")]
    Unwanted(&'static str),
}

async fn write_out(app: &App, scope: TenantScope, mail: &Mail) -> Result<lettre::Message, WriteError> {
    let sealed = mail.sealed.as_deref().ok_or(WriteError::Gone)?;
    let contents = app.vault.open(place(mail.id, mail.tenant_id), sealed)?;
    let contents: Contents = serde_json::from_str(contents.expose_secret()).map_err(|_| WriteError::Unreadable)?;
    let (rendered, extras) = match &contents.letter {
        Letter::Report(report) => {
            let file = match report_schedules::enclose(app, scope, report, contents.language, mail.created_at).await? {
                Enclosed::File(file) => Some(file),
                Enclosed::TooLarge => None,
                Enclosed::NotYet => return Err(WriteError::NotYet),
                Enclosed::Unwanted(why) => return Err(WriteError::Unwanted(why)),
            };
            let rendered = report.render(contents.language, file.is_some());
            (rendered, Extras { file, one_click: Some(report.one_click.clone()) })
        }
        letter => (letter.render(contents.language, mail.expires_at), Extras::default()),
    };
    Ok(compose::compose(&app.settings.mail.from, mail, &rendered, extras)?)
}

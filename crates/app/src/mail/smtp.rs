//! One mail to one server, step by step.
//!
//! Step by step and not with the library's `send`, because where it breaks decides what may follow: until the last line
//! of the mail was sent nothing can have been delivered, and after it nobody can tell until the server answers.

use std::time::Duration;

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailParameter},
    },
};
use secrecy::ExposeSecret;

use super::{SmtpSettings, SmtpTls};

/// For connecting, with TLS.
const CONNECT: Duration = Duration::from_secs(10);
/// From connecting until the mail is about to be handed over.
const PREPARE: Duration = Duration::from_secs(30);
/// For the mail itself and the server's answer to it: servers look for viruses before they answer.
const HAND_OVER: Duration = Duration::from_mins(1);

/// How a mail did not go out. What the server said is left out on purpose: servers quote addresses and passwords.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// Nothing was delivered, and another attempt may succeed.
    #[error("{0}")]
    NotSent(String),
    /// Nothing was delivered, and no attempt will succeed.
    #[error("{0}")]
    Refused(String),
    /// It may have been delivered.
    #[error("the mail server did not say whether it took the mail")]
    Unknown,
}

/// Hands one mail over.
pub async fn deliver(settings: &SmtpSettings, message: &Message) -> Result<(), SmtpError> {
    let prepared = tokio::time::timeout(PREPARE, prepare(settings, message)).await;
    let mut connection = match prepared {
        Ok(connection) => connection?,
        Err(_) => return Err(SmtpError::NotSent("the mail server did not answer in time".to_owned())),
    };
    let bytes = message.formatted();
    let Ok(answer) = tokio::time::timeout(HAND_OVER, connection.message(&bytes)).await else {
        return Err(SmtpError::Unknown);
    };
    // The mail is the server's (or is not): how we part changes nothing.
    let _ = tokio::time::timeout(Duration::from_secs(2), connection.quit()).await;
    match answer {
        Ok(_) => Ok(()),
        // An answer, if a bad one, is an answer: the server did not take it.
        Err(error) if error.status().is_some() => Err(classify("the mail", &error)),
        Err(_) => Err(SmtpError::Unknown),
    }
}

/// Everything before the mail itself.
async fn prepare(settings: &SmtpSettings, message: &Message) -> Result<AsyncSmtpConnection, SmtpError> {
    let mut connection = connect(settings).await?;
    if let Some((user, password)) = &settings.login {
        let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
        connection
            .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            .await
            .map_err(|error| classify_login(&error))?;
    }
    let envelope = message.envelope();
    let mut parameters = Vec::new();
    let addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.into_iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let why = "the recipient's address has letters that this mail server does not take (SMTPUTF8)";
            return Err(SmtpError::Refused(why.to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    connection
        .command(Mail::new(envelope.from().cloned(), parameters))
        .await
        .map_err(|error| classify("the sender SMTP_FROM", &error))?;
    for to in envelope.to() {
        connection
            .command(Rcpt::new(to.clone(), Vec::new()))
            .await
            .map_err(|error| classify("the recipient", &error))?;
    }
    connection.command(Data).await.map_err(|error| classify("the mail", &error))?;
    Ok(connection)
}

async fn connect(settings: &SmtpSettings) -> Result<AsyncSmtpConnection, SmtpError> {
    let tls = || {
        TlsParameters::new(settings.host.clone())
            .map_err(|_| SmtpError::NotSent("TLS could not be set up for the mail server; check SMTP_HOST".to_owned()))
    };
    let at_once = if settings.tls == SmtpTls::Implicit { Some(tls()?) } else { None };
    let hello = ClientId::default();
    let server = (settings.host.as_str(), settings.port);
    let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &hello, at_once, None)
        .await
        .map_err(|error| classify("the connection", &error))?;
    if settings.tls == SmtpTls::StartTls {
        if !connection.can_starttls() {
            let why = "the mail server offers no TLS, and mail is not sent in the open; see SMTP_TLS";
            return Err(SmtpError::NotSent(why.to_owned()));
        }
        connection.starttls(tls()?, &hello).await.map_err(|error| classify("the TLS connection", &error))?;
    }
    Ok(connection)
}

/// A wrong password is put right in the settings, after which the same mail can go out: it is tried again.
fn classify_login(error: &Error) -> SmtpError {
    match error.status() {
        Some(code) => {
            SmtpError::NotSent(format!("the mail server answered {code} to SMTP_USER and SMTP_PASSWORD; check them"))
        }
        None => classify("the sign-in", error),
    }
}

fn classify(what: &str, error: &Error) -> SmtpError {
    match error.status() {
        Some(code) if error.is_permanent() => SmtpError::Refused(format!("the mail server refused {what} ({code})")),
        Some(code) => SmtpError::NotSent(format!("the mail server did not accept {what} just now ({code})")),
        None if error.is_timeout() => SmtpError::NotSent("the mail server did not answer in time".to_owned()),
        None if error.is_tls() => {
            SmtpError::NotSent("no safe connection to the mail server; check its certificate and SMTP_TLS".to_owned())
        }
        None => SmtpError::NotSent(format!("{what} to the mail server broke; check SMTP_HOST and SMTP_PORT")),
    }
}

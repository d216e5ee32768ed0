//! From a letter to the bytes that mail servers pass on.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use switchboard_store::mails::Mail;

use super::letter::Rendered;
use crate::report_files::report::ReportFile;

/// A mail cannot be written. No second attempt will succeed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("SMTP_FROM is not an address; write one such as `Switchboard <no-reply@example.com>`")]
    From(#[source] lettre::address::AddressError),
    #[error("the recipient's address is not one that mail can be sent to")]
    To(#[source] lettre::address::AddressError),
    #[error("the mail could not be put together")]
    Message(#[source] lettre::error::Error),
}

/// What some mails have beside their words.
#[derive(Debug, Default)]
pub struct Extras {
    pub file: Option<ReportFile>,
    /// Where mail programs take the reader off the list in one click (RFC 8058).
    pub one_click: Option<String>,
}

/// The whole mail. The same mail always gets the same `Message-ID`, by which receivers tell a second copy.
pub fn compose(from: &str, mail: &Mail, rendered: &Rendered, extras: Extras) -> Result<Message, ComposeError> {
    let from: Mailbox = from.parse().map_err(ComposeError::From)?;
    let to: Mailbox = mail.recipient.parse().map_err(ComposeError::To)?;
    let micros = u64::try_from(mail.created_at.as_micros()).unwrap_or(0);
    let message_id = format!("<{}@{}>", mail.id.uuid().simple(), from.email.domain());
    // Says that no person wrote it: out-of-office programs do not answer (RFC 3834).
    let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    let mut builder = Message::builder()
        .from(from)
        .to(to)
        .subject(&rendered.subject)
        .date(UNIX_EPOCH + Duration::from_micros(micros))
        .message_id(Some(message_id))
        .raw_header(automatic);
    if let Some(link) = extras.one_click {
        let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        builder = builder
            .raw_header(header("List-Unsubscribe", format!("<{link}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let words = MultiPart::alternative_plain_html(rendered.text.clone(), rendered.html.clone());
    let body = match extras.file {
        Some(file) => MultiPart::mixed().multipart(words).singlepart(enclosure(file)),
        None => words,
    };
    builder.multipart(body).map_err(ComposeError::Message)
}

fn enclosure(file: ReportFile) -> SinglePart {
    // Ours are all well-formed; what is not is still a file.
    let kind = ContentType::parse(file.format.content_type()).unwrap_or(ContentType::TEXT_PLAIN);
    Attachment::new(file.name).body(file.bytes, kind)
}

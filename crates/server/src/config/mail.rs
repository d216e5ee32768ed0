//! How mail leaves the house.
//!
//! A server may be named in one URL or in parts; without either the mail is written into the data folder, so that a first
//! start needs no mail server and nobody is left without the link they wait for.

use std::path::Path;

use secrecy::SecretString;
use url::Url;

use super::{
    catalogue::{SMTP_FROM, SMTP_HOST, SMTP_PASSWORD, SMTP_PORT, SMTP_TLS, SMTP_URL, SMTP_USER},
    fault::Wrong,
    public::PublicSettings,
    reader::Reader,
};

#[derive(Debug, Clone)]
pub struct MailSettings {
    /// `SMTP_FROM`, default `Switchboard <no-reply@` and the host of `BACKEND_URL`.
    pub from: String,
    pub way: MailWay,
}

#[derive(Debug, Clone)]
pub enum MailWay {
    Smtp(SmtpServer),
    /// `DATA_DIR/mail`: no server is set.
    Folder(std::path::PathBuf),
}

/// A mail server, out of `SMTP_URL` or of the parts.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    pub host: String,
    /// Default 465 with implicit TLS, else 587.
    pub port: u16,
    pub tls: MailTls,
    /// `SMTP_USER` and `SMTP_PASSWORD`.
    pub login: Option<(String, SecretString)>,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    StartTls,
    Implicit,
    Off,
}

/// The port where TLS begins with the first byte (RFC 8314).
const IMPLICIT_PORT: u16 = 465;
/// The port for handing mail in (RFC 6409).
const SUBMISSION_PORT: u16 = 587;

impl MailSettings {
    pub(super) fn read(reader: &mut Reader<'_>, public: &PublicSettings, data_dir: &Path) -> Option<Self> {
        let from = reader.parse(&SMTP_FROM, sender);
        let tls = reader.parse(&SMTP_TLS, mail_tls);
        let url = reader.parse(&SMTP_URL, smtp_url);
        let parts = parts(reader);
        if reader.is_set(&SMTP_URL) && reader.is_set(&SMTP_HOST) {
            reader.fault(&SMTP_URL, Wrong::new("it is set together with SMTP_HOST", "keep one of the two"));
            return None;
        }
        let way = match url.or(parts) {
            Some(given) => MailWay::Smtp(given.finish(tls)),
            None => MailWay::Folder(data_dir.join("mail")),
        };
        let from = from.unwrap_or_else(|| {
            let made = format!("Switchboard <no-reply@{}>", mail_domain(public.backend_url.as_str()));
            reader.made(&SMTP_FROM, &made, "BACKEND_URL");
            made
        });
        Some(Self { from, way })
    }
}

/// What somebody said of a server, before what follows from it is filled in.
struct Given {
    host: String,
    port: Option<u16>,
    is_implicit: bool,
    login: Option<(String, SecretString)>,
}

impl Given {
    fn finish(self, tls: Option<MailTls>) -> SmtpServer {
        let is_here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        let usual = if self.is_implicit || self.port == Some(IMPLICIT_PORT) {
            MailTls::Implicit
        } else if is_here {
            MailTls::Off
        } else {
            MailTls::StartTls
        };
        let tls = tls.unwrap_or(usual);
        let port = self.port.unwrap_or(if tls == MailTls::Implicit { IMPLICIT_PORT } else { SUBMISSION_PORT });
        SmtpServer { host: self.host, port, tls, login: self.login }
    }
}

fn parts(reader: &mut Reader<'_>) -> Option<Given> {
    let port = reader.parse(&SMTP_PORT, port);
    let (user, password) = (reader.text(&SMTP_USER), reader.secret(&SMTP_PASSWORD));
    let host = reader.text(&SMTP_HOST);
    let login = match (user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        (user, _) => {
            let (missing, set) =
                if user.is_some() { (&SMTP_PASSWORD, "SMTP_USER") } else { (&SMTP_USER, "SMTP_PASSWORD") };
            reader.fault(missing, Wrong::new(format!("it is missing, and {set} is set"), "set both, or neither"));
            None
        }
    };
    Some(Given { host: host?, port, is_implicit: false, login })
}

fn port(text: &str) -> Result<u16, Wrong> {
    text.parse()
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| Wrong::value(text, "a port", "use a whole number from 1 to 65535, such as 587"))
}

fn mail_tls(text: &str) -> Result<MailTls, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "starttls" => Ok(MailTls::StartTls),
        "implicit" => Ok(MailTls::Implicit),
        "off" => Ok(MailTls::Off),
        _ => Err(Wrong::value(text, "a way to protect mail", "write starttls, implicit or off")),
    }
}

/// `smtp://user:password@host:587` or `smtps://…`. The faults show nothing of it, because there is a password inside.
fn smtp_url(text: &str) -> Result<Given, Wrong> {
    let right = "write smtp://user:password@host:587, or smtps:// for TLS from the start";
    let wrong = || Wrong::new("it is no URL of a mail server", right);
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_implicit = match url.scheme() {
        "smtp" => false,
        "smtps" => true,
        _ => return Err(wrong()),
    };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
    let login = match (url.username(), url.password()) {
        ("", None) => None,
        (user, Some(password)) if !user.is_empty() => Some((decoded(user)?, SecretString::from(decoded(password)?))),
        _ => return Err(Wrong::new("it has half a login", "put both user and password into it, or neither")),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(Given { host, port: url.port(), is_implicit, login })
}

/// A part of a URL with its `%` escapes resolved.
fn decoded(text: &str) -> Result<String, Wrong> {
    let wrong = || Wrong::new("its user or password is not text", "escape special characters as %XX");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next().ok_or_else(wrong)?, rest.next().ok_or_else(wrong)?];
        let mut value = [0; 1];
        hex::decode_to_slice(digits, &mut value).map_err(|_| wrong())?;
        bytes.push(value[0]);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// An address, alone or behind a name.
fn sender(text: &str) -> Result<String, Wrong> {
    let right = "write an address such as no-reply@example.com, or Switchboard <no-reply@example.com>";
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or(""),
        None => text,
    };
    if switchboard_app::mail::is_address(address.trim()) && !text.contains(['\r', '\n']) {
        Ok(text.to_owned())
    } else {
        Err(Wrong::value(text, "an address that mail can come from", right))
    }
}

/// The host that the server is reached at, if it is a name; mail from an address literal is not accepted anywhere.
fn mail_domain(backend_url: &str) -> String {
    let url = Url::parse(backend_url).ok();
    url.as_ref()
        .and_then(Url::domain)
        .filter(|domain| *domain != "localhost")
        .unwrap_or("switchboard.localhost")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_url_says_everything() {
        let server = smtp_url("smtps://me%40example.com:p%25%2F@mail.example.com").unwrap().finish(None);
        let (user, password) = server.login.unwrap();
        assert_eq!((server.host.as_str(), server.port, server.tls), ("mail.example.com", 465, MailTls::Implicit));
        assert_eq!((user.as_str(), password.expose_secret()), ("me@example.com", "p%/"));
        let local = smtp_url("smtp://localhost:1025").unwrap().finish(None);
        assert_eq!((local.port, local.tls), (1025, MailTls::Off));
        let far = smtp_url("smtp://mail.example.com").unwrap().finish(None);
        assert_eq!((far.port, far.tls), (587, MailTls::StartTls));
        for wrong in
            ["mail.example.com", "http://mail.example.com", "smtp://user@host", "smtp://:pw@host", "smtp://u:%zz@h"]
        {
            assert!(smtp_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn mail_comes_from_a_name() {
        assert_eq!(mail_domain("https://calls.example.com/x"), "calls.example.com");
        assert_eq!(mail_domain("http://127.0.0.1:4000"), "switchboard.localhost");
        assert!(sender("Switchboard <a@b.example>").is_ok() && sender("a@b.example").is_ok());
        for wrong in ["nobody", "Switchboard <nobody>", "a@b.example\r\nBcc: x@y.example"] {
            assert!(sender(wrong).is_err(), "{wrong}");
        }
    }
}

//! What a kind of account needs to be told before it can be connected. One declaration drives the setup form, the docs
//! page, `connections` on the command line and `doctor`.
//!
//! Being connected and delivering are two things. A kind is [`Connectable`]; one that delivers events is a
//! [`Provider`](crate::contract::Provider) as well, whose verification has no default; one whose keys are tried with a call
//! of their own is a [`Checked`]. So a kind whose deliveries are not taken in yet has no half-made `verify` that somebody
//! might believe: it is simply no `Provider`.

use std::{collections::BTreeMap, pin::Pin};

use secrecy::{ExposeSecret, SecretString};

use crate::outbound::{Http, OutboundError};

/// A kind of account that a connection can be.
pub trait Connectable: Send + Sync + 'static {
    /// The word in URLs, tables and settings: `dialpad`.
    fn slug(&self) -> &'static str;

    /// The name that people read.
    fn display_name(&self) -> &'static str;

    /// What a connection needs to be told: drives forms, docs and `doctor`.
    fn connect(&self) -> &'static ConnectSpec;

    /// Credentials that are only ever compared with what somebody sends us, by their names. They are kept as a hash.
    fn only_compared(&self) -> &'static [&'static str] {
        &[]
    }
}

/// A kind whose credentials can be tried.
pub trait Checked: Connectable {
    /// Asks the provider whether what was given works. Reads only; every call has the time-outs of [`Http`].
    fn check<'a>(&'a self, http: &'a Http, urls: &'a BaseUrls, given: &'a Given) -> Checking<'a>;
}

/// The answer to [`Checked::check`], on its way.
pub type Checking<'a> = Pin<Box<dyn Future<Output = Result<Account, CheckError>> + Send + 'a>>;

/// Where the providers' APIs are, without a trailing slash. Settings, so that a stand-in can take their place.
#[derive(Debug, Clone)]
pub struct BaseUrls {
    pub vapi: String,
    pub twilio: String,
    /// Meta's Graph API, without the version.
    pub graph: String,
    /// Where Slack's incoming webhooks are. Those that tenants enter must lie there.
    pub slack: String,
    /// Where connections to an OpenAI-compatible server go that name no address.
    pub openai: String,
    pub deepgram: String,
    pub assemblyai: String,
}

impl Default for BaseUrls {
    fn default() -> Self {
        Self {
            vapi: "https://api.vapi.ai".to_owned(),
            twilio: "https://api.twilio.com".to_owned(),
            graph: "https://graph.facebook.com".to_owned(),
            slack: "https://hooks.slack.com".to_owned(),
            openai: "https://api.openai.com".to_owned(),
            deepgram: "https://api.deepgram.com".to_owned(),
            assemblyai: "https://api.assemblyai.com".to_owned(),
        }
    }
}

/// What a connection was told, by the names of its fields.
#[derive(Debug, Default)]
pub struct Given {
    pub settings: BTreeMap<String, String>,
    pub credentials: BTreeMap<String, SecretString>,
}

impl Given {
    pub fn setting(&self, name: &'static str) -> Result<&str, CheckError> {
        self.settings.get(name).map(String::as_str).filter(|text| !text.is_empty()).ok_or(CheckError::Missing(name))
    }

    pub fn credential(&self, name: &'static str) -> Result<&SecretString, CheckError> {
        self.credentials.get(name).filter(|text| !text.expose_secret().is_empty()).ok_or(CheckError::Missing(name))
    }
}

/// Whose account it is, as the provider says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    pub id: Option<String>,
    pub name: Option<String>,
}

/// Why the credentials of a connection do not work.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// The provider takes it for something else, or it belongs to something else.
    #[error("`{field}`: {found}")]
    Wrong { field: &'static str, found: String },
    #[error("the account is {0} at the provider")]
    Suspended(String),
    #[error("the provider does not accept the credentials")]
    Refused(#[source] OutboundError),
    /// Says nothing about the credentials.
    #[error("the provider could not be asked")]
    Unasked(#[source] OutboundError),
}

impl CheckError {
    /// A person must act: what was given does not work. Otherwise nothing was learnt.
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Unasked(_))
    }
}

impl From<OutboundError> for CheckError {
    fn from(error: OutboundError) -> Self {
        match error.status() {
            Some(401 | 403 | 404) => Self::Refused(error),
            _ => Self::Unasked(error),
        }
    }
}

/// One thing that a connection needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key in the connection's settings or credentials.
    pub name: &'static str,
    pub label: &'static str,
    /// What it is and where at the provider's side it is found.
    pub help: &'static str,
    pub kind: FieldKind,
    pub shape: Shape,
    pub required: bool,
}

/// Where a field is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Shown again.
    Setting,
    /// Sealed, and never shown again.
    Credential,
}

/// What a value must look like. A value of the wrong shape is refused when it is entered, before anybody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any text of up to 8,192 bytes.
    Text,
    /// `true` or `false`.
    Flag,
    Digits,
    Uuid,
    /// `prefix` and 32 hex digits.
    Sid {
        prefix: &'static str,
    },
    /// So many hex digits; colons between them are taken out.
    Hex {
        digits: usize,
    },
    /// E.164.
    Phone,
    /// A name or address, without scheme, path and port.
    Host,
    Port,
    /// The name of a time zone: `America/Chicago`.
    Zone,
    /// Two letters of ISO 3166-1.
    Country,
    /// Addresses and networks with commas between them.
    Networks,
}

impl Shape {
    /// The value as it is kept, or what is wrong with it.
    pub fn check(self, text: &str) -> Result<String, String> {
        let text = text.trim();
        let fits = |is_right: bool, should: &str| if is_right { Ok(text.to_owned()) } else { Err(should.to_owned()) };
        let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match self {
            Self::Text => fits(!text.chars().any(char::is_control), "it must be one line of text"),
            Self::Flag => fits(matches!(text, "true" | "false"), "write true or false"),
            Self::Digits => {
                let is_right = (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
                fits(is_right, "it is a number: digits only")
            }
            Self::Uuid => fits(is_uuid(text), "it looks like 01234567-89ab-cdef-0123-456789abcdef"),
            Self::Sid { prefix } => {
                let digits = text.strip_prefix(prefix).filter(|digits| digits.len() == 32 && is_hex(digits));
                fits(digits.is_some(), &format!("it is {prefix} and 32 hex digits"))
            }
            Self::Hex { digits } => {
                let plain = text.replace(':', "").to_ascii_lowercase();
                let is_right = plain.len() == digits && is_hex(&plain);
                if is_right { Ok(plain) } else { Err(format!("it has {digits} hex digits")) }
            }
            Self::Phone => {
                let digits = text.strip_prefix('+').unwrap_or_default();
                let is_right = (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
                fits(is_right, "write it with the country in front: +14155550123")
            }
            Self::Host => {
                fits(is_host(text), "write the name alone, such as pbx.example.com, without https:// and path")
            }
            Self::Zone => fits(jiff::tz::TimeZone::get(text).is_ok(), "write a zone such as America/Chicago"),
            Self::Country => {
                let code = text.to_ascii_uppercase();
                let is_known = code.len() == 2 && code.parse::<switchboard_domain::phone::Region>().is_ok();
                if is_known { Ok(code) } else { Err("write two letters, such as US or GB".to_owned()) }
            }
            Self::Networks => {
                let all: Vec<&str> = text.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
                let read: Vec<_> = all.iter().filter_map(|one| network(one)).collect();
                if !(1..=32).contains(&all.len()) || read.len() < all.len() {
                    Err("write addresses such as 192.0.2.7 or 192.0.2.0/24".to_owned())
                } else if !read.iter().all(is_narrow) {
                    Err(format!("a network is no wider than /{WIDEST_V4}, or /{WIDEST_V6} for IPv6"))
                } else {
                    Ok(all.join(", "))
                }
            }
            Self::Port => fits(text.parse::<u16>().is_ok_and(|port| port > 0), "a port from 1 to 65535"),
        }
    }
}

/// An address, or a network in the form `192.0.2.0/24`.
pub fn network(text: &str) -> Option<ipnet::IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(Into::into))
}

/// The widest networks that somebody may take for their own: what a site gets.
const WIDEST_V4: u8 = 24;
const WIDEST_V6: u8 = 56;

fn is_narrow(network: &ipnet::IpNet) -> bool {
    network.prefix_len() >= if network.addr().is_ipv4() { WIDEST_V4 } else { WIDEST_V6 }
}

/// The networks of a list, without those that are wider than [`Shape::Networks`] takes.
pub fn networks(text: &str) -> impl Iterator<Item = ipnet::IpNet> {
    text.split(',').filter_map(network).filter(is_narrow)
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn is_host(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    (1..=253).contains(&text.len()) && text.bytes().all(is_plain) && !text.starts_with(['.', '-'])
}

/// What a kind of account needs, how to get it, and what it is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectSpec {
    /// What such a connection does in this version, no more.
    pub purpose: &'static str,
    pub fields: &'static [Field],
    /// What to do at the provider's side, in order.
    pub steps: &'static [&'static str],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_held_to_their_shape() {
        let sid = Shape::Sid { prefix: "AC" };
        let hex = "0123456789abcdef0123456789abcdef";
        assert_eq!(sid.check(&format!(" AC{hex} ")), Ok(format!("AC{hex}")));
        for wrong in [format!("SK{hex}"), format!("AC{}", &hex[1..]), "AC".to_owned()] {
            assert!(sid.check(&wrong).is_err(), "{wrong}");
        }
        let pin = Shape::Hex { digits: 64 };
        assert_eq!(pin.check(&"AB:".repeat(32)), Ok("ab".repeat(32)));
        assert!(pin.check(&"ab".repeat(31)).is_err());
        assert!(Shape::Uuid.check("0b2c1d3e-0000-4000-8000-00000000abcd").is_ok());
        assert!(Shape::Uuid.check("sk-live").is_err() && Shape::Digits.check("12a").is_err());
        assert!(Shape::Zone.check("America/Chicago").is_ok() && Shape::Zone.check("Chicago time").is_err());
        assert_eq!((Shape::Country.check("gb"), Shape::Country.check("UKX").is_err()), (Ok("GB".to_owned()), true));
        assert_eq!(Shape::Networks.check("192.0.2.7,2001:db8::/56"), Ok("192.0.2.7, 2001:db8::/56".to_owned()));
        for wide in ["0.0.0.0/0", "192.0.2.7, 10.0.0.0/23", "::/0", "2001:db8::/55"] {
            assert!(Shape::Networks.check(wide).unwrap_err().contains("wider"), "{wide}");
        }
        assert_eq!(networks("192.0.2.0/24, ::/0, 10.0.0.0/8").count(), 1);
        assert!(Shape::Networks.check("anywhere").is_err() && Shape::Networks.check(",").is_err());
        assert!(Shape::Phone.check("+14155550123").is_ok() && Shape::Phone.check("4155550123").is_err());
        for host in ["https://pbx.example.com", "pbx.example.com/api", "pbx.example.com:8089", "user@host", "", "-x"] {
            assert!(Shape::Host.check(host).is_err(), "{host}");
        }
        assert!(Shape::Host.check("pbx.example.com").is_ok() && Shape::Port.check("0").is_err());
        assert!(Shape::Text.check("two\nlines").is_err() && Shape::Flag.check("yes").is_err());
    }
}

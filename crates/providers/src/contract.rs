//! What a provider is to the rest of the house: who may speak for it ([`Provider::verify`]), what a delivery contains
//! ([`Provider::split`]) and what each item says ([`Provider::normalize`]).
//!
//! Nothing here that decides has a default. A provider that forgets to verify must not compile, because the obvious convenience
//! ("no algorithm means verified") has been somebody's outage before.

use bytes::Bytes;
use secrecy::SecretString;
use switchboard_domain::{Timestamp, fact::Fact};

use crate::connect::Connectable;

/// An HTTP request as it arrived, before anybody believes a word of it.
#[derive(Debug, Clone)]
pub struct RawRequest {
    /// Names in lower case, in order of arrival.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl RawRequest {
    /// The first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }
}

/// What a connection expects its deliveries to be signed with.
#[derive(Debug, Clone)]
pub enum Expectation<'a> {
    /// One of these secrets: the current one first, then those still inside their grace period.
    Secrets(&'a [SecretString]),
    /// The connection says that its provider sends unsigned bodies. Only its own URL protects it.
    Unsigned,
    /// What was signed in with has been compared with the hash that is kept of it; only a provider that uses passwords may
    /// believe that.
    Proved,
}

/// A delivery whose sender has been proved.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Which of the expected secrets fitted; `None` for an unsigned connection.
    pub secret: Option<usize>,
    /// The payload inside the signature (for Dialpad: the claims of the JWT), still unread.
    pub payload: Bytes,
}

/// Why a delivery was not believed. Every one of these is answered 401.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("the body is not signed, and this connection expects signed bodies")]
    Unsigned,
    #[error("the signature does not fit any secret of this connection; compare the secret here and at the provider")]
    WrongSignature,
    #[error("the signature uses algorithm {0}, and only {1} is accepted")]
    WrongAlgorithm(String, &'static str),
    #[error("the body is neither a signed token nor JSON: {0}")]
    Unreadable(String),
    #[error("no user name and password came with it; enter those of the webhook at the sender")]
    NoPassword,
    #[error("the user name or the password is not that of this webhook; compare them here and at the sender")]
    WrongPassword,
    #[error("the address is none of those from which this connection takes records")]
    WrongAddress,
    #[error("the body is signed, but this connection has no secret to check it with; set the webhook secret here")]
    NoSecret,
}

/// One item of a delivery, ready to be stored: one row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is about, for people and filters: `call.ringing`, `sms.delivered`, `agent_status`, `unknown`.
    pub kind: String,
    /// What must be handled one after another: usually a provider's call or message id.
    pub lane: String,
    pub dedup: DedupKey,
    /// The provider's id of the thing it is about.
    pub external_id: Option<String>,
    /// When it happened, by the provider's clock.
    pub occurred_at: Option<Timestamp>,
    /// The original bytes of the item. `normalize` gets exactly these.
    pub body: Bytes,
}

/// What makes two deliveries of an item the same delivery: 6 bytes of the provider's own time in milliseconds, then 10
/// bytes of a digest. The time leads so that the index grows at one end; a random key made intake 3.5 times slower at
/// 3,000,000 rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupKey(pub [u8; 16]);

impl DedupKey {
    /// `at` from the signed payload, so that a retry has the same one; `parts` are what identifies the item, its body
    /// included.
    pub fn new(at: Option<Timestamp>, parts: &[&[u8]]) -> Self {
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for part in parts {
            digest.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let millis = at.map_or(0, |at| u64::try_from(at.as_millis()).unwrap_or(0));
        let mut key = [0; 16];
        key[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        key[6..].copy_from_slice(&digest.finish().as_ref()[..10]);
        Self(key)
    }
}

/// A stored item, on its way into facts.
#[derive(Debug, Clone, Copy)]
pub struct StoredItem<'a> {
    pub kind: &'a str,
    pub body: &'a [u8],
    /// When it reached us: the time of facts for which the provider names none.
    pub received_at: Timestamp,
    /// What [`Provider::context`] said when it came.
    pub context: Option<&'a str>,
}

/// A signed item that cannot be understood. The event becomes dead with this reason; nobody is told to retry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Malformed {
    /// What was expected and where, for a person: never contains message texts or secrets.
    pub reason: String,
}

impl Malformed {
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// A provider's way of sending events.
pub trait Provider: Connectable {
    /// Counts up when `normalize` reads events differently; kept with each event, so that a rebuild can be explained.
    fn normalize_version(&self) -> i32;

    /// Proves the sender over the raw bytes, in constant time. Fails closed.
    fn verify(&self, request: &RawRequest, expect: &Expectation<'_>) -> Result<Verified, Rejection>;

    /// What the delivery contains. A verified payload that is not understood is one item of kind `unknown`: it is
    /// stored like any other and its `normalize` says what is wrong with it.
    fn split(&self, request: &RawRequest, verified: &Verified) -> Vec<Item>;

    /// What reading its items depends on besides their bytes, out of the connection's settings and the workspace's zone. It is
    /// logged with each item, so that reading stays pure: `None` where the bytes say everything.
    fn context(&self, settings: &serde_json::Value, time_zone: &str) -> Option<String>;

    /// Members of such an item that hold what somebody said: texts of transcripts, voicemails and recaps. Secrets are taken out
    /// of them before the item is stored. Nothing, for a provider that sends no speech.
    fn spoken(&self, _kind: &str) -> &'static [&'static str] {
        &[]
    }

    /// What an item says. Pure: the same bytes give the same facts, for ever. Kinds that are known but say nothing
    /// about records give no facts.
    fn normalize(&self, item: StoredItem<'_>) -> Result<Vec<Fact>, Malformed>;
}

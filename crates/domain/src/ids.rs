//! Every id has its own type, so that a call's id can never be passed where a contact's is wanted.
//!
//! Two kinds of id exist. What is born here (tenants, apps, jobs, events) gets a UUIDv7: sortable by birth. What a
//! provider's facts give birth to (calls, messages, voicemails) gets a UUIDv8 made from the connection, the kind and the
//! provider's id ([`deterministic`]): replaying the log, or two nodes meeting the same call, arrive at the same id
//! without asking anyone.
//!
//! Outside, ids carry a prefix (`call_0198…`); the guides' routes show the bare UUID, which [`FromStr`] also accepts.

use std::{fmt, str::FromStr};

use aws_lc_rs::digest;
use uuid::Uuid;

use crate::clock::Timestamp;

/// An id could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an id of the form {prefix}_… or a UUID")]
pub struct IdError {
    given: String,
    prefix: &'static str,
}

/// What all id types can do; lets one function make or read any of them.
pub trait Id: Copy + Send + Sync + 'static {
    /// The letters before the underscore, unique per type.
    const PREFIX: &'static str;
    fn from_uuid(uuid: Uuid) -> Self;
    fn uuid(self) -> Uuid;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            fn uuid(self) -> Uuid { self.0 }
        }

        impl $name {
            /// The bare UUID, as the guides' routes show it.
            pub fn uuid(self) -> Uuid { self.0 }
            pub fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let bare = text.strip_prefix(concat!($prefix, "_")).unwrap_or(text);
                Uuid::try_parse(bare)
                    .map(Self)
                    .map_err(|_| IdError { given: text.chars().take(60).collect(), prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.collect_str(self) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// What a chat server made of a call.
    AnalysisId "ana";
    /// A client program of a tenant.
    AppId "app";
    /// One row of the audit log.
    AuditId "aud";
    /// One key of an app.
    ApiKeyId "key";
    /// A joined call: all its legs together.
    CallId "call";
    /// A tenant's account at one provider.
    ConnectionId "con";
    /// A person or company on the other side.
    ContactId "cnt";
    /// One HTTP request from a provider.
    DeliveryId "dlv";
    /// One item of a delivery.
    EventId "evt";
    /// A file that somebody asked us to make.
    ExportId "exp";
    /// A file of call records that is taken in.
    ImportId "imp";
    /// An invitation to a tenant.
    InvitationId "inv";
    /// Something to do once, later or again.
    JobId "job";
    /// A word or phrase that is listened for.
    KeywordId "kw";
    /// Words that belong together.
    KeywordListId "kwl";
    /// One participant's part of a call.
    LegId "leg";
    /// A mail to a person.
    MailId "mail";
    /// What somebody wrote about a call.
    NoteId "note";
    /// A text on its way to the provider.
    OutgoingId "out";
    /// A Dialpad user paired with a user of the customer's own system.
    MappingId "map";
    /// One text message.
    MessageId "msg";
    /// Something that people were told.
    NotificationId "ntf";
    /// What people want to be told of.
    NotificationRuleId "rule";
    /// A notification on its way to one person or channel.
    NotificationSendId "snd";
    /// One audio file of a call.
    RecordingId "rec";
    /// A delivery that was refused.
    RejectionId "rej";
    /// A report that is sent by itself.
    ReportScheduleId "sch";
    /// Questions that calls are judged by.
    ScorecardId "scd";
    /// A link that shows a call to whoever holds it.
    ShareId "shr";
    /// A sign-in.
    SessionId "ses";
    /// A customer company.
    TenantId "ten";
    /// What was said in a call.
    TranscriptId "trn";
    /// A list that somebody keeps.
    ViewId "view";
    /// A person who signs in.
    UserId "usr";
    /// A message left after the tone.
    VoicemailId "vm";
    /// A webhook that we registered at a provider.
    WebhookId "whk";
}

/// A time-sortable id for something that is born here, now. `random` supplies the 10 bytes below the milliseconds.
pub fn born<I: Id>(now: Timestamp, random: [u8; 10]) -> I {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    I::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// The id of a record that a provider's facts give birth to: the same scope, kind and external id give the same id,
/// everywhere and for ever.
///
/// `scope` is the connection for most kinds and the tenant for contacts. The parts are length-prefixed before hashing,
/// so no two different triples can run together into the same bytes.
pub fn deterministic<I: Id>(scope: Uuid, external_id: &str) -> I {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(scope.as_bytes());
    for part in [I::PREFIX, external_id] {
        hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash.finish().as_ref()[..16]);
    I::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixed_and_bare_forms_read_back() {
        let id: CallId = deterministic(Uuid::nil(), "42");
        assert_eq!(id.to_string().parse::<CallId>().unwrap(), id);
        assert_eq!(id.uuid().to_string().parse::<CallId>().unwrap(), id);
        assert!("msg_x".parse::<CallId>().is_err());
        assert!(format!("msg_{}", id.uuid().simple()).parse::<CallId>().is_err());
    }

    #[test]
    fn deterministic_ids_differ_by_kind_scope_and_external_id() {
        let scope = Uuid::from_u128(1);
        let call: CallId = deterministic(scope, "42");
        let leg: LegId = deterministic(scope, "42");
        assert_ne!(call.uuid(), leg.uuid());
        assert_ne!(call, deterministic(Uuid::from_u128(2), "42"));
        assert_ne!(call, deterministic(scope, "43"));
        assert_eq!(call.uuid().get_version_num(), 8);
    }

    #[test]
    fn born_ids_sort_by_time() {
        let early: EventId = born(Timestamp::from_millis(1_000), [255; 10]);
        let late: EventId = born(Timestamp::from_millis(1_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
    }
}

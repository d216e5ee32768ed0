//! A text message, and how its delivery states meet.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    call::Direction,
    clock::Timestamp,
    contact::ContactId,
    fact::{MessageFact, Target},
    ids::{ConnectionId, MessageId, TenantId, deterministic},
    merge::{Latest, Stamp},
    text_enum,
};

text_enum! {
    /// How far a message got. The order is the rank: of two claims the later-ranked class wins, so a late `sent` never
    /// takes back a `delivered`.
    pub enum MessageStatus {
        /// Handed to the provider, or, for an inbound message, nothing to say.
        Pending "pending",
        Sent "sent",
        /// An inbound message that reached us.
        Received "received",
        Delivered "delivered",
        Undelivered "undelivered",
        Failed "failed",
    }
}

impl MessageStatus {
    /// Nothing is expected after it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Received | Self::Delivered | Self::Undelivered | Self::Failed)
    }
}

/// A status claim, compared by finality first and then by what [`Latest`] adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct StatusClaim {
    is_final: bool,
    at: Timestamp,
    status: MessageStatus,
}

/// Everything that facts have said of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageDoc {
    direction: Latest<Direction>,
    from_number: Latest<String>,
    to_numbers: Latest<Vec<String>>,
    text: Latest<String>,
    media_urls: Latest<Vec<String>>,
    status: Option<StatusClaim>,
    delivery_result: Latest<String>,
    target: Latest<Target>,
    sender_id: Latest<String>,
    is_internal: Latest<bool>,
    sent_at: Latest<Timestamp>,
    contact_id: Latest<Uuid>,
    contact_name: Latest<String>,
    first_at: crate::merge::Earliest<Timestamp>,
}

impl MessageDoc {
    /// Takes in one fact. `contact` is the record that the fact's other party belongs to.
    pub fn apply(&mut self, stamp: Stamp, fact: &MessageFact, contact: Option<ContactId>) {
        self.first_at.offer(Some(stamp.at));
        self.direction.offer(stamp, fact.direction);
        self.from_number.offer(stamp, fact.from_number.clone());
        self.to_numbers.offer(stamp, fact.to_numbers.clone());
        self.text.offer(stamp, fact.text.clone());
        self.media_urls.offer(stamp, fact.media_urls.clone());
        self.delivery_result.offer(stamp, fact.delivery_result.clone());
        self.target.offer(stamp, fact.target.clone());
        self.sender_id.offer(stamp, fact.sender_id.clone());
        self.is_internal.offer(stamp, fact.is_internal);
        self.sent_at.offer(stamp, fact.sent_at);
        self.contact_id.offer(stamp, contact.map(ContactId::uuid));
        let name = fact.contact.as_ref().and_then(|party| party.name.as_deref());
        self.contact_name.offer(stamp, name.and_then(crate::contact::real_name));
        if let Some(status) = fact.status {
            let claim = StatusClaim { is_final: status.is_final(), at: stamp.at, status };
            self.status = Some(self.status.map_or(claim, |held| held.max(claim)));
        }
    }

    /// The message as people see it.
    pub fn project(&self, owner: &MessageOwner) -> Message {
        let first_at = self.first_at.value().unwrap_or_default();
        let target = self.target.get();
        Message {
            id: deterministic(owner.connection_id.uuid(), &owner.external_id),
            tenant_id: owner.tenant_id,
            connection_id: owner.connection_id,
            provider: owner.provider.clone(),
            external_id: owner.external_id.clone(),
            direction: self.direction.value(),
            from_number: self.from_number.cloned(),
            to_numbers: self.to_numbers.cloned().unwrap_or_default(),
            text: self.text.cloned(),
            media_urls: self.media_urls.cloned().unwrap_or_default(),
            status: self.status.map_or(MessageStatus::Pending, |claim| claim.status),
            delivery_result: self.delivery_result.cloned(),
            agent_id: self
                .sender_id
                .cloned()
                .or_else(|| target.filter(|target| target.is_user()).map(|target| target.external_id.clone())),
            target_name: target.and_then(|target| target.name.clone()),
            contact_id: self.contact_id.value().map(ContactId::from_uuid),
            contact_name: self.contact_name.cloned(),
            is_internal: self.is_internal.value().unwrap_or(false),
            sent_at: self.sent_at.value(),
            occurred_at: self.sent_at.value().unwrap_or(first_at),
        }
    }
}

/// Whose message it is: what a projection cannot learn from facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageOwner {
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub external_id: String,
}

/// A text message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Message {
    pub id: MessageId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub external_id: String,
    pub direction: Option<Direction>,
    pub from_number: Option<String>,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub to_numbers: Vec<String>,
    pub text: Option<String>,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub media_urls: Vec<String>,
    pub status: MessageStatus,
    pub delivery_result: Option<String>,
    /// The provider's id of the user on our side.
    pub agent_id: Option<String>,
    pub target_name: Option<String>,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub is_internal: bool,
    pub sent_at: Option<Timestamp>,
    /// What lists sort by: when it was sent, else when we first heard of it.
    pub occurred_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_after(claims: &[(i64, MessageStatus)]) -> MessageStatus {
        let mut doc = MessageDoc::default();
        for (at, status) in claims {
            let fact = MessageFact { status: Some(*status), ..MessageFact::default() };
            doc.apply(Stamp::provider(Timestamp::from_millis(*at)), &fact, None);
        }
        doc.status.unwrap().status
    }

    #[test]
    fn a_late_sent_never_takes_back_a_delivered() {
        assert_eq!(status_after(&[(1, MessageStatus::Delivered), (2, MessageStatus::Sent)]), MessageStatus::Delivered);
    }

    #[test]
    fn of_two_final_claims_the_later_one_stands() {
        let claims = [(5, MessageStatus::Failed), (3, MessageStatus::Delivered)];
        assert_eq!(status_after(&claims), MessageStatus::Failed);
        let mut reversed = claims;
        reversed.reverse();
        assert_eq!(status_after(&reversed), MessageStatus::Failed);
    }
}

//! Calls: the log, what can be done to a live one, and what is left of it afterwards.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use switchboard_domain::Timestamp;

use super::{DialpadClient, Extra, Page, raw_items};
use crate::{dialpad::operations as op, lenient::WireId, outbound::OutboundError};

/// Which part of the call log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallQuery {
    pub started_after: Option<Timestamp>,
    /// Must not lie in the future: Dialpad answers 400.
    pub started_before: Option<Timestamp>,
    /// Type and id.
    pub target: Option<(String, String)>,
    /// Of the page before.
    pub cursor: Option<String>,
}

impl CallQuery {
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut add = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        add("started_after", self.started_after.map(|at| at.as_millis().to_string()));
        add("started_before", self.started_before.map(|at| at.as_millis().to_string()));
        add("target_type", self.target.as_ref().map(|(kind, _)| kind.clone()));
        add("target_id", self.target.as_ref().map(|(_, id)| id.clone()));
        add("cursor", self.cursor.clone());
        pairs
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupType {
    CallCenter,
    Department,
    Office,
}

/// Rings the devices of a user, then dials.
#[derive(Debug, Clone, Serialize)]
pub struct RingCall {
    /// E.164.
    pub phone_number: String,
    pub user_id: WireId,
    /// Comes back in the call's events; at most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<WireId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_type: Option<GroupType>,
    /// E.164, or `blocked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_caller_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_consult: Option<bool>,
}

/// Lets a user's own app dial.
#[derive(Debug, Clone, Default, Serialize)]
pub struct InitiateCall {
    /// E.164.
    pub phone_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<WireId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_type: Option<GroupType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_caller_id: Option<String>,
}

/// Where a call goes, or who joins it.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Destination {
    Number {
        number: String,
    },
    /// Only for a transfer.
    Call {
        call_id: WireId,
    },
    /// `callcenter`, `department`, `office` or `user`; needs a primary number.
    Target {
        target_type: String,
        target_id: WireId,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferState {
    Hold,
    Parked,
    Preanswer,
    Voicemail,
}

#[derive(Debug, Clone, Serialize)]
pub struct Transfer {
    pub to: Destination,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_state: Option<TransferState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<String>,
}

/// Asks a call centre to call somebody back.
#[derive(Debug, Clone, Serialize)]
pub struct Callback {
    pub call_center_id: WireId,
    /// E.164; no international numbers.
    pub phone_number: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum RecordingType {
    #[serde(rename = "callrecording")]
    Call,
    #[serde(rename = "admincallrecording")]
    Admin,
    #[serde(rename = "voicemail")]
    Voicemail,
}

#[derive(Deserialize)]
struct CallRef {
    call_id: WireId,
}

#[derive(Deserialize)]
struct AccessLink {
    access_link: String,
}

impl DialpadClient {
    /// A page of concluded calls, newest first; each item goes into the log through
    /// [`pulled_call`](crate::dialpad::pulled_call). Needs an admin's key and the scope `calls:list`.
    pub async fn calls(&self, query: &CallQuery) -> Result<Page<Bytes>, OutboundError> {
        let page: Page<Box<RawValue>> = self.page(&op::LIST_CALLS, &[], &query.pairs()).await?;
        Ok(raw_items(page))
    }

    /// One call. Ten a minute: prefer [`Self::calls`].
    pub async fn get_call(&self, call_id: &str) -> Result<Bytes, OutboundError> {
        Ok(self.call(&op::GET_CALL, &[call_id], Extra::None).await?.body)
    }

    /// Returns the id of the call.
    pub async fn ring_call(&self, call: &RingCall) -> Result<WireId, OutboundError> {
        let started: CallRef = self.send(&op::RING_CALL, &[], call).await?;
        Ok(started.call_id)
    }

    pub async fn initiate_call(&self, user_id: &str, call: &InitiateCall) -> Result<(), OutboundError> {
        self.send_raw(&op::INITIATE_CALL, &[user_id], call).await.map(drop)
    }

    pub async fn hang_up(&self, call_id: &str) -> Result<(), OutboundError> {
        self.call(&op::HANG_UP, &[call_id], Extra::None).await.map(drop)
    }

    /// Returns the id of the call that it became.
    pub async fn transfer(&self, call_id: &str, transfer: &Transfer) -> Result<WireId, OutboundError> {
        let moved: CallRef = self.send(&op::TRANSFER_CALL, &[call_id], transfer).await?;
        Ok(moved.call_id)
    }

    /// Replaces the labels of a call.
    pub async fn set_labels(&self, call_id: &str, labels: &[String]) -> Result<(), OutboundError> {
        self.send_raw(&op::SET_LABELS, &[call_id], &json!({ "labels": labels })).await.map(drop)
    }

    pub async fn add_participant(&self, call_id: &str, who: &Destination) -> Result<(), OutboundError> {
        self.send_raw(&op::ADD_PARTICIPANT, &[call_id], &json!({ "participant": who })).await.map(drop)
    }

    pub async fn unpark(&self, call_id: &str, user_id: &WireId) -> Result<(), OutboundError> {
        self.send_raw(&op::UNPARK_CALL, &[call_id], &json!({ "user_id": user_id })).await.map(drop)
    }

    /// Switches recording of a user's active call. `announce`: a message tells the other side.
    pub async fn set_recording(&self, user_id: &str, is_recording: bool, announce: bool) -> Result<(), OutboundError> {
        let body = json!({ "is_recording": is_recording, "play_message": announce, "recording_type": "user" });
        self.send_raw(&op::SET_RECORDING, &[user_id], &body).await.map(drop)
    }

    /// Switches Dialpad Ai on a user's active call.
    pub async fn set_ai(&self, user_id: &str, is_on: bool) -> Result<(), OutboundError> {
        self.send_raw(&op::SET_AI, &[user_id], &json!({ "enable_vi": is_on })).await.map(drop)
    }

    pub async fn set_do_not_disturb(&self, user_id: &str, is_on: bool) -> Result<(), OutboundError> {
        self.send_raw(&op::SET_DO_NOT_DISTURB, &[user_id], &json!({ "do_not_disturb": is_on })).await.map(drop)
    }

    /// Returns the place in the queue, 1 being the front.
    pub async fn request_callback(&self, callback: &Callback) -> Result<Option<String>, OutboundError> {
        #[derive(Deserialize)]
        struct Queued {
            position: Option<WireId>,
        }
        let queued: Queued = self.send(&op::REQUEST_CALLBACK, &[], callback).await?;
        Ok(queued.position.map(|position| position.0))
    }

    /// Whether [`Self::request_callback`] would be accepted.
    pub async fn validate_callback(&self, callback: &Callback) -> Result<bool, OutboundError> {
        #[derive(Deserialize)]
        struct Validated {
            #[serde(default)]
            success: bool,
        }
        let validated: Validated = self.send(&op::VALIDATE_CALLBACK, &[], callback).await?;
        Ok(validated.success)
    }

    /// The transcript, for the log ([`pulled_transcript`](crate::dialpad::pulled_transcript)). Without `lines` there is
    /// none, or not yet.
    pub async fn transcript(&self, call_id: &str) -> Result<Bytes, OutboundError> {
        Ok(self.call(&op::GET_TRANSCRIPT, &[call_id], Extra::None).await?.body)
    }

    /// Where a person reads the transcript at Dialpad.
    pub async fn transcript_url(&self, call_id: &str) -> Result<Option<String>, OutboundError> {
        #[derive(Deserialize)]
        struct At {
            url: Option<String>,
        }
        let at: At = self.get(&op::GET_TRANSCRIPT_URL, &[call_id]).await?;
        Ok(at.url)
    }

    /// A link to a recording. `privacy`: `admin`, `company`, `owner` or `public`.
    pub async fn share_recording(
        &self,
        recording_id: &str,
        recording_type: RecordingType,
        privacy: &str,
    ) -> Result<String, OutboundError> {
        let body = json!({ "recording_id": recording_id, "recording_type": recording_type, "privacy": privacy });
        let link: AccessLink = self.send(&op::SHARE_RECORDING, &[], &body).await?;
        Ok(link.access_link)
    }

    /// A link to a call's review. `privacy`: `company` or `public`.
    pub async fn share_call_review(&self, call_id: &WireId, privacy: &str) -> Result<String, OutboundError> {
        let body = json!({ "call_id": call_id, "privacy": privacy });
        let link: AccessLink = self.send(&op::SHARE_CALL_REVIEW, &[], &body).await?;
        Ok(link.access_link)
    }
}

//! Who and what there is at a company: users, groups, contacts, consent, statistics.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{DialpadClient, Page};
use crate::{dialpad::operations as op, lenient::WireId, outbound::OutboundError};

/// Whose token it is. OAuth's own answer does not say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Company {
    pub id: WireId,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub admin_email: Option<String>,
    pub country: Option<String>,
    pub state: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    pub id: WireId,
    pub display_name: Option<String>,
    #[serde(default)]
    pub emails: Vec<String>,
    #[serde(default)]
    pub phone_numbers: Vec<String>,
    pub office_id: Option<WireId>,
    pub state: Option<String>,
    pub is_available: Option<bool>,
    pub is_online: Option<bool>,
    pub do_not_disturb: Option<bool>,
    pub on_duty_status: Option<String>,
}

/// An office or a call centre.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Group {
    pub id: WireId,
    pub name: Option<String>,
    pub office_id: Option<WireId>,
    #[serde(default)]
    pub phone_numbers: Vec<String>,
    pub timezone: Option<String>,
    pub state: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Contact {
    pub id: WireId,
    pub display_name: Option<String>,
    pub primary_phone: Option<String>,
    #[serde(default)]
    pub phones: Vec<String>,
    #[serde(default)]
    pub emails: Vec<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// Somebody who answered STOP, or took it back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OptOut {
    /// E.164.
    pub external_endpoint: String,
    /// `opted_out` or `opted_back_in`.
    pub opt_out_state: String,
    /// Unix milliseconds.
    pub date: Option<WireId>,
}

/// What to compute. Days count back from today.
#[derive(Debug, Clone, Serialize)]
pub struct StatsRequest {
    /// `records` or `stats`.
    pub export_type: String,
    /// `calls`, `texts`, `voicemails`, `recordings`, `onduty`, `csat`, `dispositions` or `screenshare`.
    pub stat_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_ago_start: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_ago_end: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_id: Option<WireId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StatsState {
    /// `processing`, `complete` or `failed`.
    pub status: String,
    pub download_url: Option<String>,
    pub file_type: Option<String>,
}

fn with_cursor<'a>(mut query: Vec<(&'a str, String)>, cursor: Option<&str>) -> Vec<(&'a str, String)> {
    query.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
    query
}

impl DialpadClient {
    /// Needs an admin's key or token. The cheapest live check of a credential.
    pub async fn company(&self) -> Result<Company, OutboundError> {
        self.get(&op::GET_COMPANY, &[]).await
    }

    pub async fn users(&self, cursor: Option<&str>) -> Result<Page<User>, OutboundError> {
        self.page(&op::LIST_USERS, &[], &with_cursor(Vec::new(), cursor)).await
    }

    pub async fn user(&self, user_id: &str) -> Result<User, OutboundError> {
        self.get(&op::GET_USER, &[user_id]).await
    }

    pub async fn offices(&self, cursor: Option<&str>) -> Result<Page<Group>, OutboundError> {
        self.page(&op::LIST_OFFICES, &[], &with_cursor(Vec::new(), cursor)).await
    }

    pub async fn call_centers(&self, cursor: Option<&str>) -> Result<Page<Group>, OutboundError> {
        self.page(&op::LIST_CALL_CENTERS, &[], &with_cursor(Vec::new(), cursor)).await
    }

    /// The company's shared contacts, or with `owner_id` a user's own.
    pub async fn contacts(&self, owner_id: Option<&str>, cursor: Option<&str>) -> Result<Page<Contact>, OutboundError> {
        let owner = owner_id.map(|owner| ("owner_id", owner.to_owned())).into_iter().collect();
        self.page(&op::LIST_CONTACTS, &[], &with_cursor(owner, cursor)).await
    }

    /// `state`: `opted_out` or `opted_back_in`.
    pub async fn sms_opt_outs(
        &self,
        company_id: &str,
        state: &str,
        cursor: Option<&str>,
    ) -> Result<Page<OptOut>, OutboundError> {
        let query = with_cursor(vec![("opt_out_state", state.to_owned())], cursor);
        self.page(&op::LIST_SMS_OPT_OUTS, &[company_id], &query).await
    }

    /// Opens an address on a user's devices. Needs the scope `screen_pop`.
    pub async fn screen_pop(&self, user_id: &str, address: &str) -> Result<(), OutboundError> {
        self.send_raw(&op::SCREEN_POP, &[user_id], &json!({ "screen_pop_uri": address })).await.map(drop)
    }

    /// Starts a computation and returns its id.
    pub async fn start_stats(&self, request: &StatsRequest) -> Result<String, OutboundError> {
        #[derive(Deserialize)]
        struct Started {
            request_id: WireId,
        }
        let started: Started = self.send(&op::START_STATS, &[], request).await?;
        Ok(started.request_id.0)
    }

    pub async fn stats(&self, request_id: &str) -> Result<StatsState, OutboundError> {
        self.get(&op::GET_STATS, &[request_id]).await
    }
}

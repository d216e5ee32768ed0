//! Deliveries as Dialpad sends them: signed calls of four states, each with ids of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

const STATES: [&str; 4] = ["ringing", "connected", "hangup", "recording"];
/// When the first benchmark call began, in Unix milliseconds; far enough back that no call lies in the future.
const FIRST_CALL_MS: u64 = 1_780_000_000_000;

/// Makes deliveries that nobody has sent before.
pub struct Deliveries {
    key: hmac::Key,
    next: AtomicU64,
}

impl Deliveries {
    /// Calls are numbered from `first`, so that two runs on one database do not repeat each other.
    pub fn new(secret: &str, first: u64) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), next: AtomicU64::new(first) }
    }

    /// The next delivery: the number of its call, and a signed token of about 1.5 kB. Four in a row are one call.
    pub fn next(&self) -> (u64, Vec<u8>) {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let (call, state) = (n / 4, STATES[usize::try_from(n % 4).unwrap_or(0)]);
        (call, self.sign(&payload(call, state, n % 4)))
    }

    fn sign(&self, payload: &str) -> Vec<u8> {
        // {"alg":"HS256","typ":"JWT"}
        let mut token = b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.".to_vec();
        token.extend_from_slice(URL_SAFE_NO_PAD.encode(payload).as_bytes());
        let tag = hmac::sign(&self.key, &token);
        token.push(b'.');
        token.extend_from_slice(URL_SAFE_NO_PAD.encode(tag.as_ref()).as_bytes());
        token
    }
}

fn payload(call: u64, state: &str, step: u64) -> String {
    let id = 6_000_000_000_000_000 + call;
    let began = FIRST_CALL_MS + call;
    let at = began + step * 5_000;
    let connected = if step >= 1 { (began + 5_000).to_string() } else { "null".to_owned() };
    let ended = if step >= 2 { (began + 10_000).to_string() } else { "null".to_owned() };
    let number = 2_000_000 + call % 5_000;
    format!(
        r#"{{"call_id":{id},"state":"{state}","direction":"inbound","external_number":"+1415{number}","internal_number":"+14155550100","selected_caller_id":null,"date_started":{began},"date_rang":{began},"date_first_rang":{began},"date_queued":null,"date_connected":{connected},"date_ended":{ended},"talk_time":0,"hold_time":0,"duration":{duration},"total_duration":1012.4,"target_availability_status":"open","callback_requested":null,"contact":{{"id":{number},"type":"local","email":"","phone":"+1415{number}","name":"Customer {number}"}},"target":{{"id":5171365938069504,"type":"user","email":"alex.rivera@example.com","phone":"+14155550100","name":"Alex Rivera","office_id":5527348325810176}},"entry_point_call_id":null,"entry_point_target":{{}},"operator_call_id":null,"proxy_target":{{}},"master_call_id":null,"group_id":null,"is_internal":false,"is_transferred":false,"transferred_from":{{}},"csat_score":null,"routing_breadcrumbs":[],"event_timestamp":{at},"mos_score":null,"labels":[],"was_recorded":false,"voicemail_link":null,"voicemail_recording_id":null,"call_recording_ids":[],"transcription_text":null,"recording_details":[],"integrations":{{}}}}"#,
        duration = if step >= 2 { "5000.5" } else { "0" },
    )
}

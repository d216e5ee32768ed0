//! One leg of a call: its state, the event body that tells about it, and its REST form.
//!
//! Every event carries the whole leg as it is at that moment (Dialpad sends snapshots, not differences), so there is one
//! function for the body, and a scenario only changes the leg between two events.

use serde_json::{Map, Value, json};

use super::people::Party;

/// A transcript line: who (`true` = our user), what, milliseconds after the call connected.
pub(crate) type Line = (bool, String, i64);

#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub(crate) id: i64,
    pub(crate) duration_ms: i64,
    pub(crate) start_ms: i64,
    /// `callrecording`, `admincallrecording` or `voicemail`.
    pub(crate) kind: &'static str,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Recap {
    pub(crate) summary: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) purposes: Vec<String>,
    pub(crate) action_items: Vec<String>,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a leg, as the wire format has them")]
pub(crate) struct Leg {
    pub(crate) call_id: i64,
    pub(crate) inbound: bool,
    pub(crate) state: &'static str,
    pub(crate) event_timestamp: i64,
    pub(crate) external_number: String,
    pub(crate) internal_number: String,
    pub(crate) date_started: i64,
    pub(crate) date_queued: Option<i64>,
    pub(crate) date_rang: Option<i64>,
    pub(crate) date_connected: Option<i64>,
    pub(crate) date_ended: Option<i64>,
    pub(crate) hold_ms: i64,
    /// Thousandths of a millisecond that make the durations the floats they are on the wire.
    pub(crate) fraction: u16,
    pub(crate) contact: Party,
    pub(crate) target: Party,
    pub(crate) master_call_id: Option<i64>,
    pub(crate) entry_point_call_id: Option<i64>,
    pub(crate) operator_call_id: Option<i64>,
    pub(crate) entry_point_target: Option<Party>,
    pub(crate) transferred_from: Option<Party>,
    pub(crate) group_id: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) recordings: Vec<Recording>,
    /// The caller reached the voicemail greeting; a message exists only once `recordings` has a voicemail.
    pub(crate) reached_voicemail: bool,
    pub(crate) voicemail_text: Option<String>,
    pub(crate) transcript: Vec<Line>,
    pub(crate) recap: Recap,
    pub(crate) custom_data: Option<String>,
    pub(crate) is_recording: bool,
    pub(crate) parked: bool,
    /// Ended over the API: a story that was being played about it stops.
    pub(crate) ended_by_request: bool,
    /// Token of the review share links, which appear when an answered call has ended.
    pub(crate) review_token: String,
}

impl Leg {
    /// A leg that has just begun: nobody has answered, nothing has been recorded.
    pub(crate) fn begin(call_id: i64, inbound: bool, at: i64, contact: Party, target: Party) -> Self {
        Self {
            call_id,
            inbound,
            state: if inbound { "preanswer" } else { "calling" },
            event_timestamp: at,
            external_number: contact.phone.clone(),
            internal_number: target.phone.clone(),
            date_started: at,
            date_queued: None,
            date_rang: None,
            date_connected: None,
            date_ended: None,
            hold_ms: 0,
            fraction: u16::try_from(call_id.rem_euclid(997) + 1).unwrap_or(1),
            contact,
            target,
            master_call_id: None,
            entry_point_call_id: None,
            operator_call_id: None,
            entry_point_target: None,
            transferred_from: None,
            group_id: None,
            labels: Vec::new(),
            recordings: Vec::new(),
            reached_voicemail: false,
            voicemail_text: None,
            transcript: Vec::new(),
            recap: Recap::default(),
            custom_data: None,
            is_recording: false,
            parked: false,
            ended_by_request: false,
            review_token: format!("{call_id:043}"),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.date_ended.is_some()
    }

    pub(crate) fn is_group_call(&self) -> bool {
        self.group_id.is_some()
    }

    pub(crate) fn voicemail(&self) -> Option<&Recording> {
        self.recordings.iter().find(|recording| recording.kind == "voicemail")
    }

    fn call_recordings(&self) -> impl Iterator<Item = &Recording> {
        self.recordings.iter().filter(|recording| recording.kind != "voicemail")
    }

    /// Milliseconds with a fraction, but a plain `0` where nothing has run: both forms are on the wire.
    fn ms(&self, from: Option<i64>, to: Option<i64>) -> Value {
        match (from, to) {
            (Some(from), Some(to)) if to > from => {
                // Exact: a call's length is far below 2^52 ms.
                #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52")]
                let whole = (to - from) as f64;
                json!(whole + f64::from(self.fraction) / 1000.0)
            }
            _ => json!(0),
        }
    }

    fn was_recorded(&self) -> bool {
        !self.recordings.is_empty()
    }

    /// The whole event body for what the leg is now. `origin` is the sandbox's own address, where every link points.
    pub(crate) fn event(&self, origin: &str) -> Map<String, Value> {
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| {
            body.insert(key.to_owned(), value);
        };
        let until = self.date_ended.or(Some(self.event_timestamp));
        let talked = self.ms(self.date_connected, self.date_ended);
        put("call_id", self.call_id.into());
        put("state", self.state.into());
        put("direction", direction(self.inbound).into());
        put("external_number", self.external_number.as_str().into());
        put("internal_number", self.internal_number.as_str().into());
        put("selected_caller_id", Value::Null);
        put("date_started", self.date_started.into());
        put("date_rang", self.date_rang.into());
        put("date_first_rang", self.date_rang.into());
        put("date_queued", self.date_queued.into());
        put("date_connected", self.date_connected.into());
        put("date_ended", self.date_ended.into());
        put("talk_time", talked.clone());
        put("hold_time", self.hold_ms.into());
        put("duration", talked);
        put("total_duration", if self.state == "calling" { json!(0) } else { self.ms(Some(self.date_started), until) });
        put("target_availability_status", "open".into());
        put("callback_requested", Value::Null);
        put("contact", self.contact.in_event());
        put("target", self.target.in_event());
        put("entry_point_call_id", self.entry_point_call_id.into());
        put("entry_point_target", party_or_empty(self.entry_point_target.as_ref()));
        put("operator_call_id", self.operator_call_id.into());
        put("proxy_target", json!({}));
        put("master_call_id", self.master_call_id.into());
        put("group_id", self.group_id.clone().into());
        put("is_internal", false.into());
        put("is_transferred", self.transferred_from.is_some().into());
        put("transferred_from", party_or_empty(self.transferred_from.as_ref()));
        put("csat_score", Value::Null);
        put("routing_breadcrumbs", json!([]));
        put("event_timestamp", self.event_timestamp.into());
        put("mos_score", self.mos_score());
        put("labels", json!(self.labels));
        put("was_recorded", self.was_recorded().into());
        put("voicemail_link", if self.reached_voicemail { self.voicemail_url(origin).into() } else { Value::Null });
        put("voicemail_recording_id", self.voicemail().map(|recording| recording.id).into());
        put("call_recording_ids", self.call_recordings().map(|recording| recording.id.to_string()).collect());
        put("transcription_text", self.voicemail_text.clone().into());
        put("recording_details", self.recording_details(origin));
        put("integrations", json!({}));
        if let Some(data) = &self.custom_data {
            put("custom_data", data.as_str().into());
        }
        if self.is_over() && self.date_connected.is_some() {
            put("recording_url", self.recording_urls(origin));
            put("public_call_review_share_link", format!("{origin}/shared/call/public{}", self.review_token).into());
            put("company_call_review_share_link", format!("{origin}/shared/call/company{}", self.review_token).into());
        }
        self.put_recap(&mut body);
        body
    }

    /// The recap states carry their own field and nothing of the others.
    fn put_recap(&self, body: &mut Map<String, Value>) {
        let value = match self.state {
            "recap_summary" => json!(self.recap.summary),
            "recap_outcome" => json!(self.recap.outcome),
            "recap_purposes" => json!(self.recap.purposes),
            "recap_action_items" => json!(self.recap.action_items),
            _ => return,
        };
        body.insert(self.state.to_owned(), value);
    }

    fn mos_score(&self) -> Value {
        if self.is_over() && self.date_connected.is_some() { json!(4.41) } else { Value::Null }
    }

    fn recording_urls(&self, origin: &str) -> Value {
        self.call_recordings().map(|recording| recording_url(origin, recording.id)).collect()
    }

    pub(crate) fn voicemail_url(&self, origin: &str) -> String {
        format!("{origin}/v/{}", self.call_id)
    }

    /// On the `transcription` event the list is empty, as captured.
    fn recording_details(&self, origin: &str) -> Value {
        if self.state == "transcription" {
            return json!([]);
        }
        let details = self.recordings.iter().map(|recording| {
            let url = if recording.kind == "voicemail" {
                self.voicemail_url(origin)
            } else {
                recording_url(origin, recording.id)
            };
            json!({
                "id": recording.id.to_string(), "url": url, "duration": recording.duration_ms,
                "start_time": recording.start_ms, "recording_type": recording.kind,
            })
        });
        details.collect()
    }

    /// `CallProto`, before the printer turns int64 into strings and drops nulls.
    pub(crate) fn proto(&self, origin: &str) -> Value {
        let talked = self.ms(self.date_connected, self.date_ended);
        json!({
            "call_id": self.call_id,
            "master_call_id": self.master_call_id,
            "entry_point_call_id": self.entry_point_call_id,
            "operator_call_id": self.operator_call_id,
            "state": self.state,
            "direction": direction(self.inbound),
            "event_timestamp": self.event_timestamp,
            "date_started": self.date_started,
            "date_rang": self.date_rang,
            "date_connected": self.date_connected,
            "date_ended": self.date_ended,
            "duration": talked,
            "total_duration": self.ms(Some(self.date_started), self.date_ended),
            "external_number": self.external_number,
            "internal_number": self.internal_number,
            "contact": self.contact.in_reply(),
            "target": self.target.in_reply(),
            "entry_point_target": self.entry_point_target.as_ref().map_or(json!({}), Party::in_reply),
            "proxy_target": {},
            "group_id": self.group_id,
            "is_transferred": self.transferred_from.is_some(),
            "was_recorded": self.was_recorded(),
            "recording_details": self.recording_details(origin),
            "voicemail_share_link": self.voicemail().map(|_| self.voicemail_url(origin)),
            "call_recording_share_links": self.call_recordings().map(|r| recording_url(origin, r.id)).collect::<Vec<_>>(),
            "transcription_text": self.voicemail_text,
            "mos_score": self.mos_score(),
            "labels": self.labels,
            "routing_breadcrumbs": [],
            "custom_data": self.custom_data,
        })
    }
}

pub(crate) fn direction(inbound: bool) -> &'static str {
    if inbound { "inbound" } else { "outbound" }
}

fn party_or_empty(party: Option<&Party>) -> Value {
    party.map_or_else(|| json!({}), Party::in_event)
}

fn recording_url(origin: &str, id: i64) -> String {
    format!("{origin}/r/{id}")
}

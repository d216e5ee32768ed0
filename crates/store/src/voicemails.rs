//! Messages left after the tone.

use switchboard_domain::{
    ids::ContactId,
    voicemail::{Voicemail, VoicemailDoc},
};

use crate::{
    record::{Columns, KeptDoc},
    sql::Arg,
};

/// A voicemail as its table keeps it.
pub type KeptVoicemail = KeptDoc<Voicemail, VoicemailDoc>;

impl Columns for Voicemail {
    const TABLE: &'static str = "voicemails";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "call_id",
        "leg_id",
        "leg_external_id",
        "contact_id",
        "from_number",
        "to_number",
        "agent_id",
        "agent_name",
        "recording_external_id",
        "recording_url",
        "transcript",
        "duration_ms",
        "is_removed",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            self.connection_id.uuid().into(),
            (&self.provider).into(),
            self.call_id.uuid().into(),
            self.leg_id.uuid().into(),
            (&self.leg_external_id).into(),
            self.contact_id.map(ContactId::uuid).into(),
            (&self.from_number).into(),
            (&self.to_number).into(),
            (&self.agent_id).into(),
            (&self.agent_name).into(),
            (&self.recording_external_id).into(),
            (&self.recording_url).into(),
            (&self.transcript).into(),
            self.duration_ms.into(),
            self.is_removed.into(),
            self.occurred_at.into(),
        ]
    }
}

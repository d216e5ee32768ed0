//! What hangs on a call: voicemails, recordings, transcripts. They follow their leg when calls turn out to be one.

use std::collections::{BTreeSet, HashMap};

use switchboard_domain::{
    Timestamp,
    analysis::{Analysis, AnalysisDoc, AnalysisOwner},
    change::{NewChange, RecordKind},
    fact::{Fact, FactBody},
    ids::{AnalysisId, CallId, ConnectionId, RecordingId, TenantId, TranscriptId, VoicemailId, deterministic},
    recording::{Recording, RecordingDoc, RecordingOwner},
    transcript::{Transcript, TranscriptDoc, TranscriptOwner},
    voicemail::{Voicemail, VoicemailDoc, VoicemailOwner},
};
use switchboard_store::{
    Conn, StoreError,
    insert::Insert,
    record::{self, Columns as _},
};
use uuid::Uuid;

use super::{Understood, calls::Calls, shelf::Shelf};
use crate::reactions::{self, Reaction};

/// Where a record that a fact speaks of for the first time belongs.
struct Birth {
    connection: ConnectionId,
    provider: String,
    external_id: String,
    leg_external_id: String,
}

/// The children that a batch touches.
#[derive(Default)]
pub struct Children {
    voicemails: Shelf<Voicemail, VoicemailDoc>,
    recordings: Shelf<Recording, RecordingDoc>,
    transcripts: Shelf<Transcript, TranscriptDoc>,
    analyses: Shelf<Analysis, AnalysisDoc>,
    births: HashMap<Uuid, Birth>,
}

impl Children {
    /// Loads all children of these calls.
    pub async fn load(conn: &mut Conn<'_>, tenant: TenantId, calls: &[Uuid]) -> Result<Self, StoreError> {
        let tables = [Voicemail::TABLE, Recording::TABLE, Transcript::TABLE, Analysis::TABLE];
        let holding = record::tables_of_calls(conn, tenant, calls, &tables).await?;
        let of = |table: &str| if holding.iter().any(|holds| holds == table) { calls } else { &[] };
        let voicemails = record::find_of_calls(conn, tenant, of(Voicemail::TABLE)).await?;
        let recordings = record::find_of_calls(conn, tenant, of(Recording::TABLE)).await?;
        let transcripts = record::find_of_calls(conn, tenant, of(Transcript::TABLE)).await?;
        let analyses = record::find_of_calls(conn, tenant, of(Analysis::TABLE)).await?;
        Ok(Self {
            voicemails: Shelf::load(voicemails, |voicemail: &Voicemail| voicemail.id.uuid()),
            recordings: Shelf::load(recordings, |recording: &Recording| recording.id.uuid()),
            transcripts: Shelf::load(transcripts, |transcript: &Transcript| transcript.id.uuid()),
            analyses: Shelf::load(analyses, |analysis: &Analysis| analysis.id.uuid()),
            births: HashMap::new(),
        })
    }

    /// Takes in one fact about a child.
    pub fn apply(&mut self, event: &Understood, fact: &Fact) {
        let scope = event.connection_id.uuid();
        let (id, external_id, leg) = match &fact.body {
            FactBody::Voicemail(voicemail) => {
                let leg = &voicemail.leg_external_id;
                let id = deterministic::<VoicemailId>(scope, leg).uuid();
                self.voicemails.doc_for(id, event.received_at).apply(fact.stamp(), voicemail);
                (id, leg, leg)
            }
            FactBody::Recording(recording) => {
                let id = deterministic::<RecordingId>(scope, &recording.external_id).uuid();
                self.recordings.doc_for(id, event.received_at).apply(fact.stamp(), recording);
                (id, &recording.external_id, &recording.leg_external_id)
            }
            FactBody::Transcript(transcript) => {
                let leg = &transcript.leg_external_id;
                let id = deterministic::<TranscriptId>(scope, leg).uuid();
                self.transcripts.doc_for(id, event.received_at).apply(fact.stamp(), transcript);
                (id, leg, leg)
            }
            FactBody::Analysis(analysis) => {
                let leg = &analysis.leg_external_id;
                let id = deterministic::<AnalysisId>(scope, leg).uuid();
                self.analyses.doc_for(id, event.received_at).apply(fact.stamp(), analysis);
                (id, leg, leg)
            }
            FactBody::Leg(_) | FactBody::Message(_) | FactBody::Contact(_) | FactBody::ContactEdit(_) => return,
        };
        self.births.entry(id).or_insert_with(|| Birth {
            connection: event.connection_id,
            provider: event.provider.clone(),
            external_id: external_id.clone(),
            leg_external_id: leg.clone(),
        });
    }

    /// Computes what the touched children, and those of the affected calls, have come to.
    pub fn settle(
        &mut self,
        tenant: TenantId,
        at: Timestamp,
        calls: &Calls,
        affected: &BTreeSet<CallId>,
    ) -> (Vec<NewChange>, Vec<Reaction>) {
        self.voicemails.touch_where(|voicemail| affected.contains(&voicemail.call_id));
        self.recordings.touch_where(|recording| affected.contains(&recording.call_id));
        self.transcripts.touch_where(|transcript| affected.contains(&transcript.call_id));
        self.analyses.touch_where(|analysis| affected.contains(&analysis.call_id));
        let births = &self.births;
        let mut changes = Vec::new();
        let mut reactions = Vec::new();

        let voicemails = self.voicemails.settle(
            RecordKind::Voicemail,
            at,
            |id, doc, before: Option<&Voicemail>| {
                let known = before.map(|v| (v.connection_id, v.provider.clone(), v.leg_external_id.clone()));
                let (connection_id, provider, leg_external_id) = known.or_else(|| birth_leg(births, id))?;
                let call_id = calls.call_of_leg(connection_id, &leg_external_id)?;
                // A call whose time was over may be gone before its voicemail: then what was known stands.
                let kept = before.and_then(|voicemail| voicemail.contact_id);
                let contact_id = calls.get(call_id).map_or(kept, |call| call.contact_id);
                let owner =
                    VoicemailOwner { tenant_id: tenant, connection_id, provider, leg_external_id, call_id, contact_id };
                Some(doc.project(&owner))
            },
            |voicemail| Some(if voicemail.is_removed { "removed" } else { "present" }.to_owned()),
        );
        for (change, voicemail) in voicemails {
            reactions.extend(reactions::of_voicemail(&change, &voicemail));
            changes.push(change);
        }

        let recordings = self.recordings.settle(
            RecordKind::Recording,
            at,
            |id, doc, before: Option<&Recording>| {
                let owner = if let Some(r) = before {
                    RecordingOwner {
                        tenant_id: tenant,
                        connection_id: r.connection_id,
                        provider: r.provider.clone(),
                        external_id: r.external_id.clone(),
                        leg_external_id: r.leg_external_id.clone(),
                        call_id: calls.call_of_leg(r.connection_id, &r.leg_external_id)?,
                    }
                } else {
                    let birth = births.get(&id)?;
                    RecordingOwner {
                        tenant_id: tenant,
                        connection_id: birth.connection,
                        provider: birth.provider.clone(),
                        external_id: birth.external_id.clone(),
                        leg_external_id: birth.leg_external_id.clone(),
                        call_id: calls.call_of_leg(birth.connection, &birth.leg_external_id)?,
                    }
                };
                Some(doc.project(&owner))
            },
            |recording| Some(recording.status.to_string()),
        );
        for (change, recording) in recordings {
            reactions.extend(reactions::of_recording(&change, &recording));
            changes.push(change);
        }

        let transcripts = self.transcripts.settle(
            RecordKind::Transcript,
            at,
            |id, doc, before: Option<&Transcript>| {
                let known = before.map(|t| (t.connection_id, t.provider.clone(), t.leg_external_id.clone()));
                let (connection_id, provider, leg_external_id) = known.or_else(|| birth_leg(births, id))?;
                let call_id = calls.call_of_leg(connection_id, &leg_external_id)?;
                let owner = TranscriptOwner { tenant_id: tenant, connection_id, provider, leg_external_id, call_id };
                Some(doc.project(&owner))
            },
            |transcript| Some(if transcript.is_complete { "complete" } else { "pending" }.to_owned()),
        );
        for (change, transcript) in transcripts {
            reactions.extend(reactions::of_transcript(&change, &transcript));
            changes.push(change);
        }

        let analyses = self.analyses.settle(
            RecordKind::Analysis,
            at,
            |id, doc, before: Option<&Analysis>| {
                let known = before.map(|a| (a.connection_id, a.provider.clone(), a.leg_external_id.clone()));
                let (connection_id, provider, leg_external_id) = known.or_else(|| birth_leg(births, id))?;
                let call_id = calls.call_of_leg(connection_id, &leg_external_id)?;
                doc.project(&AnalysisOwner { tenant_id: tenant, connection_id, provider, leg_external_id, call_id })
            },
            |_| None,
        );
        for (change, analysis) in analyses {
            reactions.extend(reactions::of_analysis(&change, &analysis));
            changes.push(change);
        }
        (changes, reactions)
    }

    /// What is to be written.
    pub fn save(self, now: Timestamp) -> [Insert; 4] {
        [self.voicemails.save(now), self.recordings.save(now), self.transcripts.save(now), self.analyses.save(now)]
    }
}

fn birth_leg(births: &HashMap<Uuid, Birth>, id: Uuid) -> Option<(ConnectionId, String, String)> {
    let birth = births.get(&id)?;
    Some((birth.connection, birth.provider.clone(), birth.leg_external_id.clone()))
}

//! Takes out everything about one contact: an archive of NDJSON files, one for each kind, and the audio.
//!
//! What somebody else said is left out where it can be told apart: legs of a call that another contact took, and the events
//! about them; the call is then shown as its other legs make it. A group text is shown as everybody in it saw it.
//!
//! May run twice: it only reads, and the file appears under its key when it is whole.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use switchboard_domain::{
    call::{self, Call, CallOwner},
    ids::{ContactId, EventId, ExportId, LegId},
    leg::Leg,
    recording::{Recording, StoredMedia},
};
use switchboard_store::{
    analyses::KeptAnalysis,
    calls,
    events::{self, EventFilter, StoredEvent},
    exports, insights,
    media::{MediaKey, MediaWriter},
    messages::KeptMessage,
    outgoing,
    record::{self, Kept},
    recordings::KeptRecording,
    transcripts::KeptTranscript,
    voicemails::KeptVoicemail,
    withheld,
};
use uuid::Uuid;

use super::{Context, Failure, Job, Kind};
use crate::{
    App,
    archive::Zip,
    pipeline,
    privacy::{
        person::Person,
        subject::{self, Subject},
    },
};

/// How long an export can be downloaded.
pub const KEPT: Duration = Duration::from_hours(7 * 24);
/// What the file is.
pub const CONTENT_TYPE: &str = "application/zip";
/// The most bytes of one export: some 700 hours of audio.
const MAX_BYTES: u64 = 10 * 1024 * 1024 * 1024;
/// Records that are read in one go.
const RECORDS: usize = 50;
/// Events that are read in one go.
const EVENTS: i64 = 200;
/// Texts on their way to one contact; they are kept for 90 days.
const OUTGOING: i64 = 10_000;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportContact {
    pub export: ExportId,
    pub contact: ContactId,
}

/// What is in the archive so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    calls: u64,
    legs: u64,
    voicemails: u64,
    recordings: u64,
    transcripts: u64,
    messages: u64,
    events_read: u64,
    events: u64,
    files: u64,
}

impl Job for ExportContact {
    const KIND: Kind = Kind::ExportContact;
    const IS_BULK: bool = true;
    const RUNS_WHILE_SUSPENDED: bool = true;

    fn lane(&self) -> String {
        // That of erasing: the one does not run into the other.
        format!("contact:{}", self.contact)
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("export:{}", self.export))
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        let Some(person) = Person::lookup(app, scope, self.contact).await? else {
            return Err(Failure::give_up("the contact is not there any more"));
        };
        let key = MediaKey::export(scope.tenant(), self.export);
        let writer = app.media.write(&key, MAX_BYTES);
        let mut exporter =
            Exporter { context, person, zip: Zip::new(writer), done: Progress::default(), subjects: BTreeSet::new() };
        if let Err(failure) = exporter.everything().await {
            if let Err(error) = exporter.zip.into_inner().abort().await {
                tracing::debug!(%error, "an unfinished export was not cleared away");
            }
            return Err(failure);
        }
        let (writer, bytes) = exporter.zip.finish().await.map_err(|error| Failure::of(&error))?;
        writer.finish().await.map_err(|error| Failure::of(&error))?;
        let now = app.now();
        let mut tx = app.db.begin(scope).await?;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let is_wanted =
            exports::finish(&mut tx.conn(), scope, self.export, key.as_str(), bytes, now, now + KEPT).await?;
        tx.commit(now).await?;
        if !is_wanted {
            // Erased or given up meanwhile.
            app.media.remove(&key).await.map_err(|error| Failure::of(&error))?;
        }
        Ok(())
    }
}

/// The legs of a call that are to be shown, and those of somebody else.
struct Legs {
    own: Vec<Leg>,
    others: BTreeSet<LegId>,
}

struct Exporter<'a> {
    context: &'a Context<'a>,
    person: Person,
    zip: Zip<MediaWriter>,
    done: Progress,
    /// What the events of the export are about.
    subjects: BTreeSet<Subject>,
}

impl Exporter<'_> {
    fn app(&self) -> &Arc<App> {
        self.context.app
    }

    async fn pause(&mut self) -> Result<(), Failure> {
        if self.context.stop.is_cancelled() {
            return Err(Failure::NotTried { after: Duration::ZERO });
        }
        self.context.set_progress(&self.done).await
    }

    async fn begin(&mut self, name: &str) -> Result<(), Failure> {
        self.pause().await?;
        self.zip.begin(name).await.map_err(|error| Failure::of(&error))
    }

    async fn line(&mut self, line: &Value) -> Result<(), Failure> {
        let mut text = line.to_string();
        text.push('\n');
        self.zip.write(text.as_bytes()).await.map_err(|error| Failure::of(&error))
    }

    async fn everything(&mut self) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        self.subjects.extend(self.person.wanted.contacts.iter().copied().map(Subject::Contact));
        self.begin("contact.ndjson").await?;
        for kept in self.person.contacts.clone() {
            self.line(&json!({ "contact": kept.record, "said": kept.doc })).await?;
        }
        let calls = self.person.calls(app, scope).await?;
        self.calls(&calls).await?;
        let saved = self.children(&calls).await?;
        self.messages().await?;
        self.outgoing().await?;
        self.events().await?;
        for recording in saved {
            self.file(&recording).await?;
        }
        self.begin("contents.json").await?;
        let contents = json!({
            "contact": self.person.contacts.first().map(|kept| kept.record.id), "made_at": self.app().now(), "holds": self.done,
        });
        self.line(&contents).await?;
        self.pause().await
    }

    async fn legs(&mut self, calls: &[Uuid]) -> Result<Legs, Failure> {
        let mut reader = self.app().db.read(self.context.scope).await?;
        let all = calls::legs_of_calls(&mut reader.conn(), self.context.scope.tenant(), calls).await?;
        let (others, own): (Vec<Leg>, Vec<Leg>) =
            all.into_iter().map(|kept| kept.leg).partition(|leg| self.person.is_others(&leg.doc));
        Ok(Legs { own, others: others.into_iter().map(|leg| leg.id).collect() })
    }

    /// Each call as its legs make it, those of others left out, with these legs.
    async fn calls(&mut self, calls: &[Uuid]) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        self.begin("calls.ndjson").await?;
        for ids in calls.chunks(RECORDS) {
            self.pause().await?;
            let legs = self.legs(ids).await?;
            let mut reader = app.db.read(scope).await?;
            let mut found: Vec<Kept<Call>> = record::find(&mut reader.conn(), scope.tenant(), ids).await?;
            drop(reader);
            found.sort_by_key(|kept| (kept.record.occurred_at, kept.record.id));
            for call in found.into_iter().map(|kept| kept.record) {
                let own: Vec<Leg> = legs.own.iter().filter(|leg| leg.call_id == call.id).cloned().collect();
                let owner = CallOwner {
                    id: call.id,
                    tenant_id: call.tenant_id,
                    connection_id: call.connection_id,
                    provider: call.provider,
                    external_id: call.external_id,
                };
                let said = |leg: &Leg| json!({ "id": leg.id, "external_id": leg.external_id, "said": leg.doc });
                let line = json!({ "call": call::project(&owner, &own.iter().collect::<Vec<_>>()), "legs": own.iter().map(said).collect::<Vec<_>>() });
                self.line(&line).await?;
                self.done.calls += 1;
                self.done.legs += own.len() as u64;
            }
            let own = legs.own.into_iter().map(|leg| Subject::Leg(leg.connection_id, leg.external_id));
            self.subjects.extend(own);
        }
        Ok(())
    }

    /// Voicemails, recordings and transcripts; returns the recordings of which we have a copy.
    async fn children(&mut self, calls: &[Uuid]) -> Result<Vec<Recording>, Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        let mut saved = Vec::new();
        self.begin("voicemails.ndjson").await?;
        // Those whose call is gone included.
        for ids in self.person.voicemails(app, scope).await?.chunks(RECORDS) {
            let mut reader = app.db.read(scope).await?;
            let found: Vec<KeptVoicemail> = record::find(&mut reader.conn(), scope.tenant(), ids).await?;
            drop(reader);
            for kept in found {
                self.subjects.insert(Subject::Leg(kept.record.connection_id, kept.record.leg_external_id.clone()));
                self.line(&json!({ "voicemail": kept.record, "said": kept.doc })).await?;
                self.done.voicemails += 1;
            }
        }
        self.begin("recordings.ndjson").await?;
        for ids in calls.chunks(RECORDS) {
            let others = self.legs(ids).await?.others;
            let mut reader = app.db.read(scope).await?;
            let found: Vec<KeptRecording> = record::find_of_calls(&mut reader.conn(), scope.tenant(), ids).await?;
            drop(reader);
            for kept in found.into_iter().filter(|kept| !others.contains(&kept.record.leg_id)) {
                self.line(&json!({ "recording": kept.record, "said": kept.doc })).await?;
                self.done.recordings += 1;
                saved.push(kept.record);
            }
        }
        self.begin("transcripts.ndjson").await?;
        for ids in calls.chunks(RECORDS) {
            let others = self.legs(ids).await?.others;
            let mut reader = app.db.read(scope).await?;
            let found: Vec<KeptTranscript> = record::find_of_calls(&mut reader.conn(), scope.tenant(), ids).await?;
            drop(reader);
            for kept in found.into_iter().filter(|kept| !others.contains(&kept.record.leg_id)) {
                self.line(&json!({ "transcript": kept.record })).await?;
                self.done.transcripts += 1;
            }
        }
        self.analyses(calls).await?;
        Ok(saved)
    }

    /// What a chat server made of their calls, and what our own rules read off them.
    async fn analyses(&mut self, calls: &[Uuid]) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        self.begin("analyses.ndjson").await?;
        for ids in calls.chunks(RECORDS) {
            let others = self.legs(ids).await?.others;
            let mut reader = app.db.read(scope).await?;
            let found: Vec<KeptAnalysis> = record::find_of_calls(&mut reader.conn(), scope.tenant(), ids).await?;
            let felt = insights::felt(&mut reader.conn(), scope, ids).await?;
            drop(reader);
            for kept in found.into_iter().filter(|kept| !others.contains(&kept.record.leg_id)) {
                self.line(&json!({ "analysis": kept.record })).await?;
            }
            for felt in felt {
                let line = json!({
                    "call_id": felt.call_id, "sentiment": felt.sentiment, "customer_sentiment": felt.customer_sentiment,
                });
                self.line(&json!({ "insight": line })).await?;
            }
        }
        Ok(())
    }

    async fn messages(&mut self) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        self.begin("messages.ndjson").await?;
        for ids in self.person.messages(app, scope).await?.chunks(RECORDS) {
            self.pause().await?;
            let mut reader = app.db.read(scope).await?;
            let mut found: Vec<KeptMessage> = record::find(&mut reader.conn(), scope.tenant(), ids).await?;
            drop(reader);
            found.sort_by_key(|kept| (kept.record.occurred_at, kept.record.id));
            for kept in found {
                self.subjects.insert(Subject::Message(kept.record.connection_id, kept.record.external_id.clone()));
                self.line(&json!({ "message": kept.record, "said": kept.doc })).await?;
                self.done.messages += 1;
            }
        }
        Ok(())
    }

    /// Texts to them that the provider has not taken. The others are messages.
    async fn outgoing(&mut self) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        self.begin("outgoing_messages.ndjson").await?;
        let mut reader = app.db.read(scope).await?;
        let found = outgoing::to_numbers(&mut reader.conn(), scope, &self.person.wanted.numbers, OUTGOING).await?;
        drop(reader);
        for text in found.into_iter().filter(|text| text.message_id.is_none()) {
            let line = json!({
                "id": text.id, "call": text.call_id, "from_number": text.from_number, "to_number": text.to_number,
                "text": text.text, "status": text.status, "created_at": text.created_at,
            });
            self.line(&json!({ "outgoing_message": line })).await?;
        }
        Ok(())
    }

    /// What the provider sent, as it sent it.
    async fn events(&mut self) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        self.begin("events.ndjson").await?;
        let mut cursor: Option<EventId> = None;
        loop {
            self.pause().await?;
            let filter = EventFilter { cursor, oldest_first: true, ..EventFilter::default() };
            let mut reader = app.db.read(scope).await?;
            let page = events::list(&mut reader.conn(), scope, &filter, EVENTS).await?;
            drop(reader);
            let Some(last) = page.last() else { return Ok(()) };
            cursor = Some(last.id);
            self.done.events_read += page.len() as u64;
            for event in page.iter().filter(|event| self.is_theirs(event)).collect::<Vec<_>>() {
                self.line(&shown(event)).await?;
                self.done.events += 1;
            }
        }
    }

    fn is_theirs(&self, event: &StoredEvent) -> bool {
        if event.event_type == withheld::ERASED {
            return false;
        }
        match pipeline::understand(&event.clone().into()) {
            Ok(understood) if !understood.facts.is_empty() => {
                let tenant = self.context.scope.tenant();
                let about = subject::of_event(tenant, &understood);
                let names = |subject: &Subject| self.subjects.contains(subject);
                let is_person = |subject: &&Subject| subject.is_person();
                let mut people = about.iter().map(|(subject, _)| subject).filter(is_person).peekable();
                // An event that names somebody is about them; one that names nobody is about whose call it is.
                let names_others = people.peek().is_some() && !people.any(names);
                !names_others && about.iter().any(|(subject, _)| names(subject))
            }
            _ => self.person.is_named_in(&event.body),
        }
    }

    /// The audio of a recording, where we have a copy.
    async fn file(&mut self, recording: &Recording) -> Result<(), Failure> {
        let Some(StoredMedia::Saved { key, content_type, .. }) = &recording.media else { return Ok(()) };
        let ending = match content_type.as_str() {
            "audio/mpeg" => "mp3",
            "audio/wav" => "wav",
            "audio/ogg" => "ogg",
            "audio/flac" => "flac",
            "audio/mp4" => "m4a",
            "audio/webm" => "webm",
            "audio/amr" => "amr",
            _ => "bin",
        };
        let key = MediaKey::parse(key).map_err(|error| Failure::give_up(error.to_string()))?;
        let mut media = self.app().media.read(&key, None).await.map_err(|error| Failure::of(&error))?;
        self.begin(&format!("media/{}.{ending}", recording.id)).await?;
        while let Some(chunk) = media.stream.try_next().await.map_err(|error| Failure::of(&error))? {
            self.zip.write(&chunk).await.map_err(|error| Failure::of(&error))?;
        }
        self.done.files += 1;
        Ok(())
    }
}

fn shown(event: &StoredEvent) -> Value {
    let mut line = json!({
        "id": event.id, "provider": event.provider, "type": event.event_type, "source": event.source.as_str(),
        "occurred_at": event.occurred_at, "received_at": event.received_at,
    });
    match std::str::from_utf8(&event.body) {
        Ok(text) => line["body"] = json!(text),
        Err(_) => line["body_base64"] = json!(STANDARD.encode(&event.body)),
    }
    line
}

//! What the job does with one recording. It may run many times; the row says how far it is.

use std::time::Duration;

use secrecy::ExposeSecret;
use switchboard_domain::{
    Timestamp,
    call::Call,
    fact::{Fact, FactBody, TranscriptFact},
    feature::Feature,
    ids::RecordingId,
    merge::Authority,
    recording::{MediaStatus, Recording, RecordingKind},
    transcription::{AudioState, SkipCode, Transcription, TranscriptionSettings, TranscriptionState as State},
    usage::{Metric, Period},
};
use switchboard_providers::{
    CheckError,
    speech::{Heard, Provider, assemblyai::Progress},
};
use switchboard_store::{
    TenantScope, TenantTx, calls, record,
    recordings::KeptRecording,
    transcriptions,
    transcripts::{self, KeptTranscript},
    usage::{self, Used},
    work as queue,
};

use super::{
    Chosen,
    answer::{self, About, Written},
    ask::{AskError, Asked, Service, Terms},
    audio::{self, Sound},
    callback, choose,
    in_hand::Work,
    save, settings,
};
use crate::{
    App, connections, features,
    jobs::{self, Context, Failure, SilenceRecording},
    merge::{self, Own},
    wake::Signal,
};

/// How long a callback is waited for, and how long work that can be asked about may take.
const CALLBACK: Duration = Duration::from_hours(1);
const WORK: Duration = Duration::from_hours(24);
const STOPPED: &str = "this server stopped while the recording was being sent, and the provider cannot be asked whether it \
    arrived; transcribe it again to send it, perhaps a second time";
const UNANSWERED: &str = "the provider did not answer, and cannot be asked whether it worked on the recording; transcribe it \
    again to send it, perhaps a second time";
const NO_CALLBACK: &str = "the provider took the recording and never called back; check that it reaches BACKEND_URL, and \
    transcribe it again";

/// One recording, and what is decided about it.
struct Case<'a> {
    context: &'a Context<'a>,
    recording: Recording,
    settings: TranscriptionSettings,
}

/// See the module.
pub(crate) async fn run(context: &Context<'_>, id: RecordingId) -> Result<(), Failure> {
    let (app, scope) = (context.app, context.scope);
    let (kept, row): (Option<KeptRecording>, _) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        (record::lookup(conn, scope, id.uuid()).await?, transcriptions::find(conn, scope, id).await?)
    };
    let Some(recording) = kept.map(|kept| kept.record) else { return Ok(()) };
    let settings = settings::read(app, scope).await?;
    let case = Case { context, recording, settings };
    match row {
        None => case.begin(None).await,
        Some(row) => match row.state {
            State::Waiting => case.begin(Some(row)).await,
            State::Sending => case.after_a_stop(row).await,
            State::Running => case.look(row).await,
            State::Done | State::Failed | State::Unknown | State::Skipped => Ok(()),
        },
    }
}

impl Case<'_> {
    fn app(&self) -> &App {
        self.context.app
    }

    fn scope(&self) -> TenantScope {
        self.context.scope
    }

    /// The row as it is now, or a new one; `was` is what somebody asked for.
    fn fresh(&self, was: Option<&Transcription>) -> Transcription {
        let now = self.app().now();
        was.cloned().unwrap_or_else(|| Transcription::new(self.scope().tenant(), self.recording.id, now))
    }

    /// Whether it should be written down, and if so the first half of doing it.
    async fn begin(self, row: Option<Transcription>) -> Result<(), Failure> {
        // What nobody asked for and is not to be done leaves no trace.
        let was_asked_for = row.is_some();
        if let Some(code) = self.skipped(was_asked_for).await? {
            let is_shown = was_asked_for || !matches!(code, SkipCode::SwitchedOff | SkipCode::HasTranscript);
            return if is_shown { self.skip(self.fresh(row.as_ref()), code).await } else { Ok(()) };
        }
        let Some(chosen) =
            choose(self.app(), self.scope(), &self.settings).await.map_err(|error| Failure::of(&error))?
        else {
            return if was_asked_for {
                self.skip(self.fresh(row.as_ref()), SkipCode::NoConnection).await
            } else {
                Ok(())
            };
        };
        let row = self.fresh(row.as_ref());
        let service = match Service::of(self.app(), chosen.provider, &chosen.given) {
            Ok(service) => service,
            Err(error) => return self.fail(row, &unusable(&error), 0).await,
        };
        let _place = self.app().speech.place()?;
        let sound = match audio::load(self.context, &self.recording).await {
            Ok(Some(sound)) => sound,
            Ok(None) => return self.fail(row, "there is no copy of this recording here", 0).await,
            Err(Failure::GiveUp { reason }) => return self.fail(row, &reason, 0).await,
            Err(failure) => return Err(failure),
        };
        let Some(seconds) = self.seconds(&sound).await?.filter(|seconds| *seconds >= self.settings.min_seconds) else {
            return self.skip(row, SkipCode::TooShort).await;
        };
        self.send(row, &chosen, &service, &sound, seconds).await
    }

    /// Why it is not written down, as far as that is known without the file.
    async fn skipped(&self, was_asked_for: bool) -> Result<Option<SkipCode>, Failure> {
        if !features::effective(self.app(), self.scope()).await?.is_on(Feature::Transcription) {
            return Ok(Some(SkipCode::SwitchedOff));
        }
        if self.recording.kind == RecordingKind::Voicemail || self.recording.status != MediaStatus::Saved {
            return Ok(Some(SkipCode::SwitchedOff));
        }
        let mut reader = self.app().db.read(self.scope()).await?;
        let kept = transcripts::of_call(&mut reader.conn(), self.scope(), self.recording.call_id).await?;
        // One that the provider announced and that we have not fetched yet is waited for, unless a person asks.
        let is_theirs = |kept: &KeptTranscript| kept.doc.is_whole() || (!kept.record.is_complete && !was_asked_for);
        let has_own = kept.iter().any(|kept| kept.record.leg_id == self.recording.leg_id && is_theirs(kept));
        Ok(has_own.then_some(SkipCode::HasTranscript))
    }

    /// How long it is: what the file says, else the provider, else the call. A file of unknown length is judged by its size,
    /// at the 32 kbit/s of a telephone call.
    async fn seconds(&self, sound: &Sound) -> Result<Option<i64>, Failure> {
        const BYTES_PER_SECOND: i64 = 4_000;
        let known =
            sound.wav.as_ref().map(switchboard_providers::speech::wav::Wav::duration_ms).or(self.recording.duration_ms);
        if let Some(millis) = known {
            return Ok(Some((millis + 999) / 1_000));
        }
        let call = self.call().await?.and_then(|call| call.duration_seconds).filter(|seconds| *seconds > 0);
        let by_size = i64::try_from(sound.bytes.len()).unwrap_or(i64::MAX) / BYTES_PER_SECOND;
        Ok(Some(call.unwrap_or(by_size).max(1)))
    }

    async fn call(&self) -> Result<Option<Call>, Failure> {
        let mut reader = self.app().db.read(self.scope()).await?;
        let kept = calls::lookup(&mut reader.conn(), self.scope(), self.recording.call_id).await?;
        Ok(kept.map(|kept| kept.record))
    }

    /// The intent, the call, and what came of it.
    async fn send(
        &self,
        row: Transcription,
        chosen: &Chosen,
        service: &Service,
        sound: &Sound,
        seconds: i64,
    ) -> Result<(), Failure> {
        let upload_url = match service.upload(self.app(), sound).await {
            Ok(url) => url,
            Err(error) => return self.refused(row, chosen, error, 0).await,
        };
        let language = self.settings.language.as_deref();
        let work = Work::new(&self.recording, chosen.connection.id, service.model(), language);
        let mut begun = self.app().speech.begin(work);
        let token = service.calls_back().then(|| hex::encode(self.app().random.array::<32>()));
        let mut row = Transcription {
            state: State::Sending,
            code: None,
            reason: None,
            provider: Some(chosen.provider.slug().to_owned()),
            connection_id: Some(chosen.connection.id),
            model: service.model().map(str::to_owned),
            external_id: None,
            upload_url: upload_url.clone(),
            token_hash: token.as_deref().map(callback::hash),
            submitted_at: Some(self.app().now()),
            ..row
        };
        let minutes = (seconds + 59) / 60;
        // Pieces that were heard before are paid for, and their minutes were not given back.
        let paid = if begun.goes_on() { row.minutes } else { 0 };
        match self.reserve(&mut row, paid, begun.pieces.unsent(minutes, false)).await? {
            Reserved::Yes => {}
            Reserved::Taken => return Ok(()),
            Reserved::OverBudget => {
                return self.skip(Transcription { state: State::Waiting, ..row }, SkipCode::OverBudget).await;
            }
        }
        let address =
            token.as_deref().map(|token| (callback::url(self.app(), token), callback::secret(self.app(), token)));
        let callback = address.as_ref().map(|(url, secret)| (url.as_str(), secret.expose_secret()));
        let terms = Terms { language, callback };
        let asked = service.submit(self.app(), sound, upload_url.as_deref(), &terms, &mut begun.pieces).await;
        match asked {
            Ok(Asked::Heard(heard)) => {
                connections::note_outcome(self.app(), self.scope(), chosen.connection.id, Ok(())).await?;
                self.done(&row, heard, sound).await?;
                begun.done();
                Ok(())
            }
            Ok(Asked::Taken(id)) => {
                connections::note_outcome(self.app(), self.scope(), chosen.connection.id, Ok(())).await?;
                self.running(&row, id).await
            }
            Err(error) if error.is_uncertain() => {
                let unsent = begun.pieces.unsent(minutes, true);
                self.uncertain(row, chosen.provider, unsent).await
            }
            Err(error) => {
                let unsent = begun.pieces.unsent(minutes, false);
                self.refused(row, chosen, error, unsent).await
            }
        }
    }

    /// Takes the minutes from the month's budget and notes the intent, in one transaction: two recordings cannot both take
    /// the last minute. `paid` it took before.
    async fn reserve(&self, row: &mut Transcription, paid: i64, minutes: i64) -> Result<Reserved, Failure> {
        let now = self.app().now();
        let period = Period::of(now);
        let mut tx = self.app().db.begin(self.scope()).await?;
        tx.lock_tenant().await?;
        let kept = transcriptions::lock(&mut tx.conn(), self.scope(), row.recording_id, now).await?;
        if kept.is_some_and(|kept| kept.state != State::Waiting || kept.attempt != row.attempt) {
            return Ok(Reserved::Taken);
        }
        let used = usage::used(&mut tx.conn(), self.scope(), period, Metric::TranscriptionMinutes).await?;
        if self.settings.minutes_per_month.is_some_and(|most| used + minutes > most) {
            return Ok(Reserved::OverBudget);
        }
        let taken = Used { period, metric: Metric::TranscriptionMinutes, used: minutes };
        usage::add(&mut tx.conn(), self.scope(), &[taken]).await?;
        (row.minutes, row.period, row.updated_at) = (paid + minutes, Some(period.to_string()), now);
        save(&mut tx, row).await?;
        self.commit(tx, now).await?;
        Ok(Reserved::Yes)
    }

    async fn commit(&self, tx: TenantTx, now: Timestamp) -> Result<(), Failure> {
        if tx.commit(now).await?.is_some() {
            self.app().wake.send(Signal::Changes(self.scope().tenant()));
        }
        Ok(())
    }

    /// Writes a new state, unless the row has gone on without us. Minutes that were not used (`unsent`) go back.
    async fn settle(&self, row: Transcription, unsent: i64) -> Result<(), Failure> {
        let now = self.app().now();
        let mut row = Transcription { updated_at: now, ..row };
        let mut tx = self.app().db.begin(self.scope()).await?;
        tx.lock_tenant().await?;
        let kept = transcriptions::lock(&mut tx.conn(), self.scope(), row.recording_id, now).await?;
        if kept.is_some_and(|kept| kept.attempt != row.attempt || !kept.state.is_open()) {
            return Ok(());
        }
        let back = unsent.min(row.minutes);
        if back > 0
            && let Some(period) = row.period.as_deref().and_then(|period| period.parse().ok())
        {
            let used = Used { period, metric: Metric::TranscriptionMinutes, used: -back };
            usage::add(&mut tx.conn(), self.scope(), &[used]).await?;
            row.minutes -= back;
            row.period = row.period.filter(|_| row.minutes > 0);
        }
        save(&mut tx, &row).await?;
        self.commit(tx, now).await
    }

    async fn skip(&self, row: Transcription, code: SkipCode) -> Result<(), Failure> {
        self.settle(Transcription { state: State::Skipped, code: Some(code), ..row }, 0).await
    }

    /// The recording cannot be written down. The job itself has done its work.
    async fn fail(&self, row: Transcription, reason: &str, unsent: i64) -> Result<(), Failure> {
        self.settle(Transcription { state: State::Failed, reason: Some(reason.to_owned()), ..row }, unsent).await
    }

    /// [`Self::fail`] of what came to nothing at the provider.
    async fn give_up(&self, row: Transcription, reason: &str) -> Result<(), Failure> {
        let unsent = row.minutes;
        self.fail(row, reason, unsent).await
    }

    async fn running(&self, row: &Transcription, id: String) -> Result<(), Failure> {
        self.settle(Transcription { state: State::Running, external_id: Some(id), ..row.clone() }, 0).await?;
        Err(Failure::NotTried { after: Duration::from_secs(5) })
    }

    /// The provider refused, or was not reached: nothing more is worked on.
    async fn refused(&self, row: Transcription, chosen: &Chosen, error: AskError, unsent: i64) -> Result<(), Failure> {
        let failure = match &error {
            AskError::Outbound(outbound) => {
                connections::note_outcome(self.app(), self.scope(), chosen.connection.id, Err(outbound)).await?;
                Failure::of(outbound)
            }
            AskError::Unfit(why) => return self.fail(row, why, unsent).await,
        };
        match failure {
            Failure::GiveUp { reason } => self.fail(row, &reason, unsent).await,
            Failure::Retry { reason, .. } if self.context.is_last_attempt() => self.fail(row, &reason, unsent).await,
            failure => {
                let reason = match &failure {
                    Failure::Retry { reason, .. } => Some(reason.clone()),
                    _ => None,
                };
                self.settle(Transcription { state: State::Waiting, reason, ..row }, unsent).await?;
                Err(failure)
            }
        }
    }

    /// It may have arrived.
    async fn uncertain(&self, row: Transcription, provider: Provider, unsent: i64) -> Result<(), Failure> {
        match provider {
            // It is looked for by the next attempt.
            Provider::AssemblyAi => {
                Err(Failure::retry("the provider did not answer; whether it has the recording is looked up"))
            }
            Provider::Deepgram if row.token_hash.is_some() => {
                self.settle(Transcription { state: State::Running, ..row }, 0).await?;
                Err(Failure::NotTried { after: Duration::from_mins(1) })
            }
            Provider::OpenAi | Provider::Deepgram => self.unknown(row, UNANSWERED, unsent).await,
        }
    }

    async fn unknown(&self, row: Transcription, reason: &str, unsent: i64) -> Result<(), Failure> {
        self.settle(Transcription { state: State::Unknown, reason: Some(reason.to_owned()), ..row }, unsent).await
    }

    /// Somebody wrote down the intent and not what came of it.
    async fn after_a_stop(&self, row: Transcription) -> Result<(), Failure> {
        let provider = row.provider.as_deref().and_then(Provider::parse);
        if provider == Some(Provider::Deepgram) && row.token_hash.is_some() {
            return self.uncertain(row, Provider::Deepgram, 0).await;
        }
        let Some(service) = self.service(&row).await? else { return self.unknown(row, STOPPED, 0).await };
        match service.find(self.app(), row.upload_url.as_deref()).await {
            Ok(None) => self.unknown(row, STOPPED, 0).await,
            Ok(Some(Some(id))) => self.running(&row, id).await,
            Ok(Some(None)) => {
                let unsent = row.minutes;
                self.settle(Transcription { state: State::Waiting, ..row }, unsent).await?;
                Err(Failure::NotTried { after: Duration::from_secs(1) })
            }
            Err(_) if self.context.is_last_attempt() => self.unknown(row, STOPPED, 0).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The service that a row was submitted to, as far as its connection is still there.
    async fn service(&self, row: &Transcription) -> Result<Option<Service>, Failure> {
        let settings = TranscriptionSettings { connection_id: row.connection_id, ..TranscriptionSettings::default() };
        let chosen = choose(self.app(), self.scope(), &settings).await.map_err(|error| Failure::of(&error))?;
        Ok(chosen.and_then(|chosen| Service::of(self.app(), chosen.provider, &chosen.given).ok()))
    }

    /// How far submitted work is. Asked more rarely the longer it takes.
    async fn look(&self, row: Transcription) -> Result<(), Failure> {
        let age = self.app().now().since(row.submitted_at.unwrap_or(row.updated_at));
        let again = Failure::NotTried { after: (age / 4).clamp(Duration::from_secs(5), Duration::from_mins(5)) };
        let service = self.service(&row).await?;
        let progress = match (&service, &row.external_id) {
            (Some(service), Some(id)) => match service.look(self.app(), id).await {
                Ok(progress) => progress,
                Err(_) if age < WORK => return Err(again),
                Err(error) => return self.give_up(row, &error.to_string()).await,
            },
            _ => None,
        };
        match progress {
            Some(Progress::Working) if age < WORK => Err(again),
            Some(Progress::Working) => self.give_up(row, "the provider did not finish within a day").await,
            Some(Progress::Failed(reason)) => {
                self.give_up(row, &format!("the provider could not do it: {reason}")).await
            }
            Some(Progress::Done(heard)) => {
                let _place = self.app().speech.place()?;
                let sound = audio::load(self.context, &self.recording).await?;
                let sound = sound.unwrap_or_else(|| Sound {
                    bytes: bytes::Bytes::new(),
                    content_type: String::new(),
                    wav: None,
                });
                self.done(&row, heard, &sound).await
            }
            // Only a callback tells.
            None if age < CALLBACK => Err(again),
            None => self.unknown(row, NO_CALLBACK, 0).await,
        }
    }

    /// Takes out what nobody said, and writes the rest down.
    async fn done(&self, row: &Transcription, mut heard: Heard, sound: &Sound) -> Result<(), Failure> {
        answer::without_made_up(&mut heard, sound.wav.as_ref().map(|wav| (wav, &sound.bytes[..])));
        let call = self.call().await?;
        let content_type = sound.content_type.as_str();
        let known = Known { recording: &self.recording, call: call.as_ref(), settings: &self.settings };
        finish(self.app(), self.scope(), row, heard, &known, sound.wav.is_some(), content_type).await
    }
}

enum Reserved {
    Yes,
    /// Somebody else has begun it.
    Taken,
    OverBudget,
}

fn unusable(error: &CheckError) -> String {
    format!("the connection cannot be used as it is set: {error}")
}

/// What is known about the recording of an answer.
pub(super) struct Known<'a> {
    pub recording: &'a Recording,
    pub call: Option<&'a Call>,
    pub settings: &'a TranscriptionSettings,
}

/// Writes an answer down: redacted, logged, merged, and the row done, in one transaction. An answer that comes a second time
/// finds the row done.
pub(super) async fn finish(
    app: &App,
    scope: TenantScope,
    row: &Transcription,
    heard: Heard,
    known: &Known<'_>,
    is_wav: bool,
    content_type: &str,
) -> Result<(), Failure> {
    let (recording, settings) = (known.recording, known.settings);
    let about = About { began: recording.occurred_at, call: known.call, settings, is_wav, content_type };
    let Written { lines, language, model, found, audio, audio_reason, silence } = answer::write(heard, &about);
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let Some(kept) = transcriptions::lock(&mut tx.conn(), scope, row.recording_id, now).await? else { return Ok(()) };
    if kept.attempt != row.attempt || !matches!(kept.state, State::Sending | State::Running) {
        return Ok(());
    }
    if !found.is_empty() {
        tracing::info!(recording = %row.recording_id, ?found, "secrets were taken out of a transcript");
    }
    let fact = TranscriptFact {
        leg_external_id: recording.leg_external_id.clone(),
        available: true,
        lines: Some(lines),
        language: language.or_else(|| settings.language.clone()),
        part: Some(recording.external_id.clone()),
    };
    let facts = vec![Fact { at: now, authority: Authority::Derived, body: FactBody::Transcript(Box::new(fact)) }];
    let lane = format!("call:{}", recording.leg_external_id);
    let own = Own { connection_id: recording.connection_id, facts, kind: "transcript.written", lane: &lane };
    let mut has_jobs = merge::apply_own_in(app, &mut tx, own).await?;
    if audio == AudioState::Pending {
        let job = jobs::row(app, scope.tenant(), &SilenceRecording { id: recording.id.uuid() }, now);
        has_jobs |= queue::insert(&mut tx.conn(), &[job], now).await? > 0;
    }
    let model = model.or(kept.model.clone());
    let was_silenced = kept.audio == AudioState::Silenced && audio == AudioState::Clean;
    let audio = if was_silenced { AudioState::Silenced } else { audio };
    let done = Transcription {
        state: State::Done,
        code: None,
        reason: None,
        model,
        found,
        audio,
        audio_reason,
        silence,
        token_hash: None,
        upload_url: None,
        updated_at: now,
        ..kept
    };
    save(&mut tx, &done).await?;
    merge::commit_own(app, tx, has_jobs).await?;
    Ok(())
}

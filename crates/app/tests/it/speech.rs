//! Recordings into words: once each, redacted before anything holds them, by whichever service, and never paid for twice
//! because somebody died.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use switchboard_app::{
    App,
    audit::Origin,
    connecting::{self, NewConnection},
    jobs::{self, TranscribeRecording},
    merge,
    speech::{self, AgainError, Availability, Wish, callback},
};
use switchboard_domain::{
    Timestamp,
    fact::{Fact, FactBody, RecordingFact},
    ids::{CallId, ConnectionId, RecordingId, deterministic},
    job::JobState,
    merge::Authority,
    recording::{RecordingKind, StoredMedia},
    transcript::Transcript,
    transcription::{AudioState, CallerChannel, SkipCode, Transcription, TranscriptionState as Standing},
    usage::{Metric, Period},
};
use switchboard_providers::{
    contract::RawRequest,
    speech::wav::{self, Wav},
};
use switchboard_sandbox::{
    RunningSandbox, Sandbox, SandboxConfig, SpeechControl,
    speech::{SpeechFault, Trouble},
};
use switchboard_store::{
    calls,
    media::MediaKey,
    page::Window,
    transcriptions, transcripts, usage,
    work::{self, Job, JobFilter},
};
use switchboard_testkit::{TestDb, both_engines};
use tokio::io::AsyncWriteExt;

use crate::{
    jobs::{Setting, merged},
    support::fixture,
};

const LEG: &str = "6421977457180672";
const OPENAI: &str = "POST /openai/v1/audio/transcriptions";
const ORDER: &str = "POST /assemblyai/v2/transcript";
const LISTEN: &str = "POST /deepgram/v1/listen";
/// How long the recording is: the length chooses the script in which a card is read out.
const LENGTH_MS: u64 = 12_200;
const TURNS: u64 = 10;

fn by() -> Origin {
    Origin::operator("test")
}

/// Two people, one per channel, who take turns: the agent begins, on the right.
fn conversation() -> Vec<u8> {
    let mut file = wav::write(&[], 8_000);
    (file[22], file[32]) = (2, 4);
    for index in 0..LENGTH_MS * 8 {
        let is_caller = index * TURNS / (LENGTH_MS * 8) % 2 == 1;
        let tone = i16::try_from(index % 20).unwrap() * 500 - 5_000;
        let (left, right) = if is_caller { (tone, 0) } else { (0, tone) };
        file.extend_from_slice(&left.to_le_bytes());
        file.extend_from_slice(&right.to_le_bytes());
    }
    let data = u32::try_from(file.len() - 44).unwrap();
    file[40..44].copy_from_slice(&data.to_le_bytes());
    file
}

/// A call with a recording of which we have a copy, and services that listen.
struct Heard {
    s: Setting,
    sandbox: RunningSandbox,
    control: SpeechControl,
    call: CallId,
    recording: RecordingId,
}

impl Heard {
    async fn new(t: &TestDb) -> Self {
        t.clock.set(Timestamp::from_millis(1_788_000_000_000) + Duration::from_mins(30));
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let url = sandbox.url();
        let (address, app) = answering().await;
        let s = Setting::with(t, |settings| {
            settings.backend_url = address;
            settings.fetch_recordings = false;
            settings.base_urls.openai = format!("{url}/openai");
            settings.base_urls.deepgram = format!("{url}/deepgram");
            settings.base_urls.assemblyai = format!("{url}/assemblyai");
        })
        .await;
        let _ = app.set(Arc::clone(&s.app));
        for name in ["call-01-ringing", "call-02-connected", "call-03-hangup"] {
            s.push(t, &fixture(name)).await;
        }
        let mut reader = t.db.read(s.scope).await.unwrap();
        let window = Window::After { cursor: None, limit: 1 };
        let page = calls::list(&mut reader.conn(), s.scope, &calls::CallFilter::default(), window).await.unwrap();
        let call = page.items[0].record.id;
        drop(reader);
        let recording = deterministic(s.connection.uuid(), "r1");
        let control = sandbox.speech();
        Self { s, sandbox, control, call, recording }
    }

    async fn connect(&self, provider: &str, fields: &[(&str, &str)]) -> ConnectionId {
        let fields =
            fields.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned().into()))).collect();
        let new = NewConnection { app_id: None, provider: provider.into(), name: provider.into(), fields };
        let connection = connecting::create(&self.s.app, self.s.scope, &new, &by()).await.unwrap();
        let tried = connecting::check(&self.s.app, self.s.scope, &connection).await.unwrap();
        assert!(matches!(tried, connecting::Tried::Works(_)), "{tried:?}");
        connection.id
    }

    async fn openai(&self) -> ConnectionId {
        self.connect("openai", &[("api_key", "sandbox-key"), ("transcription_model", "sandbox-whisper")]).await
    }

    /// The recording is saved, as the job that fetches says it.
    async fn save(&self, t: &TestDb, file: &[u8]) {
        let key = MediaKey::recording(self.s.scope.tenant(), self.recording);
        let mut writer = self.s.app.media.write(&key, 10_000_000);
        writer.write_all(file).await.unwrap();
        writer.finish().await.unwrap();
        let stored = StoredMedia::Saved {
            key: key.as_str().to_owned(),
            content_type: "audio/wav".into(),
            bytes: i64::try_from(file.len()).unwrap(),
            sha256: String::new(),
        };
        let fact = RecordingFact {
            leg_external_id: LEG.into(),
            external_id: "r1".into(),
            kind: Some(RecordingKind::Call),
            url: None,
            duration_ms: None,
            started_at: Some(t.now()),
            stored: Some(stored),
        };
        let body = FactBody::Recording(Box::new(fact));
        let fact = Fact { at: t.now(), authority: Authority::Derived, body };
        merge::apply_own(&self.s.app, self.s.scope, self.s.connection, vec![fact], "recording.saved", LEG)
            .await
            .unwrap();
        merged(t).await;
    }

    async fn row(&self, t: &TestDb) -> Option<Transcription> {
        let mut reader = t.db.read(self.s.scope).await.unwrap();
        transcriptions::find(&mut reader.conn(), self.s.scope, self.recording).await.unwrap()
    }

    async fn job(&self, t: &TestDb, kind: &str) -> Job {
        let mut reader = t.db.read(self.s.scope).await.unwrap();
        let jobs = work::list(&mut reader.conn(), self.s.scope, &JobFilter::default(), 100).await.unwrap();
        jobs.into_iter().find(|job| job.kind == kind).unwrap()
    }

    async fn transcript(&self, t: &TestDb) -> Option<Transcript> {
        let mut reader = t.db.read(self.s.scope).await.unwrap();
        let found = transcripts::of_call(&mut reader.conn(), self.s.scope, self.call).await.unwrap();
        found.into_iter().map(|kept| kept.record).next()
    }

    async fn minutes(&self, t: &TestDb) -> i64 {
        let mut reader = t.db.read(self.s.scope).await.unwrap();
        let metric = Metric::TranscriptionMinutes;
        usage::used(&mut reader.conn(), self.s.scope, Period::of(t.now()), metric).await.unwrap()
    }

    async fn set(&self, change: impl FnOnce(&mut Wish)) {
        let mut wish = Wish {
            connection_id: None,
            language: None,
            redact_own: true,
            redact_provider: true,
            min_seconds: 5,
            minutes_per_month: None,
            caller_channel: CallerChannel::Left,
        };
        change(&mut wish);
        speech::set(&self.s.app, self.s.scope, wish, &by()).await.unwrap();
    }

    /// Runs what is due until this recording is at rest. Bounded.
    async fn settle(&self, t: &TestDb) -> Transcription {
        for _ in 0..60 {
            self.s.run_due(t).await;
            match self.row(t).await {
                Some(row) if !row.state.is_open() && row.audio != AudioState::Pending => return row,
                _ => {
                    // A callback is on its way through a socket.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    t.clock.advance(Duration::from_secs(20));
                }
            }
        }
        panic!("it is still {:?}", self.row(t).await);
    }

    async fn end(self) {
        self.s.end().await;
        self.sandbox.shutdown().await;
    }
}

type Ready = Arc<OnceLock<Arc<App>>>;

/// Where providers call back: the route of `http`, without its frame.
async fn answering() -> (String, Ready) {
    let ready = Ready::default();
    let take = async |State(ready): State<Ready>, Path(token): Path<String>, headers: HeaderMap, body: Bytes| {
        let Some(app) = ready.get() else { return StatusCode::SERVICE_UNAVAILABLE };
        let headers =
            headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()));
        let request = RawRequest { headers: headers.collect(), body };
        let Ok(awaited) = callback::awaited(app, &token).await else { return StatusCode::NOT_FOUND };
        match callback::receive(app, awaited, &token, &request).await {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::UNAUTHORIZED,
        }
    };
    let router = Router::new().route("/hooks/speech/{token}", post(take)).with_state(Arc::clone(&ready));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, ready)
}

/// All that the database holds of what was said.
async fn everything_said(t: &TestDb) -> String {
    let mut said = t.query_texts("SELECT CAST(lines AS TEXT) FROM transcripts").await;
    said.extend(t.query_texts("SELECT CAST(doc AS TEXT) FROM transcripts").await);
    let bodies = match t.engine() {
        switchboard_testkit::Engine::Sqlite => "SELECT CAST(body AS TEXT) FROM webhook_events",
        switchboard_testkit::Engine::Postgres => "SELECT encode(body, 'escape') FROM webhook_events",
    };
    said.extend(t.query_texts(bodies).await);
    said.join("\n")
}

both_engines! {
    async fn a_saved_recording_is_written_down_redacted_and_silenced_once(t: &TestDb) {
        let h = Heard::new(t).await;
        h.openai().await;
        h.save(t, &conversation()).await;
        let row = h.settle(t).await;
        assert_eq!((row.state, row.audio), (Standing::Done, AudioState::Silenced), "{row:?}");
        assert_eq!((row.found["card_number"], row.found["security_code"], row.minutes), (1, 1, 1));
        // One request for each side of the call.
        assert_eq!(h.control.requests(OPENAI), 2);
        assert_eq!(h.minutes(t).await, 1);

        let transcript = h.transcript(t).await.unwrap();
        assert!(transcript.is_complete && transcript.language.as_deref() == Some("en"));
        let lines = &transcript.lines;
        assert_eq!(lines.len(), 10, "{lines:?}");
        // The call came in, so who placed it is the other side; the agent is known by name.
        assert_eq!((lines[0].is_agent, lines[1].is_agent), (Some(true), Some(false)));
        assert!(lines[0].speaker.is_some() && lines[1].speaker.is_none());
        assert_eq!(lines[3].content, "It is [card number].");
        assert_eq!(lines[5].content, "[card number ending 1111].");
        assert_eq!(lines[7].content, "Uh, [security code].");
        assert_eq!(lines[2].until.unwrap().since(lines[2].at.unwrap()), Duration::from_millis(1_098));
        assert!(!lines.iter().any(|line| line.content.contains("watching")), "what nobody said is left out");
        let said = everything_said(t).await;
        assert!(!said.contains("one one one") && !said.contains("four five six"), "{said}");

        // The sound of it is gone, and of nothing else.
        let key = MediaKey::recording(h.s.scope.tenant(), h.recording);
        let media = h.s.app.media.read(&key, None).await.unwrap();
        let chunks: Vec<_> = futures::StreamExt::collect::<Vec<_>>(media.stream).await;
        let file = chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect::<Vec<u8>>();
        assert_eq!(file.len(), conversation().len());
        let sound = Wav::parse(&file).unwrap();
        let (caller, agent) = (sound.channel(&file, 0), sound.channel(&file, 1));
        assert!(wav::is_silent(&caller, 8_000, 4_300, 4_700) && wav::is_silent(&caller, 8_000, 9_000, 9_300));
        assert!(!wav::is_silent(&caller, 8_000, 1_300, 2_300) && !wav::is_silent(&agent, 8_000, 7_400, 8_300));

        // Whatever asks for it again without a person finds it done.
        jobs::add(&h.s.app, h.s.scope, &TranscribeRecording::of(h.recording)).await.unwrap();
        h.s.run_due(t).await;
        assert_eq!(h.control.requests(OPENAI), 2);
        h.end().await;
    }

    async fn without_a_connection_nothing_happens_and_it_says_so(t: &TestDb) {
        let h = Heard::new(t).await;
        h.save(t, &conversation()).await;
        h.s.run_due(t).await;
        assert_eq!(h.row(t).await, None);
        let shown = speech::of_call(&h.s.app, h.s.scope, h.call).await.unwrap();
        assert_eq!((shown.availability, shown.can_ask()), (Availability::NoConnection, false));
        let refused = speech::again(&h.s.app, h.s.scope, h.call, &by()).await;
        assert!(matches!(refused, Err(AgainError::NoConnection)));

        h.openai().await;
        h.set(|wish| wish.minutes_per_month = Some(0)).await;
        speech::again(&h.s.app, h.s.scope, h.call, &by()).await.unwrap();
        assert!(matches!(speech::again(&h.s.app, h.s.scope, h.call, &by()).await, Err(AgainError::Busy)));
        let row = h.settle(t).await;
        assert_eq!((row.state, row.code), (Standing::Skipped, Some(SkipCode::OverBudget)));
        h.set(|wish| wish.min_seconds = 60).await;
        speech::again(&h.s.app, h.s.scope, h.call, &by()).await.unwrap();
        let row = h.settle(t).await;
        assert_eq!((row.state, row.code), (Standing::Skipped, Some(SkipCode::TooShort)));
        assert_eq!((h.control.requests(OPENAI), h.minutes(t).await), (0, 0));
        h.end().await;
    }

    async fn what_may_have_arrived_is_not_sent_again_by_itself(t: &TestDb) {
        let h = Heard::new(t).await;
        h.openai().await;
        h.control.fail(SpeechFault::new(Trouble::CutAnswer, 1, OPENAI));
        h.save(t, &conversation()).await;
        let row = h.settle(t).await;
        assert_eq!((row.state, h.control.requests(OPENAI)), (Standing::Unknown, 1));
        assert!(row.reason.unwrap().contains("transcribe it again"));

        // The process dies between the intent and the outcome.
        speech::again(&h.s.app, h.s.scope, h.call, &by()).await.unwrap();
        let mut tx = t.db.begin(h.s.scope).await.unwrap();
        let waiting = transcriptions::lock(&mut tx.conn(), h.s.scope, h.recording, t.now()).await.unwrap().unwrap();
        let dead = Transcription { state: Standing::Sending, provider: Some("openai".into()), ..waiting };
        transcriptions::save(&mut tx.conn(), h.s.scope, &dead).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        assert_eq!(h.settle(t).await.state, Standing::Unknown);
        assert_eq!(h.control.requests(OPENAI), 1);

        // A refusal is an end, and is tried again.
        h.control.fail(SpeechFault::new(Trouble::TooManyRequests, 1, OPENAI));
        speech::again(&h.s.app, h.s.scope, h.call, &by()).await.unwrap();
        assert_eq!(h.settle(t).await.state, Standing::Done);
        assert_eq!((h.control.requests(OPENAI), h.transcript(t).await.unwrap().lines.len()), (4, 10));
        h.end().await;
    }

    async fn a_transcription_without_a_place_is_put_off_and_keeps_nothing_waiting(t: &TestDb) {
        let h = Heard::new(t).await;
        h.openai().await;
        let places = h.s.app.speech.places.try_acquire_many(2).unwrap();
        h.save(t, &conversation()).await;
        // The provider's own transcript was waited for.
        t.clock.advance(Duration::from_mins(10));
        jobs::add(&h.s.app, h.s.scope, &jobs::CheckRules {}).await.unwrap();
        // It comes back at all: nobody waits for a place inside.
        h.s.run_due(t).await;
        let job = h.job(t, "transcribe_recording").await;
        assert_eq!((job.state, job.attempts, job.is_bulk), (JobState::Ready, 0, true), "{:?}", job.last_error);
        assert_eq!((h.row(t).await, h.control.requests(OPENAI)), (None, 0));
        assert_eq!(h.job(t, "check_rules").await.state, JobState::Done);

        drop(places);
        t.clock.advance(Duration::from_secs(10));
        assert_eq!(h.settle(t).await.state, Standing::Done);
        h.end().await;
    }

    async fn a_piece_that_was_heard_is_not_sent_again(t: &TestDb) {
        let h = Heard::new(t).await;
        h.openai().await;
        // One side of the call is heard, then the server has enough, more than once.
        h.control.fail(SpeechFault::new(Trouble::TooManyRequests, 2, OPENAI).after(1));
        h.save(t, &conversation()).await;
        t.clock.advance(Duration::from_mins(10));
        h.s.run_due(t).await;
        let row = h.row(t).await.unwrap();
        assert_eq!((row.state, row.minutes, h.minutes(t).await), (Standing::Waiting, 1, 1), "the minute was begun");
        let row = h.settle(t).await;
        assert_eq!((row.state, row.minutes, h.minutes(t).await), (Standing::Done, 1, 1));
        assert_eq!(h.control.requests(OPENAI), 4, "one side once, the other with its two refusals");
        let lines = h.transcript(t).await.unwrap().lines;
        assert_eq!((lines.len(), lines[0].is_agent, lines[1].is_agent), (10, Some(true), Some(false)));

        // Who wants it once more gets all of it once more.
        speech::again(&h.s.app, h.s.scope, h.call, &by()).await.unwrap();
        assert_eq!(h.settle(t).await.state, Standing::Done);
        assert_eq!(h.control.requests(OPENAI), 6);
        h.end().await;
    }

    async fn an_order_whose_end_is_uncertain_is_found_again(t: &TestDb) {
        let h = Heard::new(t).await;
        h.connect("assemblyai", &[("api_key", "sandbox-key")]).await;
        h.control.fail(SpeechFault::new(Trouble::CutAnswer, 1, ORDER));
        h.save(t, &conversation()).await;
        let row = h.settle(t).await;
        assert_eq!((row.state, h.control.requests(ORDER)), (Standing::Done, 1), "{row:?}");
        let transcript = h.transcript(t).await.unwrap();
        assert_eq!((transcript.lines.len(), transcript.lines[1].is_agent), (10, Some(false)));
        assert_eq!(h.minutes(t).await, 1);
        h.end().await;
    }

    async fn a_provider_that_calls_back_is_believed_by_its_secret_alone(t: &TestDb) {
        let h = Heard::new(t).await;
        let deepgram = h.connect("deepgram", &[("api_key", "sandbox-key"), ("callback", "true")]).await;
        // The first is the older one.
        t.clock.advance(Duration::from_secs(1));
        let assembly = h.connect("assemblyai", &[("api_key", "sandbox-key"), ("callback", "true")]).await;
        h.save(t, &conversation()).await;
        assert_eq!(h.settle(t).await.provider.as_deref(), Some("deepgram"));
        assert_eq!((h.control.requests(LISTEN), h.transcript(t).await.unwrap().lines.len()), (1, 10));
        assert!(!everything_said(t).await.contains("four five six"));

        h.set(|wish| wish.connection_id = Some(assembly)).await;
        speech::again(&h.s.app, h.s.scope, h.call, &by()).await.unwrap();
        let row = h.settle(t).await;
        assert_eq!((row.state, row.provider.as_deref()), (Standing::Done, Some("assemblyai")));

        // Nothing is awaited any more, and never was at an address that somebody made up.
        assert!(matches!(callback::awaited(&h.s.app, &"0".repeat(64)).await, Err(callback::CallbackError::Unknown)));
        h.set(|wish| wish.connection_id = Some(deepgram)).await;
        h.control.fail(SpeechFault::new(Trouble::Unauthorized, 10, LISTEN));
        speech::again(&h.s.app, h.s.scope, h.call, &by()).await.unwrap();
        h.s.run_due(t).await;
        let row = h.row(t).await.unwrap();
        assert_eq!(row.state, Standing::Waiting, "a key can be replaced");
        assert!(row.reason.unwrap().contains("401"));
        h.end().await;
    }

    async fn what_a_provider_wrote_down_is_redacted_before_it_is_stored(t: &TestDb) {
        let h = Heard::new(t).await;
        let mut voicemail = fixture("call-03-hangup");
        let at = voicemail["event_timestamp"].as_i64().unwrap();
        let mut leave = |second: i64, text: &str| {
            voicemail["state"] = "voicemail_uploaded".into();
            voicemail["event_timestamp"] = (at + second * 1_000).into();
            voicemail["transcription_text"] = text.into();
            voicemail.clone()
        };
        let (first, second) = (leave(1, "my card is 4111 1111 1111 1111 bye"), leave(2, "the cvv is 123"));
        h.s.push(t, &first).await;
        assert!(!everything_said(t).await.contains("4111"));
        let heard = t.query_texts("SELECT transcript FROM voicemails").await;
        assert_eq!(heard, ["my card is [card number ending 1111] bye"]);
        // A retry of the same delivery is still the same.
        let events = "SELECT CAST(count(*) AS TEXT) FROM webhook_events";
        let before = t.query_texts(events).await;
        h.s.push(t, &first).await;
        assert_eq!(t.query_texts(events).await, before);
        h.set(|wish| wish.redact_provider = false).await;
        h.s.push(t, &second).await;
        assert!(everything_said(t).await.contains("the cvv is 123"));
        h.end().await;
    }
}

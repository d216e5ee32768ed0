//! Jobs end to end: what they ask of the provider, what they leave in the log and the records, and what becomes of them
//! when something fails.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures::TryStreamExt;
use serde_json::{Value, json};
use switchboard_app::{
    App, AppSettings,
    intake::{self, HookRoute},
    jobs::{self, CatchUp, FetchRecording, FetchTranscript, RefreshToken, Sweep, recurring},
    media::{self, OpenError, SignedQuery},
    pipeline, scheduler,
};
use switchboard_domain::{
    connection::ConnectionStatus,
    ids::ConnectionId,
    job::JobState,
    recording::{MediaStatus, StoredMedia},
};
use switchboard_store::{
    TenantScope, connections, cursor,
    events::{self, EventFilter},
    media::MediaKey,
    record,
    recordings::KeptRecording,
    transcripts::KeptTranscript,
    work::{self, Job, JobFilter},
};
use switchboard_testkit::{Build, TestDb, both_engines};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    fake::{self, Dialpad},
    support::{TestApp, fixture, settings, signed},
};

/// An app with a connection to a fake Dialpad; what commits and merges runs, the scheduler is driven by hand.
pub struct Setting {
    pub app: Arc<App>,
    pub fake: Arc<Dialpad>,
    pub address: String,
    pub scope: TenantScope,
    pub connection: ConnectionId,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Setting {
    pub async fn new(t: &TestDb) -> Self {
        Self::with(t, |_| {}).await
    }

    /// One whose settings are changed first.
    pub async fn with(t: &TestDb, change: impl FnOnce(&mut AppSettings)) -> Self {
        let (fake, address) = fake::start().await;
        let mut settings = settings(&address);
        change(&mut settings);
        let mut test = TestApp::with(t, settings);
        let scope = t.tenant("Acme").await;
        let connection = test.connect(t, scope, "token").await;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (db, wake) = (test.app.db.clone(), test.app.wake.clone());
        tasks.spawn(test.committer.take().unwrap().run(db, wake, stop.clone()));
        pipeline::spawn(&test.app, &tasks, &stop);
        Self { app: test.app, fake, address, scope, connection, stop, tasks }
    }

    pub async fn push(&self, t: &TestDb, payload: &Value) {
        let route = HookRoute::Token("token".to_owned());
        intake::receive(&self.app, route, signed(payload), None).await.unwrap();
        merged(t).await;
    }

    /// Runs everything that is due, until what it logged is merged and nothing more is due.
    pub async fn run_due(&self, t: &TestDb) -> usize {
        let mut ran = 0;
        loop {
            let now = scheduler::run_due(&self.app).await.unwrap();
            merged(t).await;
            if now == 0 {
                return ran;
            }
            ran += now;
        }
    }

    pub async fn end(self) {
        self.stop_reading().await;
    }

    /// From here on nothing reads the log.
    pub async fn stop_reading(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn jobs(&self, t: &TestDb) -> Vec<Job> {
        let mut reader = t.db.read(self.scope).await.unwrap();
        work::list(&mut reader.conn(), self.scope, &JobFilter::default(), 100).await.unwrap()
    }

    /// The newest job of a kind, whatever else was added meanwhile.
    async fn job(&self, t: &TestDb, kind: &str) -> Job {
        self.jobs(t).await.into_iter().find(|job| job.kind == kind).unwrap()
    }

    async fn events(&self, t: &TestDb) -> Vec<String> {
        let mut reader = t.db.read(self.scope).await.unwrap();
        let filter = EventFilter { oldest_first: true, ..EventFilter::default() };
        let events = events::list(&mut reader.conn(), self.scope, &filter, 1_000).await.unwrap();
        events.into_iter().map(|event| event.event_type).collect()
    }

    async fn recording(&self, t: &TestDb, id: uuid::Uuid) -> KeptRecording {
        let mut reader = t.db.read(self.scope).await.unwrap();
        record::lookup(&mut reader.conn(), self.scope, id).await.unwrap().unwrap()
    }
}

/// Waits until nothing in the log is unmerged. Bounded: a stuck pipeline fails the test.
pub async fn merged(t: &TestDb) {
    for _ in 0..2000 {
        if cursor::backlog(&t.db).await.unwrap().1 == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the pipeline did not get to the end of the log");
}

/// A concluded call as the call log lists it.
fn concluded(id: u64, started: i64) -> Value {
    json!({
        "call_id": id.to_string(), "direction": "inbound", "external_number": "+14155550123",
        "internal_number": "+14155550100", "date_started": started.to_string(),
        "date_ended": (started + 20_000).to_string(), "duration": 0, "total_duration": 20_000.0,
        "target": { "id": "5171365938069504", "type": "user", "name": "Alex Rivera", "phone": "+14155550100" },
    })
}

both_engines! {
    async fn a_catch_up_finds_what_was_missed_and_repeats_nothing(t: &TestDb) {
        let s = Setting::new(t).await;
        for name in ["call-01-ringing", "call-02-connected", "call-03-hangup"] {
            s.push(t, &fixture(name)).await;
        }
        let started = t.now().as_millis() - 60_000;
        let mut log: Vec<Value> = (0..4).map(|n| concluded(9_000 + n, started)).collect();
        log.push(fixture("pull-call-01-concluded"));
        *s.fake.calls.lock().unwrap() = log;

        assert!(jobs::add(&s.app, s.scope, &CatchUp { connection: s.connection, since: None }).await.unwrap());
        s.run_due(t).await;
        assert_eq!(s.fake.pages.load(Ordering::SeqCst), 3);
        let pulled = s.events(t).await.iter().filter(|kind| *kind == "pull.call").count();
        assert_eq!(pulled, 5);
        let count = "SELECT CAST(count(*) AS TEXT) FROM calls";
        // The pushed call is one of the pulled ones.
        assert_eq!(t.query_texts(count).await, ["5"]);
        let mut reader = t.db.read(s.scope).await.unwrap();
        let connection = connections::find(&mut reader.conn(), s.scope, s.connection).await.unwrap().unwrap();
        drop(reader);
        assert_eq!(connection.caught_up_to, Some(t.now()));
        assert_eq!(connection.status, ConnectionStatus::Connected);

        // Again, and a push of the same call again: the log holds each once.
        assert!(jobs::add(&s.app, s.scope, &CatchUp { connection: s.connection, since: None }).await.unwrap());
        s.run_due(t).await;
        s.push(t, &fixture("call-03-hangup")).await;
        assert_eq!(s.events(t).await.iter().filter(|kind| *kind == "pull.call").count(), 5);
        assert_eq!(t.query_texts(count).await, ["5"]);
        let is_done = |job: &Job| job.kind != "catch_up" || job.state == JobState::Done;
        assert!(s.jobs(t).await.iter().all(is_done));
        s.end().await;
    }

    async fn a_catch_up_that_breaks_goes_on_where_it_stopped(t: &TestDb) {
        let s = Setting::new(t).await;
        let started = t.now().as_millis();
        *s.fake.calls.lock().unwrap() = (0..6).map(|n| concluded(9_000 + n, started)).collect();
        s.fake.breaks_at_page.store(2, Ordering::SeqCst);
        jobs::add(&s.app, s.scope, &CatchUp { connection: s.connection, since: None }).await.unwrap();
        s.run_due(t).await;
        let job = s.job(t, "catch_up").await;
        assert_eq!((job.state, job.attempts), (JobState::Ready, 1));
        assert!(job.last_error.unwrap().contains("503"));
        assert_eq!(job.progress.unwrap()["calls"], 2);

        s.fake.breaks_at_page.store(0, Ordering::SeqCst);
        t.clock.advance(Duration::from_secs(1));
        s.run_due(t).await;
        // One page, one failure, then the two that were left: none is read twice.
        assert_eq!(s.fake.pages.load(Ordering::SeqCst), 4);
        let job = s.job(t, "catch_up").await;
        assert_eq!(job.state, JobState::Done);
        assert_eq!(s.events(t).await.len(), 6);
        s.end().await;
    }

    async fn a_call_that_never_ended_here_is_looked_for_again(t: &TestDb) {
        let s = Setting::new(t).await;
        s.push(t, &fixture("call-01-ringing")).await;
        // The last catch-up was long after that call began.
        t.clock.advance(Duration::from_hours(3));
        let mut tx = t.db.begin(s.scope).await.unwrap();
        connections::set_caught_up_to(&mut tx.conn(), s.scope, s.connection, t.now()).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        *s.fake.calls.lock().unwrap() = vec![fixture("pull-call-01-concluded")];
        jobs::add(&s.app, s.scope, &CatchUp { connection: s.connection, since: None }).await.unwrap();
        s.run_due(t).await;
        assert_eq!(t.query_texts("SELECT status FROM calls").await, ["ended"]);
        s.end().await;
    }

    async fn a_refused_key_is_said_on_the_connection(t: &TestDb) {
        let s = Setting::new(t).await;
        s.fake.trouble.store(401, Ordering::SeqCst);
        jobs::add(&s.app, s.scope, &CatchUp { connection: s.connection, since: None }).await.unwrap();
        s.run_due(t).await;
        assert_eq!(t.query_texts("SELECT status FROM connections").await, ["failing"]);
        let job = s.jobs(t).await.remove(0);
        assert_eq!(job.state, JobState::Ready);
        s.end().await;
    }

    async fn a_recording_is_fetched_once_and_served_by_signed_links_only(t: &TestDb) {
        let s = Setting::new(t).await;
        let body = [b"ID3\x04", vec![7_u8; 300_000].as_slice()].concat();
        s.fake.audio.lock().unwrap().clone_from(&body);
        let mut held = Build::new(t, s.scope, s.connection).recording(1, t.now());
        held.record.url = Some(format!("{}/blob/rec.mp3", s.address));
        t.save(s.scope, &[held.clone()]).await;
        // A leg for the recording to hang on, and the fact that the recording came from.
        s.push(t, &recorded(&format!("{}/blob/rec.mp3", s.address))).await;
        s.run_due(t).await;

        let ids = t.query_texts("SELECT status FROM recordings WHERE status = 'saved'").await;
        assert_eq!(ids.len(), 1, "the reaction to the recording event fetched it");
        assert!(s.events(t).await.contains(&"recording.saved".to_owned()));
        let saved = saved(t, &s).await;
        let Some(StoredMedia::Saved { key, content_type, bytes, sha256 }) = saved.record.media else { panic!() };
        assert_eq!((content_type.as_str(), bytes), ("audio/mpeg", 300_004));
        assert_eq!(sha256, hex::encode(switchboard_app::vault::sha256(&body)));

        // Fetching it again asks for nothing and logs nothing.
        let logged = s.events(t).await.len();
        s.fake.trouble.store(500, Ordering::SeqCst);
        jobs::add(&s.app, s.scope, &FetchRecording { id: saved.record.id.uuid() }).await.unwrap();
        s.run_due(t).await;
        assert_eq!(s.events(t).await.len(), logged);

        links_are_checked(t, &s, &key, &content_type, &body).await;
        s.end().await;
    }

    async fn what_is_no_audio_is_not_kept_and_a_strangers_address_gets_no_key(t: &TestDb) {
        let s = Setting::new(t).await;
        *s.fake.audio.lock().unwrap() = b"<script>alert(1)</script>".to_vec();
        for (number, url) in [(1, format!("{}/blob/x.mp3", s.address)), (2, "https://evil.example/x.mp3".to_owned())] {
            let mut held = Build::new(t, s.scope, s.connection).recording(number, t.now());
            held.record.url = Some(url);
            let id = held.record.id;
            t.save(s.scope, &[held]).await;
            jobs::add(&s.app, s.scope, &FetchRecording { id: id.uuid() }).await.unwrap();
            s.run_due(t).await;
            let job = s.jobs(t).await.remove(0);
            assert_eq!(job.state, JobState::Dead, "{:?}", job.last_error);
            let key = MediaKey::recording(s.scope.tenant(), id);
            assert!(s.app.media.read(&key, None).await.is_err(), "nothing is left behind");
        }
        s.end().await;
    }

    async fn a_transcript_is_asked_for_until_it_is_there(t: &TestDb) {
        let s = Setting::new(t).await;
        s.push(t, &fixture("call-09-call_transcription")).await;
        s.run_due(t).await;
        let job = s.jobs(t).await.into_iter().find(|job| job.kind == "fetch_transcript").unwrap();
        assert_eq!(job.state, JobState::Ready, "Dialpad had none yet");

        *s.fake.transcript.lock().unwrap() = Some(fixture("pull-transcript-01"));
        t.clock.advance(Duration::from_secs(1));
        s.run_due(t).await;
        let id: FetchTranscript = serde_json::from_value(job.payload).unwrap();
        let mut reader = t.db.read(s.scope).await.unwrap();
        let kept: KeptTranscript = record::lookup(&mut reader.conn(), s.scope, id.id).await.unwrap().unwrap();
        drop(reader);
        assert!(kept.record.is_complete);
        assert!(s.events(t).await.contains(&"pull.transcript".to_owned()));
        s.end().await;
    }

    async fn recurring_work_runs_once_however_often_it_was_missed(t: &TestDb) {
        let s = Setting::new(t).await;
        for _ in 0..3 {
            recurring::ensure(&s.app).await.unwrap();
        }
        s.run_due(t).await;
        let of_installation = || async {
            let filter = JobFilter { states: vec![JobState::Ready], ..JobFilter::default() };
            let jobs = work::list_of_installation(&t.db, &filter, 100).await.unwrap();
            jobs.into_iter().filter(|job| job.tenant_id == work::installation()).collect::<Vec<_>>()
        };
        assert_eq!(of_installation().await.len(), recurring::ALL.len());
        // Two days of downtime.
        t.clock.advance(Duration::from_hours(48));
        let pages = s.fake.pages.load(Ordering::SeqCst);
        recurring::ensure(&s.app).await.unwrap();
        s.run_due(t).await;
        assert_eq!(s.fake.pages.load(Ordering::SeqCst), pages + 1, "one catch-up, not 192");
        let waiting = of_installation().await;
        assert_eq!(waiting.len(), recurring::ALL.len());
        assert!(waiting.iter().all(|job| job.run_at > t.now()));
        s.end().await;
    }

    async fn a_sweep_asks_each_connection_once(t: &TestDb) {
        let s = Setting::new(t).await;
        let other = t.tenant("Other").await;
        t.connection(other).await;
        jobs::add(&s.app, work::installation_scope(), &Sweep::CatchUp).await.unwrap();
        assert!(!jobs::add(&s.app, work::installation_scope(), &Sweep::CatchUp).await.unwrap());
        s.run_due(t).await;
        let jobs = work::list_of_installation(&t.db, &JobFilter::default(), 100).await.unwrap();
        let caught_up = jobs.iter().filter(|job| job.kind == "catch_up" && job.state == JobState::Done).count();
        assert_eq!(caught_up, 2);
        s.end().await;
    }

    async fn a_job_that_this_version_does_not_know_is_dead_with_a_reason(t: &TestDb) {
        let s = Setting::new(t).await;
        let row = jobs::row(&s.app, s.scope.tenant(), &RefreshToken { connection: s.connection }, t.now());
        let row = work::NewWork { kind: "from_the_future".to_owned(), ..row };
        let mut tx = t.db.begin(s.scope).await.unwrap();
        work::insert(&mut tx.conn(), &[row], t.now()).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        s.run_due(t).await;
        let job = s.jobs(t).await.remove(0);
        assert_eq!(job.state, JobState::Dead);
        assert!(job.last_error.unwrap().contains("from_the_future"));
        s.end().await;
    }

    async fn the_running_scheduler_picks_work_up_and_stops(t: &TestDb) {
        let s = Setting::new(t).await;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        scheduler::spawn(&s.app, &tasks, &stop);
        jobs::add(&s.app, s.scope, &RefreshToken { connection: s.connection }).await.unwrap();
        for _ in 0..2000 {
            let is_done = |job: &Job| job.kind == "refresh_token" && job.state == JobState::Done;
            if s.jobs(t).await.iter().any(is_done) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
        tasks.close();
        tokio::time::timeout(Duration::from_secs(10), tasks.wait()).await.expect("it stops");
        let jobs = s.jobs(t).await;
        assert!(jobs.iter().any(|job| job.kind == "refresh_token" && job.state == JobState::Done), "{jobs:?}");
        s.end().await;
    }
}

/// The event that says that a recording exists, at this address.
fn recorded(url: &str) -> Value {
    let mut payload = fixture("call-08-recording");
    payload["recording_details"][0]["url"] = url.into();
    payload["recording_url"] = json!([url]);
    payload
}

async fn saved(t: &TestDb, s: &Setting) -> KeptRecording {
    let mut reader = t.db.read(s.scope).await.unwrap();
    let mut sql = switchboard_store::sql::Sql::new("SELECT id FROM recordings WHERE status = 'saved' AND tenant_id = ");
    sql.bind(s.scope.tenant().uuid());
    let ids: Vec<(uuid::Uuid,)> = sql.fetch_all(&mut reader.conn()).await.unwrap();
    drop(reader);
    let kept = s.recording(t, ids[0].0).await;
    assert_eq!(kept.record.status, MediaStatus::Saved);
    kept
}

fn query_of(url: &str) -> SignedQuery {
    let query = url.split_once('?').unwrap().1;
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
        pair.replace("%2F", "/")
    };
    SignedQuery { content_type: value("type"), exp: value("exp").parse().unwrap(), sig: value("sig") }
}

async fn links_are_checked(t: &TestDb, s: &Setting, key: &str, content_type: &str, body: &[u8]) {
    let url = media::signed_url(&s.app, key, content_type);
    assert!(url.starts_with(&format!("https://switchboard.example/media/{key}?")), "{url}");
    let query = query_of(&url);
    let opened = media::open(&s.app, key, &query, None).await.unwrap();
    assert_eq!((opened.content_type.as_str(), opened.is_part), (content_type, false));
    let chunks: Vec<_> = opened.media.stream.try_collect().await.unwrap();
    assert!(chunks.concat() == body);
    let part = media::open(&s.app, key, &query, Some("bytes=0-2")).await.unwrap();
    assert!(part.is_part);
    let chunks: Vec<_> = part.media.stream.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), b"ID3");
    let behind = media::open(&s.app, key, &query, Some("bytes=999999-")).await;
    assert!(matches!(behind, Err(OpenError::Range { size: 300_004 })));

    let forged = |change: fn(&mut SignedQuery)| {
        let mut query = query.clone();
        change(&mut query);
        query
    };
    for changed in [
        forged(|query| query.content_type = "text/html".into()),
        forged(|query| query.exp += 3_600),
        forged(|query| query.sig = "00".repeat(32)),
        forged(|query| query.sig.clear()),
        forged(|query| query.sig = "zz".into()),
    ] {
        assert!(matches!(media::open(&s.app, key, &changed, None).await, Err(OpenError::Forged)), "{changed:?}");
    }
    let other = MediaKey::recording(s.scope.tenant(), t.id());
    assert!(matches!(media::open(&s.app, other.as_str(), &query, None).await, Err(OpenError::Forged)));
    t.clock.advance(Duration::from_mins(11));
    assert!(matches!(media::open(&s.app, key, &query, None).await, Err(OpenError::Expired)));
}

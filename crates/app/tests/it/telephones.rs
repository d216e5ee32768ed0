//! Telephone systems end to end: the sandbox's, over HTTPS with a certificate that nobody vouches for but who pinned it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::TryStreamExt;
use secrecy::SecretString;
use switchboard_app::{
    App, AppSettings,
    audit::Origin,
    backfilling,
    connecting::{self, NewConnection, Tried, Values},
    connections, intake,
    jobs::{self, Backfill},
    media, pipeline, scheduler,
};
use switchboard_domain::{
    Clock, Timestamp,
    connection::ConnectionStatus,
    ids::ConnectionId,
    job::JobState,
    recording::{MediaStatus, StoredMedia},
};
use switchboard_providers::cloud_ucm::{self, CloudUcm};
use switchboard_sandbox::{
    RunningSandbox, Sandbox, SandboxConfig, UcmConfig, UcmControl, WallClock,
    clouducm::{PathForm, PlayUcm, UcmFault, UcmFaultKind, UcmHistory, UcmScenario},
};
use switchboard_store::{
    TenantScope,
    connections::Connection,
    media::MediaKey,
    record,
    recordings::KeptRecording,
    work::{self, Job, JobFilter},
};
use switchboard_testkit::{TestDb, both_engines};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    jobs::merged,
    support::{TestApp, settings},
};

const USER: &str = "sandbox-ucm-acme";

/// A workspace that is connected to a telephone system; the scheduler is driven by hand.
struct Setting {
    app: Arc<App>,
    sandbox: RunningSandbox,
    ucm: UcmControl,
    scope: TenantScope,
    connection: ConnectionId,
    stop: CancellationToken,
    tasks: TaskTracker,
}

fn by() -> Origin {
    Origin::operator("internal").at("192.0.2.7")
}

impl Setting {
    async fn new(t: &TestDb) -> Self {
        Self::with(t, "sandbox-ucm-password", true).await
    }

    async fn with(t: &TestDb, password: &str, fetch_recordings: bool) -> Self {
        let clock = Arc::clone(&t.clock);
        let config = SandboxConfig {
            clock: WallClock::new(move || clock.now().as_millis()),
            clouducm: UcmConfig { delivery_time_scale: 0.0, ..UcmConfig::default() },
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::start(config).await.unwrap();
        let ucm = sandbox.clouducm();
        let mut test =
            TestApp::reaching_loopback(t, AppSettings { fetch_recordings, ..settings("http://127.0.0.1:1") });
        let scope = t.tenant("Acme").await;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (db, wake) = (test.app.db.clone(), test.app.wake.clone());
        tasks.spawn(test.committer.take().unwrap().run(db, wake, stop.clone()));
        pipeline::spawn(&test.app, &tasks, &stop);
        let text = |text: &str| Some(SecretString::from(text));
        let fields: Values = BTreeMap::from([
            ("host".to_owned(), text("127.0.0.1")),
            ("port".to_owned(), text(&ucm.port().to_string())),
            ("certificate_sha256".to_owned(), text(ucm.certificate())),
            ("username".to_owned(), text(USER)),
            ("password".to_owned(), text(password)),
        ]);
        let new = NewConnection { app_id: None, provider: "clouducm".to_owned(), name: "PBX".to_owned(), fields };
        let connection = connecting::create(&test.app, scope, &new, &by()).await.unwrap().id;
        Self { app: test.app, sandbox, ucm, scope, connection, stop, tasks }
    }

    fn play(&self, scenario: UcmScenario) -> Vec<u64> {
        let call = PlayUcm { user: USER.to_owned(), unreported: true, ..PlayUcm::new(scenario) };
        self.ucm.begin(&call).unwrap().accounts
    }

    fn fault(&self, kind: UcmFaultKind, count: u32, action: &str) {
        self.ucm.fault(USER, UcmFault::new(kind, count).on(action)).unwrap();
    }

    async fn backfill(&self, t: &TestDb) -> Job {
        let since = t.now() - Duration::from_hours(48);
        assert!(backfilling::begin(&self.app, self.scope, self.connection, Some(since), None, &by()).await.unwrap());
        self.run_due(t).await;
        self.job(t, "backfill").await
    }

    /// Runs everything that is due, until what it logged is merged and nothing more is due.
    async fn run_due(&self, t: &TestDb) {
        while scheduler::run_due(&self.app).await.unwrap() > 0 {
            merged(t).await;
        }
        merged(t).await;
    }

    async fn job(&self, t: &TestDb, kind: &str) -> Job {
        let mut reader = t.db.read(self.scope).await.unwrap();
        let filter = JobFilter { kinds: vec![kind.to_owned()], ..JobFilter::default() };
        work::list(&mut reader.conn(), self.scope, &filter, 1).await.unwrap().remove(0)
    }

    async fn connection(&self) -> Connection {
        connections::find(&self.app, self.scope, self.connection).await.unwrap()
    }

    /// The only recording that there is.
    async fn recording(&self, t: &TestDb) -> KeptRecording {
        let mut reader = t.db.read(self.scope).await.unwrap();
        assert_eq!(count(t, "recordings").await, 1);
        record::lookup(&mut reader.conn(), self.scope, only_id(t).await).await.unwrap().unwrap()
    }

    async fn end(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.sandbox.shutdown().await;
    }
}

/// The id of the only recording.
async fn only_id(t: &TestDb) -> uuid::Uuid {
    let sql = match t.engine() {
        switchboard_testkit::Engine::Sqlite => "SELECT lower(hex(id)) FROM recordings",
        switchboard_testkit::Engine::Postgres => "SELECT id::text FROM recordings",
    };
    t.query_texts(sql).await[0].parse().unwrap()
}

async fn count(t: &TestDb, table: &str) -> usize {
    t.query_texts(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).await[0].parse().unwrap()
}

both_engines! {
    async fn a_recording_is_fetched_over_https_from_a_device_that_only_its_certificate_vouches_for(t: &TestDb) {
        let s = Setting::new(t).await;
        s.play(UcmScenario::Recorded);
        let job = s.backfill(t).await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.last_error);
        let recording = s.recording(t).await.record;
        assert_eq!(recording.status, MediaStatus::Saved, "{:?}", recording.media);
        let Some(StoredMedia::Saved { key, content_type, bytes, sha256 }) = recording.media else { panic!() };
        assert_eq!(content_type, "audio/wav");
        let read = s.app.media.read(&MediaKey::parse(&key).unwrap(), None).await.unwrap();
        let audio: Vec<u8> = read.stream.try_collect::<Vec<_>>().await.unwrap().concat();
        assert!(audio.starts_with(b"RIFF") && audio.len() > 16_000, "{} bytes", audio.len());
        assert_eq!(media::AudioType::of(&audio), Some(media::AudioType::Wav));
        assert_eq!((i64::try_from(audio.len()).unwrap(), sha256), (bytes, hex::encode(switchboard_app::vault::sha256(&audio))));
        let saved = t.query_texts("SELECT event_type FROM webhook_events WHERE event_type = 'recording.saved'").await;
        assert_eq!(saved.len(), 1);
        assert_eq!(s.connection().await.status, ConnectionStatus::Connected);
        // Another certificate: nothing is sent there, nothing is learnt of the password.
        let other = Values::from([("certificate_sha256".to_owned(), Some("ab".repeat(32).into()))]);
        connecting::update(&s.app, s.scope, s.connection, None, &other, &by()).await.unwrap();
        let logins = s.ucm.logins(USER).unwrap();
        let connection = s.connection().await;
        assert!(matches!(connecting::check(&s.app, s.scope, &connection).await.unwrap(), Tried::Unknown(_)));
        assert_eq!(s.ucm.logins(USER).unwrap(), logins);
        s.end().await;
    }

    async fn what_was_pushed_and_what_is_pulled_are_the_same_legs(t: &TestDb) {
        let s = Setting::new(t).await;
        for scenario in UcmScenario::ALL {
            s.play(scenario);
        }
        let job = s.backfill(t).await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.last_error);
        let before = (count(t, "calls").await, count(t, "call_legs").await, count(t, "recordings").await);
        assert_eq!(before.0, UcmScenario::ALL.len());
        assert!(before.1 > before.0 && before.2 >= 3, "{before:?}");
        let progress = job.progress.unwrap();
        assert_eq!((progress["calls"].as_u64(), progress["new"].as_u64()), (Some(12), u64::try_from(before.1).ok()));
        // Again, another range: nothing is missing, nothing is logged.
        let logged = count(t, "webhook_events").await;
        t.clock.advance(Duration::from_hours(1));
        let again = s.backfill(t).await.progress.unwrap();
        assert_eq!((again["calls"].as_u64(), again["new"].as_u64()), (Some(12), Some(0)));
        assert_eq!(count(t, "webhook_events").await, logged);
        // What the device pushes of calls that were pulled, and pulled of calls that were pushed, is no further leg.
        let pushed = br#"[{"AcctId":"990001","src":"13125550142","dst":"1001","start":"2026-03-10 09:30:01","answer":"","end":"2026-03-10 09:30:21","duration":"20","billsec":"0","disposition":"NO ANSWER","uniqueid":"1773153001.7","userfield":"Inbound","session":"1773153001000000-13125550142","sn":"EC74D7A1B2C3"}]"#;
        let pulled = br#"{"cdr_root":[{"cdr":"1773153001000000-13125550142","main_cdr":{"AcctId":"","src":"13125550142"},"sub_cdr_1":{"AcctId":"990001","accountcode":"","src":"13125550142","dst":"1001","start":"2026-03-10 09:30:01","answer":"","end":"2026-03-10 09:30:21","duration":"20","billsec":"0","disposition":"NO ANSWER","uniqueid":"1773153001.7","userfield":"Inbound","session":"1773153001000000-13125550142"}}]}"#;
        let items = cloud_ucm::items(&pushed.as_slice().into());
        intake::append_pulled(&s.app, s.scope.tenant(), s.connection, &CloudUcm, items).await.unwrap();
        merged(t).await;
        let items = cloud_ucm::pulled_records(&pulled.as_slice().into());
        intake::append_pulled(&s.app, s.scope.tenant(), s.connection, &CloudUcm, items).await.unwrap();
        merged(t).await;
        assert_eq!((count(t, "calls").await, count(t, "call_legs").await), (before.0 + 1, before.1 + 1));
        s.end().await;
    }

    async fn a_refused_password_is_sent_once_however_many_jobs_want_it(t: &TestDb) {
        let s = Setting::with(t, "wrong", true).await;
        s.play(UcmScenario::Recorded);
        let job = s.backfill(t).await;
        // It waits, because a person can still put it right; it does not try again by itself.
        assert_eq!((job.state, s.ucm.logins(USER).unwrap()), (JobState::Ready, 1), "{:?}", job.last_error);
        let held = s.connection().await;
        assert_eq!((held.status, held.held_since), (ConnectionStatus::Failing, Some(t.now())));
        assert!(held.last_error.unwrap().contains("after 4 more"));
        let again = backfilling::begin(&s.app, s.scope, s.connection, None, None, &by()).await;
        assert!(matches!(again, Err(backfilling::BackfillError::Held)), "{again:?}");
        for _ in 0..4 {
            t.clock.advance(Duration::from_hours(31));
            jobs::add(&s.app, s.scope, &Backfill { connection: s.connection, range: None }).await.unwrap();
            s.run_due(t).await;
        }
        assert_eq!(s.ucm.logins(USER).unwrap(), 1);
        // A person enters the right one: what waited is done.
        let right = Values::from([("password".to_owned(), Some("sandbox-ucm-password".into()))]);
        connecting::set_credentials(&s.app, s.scope, s.connection, &right, &by()).await.unwrap();
        assert_eq!(s.connection().await.held_since, None);
        t.clock.advance(Duration::from_mins(20));
        s.run_due(t).await;
        assert_eq!(s.recording(t).await.record.status, MediaStatus::Saved);
        assert_eq!(s.connection().await.status, ConnectionStatus::Connected);
        s.end().await;
    }

    async fn a_recording_that_is_late_or_named_otherwise_is_fetched_and_no_audio_is_not_kept(t: &TestDb) {
        let s = Setting::new(t).await;
        s.ucm.set_recordings(USER, PathForm::Name, Duration::from_mins(1)).unwrap();
        s.play(UcmScenario::Recorded);
        s.backfill(t).await;
        let job = s.job(t, "fetch_recording").await;
        assert_eq!(job.state, JobState::Ready);
        assert!(job.last_error.as_ref().unwrap().contains("or not yet"), "{:?}", job.last_error);
        // A page in its place is no file either, and -45 is no attempt.
        s.fault(UcmFaultKind::Page, 6, "recapi");
        t.clock.advance(Duration::from_secs(2));
        s.run_due(t).await;
        let job = s.job(t, "fetch_recording").await;
        assert!(job.last_error.as_ref().unwrap().contains("<html><head>"), "{:?}", job.last_error);
        s.fault(UcmFaultKind::TooOften, 1, "recapi");
        t.clock.advance(Duration::from_secs(25));
        s.run_due(t).await;
        assert_eq!(s.job(t, "fetch_recording").await.attempts, job.attempts);
        t.clock.advance(Duration::from_secs(16));
        s.run_due(t).await;
        assert_eq!(s.recording(t).await.record.status, MediaStatus::Saved);
        s.end().await;

        let t2 = TestDb::new(t.engine()).await;
        let s = Setting::new(&t2).await;
        s.play(UcmScenario::Recorded);
        s.fault(UcmFaultKind::Wrapped, 1, "recapi");
        s.backfill(&t2).await;
        let recording = s.recording(&t2).await.record;
        let Some(StoredMedia::Failed { reason }) = recording.media else { panic!("{:?}", recording.media) };
        assert!(reason.contains("GSFF\\x01"), "{reason}");
        // The nightly check tries once more for what failed.
        t2.clock.advance(Duration::from_hours(31));
        jobs::add(&s.app, s.scope, &Backfill { connection: s.connection, range: None }).await.unwrap();
        s.run_due(&t2).await;
        assert_eq!(s.recording(&t2).await.record.status, MediaStatus::Saved);
        s.end().await;
        t2.remove().await;
    }

    async fn a_backfill_goes_on_where_it_stopped_and_says_when_it_cannot(t: &TestDb) {
        let s = Setting::with(t, "sandbox-ucm-password", false).await;
        // More on a day than a page has.
        let past = UcmHistory { user: USER.to_owned(), days: 1, calls: 330, unreported: true };
        s.ucm.live_through(&past).unwrap();
        let since = t.now() - Duration::from_hours(6 * 24);
        backfilling::begin(&s.app, s.scope, s.connection, Some(since), None, &by()).await.unwrap();
        // The cookie ends on the way, and the device is busy for a moment: neither loses anything.
        s.fault(UcmFaultKind::SignedOut, 1, "cdrapi");
        s.fault(UcmFaultKind::Busy, 1, "cdrapi");
        s.run_due(t).await;
        assert_eq!(s.job(t, "backfill").await.state, JobState::Ready);
        t.clock.advance(Duration::from_secs(2));
        s.run_due(t).await;
        let job = s.job(t, "backfill").await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.last_error);
        assert_eq!(count(t, "calls").await, 330);
        let last = backfilling::last(&s.app, s.scope, s.connection).await.unwrap().unwrap();
        assert_eq!((last.progress.unwrap().percent(), last.is_nightly), (100, false));
        let caught_up: Option<Timestamp> = s.connection().await.caught_up_to;
        assert!(caught_up.is_some());
        // A parameter that it does not like: said on the connection, not looked at as an empty list.
        s.fault(UcmFaultKind::Empty, 1, "cdrapi");
        t.clock.advance(Duration::from_mins(1));
        let job = s.backfill(t).await;
        assert_eq!(job.state, JobState::Dead);
        let failing = s.connection().await;
        assert_eq!((failing.status, failing.held_since), (ConnectionStatus::Failing, None));
        assert!(failing.last_error.unwrap().contains("may be missing here"));
        // It is not held: the next one is read, and all is well again.
        t.clock.advance(Duration::from_mins(1));
        assert_eq!(s.backfill(t).await.state, JobState::Done);
        assert_eq!(s.connection().await.status, ConnectionStatus::Connected);
        s.end().await;
    }
}

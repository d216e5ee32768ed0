//! From a signed delivery to records: whatever the order, whatever the repetition.

use std::sync::Arc;

use switchboard_app::{
    intake::{self, HookRoute, Received, Refused},
    runtime::{Role, Runtime},
};
use switchboard_domain::{
    call::{Call, CallOutcome, CallStatus},
    change::{Change, RecordKind, Verb},
    contact::{Contact, ContactDoc},
    message::{Message, MessageDoc, MessageStatus},
    recording::{Recording, RecordingDoc},
    transcript::{Transcript, TranscriptDoc},
    voicemail::{Voicemail, VoicemailDoc},
};
use switchboard_store::{
    TenantScope, changes,
    record::{self, Kept, KeptDoc},
};
use switchboard_testkit::{TestDb, both_engines};

use crate::support::{TestApp, fixture, settled, signed, signed_with};

const ALL: [&str; 15] = [
    "call-01-ringing",
    "call-02-connected",
    "call-03-hangup",
    "call-04-missed",
    "call-04b-hangup-unanswered",
    "call-05-voicemail",
    "call-06-voicemail_uploaded",
    "call-07-transcription-voicemail",
    "call-08-recording",
    "call-09-call_transcription",
    "call-11-calling-outbound",
    "sms-01-inbound",
    "sms-02-outbound-pending",
    "sms-03-outbound-delivered",
    "sms-04-outbound-failed",
];

/// Everything that can be read of a tenant's records, without the times of storage.
#[derive(Debug, PartialEq)]
struct Records {
    calls: Vec<Call>,
    messages: Vec<(Message, MessageDoc)>,
    voicemails: Vec<(Voicemail, VoicemailDoc)>,
    recordings: Vec<(Recording, RecordingDoc)>,
    transcripts: Vec<(Transcript, TranscriptDoc)>,
    contacts: Vec<(Contact, ContactDoc)>,
}

async fn records(t: &TestDb, scope: TenantScope) -> Records {
    let mut reader = t.db.read(scope).await.unwrap();
    let conn = &mut reader.conn();
    let changed = changes::list_after(conn, scope, 0, 10_000).await.unwrap();
    let ids = |kind: RecordKind| {
        let mut ids: Vec<uuid::Uuid> = changed.iter().filter(|c| c.kind == kind).map(|c| c.record_id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    macro_rules! docs {
        ($kind:expr, $record:ty, $doc:ty) => {{
            let rows: Vec<KeptDoc<$record, $doc>> = record::find(conn, scope.tenant(), &ids($kind)).await.unwrap();
            let mut rows: Vec<($record, $doc)> = rows.into_iter().map(|kept| (kept.record, kept.doc)).collect();
            rows.sort_by_key(|(record, _)| record.id);
            rows
        }};
    }
    let calls: Vec<Kept<Call>> = record::find(conn, scope.tenant(), &ids(RecordKind::Call)).await.unwrap();
    let mut calls: Vec<Call> = calls.into_iter().map(|kept| kept.record).collect();
    calls.sort_by_key(|call| call.id);
    Records {
        calls,
        messages: docs!(RecordKind::Message, Message, MessageDoc),
        voicemails: docs!(RecordKind::Voicemail, Voicemail, VoicemailDoc),
        recordings: docs!(RecordKind::Recording, Recording, RecordingDoc),
        transcripts: docs!(RecordKind::Transcript, Transcript, TranscriptDoc),
        contacts: docs!(RecordKind::Contact, Contact, ContactDoc),
    }
}

/// Delivers payloads one after another and waits until the cursors have passed them.
async fn deliver(t: &TestDb, app: &TestApp, token: &str, payloads: &[serde_json::Value]) -> Vec<Received> {
    let mut received = Vec::new();
    for payload in payloads {
        let route = HookRoute::Token(token.to_owned());
        received.push(intake::receive(&app.app, route, signed(payload), None).await.unwrap());
    }
    settled(t).await;
    received
}

async fn start(app: &mut TestApp) -> Runtime {
    Runtime::start(&app.app, Role::All, app.committer.take().unwrap(), None).await.unwrap()
}

async fn all_changes(t: &TestDb, scope: TenantScope) -> Vec<Change> {
    let mut reader = t.db.read(scope).await.unwrap();
    changes::list_after(&mut reader.conn(), scope, 0, 10_000).await.unwrap()
}

both_engines! {
    /// The payloads of the provider's documentation give the records that they describe.
    async fn the_fixtures_become_records(t: &TestDb) {
        let mut app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        app.connect(t, scope, "token").await;
        let runtime = start(&mut app).await;
        let payloads: Vec<_> = ALL.iter().map(|name| fixture(name)).collect();
        deliver(t, &app, "token", &payloads).await;
        let records = records(t, scope).await;
        runtime.stop().await;

        let call = |id: &str| records.calls.iter().find(|call| call.external_id == id).unwrap().clone();
        let answered = call("6421977457180672");
        assert_eq!((answered.status, answered.outcome), (CallStatus::Ended, Some(CallOutcome::Answered)));
        assert_eq!(answered.duration_seconds, Some(120));
        assert_eq!(answered.from_number.as_deref(), Some("+14155550123"));
        assert_eq!(answered.to_number.as_deref(), Some("+14155550100"));
        assert_eq!(answered.agent_id.as_deref(), Some("5171365938069504"));
        assert!(answered.recording_url.is_some());
        assert_eq!(call("6421977457180673").status, CallStatus::Missed);
        let voicemail_call = call("6421977457180674");
        assert_eq!((voicemail_call.status, voicemail_call.is_voicemail), (CallStatus::Voicemail, true));
        assert_eq!(call("6421977457180682").status, CallStatus::Ringing);

        assert_eq!(records.voicemails.len(), 1);
        let (voicemail, _) = &records.voicemails[0];
        assert_eq!(voicemail.call_id, voicemail_call.id);
        assert_eq!(voicemail.duration_ms, Some(18_240));
        assert_eq!(voicemail.transcript.as_deref(), Some("Hi, this is Jordan, please call me back about the order."));
        assert_eq!(voicemail.contact_id, voicemail_call.contact_id);

        assert_eq!(records.messages.len(), 2);
        let outbound = records.messages.iter().find(|(m, _)| m.external_id == "6095823680520193").unwrap();
        assert_eq!(outbound.0.status, MessageStatus::Failed);
        assert_eq!(records.contacts.iter().filter(|(c, _)| c.phone.as_deref() == Some("+14155550123")).count(), 1);
        assert!(!records.transcripts[0].0.is_complete);
    }

    /// Any order and any repetition of the deliveries end in the same records, with the changes numbered without gaps.
    async fn order_and_repetition_do_not_matter(t: &TestDb) {
        let mut app = TestApp::new(t);
        let reference = t.tenant("Reference").await;
        app.connect(t, reference, "reference").await;
        let runtime = start(&mut app).await;
        let mut payloads: Vec<_> = ALL.iter().map(|name| fixture(name)).collect();
        deliver(t, &app, "reference", &payloads).await;
        let expected = normalized(&records(t, reference).await);

        for round in 0..4 {
            let token = format!("round-{round}");
            let scope = t.tenant(&token).await;
            app.connect(t, scope, &token).await;
            shuffle(t, &mut payloads);
            let mut twice = payloads.clone();
            twice.extend(payloads.iter().take(6).cloned());
            let received = deliver(t, &app, &token, &twice).await;
            assert_eq!(received.iter().map(|r| r.stored).sum::<usize>(), ALL.len());
            assert_eq!(received.iter().map(|r| r.duplicates).sum::<usize>(), 6);
            assert_eq!(normalized(&records(t, scope).await), expected);
            let seqs: Vec<i64> = all_changes(t, scope).await.iter().map(|change| change.seq).collect();
            assert_eq!(seqs, (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>());
        }
        runtime.stop().await;
    }

    /// Legs that turn out to belong together become one call; the call that was is an alias of it.
    async fn legs_join_by_the_union_of_their_ids(t: &TestDb) {
        let mut app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        app.connect(t, scope, "token").await;
        let runtime = start(&mut app).await;
        let leg = |id: i64, master: Option<i64>, entry: Option<i64>, state: &str| {
            let mut payload = fixture("call-01-ringing");
            payload["call_id"] = id.into();
            payload["master_call_id"] = master.into();
            payload["entry_point_call_id"] = entry.into();
            payload["state"] = state.into();
            payload
        };
        // 30 and 20 are strangers until 40 names both.
        deliver(t, &app, "token", &[leg(30, None, None, "ringing"), leg(20, None, None, "ringing")]).await;
        let before = records(t, scope).await;
        assert_eq!(before.calls.len(), 2);
        deliver(t, &app, "token", &[leg(40, Some(30), Some(20), "hangup")]).await;
        let after = records(t, scope).await;
        assert_eq!(after.calls.len(), 1);
        assert_eq!((after.calls[0].external_id.as_str(), after.calls[0].leg_count), ("20", 3));

        let changes = all_changes(t, scope).await;
        let merged = changes.iter().find(|change| change.verb == Verb::Merged).unwrap();
        let mut reader = t.db.read(scope).await.unwrap();
        let alias = switchboard_domain::ids::CallId::from_uuid(merged.record_id);
        let found = switchboard_store::calls::lookup(&mut reader.conn(), scope, alias).await.unwrap().unwrap();
        assert_eq!(found.record.id, after.calls[0].id);
        drop(reader);

        // Where 40 came first, 30 and 20 never were calls of their own; they lead to the call all the same.
        assert_eq!(aliases(t).await, 2);
        let late = t.tenant("Late").await;
        app.connect(t, late, "late").await;
        deliver(t, &app, "late", &[leg(40, Some(30), Some(20), "hangup")]).await;
        deliver(t, &app, "late", &[leg(30, None, None, "ringing"), leg(20, None, None, "ringing")]).await;
        assert_eq!(records(t, late).await.calls.len(), 1);
        assert_eq!(aliases(t).await, 4);
        runtime.stop().await;
    }

    /// A call that rang, was answered and ended within one batch was still seen ringing.
    async fn each_event_has_its_own_change(t: &TestDb) {
        let mut app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        app.connect(t, scope, "token").await;
        let committer = app.committer.take().unwrap();
        let stop = tokio_util::sync::CancellationToken::new();
        let commit = tokio::spawn(committer.run(t.db.clone(), app.app.wake.clone(), stop.clone()));
        for name in ["call-01-ringing", "call-02-connected", "call-03-hangup"] {
            let route = HookRoute::Token("token".into());
            intake::receive(&app.app, route, signed(&fixture(name)), None).await.unwrap();
        }
        let tracker = tokio_util::task::TaskTracker::new();
        switchboard_app::pipeline::spawn(&app.app, &tracker, &stop);
        settled(t).await;
        stop.cancel();
        tracker.close();
        tracker.wait().await;
        commit.await.unwrap();
        let states: Vec<_> = all_changes(t, scope)
            .await
            .into_iter()
            .filter(|change| change.kind == RecordKind::Call)
            .map(|change| change.to_state.unwrap())
            .collect();
        assert_eq!(states, ["ringing", "active", "ended"]);
    }

    /// Nothing is believed without the right signature, and nothing is stored of it.
    async fn wrong_signatures_are_refused_and_unknown_urls_unknown(t: &TestDb) {
        let mut app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        app.connect(t, scope, "token").await;
        let runtime = start(&mut app).await;
        let payload = fixture("call-01-ringing");
        let forged = intake::receive(&app.app, HookRoute::Token("token".into()), signed_with(&payload, "other"), None).await;
        assert!(matches!(forged, Err(Refused::Rejected(_))));
        let unknown = intake::receive(&app.app, HookRoute::Token("nobody".into()), signed(&payload), None).await;
        assert!(matches!(unknown, Err(Refused::UnknownConnection)));
        settled(t).await;
        assert!(all_changes(t, scope).await.is_empty());
        let reasons = t.query_texts("SELECT reason FROM rejected_deliveries").await;
        assert_eq!(reasons.len(), 1);
        runtime.stop().await;
    }

    /// A signed body that cannot be understood is stored, answered, and ends as a dead event that says why.
    async fn a_signed_body_that_is_not_understood_is_a_dead_event(t: &TestDb) {
        let mut app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        app.connect(t, scope, "token").await;
        let runtime = start(&mut app).await;
        let odd = serde_json::json!({ "something": ["else"] });
        let received = deliver(t, &app, "token", &[odd, fixture("call-01-ringing")]).await;
        assert!(received.iter().all(|received| received.stored == 1));
        let dead = t.query_texts("SELECT last_error FROM work WHERE state = 'dead' AND kind = 'event'").await;
        assert_eq!(dead.len(), 1);
        assert!(!dead[0].is_empty());
        assert_eq!(records(t, scope).await.calls.len(), 1);
        runtime.stop().await;
    }

    /// While the log cannot be written, deliveries are refused as unavailable and health can tell; then both recover.
    async fn a_log_that_cannot_be_written_is_told(t: &TestDb) {
        let mut app = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        app.connect(t, scope, "token").await;
        let committer = app.committer.take().unwrap();
        let stop = tokio_util::sync::CancellationToken::new();
        let commit = tokio::spawn(committer.run(t.db.clone(), app.app.wake.clone(), stop.clone()));
        let send = || {
            let route = HookRoute::Token("token".into());
            intake::receive(&app.app, route, signed(&fixture("call-01-ringing")), None)
        };

        t.execute("ALTER TABLE webhook_events RENAME TO webhook_events_away").await;
        assert!(matches!(send().await, Err(Refused::Unavailable)));
        assert!(app.app.intake.is_failing());

        t.execute("ALTER TABLE webhook_events_away RENAME TO webhook_events").await;
        let received = send().await.unwrap();
        assert_eq!((received.stored, received.duplicates), (1, 0), "the refused one had left nothing behind");
        assert!(!app.app.intake.is_failing());
        stop.cancel();
        commit.await.unwrap();
    }

    /// Two tenants' events in one batch stay apart, even with the same provider ids.
    async fn tenants_do_not_mix(t: &TestDb) {
        let mut app = TestApp::new(t);
        let (one, two) = (t.tenant("One").await, t.tenant("Two").await);
        app.connect(t, one, "one").await;
        app.connect(t, two, "two").await;
        let runtime = start(&mut app).await;
        let app = Arc::new(app);
        let send = |token: &'static str, name: &'static str| {
            let app = Arc::clone(&app);
            async move {
                intake::receive(&app.app, HookRoute::Token(token.into()), signed(&fixture(name)), None).await.unwrap();
            }
        };
        tokio::join!(
            send("one", "call-01-ringing"),
            send("two", "call-03-hangup"),
            send("one", "sms-01-inbound"),
            send("two", "call-08-recording"),
        );
        settled(t).await;
        let (one, two) = (records(t, one).await, records(t, two).await);
        assert_eq!(one.calls[0].status, CallStatus::Ringing);
        assert_eq!(two.calls[0].status, CallStatus::Ended);
        assert_ne!(one.calls[0].id, two.calls[0].id);
        assert!(two.messages.is_empty());
        runtime.stop().await;
    }
}

/// Ids by which calls are found besides their own.
async fn aliases(t: &TestDb) -> usize {
    t.query_texts("SELECT CAST(count(*) AS TEXT) FROM call_aliases").await[0].parse().unwrap()
}

/// Records without what names their tenant and connection, so that those of two tenants can be compared.
fn normalized(records: &Records) -> String {
    let text = format!("{records:#?}");
    // Ids differ by tenant and connection; everything else must be equal.
    let is_id = |word: &str| {
        let word = word.trim_end_matches([',', ')']);
        let bare = word.rsplit(['_', '(']).next().unwrap_or(word);
        uuid::Uuid::try_parse(bare).is_ok()
    };
    let ours = |line: &str| line.split_whitespace().any(is_id);
    let mut lines: Vec<&str> = text.lines().filter(|line| !ours(line)).collect();
    lines.sort_unstable();
    lines.join("\n")
}

fn shuffle(t: &TestDb, payloads: &mut [serde_json::Value]) {
    for i in (1..payloads.len()).rev() {
        let j = usize::try_from(t.random.next_u64() % (i as u64 + 1)).unwrap();
        payloads.swap(i, j);
    }
}

//! Single records: a call with all that hangs on it, audio behind a link, events and jobs.

use std::time::Duration;

use axum::{body::Body, http::Request};
use bytes::Bytes;
use serde_json::json;
use switchboard_domain::{
    call::Phase,
    event::Source,
    fact::{LegFact, MomentFact},
    ids::{EventId, JobId},
    leg::LegDoc,
    merge::Stamp,
    recording::{MediaStatus, StoredMedia},
    transcript::{LineKind, TranscriptLine},
};
use switchboard_store::{
    Appender,
    events::NewEvent,
    media::MediaKey,
    work::{self, NewWork},
};
use switchboard_testkit::{TestDb, both_engines};
use tokio::io::AsyncWriteExt;

use crate::site::Site;

/// A leg on which these moments happened, seconds from now.
fn leg_doc(t: &TestDb, moments: &[(u64, Phase)]) -> LegDoc {
    let mut doc = LegDoc::default();
    for (second, phase) in moments {
        let moment = MomentFact { phase: *phase, name: phase.to_string() };
        let fact = LegFact { moment: Some(moment), started_at: Some(t.now()), ..LegFact::default() };
        doc.apply(Stamp::provider(t.now() + Duration::from_secs(*second)), &fact, None);
    }
    doc
}

/// Stores an event of the site's tenant.
pub async fn event(site: &Site<'_>, external_id: &str) -> EventId {
    let t = site.t;
    let id: EventId = t.id();
    let new = NewEvent {
        id,
        tenant_id: site.scope.tenant(),
        connection_id: site.connection,
        provider: "dialpad",
        delivery_id: t.id(),
        item_index: 0,
        event_type: "call.ringing".into(),
        lane: external_id.into(),
        dedup_key: t.random.array(),
        external_id: Some(external_id.into()),
        source: Source::Push,
        occurred_at: Some(t.now()),
        received_at: t.now(),
        normalize_version: 1,
        headers: "{}".into(),
        body: Bytes::from_static(br#"{"call_id":7}"#),
        context: None,
    };
    assert_eq!(Appender::new(&t.db).append(&[new]).await.unwrap(), [true]);
    id
}

/// Stores work of the site's tenant: dead with a reason, or ready.
pub async fn work(site: &Site<'_>, event_id: Option<EventId>, dead_because: Option<&str>) -> JobId {
    let t = site.t;
    let id: JobId = t.id();
    let row = NewWork {
        id,
        tenant_id: site.scope.tenant(),
        kind: "event".into(),
        lane: id.to_string(),
        payload: json!({}),
        event_id,
        dead_because: dead_because.map(str::to_owned),
        is_bulk: false,
        run_at: t.now(),
        attempts: 6,
        max_attempts: 6,
        unique_key: None,
    };
    let mut tx = t.db.begin(site.scope).await.unwrap();
    work::insert(&mut tx.conn(), &[row], t.now()).await.unwrap();
    tx.commit(t.now()).await.unwrap();
    id
}

both_engines! {
    async fn a_call_comes_with_all_that_hangs_on_it(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        t.save(site.scope, &[build.call(1, t.now())]).await;
        let legs = [
            build.leg(1, 1, leg_doc(t, &[(0, Phase::Ringing), (5, Phase::Active), (35, Phase::Over)])),
            build.leg(2, 1, leg_doc(t, &[(1, Phase::Ringing), (5, Phase::Missed)])),
        ];
        t.save_legs(site.scope, &legs).await;
        t.save(site.scope, &[build.recording(1, t.now())]).await;
        t.save(site.scope, &[build.voicemail(1, t.now())]).await;
        let mut transcript = build.transcript(1, t.now());
        transcript.record.is_complete = true;
        let line = TranscriptLine { kind: LineKind::Speech, speaker: None, is_agent: None, content: "hello".into(), at: None, until: None };
        transcript.record.lines = vec![line];
        t.save(site.scope, &[transcript]).await;

        let answer = site.get(&format!("/api/v1/calls/{}", build.call_id(1))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let call = answer.json();
        let phases: Vec<_> = call["timeline"].as_array().unwrap().iter().map(|moment| moment["phase"].as_str().unwrap().to_owned()).collect();
        assert_eq!(phases, ["ringing", "ringing", "active", "missed", "over"]);
        assert_eq!(call["legs"].as_array().unwrap().len(), 2);
        assert_eq!(call["recordings"][0]["status"], "remote");
        assert_eq!(call["voicemail"]["transcript"], "please call me back");
        assert_eq!(call["transcript"]["lines"][0]["content"], "hello");
        assert!(call["id"].as_str().unwrap().starts_with("call_"));
        // The guides show bare ids; both open the same record.
        let bare = site.get(&format!("/api/v1/calls/{}", build.call_id(1).uuid())).await;
        assert_eq!(bare.body, answer.body);
    }

    async fn saved_audio_plays_behind_a_link_and_nowhere_else(t: &TestDb) {
        let site = Site::new(t).await;
        let build = site.build();
        let remote = build.recording(1, t.now());
        let path = format!("/api/v1/recordings/{}/audio", remote.record.id);
        t.save(site.scope, &[remote]).await;
        assert_eq!(site.get(&path).await.code(), "not_found");

        let mut saved = build.recording(1, t.now());
        let key = MediaKey::recording(site.scope.tenant(), saved.record.id);
        let mut writer = site.app.media.write(&key, 64);
        writer.write_all(b"0123456789").await.unwrap();
        writer.finish().await.unwrap();
        saved.record.status = MediaStatus::Saved;
        saved.record.media = Some(StoredMedia::Saved {
            key: key.as_str().to_owned(), content_type: "audio/mpeg".into(), bytes: 10, sha256: String::new(),
        });
        t.save(site.scope, &[saved]).await;
        let answer = site.get(&path).await;
        assert_eq!(answer.status, 302);
        // Without a host, so that it leads to wherever the asker reached us.
        let link = answer.header("location").to_owned();
        assert!(link.starts_with("/media/"), "{link}");

        let audio = site.anonymous("GET", &link).await;
        assert_eq!((audio.status.as_u16(), audio.body.as_ref()), (200, b"0123456789".as_slice()));
        assert_eq!(audio.header("content-type"), "audio/mpeg");
        let part = Request::get(&link).header("range", "bytes=2-4").body(Body::empty()).unwrap();
        let part = site.send(part).await;
        assert_eq!((part.status.as_u16(), part.body.as_ref()), (206, b"234".as_slice()));
        assert_eq!(part.header("content-range"), "bytes 2-4/10");
        let beyond = Request::get(&link).header("range", "bytes=20-").body(Body::empty()).unwrap();
        let beyond = site.send(beyond).await;
        assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, "bytes */10"));
        let forged = site.anonymous("GET", &link.replace("mpeg", "wav")).await;
        assert_eq!((forged.status.as_u16(), forged.code().as_str()), (403, "forbidden"));
        t.clock.advance(Duration::from_hours(1));
        assert_eq!(site.anonymous("GET", &link).await.status, 403);
    }

    async fn an_event_says_what_became_of_it(t: &TestDb) {
        let site = Site::new(t).await;
        let pending = event(&site, "7").await;
        let dead = event(&site, "8").await;
        let retrying = event(&site, "9").await;
        let job = work(&site, Some(dead), Some("the body says nothing")).await;
        work(&site, Some(retrying), None).await;
        let status = async |id: EventId| site.get(&format!("/api/v1/events/{id}")).await.json();
        assert_eq!(status(pending).await["status"], "pending");
        assert_eq!(status(pending).await["payload"]["call_id"], 7);
        assert_eq!(status(retrying).await["status"], "retrying");
        let body = status(dead).await;
        assert_eq!((body["status"].as_str(), body["job_id"].as_str()), (Some("dead"), Some(job.to_string().as_str())));
        assert_eq!(body["last_error"], "the body says nothing");

        let listed = site.get("/api/v1/events?status=dead").await.json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(listed["data"][0]["id"], dead.to_string());
        assert_eq!(site.get("/api/v1/events?external_id=7").await.json()["data"][0]["id"], pending.to_string());

        let replayed = site.post(&format!("/api/v1/events/{dead}/replay"), &json!({})).await;
        assert_eq!((replayed.status.as_u16(), replayed.json()["status"].as_str()), (202, Some("retrying")), "{replayed:?}");
    }

    async fn only_dead_jobs_are_requeued(t: &TestDb) {
        let site = Site::new(t).await;
        let (dead, ready) = (work(&site, None, Some("refused")).await, work(&site, None, None).await);
        let requeue = async |id: JobId| site.post(&format!("/api/v1/jobs/{id}/requeue"), &json!({})).await;
        let answer = requeue(dead).await;
        assert_eq!((answer.status.as_u16(), answer.json()["state"].as_str()), (202, Some("ready")), "{answer:?}");
        assert_eq!(requeue(ready).await.code(), "conflict");
        assert_eq!(site.get("/api/v1/jobs?state=dead").await.json()["data"], json!([]));
        assert_eq!(site.get("/api/v1/jobs?state=ready,running").await.json()["data"].as_array().unwrap().len(), 2);
    }
}

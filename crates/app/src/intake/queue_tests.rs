use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{self, ConnectionId, TenantId},
};
use uuid::Uuid;

use super::*;

/// Keeps the lanes that it was given; panics over one of them.
struct Fake(Arc<Mutex<Vec<String>>>);

const BROKEN: &str = "broken";

impl Append for Fake {
    async fn append(&mut self, batch: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
        assert!(batch.iter().all(|event| event.lane != BROKEN), "as a fault of ours would");
        self.0.lock().unwrap().extend(batch.iter().map(|event| event.lane.clone()));
        Ok(vec![true; batch.len()])
    }

    async fn close(self) {}
}

fn event(lane: &str) -> NewEvent {
    NewEvent {
        id: ids::born(Timestamp::EPOCH, [0; 10]),
        tenant_id: TenantId::from_uuid(Uuid::nil()),
        connection_id: ConnectionId::from_uuid(Uuid::nil()),
        provider: "dialpad",
        delivery_id: ids::born(Timestamp::EPOCH, [1; 10]),
        item_index: 0,
        event_type: "call.ringing".to_owned(),
        lane: lane.to_owned(),
        dedup_key: [0; 16],
        external_id: None,
        source: Source::Push,
        occurred_at: None,
        received_at: Timestamp::EPOCH,
        normalize_version: 1,
        headers: "{}".into(),
        body: Bytes::new(),
        context: None,
    }
}

#[tokio::test]
async fn a_panic_refuses_its_batch_is_seen_and_does_not_end_intake() {
    let (intake, committer) = Intake::new(IntakeSettings { batch_rows: 1, ..IntakeSettings::default() });
    let (stored, made) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let (stop, wake) = (CancellationToken::new(), Wake::new(1, None));
    let (kept, count) = (Arc::clone(&stored), Arc::clone(&made));
    let fake = move || {
        count.fetch_add(1, Ordering::SeqCst);
        Fake(Arc::clone(&kept))
    };
    let running = tokio::spawn(committer.run_into(Engine::Sqlite, fake, wake, stop.clone()));

    assert_eq!(intake.append(vec![event("one")]).await.unwrap().stored, 1);
    assert!(!intake.is_failing());
    // All at once, so that others wait behind the one that panics.
    let (broken, two, three) = tokio::join!(
        intake.append(vec![event(BROKEN)]),
        intake.append(vec![event("two")]),
        intake.append_waiting(vec![event("three")])
    );
    assert!(matches!(broken, Err(Refused::Overloaded)), "503, and the provider comes again: {broken:?}");
    assert_eq!((two.unwrap().stored, three.unwrap().stored), (1, 1));
    assert!(!intake.is_failing(), "what came after it was stored");
    // Alone, nothing comes after it: health tells.
    assert!(intake.append(vec![event("four"), event(BROKEN)]).await.is_err());
    assert!(intake.is_failing());
    assert_eq!(*stored.lock().unwrap(), ["one", "two", "three"], "nothing of a refused batch counts");
    assert_eq!(intake.append(vec![event("five")]).await.unwrap().stored, 1);
    assert_eq!(made.load(Ordering::SeqCst), 3, "each panic is followed by a new connection");
    assert!(!intake.is_failing());
    assert_eq!(intake.waiting(), 0);
    stop.cancel();
    running.await.unwrap();
}

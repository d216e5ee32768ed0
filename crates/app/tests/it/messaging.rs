//! Texts that somebody has sent: handed over at most once, whatever the provider does.

use std::{sync::atomic::Ordering, time::Duration};

use switchboard_app::messaging::{self, MessagingError, NewText};
use switchboard_domain::{job::JobState, outgoing::OutgoingStatus};
use switchboard_store::{
    messages::KeptMessage,
    outgoing::Outgoing,
    record,
    work::{self, JobFilter},
};
use switchboard_testkit::{TestDb, both_engines};

use crate::{calls::by, jobs::Setting, support::fixture};

const FROM: &str = "+14155550100";
const TO: &str = "+14155550123";

async fn ask(t: &TestDb, s: &Setting) -> Outgoing {
    let new = NewText { connection: None, from_number: Some(FROM), to_number: "(415) 555-0123", text: " on my way " };
    messaging::send(&s.app, s.scope, &by(t, "Ana"), new).await.unwrap()
}

async fn now(s: &Setting, text: &Outgoing) -> Outgoing {
    messaging::find(&s.app, s.scope, text.id).await.unwrap().unwrap()
}

both_engines! {
    async fn a_text_goes_out_once_and_becomes_a_message(t: &TestDb) {
        let s = Setting::new(t).await;
        let text = ask(t, &s).await;
        assert_eq!((text.status, text.to_number.as_str()), (OutgoingStatus::Queued, TO));
        s.run_due(t).await;
        let text = now(&s, &text).await;
        assert_eq!((text.status, text.text), (OutgoingStatus::Sent, None));
        let sent = s.fake.texts.lock().unwrap().clone();
        assert_eq!(sent, [serde_json::json!({ "to_numbers": [TO], "text": "on my way", "from_number": FROM })]);
        let mut reader = t.db.read(s.scope).await.unwrap();
        let message: KeptMessage =
            record::lookup(&mut reader.conn(), s.scope, text.message_id.unwrap().uuid()).await.unwrap().unwrap();
        drop(reader);
        assert_eq!(message.record.text.as_deref(), Some("on my way"));
        assert!(message.record.contact_id.is_some());

        // The next one needs no way to be told: that of the last one is taken.
        let new = NewText { connection: None, from_number: None, to_number: TO, text: "there" };
        let next = messaging::send(&s.app, s.scope, &by(t, "Ana"), new).await.unwrap();
        assert_eq!((next.from_number.as_str(), next.contact_id), (FROM, message.record.contact_id));
        s.end().await;
    }

    async fn what_may_have_gone_out_is_named_and_not_sent_again(t: &TestDb) {
        let s = Setting::new(t).await;
        let text = ask(t, &s).await;
        s.fake.trouble.store(500, Ordering::SeqCst);
        s.run_due(t).await;
        let text = now(&s, &text).await;
        assert_eq!((text.status, text.text.as_deref()), (OutgoingStatus::Unknown, Some("on my way")));
        s.fake.trouble.store(0, Ordering::SeqCst);
        t.clock.advance(Duration::from_mins(10));
        s.run_due(t).await;
        assert_eq!(s.fake.texts.lock().unwrap().len(), 1);

        // A person decides: the dead job is requeued.
        let mut tx = t.db.begin(s.scope).await.unwrap();
        let filter = JobFilter { states: vec![JobState::Dead], ..JobFilter::default() };
        let dead = work::list(&mut tx.conn(), s.scope, &filter, 5).await.unwrap();
        assert!(work::requeue(&mut tx.conn(), s.scope, dead[0].id, t.now()).await.unwrap());
        tx.commit(t.now()).await.unwrap();
        s.run_due(t).await;
        assert_eq!(now(&s, &text).await.status, OutgoingStatus::Sent);
        assert_eq!(s.fake.texts.lock().unwrap().len(), 2);
        s.end().await;
    }

    async fn a_refusal_is_final_and_too_fast_is_not(t: &TestDb) {
        let s = Setting::new(t).await;
        let refused = ask(t, &s).await;
        s.fake.trouble.store(400, Ordering::SeqCst);
        s.run_due(t).await;
        assert_eq!(now(&s, &refused).await.status, OutgoingStatus::Failed);
        s.fake.trouble.store(429, Ordering::SeqCst);
        let waits = ask(t, &s).await;
        s.run_due(t).await;
        let seen = now(&s, &waits).await;
        assert_eq!(seen.status, OutgoingStatus::Queued);
        assert!(seen.problem.unwrap().contains("429"));
        // Nobody wants it an hour late.
        s.fake.trouble.store(0, Ordering::SeqCst);
        let asked = s.fake.texts.lock().unwrap().len();
        t.clock.advance(Duration::from_mins(61));
        s.run_due(t).await;
        assert_eq!(now(&s, &waits).await.status, OutgoingStatus::Failed);
        assert_eq!(s.fake.texts.lock().unwrap().len(), asked);
        s.end().await;
    }

    async fn a_call_is_followed_up_from_the_number_it_came_to(t: &TestDb) {
        let s = Setting::new(t).await;
        for name in ["call-01-ringing", "call-02-connected", "call-03-hangup"] {
            s.push(t, &fixture(name)).await;
        }
        let page = switchboard_store::calls::list(
            &mut t.db.read(s.scope).await.unwrap().conn(), s.scope, &switchboard_store::calls::CallFilter::default(),
            switchboard_store::page::Window::After { cursor: None, limit: 5 },
        ).await.unwrap();
        let call = &page.items[0].record;
        let text = messaging::follow_up(&s.app, s.scope, &by(t, "Ana"), call.id, "thanks", None).await.unwrap();
        assert_eq!((Some(&text.to_number), Some(&text.from_number)), (call.from_number.as_ref(), call.to_number.as_ref()));
        assert_eq!((text.call_id, text.contact_id), (Some(call.id), call.contact_id));

        let nobody = NewText { connection: None, from_number: None, to_number: "+14155550777", text: "hi" };
        let refused = messaging::send(&s.app, s.scope, &by(t, "Ana"), nobody).await;
        assert!(matches!(&refused, Err(MessagingError::Fields(faults)) if faults[0].field == "from_number"), "{refused:?}");
        let nowhere = NewText { to_number: "12", ..nobody };
        let refused = messaging::send(&s.app, s.scope, &by(t, "Ana"), nowhere).await;
        assert!(matches!(&refused, Err(MessagingError::Fields(faults)) if faults[0].field == "to_number"), "{refused:?}");
        s.end().await;
    }
}

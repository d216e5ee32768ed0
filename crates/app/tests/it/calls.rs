//! What people do with calls: it hangs on legs, joins with them, and comes back from the log.

use std::time::Duration;

use switchboard_app::{
    audit::{self, AuditFilter, Chain, Origin},
    calls::{self, CallsError},
    merge,
    rebuild::{self, Mode},
    voicemails,
};
use switchboard_domain::{
    actor::Actor,
    change::RecordKind,
    fact::{Fact, FactBody, LegFact},
    ids::CallId,
    merge::Authority,
};
use switchboard_store::{
    calls::{self as store_calls, CallFilter},
    changes,
    page::Window,
    voicemails::KeptVoicemail,
};
use switchboard_testkit::{TestDb, both_engines};

use crate::{jobs::Setting, support::fixture};

/// Somebody who acts, by name.
pub fn by(t: &TestDb, name: &str) -> Origin {
    let actor = Actor::App { app: t.id(), key: t.id(), scopes: None };
    Origin { actor, name: name.to_owned(), address: None, request_id: None }
}

/// The only call of this log, or the newest.
async fn newest_call(t: &TestDb, s: &Setting) -> CallId {
    let mut reader = t.db.read(s.scope).await.unwrap();
    let window = Window::After { cursor: None, limit: 1 };
    store_calls::list(&mut reader.conn(), s.scope, &CallFilter::default(), window).await.unwrap().items[0].record.id
}

async fn actions(s: &Setting) -> Vec<String> {
    let found = audit::list(&s.app, Chain::Tenant(s.scope), &AuditFilter::default(), None, 50).await.unwrap();
    found.into_iter().rev().map(|entry| entry.action).collect()
}

both_engines! {
    async fn what_people_did_comes_back_from_the_log_and_survives_a_join(t: &TestDb) {
        let s = Setting::new(t).await;
        // One call of two legs, of which the operator's leg comes first and alone.
        let operator = fixture("call-13-queue-operator-leg");
        s.push(t, &operator).await;
        let first = newest_call(t, &s).await;
        let (ana, ben) = (by(t, "Ana"), by(t, "Ben"));
        let (note, _) = calls::add_note(&s.app, s.scope, &ana, first, " she wants a quote ").await.unwrap();
        t.clock.advance(Duration::from_secs(1));
        let tags = ["vip".to_owned(), "quote".to_owned()];
        calls::set_tags(&s.app, s.scope, &ben, first, &tags).await.unwrap();
        t.clock.advance(Duration::from_secs(1));
        let work = calls::set_tags(&s.app, s.scope, &ben, first, &tags[..1]).await.unwrap();
        assert_eq!(work.tags(), ["vip"]);
        calls::set_resolved(&s.app, s.scope, &ben, first, true).await.unwrap();
        t.clock.advance(Duration::from_secs(1));
        // Again is no deed.
        calls::set_resolved(&s.app, s.scope, &ana, first, true).await.unwrap();
        s.push(t, &fixture("call-12-queue-entry-leg")).await;

        let mut reader = t.db.read(s.scope).await.unwrap();
        let call = store_calls::lookup(&mut reader.conn(), s.scope, first).await.unwrap().unwrap().record;
        drop(reader);
        assert_eq!((call.tags.as_slice(), call.is_resolved, call.note_count), (&tags[..1], true, 1));
        let work = calls::edit_note(&s.app, s.scope, &ana, call.id, note, "she wants two").await.unwrap();
        assert_eq!(work.notes()[0].text, "she wants two");
        assert_eq!(work.notes()[0].author.name, "Ana");
        assert_eq!(work.resolved().unwrap().1.name, "Ben");
        let refused = calls::edit_note(&s.app, s.scope, &ben, call.id, note, "no").await;
        assert!(matches!(refused, Err(CallsError::SomebodyElses)), "{refused:?}");
        let refused = calls::add_note(&s.app, s.scope, &ana, call.id, "  ").await;
        assert!(matches!(refused, Err(CallsError::Fields(_))), "{refused:?}");

        // A deed whose call is gone from log and records makes no new one.
        let body = LegFact { external_id: "gone".into(), work: Some(Box::default()), ..LegFact::default() };
        let fact = Fact { at: t.now(), authority: Authority::Person, body: FactBody::Leg(Box::new(body)) };
        merge::apply_own(&s.app, s.scope, s.connection, vec![fact], "call.resolved", "call:gone").await.unwrap();
        assert_eq!(t.query_texts("SELECT 'a call' FROM calls").await, ["a call"]);

        let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(report.differences, []);
        let fields: Vec<Vec<String>> = changes::list_after(&mut t.db.read(s.scope).await.unwrap().conn(), s.scope, 0, 100)
            .await.unwrap().into_iter().filter(|change| change.kind == RecordKind::Call).map(|change| change.fields).collect();
        assert!(fields.contains(&vec!["note_count".to_owned(), "noted_at".to_owned()]), "{fields:?}");
        assert!(fields.contains(&vec!["is_resolved".to_owned()]), "{fields:?}");
        let entries = actions(&s).await;
        assert_eq!(entries, ["call.note_added", "call.tagged", "call.tagged", "call.resolved", "call.note_edited"]);
        s.end().await;
    }

    async fn a_deed_is_no_difference_to_the_log_before_the_pipeline_meets_it(t: &TestDb) {
        let s = Setting::new(t).await;
        s.push(t, &fixture("call-03-hangup")).await;
        s.stop_reading().await;
        let call = newest_call(t, &s).await;
        calls::set_tags(&s.app, s.scope, &by(t, "Ana"), call, &["vip".to_owned()]).await.unwrap();
        let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(report.differences, []);
        assert_eq!(report.events, 2);
        s.end().await;
    }

    async fn a_voicemail_is_heard_until_somebody_says_otherwise(t: &TestDb) {
        let s = Setting::new(t).await;
        for name in ["call-05-voicemail", "call-06-voicemail_uploaded"] {
            s.push(t, &fixture(name)).await;
        }
        let page = switchboard_store::voicemails::list(
            &mut t.db.read(s.scope).await.unwrap().conn(), s.scope, &switchboard_store::voicemails::VoicemailFilter::default(),
            Window::After { cursor: None, limit: 5 },
        ).await.unwrap();
        let voicemail: &KeptVoicemail = &page.items[0];
        t.clock.advance(Duration::from_secs(1));
        let ana = by(t, "Ana");
        let id = voicemail.record.id;
        let heard = voicemails::set_heard(&s.app, s.scope, &ana, id, true).await.unwrap().unwrap();
        assert!(heard.record.is_heard);
        // What the provider says later does not make it new.
        s.push(t, &fixture("call-07-transcription-voicemail")).await;
        t.clock.advance(Duration::from_secs(1));
        let same = voicemails::set_heard(&s.app, s.scope, &ana, id, true).await.unwrap().unwrap();
        assert!(same.record.is_heard && same.record.transcript.is_some());
        let new = voicemails::set_heard(&s.app, s.scope, &ana, id, false).await.unwrap().unwrap();
        assert!(!new.record.is_heard);
        assert_eq!(actions(&s).await, ["voicemail.heard", "voicemail.unheard"]);
        let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(report.differences, []);
        s.end().await;
    }
}

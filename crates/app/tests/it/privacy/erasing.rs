//! What is erased is nowhere any more and stays away.

use std::time::Duration;

use serde_json::json;
use switchboard_app::{
    idempotency::{self, Begun},
    intake::{self, HookRoute},
    privacy::contacts::{self, ContactsError},
    rebuild::{self, Mode},
    replay::{self, Replay},
};
use switchboard_domain::actor::Actor;
use switchboard_testkit::{Engine, TestDb, both_engines};

use super::{
    Dump, JORDAN, LOADED, NUMBER, OTHERS_NUMBER, at_fake, by, contact, count, erase, files, is_there, load,
    nothing_of_jordan, told_of_deletion,
};
use crate::{
    jobs::Setting,
    support::{fixture, signed},
};

both_engines! {
    async fn an_erased_contact_is_in_no_column_and_nothing_brings_it_back(t: &TestDb) {
        let s = load(t).await;
        assert_eq!(count(t, "recordings").await, 3);
        assert_eq!(files(&s).await, 3, "each recording was fetched");
        let dump = Dump::of(t).await;
        for text in JORDAN {
            assert!(!dump.places(text).is_empty(), "{text} is not loaded");
        }
        remember_an_answer(&s).await;
        erase(t, &s).await;
        erased_answer_later(&s, 410).await;

        assert!(!is_there(t, s.scope, NUMBER).await && is_there(t, s.scope, OTHERS_NUMBER).await);
        assert_eq!((count(t, "calls").await, count(t, "messages").await, count(t, "voicemails").await), (1, 1, 0));
        assert_eq!(files(&s).await, 1, "the other's audio stays");
        nothing_of_jordan(t, &s).await;
        told_of_deletion(t, &s).await;

        // The same deliveries once more, and late ones that we had not seen.
        for name in LOADED {
            let route = HookRoute::Token("token".to_owned());
            let again = intake::receive(&s.app, route, signed(&at_fake(&s, fixture(name))), None).await.unwrap();
            assert_eq!(again.stored, 0, "{name}");
        }
        s.push(t, &fixture("call-10b-recap_action_items")).await;
        let mut unseen = fixture("call-04-missed");
        unseen["call_id"] = json!(6_421_977_457_180_700_i64);
        s.push(t, &unseen).await;
        assert_eq!(Dump::of(t).await.places("6421977457180700"), Vec::<&str>::new(), "a call before the erasure");
        nothing_of_jordan(t, &s).await;

        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        nothing_of_jordan(t, &s).await;
        let applied = rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.unwrap();
        assert!(!applied.applied);
        assert_eq!(count(t, "calls").await, 1);

        // Whoever calls again is met anew.
        t.clock.advance(Duration::from_mins(1));
        let now = t.now().as_millis();
        let mut later = fixture("call-01-ringing");
        later["call_id"] = json!(6_421_977_457_180_800_i64);
        for name in ["event_timestamp", "date_started", "date_rang", "date_first_rang"] {
            later[name] = json!(now);
        }
        s.push(t, &later).await;
        assert!(is_there(t, s.scope, NUMBER).await);
        assert_eq!(count(t, "calls").await, 2);
        let report = rebuild::run(&s.app, s.scope, Mode::Check, |_| {}).await.unwrap();
        assert_eq!(report.differences, []);
        // And can be forgotten once more.
        t.clock.advance(Duration::from_mins(1));
        erase(t, &s).await;
        nothing_of_jordan(t, &s).await;
        s.end().await;
    }

    async fn an_erasure_that_is_broken_off_goes_on_and_lets_nothing_in_meanwhile(t: &TestDb) {
        let s = load(t).await;
        break_messages(t, true).await;
        contacts::erase(&s.app, s.scope, &by(), contact(s.scope, NUMBER), NUMBER).await.unwrap();
        let twice = contacts::erase(&s.app, s.scope, &by(), contact(s.scope, NUMBER), NUMBER).await;
        assert!(matches!(twice, Err(ContactsError::BeingErased)));
        s.run_due(t).await;
        assert!(count(t, "messages").await > 1 && count(t, "calls").await == 1, "it stopped half-way");

        let mut during = fixture("call-01-ringing");
        during["call_id"] = json!(6_421_977_457_180_900_i64);
        during["event_timestamp"] = json!(t.now().as_millis());
        s.push(t, &during).await;
        assert_eq!(count(t, "calls").await, 1);
        break_messages(t, false).await;
        t.clock.advance(Duration::from_mins(10));
        s.run_due(t).await;
        nothing_of_jordan(t, &s).await;
        assert_eq!(Dump::of(t).await.places("6421977457180900"), Vec::<&str>::new());
        assert_eq!((count(t, "calls").await, count(t, "messages").await), (1, 1));
        s.end().await;
    }

    async fn erasing_asks_for_the_number_and_touches_no_other_tenant(t: &TestDb) {
        let s = load(t).await;
        let id = contact(s.scope, NUMBER);
        for wrong in ["", "+14155550199", "Jordan Lee"] {
            let refused = contacts::erase(&s.app, s.scope, &by(), id, wrong).await;
            assert!(matches!(refused, Err(ContactsError::NotConfirmed)), "{wrong}");
        }
        let stranger = t.tenant("Stranger").await;
        let refused = contacts::erase(&s.app, stranger, &by(), id, NUMBER).await;
        assert!(matches!(refused, Err(ContactsError::NotFound)));
        assert!(matches!(contacts::export(&s.app, stranger, &by(), id).await, Err(ContactsError::NotFound)));
        assert_eq!(t.query_texts("SELECT kind FROM work WHERE kind IN ('erase_contact', 'export_contact')").await.len(), 0);
        s.end().await;
    }
}

/// An answer that shows the number, kept for a client that asks again.
async fn remember_an_answer(s: &Setting) {
    let Begun::First(claim) =
        idempotency::begin(&s.app, s.scope, &Actor::Operator, "key-1", &[b"request"]).await.unwrap()
    else {
        panic!()
    };
    idempotency::finish(&s.app, claim, 200, format!("{{\"to\":\"{NUMBER}\"}}").as_bytes()).await.unwrap();
    erased_answer_later(s, 200).await;
}

async fn erased_answer_later(s: &Setting, status: u16) {
    let Begun::Answered(answer) =
        idempotency::begin(&s.app, s.scope, &Actor::Operator, "key-1", &[b"request"]).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(answer.status, status);
}

/// Lets no message be deleted, or lets it again.
async fn break_messages(t: &TestDb, broken: bool) {
    let statement = match (t.engine(), broken) {
        (Engine::Sqlite, true) => {
            "CREATE TRIGGER broken BEFORE DELETE ON messages BEGIN SELECT RAISE(ABORT, 'broken'); END"
        }
        (Engine::Sqlite, false) => "DROP TRIGGER broken",
        (Engine::Postgres, true) => {
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$; \
             CREATE TRIGGER broken BEFORE DELETE ON messages FOR EACH ROW EXECUTE FUNCTION broken()"
        }
        (Engine::Postgres, false) => "DROP TRIGGER broken ON messages",
    };
    t.execute(statement).await;
}

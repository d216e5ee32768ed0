//! Searching finds what is there, of one tenant, and nothing that is gone.

use std::time::Duration;

use switchboard_domain::{change::RecordKind, ids::ContactId, view::Noun, words::Query};
use switchboard_store::{
    Engine, TenantScope, activity,
    calls::{self, CallFilter},
    page::Window,
    record, removal,
    search::{self, Found},
    views::{self, View},
};
use switchboard_testkit::{Build, TestDb, both_engines};
use uuid::Uuid;

async fn find(t: &TestDb, scope: TenantScope, kind: RecordKind, typed: &str) -> Found {
    let mut reader = t.db.read(scope).await.unwrap();
    search::find(&mut reader.conn(), scope, kind, typed).await.unwrap()
}

async fn ids(t: &TestDb, scope: TenantScope, kind: RecordKind, typed: &str) -> Vec<Uuid> {
    find(t, scope, kind, typed).await.ids
}

both_engines! {
    async fn records_are_found_by_their_words_and_calls_by_their_contacts(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let mut contact = build.contact(42, t.now());
        contact.record.name = Some("José Álvarez".into());
        contact.record.emails = vec!["pepe@example.com".into()];
        let contact_id: ContactId = contact.record.id;
        let mut message = build.message(1, t.now());
        message.record.text = Some("The invoice 4432 is WRONG, isn't it? '); DROP TABLE calls".into());
        let mut call = build.call(1, t.now());
        call.record.contact_id = Some(contact_id);
        call.record.summary = Some("Wants a refund".into());
        let mut transcript = build.transcript(2, t.now());
        let line = serde_json::json!({ "kind": "speech", "speaker": null, "is_agent": null, "content": "my order is late", "at": null });
        transcript.record.lines = vec![serde_json::from_value(line).unwrap()];
        let voicemail = build.voicemail(3, t.now());
        t.save(scope, &[contact]).await;
        t.save(scope, &[message.clone()]).await;
        t.save(scope, &[call.clone(), build.call(2, t.now())]).await;
        t.save(scope, &[transcript]).await;
        t.save(scope, std::slice::from_ref(&voicemail)).await;

        for typed in ["jose", "ALVA", "pepe@exam", "0042", "+1 (415) 555-0042", "alv 042"] {
            assert_eq!(ids(t, scope, RecordKind::Contact, typed).await, [contact_id.uuid()], "{typed}");
            assert_eq!(find(t, scope, RecordKind::Call, typed).await.contacts, [contact_id.uuid()], "{typed}");
        }
        for typed in ["invoice 44", "wrong", "isn't", "drop table"] {
            assert_eq!(ids(t, scope, RecordKind::Message, typed).await, [message.record.id.uuid()], "{typed}");
        }
        assert_eq!(ids(t, scope, RecordKind::Call, "refund").await, [call.record.id.uuid()]);
        assert_eq!(ids(t, scope, RecordKind::Call, "order late").await, [build.call_id(2).uuid()]);
        assert_eq!(ids(t, scope, RecordKind::Voicemail, "call me").await, [voicemail.record.id.uuid()]);
        for typed in ["", "  ' \" ", "nvoice", "invoice refund", "_", "refund*"] {
            assert!(ids(t, scope, RecordKind::Message, typed).await.is_empty(), "{typed}");
        }

        let mut reader = t.db.read(scope).await.unwrap();
        let filter = CallFilter { found: Some(find(t, scope, RecordKind::Call, "jose").await), ..CallFilter::default() };
        let page = calls::list(&mut reader.conn(), scope, &filter, Window::After { cursor: None, limit: 9 }).await.unwrap();
        let found: Vec<_> = page.items.into_iter().map(|kept| kept.record.id).collect();
        assert_eq!(found, [build.call_id(1)]);
    }

    async fn what_is_somebody_elses_or_gone_is_not_found(t: &TestDb) {
        let (ours, theirs) = (t.tenant("Ours").await, t.tenant("Theirs").await);
        for scope in [ours, theirs] {
            let build = Build::new(t, scope, t.connection(scope).await);
            t.save(scope, &[build.message(1, t.now()), build.message(2, t.now())]).await;
            t.save(scope, &[build.contact(7, t.now())]).await;
        }
        let mine = ids(t, ours, RecordKind::Message, "text").await;
        assert_eq!(mine.len(), 2);
        // Whatever the name of another's place is, it is no word.
        let place = format!("_{}message", theirs.tenant().uuid().simple());
        assert!(ids(t, ours, RecordKind::Message, &place).await.is_empty());

        let mut tx = t.db.begin(ours).await.unwrap();
        removal::messages(&mut tx.conn(), ours, &mine[..1]).await.unwrap();
        let contact = ids(t, ours, RecordKind::Contact, "contact").await;
        removal::contact(&mut tx.conn(), ours, ContactId::from_uuid(contact[0])).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        assert_eq!(ids(t, ours, RecordKind::Message, "text").await, mine[1..]);
        assert!(ids(t, ours, RecordKind::Contact, "contact").await.is_empty());
        assert_eq!(ids(t, theirs, RecordKind::Contact, "contact").await.len(), 1);
        // Not the words either, in whatever the engine keeps them.
        if t.engine() == Engine::Sqlite {
            let left = t.query_texts("SELECT hex(block) FROM search_index_data").await.join("");
            let words = format!("{}contact", ours.tenant().uuid().simple());
            assert!(!left.contains(&hex_of(&words)), "{words} is left in the index");
        }
    }

    async fn a_new_name_replaces_the_old_one(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let before = build.contact(1, t.now());
        t.save(scope, std::slice::from_ref(&before)).await;
        let mut after = before.clone();
        after.record.name = Some("Ann Lee".into());
        // As a merge writes it: only what changed.
        let mut tx = t.db.begin_merge(scope).await.unwrap();
        tx.write(vec![record::upsert(&[(Some(&before), &after)])], t.now()).await.unwrap();
        tx.commit(t.now()).await.unwrap();
        assert_eq!(ids(t, scope, RecordKind::Contact, "ann").await.len(), 1);
        assert!(ids(t, scope, RecordKind::Contact, "contact").await.is_empty());
        assert_eq!(ids(t, scope, RecordKind::Contact, "5550001").await.len(), 1);
    }

    async fn a_search_reads_its_index(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        t.save(scope, &(0..2_000).map(|n| build.message(n, t.now())).collect::<Vec<_>>()).await;
        t.gather_statistics().await;
        let query = Query::parse("1234").unwrap();
        let plan = match t.engine() {
            Engine::Sqlite => {
                let mut reader = t.db.read(scope).await.unwrap();
                search::sql(t.engine(), scope, RecordKind::Message, &query, 10).explain(&mut reader.conn()).await.unwrap()
            }
            Engine::Postgres => {
                // So few rows would be read whole; what is asked is whether the index can answer.
                t.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$").await;
                t.query_texts(
                "EXPLAIN SELECT id FROM search_words WHERE array_to_tsvector(string_to_array(words, ' ')) @@ '''1234'':*'::tsquery",
                ).await
            }
        }.join("\n");
        assert!(!plan.contains("SCAN w") && !plan.contains("Seq Scan"), "{plan}");
        assert_eq!(ids(t, scope, RecordKind::Message, "1234").await.len(), 1);
    }

    async fn hours_of_a_connection_are_kept_once_each_with_their_last_word(t: &TestDb) {
        let (scope, other) = (t.tenant("Acme").await, t.tenant("Other").await);
        let connection = t.connection(scope).await;
        let hour = switchboard_domain::silence::hour_of(t.now());
        let minute = |n: u64| hour + Duration::from_mins(n);
        for times in [vec![minute(1), minute(9)], vec![minute(30)], vec![minute(61)]] {
            let mut tx = t.db.begin_merge(scope).await.unwrap();
            let heard = activity::heard(scope.tenant(), times.into_iter().map(|at| (connection, at)));
            tx.write(vec![heard], t.now()).await.unwrap();
            tx.commit(t.now()).await.unwrap();
        }
        let mut reader = t.db.read(scope).await.unwrap();
        let heard = activity::hours(&mut reader.conn(), scope, connection, hour).await.unwrap();
        assert_eq!(heard.iter().map(|heard| heard.last_at).collect::<Vec<_>>(), [minute(30), minute(61)]);
        assert!(activity::hours(&mut reader.conn(), other, connection, hour).await.unwrap().is_empty());
        drop(reader);
        assert_eq!(activity::remove_before(&t.db, minute(60), 10).await.unwrap(), 1);
    }

    async fn a_view_that_names_somebody_goes_with_them(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let view = |name: &str, q: &str| View {
            id: t.id(),
            tenant_id: scope.tenant(),
            user_id: t.id(),
            noun: Noun::Calls,
            name: name.to_owned(),
            filters: [("number".to_owned(), q.to_owned())].into(),
            is_shared: true,
            created_at: t.now(),
            updated_at: t.now(),
        };
        let mut tx = t.db.begin(scope).await.unwrap();
        for view in [view("Hers", "+14155550123"), view("Calls of 14155550123", "x"), view("Others", "+14155550199")] {
            views::insert(&mut tx.conn(), &view).await.unwrap();
        }
        assert_eq!(views::remove_mentions(&mut tx.conn(), scope, &[]).await.unwrap(), 0);
        assert_eq!(views::remove_mentions(&mut tx.conn(), scope, &["14155550123".to_owned()]).await.unwrap(), 2);
        let left = views::list(&mut tx.conn(), scope, None, Some(Noun::Calls), 10).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].name.as_str(), left[0].filters["number"].as_str()), ("Others", "+14155550199"));
    }
}

fn hex_of(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat()
}

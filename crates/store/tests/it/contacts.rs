//! What is listed by contact: who was written with last, and everything that happened with somebody, whatever numbers they
//! have.

use std::time::Duration;

use switchboard_domain::{
    call::Direction::{self, Inbound, Outbound},
    contact::{ContactDoc, ContactEdit, EntryKind, Place, key_of_written},
    ids::ContactId,
    merge::Stamp,
};
use switchboard_store::{
    TenantScope,
    contacts::{self, ContactFilter, KeptContact},
    message_threads::{self, ThreadFilter},
    messages::KeptMessage,
    page::{Cursor, Window},
    timeline::{self, Entry},
};
use switchboard_testkit::{Build, TestDb, both_engines};

const OURS: &str = "+14155550999";
const OFFICE: &str = "+14155550100";

/// A contact of a number, as part of another or on its own.
fn contact(build: &Build, number: u32, name: &str, part_of: Option<ContactId>) -> KeptContact {
    let mut kept = build.contact(number, build.now);
    kept.record.name = Some(name.to_owned());
    let key = key_of_written(build.tenant, kept.record.phone.as_deref(), None).unwrap();
    let mut doc = ContactDoc::default();
    let place = part_of.map(Place::PartOf);
    doc.apply_edit(Stamp::person(build.now), &ContactEdit { place, name: Some(name.into()), ..ContactEdit::of(&key) });
    kept.record.merged_into = part_of;
    kept.doc = doc;
    kept
}

/// A message between a contact and a number of ours.
fn message(build: &Build, n: u32, with: &KeptContact, ours: &str, direction: Direction) -> KeptMessage {
    let mut kept = build.message(n, build.now + Duration::from_secs(n.into()));
    let (number, ours) = (with.record.phone.clone(), Some(ours.to_owned()));
    let (from, to) = if direction == Inbound { (number, ours) } else { (ours, number) };
    kept.record.direction = Some(direction);
    kept.record.from_number = from;
    kept.record.to_numbers = to.into_iter().collect();
    kept.record.contact_id = Some(with.record.id);
    kept.record.contact_name = Some("what the provider said".into());
    kept
}

async fn threads(
    t: &TestDb,
    scope: TenantScope,
    filter: &ThreadFilter,
    limit: i64,
) -> Vec<(String, String, i64, bool)> {
    let mut cursor: Option<Cursor> = None;
    let mut all = Vec::new();
    loop {
        let mut reader = t.db.read(scope).await.unwrap();
        let page = message_threads::list(&mut reader.conn(), scope, filter, cursor, limit).await.unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        all.extend(page.items.iter().map(|thread| {
            let message = &thread.last.record;
            let is_ours = message.direction == Some(Outbound);
            let own = thread.own_number().unwrap().to_owned();
            (message.contact_name.clone().unwrap(), own, thread.unanswered, is_ours)
        }));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

both_engines! {
    async fn a_thread_is_its_last_message_and_what_waits_for_an_answer(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let ann = contact(&build, 1, "Ann", None);
        let mobile = contact(&build, 2, "Ann's mobile", Some(ann.record.id));
        let bob = contact(&build, 3, "Bob", None);
        let mut messages = vec![
            message(&build, 1, &ann, OURS, Inbound),
            message(&build, 2, &ann, OURS, Outbound),
            message(&build, 3, &bob, OURS, Inbound),
            message(&build, 4, &ann, OURS, Inbound),
            message(&build, 5, &ann, OURS, Inbound),
            message(&build, 6, &ann, OFFICE, Outbound),
            message(&build, 7, &mobile, OURS, Inbound),
        ];
        // At one moment: the ids decide, in the list and in what counts as later.
        messages[5].record.occurred_at = messages[4].record.occurred_at;
        t.save(scope, &[ann, mobile, bob]).await;
        t.save(scope, &messages).await;
        // Another tenant's are nobody's business.
        let other = t.tenant("Other").await;
        let elsewhere = Build::new(t, other, t.connection(other).await);
        let zoe = contact(&elsewhere, 1, "Zoe", None);
        t.save(other, &[message(&elsewhere, 9, &zoe, OURS, Inbound)]).await;

        let row = |name: &str, own: &str, unanswered, is_ours| (name.to_owned(), own.to_owned(), unanswered, is_ours);
        for limit in [1, 2, 50] {
            let mut found = threads(t, scope, &ThreadFilter::default(), limit).await;
            assert_eq!(found.remove(0), row("Ann", OURS, 1, false), "the part's thread, under the whole's name");
            assert_eq!(found.pop(), Some(row("Bob", OURS, 1, false)));
            found.sort();
            assert_eq!(found, [row("Ann", OFFICE, 0, true), row("Ann", OURS, 2, false)]);
        }
        let unanswered = ThreadFilter { is_unanswered: true, own_number: None };
        assert_eq!(threads(t, scope, &unanswered, 50).await.len(), 3);
        let office = ThreadFilter { is_unanswered: false, own_number: Some(OFFICE.into()) };
        assert_eq!(threads(t, scope, &office, 50).await, [row("Ann", OFFICE, 0, true)]);
    }

    async fn a_timeline_pages_through_all_kinds_and_all_numbers_without_gap_or_repetition(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let ann = contact(&build, 1, "Ann", None);
        let mobile = contact(&build, 2, "Ann's mobile", Some(ann.record.id));
        let ids = [ann.record.id, mobile.record.id];
        let at = |n: u32| t.now() + Duration::from_secs((n / 2).into());
        let of = |n: u32| Some(ids[n as usize % 2]);
        for n in 0..9 {
            let mut call = build.call(n, at(n));
            call.record.contact_id = of(n);
            t.save(scope, &[call]).await;
            let mut message = build.message(n, at(n));
            message.record.contact_id = of(n);
            t.save(scope, &[message]).await;
            let mut voicemail = build.voicemail(n, at(n));
            voicemail.record.contact_id = of(n);
            voicemail.record.is_removed = n == 0;
            t.save(scope, &[voicemail]).await;
        }
        t.save(scope, &[ann, mobile]).await;
        let pages = |kinds: &'static [EntryKind], limit: i64, id: ContactId| async move {
            let (mut cursor, mut keys) = (None, Vec::new());
            loop {
                let mut reader = t.db.read(scope).await.unwrap();
                let page = timeline::list(&mut reader.conn(), scope, id, kinds, cursor, limit).await.unwrap();
                keys.extend(page.items.iter().map(|entry| match entry {
                    Entry::Call(call) => (call.record.occurred_at, call.record.id.uuid(), call.record.contact_name.clone()),
                    Entry::Message(one) => (one.record.occurred_at, one.record.id.uuid(), one.record.contact_name.clone()),
                    Entry::Voicemail(one) => (one.record.occurred_at, one.record.id.uuid(), one.record.contact_name.clone()),
                }));
                cursor = page.next;
                if cursor.is_none() {
                    return keys;
                }
            }
        };
        let whole = pages(EntryKind::ALL, 50, ids[0]).await;
        assert_eq!(whole.len(), 26, "all but the voicemail that was removed");
        assert!(whole.windows(2).all(|pair| (pair[0].0, pair[0].1) > (pair[1].0, pair[1].1)));
        assert!(whole.iter().all(|(.., name)| name.as_deref() == Some("Ann")));
        for limit in [1, 3, 25, 26] {
            assert_eq!(pages(EntryKind::ALL, limit, ids[1]).await, whole, "{limit} at a time, by the part's id");
        }
        assert_eq!(pages(&[EntryKind::Voicemail], 3, ids[0]).await.len(), 8);
    }

    async fn the_number_of_a_part_finds_its_whole(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let ann = contact(&build, 1, "Ann", None);
        let mobile = contact(&build, 2, "mobile", Some(ann.record.id));
        let bob = contact(&build, 3, "Bob", None);
        let (whole, part) = (ann.record.id, mobile.record.id);
        t.save(scope, &[ann, mobile, bob]).await;
        let find = async |filter: ContactFilter| {
            let mut reader = t.db.read(scope).await.unwrap();
            let window = Window::After { cursor: None, limit: 10 };
            let page = contacts::list(&mut reader.conn(), scope, &filter, window).await.unwrap();
            page.items.into_iter().map(|kept| kept.record.id).collect::<Vec<_>>()
        };
        let phone = |number: &str| ContactFilter { phone: Some(number.into()), ..ContactFilter::default() };
        assert_eq!(find(phone("+14155550002")).await, [whole], "the number of a part finds its whole");
        assert_eq!(find(phone("+14155550001")).await, [whole]);
        assert_eq!(find(ContactFilter::default()).await.len(), 2, "the part is in no list");
        let mut reader = t.db.read(scope).await.unwrap();
        assert_eq!(contacts::identities(&mut reader.conn(), scope, part).await.unwrap(), [whole, part]);
    }

    async fn no_list_by_contact_reads_a_whole_table(t: &TestDb) {
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let contacts: Vec<KeptContact> = (0..300).map(|n| contact(&build, n, "Somebody", None)).collect();
        let direction = |n: u32| if n.is_multiple_of(3) { Outbound } else { Inbound };
        let messages: Vec<KeptMessage> =
            (0..3_000).map(|n| message(&build, n, &contacts[n as usize % 300], OURS, direction(n))).collect();
        t.save(scope, &contacts).await;
        t.save(scope, &messages).await;
        t.gather_statistics().await;
        let mut reader = t.db.read(scope).await.unwrap();
        let first = message_threads::list(&mut reader.conn(), scope, &ThreadFilter::default(), None, 10).await.unwrap();
        for cursor in [None, first.next] {
            for is_unanswered in [false, true] {
                let filter = ThreadFilter { is_unanswered, own_number: None };
                let sql = message_threads::list_sql(scope, &filter, cursor, 50);
                let plan = sql.explain(&mut reader.conn()).await.unwrap().join("\n");
                assert!(!plan.contains("SCAN m") && !plan.contains("SCAN n") && !plan.contains("Seq Scan"), "{plan}");
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "in the order of the index:\n{plan}");
            }
        }
        assert_eq!(threads(t, scope, &ThreadFilter::default(), 100).await.len(), 300);
    }
}

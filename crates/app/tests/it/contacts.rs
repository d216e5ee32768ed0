//! Two numbers of one person become one contact and two again, whatever comes in between, and what people write of a contact
//! stands.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Value, json};
use switchboard_app::{
    audit::Origin,
    contacts::{self, ContactError, NewContact, Part, Rewritten, import, import::Mode},
    merge::{self, Understood},
    privacy,
    rebuild::{self, Mode as Rebuild},
    replay::{self, Replay},
};
use switchboard_domain::{
    Timestamp,
    change::{RecordKind, Verb},
    contact::{ContactEdit, EntryKind, Place, key_of_written},
    event::Source,
    fact::{Fact, FactBody, PartyFact},
    ids::{ContactId, EventId, deterministic},
    merge::Authority,
    phone::Region,
};
use switchboard_store::{
    changes,
    contacts::{ContactFilter, KeptContact},
    page::Window,
    timeline,
};
use switchboard_testkit::{TestDb, both_engines};

use crate::{
    jobs::{Setting, merged},
    support::fixture,
};

const JORDAN: &str = "+14155550123";
const MOBILE: &str = "+14155550199";

fn by() -> Origin {
    Origin::operator("test")
}

fn id(s: &Setting, number: &str) -> ContactId {
    deterministic(s.scope.tenant().uuid(), number)
}

/// The same payload from Jordan's other number, as the provider knows it: with another id and another name.
fn from_mobile(name: &str) -> Value {
    let mut text = fixture(name).to_string();
    for (from, to) in [
        (JORDAN, MOBILE),
        ("Jordan Lee", "J. mobile"),
        ("jordan@example.com", "j@example.com"),
        ("6131436978913280", "7131436978913280"),
        ("64219774571806", "74219774571806"),
        ("6095823680520192", "7095823680520192"),
        ("4503599627370496", "5503599627370496"),
    ] {
        text = text.replace(from, to);
    }
    serde_json::from_str(&text).unwrap()
}

async fn push(t: &TestDb, s: &Setting, payloads: &[Value]) {
    for payload in payloads {
        s.push(t, payload).await;
        t.clock.advance(Duration::from_millis(10));
    }
}

/// Jordan called and wrote from one number, and wrote from another.
async fn load(t: &TestDb) -> Setting {
    let s = Setting::new(t).await;
    push(t, &s, &[fixture("call-03-hangup"), fixture("sms-01-inbound"), from_mobile("sms-01-inbound")]).await;
    t.clock.advance(Duration::from_mins(1));
    s
}

async fn listed(t: &TestDb, s: &Setting) -> Vec<KeptContact> {
    let mut reader = t.db.read(s.scope).await.unwrap();
    let window = Window::After { cursor: None, limit: 50 };
    let filter = ContactFilter::default();
    switchboard_store::contacts::list(&mut reader.conn(), s.scope, &filter, window).await.unwrap().items
}

async fn found(t: &TestDb, s: &Setting, id: ContactId) -> Option<KeptContact> {
    let mut reader = t.db.read(s.scope).await.unwrap();
    switchboard_store::contacts::lookup(&mut reader.conn(), s.scope, id).await.unwrap()
}

async fn entries(t: &TestDb, s: &Setting, id: ContactId) -> usize {
    let mut reader = t.db.read(s.scope).await.unwrap();
    timeline::list(&mut reader.conn(), s.scope, id, EntryKind::ALL, None, 50).await.unwrap().items.len()
}

async fn no_difference(s: &Setting) {
    let report = rebuild::run(&s.app, s.scope, Rebuild::Check, |_| {}).await.unwrap();
    assert_eq!(report.differences, []);
}

both_engines! {
    async fn merged_numbers_are_one_contact_and_split_they_are_what_they_were(t: &TestDb) {
        let s = load(t).await;
        let (jordan, mobile) = (id(&s, JORDAN), id(&s, MOBILE));
        let before = (found(t, &s, jordan).await.unwrap().record, found(t, &s, mobile).await.unwrap().record);
        assert_eq!((entries(t, &s, jordan).await, entries(t, &s, mobile).await), (2, 1));

        let whole = contacts::merge(&s.app, s.scope, &by(), jordan, &[mobile]).await.unwrap().record;
        assert_eq!((whole.id, whole.name.as_deref()), (jordan, Some("Jordan Lee")));
        assert_eq!(whole.numbers, [JORDAN, MOBILE]);
        assert_eq!(found(t, &s, mobile).await.unwrap().record.id, jordan, "its id finds what it is part of");
        assert_eq!(listed(t, &s).await.len(), 1);
        // What was there follows, and so does what comes later, by whichever id it is asked for.
        push(t, &s, &[from_mobile("call-03-hangup")]).await;
        assert_eq!((entries(t, &s, jordan).await, entries(t, &s, mobile).await), (4, 4));
        let mut reader = t.db.read(s.scope).await.unwrap();
        let told = changes::list_after(&mut reader.conn(), s.scope, 0, 1_000).await.unwrap();
        drop(reader);
        let of_mobile: Vec<Verb> = told
            .iter()
            .filter(|change| change.kind == RecordKind::Contact && change.record_id == mobile.uuid())
            .map(|change| change.verb)
            .collect();
        assert_eq!(of_mobile, [Verb::Created, Verb::Merged], "nothing is told of what is part of another");
        merged(t).await;
        no_difference(&s).await;

        t.clock.advance(Duration::from_mins(1));
        let part = Part::Key(MOBILE.to_owned());
        let own = contacts::split(&s.app, s.scope, &by(), jordan, &part).await.unwrap().record;
        assert_eq!(own.merged_into, None);
        let after = (found(t, &s, jordan).await.unwrap().record, found(t, &s, mobile).await.unwrap().record);
        assert_eq!(after.0, before.0);
        assert_eq!(after.1.numbers, before.1.numbers);
        assert_eq!(after.1.external_ids, before.1.external_ids);
        assert_eq!((entries(t, &s, jordan).await, entries(t, &s, mobile).await), (2, 2));
        // Once more there is nothing to take out, and what a contact is known by stays.
        for part in [MOBILE, JORDAN, "+1999"] {
            let again = contacts::split(&s.app, s.scope, &by(), jordan, &Part::Key(part.to_owned())).await;
            assert!(matches!(again, Err(ContactError::Invalid(_))), "{part}");
        }
        merged(t).await;
        no_difference(&s).await;
        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        assert_eq!(found(t, &s, jordan).await.unwrap().record, after.0);
        s.end().await;
    }

    async fn contacts_with_parts_merge_flat_and_a_clock_that_went_back_undoes_nothing(t: &TestDb) {
        let s = load(t).await;
        let number = |n: u32| format!("+1415555020{n}");
        for n in 0..3 {
            let given = NewContact { phone: Some(number(n)), name: Some(format!("Part {n}")), ..NewContact::default() };
            contacts::create(&s.app, s.scope, &by(), given).await.unwrap();
        }
        let ids: Vec<ContactId> = (0..3).map(|n| id(&s, &number(n))).collect();
        contacts::merge(&s.app, s.scope, &by(), ids[0], &[ids[1]]).await.unwrap();
        contacts::merge(&s.app, s.scope, &by(), ids[1], &[ids[2], ids[2], ids[0]]).await.unwrap();
        assert_eq!(found(t, &s, ids[2]).await.unwrap().record.numbers.len(), 3);
        // All of it goes into another, by the id of a part.
        let jordan = id(&s, JORDAN);
        let whole = contacts::merge(&s.app, s.scope, &by(), jordan, &[ids[2]]).await.unwrap();
        assert_eq!(whole.record.numbers.len(), 4);
        for part in &ids {
            assert_eq!(found(t, &s, *part).await.unwrap().record.id, jordan);
        }
        // The clock stands still since: each of these is later all the same.
        let part = Part::Contact(ids[1]);
        contacts::split(&s.app, s.scope, &by(), jordan, &part).await.unwrap();
        contacts::merge(&s.app, s.scope, &by(), jordan, &[ids[1]]).await.unwrap();
        contacts::split(&s.app, s.scope, &by(), jordan, &part).await.unwrap();
        assert_eq!(found(t, &s, ids[1]).await.unwrap().record.id, ids[1]);
        assert_eq!(found(t, &s, jordan).await.unwrap().record.numbers.len(), 3);
        for refused in [contacts::merge(&s.app, s.scope, &by(), jordan, &[]).await,
            contacts::merge(&s.app, s.scope, &by(), jordan, &[id(&s, "+1999")]).await] {
            assert!(refused.is_err());
        }
        merged(t).await;
        no_difference(&s).await;
        s.end().await;
    }

    /// Facts of providers and people about two numbers, in many orders, each its own batch: the records are the same.
    async fn what_is_said_of_two_numbers_may_come_in_any_order(t: &TestDb) {
        let s = Setting::new(t).await;
        let events = said_of_two(t, &s);
        let mut expected: Option<Vec<KeptContact>> = None;
        for turn in 0..events.len() * 3 {
            let mut order = events.clone();
            let len = order.len();
            order.rotate_left(turn % len);
            match turn / len {
                1 => order.reverse(),
                2 => order.swap(turn % len, len - 1 - turn % len),
                _ => {}
            }
            order.push(order[0].clone());
            for event in &order {
                let mut tx = t.db.begin(s.scope).await.unwrap();
                tx.lock_tenant().await.unwrap();
                merge::apply(&mut tx, std::slice::from_ref(event), t.now()).await.unwrap();
                tx.commit(t.now()).await.unwrap();
            }
            let mut all = Vec::new();
            for number in [JORDAN, MOBILE] {
                let mut reader = t.db.read(s.scope).await.unwrap();
                let id = id(&s, number).uuid();
                let kept: Option<KeptContact> =
                    switchboard_store::record::lookup(&mut reader.conn(), s.scope, id).await.unwrap();
                all.extend(kept);
            }
            let records = |all: &[KeptContact]| all.iter().map(|kept| (kept.record.clone(), kept.doc.clone())).collect::<Vec<_>>();
            let first = expected.get_or_insert_with(|| all.clone());
            assert_eq!(records(&all), records(first), "turn {turn}");
            t.execute("DELETE FROM contacts").await;
        }
        let expected = expected.unwrap();
        assert_eq!(expected[0].record.numbers, [JORDAN, MOBILE]);
        assert_eq!(expected[0].record.emails, ["j@example.com"], "the part's, since it has none of its own");
        assert_eq!(expected[1].record.merged_into, Some(expected[0].record.id));
        s.end().await;
    }

    async fn what_a_person_writes_stands(t: &TestDb) {
        let s = load(t).await;
        let jordan = id(&s, JORDAN);
        let given = Rewritten {
            name: Some("  Jordan from Acme ".into()),
            company: Some("Acme".into()),
            emails: Some(vec!["New@Example.com".into()]),
        };
        contacts::update(&s.app, s.scope, &by(), jordan, given).await.unwrap();
        push(t, &s, &[fixture("contact-01-updated"), fixture("sms-05-inbound-mms")]).await;
        let kept = found(t, &s, jordan).await.unwrap().record;
        assert_eq!(kept.name.as_deref(), Some("Jordan from Acme"));
        assert_eq!((kept.company.as_deref(), kept.emails), (Some("Acme"), vec!["new@example.com".to_owned()]));
        // The calls and messages show it, without having been written anew.
        let mut reader = t.db.read(s.scope).await.unwrap();
        let page = timeline::list(&mut reader.conn(), s.scope, jordan, &[EntryKind::Message], None, 1).await.unwrap();
        drop(reader);
        let timeline::Entry::Message(message) = &page.items[0] else { panic!("a message was asked for") };
        assert_eq!(message.record.contact_name.as_deref(), Some("Jordan from Acme"));
        // Writing down a number that is known names it; a new one is new.
        let given = |phone: &str| NewContact { phone: Some(phone.into()), name: Some("Jo".into()), ..NewContact::default() };
        let (kept, is_new) = contacts::create(&s.app, s.scope, &by(), given("(415) 555-0123")).await.unwrap();
        assert_eq!((kept.record.id, kept.record.name.as_deref(), is_new), (jordan, Some("Jo"), false));
        let (kept, is_new) = contacts::create(&s.app, s.scope, &by(), given("+34912345678")).await.unwrap();
        assert!(is_new && kept.record.phone.as_deref() == Some("+34912345678"));
        for wrong in [given("nobody"), NewContact { name: Some("Nobody".into()), ..NewContact::default() }] {
            assert!(matches!(contacts::create(&s.app, s.scope, &by(), wrong).await, Err(ContactError::Invalid(_))));
        }
        merged(t).await;
        no_difference(&s).await;
        s.end().await;
    }

    async fn erasing_forgets_every_number_of_a_merged_contact_and_no_other(t: &TestDb) {
        let s = load(t).await;
        let (jordan, mobile) = (id(&s, JORDAN), id(&s, MOBILE));
        let other = NewContact { phone: Some("+34912345678".into()), name: Some("Ana".into()), ..NewContact::default() };
        let (other, _) = contacts::create(&s.app, s.scope, &by(), other).await.unwrap();
        // Once part of it, and taken out: no part of the person.
        contacts::merge(&s.app, s.scope, &by(), jordan, &[mobile, other.record.id]).await.unwrap();
        contacts::split(&s.app, s.scope, &by(), jordan, &Part::Contact(other.record.id)).await.unwrap();
        merged(t).await;
        t.clock.advance(Duration::from_mins(1));
        // By the id of the part, and with the number of the whole, which is what the page shows.
        privacy::contacts::erase(&s.app, s.scope, &by(), mobile, JORDAN).await.unwrap();
        s.run_due(t).await;
        assert!(found(t, &s, jordan).await.is_none() && found(t, &s, mobile).await.is_none());
        assert_eq!(found(t, &s, other.record.id).await.unwrap().record.name.as_deref(), Some("Ana"));
        for (table, column) in [("messages", "external_id"), ("calls", "external_id")] {
            assert_eq!(t.query_texts(&format!("SELECT {column} FROM {table}")).await, Vec::<String>::new());
        }
        let bodies = t.query_texts("SELECT event_type FROM webhook_events").await;
        assert_eq!(bodies.iter().filter(|kind| *kind == "contact.created").count(), 1, "Ana's alone: {bodies:?}");
        no_difference(&s).await;
        // Who writes again from one of the numbers is met anew, and alone.
        let mut again = from_mobile("sms-01-inbound");
        let at = t.now().as_millis() + 60_000;
        again["id"] = json!(8_095_823_680_520_192_i64);
        again["created_date"] = json!(at);
        again["event_timestamp"] = json!(at);
        t.clock.advance(Duration::from_mins(2));
        s.push(t, &again).await;
        assert_eq!(found(t, &s, mobile).await.unwrap().record.numbers, [MOBILE]);
        assert!(found(t, &s, jordan).await.is_none());
        s.end().await;
    }

    async fn a_file_is_tried_imported_and_imported_again(t: &TestDb) {
        let s = load(t).await;
        let (jordan, mobile) = (id(&s, JORDAN), id(&s, MOBILE));
        contacts::merge(&s.app, s.scope, &by(), jordan, &[mobile]).await.unwrap();
        let mut file = format!("Name;Phone;Email;Empresa;Notes\nJordan Lee;{MOBILE};jl@example.com;Acme;vip\n\
             Ana;912 345 678;;;\nNo number;;;;\nWrong;12345678901234567890;;;\nAna again;+34912345678;;;\n;;;;\n");
        for n in 0..450 {
            writeln!(file, "Row {n};+3491234{n:04};;;").unwrap();
        }
        let run = async |mode: Mode| import::import(&s.app, s.scope, &by(), file.as_bytes(), Region::ES, mode).await.unwrap();

        let dry = run(Mode::DryRun).await;
        assert_eq!((dry.rows, dry.created, dry.updated, dry.unchanged, dry.failed), (455, 451, 1, 0, 3));
        assert_eq!(dry.ignored, ["Notes"]);
        let errors: Vec<_> = dry.errors.iter().map(|error| (error.row, error.column.map(import::Column::as_str), error.code)).collect();
        assert_eq!(errors, [(4, None, "required"), (5, Some("phone"), "invalid"), (6, Some("phone"), "duplicate")]);
        assert_eq!(listed(t, &s).await.len(), 1, "a dry run writes nothing");

        assert_eq!(run(Mode::Apply).await, dry, "the real one does what the dry one said");
        let kept = found(t, &s, jordan).await.unwrap().record;
        assert_eq!(kept.company.as_deref(), Some("Acme"), "a row of a part's number is about the whole");
        assert!(kept.emails.contains(&"jl@example.com".to_owned()));
        let again = run(Mode::Apply).await;
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 452));
        let trail = t.query_texts("SELECT action FROM audit_log WHERE action = 'contacts.imported'").await;
        assert_eq!(trail.len(), 3, "one entry for each transaction that changed something");
        merged(t).await;
        no_difference(&s).await;
        s.end().await;
    }
}

/// What providers and people say of two numbers that are one person for now.
fn said_of_two(t: &TestDb, s: &Setting) -> Vec<Understood> {
    let at = |n: i64| Timestamp::from_millis(1_788_000_000_000 + n);
    let key = |number: &str| key_of_written(s.scope.tenant(), Some(number), None).unwrap();
    let party = |n: i64, number: &str, name: &str, email: Option<&str>| {
        let party = PartyFact {
            phone: Some(number.into()),
            name: Some(name.into()),
            email: email.map(Into::into),
            ..PartyFact::default()
        };
        Fact::provider(at(n), FactBody::Contact(Box::new(party)))
    };
    let edit = |n: i64, edit: ContactEdit| Fact {
        at: at(n),
        authority: Authority::Person,
        body: FactBody::ContactEdit(Box::new(edit)),
    };
    let place = |number: &str, place| ContactEdit { place: Some(place), ..ContactEdit::of(&key(number)) };
    let part_of_jordan = Place::PartOf(id(s, JORDAN));
    let facts = [
        party(1, JORDAN, "Jordan Lee", None),
        party(2, MOBILE, "J. mobile", Some("j@example.com")),
        party(9, JORDAN, "Lee, Jordan", None),
        edit(3, place(MOBILE, part_of_jordan)),
        edit(4, place(MOBILE, Place::Own)),
        edit(5, place(MOBILE, part_of_jordan)),
        edit(6, ContactEdit { name: Some("Jordan".into()), ..ContactEdit::of(&key(JORDAN)) }),
    ];
    let understood = |fact: Fact| Understood {
        event_id: t.id::<EventId>(),
        connection_id: s.connection,
        provider: "dialpad".into(),
        received_at: at(0),
        facts: vec![fact],
        source: Source::Own,
    };
    facts.into_iter().map(understood).collect()
}

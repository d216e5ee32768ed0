//! Files of call records become calls: once, however often they come, with what is wrong said of its line, and nothing but
//! records following from them.

use std::{io::Cursor, time::Duration};

use bytes::Bytes;
use futures::stream;
use switchboard_app::{
    audit::Origin,
    import::{self, Chosen, ImportError, Loader, Mode, Wish},
    intake,
    rebuild::{self, Mode as Rebuild},
};
use switchboard_domain::{
    call::{Call, CallOutcome, Direction},
    ids::ImportId,
    import::{ImportField, ImportFormat, ImportState},
};
use switchboard_providers::cloud_ucm::{self, CloudUcm};
use switchboard_sandbox::records::Year;
use switchboard_store::{
    calls::{self, CallFilter},
    connections as rows,
    imports::{Counts, Import},
    page::Window,
    work::{self, JobFilter},
};
use switchboard_testkit::{TestDb, both_engines};

use crate::jobs::{Setting, merged};

fn by() -> Origin {
    Origin::operator("cli")
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../providers/fixtures/records/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

async fn bring(s: &Setting, name: &str, file: Vec<u8>) -> Result<Import, ImportError> {
    // In pieces, as a network brings it.
    let pieces: Vec<_> = file.chunks(700).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    import::upload(&s.app, s.scope, &by(), name, stream::iter(pieces)).await
}

/// Starts an import, and lets its job run to the end.
async fn run(t: &TestDb, s: &Setting, id: ImportId, wish: &Wish, mode: Mode) -> Import {
    import::start(&s.app, s.scope, &by(), id, wish, mode).await.unwrap();
    s.run_due(t).await;
    import::find(&s.app, s.scope, id).await.unwrap()
}

async fn all_calls(t: &TestDb, s: &Setting) -> Vec<Call> {
    let mut reader = t.db.read(s.scope).await.unwrap();
    let window = Window::After { cursor: None, limit: 200 };
    let page = calls::list(&mut reader.conn(), s.scope, &CallFilter::default(), window).await.unwrap();
    let mut all: Vec<Call> = page.items.into_iter().map(|kept| kept.record).collect();
    all.sort_by_key(|call| call.occurred_at);
    all
}

fn counts(import: &Import) -> [i64; 5] {
    let Counts { rows_read, stored, known, passed_over, failed, .. } = import.counts;
    [rows_read, stored, known, passed_over, failed]
}

fn chicago() -> Wish {
    Wish { time_zone: Some("America/Chicago".into()), ..Wish::default() }
}

both_engines! {
    async fn a_file_is_checked_taken_in_once_and_had_again_from_the_log(t: &TestDb) {
        let s = Setting::new(t).await;
        let brought = bring(&s, "../2026/freepbx.csv", file("freepbx.csv")).await.unwrap();
        assert_eq!((brought.state, brought.file_name.as_str()), (ImportState::Uploaded, "freepbx.csv"));
        let preview = import::preview(&s.app, s.scope, brought.id, &chicago()).await.unwrap();
        assert_eq!(preview.found.format, Some(ImportFormat::Asterisk));
        assert_eq!(preview.rows.len(), 4);

        let checked = run(t, &s, brought.id, &chicago(), Mode::Check).await;
        assert_eq!((checked.state, counts(&checked)), (ImportState::Checked, [4, 4, 0, 0, 0]));
        assert!(all_calls(t, &s).await.is_empty(), "a check writes nothing");

        let done = run(t, &s, brought.id, &chicago(), Mode::Apply).await;
        assert_eq!((done.state, counts(&done)), (ImportState::Done, [4, 4, 0, 0, 0]));
        assert!(done.media_key.is_none(), "a file that was taken in is not kept");
        assert!(matches!(
            import::start(&s.app, s.scope, &by(), brought.id, &chicago(), Mode::Apply).await,
            Err(ImportError::NoFile)
        ));
        let found = all_calls(t, &s).await;
        assert_eq!(found.len(), 3, "a menu and the phone behind it are one call");
        let said: Vec<_> = found.iter().map(|call| (call.direction, call.outcome, call.agent_id.as_deref())).collect();
        assert_eq!(said, [
            (Some(Direction::Inbound), Some(CallOutcome::Answered), Some("1001")),
            (Some(Direction::Inbound), Some(CallOutcome::Voicemail), Some("1001")),
            (Some(Direction::Outbound), Some(CallOutcome::NoAnswer), Some("1003")),
        ]);
        assert_eq!((found[0].ivr.as_deref(), found[0].did.as_deref()), (Some("7"), Some("+13125550100")));
        assert_eq!(found[0].talk_seconds, Some(40));

        // The same file again is known row by row.
        let again = bring(&s, "freepbx.csv", file("freepbx.csv")).await.unwrap();
        let again = run(t, &s, again.id, &chicago(), Mode::Apply).await;
        assert_eq!((again.state, counts(&again)), (ImportState::Done, [4, 0, 4, 0, 0]));
        assert_eq!(again.connection_id, done.connection_id, "the connection that was made is the one that is used");
        assert_eq!(all_calls(t, &s).await, found);

        // Nothing followed from it but the work on the files themselves.
        let mut reader = t.db.read(s.scope).await.unwrap();
        let jobs = work::list(&mut reader.conn(), s.scope, &JobFilter::default(), 100).await.unwrap();
        drop(reader);
        let other: Vec<_> = jobs.iter().filter(|job| !["import_records", "remove_files"].contains(&job.kind.as_str())).collect();
        assert!(other.is_empty(), "{other:?}");
        let report = rebuild::run(&s.app, s.scope, Rebuild::Check, |_| {}).await.unwrap();
        assert_eq!(report.differences, []);
        s.end().await;
    }

    async fn a_record_that_was_pushed_is_the_same_record_in_a_file(t: &TestDb) {
        let s = Setting::new(t).await;
        let rows_of_file = file("ucm-api.csv");
        let chosen = Chosen {
            format: ImportFormat::Ucm,
            time_zone: "America/Chicago".into(),
            country: "US".into(),
            mapping: std::collections::BTreeMap::new(),
        };
        let connection = import::connection(&s.app, s.scope, &by(), &chosen, None).await.unwrap();
        // What the device pushes: numbers instead of texts, other order, its serial.
        let pushed = br#"{"sn": "EC74D7A1B2C3", "disposition": "NO ANSWER", "AcctId": 63, "src": "5300", "dst": "5302",
            "dcontext": "from-internal", "clid": "pn01 <5300>", "channel": "SIP/5300-00000002",
            "dstchannel": "SIP/5302-00000003", "lastapp": "Dial", "lastdata": "SIP/5302", "start": "2026-03-10 11:50:00",
            "answer": "", "end": "2026-03-10 11:50:20", "duration": 20, "billsec": 0, "amaflags": "DOCUMENTATION",
            "uniqueid": "1773161400.2", "userfield": "Internal", "channel_ext": "5300", "dstchannel_ext": "5302",
            "service": "s"}"#;
        let items = cloud_ucm::items(&Bytes::from_static(pushed));
        intake::append_pulled(&s.app, s.scope.tenant(), connection.id, &CloudUcm, items).await.unwrap();
        merged(t).await;
        assert_eq!(all_calls(t, &s).await.len(), 1);

        let brought = bring(&s, "ucm.csv", rows_of_file).await.unwrap();
        let done = run(t, &s, brought.id, &chicago(), Mode::Apply).await;
        assert_eq!((done.state, counts(&done)), (ImportState::Done, [2, 1, 1, 0, 0]));
        assert_eq!(done.connection_id, Some(connection.id));
        assert_eq!(all_calls(t, &s).await.len(), 2);
        s.end().await;
    }

    async fn what_is_wrong_with_rows_is_kept_by_line_and_the_rest_is_taken_in(t: &TestDb) {
        let s = Setting::new(t).await;
        let brought = bring(&s, "broken.csv", file("broken.csv")).await.unwrap();
        let done = run(t, &s, brought.id, &chicago(), Mode::Apply).await;
        assert_eq!((done.state, counts(&done)), (ImportState::Done, [7, 2, 0, 0, 5]));
        let errors = import::errors(&s.app, s.scope, brought.id, 0, 100).await.unwrap();
        let said: Vec<_> = errors.iter().map(|error| (error.line, error.code.as_str())).collect();
        assert_eq!(said, [(3, "unreadable"), (4, "required"), (5, "invalid"), (6, "too_long"), (8, "required")]);
        let after = import::errors(&s.app, s.scope, brought.id, 5, 1).await.unwrap();
        assert_eq!(after, errors[3..4]);
        assert_eq!(all_calls(t, &s).await.len(), 2);
        s.end().await;
    }

    async fn a_file_that_nobody_knows_needs_somebody_to_say_what_it_is(t: &TestDb) {
        let s = Setting::new(t).await;
        let brought = bring(&s, "columns.csv", file("columns.csv")).await.unwrap();
        let refused = import::start(&s.app, s.scope, &by(), brought.id, &Wish::default(), Mode::Check).await.unwrap_err();
        assert!(matches!(&refused, ImportError::Fields(faults) if faults[0].field == "format"), "{refused}");
        let nothing_yet = import::preview(&s.app, s.scope, brought.id, &Wish::default()).await.unwrap();
        assert!(nothing_yet.chosen.is_none() && nothing_yet.found.columns.len() == 9);
        let twice = ["Fecha", "Origen", "Destino"].map(|column| (column.to_owned(), ImportField::StartedAt));
        let wish = Wish { format: Some(ImportFormat::Columns), mapping: Some(twice.into()), ..Wish::default() };
        let refused = import::start(&s.app, s.scope, &by(), brought.id, &wish, Mode::Check).await.unwrap_err();
        assert!(matches!(&refused, ImportError::Fields(faults) if faults[0].field == "mapping"), "{refused}");
        let wish = Wish {
            format: Some(ImportFormat::Columns),
            time_zone: Some("Europe/Madrid".into()),
            country: Some("es".into()),
            mapping: Some(nothing_yet.found.proposal()),
            connection_id: None,
        };
        let done = run(t, &s, brought.id, &wish, Mode::Apply).await;
        assert_eq!((done.state, counts(&done)), (ImportState::Done, [3, 3, 0, 0, 0]));
        let first = all_calls(t, &s).await.swap_remove(0);
        assert_eq!((first.agent_name.as_deref(), first.queue.as_deref()), (Some("José Peña"), Some("Ventas")));
        assert!(matches!(bring(&s, "x", b"PK\x03\x04....".to_vec()).await, Err(ImportError::File(_))));
        // A connection of somebody else's provider is not taken for this one.
        let other = Wish { connection_id: Some(s.connection), ..chicago() };
        let brought = bring(&s, "freepbx.csv", file("freepbx.csv")).await.unwrap();
        let refused = import::start(&s.app, s.scope, &by(), brought.id, &other, Mode::Apply).await.unwrap_err();
        assert!(matches!(&refused, ImportError::Fields(faults) if faults[0].field == "connection_id"), "{refused}");
        s.end().await;
    }

    async fn an_import_that_was_ended_or_broken_off_goes_on_where_it_was(t: &TestDb) {
        let s = Setting::new(t).await;
        let mut year = Vec::new();
        let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
        let written = Year { calls: 900, year: 2026, zone, seed: 5 }.write(&mut year, &mut |_| {}).unwrap();
        let rows_of_year = i64::try_from(written.legs).unwrap();
        let brought = bring(&s, "year.csv", year.clone()).await.unwrap();
        import::start(&s.app, s.scope, &by(), brought.id, &chicago(), Mode::Apply).await.unwrap();
        assert!(matches!(import::remove(&s.app, s.scope, &by(), brought.id).await, Err(ImportError::Running)));
        let ended = import::cancel(&s.app, s.scope, &by(), brought.id).await.unwrap();
        assert_eq!(ended.state, ImportState::Cancelled);
        s.run_due(t).await;
        assert!(all_calls(t, &s).await.is_empty(), "a job whose import was ended does nothing");

        // A first chunk is read, and the reader is gone.
        let chosen = Chosen {
            format: ImportFormat::Ucm,
            time_zone: "America/Chicago".into(),
            country: "US".into(),
            mapping: std::collections::BTreeMap::new(),
        };
        let connection = import::connection(&s.app, s.scope, &by(), &chosen, None).await.unwrap();
        let read = (year.as_slice(), Cursor::new(year.clone()));
        let mut loader =
            Loader::start(&s.app, s.scope, &chosen, Some(connection.clone()), read, Mode::Apply, Counts::default()).await.unwrap();
        loader.step(&s.app).await.unwrap().unwrap();
        let so_far = loader.counts;
        drop(loader);
        assert_eq!((so_far.stored, so_far.failed), (500, 0));
        // The next one passes over what was read.
        let read = (year.as_slice(), Cursor::new(year.clone()));
        let mut loader =
            Loader::start(&s.app, s.scope, &chosen, Some(connection), read, Mode::Apply, so_far).await.unwrap();
        while loader.step(&s.app).await.unwrap().is_some() {}
        assert_eq!((loader.counts.rows_read, loader.counts.stored, loader.counts.known), (rows_of_year, rows_of_year, 0));
        assert_eq!(import::settled(&s.app).await.unwrap(), 0);
        let mut reader = t.db.read(s.scope).await.unwrap();
        let connection = rows::list(&mut reader.conn(), s.scope, None, 10).await.unwrap();
        drop(reader);
        assert_eq!(connection.iter().filter(|connection| connection.provider == "clouducm").count(), 1);
        // The whole file once more: every row is known.
        let again = run(t, &s, brought.id, &chicago(), Mode::Apply).await;
        assert_eq!(counts(&again), [rows_of_year, 0, rows_of_year, 0, 0]);
        let counted = t.query_texts("SELECT CAST(count(*) AS text) FROM calls").await;
        assert_eq!(counted, ["900"]);
        s.end().await;
    }

    async fn an_import_waits_for_a_database_that_cannot_write(t: &TestDb) {
        let s = Setting::new(t).await;
        let chosen = Chosen {
            format: ImportFormat::Asterisk,
            time_zone: "America/Chicago".into(),
            country: "US".into(),
            mapping: std::collections::BTreeMap::new(),
        };
        let connection = import::connection(&s.app, s.scope, &by(), &chosen, None).await.unwrap();
        let records = file("freepbx.csv");
        let read = (records.as_slice(), Cursor::new(records.clone()));
        let mut loader =
            Loader::start(&s.app, s.scope, &chosen, Some(connection), read, Mode::Apply, Counts::default()).await.unwrap();
        t.execute("ALTER TABLE event_keys RENAME TO keys_away").await;
        let app = s.app.clone();
        let loading = tokio::spawn(async move { loader.step(&app).await.unwrap().map(|_| loader.counts) });
        tokio::time::timeout(Duration::from_secs(30), async {
            while !s.app.intake.is_failing() {
                tokio::task::yield_now().await;
            }
        }).await.expect("the log refused the records");
        t.execute("ALTER TABLE keys_away RENAME TO event_keys").await;
        let counts = loading.await.unwrap().unwrap();
        assert!(counts.stored > 0 && counts.known == 0, "{counts:?}");
        merged(t).await;
        assert!(!all_calls(t, &s).await.is_empty());
        s.end().await;
    }
}

//! Reports by e-mail: each period once, after downtime once, to those alone who work here and want it, and none of it to run.

use std::{path::PathBuf, time::Duration};

use switchboard_app::{
    AppSettings,
    audit::Origin,
    jobs::{Failure, SendMail, recurring},
    mail::{self, Way},
    report_files::report::{self, Wanted},
    report_schedules::{self, LeaveError, Narrowing, ReportKind, SchedulesError, Shown, Wish},
    reports::{self, Asked},
    scheduler,
    tenants::{self, Settings},
};
use switchboard_domain::{
    Timestamp,
    call::{Call, CallOutcome, CallStatus, Direction},
    hours::{Date, Day},
    ids::UserId,
    mail::Language,
    report_schedule::{Every, FileFormat},
    role::Role,
};
use switchboard_rules::report::Filter;
use switchboard_store::{
    TenantScope,
    people::{
        members, memberships,
        users::{self, NewUser},
    },
    record::Kept,
    work::{self, Job, JobFilter},
};
use switchboard_testkit::{Build, TestDb, both_engines};

use crate::support::{TestApp, settings};

fn by() -> Origin {
    Origin::operator("test")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A workspace in Madrid, its mails in a folder, and people who read Spanish and English.
struct Site {
    app: TestApp,
    scope: TenantScope,
    mails: PathBuf,
    ana: UserId,
    ben: UserId,
}

impl Site {
    async fn new(t: &TestDb) -> Self {
        let mails = t.folder.path().join("mail");
        let mut wanted = AppSettings { fetch_recordings: false, ..settings("http://127.0.0.1:1") };
        wanted.mail.way = Way::Folder(mails.clone());
        let app = TestApp::with(t, wanted);
        let scope = t.tenant("Acme").await;
        let zone = Settings { time_zone: Some("Europe/Madrid".into()), ..Settings::default() };
        tenants::update(&app.app, scope, &zone, &by()).await.unwrap();
        let ana = person(t, scope, "ana@example.com", Language::Spanish).await;
        let ben = person(t, scope, "ben@example.com", Language::English).await;
        Self { app, scope, mails, ana, ben }
    }

    async fn make(&self, wish: Wish) -> Result<Shown, SchedulesError> {
        report_schedules::create(&self.app.app, self.scope, wish, &by()).await
    }

    async fn find(&self, shown: &Shown) -> Shown {
        report_schedules::find(&self.app.app, self.scope, shown.schedule.id).await.unwrap()
    }

    /// Runs the jobs that are due at a moment.
    async fn run_at(&self, t: &TestDb, now: &str) {
        t.clock.set(at(now));
        recurring::ensure(&self.app.app).await.unwrap();
        scheduler::run_due(&self.app.app).await.unwrap();
        scheduler::run_due(&self.app.app).await.unwrap();
    }

    /// What was sent since last asked: as it came, without the breaks of long lines.
    fn taken(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(&self.mails) else { return Vec::new() };
        let mut taken = Vec::new();
        for entry in folder {
            let path = entry.unwrap().path();
            taken.push(std::fs::read_to_string(&path).unwrap().replace("=\r\n", ""));
            std::fs::remove_file(path).unwrap();
        }
        taken.sort();
        taken
    }
}

async fn person(t: &TestDb, scope: TenantScope, email: &str, language: Language) -> UserId {
    let user = NewUser {
        id: t.id(),
        email: email.into(),
        full_name: "Somebody".into(),
        password_hash: None,
        is_platform_admin: false,
        email_verified_at: None,
        created_at: t.now(),
    };
    let mut tx = t.db.begin_platform().await.unwrap();
    users::insert(&mut tx, &user).await.unwrap();
    users::note_login(&mut tx, user.id, language, t.now()).await.unwrap();
    memberships::insert(&mut tx, scope.tenant(), user.id, Role::Viewer, t.now()).await.unwrap();
    tx.commit().await.unwrap();
    user.id
}

async fn let_go(t: &TestDb, scope: TenantScope, user: UserId) {
    let mut tx = t.db.begin_platform().await.unwrap();
    members::remove(&mut tx, scope, user, t.now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn daily(people: &[UserId]) -> Wish {
    Wish {
        report: Some(ReportKind::Queues),
        every: Some(Every::Day),
        time: Some("08:00".parse().unwrap()),
        user_ids: Some(people.to_vec()),
        format: Some(FileFormat::Csv),
        ..Wish::default()
    }
}

fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    mail.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default()
}

/// The token of the link by which a mail's reader stops it.
fn token(mail: &str) -> String {
    let link = header(mail, "List-Unsubscribe");
    link.split_once("token=").unwrap().1.trim_end_matches('>').to_owned()
}

/// A call of its day that somebody answered, over and counted as such.
fn answered(build: &Build, number: u32, on: &str) -> Kept<Call> {
    let mut kept = build.call(number, at(on));
    let record = &mut kept.record;
    (record.direction, record.outcome) = (Some(Direction::Inbound), Some(CallOutcome::Answered));
    (record.status, record.ended_at) = (CallStatus::Ended, Some(at(on) + Duration::from_mins(3)));
    kept
}

fn whole(from: Date, to: Date) -> Filter {
    Filter {
        from,
        to,
        direction: None,
        outcome: None,
        connection: None,
        agent: None,
        queue: None,
        ring_group: None,
        trunk: None,
        did: None,
    }
}

async fn jobs_of(t: &TestDb, scope: TenantScope, kind: &str) -> Vec<Job> {
    let mut reader = t.db.read(scope).await.unwrap();
    let jobs = work::list(&mut reader.conn(), scope, &JobFilter::default(), 100).await.unwrap();
    jobs.into_iter().filter(|job| job.kind == kind).collect()
}

both_engines! {
    async fn a_report_waits_for_its_days_to_be_counted_and_says_so_if_they_are_not(t: &TestDb) {
        t.clock.set(at("2026-11-21T10:00:00Z"));
        let site = Site::new(t).await;
        let (app, build) = (&site.app.app, Build::new(t, site.scope, t.connection(site.scope).await));
        while reports::count(app, site.scope).await.unwrap() {}
        // More days change than are counted on the way.
        let days = ["2026-10-01", "2026-10-08", "2026-10-15", "2026-10-22", "2026-10-29"];
        let calls: Vec<Kept<Call>> =
            (1..).zip(days).map(|(number, day)| answered(&build, number, &format!("{day}T15:00:00Z"))).collect();
        t.save(site.scope, &calls).await;
        let rhythm = (Some(Every::Month), Some(1));
        let wish = Wish { report: Some(ReportKind::Volume), every: rhythm.0, month_day: rhythm.1, ..daily(&[site.ana]) };
        let made = site.make(wish).await.unwrap();
        report_schedules::send_now(app, site.scope, made.schedule.id, &by()).await.unwrap();
        let posted = jobs_of(t, site.scope, "send_mail").await;
        let SendMail { mail: id } = serde_json::from_value(posted[0].payload.clone()).unwrap();
        let put_off = mail::send(app, site.scope, id).await;
        assert!(matches!(put_off, Err(Failure::NotTried { .. })), "{put_off:?}");
        assert_eq!(site.taken().len(), 0);
        let (kind, format, language) = (ReportKind::Volume, FileFormat::Csv, Language::Spanish);
        let (from, to) = ("2026-10-01".parse().unwrap(), "2026-10-31".parse().unwrap());
        let wanted = Wanted { kind, filter: whole(from, to), asked: Asked::default(), format, language };
        let file = async || String::from_utf8(report::make(app, site.scope, &wanted).await.unwrap().bytes).unwrap();
        let uncounted = file().await;
        assert!(uncounted.starts_with("\u{feff}\"Aún sin contar\","), "{uncounted}");

        // Six hours are enough: it comes as it is.
        t.clock.advance(Duration::from_hours(6));
        mail::send(app, site.scope, id).await.unwrap();
        assert_eq!(site.taken().len(), 1);
        report_schedules::send_now(app, site.scope, made.schedule.id, &by()).await.unwrap();
        while reports::count(app, site.scope).await.unwrap() {}
        scheduler::run_due(app).await.unwrap();
        assert_eq!(site.taken().len(), 1, "the second one waited for nothing");
        assert!(!file().await.contains("sin contar"));
    }

    async fn a_report_comes_at_eight_to_each_in_their_language(t: &TestDb) {
        t.clock.set(at("2026-03-27T12:00:00Z"));
        let site = Site::new(t).await;
        let made = site.make(daily(&[site.ana, site.ben])).await.unwrap();
        assert_eq!(made.schedule.next_at, Some(at("2026-03-28T07:00:00Z")));

        site.run_at(t, "2026-03-28T06:59:00Z").await;
        assert_eq!(site.taken().len(), 0);
        site.run_at(t, "2026-03-28T07:00:30Z").await;
        let mails = site.taken();
        assert_eq!(mails.len(), 2, "{mails:?}");
        let to = |who: &str| mails.iter().find(|mail| header(mail, "To") == who).unwrap();
        assert_eq!(header(to("ben@example.com"), "Subject"), "Acme: Queues, 2026-03-27");
        assert_eq!(header(to("ana@example.com"), "Subject"), "Acme: Colas, 2026-03-27");
        assert!(to("ben@example.com").contains("filename=\"queues_2026-03-27.csv\""), "{}", to("ben@example.com"));
        assert!(to("ana@example.com").contains("Abrir el informe"));
        assert_eq!(header(to("ana@example.com"), "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");

        // A job that runs twice, and a node that looks late, send nothing.
        report_schedules::send_due(&site.app.app, site.scope, made.schedule.id).await.unwrap();
        site.run_at(t, "2026-03-28T12:00:00Z").await;
        assert_eq!(site.taken().len(), 0);

        // The clocks went forward in the night: eight is an hour earlier.
        site.run_at(t, "2026-03-29T06:01:00Z").await;
        assert_eq!(site.taken().len(), 2);
        assert_eq!(site.find(&made).await.schedule.next_at, Some(at("2026-03-30T06:00:00Z")));
    }

    async fn what_was_missed_is_sent_once(t: &TestDb) {
        t.clock.set(at("2026-11-01T12:00:00Z"));
        let site = Site::new(t).await;
        let made = site.make(daily(&[site.ben])).await.unwrap();
        let weekly = Wish { every: Some(Every::Week), weekday: Some(Day::Monday), ..daily(&[site.ben]) };
        site.make(weekly).await.unwrap();
        // Three weeks later, a Sunday: twenty days and three Mondays were missed.
        site.run_at(t, "2026-11-22T10:00:00Z").await;
        let subjects: Vec<String> = site.taken().iter().map(|mail| header(mail, "Subject").to_owned()).collect();
        assert_eq!(subjects.len(), 2, "{subjects:?}");
        assert!(subjects.contains(&"Acme: Queues, 2026-11-21".to_owned()), "{subjects:?}");
        // The last Monday that was missed was the 16th.
        assert!(subjects.contains(&"Acme: Queues, 2026-11-09 to 2026-11-15".to_owned()), "{subjects:?}");
        assert_eq!(site.find(&made).await.schedule.next_at, Some(at("2026-11-23T07:00:00Z")));
    }

    async fn who_leaves_the_list_or_the_workspace_gets_none(t: &TestDb) {
        t.clock.set(at("2026-11-01T12:00:00Z"));
        let site = Site::new(t).await;
        let made = site.make(daily(&[site.ana, site.ben])).await.unwrap();
        site.run_at(t, "2026-11-02T07:01:00Z").await;
        let mails = site.taken();
        let ana = mails.iter().find(|mail| header(mail, "To") == "ana@example.com").unwrap();
        let token = token(ana);
        let forged = token.replacen(&site.ana.uuid().simple().to_string(), &site.ben.uuid().simple().to_string(), 1);
        let refused = report_schedules::leave(&site.app.app, &forged).await;
        assert!(matches!(refused, Err(LeaveError::Forged)), "{refused:?}");
        for _ in 0..2 {
            report_schedules::leave(&site.app.app, &token).await.unwrap();
        }
        assert_eq!(site.find(&made).await.schedule.user_ids, [site.ben]);
        let left = "SELECT count(*) || '' FROM audit_log WHERE action = 'report_schedule.left'";
        assert_eq!(t.query_texts(left).await, ["1"]);

        // Ben leaves after his mail was added and before it is sent.
        t.clock.set(at("2026-11-03T07:01:00Z"));
        report_schedules::send_due(&site.app.app, site.scope, made.schedule.id).await.unwrap();
        let_go(t, site.scope, site.ben).await;
        site.run_at(t, "2026-11-03T07:02:00Z").await;
        assert_eq!(site.taken().len(), 0);
        let states = t.query_texts("SELECT state FROM mails WHERE letter = 'report' ORDER BY id").await;
        assert_eq!(states, ["sent", "sent", "failed"]);

        // Nobody is left: the next time it goes off by itself.
        site.run_at(t, "2026-11-04T07:01:00Z").await;
        let schedule = site.find(&made).await.schedule;
        assert_eq!((schedule.is_on, schedule.next_at, site.taken().len()), (false, None, 0));
        let nobody = report_schedules::send_now(&site.app.app, site.scope, made.schedule.id, &by()).await;
        assert!(matches!(nobody, Err(SchedulesError::NobodyLeft)), "{nobody:?}");
    }

    async fn by_hand_it_comes_at_once_and_not_twice_a_minute(t: &TestDb) {
        t.clock.set(at("2026-11-18T12:00:00Z"));
        let site = Site::new(t).await;
        let connection = t.connection(site.scope).await;
        let build = Build::new(t, site.scope, connection);
        let mut call = build.call(1, at("2026-11-17T10:00:00Z"));
        call.record.queue = Some("=cmd|' /C calc'!A0".into());
        t.save(site.scope, &[call]).await;
        let monthly = Wish {
            every: Some(Every::Month),
            month_day: Some(1),
            is_on: Some(false),
            filter: Some(Narrowing { queue: Some(" ".into()), ..Narrowing::default() }),
            ..daily(&[site.ben])
        };
        let made = site.make(monthly).await.unwrap();
        assert_eq!((made.schedule.next_at, made.filter.queue.as_deref()), (None, None));
        let sent = report_schedules::send_now(&site.app.app, site.scope, made.schedule.id, &by()).await.unwrap();
        assert_eq!((sent.mails, sent.days.0.to_string(), sent.days.1.to_string()), (1, "2026-10-01".into(), "2026-10-31".into()));
        let again = report_schedules::send_now(&site.app.app, site.scope, made.schedule.id, &by()).await;
        assert!(matches!(again, Err(SchedulesError::JustSent)), "{again:?}");
        site.run_at(t, "2026-11-18T12:00:01Z").await;
        assert_eq!(site.taken().len(), 1);
        t.clock.advance(Duration::from_mins(2));
        report_schedules::send_now(&site.app.app, site.scope, made.schedule.id, &by()).await.unwrap();
    }

    async fn a_schedule_says_all_that_it_needs(t: &TestDb) {
        let site = Site::new(t).await;
        let other = t.tenant("Other").await;
        let stranger = person(t, other, "eve@example.com", Language::English).await;
        let faults = async |wish: Wish| match site.make(wish).await {
            Err(SchedulesError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field.to_owned()).collect::<Vec<String>>(),
            other => panic!("{other:?}"),
        };
        let none = faults(Wish::default()).await;
        assert_eq!(none, ["report", "every", "time"]);
        let no_day = faults(Wish { every: Some(Every::Week), ..daily(&[site.ben]) }).await;
        assert_eq!(no_day, ["weekday"]);
        // Another workspace's people and connections are not there.
        let theirs = t.connection(other).await;
        let filter = Narrowing { connection: Some(theirs), ..Narrowing::default() };
        let strange = faults(Wish { filter: Some(filter), ..daily(&[site.ben, stranger]) }).await;
        assert_eq!(strange, ["filter.connection", "user_ids"]);
        let made = site.make(daily(&[site.ben])).await.unwrap();
        let of_other = report_schedules::find(&site.app.app, other, made.schedule.id).await;
        assert!(matches!(of_other, Err(SchedulesError::NotFound)), "{of_other:?}");
        // Another zone, another moment.
        let zone = Settings { time_zone: Some("America/New_York".into()), ..Settings::default() };
        tenants::update(&site.app.app, site.scope, &zone, &by()).await.unwrap();
        let moved = site.find(&made).await.schedule.next_at.unwrap();
        assert_eq!(moved, made.schedule.rhythm.next_after(t.now(), "America/New_York"));
        assert_ne!(Some(moved), made.schedule.next_at);
    }
}

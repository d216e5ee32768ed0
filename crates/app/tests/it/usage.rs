//! What is used is counted exactly once, whatever arrives twice, at once, late or again; and owners are told once.

use std::time::Duration;

use switchboard_app::{
    App, AppSettings,
    accounts::{self, InvitationError},
    apps::{self, AppsError},
    audit::Origin,
    connecting::{self, NewConnection},
    connections::ConnectionsError,
    mail::Way,
    plans::{self, GrowthError},
    rebuild::{self, Mode},
    replay::{self, Replay},
    scheduler, tenants, usage,
};
use switchboard_domain::{
    Timestamp,
    actor::Actor,
    call::{Call, CallStatus},
    change::{NewChange, RecordKind, Verb},
    mail::Language,
    plan::PastLimit,
    role::Role,
    usage::{Metric, Period},
};
use switchboard_store::{
    TenantScope,
    record::{Kept, save},
};
use switchboard_testkit::{Build, TestDb, both_engines};

use crate::{
    jobs::Setting,
    mixed::MIXED,
    support::{TestApp, fixture, settings},
};

async fn count(app: &App, scope: TenantScope) {
    while usage::count(app, scope).await.unwrap() {}
}

/// `metric used` of a month, in the order of the metrics, without what is zero.
async fn used(app: &App, scope: TenantScope, period: &str) -> Vec<String> {
    let report = usage::report(app, scope).await.unwrap();
    let period: Period = period.parse().unwrap();
    let of_it = report.used.iter().filter(|used| used.period == period && used.used != 0);
    of_it.map(|used| format!("{} {}", used.metric, used.used)).collect()
}

async fn call_count(app: &App, scope: TenantScope) -> i64 {
    tenants::lookup(app, scope.tenant()).await.unwrap().call_count
}

/// Every way to something new says that the plan has no room for it, and adds nothing: our own routes', and the guide's that
/// makes a connection on the way.
async fn no_way_to_grow(app: &App, scope: TenantScope, by: Origin) {
    let new = || NewConnection {
        app_id: None,
        provider: "twilio".into(),
        name: "Texts".into(),
        fields: [("account_sid", format!("AC{}", "0".repeat(32))), ("auth_token", "1".repeat(32))]
            .map(|(name, value)| (name.to_owned(), Some(value.into())))
            .into(),
    };
    let made = apps::create_in(app, scope, "Another", apps::KeyTerms::default(), &by).await;
    assert!(matches!(made, Err(AppsError::NoRoom(GrowthError::LimitReached { limit: 100 }))), "{made:?}");
    let made = connecting::create(app, scope, &new(), &by).await;
    assert!(matches!(made, Err(ConnectionsError::NoRoom(_))), "{made:?}");
    let host = [("host".to_owned(), Some("ucm.example.com".into()))].into();
    let made = tenants::set_phone_system(app, scope, host, &by).await;
    assert!(matches!(made, Err(ConnectionsError::NoRoom(_))), "{made:?}");
    let made = accounts::invite(app, scope, &by, "new@example.com", Role::Agent, Language::English).await;
    assert!(matches!(made, Err(InvitationError::NoRoom(_))), "{made:?}");
}

/// What the records themselves come to.
async fn by_hand(t: &TestDb) -> Vec<String> {
    let sums = "SELECT 'call_minutes ' || coalesce(sum((duration_seconds + 59) / 60), 0) FROM calls \
                WHERE status NOT IN ('ringing', 'active') UNION ALL \
                SELECT 'calls ' || count(*) FROM calls WHERE status NOT IN ('ringing', 'active') UNION ALL \
                SELECT 'messages_in ' || count(*) FROM messages WHERE direction = 'inbound' UNION ALL \
                SELECT 'messages_out ' || count(*) FROM messages WHERE direction = 'outbound' UNION ALL \
                SELECT 'voicemails ' || count(*) FROM voicemails";
    let mut sums = t.query_texts(sums).await;
    sums.retain(|sum| !sum.ends_with(" 0"));
    sums
}

/// Stores a call of so many seconds with the change that says so.
async fn commit_call(t: &TestDb, scope: TenantScope, build: Build, number: u32, at: Timestamp, seconds: Option<i64>) {
    let mut call: Kept<Call> = build.call(number, at);
    call.record.status = if seconds.is_some() { CallStatus::Ended } else { CallStatus::Active };
    call.record.duration_seconds = seconds;
    let change = NewChange::of(RecordKind::Call, call.record.id, Verb::Created, at);
    let mut tx = t.db.begin(scope).await.unwrap();
    save(&mut tx.conn(), &[&call]).await.unwrap();
    tx.push_change(change);
    tx.commit(t.now()).await.unwrap();
}

both_engines! {
    async fn every_record_counts_once_whatever_comes_again(t: &TestDb) {
        let s = Setting::new(t).await;
        for (n, name) in MIXED.iter().enumerate() {
            s.push(t, &fixture(name)).await;
            // Now and then: calls are over, go on and are merged between two counts.
            if n % 3 == 0 {
                count(&s.app, s.scope).await;
            }
        }
        count(&s.app, s.scope).await;
        let expected = by_hand(t).await;
        assert!(expected.len() == 5, "{expected:?}");
        assert_eq!(used(&s.app, s.scope, "2026-08").await, expected);
        let calls = t.query_texts("SELECT '' || count(*) FROM calls").await;
        assert_eq!(call_count(&s.app, s.scope).await.to_string(), calls[0]);

        // Again from the provider, again from the log, and again from the start of the changes.
        for name in MIXED {
            s.push(t, &fixture(name)).await;
        }
        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        count(&s.app, s.scope).await;
        t.execute("UPDATE usage_cursors SET seq = 0").await;
        count(&s.app, s.scope).await;
        assert_eq!(used(&s.app, s.scope, "2026-08").await, expected);

        // A rebuild puts right what was spoiled, without a change of each record.
        t.execute("DELETE FROM calls WHERE external_id = '6421977457180672'").await;
        assert!(rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.unwrap().applied);
        count(&s.app, s.scope).await;
        assert_eq!(used(&s.app, s.scope, "2026-08").await, expected);
        assert_eq!(call_count(&s.app, s.scope).await.to_string(), calls[0]);
        s.end().await;
    }

    async fn counting_at_once_counts_once(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        for number in 0..600 {
            commit_call(t, scope, build, number, t.now(), Some(61)).await;
        }
        let counting = (0..6).map(|_| count(&app, scope));
        futures::future::join_all(counting).await;
        assert_eq!(used(&app, scope, "2026-08").await, ["call_minutes 1200", "calls 600"]);
        assert_eq!(call_count(&app, scope).await, 600);
    }

    async fn a_call_is_counted_in_its_month_while_that_is_open(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let day = Duration::from_hours(24);
        // It is the end of August: July is open, June is closed.
        commit_call(t, scope, build, 1, t.now() - 35 * day, Some(30)).await;
        commit_call(t, scope, build, 2, t.now() - 70 * day, Some(30)).await;
        commit_call(t, scope, build, 3, t.now(), None).await;
        count(&app, scope).await;
        assert_eq!(used(&app, scope, "2026-07").await, ["call_minutes 1", "calls 1"]);
        assert!(used(&app, scope, "2026-06").await.is_empty() && used(&app, scope, "2026-08").await.is_empty());
        assert_eq!(call_count(&app, scope).await, 3);
        // The call ends, is longer than was said, and is removed after a while: it was used.
        commit_call(t, scope, build, 3, t.now(), Some(60)).await;
        count(&app, scope).await;
        commit_call(t, scope, build, 3, t.now(), Some(130)).await;
        count(&app, scope).await;
        assert_eq!(used(&app, scope, "2026-08").await, ["call_minutes 3", "calls 1"]);
        t.execute("DELETE FROM calls").await;
        let mut tx = t.db.begin(scope).await.unwrap();
        tx.push_change(NewChange::of(RecordKind::Call, build.call_id(3), Verb::Deleted, t.now()));
        tx.commit(t.now()).await.unwrap();
        count(&app, scope).await;
        assert_eq!(used(&app, scope, "2026-08").await, ["call_minutes 3", "calls 1"]);
    }

    async fn owners_are_told_once_per_step(t: &TestDb) {
        let app = TestApp::new(t).app;
        let by = Origin::operator("test");
        let scope = t.tenant("Acme").await;
        t.execute(&format!(
            "INSERT INTO users (id, email, full_name, created_at, updated_at) SELECT id, 'owner@example.com', 'O', \
             created_at, created_at FROM tenants; INSERT INTO memberships (tenant_id, user_id, role, created_at, updated_at) \
             SELECT id, id, 'owner', created_at, created_at FROM tenants; UPDATE plans SET limits = '{}'",
            r#"{"minutes": 100}"#
        )).await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let told = async || -> (Vec<i32>, usize) {
            let warnings = usage::report(&app, scope).await.unwrap().warnings;
            let mails = t.query_texts("SELECT recipient FROM mails WHERE letter = 'usage_warning'").await;
            assert!(mails.iter().all(|to| to == "owner@example.com"));
            (warnings.into_iter().map(|warning| warning.percent).collect(), mails.len())
        };
        let mut number = 0;
        for (minutes, expected) in [(79, (vec![], 0)), (1, (vec![80], 1)), (1, (vec![80], 1)), (0, (vec![80], 1)),
                                    (19, (vec![80, 90, 100], 2)), (50, (vec![80, 90, 100], 2))] {
            number += 1;
            commit_call(t, scope, build, number, t.now(), Some(60 * minutes)).await;
            count(&app, scope).await;
            assert_eq!(told().await, expected, "after {minutes} more");
        }
        // The warning is a change too, so that whoever looks is told at once; and it is counted without an end.
        count(&app, scope).await;
        assert!(!usage::count(&app, scope).await.unwrap());

        // Past the limit: what the plan says, and nothing else.
        let owner = Actor::User { user: t.id(), session: t.id(), role: Role::Owner, impersonated_by: None };
        assert!(plans::may_grow(&app, scope, &owner).await.is_ok());
        let mut plan = plans::find(&app, "starter").await.unwrap();
        plan.past_limit = PastLimit::NoAdditions;
        plans::save(&app, &plan, &by).await.unwrap();
        assert!(plans::may_grow(&app, scope, &owner).await.is_err());
        no_way_to_grow(&app, scope, Origin { actor: owner.clone(), ..Origin::operator("olga@example.com") }).await;
        // Who runs the installation could as well give the tenant another plan.
        apps::create_in(&app, scope, "Given", apps::KeyTerms::default(), &by).await.unwrap();
        // Another plan: the old warnings are about another limit.
        plan.id = "large".into();
        plan.limits.minutes = Some(180);
        plans::save(&app, &plan, &by).await.unwrap();
        let large = tenants::Settings { plan: Some("large".into()), ..tenants::Settings::default() };
        tenants::update(&app, scope, &large, &by).await.unwrap();
        assert_eq!(told().await, (vec![80], 3), "150 of 180");
        assert!(plans::may_grow(&app, scope, &owner).await.is_ok());
        // Next month everything begins again.
        t.clock.advance(Duration::from_hours(5 * 24));
        commit_call(t, scope, build, 99, t.now(), Some(60 * 170)).await;
        count(&app, scope).await;
        assert_eq!(told().await, (vec![80, 90], 4));
        assert_eq!(used(&app, scope, "2026-09").await, ["call_minutes 170", "calls 1"]);
        assert!(Metric::ALL.len() == 7);
    }

    /// It is a job that warns them, and no request says what they read: what their browser last asked for does.
    async fn owners_are_told_in_their_language(t: &TestDb) {
        let mails = t.folder.path().join("mail");
        let mut wanted = AppSettings { fetch_recordings: false, ..settings("http://127.0.0.1:1") };
        wanted.mail.way = Way::Folder(mails.clone());
        let app = TestApp::with(t, wanted).app;
        let scope = t.tenant("Acme").await;
        t.execute(&format!(
            "INSERT INTO users (id, email, full_name, language, created_at, updated_at) SELECT id, 'ana@example.com', 'A', \
             'es', created_at, created_at FROM tenants; INSERT INTO memberships (tenant_id, user_id, role, created_at, \
             updated_at) SELECT id, id, 'owner', created_at, created_at FROM tenants; UPDATE plans SET limits = '{}'",
            r#"{"minutes": 100}"#
        )).await;
        let build = Build::new(t, scope, t.connection(scope).await);
        commit_call(t, scope, build, 1, t.now(), Some(60 * 90)).await;
        count(&app, scope).await;
        scheduler::run_due(&app).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        let mail = std::fs::read_to_string(&files[0]).unwrap();
        assert!(mail.contains("Subject: Acme ha usado el 90 % de sus minutos"), "{mail}");
    }

    async fn a_plan_that_cannot_be_is_refused(t: &TestDb) {
        let app = TestApp::new(t).app;
        let by = Origin::operator("test");
        let good = plans::find(&app, "starter").await.unwrap();
        assert_eq!((good.price_cents, good.limits.minutes), (24_900, Some(2_500)));
        let all: Vec<(String, i64)> =
            plans::list(&app).await.unwrap().into_iter().map(|plan| (plan.id, plan.price_cents)).collect();
        let expected = [("starter", 24_900), ("professional", 49_900), ("enterprise", 99_900)];
        assert_eq!(all, expected.map(|(id, price)| (id.to_owned(), price)));
        let spoil: [fn(&mut switchboard_domain::plan::Plan); 6] = [
            |plan| plan.id = "Big Plan".into(),
            |plan| plan.name = " ".into(),
            |plan| plan.price_cents = -1,
            |plan| plan.currency = "dollars".into(),
            |plan| plan.limits.minutes = Some(0),
            |plan| plan.included = vec!["<b>".into()],
        ];
        for spoil in spoil {
            let mut plan = good.clone();
            spoil(&mut plan);
            assert!(matches!(plans::save(&app, &plan, &by).await, Err(plans::PlansError::Invalid(faults)) if faults.len() == 1));
        }
    }
}

//! What people are told: once for each incident, within their hours, never again by what was seen before, and only their own.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_app::{
    App, AppSettings,
    audit::Origin,
    connecting::{self, NewConnection},
    hours,
    intake::{self, HookRoute},
    mail::Way,
    notifications::{self, Listed, RuleWish, RulesError, Shown},
    rebuild::{self, Mode},
    replay::{self, Replay},
    scheduler,
};
use switchboard_domain::{
    Timestamp,
    call::{Call, CallOutcome, CallStatus},
    hours::{Day, Hours, Span},
    ids::{ConnectionId, UserId},
    mail::{Language, MailState},
    notification::{Audience, Condition, EmailWay, Finding, RuleKind, SlackWay},
    role::Role,
};
use switchboard_store::{
    TenantScope,
    people::{
        memberships,
        users::{self, NewUser},
    },
    record::Kept,
};
use switchboard_testkit::{Build, TestDb, both_engines};
use uuid::Uuid;

use crate::{
    jobs::{Setting, merged},
    support::{TestApp, fixture, settings, signed},
};

fn minutes(count: u64) -> Duration {
    Duration::from_mins(count)
}

fn by() -> Origin {
    Origin::operator("test")
}

/// Takes the rules away that every tenant begins with, and makes one.
async fn only(app: &App, scope: TenantScope, wish: RuleWish) -> Shown {
    for shown in notifications::list_rules(app, scope).await.unwrap() {
        notifications::remove(app, scope, shown.rule.id, &by()).await.unwrap();
    }
    notifications::create(app, scope, wish, &by()).await.unwrap()
}

fn spike(calls: u32) -> RuleWish {
    RuleWish { condition: Some(Condition::MissedCallSpike { calls, within_minutes: 15 }), ..RuleWish::default() }
}

/// Stores missed calls, numbered from `first`, that began at `at`.
async fn miss(t: &TestDb, scope: TenantScope, connection: ConnectionId, first: u32, count: u32, at: Timestamp) {
    let build = Build::new(t, scope, connection);
    let missed = |number: u32| {
        let mut call: Kept<Call> = build.call(number, at);
        (call.record.status, call.record.outcome) = (CallStatus::Missed, Some(CallOutcome::Missed));
        (call.record.answered_at, call.record.duration_seconds) = (None, Some(0));
        call
    };
    t.save(scope, &(first..first + count).map(missed).collect::<Vec<_>>()).await;
}

/// The feed of somebody who has read nothing, newest first.
async fn feed(app: &App, scope: TenantScope) -> Vec<Listed> {
    notifications::list(app, scope, Uuid::nil(), false, None, 100).await.unwrap().listed
}

async fn look(app: &App, scope: TenantScope) -> usize {
    notifications::look(app, scope).await.unwrap()
}

/// Mondays to Fridays, nine to five.
fn office() -> Hours {
    let span = Span { from: "09:00".parse().unwrap(), to: "17:00".parse().unwrap() };
    let days = [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday];
    Hours { weekly: days.map(|day| (day, vec![span])).into(), ..Hours::default() }
}

async fn member(t: &TestDb, scope: TenantScope, email: &str, role: Role) -> UserId {
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
    memberships::insert(&mut tx, scope.tenant(), user.id, role, t.now()).await.unwrap();
    tx.commit().await.unwrap();
    user.id
}

/// A Slack that answers as it is told to, and what it was sent.
#[derive(Default)]
struct Slack {
    status: AtomicU16,
    posts: Mutex<Vec<Value>>,
}

async fn slack() -> (Arc<Slack>, String) {
    let fake = Arc::new(Slack::default());
    let answer = async |State(fake): State<Arc<Slack>>, Json(body): Json<Value>| {
        fake.posts.lock().unwrap().push(body);
        StatusCode::from_u16(fake.status.load(Ordering::SeqCst)).unwrap_or(StatusCode::OK)
    };
    let router = Router::new().route("/services/{*rest}", post(answer)).with_state(Arc::clone(&fake));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (fake, address)
}

async fn connect_slack(app: &App, scope: TenantScope, base: &str) -> ConnectionId {
    let url = SecretString::from(format!("{base}/services/T000/B000/secret"));
    let fields = [("webhook_url".to_owned(), Some(url))].into();
    let new = NewConnection { app_id: None, provider: "slack".into(), name: "Alerts".into(), fields };
    connecting::create(app, scope, &new, &by()).await.unwrap().id
}

both_engines! {
    async fn a_tenant_begins_with_rules_that_write_to_nobody(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let rules = notifications::list_rules(&app, scope).await.unwrap();
        let kinds: Vec<RuleKind> = rules.iter().map(|shown| shown.rule.condition.kind()).collect();
        assert_eq!(kinds.len(), 3);
        assert!(kinds.contains(&RuleKind::ConnectionSilent) && kinds.contains(&RuleKind::MissedCallSpike));
        assert!(rules.iter().all(|shown| {
            let ways = &shown.rule.ways;
            shown.rule.is_on && ways.in_app && ways.email.is_none() && ways.slack.is_none()
        }));
    }

    async fn a_spike_is_told_once_and_another_after_the_quiet_period(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        let rule = only(&app, scope, RuleWish { quiet_minutes: Some(60), ..spike(5) }).await.rule;
        miss(t, scope, connection, 1, 4, t.now()).await;
        assert_eq!(look(&app, scope).await, 0, "four are no spike");
        miss(t, scope, connection, 5, 2, t.now()).await;
        assert_eq!(look(&app, scope).await, 1);
        assert_eq!(look(&app, scope).await, 0, "an incident is told once");
        let told = feed(&app, scope).await;
        assert_eq!(told[0].entry.notification.finding, Finding::MissedCallSpike { calls: 6, within_minutes: 15 });
        let shown = notifications::find(&app, scope, rule.id).await.unwrap();
        assert_eq!((shown.open_incidents, shown.rule.last_fired_at), (1, Some(t.now())));

        t.clock.advance(minutes(20));
        assert_eq!(look(&app, scope).await, 0);
        assert_eq!(notifications::find(&app, scope, rule.id).await.unwrap().open_incidents, 0, "it is over");
        miss(t, scope, connection, 20, 5, t.now()).await;
        assert_eq!(look(&app, scope).await, 0, "the quiet period is not over");
        t.clock.advance(minutes(40));
        assert_eq!(look(&app, scope).await, 0, "those calls are too old by now");
        miss(t, scope, connection, 40, 5, t.now()).await;
        assert_eq!(look(&app, scope).await, 1);
        assert_eq!(feed(&app, scope).await.len(), 2);
    }

    async fn two_nodes_that_look_at_once_tell_once(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        only(&app, scope, spike(3)).await;
        miss(t, scope, connection, 1, 3, t.now()).await;
        let looks = (0..4).map(|_| look(&app, scope));
        assert_eq!(futures::future::join_all(looks).await.into_iter().sum::<usize>(), 1);
        assert_eq!(feed(&app, scope).await.len(), 1);
    }

    async fn a_rule_keeps_to_the_hours_of_the_workspaces_zone(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let connection = t.connection(scope).await;
        t.execute("UPDATE tenants SET time_zone = 'America/New_York'").await;
        hours::set(&app, scope, office(), &by()).await.unwrap();
        only(&app, scope, RuleWish { only_in_hours: Some(true), ..spike(3) }).await;
        // Monday, five minutes before nine in New York: nobody is told, neither now nor when the doors open.
        t.clock.set("2026-08-31T12:55:00Z".parse().unwrap());
        miss(t, scope, connection, 1, 5, t.now()).await;
        assert_eq!(look(&app, scope).await, 0);
        t.clock.advance(minutes(6));
        assert_eq!(look(&app, scope).await, 0, "calls of before nine do not count");
        miss(t, scope, connection, 10, 3, t.now()).await;
        assert_eq!(look(&app, scope).await, 1);
        assert!(hours::show(&app, scope).await.unwrap().is_open(t.now()));
    }

    async fn what_was_told_is_not_told_again_by_replay_rebuild_or_a_late_delivery(t: &TestDb) {
        let s = Setting::new(t).await;
        only(&s.app, s.scope, spike(1)).await;
        let voicemails = RuleWish {
            condition: Some(Condition::VoicemailReceived {}),
            quiet_minutes: Some(0),
            ..RuleWish::default()
        };
        notifications::create(&s.app, s.scope, voicemails, &by()).await.unwrap();
        let log = ["call-04-missed", "call-05-voicemail", "call-06-voicemail_uploaded"];
        for name in log {
            s.push(t, &fixture(name)).await;
        }
        t.clock.advance(minutes(1));
        s.run_due(t).await;
        let kinds = async || -> Vec<RuleKind> {
            let mut kinds: Vec<RuleKind> =
                feed(&s.app, s.scope).await.iter().map(|listed| listed.entry.notification.finding.kind()).collect();
            kinds.sort_unstable();
            kinds
        };
        let told = [RuleKind::MissedCallSpike, RuleKind::VoicemailReceived];
        assert_eq!(kinds().await, told, "the merge's own reactions told of both");
        let voicemail = feed(&s.app, s.scope).await.into_iter().find_map(|listed| listed.voicemail).unwrap();
        assert_eq!(voicemail.from_number.as_deref(), Some("+14155550123"));

        for name in log {
            s.push(t, &fixture(name)).await;
        }
        replay::matching(&s.app, s.scope, &Replay::default(), |_| {}).await.unwrap();
        s.run_due(t).await;
        assert!(rebuild::run(&s.app, s.scope, Mode::Apply, |_| {}).await.is_ok());
        t.clock.advance(minutes(2));
        s.run_due(t).await;
        look(&s.app, s.scope).await;
        assert_eq!(kinds().await, told);

        // A day later the provider tells of another call of then: nobody wants to be told.
        t.clock.advance(Duration::from_hours(24));
        let mut late = fixture("call-05-voicemail");
        late["call_id"] = json!(6_421_977_457_180_999_u64);
        s.push(t, &late).await;
        s.run_due(t).await;
        assert_eq!(kinds().await, told);
        s.end().await;
    }

    async fn a_tenant_hears_and_reads_only_of_itself(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (scope, other) = (t.tenant("Acme").await, t.tenant("Other").await);
        let connection = t.connection(scope).await;
        let rule = only(&app, scope, spike(2)).await.rule;
        only(&app, other, spike(2)).await;
        miss(t, scope, connection, 1, 3, t.now()).await;
        assert_eq!((look(&app, scope).await, look(&app, other).await), (1, 0));
        assert!(feed(&app, other).await.is_empty());
        let id = feed(&app, scope).await[0].entry.notification.id;
        assert!(notifications::lookup(&app, other, id, Uuid::nil()).await.unwrap().is_none());
        assert!(matches!(notifications::find(&app, other, rule.id).await, Err(RulesError::NotFound)));
        assert!(matches!(notifications::test(&app, other, rule.id, &by()).await, Err(RulesError::NotFound)));
        assert!(matches!(notifications::remove(&app, other, rule.id, &by()).await, Err(RulesError::NotFound)));
        // Marking another tenant's changes nothing; neither does another tenant's connection as a way.
        let reader = Uuid::from_u128(1);
        assert_eq!(notifications::mark_read(&app, other, reader, &[id]).await.unwrap(), 0);
        assert_eq!(notifications::list(&app, scope, reader, true, None, 10).await.unwrap().unread, 1);
        let theirs = connect_slack(&app, scope, "https://hooks.slack.com").await;
        let wish = RuleWish { slack: Some(Some(SlackWay { connection_id: theirs })), ..spike(1) };
        assert!(matches!(notifications::create(&app, other, wish, &by()).await, Err(RulesError::Invalid(_))));
    }

    async fn what_each_reader_has_read_is_their_own(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let rule = only(&app, scope, spike(1)).await.rule;
        let mut ids = Vec::new();
        for _ in 0..4 {
            t.clock.advance(minutes(1));
            ids.push(notifications::test(&app, scope, rule.id, &by()).await.unwrap().entry.notification.id);
        }
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(notifications::mark_read(&app, scope, one, &[ids[3]]).await.unwrap(), 3);
        assert_eq!(notifications::mark_read_up_to(&app, scope, one, ids[1]).await.unwrap(), 1);
        // A mark never goes back.
        assert_eq!(notifications::mark_read_up_to(&app, scope, one, ids[0]).await.unwrap(), 1);
        let unread = notifications::list(&app, scope, one, true, None, 10).await.unwrap();
        assert_eq!(unread.listed.iter().map(|listed| listed.entry.notification.id).collect::<Vec<_>>(), [ids[2]]);
        assert_eq!(notifications::list(&app, scope, two, false, Some(ids[2]), 10).await.unwrap().listed.len(), 2);
        assert_eq!(notifications::list(&app, scope, two, true, None, 1).await.unwrap().unread, 4);
        // Somebody who came later was not told of what was before.
        let newcomer: UserId = t.id();
        assert_eq!(notifications::list(&app, scope, newcomer.uuid(), true, None, 10).await.unwrap().unread, 0);
    }

    async fn a_silent_connection_and_refused_credentials_are_incidents_of_their_own(t: &TestDb) {
        let mut s = TestApp::new(t);
        let scope = t.tenant("Acme").await;
        let (a, b) = (t.connection(scope).await, s.connect(t, scope, "token").await);
        let silent = RuleWish {
            condition: Some(Condition::ConnectionSilent { minutes: Some(60) }),
            ..RuleWish::default()
        };
        only(&s.app, scope, silent).await;
        let failing =
            RuleWish { condition: Some(Condition::CredentialExpiring { days: 3 }), ..RuleWish::default() };
        notifications::create(&s.app, scope, failing, &by()).await.unwrap();
        let heard = |connection: ConnectionId, at: Timestamp| (connection, at);
        for (connection, at) in [heard(a, t.now()), heard(b, t.now())] {
            let mut tx = t.db.begin(scope).await.unwrap();
            tx.write(vec![switchboard_store::activity::heard(scope.tenant(), [(connection, at)])], t.now()).await.unwrap();
            tx.commit(t.now()).await.unwrap();
        }
        t.clock.advance(minutes(59));
        assert_eq!(look(&s.app, scope).await, 0);
        t.clock.advance(minutes(1));
        assert_eq!(look(&s.app, scope).await, 2, "each connection by itself");
        t.execute("UPDATE connections SET status = 'failing'").await;
        assert_eq!(look(&s.app, scope).await, 2);
        // One comes back, the other is removed: nothing is left open, and nobody is told of that.
        t.execute("UPDATE connections SET status = 'connected'").await;
        t.execute("UPDATE connections SET status = 'disabled'").await;
        assert_eq!(look(&s.app, scope).await, 0);
        let rules = notifications::list_rules(&s.app, scope).await.unwrap();
        assert!(rules.iter().all(|shown| shown.open_incidents == 0), "{rules:?}");
        s.committer.take();
    }

    async fn mails_go_to_those_whom_the_rule_names_in_its_language(t: &TestDb) {
        let mails = t.folder.path().join("mails");
        let mut wanted = settings("http://127.0.0.1:1");
        wanted.mail.way = Way::Folder(mails.clone());
        let app = TestApp::with(t, wanted).app;
        let scope = t.tenant("Acme").await;
        let owner = member(t, scope, "owner@example.com", Role::Owner).await;
        member(t, scope, "admin@example.com", Role::Admin).await;
        member(t, scope, "agent@example.com", Role::Agent).await;
        let to = |to: Audience, user_ids: Vec<UserId>| RuleWish {
            email: Some(Some(EmailWay { to, user_ids })),
            language: Some(Language::Spanish),
            in_app: Some(false),
            ..spike(5)
        };
        let rule = only(&app, scope, to(Audience::Admins, Vec::new())).await.rule;
        let told = notifications::test(&app, scope, rule.id, &by()).await.unwrap();
        assert_eq!(told.sends.len(), 2);
        assert!(feed(&app, scope).await.is_empty(), "it is not for the dashboard");
        while scheduler::run_due(&app).await.unwrap() > 0 {}
        let sent = notifications::lookup(&app, scope, told.entry.notification.id, Uuid::nil()).await.unwrap().unwrap();
        assert!(sent.sends.iter().all(|send| send.state == Some(MailState::Sent)), "{sent:?}");
        let letters: Vec<String> = std::fs::read_dir(&mails)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        assert_eq!(letters.len(), 2);
        assert!(letters.iter().all(|letter| letter.contains("Prueba") && letter.contains("llamadas")), "{letters:?}");
        let wish = to(Audience::Chosen, vec![owner, t.id()]);
        assert!(matches!(
            notifications::update(&app, scope, rule.id, wish, &by()).await,
            Err(RulesError::Invalid(faults)) if faults[0].field == "email.user_ids"
        ));
    }

    async fn a_message_to_slack_is_posted_once_and_an_uncertain_one_is_named(t: &TestDb) {
        let (fake, address) = slack().await;
        let wanted = AppSettings {
            base_urls: switchboard_providers::BaseUrls { slack: address.clone(), ..Default::default() },
            ..settings("http://127.0.0.1:1")
        };
        let app = TestApp::with(t, wanted).app;
        let scope = t.tenant("Acme").await;
        let connection = connect_slack(&app, scope, &address).await;
        let wish = RuleWish { slack: Some(Some(SlackWay { connection_id: connection })), ..spike(5) };
        let rule = only(&app, scope, wish).await.rule;
        let outcome = async |status: u16| -> (usize, Option<MailState>) {
            fake.status.store(status, Ordering::SeqCst);
            fake.posts.lock().unwrap().clear();
            t.clock.advance(minutes(1));
            let told = notifications::test(&app, scope, rule.id, &by()).await.unwrap();
            while scheduler::run_due(&app).await.unwrap() > 0 {}
            t.clock.advance(Duration::from_hours(2));
            while scheduler::run_due(&app).await.unwrap() > 0 {}
            let found = notifications::lookup(&app, scope, told.entry.notification.id, Uuid::nil()).await.unwrap().unwrap();
            (fake.posts.lock().unwrap().len(), found.sends[0].state)
        };
        assert_eq!(outcome(200).await, (1, Some(MailState::Sent)));
        let text = fake.posts.lock().unwrap()[0]["text"].as_str().unwrap().to_owned();
        assert!(text.starts_with("Test: 5 calls were not answered"), "{text}");
        // It may have been posted: nobody posts it again.
        assert_eq!(outcome(500).await, (1, Some(MailState::Unknown)));
        // The webhook is gone: a person must act, and is told by the connection.
        assert_eq!(outcome(404).await, (1, Some(MailState::Failed)));
        let statuses = t.query_texts("SELECT status FROM connections WHERE provider = 'slack'").await;
        assert_eq!(statuses, ["failing"]);
        // Nothing was posted: it is tried again.
        let (posts, state) = outcome(429).await;
        assert!(posts >= 2 && state == Some(MailState::Waiting), "{posts} {state:?}");
    }
}

/// A burst of missed calls is looked at once: the job waits for the burst.
#[tokio::test]
async fn a_burst_adds_one_job() {
    let t = TestDb::new(switchboard_testkit::Engine::Sqlite).await;
    let s = Setting::new(&t).await;
    for n in 0..5_u64 {
        let mut missed = fixture("call-04-missed");
        missed["call_id"] = json!(7_000_000_000_000_000_u64 + n);
        let route = HookRoute::Token("token".to_owned());
        intake::receive(&s.app, route, signed(&missed), None).await.unwrap();
    }
    merged(&t).await;
    let jobs = t.query_texts("SELECT kind FROM work WHERE kind = 'check_rules'").await;
    assert_eq!(jobs.len(), 1);
    t.clock.advance(Duration::from_secs(3));
    s.run_due(&t).await;
    assert_eq!(feed(&s.app, s.scope).await.len(), 1, "five calls are what the first rule is about");
    s.end().await;
}

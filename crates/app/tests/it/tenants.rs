//! Tenants that are suspended, closed and resumed; made with an owner; and looked at from inside by a platform admin.

use std::{sync::atomic::Ordering, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use switchboard_app::{
    App,
    access::{AccessError, TenantRefused, authenticate_key},
    accounts::{self, AuthError, Client, Opening, UserAccess, authenticate, open_session},
    audit::{self, AuditFilter, Chain, Origin, Verdict},
    features,
    intake::{self, HookRoute, Refused},
    scheduler,
    tenants::{self, NewOwner, NewTenant, Settings, Standing, TenantsError},
    vault::sha256,
};
use switchboard_domain::{
    actor::Actor,
    call::CallStatus,
    feature::Feature,
    ids::TenantId,
    job::JobState,
    mail::Language,
    role::{Permission, Role},
    tenant::TenantStatus,
};
use switchboard_store::{
    platform,
    work::{self, JobFilter},
};
use switchboard_testkit::both_engines;

use crate::{
    jobs::Setting,
    support::{TestApp, fixture, signed},
};

fn operator() -> Origin {
    Origin::operator("test")
}

fn new_tenant(name: &str, owner: Option<&str>) -> NewTenant {
    let owner = owner.map(|email| NewOwner::Made {
        email: email.to_owned(),
        full_name: "Olga Owner".into(),
        password: SecretString::from("a long and rather unusual phrase"),
    });
    NewTenant { name: name.to_owned(), plan: None, time_zone: None, owner }
}

/// A platform admin who signed in.
async fn admin(app: &App) -> UserAccess {
    let made = accounts::create_user(app, "root@example.com", "Root", true, &operator()).await.unwrap();
    let opening = Opening { user: made.user.id, place: None, is_browser: false, impersonated_by: None };
    let tokens = open_session(app, opening, &Client::default()).await.unwrap();
    authenticate(app, tokens.access_token.expose_secret()).await.unwrap()
}

async fn actions(app: &App, chain: Chain) -> Vec<String> {
    let entries = audit::list(app, chain, &AuditFilter::default(), None, 50).await.unwrap();
    entries.into_iter().map(|entry| format!("{} by {}", entry.action, entry.actor_name)).collect()
}

both_engines! {
    async fn a_suspended_tenant_is_refused_and_misses_nothing(t: &TestDb) {
        let s = Setting::new(t).await;
        let key = format!("raw_{}", "5".repeat(64));
        t.api_key(s.scope, t.app(s.scope).await, sha256(key.as_bytes())).await;
        authenticate_key(&s.app, &key).await.unwrap();
        let suspended = tenants::set_standing(&s.app, s.scope, Standing::Suspended("unpaid"), &operator()).await.unwrap();
        assert_eq!((suspended.status, suspended.status_reason.as_deref()), (TenantStatus::Suspended, Some("unpaid")));
        let refused = authenticate_key(&s.app, &key).await.unwrap_err();
        let reason = Some("unpaid".to_owned());
        assert!(matches!(&refused, AccessError::TenantRefused(why) if *why == TenantRefused::Suspended { reason }));
        assert!(refused.to_string().contains("(unpaid)"), "{refused}");

        // What the provider delivers is stored and merged; what would go out to it waits.
        s.push(t, &fixture("call-02-connected")).await;
        s.push(t, &fixture("call-09-call_transcription")).await;
        let mut reader = t.db.read(s.scope).await.unwrap();
        let calls = t.query_texts("SELECT status FROM calls").await;
        assert_eq!(calls, [CallStatus::Ended.as_str()]);
        scheduler::run_due(&s.app).await.unwrap();
        let ready = JobFilter { kinds: vec!["fetch_transcript".into()], ..JobFilter::default() };
        let waiting = work::list(&mut reader.conn(), s.scope, &ready, 10).await.unwrap();
        drop(reader);
        assert!(!waiting.is_empty(), "the fetch was not tried");
        let waits = |job: &work::Job| job.state == JobState::Ready && job.attempts == 0 && job.run_at > t.now();
        assert!(waiting.iter().all(waits), "{waiting:?}");
        assert_eq!(s.fake.asked.load(Ordering::SeqCst), 0);

        // Suspending twice changes nothing; resuming lets everything go on by itself.
        let again = tenants::set_standing(&s.app, s.scope, Standing::Suspended("other"), &operator()).await.unwrap();
        assert_eq!(again, suspended);
        tenants::set_standing(&s.app, s.scope, Standing::Active, &operator()).await.unwrap();
        authenticate_key(&s.app, &key).await.unwrap();
        t.clock.advance(Duration::from_secs(20));
        scheduler::run_due(&s.app).await.unwrap();
        assert!(s.fake.asked.load(Ordering::SeqCst) > 0);
        let expected = ["tenant.resumed by test", "tenant.suspended by test"];
        assert_eq!(actions(&s.app, Chain::Tenant(s.scope)).await, expected);
        s.end().await;
    }

    async fn other_nodes_refuse_within_seconds(t: &TestDb) {
        let (here, there) = (TestApp::new(t).app, TestApp::new(t).app);
        let scope = t.tenant("Acme").await;
        let key = format!("raw_{}", "6".repeat(64));
        t.api_key(scope, t.app(scope).await, sha256(key.as_bytes())).await;
        authenticate_key(&there, &key).await.unwrap();
        tenants::set_standing(&here, scope, Standing::Suspended("unpaid"), &operator()).await.unwrap();
        t.clock.advance(Duration::from_secs(5));
        assert!(matches!(authenticate_key(&there, &key).await, Err(AccessError::TenantRefused(_))));
    }

    async fn a_closed_tenants_providers_are_refused_until_it_is_resumed(t: &TestDb) {
        let s = Setting::new(t).await;
        s.push(t, &fixture("call-01-ringing")).await;
        tenants::set_standing(&s.app, s.scope, Standing::Deleted("left"), &operator()).await.unwrap();
        let deliver = || {
            let route = HookRoute::Token("token".to_owned());
            intake::receive(&s.app, route, signed(&fixture("call-03-hangup")), None)
        };
        assert!(matches!(deliver().await, Err(Refused::UnknownConnection)));
        tenants::set_standing(&s.app, s.scope, Standing::Active, &operator()).await.unwrap();
        deliver().await.unwrap();
        assert!(matches!(
            tenants::set_standing(&s.app, s.scope, Standing::Suspended("  "), &operator()).await,
            Err(TenantsError::Invalid(faults)) if faults[0].field == "reason"
        ));
        s.end().await;
    }

    async fn a_tenant_is_made_with_its_owner_or_not_at_all(t: &TestDb) {
        let app = TestApp::new(t).app;
        let made = tenants::create(&app, &new_tenant("Müller & Söhne", Some("olga@example.com")), &operator()).await.unwrap();
        assert_eq!((made.tenant.subdomain.as_str(), made.tenant.plan.as_str()), ("muller-sohne", "starter"));
        let found = tenants::lookup(&app, made.tenant.id).await.unwrap();
        assert_eq!((found.user_count, found.call_count), (1, 0));
        assert_eq!(platform::list_owners(&t.db, made.tenant.id, 5).await.unwrap()[0].email, "olga@example.com");
        // Somebody who exists becomes nobody's owner without having said so.
        let taken = tenants::create(&app, &new_tenant("Second", Some("Olga@Example.com")), &operator()).await;
        assert!(matches!(taken, Err(TenantsError::Invalid(faults)) if faults[0].code == "taken"));
        // With an invitation they can say so.
        let owner = NewOwner::Invited { email: "olga@example.com".into(), language: Language::English };
        let invited = NewTenant { owner: Some(owner), ..new_tenant("Second", None) };
        let second = tenants::create(&app, &invited, &operator()).await.unwrap();
        assert_eq!(tenants::lookup(&app, second.tenant.id).await.unwrap().user_count, 0);
        assert_eq!(t.query_texts("SELECT role || ' ' || email FROM invitations").await, ["owner olga@example.com"]);
        let wrong = NewTenant { plan: Some("gold".into()), ..new_tenant("Third", None) };
        let refused = tenants::create(&app, &wrong, &operator()).await;
        assert!(matches!(refused, Err(TenantsError::Invalid(faults)) if faults[0].field == "plan"));
        let wrong = NewTenant { time_zone: Some("Mars/Olympus".into()), ..new_tenant("!!!", None) };
        let refused = tenants::create(&app, &wrong, &operator()).await;
        assert!(matches!(refused, Err(TenantsError::Invalid(faults)) if faults.len() == 2));
        assert_eq!(t.query_texts("SELECT name FROM tenants ORDER BY name").await, ["Müller & Söhne", "Second"]);
        let missing: TenantId = t.id();
        assert!(matches!(tenants::lookup(&app, missing).await, Err(TenantsError::NotFound)));
    }

    async fn settings_change_together_or_not_at_all(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let wanted = Settings {
            name: Some("  Acme  Corp ".into()),
            time_zone: Some("europe/madrid".into()),
            plan: Some("professional".into()),
        };
        let wrong = Settings { plan: Some("gold".into()), ..wanted.clone() };
        assert!(matches!(tenants::update(&app, scope, &wrong, &operator()).await, Err(TenantsError::Invalid(_))));
        assert_eq!(tenants::find(&app, scope).await.unwrap().name, "Acme");
        let after = tenants::update(&app, scope, &wanted, &operator()).await.unwrap();
        assert_eq!((after.name.as_str(), after.time_zone.as_str()), ("Acme Corp", "Europe/Madrid"));
        assert_eq!(after.plan, "professional");
        tenants::update(&app, scope, &wanted, &operator()).await.unwrap();
        let expected = ["tenant.plan_changed by test", "tenant.updated by test"];
        assert_eq!(actions(&app, Chain::Tenant(scope)).await, expected);
    }

    async fn working_under_somebodys_name_is_bounded_and_written_down(t: &TestDb) {
        let app = TestApp::new(t).app;
        let made = tenants::create(&app, &new_tenant("Acme", Some("olga@example.com")), &operator()).await.unwrap();
        let id = made.tenant.id;
        let root = admin(&app).await;
        assert!(root.is_platform_admin);
        let by = Origin { name: "root@example.com".into(), ..operator() };
        let client = Client::default();
        let begin = || tenants::impersonate(&app, id, None, "ticket 7", &root, &client, &by);
        let opened = begin().await.unwrap();
        assert!(opened.tokens.refresh_token.is_none(), "there is no refreshing");
        assert_eq!(opened.tokens.session_expires_at, t.now() + Duration::from_hours(1));
        let token = opened.tokens.access_token.expose_secret();
        let access = authenticate(&app, token).await.unwrap();
        assert_eq!((access.impersonated_by, access.is_platform_admin), (Some(root.user), false));
        let (scope, actor) = access.acting().unwrap();
        assert_eq!(scope.tenant(), id);
        assert!(matches!(actor, Actor::User { role: Role::Owner, .. }));
        assert!(actor.may(Permission::RecordsRead) && !actor.may(Permission::OwnersWrite) && actor.is_impersonated());
        for chain in [Chain::Tenant(made.scope), Chain::Installation] {
            let entries = audit::list(&app, chain, &AuditFilter::default(), None, 50).await.unwrap();
            let entry = entries.iter().find(|entry| entry.action == "impersonation.started").unwrap();
            assert_eq!((entry.actor_name.as_str(), &entry.details["reason"]), ("root@example.com", &"ticket 7".into()));
            assert!(matches!(audit::verify(&app, chain, None).await.unwrap(), Verdict::Whole { .. }));
        }
        // Its end is written down where its beginning is, and never as the person's own doing.
        let left = begin().await.unwrap();
        accounts::sign_out(&app, left.tokens.access_token.expose_secret(), &client).await.unwrap();
        for chain in [Chain::Tenant(made.scope), Chain::Installation] {
            let written = actions(&app, chain).await;
            let expected = ["impersonation.ended by root@example.com", "impersonation.started by root@example.com"];
            assert_eq!(written[..2], expected);
        }
        let taken = begin().await.unwrap();
        let place = Some((id, Role::Owner));
        let opening = Opening { user: taken.user.id, place, is_browser: false, impersonated_by: None };
        let olga = open_session(&app, opening, &client).await.unwrap();
        let olga = authenticate(&app, olga.access_token.expose_secret()).await.unwrap();
        accounts::revoke_session(&app, &olga, taken.tokens.session, &client).await.unwrap();
        assert_eq!(actions(&app, Chain::Installation).await[0], "impersonation.ended by olga@example.com");
        // Nobody goes on under another's name once they run the installation no more.
        let user = accounts::find_user(&app, "root@example.com").await.unwrap();
        accounts::set_platform_admin(&app, &user, false, &operator()).await.unwrap();
        assert!(matches!(authenticate(&app, token).await, Err(AuthError::Ended)));
        accounts::set_platform_admin(&app, &user, true, &operator()).await.unwrap();
        authenticate(&app, token).await.unwrap();
        t.clock.advance(Duration::from_hours(1));
        assert!(authenticate(&app, token).await.is_err(), "an hour is an hour");

        // Not without a reason, not where nobody is, not in a tenant that is not served.
        let unsaid = tenants::impersonate(&app, id, None, " ", &root, &client, &by).await;
        assert!(matches!(unsaid, Err(TenantsError::Invalid(_))));
        let empty = tenants::create(&app, &new_tenant("Empty", None), &operator()).await.unwrap();
        let nobody = tenants::impersonate(&app, empty.tenant.id, None, "look", &root, &client, &by).await;
        assert!(matches!(nobody, Err(TenantsError::NobodyThere)));
        let stranger = tenants::impersonate(&app, empty.tenant.id, Some(root.user), "look", &root, &client, &by).await;
        assert!(matches!(stranger, Err(TenantsError::NobodyThere)));
        tenants::set_standing(&app, made.scope, Standing::Suspended("unpaid"), &operator()).await.unwrap();
        assert!(matches!(begin().await, Err(TenantsError::Refused(_))));
    }

    async fn a_feature_that_is_off_is_not_used(t: &TestDb) {
        let s = Setting::new(t).await;
        let on = features::effective(&s.app, s.scope).await.unwrap();
        assert!(Feature::ALL.iter().all(|feature| on.is_on(*feature) && on.switched(*feature).is_none()));
        let off = [(Feature::Transcription, Some(false))];
        let after = features::set(&s.app, s.scope, &off, &operator()).await.unwrap();
        assert!(!after.is_on(Feature::Transcription) && after.is_on(Feature::Sentiment));
        features::set(&s.app, s.scope, &off, &operator()).await.unwrap();
        assert_eq!(actions(&s.app, Chain::Tenant(s.scope)).await, ["feature.switched by test"]);
        s.push(t, &fixture("call-02-connected")).await;
        s.push(t, &fixture("call-09-call_transcription")).await;
        scheduler::run_due(&s.app).await.unwrap();
        let mut reader = t.db.read(s.scope).await.unwrap();
        let done = JobFilter { kinds: vec!["fetch_transcript".into()], ..JobFilter::default() };
        let done = work::list(&mut reader.conn(), s.scope, &done, 10).await.unwrap();
        assert!(!done.is_empty() && done.iter().all(|job| job.state == JobState::Done), "{done:?}");
        assert_eq!(s.fake.asked.load(Ordering::SeqCst), 0);
        drop(reader);
        // Nobody else is meant, and the installation's word comes back.
        let other = t.tenant("Other").await;
        assert!(features::effective(&s.app, other).await.unwrap().is_on(Feature::Transcription));
        let back = features::set(&s.app, s.scope, &[(Feature::Transcription, None)], &operator()).await.unwrap();
        assert!(back.is_on(Feature::Transcription));
        s.end().await;
    }
}

//! Links to calls: what they show, and when they stop.

use std::time::Duration;

use secrecy::ExposeSecret;
use switchboard_app::{
    AppSettings,
    accounts::{self, InvitationError},
    audit::Origin,
    mail::{MailSettings, OutsideError, SmtpSettings, SmtpTls, Way},
    shares::{self, NewShare, SharesError},
    transcripts::{self, Format},
};
use switchboard_domain::{
    actor::Actor,
    leg::LegDoc,
    mail::Language,
    recording::{MediaStatus, StoredMedia},
    role::Role,
    share::ShareItem,
    transcript::{LineKind, TranscriptLine},
};
use switchboard_store::people::memberships;
use switchboard_testkit::{Build, both_engines};

use crate::{
    calls::by,
    support::{TestApp, settings},
};

fn wanted(items: &[ShareItem]) -> NewShare<'_> {
    NewShare { items, expires_in_hours: 24, email: None, note: None, language: Language::English }
}

/// What stands behind `#token=`.
fn token(url: &str) -> &str {
    url.split_once("/shared#token=").unwrap().1
}

both_engines! {
    async fn a_link_shows_what_was_chosen_until_it_ends(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        let mut call = build.call(1, t.now());
        call.record.summary = Some("they agreed".into());
        t.save(scope, &[call]).await;
        t.save_legs(scope, &[build.leg(1, 1, LegDoc::default())]).await;
        let mut recording = build.recording(1, t.now());
        recording.record.status = MediaStatus::Saved;
        let (key, content_type) = ("tenants/x/recordings/y".to_owned(), "audio/mpeg".to_owned());
        recording.record.media = Some(StoredMedia::Saved { key, content_type, bytes: 10, sha256: String::new() });
        t.save(scope, &[recording]).await;
        let mut transcript = build.transcript(1, t.now());
        transcript.record.is_complete = true;
        let (kind, content) = (LineKind::Speech, "hello".into());
        let line = TranscriptLine { kind, speaker: None, is_agent: None, content, at: None, until: None };
        transcript.record.lines = vec![line];
        t.save(scope, &[transcript]).await;

        let (ana, id) = (by(t, "Ana"), build.call_id(1));
        let made = shares::create(&app, scope, &ana, id, wanted(&[ShareItem::Recording])).await.unwrap();
        let url = made.url.expose_secret();
        assert!(url.starts_with("https://switchboard.example/shared#token="), "{url}");
        let shown = shares::look(&app, token(url)).await.unwrap();
        assert!(shown.transcript.is_none() && shown.summary.is_none());
        assert!(shown.recordings.unwrap()[0].url.contains("/media/"));
        let note = Some("as promised");
        let new = NewShare { email: Some("Lee@Example.com"), note, ..wanted(&[ShareItem::Summary, ShareItem::Transcript]) };
        let words = shares::create(&app, scope, &ana, id, new).await.unwrap();
        let shown = shares::look(&app, token(words.url.expose_secret())).await.unwrap();
        assert_eq!((shown.workspace.as_str(), shown.summary), ("Acme", Some(Some("they agreed".to_owned()))));
        assert!(shown.recordings.is_none());
        assert_eq!(shown.transcript.unwrap().unwrap().lines[0].content, "hello");
        assert_eq!(t.query_texts("SELECT recipient FROM mails WHERE letter = 'call_shared'").await, ["lee@example.com"]);

        let listed = shares::list(&app, scope, id).await.unwrap();
        assert_eq!(listed.iter().map(|share| share.look_count).collect::<Vec<_>>(), [1, 1]);
        shares::revoke(&app, scope, &ana, id, made.share.id).await.unwrap();
        assert!(matches!(shares::look(&app, token(url)).await, Err(SharesError::Revoked)));
        assert!(matches!(shares::revoke(&app, scope, &ana, id, made.share.id).await, Err(SharesError::NoSuchShare)));
        t.clock.advance(Duration::from_hours(25));
        assert!(matches!(shares::look(&app, token(words.url.expose_secret())).await, Err(SharesError::Expired)));
        assert!(matches!(shares::look(&app, "made up").await, Err(SharesError::Unknown)));
        assert!(matches!(shares::create(&app, scope, &ana, id, wanted(&[])).await, Err(SharesError::Fields(_))));

        let text = transcripts::export(&app, scope, &ana, id, Format::Text).await.unwrap();
        assert!(text.ends_with("Speaker: hello\n"), "{text}");
    }

    /// Letters to strangers go out under the installation's name: so many to one address and in all, whichever kind they are.
    async fn a_workspace_writes_so_many_letters_a_day(t: &TestDb) {
        let app = TestApp::new(t).app;
        let scope = t.tenant("Acme").await;
        let other = t.tenant("Bolt").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        t.save(scope, &[build.call(1, t.now())]).await;
        let (ana, id) = (by(t, "Ana"), build.call_id(1));
        let share = async |email: Option<&str>| {
            let new = NewShare { email, ..wanted(&[ShareItem::Summary]) };
            shares::create(&app, scope, &ana, id, new).await
        };
        let invite = async |scope, email: &str| {
            accounts::invite(&app, scope, &Origin::operator("test"), email, Role::Viewer, Language::English).await
        };
        for _ in 0..4 {
            share(Some("lee@example.com")).await.unwrap();
            t.clock.advance(Duration::from_hours(1));
        }
        invite(scope, "Lee@example.com").await.unwrap();
        let refused = share(Some("lee@example.com")).await;
        let Err(SharesError::NotMailed(OutsideError::TooManyToOne { until, wait })) = refused else { panic!("{refused:?}") };
        assert_eq!((until, wait), (t.now() + Duration::from_hours(20), Duration::from_hours(20)));
        assert!(share(None).await.is_ok(), "a link that is handed over by hand");
        invite(other, "lee@example.com").await.unwrap();
        for number in 5..100 {
            invite(scope, &format!("guest{number}@example.com")).await.unwrap();
        }
        let refused = share(Some("other@example.com")).await;
        assert!(matches!(refused, Err(SharesError::NotMailed(OutsideError::TooMany { .. }))), "{refused:?}");
        let refused = invite(scope, "other@example.com").await;
        assert!(matches!(refused, Err(InvitationError::NotMailed(OutsideError::TooMany { .. }))), "{refused:?}");
        // The first letter's day is over, and there is room for one.
        t.clock.advance(Duration::from_hours(20));
        share(Some("lee@example.com")).await.unwrap();
        assert!(share(Some("other@example.com")).await.is_err());
    }

    async fn who_has_strangers_written_to_reads_mail_themselves(t: &TestDb) {
        let smtp = SmtpSettings { host: "localhost".into(), port: 1, tls: SmtpTls::Off, login: None };
        let mail = MailSettings { from: "no-reply@switchboard.example".into(), way: Way::Smtp(smtp) };
        let app = TestApp::with(t, AppSettings { mail, ..settings("http://127.0.0.1:1") }).app;
        let scope = t.tenant("Acme").await;
        let build = Build::new(t, scope, t.connection(scope).await);
        t.save(scope, &[build.call(1, t.now())]).await;
        let (key, id) = (by(t, "Key"), build.call_id(1));
        let share = async |origin: &Origin, email: Option<&str>| {
            let new = NewShare { email, ..wanted(&[ShareItem::Summary]) };
            shares::create(&app, scope, origin, id, new).await.map(drop)
        };
        share(&key, Some("lee@example.com")).await.expect("nobody works there, so the installation made the key");

        let made = accounts::create_user(&app, "ann@example.com", "Ann", false, &Origin::operator("test")).await.unwrap();
        let user = made.user.id;
        let mut tx = t.db.begin_platform().await.unwrap();
        memberships::insert(&mut tx, scope.tenant(), user, Role::Owner, t.now()).await.unwrap();
        tx.commit().await.unwrap();
        let actor = Actor::User { user, session: t.id(), role: Role::Owner, impersonated_by: None };
        let ann = Origin { actor, name: "ann@example.com".into(), address: None, request_id: None };
        let invite = async || accounts::invite(&app, scope, &ann, "bo@example.com", Role::Agent, Language::English).await.map(drop);
        for origin in [&ann, &key] {
            let refused = share(origin, Some("lee@example.com")).await;
            assert!(matches!(refused, Err(SharesError::NotMailed(OutsideError::NotVerified))), "{refused:?}");
            share(origin, None).await.unwrap();
        }
        assert!(matches!(invite().await, Err(InvitationError::NotMailed(OutsideError::NotVerified))));
        t.execute("UPDATE users SET email_verified_at = created_at").await;
        for origin in [&ann, &key] {
            share(origin, Some("lee@example.com")).await.unwrap();
        }
        invite().await.unwrap();
    }
}

//! Links to calls: what they show, and when they stop.

use std::time::Duration;

use secrecy::ExposeSecret;
use switchboard_app::{
    shares::{self, NewShare, SharesError},
    transcripts::{self, Format},
};
use switchboard_domain::{
    leg::LegDoc,
    mail::Language,
    recording::{MediaStatus, StoredMedia},
    share::ShareItem,
    transcript::{LineKind, TranscriptLine},
};
use switchboard_testkit::{Build, both_engines};

use crate::{calls::by, support::TestApp};

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
}

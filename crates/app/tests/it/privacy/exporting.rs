//! What is exported is all of one contact and nothing of another.

use std::{collections::BTreeMap, time::Duration};

use futures::TryStreamExt;
use switchboard_app::{
    jobs::{self, Retention},
    privacy::contacts,
};
use switchboard_domain::job::JobState;
use switchboard_store::{media::MediaKey, work};
use switchboard_testkit::both_engines;

use super::{JORDAN, NUMBER, OTHERS_NUMBER, audio, by, contact, count, erase, files, load, sent_about_jordan};
use crate::jobs::Setting;

both_engines! {
    async fn an_export_holds_all_of_one_contact_and_nothing_of_another(t: &TestDb) {
        let s = load(t).await;
        let asked = contacts::export(&s.app, s.scope, &by(), contact(s.scope, NUMBER)).await.unwrap();
        s.run_due(t).await;
        let (made, job) = contacts::find_export(&s.app, s.scope, asked.id).await.unwrap().unwrap();
        assert_eq!(job.map(|job| job.state), Some(JobState::Done));
        let archive = bytes(&s, made.media_key.as_ref().unwrap()).await;
        assert_eq!(made.bytes, Some(i64::try_from(archive.len()).unwrap()));
        let entries = unzip(&archive);
        let lines = |name: &str| String::from_utf8(entries[name].clone()).unwrap().lines().count();
        assert_eq!(lines("contact.ndjson"), 1);
        assert_eq!(lines("calls.ndjson"), count(t, "calls").await - 1);
        assert_eq!(lines("messages.ndjson"), count(t, "messages").await - 1);
        assert_eq!((lines("voicemails.ndjson"), lines("transcripts.ndjson")), (1, 1));
        assert_eq!(lines("recordings.ndjson"), 2);
        let audios: Vec<&Vec<u8>> = entries.iter().filter(|(name, _)| name.starts_with("media/")).map(|(_, b)| b).collect();
        assert_eq!(audios, [&audio(), &audio()]);
        let all: Vec<u8> = entries.values().flatten().copied().collect();
        let holds = |text: &str| all.windows(text.len()).any(|part| part == text.as_bytes());
        for text in JORDAN {
            assert!(holds(text), "{text}");
        }
        for text in [OTHERS_NUMBER, "Sam Other", "See you at noon", "7131436978913280", "74219774571806"] {
            assert!(!holds(text), "{text}");
        }
        // Everything that was sent about them, and nothing else: what names nobody is nobody's.
        assert_eq!(lines("events.ndjson"), sent_about_jordan(t).await);

        // Erasing takes it along, and so does time.
        erase(t, &s).await;
        assert!(contacts::find_export(&s.app, s.scope, asked.id).await.unwrap().is_none());
        assert_eq!(files(&s).await, 1);
        let other = contacts::export(&s.app, s.scope, &by(), contact(s.scope, OTHERS_NUMBER)).await.unwrap();
        s.run_due(t).await;
        assert_eq!(files(&s).await, 2);
        t.clock.advance(Duration::from_hours(8 * 24));
        jobs::add(&s.app, work::installation_scope(), &Retention {}).await.unwrap();
        s.run_due(t).await;
        assert!(contacts::find_export(&s.app, s.scope, other.id).await.unwrap().is_none());
        assert_eq!(files(&s).await, 1);
        s.end().await;
    }
}

async fn bytes(s: &Setting, key: &str) -> Vec<u8> {
    let media = s.app.media.read(&MediaKey::parse(key).unwrap(), None).await.unwrap();
    media.stream.try_collect::<Vec<_>>().await.unwrap().concat()
}

/// The entries of an archive, by what its directory says.
fn unzip(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let short = |at: usize| usize::from(u16::from_le_bytes(archive[at..at + 2].try_into().unwrap()));
    let long = |at: usize| u32::from_le_bytes(archive[at..at + 4].try_into().unwrap()) as usize;
    let end = archive.len() - 22;
    let mut at = long(end + 16);
    let mut entries = BTreeMap::new();
    for _ in 0..short(end + 10) {
        let (size, name, place) = (long(at + 24), short(at + 28), long(at + 42));
        let text = String::from_utf8(archive[at + 46..at + 46 + name].to_vec()).unwrap();
        let begin = place + 30 + short(place + 26) + short(place + 28);
        entries.insert(text, archive[begin..begin + size].to_vec());
        at += 46 + name + short(at + 30) + short(at + 32);
    }
    entries
}

//! The media store in a folder. (A bucket goes through the same code behind `object_store`.)

use futures::TryStreamExt;
use switchboard_domain::ids::{RecordingId, TenantId};
use switchboard_store::media::{ByteRange, MediaError, MediaKey, MediaStore};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

fn key(n: u128) -> MediaKey {
    MediaKey::recording(TenantId::from_uuid(Uuid::from_u128(1)), RecordingId::from_uuid(Uuid::from_u128(n)))
}

async fn read(store: &MediaStore, key: &MediaKey, range: Option<ByteRange>) -> Vec<u8> {
    let media = store.read(key, range).await.unwrap();
    let chunks: Vec<_> = media.stream.try_collect().await.unwrap();
    let bytes = chunks.concat();
    assert_eq!(bytes.len() as u64, media.range.end - media.range.start);
    bytes
}

#[tokio::test]
async fn what_is_written_is_read_back_whole_and_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let store = MediaStore::local(&folder.path().join("media")).unwrap();
    // More than one part of an upload.
    let body: Vec<u8> = (0..12_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let mut writer = store.write(&key(1), 20_000_000);
    for chunk in body.chunks(70_001) {
        writer.write_all(chunk).await.unwrap();
    }
    assert_eq!(writer.head(), &body[..64]);
    assert!(matches!(store.read(&key(1), None).await, Err(MediaError::NotFound)), "not seen before it is finished");
    writer.finish().await.unwrap();

    assert!(read(&store, &key(1), None).await == body);
    assert_eq!(read(&store, &key(1), Some(ByteRange::From(5, Some(9)))).await, body[5..=9]);
    assert_eq!(read(&store, &key(1), Some(ByteRange::Last(3))).await, body[body.len() - 3..]);
    let behind = store.read(&key(1), Some(ByteRange::From(12_000_000, None))).await;
    assert!(matches!(behind, Err(MediaError::Range { size: 12_000_000 })));

    store.remove(&key(1)).await.unwrap();
    store.remove(&key(1)).await.unwrap();
    assert!(matches!(store.read(&key(1), None).await, Err(MediaError::NotFound)));
}

#[tokio::test]
async fn a_file_longer_than_its_bound_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = MediaStore::local(folder.path()).unwrap();
    let mut writer = store.write(&key(1), 10);
    writer.write_all(b"12345").await.unwrap();
    assert!(writer.write_all(b"678901").await.is_err());
    writer.abort().await.unwrap();
    assert!(matches!(store.read(&key(1), None).await, Err(MediaError::NotFound)));
    store.check().await.unwrap();
}

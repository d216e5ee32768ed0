//! The media store in a folder, and in a bucket.

use std::sync::Arc;

use futures::TryStreamExt;
use switchboard_domain::ids::{RecordingId, TenantId};
use switchboard_store::media::{BucketOptions, ByteRange, MediaError, MediaKey, MediaKeys, MediaStore, SealError};
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

/// A stand-in for a bucket: path-style addresses, single and multipart uploads, ranges. Whoever comes without a signature is
/// refused.
mod bucket {
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    use axum::{
        Router,
        body::Bytes,
        extract::{Path, RawQuery, State},
        http::{HeaderMap, Method, StatusCode, header},
        response::{IntoResponse, Response},
        routing::any,
    };

    #[derive(Default)]
    pub struct Files {
        pub kept: BTreeMap<String, Vec<u8>>,
        /// Parts of uploads that are not finished, by upload and number.
        pub parts: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    }

    type Shared = Arc<Mutex<Files>>;

    /// Starts one and says where it is.
    pub async fn start() -> (String, Shared) {
        let files = Shared::default();
        let routes = Router::new().route("/recordings/{*key}", any(answer)).with_state(Arc::clone(&files));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = routes.layer(axum::extract::DefaultBodyLimit::max(64 * 1024 * 1024));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (format!("http://{address}"), files)
    }

    async fn answer(
        State(files): State<Shared>,
        method: Method,
        Path(key): Path<String>,
        RawQuery(query): RawQuery,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let signed = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !signed.starts_with("AWS4-HMAC-SHA256 Credential=the-key-id/") {
            return StatusCode::FORBIDDEN.into_response();
        }
        let query = query.unwrap_or_default();
        let asked: BTreeMap<&str, &str> =
            query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
        let mut files = files.lock().unwrap();
        match (method.as_str(), asked.get("uploadId"), asked.get("partNumber")) {
            ("POST", None, _) => {
                files.parts.insert(key.clone(), BTreeMap::new());
                xml(&format!(
                    "<InitiateMultipartUploadResult><UploadId>{}</UploadId></InitiateMultipartUploadResult>",
                    key.replace('/', "-")
                ))
            }
            ("PUT", Some(_), Some(number)) => {
                files.parts.get_mut(&key).unwrap().insert(number.parse().unwrap(), body.to_vec());
                [(header::ETAG, format!("\"part-{number}\""))].into_response()
            }
            ("POST", Some(_), _) => {
                let whole = files.parts.remove(&key).unwrap().into_values().flatten().collect();
                files.kept.insert(key, whole);
                xml("<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>")
            }
            ("DELETE", Some(_), _) => {
                files.parts.remove(&key);
                StatusCode::NO_CONTENT.into_response()
            }
            ("PUT", None, _) => {
                files.kept.insert(key, body.to_vec());
                [(header::ETAG, "\"whole\"")].into_response()
            }
            ("DELETE", None, _) => {
                files.kept.remove(&key);
                StatusCode::NO_CONTENT.into_response()
            }
            _ => files.kept.get(&key).map_or(StatusCode::NOT_FOUND.into_response(), |kept| read(&headers, kept)),
        }
    }

    fn read(headers: &HeaderMap, kept: &[u8]) -> Response {
        let range =
            headers.get(header::RANGE).map(|range| range.to_str().unwrap().strip_prefix("bytes=").unwrap().to_owned());
        let stamp = [(header::LAST_MODIFIED, "Sat, 21 Nov 2026 08:00:00 GMT"), (header::ETAG, "\"whole\"")];
        let Some((first, last)) = range.as_deref().and_then(|range| range.split_once('-')) else {
            return (stamp, kept.to_vec()).into_response();
        };
        let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
        let told = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", kept.len()))];
        (StatusCode::PARTIAL_CONTENT, stamp, told, kept[first..=last].to_vec()).into_response()
    }

    fn xml(body: &str) -> Response {
        ([(header::CONTENT_TYPE, "application/xml")], body.to_owned()).into_response()
    }
}

fn in_bucket(endpoint: &str, key_id: &str) -> MediaStore {
    MediaStore::s3(&BucketOptions {
        bucket: "recordings".into(),
        region: "us-east-1".into(),
        endpoint: Some(endpoint.to_owned()),
        credentials: Some((key_id.to_owned(), "the-secret".into())),
    })
    .unwrap()
}

#[tokio::test]
async fn a_bucket_keeps_files_as_a_folder_does() {
    let (endpoint, files) = bucket::start().await;
    let store = in_bucket(&endpoint, "the-key-id");
    store.check().await.unwrap();
    assert!(files.lock().unwrap().kept.is_empty(), "the check takes its file away again");
    // More than one part of an upload, and not a multiple of one.
    let body: Vec<u8> = (0..12_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let mut writer = store.write(&key(1), 20_000_000);
    for chunk in body.chunks(70_001) {
        writer.write_all(chunk).await.unwrap();
    }
    assert!(matches!(store.read(&key(1), None).await, Err(MediaError::NotFound)), "not seen before it is finished");
    writer.finish().await.unwrap();
    assert!(files.lock().unwrap().kept[key(1).as_str()] == body, "the parts are in order under the file's own key");
    assert!(read(&store, &key(1), None).await == body);
    assert_eq!(read(&store, &key(1), Some(ByteRange::From(5, Some(9)))).await, body[5..=9]);
    assert_eq!(read(&store, &key(1), Some(ByteRange::Last(3))).await, body[body.len() - 3..]);
    let behind = store.read(&key(1), Some(ByteRange::From(12_000_000, None))).await;
    assert!(matches!(behind, Err(MediaError::Range { size: 12_000_000 })));
    // A small file is one request; giving up on a large one leaves nothing that costs money.
    let mut small = store.write(&key(2), 100);
    small.write_all(b"short").await.unwrap();
    small.finish().await.unwrap();
    assert_eq!(read(&store, &key(2), None).await, b"short");
    let mut given_up = store.write(&key(3), 20_000_000);
    given_up.write_all(&body).await.unwrap();
    given_up.abort().await.unwrap();
    assert!(files.lock().unwrap().parts.is_empty());
    for n in [1, 1, 2, 3] {
        store.remove(&key(n)).await.unwrap();
        assert!(matches!(store.read(&key(n), None).await, Err(MediaError::NotFound)));
    }
    assert!(files.lock().unwrap().kept.is_empty());
}

#[tokio::test]
async fn a_bucket_that_refuses_says_so_and_is_no_missing_file() {
    let (endpoint, _) = bucket::start().await;
    let stranger = in_bucket(&endpoint, "another-key-id");
    assert!(matches!(stranger.check().await, Err(MediaError::Write(_) | MediaError::Store(_))));
    assert!(matches!(stranger.read(&key(1), None).await, Err(MediaError::Store(_))));
}

fn keys(current: Option<u8>, old: &[[u8; 32]]) -> MediaKeys {
    MediaKeys::new(current.map(|byte| [byte; 32]), old, Arc::new(|bytes: &mut [u8]| bytes.fill(7)))
}

async fn write(store: &MediaStore, key: &MediaKey, body: &[u8]) {
    let mut writer = store.write(key, 10_000_000);
    for chunk in body.chunks(50_021) {
        writer.write_all(chunk).await.unwrap();
    }
    assert_eq!(writer.written(), body.len() as u64);
    assert_eq!(writer.head(), &body[..body.len().min(64)]);
    writer.finish().await.unwrap();
}

#[tokio::test]
async fn sealed_files_are_read_like_others_by_whoever_has_the_key() {
    const PIECE: usize = 64 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let plain = MediaStore::local(folder.path()).unwrap();
    let sealing = plain.clone().sealing(keys(Some(1), &[]));
    write(&plain, &key(1), b"from before there was a key").await;
    assert_eq!(read(&sealing, &key(1), None).await, b"from before there was a key");
    // Nothing, less than a piece, exactly some, and an odd number.
    for (n, size) in [(2, 0), (3, 5), (4, 2 * PIECE), (5, 5 * PIECE + 4_321)] {
        let body: Vec<u8> = (0..size).map(|n| u8::try_from(n % 249).unwrap()).collect();
        write(&sealing, &key(n), &body).await;
        assert!(read(&sealing, &key(n), None).await == body, "{size}");
        let on_disk = std::fs::read(folder.path().join(key(n).as_str())).unwrap();
        assert!(!on_disk.windows(5).any(|bytes| bytes == [0, 1, 2, 3, 4]), "{size}");
        for (from, last) in [(0, 9), (PIECE - 3, PIECE + 3), (PIECE, 2 * PIECE), (size.saturating_sub(1), size)] {
            let range = Some(ByteRange::From(from as u64, Some(last as u64)));
            if from < size {
                assert!(
                    read(&sealing, &key(n), range).await == body[from..=last.min(size - 1)],
                    "{from}-{last} of {size}"
                );
            }
        }
        let opened = sealing.read(&key(n), Some(ByteRange::Last(4))).await;
        assert!(size == 0 || opened.is_ok_and(|media| media.size == size as u64));
    }
    // With the next key what the one before sealed is read, and without any it is not taken for audio.
    let later = plain.clone().sealing(keys(Some(2), &[[1; 32]]));
    assert_eq!(read(&later, &key(3), None).await, [0, 1, 2, 3, 4]);
    let off = plain.clone().sealing(keys(None, &[[1; 32]]));
    assert_eq!(read(&off, &key(3), None).await, [0, 1, 2, 3, 4]);
    write(&off, &key(6), b"plain again").await;
    assert_eq!(read(&plain, &key(6), None).await, b"plain again");
    for stranger in [plain, later.clone().sealing(keys(Some(3), &[]))] {
        assert!(matches!(stranger.read(&key(3), None).await, Err(MediaError::Seal(SealError::UnknownKey))));
    }
    later.check().await.unwrap();
}

#[tokio::test]
async fn a_sealed_file_that_was_cut_or_swapped_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = MediaStore::local(folder.path()).unwrap().sealing(keys(Some(1), &[]));
    write(&store, &key(1), &vec![1; 200_000]).await;
    write(&store, &key(2), &vec![2; 200_000]).await;
    let (one, two) = (folder.path().join(key(1).as_str()), folder.path().join(key(2).as_str()));
    let whole = std::fs::read(&one).unwrap();
    let is_damaged = async || {
        let Ok(media) = store.read(&key(1), None).await else { return true };
        media.stream.try_collect::<Vec<_>>().await.is_err()
    };
    for length in [whole.len() - 1, 24 + 2 * (64 * 1024 + 16), 24, 30] {
        std::fs::write(&one, &whole[..length]).unwrap();
        assert!(is_damaged().await, "{length}");
    }
    std::fs::copy(&two, &one).unwrap();
    assert!(is_damaged().await);
    std::fs::write(&one, &whole).unwrap();
    assert!(!is_damaged().await);
}

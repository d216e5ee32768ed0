//! Audio and other files: a folder, or a bucket of an S3-compatible store.
//!
//! Not in the database: a year of recordings would make every backup and every replica carry them. Keys are made of our own
//! ids only, so nothing a user typed ever becomes part of a path.

mod pieces;
mod sealed;

use std::{
    ops::Range,
    path::Path as FolderPath,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, buffered::BufWriter,
    local::LocalFileSystem, path::Path,
};
use switchboard_domain::{
    Timestamp,
    ids::{ExportId, ImportId, RecordingId, TenantId},
};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use uuid::Uuid;

pub use self::sealed::{Fill, MediaKeys, SealError};
use self::{
    pieces::{Opening, Sealing},
    sealed::{FileKey, HEADER, PIECE, SEALED_PIECE},
};

/// Bytes that are held in memory per file being written: the smallest part that S3 takes.
const BUFFER_BYTES: usize = 5 * 1024 * 1024;
/// Parts of one file under way at once.
const PARTS_AT_ONCE: usize = 2;
/// How much of a file's beginning is kept for telling what it is.
const HEAD_BYTES: usize = 64;

/// A file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("the media folder {folder} cannot be made or used; check DATA_DIR and its rights")]
    Folder {
        folder: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the media bucket's settings do not fit together")]
    Bucket(#[source] object_store::Error),
    #[error("there is no such file")]
    NotFound,
    #[error("the file has {size} bytes, and the range begins behind them")]
    Range { size: u64 },
    #[error("`{0}` is not a key of the media store")]
    Key(String),
    #[error("the media store did not do what was asked")]
    Store(#[source] object_store::Error),
    #[error("the file could not be written")]
    Write(#[source] std::io::Error),
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<object_store::Error> for MediaError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// The name of a file: two UUIDs, whose it is and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaKey(String);

impl MediaKey {
    pub fn recording(tenant: TenantId, recording: RecordingId) -> Self {
        Self(format!("{}/{}", tenant.uuid(), recording.uuid()))
    }

    pub fn export(tenant: TenantId, export: ExportId) -> Self {
        Self(format!("{}/{}", tenant.uuid(), export.uuid()))
    }

    pub fn import(tenant: TenantId, import: ImportId) -> Self {
        Self(format!("{}/{}", tenant.uuid(), import.uuid()))
    }

    /// What the file is: the id of a recording, an export or an import.
    pub fn file(&self) -> Option<Uuid> {
        self.0.split_once('/').and_then(|(_, file)| Uuid::try_parse(file).ok())
    }

    /// Reads what [`MediaKey::as_str`] wrote; everything else is refused, so no path outside the store can be named.
    pub fn parse(text: &str) -> Result<Self, MediaError> {
        let parsed = text.split_once('/').and_then(|(tenant, file)| {
            let (tenant, file) = (Uuid::try_parse(tenant).ok()?, Uuid::try_parse(file).ok()?);
            Some(format!("{tenant}/{file}"))
        });
        match parsed {
            Some(key) if key == text => Ok(Self(key)),
            _ => Err(MediaError::Key(text.chars().take(80).collect())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn path(&self) -> Path {
        Path::from(self.0.as_str())
    }
}

/// Where a bucket is and how to get in.
#[derive(Clone)]
pub struct BucketOptions {
    pub bucket: String,
    pub region: String,
    /// Of an S3-compatible store that is not Amazon's. `http:` is accepted for one inside the own network.
    pub endpoint: Option<String>,
    /// Key id and secret. `None`: the machine's own role.
    pub credentials: Option<(String, String)>,
}

impl std::fmt::Debug for BucketOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BucketOptions")
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// Which part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From a byte to another (included), or to the end.
    From(u64, Option<u64>),
    /// So many bytes at the end.
    Last(u64),
}

impl ByteRange {
    /// The bytes of a file of `size` that are meant; `None` when it has none of them.
    fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(first, last) => first..last.map_or(size, |last| last.saturating_add(1)).min(size),
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

type Chunks = BoxStream<'static, Result<Bytes, MediaError>>;

/// The bytes that are meant of a file of `size`.
fn part(range: Option<ByteRange>, size: u64) -> Result<Range<u64>, MediaError> {
    match range {
        None => Ok(0..size),
        Some(range) => range.within(size).ok_or(MediaError::Range { size }),
    }
}

/// A file, or a part of it, being read.
pub struct Media {
    /// Of the whole file.
    pub size: u64,
    /// What `stream` carries of it.
    pub range: Range<u64>,
    pub stream: BoxStream<'static, Result<Bytes, MediaError>>,
}

/// The place where files are.
#[derive(Debug, Clone)]
pub struct MediaStore {
    store: Arc<dyn ObjectStore>,
    /// For people: what `config` and `doctor` show.
    place: String,
    keys: Option<MediaKeys>,
}

impl MediaStore {
    /// Files in a folder, which is made if it is not there. A file appears under its name only when it is complete and on
    /// disk.
    pub fn local(folder: &FolderPath) -> Result<Self, MediaError> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| MediaError::Folder {
            folder: folder.display().to_string(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(|error| failed(error.into()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| failed(error.into()))?.with_fsync(true);
        Ok(Self { store: Arc::new(store), place: folder.display().to_string(), keys: None })
    }

    /// Files in a bucket. Nothing is asked of it yet; see [`MediaStore::check`].
    pub fn s3(options: &BucketOptions) -> Result<Self, MediaError> {
        // Files are removed one at a time anyway, and several stores that are not Amazon's know no request for many: a 404 to
        // that would even pass for a file that was gone already.
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&options.bucket)
            .with_region(&options.region)
            .with_disable_bulk_delete(true);
        if let Some((id, secret)) = &options.credentials {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        }
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        let store = builder.build().map_err(MediaError::Bucket)?;
        Ok(Self { store: Arc::new(store), place: format!("s3://{}", options.bucket), keys: None })
    }

    /// The same, with what is written from now on sealed, and what was sealed before opened. Files that were written without a
    /// key are read as they are.
    #[must_use]
    pub fn sealing(self, keys: MediaKeys) -> Self {
        Self { keys: Some(keys), ..self }
    }

    pub fn place(&self) -> &str {
        &self.place
    }

    /// Begins a file of at most `max_bytes`. Nothing is seen under the key before [`MediaWriter::finish`]; an older file of
    /// that key is replaced then.
    pub fn write(&self, key: &MediaKey, max_bytes: u64) -> MediaWriter {
        let inner = BufWriter::with_capacity(Arc::clone(&self.store), key.path(), BUFFER_BYTES)
            .with_max_concurrency(PARTS_AT_ONCE);
        let begun = self.keys.as_ref().and_then(|keys| keys.begin(key.as_str()));
        let sealing = begun.map(|(header, key)| Sealing::new(key, header));
        MediaWriter { inner, sealing, written: 0, max_bytes, head: Vec::with_capacity(HEAD_BYTES) }
    }

    /// Reads a file, or a part of it.
    pub async fn read(&self, key: &MediaKey, range: Option<ByteRange>) -> Result<Media, MediaError> {
        let size = self.store.head(&key.path()).await?.size;
        if let Some(file_key) = self.key_of(key, size).await? {
            return self.read_sealed(key, &file_key, size, range).await;
        }
        let wanted = part(range, size)?;
        if wanted.is_empty() {
            return Ok(Media { size, range: wanted, stream: futures::stream::empty().boxed() });
        }
        let (size, range, stream) = self.get(key, wanted).await?;
        Ok(Media { size, range, stream })
    }

    /// What opens a file, if it is sealed. Its own first bytes say so, because keys come and go and files stay.
    async fn key_of(&self, key: &MediaKey, stored: u64) -> Result<Option<FileKey>, MediaError> {
        if stored < HEADER as u64 {
            return Ok(None);
        }
        let header = self.store.get_range(&key.path(), 0..HEADER as u64).await?;
        if !sealed::is_sealed(&header) {
            return Ok(None);
        }
        let keys = self.keys.as_ref().ok_or(SealError::UnknownKey)?;
        Ok(Some(keys.open(&header, key.as_str())?))
    }

    async fn read_sealed(
        &self,
        key: &MediaKey,
        file_key: &FileKey,
        stored: u64,
        range: Option<ByteRange>,
    ) -> Result<Media, MediaError> {
        let size = sealed::plain_size(stored)?;
        let wanted = part(range, size)?;
        if wanted.is_empty() {
            return Ok(Media { size, range: wanted, stream: futures::stream::empty().boxed() });
        }
        let (first, last) = (wanted.start / PIECE as u64, (wanted.end - 1) / PIECE as u64);
        let from = HEADER as u64 + first * SEALED_PIECE as u64;
        let until = (HEADER as u64 + (last + 1) * SEALED_PIECE as u64).min(stored);
        let (_, _, stream) = self.get(key, from..until).await?;
        let opening = Opening::new(file_key.clone(), stream, &wanted, sealed::pieces(size));
        Ok(Media { size, range: wanted, stream: futures::stream::try_unfold(opening, Opening::next).boxed() })
    }

    async fn get(&self, key: &MediaKey, wanted: Range<u64>) -> Result<(u64, Range<u64>, Chunks), MediaError> {
        let options = GetOptions { range: Some(GetRange::Bounded(wanted)), ..GetOptions::default() };
        let got = self.store.get_opts(&key.path(), options).await?;
        let (size, range) = (got.meta.size, got.range.clone());
        Ok((size, range, got.into_stream().map(|chunk| chunk.map_err(MediaError::from)).boxed()))
    }

    /// Removes a file. One that is not there is as good as removed.
    pub async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        match self.store.delete(&key.path()).await.map_err(MediaError::from) {
            Err(MediaError::NotFound) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A tenant's files that were written before `before`, in no order.
    pub fn list(&self, tenant: TenantId, before: Timestamp) -> BoxStream<'static, Result<MediaKey, MediaError>> {
        let prefix = Path::from(tenant.uuid().to_string());
        let older = move |file: &object_store::ObjectMeta| file.last_modified.timestamp_micros() < before.as_micros();
        let key = move |found: Result<object_store::ObjectMeta, object_store::Error>| {
            let answer = match found {
                Ok(file) if older(&file) => MediaKey::parse(file.location.as_ref()).ok().map(Ok),
                Ok(_) => None,
                Err(error) => Some(Err(MediaError::from(error))),
            };
            futures::future::ready(answer)
        };
        self.store.list(Some(&prefix)).filter_map(key).boxed()
    }

    /// Whether files can be written, read and removed: writes one, and takes it away again.
    pub async fn check(&self) -> Result<(), MediaError> {
        const BODY: &[u8] = b"switchboard";
        let key = MediaKey(format!("{}/{}", Uuid::nil(), Uuid::nil()));
        let mut writer = self.write(&key, 64);
        writer.write_all(BODY).await.map_err(MediaError::Write)?;
        writer.finish().await?;
        let read = self.read(&key, Some(ByteRange::Last(1))).await?;
        self.remove(&key).await?;
        if read.size == BODY.len() as u64 { Ok(()) } else { Err(MediaError::NotFound) }
    }
}

/// A file being written. Dropped without [`MediaWriter::finish`], nothing is left under its key.
pub struct MediaWriter {
    inner: BufWriter,
    sealing: Option<Sealing>,
    written: u64,
    max_bytes: u64,
    head: Vec<u8>,
}

impl MediaWriter {
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The first bytes, for telling what it is.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Makes the file appear under its key, on disk.
    pub async fn finish(mut self) -> Result<(), MediaError> {
        if let Some(sealing) = &mut self.sealing {
            sealing.end(&mut self.inner).await.map_err(MediaError::Write)?;
        }
        self.inner.shutdown().await.map_err(MediaError::Write)
    }

    /// Gives up, and removes what was uploaded so far.
    pub async fn abort(mut self) -> Result<(), MediaError> {
        self.inner.abort().await.map_err(MediaError::from)
    }
}

impl AsyncWrite for MediaWriter {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let room = self.max_bytes - self.written;
        if buf.len() as u64 > room {
            return Poll::Ready(Err(std::io::Error::other(format!(
                "the file is longer than {} bytes",
                self.max_bytes
            ))));
        }
        let Self { inner, sealing, .. } = &mut *self;
        let written = std::task::ready!(match sealing {
            Some(sealing) => sealing.poll_write(inner, cx, buf),
            None => Pin::new(inner).poll_write(cx, buf),
        })?;
        self.written += written as u64;
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(written);
        self.head.extend_from_slice(&buf[..wanted]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_two_uuids_and_nothing_else() {
        let key =
            MediaKey::recording(TenantId::from_uuid(Uuid::from_u128(1)), RecordingId::from_uuid(Uuid::from_u128(2)));
        assert_eq!(MediaKey::parse(key.as_str()).unwrap(), key);
        let (tenant, _) = key.as_str().split_once('/').unwrap();
        for bad in [
            "",
            tenant,
            "../etc/passwd",
            &format!("{tenant}/../x"),
            &format!("{tenant}/{tenant}/x"),
            &format!("{tenant}/{}", Uuid::from_u128(2).simple()),
            &key.as_str().to_uppercase().replace('0', "A"),
        ] {
            assert!(MediaKey::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        assert_eq!(ByteRange::From(0, Some(4)).within(10), Some(0..5));
        assert_eq!(ByteRange::From(8, Some(100)).within(10), Some(8..10));
        assert_eq!(ByteRange::From(4, None).within(10), Some(4..10));
        assert_eq!(ByteRange::Last(3).within(10), Some(7..10));
        assert_eq!(ByteRange::Last(30).within(10), Some(0..10));
        for none in [ByteRange::From(10, None), ByteRange::From(5, Some(4)), ByteRange::Last(0)] {
            assert_eq!(none.within(10), None);
        }
    }
}

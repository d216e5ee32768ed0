//! Where recordings and media are kept.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{
    address::BaseUrl,
    catalogue::{
        MEDIA_BUCKET, MEDIA_DIR, RECORDINGS_FETCH, S3_ACCESS_KEY_ID, S3_ENDPOINT, S3_REGION, S3_SECRET_ACCESS_KEY,
    },
    fault::Wrong,
    reader::Reader,
};

#[derive(Debug, Clone)]
pub struct MediaSettings {
    /// `MEDIA_DIR` or `MEDIA_BUCKET`. Default: a folder in the data folder.
    pub store: MediaStore,
    /// `RECORDINGS_FETCH`, default on: copy recordings from the provider.
    pub fetch_recordings: bool,
}

#[derive(Debug, Clone)]
pub enum MediaStore {
    Folder(PathBuf),
    Bucket(Bucket),
}

/// An S3-compatible bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub name: String,
    /// `S3_REGION`, default `us-east-1`, which stores other than Amazon's accept or ignore.
    pub region: String,
    /// `S3_ENDPOINT`: a store other than Amazon's.
    pub endpoint: Option<BaseUrl>,
    /// `None`: the machine's own role.
    pub credentials: Option<(String, SecretString)>,
}

impl MediaSettings {
    pub(super) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Option<Self> {
        let folder = reader.text(&MEDIA_DIR).map(PathBuf::from);
        let fetch_recordings = reader.flag(&RECORDINGS_FETCH);
        let store = match (bucket(reader), folder) {
            (Some(_), Some(_)) => {
                let wrong = Wrong::new("it is set together with MEDIA_BUCKET", "keep one of the two");
                reader.fault(&MEDIA_DIR, wrong);
                return None;
            }
            (Some(bucket), None) => MediaStore::Bucket(bucket),
            (None, Some(folder)) => MediaStore::Folder(folder),
            (None, None) => {
                let folder = data_dir.join("media");
                reader.made(&MEDIA_DIR, &folder.display().to_string(), "DATA_DIR");
                MediaStore::Folder(folder)
            }
        };
        Some(Self { store, fetch_recordings: fetch_recordings? })
    }
}

fn bucket(reader: &mut Reader<'_>) -> Option<Bucket> {
    let name = reader.parse(&MEDIA_BUCKET, bucket_name);
    let region = reader.text(&S3_REGION);
    let endpoint = reader.parse(&S3_ENDPOINT, BaseUrl::parse);
    let (key, secret) = (reader.text(&S3_ACCESS_KEY_ID), reader.secret(&S3_SECRET_ACCESS_KEY));
    // AWS_ variables are set on many machines for other reasons: without a bucket they mean nothing to us.
    let name = name?;
    let credentials = match (key, secret) {
        (Some(key), Some(secret)) => Some((key, secret)),
        (None, None) => None,
        (key, _) => {
            let (missing, set) = if key.is_some() {
                (&S3_SECRET_ACCESS_KEY, "S3_ACCESS_KEY_ID")
            } else {
                (&S3_ACCESS_KEY_ID, "S3_SECRET_ACCESS_KEY")
            };
            reader.fault(missing, Wrong::new(format!("it is missing, and {set} is set"), "set both, or neither"));
            None
        }
    };
    Some(Bucket { name, region: region?, endpoint, credentials })
}

/// S3's own rule for names: 3 to 63 of lower-case letters, digits, dots and hyphens.
fn bucket_name(text: &str) -> Result<String, Wrong> {
    let letters =
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if letters && (3..=63).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(Wrong::value(
        text,
        "the name of a bucket",
        "use 3 to 63 lower-case letters, digits, dots and hyphens, without s3://",
    ))
}

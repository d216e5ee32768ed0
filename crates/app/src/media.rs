//! Files for people: links that work for a few minutes without a key, because an `<audio>` element cannot send one.
//!
//! A link carries its end and a keyed hash over everything in it, the content type included; nothing is kept about it. The
//! key is derived from the installation's encryption key.

use std::time::Duration;

use serde::Deserialize;
use switchboard_domain::Timestamp;
use switchboard_store::media::{ByteRange, Media, MediaError, MediaKey};

use crate::App;

/// A link works for at least this long, and for at most twice as long: its end is rounded up, so that two answers of one
/// moment carry the same link and a browser's cache finds it.
const SIGNED_FOR: Duration = Duration::from_mins(5);
/// What the signing key is derived for.
const PURPOSE: &str = "media link";

/// What a link carries besides its key.
#[derive(Debug, Clone, Deserialize)]
pub struct SignedQuery {
    /// The content type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Unix seconds.
    pub exp: i64,
    pub sig: String,
}

/// A link cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("this link was changed or is not one of ours")]
    Forged,
    #[error("this link has expired; load the page again for a new one")]
    Expired,
    #[error("the file is not there any more")]
    NotFound,
    #[error("the file has {size} bytes, and the range begins behind them")]
    Range { size: u64 },
    #[error("the file could not be read")]
    Store(#[source] MediaError),
}

impl From<MediaError> for OpenError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::NotFound => Self::NotFound,
            MediaError::Range { size } => Self::Range { size },
            MediaError::Key(_) => Self::Forged,
            other => Self::Store(other),
        }
    }
}

/// A file on its way to a browser.
pub struct Opened {
    pub content_type: String,
    pub media: Media,
    /// Only a part was asked for: answer 206 with `Content-Range: bytes {range.start}-{range.end - 1}/{size}`.
    pub is_part: bool,
}

/// A link to a file of the media store, absolute: for whoever reads it in an answer.
pub fn signed_url(app: &App, key: &str, content_type: &str) -> String {
    format!("{}{}", app.settings.backend_url, signed_path(app, key, content_type))
}

/// The same for whoever is here already, under whatever name they reached us by.
pub fn signed_path(app: &App, key: &str, content_type: &str) -> String {
    let step = i64::try_from(SIGNED_FOR.as_secs()).unwrap_or(300);
    let exp = ((app.now() + SIGNED_FOR).as_seconds() / step + 1) * step;
    let sig = hex::encode(app.vault.mac(PURPOSE, &signed_parts(key, content_type, &exp.to_string())));
    let content_type = content_type.replace('+', "%2B").replace('/', "%2F");
    format!("/media/{key}?type={content_type}&exp={exp}&sig={sig}")
}

fn signed_parts<'a>(key: &'a str, content_type: &'a str, exp: &'a str) -> [&'a [u8]; 3] {
    [key.as_bytes(), content_type.as_bytes(), exp.as_bytes()]
}

/// The file that a link leads to, or the part of it that a `Range` header names.
pub async fn open(app: &App, key: &str, query: &SignedQuery, range: Option<&str>) -> Result<Opened, OpenError> {
    let exp = query.exp.to_string();
    let sig = hex::decode(&query.sig).map_err(|_| OpenError::Forged)?;
    if !app.vault.verify_mac(PURPOSE, &signed_parts(key, &query.content_type, &exp), &sig) {
        return Err(OpenError::Forged);
    }
    if app.now().as_seconds() >= query.exp {
        return Err(OpenError::Expired);
    }
    let range = range.and_then(parse_range);
    let media = app.media.read(&MediaKey::parse(key)?, range).await?;
    Ok(Opened { content_type: query.content_type.clone(), media, is_part: range.is_some() })
}

/// When a link ends, for `Cache-Control`.
pub fn ends_in(query: &SignedQuery, now: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(query.exp - now.as_seconds()).unwrap_or(0))
}

/// A `Range` header with one range. Anything else (several ranges, other units, nonsense) is no range, and the whole file
/// is the right answer to it (RFC 9110, 14.2).
fn parse_range(header: &str) -> Option<ByteRange> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", "") => None,
        ("", last) => number(last).map(ByteRange::Last),
        (first, "") => Some(ByteRange::From(number(first)?, None)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(ByteRange::From(first, Some(last)))
        }
    }
}

/// A kind of audio file that providers send, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudioType {
    Mp3,
    Wav,
    Ogg,
    Flac,
    Mp4,
    WebM,
    Amr,
}

impl AudioType {
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'I', b'D', b'3', ..] => Some(Self::Mp3),
            // A frame: eleven set bits, then a version that is not the reserved one, layer III, and a bit rate. Layer I
            // would also be how UTF-16 text begins.
            [0xff, b, c, ..] if b & 0xe0 == 0xe0 && b & 0x18 != 0x08 && b & 0x06 == 0x02 && c & 0xf0 != 0xf0 => {
                Some(Self::Mp3)
            }
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some(Self::Wav),
            [b'O', b'g', b'g', b'S', ..] => Some(Self::Ogg),
            [b'f', b'L', b'a', b'C', ..] => Some(Self::Flac),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Self::Mp4),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Some(Self::WebM),
            [b'#', b'!', b'A', b'M', b'R', ..] => Some(Self::Amr),
            _ => None,
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::Mp4 => "audio/mp4",
            Self::WebM => "audio/webm",
            Self::Amr => "audio/amr",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_everything_else_is_the_whole_file() {
        assert_eq!(parse_range("bytes=0-4"), Some(ByteRange::From(0, Some(4))));
        assert_eq!(parse_range("bytes=5-"), Some(ByteRange::From(5, None)));
        assert_eq!(parse_range("bytes=-3"), Some(ByteRange::Last(3)));
        for none in ["", "bytes=", "bytes=-", "bytes=4-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=-1-"] {
            assert_eq!(parse_range(none), None, "{none}");
        }
    }

    #[test]
    fn audio_is_told_by_its_bytes_and_pages_are_not_audio() {
        assert_eq!(AudioType::of(b"ID3\x04"), Some(AudioType::Mp3));
        assert_eq!(AudioType::of(&[0xff, 0xfb, 0x90, 0x64]), Some(AudioType::Mp3));
        assert_eq!(AudioType::of(b"RIFF\0\0\0\0WAVEfmt "), Some(AudioType::Wav));
        assert_eq!(AudioType::of(b"\0\0\0\x20ftypM4A "), Some(AudioType::Mp4));
        for no_audio in [&b"<!doctype html>"[..], b"{\"error\":1}", b"", b"RIFF\0\0\0\0WEBP", &[0xff, 0xfe, 0x41, 0]] {
            assert_eq!(AudioType::of(no_audio), None, "{no_audio:?}");
        }
    }
}

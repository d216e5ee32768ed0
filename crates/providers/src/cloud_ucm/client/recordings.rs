//! Recordings. The device is asked for a folder and a name, and firmware differs in whether the month belongs to the name; a
//! file that is not there is answered with 200 and JSON, or a page. So the first bytes decide what came.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use serde_json::{Value, json};

use super::{Envelope, UcmClient, UcmError, good, read_on, with_cookie};
use crate::{
    audio::{Audio, Downloaded, Downloading, Sink, pour},
    outbound::OutboundError,
};

/// What the place of a recording begins with in facts: it is no address that a browser could open.
pub const SCHEME: &str = "ucm:";
/// Hours of audio at a slow line; silence is cut much earlier by the read time-out.
const TOTAL: Duration = Duration::from_mins(10);
/// Where a device keeps recordings, the usual place first.
const FOLDERS: [&str; 3] = ["monitor", "queue", "meetme"];
/// Longer names are cut by the device, which then finds nothing.
const MAX_NAME: usize = 256;
/// Enough to tell audio from anything else.
const HEAD: usize = 16;
/// The longest answer in words that is read.
const MAX_WORDS: usize = 64 * 1024;

/// What came instead of a file.
enum Came {
    Audio(Bytes, Box<Response>),
    /// It is not there under this name; what was said.
    Nothing(Option<String>),
    /// The sign-in ended.
    SignedOut,
}

impl UcmClient {
    /// Streams a recording into `sink`, at most `max_bytes` of it. `name` as call records have it: `2026-03/auto-….wav`.
    pub async fn recording(&self, name: &str, max_bytes: u64, sink: &mut Sink<'_>) -> Result<Downloaded, UcmError> {
        let _place = self.place().await?;
        let forms = forms(checked(name)?);
        // What this device answered last time is asked first.
        let likely = self.door.form() % forms.len();
        let order = std::iter::once(likely).chain((0..forms.len()).filter(|form| *form != likely));
        let mut said = None;
        for form in order {
            let (folder, file) = forms[form];
            match self.ask_for_file(folder, file).await? {
                Came::Audio(begun, response) => {
                    self.door.set_form(form);
                    if response.content_length().is_some_and(|length| length > max_bytes) {
                        return Err(OutboundError::TooLarge { max: max_bytes }.into());
                    }
                    return Ok(pour(begun, *response, max_bytes, sink).await?);
                }
                Came::Nothing(words) => said = said.or(words),
                Came::SignedOut => return Err(UcmError::SignedOut),
            }
        }
        Err(UcmError::NoSuchFile { said })
    }

    async fn ask_for_file(&self, folder: &str, file: &str) -> Result<Came, UcmError> {
        let parameters = json!({ "filedir": folder, "filename": file });
        for _ in 0..2 {
            let cookie = self.cookie().await?;
            match self.ask_once(with_cookie(&parameters, &cookie)).await? {
                Came::SignedOut => self.door.drop_cookie(&cookie).await,
                came => return Ok(came),
            }
        }
        Ok(Came::SignedOut)
    }

    async fn ask_once(&self, parameters: Value) -> Result<Came, UcmError> {
        let request = self.request("recapi", parameters).await?.timeout(TOTAL);
        let mut response = match self.open(request).await {
            Ok(response) => response,
            Err(UcmError::Outbound(OutboundError::Refused { status: 404, .. })) => return Ok(Came::Nothing(None)),
            Err(error) => return Err(error),
        };
        let head = read_on(&mut response, Vec::new(), HEAD).await?;
        if is_audio(&head) {
            return Ok(Came::Audio(head, Box::new(response)));
        }
        match head.trim_ascii_start().first() {
            None => Ok(Came::Nothing(None)),
            Some(b'{') => {
                let words = read_on(&mut response, head.to_vec(), MAX_WORDS).await?;
                in_words(&words, &head)
            }
            Some(b'<') => Ok(Came::Nothing(Some(shown(&head)))),
            Some(_) => Err(UcmError::NotAudio { first: shown(&head) }),
        }
    }
}

/// An answer in words. What is about this name only lets the next one be tried; anything else is the device's answer.
fn in_words(words: &[u8], head: &[u8]) -> Result<Came, UcmError> {
    if matches!(Envelope::read(words).status, Some(-5 | -6)) {
        return Ok(Came::SignedOut);
    }
    match good("recapi", words) {
        Ok(_) | Err(UcmError::Status { .. }) => Ok(Came::Nothing(Some(shown(head)))),
        Err(error) => Err(error),
    }
}

impl Audio for UcmClient {
    fn download<'a>(&'a self, place: &'a str, max_bytes: u64, sink: &'a mut Sink<'_>) -> Downloading<'a> {
        let name = place.strip_prefix(SCHEME).unwrap_or(place);
        Box::pin(async move { Ok(self.recording(name, max_bytes, sink).await?) })
    }
}

/// Each folder with the whole name, then with the name alone.
fn forms(name: &str) -> Vec<(&'static str, &str)> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let names: &[&str] = if file == name { &[name] } else { &[name, file] };
    FOLDERS.iter().flat_map(|folder| names.iter().map(move |name| (*folder, *name))).collect()
}

/// The name, if the device would take it. It comes out of an event.
fn checked(name: &str) -> Result<&str, UcmError> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(UcmError::BadName("it has 1 to 256 characters"));
    }
    if name.contains("..") || name.starts_with('/') || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(UcmError::BadName("spaces and `..` are passed over"));
    }
    Ok(name)
}

fn is_audio(head: &[u8]) -> bool {
    // The last is a frame of MP3: eleven set bits and layer III.
    head.starts_with(b"RIFF")
        || head.starts_with(b"ID3")
        || head.starts_with(b"OggS")
        || matches!(head, [0xff, second, ..] if second & 0xe6 == 0xe2)
}

/// The first bytes, for people.
fn shown(head: &[u8]) -> String {
    let first = &head[..head.len().min(HEAD)];
    format!("`{}`", first.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_name_are_asked_for() {
        let forms = forms("2026-03/auto-1-2-3.wav");
        assert_eq!(forms[..2], [("monitor", "2026-03/auto-1-2-3.wav"), ("monitor", "auto-1-2-3.wav")]);
        assert_eq!(forms.len(), 6);
        assert_eq!(super::forms("auto-1.wav").len(), 3);
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_asked_for() {
        for bad in ["", "/etc/passwd", "2026-03/../../x.wav", "a b.wav", "a\n.wav", &"x".repeat(257)] {
            assert!(checked(bad).is_err(), "{bad}");
        }
        assert!(checked("2026-03/auto-1773153009-13125550142-1001.wav").is_ok());
    }

    #[test]
    fn audio_is_told_by_its_first_bytes_and_what_is_none_is_shown() {
        for audio in [&b"RIFF\x24\0\0\0WAVE"[..], b"ID3\x03", b"OggS\0", &[0xff, 0xfb, 0x90]] {
            assert!(is_audio(audio), "{audio:?}");
        }
        for none in [&b"GSFF\x01\0\0\0"[..], b"<html>", b"{\"status\":-16}", b"", &[0xff, 0xfe, 0x41]] {
            assert!(!is_audio(none), "{none:?}");
        }
        assert_eq!(shown(b"GSFF\x01\0"), "`GSFF\\x01\\x00`");
    }
}

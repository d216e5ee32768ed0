//! Submitting a recording, and looking how far it is.
//!
//! Each provider says whether a submission may be repeated ([`Provider::effect`]). None of the three makes twice the same as
//! once: it is paid for twice. So before the call the row says `sending`; who finds it so later knows that somebody died in
//! between, and looks (`AssemblyAI`), waits for the callback (Deepgram with one), or leaves it to a person.

use std::time::Duration;

use switchboard_providers::{
    CheckError, Given, Http, OutboundError,
    speech::{
        Heard, Provider,
        assemblyai::{Desk, Order, Progress},
        deepgram::{self, Listener},
        openai::{MAX_FILE, PATIENCE, Piece, Server},
        wav::{self, Wav},
    },
};

use super::{audio::Sound, in_hand::Pieces};
use crate::App;

/// For an answer about a recording of hours, with its words.
const MOST_ANSWER: usize = 64 * 1024 * 1024;
/// For a whole recording in one request.
const WHOLE: Duration = Duration::from_mins(20);
/// The longest piece that an OpenAI-compatible server is given: 16 kHz, two bytes, well below its limit.
const PIECE_SECONDS: usize = 600;
/// What speech models want.
const RATE: u32 = 16_000;

/// Somebody who can be asked.
pub(super) enum Service {
    OpenAi(Server),
    Deepgram(Listener),
    AssemblyAi(Desk),
}

/// What a submission came to.
pub(super) enum Asked {
    Heard(Heard),
    /// It is being worked on, under this id.
    Taken(String),
}

/// A submission failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    #[error("{0}")]
    Unfit(&'static str),
}

impl AskError {
    /// It may have arrived, and perhaps it is being worked on. An answer that says no is an end, a proxy's is not.
    pub fn is_uncertain(&self) -> bool {
        match self {
            Self::Outbound(OutboundError::Refused { status, .. }) => matches!(status, 502 | 504),
            Self::Outbound(error) => error.may_have_taken_effect(),
            Self::Unfit(_) => false,
        }
    }
}

/// What is submitted besides the sound.
pub(super) struct Terms<'a> {
    pub language: Option<&'a str>,
    /// Where the provider may call back, and the secret to show there.
    pub callback: Option<(&'a str, &'a str)>,
}

impl Service {
    pub fn of(app: &App, provider: Provider, given: &Given) -> Result<Self, CheckError> {
        let urls = &app.settings.base_urls;
        Ok(match provider {
            Provider::OpenAi => Self::OpenAi(Server::of(&app.http, urls, given)?),
            Provider::Deepgram => Self::Deepgram(Listener::of(urls, given)?),
            Provider::AssemblyAi => Self::AssemblyAi(Desk::of(urls, given)?),
        })
    }

    pub fn model(&self) -> Option<&str> {
        match self {
            Self::OpenAi(server) => server.transcription_model.as_deref(),
            Self::Deepgram(listener) => Some(&listener.model),
            Self::AssemblyAi(desk) => Some(&desk.model),
        }
    }

    pub const fn calls_back(&self) -> bool {
        match self {
            Self::OpenAi(_) => false,
            Self::Deepgram(listener) => listener.calls_back,
            Self::AssemblyAi(desk) => desk.calls_back,
        }
    }

    /// Leaves the sound there, where that comes before the order. Harmless when done twice.
    pub async fn upload(&self, app: &App, sound: &Sound) -> Result<Option<String>, AskError> {
        match self {
            Self::AssemblyAi(desk) => {
                let http = app.http.patient(WHOLE, MOST_ANSWER)?;
                Ok(Some(desk.upload(&http, sound.bytes.clone()).await?))
            }
            Self::OpenAi(_) | Self::Deepgram(_) => Ok(None),
        }
    }

    /// Submits: at most once, whoever calls this sees to that. Where the sound goes in pieces, those that were heard are left
    /// in `pieces`, and the next attempt goes on behind them.
    pub async fn submit(
        &self,
        app: &App,
        sound: &Sound,
        upload_url: Option<&str>,
        terms: &Terms<'_>,
        pieces: &mut Pieces,
    ) -> Result<Asked, AskError> {
        let is_split = sound.wav.as_ref().is_some_and(|wav| is_split(wav, &sound.bytes));
        match self {
            Self::OpenAi(server) => {
                let http = app.http.patient(PATIENCE, MOST_ANSWER)?;
                Ok(Asked::Heard(by_pieces(server, &http, sound, is_split, terms.language, pieces).await?))
            }
            Self::Deepgram(listener) => {
                let http = app.http.patient(WHOLE, MOST_ANSWER)?;
                let sound = deepgram::Sound {
                    file: sound.bytes.clone(),
                    content_type: sound.content_type.clone(),
                    is_split,
                    language: terms.language.map(str::to_owned),
                };
                match terms.callback {
                    Some((url, _)) => Ok(Asked::Taken(listener.submit(&http, &sound, url).await?)),
                    None => Ok(Asked::Heard(listener.transcribe(&http, &sound).await?)),
                }
            }
            Self::AssemblyAi(desk) => {
                let upload_url = upload_url.ok_or(AskError::Unfit("the sound was not left at the provider"))?;
                let order = Order { upload_url, is_split, language: terms.language, callback: terms.callback };
                Ok(Asked::Taken(desk.order(&app.http, &order).await?))
            }
        }
    }

    /// How far submitted work is; `None` where nobody can be asked.
    pub async fn look(&self, app: &App, id: &str) -> Result<Option<Progress>, OutboundError> {
        match self {
            Self::AssemblyAi(desk) => {
                let http = app.http.patient(PATIENCE, MOST_ANSWER)?;
                desk.look(&http, id).await.map(Some)
            }
            Self::OpenAi(_) | Self::Deepgram(_) => Ok(None),
        }
    }

    /// The id of what was submitted, if it arrived; `None` in the outer where nobody can be asked.
    pub async fn find(&self, app: &App, upload_url: Option<&str>) -> Result<Option<Option<String>>, OutboundError> {
        match (self, upload_url) {
            (Self::AssemblyAi(desk), Some(url)) => desk.find(&app.http, url).await.map(Some),
            _ => Ok(None),
        }
    }
}

/// Two channels with different people. Systems that record one channel and write it twice are not listened to twice.
fn is_split(wav: &Wav, bytes: &[u8]) -> bool {
    wav.channels == 2 && wav.channel(bytes, 0) != wav.channel(bytes, 1)
}

/// An OpenAI-compatible server hears one channel and ten minutes at a time.
async fn by_pieces(
    server: &Server,
    http: &Http,
    sound: &Sound,
    is_split: bool,
    language: Option<&str>,
    pieces: &mut Pieces,
) -> Result<Heard, AskError> {
    let Some(wav) = &sound.wav else { return whole(server, http, sound, language).await };
    let channels: Vec<Option<usize>> = if is_split { vec![Some(0), Some(1)] } else { vec![None] };
    pieces.all_ms = wav.duration_ms() * i64::try_from(channels.len()).unwrap_or(1);
    let mut heard_before = pieces.heard.len();
    for channel in channels {
        let samples = match channel {
            Some(channel) => wav.channel(&sound.bytes, channel),
            None => wav.mixed(&sound.bytes),
        };
        let (samples, rate) =
            if wav.sample_rate * 2 == RATE { (wav::doubled(&samples), RATE) } else { (samples, wav.sample_rate) };
        let longest = PIECE_SECONDS * rate.min(RATE) as usize;
        for piece in wav::pieces(&samples, rate, longest) {
            let offset = i64::try_from(piece.start as u64 * 1_000 / u64::from(rate)).unwrap_or(0);
            let samples = &samples[piece];
            let length = i64::try_from(samples.len() as u64 * 1_000 / u64::from(rate)).unwrap_or(0);
            // Nobody speaks: nothing to pay for, and nothing to make words up about.
            if samples.is_empty() || wav::is_silent(samples, rate, 0, length) {
                continue;
            }
            if heard_before > 0 {
                heard_before -= 1;
                continue;
            }
            let file = wav::write(samples, rate);
            let piece = Piece { file: &file, file_name: "audio.wav", content_type: "audio/wav", language };
            pieces.sending_ms = length;
            let heard = server.transcribe(http, &piece).await?.placed(offset, channel);
            pieces.heard_ms += length;
            pieces.heard.push(heard);
        }
    }
    Ok(together(&pieces.heard))
}

fn together(pieces: &[Heard]) -> Heard {
    let mut all = Heard::default();
    for heard in pieces.iter().cloned() {
        all.language = all.language.or(heard.language);
        all.model = all.model.or(heard.model);
        all.utterances.extend(heard.utterances);
    }
    all
}

async fn whole(server: &Server, http: &Http, sound: &Sound, language: Option<&str>) -> Result<Heard, AskError> {
    if sound.bytes.len() > MAX_FILE {
        return Err(AskError::Unfit(
            "the file is longer than the 25 MB that such a server takes, and only WAV files can be cut; use Deepgram or AssemblyAI for it",
        ));
    }
    let file_name = match sound.content_type.as_str() {
        "audio/mpeg" => "audio.mp3",
        "audio/ogg" => "audio.ogg",
        "audio/flac" => "audio.flac",
        "audio/mp4" => "audio.m4a",
        "audio/webm" => "audio.webm",
        "audio/amr" => "audio.amr",
        _ => "audio.wav",
    };
    let piece = Piece { file: &sound.bytes, file_name, content_type: &sound.content_type, language };
    Ok(server.transcribe(http, &piece).await?)
}

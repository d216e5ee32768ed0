//! WAV files as telephone systems write them: taken apart by channel, cut where nobody speaks, silenced in place.
//!
//! By hand, because all that is needed is a header and arithmetic, and because silencing must leave every other byte of a
//! stored file as it is. What is compressed (GSM, MP3 in a WAV coat) is not taken apart, and says so by being `None`.

use std::ops::Range;

/// The longest file that is taken apart.
pub const MAX_BYTES: usize = 200 * 1024 * 1024;
/// Louder than this is somebody, in parts of 32,768; telephone lines hiss below it.
const VOICE: i32 = 250;
/// How long a stretch is looked at when the quietest is wanted.
const WINDOW_MS: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Pcm16,
    Pcm8,
    MuLaw,
    ALaw,
}

impl Coding {
    const fn bytes(self) -> usize {
        match self {
            Self::Pcm16 => 2,
            Self::Pcm8 | Self::MuLaw | Self::ALaw => 1,
        }
    }

    /// What nothing sounds like.
    const fn silence(self) -> u8 {
        match self {
            Self::Pcm16 => 0,
            Self::Pcm8 => 0x80,
            Self::MuLaw => 0xff,
            Self::ALaw => 0xd5,
        }
    }

    fn sample(self, bytes: &[u8]) -> i16 {
        match (self, bytes) {
            (Self::Pcm16, [low, high, ..]) => i16::from_le_bytes([*low, *high]),
            (Self::Pcm8, [byte, ..]) => (i16::from(*byte) - 128) << 8,
            (Self::MuLaw, [byte, ..]) => mu_law(*byte),
            (Self::ALaw, [byte, ..]) => a_law(*byte),
            _ => 0,
        }
    }
}

/// ITU-T G.711.
fn mu_law(byte: u8) -> i16 {
    let byte = !byte;
    let magnitude = ((i16::from(byte & 0x0f) << 3) + 0x84) << ((byte >> 4) & 7);
    if byte & 0x80 == 0 { magnitude - 0x84 } else { 0x84 - magnitude }
}

fn a_law(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (mantissa, exponent) = (i16::from(byte & 0x0f) << 4, (byte >> 4) & 7);
    let magnitude = match exponent {
        0 => mantissa + 8,
        _ => (mantissa + 0x108) << (exponent - 1),
    };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

/// Where things are in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wav {
    coding: Coding,
    pub channels: usize,
    pub sample_rate: u32,
    data: Range<usize>,
}

impl Wav {
    /// `None` for what is no WAV file, or one whose sound is compressed.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
            return None;
        }
        let (mut at, mut format) = (12, None);
        while let Some(head) = bytes.get(at..at + 8) {
            let size = usize::try_from(u32::from_le_bytes(head[4..].try_into().ok()?)).ok()?;
            let body = at + 8;
            match &head[..4] {
                b"fmt " => format = read_format(bytes.get(body..body.checked_add(size)?)?),
                b"data" => {
                    let (coding, channels, sample_rate) = format?;
                    // One that was written as a stream, or cut, says another length than it has.
                    let end = body.saturating_add(size).min(bytes.len());
                    let end = if matches!(size, 0 | 0xffff_ffff) { bytes.len() } else { end };
                    let frame = coding.bytes() * channels;
                    return Some(Self {
                        coding,
                        channels,
                        sample_rate,
                        data: body..body + (end - body) / frame * frame,
                    });
                }
                _ => {}
            }
            at = body.checked_add(size)?.checked_add(size % 2)?;
        }
        None
    }

    const fn frame(&self) -> usize {
        self.coding.bytes() * self.channels
    }

    fn frames(&self) -> usize {
        self.data.len() / self.frame()
    }

    pub fn duration_ms(&self) -> i64 {
        millis(self.frames(), self.sample_rate)
    }

    /// One channel as 16-bit samples.
    pub fn channel(&self, bytes: &[u8], channel: usize) -> Vec<i16> {
        let width = self.coding.bytes();
        let data = bytes.get(self.data.clone()).unwrap_or_default();
        data.chunks_exact(self.frame()).map(|frame| self.coding.sample(&frame[channel * width..])).collect()
    }

    /// All channels as one.
    pub fn mixed(&self, bytes: &[u8]) -> Vec<i16> {
        let width = self.coding.bytes();
        let data = bytes.get(self.data.clone()).unwrap_or_default();
        let count = i32::try_from(self.channels).unwrap_or(1);
        let mix = |frame: &[u8]| {
            let sum: i32 = frame.chunks_exact(width).map(|sample| i32::from(self.coding.sample(sample))).sum();
            i16::try_from(sum / count).unwrap_or(0)
        };
        data.chunks_exact(self.frame()).map(mix).collect()
    }

    /// Overwrites these stretches, in milliseconds, in all channels. The file keeps its length.
    pub fn silence(&self, bytes: &mut [u8], spans: &[(i64, i64)]) {
        for (from, until) in spans {
            let place = |at: i64| {
                let frame = usize::try_from(at.max(0)).unwrap_or(0) * self.sample_rate as usize / 1_000;
                self.data.start + frame.min(self.frames()) * self.frame()
            };
            if let Some(stretch) = bytes.get_mut(place(*from)..place(*until)) {
                stretch.fill(self.coding.silence());
            }
        }
    }
}

fn read_format(body: &[u8]) -> Option<(Coding, usize, u32)> {
    let short = |at: usize| Some(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?));
    let tag = match short(0)? {
        // "Extensible": the coding is the beginning of a longer name.
        0xfffe => short(24)?,
        tag => tag,
    };
    let coding = match (tag, short(14)?) {
        (1, 16) => Coding::Pcm16,
        (1, 8) => Coding::Pcm8,
        (7, 8) => Coding::MuLaw,
        (6, 8) => Coding::ALaw,
        _ => return None,
    };
    let channels = usize::from(short(2)?);
    let rate = u32::from_le_bytes(body.get(4..8)?.try_into().ok()?);
    ((1..=8).contains(&channels) && (4_000..=192_000).contains(&rate)).then_some((coding, channels, rate))
}

fn millis(samples: usize, rate: u32) -> i64 {
    i64::try_from(samples as u64 * 1_000 / u64::from(rate.max(1))).unwrap_or(i64::MAX)
}

/// A file with one channel of 16-bit samples.
pub fn write(samples: &[i16], rate: u32) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&length.saturating_add(36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&rate.saturating_mul(2).to_le_bytes());
    file.extend_from_slice(b"\x02\0\x10\0data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

/// Twice as many samples, from 8 kHz to the 16 kHz that speech models were trained on; several servers take nothing else.
pub fn doubled(samples: &[i16]) -> Vec<i16> {
    let next = samples.iter().skip(1).chain(samples.last());
    let between = |(here, next): (&i16, &i16)| [*here, i16::midpoint(*here, *next)];
    samples.iter().zip(next).flat_map(between).collect()
}

/// Nobody speaks from one moment to another: what is "heard" there was made up.
pub fn is_silent(samples: &[i16], rate: u32, from_ms: i64, until_ms: i64) -> bool {
    let place = |at: i64| usize::try_from(at.max(0)).unwrap_or(0) * rate as usize / 1_000;
    match samples.get(place(from_ms)..place(until_ms).min(samples.len())) {
        Some(stretch) if !stretch.is_empty() => loudness(stretch) < VOICE / 4 && peak(stretch) < VOICE,
        _ => false,
    }
}

fn peak(samples: &[i16]) -> i32 {
    samples.iter().map(|sample| i32::from(*sample).abs()).max().unwrap_or(0)
}

fn loudness(samples: &[i16]) -> i32 {
    let sum: i64 = samples.iter().map(|sample| i64::from(*sample).abs()).sum();
    i32::try_from(sum / i64::try_from(samples.len().max(1)).unwrap_or(1)).unwrap_or(i32::MAX)
}

/// Pieces of at most `longest` samples, cut at the quietest moment of each one's last fifth.
pub fn pieces(samples: &[i16], rate: u32, longest: usize) -> Vec<Range<usize>> {
    let longest = longest.max(1);
    let window = (rate as usize * WINDOW_MS / 1_000).max(1);
    let (mut pieces, mut from) = (Vec::new(), 0);
    while samples.len() - from > longest {
        let (first, last) = (from + longest - longest / 5, from + longest);
        let starts = (first..last.saturating_sub(window)).step_by(window);
        let quietest = starts.min_by_key(|start| loudness(&samples[*start..*start + window]));
        let cut = quietest.map_or(last, |start| start + window / 2);
        pieces.push(from..cut);
        from = cut;
    }
    pieces.push(from..samples.len());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stereo file: a tone left in the first half, right in the second.
    fn stereo() -> Vec<u8> {
        let mut file = write(&[], 8_000);
        file[22] = 2;
        file[32] = 4;
        for index in 0..8_000_i32 {
            let tone = i16::try_from((index % 20 - 10) * 800).unwrap();
            let (left, right) = if index < 4_000 { (tone, 0) } else { (0, tone) };
            file.extend_from_slice(&left.to_le_bytes());
            file.extend_from_slice(&right.to_le_bytes());
        }
        file
    }

    #[test]
    fn channels_come_apart_and_what_is_silenced_is_silent() {
        let mut file = stereo();
        let wav = Wav::parse(&file).unwrap();
        assert_eq!((wav.channels, wav.sample_rate, wav.duration_ms()), (2, 8_000, 1_000));
        let (left, right) = (wav.channel(&file, 0), wav.channel(&file, 1));
        assert!(!is_silent(&left, 8_000, 0, 400) && is_silent(&left, 8_000, 500, 1_000));
        assert!(is_silent(&right, 8_000, 0, 500) && !is_silent(&right, 8_000, 600, 1_000));
        let length = file.len();
        wav.silence(&mut file, &[(100, 200), (900, 5_000), (-5, 10)]);
        assert_eq!(file.len(), length);
        let (left, right) = (wav.channel(&file, 0), wav.channel(&file, 1));
        assert!(is_silent(&left, 8_000, 100, 200) && !is_silent(&left, 8_000, 200, 400));
        assert!(is_silent(&right, 8_000, 900, 1_000) && !is_silent(&right, 8_000, 600, 900));
    }

    #[test]
    fn what_is_written_is_read_and_what_is_none_is_not() {
        let samples: Vec<i16> = (0..1_000).map(|index| index * 7).collect();
        let file = write(&samples, 16_000);
        let wav = Wav::parse(&file).unwrap();
        assert_eq!(wav.channel(&file, 0), samples);
        assert_eq!(doubled(&[0, 10, 20]), [0, 5, 10, 15, 20, 20]);
        for length in 0..60 {
            let _ = Wav::parse(&file[..length]);
        }
        assert_eq!(Wav::parse(b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff"), None);
        let mut compressed = file.clone();
        compressed[20] = 0x31;
        assert_eq!(Wav::parse(&compressed), None, "GSM is not taken apart");
    }

    #[test]
    fn companded_telephone_sound_is_read() {
        assert_eq!((mu_law(0xff), mu_law(0x00), mu_law(0x80)), (0, -32_124, 32_124));
        assert_eq!((a_law(0xd5), a_law(0x2a), a_law(0xaa)), (8, -32_256, 32_256));
    }

    #[test]
    fn long_sound_is_cut_where_nobody_speaks() {
        let mut samples = vec![4_000_i16; 8_000 * 10];
        samples[36_000..39_000].fill(0);
        let cut = pieces(&samples, 8_000, 40_000);
        assert!(cut.len() >= 2 && (36_000..39_000).contains(&cut[0].end), "{cut:?}");
        assert_eq!(cut.last().unwrap().end, samples.len());
        assert!(cut.iter().all(|piece| piece.len() <= 40_000));
        assert_eq!(pieces(&[], 8_000, 10), vec![0..0]);
    }
}

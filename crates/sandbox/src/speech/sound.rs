//! As much of a sound as can be told without understanding it: how long it is, and on which channel it is loud when.

/// A sample louder than this is no silence.
const LOUD: u16 = 250;
/// Of what is no WAV file: bytes per second of a telephone call as MP3.
const BYTES_PER_SECOND: usize = 4_000;

#[derive(Debug)]
pub(super) struct Sound {
    pub duration_ms: usize,
    /// Sixteen bits each; empty where the file could not be read as PCM.
    pub channels: Vec<Vec<i16>>,
    rate: usize,
}

impl Sound {
    pub fn of(file: &[u8]) -> Self {
        read(file).unwrap_or_else(|| Self {
            duration_ms: file.len() * 1_000 / BYTES_PER_SECOND,
            channels: Vec::new(),
            rate: 1,
        })
    }

    /// A number that differs between sounds: some samples of each second.
    pub fn fingerprint(&self) -> usize {
        let samples = self.channels.iter().flatten().step_by(97);
        samples.fold(5_381, |hash: usize, sample| hash.wrapping_mul(33) ^ usize::from(sample.unsigned_abs()))
    }

    /// How loud a channel is from one moment to another; what cannot be read is loud throughout.
    pub fn loudness(&self, channel: usize, from_ms: usize, until_ms: usize) -> u64 {
        let Some(samples) = self.channels.get(channel) else { return u64::MAX };
        let place = |at: usize| (at * self.rate / 1_000).min(samples.len());
        let stretch = &samples[place(from_ms)..place(until_ms)];
        // A click at the edge is nobody.
        let loud = stretch.iter().filter(|sample| sample.unsigned_abs() > LOUD).count();
        loud.saturating_sub(stretch.len() / 50) as u64
    }
}

fn read(file: &[u8]) -> Option<Sound> {
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let part = file.get(at..at + bytes)?;
        Some(part.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    if file.get(..4)? != b"RIFF" || file.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut at, mut format) = (12, None);
    loop {
        let (name, size) = (file.get(at..at + 4)?, number(at + 4, 4)?);
        match name {
            b"fmt " => {
                format = Some((number(at + 8, 2)?, number(at + 10, 2)?, number(at + 12, 4)?, number(at + 22, 2)?));
            }
            b"data" => {
                let (1, count, rate, 16) = format? else { return None };
                let data = &file[at + 8..file.len().min(at + 8 + size)];
                let frames = data.chunks_exact(2 * count.max(1));
                let samples = |channel: usize| {
                    frames
                        .clone()
                        .map(|frame| i16::from_le_bytes([frame[channel * 2], frame[channel * 2 + 1]]))
                        .collect()
                };
                let duration_ms = frames.len() * 1_000 / rate.max(1);
                return Some(Sound { duration_ms, channels: (0..count).map(samples).collect(), rate });
            }
            _ => {}
        }
        at += 8 + size + size % 2;
    }
}

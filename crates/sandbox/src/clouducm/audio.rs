//! Recordings: WAV with 16 bits and 8,000 samples a second, as the device makes them. Two made-up voices that take turns:
//! vowels out of a few harmonics, syllables, pauses; nothing that anybody said.

const RATE: u32 = 8_000;
/// A recording plays no longer than this: enough to hear, store, transcribe and stream.
const MAX_SECONDS: u32 = 20;
/// How long somebody talks before the other does, in samples.
const TURN: u32 = RATE * 3;
/// A syllable, in samples: some four a second.
const SYLLABLE: u32 = RATE / 4;

/// The file.
pub(super) fn wav(name: &str, seconds: u32, is_stereo: bool) -> Vec<u8> {
    let samples = seconds.clamp(1, MAX_SECONDS) * RATE;
    let channels: u16 = if is_stereo { 2 } else { 1 };
    let mut file = header(samples, channels);
    file.reserve(samples as usize * usize::from(channels) * 2);
    // Each call sounds a little different.
    let pitch = f64::from(name.bytes().fold(0_u8, u8::wrapping_add) % 40);
    for at in 0..samples {
        let is_customer = (at / TURN).is_multiple_of(2);
        let sound = if is_customer { voice(at, 110.0 + pitch) } else { voice(at, 190.0 + pitch) };
        if is_stereo {
            let (left, right) = if is_customer { (sound, 0) } else { (0, sound) };
            file.extend_from_slice(&left.to_le_bytes());
            file.extend_from_slice(&right.to_le_bytes());
        } else {
            file.extend_from_slice(&sound.to_le_bytes());
        }
    }
    file
}

fn voice(at: u32, pitch: f64) -> i16 {
    let of_turn = at % TURN;
    // A breath at the end of each turn.
    if of_turn > TURN - RATE / 2 {
        return 0;
    }
    let time = f64::from(at) / f64::from(RATE);
    let place = f64::from(of_turn % SYLLABLE) / f64::from(SYLLABLE);
    let loudness = (std::f64::consts::PI * place).sin();
    // Which vowel it is: the harmonics near two resonances are louder.
    let vowel = (of_turn / SYLLABLE) % 3;
    let resonances = [(700.0, 1_200.0), (400.0, 2_000.0), (350.0, 800.0)][vowel as usize];
    let glide = 1.0 + 0.04 * (std::f64::consts::TAU * 1.5 * time).sin();
    let mut sum = 0.0;
    for harmonic in 1..=12 {
        let frequency = pitch * glide * f64::from(harmonic);
        let near = |resonance: f64| (-((frequency - resonance) / 250.0).powi(2)).exp();
        let weight = 0.15 / f64::from(harmonic) + near(resonances.0) + 0.5 * near(resonances.1);
        sum += weight * (std::f64::consts::TAU * pitch * f64::from(harmonic) * time).sin();
    }
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
    let sample = (sum * loudness * 5_000.0).clamp(-32_000.0, 32_000.0) as i16;
    sample
}

fn header(samples: u32, channels: u16) -> Vec<u8> {
    let block = channels * 2;
    let data = samples * u32::from(block);
    let mut header = Vec::with_capacity(44);
    header.extend_from_slice(b"RIFF");
    header.extend_from_slice(&(36 + data).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt ");
    header.extend_from_slice(&16_u32.to_le_bytes());
    header.extend_from_slice(&1_u16.to_le_bytes()); // PCM
    header.extend_from_slice(&channels.to_le_bytes());
    header.extend_from_slice(&RATE.to_le_bytes());
    header.extend_from_slice(&(RATE * u32::from(block)).to_le_bytes());
    header.extend_from_slice(&block.to_le_bytes());
    header.extend_from_slice(&16_u16.to_le_bytes());
    header.extend_from_slice(b"data");
    header.extend_from_slice(&data.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_as_long_as_it_says_and_is_not_silent() {
        for (is_stereo, channels) in [(false, 1), (true, 2)] {
            let file = wav("2026-03/a.wav", 4, is_stereo);
            let data = u32::from_le_bytes(file[40..44].try_into().unwrap());
            assert_eq!(file.len(), 44 + data as usize);
            assert_eq!(data, 4 * RATE * 2 * channels);
            let sound = |bytes: &[u8]| i64::from(i16::from_le_bytes(bytes.try_into().unwrap())).pow(2);
            let energy: i64 = file[44..].chunks_exact(2).map(sound).sum();
            assert!(energy / i64::from(data) > 10_000, "{energy}");
        }
    }

    #[test]
    fn in_stereo_each_has_a_side() {
        let file = wav("x", 6, true);
        let sides = |from: usize, to: usize| {
            let part = &file[44 + from * RATE as usize * 4..44 + to * RATE as usize * 4];
            let side = |skip: usize| part[skip..].chunks(4).filter(|frame| frame[..2] != [0, 0]).count();
            (side(0) > 1_000, side(2) > 1_000)
        };
        assert_eq!((sides(0, 2), sides(3, 5)), ((true, false), (false, true)));
    }
}

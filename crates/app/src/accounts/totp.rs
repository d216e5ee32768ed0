//! Codes of an authenticator app: RFC 6238 over RFC 4226, and what an app reads to be set up.
//!
//! Own: it is one HMAC and a few shifts, and the library for it brings a second set of hash functions beside the one that
//! everything else here uses. SHA-1, six digits and thirty seconds, because that is what all authenticator apps do, whatever
//! the address says.

use aws_lc_rs::hmac;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use subtle::ConstantTimeEq;
use switchboard_domain::Timestamp;

/// Bytes of a secret, as RFC 4226 recommends (160 bits).
pub const SECRET_LEN: usize = 20;
/// Seconds of one code.
const STEP_SECONDS: i64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
/// Steps that a person's clock may be off, either way.
const SKEW: i64 = 1;

/// The code of a step, as a number.
fn hotp(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[tag.len() - 1] & 0x0f);
    let mut word = [0; 4];
    word.copy_from_slice(&tag[offset..offset + 4]);
    u32::from_be_bytes(word) & 0x7fff_ffff
}

/// The code of a step, as a person types it.
pub fn code_at(secret: &[u8], step: i64) -> String {
    format!("{:0width$}", hotp(secret, step) % 1_000_000, width = DIGITS)
}

/// The step that `now` lies in.
pub const fn step_of(now: Timestamp) -> i64 {
    now.as_seconds().div_euclid(STEP_SECONDS)
}

/// The step whose code this is, near `now`. Every candidate is compared, so that the time taken tells nothing.
pub fn matching_step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let given = plain(code);
    let around = step_of(now);
    let mut found = None;
    for step in around - SKEW..=around + SKEW {
        if bool::from(code_at(secret, step).as_bytes().ct_eq(given.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// Whether this looks like a code of an authenticator rather than a recovery code.
pub fn is_code(text: &str) -> bool {
    let text = plain(text);
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Apps show codes in groups.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(2 * DIGITS).collect()
}

/// The secret as people type it in where nothing can be scanned.
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits)) as usize & 31]));
    }
    text
}

/// What an authenticator app reads from the picture.
pub fn address(secret: &[u8], issuer: &str, account: &str) -> String {
    let (issuer, account) = (escaped(issuer), escaped(account));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", base32(secret))
}

/// Everything but letters, digits and `-._~@` as `%XX`.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

/// The address as a picture to scan. `None` if it is longer than such a picture can hold.
pub fn picture(address: &str) -> Option<String> {
    /// White modules around it, without which scanners do not find it.
    const QUIET: i32 = 4;
    let code = QrCode::encode_text(address, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the SHA-1 rows, whose eight digits end in our six.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = step_of(Timestamp::from_millis(seconds * 1_000));
            assert_eq!(format!("{:08}", hotp(secret, step) % 100_000_000), eight);
            assert_eq!(code_at(secret, step), eight[2..]);
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step() {
        let secret = [7; SECRET_LEN];
        let now = Timestamp::from_millis(1_788_000_000_000);
        let step = step_of(now);
        for offset in -3..=3 {
            let found = matching_step(&secret, &code_at(&secret, step + offset), now);
            assert_eq!(found, (-1..=1).contains(&offset).then_some(step + offset));
        }
        let code = code_at(&secret, step);
        assert!(matching_step(&secret, &format!(" {} {} ", &code[..3], &code[3..]), now).is_some());
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(matching_step(&secret, wrong, now), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn base32_is_that_of_the_standard() {
        for (plain, coded) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn the_address_is_read_by_authenticators() {
        let address = address(b"12345678901234567890", "Acme & Co", "ann+x@example.com");
        assert_eq!(
            address,
            "otpauth://totp/Acme%20%26%20Co:ann%2Bx@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Acme%20%26%20Co"
        );
        let picture = picture(&address).unwrap();
        assert!(picture.starts_with("<svg") && picture.contains("h1v1h-1z"));
    }
}

//! Checking shared-secret signatures, in one place so that it is right in one place.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};

/// Which of `secrets` made this HMAC-SHA256 `tag` of `message`.
///
/// Each comparison is constant-time, and all secrets are tried even after one fitted: how long the answer takes says
/// nothing about which secret it was. An empty secret fits nothing, because anybody can sign with it.
pub fn hmac_sha256_signer(secrets: &[SecretString], message: &[u8], tag: &[u8]) -> Option<usize> {
    let mut signer = None;
    for (index, secret) in secrets.iter().enumerate() {
        let secret = secret.expose_secret().as_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let fits = hmac::verify(&key, message, tag).is_ok() && !secret.is_empty();
        if fits && signer.is_none() {
            signer = Some(index);
        }
    }
    signer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(secret: &str) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), b"message").as_ref().to_vec()
    }

    #[test]
    fn the_secret_that_signed_is_found_among_several() {
        let secrets = ["new".into(), "old".into()];
        assert_eq!(hmac_sha256_signer(&secrets, b"message", &tag("old")), Some(1));
        assert_eq!(hmac_sha256_signer(&secrets, b"messagf", &tag("old")), None);
        assert_eq!(hmac_sha256_signer(&secrets, b"message", &tag("old")[..31]), None);
    }

    #[test]
    fn an_empty_secret_never_verifies() {
        assert_eq!(hmac_sha256_signer(&["".into()], b"message", &tag("")), None);
    }
}

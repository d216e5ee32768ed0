//! Who sent it: a user name and a password in HTTP Basic, which is all that a device can do. It signs nothing, so what it
//! says is believed because of the password alone, and the way to us must be HTTPS.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use crate::contract::{Expectation, RawRequest, Rejection, Verified};

/// Characters of a user name.
const LONGEST_NAME: usize = 200;

/// What somebody signed in with, not believed yet.
#[derive(Debug, Clone)]
pub struct Basic {
    pub username: String,
    pub password: SecretString,
}

/// What a request was signed in with.
pub fn presented(request: &RawRequest) -> Result<Basic, Rejection> {
    let header = request.header("authorization").ok_or(Rejection::NoPassword)?;
    let (scheme, encoded) = header.trim().split_once(' ').ok_or(Rejection::NoPassword)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Rejection::NoPassword);
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| Rejection::NoPassword)?;
    let decoded = String::from_utf8_lossy(&decoded);
    let (username, password) = decoded.split_once(':').ok_or(Rejection::NoPassword)?;
    if username.chars().count() > LONGEST_NAME {
        return Err(Rejection::WrongPassword);
    }
    Ok(Basic { username: username.to_owned(), password: SecretString::from(password) })
}

/// Compares with each `user:password` that is expected, all of them, in a time that tells nothing of where they differ.
pub fn verify(request: &RawRequest, expect: &Expectation<'_>) -> Result<Verified, Rejection> {
    let secret = match expect {
        Expectation::Unsigned => None,
        Expectation::Proved => Some(0),
        Expectation::Secrets([]) => return Err(Rejection::NoSecret),
        Expectation::Secrets(secrets) => {
            let Basic { username, password } = presented(request)?;
            let given = digest(&SHA256, format!("{username}:{}", password.expose_secret()).as_bytes());
            let fits = |secret: &SecretString| {
                let wanted = digest(&SHA256, secret.expose_secret().as_bytes());
                verify_slices_are_equal(given.as_ref(), wanted.as_ref()).is_ok()
            };
            let fitting: Vec<bool> = secrets.iter().map(fits).collect();
            Some(fitting.iter().position(|fits| *fits).ok_or(Rejection::WrongPassword)?)
        }
    };
    Ok(Verified { secret, payload: request.body.clone() })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn request(authorization: &str) -> RawRequest {
        RawRequest { headers: vec![("authorization".into(), authorization.into())], body: Bytes::from_static(b"{}") }
    }

    #[test]
    fn only_the_user_with_its_password_gets_in() {
        let secrets = [SecretString::from("acme:open:sesame")];
        let expect = Expectation::Secrets(&secrets);
        let sign = |text: &str| format!("basic {}", STANDARD.encode(text));
        assert!(verify(&request(&sign("acme:open:sesame")), &expect).is_ok());
        for wrong in ["acme:open", "acme", "other:open:sesame", ":", "acme:open:sesame "] {
            assert!(verify(&request(&sign(wrong)), &expect).is_err(), "{wrong}");
        }
        for odd in ["", "Bearer abc", "Basic", "Basic %%%"] {
            assert_eq!(verify(&request(odd), &expect).unwrap_err(), Rejection::NoPassword, "{odd}");
        }
        assert_eq!(verify(&request(&sign("a:b")), &Expectation::Secrets(&[])).unwrap_err(), Rejection::NoSecret);
    }
}

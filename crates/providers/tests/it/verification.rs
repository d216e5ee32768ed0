//! Who is believed. Tokens are made with a JWT library that the code under test does not use.

use bytes::Bytes;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::SecretString;
use serde_json::json;
use switchboard_providers::{Expectation, Provider as _, Rejection, Verified, dialpad::Dialpad};

use crate::fixtures::{read, request};

const SECRET: &str = "example-webhook-secret";

fn secrets(all: &[&str]) -> Vec<SecretString> {
    all.iter().map(|secret| SecretString::from(*secret)).collect()
}

fn verify(body: impl Into<Bytes>, all: &[&str]) -> Result<Verified, Rejection> {
    Dialpad.verify(&request(body), &Expectation::Secrets(&secrets(all)))
}

fn token(algorithm: Algorithm, secret: &str) -> String {
    let claims = json!({ "call_id": 1, "state": "ringing" });
    jsonwebtoken::encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[test]
fn dialpads_own_token_is_believed_and_carries_the_event() {
    let body = read("dialpad", "call-01-ringing.jwt");
    let verified = verify(body, &["another", SECRET]).unwrap();
    assert_eq!(verified.secret, Some(1));
    let claims: serde_json::Value = serde_json::from_slice(&verified.payload).unwrap();
    let event: serde_json::Value = serde_json::from_slice(&read("dialpad", "call-01-ringing.json")).unwrap();
    assert_eq!(claims, event);
}

#[test]
fn wrapping_is_tolerated_and_the_content_type_is_not_asked() {
    let token = token(Algorithm::HS256, SECRET);
    for body in [format!("\r\n {token} \n"), format!("\"{token}\""), format!(" \"{token}\"\n")] {
        verify(body, &[SECRET]).unwrap();
    }
}

#[test]
fn any_flipped_character_is_noticed() {
    let token = token(Algorithm::HS256, SECRET);
    for index in (0..token.len()).filter(|index| token.as_bytes()[*index] != b'.') {
        let mut tampered = token.clone().into_bytes();
        tampered[index] = if tampered[index] == b'A' { b'B' } else { b'A' };
        assert!(verify(tampered, &[SECRET]).is_err(), "at {index}");
    }
}

#[test]
fn only_hs256_is_an_algorithm() {
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let refused = verify(token(algorithm, SECRET), &[SECRET]).unwrap_err();
        assert!(matches!(refused, Rejection::WrongAlgorithm(_, "HS256")), "{refused}");
    }
    // {"alg":"none"} with an empty signature, and with a signature that HS256 would have made.
    let signed = token(Algorithm::HS256, SECRET);
    let parts: Vec<&str> = signed.split('.').collect();
    let none = "eyJhbGciOiJub25lIn0";
    for body in [format!("{none}.{}.", parts[1]), format!("{none}.{}.{}", parts[1], parts[2])] {
        assert_eq!(verify(body, &[SECRET]).unwrap_err(), Rejection::WrongAlgorithm("none".into(), "HS256"));
    }
}

#[test]
fn a_wrong_secret_and_an_empty_one_fit_nothing() {
    assert_eq!(verify(token(Algorithm::HS256, "other"), &[SECRET]).unwrap_err(), Rejection::WrongSignature);
    assert_eq!(verify(token(Algorithm::HS256, SECRET), &[]).unwrap_err(), Rejection::NoSecret);
    assert_eq!(verify(token(Algorithm::HS256, ""), &[""]).unwrap_err(), Rejection::WrongSignature);
}

#[test]
fn plain_json_only_where_the_connection_says_so() {
    let json = r#" {"call_id":1,"state":"ringing"} "#;
    assert_eq!(verify(json, &[SECRET]).unwrap_err(), Rejection::Unsigned);
    let verified = Dialpad.verify(&request(json), &Expectation::Unsigned).unwrap();
    assert_eq!((verified.secret, verified.payload), (None, Bytes::from(json.trim())));
    let token = token(Algorithm::HS256, SECRET);
    assert_eq!(Dialpad.verify(&request(token), &Expectation::Unsigned).unwrap_err(), Rejection::NoSecret);
}

#[test]
fn what_is_neither_is_unreadable() {
    for body in ["", "   ", "hello", "a.b", "a.b.c.d", "..", "\"", "\"\""] {
        assert!(matches!(verify(body, &[SECRET]), Err(Rejection::Unreadable(_))), "{body:?}");
        assert!(Dialpad.verify(&request(body), &Expectation::Unsigned).is_err(), "{body:?}");
    }
}

#[test]
fn a_retry_has_the_same_key_and_the_next_event_another() {
    let key = |body: &str| {
        let request = request(body.to_owned());
        let verified = Dialpad.verify(&request, &Expectation::Unsigned).unwrap();
        Dialpad.split(&request, &verified).remove(0).dedup
    };
    let ringing = r#"{"call_id":1,"state":"ringing","event_timestamp":1788000000000}"#;
    assert_eq!(key(ringing), key(&format!("{ringing}\n")));
    let others = [
        r#"{"call_id":1,"state":"connected","event_timestamp":1788000000000}"#,
        r#"{"call_id":1,"state":"ringing","event_timestamp":1788000000001}"#,
        r#"{"call_id":2,"state":"ringing","event_timestamp":1788000000000}"#,
        r#"{"call_id":1,"state":"ringing","event_timestamp":1788000000000,"labels":[]}"#,
    ];
    for other in others {
        assert_ne!(key(ringing), key(other), "{other}");
    }
    assert!(key(r#"{"call_id":1,"state":"a","event_timestamp":1}"#) < key(ringing), "the provider's time leads");
}

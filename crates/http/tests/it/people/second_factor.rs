//! Two-factor sign-in, with an authenticator of the test's own.

use std::time::Duration;

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use switchboard_testkit::{TestDb, both_engines};

use super::{PASSWORD, ask, log_in, outbox, sign_up, site, text};
use crate::site::Site;

/// What an authenticator app shows now: RFC 6238, written a second time.
fn code(t: &TestDb, secret: &str) -> String {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = secret.chars().fold(String::new(), |bits, c| bits + &format!("{:05b}", letters.find(c).unwrap()));
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let step = t.now().as_seconds() / 30;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key), &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

/// Switches it on; returns the authenticator's secret and the recovery codes.
async fn switch_on(site: &Site<'_>, token: &str) -> (String, Vec<String>) {
    let enrolled = ask(site, "POST", "/api/v1/me/second-factor", token, Value::Null).await;
    let secret = text(&enrolled, "secret");
    assert!(text(&enrolled, "address").contains(&format!("secret={secret}")));
    assert!(text(&enrolled, "picture").starts_with("<svg"));
    let wrong = ask(site, "POST", "/api/v1/me/second-factor/confirm", token, json!({ "code": "000000" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["errors"][0]["field"].as_str()), (401, Some("code")));
    let body = json!({ "code": code(site.t, &secret) });
    let confirmed = ask(site, "POST", "/api/v1/me/second-factor/confirm", token, body).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    let codes = confirmed.json()["recovery_codes"].as_array().unwrap().clone();
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

async fn challenge(site: &Site<'_>) -> String {
    let answer = log_in(site, "ann@example.com", PASSWORD).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    text(&answer, "challenge")
}

async fn finish(site: &Site<'_>, challenge: &str, code: &str) -> u16 {
    let body = json!({ "challenge": challenge, "code": code });
    ask(site, "POST", "/api/v1/auth/second-factor", "", body).await.status.as_u16()
}

both_engines! {
    async fn signing_in_takes_a_code_and_each_counts_once(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let (secret, _) = switch_on(&site, &ann).await;
        let first = challenge(&site).await;
        // The code that switched it on is used up, and so is every older one.
        assert_eq!(finish(&site, &first, &code(t, &secret)).await, 401);
        t.clock.advance(Duration::from_secs(30));
        let now = code(t, &secret);
        assert_eq!(finish(&site, &first, &now).await, 200);
        assert_eq!(finish(&site, &first, &now).await, 401, "the sign-in is over");
        let second = challenge(&site).await;
        assert_eq!(finish(&site, &second, &now).await, 401, "seen over the shoulder");
        t.clock.advance(Duration::from_secs(30));
        assert_eq!(finish(&site, &second, &code(t, &secret)).await, 200);
        assert!(outbox(&site).await.iter().any(|mail| mail.contains("Two-factor sign-in was switched on")));
        // The secret is sealed.
        let kept = t.query_texts(match t.engine() {
            switchboard_testkit::Engine::Sqlite => "SELECT hex(totp_sealed) FROM users",
            switchboard_testkit::Engine::Postgres => "SELECT encode(totp_sealed, 'hex') FROM users",
        });
        assert!(!kept.await[0].to_lowercase().contains(&hex::encode(&secret)));
    }

    async fn a_recovery_code_stands_in_once(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let (_, codes) = switch_on(&site, &ann).await;
        assert_eq!(codes.len(), 10);
        let typed = codes[3].to_uppercase().replace('-', " ");
        assert_eq!(finish(&site, &challenge(&site).await, &typed).await, 200);
        assert_eq!(finish(&site, &challenge(&site).await, &codes[3]).await, 401);
        let stands = ask(&site, "GET", "/api/v1/me/second-factor", &ann, Value::Null).await.json();
        assert_eq!((&stands["is_on"], &stands["recovery_codes_left"]), (&json!(true), &json!(9)));
        let body = json!({ "code": codes[4] });
        let renewed = ask(&site, "POST", "/api/v1/me/second-factor/recovery-codes", &ann, body).await;
        assert_eq!(renewed.json()["recovery_codes"].as_array().unwrap().len(), 10);
        assert_eq!(finish(&site, &challenge(&site).await, &codes[5]).await, 401, "the old ones count no more");
        for code in &codes {
            let hashes = t.query_texts("SELECT CAST(count(*) AS text) FROM recovery_codes").await;
            assert_eq!(hashes, ["10"], "{code}");
        }
    }

    async fn guessing_codes_ends_the_sign_in_and_waits(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let (secret, _) = switch_on(&site, &ann).await;
        t.clock.advance(Duration::from_mins(1));
        let guessed = challenge(&site).await;
        for _ in 0..5 {
            assert_eq!(finish(&site, &guessed, "123456").await, 401);
        }
        assert_eq!(finish(&site, &guessed, &code(t, &secret)).await, 401, "this sign-in bears no more");
        let next = challenge(&site).await;
        assert_eq!(finish(&site, &next, &code(t, &secret)).await, 429, "even the right one waits");
        t.clock.advance(Duration::from_mins(1));
        assert_eq!(finish(&site, &next, &code(t, &secret)).await, 200);
    }

    async fn switching_off_takes_password_and_code(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let (secret, _) = switch_on(&site, &ann).await;
        t.clock.advance(Duration::from_secs(30));
        let off = async |password: &str, code: &str| {
            let body = json!({ "password": password, "code": code });
            ask(&site, "POST", "/api/v1/me/second-factor/disable", &ann, body).await.status.as_u16()
        };
        assert_eq!(off("not the password", &code(t, &secret)).await, 401);
        assert_eq!(off(PASSWORD, "000000").await, 401);
        let again = ask(&site, "POST", "/api/v1/me/second-factor", &ann, Value::Null).await;
        assert_eq!(again.status, 409, "another authenticator only once the first is gone");
        assert_eq!(off(PASSWORD, &code(t, &secret)).await, 204);
        assert_eq!(log_in(&site, "ann@example.com", PASSWORD).await.status, 200);
        assert_eq!(t.query_texts("SELECT CAST(count(*) AS text) FROM recovery_codes").await, ["0"]);
    }
}

//! Links in mails: good once, for a while, and for the one purpose.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::both_engines;

use super::{PASSWORD, ask, log_in, outbox, sign_up, site, text, token_in_mail};

const VERIFY: &str = "Confirm your e-mail address";
const RESET: &str = "Set a new password";

both_engines! {
    async fn an_address_is_confirmed_by_the_link_and_only_once(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let token = token_in_mail(&site, "ann@example.com", VERIFY).await;
        assert_eq!(ask(&site, "GET", "/api/v1/me", &ann, Value::Null).await.json()["user"]["is_email_verified"], false);
        // A link for one purpose is none for another.
        let other = json!({ "token": token, "password": "another good one" });
        assert_eq!(ask(&site, "POST", "/api/v1/auth/reset-password", "", other).await.code(), "invalid_link");
        let verified = ask(&site, "POST", "/api/v1/auth/verify-email", "", json!({ "token": token })).await;
        assert_eq!(text(&verified, "email"), "ann@example.com");
        assert_eq!(ask(&site, "GET", "/api/v1/me", &ann, Value::Null).await.json()["user"]["is_email_verified"], true);
        for used in [token.as_str(), "", "made-up"] {
            let again = ask(&site, "POST", "/api/v1/auth/verify-email", "", json!({ "token": used })).await;
            assert_eq!((again.status.as_u16(), again.code().as_str()), (400, "invalid_link"));
        }
        let more = ask(&site, "POST", "/api/v1/me/send-verification", &ann, Value::Null).await;
        assert_eq!(more.status, 409, "{more:?}");
        // No token is kept, and none is in a job.
        let kept = t.query_texts("SELECT CAST(payload AS text) FROM work").await.join(" ");
        assert!(!kept.contains(&token));
    }

    async fn a_link_is_over_after_its_time_and_a_mailbox_is_not_filled_up(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let token = token_in_mail(&site, "ann@example.com", VERIFY).await;
        for n in 2..=6 {
            let sent = ask(&site, "POST", "/api/v1/me/send-verification", &ann, Value::Null).await;
            assert_eq!(sent.status.as_u16(), if n <= 5 { 202 } else { 429 }, "{n}: {sent:?}");
        }
        t.clock.advance(Duration::from_hours(7 * 24));
        let late = ask(&site, "POST", "/api/v1/auth/verify-email", "", json!({ "token": token })).await;
        assert_eq!(late.code(), "invalid_link");
    }

    async fn asking_for_a_password_tells_nobody_who_exists(t: &TestDb) {
        let site = site(t).await;
        sign_up(&site, "Acme", "ann@example.com").await;
        let mut answers = Vec::new();
        for email in ["nobody@example.com", "Ann@Example.com"] {
            let answer = ask(&site, "POST", "/api/v1/auth/forgot-password", "", json!({ "email": email })).await;
            answers.push((answer.status.as_u16(), answer.body));
        }
        assert_eq!(answers[0], answers[1]);
        token_in_mail(&site, "ann@example.com", RESET).await;
        assert!(!outbox(&site).await.iter().any(|mail| mail.contains("nobody@")));
    }

    async fn a_new_password_ends_every_session_and_the_link_works_once(t: &TestDb) {
        let site = site(t).await;
        let before = sign_up(&site, "Acme", "ann@example.com").await;
        ask(&site, "POST", "/api/v1/auth/forgot-password", "", json!({ "email": "ann@example.com" })).await;
        let token = token_in_mail(&site, "ann@example.com", RESET).await;
        let reset = async |password: &str| {
            let body = json!({ "token": token, "password": password });
            ask(&site, "POST", "/api/v1/auth/reset-password", "", body).await
        };
        // A password that is too weak does not cost the link.
        let weak = reset("password").await;
        assert_eq!((weak.status.as_u16(), weak.json()["errors"][0]["field"].as_str()), (400, Some("password")));
        // Two that come at once: one of them sets it.
        let (one, two) = tokio::join!(reset("a brand new one"), reset("a brand new one"));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 400]);
        assert_eq!(ask(&site, "GET", "/api/v1/me", &before, Value::Null).await.status, 401);
        assert_eq!(log_in(&site, "ann@example.com", PASSWORD).await.status, 401);
        let signed_in = log_in(&site, "ann@example.com", "a brand new one").await;
        assert_eq!(signed_in.json()["user"]["is_email_verified"], true, "the link came by mail");
        assert!(outbox(&site).await.iter().any(|mail| mail.contains("Your password was changed")));
        let trail = t.query_texts("SELECT action FROM audit_log WHERE tenant_id IS NOT NULL ORDER BY seq").await;
        for action in ["user.password_reset_asked", "user.password_reset"] {
            assert!(trail.iter().any(|kept| kept == action), "{trail:?}");
        }
    }

    async fn a_link_for_a_password_is_over_after_an_hour(t: &TestDb) {
        let site = site(t).await;
        sign_up(&site, "Acme", "ann@example.com").await;
        ask(&site, "POST", "/api/v1/auth/forgot-password", "", json!({ "email": "ann@example.com" })).await;
        let token = token_in_mail(&site, "ann@example.com", RESET).await;
        t.clock.advance(Duration::from_hours(1));
        let body = json!({ "token": token, "password": "a brand new one" });
        assert_eq!(ask(&site, "POST", "/api/v1/auth/reset-password", "", body).await.code(), "invalid_link");
        assert_eq!(log_in(&site, "ann@example.com", PASSWORD).await.status, 200);
    }
}

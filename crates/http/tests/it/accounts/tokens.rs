//! Access and refresh tokens that should open nothing, and those that stop doing so.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use switchboard_app::{accounts, audit::Origin};
use switchboard_testkit::both_engines;

use super::{Held, PASSWORD, Visitor, site};

/// HS256 by hand, so that the test does not lean on what it tests.
fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let text = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    format!("{text}.{}", BASE64.encode(aws_lc_rs::hmac::sign(&key, text.as_bytes()).as_ref()))
}

fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

both_engines! {
    async fn forged_tokens_are_refused_everywhere(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        let bob = ann.sign_up("Other", "bob@example.com").await;
        let (header, claims) = (part(&held.access, 0), part(&held.access, 1));
        assert_eq!((&header["alg"], &claims["role"]), (&json!("HS256"), &json!("owner")));
        let secret = "a secret that signs the tokens of tests";
        assert_eq!(ann.get("/api/v1/me", &signed(&header, &claims, secret)).await.status, 200, "the test signs as we do");
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims
        };
        let none = |name: &str| json!({ "alg": name, "typ": "JWT", "kid": header["kid"] });
        let unsigned = |header: &Value| format!("{}.{}.", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let bobs = part(&bob.access, 1);
        for (what, token) in [
            ("another key", signed(&header, &claims, "another secret")),
            ("no key", signed(&header, &claims, "")),
            ("alg none", unsigned(&none("none"))),
            ("alg nOnE", unsigned(&none("nOnE"))),
            ("alg RS256", signed(&none("RS256"), &claims, secret)),
            ("expired", signed(&header, &with("exp", json!(1)), secret)),
            ("a session that is not theirs", signed(&header, &with("sid", bobs["sid"].clone()), secret)),
            ("a tenant that is not theirs", signed(&header, &with("tenant_id", bobs["tenant_id"].clone()), secret)),
            ("somebody else", signed(&header, &with("sub", bobs["sub"].clone()), secret)),
            ("a refresh token", held.refresh.clone()),
            ("nothing", String::new()),
            ("rubbish", "a.b.c".into()),
        ] {
            for path in ["/api/v1/me", "/api/v1/calls", "/api/auth/me", "/api/stats", "/api/calls"] {
                assert_eq!(ann.get(path, &token).await.status, 401, "{what} at {path}");
            }
        }
        // A role that somebody wrote in themselves would be believed by nobody: what counts is read from the database.
        let promoted = ann.get("/api/v1/me", &signed(&header, &with("role", json!("viewer")), secret)).await;
        assert_eq!(promoted.json()["tenant"]["role"], "owner");
    }

    async fn an_access_token_lasts_an_hour(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        t.clock.advance(Duration::from_secs(3_599));
        assert_eq!(ann.get("/api/v1/me", &held.access).await.status, 200);
        t.clock.advance(Duration::from_secs(1));
        let expired = ann.get("/api/v1/me", &held.access).await;
        assert_eq!((expired.status.as_u16(), expired.code().as_str()), (401, "invalid_credentials"));
        let next = Held::of(&ann.post_bearer("/api/auth/refresh", &held.refresh).await);
        assert_eq!(ann.get("/api/v1/me", &next.access).await.status, 200);
        // A session that nobody refreshes ends after thirty days, and none lives longer than half a year.
        t.clock.advance(Duration::from_hours(30 * 24));
        assert_eq!(ann.post_bearer("/api/auth/refresh", &next.refresh).await.status, 401);
    }

    async fn a_refresh_token_that_comes_back_ends_the_session(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        let next = Held::of(&ann.post_bearer("/api/auth/refresh", &held.refresh).await);
        t.clock.advance(Duration::from_secs(11));
        let thief = Visitor::at(&site, [198, 51, 100, 66]);
        assert_eq!(thief.post_bearer("/api/auth/refresh", &held.refresh).await.status, 401);
        for token in [&held.access, &next.access] {
            assert_eq!(ann.get("/api/v1/me", token).await.status, 401);
        }
        assert_eq!(ann.post_bearer("/api/auth/refresh", &next.refresh).await.status, 401);
        assert_eq!(ann.log_in("ann@example.com", PASSWORD).await.status, 200, "the person signs in again");
    }

    async fn a_lost_answer_is_not_a_theft(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        let lost = Held::of(&ann.post_bearer("/api/auth/refresh", &held.refresh).await);
        let again = Held::of(&ann.post_bearer("/api/auth/refresh", &held.refresh).await);
        assert_ne!(lost.refresh, again.refresh);
        assert_eq!(ann.get("/api/v1/me", &again.access).await.status, 200);
        // Once a successor was used, the first one is a copy, however soon it comes.
        t.clock.advance(Duration::from_secs(1));
        let third = Held::of(&ann.post_bearer("/api/auth/refresh", &again.refresh).await);
        assert_eq!(ann.post_bearer("/api/auth/refresh", &held.refresh).await.status, 401);
        assert_eq!(ann.get("/api/v1/me", &third.access).await.status, 401);
    }

    async fn two_tabs_that_refresh_at_once_both_go_on(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        let refresh = || async { ann.post_bearer("/api/auth/refresh", &held.refresh).await.status.as_u16() };
        let statuses = futures::future::join_all([refresh(), refresh(), refresh()]).await;
        assert_eq!(statuses, [200, 200, 200]);
        assert_eq!(ann.get("/api/v1/me", &held.access).await.status, 200);
    }

    async fn who_is_kept_out_is_out_at_once(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        assert_eq!(ann.get("/api/v1/me", &held.access).await.status, 200);
        let user = accounts::find_user(&site.app, "ann@example.com").await.unwrap();
        let by = Origin::operator("test");
        accounts::set_active(&site.app, &user, false, &by).await.unwrap();
        assert_eq!(ann.get("/api/v1/me", &held.access).await.status, 401);
        assert_eq!(ann.post_bearer("/api/auth/refresh", &held.refresh).await.status, 401);
        let refused = ann.log_in("ann@example.com", PASSWORD).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (403, &json!("Account is inactive")));
        assert_eq!(ann.log_in("ann@example.com", "wrong password").await.status, 401, "only who knows the password is told");
        accounts::set_active(&site.app, &user, true, &by).await.unwrap();
        assert_eq!(ann.log_in("ann@example.com", PASSWORD).await.status, 200);
        let made = accounts::reset_password(&site.app, user, &by).await.unwrap();
        assert_eq!(ann.log_in("ann@example.com", PASSWORD).await.status, 401);
        let made = secrecy::ExposeSecret::expose_secret(&made.password).to_owned();
        assert_eq!(ann.log_in("ann@example.com", &made).await.status, 200);
    }

    async fn who_works_for_a_suspended_tenant_is_told_so(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Widgets", "ann@example.com").await;
        assert_eq!(ann.get("/api/calls", &held.access).await.status, 200);
        t.execute("UPDATE tenants SET status = 'suspended', status_reason = 'unpaid' WHERE subdomain = 'widgets'").await;
        // Done behind the server's back, as by another node: seen once what was read before is five seconds old.
        t.clock.advance(Duration::from_secs(5));
        let refused = ann.get("/api/v1/calls", &held.access).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "tenant_suspended"));
        assert!(refused.json()["detail"].as_str().unwrap().contains("unpaid"), "{refused:?}");
        assert_eq!(ann.get("/api/calls", &held.access).await.status, 403);
        assert_eq!(ann.get("/api/v1/me", &held.access).await.status, 200, "people are still who they are");
        let login = ann.log_in("ann@example.com", PASSWORD).await;
        assert_eq!(login.status, 403);
        assert!(login.json()["error"].as_str().unwrap().starts_with("Account is inactive"), "{login:?}");
        assert_eq!(ann.log_in("ann@example.com", "wrong password").await.status, 401);
        t.execute("UPDATE tenants SET status = 'active' WHERE subdomain = 'widgets'").await;
        assert_eq!(ann.log_in("ann@example.com", PASSWORD).await.status, 200);
    }
}

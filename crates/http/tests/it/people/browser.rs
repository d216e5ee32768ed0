//! Sessions in cookies, and what other sites can make a browser do with them: nothing.

use std::time::Duration;

use axum::http::header::SET_COOKIE;
use serde_json::{Value, json};
use switchboard_testkit::{TestDb, both_engines};

use super::{PASSWORD, call, cookies, sign_up, site, site_with, text};
use crate::site::{Answer, Site};

/// A browser that has signed in.
struct Browser {
    cookies: String,
    csrf: String,
}

async fn open(site: &Site<'_>, headers: &[(&str, &str)]) -> Answer {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD, "session": "cookie" });
    call(site, "POST", "/api/v1/auth/login", headers, Some(&body)).await
}

impl Browser {
    async fn signed_in(site: &Site<'_>) -> Self {
        let answer = open(site, &[]).await;
        Self { cookies: cookies(&answer), csrf: text(&answer, "csrf_token") }
    }

    async fn call(&self, site: &Site<'_>, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("cookie", self.cookies.as_str())];
        all.extend(headers);
        call(site, method, path, &all, None).await
    }

    /// Something that changes something.
    async fn change(&self, site: &Site<'_>, headers: &[(&str, &str)]) -> u16 {
        self.call(site, "POST", "/api/v1/me/send-verification", headers).await.status.as_u16()
    }
}

async fn site_with_ann(t: &TestDb) -> Site<'_> {
    let site = site(t).await;
    sign_up(&site, "Acme", "ann@example.com").await;
    site
}

both_engines! {
    async fn a_sign_in_at_dialpad_is_tied_to_the_browser_that_begins_it(t: &TestDb) {
        let site = site_with(t, |settings| {
            settings.dialpad.client_id = Some("client".into());
            settings.dialpad.client_secret = Some("secret".into());
        })
        .await;
        sign_up(&site, "Acme", "ann@example.com").await;
        let browser = Browser::signed_in(&site).await;
        let csrf = ("x-csrf-token", browser.csrf.as_str());
        let all = [("cookie", browser.cookies.as_str()), csrf];
        let new = json!({ "provider": "dialpad", "name": "Dialpad" });
        let id = text(&call(&site, "POST", "/api/v1/connections", &all, Some(&new)).await, "id");
        let path = format!("/api/v1/connections/{id}/sign-in");
        let begun = browser.call(&site, "POST", &path, &[csrf]).await;
        let url = text(&begun, "url");
        let (_, state) = url.split_once("state=").unwrap();
        let state = state.split('&').next().unwrap();
        let cookie = cookies(&begun);
        assert!(cookie.starts_with("__Host-switchboard_connect="), "{begun:?}");
        // Somebody who was sent the address; the answer sends them nowhere.
        let back = format!("/auth/dialpad/callback?code=x&state={state}");
        let refused = browser.call(&site, "GET", &back, &[]).await;
        assert_eq!((refused.status.as_u16(), refused.header("location")), (403, ""), "{refused:?}");
        // Who began it goes on: to Dialpad, which is not there, and back to the connection's page.
        let again = browser.call(&site, "POST", &path, &[csrf]).await;
        let url = text(&again, "url");
        let state = url.split_once("state=").unwrap().1.split('&').next().unwrap();
        let back = format!("/auth/dialpad/callback?code=x&state={state}");
        let tried = call(&site, "GET", &back, &[("cookie", &cookies(&again))], None).await;
        assert_eq!(tried.header("location"), format!("/connections/{id}?sign_in=failed"), "{tried:?}");
    }

    async fn an_app_begins_no_sign_in(t: &TestDb) {
        let site = site(t).await;
        let key = ("x-app-api-key", site.key.as_str());
        let path = format!("/api/v1/connections/{}/sign-in", site.connection);
        let refused = call(&site, "POST", &path, &[key], None).await;
        assert_eq!(refused.status, 403, "{refused:?}");
    }

    async fn the_tokens_are_in_cookies_that_scripts_cannot_read(t: &TestDb) {
        let site = site_with_ann(t).await;
        let answer = open(&site, &[]).await;
        let body = answer.json();
        for name in ["access_token", "token", "refresh_token"] {
            assert!(body[name].is_null(), "{body}");
        }
        let lines: Vec<_> = answer.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
        assert_eq!(lines.len(), 2);
        for line in lines {
            assert!(line.starts_with("__Host-switchboard_"), "{line}");
            for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                assert!(line.contains(part), "{line}");
            }
            assert!(!line.contains("Domain"), "{line}");
        }
        let browser = Browser { cookies: cookies(&answer), csrf: String::new() };
        let me = browser.call(&site, "GET", "/api/v1/me", &[]).await;
        assert_eq!(me.json()["user"]["email"], "ann@example.com");
        assert_eq!(browser.call(&site, "GET", "/api/v1/calls", &[]).await.status, 200);
    }

    async fn what_changes_something_needs_the_sessions_own_token(t: &TestDb) {
        let site = site_with_ann(t).await;
        let (browser, other) = (Browser::signed_in(&site).await, Browser::signed_in(&site).await);
        let refused = browser.call(&site, "POST", "/api/v1/me/send-verification", &[]).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "csrf_failed"));
        let nobodys = call(&site, "GET", "/api/v1/auth/csrf", &[], None).await;
        let (head, _) = browser.csrf.split_once('.').unwrap();
        for wrong in [other.csrf.clone(), text(&nobodys, "csrf_token"), format!("{head}.00"), String::new()] {
            assert_eq!(browser.change(&site, &[("x-csrf-token", &wrong)]).await, 403, "{wrong}");
        }
        assert_eq!(browser.change(&site, &[("x-csrf-token", &browser.csrf)]).await, 202);
        // Asked for anew, in our own shape and in the guide's.
        let own = text(&browser.call(&site, "GET", "/api/v1/auth/csrf", &[]).await, "csrf_token");
        let guides = browser.call(&site, "GET", "/api/csrf-token", &[]).await;
        assert!(guides.json()["expiresAt"].is_string());
        for token in [own, text(&guides, "csrfToken")] {
            assert_eq!(browser.change(&site, &[("x-csrf-token", &token)]).await, 202);
        }
        // A token of yesterday, in a session that goes on.
        t.clock.advance(Duration::from_hours(24));
        let next = call(&site, "POST", "/api/v1/auth/refresh", &[("cookie", &browser.cookies)], None).await;
        let renewed = Browser { cookies: cookies(&next), csrf: text(&next, "csrf_token") };
        assert_eq!(renewed.change(&site, &[("x-csrf-token", &browser.csrf)]).await, 403);
        assert_eq!(renewed.change(&site, &[("x-csrf-token", &renewed.csrf)]).await, 202);
    }

    async fn another_site_is_told_by_its_headers(t: &TestDb) {
        let site = site_with_ann(t).await;
        let browser = Browser::signed_in(&site).await;
        let csrf = ("x-csrf-token", browser.csrf.as_str());
        for foreign in [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site"), ("origin", "https://other.switchboard.example")],
            vec![("origin", "https://switchboard.example.evil.example"), ("host", "switchboard.example")],
        ] {
            let mut headers = vec![csrf];
            headers.extend(&foreign);
            assert_eq!(browser.change(&site, &headers).await, 403, "{foreign:?}");
            // Reading, and opening a socket, as well.
            let read = browser.call(&site, "GET", "/api/v1/me", &foreign).await;
            assert_eq!(read.status, 403, "{foreign:?}");
            assert_eq!(open(&site, &foreign).await.status, 403, "signing a visitor in: {foreign:?}");
        }
        for own in [
            vec![("origin", "https://switchboard.example"), ("sec-fetch-site", "same-origin")],
            vec![("origin", "http://127.0.0.1:4000"), ("host", "127.0.0.1:4000")],
            vec![("sec-fetch-site", "same-origin")],
        ] {
            let mut headers = vec![csrf];
            headers.extend(&own);
            assert_eq!(browser.call(&site, "GET", "/api/v1/me", &headers).await.status, 200, "{own:?}");
        }
        // Somebody followed a link to us.
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(browser.call(&site, "GET", "/api/v1/me", &link).await.status, 200);
    }

    async fn bearer_tokens_are_free_of_it(t: &TestDb) {
        let site = site(t).await;
        let token = format!("Bearer {}", sign_up(&site, "Acme", "ann@example.com").await);
        let headers = [("authorization", token.as_str()), ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        let answer = call(&site, "POST", "/api/v1/me/send-verification", &headers, None).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let key = [("x-app-api-key", site.key.as_str()), ("origin", "https://evil.example")];
        assert_eq!(call(&site, "GET", "/api/v1/calls", &key, None).await.status, 200);
    }

    async fn leaving_clears_the_cookies_and_ends_the_session(t: &TestDb) {
        let site = site_with_ann(t).await;
        let browser = Browser::signed_in(&site).await;
        let left = browser.call(&site, "POST", "/api/v1/auth/logout", &[]).await;
        assert_eq!(left.status, 204);
        assert_eq!(cookies(&left), "");
        assert_eq!(left.headers.get_all(SET_COOKIE).iter().count(), 2);
        assert_eq!(browser.call(&site, "GET", "/api/v1/me", &[]).await.status, 401);
        assert_eq!(browser.call(&site, "POST", "/api/v1/auth/refresh", &[]).await.status, 401);
        let none = call(&site, "GET", "/api/v1/me", &[("cookie", "theme=dark; __Host-switchboard_access=")], None).await;
        assert_eq!(none.code(), "missing_credentials");
    }

    async fn without_https_the_cookies_are_plain(t: &TestDb) {
        let site = site_with(t, |settings| settings.backend_url = "http://localhost:4000".into()).await;
        sign_up(&site, "Acme", "ann@example.com").await;
        let answer = open(&site, &[]).await;
        let line = answer.headers[SET_COOKIE].to_str().unwrap();
        assert!(line.starts_with("switchboard_access=") && !line.contains("Secure"), "{line}");
        let browser = Browser { cookies: cookies(&answer), csrf: text(&answer, "csrf_token") };
        assert_eq!(browser.call(&site, "GET", "/api/v1/me", &[]).await.status, 200);
        assert_ne!(browser.csrf, "");
        let _: Value = answer.json();
    }
}

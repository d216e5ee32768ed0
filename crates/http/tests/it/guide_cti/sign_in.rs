//! `/auth/dialpad/…`.

use axum::http::{Method, StatusCode, header};
use serde_json::json;
use switchboard_testkit::both_engines;

use super::site::{BACKEND, Site};

/// What Dialpad redirects the person back to, as a path of ours.
async fn consent(authorize_url: &str) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(authorize_url).send().await.unwrap();
    answer.headers()["location"].to_str().unwrap().strip_prefix(BACKEND).unwrap().to_owned()
}

both_engines! {
    async fn a_person_connects_with_a_link_and_comes_back_once(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        let bare = format!("/auth/dialpad/connect?app_id={}", client.app_id);
        let refused = site.send(Method::GET, &bare, &[], None).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.body["message"].as_str().unwrap().contains("connect-link"));

        let link = site.internal(Method::POST, &format!("/internal/apps/{}/connect-link", client.app_id), None).await;
        let path = link.body["url"].as_str().unwrap().strip_prefix(BACKEND).unwrap().to_owned();
        let begun = site.send(Method::GET, &path, &[], None).await;
        assert_eq!(begun.status, StatusCode::FOUND, "{begun:?}");
        let location = begun.headers[header::LOCATION].to_str().unwrap();
        assert!(location.starts_with(&format!("{}/oauth2/authorize?", site.dialpad.url())));
        assert!(location.contains("code_challenge_method=S256"));
        let back = consent(location).await;
        let set = begun.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(set.contains("; HttpOnly; SameSite=Lax"), "{set}");
        let cookie = set.split(';').next().unwrap().to_owned();
        let done = site.send(Method::GET, &back, &[("cookie", &cookie)], None).await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
        assert_eq!(done.body["message"], "Dialpad connected");
        assert_eq!((&done.body["app_id"], &done.body["environment"]), (&json!(client.app_id), &json!("production")));
        assert_eq!(done.headers[header::CACHE_CONTROL], "no-store");
        assert!(done.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
        let twice = site.send(Method::GET, &back, &[("cookie", &cookie)], None).await;
        assert_eq!(twice.status, StatusCode::BAD_REQUEST);

        // Away again: not by strangers, but by the app itself.
        let disconnect = format!("/auth/dialpad/disconnect/{}", client.app_id);
        assert_eq!(site.send(Method::POST, &disconnect, &[], None).await.status, StatusCode::UNAUTHORIZED);
        let other = site.client("Other").await;
        let foreign = site.send(Method::POST, &disconnect, &[("x-app-api-key", &other.key)], None).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let own = site.send(Method::POST, &disconnect, &[("x-app-api-key", &client.key)], None).await;
        assert_eq!((own.status, &own.body["app_id"]), (StatusCode::OK, &json!(client.app_id)), "{own:?}");
        let again = site.internal(Method::POST, &disconnect, None).await;
        assert_eq!((again.status, &again.body["error"]), (StatusCode::NOT_FOUND, &json!("App not connected to Dialpad")));
    }

    async fn who_is_sent_the_address_of_the_consent_page_connects_nothing(t: &TestDb) {
        let site = Site::new(t).await;
        let client = site.client("Acme").await;
        let connect = format!("/auth/dialpad/connect?app_id={}&return_to=/connections", client.app_id);
        let begun = site.internal(Method::GET, &connect, None).await;
        assert_eq!(begun.status, StatusCode::FOUND, "{begun:?}");
        // Another browser, without cookies or with one of a sign-in of its own.
        let back = consent(begun.headers[header::LOCATION].to_str().unwrap()).await;
        let refused = site.send(Method::GET, &back, &[("cookie", "theme=dark")], None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{refused:?}");
        assert!(refused.body["message"].as_str().unwrap().contains("begin it again in the browser"), "{refused:?}");
        assert_eq!(refused.headers[header::CACHE_CONTROL], "no-store");
        let disconnect = format!("/auth/dialpad/disconnect/{}", client.app_id);
        assert_eq!(site.internal(Method::POST, &disconnect, None).await.status, StatusCode::NOT_FOUND);
    }

    async fn the_guides_errors_on_the_way(t: &TestDb) {
        let site = Site::new(t).await;
        let status = async |path: &str| site.internal(Method::GET, path, None).await.status;
        assert_eq!(status("/auth/dialpad/connect").await, StatusCode::BAD_REQUEST);
        assert_eq!(status("/auth/dialpad/connect?app_id=x").await, StatusCode::BAD_REQUEST);
        let nobody = format!("/auth/dialpad/connect?app_id={}", uuid::Uuid::nil());
        assert_eq!(status(&nobody).await, StatusCode::NOT_FOUND);
        assert_eq!(status("/auth/dialpad/callback").await, StatusCode::BAD_REQUEST);
        assert_eq!(status("/auth/dialpad/callback?code=x&state=y").await, StatusCode::BAD_REQUEST);
        assert_eq!(status("/auth/dialpad/callback?error=access_denied&state=y").await, StatusCode::BAD_REQUEST);
        let client = site.client("Acme").await;
        let forged = format!("/auth/dialpad/connect?app_id={}&ticket=9999999999.00", client.app_id);
        assert_eq!(site.send(Method::GET, &forged, &[], None).await.status, StatusCode::UNAUTHORIZED);
    }
}

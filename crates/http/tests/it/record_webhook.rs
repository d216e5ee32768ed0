//! The guide's address of call records: what a new workspace is told at signup works as the guide's `curl` has it.

use axum::{body::Body, http::Request};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use switchboard_testkit::both_engines;

use crate::{
    accounts::Visitor,
    site::{Answer, Site},
};

/// The body of the guide's `curl`.
const TEST: &str = r#"{"uniqueid":"test","src":"1001","dst":"2002"}"#;

async fn deliver(site: &Site<'_>, method: &str, path: &str, login: Option<(&str, &str)>, body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some((user, password)) = login {
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        request = request.header("authorization", format!("Basic {encoded}"));
    }
    site.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn send(site: &Site<'_>, method: &str, path: &str, token: &str, body: Value) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json");
    site.send(request.body(Body::from(body.to_string())).unwrap()).await
}

both_engines! {
    async fn the_guides_curl_works_with_what_signup_says(t: &TestDb) {
        let mut site = Site::new(t).await;
        site.run_intake();
        let visitor = Visitor::new(&site);
        let ann = visitor.sign_up("Acme Corp", "ann@example.com").await;
        let bob = visitor.sign_up("Bolt", "bob@example.com").await;
        let told = &ann.body["webhook"];
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        let (user, password) = (text("username"), text("password"));
        assert!(text("url").ends_with("/api/webhook/cdr/acme-corp"), "{told}");
        let login = Some((user.as_str(), password.as_str()));

        let path = "/api/webhook/cdr/acme-corp";
        let taken = deliver(&site, "POST", path, login, TEST).await;
        assert_eq!((taken.status.as_u16(), taken.json()), (200, json!({ "status": "success" })));
        // Where there is no field for a path, and where there is one of somebody's own.
        for path in ["/", "/cdr", "/my/api.voip.cdr.php"] {
            assert_eq!(deliver(&site, "POST", path, login, TEST).await.status, 200, "{path}");
        }
        for (method, login) in [("GET", None), ("POST", None), ("POST", login)] {
            assert_eq!(deliver(&site, method, path, login, "").await.status, 200, "{method} {login:?}");
        }

        let wrong = deliver(&site, "POST", path, Some((&user, "wrong")), TEST).await;
        assert_eq!((wrong.status.as_u16(), wrong.header("www-authenticate").starts_with("Basic")), (401, true));
        assert_eq!(deliver(&site, "POST", path, None, TEST).await.status, 401);
        let theirs = bob.body["webhook"]["password"].as_str().unwrap();
        assert_eq!(deliver(&site, "POST", path, Some(("bolt", theirs)), TEST).await.status, 401, "another workspace's");
        for method in ["GET", "POST"] {
            assert_eq!(deliver(&site, method, "/api/webhook/cdr/nobody", login, TEST).await.status, 404);
        }
        assert_eq!(deliver(&site, "POST", "/my/page", None, TEST).await.status, 404, "without a user it is just no page");
        let odd = deliver(&site, "POST", path, login, "hello").await;
        assert_eq!(odd.status, 200, "content is never a reason to refuse: {odd:?}");

        let events = send(&site, "GET", "/api/v1/events", &ann.access, json!({})).await.json();
        assert_eq!(events["data"].as_array().unwrap().len(), 2, "the test once, and what was odd: {events}");
    }

    async fn the_password_is_replaced_and_a_test_call_sent(t: &TestDb) {
        let mut site = Site::new(t).await;
        site.run_intake();
        let visitor = Visitor::new(&site);
        let ann = visitor.sign_up("Acme Corp", "ann@example.com").await;
        let bob = visitor.sign_up("Bolt", "bob@example.com").await;
        let id = send(&site, "GET", "/api/v1/connections", &ann.access, json!({})).await.json()["data"][0]["id"].clone();
        let at = |rest: &str| format!("/api/v1/connections/{}/{rest}", id.as_str().unwrap());

        let issued = send(&site, "PUT", &at("webhook-password"), &ann.access, json!({ "username": "acme" })).await;
        assert_eq!(issued.status, 200, "{issued:?}");
        let issued = issued.json();
        let password = issued["password"].as_str().unwrap();
        let path = "/api/webhook/cdr/acme-corp";
        assert_eq!(deliver(&site, "POST", path, Some(("acme", password)), TEST).await.status, 200);
        let standing = send(&site, "GET", &at("record-webhook"), &ann.access, json!({})).await.json();
        assert_eq!((&standing["username"], standing["password_set_at"].is_string()), (&json!("acme"), true));
        assert!(standing["previous_until"].is_string() && !standing.to_string().contains(password), "{standing}");

        // As the guide's page of settings does it.
        let tenant = ann.body["user"]["tenant"]["id"].as_str().unwrap();
        let config = json!({ "webhook_username": "pbx", "webhook_password": "chosen by hand 77" });
        let set = send(&site, "PUT", &format!("/api/admin/tenant/{tenant}/config"), &ann.access, config).await;
        assert_eq!(set.status, 200, "{set:?}");
        assert_eq!(deliver(&site, "POST", path, Some(("pbx", "chosen by hand 77")), TEST).await.status, 200);

        let sent = send(&site, "POST", &at("test-call"), &ann.access, json!({})).await;
        assert_eq!((sent.status.as_u16(), sent.json()["call_id"].is_string()), (202, true), "{sent:?}");
        for (method, rest) in [("GET", "record-webhook"), ("PUT", "webhook-password"), ("POST", "test-call")] {
            assert_eq!(send(&site, method, &at(rest), &bob.access, json!({})).await.status, 404, "{rest}");
        }
        let short = send(&site, "PUT", &at("webhook-password"), &ann.access, json!({ "password": "short" })).await;
        assert_eq!((short.status.as_u16(), &short.json()["errors"][0]["field"]), (400, &json!("password")));
    }
}

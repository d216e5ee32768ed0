//! The dashboard's files, its addresses, and what is there without it.

use axum::{body::Body, http::Request};
use switchboard_http::{Dashboard, HttpOptions};
use switchboard_testkit::{Engine, TestDb};

use crate::site::{Answer, Site, settings};

const PAGE: &str = "<!doctype html><title>Switchboard</title>";
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn site<'t>(t: &'t TestDb, files: &[(&str, &[u8])]) -> Site<'t> {
    let dashboard = Dashboard::of(files.iter().copied());
    Site::with(t, settings(), HttpOptions { dashboard, ..HttpOptions::default() }).await
}

async fn built(t: &TestDb) -> Site<'_> {
    let script: &[u8] = b"console.log('hello')";
    let files = [
        ("index.html", PAGE.as_bytes()),
        ("assets/index-4f2a.js", script),
        ("assets/index-4f2a.js.br", b"squeezed"),
        ("favicon.svg", b"<svg/>"),
    ];
    site(t, &files).await
}

async fn open(site: &Site<'_>, path: &str) -> Answer {
    site.send(Request::get(path).header("accept", BROWSER).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_browser_gets_the_page_at_every_address_of_it() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = built(&t).await;
    for path in ["/", "/calls", "/connections/conn_1?tab=settings", "/sign-in", "/index.html"] {
        let answer = open(&site, path).await;
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, PAGE.as_bytes()), "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!((answer.header("cache-control"), answer.header("x-frame-options")), ("no-cache", "DENY"));
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self';") && policy.contains("style-src 'self' 'unsafe-inline';"));
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-eval"), "{policy}");
        let tag = answer.header("etag");
        let again = Request::get(path).header("accept", BROWSER).header("if-none-match", format!("\"x\", {tag}"));
        let again = site.send(again.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, tag), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_page_stays_an_error_that_programs_can_read() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = built(&t).await;
    // A chunk of an older build must not come back as a page, or the browser runs HTML as a script.
    for path in ["/api/v1/nothing", "/hooks/x/y", "/docs/nothing", "/media", "/assets/index-0000.js"] {
        let answer = open(&site, path).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"), "{path}");
    }
    assert_eq!(site.anonymous("GET", "/calls").await.code(), "not_found");
    let posted = Request::post("/calls").header("accept", BROWSER).body(Body::empty()).unwrap();
    assert_eq!(site.send(posted).await.code(), "not_found");
    // A person who opens a route of the API sees what the API answers.
    assert_eq!(open(&site, "/health").await.json()["status"], "ok");
    assert_eq!(open(&site, "/api/v1/calls").await.code(), "missing_credentials");
    // And a program at the door hears where everything is.
    let root = site.anonymous("GET", "/").await;
    assert_eq!((root.json()["docs"].as_str(), root.header("vary").contains("accept")), (Some("/docs"), true));
}

#[tokio::test]
async fn named_by_their_contents_files_are_kept_for_ever_and_go_out_compressed() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = built(&t).await;
    let ask = |encodings: &str| {
        Request::get("/assets/index-4f2a.js").header("accept-encoding", encodings).body(Body::empty()).unwrap()
    };
    let script = site.send(ask("gzip, br")).await;
    assert_eq!(
        (script.status.as_u16(), &script.body[..], script.header("content-encoding")),
        (200, &b"squeezed"[..], "br")
    );
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(script.headers.get_all("vary").iter().any(|value| value == "accept-encoding"));
    let plain = site.send(ask("gzip")).await;
    assert_eq!((&plain.body[..], plain.header("content-encoding")), (&b"console.log('hello')"[..], ""));
    let icon = site.anonymous("GET", "/favicon.svg").await;
    assert_eq!((icon.header("content-type"), icon.header("cache-control")), ("image/svg+xml", "no-cache"));
}

#[tokio::test]
async fn without_a_dashboard_the_door_says_how_to_build_it() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = site(&t, &[]).await;
    let page = open(&site, "/").await;
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(page.status.is_success() && text.contains("make dashboard") && text.contains("/docs"), "{text}");
    assert_eq!(open(&site, "/calls").await.code(), "not_found");
    assert_eq!(site.anonymous("GET", "/").await.json()["message"], "Switchboard is running");
}

//! What happens around an account: links in mails, second factors, invitations and members, browsers' sessions, and
//! signing in at another provider.

mod browser;
mod links;
mod members;
mod oidc;
mod provider;
mod second_factor;

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header::SET_COOKIE},
};
use serde_json::{Value, json};
use switchboard_app::{
    AppSettings,
    mail::{MailSettings, Way},
    scheduler,
};
use switchboard_http::HttpOptions;
use switchboard_testkit::TestDb;

use crate::site::{Answer, Site, settings};

pub const PASSWORD: &str = "SecurePass123!";

/// A site whose mail lands in the test's folder.
pub async fn site(t: &TestDb) -> Site<'_> {
    site_with(t, |_| {}).await
}

pub async fn site_with(t: &TestDb, change: impl FnOnce(&mut AppSettings)) -> Site<'_> {
    let way = Way::Folder(t.folder.path().join("mail"));
    let mail = MailSettings { from: "Switchboard <no-reply@switchboard.example>".into(), way };
    let mut settings = AppSettings { mail, ..settings() };
    change(&mut settings);
    Site::with(t, settings, HttpOptions::default()).await
}

/// Sends a request with these headers; a body makes it JSON.
pub async fn call(site: &Site<'_>, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    site.send(request.body(body).unwrap()).await
}

/// A request of somebody with an access token; of a stranger, if it is empty.
pub async fn ask(site: &Site<'_>, method: &str, path: &str, token: &str, body: Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers: &[(&str, &str)] = if token.is_empty() { &[] } else { &[("authorization", &bearer)] };
    let body = (!body.is_null()).then_some(&body);
    call(site, method, path, headers, body).await
}

/// Somebody who signed up; their access token.
pub async fn sign_up(site: &Site<'_>, company: &str, email: &str) -> String {
    let form = json!({ "company_name": company, "email": email, "password": PASSWORD, "full_name": "Ann Lee" });
    let answer = ask(site, "POST", "/api/v1/auth/signup", "", form).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

pub async fn log_in(site: &Site<'_>, email: &str, password: &str) -> Answer {
    ask(site, "POST", "/api/v1/auth/login", "", json!({ "email": email, "password": password })).await
}

/// A text out of a good answer.
pub fn text(answer: &Answer, name: &str) -> String {
    assert!(answer.status.is_success(), "{answer:?}");
    let body = answer.json();
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}

/// The mails that were sent so far, decoded as far as looking into them needs.
pub async fn outbox(site: &Site<'_>) -> Vec<String> {
    scheduler::run_due(&site.app).await.unwrap();
    let Ok(folder) = std::fs::read_dir(site.t.folder.path().join("mail")) else { return Vec::new() };
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    // Not by their ids: the clock stands still.
    paths.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
    let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    paths.iter().map(read).map(|mail| mail.replace("=\r\n", "").replace("=3D", "=")).collect()
}

/// The token in the link of the newest mail to `address` with this subject. Some are sent behind an answer's back, so it
/// may take a moment.
pub async fn token_in_mail(site: &Site<'_>, address: &str, subject: &str) -> String {
    for _ in 0..500 {
        let fits = |mail: &&String| mail.contains(&format!("To: {address}\r\n")) && mail.contains(subject);
        if let Some(mail) = outbox(site).await.iter().rev().find(fits) {
            let (_, rest) = mail.split_once("#token=").unwrap_or_else(|| panic!("no link in {mail}"));
            return rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no mail to {address} about {subject}");
}

/// The cookies that an answer sets, as a browser sends them back; those that it clears are left out.
pub fn cookies(answer: &Answer) -> String {
    let lines = answer.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let kept = lines.filter(|line| !line.contains("Max-Age=0;")).filter_map(|line| line.split(';').next());
    kept.collect::<Vec<_>>().join("; ")
}

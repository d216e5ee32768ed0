//! Signing up, in, on and out: the CallInsight guide's calls as its client makes them, and our own.

mod abuse;
mod guide;
mod own;
mod secrets;
mod tokens;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, request::Builder},
};
use serde_json::{Value, json};
use switchboard_testkit::TestDb;

use crate::site::{Answer, Site};

pub const PASSWORD: &str = "SecurePass123!";

/// What somebody holds who signed in.
#[derive(Debug, Clone)]
pub struct Held {
    pub access: String,
    pub refresh: String,
    pub body: Value,
}

impl Held {
    pub fn of(answer: &Answer) -> Self {
        assert!(answer.status.is_success(), "{answer:?}");
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned();
        assert_eq!(body["token"], body["access_token"]);
        Self { access: text("access_token"), refresh: text("refresh_token"), body }
    }
}

/// A browser or a script on some machine.
pub struct Visitor<'s> {
    pub site: &'s Site<'s>,
    address: [u8; 4],
}

impl<'s> Visitor<'s> {
    pub const fn new(site: &'s Site<'s>) -> Self {
        Self { site, address: [192, 0, 2, 1] }
    }

    /// The same from elsewhere.
    pub const fn at(site: &'s Site<'s>, address: [u8; 4]) -> Self {
        Self { site, address }
    }

    fn request(&self, method: &str, path: &str, token: Option<&str>) -> Builder {
        let peer = std::net::SocketAddr::from((self.address, 40_000));
        let request =
            Request::builder().method(method).uri(path).extension(ConnectInfo(peer)).header("user-agent", "curl/8");
        match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.site.send(self.request("GET", path, Some(token)).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.site.send(self.request("DELETE", path, Some(token)).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(path, None, body).await
    }

    pub async fn post_as(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let request = self.request("POST", path, token).header("content-type", "application/json");
        self.site.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// With a Bearer token and without a body.
    pub async fn post_bearer(&self, path: &str, token: &str) -> Answer {
        self.site.send(self.request("POST", path, Some(token)).body(Body::empty()).unwrap()).await
    }

    pub async fn sign_up(&self, company: &str, email: &str) -> Held {
        Held::of(&self.post("/api/auth/signup", &form(company, email)).await)
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/auth/login", &json!({ "email": email, "password": password })).await
    }
}

pub fn form(company: &str, email: &str) -> Value {
    json!({ "company_name": company, "email": email, "password": PASSWORD, "full_name": "Ann Lee" })
}

/// A site and nobody at it.
pub async fn site(t: &TestDb) -> Site<'_> {
    Site::new(t).await
}

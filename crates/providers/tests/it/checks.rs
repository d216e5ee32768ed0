//! Whether credentials work, asked of small stand-ins that answer as the providers' documents say.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_providers::{Account, Allowed, BaseUrls, CheckError, Given, Http, Limits, checked_by_slug};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const PRIVATE: &str = "0b2c1d3e-0000-4000-8000-000000000001";
const PUBLIC: &str = "0b2c1d3e-0000-4000-8000-000000000002";
const ASSISTANT: &str = "0b2c1d3e-0000-4000-8000-000000000003";
const SID: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "fedcba9876543210fedcba9876543210";

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn given(settings: &[(&str, &str)], credentials: &[(&str, &str)]) -> Given {
    Given {
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        credentials: credentials.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect(),
    }
}

async fn check(slug: &str, urls: BaseUrls, given: Given) -> Result<Account, CheckError> {
    let http = Http::new(Limits::default()).unwrap();
    checked_by_slug(slug).unwrap().check(&http, &urls, &given).await
}

fn wrong_field(result: Result<Account, CheckError>) -> &'static str {
    match result {
        Err(CheckError::Wrong { field, found }) => {
            assert!(found.len() > 10, "{found}");
            field
        }
        other => panic!("{other:?}"),
    }
}

fn bearer(headers: &HeaderMap) -> &str {
    headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ")).unwrap_or_default()
}

/// Vapi, as far as its keys go: the private one opens the API, the public one starts calls from browsers.
async fn vapi() -> BaseUrls {
    let refused = || (StatusCode::UNAUTHORIZED, axum::Json(json!({ "message": "Invalid Key.", "statusCode": 401 })));
    let assistant = || json!({ "id": ASSISTANT, "orgId": "org-1", "name": "Reception" });
    let list = async move |headers: HeaderMap| -> Response {
        if bearer(&headers) == PRIVATE {
            axum::Json(json!([assistant()])).into_response()
        } else {
            refused().into_response()
        }
    };
    let one = async move |headers: HeaderMap, Path(id): Path<String>| -> Response {
        match (bearer(&headers) == PRIVATE, id == ASSISTANT) {
            (true, true) => axum::Json(assistant()).into_response(),
            (true, false) => StatusCode::NOT_FOUND.into_response(),
            (false, _) => refused().into_response(),
        }
    };
    let web_call = async move |headers: HeaderMap| -> Response {
        if bearer(&headers) == PUBLIC { StatusCode::BAD_REQUEST.into_response() } else { refused().into_response() }
    };
    let router = Router::new().route("/assistant", get(list)).route("/assistant/{id}", get(one));
    BaseUrls { vapi: serve(router.route("/call/web", post(web_call))).await, ..BaseUrls::default() }
}

#[tokio::test]
async fn vapi_tells_a_public_key_where_the_private_one_belongs() {
    let urls = vapi().await;
    let with = |key: &str| given(&[("assistant_id", ASSISTANT)], &[("api_key", key)]);
    let account = check("vapi", urls.clone(), with(PRIVATE)).await.unwrap();
    assert_eq!(account, Account { id: Some("org-1".into()), name: Some("Reception".into()) });
    assert_eq!(wrong_field(check("vapi", urls.clone(), with(PUBLIC)).await), "api_key");
    let both = given(&[("public_key", PUBLIC)], &[("api_key", PUBLIC)]);
    assert_eq!(wrong_field(check("vapi", urls.clone(), both).await), "api_key");
    let unknown = check("vapi", urls.clone(), with(ASSISTANT)).await;
    assert!(matches!(unknown, Err(CheckError::Refused(_))), "{unknown:?}");
    let elsewhere = given(&[("assistant_id", PUBLIC)], &[("api_key", PRIVATE)]);
    assert_eq!(wrong_field(check("vapi", urls, elsewhere).await), "assistant_id");
}

#[tokio::test]
async fn a_provider_that_is_away_says_nothing_about_the_key() {
    let urls = BaseUrls { vapi: "http://127.0.0.1:1".into(), ..BaseUrls::default() };
    let error = check("vapi", urls, given(&[], &[("api_key", PRIVATE)])).await.unwrap_err();
    assert!(!error.is_final(), "{error}");
    let missing = check("vapi", BaseUrls::default(), Given::default()).await.unwrap_err();
    assert!(missing.is_final() && matches!(missing, CheckError::Missing("api_key")));
}

async fn twilio(status: &'static str) -> BaseUrls {
    let account = async move |headers: HeaderMap| -> Response {
        use base64::Engine as _;
        let right = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{SID}:{TOKEN}")));
        if headers.get("authorization").is_none_or(|value| value != right.as_str()) {
            return (StatusCode::UNAUTHORIZED, axum::Json(json!({ "code": 20003 }))).into_response();
        }
        axum::Json(json!({ "sid": SID, "friendly_name": "Acme", "status": status })).into_response()
    };
    let numbers = async |Query(query): Query<std::collections::HashMap<String, String>>| {
        let is_ours = query.get("PhoneNumber").is_some_and(|number| number == "+14155550123");
        let numbers = if is_ours { vec![json!({ "sid": "PN1" })] } else { Vec::new() };
        axum::Json(json!({ "incoming_phone_numbers": numbers }))
    };
    let base = format!("/2010-04-01/Accounts/{SID}");
    let router = Router::new()
        .route(&format!("{base}.json"), get(account))
        .route(&format!("{base}/IncomingPhoneNumbers.json"), get(numbers));
    BaseUrls { twilio: serve(router).await, ..BaseUrls::default() }
}

#[tokio::test]
async fn twilio_is_asked_for_the_account_and_its_number() {
    let with =
        |token: &str, number: &str| given(&[("account_sid", SID), ("phone_number", number)], &[("auth_token", token)]);
    let urls = twilio("active").await;
    let account = check("twilio", urls.clone(), with(TOKEN, "+14155550123")).await.unwrap();
    assert_eq!(account, Account { id: Some(SID.into()), name: Some("Acme".into()) });
    assert_eq!(wrong_field(check("twilio", urls.clone(), with(TOKEN, "+14155550199")).await), "phone_number");
    let refused = check("twilio", urls, with(&TOKEN.replace('f', "0"), "+14155550123")).await;
    assert!(matches!(refused, Err(CheckError::Refused(_))), "{refused:?}");
    let suspended = check("twilio", twilio("suspended").await, with(TOKEN, "+14155550123")).await;
    assert!(matches!(suspended, Err(CheckError::Suspended(_))), "{suspended:?}");
}

/// Meta's Graph API: 400 with an `OAuthException` for whatever does not fit.
async fn graph() -> BaseUrls {
    async fn answer(
        headers: HeaderMap,
        Path(path): Path<String>,
        Query(query): Query<std::collections::HashMap<String, String>>,
    ) -> Response {
        let bad = |message: &str| {
            let error = json!({ "error": { "message": message, "type": "OAuthException", "code": 190 } });
            (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
        };
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"0123456789abcdef0123456789abcdef");
        let proof = hex::encode(aws_lc_rs::hmac::sign(&key, b"the-token"));
        if bearer(&headers) != "the-token" {
            return bad("Error validating access token");
        }
        if query.get("appsecret_proof").is_some_and(|given| *given != proof) {
            return bad("Invalid appsecret_proof provided in the API argument");
        }
        match path.split_once('/').map(|(_, rest)| rest) {
            Some("111") => axum::Json(json!({ "id": "111", "verified_name": "Acme" })).into_response(),
            Some("222/phone_numbers") => axum::Json(json!({ "data": [{ "id": "111" }] })).into_response(),
            Some("333/phone_numbers") => axum::Json(json!({ "data": [{ "id": "999" }] })).into_response(),
            _ => bad("Unsupported get request. Object does not exist"),
        }
    }
    BaseUrls { graph: serve(Router::new().route("/{*path}", get(answer))).await, ..BaseUrls::default() }
}

#[tokio::test]
async fn whatsapp_tells_which_of_its_four_values_is_wrong() {
    let urls = graph().await;
    let secret = "0123456789abcdef0123456789abcdef";
    let with = |number: &str, account: &str, token: &str, secret: &str| {
        let settings = [("phone_number_id", number), ("waba_id", account)];
        given(&settings, &[("access_token", token), ("app_secret", secret)])
    };
    let works = check("whatsapp", urls.clone(), with("111", "222", "the-token", secret)).await.unwrap();
    assert_eq!(works, Account { id: Some("111".into()), name: Some("Acme".into()) });
    let other_secret = secret.replace('0', "f");
    for (given, field) in [
        (with("112", "222", "the-token", secret), "phone_number_id"),
        (with("111", "223", "the-token", secret), "waba_id"),
        (with("111", "333", "the-token", secret), "waba_id"),
        (with("111", "222", "another", secret), "access_token"),
        (with("111", "222", "the-token", &other_secret), "app_secret"),
    ] {
        assert_eq!(wrong_field(check("whatsapp", urls.clone(), given).await), field);
    }
}

/// A telephone system with a certificate of its own making. Returns where it is, and the certificate's SHA-256.
async fn telephone_system() -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(vec!["pbx.example".to_owned()]).unwrap();
    let pin = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, made.cert.der()));
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not like the certificate goes away here, which is what a test wants.
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                answer_ucm(&mut stream).await;
            });
        }
    });
    (address, pin)
}

/// One request, one answer, by hand: an HTTP server over TLS is all that a stand-in of three answers needs to be.
async fn answer_ucm(stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin)) {
    let mut asked = Vec::new();
    let request: Value = loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        asked.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&asked);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        if let Some(request) = body.and_then(|body| serde_json::from_str(&body).ok()) {
            break request;
        }
    };
    let right = hex::encode(<md5::Md5 as md5::Digest>::digest("0123456789012345secret"));
    let answer = match request["request"]["action"].as_str().unwrap_or_default() {
        "challenge" => json!({ "response": { "challenge": "0123456789012345" }, "status": 0 }),
        "login" if request["request"]["token"] == right.as_str() => {
            json!({ "response": { "cookie": "sid-1" }, "status": 0 })
        }
        "login" => json!({ "response": { "remain_num": 4 }, "status": -37 }),
        _ => json!({ "response": {}, "status": 0 }),
    };
    let body = answer.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[tokio::test]
async fn a_telephone_system_is_known_by_its_certificate_and_its_password_is_tried_once() {
    let (address, pin) = telephone_system().await;
    let http = Http::allowing(Limits::default(), Allowed::new(vec!["127.0.0.0/8".parse().unwrap()])).unwrap();
    let port = address.port().to_string();
    let with = |password: &str, pin: Option<&str>| {
        let mut given =
            given(&[("host", "127.0.0.1"), ("port", &port), ("username", "api")], &[("password", password)]);
        given.settings.extend(pin.map(|pin| ("certificate_sha256".to_owned(), pin.to_owned())));
        given
    };
    let kind = checked_by_slug("clouducm").unwrap();
    let urls = BaseUrls::default();
    let account = kind.check(&http, &urls, &with("secret", Some(&pin))).await.unwrap();
    assert_eq!(account.id.as_deref(), Some("127.0.0.1"));
    assert_eq!(wrong_field(kind.check(&http, &urls, &with("wrong", Some(&pin))).await), "password");
    // Another certificate, or one that nobody vouches for: the password is not sent.
    for pin in [Some("ab".repeat(32)), None] {
        let error = kind.check(&http, &urls, &with("secret", pin.as_deref())).await.unwrap_err();
        assert!(!error.is_final(), "{error}");
    }
    // A private address is nobody's to name, unless the operator allowed it.
    let guarded = Http::new(Limits::default()).unwrap();
    assert_eq!(wrong_field(kind.check(&guarded, &urls, &with("secret", Some(&pin))).await), "host");
}

/// Slack, as far as its incoming webhooks go: one that exists wants a text, others are refused before that.
async fn hooks(posted: Arc<std::sync::Mutex<Vec<Value>>>) -> BaseUrls {
    let answer = async move |Path(rest): Path<String>, axum::Json(body): axum::Json<Value>| -> Response {
        let known = rest == "T000/B000/right";
        match (known, body["text"].as_str().is_some_and(|text| !text.is_empty())) {
            (false, _) if rest.ends_with("archived") => (StatusCode::GONE, "channel_is_archived").into_response(),
            (false, _) => (StatusCode::NOT_FOUND, "no_service").into_response(),
            (true, false) => (StatusCode::BAD_REQUEST, "no_text").into_response(),
            (true, true) => {
                posted.lock().unwrap().push(body);
                "ok".into_response()
            }
        }
    };
    BaseUrls { slack: serve(Router::new().route("/services/{*rest}", post(answer))).await, ..BaseUrls::default() }
}

#[tokio::test]
async fn a_slack_webhook_is_tried_without_writing_into_its_channel() {
    let posted = Arc::default();
    let urls = hooks(Arc::clone(&posted)).await;
    let with = |path: &str| given(&[], &[("webhook_url", &format!("{}/services/{path}", urls.slack))]);
    check("slack", urls.clone(), with("T000/B000/right")).await.unwrap();
    assert!(posted.lock().unwrap().is_empty());
    assert!(matches!(check("slack", urls.clone(), with("T000/B000/wrong")).await, Err(CheckError::Refused(_))));
    assert_eq!(wrong_field(check("slack", urls.clone(), with("T000/B000/archived")).await), "webhook_url");
    // Whatever does not lie where Slack's webhooks are is never called.
    let elsewhere = given(&[], &[("webhook_url", "https://hooks.slack.com.example/services/T/B/x")]);
    assert_eq!(wrong_field(check("slack", urls, elsewhere).await), "webhook_url");
}

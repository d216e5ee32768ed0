//! An OpenID Connect provider of a few lines, which can also lie.

use std::sync::{Arc, Mutex};

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};

pub const CLIENT_ID: &str = "switchboard";
pub const CLIENT_SECRET: &str = "oidc client:secret";

/// How the next ID token is forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forge {
    Nothing,
    Nonce,
    Audience,
    AuthorizedParty,
    Issuer,
    Expired,
    NotYet,
    AlgNone,
    /// HS256, with the published key as the secret.
    PublicKeyAsSecret,
    OtherKey,
    /// Signed by nobody who is published.
    UnknownKid,
    NoNonce,
}

/// What the provider knows.
pub struct Known {
    pub forge: Forge,
    /// Of the person who signs in next.
    pub claims: Value,
    /// What was announced when the browser came by.
    nonce: String,
    challenge: String,
    pub exchanges: usize,
    /// Seconds since 1970.
    pub now: i64,
}

pub struct Provider {
    pub issuer: String,
    pub known: Mutex<Known>,
    key: EncodingKey,
    other: EncodingKey,
    jwk: Value,
}

fn fresh_key() -> EncodingKey {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    EncodingKey::from_ec_der(pkcs8.as_ref())
}

impl Provider {
    pub async fn start(now: i64) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = fresh_key();
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap()).unwrap();
        jwk["kid"] = "one".into();
        jwk["use"] = "sig".into();
        let known = Known {
            forge: Forge::Nothing,
            claims: json!({}),
            nonce: String::new(),
            challenge: String::new(),
            exchanges: 0,
            now,
        };
        let provider = Arc::new(Self { issuer, known: Mutex::new(known), key, other: fresh_key(), jwk });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Somebody signs in here: the browser came by with this address. Returns the state that it is sent back with.
    pub fn visit(&self, address: &str) -> String {
        let url = reqwest::Url::parse(address).unwrap();
        let get = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert!(address.starts_with(&format!("{}/authorize?", self.issuer)), "{address}");
        assert_eq!((get("response_type"), get("client_id")), ("code".into(), CLIENT_ID.into()));
        assert_eq!(get("redirect_uri"), "https://switchboard.example/api/auth/callback");
        assert_eq!(get("code_challenge_method"), "S256");
        assert!(get("scope").split(' ').any(|scope| scope == "openid"));
        let mut known = self.known.lock().unwrap();
        known.nonce = get("nonce");
        known.challenge = get("code_challenge");
        get("state")
    }

    pub fn person(&self, claims: Value) {
        self.known.lock().unwrap().claims = claims;
    }

    pub fn forge(&self, forge: Forge) {
        self.known.lock().unwrap().forge = forge;
    }

    fn id_token(&self, known: &Known) -> String {
        let mut claims = known.claims.clone();
        claims["iss"] = self.issuer.clone().into();
        claims["aud"] = CLIENT_ID.into();
        claims["iat"] = known.now.into();
        claims["exp"] = (known.now + 300).into();
        claims["nonce"] = known.nonce.clone().into();
        let mut header = Header { kid: Some("one".into()), ..Header::new(Algorithm::ES256) };
        let mut key = &self.key;
        match known.forge {
            Forge::Nothing => {}
            Forge::Nonce => claims["nonce"] = "another".into(),
            Forge::NoNonce => {
                claims.as_object_mut().unwrap().remove("nonce");
            }
            Forge::Audience => claims["aud"] = "another-client".into(),
            Forge::AuthorizedParty => claims["aud"] = json!([CLIENT_ID, "another-client"]),
            Forge::Issuer => claims["iss"] = "https://evil.example".into(),
            Forge::Expired => claims["exp"] = (known.now - 61).into(),
            Forge::NotYet => claims["iat"] = (known.now + 3_600).into(),
            Forge::OtherKey => key = &self.other,
            Forge::UnknownKid => header.kid = Some("two".into()),
            Forge::AlgNone => {
                let head = BASE64.encode(r#"{"alg":"none","kid":"one"}"#);
                return format!("{head}.{}.", BASE64.encode(claims.to_string()));
            }
            Forge::PublicKeyAsSecret => {
                let secret = EncodingKey::from_secret(self.jwk["x"].as_str().unwrap().as_bytes());
                let header = Header { kid: Some("one".into()), ..Header::new(Algorithm::HS256) };
                return jsonwebtoken::encode(&header, &claims, &secret).unwrap();
            }
        }
        jsonwebtoken::encode(&header, &claims, key).unwrap()
    }
}

async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/me"),
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    // One of a kind that nobody knows, as a provider may add.
    Json(json!({ "keys": [{ "kty": "XYZ", "kid": "zero", "alg": "NEW" }, provider.jwk] }))
}

async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Form(form): Form<std::collections::HashMap<String, String>>,
) -> Response {
    let mut known = provider.known.lock().unwrap();
    known.exchanges += 1;
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let decoded = BASE64_STANDARD.decode(basic.trim_start_matches("Basic ")).unwrap_or_default();
    let is_client = decoded == b"switchboard:oidc+client%3Asecret";
    let verifier = form.get("code_verifier").map_or("", String::as_str);
    let challenge = BASE64.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
    let is_right = form.get("code").is_some_and(|code| code == "the-code")
        && form.get("grant_type").is_some_and(|grant| grant == "authorization_code")
        && form.get("redirect_uri").is_some_and(|uri| uri == "https://switchboard.example/api/auth/callback");
    if !is_client || !is_right || challenge != known.challenge {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    Json(json!({ "id_token": provider.id_token(&known), "access_token": "at", "token_type": "Bearer" })).into_response()
}

/// Tells the same as the ID token, but an address only here for somebody whose ID token has none.
async fn me(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let mut claims = provider.known.lock().unwrap().claims.clone();
    if claims["email"].is_null() {
        claims["email"] = "thin@example.com".into();
        claims["email_verified"] = true.into();
    }
    Json(claims)
}

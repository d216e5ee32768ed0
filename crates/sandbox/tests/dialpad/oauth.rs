//! The OAuth flow: code with PKCE, rotation, revocation, and what a scope opens.

use reqwest::Method;
use serde_json::{Value, json};
use switchboard_sandbox::dialpad::{PlayCall, Scenario};

use crate::support::World;

/// The pair of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://127.0.0.1:4000/auth/dialpad/callback";

async fn authorize(world: &World, more: &str) -> reqwest::Response {
    let path = format!(
        "/oauth2/authorize?client_id=sandbox-client&redirect_uri={BACK}&response_type=code&state=a%20b\
         &code_challenge={CHALLENGE}&code_challenge_method=S256{more}"
    );
    world.request(Method::GET, &path).send().await.unwrap()
}

fn location(response: &reqwest::Response) -> String {
    assert_eq!(response.status(), 302);
    response.headers()["location"].to_str().unwrap().to_owned()
}

async fn code(world: &World, more: &str) -> String {
    let back = location(&authorize(world, more).await);
    let rest = back.strip_prefix(&format!("{BACK}?code=")).expect("comes back with a code");
    let (code, state) = rest.split_once('&').unwrap();
    assert_eq!(state, "state=a%20b");
    code.to_owned()
}

/// Status and body of the token endpoint.
async fn token(world: &World, fields: &[(&str, &str)]) -> (u16, Value) {
    let client = [("client_id", "sandbox-client"), ("client_secret", "sandbox-secret")];
    let form: Vec<_> = client.iter().chain(fields).copied().collect();
    let response = world.request(Method::POST, "/oauth2/token").form(&form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn redeem(world: &World, code: &str, verifier: &str) -> (u16, Value) {
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier), ("redirect_uri", BACK)];
    token(world, &fields).await
}

async fn status_with(world: &World, path: &str, token: &Value) -> u16 {
    world.request(Method::GET, path).bearer_auth(token.as_str().unwrap()).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_code_works_once_and_only_with_its_verifier() {
    let world = World::new().await;
    let first = code(&world, "&scope=calls:list%20offline_access").await;
    let (status, body) = redeem(&world, &first, VERIFIER).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(3600)));
    assert_eq!(status_with(&world, "/api/v2/company", &body["access_token"]).await, 200);
    assert_eq!(redeem(&world, &first, VERIFIER).await.0, 400, "a code works once");
    let second = code(&world, "").await;
    let (status, body) = redeem(&world, &second, "another verifier").await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(redeem(&world, &second, VERIFIER).await.0, 400, "a failed try uses the code up");
}

#[tokio::test]
async fn a_refresh_token_rotates_and_the_old_one_is_burnt() {
    let world = World::new().await;
    let (_, first) = redeem(&world, &code(&world, "&scope=offline_access").await, VERIFIER).await;
    let old = first["refresh_token"].as_str().unwrap();
    let refresh = |token: String| {
        let body = json!({
            "grant_type": "refresh_token", "refresh_token": token,
            "client_id": "sandbox-client", "client_secret": "sandbox-secret",
        });
        world.request(Method::POST, "/oauth2/token").json(&body).send()
    };
    let second: Value = refresh(old.to_owned()).await.unwrap().json().await.unwrap();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(status_with(&world, "/api/v2/company", &second["access_token"]).await, 200);
    assert_eq!(refresh(old.to_owned()).await.unwrap().status(), 400);
}

#[tokio::test]
async fn tokens_expire_and_are_revoked() {
    let world = World::with(|config| config.token_lifetime = std::time::Duration::ZERO).await;
    let (_, expired) = redeem(&world, &code(&world, "&scope=offline_access").await, VERIFIER).await;
    assert_eq!(status_with(&world, "/api/v2/company", &expired["access_token"]).await, 401);
    let (_, fixed) = redeem(&world, &code(&world, "").await, VERIFIER).await;
    assert!(fixed.get("refresh_token").is_none() && fixed.get("expires_in").is_none(), "static without offline_access");
    assert_eq!(status_with(&world, "/api/v2/company", &fixed["access_token"]).await, 200);
    let revoke =
        world.request(Method::POST, "/oauth2/deauthorize").bearer_auth(fixed["access_token"].as_str().unwrap());
    assert_eq!(revoke.send().await.unwrap().status(), 204);
    assert_eq!(status_with(&world, "/api/v2/company", &fixed["access_token"]).await, 401);
}

#[tokio::test]
async fn a_wrong_app_is_not_redirected_and_a_refusal_is() {
    let world = World::with(|config| config.redirect_uris = vec![BACK.to_owned()]).await;
    for query in [
        "client_id=other&redirect_uri=".to_owned() + BACK,
        "client_id=sandbox-client&redirect_uri=http://evil.example".to_owned(),
    ] {
        let response = world.request(Method::GET, &format!("/oauth2/authorize?{query}")).send().await.unwrap();
        assert_eq!(response.status(), 400);
    }
    let refused = location(&authorize(&world, "&deny=1").await);
    assert_eq!(refused, format!("{BACK}?error=access_denied&state=a%20b"));
    let wrong = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_secret", "no")];
    let body: Vec<_> = wrong.iter().chain(&[("client_id", "sandbox-client")]).collect();
    let response = world.request(Method::POST, "/oauth2/token").form(&body).send().await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn a_token_opens_what_its_scopes_say() {
    let world = World::new().await;
    let (_, plain) = redeem(&world, &code(&world, "").await, VERIFIER).await;
    assert_eq!(status_with(&world, "/api/v2/call", &plain["access_token"]).await, 403);
    let (_, lister) = redeem(&world, &code(&world, "&scope=calls:list").await, VERIFIER).await;
    assert_eq!(status_with(&world, "/api/v2/call", &lister["access_token"]).await, 200);
    let hook = world.webhook(None).await;
    let body = json!({"endpoint_id": hook, "call_states": ["recording"]});
    let request = world.request(Method::POST, "/api/v2/subscriptions/call").json(&body);
    request.bearer_auth(lister["access_token"].as_str().unwrap()).send().await.unwrap().error_for_status().unwrap();
    world.control.play(&PlayCall::new(Scenario::Recorded)).await.unwrap();
    let event: Value = serde_json::from_str(&world.inbox.arrivals()[0].body).unwrap();
    assert!(event.get("recording_url").is_none(), "without recordings_export the key is missing");
}

//! Signing in at another provider, which may be honest, mistaken or forged.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_app::settings::OidcSettings;
use switchboard_testkit::{TestDb, both_engines};

use super::{
    PASSWORD, ask, call, cookies, log_in,
    provider::{CLIENT_ID, CLIENT_SECRET, Forge, Provider},
    sign_up, site, site_with, text, token_in_mail,
};
use crate::site::{Answer, Site};

async fn provider_and_site(t: &TestDb, allows_sign_up: bool) -> (Arc<Provider>, Site<'_>) {
    let provider = Provider::start(t.now().as_seconds()).await;
    let oidc = OidcSettings {
        name: "Stand-in".into(),
        issuer: provider.issuer.clone(),
        client_id: CLIENT_ID.into(),
        client_secret: Some(SecretString::from(CLIENT_SECRET)),
        allows_sign_up,
    };
    let site = site_with(t, |settings| settings.oidc = Some(oidc)).await;
    (provider, site)
}

/// A sign-in under way: what it came back with, and the browser's cookie.
struct Trip {
    state: String,
    cookie: String,
}

async fn set_out(site: &Site<'_>, provider: &Provider, return_to: &str) -> Trip {
    let start = format!("/api/v1/auth/oidc/start?return_to={return_to}");
    let sent = call(site, "GET", &start, &[], None).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    Trip { state: provider.visit(sent.header("location")), cookie: cookies(&sent) }
}

async fn come_back(site: &Site<'_>, state: &str, cookie: &str) -> Answer {
    let back = format!("/api/auth/callback?code=the-code&state={state}");
    let answer = call(site, "GET", &back, &[("cookie", cookie)], None).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    answer
}

async fn sign_in(site: &Site<'_>, provider: &Provider) -> Answer {
    let trip = set_out(site, provider, "/calls").await;
    come_back(site, &trip.state, &trip.cookie).await
}

fn ann(verified: bool) -> Value {
    json!({ "sub": "ann-at-provider", "email": "Ann@Example.com", "email_verified": verified, "name": "Ann Lee" })
}

/// Who the cookies of an answer belong to.
async fn who(site: &Site<'_>, answer: &Answer) -> Value {
    call(site, "GET", "/api/v1/me", &[("cookie", &cookies(answer))], None).await.json()
}

const HOME: &str = "https://switchboard.example";

async fn verify_ann(site: &Site<'_>) {
    let token = token_in_mail(site, "ann@example.com", "Confirm your e-mail address").await;
    let verified = ask(site, "POST", "/api/v1/auth/verify-email", "", json!({ "token": token })).await;
    assert_eq!(verified.status, 200);
}

both_engines! {
    async fn a_known_person_is_signed_in_and_comes_back_to_where_they_were(t: &TestDb) {
        let (provider, site) = provider_and_site(t, false).await;
        sign_up(&site, "Acme", "ann@example.com").await;
        verify_ann(&site).await;
        provider.person(ann(true));
        let done = sign_in(&site, &provider).await;
        assert_eq!(done.header("location"), format!("{HOME}/calls"));
        assert_eq!(who(&site, &done).await["user"]["email"], "ann@example.com");
        // From now on the subject decides, whatever the address.
        provider.person(json!({ "sub": "ann-at-provider", "email": "new@example.com", "email_verified": false }));
        let again = sign_in(&site, &provider).await;
        assert_eq!(who(&site, &again).await["user"]["email"], "ann@example.com");
        let offered = ask(&site, "GET", "/api/v1/auth/oidc", "", Value::Null).await;
        assert_eq!(text(&offered, "name"), "Stand-in");
        let trail = t.query_texts("SELECT action FROM audit_log WHERE tenant_id IS NOT NULL").await;
        assert!(trail.iter().any(|action| action == "user.identity_linked"));
    }

    async fn forged_tokens_sign_nobody_in(t: &TestDb) {
        let (provider, site) = provider_and_site(t, true).await;
        provider.person(ann(true));
        for forge in [
            Forge::Nonce, Forge::NoNonce, Forge::Audience, Forge::AuthorizedParty, Forge::Issuer, Forge::Expired,
            Forge::NotYet, Forge::AlgNone, Forge::PublicKeyAsSecret, Forge::OtherKey, Forge::UnknownKid,
        ] {
            provider.forge(forge);
            let answer = sign_in(&site, &provider).await;
            assert_eq!(answer.header("location"), format!("{HOME}/sign-in?error=provider_failed"), "{forge:?}");
            assert_eq!(cookies(&answer), "", "{forge:?}");
        }
        assert_eq!(t.query_texts("SELECT email FROM users").await, Vec::<String>::new());
        provider.forge(Forge::Nothing);
        assert_eq!(sign_in(&site, &provider).await.header("location"), format!("{HOME}/calls"));
    }

    async fn a_sign_in_is_finished_once_in_the_browser_that_began_it(t: &TestDb) {
        let (provider, site) = provider_and_site(t, true).await;
        provider.person(ann(true));
        let refused = format!("{HOME}/sign-in?error=invalid_credentials");
        // Begun by an attacker, finished in a victim's browser: with no cookie, or with that of the victim's own attempt.
        let attacker = set_out(&site, &provider, "/").await;
        assert_eq!(come_back(&site, &attacker.state, "").await.header("location"), refused);
        let (attacker, victim) = (set_out(&site, &provider, "/").await, set_out(&site, &provider, "/").await);
        assert_eq!(come_back(&site, &attacker.state, &victim.cookie).await.header("location"), refused);
        assert_eq!(provider.known.lock().unwrap().exchanges, 0, "nobody was asked");
        // The state counts once, and for ten minutes.
        let trip = set_out(&site, &provider, "/").await;
        assert_eq!(come_back(&site, &trip.state, &trip.cookie).await.header("location"), format!("{HOME}/"));
        assert_eq!(come_back(&site, &trip.state, &trip.cookie).await.header("location"), refused);
        let late = set_out(&site, &provider, "/").await;
        t.clock.advance(Duration::from_mins(10));
        assert_eq!(come_back(&site, &late.state, &late.cookie).await.header("location"), refused);
        for invented in ["", "made-up"] {
            assert_eq!(come_back(&site, invented, &late.cookie).await.header("location"), refused);
        }
    }

    async fn people_are_sent_back_to_our_own_pages_only(t: &TestDb) {
        let (provider, site) = provider_and_site(t, true).await;
        provider.person(ann(true));
        for foreign in ["https://evil.example", "//evil.example", "/%5Cevil.example", "/%09/evil.example"] {
            let trip = set_out(&site, &provider, foreign).await;
            let done = come_back(&site, &trip.state, &trip.cookie).await;
            assert_eq!(done.header("location"), format!("{HOME}/"), "{foreign}");
        }
        let declined = set_out(&site, &provider, "/").await;
        let back = format!("/api/auth/callback?error=access_denied&state={}", declined.state);
        let answer = call(&site, "GET", &back, &[("cookie", &declined.cookie)], None).await;
        assert_eq!(answer.header("location"), format!("{HOME}/sign-in?error=invalid_credentials"));
    }

    /// Somebody registered Ann's address before her, with a password of their own.
    async fn an_account_that_nobody_verified_is_not_handed_over(t: &TestDb) {
        let (provider, site) = provider_and_site(t, true).await;
        let attacker = sign_up(&site, "Trap", "ann@example.com").await;
        provider.person(ann(true));
        let refused = sign_in(&site, &provider).await;
        assert_eq!(refused.header("location"), format!("{HOME}/sign-in?error=email_not_verified"));
        // She owns the mailbox: her new password throws the other out, and then the two belong together.
        ask(&site, "POST", "/api/v1/auth/forgot-password", "", json!({ "email": "ann@example.com" })).await;
        let token = token_in_mail(&site, "ann@example.com", "Set a new password").await;
        let body = json!({ "token": token, "password": "what only Ann knows" });
        assert_eq!(ask(&site, "POST", "/api/v1/auth/reset-password", "", body).await.status, 204);
        assert_eq!(ask(&site, "GET", "/api/v1/me", &attacker, Value::Null).await.status, 401);
        assert_eq!(log_in(&site, "ann@example.com", PASSWORD).await.status, 401);
        assert_eq!(sign_in(&site, &provider).await.header("location"), format!("{HOME}/calls"));
    }

    async fn strangers_are_invited_or_begin_their_own_where_that_is_allowed(t: &TestDb) {
        let (provider, site) = provider_and_site(t, false).await;
        provider.person(ann(false));
        let unverified = sign_in(&site, &provider).await;
        assert_eq!(unverified.header("location"), format!("{HOME}/sign-in?error=email_not_verified"));
        provider.person(ann(true));
        let stranger = sign_in(&site, &provider).await;
        assert_eq!(stranger.header("location"), format!("{HOME}/sign-in?error=not_invited"));
        let boss = sign_up(&site, "Acme", "boss@example.com").await;
        let invited = json!({ "email": "ann@example.com", "role": "agent" });
        assert_eq!(ask(&site, "POST", "/api/v1/invitations", &boss, invited).await.status, 201);
        let joined = who(&site, &sign_in(&site, &provider).await).await;
        assert_eq!((&joined["user"]["email"], &joined["user"]["is_email_verified"]), (&json!("ann@example.com"), &json!(true)));
        assert!(joined.to_string().contains("\"agent\""), "{joined}");
        // No password opens an account that has none.
        assert_eq!(log_in(&site, "ann@example.com", PASSWORD).await.status, 401);
    }

    async fn an_address_may_come_beside_the_token(t: &TestDb) {
        let (provider, site) = provider_and_site(t, true).await;
        provider.person(json!({ "sub": "thin" }));
        let done = sign_in(&site, &provider).await;
        assert_eq!(who(&site, &done).await["user"]["email"], "thin@example.com");
    }

    async fn without_a_provider_there_is_no_such_way_in(t: &TestDb) {
        let site = site(t).await;
        assert_eq!(call(&site, "GET", "/api/v1/auth/oidc/start", &[], None).await.code(), "not_found");
        let offered = ask(&site, "GET", "/api/v1/auth/oidc", "", Value::Null).await;
        assert_eq!((offered.status.as_u16(), offered.json()["name"].clone()), (200, Value::Null));
    }
}

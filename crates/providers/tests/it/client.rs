//! What leaves the house, and what becomes of every way in which it can go wrong.

use std::time::Duration;

use axum::http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use switchboard_domain::Timestamp;
use switchboard_providers::{
    OutboundError,
    dialpad::{
        DialpadClient,
        client::{CallQuery, Destination, RingCall, SendMessage, Transfer, TransferState},
        oauth::{self, OAuthApp},
    },
    lenient::WireId,
};

use crate::stand_in::{Manner, StandIn, http};

const MEDIA: &str = "/r/4503599627370496";

fn sent(stand_in: &StandIn) -> Value {
    serde_json::from_slice(&stand_in.last().body).unwrap()
}

#[tokio::test]
async fn a_page_of_the_call_log_keeps_the_bytes_and_the_cursor() {
    let stand_in = StandIn::start().await;
    let page = r#"{"cursor":"next","items":[{"call_id": "1002", "date_ended":"1356998400000"}]}"#;
    stand_in.behave("GET /api/v2/call", Manner::Answer(200, page.into()));
    let query = CallQuery {
        started_after: Some(Timestamp::from_millis(1_788_000_000_000)),
        target: Some(("office".into(), "7".into())),
        ..CallQuery::default()
    };
    let page = stand_in.client().calls(&query).await.unwrap();
    assert_eq!(page.cursor.as_deref(), Some("next"));
    assert_eq!(page.items, [&br#"{"call_id": "1002", "date_ended":"1356998400000"}"#[..]]);
    let asked = stand_in.last();
    assert_eq!(asked.query, "started_after=1788000000000&target_type=office&target_id=7");
    assert_eq!(asked.authorization.as_deref(), Some("Bearer the-key"));
}

#[tokio::test]
async fn not_now_is_waited_out_within_patience_and_no_longer() {
    let stand_in = StandIn::start().await;
    stand_in.behave("GET /api/v2/call", Manner::NotNow(0));
    stand_in.behave("GET /api/v2/webhooks", Manner::NotNow(60));
    stand_in.client().webhooks().await.unwrap_err();
    assert_eq!(stand_in.count(&Method::GET, "/api/v2/webhooks"), 1, "a minute is longer than anybody's patience");
    // The stand-in has no call log, and says so only after its 429.
    let refused = stand_in.client().calls(&CallQuery::default()).await.unwrap_err();
    assert_ne!(refused.status(), Some(429));
    assert_eq!(stand_in.count(&Method::GET, "/api/v2/call"), 2);
}

#[tokio::test]
async fn ids_go_out_as_numbers_and_come_back_from_strings() {
    let stand_in = StandIn::start().await;
    stand_in.behave("POST /api/v2/call", Manner::Answer(200, r#"{"call_id":"6421977457180672"}"#.into()));
    let call = RingCall {
        phone_number: "+14155550123".into(),
        user_id: "5171365938069504".into(),
        custom_data: None,
        device_id: None,
        group_id: None,
        group_type: None,
        outbound_caller_id: None,
        is_consult: None,
    };
    assert_eq!(stand_in.client().ring_call(&call).await.unwrap(), WireId::from("6421977457180672"));
    assert_eq!(sent(&stand_in), json!({ "phone_number": "+14155550123", "user_id": 5_171_365_938_069_504_u64 }));

    stand_in.behave("POST /api/v2/call/9/transfer", Manner::Answer(200, r#"{"call_id":10}"#.into()));
    let to = Destination::Target { target_type: "user".into(), target_id: "5".into() };
    let transfer = Transfer { to, transfer_state: Some(TransferState::Hold), custom_data: None };
    assert_eq!(stand_in.client().transfer("9", &transfer).await.unwrap().0, "10");
    assert_eq!(sent(&stand_in), json!({ "to": { "target_type": "user", "target_id": 5 }, "transfer_state": "hold" }));
}

#[tokio::test]
async fn an_id_cannot_lead_to_another_route() {
    let stand_in = StandIn::start().await;
    assert!(matches!(stand_in.client().hang_up("..").await, Err(OutboundError::BadUrl(_))));
    assert!(matches!(stand_in.client().hang_up("").await, Err(OutboundError::BadUrl(_))));
    let _ = stand_in.client().hang_up("1/../../webhooks").await;
    assert_eq!(stand_in.last().path, "/api/v2/call/1%2F..%2F..%2Fwebhooks/actions/hangup");
}

#[tokio::test]
async fn refusals_carry_the_status_the_words_and_the_wait() {
    let stand_in = StandIn::start().await;
    stand_in.behave("POST /api/v2/sms", Manner::Answer(400, "x".repeat(5_000)));
    let error = stand_in.client().send_message(&SendMessage::default()).await.unwrap_err();
    let OutboundError::Refused { status: 400, excerpt, .. } = &error else { panic!("{error:?}") };
    assert_eq!(excerpt.len(), 300);
    assert!(!error.to_string().contains("xxx") && !error.may_have_taken_effect());
}

#[tokio::test]
async fn silence_after_sending_is_uncertain_and_a_closed_door_is_not() {
    let stand_in = StandIn::start().await;
    stand_in.behave("POST /api/v2/sms", Manner::Hang);
    let error = stand_in.client().send_message(&SendMessage::default()).await.unwrap_err();
    assert!(matches!(error, OutboundError::TimedOut { sent: true }) && error.may_have_taken_effect(), "{error:?}");

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = DialpadClient::new(http(), &format!("http://{closed}"), "key".into(), "c").unwrap();
    let error = client.company().await.unwrap_err();
    assert!(matches!(error, OutboundError::Unreachable(_)) && !error.may_have_taken_effect(), "{error:?}");
}

#[tokio::test]
async fn an_endless_answer_and_a_foreign_one_are_errors() {
    let stand_in = StandIn::start().await;
    stand_in.behave("GET /api/v2/company", Manner::Answer(200, "x".repeat(100_000)));
    assert!(matches!(stand_in.client().company().await, Err(OutboundError::TooLarge { max: 65_536 })));
    stand_in.behave("GET /api/v2/company", Manner::Answer(200, "<html>secret</html>".into()));
    let error = stand_in.client().company().await.unwrap_err();
    assert!(matches!(error, OutboundError::Unreadable(_)) && !error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_not_an_order() {
    let stand_in = StandIn::start().await;
    stand_in.behave("GET /api/v2/company", Manner::Redirect(format!("{}/elsewhere", stand_in.base)));
    assert_eq!(stand_in.client().company().await.unwrap_err().status(), Some(302));
    assert_eq!(stand_in.asked().len(), 1);
}

#[tokio::test]
async fn the_sixth_call_of_a_minute_is_not_even_sent() {
    let stand_in = StandIn::start().await;
    stand_in.behave("GET /api/v2/call/1", Manner::Answer(200, "{}".into()));
    let client = stand_in.client();
    let mut refused = None;
    for _ in 0..6 {
        if let Err(error) = client.get_call("1").await {
            refused = Some(error);
            break;
        }
    }
    let error = refused.expect("ten a minute, five of them at once");
    assert!(matches!(error, OutboundError::RateLimited { limit: "dialpad.call.get", .. }), "{error:?}");
    assert!(error.retry_after().unwrap() > Duration::from_secs(1) && !error.may_have_taken_effect());
    assert_eq!(stand_in.asked().len(), 5);
}

#[tokio::test]
async fn audio_is_streamed_bounded_and_digested() {
    let stand_in = StandIn::start().await;
    stand_in.behave(&format!("GET {MEDIA}"), Manner::Answer(200, "abc".into()));
    let url = format!("{}{MEDIA}", stand_in.base);
    let mut sink = Vec::new();
    let got = stand_in.client().download(&url, 3, &mut sink).await.unwrap();
    assert_eq!((sink.as_slice(), got.bytes), (&b"abc"[..], 3));
    assert_eq!(got.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(stand_in.last().authorization.as_deref(), Some("Bearer the-key"));
    let too_large = stand_in.client().download(&url, 2, &mut Vec::new()).await;
    assert!(matches!(too_large, Err(OutboundError::TooLarge { max: 2 })));
}

#[tokio::test]
async fn the_key_goes_to_nobody_else() {
    let stand_in = StandIn::start().await;
    let other = StandIn::start().await;
    let direct = stand_in.client().download(&format!("{}{MEDIA}", other.base), 9, &mut Vec::new()).await;
    assert!(matches!(direct, Err(OutboundError::WrongOrigin { .. })));
    // Nor by way of a redirect, which may lead to public names only.
    stand_in.behave(&format!("GET {MEDIA}"), Manner::Redirect(format!("{}{MEDIA}", other.base)));
    let redirected = stand_in.client().download(&format!("{}{MEDIA}", stand_in.base), 9, &mut Vec::new()).await;
    assert!(matches!(redirected, Err(OutboundError::BadUrl(_))), "{redirected:?}");
    assert!(other.asked().is_empty());
    // Round in circles ends.
    stand_in.behave(&format!("GET {MEDIA}"), Manner::Redirect(MEDIA.into()));
    let circling = stand_in.client().download(&format!("{}{MEDIA}", stand_in.base), 9, &mut Vec::new()).await;
    assert!(matches!(circling, Err(OutboundError::Unreadable(_))), "{circling:?}");
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page() {
    let stand_in = StandIn::start().await;
    stand_in.behave("GET /api/v2/webhooks", Manner::Answer(200, r#"{"items":[{"id":1}],"cursor":""}"#.into()));
    assert_eq!(stand_in.client().webhooks().await.unwrap().len(), 1);
    stand_in.behave("GET /api/v2/webhooks", Manner::Answer(200, "{}".into()));
    assert!(stand_in.client().webhooks().await.unwrap().is_empty());
}

fn app(stand_in: &StandIn) -> OAuthApp {
    OAuthApp {
        base_url: stand_in.base.clone(),
        client_id: "client".into(),
        client_secret: "client-secret".into(),
        redirect_uri: "https://example.com/auth/dialpad/callback".into(),
        scopes: oauth::DEFAULT_SCOPES.into(),
    }
}

#[tokio::test]
async fn oauth_from_consent_to_goodbye() {
    let stand_in = StandIn::start().await;
    let verifier = oauth::pkce_verifier([1; 32]);
    let url = app(&stand_in).authorize_url("state&1", &verifier).unwrap();
    assert!(url.contains("state=state%261") && url.contains("code_challenge_method=S256"), "{url}");
    assert!(!url.contains(verifier.expose_secret()));

    let tokens = r#"{"access_token":"a","refresh_token":"r","token_type":"bearer","expires_in":"3600"}"#;
    stand_in.behave("POST /oauth2/token", Manner::Answer(200, tokens.into()));
    let set = app(&stand_in).exchange(&http(), "the code", &verifier).await.unwrap();
    assert_eq!((set.access_token.expose_secret(), set.expires_in), ("a", Some(Duration::from_hours(1))));
    let form = String::from_utf8(stand_in.last().body.to_vec()).unwrap();
    assert!(form.contains("grant_type=authorization_code&code=the+code&code_verifier="), "{form}");

    app(&stand_in).refresh(&http(), &set.refresh_token.unwrap()).await.unwrap();
    assert_eq!(
        stand_in.last().body,
        "grant_type=refresh_token&refresh_token=r&client_id=client&client_secret=client-secret"
    );

    stand_in.behave("POST /oauth2/token", Manner::Answer(200, "{}".into()));
    assert!(app(&stand_in).refresh(&http(), &SecretString::from("r")).await.is_err());

    stand_in.behave("POST /oauth2/deauthorize", Manner::Answer(401, String::new()));
    oauth::deauthorize(&http(), &stand_in.base, &SecretString::from("a")).await.unwrap();
    assert_eq!(stand_in.count(&Method::POST, "/oauth2/deauthorize"), 1);
}

//! Whatever is found at Dialpad, one run makes it right, a second one does nothing, and others' things stay.

use axum::http::Method;
use serde_json::{Value, json};
use switchboard_providers::dialpad::{
    client::SubscriptionWish,
    provision::{self, Desired, Step},
};

use crate::stand_in::{Manner, StandIn};

const HOOK: &str = "https://example.com/hooks/abc";

fn desired() -> Desired {
    Desired::company(HOOK, "the-webhook-secret".into())
}

fn webhook(id: &str, hook_url: &str, secret: &str) -> Value {
    json!({ "id": id, "hook_url": hook_url, "signature": { "algo": "HS256", "type": "jwt", "secret": secret } })
}

async fn sentences(stand_in: &StandIn) -> Vec<String> {
    let listed = provision::list(&stand_in.client(), &desired()).await.unwrap();
    provision::drift(&desired(), &listed).iter().map(ToString::to_string).collect()
}

/// One run, then: nothing left to do, and exactly one wide subscription of each kind on our webhook.
async fn assert_made_right(stand_in: &StandIn) {
    provision::ensure(&stand_in.client(), &desired()).await.unwrap();
    assert_eq!(sentences(stand_in).await, Vec::<String>::new());
    let ours: Vec<Value> = stand_in.webhooks().into_iter().filter(|it| it["hook_url"] == HOOK).collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0]["signature"]["secret"], "the-webhook-secret");
    for (kind, member, wide) in [("call", "call_states", json!(["all"])), ("sms", "status", json!(true))] {
        let on_ours: Vec<Value> =
            stand_in.subscriptions(kind).into_iter().filter(|it| it["webhook"]["id"] == ours[0]["id"]).collect();
        assert_eq!(on_ours.len(), 1, "{kind}");
        assert_eq!((&on_ours[0][member], &on_ours[0]["enabled"]), (&wide, &json!(true)), "{kind}");
    }
    let again = provision::ensure(&stand_in.client(), &desired()).await.unwrap();
    assert!(again.done.is_empty(), "{:?}", again.done);
}

#[tokio::test]
async fn from_nothing() {
    let stand_in = StandIn::start().await;
    let drift = sentences(&stand_in).await;
    assert!(drift[0].contains("no webhook at Dialpad"), "{drift:?}");
    assert_eq!(drift.len(), 3);
    assert_made_right(&stand_in).await;
}

#[tokio::test]
async fn what_the_old_guide_left_behind_is_widened_and_others_things_stay() {
    let stand_in = StandIn::start().await;
    let ours = webhook("11", HOOK, "an-old-secret");
    let theirs = webhook("5", "https://other.example/hooks", "theirs");
    stand_in.add_webhook(theirs.clone());
    stand_in.add_webhook(ours.clone());
    let narrow =
        json!({ "id": "21", "call_states": ["ringing", "connected", "hangup"], "enabled": true, "webhook": ours });
    let their_call = json!({ "id": "22", "call_states": ["hangup"], "enabled": false, "webhook": theirs });
    stand_in.add_subscription("call", narrow);
    stand_in.add_subscription("call", their_call.clone());
    stand_in.add_subscription("sms", json!({ "id": "31", "direction": "inbound", "enabled": false, "webhook": ours }));
    stand_in.add_subscription(
        "sms",
        json!({ "id": "32", "direction": "all", "status": true, "enabled": true,
                                             "target_type": "user", "target_id": "9", "webhook": ours }),
    );
    let drift = sentences(&stand_in).await;
    assert!(drift.iter().any(|it| it.starts_with("webhook 11 is unsigned or signs with another secret")), "{drift:?}");
    assert!(drift.iter().any(|it| it.starts_with("sms subscription 32 is one too many")), "{drift:?}");
    assert_made_right(&stand_in).await;
    assert!(stand_in.webhooks().contains(&theirs) && stand_in.subscriptions("call").contains(&their_call));
}

#[tokio::test]
async fn duplicates_of_ours_go_and_the_one_with_our_secret_stays() {
    let stand_in = StandIn::start().await;
    let (first, second) = (webhook("11", HOOK, "other"), webhook("12", HOOK, "the-webhook-secret"));
    stand_in.add_webhook(first.clone());
    stand_in.add_webhook(second.clone());
    stand_in.add_subscription("call", json!({ "id": "21", "call_states": ["all"], "enabled": true, "webhook": first }));
    assert_made_right(&stand_in).await;
    assert_eq!(stand_in.webhooks()[0]["id"], "12");
}

#[tokio::test]
async fn an_uncertain_creation_is_looked_up_and_not_repeated() {
    let stand_in = StandIn::start().await;
    stand_in.behave("POST /api/v2/webhooks", Manner::DoAndHang);
    stand_in.behave("POST /api/v2/subscriptions/call", Manner::DoAndHang);
    assert_made_right(&stand_in).await;
    assert_eq!(stand_in.count(&Method::POST, "/api/v2/webhooks"), 1);
    assert_eq!(stand_in.count(&Method::POST, "/api/v2/subscriptions/call"), 1);
}

#[tokio::test]
async fn an_uncertain_creation_that_did_not_happen_is_an_error() {
    let stand_in = StandIn::start().await;
    stand_in.behave("POST /api/v2/webhooks", Manner::Hang);
    let error = provision::ensure(&stand_in.client(), &desired()).await.unwrap_err();
    assert!(error.may_have_taken_effect());
    assert_eq!(stand_in.count(&Method::POST, "/api/v2/webhooks"), 1);
}

#[tokio::test]
async fn without_an_admins_key_calls_and_texts_still_come() {
    let stand_in = StandIn::start().await;
    for kind in ["agent_status", "contact"] {
        for method in ["GET", "POST"] {
            stand_in.behave(&format!("{method} /api/v2/subscriptions/{kind}"), Manner::Answer(403, "{}".into()));
        }
    }
    let wanted = Desired { with_admin_events: true, ..desired() };
    let applied = provision::ensure(&stand_in.client(), &wanted).await.unwrap();
    assert_eq!(applied.refused.len(), 3);
    assert!(applied.done.contains(&Step::CreateSubscription { wish: SubscriptionWish::Calls }));
    assert_eq!(stand_in.subscriptions("sms").len(), 1);
}

#[tokio::test]
async fn removal_takes_ours_and_nothing_else() {
    let stand_in = StandIn::start().await;
    stand_in.add_webhook(webhook("5", "https://other.example/hooks", "theirs"));
    provision::ensure(&stand_in.client(), &desired()).await.unwrap();
    assert_eq!(provision::remove(&stand_in.client(), HOOK).await.unwrap(), 1);
    assert_eq!((stand_in.webhooks().len(), stand_in.subscriptions("call").len()), (1, 0));
    assert_eq!(provision::remove(&stand_in.client(), HOOK).await.unwrap(), 0);
}

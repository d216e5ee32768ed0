//! People and calls in the guide's shapes.

use std::collections::HashMap;

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use switchboard_app::accounts::SignedIn;
use switchboard_domain::{
    call::{Call, CallOutcome},
    ids::CallId,
    insight::Sentiment,
    transcript::LineKind,
};
use switchboard_store::{
    insights::Felt,
    people::{memberships::Membership, users::User},
    record::Kept,
    transcripts::KeptTranscript,
};

/// The answer to signing up and in: `token` is for another guide's client, which reads that name.
pub(super) fn signed_in(signed_in: &SignedIn) -> Value {
    let access = signed_in.tokens.access_token.expose_secret();
    let mut shape = json!({
        "access_token": access,
        "refresh_token": signed_in.tokens.refresh_token.as_ref().map(|token| token.expose_secret().to_owned()),
        "token": access,
        "token_type": "Bearer",
        "expires_in": signed_in.tokens.expires_in.as_secs(),
        "user": user(&signed_in.user, signed_in.membership.as_ref()),
    });
    // The guide lets people set these "during signup"; here they are made, and shown with it once.
    if let (Some(webhook), Some(shape)) = (&signed_in.webhook, shape.as_object_mut()) {
        let told =
            json!({ "url": webhook.url, "username": webhook.username, "password": webhook.password.expose_secret() });
        shape.insert("webhook".to_owned(), told);
    }
    shape
}

pub(super) fn user(user: &User, membership: Option<&Membership>) -> Value {
    json!({
        "id": user.id.uuid(),
        "email": user.email,
        "full_name": user.full_name,
        "role": role(user, membership),
        "tenant": membership.map(tenant),
    })
}

/// One of the guide's two words. Who runs the installation is an admin in any case.
fn role(user: &User, membership: Option<&Membership>) -> &'static str {
    if user.is_platform_admin { "admin" } else { membership.map_or("user", |membership| membership.role.guide_word()) }
}

fn tenant(membership: &Membership) -> Value {
    json!({
        "id": membership.tenant().uuid(),
        "company_name": membership.tenant_name,
        "subdomain": membership.subdomain,
        "plan": membership.plan,
    })
}

/// A page of calls; `transcripts` are those of all of them, and `felt` how they felt.
pub(super) fn calls(calls: &[Kept<Call>], transcripts: &[KeptTranscript], felt: &[Felt]) -> Value {
    let mut texts: HashMap<CallId, Vec<String>> = HashMap::new();
    for kept in transcripts {
        texts.entry(kept.record.call_id).or_default().extend(lines(kept));
    }
    let felt: HashMap<CallId, &Felt> = felt.iter().map(|felt| (felt.call_id, felt)).collect();
    let shape = |kept: &Kept<Call>| {
        let id = kept.record.id;
        call(&kept.record, texts.get(&id), felt.get(&id).copied())
    };
    calls.iter().map(shape).collect::<Vec<_>>().into()
}

fn lines(kept: &KeptTranscript) -> impl Iterator<Item = String> {
    let speech = kept.record.lines.iter().filter(|line| line.kind == LineKind::Speech);
    speech.map(|line| match &line.speaker {
        Some(speaker) => format!("{speaker}: {}", line.content),
        None => line.content.clone(),
    })
}

/// A call under the names of a call detail record.
fn call(call: &Call, transcription: Option<&Vec<String>>, felt: Option<&Felt>) -> Value {
    let duration = match (call.started_at, call.ended_at) {
        (Some(started), Some(ended)) => Some(ended.since(started).as_secs()),
        _ => None,
    };
    let mut shape = Map::new();
    let mut put = |name: &str, value: Value| shape.insert(name.to_owned(), value);
    put("id", json!(call.id.uuid()));
    put("uniqueid", json!(call.external_id));
    put("src", json!(call.from_number));
    put("dst", json!(call.to_number));
    put("caller_name", json!(call.contact_name));
    put("start_time", json!(call.started_at.unwrap_or(call.occurred_at)));
    put("duration", json!(duration));
    put("billsec", json!(call.duration_seconds));
    put("disposition", json!(call.outcome.map(disposition)));
    put("transcription", json!(transcription.filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n"))));
    // Null is the guide's own word for "not analysed"; a call in a language that is not judged is not.
    let felt = felt.filter(|felt| felt.sentiment != Sentiment::Unknown);
    put("sentiment", json!(felt.map(|felt| felt.sentiment)));
    put("sentiment_score", json!(felt.and_then(|felt| felt.customer_sentiment).map(fraction)));
    Value::Object(shape)
}

/// The words that telephone systems use.
const fn disposition(outcome: CallOutcome) -> &'static str {
    match outcome {
        CallOutcome::Answered => "ANSWERED",
        CallOutcome::Rejected | CallOutcome::Busy => "BUSY",
        CallOutcome::Failed => "FAILED",
        CallOutcome::Congestion => "CONGESTION",
        CallOutcome::Missed | CallOutcome::Abandoned | CallOutcome::Voicemail | CallOutcome::NoAnswer => "NO ANSWER",
    }
}

/// -1.0 to 1.0.
#[expect(clippy::cast_precision_loss, reason = "a score has at most three digits")]
fn fraction(score: i64) -> f64 {
    score as f64 / 100.0
}

//! What must exist at Dialpad for events to come, and how it gets there.
//!
//! The state there is compared with the state that we want ([`plan`], pure), and the difference is carried out
//! ([`apply`]). Creating, repairing and checking are then one thing: creating is repairing nothing, and checking
//! ([`drift`]) is planning without doing. A script of "create webhook, create subscriptions" would leave a second
//! webhook behind each time it is run, and every event would come twice.
//!
//! A webhook is ours if it has exactly our address. Nobody else's is ever touched. New things are made before old ones
//! are taken away, so that no event falls between.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::client::{ContactType, DialpadClient, Subscription, SubscriptionKind, SubscriptionWish, Webhook};
use crate::{lenient::WireId, outbound::OutboundError};

/// What we want.
#[derive(Debug, Clone)]
pub struct Desired {
    pub hook_url: String,
    pub secret: SecretString,
    /// Type (`user`, `office`, `callcenter`, …) and id that the key is confined to; none for the whole company.
    pub target: Option<(String, WireId)>,
    /// Agent status and contacts as well. They need a company admin's key; where it is refused, the rest stands.
    pub with_admin_events: bool,
}

impl Desired {
    /// Calls and texts of the whole company.
    pub fn company(hook_url: impl Into<String>, secret: SecretString) -> Self {
        Self { hook_url: hook_url.into(), secret, target: None, with_admin_events: false }
    }

    fn wishes(&self) -> Vec<SubscriptionWish> {
        let mut wishes = vec![SubscriptionWish::Calls, SubscriptionWish::Messages];
        if self.with_admin_events {
            wishes.push(SubscriptionWish::AgentStatus);
            wishes.extend([ContactType::Local, ContactType::Shared].map(SubscriptionWish::Contacts));
        }
        wishes
    }
}

/// What Dialpad has.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    pub webhooks: Vec<Webhook>,
    pub subscriptions: Vec<(SubscriptionKind, Subscription)>,
}

/// Something to do. The order of a plan's steps is the order to do them in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    CreateWebhook,
    /// It lacks our secret, or has another.
    SetSecret {
        webhook: WireId,
    },
    CreateSubscription {
        wish: SubscriptionWish,
    },
    /// It is disabled, or narrower than what we want.
    Widen {
        wish: SubscriptionWish,
        subscription: WireId,
    },
    /// It would send the same events a second time.
    DeleteSubscription {
        kind: SubscriptionKind,
        subscription: WireId,
    },
    DeleteWebhook {
        webhook: WireId,
    },
}

/// How to get from what is to what should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The webhook that stays; none if it has yet to be created.
    pub webhook: Option<WireId>,
    pub steps: Vec<Step>,
}

/// A difference, for a person. Shown as one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub step: Step,
    what: &'static str,
    subject: String,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.subject, self.what)
    }
}

/// What was done.
#[derive(Debug)]
pub struct Applied {
    pub webhook: WireId,
    pub done: Vec<Step>,
    /// Steps that a company admin's key would be needed for, and what Dialpad said.
    pub refused: Vec<(Step, OutboundError)>,
}

/// Compares. Pure, and empty when all is well.
pub fn plan(desired: &Desired, listed: &Listed) -> Plan {
    let mut ours: Vec<&Webhook> =
        listed.webhooks.iter().filter(|webhook| webhook.hook_url.as_deref() == Some(&desired.hook_url)).collect();
    // The one with the right secret stays, else the oldest: the choice must not change from run to run.
    ours.sort_by_key(|webhook| (has_other_secret(webhook, &desired.secret), webhook.id.0.len(), webhook.id.0.clone()));
    let kept = ours.first().copied();

    let mut steps = Vec::new();
    match kept {
        None => steps.push(Step::CreateWebhook),
        Some(webhook) if has_other_secret(webhook, &desired.secret) => {
            steps.push(Step::SetSecret { webhook: webhook.id.clone() });
        }
        Some(_) => {}
    }
    let mut deletions = Vec::new();
    for wish in desired.wishes() {
        let (step, surplus) = plan_subscription(desired, listed, wish, &ours, kept);
        steps.extend(step);
        deletions.extend(surplus);
    }
    steps.extend(deletions);
    steps.extend(ours.iter().skip(1).map(|webhook| Step::DeleteWebhook { webhook: webhook.id.clone() }));
    Plan { webhook: kept.map(|webhook| webhook.id.clone()), steps }
}

/// Unsigned counts as another secret. A signature whose secret is not shown cannot be compared and is believed.
fn has_other_secret(webhook: &Webhook, secret: &SecretString) -> bool {
    let Some(signature) = &webhook.signature else { return true };
    signature.secret.as_ref().is_some_and(|held| held.expose_secret() != secret.expose_secret())
}

fn plan_subscription(
    desired: &Desired,
    listed: &Listed,
    wish: SubscriptionWish,
    ours: &[&Webhook],
    kept: Option<&Webhook>,
) -> (Option<Step>, Vec<Step>) {
    let endpoint = |subscription: &Subscription| subscription.webhook.as_ref().map(|webhook| webhook.id.clone());
    let mut candidates: Vec<&Subscription> = listed
        .subscriptions
        .iter()
        .filter(|(kind, subscription)| *kind == wish.kind() && is_same_contact_type(wish, subscription))
        .map(|(_, subscription)| subscription)
        .filter(|subscription| endpoint(subscription).is_some_and(|id| ours.iter().any(|webhook| webhook.id == id)))
        .collect();
    let is_elsewhere = |subscription: &Subscription| endpoint(subscription).as_ref() != kept.map(|webhook| &webhook.id);
    candidates.sort_by_key(|it| {
        (!has_target(it, desired, wish), is_elsewhere(it), !is_wide(wish, it), it.id.0.len(), it.id.0.clone())
    });

    let mut surplus: Vec<Step> = Vec::new();
    let mut delete = |subscription: &Subscription| {
        surplus.push(Step::DeleteSubscription { kind: wish.kind(), subscription: subscription.id.clone() });
    };
    // One that is confined to another target cannot be widened to ours; it goes, since ours covers it.
    let best = candidates.first().copied().filter(|best| has_target(best, desired, wish));
    candidates.iter().skip(usize::from(best.is_some())).for_each(|other| delete(other));
    let step = match best {
        None => Some(Step::CreateSubscription { wish }),
        Some(best) if !is_wide(wish, best) || is_elsewhere(best) => {
            Some(Step::Widen { wish, subscription: best.id.clone() })
        }
        Some(_) => None,
    };
    (step, surplus)
}

fn is_same_contact_type(wish: SubscriptionWish, subscription: &Subscription) -> bool {
    match wish {
        SubscriptionWish::Contacts(wanted) => subscription.contact_type == Some(wanted),
        _ => true,
    }
}

/// Agent status and contacts are the company's always; only calls and texts can be narrowed to a target.
fn has_target(subscription: &Subscription, desired: &Desired, wish: SubscriptionWish) -> bool {
    if !can_be_narrowed(wish) {
        return true;
    }
    let held = subscription.target_type.as_deref().zip(subscription.target_id.as_ref());
    held == desired.target.as_ref().map(|(kind, id)| (kind.as_str(), id))
}

fn can_be_narrowed(wish: SubscriptionWish) -> bool {
    matches!(wish, SubscriptionWish::Calls | SubscriptionWish::Messages)
}

/// It is enabled and sends everything of its kind.
fn is_wide(wish: SubscriptionWish, subscription: &Subscription) -> bool {
    let is_enabled = subscription.enabled != Some(false);
    is_enabled
        && match wish {
            SubscriptionWish::Calls => {
                let states = subscription.call_states.as_deref().unwrap_or_default();
                let has = |name: &str| states.iter().any(|state| state == name);
                let has_all = has("all") || super::states::STATES.iter().all(|it| it.name == "all" || has(it.name));
                has_all && subscription.group_calls_only != Some(true)
            }
            SubscriptionWish::Messages => {
                subscription.direction.as_deref() == Some("all") && subscription.status == Some(true)
            }
            SubscriptionWish::AgentStatus | SubscriptionWish::Contacts(_) => true,
        }
}

/// What is wrong at Dialpad, in sentences; empty when all is well.
pub fn drift(desired: &Desired, listed: &Listed) -> Vec<Drift> {
    plan(desired, listed).steps.into_iter().map(describe).collect()
}

fn describe(step: Step) -> Drift {
    let (subject, what) = match &step {
        Step::CreateWebhook => (String::new(), "no webhook at Dialpad has this connection's address; no events arrive"),
        Step::SetSecret { webhook } => {
            (format!("webhook {webhook}"), " is unsigned or signs with another secret; its events are refused here")
        }
        Step::CreateSubscription { wish } => (
            format!("there is no {} subscription", wish.kind().as_str()),
            " for the webhook; such events do not arrive",
        ),
        Step::Widen { wish, subscription } => (
            format!("{} subscription {subscription}", wish.kind().as_str()),
            " is disabled, sends elsewhere, or covers less than everything; some events do not arrive",
        ),
        Step::DeleteSubscription { kind, subscription } => {
            (format!("{} subscription {subscription}", kind.as_str()), " is one too many; its events arrive twice")
        }
        Step::DeleteWebhook { webhook } => (format!("webhook {webhook}"), " has the same address as another of ours"),
    };
    Drift { step, what, subject }
}

/// Asks Dialpad what it has. Kinds that the key may not list are left out if they are not wanted anyway.
pub async fn list(client: &DialpadClient, desired: &Desired) -> Result<Listed, OutboundError> {
    let webhooks = client.webhooks().await?;
    let mut subscriptions = Vec::new();
    for kind in SubscriptionKind::ALL {
        let needs_admin = matches!(kind, SubscriptionKind::AgentStatus | SubscriptionKind::Contact);
        if needs_admin && !desired.with_admin_events {
            continue;
        }
        match client.subscriptions(kind).await {
            Ok(found) => subscriptions.extend(found.into_iter().map(|subscription| (kind, subscription))),
            Err(error) if needs_admin && lacks_right(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Listed { webhooks, subscriptions })
}

fn lacks_right(error: &OutboundError) -> bool {
    matches!(error.status(), Some(401 | 403))
}

/// Lists, plans and applies: what setup, repair and a fresh connection all do.
pub async fn ensure(client: &DialpadClient, desired: &Desired) -> Result<Applied, OutboundError> {
    let listed = list(client, desired).await?;
    apply(&plan(desired, &listed), desired, client).await
}

/// Carries a plan out. Stops at the first failure; what was done stays done, and the next run goes on from there.
pub async fn apply(plan: &Plan, desired: &Desired, client: &DialpadClient) -> Result<Applied, OutboundError> {
    let webhook = match &plan.webhook {
        Some(webhook) => webhook.clone(),
        None => create_webhook(client, desired).await?,
    };
    let mut applied = Applied { webhook, done: Vec::new(), refused: Vec::new() };
    for step in &plan.steps {
        match perform(step, &applied.webhook, desired, client).await {
            Ok(()) => applied.done.push(step.clone()),
            Err(error) if is_optional(step) && lacks_right(&error) => applied.refused.push((step.clone(), error)),
            Err(error) => return Err(error),
        }
    }
    Ok(applied)
}

fn is_optional(step: &Step) -> bool {
    let is_extra =
        |wish: &SubscriptionWish| matches!(wish, SubscriptionWish::AgentStatus | SubscriptionWish::Contacts(_));
    matches!(step, Step::CreateSubscription { wish } | Step::Widen { wish, .. } if is_extra(wish))
}

async fn perform(
    step: &Step,
    webhook: &WireId,
    desired: &Desired,
    client: &DialpadClient,
) -> Result<(), OutboundError> {
    match step {
        // Done by now: the other steps need its id.
        Step::CreateWebhook => Ok(()),
        Step::SetSecret { webhook } => {
            client.update_webhook(webhook.as_str(), &desired.hook_url, &desired.secret).await.map(drop)
        }
        Step::CreateSubscription { wish } => create_subscription(client, desired, *wish, webhook).await,
        Step::Widen { wish, subscription } => {
            client.update_subscription(*wish, subscription.as_str(), webhook).await.map(drop)
        }
        Step::DeleteSubscription { kind, subscription } => {
            client.delete_subscription(*kind, subscription.as_str()).await
        }
        Step::DeleteWebhook { webhook } => client.delete_webhook(webhook.as_str()).await,
    }
}

/// Creates the webhook, and after an uncertain end looks whether it exists before anything else: a second one would
/// send every event twice.
async fn create_webhook(client: &DialpadClient, desired: &Desired) -> Result<WireId, OutboundError> {
    let error = match client.create_webhook(&desired.hook_url, &desired.secret).await {
        Ok(webhook) => return Ok(webhook.id),
        Err(error) => error,
    };
    if !error.may_have_taken_effect() {
        return Err(error);
    }
    let webhooks = client.webhooks().await?;
    let found = webhooks.into_iter().find(|webhook| webhook.hook_url.as_deref() == Some(&desired.hook_url));
    found.map(|webhook| webhook.id).ok_or(error)
}

async fn create_subscription(
    client: &DialpadClient,
    desired: &Desired,
    wish: SubscriptionWish,
    webhook: &WireId,
) -> Result<(), OutboundError> {
    let target = desired.target.as_ref().map(|(kind, id)| (kind.as_str(), id));
    let target = target.filter(|_| can_be_narrowed(wish));
    let Err(error) = client.create_subscription(wish, webhook, target).await else { return Ok(()) };
    if !error.may_have_taken_effect() {
        return Err(error);
    }
    let exists = client.subscriptions(wish.kind()).await?.iter().any(|subscription| {
        subscription.webhook.as_ref().is_some_and(|held| held.id == *webhook)
            && is_same_contact_type(wish, subscription)
    });
    if exists { Ok(()) } else { Err(error) }
}

/// Takes away what is ours: subscriptions first, then webhooks of exactly this address. Returns how many webhooks.
pub async fn remove(client: &DialpadClient, hook_url: &str) -> Result<usize, OutboundError> {
    let webhooks = client.webhooks().await?;
    let ours: Vec<&WireId> =
        webhooks.iter().filter(|it| it.hook_url.as_deref() == Some(hook_url)).map(|webhook| &webhook.id).collect();
    if ours.is_empty() {
        return Ok(0);
    }
    for kind in SubscriptionKind::ALL {
        let listed = match client.subscriptions(kind).await {
            Ok(listed) => listed,
            Err(error) if lacks_right(&error) => continue,
            Err(error) => return Err(error),
        };
        for subscription in listed {
            if subscription.webhook.is_some_and(|webhook| ours.contains(&&webhook.id)) {
                client.delete_subscription(kind, subscription.id.as_str()).await?;
            }
        }
    }
    for webhook in &ours {
        client.delete_webhook(webhook.as_str()).await?;
    }
    Ok(ours.len())
}

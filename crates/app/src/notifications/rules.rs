//! Making, changing, removing and trying rules.

use std::time::Duration;

use switchboard_domain::{
    audit::Action,
    ids::{CallId, ConnectionId, NotificationRuleId, UserId, VoicemailId},
    mail::Language,
    notification::{Audience, Condition, EmailWay, Finding, SlackWay, Ways},
    tenant::checked_name,
};
use switchboard_providers::slack;
use switchboard_store::{
    StoreError, TenantScope, connections,
    notifications::{
        rules::{self, Rule},
        watches,
    },
    people::members,
};
use uuid::Uuid;

use super::{feed::Listed, tell};
use crate::{
    App,
    accounts::FieldFault,
    audit::{self, Entry, Origin},
};

/// Rules of one tenant.
pub const MAX_RULES: i64 = 50;
/// People that a rule may name.
const MAX_CHOSEN: usize = 50;
/// The longest quiet period: a fortnight.
const MAX_QUIET: i64 = 14 * 24 * 60;
/// What a new rule has unless said.
const QUIET: i64 = 60;

/// What somebody wants of a rule; what is left out stays, or is as a new rule is.
#[derive(Debug, Clone, Default)]
pub struct RuleWish {
    /// `Some(None)` takes the name away.
    pub name: Option<Option<String>>,
    pub condition: Option<Condition>,
    pub is_on: Option<bool>,
    pub only_in_hours: Option<bool>,
    pub in_app: Option<bool>,
    pub email: Option<Option<EmailWay>>,
    pub slack: Option<Option<SlackWay>>,
    pub language: Option<Language>,
    pub quiet_minutes: Option<i64>,
}

/// A rule, and whether an incident goes on.
#[derive(Debug, Clone)]
pub struct Shown {
    pub rule: Rule,
    pub open_incidents: usize,
}

/// A tenant's rules.
pub type Rules = Vec<Shown>;

/// An operation on a rule failed.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error("there is no such rule")]
    NotFound,
    #[error("a workspace has at most {MAX_RULES} rules; remove one, or switch one that you have")]
    TooMany,
    #[error("{}", crate::accounts::fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error("the rules could not be read or written")]
    Store(#[from] StoreError),
}

/// A tenant's rules, oldest first.
pub async fn list(app: &App, scope: TenantScope) -> Result<Rules, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let found = rules::list(conn, scope, MAX_RULES).await?;
    let watches = watches::list(conn, scope).await?;
    let shown = |rule: Rule| {
        let open = watches.iter().filter(|watch| watch.rule_id == rule.id && watch.is_open).count();
        Shown { rule, open_incidents: open }
    };
    Ok(found.into_iter().map(shown).collect())
}

/// One rule.
pub async fn find(app: &App, scope: TenantScope, id: NotificationRuleId) -> Result<Shown, RulesError> {
    list(app, scope).await?.into_iter().find(|shown| shown.rule.id == id).ok_or(RulesError::NotFound)
}

/// Makes a rule. It must say its condition.
pub async fn create(app: &App, scope: TenantScope, wish: RuleWish, by: &Origin) -> Result<Shown, RulesError> {
    let now = app.now();
    let Some(condition) = wish.condition.clone() else {
        return Err(RulesError::Invalid(vec![FieldFault::new(
            "condition",
            "required",
            "a rule must say when it fires",
        )]));
    };
    let blank = Rule {
        id: app.id(),
        name: None,
        condition,
        is_on: true,
        only_in_hours: false,
        ways: Ways::in_app_only(),
        language: Language::English,
        quiet_minutes: QUIET,
        last_fired_at: None,
        created_at: now,
        updated_at: now,
    };
    let rule = applied(app, scope, blank, wish).await?;
    let mut tx = app.db.begin(scope).await?;
    let held = rules::list(&mut tx.conn(), scope, MAX_RULES).await?.len();
    if i64::try_from(held).unwrap_or(i64::MAX) >= MAX_RULES {
        return Err(RulesError::TooMany);
    }
    rules::insert(&mut tx.conn(), scope, &rule).await?;
    audit::record(&mut tx, app, entry(by, Action::NotificationRuleCreated, &rule)).await?;
    tx.commit(now).await?;
    Ok(Shown { rule, open_incidents: 0 })
}

/// Changes a rule. One with another condition, or that was off, begins anew.
pub async fn update(
    app: &App,
    scope: TenantScope,
    id: NotificationRuleId,
    wish: RuleWish,
    by: &Origin,
) -> Result<Shown, RulesError> {
    let held = find(app, scope, id).await?.rule;
    // Before the transaction: people are out of a tenant's sight.
    let wanted = applied(app, scope, held, wish).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = rules::lock(&mut tx.conn(), scope, id).await?.ok_or(RulesError::NotFound)?;
    let rule = Rule { updated_at: now, last_fired_at: before.last_fired_at, ..wanted };
    rules::update(&mut tx.conn(), scope, &rule).await?;
    if before.condition != rule.condition || before.is_on != rule.is_on {
        watches::forget(&mut tx.conn(), scope, id).await?;
    }
    audit::record(&mut tx, app, entry(by, Action::NotificationRuleUpdated, &rule)).await?;
    tx.commit(now).await?;
    find(app, scope, id).await
}

/// Removes a rule. What it told stays in the feed.
pub async fn remove(app: &App, scope: TenantScope, id: NotificationRuleId, by: &Origin) -> Result<(), RulesError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let rule = rules::lock(&mut tx.conn(), scope, id).await?.ok_or(RulesError::NotFound)?;
    rules::remove(&mut tx.conn(), scope, id).await?;
    watches::forget(&mut tx.conn(), scope, id).await?;
    audit::record(&mut tx, app, entry(by, Action::NotificationRuleDeleted, &rule)).await?;
    tx.commit(now).await?;
    Ok(())
}

/// Tells a made-up incident in all ways of a rule, marked as a test, whether the rule is on or not.
pub async fn test(app: &App, scope: TenantScope, id: NotificationRuleId, by: &Origin) -> Result<Listed, RulesError> {
    let rule = find(app, scope, id).await?.rule;
    let finding = sample(app, scope, &rule.condition).await?;
    let people = tell::recipients(app, scope, &rule).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let telling = tell::Telling { rule: &rule, finding, is_test: true, once_key: None };
    let told = tell::tell(app, &mut tx, telling, &people).await?;
    audit::record(&mut tx, app, entry(by, Action::NotificationRuleTested, &rule)).await?;
    let has_changes = tx.commit(now).await?.is_some();
    tell::announce(app, scope, has_changes);
    let Some(told) = told else { return Err(RulesError::NotFound) };
    super::feed::lookup(app, scope, told, super::feed::reader_of(&by.actor)).await?.ok_or(RulesError::NotFound)
}

/// What the rule would say at its line. Of a connection that the tenant has, if it has one.
async fn sample(app: &App, scope: TenantScope, condition: &Condition) -> Result<Finding, StoreError> {
    let now = app.now();
    let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
    let mut reader = app.db.read(scope).await?;
    let held = connections::list(&mut reader.conn(), scope, None, 1).await?.pop();
    let (connection_id, connection_name) = match held {
        Some(connection) => (connection.id, connection.name),
        None => (ConnectionId::from_uuid(Uuid::nil()), "Example".to_owned()),
    };
    Ok(match *condition {
        Condition::MissedCallSpike { calls, within_minutes } => {
            Finding::MissedCallSpike { calls: i64::from(calls), within_minutes }
        }
        Condition::LowAnswerRate { below_percent, within_minutes, least_calls } => Finding::LowAnswerRate {
            percent: i64::from(below_percent) - 1,
            calls: i64::from(least_calls),
            within_minutes,
        },
        Condition::ConnectionSilent { minutes: line } => {
            let silent = line.unwrap_or(4 * 60);
            let silent_minutes = i64::from(silent);
            Finding::ConnectionSilent {
                connection_id,
                connection_name,
                silent_minutes,
                last_event_at: now - minutes(silent),
            }
        }
        Condition::CredentialExpiring { days } => Finding::CredentialExpiring {
            connection_id,
            connection_name,
            expires_at: Some(now + minutes(days * 24 * 60)),
        },
        Condition::VoicemailReceived {} => Finding::VoicemailReceived {
            voicemail_id: VoicemailId::from_uuid(Uuid::nil()),
            call_id: CallId::from_uuid(Uuid::nil()),
            duration_seconds: Some(12),
        },
        Condition::KeywordHeard { .. } => Finding::KeywordHeard {
            call_id: CallId::from_uuid(Uuid::nil()),
            phrases: vec!["refund".to_owned()],
            hits: 1,
        },
        Condition::NegativeSentiment { strength } => {
            Finding::NegativeSentiment { call_id: CallId::from_uuid(Uuid::nil()), score: -i64::from(strength) }
        }
    })
}

fn entry<'a>(by: &'a Origin, action: Action, rule: &Rule) -> Entry<'a> {
    let entry = Entry::new(by, action).on("notification_rule", rule.id).with("kind", rule.condition.kind().as_str());
    entry.with("is_on", rule.is_on).with("email", rule.ways.email.is_some()).with("slack", rule.ways.slack.is_some())
}

/// The rule with what is wanted, or all that is wrong with that.
async fn applied(app: &App, scope: TenantScope, mut rule: Rule, wish: RuleWish) -> Result<Rule, RulesError> {
    let mut faults = Vec::new();
    if let Some(name) = wish.name {
        rule.name = name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        if let Some(error) = rule.name.as_deref().and_then(|name| checked_name(name).err()) {
            faults.push(FieldFault::new("name", "invalid", error.to_string()));
        }
    }
    rule.condition = wish.condition.unwrap_or(rule.condition);
    for number in rule.condition.numbers() {
        if !(number.least..=number.most).contains(&number.value) {
            let why = format!("{}: a number from {} to {}", number.name, number.least, number.most);
            faults.push(FieldFault::new("condition", "out_of_bounds", why));
        }
    }
    rule.is_on = wish.is_on.unwrap_or(rule.is_on);
    rule.only_in_hours = wish.only_in_hours.unwrap_or(rule.only_in_hours);
    rule.language = wish.language.unwrap_or(rule.language);
    rule.quiet_minutes = wish.quiet_minutes.unwrap_or(rule.quiet_minutes);
    if !(0..=MAX_QUIET).contains(&rule.quiet_minutes) {
        let why = format!("a number from 0 to {MAX_QUIET}");
        faults.push(FieldFault::new("quiet_minutes", "out_of_bounds", why));
    }
    rule.ways.in_app = wish.in_app.unwrap_or(rule.ways.in_app);
    if let Some(email) = wish.email {
        rule.ways.email = email;
        faults.extend(match &mut rule.ways.email {
            Some(email) => check_email(app, scope, email).await?,
            None => None,
        });
    }
    if let Some(slack) = wish.slack {
        rule.ways.slack = slack;
        faults.extend(match &rule.ways.slack {
            Some(slack) => check_slack(app, scope, slack).await?,
            None => None,
        });
    }
    if rule.ways.is_none() {
        faults.push(FieldFault::new("ways", "required", "it would tell nobody; choose a way, or switch the rule off"));
    }
    if faults.is_empty() { Ok(rule) } else { Err(RulesError::Invalid(faults)) }
}

async fn check_email(app: &App, scope: TenantScope, email: &mut EmailWay) -> Result<Option<FieldFault>, StoreError> {
    let fault = |why: &str| Some(FieldFault::new("email.user_ids", "invalid", why));
    if email.to != Audience::Chosen {
        email.user_ids.clear();
        return Ok(None);
    }
    email.user_ids.sort_unstable();
    email.user_ids.dedup();
    if email.user_ids.is_empty() || email.user_ids.len() > MAX_CHOSEN {
        return Ok(fault("name one to fifty people"));
    }
    for user in &email.user_ids {
        if !is_member(app, scope, *user).await? {
            return Ok(fault("one of them does not work here (any more)"));
        }
    }
    Ok(None)
}

async fn is_member(app: &App, scope: TenantScope, user: UserId) -> Result<bool, StoreError> {
    Ok(members::find(&app.db, scope, user).await?.is_some())
}

async fn check_slack(app: &App, scope: TenantScope, way: &SlackWay) -> Result<Option<FieldFault>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let found = connections::find(&mut reader.conn(), scope, way.connection_id).await?;
    let is_slack = found.is_some_and(|connection| connection.provider == slack::SLUG);
    let why = "there is no such connection to Slack; make one under Connections";
    Ok((!is_slack).then(|| FieldFault::new("slack.connection_id", "unknown", why)))
}

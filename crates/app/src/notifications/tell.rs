//! Telling: the notification, and one job for each person and channel that it goes to, in one transaction with what noted
//! that they are told.

use switchboard_domain::{
    change::{NewChange, RecordKind, Verb},
    ids::{MailId, NotificationId, NotificationSendId, UserId},
    notification::{Audience, Finding, SendWay},
    role::Role,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    notifications::{
        feed::{self, Notification},
        rules::Rule,
        sends::{self, Send},
    },
    people::members::{self, Member},
    work,
};

use super::email;
use crate::{
    App,
    jobs::{self, SendSlack},
    wake::Signal,
};

/// Members that are looked at for an audience.
const MOST_MEMBERS: i64 = 500;
/// Mails of one notification.
const MOST_MAILS: usize = 50;

/// Something to be told.
pub struct Telling<'a> {
    pub rule: &'a Rule,
    pub finding: Finding,
    pub is_test: bool,
    /// What must not be told of twice by the same rule.
    pub once_key: Option<String>,
}

/// The addresses that a rule writes to. Before the transaction: people are out of a tenant's sight.
pub async fn recipients(app: &App, scope: TenantScope, rule: &Rule) -> Result<Vec<String>, StoreError> {
    let Some(way) = &rule.ways.email else { return Ok(Vec::new()) };
    let wanted = |member: &Member| {
        member.is_active
            && match way.to {
                Audience::Everybody => true,
                Audience::Owners => member.role == Role::Owner,
                Audience::Admins => matches!(member.role, Role::Owner | Role::Admin),
                Audience::Chosen => way.user_ids.contains(&member.user_id),
            }
    };
    let people = members::list(&app.db, scope, None::<UserId>, MOST_MEMBERS).await?;
    Ok(people.into_iter().filter(wanted).map(|member| member.email).take(MOST_MAILS).collect())
}

/// Tells. `None` if it was told before. Call [`announce`] once that is committed.
pub async fn tell(
    app: &App,
    tx: &mut TenantTx,
    telling: Telling<'_>,
    people: &[String],
) -> Result<Option<NotificationId>, StoreError> {
    let (scope, now, rule) = (tx.scope(), app.now(), telling.rule);
    let new = Notification {
        id: app.id(),
        rule_id: rule.id,
        rule_name: rule.name.clone(),
        finding: telling.finding,
        is_test: telling.is_test,
        is_shown: rule.ways.in_app,
        created_at: now,
    };
    if !feed::insert(&mut tx.conn(), scope, &new, telling.once_key.as_deref()).await? {
        return Ok(None);
    }
    if new.is_shown {
        tx.push_change(NewChange::of(RecordKind::Notification, new.id, Verb::Created, now));
    }
    for to in people {
        let mail = email::post(app, tx, rule, &new, to).await?;
        send(app, tx, &new, rule, (SendWay::Email, Some(mail))).await?;
    }
    if rule.ways.slack.is_some() {
        let id = send(app, tx, &new, rule, (SendWay::Slack, None)).await?;
        work::insert(&mut tx.conn(), &[jobs::row(app, scope.tenant(), &SendSlack { send: id }, now)], now).await?;
    }
    Ok(Some(new.id))
}

async fn send(
    app: &App,
    tx: &mut TenantTx,
    notification: &Notification,
    rule: &Rule,
    (way, mail_id): (SendWay, Option<MailId>),
) -> Result<NotificationSendId, StoreError> {
    let scope = tx.scope();
    let connection_id = rule.ways.slack.as_ref().filter(|_| way == SendWay::Slack).map(|slack| slack.connection_id);
    let send = Send {
        id: app.id(),
        notification_id: notification.id,
        way,
        connection_id,
        mail_id,
        language: rule.language,
        state: None,
        problem: None,
    };
    sends::insert(&mut tx.conn(), scope, &send, app.now()).await?;
    Ok(send.id)
}

/// Tells waiting parts what a transaction with [`tell`] in it has added.
pub fn announce(app: &App, scope: TenantScope, has_changes: bool) {
    if has_changes {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    app.wake.send(Signal::Work);
}

//! A notification as a mail to one person.

use switchboard_domain::ids::MailId;
use switchboard_store::{
    StoreError, TenantTx,
    notifications::{feed::Notification, rules::Rule},
    tenants,
};

use super::words;
use crate::{
    App,
    mail::{self, Letter, NOTICE_LIFETIME, Posting},
};

/// Adds the mail, in the transaction that tells.
pub async fn post(
    app: &App,
    tx: &mut TenantTx,
    rule: &Rule,
    notification: &Notification,
    to: &str,
) -> Result<MailId, StoreError> {
    let scope = tx.scope();
    let tenant = tenants::find(&mut tx.conn(), scope).await?;
    let words = words::of(&notification.finding, rule.language, &tenant.time_zone);
    let letter = Letter::Notification {
        workspace: tenant.name,
        title: words.title,
        text: words.text,
        link: words::link(app, &notification.finding),
        is_test: notification.is_test,
    };
    let expires_at = app.now() + NOTICE_LIFETIME;
    mail::post(app, tx, &Posting { to, letter: &letter, language: rule.language, expires_at }).await
}

//! What the job does with one message to Slack: intent, hand over, outcome.
//!
//! An incoming webhook is neither idempotent nor can it be asked what it posted (`slack::POSTING`). So a message whose end is
//! uncertain is named `unknown` and left to a person, who may requeue the job: then it is posted, perhaps a second time.

use switchboard_domain::{
    connection::ConnectionStatus,
    ids::NotificationSendId,
    mail::{Language, MailState},
};
use switchboard_providers::{
    OutboundError,
    slack::{self, Message, PostError},
};
use switchboard_store::{
    StoreError, TenantScope,
    connections::Connection,
    notifications::{
        feed::{self, Notification},
        sends::{self, Send},
    },
    tenants,
};

use super::words;
use crate::{
    App,
    connections::{self, ConnectionsError},
    jobs::Failure,
};

const UNKNOWN: &str = "nobody knows whether Slack took this message; requeue the job to post it, perhaps a second time";

/// Posts a message, at most once.
pub async fn send(app: &App, scope: TenantScope, id: NotificationSendId) -> Result<(), Failure> {
    let Some((send, notification, zone)) = read(app, scope, id).await? else { return Ok(()) };
    let state = match send.state {
        Some(MailState::Sent | MailState::Failed) | None => return Ok(()),
        Some(MailState::Calling) => return Err(settle(app, scope, id, MailState::Unknown, UNKNOWN).await?),
        Some(state @ (MailState::Waiting | MailState::Unknown)) => state,
    };
    let refuse = async |why: &str| {
        sends::advance(&app.db, scope, id, state, MailState::Failed, Some(why), app.now()).await?;
        Err(Failure::give_up(why))
    };
    let connection = match send.connection_id {
        Some(connection) => connections::find(app, scope, connection).await,
        None => Err(ConnectionsError::NotFound),
    };
    let connection = match connection {
        Ok(connection) if connection.status == ConnectionStatus::Disabled => {
            return refuse("the connection to Slack is switched off").await;
        }
        Ok(connection) => connection,
        Err(ConnectionsError::NotFound) => return refuse("the connection to Slack is gone").await,
        Err(error) => return Err(Failure::of(&error)),
    };
    let webhook = connections::credential(app, scope, &connection, slack::WEBHOOK_URL).await;
    let Some((webhook, _)) = webhook.map_err(|error| Failure::of(&error))? else {
        return refuse("the connection to Slack has no webhook URL").await;
    };
    if !sends::advance(&app.db, scope, id, state, MailState::Calling, None, app.now()).await? {
        return Err(Failure::LeaseLost);
    }
    let words = words::of(&notification.finding, send.language, &zone);
    let title = match (notification.is_test, send.language) {
        (false, _) => words.title,
        (true, Language::English) => format!("Test: {}", words.title),
        (true, Language::Spanish) => format!("Prueba: {}", words.title),
    };
    let link = words::link(app, &notification.finding);
    let open = send.language.pick("Open in Switchboard", "Abrir en Switchboard");
    let message = Message { title: &title, text: &words.text, link: (open, &link) };
    let allowance = connection.id.to_string();
    let posted = slack::post(&app.http, &app.settings.base_urls, &webhook, &allowance, message).await;
    note(app, scope, &connection, id, posted).await
}

async fn read(
    app: &App,
    scope: TenantScope,
    id: NotificationSendId,
) -> Result<Option<(Send, Notification, String)>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let Some(send) = sends::find(conn, scope, id).await? else { return Ok(None) };
    let Some(notification) = feed::find(conn, scope, send.notification_id).await? else { return Ok(None) };
    let zone = tenants::find(conn, scope).await?.time_zone;
    Ok(Some((send, notification, zone)))
}

/// Writes down what came of it.
async fn note(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    id: NotificationSendId,
    posted: Result<(), PostError>,
) -> Result<(), Failure> {
    let error = match posted {
        Ok(()) => {
            sends::advance(&app.db, scope, id, MailState::Calling, MailState::Sent, None, app.now()).await?;
            connections::set_checked(app, scope, connection.id, ConnectionStatus::Connected, None).await?;
            return Ok(());
        }
        Err(PostError::NotAHook(error)) => {
            return Err(settle(app, scope, id, MailState::Failed, &error.to_string()).await?);
        }
        Err(PostError::Outbound(error)) => error,
    };
    if error.may_have_taken_effect() {
        return Err(settle(app, scope, id, MailState::Unknown, UNKNOWN).await?);
    }
    if is_withdrawn(&error) {
        let why = "Slack no longer accepts this webhook; make a new one and enter it in the connection";
        connections::set_checked(app, scope, connection.id, ConnectionStatus::Failing, Some(why.to_owned())).await?;
        return Err(settle(app, scope, id, MailState::Failed, why).await?);
    }
    let why = error.to_string();
    match Failure::of(&error) {
        // Nothing was posted: what may be tried again waits for it.
        failure @ (Failure::Retry { .. } | Failure::NotTried { .. }) => {
            settle(app, scope, id, MailState::Waiting, &why).await?;
            Err(failure)
        }
        failure => {
            settle(app, scope, id, MailState::Failed, &why).await?;
            Err(failure)
        }
    }
}

/// Gone, revoked, of a removed app, or of an archived channel.
fn is_withdrawn(error: &OutboundError) -> bool {
    matches!(error.status(), Some(401 | 403 | 404 | 410))
}

async fn settle(
    app: &App,
    scope: TenantScope,
    id: NotificationSendId,
    to: MailState,
    why: &str,
) -> Result<Failure, StoreError> {
    sends::advance(&app.db, scope, id, MailState::Calling, to, Some(why), app.now()).await?;
    Ok(Failure::give_up(why))
}

//! What the job does with one text: intent, hand over, outcome.

use std::sync::Arc;

use bytes::Bytes;
use switchboard_domain::{
    audit::Action,
    connection::ConnectionStatus,
    ids::{MessageId, OutgoingId, deterministic},
    outgoing::OutgoingStatus,
};
use switchboard_providers::{
    OutboundError,
    dialpad::{self, Dialpad, client::SendMessage},
};
use switchboard_store::{
    StoreError, TenantScope,
    outgoing::{self, Outgoing, Step},
};

use super::about;
use crate::{
    App,
    audit::{self, Entry, Origin},
    connections::{self, ConnectionsError},
    intake::{self, chain},
    jobs::Failure,
    wake::Signal,
};

const UNKNOWN: &str = "nobody knows whether this text went out; look at the provider before you send it again";

/// Hands a text to the provider, at most once.
///
/// A row found `sending` was being handed over when an earlier attempt ended: whether it went out nobody knows, and it is
/// left to a person, who may requeue the job (then the row says `unknown`, and it is tried).
pub async fn deliver(app: &Arc<App>, scope: TenantScope, id: OutgoingId, is_last_attempt: bool) -> Result<(), Failure> {
    let Some(text) = super::find(app, scope, id).await? else { return Ok(()) };
    let delivery = Delivery { app, scope, is_last_attempt };
    match text.status {
        OutgoingStatus::Sent | OutgoingStatus::Failed => return Ok(()),
        OutgoingStatus::Sending => return Err(delivery.end(&text, OutgoingStatus::Unknown, UNKNOWN).await?),
        OutgoingStatus::Queued | OutgoingStatus::Unknown => {}
    }
    if text.expires_at <= app.now() {
        let why = "it could not be sent in time, and is not sent late";
        return Err(delivery.end(&text, OutgoingStatus::Failed, why).await?);
    }
    delivery.hand_over(text).await
}

struct Delivery<'a> {
    app: &'a Arc<App>,
    scope: TenantScope,
    is_last_attempt: bool,
}

impl Delivery<'_> {
    async fn hand_over(&self, text: Outgoing) -> Result<(), Failure> {
        let (app, scope) = (self.app, self.scope);
        let connection = match connections::find(app, scope, text.connection_id).await {
            Ok(connection) if connection.status != ConnectionStatus::Disabled => connection,
            Ok(_) | Err(ConnectionsError::NotFound) => {
                let why = "its connection is switched off or gone";
                return Err(self.end(&text, OutgoingStatus::Failed, why).await?);
            }
            Err(error) => return Err(Failure::of(&error)),
        };
        let client = match connections::dialpad_client(app, scope, &connection).await {
            Ok(client) => client,
            Err(error) => return Err(self.not_sent(&text, Failure::of(&error), &chain(&error)).await?),
        };
        let Some(text) = self.claim(text).await? else { return Err(Failure::LeaseLost) };
        let message = SendMessage {
            to_numbers: vec![text.to_number.clone()],
            text: text.text.clone(),
            from_number: Some(text.from_number.clone()),
            ..SendMessage::default()
        };
        let outcome = client.send_message(&message).await;
        connections::note_outcome(app, scope, connection.id, outcome.as_ref().map(drop)).await?;
        match outcome {
            Ok(body) => self.sent(&text, &body).await,
            Err(error) if error.may_have_taken_effect() => {
                Err(self.end(&text, OutgoingStatus::Unknown, UNKNOWN).await?)
            }
            Err(error) if is_worth_another(&error) => {
                Err(self.not_sent(&text, Failure::of(&error), &error.to_string()).await?)
            }
            Err(error) => Err(self.end(&text, OutgoingStatus::Failed, &error.to_string()).await?),
        }
    }

    /// The intent, on disk before anything leaves. `None` if somebody else was faster.
    async fn claim(&self, text: Outgoing) -> Result<Option<Outgoing>, StoreError> {
        let step = Step { to: OutgoingStatus::Sending, problem: None, message_id: None };
        let mut tx = self.app.db.begin(self.scope).await?;
        if !outgoing::advance(&mut tx, &text, step, self.app.now()).await? {
            return Ok(None);
        }
        tx.commit(self.app.now()).await?;
        Ok(Some(Outgoing { status: OutgoingStatus::Sending, ..text }))
    }

    /// The provider took it. Its answer goes into the log like any event, and makes the message.
    async fn sent(&self, text: &Outgoing, body: &Bytes) -> Result<(), Failure> {
        let (app, tenant) = (self.app, self.scope.tenant());
        let item = dialpad::pulled_message(body);
        let message_id: Option<MessageId> =
            item.external_id.as_deref().map(|id| deterministic(text.connection_id.uuid(), id));
        if let Err(refused) = intake::append_pulled(app, tenant, text.connection_id, &Dialpad, vec![item]).await {
            // The provider's own event says the same, moments later. That the text went out must be kept in any case.
            tracing::warn!(%refused, "a provider's answer to a sent text is not in the log");
        }
        let step = Step { to: OutgoingStatus::Sent, problem: None, message_id };
        self.settle(text, step).await?;
        Ok(())
    }

    /// Nothing left the house: another attempt follows, unless none can.
    async fn not_sent(&self, text: &Outgoing, failure: Failure, why: &str) -> Result<Failure, StoreError> {
        let is_over = match &failure {
            Failure::GiveUp { .. } => true,
            Failure::Retry { .. } => self.is_last_attempt,
            Failure::NotTried { .. } | Failure::LeaseLost => false,
        };
        if is_over {
            return self.end(text, OutgoingStatus::Failed, why).await;
        }
        let step = Step { to: OutgoingStatus::Queued, problem: Some(why), message_id: None };
        let mut tx = self.app.db.begin(self.scope).await?;
        outgoing::advance(&mut tx, text, step, self.app.now()).await?;
        tx.commit(self.app.now()).await?;
        Ok(failure)
    }

    /// Notes how it ended, where no attempt is to follow.
    async fn end(&self, text: &Outgoing, to: OutgoingStatus, why: &str) -> Result<Failure, StoreError> {
        self.settle(text, Step { to, problem: Some(why), message_id: None }).await?;
        Ok(Failure::give_up(why))
    }

    async fn settle(&self, text: &Outgoing, step: Step<'_>) -> Result<(), StoreError> {
        let (app, now) = (self.app, self.app.now());
        let by = Origin::system("send_message");
        let mut tx = app.db.begin(self.scope).await?;
        if !outgoing::advance(&mut tx, text, step, now).await? {
            return Err(StoreError::LeaseLost);
        }
        let entry = about(Entry::new(&by, Action::MessageSettled), text).with("result", step.to.as_str());
        audit::record(&mut tx, app, entry).await?;
        tx.commit(now).await?;
        app.wake.send(Signal::Changes(self.scope.tenant()));
        Ok(())
    }
}

/// What the provider refuses it refuses for good, but for "not so fast". A wrong key is not tried again: a person waits to
/// hear that the text did not go out.
fn is_worth_another(error: &OutboundError) -> bool {
    match error {
        OutboundError::Refused { status, .. } => matches!(status, 408 | 425 | 429),
        OutboundError::RateLimited { .. } | OutboundError::Unreachable(_) | OutboundError::TimedOut { .. } => true,
        _ => false,
    }
}
